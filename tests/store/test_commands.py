"""kechuang verify, backup, restore: on a database that this script writes by itself, from the description of the
chain alone, so that program and description hold each other."""
import importlib.util, json, os, shutil, sqlite3, subprocess, sys, tempfile

root = os.environ["KECHUANG_ROOT"]
sys.path.insert(0, os.path.join(root, "tests"))
import pg
spec = importlib.util.spec_from_file_location("verify_chain", os.path.join(root, "tools", "verify-chain.py"))
chain = importlib.util.module_from_spec(spec)
spec.loader.exec_module(chain)

count = failures = 0


def ok(condition, name, detail=""):
    global count, failures
    count += 1
    failures += not condition
    print(("ok" if condition else "not ok"), count, "-", name)
    if not condition:
        print("#", str(detail).replace("\n", "\n# "))


def kechuang(*args, lang="en"):
    p = subprocess.run([os.environ["KECHUANG"], "--lang", lang, *args], capture_output=True, text=True)
    return p.returncode, p.stdout, p.stderr


TABLES = """
CREATE TABLE store_meta (key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (key)) STRICT, WITHOUT ROWID;
CREATE TABLE store_head (id INTEGER NOT NULL, events INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (id)) STRICT;
CREATE TABLE store_counter (name TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (name)) STRICT, WITHOUT ROWID;
CREATE TABLE store_text (name TEXT NOT NULL, PRIMARY KEY (name)) STRICT, WITHOUT ROWID;
CREATE TABLE event (seq INTEGER NOT NULL, time TEXT NOT NULL, actor TEXT NOT NULL, on_behalf TEXT NOT NULL, op TEXT NOT NULL,
  subject TEXT NOT NULL, reason TEXT NOT NULL, payload TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (seq)) STRICT;
CREATE TABLE thing (id INTEGER NOT NULL, name TEXT, PRIMARY KEY (id)) STRICT;
INSERT INTO store_meta VALUES ('application', 'kechuang'), ('schema', '1');
INSERT INTO thing VALUES (1, '一'), (2, NULL);
PRAGMA application_id = 0x4B434847;
"""


def write(path, n):
    db = sqlite3.connect(path)
    db.executescript(TABLES)
    head = "0" * 64
    for seq in range(1, n + 1):
        e = {"seq": seq, "time": "2023-07-01T08:00:00+08:00", "actor": "王\"五\"", "on_behalf": "", "op": "test",
             "subject": "a/b\\c", "reason": "tab\there, \u2028 and \x7f", "payload": '{"n":%d,"文":"é"}' % seq}
        e["prev"], e["hash"] = head, chain.sm3(bytes.fromhex(head) + chain.record(e))
        db.execute("INSERT INTO event VALUES (:seq, :time, :actor, :on_behalf, :op, :subject, :reason, :payload, :prev, :hash)", e)
        head = e["hash"]
    db.execute("INSERT INTO store_head VALUES (1, ?, ?)", (n, head))
    db.commit()
    db.close()
    return head


def main(folder, base):
    path, n = os.path.join(folder, "city.db"), 12
    head = write(path, n)
    code, out, err = kechuang("verify", path)
    ok(code == 0 and out == f"whole: {n} events, last hash {head}\n" and err == "", "a chain written by another program is whole", (code, out, err))
    code, out, err = kechuang("verify", path, "--json")
    ok(code == 0 and json.loads(out) == {"whole": True, "events": n, "documents": 0, "documents_changed": 0, "head": head}, "the same as JSON", out)
    ok("完好：共 12 个事件" in kechuang("verify", path, lang="zh")[1], "the same in Chinese")

    point = os.path.join(folder, "point.json")
    ok(kechuang("verify", path, "--write-checkpoint", point)[0] == 0 and json.load(open(point))["head"] == head, "a checkpoint is written")
    ok(kechuang("verify", path, "--checkpoint", point)[0] == 0, "and agrees")

    backup = os.path.join(folder, "backup.db")
    code, out, err = kechuang("backup", path, backup, "--json")
    ok(code == 0 and json.loads(out)["rows"] == 2 + 1 + n + 2 and json.loads(out)["whole"], "backup", (out, err))
    ok(sorted(os.listdir(folder)) == ["backup.db", "city.db", "point.json"], "nothing is left beside it", os.listdir(folder))
    code, out, err = kechuang("backup", path, backup)
    ok(code == 1 and "exists" in err, "a backup is not overwritten", err)
    places = [("a file", os.path.join(folder, "again.db"))]
    if base:
        places.append(("PostgreSQL", pg.url(base, "commands_%d" % os.getpid())))
    for name, place in places:
        code, out, err = kechuang("restore", backup, place)
        ok(code == 0 and "12 events" in out, f"restore to {name}", err)
        ok(kechuang("verify", place, "--checkpoint", point)[0] == 0, f"which is whole, on {name}")
        code, out, err = kechuang("restore", backup, place)
        ok(code == 1 and "not" in err and "overwritten" in err, f"and is not overwritten, on {name}", err)
        third = os.path.join(folder, "third.db")
        ok(kechuang("backup", place, third)[0] == 0 and chain.verify(third) == (n, head, None), f"and can be backed up, on {name}")
        os.remove(third)
    if not base:
        count_skip("restore to PostgreSQL", pg.why_not())

    # One byte of each event in turn.
    bad = []
    for seq in range(1, n + 1):
        db = sqlite3.connect(path)
        before = db.execute("SELECT payload FROM event WHERE seq = ?", (seq,)).fetchone()[0]
        db.execute("UPDATE event SET payload = ? WHERE seq = ?", (before.replace("é", "è"), seq))
        db.commit()
        code, out, err = kechuang("verify", path, "--json")
        if code != 1 or json.loads(out)["first_broken"] != seq or json.loads(out)["reason"] != "changed" or f"event {seq}:" not in err:
            bad.append((seq, code, out, err))
        if chain.verify(path)[0] != seq:
            bad.append((seq, "the other verifier"))
        db.execute("UPDATE event SET payload = ? WHERE seq = ?", (before, seq))
        db.commit()
        db.close()
    ok(not bad, "one byte changed in any event is found and named, exit 1", bad[:2])
    ok(kechuang("verify", path)[0] == 0, "and whole again when changed back")

    db = sqlite3.connect(path)
    db.execute("UPDATE event SET actor = 'x' WHERE seq = 3")
    db.commit()
    db.close()
    broken = os.path.join(folder, "broken.db")
    code, out, err = kechuang("backup", path, broken)
    ok(code == 0 and "event 3:" in err and "warning" in err, "a broken chain is backed up with a warning", (code, err))
    target = os.path.join(folder, "target.db")
    code, out, err = kechuang("restore", broken, target)
    ok(code == 1 and "event 3:" in err and not os.path.exists(target), "and is not restored", (code, err))

    # Everything that may be wrong: one message, the right exit code.
    text = os.path.join(folder, "text.db")
    open(text, "w").write("not a database, and longer than the header of one, which is a hundred bytes: " + "x" * 100)
    locked = os.path.join(folder, "none.db")
    for args, want, word in [
        (["verify"], 2, "DB"), (["verify", path, "extra"], 2, "extra"), (["verify", locked], 1, "kechuang init"),
        (["verify", text], 3, "not a kechuang database"), (["verify", folder], 3, "folder"), (["backup", path], 2, "FILE"),
        (["backup", locked, text + "2"], 1, "kechuang init"), (["backup", path, os.path.join(folder, "no", "such")], 3, "cannot"),
        (["restore", locked, target], 1, "cannot be read"), (["restore", text, target], 3, "not a kechuang database"),
        (["verify", path, "--checkpoint", text], 1, "text.db"), (["verify", path, "--checkpoint", locked], 1, "none.db"),
        (["verify", "postgres://nobody@127.0.0.1:1/none"], 3, "cannot connect"), (["--as", "x", "backup", path, target], 1, "--as"),
    ]:
        code, out, err = kechuang(*args)
        ok(code == want and word in err and "error:" in err and not os.path.exists(target), "wrong: " + " ".join(a.replace(folder, "") for a in args), (code, out, err))


def count_skip(name, why):
    global count
    count += 1
    print("ok", count, "-", name, "# SKIP", why)


folder = tempfile.mkdtemp(prefix="kechuang-commands-")
try:
    with pg.server() as base:
        main(folder, base)
finally:
    shutil.rmtree(folder)
print(f"1..{count}")
sys.exit(1 if failures else 0)
