#!/usr/bin/env python3
"""Every diagnostic of the pack room has a fixture in bad.txt that makes it."""
import glob, os, re, sys

root = os.environ.get("KECHUANG_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Said by tests of their own: limits (test_load.c), decision models that break, cases that hit too little (test_cli.py),
# models given to a what-if (test_whatif.py).
ELSEWHERE = ("more than %d", "the pack is beyond a limit", "the pack has more than", "a file of the pack is too large",
             'case "%.*s": %s', 'policy "%.*s", table "%.*s": no case', 'the model has no decision', 'the decision "%.*s" needs')
said = [line[3:] for line in open(os.path.join(root, "tests/pack/bad.txt"), encoding="utf-8") if line.startswith(">> ")]
call = re.compile(r'(?:loader_error|run_error|diag_error|diag_fail)\((?:[^;"]|"(?:name|title|key|from|to|list|parent|kind|'
                  r'register|check|scale|place|label|valid|for|first|due|decision|inputs|in|unit|type|alert|resets_when|'
                  r'among|period|code|at|parameter|supersedes|from address|map\.geojson|pack\.yaml|units\.yaml)")*?'
                  r'"((?:[^"\\]|\\.)*)"\s*,\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', re.S)
formats = []
for path in sorted(glob.glob(os.path.join(root, "src/pack/*.c"))):
    if path.endswith("files.c"):
        continue
    for m in call.finditer(open(path, encoding="utf-8").read()):
        text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', m[2]))
        formats.append((os.path.basename(path), text.encode().decode("unicode_escape").encode("latin-1").decode()))
missing = []
for path, fmt in formats:
    if fmt.startswith(ELSEWHERE):
        continue
    pattern = "".join(".*" if p.startswith("%") and p != "%%" else re.escape(p.replace("%%", "%"))
                      for p in re.split(r"(%%|%[.*a-z0-9]*[sdcuz]+)", fmt))
    if not any(re.search(pattern + r"\s*$", s) for s in said):
        missing.append(f"{path}: {fmt}")
print("1..2")
ok = len(formats) > 90
print(("ok" if ok else "not ok"), "1 - the diagnostics are found in the source", f"({len(formats)})")
print(("ok" if not missing else "not ok"), "2 - each has a fixture")
for m in missing:
    print("#", m)
sys.exit(0 if ok and not missing else 1)
