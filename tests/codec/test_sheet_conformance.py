#!/usr/bin/env python3
"""Workbooks saved by Excel, cell by cell beside a reader that shares nothing with ours."""
import glob, json, os, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import workbook

tap = workbook.Tap()
shared = os.environ.get("KECHUANG_SHARED")
folder = os.path.join(shared, "data", "conformance") if shared else ""
if not os.path.isdir(os.path.join(folder, "xlsx")):
    tap.skip("conformance workbooks", "no shared data")
    tap.end()


def ours(path):
    p = subprocess.run([os.environ["KECHUANG"], "--lang", "en", "sheet", path, "--json"], capture_output=True, timeout=300)
    if p.returncode:
        return None, p.stderr.decode()
    doc = json.loads(p.stdout)
    return {s["name"]: {c["ref"]: (c["kind"], c["value"]) for r in s["rows"] for c in r["cells"]} for s in doc["sheets"]}, p.stderr.decode()


def compare(path):
    name = os.path.basename(path)
    got, messages = ours(path)
    if got is None:
        return tap.ok("error:" in messages, name + " refused with a reason", messages)
    want = workbook.read(path)
    wrong = [] if list(got) == list(want) else ["sheets: %s, not %s" % (list(got), list(want))]
    for sheet in want:
        for ref in sorted(set(want[sheet]) | set(got.get(sheet, {}))):
            a, b = got.get(sheet, {}).get(ref), want[sheet].get(ref)
            if a != b:
                wrong.append("%s!%s: %s, not %s" % (sheet, ref, a, b))
    tap.ok(not wrong, "%s: %d cells" % (name, sum(map(len, want.values()))), "\n".join(wrong))


for path in sorted(glob.glob(os.path.join(folder, "xlsx", "*.xlsx"))):
    compare(path)
if not os.environ.get("KECHUANG_TEST_QUICK"):
    for path in sorted(glob.glob(os.path.join(folder, "xlsx_real_zh", "*.xlsx"))):
        compare(path)
tap.end()
