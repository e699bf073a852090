"""A register of 1,000,000 enterprises of thirty fields in SQLite: looking one up, filtered and sorted pages, as the
server answers them over HTTP; and what the server's process then holds.

Each page is asked once (the first answer reads the columns it needs) and then nine times more, of which the median
counts; and five times more, each after another process has changed a record.  BENCH_PAGES_ROWS makes it smaller.
"""
import http.client, json, os, statistics, subprocess, sys, time, urllib.parse
import benchlib

here = os.path.dirname(os.path.abspath(__file__))
ROWS = int(os.environ.get("BENCH_PAGES_ROWS", "1000000"))
folder = os.path.join(benchlib.work, "pages%d" % ROWS)
program = benchlib.target("kechuang")
db, table = os.path.join(folder, "city.db"), os.path.join(folder, "firms.csv")
if not os.path.exists(os.path.join(folder, "ready")):
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        if name.startswith("city.db"):
            os.unlink(os.path.join(folder, name))
    subprocess.run([sys.executable, os.path.join(os.path.dirname(here), "import", "make.py"), folder, str(ROWS), "csv"], check=True)
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([program, "init", db, "--pack", os.path.join(folder, "pack")], **quiet)
    subprocess.run([program, "user", "add", db, "bench", "--role", "leader", "--unit", "1100"], input=b"password of the bench\n", **quiet)
    subprocess.run([program, "import", db, "firm", table], **quiet)
    open(os.path.join(folder, "ready"), "w").close()
with open(table, encoding="utf-8") as f:
    for i, line in enumerate(f):
        if i == ROWS // 2:
            key = line.split(",")[0]
            break

server = subprocess.Popen([program, "serve", db, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, env=dict(os.environ, KECHUANG_LANG="en"))
rows, changes = [], int(time.time())
try:
    port = int(server.stdout.readline().decode().rsplit(":", 1)[1].split("/")[0].split()[0])
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    head = {"X-Kechuang": "1"}

    def ask(method, path, body=None):
        start = time.perf_counter()
        link.request(method, "/api" + path, body=body, headers=head)
        reply = link.getresponse()
        data = reply.read()
        took = (time.perf_counter() - start) * 1000
        if reply.status != 200:
            sys.exit("%s: %d %s" % (path, reply.status, data[:200]))
        if reply.headers.get("Set-Cookie"):
            head["Cookie"] = reply.headers["Set-Cookie"].split(";")[0]
        return took, json.loads(data)

    ask("POST", "/session", json.dumps({"account": "bench", "password": "password of the bench"}))
    for name, path, query in (
            ("one by its code", "record", {"key": key}),
            ("first page", "records", {}),
            ("a page far behind", "records", {"offset": ROWS * 9 // 10}),
            ("of one county", "records", {"unit": "1107"}),
            ("of one county, by revenue", "records", {"unit": "1107", "sort": "-m0"}),
            ("m0 > 500000000 and listed", "records", {"where": "m0 > 500000000 and listed"}),
            ("an industry with 1,000 staff", "records", {"where": 'industry = "软件和信息技术服务业" and staff >= 1000'}),
            ("m2 / m0 > 0.5 and founded since 2020", "records", {"where": 'm2 / m0 > 0.5 and founded > date("2020-01-01")'}),
            ("a word in every name", "records", {"q": "科技"}),
            ("the same in one county, by revenue", "records", {"q": "科技", "unit": "1107", "sort": "-m0"}),
            ("by the sound of the address", "records", {"sort": "address"}),
            ("words in the name", "records", {"q": "科技（4711"})):
        times = []
        for _ in range(10):
            took, reply = ask("GET", "/registers/firm/" + path + "?" + urllib.parse.urlencode(query))
            times.append(took)
        after = []
        for i in range(5):
            changes += 1
            subprocess.run([program, "record", "set", db, "firm", key, "m1=%d" % changes, "--reason", "bench"], check=True, stdout=subprocess.DEVNULL)
            after.append(ask("GET", "/registers/firm/" + path + "?" + urllib.parse.urlencode(query))[0])
        rows.append([name, reply.get("total", 1), "%.1f ms" % times[0], "%.1f ms" % statistics.median(times[1:]), "%.1f ms" % statistics.median(after)])
    with open("/proc/%d/status" % server.pid) as f:
        peak = [line.split()[1] for line in f if line.startswith("VmHWM")][0]
finally:
    server.terminate()
    server.wait()
benchlib.table(["%d records" % ROWS, "found", "first", "then", "after a change"], rows)
print("  the server's process held at most %d MiB" % (int(peak) // 1024))
