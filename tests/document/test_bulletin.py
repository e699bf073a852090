"""The bulletin of the demo city: every county and figure of `kechuang rank` stands in the .docx, .pdf, .html and .md."""
import html.parser, io, json, os, re, subprocess, sys, tempfile, zipfile
import xml.etree.ElementTree as ET
from decimal import ROUND_HALF_UP, Decimal

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
count = failures = 0


def ok(condition, name, detail=""):
    global count, failures
    count += 1
    failures += not condition
    print(("ok" if condition else "not ok"), count, "-", name)
    if not condition:
        print("#", str(detail).replace("\n", "\n# "))


def kechuang(*args):
    p = subprocess.run([os.environ["KECHUANG"], "--lang", "en", *args], capture_output=True, text=True)
    return p.returncode, p.stdout, p.stderr


def shown(text, digits=2):
    return "（未报）" if text is None else f"{Decimal(text).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,}"


def docx_rows(z):
    """Texts of the tables, row by row, and of the paragraphs."""
    body = ET.fromstring(z.read("word/document.xml")).find(W + "body")
    text = lambda e: "".join(t.text or "" for t in e.iter(W + "t"))
    tables = [[[text(c) for c in r.findall(W + "tc")] for r in t.findall(W + "tr")] for t in body.findall(W + "tbl")]
    return tables, [text(p) for p in body.findall(W + "p")]


class Figures(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.figures, self.text, self.inside = [], [], None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "span" and "data-feel" in a:
            self.inside = [a["data-feel"], a["data-value"], ""]
            self.figures.append(self.inside)

    def handle_endtag(self, tag):
        if tag == "span":
            self.inside = None

    def handle_data(self, data):
        self.text.append(data)
        if self.inside:
            self.inside[2] += data


def check_docx(path, rows, expected, alerts):
    z = zipfile.ZipFile(path)
    ok(z.testzip() is None and all(i.date_time == (1980, 1, 1, 0, 0, 0) for i in z.infolist()), "docx: a whole archive, all its entries of one time")
    types = ET.fromstring(z.read("[Content_Types].xml"))
    named = {o.get("PartName").lstrip("/") for o in types if o.tag.endswith("Override")}
    endings = {o.get("Extension") for o in types if o.tag.endswith("Default")}
    ok(named <= set(z.namelist()) and all(n in named or n.rsplit(".", 1)[-1] in endings for n in z.namelist()), "docx: every part has a content type")
    for n in z.namelist():
        if n.endswith((".xml", ".rels")):
            ET.fromstring(z.read(n))
    rels = {r.get("Id"): r.get("Target") for r in ET.fromstring(z.read("word/_rels/document.xml.rels"))}
    used = set(re.findall(r'r:(?:embed|id)="([^"]+)"', z.read("word/document.xml").decode()))
    ok(used <= set(rels) and all("word/" + t in z.namelist() for t in rels.values()), "docx: every relation leads to a part", (used, rels))
    ok(z.read("word/media/chart1.png")[:8] == b"\x89PNG\r\n\x1a\n", "docx: the chart is a picture")
    tables, paragraphs = docx_rows(z)
    got = [[r[1], r[0], r[2]] for r in tables[0][1:]]
    ok(got == expected, "docx: the table has every county with its place and figure", (got, expected))
    ok("tblHeader" in z.read("word/document.xml").decode(), "docx: the header row repeats")
    text = "\n".join(paragraphs)
    called = [a["title"]["zh"] for a in alerts if a["indicator"] == "rd_intensity"]
    ok(all(re.search(re.escape(c) + r"已连续\d+期", text) for c in called) and len(re.findall("予以约谈", text)) == len(called), "docx: who is called in is named", text)
    bottom = "、".join(r["title"]["zh"] for r in rows[-2:])
    ok("排在后两位的是" + bottom in text, "docx: the last two are named", text)
    section = ET.fromstring(z.read("word/document.xml")).find(W + "body").find(W + "sectPr")
    margins, grid = section.find(W + "pgMar"), section.find(W + "docGrid")
    ok([margins.get(W + k) for k in ("top", "bottom", "left", "right")] == ["2098", "1984", "1588", "1474"] and grid.get(W + "type") == "lines",
       "docx: margins of 37, 35, 28 and 26 mm and a grid of lines")
    alt = re.search(r'descr="([^"]+)"', z.read("word/document.xml").decode())[1]
    ok(all(f"{name} {figure}" in alt for name, _, figure in expected), "docx: the chart says its figures in words", alt)
    return text


def period_of(db, folder, period):
    rank = json.loads(kechuang("rank", db, "rd_intensity", "--period", period, "--json")[1])
    alerts = json.loads(kechuang("alerts", db, "--period", period, "--json")[1])["alerts"]
    rows = rank["rows"]
    expected = [[r["title"]["zh"], str(r["rank"]), shown(r["value"])] for r in rows]
    out = {}
    for kind in ("docx", "pdf", "html", "md"):
        out[kind] = os.path.join(folder, f"b-{period}.{kind}")
        code, _, err = kechuang("document", db, "rd_bulletin", "--period", period, "-o", out[kind])
        ok(code == 0 and "warning:" not in err, f"{period} {kind}: made, no warnings", err)
        first = open(out[kind], "rb").read()
        kechuang("document", db, "rd_bulletin", "--period", period, "-o", out[kind])
        ok(open(out[kind], "rb").read() == first and len(first) > 1000, f"{period} {kind}: again the same bytes")
    text = check_docx(out["docx"], rows, expected, alerts)
    city = {}
    for name in ("rd_intensity", "rd_expenditure", "gdp"):
        city[name] = json.loads(kechuang("value", db, name, "--period", period, "--json")[1])["value"]
    wanted = ["全市汇总数暂缺"] if city["rd_intensity"] is None else [shown(city["rd_intensity"]) + "%"] + [
        shown(str(Decimal(city[k]) / 10**8)) + "亿元" for k in ("rd_expenditure", "gdp")]
    ok(all(w in text for w in wanted), f"{period}: the city's figures stand in the text", (wanted, text))
    silent = [r["title"]["zh"] for r in rows if r["state"] != "known"]
    ok(("、".join(silent) + "未按时报送") in text if silent else "未按时报送" not in text, f"{period}: who has not reported is named", text)
    plain = subprocess.run(["pdftotext", "-layout", out["pdf"], "-"], capture_output=True).stdout.decode()
    lines = [re.sub(r"\s+", " ", l).strip() for l in plain.splitlines()]
    ok(all(any(re.match(rf"{place} {name} {re.escape(figure)}\b" if figure[0].isdigit() else f"{place} {name} {figure}", l) for l in lines)
           for name, place, figure in expected), f"{period} pdf: every county's row", plain)
    squeezed = re.sub(r"\s", "", plain)
    ok(all(w in squeezed for w in wanted), f"{period} pdf: the city's figures", squeezed)
    info = subprocess.run(["pdfinfo", out["pdf"]], capture_output=True).stdout.decode()
    ok(re.search(r"Page size:\s+595\.\d+ x 841\.\d+ pts \(A4\)", info) and "研发投入" in info, f"{period} pdf: A4 with a title", info)
    page = Figures()
    page.feed(open(out["html"], encoding="utf-8").read())
    ok(all(any(f[2] == figure and f[0] == "format(r.value, 2)" for f in page.figures) for _, _, figure in expected) and len(page.figures) > 30,
       f"{period} html: figures know their expression", page.figures)
    md = open(out["md"], encoding="utf-8").read()
    ok(all(f"| {place} | {name} | {figure} |" in md for name, place, figure in expected), f"{period} md: every county's row", md)


def main(folder):
    db = os.path.join(folder, "city.db")
    code, _, err = kechuang("demo", db, "--enterprises", "60")
    ok(code == 0, "a demo city", err)
    period_of(db, folder, "2023-06")
    for period in (f"{year}-{month:02}" for year in (2022, 2023, 2021) for month in range(12, 0, -1)):
        rows = json.loads(kechuang("rank", db, "rd_intensity", "--period", period, "--json")[1])["rows"]
        if any(r["state"] != "known" for r in rows):
            period_of(db, folder, period)
            break
    else:
        ok(False, "a month in which somebody has not reported")
    out = os.path.join(folder, "x.docx")
    wrong = lambda *args: kechuang("document", db, *args)
    code, _, err = wrong("rd_bulletin", "--period", "2023-06", "-o", "x.odt")
    ok(code == 2 and ".docx" in err, "another ending: wrong usage", err)
    code, _, err = wrong("rd_bulletin", "-o", out)
    ok(code == 1 and "period" in err, "without its period", err)
    code, _, err = wrong("rd_bulletin", "--period", "2023-Q2", "-o", out)
    ok(code == 1 and "month" in err, "a period of another kind", err)
    code, _, err = wrong("nothing", "--period", "2023-06", "-o", out)
    ok(code == 1 and "nothing" in err, "no such document", err)
    code, _, err = wrong("rd_bulletin", "--period", "2023-06", "-o", out, "--as", "jinhu")
    ok(code == 1 and "no \"rd_bulletin\"" in err and not os.path.exists(out), "a county's account has no document of the whole city", err)
    code, _, err = wrong("rd_bulletin", "--period", "2023-06", "-o", out, "--as", "city")
    ok(code == 0 and os.path.exists(out), "the city's has", err)


with tempfile.TemporaryDirectory() as work:
    main(work)
print(f"1..{count}")
sys.exit(failures > 0)
