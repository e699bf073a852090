#!/usr/bin/env python3
"""Thirty policies over a city's enterprises: from the embedded database to a frozen run, and a what-if on one parameter.

    bench/run policy            ENTERPRISES=100000

The policies are the pack's own that pay, again under other names and with other figures.
"""
import http.client, json, os, re, shutil, subprocess, sys, tempfile, time

import benchlib

ENTERPRISES = int(os.environ.get("ENTERPRISES", "100000"))
POLICIES = 30
kechuang = os.path.join(benchlib.root, "build", "kechuang")


def pack_of_thirty(folder):
    pack = os.path.join(folder, "pack")
    shutil.copytree(os.path.join(benchlib.root, "packs", "city"), pack)
    own = []
    for name in sorted(os.listdir(os.path.join(pack, "policies"))):
        path = os.path.join(pack, "policies", name)
        text = open(path, encoding="utf-8").read() if name.endswith(".yaml") else ""
        if re.search(r"^policy: ", text, re.M) and not re.search(r"^(gives|supersedes):", text, re.M) and os.path.exists(path[:-5] + ".dmn"):
            own.append((re.search(r"^policy: (\w+)", text, re.M)[1], text, name[:-5]))
    n = len(own)
    while n < POLICIES:
        name, text, file = own[n % len(own)]
        copy = f"{name}_{n}"
        text = re.sub(r"^policy: .*", f"policy: {copy}\nmodel: {file}.dmn", text, count=1, flags=re.M)
        text = re.sub(r"value: 10%", f"value: {5 + n % 7}%", text)
        text = re.sub(r"^exclusive: .*\n", "", text, flags=re.M)
        open(os.path.join(pack, "policies", copy + ".yaml"), "w", encoding="utf-8").write(text)
        n += 1
    return pack, [name for name, _, _ in own]


def what_if(db, policy, parameter, value):
    server = subprocess.Popen([kechuang, "serve", db, "--listen", "127.0.0.1:0", "--lang", "en"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r"127\.0\.0\.1:(\d+)", server.stdout.readline())[1])
        cookie = None

        def call(method, path, body):
            nonlocal cookie
            c = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
            c.request(method, "/api" + path, json.dumps(body), {"X-Kechuang": "1", **({"Cookie": cookie} if cookie else {})})
            r = c.getresponse()
            data = r.read()
            cookie = cookie or (r.headers.get("Set-Cookie") or "").split(";")[0]
            assert r.status == 200, data
            return json.loads(data)

        call("POST", "/session", {"account": "city", "password": "kechuang-demo"})
        times = []
        for i in range(6):
            began = time.monotonic()
            reply = call("POST", f"/policies/{policy}/whatif", {"year": 2023, "set": {parameter: str(value + i / 1000)}})
            times.append((time.monotonic() - began, reply["milliseconds"]))
        return times
    finally:
        server.terminate()
        server.wait()


with tempfile.TemporaryDirectory() as folder:
    db = os.path.join(folder, "city.db")
    began = time.monotonic()
    subprocess.run([kechuang, "demo", db, "--enterprises", str(ENTERPRISES), "--years", "2"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pack, own = pack_of_thirty(folder)
    subprocess.run([kechuang, "init", db, "--pack", pack], check=True, stdout=subprocess.DEVNULL)
    print(f"{ENTERPRISES} enterprises made in {time.monotonic() - began:.0f} s; {POLICIES} policies")
    for attempt in range(2):
        began = time.monotonic()
        out = subprocess.run([kechuang, "policy", "run", db, "--year", "2023", "--shares", "--lang", "en"], check=True, capture_output=True, text=True).stdout
        print(f"run {attempt + 1}: {time.monotonic() - began:.2f} s from start to end of the program")
        print("   ", out.strip().splitlines()[-1])
    times = what_if(db, own[0] if "rd_post_subsidy" not in own else "rd_post_subsidy", "rate", 0.11)
    print(f"what-if, first (computes the year): {times[0][0] * 1000:.0f} ms; then {min(t for t, _ in times[1:]) * 1000:.0f} ms "
          f"(of it the change itself {min(m for _, m in times[1:])} ms)")
