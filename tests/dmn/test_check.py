"""kechuang dmn check: what it finds, in words and rule numbers; and what it must not find."""
import os, subprocess, sys, tempfile

sys.path.insert(0, os.path.join(os.environ["KECHUANG_ROOT"], "tests", "dmn"))
from dmn_xml import decision, input_data, item, literal, model, table

count = failures = 0
folder = tempfile.TemporaryDirectory()


def check(name, xml, code, has=(), hasnt=(), lang="en", strict=True):
    global count, failures
    path = os.path.join(folder.name, "m.dmn")
    with open(path, "w", encoding="utf-8") as f:
        f.write(xml)
    p = subprocess.run([os.environ["KECHUANG"], "--lang", lang, "dmn", "check", path] + ["--strict"] * strict, capture_output=True, text=True)
    said = p.stdout + p.stderr
    wrong = [w for w in has if w not in said] + ["not: " + w for w in hasnt if w in said]
    good = p.returncode == code and not wrong
    count += 1
    failures += not good
    print("ok" if good else "not ok", count, "-", name)
    if not good:
        print("#", f"exit {p.returncode}, wanted {code}; {wrong}\n{said}".replace("\n", "\n# "))


def one(logic, **types):
    parts = [input_data(n, t) for n, t in types.items()]
    return model(*parts, decision("result", logic, needs=types))


CLEAN = ["0 errors, 0 warnings"]
GAP = one(table("UNIQUE", ["x"], [["< 10", "1"], ["> 10", "2"]]), x="number")
check("a warning is told and passes", GAP, 0, ["warning: ", "0 errors, 1 warnings"], strict=False)
check("strict: a warning does not pass", GAP, 1, ["warning: ", "0 errors, 1 warnings"])
check("an error never passes", one(table("UNIQUE", ["x"], [["<= 10", "1"], [">= 10", "2"]]), x="number"), 1, ["1 errors"], strict=False)
check("a complete table is clean", one(table("UNIQUE", ["x"], [["< 10", "1"], ["[10..20]", "2"], ["> 20", "3"]]), x="number"), 0, CLEAN)
check("a gap between two numbers", one(table("UNIQUE", ["x"], [["< 10", "1"], ["> 10", "2"]]), x="number"), 1,
      ["gap", "no rule applies to: x: 10", "1 warnings"])
check("gaps at both ends", one(table("UNIQUE", ["x"], [["[0..5)", "1"], ["[5..9]", "2"]]), x="number"), 1, ["x: < 0 or > 9"])
check("a default leaves no gap", one(table("UNIQUE", ["x"], [["< 10", "1"]], default="0"), x="number"), 0, CLEAN)
check("a gap of a collecting table is a note", one(table("COLLECT", ["x"], [["< 10", "1"]]), x="number"), 0, ["note: ", "x: >= 10"])
check("a gap in two dimensions", one(table("UNIQUE", ["x", "s"], [["< 10", "-", "1"], [">= 10", '"a"', "2"]]), x="number", s="string"), 1,
      ["x: >= 10; s: any other value"])
check("truth has two values", one(table("UNIQUE", ["t"], [["true", "1"]]), t="boolean"), 1, ["t: false"])
check("truth complete", one(table("UNIQUE", ["t"], [["true", "1"], ["false", "2"]]), t="boolean"), 0, CLEAN)
check("days that follow each other leave no gap",
      one(table("UNIQUE", ["d"], [['<= date("2023-06-30")', "1"], ['>= date("2023-07-01")', "2"]]), d="date"), 0, CLEAN)
check("a day that is missing", one(table("UNIQUE", ["d"], [['<= date("2023-06-29")', "1"], ['>= date("2023-07-01")', "2"]]), d="date"), 1,
      ['@"2023-06-30"'])
check("allowed values bound the column",
      model(item("tG", "string", '"A", "B"'), input_data("g", "tG"),
            decision("d", table("UNIQUE", ["g"], [['"A"', "1"], ['"B"', "2"]]), needs=["g"])), 0, CLEAN)
check("an allowed value without a rule",
      model(item("tG", "string", '"A", "B", "C"'), input_data("g", "tG"),
            decision("d", table("UNIQUE", ["g"], [['"A"', "1"], ['"B"', "2"]], types=["tG"]), needs=["g"])), 1, ['g: "C"'])
check("one expression in two columns is one dimension",
      one(table("UNIQUE", ["x", "x"], [["< 10", "-", "1"], [">= 10", "< 20", "2"], ["-", ">= 20", "3"]]), x="number"), 0, CLEAN)

check("an overlap against UNIQUE", one(table("UNIQUE", ["x"], [["<= 10", "1"], [">= 10", "2"]]), x="number"), 1,
      ["rules 1 and 2 overlap against hit policy UNIQUE", "where: x: 10", "1 errors"])
check("an overlap that FIRST allows", one(table("FIRST", ["x"], [["<= 10", "1"], [">= 10", "2"]]), x="number"), 0, CLEAN)
check("ANY with different outputs", one(table("ANY", ["x"], [["<= 10", "1"], [">= 10", "2"]]), x="number"), 1, ["overlap against hit policy ANY"])
check("ANY with the same output", one(table("ANY", ["x"], [["<= 10", "1"], [">= 10", "1.0"]]), x="number"), 0, CLEAN)
check("rules with variables are not accused",
      one(table("UNIQUE", ["x"], [["<= y", "1"], ["> y", "2"]]), x="number", y="number"), 0, hasnt=["overlap", "gap", "never"])
check("not() is understood", one(table("UNIQUE", ["s"], [['"a"', "1"], ['not("a")', "2"]]), s="string"), 0, CLEAN)
check("lists of values", one(table("UNIQUE", ["s"], [['"a", "b"', "1"], ['"b", "c"', "2"], ['not("a", "b", "c")', "3"]]), s="string"), 1,
      ['rules 1 and 2 overlap', 's: "b"'])

check("a condition nothing meets", one(table("UNIQUE", ["x"], [["[10..5]", "1"], ["-", "2"]]), x="number"), 1, ["rule 1 can never fire"])
check("a condition outside the allowed values",
      model(item("tG", "string", '"A", "B"'), input_data("g", "tG"),
            decision("d", table("FIRST", ["g"], [['"C"', "1"], ["-", "2"]]), needs=["g"])), 1, ["rule 1 can never fire"])
check("masked by one earlier rule", one(table("FIRST", ["x"], [["< 10", "1"], ["< 5", "2"], ["-", "3"]]), x="number"), 1,
      ["rule 2 can never fire, it is masked by rule 1"])
check("masked by two earlier rules together",
      one(table("FIRST", ["x"], [["< 10", "1"], [">= 10", "2"], ["[5..15]", "3"]]), x="number"), 1, ["rule 3 can never fire, it is masked by rule 1, 2"])
check("masked by priority", one(table("PRIORITY", ["x"], [["< 5", "1"], ["< 10", "2"], [">= 10", "1"]], values="2, 1"), x="number"), 1,
      ["rule 1 can never fire, it is masked by rule 2"])
check("redundant under ANY", one(table("ANY", ["x"], [["< 10", "1"], ["< 5", "1"], [">= 10", "2"]]), x="number"), 1, ["rule 2 is redundant"])

check("an unknown name", one(literal("x + z"), x="number"), 1, ["z", "m.dmn:4:30", "1 errors"])
check("a type that cannot be", one(literal('x + "a"'), x="number"), 1, ["1 errors"])
check("a syntax error has its place", one(literal("x + "), x="number"), 1, ["error", "^"])
check("a result outside the declared type", model(input_data("x", "number"), decision("d", literal("x * 2"), needs=["x"], type="string")), 1, ["1 errors"])
check("a type nobody defined", model(input_data("x", "tNo"), decision("d", literal("x"), needs=["x"])), 1, ['no type "tNo"'])
check("a requirement that points nowhere", model(decision("d", literal("1"), needs=["nobody"])), 1, ['no element "#nobody"'])
check("an unused requirement is a note", one(literal("1"), x="number"), 0, ['requires "x" and does not use it'])
check("circular requirements", model(decision("a", literal("b"), decisions=["b"]), decision("b", literal("a"), decisions=["a"])), 1,
      ["circular requirements"])
check("a rule with a cell too few", one(table("UNIQUE", ["x"], [["1"]]), x="number"), 1, ["rule 1 has 1 conditions and 0 outputs"])
check("the same name twice", model(decision("a", literal("1")), decision("a", literal("2"))), 1, ["used twice"])
check("not a model", "<a/>", 1, ["its root is <a>"])
check("in Chinese", one(table("UNIQUE", ["x"], [["<= 10", "1"], [">= 10", "2"]]), x="number"), 1, ["规则 1 与规则 2 重叠", "1 个错误，0 个警告"], lang="zh")

# A large table stays within its time: 2,000 rules, 4 columns.
big = [[f"[{i}..{i + 1})", f'"{i % 7}"', "-" if i % 3 else "< 5", "true" if i % 2 else "-", str(i)] for i in range(2000)]
check("a large table", one(table("UNIQUE", ["a", "b", "c", "t"], big), a="number", b="string", c="number", t="boolean"), 1, ["more gaps"])

print(f"1..{count}")
sys.exit(1 if failures else 0)
