"""Everything a policy can say, over a drawn population beside plain arithmetic: blocks, a cap by tier, bonus points and
multipliers with caps of their own and of one group, rounding, the floor, places by county, a group of which the highest is
paid, a set, budgets by rate, by rank and first come. What a run says, what a check of one firm says, and what is computed
again from the frozen run are the same."""
import os
import random
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal as D

import city
from city import good

tap = city.Tap()
FIRMS = 150 if city.QUICK else 500

FILES = {
    "pack.yaml": "pack: engine\ntitle: 机\nkinds:\n  - {kind: city, title: 市}\n  - {kind: county, title: 县}\n",
    "units.yaml": "units:\n  - code: \"1\"\n    name: 甲市\n    units:\n      - {code: \"11\", name: 乙县}\n      - {code: \"12\", name: 丙县}\n",
    "roles.yaml": "roles:\n  - {role: admin, title: 管理员, may: [\"*\"], personal: true}\n",
    "registers/firm.yaml": """register: firm
title: 企业
key: code
place: county
label: code
fields:
  code: {type: text, title: 代码, required: true}
  county: {type: unit, kind: county, title: 县}
  base: {type: money, title: 基数}
  places: {type: integer, title: 名次分}
  tier: {type: text, title: 档}
  champion: {type: boolean, title: 冠军}
  green: {type: boolean, title: 绿色}
  giant: {type: boolean, title: 巨人}
  dishonest: {type: boolean, title: 失信}
  accidents: {type: integer, title: 事故}
  applied: {type: date, title: 申请日}
""",
}
HEAD = """policy: {name}
title: {name}
basis: {{document: 办法, number: 一号, clause: 第一条, published: 2023-01-01}}
effective: {{from: 2023-01-01, by: {by}}}
for: firm
decision: d
"""


def policy(name, text, model, inputs, by="assessment year"):
    FILES[f"policies/{name}.yaml"] = HEAD.format(name=name, by=by) + text
    given = "".join(f'<inputData id="{i}" name="{i}"><variable id="v{i}" name="{i}" typeRef="{t}"/></inputData>' for i, t in inputs.items())
    asks = "".join(f'<informationRequirement id="q{i}"><requiredInput href="#{i}"/></informationRequirement>' for i in inputs)
    FILES[f"policies/{name}.dmn"] = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="{name}" name="{name}" namespace="urn:test:{name}">
  <decision id="d" name="d"><variable id="v" name="d"/>{asks}<literalExpression id="e"><text>{model}</text></literalExpression></decision>
  {given}
</definitions>
"""


policy("a_full", """amount: 金额
inputs:
  base: {from: base, title: 基数, unit: 元}
  tier: {from: tier, title: 档}
  score: {from: places, title: 名次分}
blocks:
  dishonest: {from: dishonest, say: 列入失信名单, clause: 第九条, otherwise: 'false'}
  accident: {from: accidents, say: 发生安全事故}
adjust:
  champion: {from: champion, say: 冠军上浮, by: times, figure: 150%, most: 30万元}
  green: {from: green, say: 绿色加点, by: points, figure: 5%, of: 基数额, most: 40万元, group: bonus}
  giant: {from: giant, say: 巨人加额, by: plus, figure: 3万元, group: bonus}
round: {to: 元, mode: down}
floor: 1000元
cap: {per: record, result: 上限}
quota: {places: 12, by: score, order: highest, ties: none, within: county}
exclusive: one
""", '{金额: base * 0.1, 基数额: base, 上限: if tier = "甲" then 350000 else if tier = "乙" then 100000 else 20000}',
       {"base": "number", "tier": "string"})
policy("b_rate", """parameters:
  rate: 7%
inputs:
  base: {from: base, title: 基数, unit: 元}
round: {to: 分, mode: half up}
exclusive: one
together: {set: both, most: 25万元}
budget: {amount: 300万元, when over: pro rata}
""", "base * rate", {"base": "number", "rate": "number"})
policy("c_rank", """inputs:
  base: {from: base, title: 基数, unit: 元}
round: {to: 分, mode: half up}
together: {set: both, most: 25万元}
budget: {amount: 200万元, when over: by rank}
""", "base * 0.03", {"base": "number"})
policy("d_queue", """inputs:
  base: {from: base, title: 基数, unit: 元}
  applied: {from: applied, title: 申请日}
round: {to: 百元, mode: half up}
budget: {amount: 150万元, when over: first come}
""", "base * 0.02", {"base": "number"}, by="application day, day: applied")
# Points of a policy are of its inputs: the rank is asked by the quota alone.
ORDER = ["a_full", "b_rate", "c_rank", "d_queue"]


def draw(dice):
    firms = {}
    for i in range(FIRMS):
        flag = lambda p, none=0.03: None if dice.random() < none else dice.random() < p  # noqa: E731
        base = dice.choice([0, 9999, 10000, 10010, 1000000, 2000000, 3500000, 3499990]) if dice.random() < 0.5 else round(dice.random() ** 3 * 6000000, 2)
        firms[f"F{i:04}"] = {"county": dice.choice(["乙县", "丙县"]), "base": None if dice.random() < 0.05 else D(str(base)),
                             "places": None if dice.random() < 0.03 else dice.randrange(40), "tier": dice.choice("甲乙丙"), "champion": flag(0.3), "green": flag(0.3),
                             "giant": flag(0.3), "dishonest": flag(0.08), "accidents": None if dice.random() < 0.04 else int(dice.random() < 0.05) * 2,
                             "applied": dice.choice([None, "2022-12-31", "2024-01-01"]) if dice.random() < 0.1 else f"2023-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"}
    return firms


def rounded(v, step, mode=ROUND_DOWN):
    return (v / step).quantize(D(1), rounding=mode) * step


def full(f):
    """The amount of a_full before others come into it: a figure, 'block', or None where nobody knows."""
    if f["base"] is None:
        return "block" if f["dishonest"] or f["accidents"] else None
    v = f["base"] / 10
    if v == 0:
        return D(0)
    if f["dishonest"] or f["accidents"]:
        return "block"
    if None in (f["accidents"], f["champion"], f["green"], f["giant"]):
        return None
    if f["champion"]:
        v = max(v, min(v * D("1.5"), D(300000)))
    tries = ([max(v, min(v + f["base"] * D("0.05"), D(400000)))] if f["green"] else []) + ([v + 30000] if f["giant"] else [])
    v = max(tries, default=v)
    v = min(rounded(v, D(1)), D({"甲": 350000, "乙": 100000, "丙": 20000}[f["tier"]]))
    return v if v >= 1000 else D(0)


def oracle(firms):
    pay = {p: {} for p in ORDER}
    for k, f in firms.items():
        pay["a_full"][k] = full(f)
        for p, rate in (("b_rate", "0.07"), ("c_rank", "0.03"), ("d_queue", "0.02")):
            step = D(100) if p == "d_queue" else D("0.01")
            pay[p][k] = None if f["base"] is None else rounded(f["base"] * D(rate), step, ROUND_HALF_UP)
        if pay["d_queue"][k] is not None or f["applied"]:
            if f["applied"] is None:
                pay["d_queue"][k] = None
            elif not f["applied"].startswith("2023"):
                pay["d_queue"][k] = D(0)
        elif f["applied"] is None:
            pay["d_queue"][k] = None
    some = lambda v: isinstance(v, D) and v > 0  # noqa: E731
    for county in ("乙县", "丙县"):                             # places
        mine = [k for k, f in firms.items() if f["county"] == county and some(pay["a_full"][k])]
        for k in mine:
            if firms[k]["places"] is None:
                pay["a_full"][k] = None
        ranked = sorted((firms[k]["places"] for k in mine if firms[k]["places"] is not None), reverse=True)
        if len(ranked) > 12:
            for k in mine:
                if pay["a_full"][k] is not None and (firms[k]["places"] < ranked[11] or (ranked[12] == ranked[11] and firms[k]["places"] == ranked[11])):
                    pay["a_full"][k] = D(0)
    for k in firms:
        a, b = pay["a_full"][k], pay["b_rate"][k]
        if some(a) and some(b):
            pay["b_rate" if a >= b else "a_full"][k] = D(0)
        b, c = pay["b_rate"][k], pay["c_rank"][k]
        if some(b) and b > 250000:
            pay["b_rate"][k] = b = D(250000)
        if some(c):
            pay["c_rank"][k] = min(c, D(250000) - (b if some(b) else 0))
    left = D(2000000)
    for k in sorted((k for k in firms if some(pay["c_rank"][k])), key=lambda k: (-pay["c_rank"][k], k)):
        pay["c_rank"][k] = min(left, pay["c_rank"][k])
        left -= pay["c_rank"][k]
    left = D(1500000)
    for k in sorted((k for k in firms if some(pay["d_queue"][k])), key=lambda k: (firms[k]["applied"], k)):
        pay["d_queue"][k] = min(left, pay["d_queue"][k])
        left -= pay["d_queue"][k]
    return pay


def main(folder, seed):
    db, pack = os.path.join(folder, f"e{seed}.db"), os.path.join(folder, "pack")
    for name, text in FILES.items():
        os.makedirs(os.path.dirname(os.path.join(pack, name)), exist_ok=True)
        open(os.path.join(pack, name), "w", encoding="utf-8").write(text)
    good("init", db, "--pack", pack)
    firms = draw(random.Random(seed))
    sheet = os.path.join(folder, "f.csv")
    cell = lambda v: "" if v is None else {True: "是", False: "否"}[v] if isinstance(v, bool) else str(v)  # noqa: E731
    rows = [",".join([k] + [cell(f[c]) for c in f]) for k, f in firms.items()]
    random.Random(seed).shuffle(rows)                           # the order in which they came decides nothing
    open(sheet, "w", encoding="utf-8").write("代码,县,基数,名次分,档,冠军,绿色,巨人,失信,事故,申请日\n" + "\n".join(rows) + "\n")
    good("import", db, "firm", sheet)
    out = good("policy", "run", db, "--year", 2023, "--json").json()
    got = {(e["policy"], e["key"]): e for e in out["entitlements"]}
    want = oracle(firms)
    with tap(f"every amount as plain arithmetic has it (population {seed})"):
        for p in ORDER:
            if p == "b_rate":
                continue
            for k in firms:
                e, w = got[p, k], want[p][k]
                if w is None:
                    assert e["outcome"] == "unknown" and e["missing"], (p, k, firms[k], e)
                elif w == "block":
                    assert e["outcome"] == "not_eligible" and "要求没有" in e["reason"], (p, k, firms[k], e)
                else:
                    assert e["fen"] == w * 100 and e["outcome"] == ("eligible" if w else "not_eligible"), (p, k, firms[k], w, e)
        for p, least in (("a_full", 12), ("c_rank", 5), ("d_queue", 10)):
            assert sum(1 for v in want[p].values() if isinstance(v, D) and v > 0) >= least, p
    with tap("the budget by rate is spent to the fen, everybody at one rate to the nearest fen"):
        claims = {k: v for k, v in want["b_rate"].items() if isinstance(v, D) and v > 0}
        total, paid = sum(claims.values()), {k: got["b_rate", k]["fen"] for k in claims}
        assert total > 3000000 and sum(paid.values()) == 300000000
        for k, v in claims.items():
            assert abs(paid[k] - v * 300000000 / total) < 2, (k, v, paid[k])
    with tap("the trace goes from what the model says to what is paid without a gap, and every no has its figure"):
        rules = set()
        for e in got.values():
            steps = e["cuts"]
            assert all(a["after"] == b["before"] for a, b in zip(steps, steps[1:])), e
            if steps and e["outcome"] != "unknown":
                assert D(steps[-1]["after"]) == D(e["amount"] or 0), e
            rules |= {s["rule"].split(" ")[0] for s in steps}
        city.said_why([e for e in got.values() if (e["policy"], e["outcome"]) == ("a_full", "not_eligible") and (e["cuts"] or "要求没有" in e["reason"])])
        assert {"冠军上浮", "绿色加点", "巨人加额", "单笔最高", "未进入前", "就高不重复：已享受“b_rate”", "年度预算", "叠加享受合计最高"} <= rules, rules
    with tap("one firm alone is told the same, and the frozen run computes to the same hash"):
        for k in random.Random(seed).sample(sorted(firms), 12):
            e = good("policy", "check", db, "a_full", k, "--year", 2023, "--json").json()
            w = full(firms[k])
            assert e["outcome"] == ("unknown" if w is None else "eligible" if isinstance(w, D) and w else "not_eligible") or got["a_full", k]["cuts"], (k, e, w)
        told = good("policy", "rerun", db, out["run"]["run"], "--json").json()
        assert told["same"] and told["different"] == 0, told
        assert good("policy", "run", db, "--year", 2023, "--json").json()["run"]["hash"] == out["run"]["hash"]


    with tap("a what-if says what a run of the changed pack says, for the policies it reaches too"):
        w = good("policy", "whatif", db, "b_rate", "--year", 2023, "--set", "rate=0.11", "--json").json()
        path = os.path.join(pack, "policies", "b_rate.yaml")
        text = open(path, encoding="utf-8").read()
        open(path, "w", encoding="utf-8").write(text.replace("rate: 7%", "rate: 11%"))
        good("init", db, "--pack", pack)
        sums = {p["policy"]: p["sum"] for p in good("policy", "run", db, "--year", 2023, "--json").json()["run"]["policies"]}
        before = {p["policy"]: p["sum"] for p in out["run"]["policies"]}
        assert w["before"] == before["b_rate"] and w["after"] == sums["b_rate"], (w["after"], sums["b_rate"])
        told = {o["policy"]: o["after"]["fen"] for o in w["others"]}
        assert told == {p: sums[p]["fen"] for p in sums if p != "b_rate" and sums[p]["fen"] != before[p]["fen"]} and "a_full" in told, (told, sums)


with city.temp() as folder:
    for seed in (1, 2, 3):
        main(folder, seed)
print(f"1..{tap.count}")
tap.done()
