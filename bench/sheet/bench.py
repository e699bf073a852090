"""Reading a workbook of 100,000 rows and 30 columns: kechuang, SheetJS, exceljs; and the same table as CSV.

Processor time and the largest resident memory of one process each; ours the best of three runs.
BENCH_SHEET_ROWS makes it smaller.
"""
import os, subprocess, sys
import benchlib

here = os.path.dirname(os.path.abspath(__file__))
folder = os.path.join(benchlib.work, "sheet")
os.makedirs(folder, exist_ok=True)
ROWS, COLUMNS = int(os.environ.get("BENCH_SHEET_ROWS", "100000")), 30
PEERS = ["@e965/xlsx@0.20.3", "exceljs@4.4.0"]
book = os.path.join(folder, "%dx%d.xlsx" % (ROWS, COLUMNS))
table = book[:-4] + "csv"
program = benchlib.target("kechuang")


if not os.path.exists(book):
    subprocess.run([sys.executable, os.path.join(here, "make.py"), book, str(ROWS), str(COLUMNS)], check=True)
if not os.path.exists(table):
    subprocess.run([sys.executable, os.path.join(here, "to_csv.py"), program, book, table], check=True)

rows, ours = [], None
for name, file in (("kechuang, .xlsx", book), ("kechuang, .csv", table)):
    got = benchlib.measure([program, "sheet", "--count", file], 3)
    if not got:
        sys.exit(name + " failed")
    ours = ours or got[0]
    size = os.path.getsize(file) / 1e6
    rows.append([name, f"{size:.1f} MB", f"{got[0]:.2f} s", f"{got[1]:.0f} MiB", f"{got[0] / ours:.2f}×", got[2].split("\t")[-1], f"{size / got[0]:.0f} MB/s"])
folder_npm = benchlib.npm(PEERS)
for which, package, title in (("sheetjs", "@e965/xlsx", "SheetJS %s, dense"), ("exceljs", "exceljs", "exceljs %s, streaming")) if folder_npm else ():
    env = dict(os.environ, NODE_PATH=os.path.join(folder_npm, "node_modules"))
    got = benchlib.measure(["node", "--max-old-space-size=4096", os.path.join(here, "peers.cjs"), which, book], env=env)
    title %= benchlib.version(folder_npm, package)
    rows.append([title, "", f"{got[0]:.2f} s", f"{got[1]:.0f} MiB", f"{got[0] / ours:.1f}×", got[2].split()[-1], ""] if got else [title] + ["failed"] * 6)
benchlib.table(["%d x %d cells" % (ROWS, COLUMNS), "file", "CPU time", "memory", "time", "cells read", "speed"], rows)
sys.exit(0 if all(r[5] == rows[0][5] for r in rows if r[5] != "failed") else 1)
