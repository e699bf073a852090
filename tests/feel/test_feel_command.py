"""kechuang feel: values to stdout, messages to stderr, exit codes."""
import json, os, subprocess, tempfile

kechuang = os.environ["KECHUANG"]
count = failed = 0


def run(*args, lang="en"):
    p = subprocess.run([kechuang, "--lang", lang, "feel", *args], capture_output=True, text=True, timeout=60)
    return p.returncode, p.stdout, p.stderr


def check(name, ok, seen=None):
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {name}")
    if not ok:
        print("#", seen)


r = run("1 + 2 * 3")
check("a value on stdout", r == (0, "7\n", ""), r)
r = run("--", "-1 + 2")
check("an expression that begins with a minus", r == (0, "1\n", ""), r)
r = run("-2 ** 2")
check("without the two dashes too, when no option could be meant", r == (0, "4\n", ""), r)
r = run("-x")
check("a letter after one dash is an option", r[0] == 2 and r[1] == "", r)
r = run("--json", '{a: [1.50, null, true], d: @"2023-06-30"}')
check("JSON", r[0] == 0 and json.loads(r[1]) == {"a": [1.5, None, True], "d": "2023-06-30"}, r)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "context.json")
    with open(path, "w") as f:
        f.write('{"营业 收入": 12345678901234567890.12, "firms": [{"first name": "甲", "n": 1}, {"first name": "乙", "n": 2}]}')
    r = run("营业 收入 * 2", "--context", path)
    check("names and exact numbers of a context", r == (0, "24691357802469135780.24\n", ""), r)
    r = run("firms[n > 1].first name", "--context", path)
    check("entries of several words", r == (0, '["乙"]\n', ""), r)
    with open(path, "w") as f:
        f.write('{"a": 1,\n "a": 2}')
    r = run("a", "--context", path)
    check("a context that is not JSON", r[0] == 1 and r[1] == "" and path + ":2:2" in r[2], r)
    with open(path, "w") as f:
        f.write("[1]")
    r = run("a", "--context", path)
    check("a context that is no object", r[0] == 1 and "expected a JSON object" in r[2], r)
    with open(path, "w") as f:
        f.write('{"1a": 1}')
    r = run("1", "--context", path)
    check("a key that is no name", r[0] == 1 and '"1a" is not a FEEL name' in r[2], r)
r = run("1", "--context", "/nonexistent/x.json")
check("a missing file", r[0] in (1, 3) and r[1] == "" and "/nonexistent/x.json" in r[2], r)
r = run("1 +")
check("a mistake with its place", r[0] == 1 and r[1] == "" and "1:4: error: the expression ends here" in r[2], r)
r = run("1 +", lang="zh")
check("a mistake in Chinese", r[0] == 1 and "表达式没有写完" in r[2], r)
r = run("1 / 0")
check("null and a warning", r[0] == 0 and r[1] == "null\n" and "division by zero" in r[2], r)
r = run("nope + 1")
check("an unknown name is null and a warning", r[0] == 0 and r[1] == "null\n" and 'unknown name "nope"' in r[2], r)
r = run("{f: function(n) f(n + 1), r: f(0)}.r")
check("recursion without end is stopped", r[0] == 1 and r[1] == "" and "stopped" in r[2], r)
r = run("for i in 1..1000000000000 return i")
check("a list without end is stopped", r[0] == 1 and r[1] == "" and "stopped" in r[2], r)
r = run("a > 1", "--code")
check("the program", r[0] == 0 and "CONST 1\n" in r[1] and r[1].endswith("RETURN\n"), r)
r = run()
check("no expression is wrong usage", r[0] == 2 and r[1] == "", r)
r = run("1", "2")
check("two expressions are wrong usage", r[0] == 2 and r[1] == "", r)
r = run("1", "--nope")
check("an unknown option is wrong usage", r[0] == 2 and r[1] == "", r)
print(f"1..{count}")
