#!/usr/bin/env python3
"""make.py FOLDER ROWS [csv]: a pack with one register of thirty fields, and a workbook and a CSV that fill it; csv: no workbook.

The fields are those a bureau keeps of a firm: identity code, name, county, industry, dates, yes and no,
heads, and eighteen amounts in yuan.  Every row is good.  The same call gives the same bytes.
"""
import csv, datetime, os, random, sys, zipfile

folder, rows = sys.argv[1], int(sys.argv[2])
rnd = random.Random(11)
pack = os.path.join(folder, "pack")
os.makedirs(os.path.join(pack, "registers"), exist_ok=True)

COUNTIES = [("11%02d" % i, "第%d区" % i) for i in range(1, 41)]
MONEY = ["营业收入", "主营收入", "研发费用", "管理费用", "销售费用", "财务费用", "利润总额", "净利润", "所得税", "增值税", "总资产",
         "净资产", "负债", "存货", "应收账款", "出口额", "技术收入", "政府补助"]
FIELDS = ([("code", "identifier", "统一社会信用代码"), ("name", "text", "企业名称"), ("county", "unit", "所属区县"),
           ("industry", "text", "行业"), ("address", "text", "地址"), ("founded", "date", "成立日期"), ("contact", "text", "联系人"),
           ("listed", "boolean", "是否上市"), ("staff", "integer", "职工人数"), ("rd_staff", "integer", "研发人员"),
           ("updated", "date", "更新日期"), ("ratio", "decimal", "研发占比")]
          + [("m%d" % i, "money", t) for i, t in enumerate(MONEY)])
with open(os.path.join(pack, "pack.yaml"), "w") as f:
    f.write('pack: bench\ntitle: {zh: 测速, en: Bench}\nversion: "1"\nkinds:\n  - {kind: city, title: {zh: 市, en: City}}\n'
            '  - {kind: county, title: {zh: 区县, en: County}}\n')
with open(os.path.join(pack, "units.yaml"), "w") as f:
    f.write('units:\n  - code: "1100"\n    name: 某市\n    kind: city\n    units:\n')
    for code, title in COUNTIES:
        f.write('      - {code: "%s", name: %s, kind: county}\n' % (code, title))
EXTRA = {"code": ", schemes: [uscc], required: true", "name": ", required: true, search: true",
         "county": ", kind: county, required: true", "ratio": ", scale: 2, unit: '%'"}
with open(os.path.join(pack, "roles.yaml"), "w") as f:
    f.write("roles:\n  - {role: leader, title: {zh: 领导, en: Leader}, may: [register.read]}\n")
with open(os.path.join(pack, "registers", "firm.yaml"), "w") as f:
    f.write("register: firm\ntitle: {zh: 企业, en: Firm}\nkey: code\nplace: county\nlabel: name\nfields:\n")
    for name, kind, title in FIELDS:
        f.write("  %s: {type: %s, title: {zh: %s, en: %s}%s}\n" % (name, kind, title, name, EXTRA.get(name, "")))
    f.write("rules:\n  - {name: rd, when: m2 > m0, level: explain, say: {zh: 研发费用大于营业收入, en: R&D above revenue}}\n")

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(n):
    """A code that is right by GB 11714 (its ninth to seventeenth place) and by GB 32100."""
    body = "MA%06d" % n
    rest = -sum(DIGITS.index(c) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2))) % 11
    code = "91%06d" % (110000 + n % 9999) + body + ("X" if rest == 10 else str(rest))
    return code + ALPHABET[-sum(ALPHABET.index(c) * 3 ** i % 31 for i, c in enumerate(code)) % 31]


def values(n):
    row = [uscc(n), "某某科技（%d）有限公司" % n, rnd.choice(COUNTIES)[1], "专用设备制造业" if n % 3 else "软件和信息技术服务业",
           "某市某路%d号" % rnd.randrange(2000), 40000 + rnd.randrange(5000), "张%s" % "一二三四五六七八九十"[n % 10],
           "是" if n % 50 == 0 else "否", rnd.randrange(3000), rnd.randrange(300), 44000 + rnd.randrange(900),
           rnd.randrange(10000) / 100]
    revenue = rnd.randrange(10 ** 11) / 100
    return row + [revenue] + [int(revenue * rnd.random() * 100) / 100 for _ in range(17)]


def col_name(c):
    return (chr(64 + (c - 1) // 26) if c > 26 else "") + chr(65 + (c - 1) % 26)


strings, index = [], {}


def shared(text):
    if text not in index:
        index[text] = len(strings)
        strings.append(text)
    return index[text]


def cell(ref, kind, v):
    if isinstance(v, str):
        return '<c r="%s" t="s"><v>%d</v></c>' % (ref, shared(v))
    return '<c r="%s"%s><v>%s</v></c>' % (ref, ' s="1"' if kind == "date" else ' s="2"' if kind == "money" else "", repr(v))


names = [col_name(c + 1) for c in range(len(FIELDS))]
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sheet"))
from parts import PARTS, STAMP


def info(name):
    i = zipfile.ZipInfo(name, STAMP)
    i.compress_type = zipfile.ZIP_DEFLATED
    return i


def table(with_row):
    """The CSV; with_row is given every row as it is written."""
    with open(os.path.join(folder, "firms.csv"), "w", newline="", encoding="utf-8") as text:
        out = csv.writer(text)
        out.writerow([t for _, _, t in FIELDS])
        for r in range(2, rows + 2):
            row = values(r)
            with_row(r, row)
            out.writerow([(datetime.date(1899, 12, 30) + datetime.timedelta(v)).isoformat() if k[1] == "date" else v
                          for k, v in zip(FIELDS, row)])


if sys.argv[3:] == ["csv"]:
    table(lambda r, row: None)
    sys.exit()
with zipfile.ZipFile(os.path.join(folder, "firms.xlsx"), "w", zipfile.ZIP_DEFLATED, compresslevel=6) as z:
    for name, part in PARTS.items():
        z.writestr(info(name), part)
    with z.open(info("xl/worksheets/sheet1.xml"), "w") as f:
        f.write(('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<worksheet xmlns="http://schemas.openxmlformats.org/'
                 'spreadsheetml/2006/main"><sheetData><row r="1">'
                 + "".join(cell(n + "1", "text", t) for n, (_, _, t) in zip(names, FIELDS)) + "</row>").encode())
        table(lambda r, row: f.write(('<row r="%d">' % r + "".join(cell(n + str(r), k[1], v) for n, k, v in zip(names, FIELDS, row))
                                      + "</row>").encode()))
        f.write(b"</sheetData></worksheet>")
    with z.open(info("xl/sharedStrings.xml"), "w") as f:
        f.write(('<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="%d" uniqueCount="%d">'
                 % (len(strings), len(strings))).encode())
        for s in strings:
            f.write(("<si><t>%s</t></si>" % s).encode())
        f.write(b"</sst>")
