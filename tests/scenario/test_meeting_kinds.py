#!/usr/bin/env python3
"""Reading documents of the kinds a city has, each with what a careful official marks in it, and the same
documents as copies make them: other encodings and files, traditional characters with pinyin, broken lines.

tests/meeting/kinds/*.txt: the text, ====, and a line a piece, in lower case when one may take it either way:

    S LEVEL HEADING          F|T VALUE UNIT QUOTE          K QUOTE (task)          I AMOUNT RATE CAP QUOTE
"""
import glob
import os
import re
import tempfile

import city
import copies

tap = city.Tap()
folder = tempfile.mkdtemp(prefix="kechuang-kinds-")


def plain(s):
    return re.sub(r"[^\w%]", "", s or "")


def shared(a, b):
    """Pairs of characters in common, of the shorter text and of the longer one."""
    a, b = plain(a), plain(b)
    pairs, rest = [a[i:i + 2] for i in range(len(a) - 1)], [b[i:i + 2] for i in range(len(b) - 1)]
    sizes = sorted((len(pairs), len(rest)))
    common = 0
    for p in pairs:
        if p in rest:
            rest.remove(p)
            common += 1
    return common, sizes[0], sizes[1]


def near(a, b, share=0.0):
    common, short, long = shared(a, b)
    return common >= 0.6 * short and short >= share * long and short > 0


def number(text):
    return None if text == "-" else float(text)


def same(a, b):
    return (a is None and b is None) or (a is not None and b is not None and abs(a - b) <= 1e-9 * max(1, abs(b)))


def fits(row, item):
    kind, rest = row[0].upper(), row[1:]
    if kind in "FT":
        return item["kind"] == {"F": "fact", "T": "target"}[kind] and same(item["value"], number(rest[0])) and \
            item["unit"] == rest[1] and near(" ".join(rest[2:]), item["quote"])
    if kind == "K":
        return item["kind"] == "task" and near(" ".join(rest), item["quote"], 0.15)
    return kind == "I" and item["kind"] == "incentive" and near(" ".join(rest[3:]), item["quote"]) and \
        all(same(item[k], number(v)) for k, v in zip(("amount", "rate", "cap"), rest))


def compare(rows, doc):
    """How many of the pieces are found, what is missed, what is read besides."""
    items = [i for s in doc["speeches"] for i in s["items"]]
    heads = [s for speech in doc["speeches"] for s in speech["sections"]]
    missed, found, asked = [], 0, 0
    for optional in (False, True):
        for row in rows:
            if row[0].islower() != optional:
                continue
            if row[0] in "Ss":
                words = plain(" ".join(row[2:]))
                hit = next((h for h in heads if h["level"] == int(row[1]) and plain(h["heading"]) == words), None)
                if hit:
                    heads.remove(hit)
            else:
                hit = next((i for i in items if fits(row, i)), None)
                if hit:
                    items.remove(hit)
            if not optional:
                asked += 1
                found += hit is not None
                if not hit:
                    missed.append(" ".join(row))
    spans = [" ".join(r[3:] if r[0] in "FT" else r[4:] if r[0] == "I" else r[2:]) for r in rows if r[0] in "TISs"]
    more = [i["kind"] + " " + i["quote"] for i in items
            if i["kind"] != "task" or not any(near(s, i["quote"], 0.15) for s in spans)]
    more += ["section " + h["heading"] for h in heads]
    return asked, found, missed, more


def read(name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(data)
    r = city.run("meeting", "read", path)
    assert r.code == 0, r.err
    return r.json()


documents = {}
for path in sorted(glob.glob(os.path.join(city.ROOT, "tests", "meeting", "kinds", "*.txt"))):
    text, gold = re.split(r"\n====\s*\n", open(path, encoding="utf-8").read())
    documents[os.path.basename(path)[:-4]] = (text, [line.split(" ") for line in gold.strip().split("\n")])

for name, (text, rows) in documents.items():
    with tap("as it is: " + name):
        asked, found, missed, more = compare(rows, read(name + ".txt", text.encode()))
        print(f"# {found} of {asked} pieces, {len(more)} besides")
        assert not missed and not more, missed + more

for copy, make in copies.FILES.items():
    with tap("the same pieces from " + copy):
        for name, (text, rows) in documents.items():
            asked, found, missed, more = compare(rows, read(name + ".bin", make(text)))
            assert not missed and not more, [name] + missed + more

with tap("words that a sharing site replaced are marked, and only in what it treated"):
    text, rows = documents["university-work"]
    assert read("plain.txt", text.encode())["replaced"] == []
    planted = text.replace("服务", "效劳").replace("不足", "缺乏").replace("基础", "根底") + "降低企业本钱，打牢产业根底，推动经济开展。\n"
    doc = read("planted.txt", planted.encode())
    assert {(x["text"], x["means"]) for x in doc["replaced"]} >= {("效劳", "服务"), ("本钱", "成本"), ("开展", "发展")}, doc["replaced"]
    for x in doc["replaced"]:
        assert doc["clean"][x["at"][0]:x["at"][1]] == x["text"]
    marked = [i for s in doc["speeches"] for i in s["items"] if i.get("replaced")]
    assert marked and all(any(w in i["quote"] for w in ("效劳", "本钱", "根底", "开展", "缺乏")) for i in marked)

for copy, make in copies.TEXTS.items():
    with tap("nearly the same pieces from a copy with " + copy):
        total = hits = extra = 0
        for name, (text, rows) in documents.items():
            changed, own = make(text, rows)
            asked, found, missed, more = compare(own, read(name + ".txt", changed.encode()))
            total, hits, extra = total + asked, hits + found, extra + len(more)
            for words in missed:
                print("# missed:", name, words)
            for words in more:
                print("# besides:", name, words)
        print(f"# {hits} of {total} pieces, {extra} besides")
        assert hits >= 0.97 * total and extra <= 0.03 * total, (hits, total, extra)

tap.done()
