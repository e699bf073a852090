"""What copies do to texts, done on purpose: FILES (text to bytes) change only the file, TEXTS (text and what
is marked in it) also the words."""
import html
import io
import os
import re
import zipfile

import city

SYNONYMS = (("发展", "开展"), ("服务", "效劳"), ("基础", "根底"), ("成本", "本钱"), ("达到", "到达"), ("不足", "缺乏"))
NOT_FIGURES = re.compile(r"(?m)\d+(?=年|月|日)|^\d+[.．、]|(?<=[-—“+A-Za-z])\d+|\d+(?=[+”A-Z])")


def paragraphs(text):
    return [line for line in text.split("\n") if line.strip()]


def as_html(text):
    body = "\n".join(f'<p class="MsoNormal">&emsp;&emsp;{html.escape(line)}</p>' for line in paragraphs(text))
    return ("<!DOCTYPE html><html><head><meta charset=\"gb2312\"><title>科技</title><style>p{margin:0}</style></head>"
            "<body>"
            "<div class='nav'><a href='/'>首页</a> <a href='/x'>登录</a></div>"
            f"<script>var a='<p>发展3家</p>';</script>{body}<div>打印本页 关闭窗口</div></body></html>").encode("gb18030")


def docx(paragraph_xml, extra=None):
    out = io.BytesIO()
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("word/document.xml", f'<w:document xmlns:w="{w}"><w:body>{paragraph_xml}</w:body></w:document>')
        for name, text in (extra or {}).items():
            z.writestr(name, text)
    return out.getvalue()


def as_docx(text):
    """Runs cut in the middle of words, as Word does."""
    def run(line):
        return "".join(f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{html.escape(line[i:i + 7])}</w:t></w:r>'
                       for i in range(0, len(line), 7))
    return docx("".join(f"<w:p><w:pPr><w:jc w:val=\"both\"/></w:pPr>{run(line)}</w:p>" for line in paragraphs(text)))


KINDS = (("一、", re.compile(r"^[一二三四五六七八九十]+、"), "chineseCounting", "%1、"),
         ("（一）", re.compile(r"^（[一二三四五六七八九十]+）"), "chineseCountingThousand", "（%2）"),
         ("1.", re.compile(r"^\d+\.(?!\d)"), "decimal", "%3."))


def as_numbered_docx(text):
    """Numbers that Word counts itself: the first level by a style, the others by the paragraph; lists begin anew."""
    body, lists, number = [], 1, 1
    for line in paragraphs(text):
        level = next((i for i, k in enumerate(KINDS) if k[1].match(line)), None)
        properties = ""
        if level is not None:
            if level == 0 and KINDS[0][1].match(line)[0] == "一、":
                number, lists = lists, lists + 1
            line = KINDS[level][1].sub("", line)
            properties = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
            if level == 0 and number == 1:
                properties = '<w:pPr><w:pStyle w:val="Head"/></w:pPr>'
        body.append(f"<w:p>{properties}<w:r><w:t>{html.escape(line)}</w:t></w:r></w:p>")
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    levels = "".join(f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{k[2]}"/><w:lvlText w:val="{k[3]}"/></w:lvl>'
                     for i, k in enumerate(KINDS))
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    nums = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="7"/>{restart if n > 1 else ""}</w:num>' for n in range(1, lists + 1))
    return docx("".join(body), {
        "word/numbering.xml": f'<w:numbering {w}><w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>{nums}</w:numbering>',
        "word/styles.xml": f'<w:styles {w}><w:style w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
                           f'<w:style w:styleId="Head"><w:basedOn w:val="Base"/></w:style></w:styles>'})


def traditional():
    """Simplified characters to traditional ones, from the program's own table read backwards."""
    table = open(os.path.join(city.ROOT, "src", "meeting", "han_table.h"), encoding="utf-8").read()
    back = {}
    for old, new in re.findall(r"\{0x([0-9A-F]+),0x([0-9A-F]+)\}", table):
        back.setdefault(chr(int(new, 16)), chr(int(old, 16)))
    return back


def with_pinyin(text, rows):
    back = traditional()
    syllables = ("biāo", "tí", "zhǎn", "yè", "lǜ", "qū", "è")
    out = []
    for i, c in enumerate(text):
        out.append(f"{back[c]}({syllables[i % len(syllables)]})" if c in back and c not in "于里后只系了着万余松面" else c)
    return "".join(out), rows


def broken_lines(text, rows):
    out = []
    for line in paragraphs(text):
        out += [line[i:i + 34] for i in range(0, len(line), 34)]
    return "\n".join(out), rows


def with_furniture(text, rows):
    top = ["首页 > 范文大全 > 讲话稿", "下载", "打印", "【字号： 大 中 小】", "发布时间：2024-03-01 浏览次数：1023"]
    middle = "（……未完，全文共3288字，当前只显示1200字，请阅读下面提示信息。收藏讲话稿）"
    lines = paragraphs(text)
    lines.insert(len(lines) // 2, middle)
    return "\n".join(top + lines + ["上一篇：在全市工作会议上的讲话", "相关文章", "版权所有 备案号123456"]), rows


def page_chunks(text, rows):
    """Pages of a sharing site: cut in the middle of sentences, each with its number."""
    out, n = [], 1
    lines = paragraphs(text)
    out.append("1、" + lines[0])
    for line in lines[1:]:
        if len(line) > 80:
            n += 1
            cut = next(i for i in range(40, len(line)) if not line[i].isdigit() and not line[i - 1].isdigit())
            line = line[:cut] + f"\n\n{n}、" + line[cut:]
        out.append(line)
    return "\n".join(out), rows


def turned(digits):
    return "".join(c if c in "01." else str((int(c) - 1) % 8 + 2) for c in digits)


def turn_text(text):
    kept = [m.span() for m in NOT_FIGURES.finditer(text)]
    def one(m):
        return m[0] if any(a < m.end() and m.start() < b for a, b in kept) else turned(m[0])
    return re.sub(r"\d+(?:\.\d+)?", one, text)


def turn_value(value, quote):
    """The value of a figure whose digits were turned; one told in Chinese numerals stays."""
    bare = value.replace(".", "").strip("0")
    if not bare or bare not in re.sub(r"[.]", "", quote):
        return value
    return turned(value)


def other_figures(text, rows):
    own = []
    for row in rows:
        if row[0] in "FTft":
            quote = " ".join(row[3:])
            own.append([row[0], turn_value(row[1], quote), row[2], turn_text(quote)])
        elif row[0] in "Ii":
            quote = " ".join(row[4:])
            own.append([row[0]] + [v if v == "-" else turn_value(v, quote) for v in row[1:4]] + [turn_text(quote)])
        else:
            own.append(row)
    return turn_text(text), own


def synonyms(text, rows):
    def plant(s):
        for old, new in SYNONYMS:
            s = s.replace(old, new)
        return s
    return plant(text), [row[:1] + [plant(x) for x in row[1:]] for row in rows]


def full_width(text, rows):
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789%()"}), rows


def half_width(text, rows):
    return text.translate({ord(a): b for a, b in zip("，；：（）！？", ",;:()!?")}), rows


FILES = {
    "UTF-8 with a mark": lambda t: b"\xef\xbb\xbf" + t.encode(),
    "lines of Windows": lambda t: t.replace("\n", "\r\n").encode(),
    "GB18030": lambda t: t.encode("gb18030"),
    "UTF-16, little end first": lambda t: b"\xff\xfe" + t.encode("utf-16-le"),
    "UTF-16, big end first": lambda t: b"\xfe\xff" + t.encode("utf-16-be"),
    "HTML in GB18030": as_html,
    "a Word document": as_docx,
    "a Word document that counts its own heads": as_numbered_docx,
}
TEXTS = {
    "traditional characters and pinyin in brackets": with_pinyin,
    "lines broken at one width": broken_lines,
    "site furniture and advertising": with_furniture,
    "pages of a sharing site": page_chunks,
    "other figures": other_figures,
    "planted synonyms": synonyms,
    "full-width digits": full_width,
    "half-width punctuation": half_width,
}
