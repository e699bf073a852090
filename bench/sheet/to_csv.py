#!/usr/bin/env python3
"""to_csv.py KECHUANG BOOK.xlsx OUT.csv: the first sheet's values as a plain CSV, streamed."""
import os, subprocess, sys

program, book, out = sys.argv[1:]
p = subprocess.Popen([program, "sheet", book], stdout=subprocess.PIPE)
with open(out + ".part", "wb") as f:
    first = True
    for line in p.stdout:
        cell = line.split(b"\t")
        if len(cell) < 3:
            continue
        begins = cell[0].startswith(b"A") and cell[0][1:].isdigit()
        f.write((b"" if first else b"\r\n" if begins else b",") + cell[2])
        first = False
    f.write(b"\r\n")
if p.wait():
    sys.exit(1)
os.rename(out + ".part", out)
