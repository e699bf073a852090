#!/usr/bin/env python3
"""Proves the event chain of a database file without kechuang.

    tools/verify-chain.py FILE.db [CHECKPOINT]

FILE is an SQLite database, or a backup of a PostgreSQL one (`kechuang backup`).  Only Python's standard library is
used; SM3 is written out below from GB/T 32905-2016.  Each row of the table `event`, in the order of seq, must hold

    prev = hash of the row before (64 zeros for seq 1)
    hash = SM3(prev as 32 bytes, then the UTF-8 text of
               {"actor":…,"on_behalf":…,"op":…,"payload":…,"reason":…,"seq":…,"subject":…,"time":…})

where the texts are JSON strings with only what must be escaped escaped, seq is the number, and payload stands as it
is in its column.  store_head holds the number of events and the last hash.  A checkpoint is {"events":N,"head":"…"}.
Exit code 0: whole; 1: broken, the first broken event is named; 2: wrong usage, or not such a database.
"""
import json, sqlite3, struct, sys

MASK = 0xFFFFFFFF
T = [0x79CC4519 if j < 16 else 0x7A879D8A for j in range(64)]


def rol(x, n):
    n &= 31
    return ((x << n) | (x >> (32 - n))) & MASK if n else x


TJ = [rol(T[j], j % 32) for j in range(64)]


def compress(v, block):
    w = list(struct.unpack(">16I", block))
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ rol(w[j - 3], 15)
        w.append((x ^ rol(x, 15) ^ rol(x, 23)) ^ rol(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = v
    for j in range(64):
        r12 = rol(a, 12)
        ss1 = rol((r12 + e + TJ[j]) & MASK, 7)
        if j < 16:
            ff, gg = a ^ b ^ c, e ^ f ^ g
        else:
            ff, gg = (a & b) | (a & c) | (b & c), (e & f) | (~e & MASK & g)
        tt1 = (ff + d + (ss1 ^ r12) + (w[j] ^ w[j + 4])) & MASK
        tt2 = (gg + h + ss1 + w[j]) & MASK
        a, b, c, d = tt1, a, rol(b, 9), c
        e, f, g, h = tt2 ^ rol(tt2, 9) ^ rol(tt2, 17), e, rol(f, 19), g
    return [x ^ y for x, y in zip(v, (a, b, c, d, e, f, g, h))]


def sm3(data):
    v = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    data = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + struct.pack(">Q", len(data) * 8)
    for i in range(0, len(data), 64):
        v = compress(v, data[i:i + 64])
    return struct.pack(">8I", *v).hex()


def record(e):
    def text(key):
        return json.dumps(e[key], ensure_ascii=False)
    return ('{"actor":%s,"on_behalf":%s,"op":%s,"payload":%s,"reason":%s,"seq":%d,"subject":%s,"time":%s}' % (
        text("actor"), text("on_behalf"), text("op"), e["payload"], text("reason"), e["seq"], text("subject"), text("time"))).encode()


def verify(path, checkpoint=None):
    """(events, head, None) or (first broken, head before it, why)."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    head, count = "0" * 64, 0
    try:
        for e in db.execute("SELECT * FROM event ORDER BY seq"):
            if e["seq"] != count + 1:
                return count + 1, head, "missing or out of order"
            if e["prev"] != head:
                return e["seq"], head, "not linked to the event before it"
            if e["hash"] != sm3(bytes.fromhex(head) + record(e)):
                return e["seq"], head, "content is not what was hashed"
            head, count = e["hash"], count + 1
            if checkpoint and checkpoint["events"] == count and checkpoint["head"] != head:
                return count, head, "not the checkpoint's chain"
        end = db.execute("SELECT events, hash FROM store_head WHERE id = 1").fetchone()
    except (sqlite3.DatabaseError, UnicodeDecodeError, TypeError) as err:
        return count + 1, head, f"cannot be read: {err}"
    if not end or end["events"] != count or end["hash"] != head:
        return (min(end["events"], count) if end and end["events"] != count else count) + (not end or end["events"] != count), head, "the end is not the head record's"
    if checkpoint and checkpoint["events"] > count:
        return count + 1, head, "events of the checkpoint are missing"
    return count, head, None


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    try:
        given = json.load(open(sys.argv[2])) if len(sys.argv) == 3 else None
        n, last, why = verify(sys.argv[1], given)
    except (OSError, ValueError, sqlite3.OperationalError) as err:
        print(f"{sys.argv[1]}: {err}", file=sys.stderr)
        sys.exit(2)
    if why:
        print(f"broken at event {n}: {why}")
        sys.exit(1)
    print(f"whole: {n} events, {last}")
