"""The expression language alone: reading text, compiling it, one value at a time, whole columns; and the start of the
command.  Figures are of CPU time, one thread.  The policy is that of bench/dmn: six rules with exact decimals; the
amounts of the three ways to compute them must agree to the cent (the program fails otherwise).
"""
import os, subprocess, sys
import benchlib

LEAST = {"parse": 50.0, "startup": 10.0}        # MB/s; milliseconds

bench = benchlib.target("tests/feel/bench-feel")
p = subprocess.run([bench, "100000", "2"], capture_output=True, text=True)
if p.returncode != 0:
    print(p.stderr.strip()[-400:], file=sys.stderr)
    sys.exit(1)
rows, megabytes = [], {}
TITLES = {"int64-loop": "C, int64 loop by hand", "feel-batch": "columns", "feel-scalar": "one by one",
          "feel-batch-quotient": "columns, with a quotient", "feel-scalar-quotient": "one by one, with a quotient"}
for line in p.stdout.splitlines():
    name, *rest = line.split("\t")
    if name in TITLES:
        rows.append([TITLES[name], f"{float(rest[0]) / 1e6:.2f} M/s", f"{rest[1]} ns"])
    else:
        megabytes[name] = float(rest[0].split()[0])
benchlib.table(["", "evaluations per CPU second", "each"], rows)

kechuang = benchlib.target("kechuang")
starts = [benchlib.measure([kechuang, "feel", "1 + 1"], times=20), benchlib.measure([kechuang, "version"], times=20)]
if None in starts:
    sys.exit(1)
print()
benchlib.table(["", "", "line to keep"],
               [["text to tree", f"{megabytes['parse']:.0f} MB/s", f"{LEAST['parse']:.0f} MB/s"],
                ["text to program", f"{megabytes['compile']:.0f} MB/s", ""],
                ["kechuang feel '1 + 1', CPU of the whole command", f"{starts[0][0] * 1000:.1f} ms", f"{LEAST['startup']:.0f} ms"],
                ["kechuang version", f"{starts[1][0] * 1000:.1f} ms", ""]])
