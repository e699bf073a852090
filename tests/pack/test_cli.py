#!/usr/bin/env python3
"""kechuang check and kechuang pack check, as a person runs them."""
import json, os, shutil, subprocess, sys, tempfile

root = os.environ.get("KECHUANG_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
kechuang = os.environ.get("KECHUANG") or os.path.join(root, "build-test", "kechuang")
n = failed = 0


def check(good, name, detail=""):
    global n, failed
    n += 1
    failed += not good
    print("ok" if good else "not ok", n, "-", name)
    if not good:
        print("\n".join("# " + line for line in str(detail).splitlines()))


def run(*args, given=None):
    p = subprocess.run([kechuang, *args], capture_output=True, text=True, input=given,
                       env=dict(os.environ, KECHUANG_LANG="en"))
    return p.returncode, p.stdout, p.stderr


r = run("check", "uscc", "91350100M000100Y43")
check(r[:2] == (0, "91350100M000100Y43 ok\n"), "a good code", r)
r = run("check", "uscc", "91350100M000100Y43", "91350100M000100Y44")
check(r[0] == 1 and r[1].splitlines()[1] == "91350100M000100Y44 bad the check character is wrong (GB 32100)", "a bad one among them", r)
r = run("check", "patent", given="201710601862.3\r\n\nx\n")
check(r[0] == 1 and r[1].splitlines() == ["201710601862.3 ok", " bad is empty",
      "x bad must be 12 digits (8 before October 2003), a point and a check character"], "a line out for every line in", r)
r = run("check", "person", given="\ufeff11010519491231002X")
check(r[0] == 0, "a byte-order mark and no line break at the end", r)
r = run("check", "luck", "7")
check(r[0] == 2 and "no such kind of code" in r[2] and "usage:" in r[2], "an unknown kind is wrong usage", r)
r = run("check")
check(r[0] == 2, "no kind is wrong usage", r)

for pack in ("city", "listed", "rules"):
    r = run("pack", "check", os.path.join(root, "packs", pack))
    check(r[0] == 0 and r[1].endswith("passed\n") and r[2] == "", f"packs/{pack} passes", r)
r = run("pack", "check", os.path.join(root, "packs", "city"), "--json")
summary = json.loads(r[1])
check(r[0] == 0 and summary["passed"] and summary["cases_failed"] == 0 and summary["rules"] == summary["rules_hit"] and
      summary["messages"] == [], "the same as JSON", r)
r = run("pack", "check", "/nonexistent")
check(r[0] == 1 and r[1] == "" and "/nonexistent" in r[2], "no such folder", r)
r = run("pack", "check", os.path.join(root, "docs"))
check(r[0] == 1 and "is no pack" in r[2], "a folder that is no pack", r)
r = run("pack", "check")
check(r[0] == 2, "no folder given is wrong usage", r)

with tempfile.TemporaryDirectory() as folder:
    city = os.path.join(folder, "city")
    shutil.copytree(os.path.join(root, "packs", "city"), city)

    def spoil(path, old, new):
        path = os.path.join(city, path)
        text = open(path, encoding="utf-8").read()
        assert old in text, (path, old)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))
        return text[:text.index(old)].count("\n") + 1

    lines = {
        "registers/enterprise.yaml": spoil("registers/enterprise.yaml", "when: rd_expense > revenue", "when: rd_expense > revenu"),
        "indicators/rates.yaml": spoil("indicators/rates.yaml", "formula: industrial_rd /", "formula: industrial_rdd /"),
        "policies/hnte_award.yaml": spoil("policies/hnte_award.yaml", "decision: 奖励金额", "decison: 奖励金额"),
    }
    r = run("pack", "check", city)
    places = all(f"{path}:{line}:" in r[2] for path, line in lines.items())
    check(r[0] == 1 and places and "^" in r[2] and 'did you mean "revenue"' in r[2], "several mistakes at once, each with its place and a caret", r)
    r = run("pack", "check", city, "--json")
    told = json.loads(r[1])
    check(r[0] == 1 and not told["passed"] and {m["file"] for m in told["messages"]} >= set(lines), "the same as JSON", r)

    shutil.rmtree(city)
    shutil.copytree(os.path.join(root, "packs", "city"), city)
    spoil("cases/hnte_award.yaml", "{case: 新认定, given: {recognised: 1}, expect: {amount: 20万元", "{case: 新认定, given: {recognised: 1}, expect: {amount: 21万元")
    r = run("pack", "check", city)
    check(r[0] == 1 and "should be 210000元" in r[2] and "is 200000元" in r[2] and "1 failed" in r[1], "a case that fails", r)
    os.remove(os.path.join(city, "cases", "hnte_award.yaml"))
    r = run("pack", "check", city)
    check(r[0] == 1 and 'the policy "hnte_award" has no cases' in r[2], "a policy without cases", r)
    shutil.rmtree(city)
    shutil.copytree(os.path.join(root, "packs", "city"), city)
    model = "policies/rd_post_subsidy.dmn"
    spoil(model, '<output id="d_sme_o1" name="金额" typeRef="number"/>',
          '<output id="d_sme_o1" name="金额" typeRef="number"><defaultOutputEntry><text>5</text></defaultOutputEntry></output>')
    r = run("pack", "check", city)
    check(r[0] == 1 and "no case comes to its default output" in r[2] and r[2].count("error") == 1, "a default output no case comes to", r)
    rule = lambda when, out: "<rule>" + "".join(f"<{k}Entry><text>{t}</text></{k}Entry>" for k, t in [("input", when)] + [("output", o) for o in out]) + "</rule>"
    text = open(os.path.join(root, "packs", "city", model), encoding="utf-8").read()
    at = text.index("</decisionTable>", text.index('name="科技型中小企业补助"'))
    for name, changed, words in (
            ("a cell no case hits", text[:at].replace("&gt;= 1</text>", "[1..5]</text>") + rule("&gt; 5", ("1", '"x"', '"y"')) + text[at:], "no case hits rule 3"),
            ("an output the hit policy never takes", text[:at].replace(
                '<output id="d_sme_o3" name="basis" typeRef="string"/>',
                '<output id="d_sme_o3" name="basis" typeRef="string"><outputValues><text>"a","b"</text></outputValues></output>').replace(
                    '<decisionTable id="d_sme_table" hitPolicy="UNIQUE"', '<decisionTable id="d_sme_table" hitPolicy="PRIORITY"').replace(
                        '"small technology enterprise: a share of its R&amp;D expense"', '"a"').replace(
                            '"no valid small-technology status in the year"', '"b"') + rule("&gt;= 1", ("1", '"x"', '"b"')) + text[at:],
             "no case takes the output of rule 3")):
        assert changed != text
        with open(os.path.join(city, model), "w", encoding="utf-8") as f:
            f.write(changed)
        r = run("pack", "check", city)
        check(r[0] == 1 and words in r[2], name, r)
    with open(os.path.join(city, "notes.txt"), "w") as f:
        f.write("x")
    os.remove(os.path.join(city, "map.geojson"))
    r = run("pack", "check", city)
    check("notes.txt" in r[2] and "left out" in r[2] and r[2].count("map.geojson has no feature") == 8, "a stray file, a lost map", r)

print(f"1..{n}")
sys.exit(1 if failed else 0)
