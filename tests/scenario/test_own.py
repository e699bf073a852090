"""An enterprise's own view: its record, what it is due and why not, its applications, its money, its objections, and nothing of
anybody else's, whatever it asks for. The city answers applications; a county sees its own."""
import city
from city import good, run

tap = city.Tap()
PASSWORD = b"a long password 1\n"


def own(db, who, year=2023):
    return good("own", "show", db, "--year", year, "--json", "--as", who).json()


def hidden(*args):
    """Not there for the caller: exit 1, and no word of whether it exists."""
    r = run(*args)
    assert r.code == 1, f"exit {r.code}: {args}\n{r.out}{r.err}"
    assert not r.out.strip(), r.out
    return r.err


def walk(engine, db):
    good("demo", db, "--enterprises", 120, "--years", 4)
    everything = good("policy", "run", db, "--year", 2023, "--json").json()["entitlements"]
    batches = {b["payment"]: b for b in good("pay", "list", db, "--json").json()["payments"]}
    items = [dict(i, batch=batches[b]) for b in batches for i in good("pay", "show", db, b, "--json").json()["rows"]]
    published = next(i for i in items if i["batch"]["state"] == "published" and i["state"] == "listed" and i["batch"]["sent"] == 0)
    mine, other = published["key"], next(i["key"] for i in items if i["key"] != published["key"])
    lacking = next(e["key"] for e in everything if e["outcome"] == "unknown" and e["key"] not in (mine, other))

    with tap(f"{engine}: accounts of enterprises have a record; others have none"):
        for account, key in (("mine", mine), ("other", other), ("lacking", lacking)):
            good("user", "add", db, account, "--role", "enterprise", "--unit", "980100", "--record", key, stdin=PASSWORD)
        for args in (["--role", "enterprise"], ["--role", "enterprise", "--record", "91000000000000000X"], ["--role", "leader", "--record", mine]):
            assert run("user", "add", db, "bad", *args, "--unit", "980100", stdin=PASSWORD).code == 1, args
        good("user", "add", db, "wang", "--role", "county_officer", "--unit", "980121", stdin=PASSWORD)

    with tap(f"{engine}: its record, unmasked; what it is due and why not, as the run says"):
        o = own(db, "mine")
        assert o["key"] == mine and o["name"] == published["name"]
        values = {f["field"]: f["value"] for f in o["fields"]}
        assert values["uscc"] == mine and values["bank_account"].isdigit(), values
        said = {e["policy"]: e for e in everything if e["key"] == mine}
        assert {e["policy"] for e in o["entitlements"]} == set(said)
        for e in o["entitlements"]:
            assert e["outcome"] == said[e["policy"]]["outcome"] and e["clause"] and e["reason"], e
            if e["outcome"] == "not_eligible":
                assert any(ch.isdigit() for ch in e["reason"]) or "未" in e["reason"] or "没有" in e["reason"], e["reason"]
        assert all(e["key"] == lacking and (e["outcome"] != "unknown" or e["missing"]) for e in own(db, "lacking")["entitlements"])
        text = good("own", "show", db, "--year", 2023, "--as", "mine").out
        assert o["name"] in text and "公示" not in text

    with tap(f"{engine}: its money: what is published of it, and only that"):
        o = own(db, "mine")
        want = {i["item"] for i in items if i["key"] == mine and i["batch"]["state"] in ("published", "paid", "settled") and i["state"] != "taken out"}
        assert {p["item"] for p in o["payments"]} == want and published["item"] in want
        # A batch that is not published is nobody's to see.
        again = good("policy", "run", db, "--year", 2021, "--json").json()["run"]["run"]
        made = run("pay", "make", db, again, "--title", "未公示", "--skip-claimed", "--json", "--as", "city")
        if made.code == 0:
            assert {p["item"] for p in own(db, "mine")["payments"]} == want

    with tap(f"{engine}: nobody else's: no operation gives it another record, a list, a run, a batch, the ledger"):
        for args in (["record", "show", db, "enterprise", other], ["policy", "check", db, "rd_post_subsidy", other, "--year", 2023],
                     ["policy", "entitlements", db, other, "--year", 2023], ["policy", "run", db, "--year", 2023],
                     ["policy", "whatif", db, "rd_post_subsidy", "--year", 2023], ["policy", "diff", db, 1, 2], ["pay", "list", db],
                     ["pay", "show", db, published["payment"]], ["pay", "bank", db, published["payment"]], ["ledger", "show", db],
                     ["application", "list", db], ["application", "answer", db, 1, "--accept", "--text", "好"], ["export", db, "enterprise", "-o", "/dev/null"],
                     ["record", "links", db, "enterprise", other], ["record", "show", db, "enterprise", mine + "0"], ["policy", "table", db, "rd_post_subsidy"],
                     ["pay", "object", db, published["payment"], published["item"], "--text", "越权"], ["rank", db, "rd_intensity", "--period", "2023-06"]):
            hidden(*args, "--as", "mine")
        good("record", "show", db, "enterprise", mine, "--as", "mine")
        good("policy", "check", db, "rd_post_subsidy", mine, "--year", 2023, "--explain", "--as", "mine")
        hidden("own", "show", db, "--as", "city")
        hidden("own", "show", db, "--as", "wang")

    with tap(f"{engine}: an objection to its own item while it is published; none to another's"):
        day = {"KECHUANG_NOW": published["batch"]["publish_to"] + "T09:00:00+08:00"}
        good("own", "object", db, published["item"], "--text", "金额少计", "--as", "mine", env=day)
        o = next(p for p in own(db, "mine")["payments"] if p["item"] == published["item"])
        assert [x["open"] for x in o["objections"] if x["text"] == "金额少计"] == [True]
        r = run("own", "object", db, published["item"], "--text", "替他", "--as", "other", env=day)
        assert r.code == 1 and "没有找到" in r.err
        assert run("own", "object", db, published["item"], "--text", "迟了", "--as", "mine", env={"KECHUANG_NOW": "2024-12-01T09:00:00+08:00"}).code == 1

    with tap(f"{engine}: an application: with what was missing that day; one at a time; none for what pays by itself"):
        e = next(e for e in own(db, "lacking")["entitlements"] if e["outcome"] == "unknown")
        assert "请写明" in hidden("own", "apply", db, e["policy"], "--year", 2023, "--text", " ", "--as", "lacking")
        good("own", "apply", db, e["policy"], "--year", 2023, "--text", "补报年报数据", "--as", "lacking")
        assert "在办" in hidden("own", "apply", db, e["policy"], "--year", 2023, "--text", "再来", "--as", "lacking")
        a = own(db, "lacking")["applications"]
        assert len(a) == 1 and a[0]["missing"] == "、".join(e["missing"]) and a[0]["outcome"] == "unknown" and a[0]["state"] == "filed"
        paid = next(e for e in own(db, "mine")["entitlements"] if e["outcome"] == "eligible")
        assert "免申即享" in hidden("own", "apply", db, paid["policy"], "--year", 2023, "--text", "要", "--as", "mine")
        hidden("own", "apply", db, "nothing", "--year", 2023, "--text", "要", "--as", "lacking")
        assert "没有施行" in hidden("own", "apply", db, e["policy"], "--year", 1999, "--text", "要", "--as", "lacking")
        hidden("own", "withdraw", db, a[0]["application"], "--as", "mine")
        good("own", "withdraw", db, a[0]["application"], "--as", "lacking")
        good("own", "apply", db, e["policy"], "--year", 2023, "--text", "重新申请", "--as", "lacking")

    with tap(f"{engine}: the city answers once; a county sees what is its own"):
        open_ = good("application", "list", db, "--open", "--json", "--as", "city").json()["applications"]
        assert [a["text"] for a in open_] == ["重新申请"]
        number, unit = open_[0]["application"], open_[0]["unit"]
        seen = good("application", "list", db, "--json", "--as", "wang").json()["applications"]
        assert bool(seen) == (unit == "980121")
        assert run("application", "answer", db, number, "--accept", "--text", "好", "--as", "wang").code == 1
        good("application", "answer", db, number, "--accept", "--text", "数据已补录，下次测算兑付", "--as", "city")
        assert run("application", "answer", db, number, "--refuse", "--text", "不", "--as", "city").code == 1
        a = own(db, "lacking")["applications"][0]
        assert a["state"] == "accepted" and "下次测算" in a["answer"] and a["answered_by"] == "city"
        hidden("own", "withdraw", db, number, "--as", "lacking")
        assert own(db, "mine")["applications"] == []

    with tap(f"{engine}: a renamed firm's account sees the firm it is now"):
        alone = next(e["key"] for e in everything if e["key"] not in (mine, other, lacking) and e["key"] not in {i["key"] for i in items})
        good("record", "merge", db, "enterprise", other, "--into", alone, "--reason", "换发代码")
        o = own(db, "other")
        assert o["key"] == alone and {p["item"] for p in o["payments"]} == {i["item"] for i in items if i["key"] == other and i["batch"]["state"] in ("published", "paid", "settled") and i["state"] != "taken out"}
        good("verify", db)


with city.temp() as folder:
    for engine, name in city.databases(folder):
        if name is None:
            tap.skip("postgres", "no PostgreSQL here")
            continue
        walk(engine, name("own"))
tap.done()
