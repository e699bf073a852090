"""From a speech to tasks, letters and draft policies, on both databases: confirmed item by item, two people at once, undone."""
import csv
import os
import shutil
import zipfile

import city
from city import good, run

tap = city.Tap()
SPEECH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "speech.txt")
AT = lambda day: {"KECHUANG_NOW": day + "T09:00:00+08:00"}


def items_of(db, meeting="1"):
    return good("meeting", "show", db, meeting, "--json").json()["items"]


def item(db, kind, words):
    """The open item of the kind whose quote has the words."""
    found = [i for i in items_of(db) if i["kind"] == kind and words in i["quote"] and i["state"] in ("proposed", "accepted", "mended", "rejected")]
    assert found, (kind, words)
    return found[0]


def act(db, what, i, *more, env=None):
    return good("meeting", what, db, i["item"], *more, "--json", env=env).json()


def figures(folder, db):
    for period, rd in (("2022-12", 725000), ("2023-01", 30000)):
        path = os.path.join(folder, "月报.csv")
        names = ["锦湖区", "秀川区", "望川县", "青崖县", "柳渡县", "梓山县", "岚谷县", "金渡市"]
        with open(path, "w", newline="", encoding="utf-8") as f:
            csv.writer(f).writerows([["县区", "地区生产总值（万元）", "全社会研发经费（万元）"]] + [[n, 4872000, rd // 8 + (rd % 8 if n == "金渡市" else 0)] for n in names])
        good("report", db, "monthly", path, "--period", period, "--approve", "--explanation", "年报数", env=AT("2023-02-01"))


def walk(engine, db, folder):
    label = lambda words: tap(f"{engine}: {words}")
    good("init", db, "--pack", os.path.join(city.ROOT, "packs", "city"))
    figures(folder, db)
    for name, role, unit in (("zhou", "city_officer", "980100"), ("jinhu", "county_officer", "980102"), ("langu", "county_officer", "980125"), ("lead", "leader", "980100")):
        good("user", "add", db, name, "--role", role, "--unit", unit, stdin=b"a long password\n")
    with label("a speech is read and kept, every item with its place in the text"):
        m = good("meeting", "add", db, SPEECH, "--as", "zhou", "--json", env=AT("2023-03-10")).json()
        assert m["meeting"]["day"] == "2023-03-10" and m["meeting"]["added_by"] == "zhou", m["meeting"]
        assert {i["kind"] for i in m["items"]} == {"fact", "target", "task", "incentive"}
        for i in m["items"]:
            assert i["from"] is not None and m["text"][i["from"]:i["to"]] == i["quote"], i
    with label("the same file again is told, and changes nothing"):
        before = good("verify", db, "--json").json()["events"]
        r = run("meeting", "add", db, SPEECH)
        assert r.code == 1 and "第 1 号" in r.err, r.err
        assert good("verify", db, "--json").json()["events"] == before
    with label("indicators, units and departments are linked to the pack"):
        target = item(db, "target", "2.1%")
        assert target["link"]["indicator"]["name"] == "rd_intensity" and target["link"]["units"][0]["unit"] == "980100", target
        task = item(db, "task", "中试基地")
        assert task["link"]["units"][0]["unit"] == "980102" and task["link"]["units"][0]["confidence"] >= 900, task
    with label("accept, and undo"):
        t = item(db, "task", "中试基地")
        assert act(db, "accept", t, "--as", "zhou")["state"] == "accepted"
        back = act(db, "undo", t, "--as", "zhou")
        assert (back["state"], back["version"]) == ("proposed", 3), back
        act(db, "accept", t, "--as", "zhou")
        versions = good("meeting", "show", db, "1", "--json").json()
        assert [v for v in versions["items"] if v["item"] == t["item"]][0]["by"] == "zhou"
        assert run("meeting", "accept", db, t["item"]).code == 1
    with label("two people at once: the second is told who was faster"):
        t = item(db, "target", "2.5%")
        act(db, "reject", t, "--as", "zhou", "--reason", "另行下达")
        r = run("meeting", "accept", db, t["item"], "--version", t["version"])
        assert r.code == 1 and "zhou" in r.err and "否定" in r.err, r.err
        assert item(db, "target", "2.5%")["state"] == "rejected" and item(db, "target", "2.5%")["reason"] == "另行下达"
    with label("mend: fields, and the link by a person"):
        t = item(db, "task", "中试基地")
        m = act(db, "mend", t, "--set", "deadline=2023年底", "--set", "cadence=每月", "--unit", "980102", "--unit", "980103")
        assert m["state"] == "mended" and m["fields"]["deadline"] == "2023年底" and [u["unit"] for u in m["link"]["units"]] == ["980102", "980103"], m
        assert m["link"]["units"][0]["by"] == "person"
        assert run("meeting", "mend", db, t["item"], "--set", "colour=red").code == 1
        assert run("meeting", "mend", db, t["item"], "--indicator", "nothing").code == 1
        g = item(db, "target", "2.1%")
        assert run("meeting", "mend", db, g["item"], "--set", "op=about").code == 1
        assert act(db, "accept", g)["state"] == "accepted"
    with label("split into parts that stand in the quote, and join"):
        t = item(db, "task", "布局方案")
        parts = [t["quote"][:t["quote"].index("组织")], t["quote"][t["quote"].index("组织"):]]
        assert run("meeting", "split", db, t["item"], "--part", parts[0], "--part", "不在里面").code == 1
        assert act(db, "split", t, "--part", parts[0], "--part", parts[1])["state"] == "split"
        heirs = [i for i in items_of(db) if i["parents"] == [t["item"]]]
        assert [h["quote"] for h in heirs] == parts and all(h["state"] == "proposed" for h in heirs), heirs
        joined = good("meeting", "join", db, heirs[0]["item"], heirs[1]["item"], "--json").json()
        assert joined["quote"] == t["quote"] and joined["parents"] == [h["item"] for h in heirs]
        assert run("meeting", "accept", db, heirs[0]["item"]).code == 1
    with label("undo of a join and of a split brings the earlier items back"):
        act(db, "undo", heirs[0])
        assert {i["state"] for i in items_of(db) if i["item"] in (heirs[0]["item"], heirs[1]["item"])} == {"proposed"}
        assert [i["state"] for i in items_of(db) if i["item"] == joined["item"]] == ["withdrawn"]
        r = run("meeting", "undo", db, t["item"])
        assert r.code == 1 and "先撤销" in r.err, "parts that were dealt with stand in the way"
    with label("everything else of the plan is accepted"):
        good("meeting", "accept", db, *[i["item"] for i in items_of(db) if i["kind"] != "fact" and i["state"] == "proposed"], "--as", "zhou")
        assert not [i for i in items_of(db) if i["kind"] != "fact" and i["state"] == "proposed"]
    with label("a county may neither see the meeting nor confirm"):
        assert run("meeting", "show", db, "1", "--as", "jinhu").code == 1
        assert run("meeting", "apply", db, "1", "--as", "jinhu").code == 1
        assert run("meeting", "accept", db, t["item"], "--as", "lead").code == 1
    with label("applying makes tasks, lines in drafts of letters, and draft policies; a second time makes nothing"):
        done = good("meeting", "apply", db, "1", "--as", "zhou", "--json", env=AT("2023-03-10")).json()
        assert done["tasks"] >= 5 and done["lines"] >= 4 and done["drafts"] >= 3 and done["letters"] >= 1, done
        again = good("meeting", "apply", db, "1", "--json").json()
        assert (again["tasks"], again["lines"], again["drafts"]) == (0, 0, 0), again
        applied = [i for i in items_of(db) if i["result"]]
        assert {i["result"].split(":")[0] for i in applied} == {"task", "line", "draft"}
        r = run("meeting", "undo", db, applied[0]["item"])
        assert r.code == 1 and "已经落实" in r.err, r.err
    results = good("meeting", "results", db, "1", "--json", env=AT("2023-03-10")).json()
    with label("the letter's draft has the target, with where it was said"):
        letters = good("letter", "list", db, "--year", "2023", "--drafts", "--json").json() if run("letter", "list", db, "--year", "2023", "--drafts", "--json").code == 0 else None
        line = [x for x in results["lines"] if x["indicator"] == "rd_intensity" and x["year"] == 2023][0]
        assert (line["value"], line["unit"], line["measure"]) == ("2.1", "980100", "share"), line
        if letters is not None:
            text = str(letters)
            assert "meeting:1/item:" in text and "rd_intensity" in text, text[:2000]
    with label("facts stand beside the city's own figures"):
        facts = {f["indicator"]: f for f in results["facts"] if f["indicator"] and f["period"] == "2022"}
        assert facts["rd_expenditure"]["verdict"] == "same" and facts["rd_expenditure"]["own"] == "7250000000", facts["rd_expenditure"]
        assert facts["rd_intensity"]["verdict"] == "same", facts["rd_intensity"]
        assert any(f["verdict"] in ("differs", "unknown") for f in results["facts"])
    with label("a draft policy passes pack check when it is put into the pack"):
        pack = os.path.join(folder, "pack-" + engine)
        shutil.copytree(os.path.join(city.ROOT, "packs", "city"), pack)
        assert all(d["passes"] for d in results["drafts"]), [d["said"] for d in results["drafts"]]
        for d in results["drafts"]:
            bundle = os.path.join(folder, "draft.zip")
            good("meeting", "draft", db, d["draft"], "-o", bundle)
            with zipfile.ZipFile(bundle) as z:
                assert sorted(z.namelist()) == [f"cases/{d['draft']}.yaml", f"policies/{d['draft']}.dmn", f"policies/{d['draft']}.yaml"]
                z.extractall(pack)
        good("pack", "check", pack)
    with label("changing a number of a draft breaks its cases"):
        excess = [d for d in results["drafts"] if "强度" in d["title"]][0]["draft"]
        path = os.path.join(pack, "policies", excess + ".yaml")
        text = open(path, encoding="utf-8").read()
        open(path, "w", encoding="utf-8").write(text.replace("rate: {value: 0.1,", "rate: {value: 0.11,"))
        assert "0.11" in open(path, encoding="utf-8").read() and run("pack", "check", pack).code == 1
    supervise(engine, db, folder, label)
    with label("the chain is whole"):
        good("verify", db)


def supervise(engine, db, folder, label):
    shown = lambda task, day: good("task", "show", db, task, "--day", day, "--json").json()
    light = lambda task, day: shown(task, day)["task"]["light"]
    task = [t for t in good("task", "list", db, "--day", "2023-03-10", "--json").json()["tasks"] if "中试基地" in t["action"]][0]
    n = task["task"]
    with label("a county sees the tasks it owns or helps with, and no others"):
        assert task["owner"] == "980102" and task["helpers"] == ["980103"] and task["due"] == "2023-12-31" and task["cadence"] == "每月", task
        mine = good("task", "list", db, "--day", "2023-03-10", "--json", "--as", "jinhu").json()["tasks"]
        assert n in [t["task"] for t in mine] and all(t["owner"] == "980102" or "980102" in t["helpers"] for t in mine), mine
        assert run("task", "show", db, n, "--as", "langu").code == 1
        assert run("task", "report", db, n, "抢报", "--as", "langu").code == 1
        assert run("task", "close", db, n, "--evidence", "验收报告", "--as", "jinhu").code == 1
    with label("reports are due five working days after the month, and a reminder comes before"):
        slots = shown(n, "2023-04-03")["slots"]
        assert [(s["slot"], s["due"]) for s in slots] == [("2023-03", "2023-04-10")], slots      # Qingming is no working day
        assert light(n, "2023-04-03") == "green" and light(n, "2023-04-10") == "green" and light(n, "2023-04-11") == "red"
        assert "还有" in shown(n, "2023-04-07")["task"]["remind"] and "超期" in shown(n, "2023-04-11")["task"]["remind"]
    with label("in time is green, back-filled never turns green"):
        good("task", "report", db, n, "完成立项", "--as", "jinhu", env=AT("2023-04-07"))
        assert light(n, "2023-04-28") == "green"
        assert light(n, "2023-05-20") == "red"
        late = good("task", "report", db, n, "四月进展补报", "--as", "jinhu", "--json", env=AT("2023-05-22")).json()
        assert [(s["slot"], s["late"], s["light"]) for s in late["slots"]] == [("2023-03", False, "green"), ("2023-04", True, "yellow")], late["slots"]
        good("task", "report", db, n, "五月进展", "--as", "jinhu", env=AT("2023-06-02"))
        assert light(n, "2023-06-15") == "yellow"
        assert run("task", "report", db, n, "乱报", "--slot", "2022-01", "--as", "jinhu", env=AT("2023-06-15")).code == 1
    with label("near the due day yellow, past it red"):
        plain = good("task", "add", db, "筹备科技活动周", "--owner", "980102", "--due", "2023-06-30", "--json", env=AT("2023-03-10")).json()["task"]["task"]
        lights = {d: light(plain, d) for d in ("2023-06-01", "2023-06-15", "2023-06-30", "2023-07-01")}
        assert lights == {"2023-06-01": "green", "2023-06-15": "yellow", "2023-06-30": "yellow", "2023-07-01": "red"}, lights
        due = good("task", "list", db, "--due", "--day", "2023-06-20", "--json").json()["tasks"]
        assert plain in [t["task"] for t in due] and all(t["remind"] for t in due)
    with label("closing needs evidence, and who closes second is told"):
        r = run("task", "close", db, plain, env=AT("2023-06-28"))
        assert r.code == 1 and "佐证" in r.err, r.err
        proof = os.path.join(folder, "验收单.txt")
        open(proof, "w", encoding="utf-8").write("活动周验收单")
        good("task", "report", db, plain, "--file", proof, "--as", "jinhu", env=AT("2023-06-27"))
        seen = shown(plain, "2023-06-28")["task"]["version"]
        good("task", "close", db, plain, "--text", "按期完成", "--as", "zhou", env=AT("2023-06-28"))
        r = run("task", "close", db, plain, "--version", seen, env=AT("2023-06-28"))
        assert r.code == 1 and "zhou" in r.err, r.err
        assert light(plain, "2023-07-20") == "green"
    with label("closed late is not green; an opened one goes on"):
        assert run("task", "open", db, plain, "--reason", "").code == 1
        good("task", "open", db, plain, "--reason", "材料不实", env=AT("2023-07-03"))
        assert light(plain, "2023-07-04") == "red"
        good("task", "close", db, plain, env=AT("2023-07-05"))
        assert light(plain, "2023-07-20") == "yellow"


with city.temp() as folder:
    for engine, make in city.databases(folder):
        if make is None:
            tap.skip("meetings on PostgreSQL", "no PostgreSQL server programs")
        else:
            walk(engine, make("meeting"), folder)
tap.done()
