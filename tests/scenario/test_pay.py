"""Money: from a run to the ledger, on both databases. Every pair of steps one person may not do, edits that void, nothing
paid twice (again, under another key, by a policy of the same group), two approvals at one moment, kills in the middle."""
import itertools
import os
import random
import re
import shutil
import signal
import subprocess
import threading
import time

import city
from city import good, run

# make check: SQLite, without the pairs; test_pay_slow.py: both databases, every pair.
EVERYTHING = os.environ.get("KECHUANG_PAY_EVERYTHING") == "1"
tap = city.Tap()
PEOPLE = ["ann", "bob", "cai", "dan", "eve"]
AFTER = {"KECHUANG_NOW": "2024-06-28T09:00:00+08:00"}       # well after publication
DURING = {"KECHUANG_NOW": "2024-06-03T09:00:00+08:00"}


def refused(*args, **kw):
    r = run(*args, **kw)
    assert r.code == 1, f"exit {r.code}: {args}\n{r.out}{r.err}"
    return r.err


def setup(db):
    good("demo", db, "--enterprises", 90, "--years", 4)
    for p in PEOPLE:        # everybody may do everything: what keeps them apart is what they have done
        good("user", "add", db, p, "--role", "admin", "--unit", "980100", stdin=b"a long password 1\n")
    # The demo has paid some: what it has only published is cancelled, so that there is something to pay.
    for b in good("pay", "list", db, "--json").json()["payments"]:
        if b["state"] == "published" and not b["sent"]:
            good("pay", "cancel", db, b["payment"], "--reason", "试验", "--as", "eve")
    global EARLIER
    EARLIER = good("policy", "run", db, "--year", "2022", "--as", "ann", "--json").json()["run"]["run"]
    out = good("policy", "run", db, "--year", "2023", "--as", "ann", "--json").json()
    units = {u["unit"] for p in out["run"]["policies"] for u in p["by_unit"]}
    for u in sorted(units | {"980100"}):
        good("ledger", "fund", db, u, "本级财政", "90000000", "--as", "eve")
    return out["run"]["run"]


def make(db, run_id, *policies, who="bob", skip=False):
    args = ["pay", "make", db, run_id, *policies, "--title", "批", "--as", who, "--json"] + (["--skip-claimed"] if skip else [])
    return good(*args, env=DURING).json()["payment"]


def show(db, batch):
    return good("pay", "show", db, batch, "--json").json()


def ledger(db):
    book = good("ledger", "show", db, "--json").json()
    accounts = book["accounts"]
    cents = {a["account"]: round(float(a["balance"]) * 100) for a in accounts}
    assert sum(cents.values()) == 0, "debits and credits balance"
    return cents


def paid(db):
    """What left the funds."""
    c = ledger(db)
    return -sum(v for k, v in c.items() if k.startswith("source:")) - sum(v for k, v in c.items() if k.startswith("fund:"))


def payable(db):
    return sum(v for k, v in ledger(db).items() if k.startswith("payable:"))


def cancel(db, batch):
    good("pay", "cancel", db, batch, "--reason", "试验结束", "--as", "eve", env=DURING)


STEPS = ["review", "approve", "publish", "send"]
FORBIDDEN = {("compute", "review"), ("make", "review"), ("compute", "approve"), ("make", "approve"), ("review", "approve"),
             ("approve", "send"), ("edit", "review"), ("edit", "approve"), ("send", "settle")}


def walk(db, run_id):
    if EVERYTHING:
        pairs(db, run_id)
    others(db, run_id)


def pairs(db, run_id):
    with tap("every pair of steps by one person: allowed or refused as the rule says"):
        before = ledger(db)
        # ann computed the run. Everything else is done by somebody new each time, except the pair under test.
        seen = set()
        for first, second in itertools.permutations(["compute", "make", "edit", "review", "approve", "publish", "send", "settle"], 2):
            order = ["compute", "make", "edit", "review", "approve", "publish", "send", "settle"]
            if order.index(first) > order.index(second) or second in ("make", "edit"):
                continue
            who = dict(zip(order, ["ann", "bob", "bob", "cai", "dan", "eve", "bob", "cai"]))
            same = who[first]
            if second == "settle" and first != "send":
                who["send"] = "eve" if same != "eve" else "bob"
            who[second] = same
            batch = make(db, run_id, "hnte_award", who=who["make"])
            items = show(db, batch)["rows"]
            if first == "edit" or second == "edit":
                good("pay", "edit", db, batch, items[0]["item"], "--amount", "1", "--reason", "核减", "--as", who["edit"], env=DURING)
            done = []
            for step in STEPS:
                env = AFTER if step == "send" else DURING
                # Whoever stands for the other steps must not run into a rule of his own.
                actor = who[step]
                if step != second:
                    clash = {who[s] for s, t in FORBIDDEN if t == step and s in ("compute", "make", "edit", *done)}
                    actor = actor if actor not in clash else next(p for p in PEOPLE if p not in clash and p != same)
                    who[step] = actor
                if step == second and (first, second) in FORBIDDEN:
                    assert "不能再" in refused("pay", step, db, batch, "--as", actor, env=env)
                    break
                r = run("pay", step, db, batch, "--as", actor, env=env)
                if step == second:
                    assert r.code == 0, (first, second, actor, r.err)
                    break
                assert r.code == 0, (first, second, step, actor, r.err)
                done.append(step)
            else:
                item = next(i for i in show(db, batch)["rows"] if i["state"] == "sent")
                r = run("pay", "settle", db, item["item"], "--returned", "--as", who["settle"])
                assert (r.code == 1) == ((first, second) in FORBIDDEN), (first, second, r.err)
            seen.add((first, second))
            if "send" in done or second == "send" and (first, second) not in FORBIDDEN:
                for i in show(db, batch)["rows"]:       # what was sent comes back, so that the next round can pay it
                    if i["state"] == "sent":
                        good("pay", "settle", db, i["item"], "--returned", "--as", next(p for p in PEOPLE if p != who["send"]))
                for i in show(db, batch)["rows"]:
                    if i["state"] == "returned":
                        good("pay", "edit", db, batch, i["item"], "--reason", "账户有误", "--as", "eve")
            else:
                cancel(db, batch)
        assert FORBIDDEN <= seen | {("edit", "review"), ("edit", "approve")}
        assert ledger(db) == before, "everything was taken back"


def others(db, run_id):
    with tap("steps in order only; publication and objections"):
        owed = payable(db)
        batch = make(db, run_id, "hnte_award")
        assert "须先" in refused("pay", "approve", db, batch, "--as", "dan")
        assert "须先" in refused("pay", "publish", db, batch, "--as", "dan")
        refused("pay", "send", db, batch, "--as", "eve")
        good("pay", "review", db, batch, "--as", "cai", env=DURING)
        good("pay", "approve", db, batch, "--as", "dan", env=DURING)
        good("pay", "publish", db, batch, "--as", "bob", env=DURING)
        b = show(db, batch)
        assert b["payment"]["publish_from"] == "2024-06-03" and b["payment"]["publish_to"] == "2024-06-11", b["payment"]   # over 端午
        for day in ("2024-06-03", "2024-06-11"):
            assert "公示期" in refused("pay", "send", db, batch, "--as", "eve", env={"KECHUANG_NOW": day + "T23:00:00+08:00"})
        one, two = b["rows"][0], b["rows"][1]
        good("pay", "object", db, batch, one["item"], "--text", "重名", "--by", "某公司", env=DURING)
        good("pay", "object", db, batch, two["item"], "--text", "已注销", env=DURING)
        refused("pay", "object", db, batch, two["item"], "--text", "迟了", env=AFTER)
        assert "异议" in refused("pay", "send", db, batch, "--as", "eve", env=AFTER)
        o = show(db, batch)["objections"]
        good("pay", "answer", db, o[0]["objection"], "--text", "经核不属实", "--as", "bob", env=DURING)
        assert "异议" in refused("pay", "send", db, batch, "--as", "eve", env=AFTER)
        assert payable(db) != owed
        good("pay", "answer", db, o[1]["objection"], "--text", "属实", "--upheld", "--as", "bob", env=DURING)
        b = show(db, batch)
        assert b["payment"]["state"] == "made" and {s["step"] for s in b["payment"]["steps"] if s["is_void"]} >= {"review", "approve"}
        assert next(i for i in b["rows"] if i["item"] == two["item"])["state"] == "taken out"
        assert payable(db) == owed, "what was granted is taken back"
        refused("pay", "send", db, batch, "--as", "eve", env=AFTER)
        cancel(db, batch)

    with tap("an edit only lowers, says why, and voids what was signed"):
        batch = make(db, run_id, "hnte_award")
        item = show(db, batch)["rows"][0]
        for amount in ("99999999", "0", "-5", "1.001", "x"):
            refused("pay", "edit", db, batch, item["item"], "--amount", amount, "--reason", "改", "--as", "bob")
        refused("pay", "edit", db, batch, item["item"], "--amount", "5", "--reason", " ", "--as", "bob")
        good("pay", "review", db, batch, "--as", "cai", env=DURING)
        digest = show(db, batch)["payment"]["digest"]
        good("pay", "edit", db, batch, item["item"], "--amount", "5.55", "--reason", "核减", "--as", "bob", env=DURING)
        assert show(db, batch)["payment"]["digest"] != digest
        assert "须先" in refused("pay", "approve", db, batch, "--as", "dan")
        refused("pay", "review", db, batch, "--as", "bob")
        cancel(db, batch)

    with tap("nothing twice: the same again, other runs, other keys of one firm"):
        batch = make(db, run_id, "hnte_award")
        assert "不能重复" in refused("pay", "make", db, run_id, "hnte_award", "--title", "再来", "--as", "bob")
        again = good("policy", "run", db, "--year", "2023", "--as", "eve", "--json").json()["run"]["run"]
        refused("pay", "make", db, again, "hnte_award", "--title", "换一次测算", "--as", "bob")
        assert "没有可兑付" in refused("pay", "make", db, again, "hnte_award", "--title", "略去", "--skip-claimed", "--as", "bob")
        rows = [r for r in show(db, batch)["rows"] if r["state"] == "listed"]
        # Of two firms that turn out to be one, only one is paid for a year.
        good("pay", "edit", db, batch, rows[0]["item"], "--reason", "核查", "--as", "bob", env=DURING)
        good("record", "merge", db, "enterprise", rows[0]["key"], "--into", rows[1]["key"], "--reason", "更名", "--as", "eve")
        err = run("pay", "make", db, again, "hnte_award", "--title", "更名前后", "--skip-claimed", "--as", "bob")
        assert err.code == 1 and "没有可兑付" in err.err, "the old key's award is the new key's"
        # And renamed once more: the oldest key's award is the newest key's.
        good("record", "merge", db, "enterprise", rows[1]["key"], "--into", rows[2]["key"], "--reason", "再更名", "--as", "eve")
        good("pay", "edit", db, batch, rows[1]["item"], "--reason", "核查", "--as", "bob", env=DURING)
        err = run("pay", "make", db, again, "hnte_award", "--title", "两次更名", "--skip-claimed", "--as", "bob")
        assert err.code == 1 and "没有可兑付" in err.err, "through both names"
        cancel(db, batch)

    with tap("two approvals and two payments at the same moment: one of each"):
        owed = payable(db)
        for _ in range(3):
            batch = make(db, run_id, "hnte_award", skip=True)
            good("pay", "review", db, batch, "--as", "cai", env=DURING)
            codes = together([["pay", "approve", db, batch, "--as", p] for p in ("dan", "eve")], DURING)
            assert sorted(codes) == [0, 1], codes
            assert [s["step"] for s in show(db, batch)["payment"]["steps"]].count("approve") == 1
            assert owed - payable(db) == cents(show(db, batch)["payment"]["amount"])
            cancel(db, batch)

    with tap("funds of each level: too little stops, and says whose; the parts add up"):
        batch = make(db, EARLIER, "rd_post_subsidy", skip=True)
        good("pay", "review", db, batch, "--as", "cai", env=DURING)
        good("pay", "approve", db, batch, "--as", "dan", env=DURING)
        good("pay", "publish", db, batch, "--as", "bob", env=DURING)
        start = paid(db)
        good("pay", "send", db, batch, "--as", "eve", env=AFTER)
        b = show(db, batch)
        assert b["payment"]["state"] == "paid" and paid(db) - start == cents(b["payment"]["amount"])
        r = run("pay", "send", db, batch, "--as", "eve", env=AFTER)
        assert paid(db) - start == cents(b["payment"]["amount"]), "again pays nobody again"
        first = b["rows"][0]
        good("pay", "settle", db, first["item"], "--returned", "--reason", "账号错误", "--as", "bob")
        assert paid(db) - start == cents(b["payment"]["amount"]) - cents(first["amount"])
        good("pay", "send", db, batch, "--as", "eve", env=AFTER)
        assert paid(db) - start == cents(b["payment"]["amount"])
        for i in b["rows"]:
            good("pay", "settle", db, i["item"], "--arrived", "--as", "bob")
        assert show(db, batch)["payment"]["state"] == "settled"

    with tap("clawback: entries of its own, never more than was paid"):
        refused("pay", "claim-back", db, first["item"], "--amount", str(cents(first["amount"]) / 100 + 1), "--reason", "迁出", "--as", "bob")
        good("pay", "claim-back", db, first["item"], "--amount", "100.01", "--reason", "迁出", "--as", "bob")
        assert sum(v for k, v in ledger(db).items() if k.startswith("claim:")) == 10001
        refused("pay", "came-back", db, first["item"], "--amount", "100.02", "--as", "bob")
        good("pay", "came-back", db, first["item"], "--amount", "100.01", "--as", "bob")
        c = ledger(db)
        assert sum(v for k, v in c.items() if k.startswith("claim:")) == 0
        assert sum(v for k, v in c.items() if k.endswith(":追回资金")) == 10001


def cents(yuan):
    return round(float(yuan) * 100)


def together(commands, env):
    codes = []
    threads = [threading.Thread(target=lambda c=c: codes.append(run(*c, env=env).code)) for c in commands]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return codes


def kills(db, run_id):
    with tap("kill -9 in the middle of a payment: nobody is paid twice, and it goes on where it stopped"):
        batch = make(db, run_id, "hnte_award", skip=True)
        good("pay", "review", db, batch, "--as", "cai", env=DURING)
        good("pay", "approve", db, batch, "--as", "dan", env=DURING)
        good("pay", "publish", db, batch, "--as", "bob", env=DURING)
        start, amount = paid(db), cents(show(db, batch)["payment"]["amount"])
        env = {**os.environ, **AFTER, "KECHUANG_LANG": "zh"}
        began = time.monotonic()
        good("pay", "list", db)
        usual = 2 * (time.monotonic() - began) + 0.02
        for _ in range(8):
            p = subprocess.Popen([city.KECHUANG, "pay", "send", db, str(batch), "--as", "eve"], env=env,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random.random() * usual)
            p.send_signal(signal.SIGKILL)
            p.wait()
            rows = show(db, batch)["rows"]
            assert paid(db) - start == sum(cents(r["amount"]) for r in rows if r["state"] == "sent"), "ledger and items agree"
        good("pay", "send", db, batch, "--as", "eve", env=AFTER)
        assert paid(db) - start == amount
        good("verify", db)


def over_years(db, folder):
    with tap("a cap over the years: what was paid in other years counts, also under an earlier name; the trace says what cut what"):
        name = "rd_post_subsidy"
        gone = {g["key"]: g["into"] for g in good("record", "gone", db, "enterprise", "--json").json()["rows"] if g.get("into")}
        before = {e["key"]: e for e in good("policy", "run", db, name, "--year", 2023, "--json").json()["entitlements"] if e["outcome"] == "eligible"}
        paid = {}
        for b in good("pay", "list", db, "--json").json()["payments"]:
            if b["year"] != 2022:
                continue
            for i in show(db, b["payment"])["rows"]:
                if i["policy"] == name and i["state"] in ("sent", "confirmed"):
                    key = i["key"]
                    while key in gone:
                        key = gone[key]
                    paid[key] = paid.get(key, 0) + cents(i["amount"]) - cents(i["claimed_back"])
        both = sorted(k for k in before if k in paid)
        assert both, "firms paid in both years"
        # The first of them reaches the cap in its second year, with a part of it left.
        cap = (paid[both[0]] + before[both[0]]["fen"] // 2) // 100 * 100
        # A firm that was paid in 2022 is another by now.
        old = next(k for k in paid if k not in before and paid[k] > 0) if any(k not in before for k in paid) else None
        new = next(k for k in before if k not in paid)
        if old:
            good("record", "merge", db, "enterprise", old, "--into", new, "--reason", "更名", "--as", "eve")
            paid[new] = paid.pop(old)
        pack = os.path.join(folder, "capped")
        shutil.rmtree(pack, ignore_errors=True)
        shutil.copytree(os.path.join(city.ROOT, "packs", "city"), pack)
        path = os.path.join(pack, "policies", name + ".yaml")
        text = open(path, encoding="utf-8").read()
        own = re.search(r"\ncap: (\{.*\})\n", text)
        assert own, "the policy's own cap"
        open(path, "w", encoding="utf-8").write(text.replace(own[0], f"\ncap: [{own[1]}, {{per: enterprise, amount: {cap // 100}元}}]\n"))
        good("init", db, "--pack", pack)
        now = {e["key"]: e for e in good("policy", "run", db, name, "--year", 2023, "--json").json()["entitlements"]}
        cut = 0
        for k, e in before.items():
            want = min(e["fen"], max(0, cap - paid.get(k, 0)) // 100 * 100)     # the policy pays whole yuan
            assert now[k]["fen"] == want, (k, e["fen"], paid.get(k), cap, now[k])
            if want < e["fen"]:
                cut += 1
                cuts = now[k]["cuts"]
                last = cuts[-1]
                assert cents(last["after"]) == want and "最高" in last["rule"], cuts
                assert e["fen"] in [cents(c["before"]) for c in cuts] and all(a["after"] == b["before"] for a, b in zip(cuts, cuts[1:])), cuts
                assert k not in paid or "累计" in last["rule"], cuts
                if not want:
                    assert now[k]["outcome"] == "not_eligible" and now[k]["reason"] == last["rule"]
        assert cut and 0 < now[both[0]]["fen"] < before[both[0]]["fen"]
        good("init", db, "--pack", os.path.join(city.ROOT, "packs", "city"))


def conditions(db, folder):
    with tap("conditions to keep: what did not hold in one of the years after is due, the part the policy says"):
        pack = os.path.join(folder, "pack")
        shutil.rmtree(pack, ignore_errors=True)
        shutil.copytree(os.path.join(city.ROOT, "packs", "city"), pack)
        path = os.path.join(pack, "policies", "hnte_award.yaml")
        text = open(path, encoding="utf-8").read()
        keep = """keep:
  stays: {from: 'count(qualification[kind = "高新技术企业" and valid on period end])', for: 3 years, say: 三年内须保持资格, back: 50%}
mode: automatic"""
        assert text.count("mode: automatic") == 1
        open(path, "w", encoding="utf-8").write(text.replace("mode: automatic", keep))
        good("init", db, "--pack", pack)
        paid_2022 = next(b for b in good("pay", "list", db, "--json").json()["payments"] if b["year"] == 2022 and b["sent"])
        sent = {i["item"]: i for i in show(db, paid_2022["payment"])["rows"]}
        for year in (2022, 2026):       # before the years, and after them
            assert not [d for d in good("pay", "due", db, "--year", year, "--json").json()["due"] if d["item"]["item"] in sent]
        due = good("pay", "due", db, "--year", 2025, "--json").json()["due"]
        assert due and all(2 * cents(d["amount"]) == cents(d["item"]["amount"]) for d in due if not d["unknown"])
        one = next(d for d in due if not d["unknown"])
        good("pay", "claim-back", db, one["item"]["item"], "--amount", one["amount"], "--reason", one["condition"], "--as", "bob")
        left = good("pay", "due", db, "--year", 2025, "--json").json()["due"]
        assert one["item"]["item"] not in [d["item"]["item"] for d in left] and len(left) == len(due) - 1, "claimed back once"


with city.tempfile.TemporaryDirectory() as folder:
    for name, place in city.databases(folder):
        if name == "postgres" and not EVERYTHING:
            break
        if place is None:
            tap.skip(name, "no server here")
            continue
        print(f"# {name}")
        db = place("pay")
        run_id = setup(db)
        walk(db, run_id)
        kills(db, run_id)
        over_years(db, folder)
        conditions(db, folder)
print(f"1..{tap.count}")
tap.done()
