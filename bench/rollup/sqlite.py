"""The job in SQLite: sqlite.py FACTS ANSWERS; prints CPU seconds of loading and of the job."""
import resource, sqlite3, sys
import job

facts, out = sys.argv[1:3]


def cpu():
    r = resource.getrusage(resource.RUSAGE_SELF)
    return r.ru_utime + r.ru_stime


db = sqlite3.connect(":memory:")
db.execute("CREATE TABLE fact (i INTEGER, k INTEGER, m INTEGER, s INTEGER, PRIMARY KEY (i, k, m)) WITHOUT ROWID")
with open(facts) as f:
    begin = cpu()
    db.executemany("INSERT INTO fact VALUES (?, ?, ?, ?)", (line.split(",") for line in f))
    load = cpu() - begin
begin, answers = cpu(), []
for name, sql in job.statements("INTEGER", "REAL", "/"):
    row = db.execute(sql).fetchone()
    if name:
        answers.append((name, row[0]))
print(load, cpu() - begin)
job.write_answers(out, answers)
