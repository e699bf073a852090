#!/usr/bin/env python3
"""docs/pack.md: its examples make a good pack, and its keys are those of src/pack/schema.c."""
import os, re, subprocess, sys, tempfile

root = os.environ.get("KECHUANG_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
kechuang = os.environ.get("KECHUANG") or os.path.join(root, "build-test", "kechuang")
manual = open(os.path.join(root, "docs/pack.md"), encoding="utf-8").read()
n = failed = 0


def check(good, name, detail=""):
    global n, failed
    n += 1
    failed += not good
    print("ok" if good else "not ok", n, "-", name)
    if not good and detail:
        print("\n".join("# " + line for line in detail.splitlines()))


examples = re.findall(r"^```\w+ (\S+)\n(.*?)^```$", manual, re.M | re.S)
check(len(examples) >= 12, f"the manual has examples ({len(examples)})")
check(len(re.findall(r"^```", manual, re.M)) == 2 * len(examples), "every block names its file")
with tempfile.TemporaryDirectory() as folder:
    for path, text in examples:
        os.makedirs(os.path.join(folder, os.path.dirname(path)), exist_ok=True)
        with open(os.path.join(folder, path), "w", encoding="utf-8") as f:
            f.write(text)
    p = subprocess.run([kechuang, "pack", "check", folder, "--lang", "en"], capture_output=True, text=True)
    check(p.returncode == 0 and "passed" in p.stdout and not p.stderr, "the examples pass pack check", p.stdout + p.stderr)

schema = open(os.path.join(root, "src/pack/schema.c"), encoding="utf-8").read()
keys = sorted(set(re.findall(r'YAML_KEY\(\w+, \w+, "([^"]+)"', schema)))
inner = set(re.findall(r"[\w ]+(?=:)", " ".join(t for _, t in examples)))
missing = [k for k in keys if f"`{k}`" not in manual and f"`{k}:" not in manual and
           not re.search(r"[{,`(] ?" + re.escape(k) + r"[,:}]", manual)]
check(len(keys) > 80 and not missing, f"every key is in the manual ({len(keys)})", "missing: " + ", ".join(missing))

# The words of lists: "year", "pro rata" …
words = set(re.findall(r'"([^"]+)"', " ".join(re.findall(r"static const char \*const \w+_words\[\] = \{(.*?)\};", schema, re.S))))
absent = [w for w in sorted(words) if not re.search(r"[`\[ :]" + re.escape(w) + r"[`,}\] ]", manual)]
check(len(words) > 40 and not absent, f"every word of a list is in the manual ({len(words)})", ", ".join(absent))
print(f"1..{n}")
sys.exit(1 if failed else 0)
