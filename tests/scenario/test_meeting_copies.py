#!/usr/bin/env python3
"""The annotated speeches again, as copies would have them: the same score from other encodings and files, and nearly the same
from traditional characters with pinyin, broken lines, site furniture, planted synonyms and other figures."""
import copy
import glob
import os
import sys
import tempfile

import city
import copies

tap = city.Tap()
speeches = os.path.join(city.SHARED, "speeches")
if not city.SHARED or not os.path.isdir(speeches):
    tap.skip("copies of annotated speeches", "no shared data")
    tap.done()
sys.path.insert(0, speeches)
import score  # noqa: E402

folder = tempfile.mkdtemp(prefix="kechuang-copies-")
names = sorted(os.path.basename(g)[:-5] for g in glob.glob(os.path.join(speeches, "gold", "*.json")))
texts = {n: open(os.path.join(speeches, "docs", n + ".txt"), encoding="utf-8").read() for n in names}
golds = {n: score.load(os.path.join(speeches, "gold", n + ".json")) for n in names}


def read(name, data):
    path, out = os.path.join(folder, name + ".txt"), os.path.join(folder, name + ".json")
    with open(path, "wb") as f:
        f.write(data)
    r = city.run("meeting", "read", path, "-o", out)
    assert r.code == 0, r.err
    return score.load(out)


bands = {}


def note(gold, doc):
    """How often what is read with a confidence is right; a task that repeats a head or a target is neither."""
    have, want = score.flat(doc), score.flat(gold)
    care = [x.get("heading") for x in want["section"]] + [x.get("quote") for x in want["target"] + want["incentive"]]
    for kind in ("fact", "target", "task", "incentive", "section"):
        right = set()
        for optional in (False, True):
            asked = [x for x in want[kind] if bool(x.get("optional")) == optional]
            rest = [j for j in range(len(have[kind])) if j not in right]
            right |= {rest[j] for j in score.greedy(asked, [have[kind][j] for j in rest], score.MATCH[kind]).values()}
        for j, item in enumerate(have[kind]):
            quote = score.clip(item.get("quote"))
            if kind == "task" and j not in right and any(score.overlap(c, quote, 0.15) >= 0.6 for c in care):
                continue
            band = bands.setdefault(int(item["confidence"] * 10), [0, 0, 0])
            band[0] += 1
            band[1] += j in right
            band[2] += item["confidence"]


def scores(make, gold_of=lambda n: golds[n], only=names):
    results = []
    for n in only:
        gold, doc = gold_of(n), read(n, make(n))
        note(gold, doc)
        results.append(score.score(gold, doc))
    total = score.total(results)
    return {k: total["kinds"][k]["f1"] for k in total["kinds"] if total["kinds"][k]["f1"] is not None}


def turned(name):
    """The annotation with the figures of copies.other_figures."""
    doc = copy.deepcopy(golds[name])
    for speech in doc["speeches"]:
        for section in speech["sections"]:
            for key in ("heading", "start"):
                section[key] = copies.turn_text(section.get(key) or "")
        for item in speech["items"]:
            quote = item["quote"]
            for key in ("value", "value_max", "amount", "rate", "cap"):
                if item.get(key) is not None:
                    item[key] = float(copies.turn_value(format(item[key], ".10f").rstrip("0").rstrip("."), quote))
            for key in ("quote", "indicator", "action", "condition"):
                if item.get(key):
                    item[key] = copies.turn_text(item[key])
    return doc


def held(got, least):
    print("# " + ", ".join(f"{k} {v:.4f}" for k, v in got.items()))
    for kind, value in got.items():
        assert value >= plain[kind] - least, (kind, value, plain[kind])


with tap("as they are"):
    plain = scores(lambda n: texts[n].encode())
    held(plain, 0)

for name, make in copies.FILES.items():
    if "counts" in name or "HTML" in name:
        continue
    with tap("the same from " + name):
        held(scores(lambda n: make(texts[n])), 0.002)

# The two long ones are copies already, each with troubles of its own.
clean = [n for n in names if n.startswith("extra")]
for name in ("traditional characters and pinyin in brackets", "lines broken at one width", "site furniture and advertising",
             "planted synonyms", "full-width digits", "half-width punctuation"):
    with tap("nearly the same from a copy with " + name):
        held(scores(lambda n: copies.TEXTS[name](texts[n], [])[0].encode(), only=clean), 0.05)

with tap("nearly the same with other figures"):
    held(scores(lambda n: copies.turn_text(texts[n]).encode(), turned), 0.05)

with tap("what is said to be sure is right as often"):
    for band, (count, right, sure) in sorted(bands.items()):
        print(f"# confidence {band / 10:.1f} to {band / 10 + 0.1:.1f}: {count} pieces, said {sure / count:.2f}, right {right / count:.3f}")
        assert count < 30 or right >= sure - 0.03 * count, (band, count, right, sure)

tap.done()
