#!/usr/bin/env python3
"""Each function of src/base/banned.h is refused by both compilers, and the message says what to use instead."""
import os, re, shutil, subprocess, sys

ROOT = os.environ.get("KECHUANG_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
banned = re.findall(r'^BANNED\((\w+), "([^"]+)"\);', open(os.path.join(ROOT, "src/base/banned.h"), encoding="utf-8").read(), re.M)
failed = count = 0


def compile_with(compiler, code):
    return subprocess.run([compiler, "-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Werror", "-Isrc", "-include", "base/banned.h", "-fsyntax-only", "-x", "c", "-"],
                          cwd=ROOT, input=code, capture_output=True, text=True, env=dict(os.environ, LC_ALL="C.UTF-8"))


def report(ok, name, detail):
    global failed, count
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {name}")
    if not ok:
        print("# " + detail.replace("\n", "\n# "))


for compiler in [c for c in ("gcc", "clang") if shutil.which(c)]:
    p = compile_with(compiler, "void *use(void *a, const void *b) { return memcpy(a, b, 1); }\n")
    report(p.returncode == 0, f"{compiler}: other functions are free", p.stderr)
    for name, instead in banned:
        p = compile_with(compiler, f"void *use(void) {{ return (void *){name}; }}\n")
        report(p.returncode != 0 and f"banned: {instead}" in p.stderr, f"{compiler}: {name}", p.stderr)
report(len(banned) >= 16, "the list is read", str(banned))
sys.exit(1 if failed else 0)
