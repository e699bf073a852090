"""Importing 100,000 rows of thirty fields into a register, from a workbook and from a CSV: reading, checking
every cell and code (parsed and validated), storing with versions, full text and the event chain, on a file database.

SheetJS and exceljs read the same workbook and only count its cells.  Processor time and the largest resident
memory of one process each; ours the best of three.  BENCH_IMPORT_ROWS makes it smaller.
"""
import os, subprocess, sys
import benchlib

here = os.path.dirname(os.path.abspath(__file__))
ROWS = int(os.environ.get("BENCH_IMPORT_ROWS", "100000"))
folder = os.path.join(benchlib.work, "import%d" % ROWS)
PEERS = ["@e965/xlsx@0.20.3", "exceljs@4.4.0"]
program = benchlib.target("kechuang")
book, table = os.path.join(folder, "firms.xlsx"), os.path.join(folder, "firms.csv")
if not os.path.exists(table):
    os.makedirs(folder, exist_ok=True)
    subprocess.run([sys.executable, os.path.join(here, "make.py"), folder, str(ROWS)], check=True)


def fresh():
    for name in os.listdir(folder):
        if name.startswith("city.db"):
            os.unlink(os.path.join(folder, name))
    db = os.path.join(folder, "city.db")
    subprocess.run([program, "init", db, "--pack", os.path.join(folder, "pack")], check=True, stdout=subprocess.DEVNULL)
    return db


rows, ours = [], None
db = fresh()
for name, file in ((".xlsx", book), (".csv", table)):       # a dry run: everything but the storing
    got = benchlib.measure([program, "import", db, "firm", file, "--dry-run", "--json"], 3)
    if not got:
        sys.exit(name + " failed")
    size = os.path.getsize(file) / 1e6
    rows.append(["kechuang, %s parsed and validated" % name, f"{size:.1f} MB", f"{got[0]:.2f} s", f"{got[1]:.0f} MiB", "", f"{size / got[0]:.0f} MB/s"])
for name, file in ((".xlsx into the register", book), (".csv into the register", table)):
    best = None
    for _ in range(3):
        db = fresh()
        got = benchlib.measure([program, "import", db, "firm", file, "--json"])
        if not got:
            sys.exit(name + " failed")
        best = got if best is None or got[0] < best[0] else best
    again = benchlib.measure([program, "import", db, "firm", file, "--json"])
    ours = ours or best[0]
    size = os.path.getsize(file) / 1e6
    for what, g in ((name, best), ("the same again (nothing changes)", again)):
        rows.append(["kechuang, " + what, f"{size:.1f} MB", f"{g[0]:.2f} s", f"{g[1]:.0f} MiB", f"{g[0] / ours:.2f}×", f"{size / g[0]:.0f} MB/s"])
npm = benchlib.npm(PEERS)
for which, package, title in (("sheetjs", "@e965/xlsx", "SheetJS %s, reading alone"), ("exceljs", "exceljs", "exceljs %s, reading alone")) if npm else ():
    env = dict(os.environ, NODE_PATH=os.path.join(npm, "node_modules"))
    got = benchlib.measure(["node", "--max-old-space-size=4096", os.path.join(os.path.dirname(here), "sheet", "peers.cjs"), which, book], env=env)
    title %= benchlib.version(npm, package)
    rows.append([title, "", f"{got[0]:.2f} s", f"{got[1]:.0f} MiB", f"{got[0] / ours:.1f}×", ""] if got else [title] + ["failed"] * 5)
benchlib.table(["%d rows x 30 fields" % ROWS, "file", "CPU time", "memory", "time", "speed"], rows)
