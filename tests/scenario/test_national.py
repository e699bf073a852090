"""National recognitions and the super-deduction: many firms drawn around one that passes, the models beside the texts as plain arithmetic."""
import csv
import io
import os
import random
import re
from decimal import Decimal as D

import city
import rules_text
from city import good

tap = city.Tap()
ROWS = 400 if city.QUICK else 4000
HOME = os.path.join(city.ROOT, "packs", "city", "policies", "national")
GRADES = ["高", "较高", "一般", "较低", "无", "待评"]
MODELS = [("hnte_recognition", "认定", {"增长率恰为百分之五": "5"}), ("small_tech", "认定", {}), ("innovative_sme", "认定", {}), ("srdi_2026", "认定", {}),
          ("giant_2026", "认定", {}), ("srdi_2022", "认定", {}), ("giant_2022", "认定", {}), ("super_deduction", "测算", {})]


def base_of(name):
    """The firm of the model's cases, which passes."""
    text = open(os.path.join(HOME, name + ".cases.yaml"), encoding="utf-8").read()
    values = {}
    for key, v in re.findall(r"([^,{ ]+): ([^,}]+)", re.search(r"^given: \{(.*)\}$", text, re.M).group(1)):
        m = re.fullmatch(r"(-?[\d.]+)(亿元|万元|元)?", v)
        values[key] = v == "true" if v in ("true", "false") else D(m[1]) * {"亿元": 10 ** 8, "万元": 10 ** 4}.get(m[2], 1) if m else v.strip("'\"")
    return values


def change(dice, v):
    if isinstance(v, bool):
        return not v
    if isinstance(v, str):
        return dice.choice(GRADES)
    if abs(v) < 1000:
        return max(D(0), v + dice.choice([-10, -3, -2, -1, 1, 2, 3, 10])) if v else D(dice.randrange(6))
    factor = dice.choice(["0", "0.2", "0.5", "0.6", "0.7", "0.75", "0.8", "0.9", "0.95", "1.05", "1.1", "1.1025", "1.25", "1.5", "2", "3", "6"])
    return v * D(factor) + dice.choice([D(0), D("0.01"), D("-0.01") if D(factor) else D(0)])


def text(v):
    return "" if v is None else str(v).lower() if isinstance(v, bool) else f"{v:f}" if isinstance(v, D) else v


def draw(dice, base, name):
    a = dict(base)
    for key in dice.sample(sorted(a), dice.choice([0, 1, 1, 2, 2, 3, 6])):
        a[key] = change(dice, a[key])
    if "经营年数" in a:
        a["经营年数"] = min(max(a["经营年数"], D(1)), D(3))
    return a


def main(folder):
    for name, decision, parameters in MODELS:
        with tap(f"{name} agrees with its text"):
            dice, fn = random.Random(name), getattr(rules_text, name)
            rows = [draw(dice, base_of(name), name) for _ in range(ROWS)]
            sheet = os.path.join(folder, name + ".csv")
            with open(sheet, "w", newline="", encoding="utf-8") as f:
                w = csv.writer(f)
                w.writerow(list(rows[0]) + list(parameters))
                w.writerows([text(v) for v in a.values()] + list(parameters.values()) for a in rows)
            out = good("dmn", "batch", os.path.join(HOME, name + ".dmn"), "--decision", decision, "--input", sheet).out
            seen = set()
            for a, got in zip(rows, csv.DictReader(io.StringIO(out)), strict=True):
                want = fn(**a)
                seen.add(want if isinstance(want, bool) else want > 0)
                if isinstance(want, bool):
                    assert got[decision + ".符合"] == text(want), (a, want, got)
                else:
                    assert D(got[decision + ".金额"]).quantize(D("0.01")) == want or rules_text.fen(D(got[decision + ".金额"])) == want, (a, want, got)
            assert seen == {True, False}, seen


with city.temp() as folder:
    main(folder)
tap.done()
