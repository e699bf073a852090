"""Decision models alone: the example is linked with base, codec, feel and dmn only, and says what it should."""
import os, subprocess

program = os.path.join(os.environ["KECHUANG_BUILD"], "tests", "dmn", "example-dmn-embed")
model = os.path.join(os.environ["KECHUANG_ROOT"], "bench", "dmn", "rd_subsidy.dmn")


def run(*args):
    p = subprocess.run([program, *args], capture_output=True, text=True)
    return p.returncode, p.stdout.splitlines(), p.stderr


good = run(model, "补助金额", "企业规模=科技型中小", "营业收入=1", "研发费用=0.10")
bad = run(model, "没有")
checks = [
    ("computes and explains", good[0] == 0 and good[1][0] == "decision 补助金额 = 0.02" and any("rule 4: fired → 0.02" in l for l in good[1])),
    ("knows what is not there", bad[0] == 1 and bad[1] == ["not found"]),
]
print(f"1..{len(checks)}")
for i, (what, ok) in enumerate(checks, 1):
    print(f"{'ok' if ok else 'not ok'} {i} - the example {what}")
if not all(ok for _, ok in checks):
    print("#", good, bad)
