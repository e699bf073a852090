"""All 6,871 firm-years of listed companies through C1, C2 and the local rules of the listed pack, beside the texts as plain arithmetic."""
import csv
import functools
import glob
import inspect
import os
import random
from decimal import Decimal as D

import city
import rules_text
from city import good

tap = city.Tap()
path = os.path.join(city.SHARED, "data", "enterprises", "listed_firm_year.csv") if city.SHARED else ""
PACK = os.path.join(city.ROOT, "packs", "listed")
YEARS = (2019, 2020, 2021)
FIGURES = {"营业收入": ("revenue", 0), "销售收入": ("revenue", 0), "研发费用": ("rd_expense", 0), "上年研发费用": ("rd_expense", 1), "revenue": ("revenue", 0), "rd": ("rd_expense", 0)}
# What an annual report does not say, as packs/listed takes it.
TAKEN = {"规模以上": True, "规模以上工业": True, "高新技术企业": D(1), "科技型企业": D(1), "高企或科小": D(1), "预算备案": True, "知识产权数": D(1), "失信": False, "科技型中小企业": D(0),
         "省级研发平台": D(0), "国家级研发平台": D(0), "省级平台优秀": False, "优秀龙头企业": True, "集成电路": False, "首次认定高企": D(0), "中小微企业": False, "省专精特新": D(0),
         "小巨人": D(0), "生物医药": False, "全省研发强度": D("2.28"), "sector": "C", "small_tech": D(0)}
# Where the text only says "at most", the listed pack tries the most.
TEXTS = {"shandong_rd": functools.partial(rules_text.shandong_rd_at, D("0.05"), D("0.10"))}


def figure(text):
    return D(text) if text else None


def load():
    firms = {}
    for r in csv.DictReader(open(path, encoding="utf-8-sig")):
        firms.setdefault("stock:" + r["stock_code"], {})[int(r["year"])] = {c: figure(r[c]) for c in ("revenue", "rd_expense")}
    return firms


def draw_statuses(firms):
    """Annual reports do not say who was recognised when: drawn, so that the awards have something to tell apart."""
    dice = random.Random(32)
    for years in firms.values():
        for v in years.values():
            new = dice.random() < 0.2
            v["recognised"], v["renewed"], v["held"] = D(new), D(not new and dice.random() < 0.2), D(new or dice.random() < 0.7)


def argument(name, years, y):
    if name in TAKEN:
        return TAKEN[name]
    if name in ("recognised", "renewed", "held"):
        return years[y][name]
    if name == "peak_before":
        before = [v["revenue"] for k, v in years.items() if k < y]
        return max(before) if before and None not in before else None
    column, back = FIGURES[name]
    return years.get(y - back, {}).get(column)


def compare(policy, y, got, firms, seen):
    fn = TEXTS.get(policy) or getattr(rules_text, policy)
    names = [n for n, p in inspect.signature(fn).parameters.items() if p.default is p.empty]
    for key, years in firms.items():
        if y not in years:
            continue
        given = {n: argument(n, years, y) for n in names}
        e = got[key]
        seen["rows"] += 1
        wants = {fn(**{n: D(fill) if v is None else v for n, v in given.items()}) for fill in ((0, 1, 10 ** 13) if None in given.values() else (0,))}
        if len(wants) > 1:                              # what is missing decides: nobody is told a figure
            assert e["outcome"] == "unknown" and e["missing"], (policy, key, y, given, e)
            seen["missing"] += 1
        elif e["outcome"] != "unknown" or None not in given.values():
            want = wants.pop()
            if isinstance(want, bool):
                assert e["outcome"] == ("eligible" if want else "not_eligible"), (policy, key, y, given, want, e)
            else:
                want = max(want, D(0))                  # one company books negative R&D
                assert e["outcome"] != "unknown" and e["fen"] == want * 100, (policy, key, y, given, want, e)
            seen["told"] += 1
            seen["paid"] += want > 0


def main(folder):
    db = os.path.join(folder, "listed.db")
    firms = load()
    draw_statuses(firms)
    good("init", db, "--pack", PACK)
    for reg in ("enterprise", "enterprise_year"):
        o = good("import", db, reg, path, "--explanation", "照年报原样收录", "--json").json()
        assert o["rows"] == 6871 and not o["held"] and not o["refused"], o
    statuses = os.path.join(folder, "statuses.csv")
    with open(statuses, "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows([["证券代码", "年度", "当年新认定高新技术企业", "当年复审通过高新技术企业", "年末有效的高新技术企业资格"]] +
                                [[k[6:], y, v["recognised"], v["renewed"], v["held"]] for k, years in firms.items() for y, v in years.items()])
    o = good("import", db, "enterprise_year", statuses, "--explanation", "测试", "--json").json()
    assert o["changed"] == 6871, o
    policies = ["rd_post_subsidy", "hnte_award"] + sorted(os.path.basename(p)[:-4] for p in glob.glob(os.path.join(PACK, "rules", "*.dmn")))
    with tap("the listed pack has C1, C2 and ten local rules, with the models of the packs they come from"):
        assert len(policies) >= 12
        for p in policies[2:]:
            home = glob.glob(os.path.join(city.ROOT, "packs", "rules", "*", p + ".dmn"))[0]
            assert open(home, encoding="utf-8").read() == open(os.path.join(PACK, "rules", p + ".dmn"), encoding="utf-8").read(), p
    got = {}
    for y in YEARS:
        for e in good("policy", "run", db, "--year", y, *policies, "--json").json()["entitlements"]:
            got.setdefault((e["policy"], y), {})[e["key"]] = e
    for p in policies:
        seen = {"rows": 0, "told": 0, "missing": 0, "paid": 0}
        with tap(f"{p} agrees to the fen on all firm-years"):
            for y in YEARS:
                compare(p, y, got[p, y], firms, seen)
            assert seen["rows"] == 6871 and seen["told"] > 3000, seen
            assert seen["paid"] > 500, seen
        print(f"# {p}: {seen['told']} told, {seen['paid']} of them paid, {seen['missing']} lack a figure that decides", flush=True)


with city.temp() as folder:
    if os.path.exists(path):
        main(folder)
    else:
        tap.skip("listed companies", "no shared data")
tap.done()
