#!/usr/bin/env python3
"""Every common type through all nine directions. nine_directions/<engine>.cases says, for each source type and value, what each target
must end with: equal content by the independent differ, or exactly one error code and no table."""
import json
import pathlib

from lab import Lab, Failure, difference, expect, fetch, main, open_sqlite, quoted

CASES = pathlib.Path(__file__).parent / "nine_directions"
ENGINES = ("mysql", "postgres", "sqlite")


class Case:
    def __init__(self, line):
        parts = [part.strip() for part in line.split(" | ")]
        self.table, self.type, self.kind, values, *self.expected = parts
        self.values = [value.strip() for value in values.split(" ;; ")]
        self.expected = dict(zip(ENGINES, self.expected))


def cases_of(engine, mariadb, minus_zero):
    lines = (CASES / f"{engine}.cases").read_text().split("\n")
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    lines = [line.removeprefix("mariadb:") for line in lines if mariadb or not line.startswith("mariadb:")]
    lines = [line.removeprefix("minus_zero:") for line in lines if minus_zero or not line.startswith("minus_zero:")]
    cases = [Case(line) for line in lines]
    for case in cases:
        case.expected = {target: {"-0": "=" if minus_zero else "SY9101"}.get(expected, expected) for target, expected in case.expected.items()}
    return cases


def tells_minus_zero(lab):
    cursor = lab.mysql(None).cursor()
    cursor.execute("SELECT CONCAT(-0e0)")
    return cursor.fetchone()[0] == "-0"


def create(engine, connection, cases):
    cursor = connection.cursor()
    for case in cases:
        name = quoted(engine, "t_" + case.table)
        key = "INTEGER PRIMARY KEY" if engine == "sqlite" else "INT NOT NULL PRIMARY KEY"
        cursor.execute(f"CREATE TABLE {name} (id {key}, v {case.type})")
        for number, value in enumerate(case.values + ["NULL"], 1):
            statement = f"INSERT INTO {name} VALUES ({number}, {value})"
            cursor.execute(statement.replace("%", "%%") if engine == "mysql" else statement)


def casts(engine, kind):
    """Where a driver would round or refuse, the server's own exact text."""
    if kind in ("date", "time", "timestamp", "instant"):
        return {"mysql": "CAST(v AS CHAR)", "postgres": "v::text", "sqlite": "v"}[engine]
    if kind == "float32" and engine == "mysql":
        return "CAST(v AS DOUBLE)"
    if kind == "interval" and engine == "postgres":
        return "v::text"  # ISO-8601 by the session's IntervalStyle
    if kind == "json" and engine == "postgres":
        return "v::text"
    if kind == "decimal" and engine == "postgres":
        return "v::numeric"
    return None


def rows(engine, connection, table, kind):
    known = None if kind in ("text", "char", "array", "interval") else kind
    used = casts(engine, kind)
    read = fetch(engine, connection, table, ["id", "v"], {"id": "int", **({"v": known} if known else {})}, {"v": used} if used else {})
    return [(key, normal(kind, value)) for key, value in read]


def normal(kind, value):
    if kind == "char":
        return value.rstrip(" ")
    if kind == "array" and value[:2] in ("j:", "s:"):
        return "j:" + json.dumps(json.loads(value[2:]), ensure_ascii=False)
    if kind == "interval":
        return value
    if kind == "text" and value.startswith("u:"):
        return "s:" + value[2:]
    return value


def direction(source, target):
    with Lab(f"nine_{source}_{target}") as lab:
        cases = cases_of(source, lab.is_mariadb(), tells_minus_zero(lab))
        source_database, open_source = make(lab, source, "_s")
        target_database, open_target = make(lab, target, "_t")
        create(source, open_source(), cases)
        pattern = {"mysql": f"{source_database}.*", "postgres": "public.*", "sqlite": "*"}[source]
        naming = {"mysql": f"NAMING (DATABASE = '{target_database}')\n", "postgres": "NAMING (SCHEMA = 'public')\n", "sqlite": ""}[target]
        script = lab.script(lab.connection("a", source, source_database) + lab.connection("b", target, target_database, write=True)
                            + f"SYNC nine FROM a TABLES ({pattern}) INTO b {naming}LOAD FULL WRITE RECREATE ERRORS (retries = 0);\n")
        wrong = any(case.expected[target] != "=" for case in cases)
        lab.syncline("run", script, code=4 if wrong else 0)
        run = json.loads(lab.syncline("history", "--format", "json").stdout)["runs"][0]
        tables = {table["address"].split(".")[-1].split("/")[-1]: table
                  for table in json.loads(lab.syncline("history", run["run_id"], "--format", "json").stdout)["tables"]}
        problems = []
        for case in cases:
            try:
                judge(case, case.expected[target], tables.get("t_" + case.table), source, open_source(), (source_database, source),
                      target, open_target(), target_database)
            except Failure as failure:
                problems.append(f"{case.table}: {failure}")
        expect(not problems, f"{source} -> {target}: {len(problems)} of {len(cases)} types are wrong\n  " + "\n  ".join(problems))


def make(lab, engine, suffix):
    if engine == "mysql":
        database = lab.new_mysql(suffix)
        return database, once(lambda: lab.mysql(database))
    if engine == "postgres":
        database = lab.new_postgres(suffix)
        return database, once(lambda: lab.postgres(database))
    path = lab.folder / f"db{suffix}.db"
    open_sqlite(path).execute("PRAGMA user_version = 1")
    return path, lambda: open_sqlite(path)


def once(connect):
    """One connection, made at the first call."""
    made = []

    def get():
        if not made:
            made.append(connect())
        return made[0]
    return get


def judge(case, expected, outcome, source, source_connection, _, target, target_connection, __):
    expect(outcome is not None, "not in the history of the run")
    table = ("t_" + case.table,)
    if expected == "=":
        expect(outcome["state"] == "done", f"{outcome['error_code']} {outcome['error']}")
        differs = difference(rows(source, source_connection, table, case.kind), rows(target, target_connection, table, case.kind))
        expect(differs is None, f"content differs: {differs}")
    else:
        expect(outcome["state"] == "failed", f"expected {expected}, but it was copied")
        expect(outcome["error_code"] == expected, f"expected {expected}, got {outcome['error_code']}: {outcome['error']}")
        expect(not exists(target, target_connection, table[0]), f"failed with {expected} but left a table")


def exists(engine, connection, table):
    cursor = connection.cursor()
    if engine == "sqlite":
        cursor.execute("SELECT count(*) FROM sqlite_schema WHERE name = ?", (table,))
    else:
        where = "DATABASE()" if engine == "mysql" else "'public'"
        cursor.execute(f"SELECT count(*) FROM information_schema.tables WHERE table_schema = {where} AND table_name = %s", (table,))
    return cursor.fetchone()[0] > 0


def make_test(source, target):
    def test():
        direction(source, target)
    test.__name__ = f"{source}_to_{target}"
    return test


main([make_test(source, target) for source in ENGINES for target in ENGINES], "nine_directions")
