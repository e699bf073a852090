"""A newer pack on an existing database: additions by themselves; renamed, changed, recoded and dropped registers and
fields by migrations that the pack states, never otherwise; past days answer; all of it or nothing, on both databases."""
import json
import os
import signal
import subprocess
import tempfile
import time

import city
from city import good, run

tap = city.Tap()
PACK = ("pack: small\ntitle: {zh: 小城, en: Small town}\n"
        "kinds:\n  - {kind: city, title: {zh: 市, en: City}}\n  - {kind: county, title: {zh: 县, en: County}}\n")
UNITS = ("units:\n  - code: \"1\"\n    name: 甲市\n    kind: city\n    units:\n      - {code: \"11\", name: 乙县, kind: county}\n"
         "      - {code: \"12\", name: 丙县, kind: county}\n")
ROLES = "roles:\n  - {role: leader, title: {zh: 领导, en: Leader}, may: [register.read]}\n"
CODES = "codes: grade\ntitle: 等级\nitems: [%s]\n"
FIRM = """register: firm
title: {zh: 企业, en: Firm}
key: code
place: county
label: name
fields:
  code: {type: text, title: 代码, required: true}
  name: {type: text, title: 名称, required: true, search: true}
  county: {type: unit, kind: county, title: 县}
  staff: {type: integer, title: 人数}
  area: {type: decimal, scale: 2, unit: 亩, title: 面积}
  grade: {type: code, list: grade, title: 等级}
  marks: {type: list of code, list: grade, title: 标记}
  phone: {type: text, title: 电话}
  since: {type: text, title: 成立}
---
register: firm_year
title: {zh: 年报, en: Year}
parent: firm
period: year
fields:
  revenue: {type: money, title: 收入}
"""
NEW = """register: company
title: {zh: 公司, en: Company}
key: id
place: county
label: name
fields:
  id: {type: text, title: 代码, required: true}
  name: {type: text, title: 名称, required: true, search: true}
  county: {type: unit, kind: county, title: 县}
  headcount: {type: integer, title: 人数}
  area: {type: decimal, scale: 4, unit: 公顷, title: 面积}
  grade: {type: code, list: grade, title: 等级}
  marks: {type: list of code, list: grade, title: 标记}
  since: {type: date, title: 成立}
  size: {type: text, title: 规模, search: true}
  note: {type: text, title: 备注}
---
register: firm_year
title: {zh: 年报, en: Year}
parent: company
period: year
fields:
  revenue: {type: money, title: 收入}
"""
STEPS = """migration: companies
title: 企业库改为公司库
steps:
  - {fill: firm.size, from: 'if staff >= 100 then "大型" else "小型"'}
  - {rename: firm.staff, to: headcount}
  - {rename: firm, to: company}
  - {rename: company.code, to: id}
  - {change: company.area, from: 'area / 15'}
  - {change: company.grade, codes: {A: one, B: two}}
  - {change: company.marks, codes: {A: one, B: two}}
  - {change: company.since, from: 'date(since)'}
  - {drop: company.phone}
  - {drop: company.web}
"""
FIRST = "代码,名称,县,人数,面积,等级,标记,电话,成立\nA1,长安机械,乙县,120,150,A,A、B,111,2001-02-03\nA2,重庆科技,丙县,20,30,B,,222,\nA3,小厂,乙县,,,,,,\n"
LATER = "代码,名称,人数,等级\nA1,长安机械股份,150,B\n"
YEARS = "代码,年度,收入\nA1,2022,100\nA2,2022,5\n"


def write(folder, **files):
    for name, text in files.items():
        path = os.path.join(folder, name.replace("__", "/") + ".yaml")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    return folder


def pack(folder, firm, codes="A, B", **more):
    os.makedirs(folder, exist_ok=True)
    for old, _, names in os.walk(folder):
        for name in names:
            os.unlink(os.path.join(old, name))
    return write(folder, pack=PACK, units=UNITS, roles=ROLES, codes=CODES % codes, registers__firm=firm, **more)


def start(db, folder):
    good("init", db, "--pack", pack(os.path.join(folder, "old"), FIRM))
    for name, text in (("a.csv", FIRST), ("b.csv", YEARS)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    good("import", db, "firm", os.path.join(folder, "a.csv"), "--valid-from", "2024-01-01")
    good("import", db, "firm_year", os.path.join(folder, "b.csv"), "--valid-from", "2024-01-01")
    with open(os.path.join(folder, "c.csv"), "w", encoding="utf-8") as f:
        f.write(LATER)
    good("import", db, "firm", os.path.join(folder, "c.csv"), "--valid-from", "2024-06-01")


def rows(db, register, *more):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.json")
        good("export", db, register, "-o", out, *more)
        with open(out, encoding="utf-8") as f:
            return json.load(f)


def refused(db, folder, *words):
    before = rows(db, "firm")
    r = run("init", db, "--pack", folder, "--lang", "en")
    assert r.code == 1, (r.code, r.out, r.err)
    for w in words:
        assert w in r.err, (w, r.err)
    assert rows(db, "firm") == before
    return r.err


def value(row, *names):
    return next((row[n] for n in names if n in row), None)


def scenario(kind, place, folder):
    db = place("migrate")
    new = os.path.join(folder, "new")
    start(db, folder)

    good("view", db, "firm", "--save", "大户", "--where", 'staff > 50 and name != "staff"', "--sort", "-staff", "--shared")
    good("view", db, "firm", "--save", "电话", "--where", 'phone != null', "--shared")
    with tap(f"{kind}: what is added is added by itself, also to the full text"):
        r = good("init", db, "--pack", pack(new, FIRM.replace("  phone: {type: text, title: 电话}", "  phone: {type: text, title: 电话, search: true}\n  web: {type: text, title: 网址}")), "--lang", "en")
        assert "new field firm.web" in r.out, r.out
        assert len(rows(db, "firm", "--q", "222")) == 1

    with tap(f"{kind}: what is not stated is refused, all of it, with counts"):
        err = refused(db, pack(new, NEW.replace("company", "firm")),
                      '"firm.staff" is no longer defined (2 values now, 1 past)', '"firm.phone" is no longer defined',
                      '"firm.area" changes from decimal, scale 2, 亩 to decimal, scale 4, 公顷 (2 values now, 1 past)',
                      '"firm.since" changes from text to date', "registers/firm.yaml:")
        assert "  ^" in err, err
        refused(db, pack(new, FIRM.replace("firm_year", "yearly")), '"firm_year" is no longer defined (2 values now')
        refused(db, pack(new, FIRM, codes="A, C"), '"firm.grade": 2 values have codes that are no more: B', '"firm.marks"')
        refused(db, pack(new, FIRM.replace("key: code", "key: name")), "changes its key")

    stated = pack(new, NEW, codes="one, two", migrations__0002=STEPS)
    with tap(f"{kind}: a dry run says what would change in how many records, and changes nothing"):
        before = rows(db, "firm")
        r = good("init", db, "--pack", stated, "--dry-run", "--lang", "en")
        assert "companies: rename firm.staff → headcount: 2 records, 1 earlier states" in r.out, r.out
        assert "companies: change company.area: 2 records, 1 earlier states" in r.out, r.out
        assert "Nothing was written" in r.out
        assert rows(db, "firm") == before

    with tap(f"{kind}: a value that does not convert stops it, with record and field"):
        with open(os.path.join(folder, "d.csv"), "w", encoding="utf-8") as f:
            f.write("代码,成立\nA3,去年\n")
        good("import", db, "firm", os.path.join(folder, "d.csv"))
        err = refused(db, stated, 'A3, field "since": "去年" does not convert', "migrations/0002.yaml:11:")
        assert "A1" not in err, err
        with open(os.path.join(folder, "d.csv"), "w", encoding="utf-8") as f:
            f.write("代码,成立\nA3,2003-01-01\n")
        good("import", db, "firm", os.path.join(folder, "d.csv"))
        refused(db, stated, 'A3, field "since"')            # a past state says so too: nothing is lost there either
        loose = STEPS.replace("from: 'date(since)'}", "from: 'date(since)', may be empty: true}")
        stated = pack(new, NEW, codes="one, two", migrations__0002=loose)

    with tap(f"{kind}: killed halfway it did not happen, and the next one does it"):
        slow = place("killed")
        start(slow, folder)
        with open(os.path.join(folder, "many.csv"), "w", encoding="utf-8") as f:
            f.write("代码,名称,县,人数,面积,等级\n" + "".join(f"M{i},公司{i},乙县,{i},{i}.5,A\n" for i in range(3000)))
        good("import", slow, "firm", os.path.join(folder, "many.csv"))
        exact = pack(new, NEW.replace("scale: 4", "scale: 6"), codes="one, two", migrations__0002=STEPS.replace("'area / 15'", "'round half up(area / 15, 6)'")
                     .replace("  - {drop: company.web}\n", ""))
        begin = time.monotonic()
        good("init", slow, "--pack", exact, "--dry-run")
        took, before, alive = time.monotonic() - begin, rows(slow, "firm"), 0
        for part in (0.2, 0.4, 0.6, 0.75, 0.9):
            p = subprocess.Popen([city.KECHUANG, "init", slow, "--pack", exact], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(took * part)
            alive += p.poll() is None
            p.send_signal(signal.SIGKILL)
            p.wait()
            good("verify", slow)
            if run("export", slow, "firm", "-o", os.path.join(folder, "killed.json")).code:
                break
            assert rows(slow, "firm") == before
        assert alive
        good("init", slow, "--pack", exact)
        assert len(rows(slow, "company")) == 3003
        assert len(rows(slow, "company", "--q", "大型")) == 2901

    stated = pack(new, NEW, codes="one, two", migrations__0002=loose)
    with tap(f"{kind}: stated, it is done in one event, and the chain proves"):
        r = good("init", db, "--pack", stated, "--lang", "en")
        assert "companies: drop company.phone" in r.out, r.out
        assert "电话" in r.out + r.err and "names fields that are no more" in r.out + r.err, r.out + r.err  # saved views follow
        views = {v["name"]: v for v in good("view", db, "company", "--json").json()["views"]}
        assert (views["大户"]["where"], views["大户"]["sort"]) == ('headcount > 50 and name != "staff"', "-headcount"), views
        assert views["电话"]["where"] == "phone != null", views
        good("verify", db)
        assert "already" in good("init", db, "--pack", stated, "--lang", "en").out
        now = {value(x, "id", "代码"): x for x in rows(db, "company")}
        a1 = now["A1"]
        assert str(value(a1, "headcount", "人数")) == "150", a1
        assert str(value(a1, "area", "面积", "面积（公顷）")) in ("10", "10.0000", "10.0"), a1
        assert value(a1, "grade", "等级") == "two" and value(a1, "since", "成立") == "2001-02-03", a1
        assert value(a1, "size", "规模") == "大型", a1
        assert "222" not in json.dumps(now, ensure_ascii=False)

    with tap(f"{kind}: past days answer in the new terms"):
        then = {value(x, "id", "代码"): x for x in rows(db, "company", "--as-of", "2024-03-01")}
        a1 = then["A1"]
        assert str(value(a1, "headcount", "人数")) == "120" and value(a1, "grade", "等级") == "one", a1
        assert value(a1, "name", "名称") == "长安机械", a1
        assert value(a1, "marks", "标记") in ("one、two", ["one", "two"], '["one","two"]'), a1

    with tap(f"{kind}: search, children, provenance and new records go on"):
        assert len(rows(db, "company", "--q", "大型")) == 1
        assert len(rows(db, "company", "--q", "机械")) == 1
        years = rows(db, "firm_year")
        assert sorted(value(y, "id", "代码") for y in years) == ["A1", "A2"], years
        with open(os.path.join(folder, "e.csv"), "w", encoding="utf-8") as f:
            f.write("代码,名称,县\nA4,新公司,丙县\n")
        good("import", db, "company", os.path.join(folder, "e.csv"))
        assert len(rows(db, "company")) == 4

    with tap(f"{kind}: an applied migration stays as it is; one that goes before it is told"):
        r = run("init", db, "--pack", pack(new, NEW, codes="one, two", migrations__0002=STEPS), "--lang", "en")
        assert r.code == 1 and "was applied already and cannot change" in r.err, r.err
        early = "migration: early\nsteps: [{drop: company.old}]\n"
        r = run("init", db, "--pack", pack(new, NEW, codes="one, two", migrations__0001=early, migrations__0002=loose), "--lang", "en")
        assert r.code == 1 and "stands before" in r.err, r.err

    with tap(f"{kind}: a new database has nothing to migrate"):
        fresh = place("fresh")
        good("init", fresh, "--pack", pack(new, NEW, codes="one, two", migrations__0002=loose))
        good("import", fresh, "company", os.path.join(folder, "e.csv"))
        good("init", fresh, "--pack", new)


with tempfile.TemporaryDirectory() as folder:
    for kind, place in city.databases(folder):
        if place is None:
            tap.skip("migrations on " + kind, "no PostgreSQL")
            continue
        scenario(kind, place, folder)
tap.done()
