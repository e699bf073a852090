"""Files made to do harm, imported and uploaded: each refused with a reason, within the memory and time the manual states
(docs/commands/sheet.md), and nothing is written: no event, no row, no file."""
import io
import os
import re
import resource
import socket
import struct
import subprocess
import sys
import time
import zipfile
import zlib

import city
from city import good

sys.path.insert(0, os.path.join(city.ROOT, "tests", "codec"))
import workbook  # noqa: E402
from workbook import MAIN, dates, parts, write  # noqa: E402

tap = city.Tap()
SANITIZED = "build-test" in city.KECHUANG
MEMORY, SECONDS = 128, 60                   # of the manual: MiB for a refusal, and the longest one may take
PACK = """pack: small
title: 小城
kinds: [{kind: city, title: 市}]
---
units: [{code: "1", name: 甲市, kind: city}]
---
roles: [{role: clerk, title: 员, may: ["*"]}]
---
register: firm
title: 企业
key: code
fields:
  code: {type: text, title: 代码, required: true}
  name: {type: text, title: 名称}
  staff: {type: integer, title: 人数}
"""


def text(ref, s):
    return '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (ref, s)


HEAD = '<row r="1">%s%s%s</row>' % (text("A1", "代码"), text("B1", "名称"), text("C1", "人数"))
ONE = '<row r="2">%s%s</row>' % (text("A2", "X1"), text("B2", "甲"))


def sheet(*rows, after=""):
    return "<sheetData>%s%s</sheetData>%s" % (HEAD, "".join(rows), after)


def book(inside=None, **kw):
    b = io.BytesIO()
    write(b, parts(inside or sheet(ONE), **kw))
    return b.getvalue()


def deflated(b):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    return z.compress(b) + z.flush()


def shared_kernel():
    """3,000 entries of one megabyte that are the same bytes."""
    packed, crc = deflated(b"\0" * 1000000), zlib.crc32(b"\0" * 1000000)
    out = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0x21, crc, len(packed), 1000000, 4, 0) + b"0000" + packed
    listed = b"".join(struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0x21, crc, len(packed), 1000000, 4, 0, 0, 0, 0, 0, 0) + b"%04d" % i
                      for i in range(3000))
    return out + listed + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3000, 3000, len(listed), len(out), 0)


def many_entries():
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        for i in range(65536):
            z.writestr("n/%d.zip" % i, b"")
    return b.getvalue()


def utf16(s):
    return b"\xff\xfe" + ('<?xml version="1.0" encoding="UTF-16"?>' + s).encode("utf-16-le")


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
WHOLE = book()
WIDE = [workbook.column_name(i * 250 + 1) + "2:" + workbook.column_name(i * 250 + 250) + "1048576" for i in range(65)]
BLANK = "".join('<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (r, r, r) for r in range(3, 1048577))
REFUSED = (
    ("entries that share one kernel", "xlsx", shared_kernel, "重叠"),
    ("65,536 entries", "xlsx", many_entries, "65536个条目"),
    ("an archive in a workbook", "xlsx", lambda: book(extra={"xl/media/inner.zip": many_entries()[:5000]}), "夹带了压缩包"),
    ("an entry of 1000:1", "xlsx", lambda: book(sheet(ONE) + " " * 300000000), "压缩炸弹"),
    ("local header and directory disagree", "xlsx", lambda: WHOLE[:30] + b"x" + WHOLE[31:], "不一致"),
    ("a path that leads elsewhere", "xlsx", lambda: book(extra={"../../x.xml": "x"}), "../../x.xml"),
    ("DOCTYPE beside the sheet", "xlsx", lambda: book(extra={"docProps/core.xml": "<?xml version='1.0'?>" + DOCTYPE + "<x>&b;</x>"}), "DOCTYPE"),
    ("DOCTYPE in UTF-16", "xlsx", lambda: book(extra={"customXml/item1.xml": utf16(DOCTYPE + "<x/>")}), "DOCTYPE"),
    ("another encoding", "xlsx", lambda: book(extra={"customXml/item1.xml": '<?xml version="1.0" encoding="UTF-7"?><x/>'}), "编码"),
    ("macros", "xlsx", lambda: book(extra={"xl/vbaProject.bin": "x"}), "宏"),
    ("links to other workbooks", "xlsx", lambda: book(extra={"xl/externalLinks/externalLink1.xml": "<x/>"}), "链接到别的文件"),
    ("an object in it", "xlsx", lambda: book(extra={"xl/embeddings/oleObject1.bin": "x"}), "嵌入"),
    ("merges of a thousand million cells", "xlsx", lambda: book(sheet(*['<row r="%d"><c r="A%d"><v>1</v></c></row>' % (r, r) for r in range(2, 40000)],
     after="<mergeCells>%s</mergeCells>" % "".join('<mergeCell ref="%s"/>' % w for w in WIDE))), "合并区域"),
    ("elements nested without end", "xlsx", lambda: book(sheet('<row r="2"><c>' + "<x>" * 100000)), "嵌套"),
    ("a workbook cut short", "xlsx", lambda: WHOLE[:len(WHOLE) // 2], "不完整"),
    ("a line without end", "csv", lambda: "代码,名称\n".encode() + b"x" * (40 << 20), "一行超过"),
    ("a quote that is never closed", "csv", lambda: "代码,名称\n\"".encode() + b"x\n" * (20 << 20), "一行超过"),
    ("commas without end", "csv", lambda: "代码,名称\n".encode() + b"," * (20 << 20), "一行超过"),
    ("empty lines without end", "csv", lambda: "代码,名称\n".encode() + b"\n" * (20 << 20), "空行超过"),
    ("bytes of two encodings", "csv", lambda: "代码,名称\n".encode() + "一,甲\n".encode("utf-16-le"), ""),
    ("JSON nested without end", "json", lambda: b"[" * (10 << 20), ""),
)
TAKEN = (
    ("a dimension of the whole sheet", lambda: book('<dimension ref="A1:XFD1048576"/>' + sheet(ONE))),
    ("a million formatted empty rows", lambda: book(sheet(ONE, BLANK), styles=dates("0.00"))),
    ("a merge of the whole sheet, beside the table", lambda: book(sheet(ONE, after='<mergeCells><mergeCell ref="D1:XFD1048576"/></mergeCells>'))),
)


def limit():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY << 20, MEMORY << 20))


def events(db):
    import sqlite3
    c = sqlite3.connect(db)
    try:
        return c.execute("SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM r_firm), (SELECT count(*) FROM held_row), "
                         "(SELECT count(*) FROM import_file)").fetchone()
    finally:
        c.close()


def take(db, name, work, *more):
    p = subprocess.Popen([city.KECHUANG, "import", db, "firm", name, *more], cwd=work, env=dict(os.environ, KECHUANG_LANG="zh", TMPDIR=work),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit)
    out, err = p.communicate(timeout=SECONDS * (10 if SANITIZED else 1))
    return p.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def left(folder):
    return sorted(n for _, _, names in os.walk(folder) for n in names if not n.endswith(("-wal", "-shm")))


def imports(db, work):
    before = events(db)
    for what, end, make, reason in REFUSED:
        name = os.path.join(work, "t." + end)
        with open(name, "wb") as f:
            f.write(make())
        with tap("import: " + what + " is refused with a reason, in stated memory and time, and nothing is written"):
            files = left(work)
            code, out, err = take(db, name, work)
            assert code in (1, 3) and reason in err and "错误" in err, (code, out, err[:500])
            assert not re.search(r"Sanitizer|Traceback|内存不足", err), err[:2000]
            assert events(db) == before and left(work) == files, (events(db), left(work))
        os.unlink(name)
    for what, make in TAKEN:
        name = os.path.join(work, "t.xlsx")
        with open(name, "wb") as f:
            f.write(make())
        with tap("import: " + what + " is one row, in the same memory and time"):
            code, out, err = take(db, name, work, "--dry-run")
            assert code == 0 and "新增 1，" in out, (code, out, err[:500])
        os.unlink(name)


def talk(port, head, body, wait=True):
    """What the server answers to bytes as they are; wait False: we go away in the middle."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as s:
        s.sendall(head.encode() + b"\r\n\r\n" + body)
        if not wait:
            return b""
        s.shutdown(socket.SHUT_WR)
        said = b""
        while chunk := s.recv(65536):
            said += chunk
        return said


def uploads(db, work):
    subprocess.run([city.KECHUANG, "user", "add", db, "clerk", "--role", "clerk", "--unit", "1"], input="a-long-password\n", text=True, check=True,
                   capture_output=True)
    server = subprocess.Popen([city.KECHUANG, "serve", db, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, cwd=work,
                              env=dict(os.environ, KECHUANG_LANG="zh", TMPDIR=work))
    try:
        port = int(re.search(r"127\.0\.0\.1:(\d+)", server.stdout.readline().decode())[1])
        said = talk(port, "POST /api/session HTTP/1.1\r\nHost: x\r\nX-Kechuang: 1\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 48",
                    b'{"account":"clerk","password":"a-long-password"}')
        cookie = re.search(rb"Set-Cookie: ([^;]+)", said)[1].decode()
        head = f"POST /api/registers/firm/import?file=t.xlsx HTTP/1.1\r\nHost: x\r\nX-Kechuang: 1\r\nCookie: {cookie}\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n"
        before, files = events(db), left(work)

        def alive():
            assert b" 200 " in talk(port, "GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close", b"")

        with tap("upload: cut short, anywhere, it changes nothing and leaves no file"):
            for n in (0, 1, 30, len(WHOLE) // 2, len(WHOLE) - 1):
                talk(port, head + f"Content-Length: {len(WHOLE)}", WHOLE[:n], wait=False)
            alive()
            assert events(db) == before and left(work) == files, (events(db), left(work))
        with tap("upload: two lengths, or a length and chunks, are refused"):
            for more in (f"Content-Length: {len(WHOLE)}\r\nContent-Length: 5", f"Content-Length: {len(WHOLE)}\r\nTransfer-Encoding: chunked"):
                assert b" 400 " in talk(port, head + more, WHOLE), more
            alive()
            assert events(db) == before and left(work) == files
        with tap("upload: a body beyond its limit is refused before it is read"):
            assert b" 413 " in talk(port, head + "Content-Length: 134217729", b"")
            alive()
            assert events(db) == before
        with tap("upload: a bomb is refused with its reason, a whole file is taken"):
            bomb = shared_kernel()
            said = talk(port, head + f"Content-Length: {len(bomb)}", bomb)
            assert "重叠".encode() in said and b" 200 " not in said[:20], said[:500]
            assert events(db) == before and left(work) == files
            assert b" 200 " in talk(port, head + f"Content-Length: {len(WHOLE)}", WHOLE)[:20]
            assert events(db)[1] == before[1] + 1
    finally:
        server.terminate()
        server.wait(timeout=30)


with city.temp() as folder:
    db, work = os.path.join(folder, "city.db"), os.path.join(folder, "work")
    os.makedirs(work)
    os.makedirs(os.path.join(folder, "pack"))
    with open(os.path.join(folder, "pack", "pack.yaml"), "w", encoding="utf-8") as f:
        f.write(PACK)
    good("init", db, "--pack", os.path.join(folder, "pack"))
    imports(db, work)
    uploads(db, work)
tap.done()
