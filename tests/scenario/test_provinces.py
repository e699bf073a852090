"""The statistics of the provinces, 2010 to 2024, as figures: beside an independent calculation from the same tables."""
import csv
import os
from collections import defaultdict
from decimal import Decimal

import city
from city import good, run

tap = city.Tap()
FOLDER = os.path.join(city.SHARED, "data", "regional_st") if city.SHARED else ""
LABELS = {"山两", "两藏"}            # misread 山西 and 西藏 of one table: nothing is guessed


def table(name):
    """{(province, year, code): value} as it stands, blanks out of the labels."""
    out = {}
    for r in csv.DictReader(open(os.path.join(FOLDER, name + ".csv"), encoding="utf-8")):
        if r["value"] not in ("", "NA"):
            out["".join(r["province"].split()), r["year"], r["variables"]] = Decimal(r["value"])
    return out


def report(db, name, *args):
    return good("report", db, "yearbook", os.path.join(FOLDER, name + ".csv"), "--submit", "--json", *args).json()


def places(values):
    """Bottom two of a year: fewer than two strictly worse."""
    return {u for u, v in values.items() if sum(1 for w in values.values() if w < v) < 2}


def scenario(engine, db):
    label = lambda words: tap(f"{engine}: {words}")
    good("init", db, "--pack", os.path.join(city.ROOT, "packs", "provinces"))
    names = {}
    with label("a table of a row a figure is taken as it is published, thirteen years at once"):
        o = report(db, "RDIntense")
        assert (o["rows"], o["added"], o["refused"], o["held"]) == (31 * 13, 31 * 13, 0, 0), o
        intensity = table("RDIntense")
        sums = defaultdict(Decimal)
        for (p, y, code), v in intensity.items():
            if code == "v4_ztr_jf_RD" and p != "全国":
                sums[y] += v
        wrong = {y for y, s in sums.items() if s != intensity["全国", y, "v4_ztr_jf_RD"]}
        assert {p["row"] for p in o["problems"] if p["severity"] == "warning"} == {row for row, r in enumerate(csv.DictReader(
            open(os.path.join(FOLDER, "RDIntense.csv"), encoding="utf-8")), 2) if r["province"] == "全国" and r["variables"] == "v4_ztr_jf_RD" and r["year"] in wrong}
        assert report(db, "RDIntense")["unchanged"] == 31 * 13
    with label("ranks of every year are those of the published intensities"):
        for year in range(2011, 2024):
            by = {p: v for (p, y, code), v in intensity.items() if y == str(year) and code == "v4_ztr_qd_RD" and p != "全国"}
            rows = good("rank", db, "rd_intensity", "--period", str(year), "--json").json()["rows"]
            assert len(rows) == 31
            for r in rows:
                short = next(p for p in by if r["title"]["zh"].startswith(p))
                names[r["unit"]] = short
                assert Decimal(r["value"]) == by[short] and r["rank"] == 1 + sum(1 for v in by.values() if v > by[short]), (year, r)
    with label("who was among the last two for three years running comes out, with the years"):
        bottom = {y: places({p: v for (p, yy, code), v in intensity.items() if yy == str(y) and code == "v4_ztr_qd_RD" and p != "全国"}) for y in range(2011, 2024)}
        for year in range(2013, 2024):
            want = {}
            for p in bottom[year]:
                n = next(k for k in range(14) if year - k < 2011 or p not in bottom[year - k])
                if n >= 3:
                    want[p] = n
            alerts = [a for a in good("alerts", db, "--period", str(year), "--json").json()["alerts"] if a["indicator"] == "rd_intensity"]
            assert {names[a["unit"]]: a["periods"] for a in alerts} == want, (year, alerts, want)
    with label("every total that is further from its parts than rounding is found, also the nation's own"):
        o = run("report", db, "yearbook", os.path.join(FOLDER, "RDActivity.csv"), "--submit", "--json").json()
        t = table("RDActivity")
        off = {}
        for (p, y, code) in t:
            if code == "v4_zh_nbzc_hj":
                off[p, y] = t[p, y, code] - sum(t[p, y, "v4_zh_nbzc_" + k] for k in ("jcyj", "yyyj", "syfz"))
        lines = {row: ("".join(r["province"].split()), r["year"]) for row, r in enumerate(csv.DictReader(open(os.path.join(FOLDER, "RDActivity.csv"), encoding="utf-8")), 2)}
        found = {lines[p["row"]] for p in o["problems"] if "试验发展" in p["text"]}
        assert found == {k for k, d in off.items() if abs(d) > 2}, found ^ {k for k, d in off.items() if abs(d) > 2}
        held = {k for k in found if k[0] != "全国"}
        assert o["held"] == len(held) and o["added"] + o["changed"] == 31 * 14 - len(held), o
        print(f"# {len(found)} of {len(off)} totals are off by more than rounding can do, {sum(1 for d in off.values() if d)} at all", flush=True)
    with label("explained, they are taken, and the words stay with the figure"):
        o = report(db, "RDActivity", "--explanation", "年鉴原文如此")
        assert o["held"] == 0 and o["added"] + o["changed"] == len(held), o
        p, y = sorted(held)[0]
        unit = next(u for u, n in names.items() if n == p)
        text = good("value", db, "rd_total", "--period", y, "--unit", unit, "--explain").out
        assert "RDActivity.csv" in text and "年鉴原文如此" in text, text
    with label("labels that are misread are refused with a guess, blanks within them mended"):
        o = run("report", db, "yearbook", os.path.join(FOLDER, "RDPatentAuthority.csv"), "--submit", "--json", "--explanation", "原文").json()
        assert {p["found"] for p in o["problems"] if p["severity"] == "error"} == LABELS
        assert all("山西" in p["text"] or "西藏" in p["text"] for p in o["problems"] if p["severity"] == "error")
        t = table("RDPatentAuthority")
        for p, y in (("新疆", "2018"), ("北京", "2012"), ("浙江", "2023")):
            unit = next(u for u, n in names.items() if n == p)
            v = good("value", db, "patents_granted", "--period", y, "--unit", unit, "--json").json()
            assert Decimal(v["value"]) == t[p, y, "v4_cg_zlsq2_hj"], (p, y, v)
    with label("shares, growth and averages over years follow"):
        for name in ("PublicBudget", "MarketPush", "MarketPull"):
            report(db, name)
        o = good("report", db, "yearbook", os.path.join(FOLDER, "HitechFirmsPub.csv"), "--submit", "--json").json()
        assert o["refused"] == 0 and o["rows"] == 31 * 7, o
        b = table("PublicBudget")
        unit = next(u for u, n in names.items() if n == "甘肃")
        v = good("value", db, "science_share", "--period", "2020", "--unit", unit, "--json").json()
        assert abs(Decimal(v["value"]) - b["甘肃", "2020", "v6_cz_yszc_kxjs"] / b["甘肃", "2020", "v6_cz_yszc_hj"] * 100) < Decimal("1e-20")
        v = good("value", db, "rd_average", "--period", "2023", "--unit", unit, "--json").json()
        mean = sum(intensity["甘肃", y, "v4_ztr_jf_RD"] for y in ("2021", "2022", "2023")) / 3
        assert abs(Decimal(v["value"]) - mean) < Decimal("1e-20"), v
        v = good("value", db, "rd_growth", "--period", "2023", "--unit", unit, "--json").json()
        growth = (intensity["甘肃", "2023", "v4_ztr_jf_RD"] / intensity["甘肃", "2022", "v4_ztr_jf_RD"] - 1) * 100
        assert abs(Decimal(v["value"]) - growth) <= Decimal("0.005"), (v, growth)
        assert len([p for p in v["explanation"]["parts"]]) == 2
    with label("the chain proves all of it"):
        good("verify", db)


if not FOLDER or not os.path.isdir(FOLDER):
    tap.skip("the provinces", "no shared data")
else:
    with city.temp() as folder:
        for engine, make in city.databases(folder):
            if make is None:
                tap.skip("the provinces on PostgreSQL", "no PostgreSQL server programs")
            else:
                scenario(engine, make("provinces"))
tap.done()
