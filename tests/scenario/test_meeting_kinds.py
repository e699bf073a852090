#!/usr/bin/env python3
"""Reading documents of the kinds a city has, each with what a careful official marks in it, and the same
documents as copies make them: other encodings and files, traditional characters with pinyin, broken lines.

tests/meeting/kinds/*.txt are files of pieces.py.
"""
import glob
import os
import tempfile

import city
import copies
from pieces import compare, load

tap = city.Tap()
folder = tempfile.mkdtemp(prefix="kechuang-kinds-")


def read(name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(data)
    r = city.run("meeting", "read", path)
    assert r.code == 0, r.err
    return r.json()


documents = {}
for path in sorted(glob.glob(os.path.join(city.ROOT, "tests", "meeting", "kinds", "*.txt"))):
    documents[os.path.basename(path)[:-4]] = load(path)

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
