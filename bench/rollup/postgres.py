"""The job in a PostgreSQL of its own, one backend: postgres.py FACTS ANSWERS; prints CPU seconds of that backend."""
import os, subprocess, sys, urllib.parse
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(root, "tests"))
import job, pg

facts, out = sys.argv[1:3]
os.environ.pop("KECHUANG_TEST_PG", None)
with pg.server() as base:
    if base is None:
        sys.exit("no PostgreSQL server programs")
    parts = urllib.parse.urlparse(base)
    user, host = parts.netloc.split("@")
    psql = subprocess.Popen([os.path.join(pg.programs(), "psql"), "-X", "-q", "-A", "-t", "-h", urllib.parse.unquote(host), "-U", user, "-d", parts.path[1:]],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(sql):
        psql.stdin.write(f"{sql};\n\\echo .\n")
        psql.stdin.flush()
        rows = []
        for line in psql.stdout:
            if line == ".\n":
                return rows
            rows.append(line.rstrip("\n"))
        sys.exit("psql ended")

    backend = ask("SELECT pg_backend_pid()")[0]

    def cpu():
        with open(f"/proc/{backend}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    for setting in ("max_parallel_workers_per_gather = 0", "work_mem = '1GB'", "jit = off"):
        ask("SET " + setting)
    begin = cpu()
    ask("CREATE TABLE fact (i INTEGER, k INTEGER, m INTEGER, s BIGINT)")
    ask(f"\\copy fact FROM '{facts}' WITH (FORMAT csv)\nSELECT 1")
    ask("ALTER TABLE fact ADD PRIMARY KEY (i, k, m)")
    ask("ANALYZE fact")
    load = cpu() - begin
    begin, answers = cpu(), []
    for name, sql in job.statements("BIGINT", "DOUBLE PRECISION", "/"):
        rows = ask(sql)
        if name:
            answers.append((name, rows[0]))
    print(load, cpu() - begin)
    job.write_answers(out, answers)
    psql.stdin.close()
    psql.wait()
