"""The bank: a batch's payment list with its control, and the bank's answer, on both databases. Codes and accounts stay text,
names that would run as formulas do not; the answer is matched by reference, taken once, and refused row by row where it does
not fit; a payment made again has a reference of its own; who paid does not confirm."""
import csv
import hashlib
import io
import os
import subprocess
import sys
import zipfile

import city
from city import good, run

tap = city.Tap()
AFTER = {"KECHUANG_NOW": "2024-06-28T09:00:00+08:00"}
sys.path.insert(0, os.path.join(city.ROOT, "tests", "codec"))


def refused(*args, **kw):
    r = run(*args, **kw)
    assert r.code == 1, f"exit {r.code}: {args}\n{r.out}{r.err}"
    return r.err


def cents(yuan):
    return round(float(yuan) * 100)


def ledger(db):
    accounts = {a["account"]: cents(a["balance"]) for a in good("ledger", "show", db, "--json").json()["accounts"]}
    assert sum(accounts.values()) == 0
    return accounts


def funds(db):
    return sum(v for k, v in ledger(db).items() if k.startswith("fund:"))


def answer(db, path, rows, *more, head=("业务参考号", "金额（元）", "处理结果", "失败原因"), who="dan", encoding="utf-8-sig"):
    with open(path, "w", newline="", encoding=encoding) as f:
        w = csv.writer(f)
        w.writerow(["云川银行代发回单"])
        w.writerow(head)
        w.writerows(rows)
    r = run("pay", "bank-answer", db, path, "--json", "--as", who, *more, env=AFTER)
    assert r.code in (0, 1) and r.out, r.err
    o = r.json()
    assert (r.code == 1) == (o["refused"] > 0)
    return o


def write(db, register, key, **values):
    good("record", "set", db, register, key, *[f"{k}={v}" for k, v in values.items()], "--reason", "变更", "--as", "ann")


def walk(db, folder):
    good("demo", db, "--enterprises", 120, "--years", 4)
    for p in ("ann", "bob", "cai", "dan", "eve"):
        good("user", "add", db, p, "--role", "admin", "--unit", "980100", stdin=b"a long password 1\n")
    good("user", "add", db, "wang", "--role", "county_officer", "--unit", "980121", stdin=b"a long password 1\n")
    for unit in ["980100"] + [u for u in {r["unit"] for r in good("policy", "run", db, "--year", 2022, "--as", "ann", "--json").json()["entitlements"]} if u]:
        good("ledger", "fund", db, unit, "本级财政", "90000000", "--as", "ann")
    # The demo has paid some: what is on its way is its second batch.
    batch = next(b for b in good("pay", "list", db, "--json").json()["payments"] if b["sent"] > b["confirmed"])["payment"]
    out = os.path.join(folder, "清单.csv")

    with tap("the list: every payment on its way, complete, with count, sum and control"):
        shown = good("pay", "bank", db, batch, "--json").json()
        items = {i["item"]: i for i in good("pay", "show", db, batch, "--json").json()["rows"]}
        sent = [i for i in items.values() if i["state"] == "sent"]
        assert shown["count"] == len(sent) == len(shown["rows"]) and cents(shown["amount"]) == sum(cents(i["amount"]) for i in sent)
        assert shown["incomplete"] == 0 and all(r["account"].isdigit() and len(r["account"]) > 15 and r["bank"] for r in shown["rows"])
        assert len({r["reference"] for r in shown["rows"]}) == shown["count"]
        assert all(r["reference"] == f"KC{batch:06d}{r['item']:08d}01" and "年度" in r["purpose"] for r in shown["rows"]), shown["rows"][0]

    with tap("as a file: accounts and codes are text, formulas do not run, the control covers every row, the export is an event"):
        evil = shown["rows"][0]
        write(db, "enterprise", evil["code"], name='=HYPERLINK("http://x","甲")', bank_account="0012345678901234567890")
        events = good("verify", db, "--json").json()["events"]
        said = good("pay", "bank", db, batch, "-o", out, "--as", "eve").out
        rows = list(csv.DictReader(io.StringIO(open(out, encoding="utf-8-sig").read())))
        again = good("pay", "bank", db, batch, "--json").json()
        assert [r["业务参考号"] for r in rows] == [r["reference"] for r in again["rows"]]
        assert rows[0]["收款人名称"].startswith("'=HYPERLINK") and rows[0]["收款人账号"] == "0012345678901234567890"
        assert sum(cents(r["金额（元）"]) for r in rows) == cents(again["amount"])
        assert again["control"] != shown["control"] and again["control"] in said and f"{len(rows)} 笔" in said
        sm3 = hashlib.new("sm3", "".join(f"{r['reference']}|{r['payee']}|{r['account']}|{r['bank']}|{cents(r['amount'])}\n"
                                          for r in again["rows"]).encode()).hexdigest() if "sm3" in hashlib.algorithms_available else again["control"]
        assert sm3 == again["control"], "anyone can compute the control"
        assert good("verify", db, "--json").json()["events"] == events + 1
        book = os.path.join(folder, "清单.xlsx")
        good("pay", "bank", db, batch, "-o", book, "--as", "eve")
        z = zipfile.ZipFile(book)
        sheet, strings = z.read("xl/worksheets/sheet1.xml").decode(), "".join(z.read(n).decode() for n in z.namelist() if n.endswith(".xml"))
        assert "<f>" not in sheet and "0012345678901234567890" in strings and again["control"] in strings and "核对" in strings
        assert again["rows"][0]["account"] in strings
        write(db, "enterprise", evil["code"], name=evil["payee"])

    with tap("who approved makes no list; a county none; a payee without an account stops it by name"):
        approved = [s["actor"] for s in good("pay", "show", db, batch, "--json").json()["payment"]["steps"] if s["step"] == "approve"][-1]
        assert run("pay", "bank", db, batch, "-o", out, "--as", approved).code == 1
        assert run("pay", "bank", db, batch, "--as", "wang").code == 1
        other = again["rows"][1]
        write(db, "enterprise", other["code"], bank_account="")
        os.remove(out)
        err = refused("pay", "bank", db, batch, "-o", out, "--as", "eve")
        assert "缺少收款账号" in err and other["code"] in err and not os.path.exists(out)
        assert "缺少收款账号" in good("pay", "bank", db, batch).out
        write(db, "enterprise", other["code"], bank_account=other["account"])

    refs = good("pay", "bank", db, batch, "--json").json()["rows"]
    ok, back, wrong, left = refs[0], refs[1], refs[2], refs[3:]
    file = os.path.join(folder, "回单.csv")

    with tap("the answer: paid and returned by reference; everything that does not fit is refused by row and changes nothing"):
        before = funds(db)
        rows = [[ok["reference"], ok["amount"], "成功", ""], [back["reference"], f"{float(back['amount']):,.2f}", "退票", "户名不符"],
                [wrong["reference"], "1.00", "成功", ""], ["KC00000100000001", "1", "成功", ""], ["", "1", "成功", ""],
                ["KC0000019999999901", "1", "成功", ""], [left[0]["reference"], left[0]["amount"], "处理中", ""],
                [left[1]["reference"], left[1]["amount"], "退回", ""], [left[2]["reference"], "壹元", "成功", ""],
                [ok["reference"], ok["amount"], "成功", ""], ["合计", "", "", ""], ["", "", "", ""]]
        dry = answer(db, file, rows, "--dry-run")
        assert funds(db) == before and good("pay", "bank", db, batch, "--json").json()["count"] == len(refs), "a dry run changes nothing"
        o = answer(db, file, rows)
        assert {k: v for k, v in o.items() if k != "dry_run"} == {k: v for k, v in dry.items() if k != "dry_run"}
        assert (o["confirmed"], o["returned"], o["unchanged"], o["refused"]) == (1, 1, 0, 9), o
        words = {r["row"]: r["words"] for r in o["rows"] if r["outcome"] == "refused"}
        assert "金额不符" in words[5] and wrong["amount"] in words[5], words
        assert "没有业务参考号“KC00000100000001”" in words[6] and words[7] == "没有业务参考号" and "没有业务参考号" in words[8]
        assert "看不懂处理结果“处理中”" in words[9] and "原因" in words[10] and "壹元" in words[11] and "重复" in words[12]
        assert funds(db) - before == cents(back["amount"]), "what came back is in the fund again"
        states = {i["item"]: (i["state"], i["note"]) for i in good("pay", "show", db, batch, "--json").json()["rows"]}
        assert states[ok["item"]][0] == "confirmed" and states[back["item"]] == ("returned", "户名不符") and states[wrong["item"]][0] == "sent"

    with tap("the same file again changes nothing; a contradiction is refused"):
        events = good("verify", db, "--json").json()["events"]
        o = answer(db, file, rows[:2])
        assert (o["confirmed"], o["returned"], o["unchanged"], o["refused"]) == (0, 0, 2, 0)
        assert good("verify", db, "--json").json()["events"] == events
        o = answer(db, file, [[ok["reference"], ok["amount"], "失败", "账户冻结"], [back["reference"], back["amount"], "成功", ""]])
        assert o["refused"] == 2 and "已登记到账" in o["rows"][0]["words"] and "已登记退回" in o["rows"][1]["words"]
        assert good("verify", db, "--json").json()["events"] == events

    with tap("paid again: another reference; the old answer does not settle the new payment"):
        good("pay", "send", db, batch, "--as", "cai", env=AFTER)
        new = next(r for r in good("pay", "bank", db, batch, "--json").json()["rows"] if r["item"] == back["item"])
        assert new["reference"] == back["reference"][:-2] + "02"
        o = answer(db, file, rows[1:2])
        assert o["refused"] == 1 and new["reference"] in o["rows"][0]["words"], o

    with tap("whoever paid cannot answer for it; the rest settles the batch"):
        answer(db, file, [[new["reference"], new["amount"], "成功", ""]], "--dry-run")
        r = run("pay", "bank-answer", db, file, "--as", "cai", env=AFTER)
        assert r.code == 1 and "cai" in r.err, r.err
        todo = good("pay", "bank", db, batch, "--json").json()["rows"]
        o = answer(db, os.path.join(folder, "gbk.csv"), [[r["reference"], r["amount"], "交易成功"] for r in todo],
                   head=("客户流水号", "交易金额", "交易状态"), encoding="gbk")
        assert o["confirmed"] == len(todo) and cents(o["amount_confirmed"]) == sum(cents(r["amount"]) for r in todo)
        assert good("pay", "show", db, batch, "--json").json()["payment"]["state"] == "settled"
        assert "途中" in refused("pay", "bank", db, batch)

    with tap("files that are no answer"):
        for text in ("", "a,b\n1,2\n", "业务参考号,金额\nKC1,2\n"):
            open(file, "w").write(text)
            assert run("pay", "bank-answer", db, file, "--as", "dan").code == 1
        good("verify", db)


with city.temp() as folder:
    for name, place in city.databases(folder):
        if place is None:
            tap.skip(name, "no server here")
            continue
        print(f"# {name}")
        walk(place("bank"), folder)
print(f"1..{tap.count}")
tap.done()
