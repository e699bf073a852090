#!/usr/bin/env python3
"""A PostgreSQL of the tests' own: temporary folder, Unix socket only, no fsync, gone at the end.

In a script:

    import pg
    with pg.server() as base:               # "postgres://kechuang@%2Ftmp%2F…/postgres", or None: no server here
        url = pg.url(base, "scenario_1")    # a schema of its own

From another program: `pg.py serve` prints the URL and serves until its standard input ends, however its parent
ends; without the server's programs it says `none REASON`.  When KECHUANG_TEST_PG is set, that server is used and
left alone (tests/run starts one for all tests).  As root the server runs as postgres or nobody.
"""
import contextlib, ctypes, glob, os, pwd, shutil, signal, subprocess, sys, tempfile, time, urllib.parse

USER, DATABASE = "kechuang", "postgres"


def programs():
    """The folder with initdb and postgres (15 or later), or None."""
    found = []
    for path in glob.glob("/usr/lib/postgresql/*/bin/postgres") + [shutil.which("postgres") or ""]:
        path = os.path.realpath(path) if path else ""
        if not os.path.exists(os.path.join(os.path.dirname(path), "initdb")):
            continue
        said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout.split()
        if said and said[2].split(".")[0].isdigit() and int(said[2].split(".")[0]) >= 15:
            found.append((int(said[2].split(".")[0]), os.path.dirname(path)))
    return max(found)[1] if found else None


def other_user():
    """Who runs the server when we are root: the server refuses to run as root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("neither postgres nor nobody exists to run the server as")


class Server:
    def __init__(self):
        self.process = None
        self.folder = None

    def start(self):
        bin_dir, who = programs(), other_user()
        self.folder = tempfile.mkdtemp(prefix="kechuang-pg-")
        run = dict(cwd=self.folder, stdin=subprocess.DEVNULL)
        if who:
            os.chown(self.folder, who.pw_uid, who.pw_gid)
            run.update(user=who.pw_uid, group=who.pw_gid, extra_groups=[])
        env = dict(os.environ, LC_ALL="C", TZ="UTC", HOME=self.folder)
        data = os.path.join(self.folder, "data")
        made = subprocess.run([f"{bin_dir}/initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync",
                               "--no-instructions"], env=env, capture_output=True, text=True, **run)
        if made.returncode:
            raise RuntimeError("initdb: " + made.stderr)
        with open(os.path.join(data, "postgresql.conf"), "a") as f:
            f.write("listen_addresses = ''\nunix_socket_permissions = 0777\nfsync = off\nfull_page_writes = off\n"
                    "shared_buffers = 64MB\nmax_connections = 200\nmax_wal_size = 256MB\nautovacuum_naptime = 1h\n"
                    "max_locks_per_transaction = 256\nlog_min_messages = fatal\n"
                    f"unix_socket_directories = '{self.folder}'\n")
        os.chmod(self.folder, 0o755)
        libc = ctypes.CDLL(None, use_errno=True)

        def follow():       # the server is told to stop at once when we die, however we die
            libc.prctl(1, signal.SIGQUIT)

        log = open(os.path.join(self.folder, "log"), "w")
        self.process = subprocess.Popen([f"{bin_dir}/postgres", "-D", data], env=env, stdout=log, stderr=log,
                                        preexec_fn=follow, start_new_session=True, **run)
        log.close()
        self.wait()
        return f"postgres://{USER}@{urllib.parse.quote(self.folder, safe='')}/{DATABASE}"

    def wait(self):
        pid_file = os.path.join(self.folder, "data", "postmaster.pid")
        for _ in range(1200):
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):      # its eighth line says when it answers
                if open(pid_file).read().splitlines()[7:8] == ["ready   "]:
                    return
            time.sleep(0.02)
        raise RuntimeError("postgres: " + open(os.path.join(self.folder, "log")).read()[-2000:])

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(15)
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def why_not():
    return None if programs() else "no PostgreSQL 15 or later is installed"


@contextlib.contextmanager
def server():
    shared = os.environ.get("KECHUANG_TEST_PG")
    if shared is not None:
        yield shared or None
        return
    if why_not():
        yield None
        return
    s = Server()
    try:
        yield s.start()
    finally:
        s.stop()


def url(base, schema):
    return f"{base}?schema={schema}"


def serve():
    if why_not():
        print("none " + why_not(), flush=True)
        return
    s = Server()

    def stop(*_):
        s.stop()
        os._exit(0)

    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sig, stop)
    try:
        print(s.start(), flush=True)
        while sys.stdin.buffer.read(4096):
            pass
    except RuntimeError as e:
        print("none " + str(e).replace("\n", " "), flush=True)
    finally:
        s.stop()


if __name__ == "__main__":
    if sys.argv[1:] != ["serve"]:
        sys.exit("usage: pg.py serve")
    serve()
