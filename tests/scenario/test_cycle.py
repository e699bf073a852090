"""The whole cycle on the command line, on both databases: from a sheet to rankings, alerts, entitlements, the proof."""
import csv
import json
import os
import sqlite3
from decimal import ROUND_DOWN, Decimal, getcontext

import city
from city import good, run

tap = city.Tap()
getcontext().prec = 50
COUNTIES = {"980102": "锦湖区", "980103": "秀川区", "980121": "望川县", "980122": "青崖县", "980123": "柳渡县", "980124": "梓山县", "980125": "岚谷县", "980181": "金渡市"}
# 万元: GDP and R&D of the counties for four months; two tie exactly in June, two are always last.
FIGURES = {
    "2023-03": {"980102": (1000000, 28000), "980103": (800000, 20000), "980121": (300000, 5400), "980122": (250000, 3500), "980123": (200000, 2400), "980124": (300000, 5100), "980125": (150000, 1500), "980181": (500000, 11000)},
    "2023-04": {"980102": (1400000, 39900), "980103": (1100000, 27500), "980121": (420000, 7600), "980122": (350000, 5000), "980123": (280000, 3300), "980124": (420000, 7200), "980125": (210000, 2100), "980181": (700000, 15500)},
    "2023-05": {"980102": (1700000, 48000), "980103": (1400000, 35000), "980121": (520000, 9400), "980122": (430000, 6300), "980123": (340000, 4100), "980124": (520000, 9000), "980125": (260000, 2600), "980181": (880000, 19600)},
    "2023-06": {"980102": (2100000, 60000), "980103": (1700000, 42500), "980121": (640000, 11520), "980122": None, "980123": (420000, 5100), "980124": (640000, 11520), "980125": (320000, 3300), "980181": (1100000, 24500)},
}
CODES = []


def uscc(region, body):
    """A valid unified social credit code."""
    alpha, org = "0123456789ABCDEFGHJKLMNPQRTUWXY", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    head = "91" + region + body
    c9 = 11 - sum(org.index(ch) * w for ch, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2))) % 11
    head += "X" if c9 == 10 else "0" if c9 == 11 else str(c9)
    weights = [pow(3, i, 31) for i in range(17)]
    return head + alpha[(31 - sum(alpha.index(ch) * w for ch, w in zip(head, weights)) % 31) % 31]


CODES = [uscc(region, f"MA{i:06d}") for i, region in enumerate(list(COUNTIES)[:6])]


def write_csv(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows(rows)


def month_file(folder, period):
    path = os.path.join(folder, f"月报{period}.csv")
    rows = [["县区", "地区生产总值（万元）", "全社会研发经费（万元）", "一般公共预算支出（万元）", "财政科技支出（万元）"]]
    for code, figures in FIGURES[period].items():
        if figures:
            rows.append([COUNTIES[code], *figures, figures[0] // 6, figures[1] // 5])
    write_csv(path, rows)
    return path


def enterprises_file(folder):
    path = os.path.join(folder, "企业.csv")
    write_csv(path, [["统一社会信用代码", "企业名称", "所属县区", "国民经济行业"]] +
              [[code, f"云川第{i}制造有限公司", name, "39"] for i, (code, name) in enumerate(zip(CODES, COUNTIES.values()))] +
              [["91980102MA00000000", "码不对有限公司", "锦湖区", "39"], ["9198", "码太短有限公司", "锦湖区", "39"], [CODES[0].lower(), "云川第0制造有限公司", "锦湖", "39"]])
    return path


# revenue, R&D of 2021 in yuan; what C1 pays (10% of the excess over 2%, at most 5 million, whole yuan)
YEARS = [("100000000.00", "5000000.00"), ("3000000000", "200000000"), ("19999999.99", "900000"), ("50000000", "1000000"), ("50000000", ""), ("60000000", "61000000")]


def years_file(folder):
    path = os.path.join(folder, "年报.csv")
    write_csv(path, [["统一社会信用代码", "年度", "营业收入", "研发费用"]] + [[code, "2021", *y] for code, y in zip(CODES, YEARS)])
    return path


def c1(revenue, rd):
    excess = Decimal(rd) - Decimal(revenue) * Decimal("0.02")
    if Decimal(revenue) < 20000000 or excess <= 0:
        return 0
    return int(min(excess * Decimal("0.1"), Decimal(5000000)).quantize(Decimal(1), ROUND_DOWN)) * 100


def cycle(engine, db, folder):
    label = lambda words: tap(f"{engine}: {words}")
    with label("init makes the database, and a second time changes nothing"):
        good("init", db, "--pack", os.path.join(city.ROOT, "packs", "city"))
        before = good("verify", db, "--json").json()["events"]
        good("init", db, "--pack", os.path.join(city.ROOT, "packs", "city"))
        assert good("verify", db, "--json").json()["events"] == before
    enterprises, years = enterprises_file(folder), years_file(folder)
    with label("a dry run lists every bad cell and writes nothing"):
        r = run("import", db, "enterprise", enterprises, "--dry-run", "--json")
        assert r.code == 1, r.code
        o = r.json()
        assert o["dry_run"] and (o["added"], o["held"], o["refused"]) == (6, 1, 1), o
        assert {(p["cell"], p["severity"]) for p in o["problems"]} >= {("A8", "explain"), ("A9", "error")}, o["problems"]
        assert good("verify", db, "--json").json()["events"] == before
    with label("an import takes the good rows and an error workbook holds the others"):
        errors = os.path.join(folder, f"errors-{engine}.xlsx")
        o = good("import", db, "enterprise", enterprises, "--errors", errors, "--json").json()
        assert (o["added"], o["held"], o["refused"]) == (6, 1, 1), o
        cells = good("sheet", errors, "--json").out
        assert "码不对有限公司" in cells and "码太短有限公司" in cells and "云川第1制造有限公司" not in cells
    with label("the same file again changes nothing"):
        events = good("verify", db, "--json").json()["events"]
        o = good("import", db, "enterprise", enterprises, "--json").json()
        assert o["added"] == o["changed"] == 0, o
        assert good("verify", db, "--json").json()["events"] == events
    with label("figures that cannot be are held until they are explained"):
        o = good("import", db, "enterprise_year", years, "--json").json()
        assert (o["added"], o["held"]) == (5, 1), o
        assert any("研发费用大于营业收入" in p["text"] for p in o["problems"])
        again = good("import", db, "enterprise_year", years, "--json").json()
        assert (again["added"], again["unchanged"], again["held"]) == (0, 5, 1), again
    with label("an .xlsx made by export comes back identical"):
        path = os.path.join(folder, f"enterprise-{engine}.xlsx")
        good("export", db, "enterprise", "-o", path)
        o = good("import", db, "enterprise", path, "--json").json()
        assert (o["added"], o["changed"], o["unchanged"]) == (0, 0, 6), o
    for period in FIGURES:
        with label(f"the counties report {period}"):
            o = good("report", db, "monthly", month_file(folder, period), "--period", period, "--submit", "--json").json()
            assert o["added"] == sum(1 for f in FIGURES[period].values() if f) and o["refused"] == 0, o
    with label("the ranking has ties, the missing county last, and the change since last month"):
        rows = {r["unit"]: r for r in good("rank", db, "rd_intensity", "--period", "2023-06", "--json").json()["rows"]}
        want = sorted(((Decimal(r) / Decimal(g), u) for u, (g, r) in ((u, f) for u, f in FIGURES["2023-06"].items() if f)), reverse=True)
        for share, unit in want:
            assert Decimal(rows[unit]["value"]) == share * 100 or abs(Decimal(rows[unit]["value"]) - share * 100) < Decimal("1e-30")
            assert rows[unit]["rank"] == 1 + sum(1 for s, _ in want if s > share), (unit, rows[unit])
        assert rows["980121"]["tied"] and rows["980124"]["tied"] and rows["980121"]["rank"] == rows["980124"]["rank"] == 4
        missing = rows["980122"]
        assert missing["state"] == "missing" and missing["rank"] == 8 and missing["value"] is None and missing["previous_rank"] == 6 and missing["change"] == -2, missing
        assert any("青崖县" in name for name in missing["missing"])
    with label("the city's own figure is unknown, not zero, while a county is missing"):
        figure = good("value", db, "rd_intensity", "--period", "2023-06", "--json").json()
        assert figure["value"] is None and figure["missing"]
        figure = good("value", db, "rd_intensity", "--period", "2023-05", "--json").json()
        gdp, rd = (sum(f[i] for f in FIGURES["2023-05"].values()) for i in (0, 1))
        assert abs(Decimal(figure["value"]) - Decimal(rd) / Decimal(gdp) * 100) < Decimal("1e-30")
        text = json.dumps(figure["explanation"], ensure_ascii=False)
        assert "月报2023-05.csv" in text and "B2" in text and "rd_expenditure / gdp" in text
    with label("who was among the last two for three months running is called in"):
        alerts = good("alerts", db, "--period", "2023-05", "--json").json()["alerts"]
        assert {a["unit"] for a in alerts if a["indicator"] == "rd_intensity"} == {"980123", "980125"}, alerts
        streak = [a for a in alerts if a["unit"] == "980125"][0]
        assert [s["period"] for s in streak["streak"]] == ["2023-03", "2023-04", "2023-05"] and streak["action"]["zh"] == "约谈"
        assert {a["unit"] for a in good("alerts", db, "--period", "2023-06", "--json").json()["alerts"] if a["indicator"] == "rd_intensity"} == {"980125"}
    with label("a correction shows in the ranking at once and keeps its history"):
        path = os.path.join(folder, "更正.csv")
        write_csv(path, [["县区", "地区生产总值（万元）", "全社会研发经费（万元）"], ["青崖县", 520000, 7800]])
        good("report", db, "monthly", path, "--period", "2023-06", "--explanation", "补报", "--json")
        rows = {r["unit"]: r for r in good("rank", db, "rd_intensity", "--period", "2023-06", "--json").json()["rows"]}
        assert rows["980122"]["state"] == "known" and Decimal(rows["980122"]["value"]) == Decimal("1.5")
    with label("C1 pays to the fen, with reasons, and names what is missing"):
        roster = os.path.join(folder, f"roster-{engine}.xlsx")
        result = good("policy", "run", db, "--year", "2021", "-o", roster, "--json").json()
        by_key = {e["key"]: e for e in result["entitlements"] if e["policy"] == "rd_post_subsidy"}
        assert len(by_key) == 6
        for code, (revenue, rd) in zip(CODES[:4], YEARS):
            e, fen = by_key[code], c1(revenue, rd)
            assert e["fen"] == fen and (e["outcome"] == "eligible") == (fen > 0), (e, fen)
            assert e["reason"], e
        for code in CODES[4:]:
            e = by_key[code]
            assert e["outcome"] == "unknown" and e["amount"] is None and any("研发" in m for m in e["missing"]), e
        assert "云川第1制造有限公司" in good("sheet", roster, "--json").out
        assert by_key[CODES[1]]["fen"] == 500000000 and by_key[CODES[1]]["cuts"] or c1(*YEARS[1]) == 500000000
    with label("computing again gives the same hash"):
        first, second = (good("policy", "run", db, "--year", "2021", "--json").json()["run"]["hash"] for _ in range(2))
        assert first == second == result["run"]["hash"]
    with label("a check explains one enterprise down to its cell"):
        e = good("policy", "check", db, "rd_post_subsidy", CODES[0], "--year", "2021", "--explain", "--json").json()
        text = json.dumps(e["explanation"], ensure_ascii=False)
        assert e["fen"] == c1(*YEARS[0]) and "年报.csv" in text and "C2" in text, text
    with label("a what-if moves the budget and writes nothing"):
        events = good("verify", db, "--json").json()["events"]
        w = good("policy", "whatif", db, "rd_post_subsidy", "--year", "2021", "--set", "rate=0.2", "--json").json()
        assert w["after"]["fen"] > w["before"]["fen"] and w["winners"] >= 1 and w["losers"] == 0, w
        assert good("verify", db, "--json").json()["events"] == events
    with label("a county's account sees its county, on the command line too"):
        good("user", "add", db, "wangchuan", "--role", "county_officer", "--unit", "980121", stdin="a long password\n".encode())
        rows = good("rank", db, "rd_intensity", "--period", "2023-06", "--json", "--as", "wangchuan").json()["rows"]
        assert {r["unit"] for r in rows} == {"980121"}, rows
        assert run("value", db, "rd_intensity", "--period", "2023-06", "--unit", "980122", "--as", "wangchuan").code == 1
        assert run("policy", "run", db, "--year", "2021", "--as", "wangchuan").code == 1
        other = os.path.join(folder, "别人的.csv")
        write_csv(other, [["县区", "地区生产总值（万元）", "全社会研发经费（万元）"], ["锦湖区", 1, 1]])
        r = run("report", db, "monthly", other, "--period", "2023-06", "--as", "wangchuan", "--json")
        assert r.json()["refused"] == 1 and r.code == 1
        assert run("report", db, "monthly", month_file(folder, "2023-05"), "--period", "2023-05", "--as", "nobody").code == 1
    with label("the bulletin has the figures of the ranking"):
        md = os.path.join(folder, f"bulletin-{engine}.md")
        for ending in ("docx", "pdf", "md"):
            good("document", db, "rd_bulletin", "--period", "2023-06", "-o", md[:-2] + ending)
        text = open(md, encoding="utf-8").read()
        for row in good("rank", db, "rd_intensity", "--period", "2023-06", "--json").json()["rows"]:
            assert row["title"]["zh"] in text and row["shown"] in text, row
        assert open(md[:-2] + "pdf", "rb").read(5) == b"%PDF-" and open(md[:-2] + "docx", "rb").read(2) == b"PK"
    with label("verify proves the chain"):
        proof = good("verify", db, "--json").json()
        assert proof["events"] > 10, proof
    if engine == "sqlite":
        with label("one byte of an event changed is named, with exit 1"):
            c = sqlite3.connect(db)
            c.execute("UPDATE event SET payload = replace(payload, '2023-04', '2023-05') WHERE seq = (SELECT min(seq) FROM event WHERE payload LIKE '%2023-04%')")
            seq = c.execute("SELECT min(seq) FROM event WHERE subject LIKE '%2023-04%'").fetchone()[0]
            c.commit()
            c.close()
            r = run("verify", db)
            assert r.code == 1 and str(seq) in r.out + r.err, (seq, r.out, r.err)


with city.temp() as folder:
    for engine, make in city.databases(folder):
        if make is None:
            tap.skip("the cycle on PostgreSQL", "no PostgreSQL server programs")
        else:
            cycle(engine, make("cycle"), folder)
tap.done()
