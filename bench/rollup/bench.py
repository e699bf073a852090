"""Roll-up and ranking of 10.8 million figures: 3,000 counties, 120 months, 30 indicators, four levels.

The job: sums of every indicator and month for counties, cities, provinces and the nation; their change against a
year ago; three ratios ranked among all counties every month; who was among the last two for three months running.
Every side computes checksums of the same facts, which are compared.  Seconds are of CPU, one thread a side; ours
are the median of five rounds.  Loading is from each side's natural form: ours out of its SQLite file, the peers'
out of a CSV file.
"""
import json, os, subprocess, sys
import benchlib, job

here = os.path.dirname(os.path.abspath(__file__))
folder = os.path.join(benchlib.work, "rollup")
os.makedirs(folder, exist_ok=True)
size = sys.argv[1:4] or os.environ.get("ROLLUP", "3000 120 30").split()
DUCKDB = "@duckdb/node-api"


def answers(path):
    with open(path) as f:
        return dict(line.split() for line in f)


def peer(title, script, command, extra=(), **options):
    out = os.path.join(folder, script + ".txt")
    p = subprocess.run([*command, os.path.join(here, script), facts, out, *extra], capture_output=True, text=True, **options)
    if p.returncode:
        print(f"{title} failed: {p.stderr.strip()[-600:]}", file=sys.stderr)
        return
    load, took = map(float, p.stdout.split())
    rows.append((title, load, took, answers(out)))


ours = benchlib.target("tests/indicator/bench-rollup")
facts, db, out = (os.path.join(folder, name + "-".join(size)) for name in ("facts", "figures", "ours"))
if not os.path.exists(facts):
    subprocess.run([ours, "--facts", facts + ".new", *size], check=True)
    os.rename(facts + ".new", facts)
for end in ("", "-wal", "-shm"):
    if os.path.exists(db + end):
        os.remove(db + end)
said = dict(line.split() for line in subprocess.run([ours, db, out, *size], check=True, capture_output=True, text=True).stdout.splitlines())
rows = [("kechuang", float(said["load"]), float(said["job"]), answers(out))]
import sqlite3
npm = benchlib.npm([DUCKDB])
if npm:
    path = os.path.join(folder, "statements.json")
    with open(path, "w") as f:
        json.dump(job.statements("BIGINT", "DOUBLE", "//"), f)
    peer(f"DuckDB {benchlib.version(npm, DUCKDB)}", "duckdb.cjs", ["node"], [path], env=dict(os.environ, NODE_PATH=os.path.join(npm, "node_modules")))
version = subprocess.run(["psql", "--version"], capture_output=True, text=True).stdout.split()
peer(f"PostgreSQL {version[2] if version else ''}", "postgres.py", [sys.executable])
peer(f"SQLite {sqlite3.sqlite_version}", "sqlite.py", [sys.executable])

truth, mine, values = rows[0][3], rows[0][2], float(size[0]) * float(size[1]) * float(size[2])
wrong = {title: [k for k in truth if truth[k] != given.get(k)] for title, _, _, given in rows}
benchlib.table(["", "loading, s", "the job, s", "kechuang is ahead by", "answers that differ"],
               [[title, f"{load:.2f}", f"{took:.3f}", f"{took / mine:.1f}×", ", ".join(wrong[title]) or "none"] for title, load, took, _ in rows])
print(f"  kechuang reads {float(said['load_values_per_second']) / 1e6:.1f} M figures a second out of SQLite; "
      f"the job: sums {float(said['part_sums']):.3f}, growth {float(said['part_growth']):.3f}, ranks {float(said['part_ranks']):.3f}, streaks {float(said['part_streaks']):.3f} s")
print(f"  one changed figure: reported in {float(said['report']) * 1e3:.2f} ms, in the month's new ranking {float(said['change']) * 1e3:.2f} ms later ({values / 1e6:.1f} M figures held)")
sys.exit(1 if any(wrong.values()) else 0)
