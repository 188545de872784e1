#!/usr/bin/env python3
"""Every load of LANGUAGE (SCHEMA; FULL with RECREATE, TRUNCATE, APPEND, UPSERT) into each target engine, and what stands around it:
filters, column rules, naming, adoption, keys and indexes, several syncs in one run."""
from lab import Lab, expect, fetch, main, open_sqlite, quoted
from pairs import ENGINES, Pair, every_target

def people(pair):
    pair.on_source("CREATE TABLE people (id INT NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL, city VARCHAR(40), age INT)",
                   "INSERT INTO people VALUES (1, 'Ada', 'London', 36), (2, 'Bo', NULL, 20), (3, 'Cy', 'Wien', NULL)")


COLUMNS = ["id", "name", "city", "age"]


@every_target
def recreate_replaces_everything(pair):
    people(pair)
    pair.run("LOAD FULL WRITE RECREATE")
    pair.same("people", COLUMNS)
    pair.on_source("DELETE FROM people WHERE id = 1", "UPDATE people SET city = 'Linz' WHERE id = 2", "ALTER TABLE people ADD COLUMN extra INT")
    pair.run("LOAD FULL WRITE RECREATE")
    pair.same("people", COLUMNS + ["extra"])


@every_target
def truncate_keeps_the_table(pair):
    people(pair)
    pair.run("LOAD FULL WRITE RECREATE")
    pair.on_target("ALTER TABLE people ADD COLUMN ours INT DEFAULT 7")
    pair.on_source("ALTER TABLE people ADD COLUMN extra INT", "UPDATE people SET extra = id * 10", "DELETE FROM people WHERE id = 2")
    pair.run("LOAD FULL WRITE TRUNCATE", "--adopt")
    pair.same("people", COLUMNS + ["extra"])
    expect(pair.rows("people", ["ours"]) == [("n:7",), ("n:7",)], f"our column is {pair.rows('people', ['ours'])}")


@every_target
def append_adds_rows(pair):
    people(pair)
    key = {"mysql": "INT NOT NULL", "postgres": "integer NOT NULL", "sqlite": "INT NOT NULL"}[pair.target]
    pair.on_target(f"CREATE TABLE people (id {key}, name VARCHAR(40) NOT NULL, city VARCHAR(40), age INT)")
    pair.run("LOAD FULL WRITE APPEND")
    pair.run("LOAD FULL WRITE APPEND")
    expect(len(pair.rows("people", ["id"])) == 6, "two appends of three rows")


@every_target
def upsert_by_key(pair):
    people(pair)
    pair.run("LOAD FULL WRITE UPSERT")
    pair.on_target("INSERT INTO people VALUES (9, 'Own', NULL, NULL)", "UPDATE people SET city = 'stale' WHERE id = 1")
    pair.on_source("INSERT INTO people VALUES (4, 'Di', 'Rom', 41)", "UPDATE people SET age = 21 WHERE id = 2")
    pair.run("LOAD FULL WRITE UPSERT")
    target = pair.rows("people", COLUMNS)
    source = pair.rows("people", COLUMNS, "source")
    expect(sorted(target) == sorted(source + [("n:9", "s:Own", "NULL", "NULL")]), f"{target}")


@every_target
def schema_only_moves_no_rows(pair):
    people(pair)
    pair.run("LOAD SCHEMA")
    expect(pair.rows("people", COLUMNS) == [], "LOAD SCHEMA copied rows")
    pair.on_source("ALTER TABLE people ADD COLUMN extra INT")
    pair.run("LOAD SCHEMA")
    expect(pair.rows("people", COLUMNS + ["extra"]) == [], "the new column is missing")


@every_target
def filter_is_pushed_to_the_source(pair):
    people(pair)
    pair.run("FILTER age >= 20 + 1 AND city <> 'Wien' LOAD FULL WRITE RECREATE")
    expect([row[0] for row in pair.rows("people", ["id"])] == ["n:1"], f"{pair.rows('people', ['id'])}")
    pair.run(f"FILTER NATIVE {pair.source} $$ name LIKE 'B%' $$ LOAD FULL WRITE RECREATE")
    expect([row[0] for row in pair.rows("people", ["id"])] == ["n:2"], f"{pair.rows('people', ['id'])}")


@every_target
def native_and_portable_conditions_hold_together(pair):
    people(pair)
    pair.run(f"FILTER NATIVE {pair.source} $$ name LIKE 'B%' OR name LIKE 'C%' $$ LOAD INCREMENTAL KEY (id) LOOKBACK 0 VALUES WRITE UPSERT")
    expect([row[0] for row in pair.rows("people", ["id"])] == ["n:2", "n:3"], f"{pair.rows('people', ['id'])}")
    pair.on_source("INSERT INTO people (id, name) VALUES (4, 'Abe'), (5, 'Bea')")
    pair.run(f"FILTER NATIVE {pair.source} $$ name LIKE 'B%' OR name LIKE 'C%' $$ LOAD INCREMENTAL KEY (id) LOOKBACK 0 VALUES WRITE UPSERT")
    expect([row[0] for row in pair.rows("people", ["id"])] == ["n:2", "n:3", "n:5"], f"{pair.rows('people', ['id'])}")


@every_target
def column_rules(pair):
    people(pair)
    pair.run("COLUMNS (EXCLUDE age, RENAME name TO 'full_' || column.name, SET city = coalesce(upper(city), 'ZZ'), "
             "ADD origin STRING = source.table || '@' || source.connection, ADD n INT = 42, ADD big BIGINT = id * 1000) LOAD FULL WRITE RECREATE")
    expect(pair.rows("people", ["id", "full_name", "city", "origin", "n", "big"]) == sorted([
        ("n:1", "s:Ada", "s:LONDON", "s:people@a", "n:42", "n:1000"), ("n:2", "s:Bo", "s:ZZ", "s:people@a", "n:42", "n:2000"),
        ("n:3", "s:Cy", "s:WIEN", "s:people@a", "n:42", "n:3000")]), f"{pair.rows('people', ['id', 'full_name', 'city', 'origin', 'n', 'big'])}")


@every_target
def masks(pair):
    people(pair)
    pair.run("COLUMNS (MASK name USING partial(1, 0), MASK city USING sha256('salt')) LOAD FULL WRITE RECREATE")
    names = [row[0] for row in pair.rows("people", ["name"])]
    expect(all(name.startswith("s:") and "da" not in name for name in names), f"{names}")
    cities = [row[0] for row in pair.rows("people", ["city"])]
    expect(all(city == "NULL" or len(city) == 66 for city in cities), f"{cities}")


@every_target
def naming_with_captures(pair):
    pair.on_source(*(f"CREATE TABLE log_{n:02} (id INT NOT NULL PRIMARY KEY)" for n in range(3)))
    pair.lab.syncline("run", pair.lab.script(pair.head + f"SYNC job FROM a TABLES ({pair.pattern(chr(126) + chr(39) + 'log_(?P<n>[0-9]+)' + chr(39))}) INTO b "
                                             + (pair.naming[:-2] + ", TABLE = 'archive_' || match.n)" if pair.naming else "NAMING (TABLE = 'archive_' || match.n)")
                                             + " LOAD FULL WRITE RECREATE;\n"))
    for n in range(3):
        expect(pair.rows(f"archive_{n:02}", ["id"]) == [], "the table must exist")


@every_target
def rows_added_to_a_table_of_others_leave_it_theirs(pair):
    people(pair)
    for clauses in ("LOAD FULL WRITE APPEND", "LOAD FULL WRITE UPSERT", "LOAD SCHEMA"):
        pair.on_target("CREATE TABLE people (id INT NOT NULL PRIMARY KEY, name VARCHAR(40), city VARCHAR(40), note VARCHAR(10))",
                       "INSERT INTO people (id, note) VALUES (77, 'precious')")
        pair.run("COLUMNS (EXCLUDE age) " + clauses)
        for kept in ("RECREATE", "TRUNCATE"):
            done = pair.run(f"LOAD FULL WRITE {kept}", code=5)
            expect("SY8004" in done.stdout + done.stderr, f"after {clauses}: {done.stdout}{done.stderr}")
        expect(("n:77", "s:precious") in pair.rows("people", ["id", "note"]), "an unmanaged table was touched")
        pair.on_target("DROP TABLE people")


@every_target
def unmanaged_target_needs_adoption(pair):
    people(pair)
    pair.on_target("CREATE TABLE people (id INT NOT NULL PRIMARY KEY, note VARCHAR(10))", "INSERT INTO people VALUES (77, 'precious')")
    done = pair.run("LOAD FULL WRITE RECREATE", code=5)
    expect("SY8004" in done.stdout + done.stderr and "--adopt" in done.stdout + done.stderr, f"{done.stdout}{done.stderr}")
    expect(pair.rows("people", ["id", "note"]) == [("n:77", "s:precious")], "an unmanaged table was touched")
    pair.run("LOAD FULL WRITE RECREATE", "--adopt")
    pair.same("people", COLUMNS)
    pair.run("LOAD FULL WRITE RECREATE")


@every_target
def one_bad_table_does_not_stop_the_others(pair):
    people(pair)
    pair.on_source("CREATE TABLE good (id INT NOT NULL PRIMARY KEY)", "INSERT INTO good VALUES (1)")
    pair.on_target("CREATE TABLE people (id INT NOT NULL PRIMARY KEY)")
    done = pair.run("LOAD FULL WRITE RECREATE", code=4)
    pair.same("good", ["id"])
    expect("people" in done.stdout + done.stderr, "the summary names the failed table")


@every_target
def keys_indexes_defaults_and_identity_arrive(pair):
    auto = {"mysql": "INT NOT NULL AUTO_INCREMENT PRIMARY KEY", "postgres": "integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT"}[pair.source]
    pair.on_source(f"CREATE TABLE parent (id {auto}, code VARCHAR(10) NOT NULL DEFAULT 'x', made INT DEFAULT 5)",
                   "CREATE TABLE child (a INT NOT NULL, b INT NOT NULL, parent_id INT, PRIMARY KEY (a, b), FOREIGN KEY (parent_id) REFERENCES parent (id))",
                   "CREATE UNIQUE INDEX parent_code ON parent (code)", "CREATE INDEX child_parent ON child (parent_id)",
                   "INSERT INTO parent (id, code) VALUES (1, 'one'), (50, 'two')", "INSERT INTO child VALUES (1, 1, 1), (1, 2, 50), (2, 1, NULL)")
    for _ in range(2):
        pair.run("LOAD FULL WRITE RECREATE")
    pair.same("parent", ["id", "code", "made"])
    pair.same("child", ["a", "b", "parent_id"])
    pair.on_target("INSERT INTO parent (code) VALUES ('three')")
    expect(("n:51", "s:three", "n:5") in pair.rows("parent", ["id", "code", "made"]), f"identity or default: {pair.rows('parent', ['id', 'code', 'made'])}")
    for statement in ("INSERT INTO parent (code) VALUES ('one')", "INSERT INTO child VALUES (1, 1, 1)", "INSERT INTO child VALUES (9, 9, 999)",
                      "INSERT INTO parent (id, code) VALUES (90, NULL)"):
        try:
            connection = pair.connect(pair.target, pair.target_database)
            if pair.target == "sqlite":
                connection.execute("PRAGMA foreign_keys = ON")
            if pair.target == "mysql":
                connection.cursor().execute("SET sql_mode = 'STRICT_ALL_TABLES'")
            connection.cursor().execute(statement)
        except Exception:
            continue
        raise AssertionError(f"the target accepted {statement}")


@every_target
def create_with_native_text(pair):
    people(pair)
    text, question = {"mysql": ("ROW_FORMAT=DYNAMIC STATS_PERSISTENT=1", "SELECT create_options FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'people'"),
                      "postgres": ("WITH (fillfactor = 71)", "SELECT reloptions FROM pg_class WHERE oid = 'people'::regclass"),
                      "sqlite": ("WITHOUT ROWID", "SELECT sql FROM sqlite_schema WHERE name = 'people'")}[pair.target]
    for _ in range(2):
        pair.run(f"CREATE WITH (NATIVE $$ {text} $$, INDEX by_city ON (city)) LOAD FULL WRITE RECREATE")
        pair.same("people", COLUMNS)
        kept = str(pair.on_target(question)).lower()
        expect({"mysql": "stats_persistent=1", "postgres": "fillfactor=71", "sqlite": "without rowid"}[pair.target] in kept, f"created as {kept}")
    done = pair.run("CREATE WITH (NATIVE $$ NO_SUCH_WORD $$) LOAD FULL WRITE RECREATE", code=5)
    expect("SY92" in done.stdout + done.stderr and "NO_SUCH_WORD" in done.stdout + done.stderr, done.stdout + done.stderr)
    pair.same("people", COLUMNS)
    pair.lab.syncline("check", pair.lab.script(pair.head + pair.sync("CREATE WITH (NATIVE $$ x = :run_id $$) LOAD FULL WRITE RECREATE")), code=1)


@every_target
def foreign_keys_of_others_stay(pair):
    """A table that Syncline did not make refers to one that it replaces: first beside the sync, then as a table of it."""
    child = "CREATE TABLE child (id INT NOT NULL PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES parent (id))"
    pair.on_source("CREATE TABLE parent (id INT NOT NULL PRIMARY KEY, name VARCHAR(40))", "INSERT INTO parent VALUES (1, 'Ada'), (2, 'Bo')", child,
                   "INSERT INTO child VALUES (5, 1), (6, 2)")
    pair.run("LOAD FULL WRITE RECREATE", table="parent")
    pair.on_target(child, "INSERT INTO child VALUES (70, 1)")
    for name in ("Cy", "Di"):
        pair.on_source(f"UPDATE parent SET name = '{name}' WHERE id = 2")
        pair.run("LOAD FULL WRITE RECREATE", table="parent")
        pair.same("parent", ["id", "name"])
        keeps_key(pair)
    if pair.target != "sqlite":  # there a swap keeps the references of others as they are
        plan = pair.lab.plan_json("job.sync")["syncs"][0]["tables"][0]
        expect("dependents" in str(plan) and "child" in str(plan), f"the plan must say what stands on the table: {plan}")
    pair.on_source("UPDATE parent SET name = 'Ed' WHERE id = 2")
    done = pair.run("LOAD FULL WRITE RECREATE", code=4)
    expect("SY8004" in done.stdout + done.stderr and "SY9205" not in done.stdout + done.stderr, done.stdout + done.stderr)
    pair.same("parent", ["id", "name"])
    keeps_key(pair)
    expect(len(pair.rows("child", ["id", "up"])) == 1, "the child of others was touched")
    for _ in range(2):
        pair.run("LOAD FULL WRITE RECREATE", "--adopt")
        pair.same("parent", ["id", "name"])
        pair.same("child", ["id", "up"])
        keeps_key(pair)


def keeps_key(pair):
    """The target still refuses a child without a parent."""
    try:
        pair.on_target(*(["PRAGMA foreign_keys = ON"] if pair.target == "sqlite" else []), "INSERT INTO child VALUES (99, 99)")
    except Exception:  # every driver has its own error
        return
    raise AssertionError("the target accepted a child without a parent")


def several_syncs_and_targets():
    with Lab("several") as lab:
        first = Pair(lab, "mysql", "postgres")
        people(first)
        second = lab.folder / "second.db"
        script = lab.script(first.head + lab.connection("c", "sqlite", second, write=True) + first.sync("LOAD FULL WRITE RECREATE", name="one")
                            + f"SYNC two FROM a TABLES ({first.pattern()}) INTO c LOAD FULL WRITE RECREATE;\n")
        lab.syncline("run", script)
        first.same("people", COLUMNS)
        expect(fetch("sqlite", open_sqlite(second), ("people",), COLUMNS) == first.rows("people", COLUMNS, "source"), "the second target differs")
        lab.syncline("run", script, "--select", "sync:two")


def empty_source_does_not_clear_a_full_target():
    with Lab("empty") as lab:
        pair = Pair(lab, "mysql", "postgres")
        people(pair)
        pair.run("LOAD FULL WRITE RECREATE")
        pair.on_source("DELETE FROM people")
        done = pair.run("LOAD FULL WRITE RECREATE", code=5)
        expect("SY9307" in done.stdout + done.stderr, done.stdout + done.stderr)
        expect(len(pair.rows("people", ["id"])) == 3, "the target was cleared")
        pair.run("LOAD FULL WRITE RECREATE ERRORS (empty_source = allow)")
        expect(pair.rows("people", ["id"]) == [], "empty_source = allow")


def page_size_reads_in_key_order():
    for source in ENGINES:
        with Lab(f"pages_{source}") as lab:
            pair = Pair(lab, source, "sqlite" if source != "sqlite" else "postgres")
            pair.on_source("CREATE TABLE t (a INT NOT NULL, b VARCHAR(10) NOT NULL, v INT, PRIMARY KEY (a, b))",
                           "INSERT INTO t VALUES " + ", ".join(f"({n // 7}, 'k{n % 7}', {n})" for n in range(500)))
            pair.run("LOAD FULL WRITE RECREATE LIMITS (page_size = 13)")
            pair.same("t", ["a", "b", "v"])


main([recreate_replaces_everything, truncate_keeps_the_table, append_adds_rows, upsert_by_key, schema_only_moves_no_rows, filter_is_pushed_to_the_source,
      native_and_portable_conditions_hold_together,
      column_rules, masks, naming_with_captures, unmanaged_target_needs_adoption, rows_added_to_a_table_of_others_leave_it_theirs, one_bad_table_does_not_stop_the_others,
      keys_indexes_defaults_and_identity_arrive, create_with_native_text, foreign_keys_of_others_stay, several_syncs_and_targets, empty_source_does_not_clear_a_full_target, page_size_reads_in_key_order], "loads")
