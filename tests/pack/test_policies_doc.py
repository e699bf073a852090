#!/usr/bin/env python3
"""docs/policies.md: every policy of the packs is in it once, and no other; every local rule says where its text is."""
import glob, os, re

root = os.environ.get("KECHUANG_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
manual = open(os.path.join(root, "docs/policies.md"), encoding="utf-8").read()
n = failed = 0


def check(good, name, detail=""):
    global n, failed
    n += 1
    failed += not good
    print("ok" if good else "not ok", n, "-", name)
    if not good and detail:
        print("#", detail)


named = re.findall(r"^\|(?: [^|`]+ \|)? `(\w+)` ", manual, re.M)
packed = {}
for path in glob.glob(os.path.join(root, "packs", "*", "**", "*.yaml"), recursive=True):
    text = open(path, encoding="utf-8").read()
    pack = os.path.relpath(path, os.path.join(root, "packs")).split(os.sep)[0]
    for name in re.findall(r"^policy: (\w+)$", text, re.M):
        packed.setdefault(pack, {})[name] = text
own = {**packed["city"], **packed["rules"]}
check(len(own) > 50 and set(named) == set(own), f"every policy is listed ({len(own)})", sorted(set(named) ^ set(own)))
check(len(named) == len(set(named)), "none twice")
check(set(packed["listed"]) <= set(own), "listed companies are tried on policies of the other packs", sorted(set(packed["listed"]) - set(own)))
silent = [p for p, text in packed["rules"].items() if "# 来源：" not in text]
check(not silent, "every local rule says where its text is", silent)
for word in re.findall(r"`(test_\w+\.py|rules_text\.py)`", manual) + re.findall(r"`tests/scenario/(\w+\.py)`", manual):
    check(os.path.exists(os.path.join(root, "tests", "scenario", word)), f"{word} is there")
print(f"1..{n}")
raise SystemExit(failed > 0)
