"""The rules' texts as plain arithmetic, written from the documents: no model, no table of the packs is read here.

Amounts are yuan as Decimal, with every rounding, floor and cap of the text.  A recognition gives True or False.
Each function is named as its policy; its arguments are named as the policy's inputs.  None of them knows what is
missing: the tests ask only with everything there.
"""
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal as D, getcontext

getcontext().prec = 40

WAN, YI = D(10000), D(100000000)
FEN = D("0.01")


def fen(x):
    return D(x).quantize(FEN, ROUND_HALF_UP)


def fujian_rd_2017(研发费用, 上年研发费用, 规模以上, 高新技术企业):
    if not (规模以上 or 高新技术企业 >= 1):
        return D(0)
    x = 研发费用
    if x < 1000 * WAN:
        base = x * 5 / 100
    elif x < 2000 * WAN:
        base = 50 * WAN + (x - 1000 * WAN) * 4 / 100
    else:
        base = 90 * WAN + (x - 2000 * WAN) * 2 / 100
    return fen(base + max(D(0), x - 上年研发费用) * 6 / 100)


def fujian_rd_2025(研发费用, 上年研发费用, 科技型企业):
    growth = 研发费用 - 上年研发费用
    if 科技型企业 < 1 or 研发费用 <= 200 * WAN or growth < 100 * WAN:
        return D(0)
    return fen(min(growth * 6 / 100, 600 * WAN))


def fujian_new_institution(初创期, 当年设备购置, 近五年设备购置):
    if 初创期:
        return fen(min(当年设备购置 / 4, 500 * WAN))
    return fen(min(近五年设备购置 / 4, 1000 * WAN))


def henan_rd(研发费用, 预算备案, 知识产权数, 失信, 科技型中小企业, 省级研发平台, 国家级研发平台, 省级平台优秀, 优秀龙头企业):
    if not 预算备案 or 知识产权数 < 1 or 失信:
        return D(0)
    cap = 100
    if 科技型中小企业 >= 1 or 省级研发平台 >= 1:
        cap = 200
    if 国家级研发平台 >= 1 or 省级平台优秀:
        cap = 300
    if 优秀龙头企业:
        cap = 400
    x = 研发费用
    return fen(min(min(x, 500 * WAN) / 10 + max(D(0), x - 500 * WAN) / 20, cap * WAN))


def zhengzhou_rd_2019(营业收入, 研发费用):
    r, x = 营业收入, 研发费用
    if r <= 2000 * WAN:
        return fen(min(x * 30 / 100, 50 * WAN))
    if r <= YI:
        return fen(min(x * 20 / 100, 150 * WAN))
    if r <= 10 * YI:
        return fen(min(x * 20 / 100, 300 * WAN))
    return 600 * WAN if x >= 3000 * WAN else D(0)


def zhengzhou_first_statistics(首次填报, 研发费用):
    if not 首次填报 or 研发费用 < 10 * WAN:
        return D(0)
    return 10 * WAN if 研发费用 >= 50 * WAN else 5 * WAN


def shandong_rd(**a):
    """The yearly rate is not in the text: from nothing up to 5%, 10% for integrated circuits."""
    return shandong_rd_at(D(0), D(0), **a), shandong_rd_at(D("0.05"), D("0.10"), **a)


def shandong_rd_at(rate, chip_rate, 营业收入, 研发费用, 上年研发费用, 高企或科小, 集成电路, 首次认定高企, 中小微企业, at_line=0):
    r, x, growth = 营业收入, 研发费用, 研发费用 - 上年研发费用
    big = r > 2 * YI or (r == 2 * YI and at_line == 1)
    amount = D(0)
    if 高企或科小 >= 1 and x >= 100 * WAN and growth > 0 and x * 100 >= r * (4 if big else 6):
        amount = (growth if big else x) * (chip_rate if 集成电路 else rate)
        amount = min((amount / WAN).quantize(D(1), ROUND_HALF_UP) * WAN, 500 * WAN)     # to the 万; half a 万 and more counts
    if 首次认定高企 >= 1 and 中小微企业:
        amount = max(amount, 10 * WAN)
    return amount


def hunan_rd_2021(研发费用, 上年研发费用):
    return fen(min(max(D(0), 研发费用 - 上年研发费用) / 10, 1000 * WAN))


def _longgang_times(base, 省专精特新, 小巨人):
    if 小巨人 >= 1:
        return min(base * 2, 400 * WAN)
    if 省专精特新 >= 1:
        return min(base * 3 / 2, 300 * WAN)
    return base


def longgang_rd_2022(规模以上, 高新技术企业, 营业收入, 研发费用, 省专精特新, 小巨人):
    r, x = 营业收入, 研发费用
    if not 规模以上 or 高新技术企业 < 1 or r < 2000 * WAN:
        return D(0)
    for top, percent, award in ((1000, 9, 10), (3000, 7, 30), (6000, 5, 50), (10000, 3, 100), (10 ** 9, 3, 200)):
        if x < top * WAN:
            return _longgang_times(award * WAN, 省专精特新, 小巨人) if x * 100 >= r * percent else D(0)


def longgang_rd_later(规模以上, 高新技术企业, 生物医药, 营业收入, 研发费用, 省专精特新, 小巨人):
    r, x = 营业收入, 研发费用
    if not 规模以上 or r < 2000 * WAN:
        return D(0)
    if not 生物医药 and (高新技术企业 < 1 or x * 100 < r * 3):
        return D(0)
    base = 0
    for least, award in ((300, 5), (1000, 10), (3000, 30), (6000, 50), (10000, 100), (100000, 200)):
        if x >= least * WAN:
            base = award
    return _longgang_times(base * WAN, 省专精特新, 小巨人)


def dangshan_rd_2023(规模以上工业, 营业收入, 研发费用, 上年研发费用):
    x, growth = 研发费用, 研发费用 - 上年研发费用
    if not 规模以上工业 or x < 100 * WAN or x * 100 < 营业收入 or growth <= 0:
        return D(0)
    return fen(min(x / 100 + growth / 50, 50 * WAN))


def hechuan_rd(研发费用):
    return fen(min(研发费用 / 50, 50 * WAN)) if 研发费用 >= 500 * WAN else D(0)


def hechuan_hnte(新认定高企):
    return 30 * WAN if 新认定高企 >= 1 else D(0)


def _guangzhou_base(首次认定, 重新认定, 首次四上):
    return (20 if 首次认定 >= 1 else 10 if 重新认定 >= 1 else 0) + (10 if 首次四上 and (首次认定 >= 1 or 重新认定 >= 1) else 0)


def guangzhou_hnte_a(首次认定, 重新认定, 首次四上, 加计扣除额, 上年加计扣除额):
    wan = _guangzhou_base(首次认定, 重新认定, 首次四上)
    if (首次认定 >= 1 or 重新认定 >= 1) and 加计扣除额 > 上年加计扣除额:
        wan += 70 if 加计扣除额 >= YI else 40 if 加计扣除额 >= 1000 * WAN else 0
    return min(wan, 100) * WAN


def guangzhou_hnte_b(首次认定, 重新认定, 首次四上, 加计扣除额):
    wan = _guangzhou_base(首次认定, 重新认定, 首次四上)
    if 首次认定 >= 1 or 重新认定 >= 1:
        e = 加计扣除额
        wan += 70 if e >= YI else 40 if e >= 5000 * WAN else 20 if e >= 1000 * WAN else 0
    return wan * WAN


# ---- the city's own ----


def institution_award(国家级新认定, 省级新认定):
    return 500 * WAN if 国家级新认定 >= 1 else 100 * WAN if 省级新认定 >= 1 else D(0)


# ---- national recognitions ----


def _band(value, bands):
    """(least, low, high) from the top: the first whose least is reached."""
    for least, low, high in bands:
        if value >= least:
            return low, high
    return 0, 0


def hnte_growth(y1, y2, y3):
    """The growth of 195号: half of the two years' ratios; a first year of nothing: the last two alone; a second one of nothing: nothing."""
    if y2 <= 0:
        return D(0)
    if y1 <= 0:
        return y3 / y2 - 1
    return (y2 / y1 + y3 / y2) / 2 - 1


def _growth_points(g, at_five):
    if g == D("0.05") and at_five == 4:
        return 1, 2
    return (9, 10) if g >= D("0.35") else (7, 8) if g >= D("0.25") else (5, 6) if g >= D("0.15") else (3, 4) if g >= D("0.05") else (1, 2) if g > 0 else (0, 0)


def hnte_points(a, at_five=0):
    """The least and the most the experts can award."""
    grades = {"高": (7, 8), "较高": (5, 6), "一般": (3, 4), "较低": (1, 2), "无": (0, 0), "待评": (0, 8)}
    rights = a["一类知识产权"] + a["二类知识产权"]
    if rights < 1:
        ip = (0, 0)
    else:
        two = a["二类知识产权"]
        count = (7, 8) if a["一类知识产权"] >= 1 else (5, 6) if two >= 5 else (3, 4) if two >= 3 else (1, 2)
        how = (1, 6) if a["自主研发知识产权"] else (1, 3)
        low = grades[a["技术先进程度"]][0] + grades[a["核心支持作用"]][0] + count[0] + how[0]
        high = grades[a["技术先进程度"]][1] + grades[a["核心支持作用"]][1] + count[1] + how[1]
        ip = (low, min(30, high + (2 if a["参与标准"] else 0)))
    turned = _band(a["成果转化数"] / a["经营年数"], ((5, 25, 30), (4, 19, 24), (3, 13, 18), (2, 7, 12), (1, 1, 6)))
    order = (6 if a["组织制度"] else 0) + (6 if a["研发机构产学研"] else 0) + (4 if a["转化激励双创"] else 0) + (4 if a["人才培养"] else 0)
    assets = _growth_points(hnte_growth(a["净资产前两年"], a["净资产前一年"], a["净资产近一年"]), at_five)
    sales = _growth_points(hnte_growth(a["销售收入前两年"], a["销售收入前一年"], a["销售收入近一年"]), at_five)
    return ip[0] + turned[0] + assets[0] + sales[0], ip[1] + turned[1] + order + assets[1] + sales[1]


def hnte_recognition(**a):
    """True, False, or None where only the experts can tell."""
    rd = a["研发费用近一年"] + a["研发费用前一年"] + a["研发费用前两年"]
    home = a["境内研发费用近一年"] + a["境内研发费用前一年"] + a["境内研发费用前两年"]
    sales = a["销售收入近一年"] + a["销售收入前一年"] + a["销售收入前两年"]
    percent = 5 if a["销售收入近一年"] <= 5000 * WAN else 4 if a["销售收入近一年"] <= 2 * YI else 3
    if (a["注册天数"] < 365 or not a["核心知识产权"] or not a["属于八大领域"] or a["职工总数"] <= 0 or a["科技人员"] * 10 < a["职工总数"] or sales <= 0 or
            rd * 100 < sales * percent or home * 100 < rd * 60 or a["总收入"] <= 0 or a["高新收入"] * 100 < a["总收入"] * 60 or not a["无重大事故"]):
        return False
    if a["专家评分"] is not None:
        return a["专家评分"] > 70
    low, high = hnte_points(a, a.get("增长率恰为百分之五", 0))
    return False if high <= 70 else True if low > 70 else None


def _percent(x, of, otherwise=D(0)):
    return x * 100 / of if of > 0 else otherwise


def small_tech_points(a):
    share = a["科技人员"] * 100 / a["职工总数"]
    staff = next((p for least, p in ((30, 20), (25, 16), (20, 12), (15, 8), (10, 4)) if share >= least), 0)
    of_sales = a["研发费用"] * 100 / a["销售收入"] if a["销售收入"] > 0 else D(0)
    of_cost = a["研发费用"] * 100 / a["成本费用"] if a["成本费用"] > 0 else D(0)
    rd = max(next((p for least, p in ((6, 50), (5, 40), (4, 30), (3, 20), (2, 10)) if of_sales >= least), 0),
             next((p for least, p in ((30, 50), (25, 40), (20, 30), (15, 20), (10, 10)) if of_cost >= least), 0))
    two = a["二类知识产权"]
    rights = 30 if a["一类知识产权"] >= 1 else 24 if two >= 4 else 18 if two >= 3 else 12 if two >= 2 else 6 if two >= 1 else 0
    return staff + rd + rights


def small_tech(**a):
    if a["职工总数"] <= 0 or a["职工总数"] > 500 or a["销售收入"] > 2 * YI or a["资产总额"] > 2 * YI or a["禁止类"] or a["不良记录"]:
        return False
    if a["高新技术企业"] >= 1 or a["国家科技奖"] or a["省部级研发机构"] >= 1 or a["主导标准"]:
        return True
    return a["科技人员"] > 0 and small_tech_points(a) >= 60


def innovative_points(a):
    ip = 20 if a["高价值一类"] >= 1 else 15 if a["自主一类"] >= 1 else 10 if a["一类知识产权"] >= 1 else 5 if a["二类知识产权"] >= 1 else 0
    rd = _percent(a["研发费用"], a["营业收入"])
    rd = 20 if rd >= 5 else 15 if rd >= 3 else 10 if rd >= 2 else 5 if rd >= 1 else 0
    grown = _percent(a["主营收入"] - a["上年主营收入"], a["上年主营收入"], D(-100))
    grown = 20 if grown >= 15 else 15 if grown >= 10 else 10 if grown >= 5 else 5 if grown >= 0 else 0
    debt = _percent(a["负债总额"], a["资产总额"], D(100))
    debt = 10 if debt <= 55 else 5 if debt <= 75 else 0
    main = _percent(a["主营收入"], a["营业收入"])
    main = 20 if main >= 70 else 15 if main >= 60 else 10 if main >= 55 else 5 if main >= 50 else 0
    return ip + rd, grown + debt, (10 if a["战新产业"] else 5) + main


def innovative_sme(**a):
    if a["省级科技奖"] or a["高新技术企业"] >= 1 or a["示范称号"] or a["省部级研发机构"] >= 1 or a["三年股权融资"] >= 500 * WAN:
        return True
    new, growth, special = innovative_points(a)
    return new >= 20 and growth >= 15 and special >= 15 and new + growth + special >= 60


def srdi_2026(**a):
    exempt = a["三年科技奖"] or a["省部级研发机构"] >= 1
    return (a["前置称号"] >= 1 and a["细分市场年限"] >= 3 and (a["营业收入"] >= 1500 * WAN or a["两年股权融资"] >= 2000 * WAN) and
            _percent(a["主营收入"], a["营业收入"]) >= 80 and _percent(a["负债总额"], a["资产总额"], D(101)) <= 80 and
            a["研发费用"] >= 100 * WAN and a["上年研发费用"] >= 100 * WAN and _percent(a["研发费用"], a["营业收入"]) >= 3 and _percent(a["上年研发费用"], a["上年营业收入"]) >= 3 and
            (exempt or a["在用一类"] >= 1) and a["市场靠前"] and a["发展评价得分"] >= 50)


def giant_2026(**a):
    r1, r0, rm = a["营业收入"], a["上年营业收入"], a["前年营业收入"]
    cagr = r1 >= rm * D("1.05") ** 2        # two years: (r1/rm)^(1/2) - 1 >= 5%
    return (a["专精特新"] >= 1 and a["细分市场年限"] >= 3 and r1 >= 5000 * WAN and _percent(a["主营收入"], r1) >= 90 and (a["复核"] or cagr) and
            _percent(a["负债总额"], a["资产总额"], D(101)) <= 75 and a["研发费用"] + a["上年研发费用"] >= 1200 * WAN and _percent(a["研发费用"], r1) >= 3 and _percent(a["上年研发费用"], r0) >= 3 and
            (a["国家科技奖"] or a["自有在用一类"] >= 4) and (a["市场占有率"] >= 10 or a["国内前三"]) and a["关键环节"] and a["发展评价得分"] >= 60)


def srdi_2022(**a):
    if a["细分市场年限"] < 2 or a["研发费用"] < 100 * WAN or _percent(a["研发费用"], a["营业收入"]) < 3:
        return False
    if a["营业收入"] < 1000 * WAN and a["两年股权融资"] < 2000 * WAN:
        return False
    return a["直通条件"] or a["评价得分"] >= 60


def giant_2022(**a):
    r1 = a["营业收入"]
    if r1 >= YI:
        rd = _percent(a["研发费用"], r1) >= 3
    elif r1 >= 5000 * WAN:
        rd = _percent(a["研发费用"], r1) >= 6
    else:
        rd = a["两年股权融资"] >= 8000 * WAN and a["研发费用"] >= 3000 * WAN and _percent(a["研发人员"], a["职工总数"]) >= 50
    return (a["专精特新"] >= 1 and a["细分市场年限"] >= 3 and _percent(a["主营收入"], r1) >= 70 and r1 >= a["前年营业收入"] * D("1.05") ** 2 and
            _percent(a["负债总额"], a["资产总额"], D(101)) <= 70 and a["市场占有率"] >= 10 and rd and a["在用一类"] >= 2)


def super_deduction(人员人工, 直接投入, 折旧费用, 无形资产摊销, 设计试验, 其他费用, 委托境内, 委托境外, 特殊收入, 产品材料, 负面清单收入, 收入总额, 不征税收入, 投资收益, 集成电路或工业母机):
    base = 收入总额 - 不征税收入 - 投资收益
    if 负面清单收入 * 100 > base * 50:
        return D(0)
    items = 人员人工 + 直接投入 + 折旧费用 + 无形资产摊销 + 设计试验
    own = items + min(其他费用, items * 10 / 90)
    home = own + 委托境内 * 80 / 100
    total = home + min(委托境外 * 80 / 100, home * 2 / 3) - 特殊收入 - 产品材料
    return fen(max(D(0), total) * (120 if 集成电路或工业母机 else 100) / 100)


# ---- loans ----


def zhuhai_loan(不良余额, 信用占比, 首贷, 入库年数, 另有在保贷款):
    if 入库年数 > 2 or 另有在保贷款:
        return D(0)
    share = 90 if 首贷 else 70 if 信用占比 >= 70 else 50 if 信用占比 > 50 else 0
    return fen(min(不良余额 * share / 100, 300 * WAN))


def anhui_loan(不良本金, 担保机构申请, 首贷, 贷款类型, 承担责任额, 其他政策资金, stack=0):
    reasons = (1 if 首贷 else 0) + (1 if 贷款类型 in ("信用贷", "专利贷") else 0)
    share = (20 if 担保机构申请 else 30) + 5 * (reasons if stack else min(reasons, 1))
    return fen(max(D(0), min(不良本金 * share / 100, 承担责任额 * 80 / 100 - 其他政策资金)))


def dalian_bank(贷款余额, 不良贷款):
    return fen(min(max(D(0), min(不良贷款, 贷款余额 * 3 / 100) - 贷款余额 / 100) * 30 / 100, 1000 * WAN))


def dalian_guarantor(机构类型, 实际损失):
    if 机构类型 == "担保机构":
        return fen(min(实际损失 / 5, 1000 * WAN))
    if 机构类型 == "创业投资机构":
        return fen(min(实际损失 / 10, 100 * WAN))
    return D(0)


# ---- technology contracts ----


def _segments(x, segments, whole):
    """x yuan by (top in 万, rate): each part at its own rate, or all of it at the rate of its band; nothing beyond the last."""
    if whole:
        for top, rate in segments:
            if top is None or x <= top * WAN:
                return x * D(rate)
        return segments[-1][0] * WAN * D(segments[-1][1])
    total = below = D(0)
    for top, rate in segments:
        upto = x if top is None else min(x, top * WAN)
        total += max(D(0), upto - below) * D(rate)
        below = upto
    return total


def sanming_seller(技术合同执行额, whole=0):
    return fen(min(_segments(技术合同执行额, ((10, "0.01"), (100, "0.005"), (None, "0.001")), whole), 5 * WAN))


def sanming_registrar(登记额):
    if 登记额 < YI:
        return D(0)
    return min(3 + (登记额 - YI) // (YI / 2), 10) * WAN


def fuqing_buyer(技术购买额):
    return fen(min(技术购买额 / 10, 20 * WAN)) if 技术购买额 >= 20 * WAN else D(0)


def fuqing_seller(技术合同执行额, whole=0):
    return fen(min(_segments(技术合同执行额, ((3000, "0.005"), (None, "0.003")), whole), 100 * WAN))


def fuqing_registrar(登记额, 上年登记额):
    if 登记额 < 3000 * WAN:
        return D(0)
    amount = min(5 * WAN + (登记额 - 3000 * WAN) * 6 / 10000, 20 * WAN)
    growth = 登记额 - 上年登记额
    if growth > 3000 * WAN:
        amount += min(growth / 10000, 20 * WAN)
    return fen(amount)


def fuqing_transfer_body(新认定示范机构):
    return {"国家级": 15, "省级": 7}.get(新认定示范机构, 0) * WAN


# ---- vouchers ----


def nanning_voucher(服务合同金额, whole=0):
    return fen(min(_segments(服务合同金额, ((10, "0.5"), (30, "0.4"), (50, "0.3"), (100, "0.2")), whole), 20 * WAN))


def jiangsu_voucher(服务合同金额):
    return fen(min(服务合同金额 / 4, 10 * WAN) * 2)       # the city adds as much as the province


def shanghai_voucher(服务合同金额, 创业团队, 团队人数):
    if 创业团队 and 团队人数 < 3:
        return D(0)
    return fen(min(服务合同金额 / 2, (10 if 创业团队 else 50) * WAN))


# ---- titles and rankings ----


def hangzhou_hnte(销售收入, 研发费用):
    percent = 5 if 销售收入 <= 3000 * WAN else 4 if 销售收入 <= YI else 3
    return 销售收入 > 0 and 研发费用 * 100 >= 销售收入 * percent


def hangzhou_patent(发明专利, 实用新型, 外观设计, 销售收入, 示范):
    points = 发明专利 * 5 + 实用新型 * 2 + 外观设计
    return points >= (30 if 示范 else 20) and 销售收入 >= 3000 * WAN


def bozhou_rd_top(研发费用):
    return 20 * WAN if 研发费用 > 0 else D(0)


def bozhou_ratio_top(营业收入, 研发费用, 全省研发强度):
    return 20 * WAN if 研发费用 > 0 and 研发费用 * 100 >= 营业收入 * 全省研发强度 else D(0)


def bozhou_institution(研发机构数, 研发费用):
    return 1 * WAN if 研发机构数 >= 1 and 研发费用 >= 50 * WAN else D(0)


def rd_post_subsidy(sector, revenue, rd, small_tech):
    scale = sme = D(0)
    if sector in "BCD" and revenue >= 2000 * WAN and rd > revenue * 2 / 100:
        scale = min((rd - revenue * 2 / 100) / 10, 500 * WAN)
    if small_tech >= 1:
        sme = min(rd * 15 / 100, 50 * WAN)
    return max(scale, sme, D(0)).quantize(D(1), ROUND_DOWN)


def hnte_award(recognised, renewed, held, revenue, peak_before):
    wan = 20 if recognised >= 1 else 10 if renewed >= 1 else 0
    if held >= 1:
        wan += 100 if revenue > 50 * YI >= peak_before else 50 if 10 * YI < revenue <= 50 * YI and peak_before <= 10 * YI else 0
    return wan * WAN


# ---- texts that say "at most": (least, most) until the year's figure is set ----


def zhengzhou_hnte(首次认定, 重新认定, 首次规上):
    fixed = 10 if 首次规上 and (首次认定 >= 1 or 重新认定 >= 1) else 0
    return fixed * WAN, (fixed + (20 if 首次认定 >= 1 else 5 if 重新认定 >= 1 else 0)) * WAN


def fujian_voucher(服务合同金额):
    return D(0), fen(min(服务合同金额 / 2, 20 * WAN))


def chengdu_voucher(服务合同金额):
    return D(0), fen(min(服务合同金额 / 5, 10 * WAN))


def guangzhou_voucher(服务合同金额):
    return D(0), fen(min(服务合同金额 * 30 / 100, 300 * WAN))


def karamay_voucher(服务合同金额):
    return D(0), fen(服务合同金额 * 30 / 100)


def shanxi_voucher(服务合同金额):
    return min(服务合同金额, 5 * WAN), min(服务合同金额, 20 * WAN)


def guangdong_equipment(发票金额, 付款金额, 珠三角):
    base = min(发票金额, 付款金额)
    if base < (700 if 珠三角 else 400) * WAN:
        return D(0), D(0)
    return D(0), fen(min(base * (20 if 珠三角 else 30) / 100, 1500 * WAN))


def guangdong_interest(实付利息, 已贴息年数):
    return (D(0), fen(min(实付利息 * 30 / 100, 200 * WAN))) if 已贴息年数 < 3 else (D(0), D(0))


def guangdong_insurance(实付保费):
    return D(0), fen(min(实付保费 / 2, 40 * WAN))


def guangdong_leasing(租赁合同额, lpr=D("0.03")):
    return fen(min(租赁合同额 * lpr * 15 / 100, 200 * WAN)) if 租赁合同额 >= 500 * WAN else D(0)


def sichuan_basic(基础研究投入):
    return D(0), fen(min(基础研究投入 * 40 / 100, 200 * WAN))


def fujian_giant_2017(加计扣除减免税额, 所得税地方分成):
    return fen(min(加计扣除减免税额, 所得税地方分成))


def national_guarantee(银行分担, 国家基金分担, 省级再担保分担, 担保机构分担):
    """In percent of the loss."""
    return (银行分担 + 国家基金分担 + 省级再担保分担 + 担保机构分担 == 100 and 银行分担 >= 20 and 国家基金分担 + 省级再担保分担 + 担保机构分担 <= 80 and
            国家基金分担 <= 40 and 省级再担保分担 >= 20)
