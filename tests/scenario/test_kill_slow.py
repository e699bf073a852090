"""kill -9 in the middle of each writing command: it either happened or it did not, and the database is whole.

Each round starts from the same database, starts the command, kills it after a random moment, and looks:
the chain verifies, SQLite's own check passes, and the counts are those of before or of after, nothing between.
"""
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time

import city
from city import good, run

ROUNDS = 12 if city.QUICK else 30          # of each command; twelve commands: 360 kills
tap = city.Tap()
fast = os.path.join(city.ROOT, "build", "kechuang")
EXE = fast if os.access(fast, os.X_OK) else city.KECHUANG
ENV = dict(os.environ, KECHUANG_LANG="zh")
TABLES = ("event", "r_enterprise", "h_enterprise", "r_enterprise_year", "held_row", "import_file", "indicator_value", "form_report", "policy_run", "policy_part", "policy_sum", "account", "pack_file", "meeting", "meeting_file", "meeting_item", "meeting_item_past",
          "meeting_line", "meeting_draft", "meeting_draft_file", "task", "task_report", "letter", "letter_line")


def counts(db):
    c = sqlite3.connect(db)
    try:
        assert c.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        have = {r[0] for r in c.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        return tuple(c.execute(f"SELECT count(*) FROM {t}").fetchone()[0] if t in have else -1 for t in TABLES)
    finally:
        c.close()


def copy(source, target):
    for end in ("", "-wal", "-shm"):
        if os.path.exists(target + end):
            os.unlink(target + end)
    if source:
        shutil.copyfile(source, target)


def kill_in_the_middle(args, stdin, longest):
    """Starts it in its own group, kills the group after a random part of its usual time; True when it was still running."""
    p = subprocess.Popen([EXE, *args], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV, start_new_session=True)
    if stdin:
        p.stdin.write(stdin)
    p.stdin.close()
    time.sleep(random.random() * longest)
    alive = p.poll() is None
    try:
        os.killpg(p.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    p.wait()
    return alive


def storm(name, base, db, args, stdin=None, target=None):
    """target: the file the command makes, when that is not db."""
    watched = target or db
    with tap(f"{ROUNDS} kills of {name}: it happened or it did not"):
        copy(base, db)
        if target and os.path.exists(target):
            os.unlink(target)
        before = counts(db) if base and not target else None
        start = time.monotonic()
        r = run(*args, stdin=stdin, exe=EXE)
        took = time.monotonic() - start
        assert r.code == 0, (r.code, r.out[-500:], r.err[-500:])
        after = counts(watched)
        killed = seen_before = seen_after = 0
        for _ in range(ROUNDS):
            copy(base, db)
            if target:
                copy(None, target)
            killed += kill_in_the_middle(args, stdin, took * 1.1)
            if before is None and not os.path.exists(watched):
                seen_before += 1
                continue
            if before is None and base is None and os.path.getsize(watched) == 0:
                seen_before += 1
                continue
            proof = run("verify", watched, exe=EXE)
            if before is None and (proof.code != 0 or counts(watched)[0] == 0):
                # Nothing has happened yet but the empty file: the same command then makes it whole.
                if args[0] != "init":
                    os.unlink(watched)
                assert run(*args, stdin=stdin, exe=EXE).code == 0
                assert counts(watched) == after
                seen_before += 1
                continue
            assert proof.code == 0, proof.err
            now = counts(watched)
            assert now in (before, after), (name, before, now, after)
            seen_after += now == after
            seen_before += now == before
        assert killed >= ROUNDS // 4, f"only {killed} of {ROUNDS} were still running when killed"
        assert seen_before + seen_after == ROUNDS
    return killed


def sheet(folder, name, header, rows):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(header + "\n" + "".join(r + "\n" for r in rows))
    return path


def meetings(folder, base, db):
    """A speech is kept whole or not at all; so are a join, what is applied, a report."""
    speech = os.path.join(os.path.dirname(os.path.abspath(__file__)), "speech.txt")
    kept, ready = os.path.join(folder, "kept.db"), os.path.join(folder, "ready.db")
    storm("meeting add", base, db, ["meeting", "add", db, speech])
    copy(base, kept)
    good("meeting", "add", kept, speech, exe=EXE)
    items = [i for i in good("meeting", "show", kept, "2", "--json", exe=EXE).json()["items"]]
    tasks = [str(i["item"]) for i in items if i["kind"] == "task"]
    storm("meeting join", kept, db, ["meeting", "join", db, *tasks[:2]])
    good("meeting", "accept", kept, *[i["item"] for i in items if i["kind"] != "fact"], exe=EXE)
    copy(kept, ready)
    storm("meeting apply", ready, db, ["meeting", "apply", db, "2"])
    good("meeting", "apply", ready, "2", exe=EXE)
    n = good("task", "list", ready, "--meeting", "2", "--json", exe=EXE).json()["tasks"][0]["task"]
    storm("task report", ready, db, ["task", "report", db, str(n), "进展顺利"])


def main(folder):
    random.seed(8)
    pack = os.path.join(city.ROOT, "packs", "city")
    base, db = os.path.join(folder, "base.db"), os.path.join(folder, "work.db")
    good("demo", base, "--enterprises", "400", "--years", "3", exe=EXE)
    codes = [r[0] for r in sqlite3.connect(base).execute("SELECT k_key FROM r_enterprise ORDER BY k_key")]
    enterprises = sheet(folder, "e.csv", "统一社会信用代码,企业名称,所属县区", [f"{c},改名第{i}有限公司,锦湖区" for i, c in enumerate(codes)])
    years = sheet(folder, "y.csv", "统一社会信用代码,年度,营业收入,研发费用", [f"{c},2020,{30000000 + i},{900000 + i}" for i, c in enumerate(codes)])
    month = sheet(folder, "m.csv", "县区,地区生产总值（万元）,全社会研发经费（万元）", [f"{n},{1000000 + i},{20000 + i}" for i, n in enumerate(["锦湖区", "秀川区", "望川县", "青崖县", "柳渡县", "梓山县", "岚谷县", "金渡市"])])
    storm("init", None, db, ["init", db, "--pack", pack])
    storm("demo", None, db, ["demo", db, "--enterprises", "60", "--years", "1"])
    storm("import enterprise", base, db, ["import", db, "enterprise", enterprises])
    storm("import enterprise_year", base, db, ["import", db, "enterprise_year", years])
    storm("report", base, db, ["report", db, "monthly", month, "--period", "2024-01", "--submit"])
    storm("user add", base, db, ["user", "add", db, "someone", "--role", "leader", "--unit", "980100"], stdin=b"a long password\n")
    meetings(folder, base, db)
    storm("policy run", base, db, ["policy", "run", db, "--year", "2023"])
    backup = os.path.join(folder, "backup.db")
    storm("backup", base, db, ["backup", db, backup], target=backup)
    restored = os.path.join(folder, "restored.db")
    shutil.copyfile(base, db)
    good("backup", db, backup, exe=EXE) if not os.path.exists(backup) else None
    storm("restore", base, db, ["restore", backup, restored], target=restored)


with city.temp() as folder:
    main(folder)
tap.done()
