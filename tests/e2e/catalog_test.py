#!/usr/bin/env python3
"""Catalogue locks against real servers: a plan from the lock is the plan from the database, drift is noticed, and `plan --against` shows
what an edit does without any database."""
import json
import os
import pathlib
import subprocess

from lab import Lab, expect, main, open_sqlite
from pairs import ENGINES, Pair, cases_of, judged

CASES = pathlib.Path(__file__).parent / "nine_directions"
FULL = "LOAD FULL WRITE RECREATE"


def typed_tables(pair):
    """A table of each type of the nine directions, and some with everything that a catalogue holds besides columns."""
    engine = pair.source
    key = "INTEGER PRIMARY KEY" if engine == "sqlite" else "INT NOT NULL PRIMARY KEY"
    quote = "`" if engine == "mysql" else '"'
    statements = []
    for line in (CASES / f"{engine}.cases").read_text().split("\n"):
        if not line.strip() or line.startswith("#") or (line.startswith("mariadb:") and not pair.lab.is_mariadb()):
            continue
        table, kind = [part.strip() for part in line.removeprefix("mariadb:").removeprefix("minus_zero:").split(" | ")][:2]
        statements.append(f"CREATE TABLE {quote}t_{table}{quote} (id {key}, v {kind})")
    text = "VARCHAR(40)" if engine != "sqlite" else "TEXT"
    statements += [
        f"CREATE TABLE people (id {key}, name {text} NOT NULL DEFAULT 'it''s \"x\"', mail {text}, UNIQUE (mail))",
        "CREATE INDEX people_by_name ON people (name, mail)",
        f"CREATE TABLE visits (id {key}, person INT, at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP, CHECK (id > 0), "
        "CONSTRAINT by_person FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE)",
        f"CREATE TABLE without_key (a INT, b {text})",
        f"CREATE TABLE {quote}odd na'me{quote} (id {key}, {quote}line\nbreak{quote} {text}, {quote}ünder=#,({quote} INT)",
    ]
    if engine == "mysql":
        statements += ["ALTER TABLE people COMMENT 'who\\nthey are', ADD COLUMN shout VARCHAR(40) AS (upper(name)) STORED COMMENT 'loud'",
                       "CREATE INDEX cut ON people (name(7))", "CREATE TABLE folded (a VARCHAR(9) COLLATE latin1_bin) CHARACTER SET latin1"]
    if engine == "postgres":
        statements += ["COMMENT ON TABLE people IS E'who\\nthey are'", "CREATE INDEX part ON people (lower(name)) WHERE mail IS NOT NULL",
                       "CREATE TABLE counted (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz)",
                       "CREATE TABLE months (at date NOT NULL, n int) PARTITION BY RANGE (at)"]
    pair.on_source(*statements)


# What a lock does not hold to the letter: sizes are powers of ten, and what depends on them.
SIZES = {"estimated_rows", "estimated_bytes", "staging", "plan_hash"}


def without_sizes(value):
    if isinstance(value, dict):
        kept = {key: without_sizes(one) for key, one in value.items() if key not in SIZES}
        if "indexes" in kept:  # a lock sorts them by name, SQLite lists the newest first
            kept["indexes"].sort(key=lambda index: index["name"])
        return kept
    return [without_sizes(one) for one in value] if isinstance(value, list) else value


def first_difference(one, other, path="plan"):
    if type(one) is not type(other):
        return f"{path}: {one!r} is not {other!r}"
    if isinstance(one, dict):
        for key in sorted(set(one) | set(other)):
            found = first_difference(one.get(key), other.get(key), f"{path}.{key}")
            if found:
                return found
        return None
    if isinstance(one, list):
        if len(one) != len(other):
            return f"{path}: {len(one)} entries are not {len(other)}"
        return next(filter(None, (first_difference(a, b, f"{path}[{at}]") for at, (a, b) in enumerate(zip(one, other)))), None)
    return None if one == other else f"{path}: {one!r} is not {other!r}"


def the_lock_plans_what_the_database_plans(pair):
    typed_tables(pair)
    script = pair.lab.script(pair.head + pair.sync(FULL))
    pair.lab.syncline("catalog", "snapshot")
    live = pair.lab.syncline("plan", script, "--columns", "--format", "json", code=None)
    locked = pair.lab.syncline("plan", script, "--columns", "--format", "json", "--offline", code=None)
    expect(live.returncode == locked.returncode and live.returncode in (0, 1), f"{live.returncode}, {locked.returncode}: {locked.stderr}")
    live, locked = without_sizes(json.loads(live.stdout)), without_sizes(json.loads(locked.stdout))
    tables = sum(len(sync["tables"]) for sync in live["syncs"])
    expect(tables > 20, f"{tables} tables only")
    differs = first_difference(locked, live)
    expect(differs is None, differs)


plan_from_the_lock = judged(the_lock_plans_what_the_database_plans, [(source, target) for source in ENGINES for target in ENGINES])


def a_moved_database_is_noticed(pair):
    pair.on_source("CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, note VARCHAR(40))", "CREATE TABLE old (id INT NOT NULL PRIMARY KEY)",
                   "CREATE TABLE quiet (id INT NOT NULL PRIMARY KEY)")
    lab, script = pair.lab, pair.lab.script(pair.head + pair.sync(FULL))
    missing = lab.syncline("catalog", "check", code=1).stdout
    expect("catalog/a.lock: is missing" in missing, missing)
    first = lab.syncline("catalog", "snapshot").stdout
    expect("catalog/a.lock: written, 3 tables" in first, first)
    again = lab.syncline("catalog", "snapshot").stdout
    expect("catalog/a.lock: up to date" in again and "catalog/b.lock: up to date" in again, again)
    lab.syncline("catalog", "check")
    expect("SY8003" not in lab.syncline("plan", script).stderr, "drift without a change")
    lab.script(pair.head + pair.sync(FULL, "orders"))
    expect("SY8003" not in lab.syncline("plan", script).stderr, "a script of some of the lock's tables sees no drift in the others")
    lab.script(pair.head + pair.sync(FULL))

    lab.syncline("run", script)
    lab.syncline("catalog", "check")  # tables that Syncline made are no news
    pair.on_source("ALTER TABLE orders ADD COLUMN placed DATE", "DROP TABLE old", "CREATE TABLE fresh (id INT NOT NULL PRIMARY KEY)")
    moved = lab.syncline("catalog", "check", code=1).stdout
    for words in ("orders: column `placed` is new (", "old: the table is gone", "fresh: the table is new (1 columns)"):
        expect(words in moved, f"{words} is not in {moved}")
    planned = lab.syncline("plan", script).stderr
    expect("warning[SY8003]" in planned and "column `placed` is new" in planned, planned)
    online = lab.syncline("check", "--online").stderr
    expect("SY8003" in online, online)
    lab.script(pair.head + pair.sync(FULL, "quiet"))
    expect("SY8003" not in lab.syncline("plan", script).stderr, "a script is told of tables that it does not read")
    lab.script(pair.head + pair.sync(FULL))
    expect("SY8003" in lab.syncline("run", script).stderr, "run says nothing of the drift")
    lab.syncline("check")  # the lock still says what it said
    written = lab.syncline("catalog", "snapshot").stdout
    expect("orders: column `placed` is new (" in written, written)
    lab.syncline("catalog", "check")
    expect("SY8003" not in lab.syncline("plan", script).stderr, "drift after the snapshot")


drift = judged(a_moved_database_is_noticed, [("mysql", "postgres"), ("postgres", "sqlite"), ("sqlite", "mysql")])


def stale_locks_are_told_from_wrong_scripts():
    with Lab("stale") as lab:
        pair = Pair(lab, "sqlite", "sqlite")
        pair.on_source(*[f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, at TEXT)" for name in ("orders", "orders_bak", "customers")])
        script = lambda tables: lab.script(f"{pair.head}SYNC job FROM a TABLES ({tables}) INTO b {FULL};\n")
        lab.syncline("catalog", "snapshot", script("~'orders.*', EXCEPT orders_bak"))
        lab.syncline("check", script("~'orders.*', EXCEPT orders_bak"))
        said = lab.syncline("check", script("~'orders.*', customers, EXCEPT orders_bak"), code=1).stderr
        expect("error[SY5001]" in said and "pattern `customers`" in said, said)
        said = lab.syncline("check", script("~'orders.*'"), code=1).stderr
        expect("error[SY5001]" in said and "`orders_bak`: it holds the name only" in said, said)
        lab.syncline("check", script("orders"))
        lab.syncline("catalog", "snapshot", script("customers"))
        lab.syncline("check", script("~'orders.*', customers, EXCEPT orders_bak"))  # a partial snapshot keeps the rest
        lab.script(f"{pair.head}SYNC job FROM a TABLES (*, ordrs) INTO b {FULL};\n")
        lab.syncline("catalog", "snapshot")
        said = lab.syncline("check", code=1).stderr
        expect("error[SY5002]" in said and "did you mean `orders`?" in said, said)
        lock = (lab.folder / "catalog/a.lock").read_text()
        expect('pattern ordrs\n' in lock and "pattern customers" not in lock, lock)
        lab.syncline("check", script("*"), code=0)
        (lab.folder / "catalog/a.lock").write_text(lock.replace("column orders 1", "column orders one"))
        said = lab.syncline("check", script("*"), code=1).stderr
        expect("error[SY5040]" in said and "catalog/a.lock:" in said, said)


def tables_of_others_are_kept_for_the_target():
    with Lab("targets") as lab:
        pair = Pair(lab, "sqlite", "postgres")
        pair.on_source("CREATE TABLE orders (id INTEGER PRIMARY KEY)", "CREATE TABLE made (id INTEGER PRIMARY KEY)")
        pair.on_target("CREATE TABLE orders (id bigint PRIMARY KEY, grade int NOT NULL)", "CREATE TABLE nobodys (id int)")
        lab.script(pair.head + pair.sync("LOAD FULL WRITE APPEND"))
        lab.syncline("catalog", "snapshot")
        lock = (lab.folder / "catalog/b.lock").read_text()
        expect("column public.orders 2 grade" in lock and "nobodys" not in lock, lock)
        said = lab.syncline("check", code=1).stderr
        expect("error[SY5012]" in said and "`grade`" in said, said)


def git(lab, *arguments):
    done = subprocess.run(["git", *arguments], cwd=lab.folder, capture_output=True, text=True, check=False,
                          env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
                               "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"})
    expect(done.returncode == 0, f"git {arguments}: {done.stderr}")


def reviewed(lab):
    """A project of one commit with its lock; the database is gone afterwards."""
    source = lab.folder / "source.db"
    database = open_sqlite(source)
    for name in ("orders", "customers", "logs", "places", "users"):
        database.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, at DATETIME NOT NULL, note TEXT)")
    database.close()
    (lab.folder / "common").mkdir()
    lab.script(lab.connection("a", "sqlite", "source.db") + lab.connection("b", "sqlite", "target.db", write=True), "common/ends.sync")
    lab.script("INCLUDE 'common/ends.sync';\nSYNC one FROM a TABLES (orders, customers, logs, users) INTO b\nLOAD FULL WRITE RECREATE;\n"
               "OVERRIDE one FOR TABLE users LOAD FULL WRITE UPSERT;\n")
    lab.script("INCLUDE 'common/ends.sync';\nSYNC all_names FROM a TABLES (*) INTO b LOAD FULL WRITE RECREATE;\n", "all.sync")
    lab.syncline("catalog", "snapshot", "all.sync")
    (lab.folder / "all.sync").unlink()
    source.unlink()
    git(lab, "init", "-q")
    git(lab, "add", "-A")
    git(lab, "commit", "-q", "-m", "first")


def plan_against_a_revision():
    with Lab("against") as lab:
        reviewed(lab)
        same = lab.syncline("plan", "--against", "git:HEAD", "--exit-code").stdout
        expect("4 unchanged" in same, same)
        lab.syncline("fmt")
        ends = lab.folder / "common/ends.sync"
        ends.rename(lab.folder / "ends.sync")
        lab.script("-- another layout of the same\nINCLUDE 'ends.sync';\nTEMPLATE whole AS LOAD FULL WRITE RECREATE;\n"
                   "SYNC one FROM a TABLES (users, orders, customers, logs) INTO b USING whole;\nOVERRIDE one FOR TABLE users LOAD FULL WRITE UPSERT;\n")
        moved = lab.syncline("plan", "--against", "git:HEAD", "--exit-code").stdout
        expect("Effect: 4 unchanged." in moved, moved)

        lab.script("INCLUDE 'ends.sync';\nSYNC one FROM a TABLES (orders, customers, places, users) INTO b\nLOAD FULL WRITE RECREATE;\n"
                   "OVERRIDE one FOR TABLE orders NAMING (TABLE = 'orders_v2');\nOVERRIDE one FOR TABLE customers COLUMNS (CAST note TO string(40));\n"
                   "OVERRIDE one FOR TABLE users LOAD FULL WRITE UPSERT FILTER id > 5;\n")
        done = lab.syncline("plan", "--against", "git:HEAD", "--exit-code", code=3)
        for words in ("-/+ one/orders → orders_v2", "  + one/places → places", "  - one/logs → logs", "  > one/customers → customers  copied in full: column `note` is",
                      "  ~ one/users → users  the condition", "Effect: 1 to add, 1 to retire, 1 renamed, 1 to reload, 1 changed."):
            expect(words in done.stdout, f"{words} is not in\n{done.stdout}")
        effects = {table["address"]: table for table in json.loads(lab.syncline("plan", "--against", "git:HEAD", "--format", "json").stdout)["tables"]}
        expect({address: table["effect"] for address, table in effects.items()} ==
               {"one/orders": "renamed", "one/places": "added", "one/logs": "retired", "one/customers": "reloaded", "one/users": "changed"}, effects)
        expect(effects["one/orders"]["old_target"] == {"table": "orders"}, effects)
        expect(not (lab.folder / "source.db").exists() and not (lab.folder / "target.db").exists(), "a database was opened")
        for wrong, words in (("git:nowhere", "no revision `nowhere`"), ("main", "names no revision"), ("git:--help", "names no revision")):
            said = lab.syncline("plan", "--against", wrong, code=2).stderr
            expect(words in said, said)


def a_changed_lock_is_shown_in_words():
    with Lab("words") as lab:
        reviewed(lab)
        lock = lab.folder / "catalog/a.lock"
        before = lock.read_text()
        lock.write_text(before.replace('column orders 3 note "TEXT"', 'column orders 3 note "INTEGER" not_null'))
        expect(lock.read_text() != before, before)
        said = lab.syncline("catalog", "diff", "git:HEAD").stdout
        expect("catalog/a.lock: changed" in said and "orders: the type of column `note` is `INTEGER` now, was `TEXT`" in said
               and "orders: column `note` is NOT NULL now" in said and "catalog/b.lock: no difference" in said, said)
        (lab.folder / "old.lock").write_text(before)
        expect("was `TEXT`" in lab.syncline("catalog", "diff", "old.lock", "catalog/a.lock").stdout, "two files")
        effect = lab.syncline("plan", "--against", "git:HEAD", "--exit-code", code=3).stdout
        expect("  > one/orders → orders  copied in full: column `note` is" in effect and "3 unchanged" in effect, effect)
        (lab.folder / "old.lock").write_text("nonsense\n")
        said = lab.syncline("catalog", "diff", "old.lock", "catalog/a.lock", code=2).stderr
        expect("error[SY5040]: old.lock:1:1: a lock begins with" in said, said)


main(cases_of(globals()) + [stale_locks_are_told_from_wrong_scripts, tables_of_others_are_kept_for_the_target, plan_against_a_revision,
                            a_changed_lock_is_shown_in_words], "catalogue locks")
