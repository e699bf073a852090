"""The R&D subsidy of rd_subsidy.dmn for 100,000 enterprises: six rules, exact decimals, each side one thread.

Every side reads the same file, computes every amount, and its amounts are compared with those of a loop over
64-bit integers written by hand: wrong is what differs by a cent or more.  Speeds are evaluations per second of
CPU time, the median of several rounds; the slow ones get fewer rows.
"""
import json, math, os, random, subprocess, sys
import benchlib

here = os.path.dirname(os.path.abspath(__file__))
model = os.path.join(here, "rd_subsidy.dmn")
folder = os.path.join(benchlib.work, "dmn")
os.makedirs(folder, exist_ok=True)
data = os.path.join(folder, "data.csv")
ROWS = 100000
PEERS = ["@gorules/zen-engine", "feelin", "@duckdb/node-api"]


def generate():
    draw = random.Random(20230630)
    with open(data, "w", encoding="utf-8") as f:
        f.write("scale,revenue,rd\n")
        for _ in range(ROWS):
            scale = draw.choices(["规上", "科技型中小", "其他"], [5, 4, 1])[0]
            revenue = int(math.exp(draw.gauss(17, 1.8)) * 100)
            rd = int(revenue * draw.choice([0, 0.005, 0.015, 0.03, 0.06, 0.1]) * draw.uniform(0.5, 1.5))
            f.write(f"{scale},{revenue // 100}.{revenue % 100:02d},{rd // 100}.{rd % 100:02d}\n")


def amounts(path):
    with open(path) as f:
        return [int(line) for line in f]


def run(name, command, out, **options):
    p = subprocess.run(command, capture_output=True, text=True, **options)
    if p.returncode != 0:
        print(f"{name} failed: {p.stderr.strip()[-400:]}", file=sys.stderr)
        return None
    speed = float(p.stdout.split()[0])
    return name, speed, amounts(out)


generate()
ours = benchlib.target("tests/dmn/bench-dmn")
rows = []
for mode, title in (("int64", "C, int64 loop by hand"), ("batch", "kechuang, batch"), ("scalar", "kechuang, one by one")):
    out = os.path.join(folder, mode + ".txt")
    rows.append(run(title, [ours, model, data, mode, "9", out], out))
if any(r is None for r in rows):
    sys.exit(1)
out = os.path.join(folder, "sqlite.txt")
import sqlite3
rows.append(run(f"SQLite {sqlite3.sqlite_version}, integers", [sys.executable, os.path.join(here, "sqlite.py"), data, out], out))
npm = benchlib.npm(PEERS)
if npm:
    env = dict(os.environ, NODE_PATH=os.path.join(npm, "node_modules"))
    for script, package, title in (("duckdb.cjs", PEERS[2], "DuckDB"), ("zen.cjs", PEERS[0], "ZEN"), ("feelin.mjs", PEERS[1], "feelin")):
        out = os.path.join(folder, script + ".txt")
        rows.append(run(f"{title} {benchlib.version(npm, package)}", ["node", os.path.join(here, script), data, out, npm], out, env=env))
rows = [r for r in rows if r]
truth = rows[0][2]
batch = rows[1][1]


def wrong(answers):
    return sum(a != b for a, b in zip(answers, truth))


def speed(v):
    return f"{v / 1e6:.3f} M/s" if v >= 1e5 else f"{v / 1e3:.2f} k/s"


benchlib.table(["", "evaluations per CPU second", "batch is faster by", "rows", "amounts wrong"],
               [[name, speed(v), f"{batch / v:.2f}×", len(a), wrong(a)] for name, v, a in rows])
bad = [name for name, v, a in rows[:3] if wrong(a) or len(a) != ROWS]
if bad:
    print("wrong amounts:", ", ".join(bad))
sys.exit(1 if bad else 0)
