#!/usr/bin/env python3
"""Writes a workbook as a spreadsheet program would: make.py OUT.xlsx ROWS COLUMNS

Columns repeat in sixes: a code that is different in every row, a name, one of
forty places, a date, an amount with two decimals, and a computed ratio with all
the digits of a double.  The same call gives the same bytes.
"""
import random, sys, zipfile
from parts import PARTS, STAMP

out, rows, cols = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rnd = random.Random(7)
strings, index = [], {}


def col_name(c):
    name = ""
    while c:
        c, r = divmod(c - 1, 26)
        name = chr(65 + r) + name
    return name


def shared(text):
    if text not in index:
        index[text] = len(strings)
        strings.append(text)
    return index[text]


names = [col_name(c + 1) for c in range(cols)]
places = [f"第{i}区" for i in range(40)]


def sheet():
    yield ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<worksheet xmlns="http://schemas.openxmlformats.org/'
           'spreadsheetml/2006/main"><dimension ref="A1:%s%d"/><sheetData>' % (names[-1], rows + 1))
    yield '<row r="1">' + "".join('<c r="%s1" t="s"><v>%d</v></c>' % (n, shared("栏目" + n)) for n in names) + "</row>"
    for r in range(2, rows + 2):
        cells = []
        for c in range(cols):
            ref = names[c] + str(r)
            k = c % 6
            if k == 0 and c < 6:
                cells.append('<c r="%s" t="s"><v>%d</v></c>' % (ref, shared("91%06d%010d" % (rnd.randrange(999999), r))))
            elif k == 1 and c < 12:
                cells.append('<c r="%s" t="s"><v>%d</v></c>' % (ref, shared("某某科技（%d）有限公司" % rnd.randrange(30000))))
            elif k < 3:
                cells.append('<c r="%s" t="s"><v>%d</v></c>' % (ref, shared(rnd.choice(places))))
            elif k == 3:
                cells.append('<c r="%s" s="1"><v>%d</v></c>' % (ref, 40000 + rnd.randrange(5000)))
            elif k == 4:
                cells.append('<c r="%s" s="2"><v>%s</v></c>' % (ref, repr(rnd.randrange(10**9) / 100)))
            else:
                cells.append('<c r="%s"><v>%s</v></c>' % (ref, repr(rnd.random() * 100)))
        yield '<row r="%d" spans="1:%d">%s</row>' % (r, cols, "".join(cells))
    yield "</sheetData></worksheet>"


with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as z:
    def info(name):
        i = zipfile.ZipInfo(name, STAMP)
        i.compress_type = zipfile.ZIP_DEFLATED
        return i
    for name, text in PARTS.items():
        z.writestr(info(name), text)
    with z.open(info("xl/worksheets/sheet1.xml"), "w") as f:
        for piece in sheet():
            f.write(piece.encode())
    with z.open(info("xl/sharedStrings.xml"), "w") as f:
        f.write(('<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="%d" uniqueCount="%d">'
                 % (rows * cols, len(strings))).encode())
        for s in strings:
            f.write(("<si><t>%s</t></si>" % s).encode())
        f.write(b"</sst>")
