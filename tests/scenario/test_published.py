"""A bulletin is published: what was sent out stays to the byte, corrections show as differences, tampering is found."""
import os
import sqlite3
import threading

import city
from city import good, run

tap = city.Tap()
FORM = "monthly"


def csv(path, header, rows):
    with open(path, "w", encoding="utf-8") as f:
        for row in [header, *rows]:
            f.write(",".join(str(c) for c in row) + "\n")


def correct(db, folder, gdp, rd, on="2024-06-03"):
    path = os.path.join(folder, "更正.csv")
    csv(path, ["县区", "地区生产总值（万元）", "全社会研发经费（万元）"], [["青崖县", gdp, rd]])
    good("report", db, FORM, path, "--period", "2023-06", "--explanation", "普查更正", env={"KECHUANG_NOW": on + "T09:00:00+08:00"})


def publish(db, *more, **kw):
    return run("document", "publish", db, "rd_bulletin", "--period", "2023-06", *more, **kw)


def walk(engine, db, folder):
    good("demo", db, "--enterprises", "60", "--years", "2")
    at = {"env": {"KECHUANG_NOW": "2024-06-01T09:00:00+08:00"}}
    made, kept = os.path.join(folder, "made.docx"), os.path.join(folder, "kept.docx")
    with tap(f"{engine}: publishing freezes the document as it is made"):
        good("document", db, "rd_bulletin", "--period", "2023-06", "-o", made, **at)
        r = good("document", "publish", db, "rd_bulletin", "--period", "2023-06", "--json", **at).json()
        assert r["id"] == 1 and r["edition"] == 1 and r["day"] == "2024-06-01" and r["withdrawn"] is None, r
        good("document", "get", db, 1, "-o", kept)
        assert open(made, "rb").read() == open(kept, "rb").read()
        assert run("document", "differences", db, 1, **at).code == 0
    with tap(f"{engine}: the same again is refused"):
        r = publish(db, **at)
        assert r.code == 1 and "没有变化" in r.err, (r.code, r.err)
    with tap(f"{engine}: a correction shows as differences and leaves the published text alone"):
        before = good("rank", db, "rd_intensity", "--period", "2023-06", "--json").json()
        correct(db, folder, 520000, 99999)
        after = good("rank", db, "rd_intensity", "--period", "2023-06", "--json").json()
        assert before != after
        r = run("document", "differences", db, 1, "--json", **at)
        changed = r.json()["differences"]
        assert r.code == 1 and changed and all(d["shown"] != d["shown_now"] or d["value"] != d["value_now"] for d in changed)
        city_rd = [d for d in changed if d["feel"].startswith('yi(value("rd_expenditure", city, period)')]
        assert len(city_rd) == 1 and city_rd[0]["shown"].endswith("亿元") and city_rd[0]["shown_now"].endswith("亿元"), changed[:3]
        good("document", "get", db, 1, "-o", kept)
        assert open(made, "rb").read() == open(kept, "rb").read()
    with tap(f"{engine}: published again it is the second edition, the first stands"):
        second = publish(db, "--json", **at).json()
        assert (second["id"], second["edition"]) == (2, 2)
        assert [d["edition"] for d in good("document", "list", db, "--json").json()["published"]] == [2, 1]
        assert run("document", "differences", db, 2, **at).code == 0 and run("document", "differences", db, 1, **at).code == 1
    with tap(f"{engine}: withdrawn with a reason, once; it stays"):
        assert run("document", "withdraw", db, 1).code == 2
        assert run("document", "withdraw", db, 1, "--reason", "  ").code != 0
        assert "已撤回：数据更正" in good("document", "withdraw", db, 1, "--reason", "数据更正").out
        assert run("document", "withdraw", db, 1, "--reason", "再撤").code == 1
        good("document", "get", db, 1, "-o", kept)
    with tap(f"{engine}: who may: a county reads what was sent out and publishes nothing"):
        assert publish(db, "--as", "wangchuan", **at).code == 1
        assert len(good("document", "list", db, "--as", "wangchuan", "--json").json()["published"]) == 2
        good("document", "get", db, 2, "-o", os.path.join(folder, "county.pdf"), "--as", "wangchuan")
        assert run("document", "withdraw", db, 2, "--reason", "x", "--as", "wangchuan").code == 1
        assert run("document", "get", db, 99, "-o", kept).code == 1
    with tap(f"{engine}: what is wrong is told"):
        assert "没有" in run("document", "publish", db, "nothing").err
        assert run("document", "publish", db, "rd_bulletin").code != 0
        assert run("document", "publish", db, "rd_bulletin", "--period", "2023-13").code != 0
    with tap(f"{engine}: a table of an empty list has its head and no row"):
        empty = os.path.join(folder, "empty.md")
        good("document", db, "assessment_table", "--period", "2019", "-o", empty)
        text = open(empty, encoding="utf-8").read()
        assert "| 名次 | 县市区 |" in text and "null" not in text, text
    with tap(f"{engine}: two who publish at once give one edition"):
        correct(db, folder, 520000, 88888, "2024-06-04")
        got = []
        threads = [threading.Thread(target=lambda: got.append(publish(db, **at).code)) for _ in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert sorted(got) == [0, 1, 1, 1] and len(good("document", "list", db, "--json").json()["published"]) == 3, got
    with tap(f"{engine}: the chain vouches for the documents"):
        assert good("verify", db, "--json").json()["documents"] == 3
    if engine == "sqlite":
        for what, sql in (("a file", "UPDATE document_file SET content = CAST(content || ' ' AS BLOB), hash = hash WHERE document = 2 AND format = 'md'"),
                          ("a figure", "UPDATE document_figure SET shown = '9' WHERE document = 3 AND number = 4"),
                          ("a whole document", "DELETE FROM document_file WHERE document = 1; DELETE FROM document_figure WHERE document = 1; DELETE FROM document WHERE id = 1")):
            with tap(f"{engine}: {what} that somebody changed in the database is found"):
                copy = os.path.join(folder, "tampered.db")
                for name in (copy, copy + "-wal", copy + "-shm"):
                    if os.path.exists(name):
                        os.unlink(name)
                good("backup", db, copy)
                with sqlite3.connect(copy) as c:
                    c.executescript(sql)
                r = run("verify", copy, "--json")
                assert r.code == 1 and r.json()["documents_changed"] >= 1 and r.json()["whole"] is False, (r.code, r.out, r.err)
                if what == "a file":
                    assert run("document", "get", copy, 2, "-o", os.path.join(folder, "x.md")).code == 3 and not os.path.exists(os.path.join(folder, "x.md"))


with city.temp() as folder:
    for engine, name in city.databases(folder):
        if name is None:
            tap.skip("postgres", "no PostgreSQL here")
            continue
        walk(engine, name("published"), folder)
tap.done()
