#!/usr/bin/env python3
"""Workbooks and files made to do harm, or merely odd: each is refused with a reason or read right, in
bounded time and memory, and nothing is written anywhere."""
import glob, io, json, os, resource, struct, subprocess, sys, tempfile, time, zipfile, zlib
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import workbook
from workbook import MAIN, parts, write, dates

tap = workbook.Tap()
tmp = tempfile.TemporaryDirectory()
SANITIZED = "build-test" in os.environ["KECHUANG"]


def path(name="t.xlsx"):
    return os.path.join(tmp.name, name)


def run(file, *options, seconds=20, megabytes=100):
    """(exit code, document or None, messages); slower or larger than allowed is a failure of the test."""
    def limit():
        if not SANITIZED:
            resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
    before = sorted(os.listdir(tmp.name))
    start = time.monotonic()
    p = subprocess.Popen([os.environ["KECHUANG"], "--lang", "en", "sheet", file, "--json", *options], cwd=tmp.name,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit)
    try:
        out, err = p.communicate(timeout=seconds * (10 if SANITIZED else 3))
    except subprocess.TimeoutExpired:
        p.kill()
        return 124, None, "too slow"
    if sorted(os.listdir(tmp.name)) != before:
        return 125, None, "it wrote a file"
    if b"Sanitizer" in err:
        return 126, None, err.decode("utf-8", "replace")
    return p.returncode, json.loads(out) if p.returncode == 0 else None, err.decode("utf-8", "replace")


def refused(name, data, reason, file="t.xlsx", **kw):
    if isinstance(data, dict):
        write(path(file), data)
    else:
        with open(path(file), "wb") as f:
            f.write(data)
    code, doc, err = run(path(file), **kw)
    tap.ok(code in (1, 3) and doc is None and reason in err, name, "exit %s: %s" % (code, err))
    os.unlink(path(file))


def cells(doc, sheet=0):
    return {c["ref"]: (c["kind"], c["value"]) for r in doc["sheets"][sheet]["rows"] for c in r["cells"]}


def reads(name, data, expect, flags=None, warn=None, file="t.xlsx", **kw):
    if isinstance(data, dict):
        write(path(file), data)
    elif data is not None:
        with open(path(file), "wb") as f:
            f.write(data)
    code, doc, err = run(path(file), **kw)
    os.unlink(path(file))
    if not doc:
        return tap.ok(False, name, "exit %s: %s" % (code, err))
    got = cells(doc)
    have = {c["ref"]: c.get("flags", []) for r in doc["sheets"][0]["rows"] for c in r["cells"]}
    good = got == expect and all(have[ref] == f for ref, f in (flags or {}).items()) and (warn is None or warn in err)
    tap.ok(good, name, "%s\n%s\n%s" % (got, have, err))
    return doc


def data(*rows):
    return "<sheetData>%s</sheetData>" % "".join(rows)


def row(r, *inside, attrs=""):
    return '<row r="%s"%s>%s</row>' % (r, attrs, "".join(inside))


def c(ref, value, attrs=""):
    return '<c r="%s"%s><v>%s</v></c>' % (ref, attrs, value)


GOOD = data(row(1, c("A1", 1)))

# 1, 5: overlapping entries; too many
def raw_zip(entries, central):
    """entries: (name, packed, size, crc, method); central: indexes of entries to list (several may be the same)."""
    out, at = b"", []
    for name, packed, size, crc, method in entries:
        at.append(len(out))
        out += struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, method, 0, 0x21, crc, len(packed), size, len(name), 0) + name + packed
    start, listed = len(out), b""
    for n, (i, name) in enumerate(central):
        _, packed, size, crc, method = entries[i]
        listed += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, method, 0, 0x21, crc, len(packed), size, len(name), 0, 0, 0, 0, 0, at[i]) + name
    return out + listed + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(central) & 0xffff, len(central) & 0xffff, len(listed), start, 0)


def deflated(b):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    return z.compress(b) + z.flush()


kernel = deflated(b"\0" * 1000000)
crc = zlib.crc32(b"\0" * 1000000)
refused("1 entries that share one kernel", raw_zip([(b"a%05d" % 0, kernel, 1000000, crc, 8)], [(0, b"a%05d" % 0)] + [(0, b"a%05d" % i) for i in range(1, 3000)]), "overlaps")
refused("1 entries that share one kernel and its name", raw_zip([(b"a", kernel, 1000000, crc, 8)], [(0, b"a"), (0, b"A")]), "twice")
quoted = [(b"a0", kernel + b"x" * 60, 1000000, crc, 8), (b"a1", kernel, 1000000, crc, 8)]
broken = bytearray(raw_zip(quoted, [(0, b"a0"), (1, b"a1")]))
broken[18:22] = struct.pack("<L", len(kernel) + 90)
where = broken.index(b"PK\1\2")
broken[where + 20:where + 24] = struct.pack("<L", len(kernel) + 90)
refused("1 an entry that swallows the next one's header", bytes(broken), "overlaps")
many = io.BytesIO()
with zipfile.ZipFile(many, "w") as z:
    for i in range(65536):
        z.writestr("n/%d.zip" % i, b"")
refused("5 65,536 entries", many.getvalue(), "65536 entries")
nested = io.BytesIO()
with zipfile.ZipFile(nested, "w") as z:
    z.writestr("inner.zip", many.getvalue()[:1000])
refused("5 an archive in an archive", nested.getvalue(), "not an .xlsx")
for name in ("xl/media/inner.zip", "inner.XLSX", "docProps/x.tar.gz"):
    refused("5 an archive in a workbook: " + name, parts("<sheetData/>", extra={name: many.getvalue()[:1000]}), "carries an archive")

# 2: one entry at more than 1000:1
blanks = parts("<sheetData/>" + " " * 300000000)
refused("2 an entry that inflates a thousandfold", blanks, "bomb", seconds=5)
declared = bytearray(open(write(path(), blanks), "rb").read())
for sig, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
    i = -1
    while (i := declared.find(sig, i + 1)) >= 0:
        if declared[i + at:i + at + 4] == struct.pack("<L", len(blanks["xl/worksheets/sheet1.xml"])):
            declared[i + at:i + at + 4] = struct.pack("<L", 4000)
refused("2 the same, declared as 4,000 bytes", bytes(declared), "more comes out", seconds=5)

# 3: local header and directory disagree
whole = open(write(path(), parts(GOOD)), "rb").read()
for name, offset, value in (("name", 30, b"x"), ("method", 8, b"\0\0"), ("checksum", 14, b"abcd"), ("size", 22, b"\1\0\0\0"), ("packed size", 18, b"\1\0\0\0")):
    refused("3 local header with another " + name, whole[:offset] + value + whole[offset + len(value):], "disagrees")

# 4: names that lead elsewhere
for name in ("../x.xml", "/x.xml", "xl\\x.xml", "C:/x.xml", "xl/../../x.xml", "a\nb"):
    refused("4 an entry called %r" % name, parts(GOOD, extra={name: "x"}), "its name")
link = zipfile.ZipInfo("xl/link.xml")
link.create_system, link.external_attr = 3, 0o120777 << 16
b = io.BytesIO(whole)
with zipfile.ZipFile(b, "a") as z:
    z.writestr(link, "/etc/passwd")
refused("4 a link", b.getvalue(), "link")
b = io.BytesIO(whole)
with zipfile.ZipFile(b, "a") as z:
    z.writestr("xl/nuXl.xml", "x")
refused("4 a NUL in a name", b.getvalue().replace(b"nuXl", b"nu\0l"), "control character")

# 6, 7: DOCTYPE in any part and any encoding
DOCTYPE = '<!DOCTYPE x [<!ENTITY e "boom">]>'
for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "_rels/.rels", "[Content_Types].xml",
             "xl/_rels/workbook.xml.rels", "docProps/core.xml", "xl/theme/theme1.xml", "xl/drawings/vmlDrawing1.vml", "customXml/item1.xml"):
    p = parts(GOOD, strings="<si><t>a</t></si>", styles="<cellXfs><xf/></cellXfs>")
    p[part] = "<?xml version='1.0'?><!-- a comment -->\n" + DOCTYPE + p.get(part, "<x/>")
    refused("6 DOCTYPE in " + part, p, "DOCTYPE")
sheet_xml = '<worksheet xmlns="%s">%s</worksheet>' % (MAIN, GOOD)
for enc, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-16-le", b"")):
    hidden = mark + ('<?xml version="1.0" encoding="UTF-16"?>' + DOCTYPE + sheet_xml).encode(enc)
    refused("7 DOCTYPE in %s%s" % (enc, " with mark" if mark else ""), parts(hidden), "DOCTYPE")
    reads("7 a sheet in %s%s" % (enc, " with mark" if mark else ""),
          parts(mark + ('<?xml version="1.0" encoding="UTF-16"?>' + sheet_xml).encode(enc)), {"A1": ("number", "1")})
for enc in ("ISO-2022-JP", "ISO-2022-KR", "UTF-7", "GB18030", "US-ASCII", "IBM037", "UTF-32"):
    refused("7 a part that says it is " + enc, parts(('<?xml version="1.0" encoding="%s"?>' % enc + sheet_xml).encode()), "encoding")
refused("7 escapes without a declaration", parts(b"\x1b$B" + sheet_xml.encode()), "error")
refused("7 UTF-8 that says it is UTF-16", parts(('<?xml version="1.0" encoding="UTF-16"?>' + sheet_xml).encode()), "encoding")
refused("7 bytes that are not UTF-8", parts(sheet_xml.replace("<v>1", "<v>\udcff").encode("utf-8", "surrogateescape")), "UTF-8")
refused("6 an entity", parts(data(row(1, '<c r="A1" t="inlineStr"><is><t>&boom;</t></is></c>'))), "entity")

# 8: <dimension> that lies
reads("8 a dimension of the whole sheet", parts('<dimension ref="A1:XFD1048576"/>' + GOOD), {"A1": ("number", "1")}, megabytes=50)

# 9: a million formatted empty rows
styled = "".join('<row r="%d" spans="1:3" s="1" customFormat="1"><c r="A%d" s="1"/><c r="B%d" s="1"/><c r="C%d" s="1"/></row>' % (r, r, r, r) for r in range(3, 1048577))
full = data(row(1, c("A1", 1)), row(2, c("A2", 2)), styled)
reads("9 1,048,576 formatted rows, two of them real", parts(full, styles=dates("0.00")), {"A1": ("number", "1"), "A2": ("number", "2")})
reads("9 the same without cells", parts(data(row(1, c("A1", 1)), row(2, c("A2", 2)), "".join('<row r="%d" s="1" customFormat="1"/>' % r for r in range(3, 1048577))),
                                       styles=dates("0.00")), {"A1": ("number", "1"), "A2": ("number", "2")})

# 10: merged ranges
two_rows = data(row(1, c("A1", 5), c("C1", 6)), row(2, c("C2", 7)), row(4, c("C4", 8)))
five, six, seven, eight = (("number", str(n)) for n in (5, 6, 7, 8))
reads("10 a merge fills its block only", parts(two_rows + '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>'),
      {"A1": five, "B1": five, "C1": six, "A2": five, "B2": five, "C2": seven, "C4": eight}, flags={"A1": [], "B1": ["merged"], "A2": ["merged"]})
reads("10 a merge of the whole sheet", parts(two_rows + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
      {"A1": five, "C1": six, "C2": seven, "C4": eight}, warn="too wide")
reads("10 a merge of a whole column fills only rows that hold something", parts(two_rows + '<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>'),
      {"A1": five, "C1": six, "A2": five, "C2": seven, "A4": five, "C4": eight})
reads("10 merges that overlap", parts(two_rows + '<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="A1:A4"/><mergeCell ref="junk"/></mergeCells>'),
      {"A1": five, "B1": five, "C1": six, "A2": five, "B2": five, "C2": seven, "C4": eight}, warn="overlaps")
reads("10 a merge in a comment is none", parts(two_rows + '<!-- <mergeCell ref="A1:B2"/> -->'), {"A1": five, "C1": six, "C2": seven, "C4": eight})
hundred = "".join('<mergeCell ref="%s1:%s1048576"/>' % (workbook.column_name(i * 250 + 1), workbook.column_name(i * 250 + 250)) for i in range(65))
refused("10 merges that would fill a thousand million cells",
        parts(data(row(1, *[c(workbook.column_name(i * 250 + 1) + "1", i) for i in range(65)]), *[row(r, c("A%d" % r, 1)) for r in range(2, 40000)])
              + "<mergeCells>%s</mergeCells>" % hundred), "cover more than")
refused("10 100,000 merges", parts(two_rows + "<mergeCells>%s</mergeCells>" % "".join('<mergeCell ref="A%d:B%d"/>' % (r, r) for r in range(1, 100001))), "merged ranges")

# 11: row numbers
reads("11 missing rows and references", parts(data('<row><c><v>1</v></c><c><v>2</v></c></row>', '<row r="1000000"><c r="C1000000"><v>3</v></c><c><v>4</v></c></row>')),
      {"A1": ("number", "1"), "B1": ("number", "2"), "C1000000": ("number", "3"), "D1000000": ("number", "4")})
for r in ("-1", "1048577", "4294967297", "18446744073709551617", "1e5", "", "x"):
    refused("11 a row r=%r" % r, parts(data('<row r="%s"><c><v>1</v></c></row>' % r)), "wrong number")
refused("11 a row 0", parts(data('<row r="0"><c><v>1</v></c></row>')), "larger number")
refused("11 rows that go back", parts(data(row(5, c("A5", 1)), row(5, c("A5", 1)))), "larger number")
for ref in ("B2", "A0", "XFE1", "A1048577", "A01", "1", "A", "AAAA1", "\uff211", "A1:B1", "ZZZZZZZZZZ1", "A99999999999"):
    refused("11 a cell r=%r in row 1" % ref, parts(data('<row r="1"><c r="%s"><v>1</v></c></row>' % ref)), "wrong reference")
refused("11 cells that go back", parts(data(row(1, c("B1", 1), c("A1", 1)))), "order of columns")
refused("11 more columns than there are", parts(data(row(1, c("XFD1", 1), "<c><v>2</v></c>"))), "16,384")

# 12, 13, 18: numbers
reads("12 an 18-digit code kept as a number", parts(data(row(1, c("A1", "510322199001010000"), c("B1", "510322199001011234"), c("C1", "123456789012345")))),
      {"A1": ("number", "510322199001010000"), "B1": ("number", "510322199001011260"), "C1": ("number", "123456789012345")},
      flags={"A1": ["over15", "exponent"], "B1": ["over15", "exponent", "restated"], "C1": ["exponent"]})
reads("13 5.10322E+17", parts(data(row(1, c("A1", "5.1032219900101E+17")))), {"A1": ("number", "510322199001010000")}, flags={"A1": ["over15", "exponent"]})
reads("18 binary noise", parts(data(row(1, c("A1", "0.30000000000000004"), c("B1", "0.29999999999999999"), c("C1", "1E-3"), c("D1", " 7 "), c("E1", "-0"), c("F1", "12.50")))),
      {"A1": ("number", "0.30000000000000004"), "B1": ("number", "0.3"), "C1": ("number", "0.001"), "D1": ("number", "7"), "E1": ("number", "0"), "F1": ("number", "12.5")},
      flags={"A1": ["noise"], "B1": ["restated"], "C1": []})
reads("18 what is no number is bad, not zero", parts(data(row(1, c("A1", "1,000"), c("B1", "NaN"), c("C1", "1e999"), c("D1", "0x10"), c("E1", "abc")))),
      {"A1": ("bad", "1,000"), "B1": ("bad", "NaN"), "C1": ("bad", "1e999"), "D1": ("bad", "0x10"), "E1": ("bad", "abc")})

# 17: dates
STYLES = dates("yyyy\\-mm\\-dd", "h:mm:ss", "yyyy-mm-dd hh:mm", "[h]:mm", 'yyyy"年"m"月"', "0.00E+00")
SERIALS = data(row(1, c("A1", 59, ' s="1"'), c("B1", 60, ' s="1"'), c("C1", 61, ' s="1"'), c("D1", 45107, ' s="1"'), c("E1", "45107.34375", ' s="1"'), c("F1", "0.34375", ' s="2"'),
                   c("G1", "45107.5", ' s="3"'), c("H1", "1.5", ' s="4"'), c("I1", "-1", ' s="1"'), c("J1", "2958466", ' s="1"'), c("K1", "45107", ' s="5"'), c("L1", "0", ' s="1"'),
                   c("M1", "2958465", ' s="1"'), c("N1", "45107.999999999", ' s="3"')))
reads("17 serials of the 1900 system", parts(SERIALS, styles=STYLES),
      {"A1": ("date", "1900-02-28"), "B1": ("bad", "60"), "C1": ("date", "1900-03-01"), "D1": ("date", "2023-06-30"), "E1": ("datetime", "2023-06-30T08:15:00"), "F1": ("time", "08:15:00"),
       "G1": ("datetime", "2023-06-30T12:00:00"), "H1": ("number", "1.5"), "I1": ("bad", "-1"), "J1": ("bad", "2958466"), "K1": ("date", "2023-06-30"), "L1": ("bad", "0"),
       "M1": ("date", "9999-12-31"), "N1": ("datetime", "2023-07-01T00:00:00")})
reads("17 serials of the 1904 system", parts(data(row(1, c("A1", 0, ' s="1"'), c("B1", 60, ' s="1"'), c("C1", 43645, ' s="1"'), c("D1", "0.5", ' s="2"'))), styles=STYLES, workbook='<workbookPr date1904="1"/>{sheets}'),
      {"A1": ("date", "1904-01-01"), "B1": ("date", "1904-03-01"), "C1": ("date", "2023-06-30"), "D1": ("time", "12:00:00")})
reads("17 ISO dates", parts(data(row(1, c("A1", "2023-06-30", ' t="d"'), c("B1", "2023-06-30T08:15:00.000", ' t="d"'), c("C1", "2023-02-30", ' t="d"'), c("D1", "08:15:00", ' t="d"'), c("E1", "2025.13.1", ' t="d"')))),
      {"A1": ("date", "2023-06-30"), "B1": ("datetime", "2023-06-30T08:15:00"), "C1": ("bad", "2023-02-30"), "D1": ("time", "08:15:00"), "E1": ("bad", "2025.13.1")})
reads("17 times with signs and blanks", parts(data(row(1, c("A1", "+1:+2:+3", ' t="d"'), c("B1", "2023-06-30T-1:02:03", ' t="d"'), c("C1", "24:00:00", ' t="d"'), c("D1", "23:59:60", ' t="d"'), c("E1", "1a:00:00", ' t="d"')))),
      {"A1": ("bad", "+1:+2:+3"), "B1": ("bad", "2023-06-30T-1:02:03"), "C1": ("bad", "24:00:00"), "D1": ("bad", "23:59:60"), "E1": ("bad", "1a:00:00")})
reads("17 an exponent format", parts(data(row(1, c("A1", "12", ' s="6"'), c("B1", "12", ' s="99"'), c("C1", "12", ' s="4294967296"'))), styles=STYLES),
      {"A1": ("number", "12"), "B1": ("number", "12"), "C1": ("number", "12")}, flags={"A1": ["exponent"], "B1": []})

# 19: formulas
formulas = data(row(1, '<c r="A1"><f>1+1</f><v>2</v></c>', '<c r="B1"><f>X!A1</f></c>', '<c r="C1"><f>1/0</f><v></v></c>', '<c r="D1" t="e"><f>A9</f><v>#REF!</v></c>',
                    '<c r="E1" t="str"><f>"a"</f><v>a</v></c>', '<c r="F1" t="str"><f>""</f><v></v></c>', '<c r="G1"><f>0</f><v>0</v></c>', '<c r="H1" t="b"><f>1=2</f><v>0</v></c>'))
expected = {"A1": ("number", "2"), "B1": ("uncalculated", None), "C1": ("uncalculated", None), "D1": ("error", "#REF!"), "E1": ("text", "a"), "G1": ("number", "0"), "H1": ("boolean", "false")}
reads("19 formulas with and without results", parts(formulas), expected, flags={"A1": ["formula"], "B1": ["formula"], "D1": ["formula"]})
reads("19 results of a workbook that was never calculated", parts(formulas, workbook='{sheets}<calcPr fullCalcOnLoad="1"/>'),
      dict(expected, G1=("uncalculated", None), H1=("uncalculated", None)), flags={"A1": ["formula", "stale"]})

# strings
reads("strings: rich, phonetic, escaped, CDATA, references, blanks",
      parts(data(row(1, c("A1", 0, ' t="s"'), c("B1", 1, ' t="s"'), c("C1", 2, ' t="s"'), c("D1", 99, ' t="s"'), c("E1", "x", ' t="s"'), '<c r="F1" t="inlineStr"><is><t>A &lt;&#x4e2d;&#22269;<![CDATA[<b>&amp;]]></t></is></c>',
                     c("G1", 3, ' t="s"'), c("H1", 4, ' t="s"'), c("I1", "-1", ' t="s"'), c("J1", 5, ' t="s"'))),
            strings='<si><r><rPr><b/></rPr><t>研发</t></r><r><t xml:space="preserve"> 机构</t></r><rPh sb="0" eb="2"><t>yanfa</t></rPh><phoneticPr fontId="1"/></si><si><t>a_x000D_b_x005F_x000D_c</t></si>'
                    '<si><t>𠀀𠮷</t></si><si><t>line\r\nend\r.</t></si><si><t></t></si><si><t>_x0000__xD83D__xDE00__xD83D_</t></si>'),
      {"A1": ("text", "研发 机构"), "B1": ("text", "a\rb_x000D_c"), "C1": ("text", "𠀀𠮷"), "D1": ("bad", "99"), "E1": ("bad", "x"), "F1": ("text", "A <中国<b>&amp;"), "G1": ("text", "line\nend\n."), "I1": ("bad", "-1"),
       "J1": ("text", "_x0000_😀_xD83D_")})
reads("strings: a count of 4 thousand million is not believed",
      parts(data(row(1, c("A1", 0, ' t="s"'))), strings='<sst xmlns="%s" count="4294967295" uniqueCount="4294967295"><si><t>a</t></si></sst>' % MAIN), {"A1": ("text", "a")}, megabytes=50)
reads("prefixes", parts('<?xml version="1.0"?><x:worksheet xmlns:x="%s"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c><x:c r="B1"><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>' % MAIN),
      {"A1": ("text", "a"), "B1": ("number", "2")})
reads("other words with the same names, elsewhere", parts('<extLst><ext><row r="9"><c r="A9"><v>9</v></c></row></ext></extLst>' + data(row(1, '<c r="A1"><v>1</v><extLst><ext><v>7</v></ext></extLst></c>'))),
      {"A1": ("number", "1")})
refused("a text longer than a cell can be", parts(data(row(1, '<c r="A1" t="inlineStr"><is><t>%s</t></is></c>' % os.urandom(300000).hex()))), "too long")
refused("tags nested without end", parts(data(row(1, "<c>" + "<x>" * 100000))), "nested")
refused("a tag without end", parts("<sheetData><row " + os.urandom(6000000).hex()), "error")
for what, inside in (("an open element", "<sheetData><row></sheetData>"), ("a stray end", "</row>"), ("two values of one attribute", data('<row r="1" r="2"/>')), ("an attribute without quotes", data("<row r=1/>")),
                     ("a bare ampersand", data(row(1, '<c r="A1" t="inlineStr"><is><t>a & b</t></is></c>'))), ("a control character", data(row(1, '<c r="A1" t="inlineStr"><is><t>\x01</t></is></c>'))),
                     ("a reference to NUL", data(row(1, '<c r="A1" t="inlineStr"><is><t>&#0;</t></is></c>'))), ("two sheetData", GOOD + GOOD)):
    refused("not well-formed: " + what, parts(inside), "error")

# 23: what must not be in a workbook
for name, extra, reason in (
        ("macros", {"xl/vbaProject.bin": "x"}, "macros"), ("macros under another roof", {"custom/VbaProject.BIN": "x"}, "macros"), ("a macro sheet", {"xl/macrosheets/sheet1.xml": "<x/>"}, "macros"),
        ("links to other workbooks", {"xl/externalLinks/externalLink1.xml": "<x/>"}, "links to other files"), ("an OLE object", {"xl/embeddings/oleObject1.bin": "x"}, "embeds"),
        ("ActiveX", {"xl/activeX/activeX1.xml": "<x/>"}, "embeds"),
        ("an attached template", {"xl/_rels/x.xml.rels": '<Relationships xmlns="%s"><Relationship Id="a" Type="%s/attachedTemplate" Target="http://127.0.0.1:1/t.dotm" TargetMode="External"/></Relationships>' % (workbook.PKG, workbook.RELS)}, "links to other files"),
        ("a sheet that is elsewhere", {"xl/_rels/workbook.xml.rels": '<Relationships xmlns="%s"><Relationship Id="s1" Type="%s/worksheet" Target="file:///etc/passwd" TargetMode="External"/></Relationships>' % (workbook.PKG, workbook.RELS)}, "links to other files"),
        ("a sheet outside the archive", {"xl/_rels/workbook.xml.rels": '<Relationships xmlns="%s"><Relationship Id="s1" Type="%s/worksheet" Target="../../../etc/passwd"/></Relationships>' % (workbook.PKG, workbook.RELS)}, "missing")):
    refused("23 " + name, parts(GOOD, extra=extra), reason)
p = parts(GOOD)
p["[Content_Types].xml"] = p["[Content_Types].xml"].replace("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
refused("23 a macro-enabled workbook", p, "macros")
p["[Content_Types].xml"] = p["[Content_Types].xml"].replace("sheet.macroEnabled.main+xml", "sheet.binary.macroEnabled.main")
refused("23 a binary workbook", p, ".xlsb")
reads("23 hyperlinks are no outside parts", parts(GOOD, extra={"xl/worksheets/_rels/sheet1.xml.rels": '<Relationships xmlns="%s"><Relationship Id="h" Type="%s/hyperlink" Target="http://127.0.0.1:1/" TargetMode="External"/></Relationships>' % (workbook.PKG, workbook.RELS)}),
      {"A1": ("number", "1")})

# other kinds of files
for name, content, reason in (("an empty file", b"", "empty"), (".xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "save it as .xlsx"), ("a PDF", b"%PDF-1.7\n", "PDF"), ("HTML called .xls", b"\n<html><table><tr><td>1</td></tr></table>", "HTML"),
                              ("XML of 2003", b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "HTML or XML"), ("BIFF without OLE", b"\x09\x08\x10\x00\x00\x06" + b"\0" * 50, ".xls"), ("noise", bytes(range(256)) * 20, "neither")):
    refused("refused: " + name, content, reason)
ods = io.BytesIO()
with zipfile.ZipFile(ods, "w") as z:
    z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
refused("refused: .ods", ods.getvalue(), "OpenDocument")
word = parts(GOOD)
word["[Content_Types].xml"] = '<Types xmlns="%s"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>' % workbook.TYPES
refused("refused: a Word document called .xlsx", word, "Word")
tap.ok(run(path("none.xlsx"))[0] == 1, "a file that is not there")
tap.ok(run(tmp.name)[0] in (1, 3), "a folder")
reads("a CSV called .xlsx", "名称,代码\n甲,0012\n".encode("utf-8-sig"), {"A1": ("text", "名称"), "B1": ("text", "代码"), "A2": ("text", "甲"), "B2": ("text", "0012")})
reads("a workbook called .csv", parts(GOOD), {"A1": ("number", "1")}, file="t.csv")
reads("13 a CSV with 5.10322E+17", b"code\n5.10322E+17\n", {"A1": ("text", "code"), "A2": ("text", "5.10322E+17")}, flags={"A2": ["exponent"]}, file="t.csv")
doc = reads("a TSV in GB18030", "名称\t代码\n乙\t7\n".encode("gb18030"), {"A1": ("text", "名称"), "B1": ("text", "代码"), "A2": ("text", "乙"), "B2": ("text", "7")}, file="t.tsv")
tap.ok(doc and doc["format"] == "tsv" and doc["encoding"] in ("GBK", "GB18030"), "its separator and encoding are told")
doc = reads("hidden rows, columns and sheets are read and told", parts([data(row(1, c("A1", 1), attrs=' hidden="1"')), GOOD], workbook='{sheets}').copy() |
            {"xl/workbook.xml": parts([GOOD, GOOD])["xl/workbook.xml"].replace('sheetId="2"', 'sheetId="2" state="veryHidden"')}, {"A1": ("number", "1")})
tap.ok(doc and doc["sheets"][0]["rows"][0].get("hidden") and doc["sheets"][1]["state"] == "veryHidden", "hidden row, very hidden sheet")
write(path(), parts('<cols><col min="3" max="4" hidden="1"/></cols>' + GOOD))
tap.ok(run(path())[1]["sheets"][0].get("hiddenColumns") == ["C", "D"], "hidden columns")
tap.ok("Sheet1" in run(path(), "--sheet", "none")[2], "a sheet that is not there: the others are named")
tap.ok(run(path(), "--sheet", "SHEET1")[0] == 0, "a sheet by name, letters without case")
os.unlink(path())

# 25: cut short
bad = []
points = sorted(set(list(range(0, len(whole), max(1, len(whole) // 60))) + [len(whole) - 1, len(whole) - 22]))
for n in points:
    with open(path(), "wb") as f:
        f.write(whole[:n])
    code, doc, err = run(path())
    if code not in (1, 3) or "error" not in err:
        bad.append((n, code, err))
tap.ok(not bad, "25 cut short anywhere (%d places)" % len(points), bad)
os.unlink(path())

tap.end()
