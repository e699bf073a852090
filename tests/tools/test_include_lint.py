#!/usr/bin/env python3
"""tools/include-lint finds each kind of violation in a small house made for it, and none in the project."""
import os, subprocess, sys, tempfile

ROOT = os.environ.get("KECHUANG_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINT = os.path.join(ROOT, "tools", "include-lint")
TABLES = """# A house

| room | may include |
|---|---|
| base | |
| codec | base |
| store | base codec |

| header | room |
|---|---|
| yaml.h | codec |
| unicode/* | codec |
"""
SOUND = {
    "ARCHITECTURE.md": TABLES,
    "src/base/a.h": "#include <stdint.h>\n#include <sys/stat.h>\n",
    "src/base/a_int.h": '#include "base/a.h"\n',
    "src/base/a.c": '#include "base/a_int.h"\n/* strdup( is only spoken of, and "malloc(" */\nint x; // calloc(1)\n',
    "src/base/mem.c": "#include <stdlib.h>\nvoid *m(void) { return malloc(1); }\n",
    "src/codec/b.c": '#include <yaml.h>\n#include <unicode/ucnv.h>\n#include "base/a.h"\n',
    "tests/test.h": "#include <cmocka.h>\n",
    "tests/base/test_a.c": '#include "tests/test.h"\n#include "base/a_int.h"\n#include "beside.h"\n',
    "tests/base/beside.h": "",
    "src/codec/g.c": '#include "codec_made.h"\n',
}
# what is added or replaced, and what has to be said about it
CASES = [
    ("a room above", {"src/base/u.c": '\n#include "codec/x.h"\n', "src/codec/x.h": ""}, "src/base/u.c:2: base may not include codec"),
    ("a room not in the row", {"ARCHITECTURE.md": TABLES.replace("base codec", "base"), "src/store/s.c": '#include "codec/b.h"\n',
                               "src/codec/b.h": ""}, "src/store/s.c:1: store may not include codec"),
    ("a private header", {"src/codec/p.c": '#include "base/a_int.h"\n'}, 'src/codec/p.c:1: "base/a_int.h" is private to base'),
    ("a private header in a test", {"tests/codec/test_p.c": '#include "base/a_int.h"\n'}, 'tests/codec/test_p.c:1: "base/a_int.h" is private'),
    ("a foreign header elsewhere", {"src/store/y.c": "int a;\n#include <yaml.h>\n"}, "src/store/y.c:2: <yaml.h> belongs to codec"),
    ("a foreign header by pattern", {"src/store/y.c": "#include <unicode/uchar.h>\n"}, "src/store/y.c:1: <unicode/uchar.h> belongs to codec"),
    ("a foreign header that nobody owns", {"src/base/j.c": "#  include <jansson.h>\n"}, "src/base/j.c:1: <jansson.h> is in no row"),
    ("a header that is not there", {"src/base/n.c": '#include "base/none.h"\n'}, 'src/base/n.c:1: "base/none.h" does not exist'),
    ("a header without its room", {"src/base/n.c": '#include "a.h"\n'}, 'src/base/n.c:1: "a.h": write the room too'),
    ("what the build makes for another room", {"src/base/n.c": '#include "codec_made.h"\n'}, 'src/base/n.c:1: "codec_made.h": write'),
    ("a room without a row", {"src/attic/z.c": "int z;\n"}, "src/attic/z.c:1: src/attic has no row"),
    ("a row that looks up", {"ARCHITECTURE.md": TABLES.replace("| base | |", "| base | store |")},
     "ARCHITECTURE.md:5: base may not include store: it has no row above"),
    ("two rows of a room", {"ARCHITECTURE.md": TABLES.replace("| store |", "| codec |")}, "ARCHITECTURE.md:7: codec has two rows"),
    ("a header with two owners", {"ARCHITECTURE.md": TABLES.replace("| yaml.h | codec |", "| yaml.h | codec store |")},
     "ARCHITECTURE.md:11: yaml.h: exactly one room"),
    ("no tables", {"ARCHITECTURE.md": "# Nothing\n"}, "ARCHITECTURE.md:1: the tables"),
    ("a file too long", {"src/base/long.c": "int a;\n" * 1201}, "src/base/long.c:1201: 1201 lines"),
    ("a long script", {"tools/long.py": "a = 1\n" * 1300}, "tools/long.py:1201: 1300 lines"),
    ("its own allocation", {"src/codec/m.c": "#include <stdlib.h>\n\nvoid *m(void) { return malloc(1); }\n"}, "src/codec/m.c:3: malloc:"),
    ("a copy on the heap", {"src/codec/m.c": "char *m(char *s) { return strdup (s); }\n"}, "src/codec/m.c:1: strdup:"),
    ("cmocka by hand", {"tests/base/test_b.c": "#include <cmocka.h>\n"}, 'tests/base/test_b.c:1: include "tests/test.h"'),
]

count = failed = 0


def report(ok, name, detail=""):
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {name}")
    if not ok:
        print("# " + detail.replace("\n", "\n# "))


def lint(files):
    with tempfile.TemporaryDirectory() as d:
        for name, text in files.items():
            path = os.path.join(d, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        p = subprocess.run([sys.executable, LINT, d], capture_output=True, text=True)
        return p.returncode, p.stdout


code, out = lint(SOUND)
report(code == 0 and out == "", "a sound house passes", out)
for name, files, want in CASES:
    code, out = lint({**SOUND, **files})
    report(code == 1 and any(line.startswith(want) for line in out.splitlines()), name, f"wanted {want}\ngot {out}")
p = subprocess.run([sys.executable, LINT], capture_output=True, text=True)
report(p.returncode == 0, "the project passes", p.stdout)
sys.exit(1 if failed else 0)
