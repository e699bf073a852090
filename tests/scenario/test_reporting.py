"""B1-B3 on the command line, on both databases: a county's month from the empty form to the published figure and its correction."""
import csv
import json
import os
from decimal import Decimal

import city
from city import good, run

tap = city.Tap()
PACK = {
    "pack.yaml": "pack: town\ntitle: 小城\nversion: '1'\nkinds: [{kind: city, title: 市}, {kind: county, title: 县}]\n",
    "units.yaml": """units:
  - code: "1"
    name: 全市
    kind: city
    units:
      - {code: "11", name: 甲县}
      - {code: "12", name: 乙县}
      - {code: "13", name: 丙县}
      - {code: "14", name: 丁县}
      - {code: "15", name: 戊县}
      - {code: "16", name: 己县}
      - {code: "17", name: 老县, to: 2023-02-28}
      - {code: "18", name: 新东县, from: 2023-03-01, was: [{unit: "17", share: 40%}]}
      - {code: "19", name: 新西县, from: 2023-03-01, was: [{unit: "17", share: 60%}]}
""",
    "registers/firm.yaml": """register: firm
key: code
place: county
fields:
  code: {type: text, title: 代码, required: true}
  county: {type: unit, kind: county, title: 县}
""",
    "indicators/i.yaml": """- {indicator: gdp, title: 生产总值, unit: 元, in: 万元, source: reported, cumulative: true, min: 0}
- {indicator: rd, title: 研发经费, unit: 元, in: 万元, source: reported, cumulative: true, missing: skip}
- {indicator: firms, title: 企业数, unit: 家, source: reported}
- {indicator: firms_known, title: 在库企业数, unit: 家, source: count(firm)}
- {indicator: intensity, title: 强度, unit: '%', formula: rd / gdp * 100, direction: higher, rank: {among: county, missing: last}}
- {indicator: gdp_month, title: 当月生产总值, of: gdp, take: single}
- {indicator: gdp_average, title: 三期平均, of: gdp_month, take: average, periods: 3}
- {indicator: gdp_growth, title: 同比, of: gdp, take: growth}
- {indicator: firms_year, title: 本年累计, of: firms, take: year to date}
- {indicator: in_time, title: 及时率, source: timeliness of monthly, direction: higher, rank: {among: county, missing: last}}
- {indicator: whole, title: 完整率, source: completeness of monthly}
""",
    "forms/monthly.yaml": """form: monthly
title: 月报
for: county
frequency: month
due: 10 working days
sign: true
indicators: [{indicator: gdp, required: true, jump year: 60%, outlier: 3.5}, {indicator: rd, required: true, jump: 300%}, firms]
checks:
  - {when: rd > gdp, level: error, say: 研发经费大于生产总值}
  - {when: firms < firms_known, level: explain, say: 企业数少于在库企业数}
""",
    "roles.yaml": """roles:
  - {role: admin, title: 管理员, may: ["*"]}
  - {role: county_officer, title: 县, may: [indicator.read, form.read, form.report]}
  - {role: city_officer, title: 市, may: [indicator.*, form.*]}
""",
}
COUNTIES = ["甲县", "乙县", "丙县", "丁县", "戊县", "己县"]
OLD = [1000, 900, 800, 700, 600, 500]


def write_pack(folder):
    for path, text in PACK.items():
        os.makedirs(os.path.join(folder, os.path.dirname(path)), exist_ok=True)
        with open(os.path.join(folder, path), "w", encoding="utf-8") as f:
            f.write(text)
    return folder


def sheet(folder, rows, name="表.csv", head=("单位", "生产总值（万元）", "研发经费（万元）", "企业数")):
    path = os.path.join(folder, name)
    with open(path, "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows([head, *rows])
    return path


def on(day):
    os.environ["KECHUANG_NOW"] = f"{day}T09:00:00+08:00"


def value(db, indicator, period, unit="1"):
    v = good("value", db, indicator, "--period", period, "--unit", unit, "--json").json()
    return None if v["value"] is None else Decimal(v["value"])


def grid(db, period):
    return {r["unit"]: r for r in good("form", "show", db, "monthly", "--period", period, "--json").json()["rows"]}


def scenario(engine, db, folder):
    label = lambda words: tap(f"{engine}: {words}")
    on("2022-01-04")
    good("init", db, "--pack", write_pack(os.path.join(folder, "pack")))
    for name, role, unit in (("jia", "county_officer", "11"), ("city", "city_officer", "1")):
        good("user", "add", db, name, "--role", role, "--unit", unit, stdin=b"a long password\n")
    good("import", db, "firm", sheet(folder, [["a1", "甲县"], ["a2", "甲县"], ["a3", "甲县"]], "firm.csv", ("代码", "县")))
    with label("a table of twelve months at once is taken with its column of periods"):
        rows = [[f"2022年{m}月", c, g * m, g * m // 50, 5] for m in range(1, 13) for c, g in zip(COUNTIES, OLD)]
        rows += [[f"2022年{m}月", "老县", 100 * m, 10 * m, 8] for m in range(1, 13)]
        o = good("report", db, "monthly", sheet(folder, rows, "年.csv", ("月份", "单位", "生产总值（万元）", "研发经费（万元）", "企业数")), "--submit", "--json").json()
        assert (o["rows"], o["added"], o["refused"], o["held"]) == (84, 84, 0, 0), o
        assert value(db, "gdp", "2022-12") == Decimal(12 * (sum(OLD) + 100)) * 10000
    on("2023-02-06")
    with label("opening and due days are working days; a missing report is late when the day is over"):
        o = good("form", "show", db, "monthly", "--period", "2023-01", "--json").json()
        assert (o["opens"], o["due"], o["asked"], o["arrived"], o["late"]) == ("2023-02-01", "2023-02-14", 7, 0, 0), o
        on("2023-02-20")
        assert good("form", "show", db, "monthly", "--period", "2023-01", "--json").json()["late"] == 7
    with label("an exception moves one unit's day, with its reason in the chain"):
        assert run("form", "extend", db, "monthly", "2023-02-24", "--period", "2023-01", "--unit", "12").code == 1
        good("form", "extend", db, "monthly", "2023-02-24", "--period", "2023-01", "--unit", "12", "--reason", "统计系统升级")
        g = grid(db, "2023-01")
        assert g["12"]["due"] == "2023-02-24" and g["12"]["extended"] and not g["12"]["late"] and g["11"]["late"], g["12"]
    on("2023-02-07")
    figures = [[c, g * 11 // 10, g * 11 // 500, 5] for c, g in zip(COUNTIES, OLD)]
    with label("hard checks refuse, soft checks ask: jumps, outliers, other registers"):
        bad = [list(r) for r in figures]
        bad[0][3] = 2                       # fewer than the register has
        bad[1][1], bad[1][2] = 900 * 2, 36  # twice last year's: a jump, and far from its peers
        bad[2][2] = 999999
        o = run("report", db, "monthly", sheet(folder, bad), "--period", "2023-01", "--submit", "--json").json()
        texts = {(p["unit"], p["severity"], p["text"]) for p in o["problems"] if p["severity"] in ("error", "explain")}
        assert ("11", "explain", "企业数少于在库企业数") in texts and ("13", "error", "研发经费大于生产总值") in texts, texts
        assert any(u == "12" and "上年同期" in t for u, _, t in texts) and (o["held"], o["refused"], o["added"]) == (2, 1, 3), o
        slight = [[c, g * (101 + i) // 100, g * (101 + i) // 5000, 5] for i, (c, g) in enumerate(zip(COUNTIES, OLD))]
        slight[5][1] = 500 * 15 // 10
        o = run("report", db, "monthly", sheet(folder, slight), "--period", "2023-01", "--dry-run", "--json").json()
        assert any("修正 Z 值" in p["text"] and p["unit"] == "16" for p in o["problems"]), o["problems"]
    with label("the explanation is kept with the figure, and the figure goes down to its cell"):
        good("report", db, "monthly", sheet(folder, figures), "--period", "2023-01", "--submit", "--explanation", "口径调整", "--json")
        o = good("report", db, "monthly", sheet(folder, [["甲县", 1100, 22, 2]], "甲.csv"), "--period", "2023-01", "--submit", "--as", "jia", "--explanation", "注销一家", "--json").json()
        assert o["changed"] == 1, o
        text = good("value", db, "firms", "--period", "2023-01", "--unit", "11", "--explain").out
        assert "甲.csv" in text and "D2" in text and "jia" in text and "注销一家" in text, text
        text = good("value", db, "intensity", "--period", "2023-01", "--explain").out
        assert "表.csv" in text and "B3" in text and "rd / gdp * 100" in text and "甲县" in text, text
    with label("the county signs before the city approves; the steps are undone in reverse"):
        move = lambda step, *args: run("form", "move", db, "monthly", step, "--period", "2023-01", *args)
        assert move("approve", "--unit", "11", "--as", "city").code == 1
        assert move("approve", "--unit", "11", "--as", "jia").code == 1
        assert move("sign", "--unit", "11", "--as", "jia").code == 0
        assert move("sign", "--unit", "12", "--as", "jia").code == 1
        assert move("approve", "--unit", "11", "--as", "city").code == 0
        assert move("undo", "--unit", "11", "--as", "jia", "--reason", "改").code == 1       # the city's step
        assert move("undo", "--unit", "11", "--as", "city").code == 1                        # without a reason
        assert move("undo", "--unit", "11", "--as", "city", "--reason", "误批").code == 0
        assert grid(db, "2023-01")["11"]["state"] == "signed"
        assert move("undo", "--unit", "11", "--as", "jia", "--reason", "重核").code == 0
        assert grid(db, "2023-01")["11"]["state"] == "submitted"
        assert move("publish", "--unit", "11", "--as", "city").code == 1
        assert move("return", "--unit", "12", "--as", "city", "--reason", "请核对").code == 0
        assert grid(db, "2023-01")["12"]["state"] == "returned"
    with label("an approval points at versions: a later figure shows at once"):
        good("report", db, "monthly", sheet(folder, figures), "--period", "2023-01", "--submit", "--explanation", "口径调整")
        good("form", "move", db, "monthly", "sign", "--period", "2023-01")
        good("form", "move", db, "monthly", "approve", "--period", "2023-01")
        assert not any(any(r["frozen"]["differs"]) for r in grid(db, "2023-01").values() if "frozen" in r)
        good("report", db, "monthly", sheet(folder, [["丁县", 777, 15, 5]], "丁.csv"), "--period", "2023-01", "--submit", "--explanation", "更正")
        r = grid(db, "2023-01")["14"]
        assert r["state"] == "submitted" and r["frozen"]["step"] == "approved" and r["frozen"]["differs"] == [True, False, False], r
        assert r["frozen"]["values"][0] == str(770 * 10000) and r["values"][0] == str(777 * 10000)
        good("form", "move", db, "monthly", "sign", "--period", "2023-01")
        good("form", "move", db, "monthly", "approve", "--period", "2023-01")
        good("form", "move", db, "monthly", "publish", "--period", "2023-01")
    with label("what was published stays: a correction is a new version beside it"):
        assert run("form", "move", db, "monthly", "undo", "--period", "2023-01", "--unit", "14", "--reason", "改").code == 1
        before = value(db, "gdp", "2023-01")
        good("report", db, "monthly", sheet(folder, [["丁县", 780, 15, 5]], "再.csv"), "--period", "2023-01", "--submit", "--explanation", "复核")
        r = grid(db, "2023-01")["14"]
        assert r["frozen"]["step"] == "published" and r["frozen"]["values"][0] == str(777 * 10000) and r["values"][0] == str(780 * 10000), r
        assert r["frozen"]["differs"] == [True, False, False] and value(db, "gdp", "2023-01") is None and before is None
    with label("the form as a workbook with the last period's figures comes back as a report"):
        book = os.path.join(folder, f"待填-{engine}.xlsx")
        good("form", "show", db, "monthly", "--period", "2023-02", "-o", book, "--last")
        o = good("report", db, "monthly", book, "--period", "2023-02", "--submit", "--explanation", "同上期", "--json").json()
        assert o["added"] >= 6 and o["refused"] == 0, o
        assert value(db, "rd", "2023-02", "14") == value(db, "rd", "2023-01", "14") == 150000
    with label("series: a single month, averages, growth, year to date"):
        assert value(db, "gdp_month", "2022-05", "11") == 1000 * 10000 and value(db, "gdp_month", "2022-01", "11") == 1000 * 10000
        assert value(db, "gdp_average", "2022-05", "11") == 1000 * 10000
        assert value(db, "firms_year", "2022-03", "11") == 15 and value(db, "firms_year", "2022-04") == 4 * (6 * 5 + 8)
        assert value(db, "gdp_growth", "2023-01", "11") == 10 and value(db, "gdp_growth", "2022-05", "11") is None
    with label("timeliness and completeness are indicators"):
        on("2023-03-20")
        assert value(db, "in_time", "2023-01", "11") == 100 and value(db, "in_time", "2023-01", "17") == 0
        assert abs(value(db, "in_time", "2023-01") - Decimal(600) / 7) < Decimal("1e-20")
        assert value(db, "whole", "2023-01", "11") == 100 and value(db, "whole", "2023-01", "17") == 0
        rows = good("rank", db, "in_time", "--period", "2023-01", "--json").json()["rows"]
        assert rows[-1]["unit"] == "17" and rows[0]["rank"] == 1
    with label("units made of a split have their share of what was before"):
        assert value(db, "gdp", "2022-12", "18") == 1200 * 4000 and value(db, "gdp", "2022-12", "19") == 1200 * 6000
        assert value(db, "gdp", "2022-12") == Decimal(12 * (sum(OLD) + 100)) * 10000      # counted once
        good("report", db, "monthly", sheet(folder, [["新东县", 150, 6, 3]], "东.csv"), "--period", "2023-03", "--submit", "--explanation", "新设")
        rows = {r["unit"]: r for r in good("rank", db, "intensity", "--period", "2023-03", "--json").json()["rows"]}
        assert "17" not in rows and Decimal(rows["18"]["year_ago_value"]) == Decimal(10), rows["18"]
        assert value(db, "gdp_growth", "2023-03", "18") == 25
    with label("a missing figure is left out, is unknown, or is nothing, by the indicator's rule"):
        assert value(db, "gdp", "2023-03") is None and value(db, "rd", "2023-03") == 60000
    with label("the chain proves all of it"):
        good("verify", db)
    os.environ.pop("KECHUANG_NOW")


with city.temp() as folder:
    for engine, make in city.databases(folder):
        if make is None:
            tap.skip("reporting on PostgreSQL", "no PostgreSQL server programs")
        else:
            scenario(engine, make("reporting"), folder)
tap.done()
