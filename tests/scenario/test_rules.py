"""The library of local rules: firms drawn around every threshold, from sheets to a frozen run, beside the texts as plain arithmetic."""
import csv
import glob
import inspect
import os
import random
from decimal import Decimal as D

import city
import rules_text
from city import good

tap = city.Tap()
FIRMS = 120 if city.QUICK else 600
YEARS = (2020, 2021, 2022, 2023, 2025, 2026)
LINES = [0, 1, 10, 50, 100, 200, 300, 500, 600, 1000, 1500, 2000, 2500, 3000, 5000, 6000, 7500, 10000, 20000, 100000]


def money(dice, most=200000):
    """Yuan: often at a threshold of some text or a fen beside it."""
    if dice.random() < 0.6:
        v = D(dice.choice([n for n in LINES if n <= most])) * 10000 + dice.choice([D(0), D(0), D("0.01"), D("-0.01")])
        return max(v, D(0))
    return (D(dice.random()) ** 3 * most * 10000).quantize(D("0.01"))


def draw_year(dice):
    rd = money(dice, 20000)
    revenue = rd * 100 / dice.choice([1, 3, 4, 5, 6, 7, 9]) if dice.random() < 0.5 else money(dice)
    revenue = revenue.quantize(D("0.01")) + dice.choice([D(0), D("0.01")])
    flag = lambda p: dice.random() < p  # noqa: E731
    return {"revenue": revenue, "rd_expense": rd, "rd_deductible": money(dice, 20000), "super_deduction": money(dice, 20000),
            "above_scale": flag(0.7), "first_above_scale": flag(0.3), "small_firm": flag(0.6), "chip_maker": flag(0.2), "biomedicine": flag(0.2),
            "dishonest": flag(0.1), "rd_budget_filed": flag(0.9), "first_rd_statistics": flag(0.6), "ip_three_years": dice.randrange(3),
            "institution_excellent": flag(0.2), "leader_excellent": flag(0.2), "institution_start_up": flag(0.5),
            "equipment_bought": money(dice, 5000), "equipment_five_years": money(dice, 10000), "tech_sold": money(dice, 40000), "tech_bought": money(dice, 500),
            "tech_registered": money(dice, 250000), "transfer_body": dice.choice(["国家级", "省级", "市级"]), "service_contract": money(dice, 200), "start_up_team": flag(0.4),
            "team_members": dice.randrange(6), "patents_invention": dice.randrange(7), "patents_utility": dice.randrange(8), "patents_design": dice.randrange(3),
            "patent_model": flag(0.4), "finance_kind": dice.choice(["银行", "担保机构", "创业投资机构"]), "finance_loss": money(dice, 10000),
            "tax_saved": money(dice, 500), "tax_local_share": money(dice, 500), "basic_research": money(dice, 1000), "equipment_invoiced": money(dice, 9000), "equipment_paid": money(dice, 9000), "pearl_delta": flag(0.5),
            "upgrade_interest": money(dice, 1000), "interest_years": dice.randrange(5), "upgrade_premium": money(dice, 200), "upgrade_lease": money(dice, 60000),
            "loan_book": money(dice), "loan_npl": money(dice, 3000)}


def draw_loan(dice):
    share = D(dice.choice([0, 40, 50, 60, 70, 90])) + dice.choice([D(0), D("0.01")])
    national, province = D(dice.choice([30, 40, 41])), D(dice.choice([20, 20, 19, 25]))
    bank = D(dice.choice([20, 20, 25, 19]))
    shares = {"share_bank": bank, "share_national": national, "share_province": province, "share_guarantor": 100 - bank - national - province + dice.choice([0, 0, 0, 1])}
    return {**shares, "kind": dice.choice(["科技贷", "专利贷", "信用贷"]), "first": dice.random() < 0.4, "credit_share": share, "unpaid": money(dice, 1000), "by_guarantor": dice.random() < 0.4,
            "liability": money(dice, 1000), "other_public": money(dice, 200), "listed_years": dice.randrange(4), "other_live_loan": dice.random() < 0.1}


def draw(dice):
    firms = {}
    for i in range(FIRMS):
        years = {y: draw_year(dice) for y in YEARS}
        held = []                                   # (kind, action, from, to): whole years, so that both tests of validity agree
        for kind in ("高新技术企业", "科技型中小企业", "专精特新中小企业", "专精特新小巨人"):
            if dice.random() < 0.6:
                start = dice.choice(YEARS)
                held.append((kind, dice.choice(["新认定", "复审"]), start, start + dice.randrange(3)))
        platforms = [(level, dice.choice(YEARS)) for level in ("国家级", "省级") if dice.random() < 0.3]
        firms[f"stock:{600000 + i}"] = {"years": years, "held": held, "platforms": platforms, "loan": draw_loan(dice)}
    return firms


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows(rows)


TITLES = {"revenue": "营业收入（元）", "rd_expense": "研发费用（元）", "rd_deductible": "加计扣除研发费用（元）", "super_deduction": "研发费用加计扣除额（元）",
          "above_scale": "规模以上企业", "first_above_scale": "当年首次纳入四上企业", "small_firm": "中小微企业", "chip_maker": "集成电路企业", "biomedicine": "生物医药企业",
          "dishonest": "列入失信名单", "rd_budget_filed": "研发投入预算已备案", "first_rd_statistics": "当年首次填报研发统计", "ip_three_years": "近三年知识产权数",
          "institution_excellent": "省级平台考核优秀", "leader_excellent": "考核优秀的省级创新龙头企业", "institution_start_up": "新型研发机构处于初创期",
          "equipment_bought": "当年非财政资金购入科研设备（元）", "equipment_five_years": "近5年非财政资金购入科研设备（元）",
          "tech_sold": "当年技术合同执行额（元）", "tech_bought": "当年技术合同购买额（元）", "tech_registered": "当年认定登记技术交易额（元）", "transfer_body": "当年新认定技术转移示范机构",
          "service_contract": "当年创新券服务合同金额（元）", "start_up_team": "创业团队", "team_members": "团队人数", "patents_invention": "发明专利", "patents_utility": "实用新型",
          "patents_design": "外观设计", "patent_model": "申报专利示范企业", "finance_kind": "金融机构类型", "finance_loss": "担保或投资实际损失（元）",
          "tax_saved": "加计扣除实际减免的所得税额（元）", "tax_local_share": "应缴所得税额的地方财政分成（元）", "basic_research": "基础研究投入（元）", "equipment_invoiced": "技改设备发票金额（元）", "equipment_paid": "技改设备付款金额（元）", "pearl_delta": "位于珠三角",
          "upgrade_interest": "技改贷款实付利息（元）", "interest_years": "已获贴息年数", "upgrade_premium": "技改设备保险实付保费（元）", "upgrade_lease": "技改设备融资租赁合同额（元）",
          "loan_book": "科技贷款余额（元）", "loan_npl": "科技贷款不良额（元）"}
LOAN = {"kind": "贷款类型", "first": "是否首贷", "credit_share": "信用占比", "unpaid": "逾期本金（元）", "by_guarantor": "由担保机构申请", "liability": "申请方承担责任额（元）",
        "share_bank": "银行分担", "share_national": "国家融资担保基金分担", "share_province": "省级再担保机构分担", "share_guarantor": "担保机构分担", "other_public": "已获其他政策资金（元）", "listed_years": "企业入库年数", "other_live_loan": "另有在保贷款"}


def text(v):
    return ("是" if v else "否") if isinstance(v, bool) else str(v)


def fill(db, folder, firms):
    sheets = {
        "enterprise": [["统一社会信用代码", "企业名称", "所属县区", "成立日期"]] + [[k, f"企业{k[6:]}", "天河区", "2001-01-01"] for k in firms],
        "enterprise_year": [["统一社会信用代码", "年度"] + list(TITLES.values())] +
                           [[k, y] + [text(v[c]) for c in TITLES] for k, f in firms.items() for y, v in f["years"].items()],
        "qualification": [["统一社会信用代码", "资质类型", "认定方式", "有效期起", "有效期止"]] +
                         [[k, kind, action, f"{a}-01-01", f"{b}-12-31"] for k, f in firms.items() for kind, action, a, b in f["held"]],
        "rd_institution": [["统一社会信用代码", "机构名称", "机构类型", "级别", "认定日期"]] +
                          [[k, f"中心{i}", "重点实验室", level, f"{y}-06-01"] for k, f in firms.items() for i, (level, y) in enumerate(f["platforms"])],
        "loan": [["贷款合同号", "借款企业代码", "所属县区", "贷款金额（元）", "放款日期", "到期日期"] + list(LOAN.values())] +
                [[k, k, "天河区", 99999999, "2022-01-01", "2024-01-01"] + [text(f["loan"][c]) for c in LOAN] for k, f in firms.items()],
    }
    for reg, rows in sheets.items():
        path = os.path.join(folder, reg + ".csv")
        write(path, rows)
        o = good("import", db, reg, path, "--json").json()
        assert o["added"] == len(rows) - 1 and not o["held"] and not o["refused"], (reg, o)


def held(f, y, *kinds):
    return D(sum(1 for kind, _, a, b in f["held"] if kind in kinds and a <= y <= b))


def gained(f, y, kind, action):
    return D(sum(1 for k, how, a, _ in f["held"] if (k, how, a) == (kind, action, y)))


def platforms(f, y, level):
    return D(sum(1 for lv, since in f["platforms"] if lv == level and since <= y))


FIELDS = {"营业收入": "revenue", "研发费用": "rd_expense", "规模以上": "above_scale", "规模以上工业": "above_scale", "首次四上": "first_above_scale", "中小微企业": "small_firm",
          "集成电路": "chip_maker", "生物医药": "biomedicine", "失信": "dishonest", "预算备案": "rd_budget_filed", "首次填报": "first_rd_statistics", "知识产权数": "ip_three_years",
          "省级平台优秀": "institution_excellent", "优秀龙头企业": "leader_excellent", "初创期": "institution_start_up", "当年设备购置": "equipment_bought",
          "近五年设备购置": "equipment_five_years", "加计扣除额": "super_deduction", "贷款余额": "loan_book", "不良贷款": "loan_npl", "机构类型": "finance_kind",
          "实际损失": "finance_loss", "技术合同执行额": "tech_sold", "登记额": "tech_registered", "技术购买额": "tech_bought", "新认定示范机构": "transfer_body",
          "服务合同金额": "service_contract", "创业团队": "start_up_team", "团队人数": "team_members", "销售收入": "revenue", "发明专利": "patents_invention",
          "首次规上": "first_above_scale", "基础研究投入": "basic_research", "加计扣除减免税额": "tax_saved", "所得税地方分成": "tax_local_share", "发票金额": "equipment_invoiced", "付款金额": "equipment_paid", "珠三角": "pearl_delta",
          "实付利息": "upgrade_interest", "已贴息年数": "interest_years", "实付保费": "upgrade_premium", "租赁合同额": "upgrade_lease", "实用新型": "patents_utility", "外观设计": "patents_design", "示范": "patent_model"}
OF_LOAN = {"不良余额": "unpaid", "不良本金": "unpaid", "信用占比": "credit_share", "首贷": "first", "入库年数": "listed_years", "另有在保贷款": "other_live_loan",
           "担保机构申请": "by_guarantor", "贷款类型": "kind", "承担责任额": "liability", "其他政策资金": "other_public", "银行分担": "share_bank", "国家基金分担": "share_national",
           "省级再担保分担": "share_province", "担保机构分担": "share_guarantor"}
COUNTED = {"高新技术企业": lambda f, y: held(f, y, "高新技术企业"), "科技型中小企业": lambda f, y: held(f, y, "科技型中小企业"),
           "科技型企业": lambda f, y: held(f, y, "高新技术企业", "科技型中小企业"), "高企或科小": lambda f, y: held(f, y, "高新技术企业", "科技型中小企业"),
           "省专精特新": lambda f, y: held(f, y, "专精特新中小企业"), "小巨人": lambda f, y: held(f, y, "专精特新小巨人"),
           "首次认定高企": lambda f, y: gained(f, y, "高新技术企业", "新认定"), "新认定高企": lambda f, y: gained(f, y, "高新技术企业", "新认定"),
           "首次认定": lambda f, y: gained(f, y, "高新技术企业", "新认定"), "重新认定": lambda f, y: gained(f, y, "高新技术企业", "复审"),
           "省级研发平台": lambda f, y: platforms(f, y, "省级"), "国家级研发平台": lambda f, y: platforms(f, y, "国家级"),
           "研发机构数": lambda f, y: D(sum(1 for _, since in f["platforms"] if since <= y)), "全省研发强度": lambda f, y: D("2.28"),
           "上年登记额": lambda f, y: f["years"][y - 1]["tech_registered"], "上年研发费用": lambda f, y: f["years"][y - 1]["rd_expense"], "上年加计扣除额": lambda f, y: f["years"][y - 1]["super_deduction"]}
NAMES = {"shandong_rd": ("营业收入", "研发费用", "上年研发费用", "高企或科小", "集成电路", "首次认定高企", "中小微企业")}
OWN = {("henan_rd", "研发费用"): "rd_deductible"}
YEAR_OF = {"zhengzhou_rd_2019": 2020, "sanming_seller": 2023, "guangdong_equipment": 2025, "guangdong_interest": 2025, "guangdong_insurance": 2025, "guangdong_leasing": 2025, "karamay_voucher": 2025, "zhengzhou_first_statistics": 2020, "longgang_rd_2022": 2023, "longgang_rd_later": 2026, "fujian_rd_2025": 2026, "shandong_rd": 2023}


def value(policy, name, f, y):
    if name in COUNTED:
        return COUNTED[name](f, y)
    v = f["loan"][OF_LOAN[name]] if name in OF_LOAN else f["years"][y][OWN.get((policy, name), FIELDS[name])]
    return v if isinstance(v, (bool, str)) else D(v)


# Ranked rules pay the first twenty: what the ranking goes by.
RANKED = {"dangshan_rd_2023": lambda a: a["研发费用"], "bozhou_rd_top": lambda a: a["研发费用"],
          "bozhou_ratio_top": lambda a: a["研发费用"] / a["营业收入"] if a["营业收入"] else D(0)}


def within_quota(policy, wants, given):
    """Only the first twenty by figure among those who would be paid; all of equal ones at the last place."""
    if policy not in RANKED:
        return wants
    figures = sorted((RANKED[policy](given[k]) for k, want in wants.items() if want > 0), reverse=True)
    last = figures[19]
    return {k: want if want > 0 and RANKED[policy](given[k]) >= last else D(0) for k, want in wants.items()}


def agree(e, want):
    if isinstance(want, bool):
        return (e["gives"], e["outcome"]) == ("recognition", "eligible" if want else "not_eligible")
    if isinstance(want, tuple) and want[0] != want[1]:
        return e["outcome"] == "unknown" and (D(e["range"]["least"]), D(e["range"]["most"])) == want
    want = want[0] if isinstance(want, tuple) else want
    return e["outcome"] != "unknown" and D(e["amount"]) == want


def main(folder):
    db = os.path.join(folder, "rules.db")
    firms = draw(random.Random(20261122))
    good("init", db, "--pack", os.path.join(city.ROOT, "packs", "rules"))
    fill(db, folder, firms)
    policies = sorted(os.path.basename(p)[:-4] for p in glob.glob(os.path.join(city.ROOT, "packs", "rules", "*", "*.dmn")))
    assert len(policies) >= 46
    for policy in policies:
        fn = getattr(rules_text, policy)
        with tap(f"{policy} agrees with its text to the fen"):
            year = YEAR_OF.get(policy, 2023)
            names = list(NAMES.get(policy, (n for n, p in inspect.signature(fn).parameters.items() if p.default is p.empty)))
            got = {e["key"]: e for e in good("policy", "run", db, "--year", year, policy, "--json").json()["entitlements"]}
            assert len(got) == len(firms)
            given = {key: {n: value(policy, n, f, year) for n in names} for key, f in firms.items()}
            wants = within_quota(policy, {key: fn(**a) for key, a in given.items()}, given)
            for key, want in wants.items():
                assert agree(got[key], want), (key, given[key], want, got[key])
            city.said_why(got.values())
            paid = sum(1 for w in wants.values() if (w[1] if isinstance(w, tuple) else w) > 0)
            assert paid >= (20 if policy in RANKED else FIRMS / 60), paid


with city.temp() as folder:
    main(folder)
tap.done()
