"""Letters of responsibility on both databases: import, signing, amendment, the version of a day, and lights against the
share of the year gone by, beside an independent calculation."""
import csv
import os
from decimal import Decimal, getcontext

import city
from city import good, run

tap = city.Tap()
getcontext().prec = 34
PACK = os.path.join(city.ROOT, "packs", "city")
A, B = "980102", "980125"
NAMES = {A: "锦湖区", B: "岚谷县"}
COUNTIES = {"980102": "锦湖区", "980103": "秀川区", "980121": "望川县", "980122": "青崖县", "980123": "柳渡县", "980124": "梓山县", "980125": "岚谷县", "980181": "金渡市"}
# 万元, from the beginning of the year: contracts (flow), patents at the month's end (stock), R&D and GDP (rate).
# Month 12 of 2022, then the months of 2023; B reports April late and never reports June.
FIGURES = {A: {"2022-12": (9000, 100, 5000, 200000), "2023-01": (700, 102, 400, 16000), "2023-02": (1500, 103, 850, 33000), "2023-03": (2500, 104, 1300, 50000), "2023-04": (2700, 104, 1700, 66000),
               "2023-05": (3600, 105, 2200, 83000), "2023-06": (5100, 109, 2700, 100000)},
           B: {"2022-12": (1000, 10, 300, 30000), "2023-01": (10, 10, 20, 2400), "2023-02": (90, 10, 45, 4900), "2023-03": (160, 11, 70, 7400), "2023-04": (420, 11, 110, 10000), "2023-05": (430, 12, 130, 12600)}}
LINES = {A: [("技术合同成交额", "10000万元", 40, "", "", "10000"), ("有效发明专利", "120", 30, "", "", "120"), ("研发投入强度", "2.7%", 30, "", "", "2.7")],
         B: [("技术合同成交额", "1200万元", 50, "", "", "1200"), ("有效发明专利", "4", 20, "增量", "", "4"), ("研发投入强度", "1.1", 30, "", "", "1.1")]}
SHARE = {f"2023-{m:02d}": Decimal(m) / 12 for m in range(1, 13)}


def write_csv(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows(rows)
    return path


def at(day):
    return {"KECHUANG_NOW": f"{day}T09:00:00+08:00"}


def report(db, folder, period, units, day):
    rows = [["县区", "技术合同成交额（万元）", "有效发明专利", "全社会研发经费（万元）", "地区生产总值（万元）"]]
    rows += [[NAMES[u], *FIGURES[u][period]] for u in units]
    good("report", db, "monthly", write_csv(os.path.join(folder, f"{period}-{day}.csv"), rows), "--period", period, "--submit", "--explanation", "核对无误", "--json", env=at(day))


def letter_file(folder, lines, name="letters.csv"):
    rows = [["县区", "指标", "目标值", "权重", "口径", "亮灯规则", "内容"]]
    for unit, own in lines.items():
        rows += [[COUNTIES[unit], ind, target, weight, measure, lights, ""] for ind, target, weight, measure, lights, _ in own]
    return write_csv(os.path.join(folder, name), rows)


def colour(progress, share, late):
    if progress < Decimal("0.6") * share:
        return "red"
    if progress < share or late:
        return "yellow"
    return "green"


def expected(unit, period, target):
    """(progress, share) of the three lines, from the figures themselves."""
    contracts, patents, rd, gdp = FIGURES[unit][period]
    first, share = FIGURES[unit]["2022-12"], SHARE[period]
    t = [Decimal(x) for x in target]
    stock = Decimal(patents - first[1]) / (t[1] - first[1]) if unit == A else Decimal(patents - first[1]) / t[1]
    return [(Decimal(contracts) / t[0], share), (stock, share), (Decimal(rd) * 100 / gdp / t[2], Decimal(1))]


def letters(engine, db, folder):
    label = lambda words: tap(f"{engine}: {words}")
    good("init", db, "--pack", PACK)
    report(db, folder, "2022-12", [A, B], "2023-01-10")
    for month in range(1, 7):
        period, day = f"2023-{month:02d}", f"2023-{month + 1:02d}-05"
        units = [A] if month in (4, 6) else [A, B]
        report(db, folder, period, units, day)
    report(db, folder, "2023-04", [B], "2023-06-20")
    path = letter_file(folder, LINES)
    with label("a dry run writes nothing"):
        events = good("verify", db, "--json").json()["events"]
        o = good("letter", "import", db, path, "--year", "2023", "--dry-run", "--json").json()
        assert (o["added"], o["refused"]) == (6, 0), o
        assert good("verify", db, "--json").json()["events"] == events
        assert good("letter", "list", db, "--year", "2023", "--drafts", "--json").json()["letters"] == []
    with label("a sheet becomes drafts; the same again changes nothing"):
        o = good("letter", "import", db, path, "--year", "2023", "--json").json()
        assert (o["added"], o["refused"], o["held"]) == (6, 0, 0), o
        o = good("letter", "import", db, path, "--year", "2023", "--json").json()
        assert (o["added"], o["changed"], o["unchanged"]) == (0, 0, 6), o
        drafts = good("letter", "list", db, "--year", "2023", "--drafts", "--json").json()["letters"]
        assert [(x["unit"], x["state"], x["weights"]) for x in drafts] == [(A, "draft", "100"), (B, "draft", "100")], drafts
        assert drafts[0]["lines"][0]["target"] == "100000000" and drafts[0]["lines"][2]["target"] == "2.7"
        assert good("letter", "list", db, "--year", "2023", "--json").json()["letters"] == []
    with label("a bad row keeps its whole letter out and names the cell; the others are written"):
        bad = write_csv(os.path.join(folder, "bad.csv"), [["县区", "指标", "目标值", "权重", "计分方法"], ["望川县", "研发投入强度", "两个点", "50", ""], ["望川县", "有效发明专利", "20", "50", ""],
                                                         ["天外县", "有效发明专利", "20", "50", ""], ["青崖县", "有效发明专利", "20", "60", "没有的方法"], ["柳渡县", "有效发明专利", "20", "60", ""],
                                                         ["柳渡县", "有效发明专利", "21", "40", ""], ["梓山县", "有效发明专利", "20", "60", ""]])
        o = good("letter", "import", db, bad, "--year", "2023", "--json").json()
        assert (o["added"], o["held"], o["refused"]) == (1, 1, 5), o
        cells = {p.get("cell") for p in o["problems"]}
        assert {"C2", "A4"} <= cells, cells
        units = {x["unit"] for x in good("letter", "list", db, "--year", "2023", "--drafts", "--json").json()["letters"]}
        assert units == {A, B, "980124"}, units
    with label("weights that do not add up cannot be signed, and the message says what they are"):
        r = run("letter", "sign", db, "--year", "2023", "--unit", "980124")
        assert r.code == 1 and "60" in r.err and "100" in r.err, (r.code, r.err)
        good("letter", "drop", db, "980124", "--year", "2023", "--reason", "起草有误")
        assert run("letter", "drop", db, "980124", "--year", "2023").code == 1
    with label("signing freezes both"):
        good("letter", "sign", db, "--year", "2023", "--from", "2023-01-15", env=at("2023-01-15"))
        signed = good("letter", "list", db, "--year", "2023", "--json").json()["letters"]
        assert [(x["unit"], x["state"], x["version"], x["from"]) for x in signed] == [(A, "signed", 1, "2023-01-15"), (B, "signed", 1, "2023-01-15")]
        assert run("letter", "sign", db, "--year", "2023", "--unit", A).code == 1
    with label("progress and lights of every month agree with the calculation from the figures"):
        for unit in (A, B):
            shown = good("letter", "show", db, unit, "--year", "2023", "--period", "2023-06", "--json").json()["letter"]
            for i, line in enumerate(shown["lines"]):
                assert [s["period"] for s in line["series"]] == [f"2023-{m:02d}" for m in range(1, 7)]
                for s in line["series"]:
                    late = unit == B and s["period"] == "2023-04"
                    if s["period"] not in FIGURES[unit]:
                        assert s["light"] == "unknown" and s["progress"] is None and s["missing"], s
                        continue
                    progress, share = expected(unit, s["period"], [x[5] for x in LINES[unit]])[i]
                    assert abs(Decimal(s["progress"]) - progress) < Decimal("1e-25") and abs(Decimal(s["share"]) - share) < Decimal("1e-25"), (unit, i, s)
                    assert s["late"] == late and s["behind"] == (progress < share), (unit, i, s)
                    assert s["light"] == colour(progress, share, late), (unit, i, s, progress, share)
    with label("a month that was reported late is not green, whatever it says"):
        b = good("letter", "show", db, B, "--year", "2023", "--period", "2023-04", "--json").json()["letter"]
        s = b["lines"][0]["series"][-1]
        assert s["late"] and Decimal(s["progress"]) >= Decimal(s["share"]) and s["light"] == "yellow" and "迟报" in s["say"]["zh"], s
    with label("an amendment needs a reason and may not reach back before the letter"):
        lines = {B: [("技术合同成交额", "900万元", 50, "", "", "900"), *LINES[B][1:]]}
        o = good("letter", "import", db, letter_file(folder, lines, "amend.csv"), "--year", "2023", "--json").json()
        assert o["changed"] == 3, o
        assert run("letter", "sign", db, "--year", "2023", "--unit", B, "--from", "2023-05-10").code == 1
        assert run("letter", "sign", db, "--year", "2023", "--unit", B, "--from", "2023-01-10", "--reason", "灾情").code == 1
        good("letter", "sign", db, "--year", "2023", "--unit", B, "--from", "2023-05-10", "--reason", "洪灾影响，经市政府同意下调", env=at("2023-05-10"))
    with label("both versions stay, and the one of a day can be asked for"):
        old = good("letter", "list", db, "--year", "2023", "--unit", B, "--as-of", "2023-05-09", "--json").json()["letters"][0]
        new = good("letter", "list", db, "--year", "2023", "--unit", B, "--as-of", "2023-05-10", "--json").json()["letters"][0]
        assert (old["version"], old["lines"][0]["target"]) == (1, "12000000") and (new["version"], new["lines"][0]["target"]) == (2, "9000000")
        assert good("letter", "list", db, "--year", "2023", "--as-of", "2023-01-14", "--json").json()["letters"] == []
        versions = good("letter", "show", db, B, "--year", "2023", "--json").json()["versions"]
        assert [v["version"] for v in versions] == [1, 2] and versions[1]["reason"].startswith("洪灾")
    with label("the months before the amendment keep the light of the target of then"):
        series = good("letter", "show", db, B, "--year", "2023", "--period", "2023-05", "--json").json()["letter"]["lines"][0]["series"]
        assert [s["target"] for s in series] == ["12000000"] * 4 + ["9000000"], series
        assert series[-1]["light"] == colour(Decimal(430) / 900, SHARE["2023-05"], False) == "green", series[-1]
    with label("the rules of other cities by a line's own choice: two months running, cards, completion"):
        lines = {"980103": [("技术合同成交额", "12000万元", 40, "", "连续两月落后", ""), ("有效发明专利", "30", 30, "", "黄牌红牌", ""), ("研发投入强度", "2", 30, "", "月度完成率", "")]}
        good("letter", "import", db, letter_file(folder, lines, "others.csv"), "--year", "2023")
        good("letter", "sign", db, "--year", "2023", "--unit", "980103", "--from", "2023-01-15")
        NAMES["980103"] = "秀川区"
        FIGURES["980103"] = {"2022-12": (9000, 10, 1000, 80000), "2023-01": (900, 11, 100, 8000), "2023-02": (2100, 13, 250, 16000), "2023-03": (2900, 15, 380, 24000), "2023-04": (4100, 17, 640, 32000)}
        for period, day in (("2022-12", "2023-01-10"), ("2023-01", "2023-02-06"), ("2023-02", "2023-03-06"), ("2023-03", "2023-04-06"), ("2023-04", "2023-05-08")):
            report(db, folder, period, ["980103"], day)
        lines = good("letter", "show", db, "980103", "--year", "2023", "--period", "2023-04", "--json").json()["letter"]["lines"]
        lights = [[s["light"] for s in line["series"]] for line in lines]
        # contracts 900/12000 < 1/12, 2100/12000 >= 2/12, 2900/12000 < 3/12, 4100/12000 >= 4/12: never two running
        assert lights[0] == ["yellow", "green", "yellow", "green"], lights[0]
        # (11-10)/20 = 0.05 < 0.7/12; 0.15 in [0.7*2/12, 2/12); 0.25 = 3/12; 0.35 >= 4/12
        assert lights[1] == ["red", "yellow", "green", "green"], lights[1]
        # 1.25, 1.5625, 1.583.., 2.0 of 2
        assert lights[2] == ["yellow", "yellow", "yellow", "green"], lights[2]
    with label("everything is in the chain"):
        good("verify", db)
        assert run("letter", "sign", db, "--year", "2023", "--unit", A, "--as", "nobody").code != 0


with city.temp() as folder:
    for engine, make in city.databases(folder):
        if make is None:
            tap.skip("the letters on PostgreSQL", "no PostgreSQL server here")
            continue
        sub = os.path.join(folder, engine)
        os.mkdir(sub)
        saved = {u: dict(f) for u, f in FIGURES.items()}
        letters(engine, make("letters"), sub)
        FIGURES.clear()
        FIGURES.update(saved)
tap.done()
