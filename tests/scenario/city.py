"""What the scenario tests share: running the command, TAP, and both databases."""
import json
import os
import subprocess
import sys
import tempfile
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import pg  # noqa: E402

KECHUANG = os.environ.get("KECHUANG") or os.path.join(ROOT, "build", "kechuang")
SHARED = os.environ.get("KECHUANG_SHARED", "")
QUICK = os.environ.get("KECHUANG_TEST_QUICK") == "1"


class Result:
    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout.decode("utf-8", "replace")
        self.err = process.stderr.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.out)


def run(*args, stdin=None, env=None, exe=None, timeout=600):
    merged = {**os.environ, "KECHUANG_LANG": "zh", **(env or {})}
    return Result(subprocess.run([exe or KECHUANG, *map(str, args)], input=stdin, capture_output=True, env=merged, timeout=timeout))


class Tap:
    """with tap("words"): …assertions… — each block is one test."""

    def __init__(self):
        self.count = self.failed = 0

    def __call__(self, name):
        self.name = name
        return self

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.count += 1
        if kind is None:
            print(f"ok {self.count} - {self.name}", flush=True)
            return True
        if kind in (KeyboardInterrupt, SystemExit):
            return False
        self.failed += 1
        print(f"not ok {self.count} - {self.name}: {kind.__name__}: {value}", flush=True)
        import traceback
        traceback.print_exception(kind, value, trace, file=sys.stderr)
        return True

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)

    def done(self):
        sys.exit(1 if self.failed else 0)


def good(*args, **kw):
    r = run(*args, **kw)
    assert r.code == 0, f"kechuang {' '.join(map(str, args))}: exit {r.code}\n{r.out[-2000:]}\n{r.err[-2000:]}"
    return r


def said_why(entitlements):
    """Whoever is not eligible is told every figure that failed beside what is asked for, or what took it all; where nobody
    knows, the titles of what is missing."""
    for e in entitlements:
        if e["outcome"] == "unknown":
            assert e["missing"] and all(m in e["reason"] for m in e["missing"]), e
        if e["outcome"] != "not_eligible" or (e["cuts"] and e["cuts"][-1]["rule"] == e["reason"]):
            continue
        assert all("要求" in part for part in e["reason"].split("；")), (e["policy"], e["key"], e["reason"])


def databases(folder):
    """("sqlite", path maker) and, where there is a server, ("postgres", url maker)."""
    with pg.server() as base:
        yield "sqlite", lambda name: os.path.join(folder, name + ".db")
        if base is None:
            yield "postgres", None
        else:
            yield "postgres", lambda name: pg.url(base, name + "_" + uuid.uuid4().hex[:8])


def uscc(region, body):
    """A valid unified social credit code of a region and an eight-character body."""
    alpha, org = "0123456789ABCDEFGHJKLMNPQRTUWXY", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    body = body[:8]
    c9 = 11 - sum(org.index(ch) * w for ch, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2))) % 11
    head = "91" + region + body + ("X" if c9 == 10 else "0" if c9 == 11 else str(c9))
    weights = [pow(3, i, 31) for i in range(17)]
    return head + alpha[(31 - sum(alpha.index(ch) * w for ch, w in zip(head, weights)) % 31) % 31]


def temp():
    return tempfile.TemporaryDirectory(prefix="kechuang-scenario-")
