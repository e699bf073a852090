"""The engine alone: the example is linked with base, codec and feel only, and says what it should."""
import os, subprocess

program = os.path.join(os.environ["KECHUANG_BUILD"], "tests", "feel", "example-feel-embed")


def run(*args):
    p = subprocess.run([program, *args], capture_output=True, text=True)
    return p.returncode, p.stdout.splitlines(), p.stderr


good, bad = run(), run("研发费用 * 10%")
checks = [
    ("computes the amount exactly", good == (0, ["130000.05"], "")),
    ("names the place of a mistake", bad[0] == 1 and bad[1][0] == ':1:10: error: unexpected character "%"' and bad[2] == ""),
]
print(f"1..{len(checks)}")
for i, (what, ok) in enumerate(checks, 1):
    print(f"{'ok' if ok else 'not ok'} {i} - the example {what}")
if not all(ok for _, ok in checks):
    print("#", good, bad)
