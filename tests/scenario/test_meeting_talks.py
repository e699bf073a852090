#!/usr/bin/env python3
"""How well talks are read that were written and marked by people who did not know the program: tests/meeting/talks.

Of each kind of piece, how many are found of those asked for, and how many of those read are right; and what the
confidences of the pieces claim.  The floors stand a little below what is reached, so that a rule that helps one talk
and harms the others is seen.
"""
import glob
import os
import tempfile

import city
from pieces import compare, fits, load, near

FLOORS = {"section": (0.96, 0.97), "fact": (0.96, 0.96), "target": (0.97, 0.94), "task": (0.89, 0.92),
          "incentive": (0.96, 0.97)}
KINDS = {"S": "section", "F": "fact", "T": "target", "K": "task", "I": "incentive"}

tap = city.Tap()
folder = tempfile.mkdtemp(prefix="kechuang-talks-")
asked, found, besides, bands, lowest = {}, {}, {}, {}, []


def read(path, text):
    name = os.path.join(folder, os.path.basename(path))
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)
    r = city.run("meeting", "read", name)
    assert r.code == 0, r.err
    return r.json()


def weigh(rows, doc):
    """How often what is read with a confidence is right; a task that repeats a head or a target is neither."""
    rest = list(rows)
    spans = [" ".join(r[3:] if r[0] in "FT" else r[4:] if r[0] == "I" else r[2:]) for r in rows if r[0] in "TISs"]
    for item in (i for s in doc["speeches"] for i in s["items"]):
        hit = next((r for r in rest if r[0] not in "Ss" and fits(r, item)), None)
        if hit:
            rest.remove(hit)
        elif item["kind"] == "task" and any(near(s, item["quote"], 0.15) for s in spans):
            continue
        band = bands.setdefault(int(item["confidence"] * 10), [0, 0, 0])
        band[0] += 1
        band[1] += hit is not None
        band[2] += item["confidence"]


for path in sorted(glob.glob(os.path.join(city.ROOT, "tests", "meeting", "talks", "*"))):
    with tap("is read: " + os.path.basename(path)):
        text, rows = load(path)
        doc = read(path, text)
        n, hits, missed, more = compare(rows, doc)
        for row in rows:
            if row[0].isupper():
                asked[KINDS[row[0]]] = asked.get(KINDS[row[0]], 0) + 1
        for words in missed:
            kind = KINDS[words[0]]
            found[kind] = found.get(kind, 0) - 1
        for words in more:
            kind = words.split(" ")[0]
            besides[kind] = besides.get(kind, 0) + 1
        weigh(rows, doc)
        print(f"# {hits} of {n} pieces, {len(more)} besides")
        assert hits >= 0.75 * n and len(more) <= 0.25 * n, missed + more

for kind, (recall, precision) in FLOORS.items():
    with tap(f"of each kind enough is found and little besides: {kind}"):
        hits = asked[kind] + found.get(kind, 0)
        extra = besides.get(kind, 0)
        print(f"# {hits} of {asked[kind]} found ({hits / asked[kind]:.3f}), {extra} besides ({hits / (hits + extra):.3f} right)")
        assert hits >= recall * asked[kind] and hits >= precision * (hits + extra), (hits, asked[kind], extra)

with tap("a confidence claims no more than holds"):
    for band, (count, right, sure) in sorted(bands.items()):
        print(f"# confidence {band / 10:.1f} to {band / 10 + 0.1:.1f}: {count} pieces, said {sure / count:.2f}, right {right / count:.3f}")
        assert count < 40 or right / count >= sure / count - 0.05, (band, count, right, sure)

tap.done()
