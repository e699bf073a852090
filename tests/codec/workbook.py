"""Workbooks made by hand for the tests, and a slow, plain reader of its own to compare with."""
import datetime, decimal, io, os, re, sys, zipfile, zlib
import xml.etree.ElementTree as ET

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."


def parts(sheet, strings=None, styles=None, workbook="", name="Sheet1", extra=None):
    """The parts of a workbook: `sheet` is a worksheet's inside, or a list of them."""
    sheets = sheet if isinstance(sheet, list) else [sheet]
    p = {}
    over = "".join('<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>' % (i + 1, TYPE) for i in range(len(sheets)))
    p["[Content_Types].xml"] = (
        '<Types xmlns="%s"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="%ssheet.main+xml"/>%s</Types>'
        % (TYPES, TYPE, over))
    p["_rels/.rels"] = '<Relationships xmlns="%s"><Relationship Id="r1" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>' % (PKG, RELS)
    rels = "".join('<Relationship Id="s%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>' % (i + 1, RELS, i + 1) for i in range(len(sheets)))
    if strings is not None:
        rels += '<Relationship Id="ss" Type="%s/sharedStrings" Target="sharedStrings.xml"/>' % RELS
        p["xl/sharedStrings.xml"] = strings if strings.startswith(("<sst", "<?xml", "<!")) else '<sst xmlns="%s">%s</sst>' % (MAIN, strings)
    if styles is not None:
        rels += '<Relationship Id="st" Type="%s/styles" Target="styles.xml"/>' % RELS
        p["xl/styles.xml"] = '<styleSheet xmlns="%s">%s</styleSheet>' % (MAIN, styles)
    p["xl/_rels/workbook.xml.rels"] = '<Relationships xmlns="%s">%s</Relationships>' % (PKG, rels)
    listed = "".join('<sheet name="%s" sheetId="%d" r:id="s%d"/>' % (name if i == 0 else "Sheet%d" % (i + 1), i + 1, i + 1) for i in range(len(sheets)))
    p["xl/workbook.xml"] = '<workbook xmlns="%s" xmlns:r="%s">%s</workbook>' % (MAIN, RELS, workbook.replace("{sheets}", "<sheets>%s</sheets>" % listed) if "{sheets}" in workbook else "<sheets>%s</sheets>%s" % (listed, workbook))
    for i, s in enumerate(sheets):
        p["xl/worksheets/sheet%d.xml" % (i + 1)] = s if isinstance(s, bytes) or s.startswith("<?xml") or s.startswith("<!DOCTYPE") else '<worksheet xmlns="%s">%s</worksheet>' % (MAIN, s)
    p.update(extra or {})
    return p


def write(path, p, level=6):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as z:
        for name, data in p.items():
            z.writestr(name, data)
    return path


def dates(*codes):
    """styles.xml's inside with one cell style for each number format code; style 0 is General."""
    fmts = "".join('<numFmt numFmtId="%d" formatCode="%s"/>' % (164 + i, c.replace("&", "&amp;").replace('"', "&quot;")) for i, c in enumerate(codes))
    return '<numFmts>%s</numFmts><cellXfs><xf numFmtId="0"/>%s</cellXfs>' % (fmts, "".join('<xf numFmtId="%d"/>' % (164 + i) for i in range(len(codes))))


# ---- the comparison reader ----

BUILTIN_DATES = {14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss",
                 22: "yyyy/m/d h:mm", 45: "mm:ss", 47: "mm:ss.0", **{i: "y" for i in (27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58)},
                 **{i: "h" for i in (32, 33, 34, 35, 55, 56)}}


def local(tag):
    return tag.rsplit("}", 1)[-1]


def plain(text):
    s = format(decimal.Decimal(repr(float(text))), "f")
    if "." in s:
        s = s.rstrip("0").rstrip(".")
    return "0" if s in ("-0", "") else s


def format_kind(code):
    if code is None:
        return None
    section = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', "", code.lower()).split(";")[0]
    if re.search(r"\[[hms]+\]", section) or re.search(r"[0#?]", re.sub(r"s\.0+", "s", section)) or "general" in section or "@" in section:
        return None
    day, time = bool(re.search(r"[yd]|mmm", section)), bool(re.search(r"[hs]", section))
    if re.search(r"m", section) and not time:
        day = True
    return "datetime" if day and time else "date" if day else "time" if time else None


def text_of(node):
    out = []
    for child in node:
        if local(child.tag) == "t":
            out.append(child.text or "")
        elif local(child.tag) == "r":
            out.append(text_of(child))
    return "".join(out)


def unescape(s):
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)) if int(m[1], 16) and not 0xd800 <= int(m[1], 16) < 0xe000 else m[0], s)


def column(ref):
    n = 0
    for c in re.match("[A-Z]+", ref)[0]:
        n = n * 26 + ord(c) - 64
    return n


def column_name(n):
    s = ""
    while n:
        n, r = divmod(n - 1, 26)
        s = chr(65 + r) + s
    return s


def read(path):
    """{sheet name: {ref: (kind, value)}}"""
    z = zipfile.ZipFile(path)
    root = lambda name: ET.fromstring(z.read(name))
    book = root("xl/workbook.xml")
    rels = {r.get("Id"): r for r in root("xl/_rels/workbook.xml.rels")}
    strings = []
    formats, custom = [None], {}
    epoch_1904 = stale = False
    for r in rels.values():
        if r.get("Type").endswith("/sharedStrings"):
            strings = [unescape(text_of(si)) for si in root("xl/" + r.get("Target").lstrip("/").removeprefix("xl/")) if local(si.tag) == "si"]
        if r.get("Type").endswith("/styles"):
            for part in root("xl/" + r.get("Target").lstrip("/").removeprefix("xl/")):
                if local(part.tag) == "numFmts":
                    custom = {int(f.get("numFmtId")): f.get("formatCode") for f in part}
                if local(part.tag) == "cellXfs":
                    formats = [custom.get(int(x.get("numFmtId", 0)), BUILTIN_DATES.get(int(x.get("numFmtId", 0)))) for x in part]
    sheets = {}
    for e in book.iter():
        if local(e.tag) == "workbookPr":
            epoch_1904 = e.get("date1904") in ("1", "true")
        if local(e.tag) == "calcPr":
            stale = e.get("fullCalcOnLoad") in ("1", "true")
    for e in book.iter():
        if local(e.tag) != "sheet":
            continue
        rel = rels[e.get("{%s}id" % RELS)]
        if not rel.get("Type").endswith("/worksheet"):
            continue
        sheets[e.get("name")] = read_sheet(root("xl/" + rel.get("Target").lstrip("/").removeprefix("xl/")), strings, formats, epoch_1904, stale)
    return sheets


def read_sheet(sheet, strings, formats, epoch_1904, stale):
    cells, number = {}, 0
    for row in (r for data in sheet if local(data.tag) == "sheetData" for r in data):
        number = int(row.get("r", number + 1))
        col = 0
        for c in row:
            col = column(c.get("r")) if c.get("r") else col + 1
            got = read_cell(c, strings, formats, epoch_1904, stale)
            if got:
                cells[(number, col)] = got
    rows = {r for r, _ in cells}
    for e in sheet.iter():
        if local(e.tag) == "mergeCell":
            a, b = e.get("ref").split(":")
            r1, r2 = int(re.sub(r"\D", "", a)), int(re.sub(r"\D", "", b))
            shown = cells.get((r1, column(a)))
            for r in rows & set(range(r1, r2 + 1)) if shown else ():
                for k in range(column(a), column(b) + 1):
                    cells.setdefault((r, k), shown)
    return {column_name(c) + str(r): v for (r, c), v in cells.items()}


def read_cell(c, strings, formats, epoch_1904, stale):
    kind, value, formula, has_v = c.get("t", "n"), "", False, False
    for part in c:
        if local(part.tag) == "f":
            formula = True
        if local(part.tag) == "v":
            has_v, value = True, part.text or ""
        if local(part.tag) == "is":
            value = unescape(text_of(part))
    if kind == "str":
        value = unescape(value)
    if value == "":
        return ("uncalculated", None) if formula and not (kind == "str" and has_v) else None
    if kind == "s":
        return ("text", strings[int(value)]) if strings[int(value)] else None
    if kind in ("str", "inlineStr"):
        return "text", value
    if kind == "b":
        return "boolean", "true" if value == "1" else "false"
    if kind == "e":
        return "error", value
    number = plain(value)
    if formula and stale and number == "0":
        return "uncalculated", None
    style = int(c.get("s", 0))
    what = format_kind(formats[style] if style < len(formats) else None)
    if not what:
        return "number", number
    serial = decimal.Decimal(number)
    if what == "time" and serial < 1:
        return "time", str((datetime.datetime(2000, 1, 1) + datetime.timedelta(days=float(serial))).time())
    start = datetime.datetime(1904, 1, 1) if epoch_1904 else datetime.datetime(1899, 12, 30 if serial >= 60 else 31)
    at = start + datetime.timedelta(milliseconds=int((serial * 86400000).quantize(decimal.Decimal(1))))
    if what == "date" and at.time() == datetime.time():
        return "date", at.date().isoformat()
    return "datetime", at.isoformat(timespec="milliseconds").removesuffix(".000")


# ---- TAP ----

class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, name, note=""):
        self.count += 1
        self.failed += not good
        print("%sok %d - %s" % ("" if good else "not ", self.count, name))
        if not good and note:
            print("\n".join("# " + line for line in str(note).splitlines()[:20]))
        sys.stdout.flush()
        return good

    def skip(self, name, why):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, name, why))

    def end(self):
        print("1..%d" % self.count)
        sys.exit(1 if self.failed else 0)
