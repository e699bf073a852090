"""The rules' texts as plain arithmetic, written from the documents: no model, no table of the packs is read here.

Amounts are yuan as Decimal, with every rounding, floor and cap of the text.  A recognition gives True or False.
Each function is named as its policy; its arguments are named as the policy's inputs.  None of them knows what is
missing: the tests ask only with everything there.
"""
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal as D

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


def shandong_rd(营业收入, 研发费用, 上年研发费用, 高企或科小, 集成电路, 首次认定高企, 中小微企业, rate=D("0.05"), chip_rate=D("0.10"), at_line=0):
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
