"""The job as SQL: the same statements for every peer, but for how each divides integers and quotients."""

MOD = 1000003


def statements(integer, real, divide):
    """[(name or None, SQL)]: those with a name give one number.  integer: the type of sums; real: of quotients;
    divide: the operator that divides whole numbers."""
    level = {0: "i, 0", 1: f"i, k {divide} 11", 2: f"i, k {divide} 9"}
    out = []
    for number, (name, below) in {2: ("city", "fact"), 1: ("province", "city"), 0: ("nation", "province")}.items():
        out += [(None, f"CREATE TABLE {name} (i INTEGER, k INTEGER, m INTEGER, s BIGINT, PRIMARY KEY (i, k, m))"),
                (None, f"INSERT INTO {name} SELECT {level[number]}, m, CAST(sum(s) AS {integer}) FROM {below} GROUP BY {level[number]}, m".replace("GROUP BY i, 0,", "GROUP BY i,"))]
    tables = ["nation", "province", "city", "fact"]
    for n, t in enumerate(tables):
        out.append((f"sums{n}", f"SELECT CAST(sum(s % {MOD} * (k + 1) % {MOD}) AS {integer}) FROM {t}"))
    growth = (f"CASE WHEN a.s >= b.s THEN ((a.s - b.s) * 20000 + b.s) {divide} (2 * b.s) "
              f"ELSE -(((b.s - a.s) * 20000 + b.s) {divide} (2 * b.s)) END")
    for n, t in enumerate(tables):
        out.append((f"growth{n}", f"SELECT CAST(sum(({growth} + 1000000) % {MOD} * (a.k + 1) % {MOD}) AS {integer}) "
                                  f"FROM {t} a JOIN {t} b ON b.i = a.i AND b.k = a.k AND b.m = a.m - 12 WHERE b.s > 0"))
    out += [(None, "CREATE TABLE ratio (r INTEGER, k INTEGER, m INTEGER, place INTEGER, worse INTEGER)"),
            (None, f"INSERT INTO ratio SELECT r, k, m, rank() OVER (PARTITION BY r, m ORDER BY q DESC), rank() OVER (PARTITION BY r, m ORDER BY q) - 1 "
                   f"FROM (SELECT n.i AS r, n.k AS k, n.m AS m, CAST(n.s AS {real}) / d.s AS q FROM fact n JOIN fact d ON d.i = n.i + 3 AND d.k = n.k AND d.m = n.m WHERE n.i < 3) x"),
            ("ranks", f"SELECT CAST(sum(place * (k + 1) % {MOD}) AS {integer}) FROM ratio")]
    streak = ("(SELECT r, k, m, row_number() OVER (PARTITION BY r, k, g ORDER BY m) AS n FROM "
              "(SELECT r, k, m, m - row_number() OVER (PARTITION BY r, k ORDER BY m) AS g FROM ratio WHERE worse < 2) x) y WHERE n >= 3")
    out += [("streaks", f"SELECT CAST(coalesce(sum(n), 0) AS {integer}) FROM {streak}"),
            ("streak_units", f"SELECT CAST(coalesce(sum(k + 1), 0) AS {integer}) FROM {streak}")]
    return out


def write_answers(path, answers):
    with open(path, "w") as f:
        for name, value in answers:
            f.write(f"{name} {value}\n")
