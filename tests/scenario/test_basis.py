"""Policies over projects: by the application day and by renewal, with versions, supersession and the year of the day; and
money over several runs and batches: nothing twice in other years or under another policy of the group, caps of a firm, sets
and budgets over all batches whichever runs they came from. What a frozen run says is computed again from what was frozen."""
import os

import city
from city import good, run

tap = city.Tap()
DAY = {"KECHUANG_NOW": "2023-09-04T09:00:00+08:00"}
AFTER = {"KECHUANG_NOW": "2023-10-30T09:00:00+08:00"}
PEOPLE = ["ann", "bob", "cai", "dan", "eve"]

FILES = {
    "pack.yaml": "pack: lines\ntitle: {zh: 线, en: Lines}\nkinds:\n  - {kind: city, title: 市}\n  - {kind: county, title: 县}\n",
    "units.yaml": "units:\n  - code: \"1\"\n    name: 甲市\n    units:\n      - {code: \"11\", name: 乙县}\n      - {code: \"12\", name: 丙县}\n      - {code: \"13\", name: 丁县, also: [旧县]}\n      - {code: \"14\", name: 戊县, also: [旧县]}\n",
    "roles.yaml": "roles:\n  - {role: admin, title: 管理员, may: [\"*\"], personal: true}\n",
    "registers/firm.yaml": """register: firm
title: 企业
key: code
place: county
label: name
payee: {name: name, account: account, bank: bank}
fields:
  code: {type: text, title: 代码, required: true}
  name: {type: text, title: 名称}
  county: {type: unit, kind: county, title: 县}
  account: {type: text, title: 账号}
  bank: {type: text, title: 开户行}
""",
    "registers/project.yaml": """register: project
title: 项目
parent: firm
key: number
label: title
fields:
  number: {type: text, title: 编号, required: true}
  title: {type: text, title: 项目名称}
  kind: {type: text, title: 类别}
  applied: {type: date, title: 申请日}
  renewed: {type: date, title: 复审日}
  cost: {type: money, title: 投资额}
""",
}


def policy(name, effective, amount, extra="", kind=None):
    """A policy over projects that pays `amount` of its cost."""
    FILES[f"policies/{name}.yaml"] = f"""policy: {name}
title: {{zh: {name}, en: {name}}}
basis: {{document: 办法, number: 甲科发〔2022〕1号, clause: 第一条, published: 2022-01-01}}
effective: {{{effective}}}
for: project
parameters:
  rate: {{title: 比例, values: [{{from: 2020-01-01, to: 2023-06-30, value: 10%, source: 一号}}, {{from: 2023-07-01, value: 20%, source: 二号}}]}}
inputs:
  {"renewed: {from: renewed, title: 复审日}" if "renewal" in effective else "applied: {from: applied, title: 申请日}"}
  cost: {{from: {f'if kind = "{kind}" then cost else 0' if kind else 'cost'}, title: 投资额, unit: 元}}
decision: d
round: {{to: 元, mode: down}}
share: {{city: 100%}}
publish for: 5 working days
{extra}"""
    FILES[f"policies/{name}.dmn"] = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="{name}" name="{name}" namespace="urn:test:{name}">
  <decision id="d" name="d"><variable id="v" name="d" typeRef="number"/>
    <informationRequirement id="q1"><requiredInput href="#cost"/></informationRequirement>
    <informationRequirement id="q2"><requiredInput href="#rate"/></informationRequirement>
    <literalExpression id="e" typeRef="number"><text>{amount}</text></literalExpression>
  </decision>
  <inputData id="cost" name="cost"><variable id="cv" name="cost" typeRef="number"/></inputData>
  <inputData id="rate" name="rate"><variable id="rv" name="rate" typeRef="number"/></inputData>
</definitions>
"""


APPLIED = "from: 2022-01-01, to: 2024-12-31, by: application day, day: applied"
policy("applied", APPLIED, "cost * rate")
policy("old_text", "from: 2022-01-01, by: application day, day: applied", "cost * rate / 10")
policy("new_text", "from: 2023-03-01, by: application day, day: applied", "cost * rate / 100", "supersedes: old_text\n")
policy("renewed", "from: 2022-01-01, by: renewal, day: renewed", "cost * rate")
policy("group_a", APPLIED, "cost * 0.3 + 0 * rate", "exclusive: upgrade\n", "甲")
policy("group_b", APPLIED, "cost * 0.2 + 0 * rate", "exclusive: upgrade\n", "乙")
policy("capped", APPLIED, "cost + 0 * rate", "cap: [{per: record, amount: 90万元}, {per: enterprise and year, amount: 100万元}]\n", "顶")
policy("ever", APPLIED, "cost + 0 * rate", "cap: {per: enterprise, amount: 100万元}\n", "累")
policy("set_a", APPLIED, "cost + 0 * rate", "together: {set: both, most: 100万元}\n", "合")
policy("set_b", APPLIED, "cost * 0.5 + 0 * rate", "together: {set: both, most: 100万元}\n", "合")
policy("shared", APPLIED, "cost + 0 * rate", "budget: {amount: 100万元, when over: pro rata}\n", "算")
policy("none_left", APPLIED, "cost + 0 * rate", "budget: {amount: 0元, when over: pro rata}\n", "算")
# A condition to keep, to be claimed back.
policy("kept", APPLIED, "cost + 0 * rate", "keep:\n  goes_on: {from: 'if kind = \"留\" then 1 else 0', for: 3 years, say: 须继续实施, back: 100%}\n", "留")
ALL = [f[9:-5] for f in FILES if f.startswith("policies/") and f.endswith(".yaml")]


def make_pack(folder):
    for name, text in FILES.items():
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        open(os.path.join(folder, name), "w", encoding="utf-8").write(text)
    return folder


def projects(db, folder, lines, *more):
    path = os.path.join(folder, "p.csv")
    open(path, "w", encoding="utf-8").write("代码,编号,项目名称,类别,申请日,复审日,投资额\n" + "".join(",".join(map(str, r)) + "\n" for r in lines))
    good("import", db, "project", path, *more)


def compute(db, year, *names, who="ann", on=None):
    args = ["--on", on] if on else []
    out = good("policy", "run", db, *names, "--year", year, *args, "--as", who, "--json").json()
    rows = {}
    for e in out["entitlements"]:
        rows[e["policy"], e["key"].split("\x1f")[-1].split("/")[-1].split("|")[-1]] = e
    return out["run"], rows


def make(db, run_id, *names, skip=False):
    args = ["--skip-claimed"] if skip else []
    r = run("pay", "make", db, run_id, *names, "--title", "批", "--as", "bob", "--json", *args, env=DAY)
    if r.code:
        return None, r.err
    return r.json()["payment"], r.err


def walk(db, batch):
    good("pay", "review", db, batch, "--as", "cai", env=DAY)
    good("pay", "approve", db, batch, "--as", "dan", env=DAY)
    good("pay", "publish", db, batch, "--as", "bob", env=DAY)
    good("pay", "send", db, batch, "--as", "eve", env=AFTER)


def rows_of(db, batch):
    return {(i["policy"], i["name"]): i for i in good("pay", "show", db, batch, "--json").json()["rows"]}


def dates(db):
    _, rows = compute(db, 2023, "applied", "old_text", "new_text", "renewed")
    with tap("by the application day: the parameters of that day, of the year's days only"):
        assert rows["applied", "p1"]["fen"] == 100 * 100000 and rows["applied", "p2"]["fen"] == 100 * 200000
        e = rows["applied", "p0"]
        assert e["outcome"] == "not_eligible" and "申请日为 2022-12-31，要求在 2023 年度" in e["reason"], e
        e = rows["applied", "p3"]
        assert e["outcome"] == "unknown" and e["missing"] == ["申请日"], e
        assert compute(db, 2022, "applied")[1]["applied", "p0"]["fen"] == 100 * 100000
    with tap("supersession: each day by the text of that day, the other says from when to when it is in force"):
        assert rows["old_text", "p4"]["fen"] == 100 * 10000 and rows["new_text", "p4"]["outcome"] == "not_eligible"
        assert rows["new_text", "p1"]["fen"] == 100 * 1000 and "2022-01-01 至 2023-02-28" in rows["old_text", "p1"]["reason"], rows["old_text", "p1"]
    with tap("by renewal: the day of the renewal counts, not that of the application"):
        assert rows["renewed", "p0"]["fen"] == 100 * 200000 and rows["renewed", "p1"]["outcome"] == "unknown"
        assert rows["renewed", "p1"]["missing"] == ["复审日"], rows["renewed", "p1"]


def twice(db, folder):
    with tap("a project is paid once, also when its day is corrected into another year"):
        first, _ = compute(db, 2022, "applied")
        batch, err = make(db, first["run"])
        assert batch, err
        walk(db, batch)
        projects(db, folder, [("A1", "p0", "零", "无", "2023-01-02", "2023-08-01", 1000000)], "--reason", "更正")
        again, rows = compute(db, 2023, "applied")
        assert rows["applied", "p0"]["outcome"] == "eligible"
        none, err = make(db, again["run"])
        assert not none and "不能重复" in err and "零" in err, err
        batch, err = make(db, again["run"], skip=True)
        assert ("applied", "零") not in rows_of(db, batch)
        good("pay", "cancel", db, batch, "--reason", "试验", "--as", "eve")
    with tap("a project under two policies of a group in different years: the second is refused; two projects of a firm are two"):
        projects(db, folder, [("A1", "g1", "甲项目", "甲", "2022-05-01", "", 100000), ("A1", "g2", "甲二", "甲", "2022-05-01", "", 200000)])
        batch, err = make(db, compute(db, 2022, "group_a", "group_b")[0]["run"])
        assert batch and {i["amount"] for i in rows_of(db, batch).values()} == {"30000.00", "60000.00"}, err
        items = {n: i["item"] for (_, n), i in rows_of(db, batch).items()}
        # One of the two is taken out: the group stays the firm's.
        good("pay", "edit", db, batch, items["甲项目"], "--reason", "核查", "--as", "bob", env=DAY)
        projects(db, folder, [("A1", "g3", "乙项目", "乙", "2022-06-01", "", 100000)])
        none, err = make(db, compute(db, 2022, "group_b")[0]["run"])
        assert not none and "group_a" in err, err
        walk(db, batch)
        projects(db, folder, [("A1", "g2", "甲二", "乙", "2023-05-01", "", 200000)], "--reason", "改报")
        none, err = make(db, compute(db, 2023, "group_b")[0]["run"])
        assert not none and "group_a" in err, err


def limits(db, folder):
    with tap("caps over several runs and batches: of a project, of a firm and year, over the years"):
        projects(db, folder, [("A1", "c5", "五", "顶", "2023-02-01", "", 2000000)])
        one, rows = compute(db, 2023, "capped")
        assert rows["capped", "c5"]["fen"] == 90000000 and "单笔最高 900000.00 元" in rows["capped", "c5"]["cuts"][0]["rule"]
        batch, _ = make(db, one["run"])
        walk(db, batch)
        projects(db, folder, [("A1", "c1", "一", "顶", "2023-02-02", "", 800000)])     # stands before it in the next run
        two, rows = compute(db, 2023, "capped")
        assert rows["capped", "c1"]["fen"] == 80000000
        batch, _ = make(db, two["run"], skip=True)
        item = rows_of(db, batch)["capped", "一"]
        assert item["amount"] == "100000.00" and "每家企业每年最高 1000000.00 元，已列入 900000.00 元" in item["note"], item
        walk(db, batch)
        projects(db, folder, [("A1", "c0", "无余", "顶", "2023-02-03", "", 1000)])
        none, err = make(db, compute(db, 2023, "capped")[0]["run"], skip=True)
        assert not none and "没有可兑付" in err, err
        projects(db, folder, [("B2", "e1", "累一", "累", "2022-02-01", "", 700000)])
        batch, _ = make(db, compute(db, 2022, "ever")[0]["run"])       # listed, not paid yet
        projects(db, folder, [("B2", "e2", "累二", "累", "2023-02-01", "", 700000)])
        other, _ = make(db, compute(db, 2023, "ever")[0]["run"])
        item = rows_of(db, other)["ever", "累二"]
        assert item["amount"] == "300000.00" and "累计最高" in item["note"], item
    with tap("a set of policies run apart is one set"):
        projects(db, folder, [("C3", "s1", "合一", "合", "2023-03-01", "", 800000)])
        batch, _ = make(db, compute(db, 2023, "set_a")[0]["run"])
        assert rows_of(db, batch)["set_a", "合一"]["amount"] == "800000.00"
        batch, _ = make(db, compute(db, 2023, "set_b")[0]["run"])
        item = rows_of(db, batch)["set_b", "合一"]
        assert item["amount"] == "200000.00" and "叠加享受合计最高 1000000.00 元，已列入 800000.00 元" in item["note"], item
    with tap("a budget is one over all batches of the year; of nothing nobody gets anything"):
        projects(db, folder, [("A1", "b1", "算一", "算", "2023-04-01", "", 3000000), ("B2", "b2", "算二", "算", "2023-04-01", "", 1000000)])
        one, rows = compute(db, 2023, "shared", "none_left")
        assert rows["shared", "b1"]["fen"] == 75000000 and rows["shared", "b2"]["fen"] == 25000000
        assert rows["none_left", "b1"]["outcome"] == "not_eligible" and "年度预算 0.00 元" in rows["none_left", "b1"]["reason"], rows["none_left", "b1"]
        batch, _ = make(db, one["run"])
        walk(db, batch)
        projects(db, folder, [("C3", "b3", "算三", "算", "2023-04-02", "", 1000000)])
        two, rows = compute(db, 2023, "shared")
        assert rows["shared", "b3"]["fen"] == 20000000
        none, err = make(db, two["run"], skip=True)
        assert not none and "年度预算 1000000.00 元" in err and "超出预算" in err, err


def steps(db, folder):
    with tap("steps out of turn say where the batch stands; a batch of nothing is not signed; what is void is void"):
        projects(db, folder, [("C3", "w1", "步", "无", "2023-08-01", "", 50000)])
        batch, err = make(db, compute(db, 2023, "applied")[0]["run"], skip=True)
        assert batch, err
        say = lambda *args, env=DAY: run(*args, env=env).err  # noqa: E731
        assert "须先复核" in say("pay", "approve", db, batch, "--as", "dan")
        good("pay", "review", db, batch, "--as", "cai", env=DAY)
        assert "现为“已复核”，这一步已不能办理" in say("pay", "review", db, batch, "--as", "eve")
        for item in good("pay", "show", db, batch, "--json").json()["rows"]:
            good("pay", "edit", db, batch, item["item"], "--reason", "核查", "--as", "bob", env=DAY)
        assert "均已取出" in say("pay", "review", db, batch, "--as", "cai")
        good("pay", "cancel", db, batch, "--reason", "试验", "--as", "eve", env=DAY)
        assert "现为“已作废”，只有尚未支付的批次可以作废" in say("pay", "cancel", db, batch, "--reason", "试验", "--as", "eve")
        assert "写了两次" in say("policy", "run", db, "applied", "capped", "applied", "--year", 2023)
        assert "不能为空" in say("pay", "make", db, 1, "--title", "", "--as", "bob")


def units(db, folder):
    with tap("units go by code, name or alias; of several of one name all are told"):
        out = os.path.join(folder, "firms.csv")
        for unit in ("12", "丙县"):
            good("export", db, "firm", "-o", out, "--unit", unit)
            text = open(out, encoding="utf-8-sig").read()
            assert "B2" in text and "A1" not in text, text
        good("ledger", "fund", db, "乙县", "本级财政", "5", "--as", "eve")
        assert "fund:11:本级财政" in good("ledger", "show", db).out
        for args in (["export", db, "firm", "-o", out, "--unit", "旧县"], ["ledger", "fund", db, "旧县", "本级财政", "5", "--as", "eve"]):
            r = run(*args)
            assert r.code == 1 and "13 甲市丁县" in r.err and "14 甲市戊县" in r.err, r.err
        r = run("export", db, "firm", "-o", out, "--unit", "火星")
        assert r.code == 1 and "火星" in r.err, r.err


def again(db, folder, pack):
    with tap("a frozen run is computed again from what was frozen: the same hash, also after data, money and rules changed"):
        first, rows = compute(db, 2023)
        runs = good("policy", "runs", db, "--json").json()["runs"]
        assert runs[0]["run"] == first["run"] and runs[0]["hash"] == first["hash"]
        assert first["hash"][:8] in good("policy", "runs", db).out
        told = good("policy", "rerun", db, first["run"], "--json").json()
        assert told == {"run": first["run"], "hash": first["hash"], "again": first["hash"], "same": True, "different": 0}, told
        projects(db, folder, [("A1", "z1", "后来", "顶", "2023-04-02", "", 777), ("A1", "c5", "五", "顶", "2023-02-01", "", 5)], "--reason", "更正")
        batch, _ = make(db, compute(db, 2022, "ever")[0]["run"], skip=True)
        path = os.path.join(pack, "policies", "capped.yaml")
        text = open(path, encoding="utf-8").read()
        open(path, "w", encoding="utf-8").write(text.replace("100万元", "1万元"))
        os.unlink(os.path.join(pack, "policies", "set_b.yaml"))
        os.unlink(os.path.join(pack, "policies", "set_b.dmn"))
        good("init", db, "--pack", pack)
        assert compute(db, 2023)[0]["hash"] != first["hash"], "today's answer is another"
        for r in runs:
            told = good("policy", "rerun", db, r["run"], "--json").json()
            assert told["same"] and told["again"] == r["hash"] and told["different"] == 0, told
        assert "哈希相同" in good("policy", "rerun", db, first["run"]).out
        r = run("policy", "rerun", db, 9999)
        assert r.code == 1 and "没有第 9999 次测算" in r.err and "policy runs" in r.err, r.err
        r = run("policy", "again", db)
        assert r.code == 2 and "policy 没有“again”" in r.err and "rerun" in r.err, r.err


def walk_all(db, folder):
    pack = make_pack(os.path.join(folder, "pack"))
    good("init", db, "--pack", pack)
    for p in PEOPLE:
        good("user", "add", db, p, "--role", "admin", "--unit", "1", stdin=b"a long password 1\n")
    firms = os.path.join(folder, "f.csv")
    open(firms, "w", encoding="utf-8").write("代码,名称,县,账号,开户行\nA1,甲公司,乙县,1,行\nB2,乙公司,丙县,2,行\nC3,丙公司,丙县,3,行\n")
    good("import", db, "firm", firms)
    good("ledger", "fund", db, "1", "本级财政", "90000000", "--as", "eve")
    projects(db, folder, [("A1", "p0", "零", "无", "2022-12-31", "2023-08-01", 1000000), ("A1", "p1", "一", "无", "2023-06-30", "", 1000000),
                          ("B2", "p2", "二", "无", "2023-07-01", "", 1000000), ("B2", "p3", "三", "无", "", "", 1000000),
                          ("B2", "p4", "四", "无", "2023-02-28", "", 1000000)])
    dates(db)
    twice(db, folder)
    limits(db, folder)
    steps(db, folder)
    units(db, folder)
    again(db, folder, pack)


with city.temp() as folder:
    for engine, place in city.databases(folder):
        if place is None:
            tap.skip(engine, "no server here")
        elif engine == "sqlite" or not city.QUICK:
            print(f"# {engine}")
            walk_all(place("basis"), folder)
print(f"1..{tap.count}")
tap.done()
