"""The pieces of a speech as a careful reader marks them, beside those the program reads.

A file holds the text, ====, and a line a piece, in lower case when one may take it either way:

    S LEVEL HEADING          F|T VALUE UNIT QUOTE          K QUOTE (task)          I AMOUNT RATE CAP QUOTE
"""
import re


def load(path):
    """The text and the rows of a file."""
    text, gold = re.split(r"\n====\s*\n", open(path, encoding="utf-8").read())
    return text, [line.split(" ") for line in gold.strip().split("\n")]


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
