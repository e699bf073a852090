"""亩均评价 by the rules of three places on both databases, beside the formulas in fractions: every score, every class, and who
stands at a boundary."""
import csv
import os
import random
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction as F

import city
from city import good

tap = city.Tap()
PACK = os.path.join(city.ROOT, "packs", "mu")
PLACES = {"黄岩区": 40, "旌德县": 20, "淮安市": 60}
YEAR_COLUMNS = ["规上", "用地（亩）", "实缴税金（万元）", "工业增加值（万元）", "销售收入（万元）", "综合能耗（吨标煤）", "污染物排放（吨）", "用电量（万千瓦时）", "平均职工（人）", "研发费用（万元）", "绿色指数"]


def firms():
    """Whole numbers; some tie exactly, one has no emission figure, one no land."""
    dice, out, n = random.Random(2022), {}, 0
    for place, count in PLACES.items():
        for i in range(count):
            n += 1
            out[f"F{n:04d}"] = dict(place=place, above=i % 4 != 3, land=dice.randint(5, 200), tax=dice.randint(20, 4000), added=dice.randint(200, 20000), sales=dice.randint(1000, 80000),
                                    energy=dice.randint(20, 5000), emission=dice.randint(1, 40), power=dice.randint(10, 3000), staff=dice.randint(10, 600), rd=dice.randint(0, 2000), green=dice.randint(40, 100))
    codes = [c for c, f in out.items() if f["place"] == "淮安市"]
    by_tax = sorted(codes, key=lambda c: F(out[c]["tax"], out[c]["land"]))
    for low, high in ((by_tax[20], by_tax[21]), (by_tax[47], by_tax[48])):
        out[high].update({k: out[low][k] for k in ("land", "tax", "sales", "green")})
    missing = next(c for c, f in out.items() if f["place"] == "黄岩区" and f["above"])
    out[missing]["emission"] = None
    landless = next(c for c, f in out.items() if f["place"] == "旌德县")
    out[landless]["land"] = None
    return out, missing, landless


def places(x, digits=4):
    return (Decimal(x.numerator) / Decimal(x.denominator)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def ratio(f, a, b):
    return None if f[a] is None or f[b] is None or f[b] == 0 else F(f[a], f[b])


RULES = {
    "huangyan_above": (lambda f: f["place"] == "黄岩区" and f["above"], [("tax", "land", F("24.097"), 30), ("added", "land", F("136.16"), 20), ("added", "energy", F("2.694"), 20), ("added", "emission", F("4929.81"), 10),
                                                                     ("added", "staff", F("18.14"), 10), ("rd", "sales", F("0.0302"), 10)], (20, 60, 95)),
    "huangyan_below": (lambda f: f["place"] == "黄岩区" and not f["above"], [("tax", "land", F("11.5932"), 50), ("tax", "power", F("0.2352"), 50)], (20, 60, 95)),
    "jingde": (lambda f: f["place"] == "旌德县", [("tax", "land", None, 40), ("sales", "land", None, 30), ("rd", "sales", None, 30)], (25, 70, 95)),
    "huaian": (lambda f: f["place"] == "淮安市", [("tax", "land", None, 45), ("sales", "land", None, 35), ("green", None, None, 20)], (20, 60, 95)),
}


def scores(name, all_firms):
    who, lines, shares = RULES[name]
    mine = {c: f for c, f in all_firms.items() if who(f)}
    points = {c: [] for c in mine}
    for a, b, base, weight in lines:
        values = {c: ratio(f, a, b) if b else F(f[a]) for c, f in mine.items()}
        known = [v for v in values.values() if v is not None]
        mean, low, high = sum(known) / len(known), min(known), max(known)
        for c, v in values.items():
            if base is not None and v is None and b == "emission":
                v = mean
            if v is None:
                points[c].append(None)
            elif base is not None:
                points[c].append(places(weight * v / base))
            elif name == "jingde":
                points[c].append(places(F(weight) * (20 + 80 * (v - low) / (high - low)) / 100))
            else:
                points[c].append(places(weight * v / (2 * mean)))
    totals = {c: None if None in p else sum(p) for c, p in points.items()}
    known = [t for t in totals.values() if t is not None]
    classes = {}
    for c, t in totals.items():
        rank = None if t is None else 1 + sum(1 for x in known if x > t)
        share = None if t is None else F(rank * 100, len(known))
        classes[c] = (rank, None if t is None else "A" if share <= shares[0] else "B" if share <= shares[1] else "C" if share <= shares[2] else "D")
    return points, totals, classes


def walk(engine, db, folder):
    all_firms, missing, landless = firms()
    good("init", db, "--pack", PACK)
    for name, header, rows in (("firms", ["企业代码", "企业名称", "所属县区"], [[c, f"{c}制造有限公司", f["place"]] for c, f in all_firms.items()]),
                               ("years", ["企业代码", "年度", *YEAR_COLUMNS], [[c, 2022, "是" if f["above"] else "否", *("" if f[k] is None else f[k] for k in
                                ("land", "tax", "added", "sales", "energy", "emission", "power", "staff", "rd", "green"))] for c, f in all_firms.items()])):
        path = os.path.join(folder, name + ".csv")
        with open(path, "w", newline="", encoding="utf-8") as f:
            csv.writer(f).writerows([header, *rows])
        o = good("import", db, "firm" if name == "firms" else "land_use", path, "--json").json()
        assert o["refused"] == o["held"] == 0 and o["added"] == len(rows), o
    for name in RULES:
        with tap(f"{engine}: {name}: every score and class is as the text says"):
            points, totals, classes = scores(name, all_firms)
            table = good("assess", db, "--assessment", name, "--year", "2022", "--json").json()["table"]
            assert len(table["rows"]) == len(points), (len(table["rows"]), len(points))
            for row in table["rows"]:
                c = row["subject"]
                assert [None if p["points"] is None else Decimal(p["points"]) for p in row["lines"]] == points[c], (c, row["lines"], points[c])
                assert (None if row["total"] is None else Decimal(row["total"])) == totals[c], (c, row["total"], totals[c])
                assert (row["rank"], row["grade"]) == classes[c], (c, row["rank"], row["grade"], classes[c])
            counts = {g: sum(1 for _, x in classes.values() if x == g) for g in "ABCD"}
            assert all(counts.values()), counts
    with tap(f"{engine}: a missing emission is the group's mean, and says so; missing land leaves the firm without a class"):
        rows = {r["subject"]: r for r in good("assess", db, "--assessment", "huangyan_above", "--year", "2022", "--json").json()["table"]["rows"]}
        assert next(p for p in rows[missing]["lines"] if p["line"] == "emission")["missing_rule"]
        rows = {r["subject"]: r for r in good("assess", db, "--assessment", "jingde", "--year", "2022", "--json").json()["table"]["rows"]}
        assert rows[landless]["total"] is None and rows[landless]["grade"] is None and any("亩均税收" in m for m in rows[landless]["missing"]), rows[landless]["missing"]
    with tap(f"{engine}: equal firms share the better place, and those at a boundary are above it together"):
        rows = good("assess", db, "--assessment", "huaian", "--year", "2022", "--json").json()["table"]["rows"]
        ranks = [r["rank"] for r in rows]
        assert len(set(ranks)) == len(ranks) - 2, ranks
        last_a, first_b = max(r["rank"] for r in rows if r["grade"] == "A"), min(r["rank"] for r in rows if r["grade"] == "B")
        assert last_a == 12 and ranks.count(12) == 2 and first_b == 14, (last_a, first_b)  # two stand twelfth of sixty: both are A
        assert min(r["rank"] for r in rows if r["grade"] == "D") > 57
    with tap(f"{engine}: a bonus counts after it is accepted, and its group is cut"):
        code = next(c for c, f in all_firms.items() if f["place"] == "旌德县" and c != landless)
        for item in ("title_won", "provincial_title"):
            good("assess", "claim", db, code, item, "--assessment", "jingde", "--year", "2022", "--evidence", "工信部公告")
        before = {r["subject"]: r for r in good("assess", db, "--assessment", "jingde", "--year", "2022", "--json").json()["table"]["rows"]}[code]
        for i in (1, 2):
            good("assess", "decide", db, i, "--accept")
        after = {r["subject"]: r for r in good("assess", db, "--assessment", "jingde", "--year", "2022", "--json").json()["table"]["rows"]}[code]
        assert Decimal(before["bonus"]) == 0 and Decimal(after["bonus"]) == 5 and Decimal(after["total"]) == Decimal(before["total"]) + 5, (before["bonus"], after["bonus"])


with city.temp() as folder:
    for engine, make in city.databases(folder):
        if make is None:
            tap.skip("亩均 on PostgreSQL", "no PostgreSQL server here")
            continue
        walk(engine, make("mu"), folder)
tap.done()
