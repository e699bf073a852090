"""What-ifs over decision tables: single cells, rules added, removed and moved, whole tables as CSV and JSON, a whole model.
What a what-if says is what a run says once the pack has that table; what is wrong is told by rule, column and character;
nothing is written."""
import glob
import json
import os
import shutil

import city
from city import good, run

tap = city.Tap()
YEAR = "2023"
POLICY = "rd_post_subsidy"


def whatif(db, *args):
    return good("policy", "whatif", db, POLICY, "--year", YEAR, *args, "--json").json()


def refused(db, *args):
    r = run("policy", "whatif", db, POLICY, "--year", YEAR, *args)
    assert r.code in (1, 2), f"exit {r.code}: {args}\n{r.out}{r.err}"
    return r.err


def sums(result):
    """What one would ask of a what-if: totals, and every county's."""
    return result["after"], {u["unit"]: u["after"] for u in result["by_unit"] if u["after"]["eligible"] or u["after"]["fen"]}


def truth(folder, base, change):
    """The same change made in the pack, and a run."""
    pack, db = os.path.join(folder, "pack"), os.path.join(folder, "other.db")
    shutil.rmtree(pack, ignore_errors=True)
    shutil.copytree(os.path.join(city.ROOT, "packs", "city"), pack)
    shutil.copy(base, db)
    file = os.path.join(pack, "policies", POLICY + ".dmn")
    text = open(file, encoding="utf-8").read()
    changed = change(text)
    assert changed != text
    open(file, "w", encoding="utf-8").write(changed)
    good("init", db, "--pack", pack)
    out = good("policy", "run", db, "--year", YEAR, "--json").json()["run"]
    p = next(p for p in out["policies"] if p["policy"] == POLICY)
    return p["sum"], {u["unit"]: u["sum"] for u in p["by_unit"] if u["sum"]["eligible"] or u["sum"]["fen"]}


def replace(old, new):
    def change(text):
        assert text.count(old) == 1, old
        return text.replace(old, new)
    return change


with city.temp() as folder:
    db = os.path.join(folder, "city.db")
    good("demo", db, "--enterprises", 250, "--years", 3)
    good("user", "add", db, "wang", "--role", "county_officer", "--unit", "980121", stdin=b"a long password 1\n")
    with tap("every no of every policy names the figure that failed and what is asked for, every unknown the titles of what is missing"):
        names = [os.path.basename(p)[:-5] for p in glob.glob(os.path.join(city.ROOT, "packs", "city", "policies", "**", "*.yaml"), recursive=True) if ".cases" not in p]
        rows = good("policy", "run", db, *names, "--year", YEAR, "--json").json()["entitlements"]
        assert {r["policy"] for r in rows} == set(names) and len(names) >= 11
        city.said_why(rows)
    events = good("verify", db, "--json").json()["events"]
    tables = good("policy", "table", db, POLICY, "--json").json()["tables"]

    with tap("tables are shown and come back the same as CSV, JSON and DMN"):
        assert [t["name"] for t in tables] == ["规上工业企业补助", "科技型中小企业补助"], tables
        assert tables[0]["rules"][0]["cells"][:3] == ['"B","C","D"', ">= scale_line", "> threshold"]
        assert [c["title"] for c in tables[0]["columns"]] == ["行业门类", "营业收入", "研发投入强度", "金额", "依据", "basis"]
        assert [c["output"] for c in tables[0]["columns"]] == [False] * 3 + [True] * 3
        files = []
        for n in (1, 2):
            files.append(os.path.join(folder, f"t{n}.csv"))
            good("policy", "table", db, POLICY, "--table", n, "-o", files[-1])
        same = whatif(db, "--table", "1=" + files[0], "--table", "2=" + files[1])
        assert same["changes"] == [] and same["winners"] == same["losers"] == 0 and same["before"] == same["after"]
        file = os.path.join(folder, "t.json")
        json.dump({"tables": tables}, open(file, "w"))
        assert whatif(db, "--table", file)["changes"] == []
        model = os.path.join(folder, "m.dmn")
        good("policy", "table", db, POLICY, "-o", model)
        assert open(model, "rb").read() == open(os.path.join(city.ROOT, "packs/city/policies", POLICY + ".dmn"), "rb").read()
        assert whatif(db, "--model", model)["changes"] == []
        good("policy", "table", db, POLICY, "--table", 2, "-o", os.path.join(folder, "t.xlsx"))
        assert open(os.path.join(folder, "t.xlsx"), "rb").read(2) == b"PK"
        assert run("policy", "table", db, POLICY, "--table", 9, "-o", files[0]).code == 1

    with tap("a changed cell says what a run of the changed pack says, by county too"):
        w = whatif(db, "--cell", "1/1:金额=150000")
        assert w["changes"] == [{"change": "cell", "table": 1, "rule": 1, "column": 4,
                                 "before": "min(rate * (rd - threshold * revenue), cap)", "after": "150000"}], w["changes"]
        assert w["winners"] > 0 and w["losers"] > 0
        assert sums(w) == truth(folder, db, replace("min(rate * (rd - threshold * revenue), cap)", "150000"))
        for part in [w["by_unit"]] + [f["groups"] for f in w["by_field"]]:
            assert sum(g["after"]["fen"] for g in part) == w["after"]["fen"]
            assert sum(g["winners"] for g in part) == w["winners"] and sum(g["losers"] for g in part) == w["losers"]

    with tap("rules added, removed and moved; numbers are those of the table in force"):
        edits = ["--cell", "1/1:1=\"C\"", "--remove", "1/4", "--add", '1/3=not("B","C","D")|-|-|1000|"其他行业"|"other"',
                 "--add", '1/1="B","D"|>= scale_line|> threshold|5000|"采矿、电力"|"mining, power"', "--move", "1/3:0"]
        w = whatif(db, *edits)

        def change(text):
            text = text.replace('<inputEntry id="d_scale_r1_i1"><text>"B","C","D"</text>', '<inputEntry id="d_scale_r1_i1"><text>"C"</text>')
            begin, end = text.index('<rule id="d_scale_r4">'), text.index("</decisionTable>")
            rule = "".join(f"<inputEntry><text>{i}</text></inputEntry>" for i in ('"B","D"', "&gt;= scale_line", "&gt; threshold"))
            rule += "".join(f"<outputEntry><text>{o}</text></outputEntry>" for o in ("5000", '"采矿、电力"', '"mining, power"'))
            last = "".join(f"<inputEntry><text>{i}</text></inputEntry>" for i in ('not("B","C","D")', "-", "-"))
            last += "".join(f"<outputEntry><text>{o}</text></outputEntry>" for o in ("1000", '"其他行业"', '"other"'))
            return text[:begin] + f"<rule>{rule}</rule><rule>{last}</rule>" + text[end:]
        assert sums(w) == truth(folder, db, change)
        assert [c["change"] for c in w["changes"]].count("moved") >= 1, w["changes"]
        moved = whatif(db, "--move", "1/3:0")
        assert moved["before"] == moved["after"] and {c["change"] for c in moved["changes"]} == {"moved"}

    with tap("a whole table from a spreadsheet, as it saves one"):
        rows = open(files[1], encoding="utf-8-sig").read()
        changed = os.path.join(folder, "changed.csv")
        # Excel writes back what the guard showed without its quotes, and a Chinese office a GBK file is not asked for here.
        open(changed, "w", encoding="utf-8").write(rows.replace("1,>= 1,\"min(sme_rate * rd, sme_cap)\"", "1,'>= 1,'88888"))
        w = whatif(db, "--table", "2=" + changed)
        assert [(c["column"], c["after"]) for c in w["changes"]] == [(2, "88888")], w["changes"]
        assert sums(w) == truth(folder, db, replace("min(sme_rate * rd, sme_cap)", "88888"))
        open(changed, "w", encoding="utf-8").write(rows.replace("金额", "款额"))
        assert "第 3 列应为“金额”" in refused(db, "--table", "2=" + changed)
        open(changed, "w", encoding="utf-8").write(rows.replace("\n1,", "\n7,"))
        assert "没有规则“7”" in refused(db, "--table", "2=" + changed)

    with tap("a whole model"):
        text = open(model, encoding="utf-8").read()
        other = os.path.join(folder, "other.dmn")
        change = replace("min(sme_rate * rd, sme_cap)", "min(sme_rate * rd / 2, sme_cap)")
        open(other, "w", encoding="utf-8").write(change(text))
        assert sums(whatif(db, "--model", other)) == truth(folder, db, change)
        for bad, words in [(text.replace('name="补助金额"', 'name="别的"'), "没有决策“补助金额”"),
                           (text.replace('name="rd"', 'name="outlay"').replace(" rd", " outlay").replace("(rd", "(outlay"), "没有这个输入或参数"),
                           (text.replace("</definitions>", ""), "没有结束"), ("这不是模型", "根元素")]:
            open(other, "w", encoding="utf-8").write(bad)
            err = refused(db, "--model", other)
            assert words in err and "错误" in err, err
        assert "不能再改表" in refused(db, "--model", model, "--cell", "1/1:1=1")

    with tap("what is wrong is told by rule, column and character"):
        err = refused(db, "--cell", "1/2:研发投入强度=<= threshold +")
        assert "规上工业企业补助!R2C3" in err and "规则 2，列“研发投入强度”，第 15 个字符" in err, err
        err = refused(db, "--cell", "1/1:金额=rate * outlay", "--cell", "2/2:金额=")
        assert "!R1C4" in err and "第 8 个字符" in err and "outlay" in err, err
        err = refused(db, "--cell", "2/1:1=[1..")
        assert "科技型中小企业补助!R1C1" in err, err
        err = refused(db, "--add", '2/2=[0..5]|1|"x"|"y"')
        assert "规则 2 与规则 3 重叠" in err and "UNIQUE" in err and "!R3" in err, err
        err = refused(db, "--add", "2/2=[0..5]|1")
        assert "规则 3 有 2 格，而表有 4 列" in err, err
        for args, words in [(["--cell", "1/9:1=1"], "没有规则 9"), (["--cell", "1/1:营业额=1"], "没有列“营业额”"),
                            (["--cell", "1:1=1"], "请指明是第几张"), (["--remove", "3/1"], "没有决策表 3"), (["--cell", "1"], "--cell 应为"),
                            (["--cell", "1/1:1=1", "--table", "1=" + files[0]], "不能再逐格修改"), (["--move", "1/1"], "--move 应为")]:
            assert words in refused(db, *args), (args, words)

    with tap("gaps are told, and whom they leave without an answer"):
        r = good("policy", "whatif", db, POLICY, "--year", YEAR, "--cell", "2/1:1=>= 2")
        assert "有缺口" in r.err and "科技型中小企业资格：[1..2)" in r.err, r.err
        assert "个对象得不到答案" in r.err and "现行规则下有 0 个" in r.err, r.err
        w = whatif(db, "--cell", "2/1:1=>= 2")
        assert {m["severity"] for m in w["messages"]} == {"warning"} and w["messages"][0]["file"] == "科技型中小企业补助"

    with tap("parameters and tables together; groups follow; nothing is written"):
        both = whatif(db, "--set", "sme_rate=0.2", "--cell", "1/1:金额=0")
        alone = whatif(db, "--cell", "1/1:金额=0")
        assert both["after"]["fen"] > alone["after"]["fen"]
        assert {f["field"] for f in both["by_field"]} >= {"industry", "size"} and {u["unit"] for u in both["by_unit"]} >= {"980121", "980122"}
        assert whatif(db, "--set", "sme_rate=20%")["after"] == whatif(db, "--set", "sme_rate=0.2")["after"]
        assert whatif(db, "--set", "cap=300万元")["after"] == whatif(db, "--set", "cap=3000000")["after"]
        assert "小于零" in refused(db, "--set", "sme_rate=-1") and "不是数字" in refused(db, "--set", "sme_rate=x")
        assert good("verify", db, "--json").json()["events"] == events

    with tap("what-ifs are the city's: a county is refused; tables may be read"):
        assert run("policy", "whatif", db, POLICY, "--year", YEAR, "--cell", "1/1:4=1", "--as", "wang").code == 1
        good("policy", "table", db, POLICY, "--as", "wang")

tap.done()
