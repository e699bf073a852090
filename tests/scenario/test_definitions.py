"""What a definition promises, from the view of who writes it: every field type and key holds what it says (items of lists,
codes and units with days, fields that cannot repeat), and a newer definition is carried out, or refused with the step that
states it; nothing is lost without a word.  On both databases."""
import json
import os
import re

import city
from city import good, run

tap = city.Tap()
BASE = ("pack: small\ntitle: 小城\nkinds:\n  - {kind: city, title: 市}\n  - {kind: county, title: 县}\n---\n"
        "units:\n  - code: \"1\"\n    name: 甲市\n    kind: city\n    units:\n      - {code: \"11\", name: 乙县}\n"
        "      - {code: \"12\", name: 丙县, to: 2020-12-31}\n---\n"
        "roles:\n  - {role: leader, title: 领导, may: [register.read]}\n---\n"
        "codes: grade\ntitle: 等级\nitems: [A, B]\n---\n"
        "codes: trade\ntitle: 行业\nitems:\n  - {code: \"38\", title: 电气, to: 2020-12-31}\n"
        "  - {code: \"39\", title: 电子, items: [{code: \"391\", title: 计算机}]}\n  - {code: \"40\", title: 仪器, from: 2999-01-01}\n")
FIRM = """register: firm
title: {zh: 企业, en: Firm}
key: code
place: county
label: name
fields:
  code: {type: text, title: 代码, required: true}
  name: {type: text, title: 名称, required: true, search: true, max length: 20}
  county: {type: unit, title: 县}
  staff: {type: integer, unit: 人, title: 人数, max: 100000}
  area: {type: decimal, scale: 2, unit: 亩, title: 面积}
  founded: {type: date, title: 成立}
  post: {type: text, title: 邮编}
  phone: {type: text, title: 电话}
  grade: {type: code, list: grade, title: 等级}
  marks: {type: list of code, list: grade, title: 标记}
  trade: {type: code, list: trade, title: 行业}
  mother: {type: reference, register: firm, title: 母公司}
  partners: {type: list of reference, register: firm, title: 伙伴}
  years: {type: list of integer, title: 获奖年}
  days: {type: list of date, title: 检查日}
  licence: {type: text, unique: true, title: 执照}
  serial: {type: integer, unique: true, title: 序号}
  age: {type: integer, computed: if founded = null then null else 2024 - founded.year, title: 年限}
rules:
  - {when: count(years) > 0 and sum(years) > 5000, say: 年份合计过大, level: error}
---
register: firm_year
title: 年报
parent: firm
period: year
fields:
  trade: {type: code, list: trade, title: 行业}
"""
ROWS = ("代码,名称,县,人数,面积,成立,邮编,电话,等级,标记,行业,母公司,执照,序号\n"
        "A1,长安机械,乙县,120,150.25,2001-02-03,010010,13900000000,A,A、B,计算机,,L1,1\n"
        "A2,重庆科技,乙县,20,30,2003-01-01,,,B,,计算机,A1,L2,2\n")


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def pack(folder, firm=FIRM, base=BASE, steps=None):
    write(os.path.join(folder, "pack.yaml"), base)
    write(os.path.join(folder, "registers", "firm.yaml"), firm)
    move = os.path.join(folder, "migrations", "0001.yaml")
    if os.path.exists(move):
        os.unlink(move)
    if steps:
        write(move, "migration: m1\nsteps:\n" + "".join("  - {%s}\n" % s for s in steps))
    return folder


def swap(text, *pairs):
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def without(name):
    return next(line for line in FIRM.splitlines(True) if line.startswith(f"  {name}:"))


def shown(db, key="A1"):
    return {v["field"]: v.get("shown") for v in good("record", "show", db, "firm", key, "--json").json()["values"]}


def start(db, folder):
    good("init", db, "--pack", pack(os.path.join(folder, "old")))
    rows = write(os.path.join(folder, "rows.csv"), ROWS)
    good("import", db, "firm", rows)
    good("import", db, "firm", rows)                            # A2 names A1, which is there now


def values(db, folder):
    out = os.path.join(folder, "out.json")
    good("export", db, "firm", "-o", out)
    with open(out, encoding="utf-8") as f:
        return json.load(f)


def fields(kind, place, folder):
    db = place("fields")
    start(db, folder)

    def set_(*what, key="A1", code=0, word=""):
        r = run("record", "set", db, "firm", key, *what)
        assert r.code == code and word in r.out + r.err, (what, r.code, r.out, r.err)
        return r

    with tap(f"{kind}: the items of a list are of its type, and are values in rules"):
        set_("years=2001、二", code=1, word="不是数字")
        set_("days=2023-01-01、2023-02-30", code=1, word="没有这一天")
        set_("years=２００１、2003", "days=2023年1月1日;2023-02-03")
        assert (shown(db)["years"], shown(db)["days"]) == ("2001、2003", "2023-01-01、2023-02-03")
        set_("years=2001、2002、2003", code=1, word="年份合计过大")

    with tap(f"{kind}: a list of references names records there are, which cannot be deleted then"):
        set_("partners=A2、Z9", code=1, word="没有它")
        set_("partners=A2")
        r = run("record", "delete", db, "firm", "A2", "--reason", "重复")
        assert r.code == 1 and "引用" in r.err, r.err
        assert any(x.get("key") == "A2" for x in good("record", "links", db, "firm", "A1", "--json").json()["links"])
        set_("partners=")

    with tap(f"{kind}: a code or a unit is taken in its days; outside them it waits for an explanation"):
        set_("trade=电气", code=1, word="“电气”用到 2020-12-31 为止")
        set_("trade=仪器", code=1, word="自 2999-01-01 起才使用")
        set_("county=丙县", code=1, word="“丙县”用到 2020-12-31 为止")
        set_("trade=电气", "--explanation", "按原登记")
        set_("name=长安机械厂")                                 # what was explained once is not asked again
        years = write(os.path.join(folder, "years.csv"), "代码,年度,行业\nA1,2019,电气\nA1,2022,电气\n")
        r = run("import", db, "firm_year", years)
        assert "新增 1" in r.out and "待说明 1" in r.out, r.out     # the year that is reported, not the day it is typed

    with tap(f"{kind}: what cannot repeat does not, against the register and within a file"):
        set_("licence=L2", code=1, word="与“A2”的相同")
        set_("serial=2", code=1, word="与“A2”的相同")
        both = write(os.path.join(folder, "both.csv"), "代码,名称,县,执照\nA3,三,乙县,L3\nA4,四,乙县,L3\nA2,重庆科技,乙县,L2\n")
        r = run("import", db, "firm", both)
        assert "新增 1" in r.out and "拒绝 1" in r.out and "与第 2 行相同" in r.out, r.out
        set_("licence=L9")
        set_("licence=L1", key="A2")                           # free again


    with tap(f"{kind}: a workbook to fill in says what each column is refused for"):
        sheet = os.path.join(folder, "t.xlsx")
        good("template", db, "firm", "-o", sheet)
        said = good("sheet", sheet).out
        for words in ("名称: 文字，必填，不超过 20 个字", "人数: 整数，不大于 100000", "执照: 文字，不能重复"):
            assert words in said, words
        good("template", db, "firm_year", "-o", sheet)
        assert "年度: 年度，如 2023，必填" in good("sheet", sheet).out


def changes(kind, place, folder):
    count = [0]

    def move(firm=FIRM, *words, base=BASE, steps=None, code=0, lang="zh"):
        """Moves a database to the definitions; what is refused has changed nothing.  Gives the database and what was said."""
        count[0] += 1
        db = place(f"move{count[0]}")
        start(db, folder)
        before = values(db, folder)
        r = run("init", db, "--pack", pack(os.path.join(folder, "new"), firm, base, steps), "--lang", lang)
        said = r.out + r.err
        assert r.code == code, (r.code, said)
        for w in words:
            assert w in said, (w, said)
        if code:
            assert values(db, folder) == before
            assert lang == "en" or not re.search(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", re.sub(r"\{.*?\}|^ .*", "", said, flags=re.M)), said
        return db, said

    with tap(f"{kind}: what is refused names the step that would state it"):
        move(swap(FIRM, ("  phone: ", "  tel: ")), "{drop: firm.phone}", "{rename: firm.phone, to: tel}", code=1)
        move(swap(FIRM, ("scale: 2", "scale: 4")), "{change: firm.area}", code=1)
        move(swap(FIRM, ("unit: 亩", "unit: 公顷")), "{change: firm.area, from:", code=1)
        move(FIRM, "代码不再有：B：", "{change: firm.grade, codes: {'B': 新代码}}", base=swap(BASE, ("[A, B]", "[A]")), code=1)
        move(swap(FIRM, ("register: firm_year", "register: yearly")), "{rename: firm_year, to:", code=1)
        move(swap(FIRM, ("scale: 2", "scale: 4")), "as a step: {change: firm.area}", code=1, lang="en")

    with tap(f"{kind}: what no migration can do is said once, and nothing contrary beside it"):
        _, said = move(swap(FIRM, ("period: year", "period: month")), "迁移不能做到", code=1)
        assert said.count("错误") == 1 and "firm_year.year" not in said, said
        _, said = move(swap(FIRM, ("register: firm\n", "register: company\n"), ("parent: firm", "parent: company"),
                            ("register: firm,", "register: company,")), "{rename: firm, to:", code=1)
        assert "firm_year" not in said, said

    with tap(f"{kind}: a change of type alone loses nothing: zeros before, a day, digits, another measure"):
        move(swap(FIRM, ("post: {type: text", "post: {type: integer")), "010010", "前面的 0 会丢失", steps=["change: firm.post"], code=1)
        db, _ = move(swap(FIRM, ("post: {type: text", "post: {type: integer")), steps=["change: firm.post, from: 'if post = null then null else number(post)'"])
        assert shown(db)["post"] == "10,010"
        year = swap(FIRM, ("founded: {type: date", "founded: {type: period, period: year"), (without("age"), ""))
        move(year, "日期里的日", steps=["change: firm.founded"], code=1)
        move(year, steps=["change: firm.founded, from: string(founded.year)"])
        move(swap(FIRM, ("scale: 2", "scale: 1")), "150.25", "会四舍五入", steps=["change: firm.area"], code=1)
        move(swap(FIRM, ("unit: 亩", "unit: 公顷")), "单位由“亩”变为“公顷”", steps=["change: firm.area"], code=1)
        db, _ = move(swap(FIRM, ("unit: 亩", "unit: 公顷"), ("scale: 2", "scale: 6")), steps=["change: firm.area, from: 'round half up(area / 15, 6)'"])
        assert shown(db)["area"] == "10.016667"

    with tap(f"{kind}: a reference to another register names records there are"):
        other = swap(FIRM, ("mother: {type: reference, register: firm", "mother: {type: reference, register: firm_year"))
        move(other, "A2", "“年报”中没有它", steps=["change: firm.mother"], code=1)
        move(other, steps=["change: firm.mother, from: 'null', may be empty: true"])

    with tap(f"{kind}: two codes that become one stand once in a list"):
        db, _ = move(FIRM, base=swap(BASE, ("[A, B]", "[A]")), steps=["change: firm.grade, codes: {B: A}", "change: firm.marks, codes: {B: A}"])
        assert shown(db)["marks"] == "A" and shown(db, "A2")["grade"] == "A"

    with tap(f"{kind}: a computed field becomes a filled one as it is stated, and the other way round"):
        filled = swap(FIRM, ("computed: if founded = null then null else 2024 - founded.year, ", ""))
        move(filled, "原为计算字段", "{change: firm.age}", code=1)
        db, said = move(filled, "change firm.age：2 条记录", steps=["change: firm.age"])
        assert shown(db)["age"] == "23"
        db, _ = move(filled, steps=["change: firm.age, from: 'null', may be empty: true"])
        assert not shown(db)["age"]
        move(filled, "请用 change", steps=["fill: firm.age, from: '1'"], code=1)
        made = swap(FIRM, ("phone: {type: text,", "phone: {type: text, computed: post,"))
        move(made, "改为计算字段", "{drop: firm.phone}", code=1)
        db, _ = move(made, steps=["drop: firm.phone"])
        assert shown(db)["phone"] == "010010"
        move(swap(FIRM, (without("age"), "")), "计算字段“firm.age”不再定义")
        move(swap(FIRM, ("2024 -", "2025 -")), "按新的式子计算")

    with tap(f"{kind}: what a definition asks now and did not before is told with the number of records"):
        tight = swap(FIRM, ("mother: {type: reference,", "mother: {type: reference, required: true,"), ("max length: 20", "max length: 3"),
                     ("max: 100000", "min: 50, max: 100"), ("county: {type: unit,", "county: {type: unit, kind: city,"),
                     ("phone: {type: text,", "phone: {type: text, check: email,"), ("founded: {type: date,", "founded: {type: date, unique: true,"))
        db, said = move(tight, "“firm.mother”现为必填：现有 1 条记录", "“firm.name”的长度上限变短了：现有 2 条", "“firm.staff”的下限变了：现有 1 条",
                        "“firm.staff”的上限变了：现有 1 条", "“firm.county”现为另一类单位：现有 2 条", "“firm.phone”的检验变了：现有 1 条")
        assert "founded" not in said, said
        assert shown(db)["name"] == "长安机械" and shown(db)["phone"] == "13900000000"
        move(swap(FIRM, ("grade: {type: code,", "grade: {type: code, unique: true,"), ("post:", "web: {type: text, required: true}\n  post:")),
             "“firm.web”现为必填：现有 2 条记录")

    with tap(f"{kind}: a key may be called another type as long as every key reads the same"):
        key = swap(FIRM, ("code: {type: text, title: 代码", "code: {type: identifier, schemes: [stock], title: 代码"))
        move(key, "{change: firm.code}", code=1)
        move(key, "A1", steps=["change: firm.code"], code=1)            # they are no stock codes
        db, _ = move(swap(FIRM, ("code: {type: text, title: 代码", "code: {type: code, list: keys, title: 代码")),
                     base=BASE + "---\ncodes: keys\nitems: [A1, A2]\n", steps=["change: firm.code"])
        good("import", db, "firm_year", write(os.path.join(folder, "y.csv"), "代码,年度,行业\nA1,2022,电子\n"))
        move(swap(FIRM, ("\nkey: code", "\nkey: licence")), "迁移不能做到", code=1)

    with tap(f"{kind}: a value that does not convert in an earlier state is told with its day"):
        db = place("past")
        start(db, folder)
        good("record", "set", db, "firm", "A1", "post=10010", "--valid-from", "2999-01-01")
        r = run("init", db, "--pack", pack(os.path.join(folder, "new"), swap(FIRM, ("post: {type: text", "post: {type: integer")), steps=["change: firm.post"]))
        assert r.code == 1 and r.err.count("不能转换") == 1 and "起的过去状态" in r.err, r.err


with tap("identity numbers: residents, and foreigners with permanent residence"):
    r = run("check", "person", "11010519491231002X", "911124198108030024", "931840197503120019", "981840197503120019", "931840197503120018")
    assert [line.split()[1] for line in r.out.splitlines()] == ["ok", "ok", "ok", "bad", "bad"], r.out

with city.temp() as folder:
    for kind, place in city.databases(folder):
        if place is None:
            tap.skip("definitions on " + kind, "no PostgreSQL")
            continue
        fields(kind, place, os.path.join(folder, kind))
        changes(kind, place, os.path.join(folder, kind))
tap.done()
