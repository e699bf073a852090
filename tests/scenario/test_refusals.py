"""Wrong usage, a missing file, a wrong pack, a foreign database, a locked one, a full disk: one clear message, the right exit code."""
import os
import sqlite3
import subprocess

import city
from city import good, run

tap = city.Tap()


def refused(name, code, *args, says=(), env=None, stdin=None):
    with tap(name):
        for lang in ("zh", "en"):
            r = run(*args, env=dict(env or {}, KECHUANG_LANG=lang), stdin=stdin)
            assert r.code == code, (r.code, r.out, r.err)
            assert r.err.strip(), "no message"
            errors = [line for line in r.err.splitlines() if ("错误：" if lang == "zh" else "error: ") in line]
            assert len(errors) == 1, r.err
            assert "Sanitizer" not in r.err, r.err
        for word in says:
            assert word in r.err, (word, r.err)


def main(folder):
    pack, db = os.path.join(city.ROOT, "packs", "city"), os.path.join(folder, "a.db")
    good("init", db, "--pack", pack)
    missing, notes = os.path.join(folder, "missing.db"), os.path.join(folder, "notes.txt")
    open(notes, "w").write("these are notes, not a database\n" * 40)
    foreign = os.path.join(folder, "foreign.db")
    c = sqlite3.connect(foreign)
    c.execute("CREATE TABLE mine (x)")
    c.commit()
    c.close()
    csv = os.path.join(folder, "e.csv")
    open(csv, "w", encoding="utf-8").write("统一社会信用代码,企业名称,所属县区\n91350100M000100Y43,甲有限公司,锦湖区\n")
    with tap("a command starts without the libraries of fonts, servers and foreign databases"):
        needed = subprocess.run(["readelf", "-d", city.KECHUANG], capture_output=True, text=True, check=True).stdout
        assert "libc.so" in needed, needed
        for name in ("pango", "cairo", "microhttpd", "libpq"):
            assert name not in needed, name
    refused("no such command", 2, "frobnicate", says=["frobnicate"])
    refused("a missing argument", 2, "import", db, says=["REGISTER"])
    refused("an unknown option", 2, "rank", db, "gdp", "--period", "2023-06", "--colour", says=["--colour"])
    refused("no period", 2, "rank", db, "rd_intensity", says=["--period"])
    refused("a period that is none", 1, "rank", db, "rd_intensity", "--period", "2023-13", says=["period"])
    refused("a missing database", 1, "rank", missing, "rd_intensity", "--period", "2023-06", says=["missing.db"])
    refused("a file that is no database", 3, "verify", notes, says=["notes.txt"])
    refused("somebody else's database", 3, "import", foreign, "enterprise", csv, says=["foreign.db"])
    refused("init does not touch somebody else's database", 3, "init", foreign, "--pack", pack, says=["foreign.db"])
    with tap("and it is as it was"):
        c = sqlite3.connect(foreign)
        assert [r[0] for r in c.execute("SELECT name FROM sqlite_master")] == ["mine"]
        c.close()
    refused("a pack that is not there", 1, "init", missing, "--pack", os.path.join(folder, "nopack"), says=["nopack"])
    wrong = os.path.join(folder, "wrong")
    os.makedirs(wrong)
    open(os.path.join(wrong, "pack.yaml"), "w", encoding="utf-8").write("pack: wrong\ntitle: 错\ncolour: blue\n")
    with tap("a wrong pack: its problem with file, line and column, and no database"):
        r = run("init", missing, "--pack", wrong)
        assert r.code == 1 and "pack.yaml:3:1" in r.err and "colour" in r.err, r.err
        assert not os.path.exists(missing)
    refused("no such register", 1, "import", db, "enterprises", csv, says=["enterprises"])
    refused("a sheet that is not there", 1, "import", db, "enterprise", os.path.join(folder, "nothing.xlsx"), says=["nothing.xlsx"])
    refused("a sheet without a header", 1, "import", db, "enterprise", notes, says=["notes.txt"])
    refused("an account that is not there", 1, "rank", db, "rd_intensity", "--period", "2023-06", "--as", "ghost", says=["ghost"])
    refused("a password too short", 1, "user", "add", db, "someone", "--role", "leader", "--unit", "980100", stdin=b"short\n")
    refused("a role that is not there", 1, "user", "add", db, "someone", "--role", "king", "--unit", "980100", stdin=b"long enough password\n", says=["king"])
    refused("an output folder that is not there", 1, "export", db, "enterprise", "-o", os.path.join(folder, "no", "such", "x.xlsx"))
    refused("a taken output of demo", 1, "demo", db, says=["a.db"])
    with tap("a locked database: one message after the wait, exit 3, nothing written"):
        c = sqlite3.connect(db, isolation_level=None)
        c.execute("BEGIN IMMEDIATE")
        r = run("import", db, "enterprise", csv)
        c.execute("ROLLBACK")
        c.close()
        assert r.code == 3 and "占用" in r.err, (r.code, r.err)
        assert good("verify", db, "--json").json()["events"] == 1
    if os.getuid() == 0 and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0:
        with tap("a full disk: one message, exit 3, and the database is whole"):
            big = os.path.join(folder, "big.csv")
            with open(big, "w", encoding="utf-8") as f:
                f.write("平台编号,平台名称,平台类型,级别,所属县区,认定日期\n" + "".join(f"P{i:06d},{'很长的平台名称' * 20}{i},孵化器,市级,锦湖区,2020-01-01\n" for i in range(20000)))
            small = os.path.join(folder, "small")
            os.makedirs(small)
            room = os.path.getsize(db) // 1024 + 2048
            script = (f"mount -t tmpfs -o size={room}k tmpfs {small} && cp {db} {small}/a.db && {city.KECHUANG} import {small}/a.db platform {big}; code=$?; "
                      f"{city.KECHUANG} verify {small}/a.db >/dev/null || code=99; exit $code")
            p = subprocess.run(["unshare", "-m", "bash", "-c", script], capture_output=True, env=dict(os.environ, KECHUANG_LANG="zh"))
            text = p.stderr.decode()
            assert p.returncode == 3 and "磁盘已满" in text, (p.returncode, text)
    else:
        tap.skip("a full disk", "needs root and unshare")


with city.temp() as folder:
    main(folder)
tap.done()
