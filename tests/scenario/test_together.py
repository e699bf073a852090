"""Thirty units submit at once, through the server, while readers rank: no lost value, no half form, no mixture."""
import json
import os
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request

import city
from city import good

tap = city.Tap()
UNITS, ROUNDS = 30, 3


def write_pack(folder):
    units = "\n".join(f'      - {{code: "u{i:02d}", name: 县{i:02d}}}' for i in range(UNITS))
    files = {
        "pack.yaml": "pack: many\ntitle: 多县\nversion: '1'\nkinds: [{kind: city, title: 市}, {kind: county, title: 县}]\n",
        "units.yaml": f'units:\n  - code: "c"\n    name: 市\n    kind: city\n    units:\n{units}\n',
        "indicators/i.yaml": "- {indicator: a, title: 甲, unit: 件, source: reported, rollup: sum, missing: skip}\n"
                             "- {indicator: b, title: 乙, unit: 件, source: reported, rollup: sum, missing: skip}\n"
                             "- {indicator: share, title: 比, unit: '%', formula: a / b * 100, direction: higher, rank: {among: county, missing: last}}\n",
        "forms/f.yaml": "form: f\ntitle: 表\nfor: county\nfrequency: month\nindicators: [a, b]\n",
        "roles.yaml": "roles:\n  - {role: admin, title: 管理员, may: ['*']}\n  - {role: county_officer, title: 县, may: [indicator.read, form.read, form.report]}\n",
    }
    for path, text in files.items():
        os.makedirs(os.path.join(folder, os.path.dirname(path)), exist_ok=True)
        with open(os.path.join(folder, path), "w", encoding="utf-8") as f:
            f.write(text)
    return folder


class Server:
    def __init__(self, db):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.process = subprocess.Popen([city.KECHUANG, "serve", db, "--listen", f"127.0.0.1:{self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/health", timeout=2).read()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the server does not answer")

    def call(self, method, path, query=None, body=None, token=None):
        url = f"http://127.0.0.1:{self.port}/api{path}" + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = {"X-Kechuang": "1", "Content-Type": "application/json" if not isinstance(body, bytes) else "application/octet-stream"}
        if token:
            headers["Cookie"] = token
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        r = urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=60)
        return r, r.read()

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def scenario(engine, db, folder):
    good("init", db, "--pack", write_pack(os.path.join(folder, "pack")))
    good("user", "add", db, "boss", "--role", "admin", "--unit", "c", stdin=b"a long password\n")
    server = Server(db)
    try:
        r, _ = server.call("POST", "/session", body={"account": "boss", "password": "a long password"})
        token = r.headers["Set-Cookie"].split(";")[0]
        wrong, stop, reads = [], threading.Event(), [0]

        def read_on():
            """Every form has b = 100 * a of its own round: a reader never sees a county with one figure of another round."""
            while not stop.is_set():
                _, body = server.call("GET", "/indicators/share/rank", {"period": "2023-01"}, token=token)
                reads[0] += 1
                for row in json.loads(body)["rows"]:
                    if row["value"] is not None and row["value"] != "1":
                        wrong.append(row)
                _, body = server.call("GET", "/forms/f/figures", {"period": "2023-01"}, token=token)
                for row in json.loads(body)["rows"]:
                    a, b = row["values"]
                    if (a is None) != (b is None) or (a and int(b) != 100 * int(a)):
                        wrong.append(row)

        def submit(unit, round_):
            n = round_ * 1000 + unit + 1
            try:
                sheet = f"县,甲,乙\n县{unit:02d},{n},{n * 100}\n".encode()
                _, body = server.call("POST", "/forms/f/figures", {"period": "2023-01", "file": f"{unit}.csv", "submit": "true"}, sheet, token)
                o = json.loads(body)
                if o["added"] + o["changed"] != 1:
                    wrong.append(o)
            except OSError as e:
                wrong.append(getattr(e, "read", lambda: str(e))())

        readers = [threading.Thread(target=read_on) for _ in range(3)]
        for t in readers:
            t.start()
        for round_ in range(ROUNDS):
            writers = [threading.Thread(target=submit, args=(u, round_)) for u in range(UNITS)]
            for t in writers:
                t.start()
            for t in writers:
                t.join()
        stop.set()
        for t in readers:
            t.join()
        with tap(f"{engine}: thirty units submit at once, three times over, and no reader sees half a form"):
            assert not wrong, wrong[:3]
            assert reads[0] > 3
        with tap(f"{engine}: no value is lost, every version is there"):
            last = [(ROUNDS - 1) * 1000 + u + 1 for u in range(UNITS)]
            v = good("value", db, "a", "--period", "2023-01", "--json").json()
            assert int(v["value"]) == sum(last), v["value"]
            text = good("value", db, "a", "--period", "2023-01", "--unit", "u07", "--explain").out
            assert f"第 {ROUNDS} 版" in text and "7.csv" in text, text
            assert good("verify", db, "--json").json()["events"] >= UNITS * ROUNDS
        with tap(f"{engine}: the server's ranking is the one a fresh process computes"):
            _, body = server.call("GET", "/indicators/share/rank", {"period": "2023-01"}, token=token)
            assert json.loads(body)["rows"] == good("rank", db, "share", "--period", "2023-01", "--json").json()["rows"]
    finally:
        server.stop()


with city.temp() as folder:
    for engine, make in city.databases(folder):
        if make is None:
            tap.skip("together on PostgreSQL", "no PostgreSQL server programs")
        else:
            scenario(engine, make("together"), folder)
tap.done()
