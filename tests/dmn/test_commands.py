"""kechuang dmn eval and batch, and every example of docs/dmn.md as it is printed there."""
import csv, json, os, re, shlex, shutil, subprocess, sys, tempfile, time

root = os.environ["KECHUANG_ROOT"]
sys.path.insert(0, os.path.join(root, "tests", "dmn"))
from dmn_xml import decision, input_data, literal, model, table

count = failures = 0
folder = tempfile.TemporaryDirectory()
subsidy = os.path.join(root, "bench", "dmn", "rd_subsidy.dmn")


def ok(condition, name, detail=""):
    global count, failures
    count += 1
    failures += not condition
    print("ok" if condition else "not ok", count, "-", name)
    if not condition:
        print("#", str(detail).replace("\n", "\n# "))


def put(name, text):
    path = os.path.join(folder.name, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def run(*args, lang="en", stdin=None):
    p = subprocess.run([os.environ["KECHUANG"], "--lang", lang, *args], capture_output=True, text=True, input=stdin)
    return p.returncode, p.stdout, p.stderr


# ---- eval
good = put("in.json", '{"企业规模": "规上", "营业收入": 123456789.01, "研发费用": 5000000.55}')
code, out, err = run("dmn", "eval", subsidy, "--decision", "补助金额", "--input", good)
ok((code, out) == (0, "253086.48\n"), "a value", out + err)
code, out, err = run("dmn", "eval", subsidy, "--decision", "补助金额", "--input", "-", stdin=open(good, encoding="utf-8").read())
ok((code, out) == (0, "253086.48\n"), "from standard input", out + err)
code, out, err = run("dmn", "eval", subsidy, "--decision", "补助金额", "--input", good, "--json", "--explain")
j = json.loads(out)
ok(j["result"] == 253086.48 and j["decision"] == "补助金额", "as JSON", out)


def nodes(n):
    yield n
    for c in n.get("children", []):
        yield from nodes(c)


rules = [n for t in j["explanation"]["trace"] for n in nodes(t) if n["kind"] == "rule"]
ok([r["state"] for r in rules] == ["failed", "fired", "failed", "failed", "failed", "failed"], "which rules fired", rules)
ok(rules[0]["column_name"] == "超出额" and rules[0]["cell"] == "<= 0" and rules[0]["cell_value"] == 2530864.7698 and rules[1]["annotation"],
   "the first failing cell with its value", rules[0])
code, out, err = run("dmn", "eval", subsidy, "--decision", "没有", "--input", good)
ok(code == 1 and "补助金额" in err, "a decision that is not there", err)
code, out, err = run("dmn", "eval", subsidy, "--input", good)
ok(code == 2 and "--decision" in err, "no decision named", err)
code, out, err = run("dmn", "eval", subsidy, "--decision", "补助金额", "--input", put("bad.json", "[1]"))
ok(code == 1 and "JSON object" in err, "an input that is no object", err)
code, out, err = run("dmn", "eval", os.path.join(folder.name, "nowhere.dmn"), "--decision", "x")
ok(code == 1 and "nowhere.dmn" in err, "a model that is not there", (code, err))
code, out, err = run("dmn", "eval", subsidy, "--decision", "补助金额", "--input", put("exact.json", '{"企业规模": "科技型中小", "营业收入": 1, "研发费用": 0.10}'))
ok(out == "0.02\n", "0.10 * 0.15 is 0.015, half up 0.02", out + err)
dates = put("dates.dmn", model(input_data("d", "date"), decision("y", literal("d.year + 1"), needs=["d"])))
code, out, err = run("dmn", "eval", dates, "--decision", "y", "--input", put("d.json", '{"d": "2023-06-30"}'))
ok(out == "2024\n", "a string is a date where the model says so", out + err)
endless = put("endless.dmn", model('<businessKnowledgeModel id="f" name="f"><variable name="f"/><encapsulatedLogic><formalParameter name="n"/>'
                                   + literal("if n < 2 then n else f(n - 1) + f(n - 2)") + "</encapsulatedLogic></businessKnowledgeModel>",
                                   '<decision id="d" name="d"><variable name="d"/><knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>'
                                   + literal("f(80)") + "</decision>"))
start = time.monotonic()
code, out, err = run("dmn", "eval", endless, "--decision", "d", "--timeout", "1")
ok(code == 1 and time.monotonic() - start < 60 and err, "stopped by the time limit", (code, err))

# ---- batch
rows = "名称,企业规模,营业收入,研发费用\n甲,规上,123456789.01,5000000.55\n乙,科技型中小,100,20.05\n丙,其他,,\n\"=1+1\",规上,100.00,2.01\n"
out_csv = os.path.join(folder.name, "out.csv")
code, out, err = run("dmn", "batch", subsidy, "--decision", "补助金额", "--input", put("rows.csv", rows), "-o", out_csv)
with open(out_csv, encoding="utf-8", newline="") as f:
    table_out = list(csv.reader(f))
ok(code == 0 and [r[4] for r in table_out] == ["补助金额", "253086.48", "3.01", "0", "0"], "a result a row", (err, table_out))
ok(table_out[4][0] == "'=1+1", "a cell that a spreadsheet would run is guarded", table_out)
code, out, err = run("dmn", "batch", subsidy, "--decision", "补助金额", "--input", put("gbk.csv", ""), "-o", out_csv)
ok(code == 1 and "empty" in err, "an empty file", err)
with open(os.path.join(folder.name, "gbk.csv"), "wb") as f:
    f.write(rows.encode("gb18030"))
code, out, err = run("dmn", "batch", subsidy, "--decision", "补助金额", "--input", os.path.join(folder.name, "gbk.csv"))
ok(code == 0 and "253086.48" in out, "GB18030 is read as it is", err)
os.remove(out_csv)
code, out, err = run("dmn", "batch", subsidy, "--decision", "补助金额", "--input", put("bad.csv", "企业规模,营业收入,研发费用\n规上,1,2\n规上,12x,5\n"), "-o", out_csv)
ok(code == 1 and "bad.csv:3" in err and "12x" in err and not os.path.exists(out_csv), "a bad cell is named and nothing written", err)
two = put("two.dmn", model(input_data("x", "number"), decision("d", table("UNIQUE", ["x"], [["< 0", '"a"', "x"], [">= 0", '"b"', "-x"]], outputs=2), needs=["x"])))
code, out, err = run("dmn", "batch", two, "--decision", "d", "--input", put("x.csv", "x\n1\n-2\n\n3\n"))
ok(out == "x,d.o0,d.o1\n1,b,-1\n-2,a,-2\n3,b,-3\n", "a column an output", out + err)

# ---- the kit's runner
code, out, err = run("dmn", "test", os.path.join(root, "tests", "dmn", "kit"))
ok(code == 1 and out.splitlines()[-1] == "3 passed, 6 failed", "failures are counted", out)
code, out, err = run("dmn", "test", os.path.join(folder.name, "nothing"))
ok(code == 1 and "no such file" in err, "a path that is not there", err)

# ---- the manual: every ```console block, line for line
shutil.copy(subsidy, folder.name)
manual = open(os.path.join(root, "docs", "dmn.md"), encoding="utf-8").read()
for name, text in re.findall(r"^```\w+ file=(\S+)\n(.*?)^```", manual, re.S | re.M):
    put(name, text)
for block in re.findall(r"^```console\n(.*?)^```", manual, re.S | re.M):
    for command, wanted in re.findall(r"^\$ (.*?)\n((?:(?!\$ ).*\n)*)", block, re.M):
        words = shlex.split(command)
        assert words[0] == "kechuang", command
        p = subprocess.run([os.environ["KECHUANG"], *words[1:]], capture_output=True, text=True, cwd=folder.name,
                           env=dict(os.environ, KECHUANG_LANG="en"))
        ok(p.stdout + p.stderr == wanted, "manual: " + command, p.stdout + p.stderr)

print(f"1..{count}")
sys.exit(1 if failures else 0)
