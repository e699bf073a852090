"""6,871 firm-years of real companies through the listed pack, beside an independent calculation of C1 from the text."""
import csv
import os
from collections import defaultdict
from decimal import ROUND_DOWN, Decimal

import city
from city import good

tap = city.Tap()
path = os.path.join(city.SHARED, "data", "enterprises", "listed_firm_year.csv") if city.SHARED else ""


def places(folder):
    """Street names that are names of cities elsewhere do not move a company."""
    db, sheet, out = (os.path.join(folder, name) for name in ("places.db", "places.csv", "placed.csv"))
    addresses = {"600001": ("上海市长宁区定西路1310弄5号", "310000"), "600002": ("甘肃省定西市安定区中华路8号", "620000"),
                 "600003": ("中华人民共和国广东省深圳市罗湖区深南东路5047号", "440000"), "600004": ("北京市海淀区上海路12号", "110000")}
    with open(sheet, "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows([["stock_code", "full_name", "registered_address"]] + [[code, code + "股份有限公司", a] for code, (a, _) in addresses.items()] +
                                [["600005", "哪里也不在股份有限公司", "One Nexus Way, Grand Cayman"]])
    good("init", db, "--pack", os.path.join(city.ROOT, "packs", "listed"))
    with tap("a company on 定西路 in Shanghai is in Shanghai; one in the Cayman Islands is listed as not placed"):
        o = good("import", db, "enterprise", sheet, "--json").json()
        assert (o["added"], o["held"]) == (4, 1) and o["problems"][0]["found"].startswith("One Nexus"), o
        good("export", db, "enterprise", "-o", out)
        placed = {r["企业代码"]: r["所在省份"] for r in csv.DictReader(open(out, encoding="utf-8-sig"))}
        assert placed == {"stock:" + code: unit for code, (_, unit) in addresses.items()}, placed


def main(folder):
    db, pack = os.path.join(folder, "listed.db"), os.path.join(city.ROOT, "packs", "listed")
    rows = list(csv.DictReader(open(path, encoding="utf-8-sig")))
    good("init", db, "--pack", pack)
    firms = good("import", db, "enterprise", path, "--json").json()
    with tap("each firm once; those whose address says no province are held and named"):
        assert firms["rows"] == len(rows) == 6871
        held_keys = {p["found"] for p in firms["problems"] if p["severity"] == "explain"}
        assert firms["added"] + firms["held"] <= len({r["stock_code"] for r in rows}) and firms["held"] > 0 and firms["refused"] == 0
        assert firms["held"] < 200 and len(held_keys) >= 1
    years = good("import", db, "enterprise_year", path, "--json").json()
    with tap("yearly figures that cannot be are held back: thousands read as yuan, R&D above revenue"):
        texts = " ".join(p["text"] for p in years["problems"])
        assert years["held"] >= 10 and "研发费用大于营业收入" in texts and "千元" in texts, years["held"]
        held_rows = {p["row"] for p in years["problems"] if p["severity"] == "explain"}
        for i, r in enumerate(rows, start=2):
            if r["revenue"] and r["rd_expense"] and Decimal(r["rd_expense"]) > Decimal(r["revenue"]):
                assert i in held_rows or any(p["row"] == i for p in years["problems"]), (i, r["stock_code"])
    with tap("C1 agrees to the fen with a calculation from the text, for every stored firm of 2021"):
        out = os.path.join(folder, "years.csv")
        good("export", db, "enterprise_year", "-o", out)
        stored = {}
        for r in csv.DictReader(open(out, encoding="utf-8-sig")):
            if r["年度"].startswith("2021"):
                stored[r["企业代码"]] = r
        result = good("policy", "run", db, "--year", "2021", "rd_post_subsidy", "--json").json()
        seen = defaultdict(int)
        for e in result["entitlements"]:
            r = stored.get(e["key"])
            revenue, rd = (r["营业收入（元）"], r["研发费用（元）"]) if r else ("", "")
            if revenue and rd:
                rev, x = Decimal(revenue), Decimal(rd)
                excess = x - rev * 2 / 100
                fen = 0
                if rev >= 20000000 and excess > 0:
                    fen = int(min(excess / 10, Decimal(5000000)).quantize(Decimal(1), ROUND_DOWN)) * 100
                if e["outcome"] != "unknown":
                    assert e["fen"] == fen, (e, fen, revenue, rd)
                seen["paid" if fen else "not"] += 1
            else:
                assert e["outcome"] != "eligible", (e, revenue, rd)
                seen["missing"] += 1
        assert seen["paid"] > 1000 and seen["not"] > 100 and seen["missing"] > 10, dict(seen)
    with tap("whoever lacks a figure is told which"):
        unknown = [e for e in result["entitlements"] if e["outcome"] == "unknown"]
        assert unknown and all(e["missing"] for e in unknown)
    with tap("the same files again change nothing"):
        before = good("verify", db, "--json").json()["events"]
        assert good("import", db, "enterprise", path, "--json").json()["changed"] == 0
        assert good("import", db, "enterprise_year", path, "--json").json()["changed"] == 0
        assert good("verify", db, "--json").json()["events"] == before


with city.temp() as folder:
    places(folder)
    if os.path.exists(path):
        main(folder)
    else:
        tap.skip("listed companies", "skipped: no shared data")
tap.done()
