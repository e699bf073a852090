"""Imports of more rows than stand in memory: values that were laid aside come back, rows of one key meet over any
distance, rules see their siblings wherever the file has them, and no room for the temporary file changes nothing."""
import os
import random

import city
from city import good, run

tap = city.Tap()
rnd = random.Random(3)
PACK = {"pack.yaml": 'pack: large\ntitle: {zh: 大, en: Large}\nversion: "1"\nkinds:\n  - {kind: city, title: {zh: 市, en: City}}\n',
        "units.yaml": 'units:\n  - {code: "1", name: 某市, kind: city}\n',
        "registers/firm.yaml": """register: firm
title: {zh: 企业, en: Firm}
key: code
place: city
label: code
fields:
  code: {type: text, title: {zh: 代码, en: Code}, required: true}
  city: {type: unit, title: {zh: 市, en: City}}
  note: {type: text, title: {zh: 说明文字, en: Note}, max length: 4000}
  a: {type: integer, title: {zh: 甲, en: A}}
  b: {type: decimal, scale: 4, title: {zh: 乙, en: B}}
---
register: firm_year
title: {zh: 年报, en: Year}
parent: firm
period: year
fields:
  v: {type: integer, title: {zh: 数, en: V}}
rules:
  - {name: jump, when: previous != null and v > previous.v * 10, level: explain, say: {zh: 比上年多十倍以上, en: ten times last year}}
"""}
FIRMS = 5000


def lines(path, rows):
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(",".join(map(str, r)) + "\n" for r in rows)


def exported(db, folder, register):
    path = os.path.join(folder, "out.csv")
    good("export", db, register, "-o", path)
    with open(path, encoding="utf-8-sig") as f:
        return [line.rstrip("\r\n").split(",") for line in f]


def walk(engine, db, folder):
    pack = os.path.join(folder, "pack")
    os.makedirs(os.path.join(pack, "registers"), exist_ok=True)
    for name, text in PACK.items():
        with open(os.path.join(pack, name), "w", encoding="utf-8") as f:
            f.write(text)
    good("init", db, "--pack", pack)
    path = os.path.join(folder, "firms.csv")
    firms = {f"F{i:05d}": ["某市", f"第{i}家" + "长" * rnd.randrange(200, 600), rnd.randrange(-10**9, 10**9), rnd.randrange(10**9) / 10**4] for i in range(FIRMS)}
    rows = [[c, *v] for c, v in firms.items()]
    head = ["代码", "市", "说明文字", "甲", "乙"]
    lines(path, [head, *rows])
    with tap(f"{engine}: without room for the temporary file nothing is written"):
        r = run("import", db, "firm", path, env={"TMPDIR": "/proc"})
        assert r.code == 3 and "临时文件" in r.err, (r.code, r.err)
        assert len(exported(db, folder, "firm")) == 1
    with tap(f"{engine}: what was laid aside comes back as it was"):
        good("import", db, "firm", path)
        out = exported(db, folder, "firm")[1:]
        assert len(out) == FIRMS
        for code, _, note, a, b in out:
            assert [note, int(a), float(b)] == [firms[code][1], firms[code][2], firms[code][3]], code
        assert good("import", db, "firm", path, "--json").json()["unchanged"] == FIRMS
    with tap(f"{engine}: a later row of the same key counts, however far away"):
        lines(path, [head] + [[c, "", "改" + c, "", ""] for c in list(firms)[:3]] + rows[100:4900] + [[c, "", "", 77, ""] for c in list(firms)[:3]])
        o = good("import", db, "firm", path, "--json").json()
        assert (o["changed"], o["added"]) == (3, 0) and o["unchanged"] == 4800 + 3, {k: o[k] for k in ("added", "changed", "unchanged", "held", "refused")}
        got = {r[0]: r for r in exported(db, folder, "firm")[1:]}
        for c in list(firms)[:3]:
            assert got[c][2] == "改" + c and got[c][3:] == ["77", ""]
    with tap(f"{engine}: rules see last year's row wherever the file has it"):
        years = {(c, y): rnd.choice([1, 5, 20, 300]) for c in firms for y in (2021, 2022, 2023) if rnd.random() < 0.8}
        order = list(years)
        rnd.shuffle(order)
        lines(path, [["代码", "年度", "数"]] + [[c, y, years[c, y]] for c, y in order])
        wanted = sum(1 for (c, y), v in years.items() if (c, y - 1) in years and v > years[c, y - 1] * 10)
        o = good("import", db, "firm_year", path, "--json").json()
        assert wanted > 100 and o["held"] == wanted and o["added"] == len(years) - wanted and o["refused"] == 0, (wanted, o["held"], o["added"])
        again = run("import", db, "firm_year", path, "--json").json()
        assert again["added"] == 0 and again["changed"] == 0 and again["unchanged"] == o["added"], again["unchanged"]
    with tap(f"{engine}: a file that names an owner nobody knows refuses that row alone"):
        lines(path, [["代码", "年度", "数"], ["F00001", 2019, 1], ["X", 2019, 1]])
        o = good("import", db, "firm_year", path, "--json").json()
        assert (o["added"], o["refused"]) == (1, 1) and o["problems"][0]["row"] == 3, o


with city.temp() as folder:
    for engine, name in city.databases(folder):
        if name is None:
            tap.skip("postgres", "no PostgreSQL here")
            continue
        walk(engine, name("large"), folder)
tap.done()
