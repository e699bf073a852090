"""Registries that others publish, imported under definitions of this test's own pack: every row is in, what is odd is told,
and what goes out comes back. Cells that a spreadsheet takes for formulas, codes with zeros and lists survive the way out and
back in."""
import csv
import json
import os

import city
from city import good, run

tap = city.Tap()
FOLDER = os.path.join(city.SHARED, "data", "registries")
WORKBOOK = os.path.join(city.SHARED, "data", "conformance", "xlsx_real_zh", "people.xlsx")
PROVINCES = "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆".split()
PACK = {
    "pack.yaml": "pack: nation\ntitle: 全国\nversion: '1'\nkinds: [nation, province]\n",
    "units.yaml": "units:\n  - code: '100000'\n    name: 全国\n    kind: nation\n    units:\n" + "".join(
        f"      - {{code: 'P{i:02d}', name: {p}, also: [{p}省, {p}市, {p}自治区, 新疆兵团]}}\n" if p == "新疆" else f"      - {{code: 'P{i:02d}', name: {p}}}\n" for i, p in enumerate(PROVINCES)),
    "codes.yaml": "codes: grade\nitems: [优秀, 良好, 合格, 较差, good, excellent, qualified, unqualified]\n",
    "registers.yaml": """
register: lab
title: 重点实验室
key: [name, year]
place: province
fields:
  name: {type: text, title: 名称, required: true, search: true}
  year: {type: period, period: year, title: 批次年, required: true}
  kind: {type: text, title: type}
  area: {type: text, title: 领域}
  institution: {type: text, title: 依托单位, search: true}
  administrator: {type: text, title: 主管部门}
  province: {type: unit, title: 省份}
---
register: station
title: 野外站
key: name
place: province
fields:
  name: {type: text, title: 名称, required: true, search: true}
  year: {type: period, period: year, title: 年份}
  institution: {type: text, title: 依托单位}
  administrator: {type: text, title: 主管部门}
  province: {type: unit, title: 省份}
---
register: sharing
title: 开放共享考核
key: [institution, year]
place: province
fields:
  institution: {type: text, title: 单位, required: true, search: true}
  year: {type: period, period: year, title: 年份, required: true}
  result: {type: code, list: grade, title: 结果}
  administrator: {type: text, title: 主管部门}
  province: {type: unit, title: 省份}
---
register: nkrdp
title: 国家重点研发
key: number
fields:
  number: {type: text, title: 'NO', required: true}
  title: {type: text, title: 项目名称, search: true, max length: 400}
  institution: {type: text, title: 牵头单位, search: true}
  funds: {type: money, title: 经费, in: 万元, min: 0}
  kind: {type: text, title: type}
  duration: {type: text, title: 期限}
---
register: leader
title: 农业龙头企业
key: [name, batch]
place: province
fields:
  name: {type: text, title: 名称, required: true, search: true}
  year: {type: period, period: year, title: 年份, required: true}
  batch: {type: text, title: 批次, required: true}
  province: {type: unit, title: 省份}
---
register: person
title: 上市公司人员
key: [code, year]
fields:
  code: {type: text, title: 股票代码, required: true, check: stock}
  year: {type: period, period: year, title: 报告年份, required: true}
  name: {type: text, title: 股票简称}
  staff: {type: integer, title: 职工人数, min: 0}
  rd_staff: {type: integer, title: 研发人员, min: 0}
---
register: odd
title: 怪字段
key: code
fields:
  code: {type: text, title: 编号, required: true}
  note: {type: text, title: 备注, max length: 2000}
  tags: {type: list of text, title: 标签}
  money: {type: money, title: 金额, in: 万元}
  share: {type: decimal, scale: 6, title: 比例, unit: '%'}
  day: {type: date, title: 日期}
  yes: {type: boolean, title: 是否}
""",
}
# file, register, header in the file -> header of the register, columns of the key
FILES = [("PubSKLMost.csv", "lab", {"name": "名称", "year": "批次年", "area": "领域", "institution": "依托单位", "administrator": "主管部门", "province": "省份"}, ("name", "year")),
         ("PubObsStation.csv", "station", {"name": "名称", "year": "年份", "institution": "依托单位", "administrator": "主管部门", "province": "省份"}, ("name",)),
         ("PubOpenShare.csv", "sharing", {"institution": "单位", "year": "年份", "result": "结果", "administrator": "主管部门", "province": "省份"}, ("institution", "year")),
         ("PubNKRDP.csv", "nkrdp", {"title": "项目名称", "institution": "牵头单位", "funds": "经费", "duration": "期限"}, ("NO",)),
         ("PubFirmLeader.csv", "leader", {"name": "名称", "year": "年份", "batch": "批次", "province": "省份"}, ("name", "batch"))]


def rewritten(folder, name, header):
    """The published file with its headers in the register's words; everything else as published."""
    with open(os.path.join(FOLDER, name), encoding="utf-8-sig", newline="") as f:
        rows = list(csv.reader(f))
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows([[header.get(h, h) for h in rows[0]]] + rows[1:])
    return path, [dict(zip(rows[0], r)) for r in rows[1:]]


def there_and_back(db, register, folder, rows):
    for form in ("xlsx", "csv", "tsv", "json"):
        out = os.path.join(folder, f"out.{form}")
        good("export", db, register, "-o", out)
        o = good("import", db, register, out, "--json").json()
        assert (o["rows"], o["unchanged"], o["refused"], o["held"]) == (rows, rows, 0, 0), (form, {k: o[k] for k in o if k != "problems"}, o["problems"][:3])


def published(db, folder):
    for name, register, header, key in FILES:
        with tap(f"{name}: every row is imported, and comes back identical"):
            path, rows = rewritten(folder, name, header)
            o = good("import", db, register, path, "--json").json()
            keys = {tuple(r[k].strip() for k in key) for r in rows if all(r[k].strip() for k in key)}
            assert o["rows"] == len(rows) and o["added"] + o["refused"] == len(keys) + sum(1 for r in rows if not all(r[k].strip() for k in key)), (o["added"], o["refused"], len(keys), o["problems"][:5])
            assert o["refused"] * 100 <= len(rows), (o["refused"], [p for p in o["problems"] if p["severity"] == "error"][:5])
            assert good("import", db, register, path, "--json").json()["added"] == 0
            there_and_back(db, register, folder, o["added"])


def strange(db, folder):
    notes = ["=1+1", "+86 931", "-5", "@SUM(A1)", "\tindented", "＝1+1", "－5", "＠x", "＋1", "'quoted", '"quoted"', "a,b", "two\nlines", "007", "1E5", "1/2", "=HYPERLINK(\"x\")", "真,假;、|"]
    rows = [{"code": f"00{i:02d}", "note": n, "tags": ["a、b", "c"] if i == 0 else ["甲", "乙"] if i % 2 else [], "money": f"{i}.05", "share": "0.000001", "day": "2023-02-28", "yes": "是" if i % 2 else "否"} for i, n in enumerate(notes)]
    path = os.path.join(folder, "odd.json")
    json.dump(rows, open(path, "w", encoding="utf-8"), ensure_ascii=False)
    with tap("what a spreadsheet would take for a formula, a number or a date stays the text it is, out and back in"):
        o = good("import", db, "odd", path, "--json").json()
        assert o["added"] == len(rows) and o["problem_count"] == 0, o["problems"]
        there_and_back(db, "odd", folder, len(rows))
        good("export", db, "odd", "-o", os.path.join(folder, "again.json"))
        back = {r["code"]: r for r in json.load(open(os.path.join(folder, "again.json"), encoding="utf-8"))}
        for r in rows:
            b = back[r["code"]]
            assert b["note"] == r["note"].strip() and (b["tags"] or []) == r["tags"] and b["money"] == r["money"].replace("0.05", "0.05"), (r, b)
    with tap("in a CSV for spreadsheets no cell begins as a formula does"):
        good("export", db, "odd", "-o", os.path.join(folder, "odd.csv"))
        with open(os.path.join(folder, "odd.csv"), encoding="utf-8-sig", newline="") as f:
            cells = [c for r in csv.reader(f) for c in r]
        risky = [c for c in cells if c and c[0] in "=+-@\t\r＝＋－＠" and not c.lstrip("-").replace(".", "").isdigit()]
        assert not risky, risky
    with tap("a JSON file that is no list of objects is refused with its place, and nothing is written"):
        before = good("verify", db, "--json").json()["events"]
        for text in ('[{"code": {"a": 1}}]', '[{"code": "1"}, 2]', '[{"code": "1", "code": "2"}]', '[{"code": "1"'):
            open(path, "w", encoding="utf-8").write(text)
            r = run("import", db, "odd", path)
            assert r.code != 0 and "odd.json:" in r.err, (text, r.err)
        assert good("verify", db, "--json").json()["events"] == before


def main():
    with city.temp() as folder:
        pack, db = os.path.join(folder, "pack"), os.path.join(folder, "n.db")
        os.mkdir(pack)
        for name, text in PACK.items():
            open(os.path.join(pack, name), "w", encoding="utf-8").write(text)
        good("init", db, "--pack", pack)
        strange(db, folder)
        if os.path.isdir(FOLDER):
            published(db, folder)
        else:
            tap.skip("registries that others publish", "no shared data")
        if os.path.exists(WORKBOOK):
            with tap("a workbook of real figures of listed companies is imported"):
                o = good("import", db, "person", WORKBOOK, "--json").json()
                assert o["added"] > 0 and o["refused"] * 50 <= o["rows"], {**o, "problems": [p for p in o["problems"] if p["severity"] == "error"][:5]}
                there_and_back(db, "person", folder, o["added"])
        else:
            tap.skip("a workbook of real figures", "no shared data")
    tap.done()


main()
