#!/usr/bin/env python3
"""BEFORE and AFTER hooks on real targets: when they run, what they are given, what a failing one leaves behind."""
import json
import signal
import time

from lab import Lab, expect, main
from pairs import Pair, every_target

NUMBERED = {"mysql": "BIGINT AUTO_INCREMENT PRIMARY KEY", "postgres": "bigserial PRIMARY KEY", "sqlite": "INTEGER PRIMARY KEY"}
FULL = "LOAD FULL WRITE RECREATE\n"


def prepared(pair, tables=("orders",)):
    """Source tables of two rows, and a log in the target."""
    for table in tables:
        pair.on_source(f"CREATE TABLE {table} (id INT NOT NULL PRIMARY KEY, at {'DATETIME' if pair.source != 'postgres' else 'timestamp'})",
                       f"INSERT INTO {table} VALUES (1, '2026-11-18 10:00:00'), (2, '2026-11-19 10:00:00')")
    pair.on_target(f"CREATE TABLE log (number {NUMBERED[pair.target]}, what VARCHAR(200), run_id VARCHAR(60), n BIGINT)")


def logged(pair, columns="what, n"):
    return [tuple(row) for row in pair.on_target(f"SELECT {columns} FROM log ORDER BY number")]


def tables_of(pair):
    listing = {"mysql": f"SHOW TABLES FROM `{pair.target_database}`", "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
               "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'table'"}[pair.target]
    return {name for name, in pair.on_target(listing) if not name.startswith(("syncline", "sqlite"))}


def log(what, number="NULL"):
    return f"$$ INSERT INTO log (what, run_id, n) VALUES ('{what}', :run_id, {number}) $$\n"


AROUND = ("BEFORE RUN ON TARGET " + log("before run") + "BEFORE TABLE ON TARGET " + log("before table") +
          "AFTER TABLE ON TARGET $$ INSERT INTO log (what, run_id, n)\n  SELECT 'after table', :run_id, count(*) FROM {target.table} $$\n" +
          "AFTER RUN ON TARGET " + log("after run") + "AFTER RUN ON TARGET " + log("and again", ":attempt"))


@every_target
def hooks_run_around_the_run_and_its_tables(pair):
    prepared(pair)
    script = pair.lab.script(pair.head + pair.sync(FULL + AROUND, "orders"))
    shown = pair.lab.syncline("plan", script).stdout
    expect("AFTER TABLE ON TARGET: INSERT INTO log (what, run_id, n) SELECT 'after table', :run_id, count(*) FROM {target.table}" in shown, shown)
    planned = pair.lab.plan_json(script)["syncs"][0]
    expect([hook["when"] for hook in planned["hooks"]] == ["BEFORE RUN ON TARGET", "AFTER RUN ON TARGET", "AFTER RUN ON TARGET"], f"{planned['hooks']}")
    expect([hook["when"] for hook in planned["tables"][0]["hooks"]] == ["BEFORE TABLE ON TARGET", "AFTER TABLE ON TARGET"], "hooks of the table")
    pair.lab.syncline("run", script, "--dry-run")
    expect(logged(pair) == [], "a plan ran a hook")
    expected = [("before run", None), ("before table", None), ("after table", 2), ("after run", None), ("and again", 1)]
    done = pair.lab.syncline("run", script)
    expect(logged(pair) == expected, f"{logged(pair)}")
    run_id = logged(pair, "run_id")[0][0]
    expect({row[0] for row in logged(pair, "run_id")} == {run_id} and run_id in done.stdout, f"{run_id}\n{done.stdout}")
    history = pair.lab.syncline("history", run_id, "--format", "json").stdout
    for when in ("BEFORE RUN", "BEFORE TABLE", "AFTER TABLE", "AFTER RUN"):
        expect(f"{when} ON TARGET: INSERT INTO log" in history, f"{when} is not in the history: {history}")
    pair.lab.syncline("run", script)
    expect(logged(pair) == expected * 2, "a rerun runs its hooks again")


@every_target
def values_are_bound_and_never_text(pair):
    prepared(pair)
    hostile = "x'); DROP TABLE log; -- \\' \" {target.table} :run_id"
    head = pair.head + "PARAM who STRING;\nPARAM days INT DEFAULT 3;\n"
    hook = "AFTER TABLE ON TARGET $$ INSERT INTO log (what, run_id, n) VALUES (:who, ':who', :days + 1) $$"
    script = pair.lab.script(head + pair.sync(FULL + hook, "orders"))
    done = pair.lab.syncline("run", script, "--param", f"who={hostile}")
    expect(logged(pair, "what, run_id, n") == [(hostile, ":who", 4)], f"{logged(pair, 'what, run_id, n')}")
    expect(hostile not in done.stdout + done.stderr, "the value is shown")


@every_target
def a_failing_hook_before_a_table_stops_that_table_only(pair):
    prepared(pair, ("items", "orders"))
    pair.run(FULL, table="*")
    pair.on_source("DELETE FROM orders WHERE id = 2", "DELETE FROM items WHERE id = 2")
    override = "OVERRIDE job FOR TABLE " + pair.pattern("orders") + " BEFORE TABLE ON TARGET $$ INSERT INTO nowhere VALUES (1) $$;\n"
    script = pair.lab.script(pair.head + pair.sync(FULL + "AFTER RUN ON TARGET " + log("after run")) + override)
    done = pair.lab.syncline("run", script, code=4)
    expect("SY9330" in done.stderr + done.stdout and "BEFORE TABLE ON TARGET" in done.stdout, done.stdout)
    expect(len(pair.rows("orders", ["id"])) == 2 and len(pair.rows("items", ["id"])) == 1, "the old content of orders, the new one of items")
    expect(logged(pair) == [] and "AFTER RUN are left out" in done.stderr, "AFTER RUN tells of a run that did all its tables")


@every_target
def a_failing_hook_before_the_run_writes_nothing(pair):
    prepared(pair)
    clauses = FULL + "BEFORE RUN ON TARGET " + log("first") + "BEFORE RUN ON TARGET $$ INSERT INTO nowhere VALUES (1) $$ BEFORE TABLE ON TARGET " + log("table")
    done = pair.run(clauses, code=5, table="orders")
    expect("SY9330" in done.stdout + done.stderr, done.stdout)
    expect(tables_of(pair) == {"log"}, f"{tables_of(pair)}")
    expect(logged(pair) == [("first", None)], f"each hook stands for itself: {logged(pair)}")


@every_target
def a_failing_hook_behind_a_table_keeps_the_new_content(pair):
    prepared(pair)
    clauses = FULL + "AFTER TABLE ON TARGET $$ INSERT INTO nowhere VALUES (1) $$ AFTER RUN ON TARGET " + log("after run")
    for _ in range(2):
        done = pair.run(clauses, code=4, table="orders")
        expect("SY9330" in done.stdout and "the new rows are there" in done.stdout, done.stdout)
        pair.same("orders", ["id"])
    done = pair.run(FULL + "AFTER RUN ON TARGET $$ INSERT INTO nowhere VALUES (1) $$", code=4, table="orders")
    expect("SY9330" in done.stdout and "hook `AFTER RUN ON TARGET` of `job`" in done.stdout, done.stdout)
    pair.same("orders", ["id"])


@every_target
def each_window_has_its_hooks_with_its_own_values(pair):
    prepared(pair)
    clauses = """KEY (id) LOAD INCREMENTAL WHERE at >= :window_start AND at < :window_end WRITE UPSERT
AFTER TABLE ON TARGET $$ INSERT INTO log (what, n) VALUES (:day, :attempt) $$
AFTER RUN ON TARGET $$ INSERT INTO log (what) VALUES (:span) $$"""
    params = ("PARAM day STRING DEFAULT format(:bizdate, '%Y%m%d');\n"
              "PARAM span STRING DEFAULT format(:window_start, '%Y%m%d') || '-' || format(:window_end, '%Y%m%d');\n")
    script = pair.lab.script(pair.head + params + pair.sync(clauses, "orders"))
    pair.lab.syncline("backfill", script, "--from", "2026-11-18", "--to", "2026-11-20", "--parallel", "3")
    days = [("20261118", 1), ("20261119", 1), ("20261120", 1)]
    expect(logged(pair) == days + [("20261118-20261121", None)], f"{logged(pair)}")
    pair.lab.syncline("backfill", script, "--from", "2026-11-18", "--to", "2026-11-20")
    expect(len(logged(pair)) == 4, "nothing was due, and a hook ran")
    pair.lab.syncline("run", script, "--window", "2026-11-19..2026-11-20")
    expect(logged(pair)[4:] == [("20261119", 1), ("20261119-20261120", None)], f"{logged(pair)[4:]}")


@every_target
def structure_alone_has_hooks_too(pair):
    prepared(pair)
    done = pair.run("LOAD SCHEMA BEFORE TABLE ON TARGET " + log("before") + "AFTER TABLE ON TARGET $$ INSERT INTO log (what, n) SELECT 'after', count(*) FROM {target.table} $$",
                    table="orders")
    expect(logged(pair) == [("before", None), ("after", 0)], f"{logged(pair)}\n{done.stdout}")


def a_signal_ends_a_hook_that_takes_long():
    for target, sleep in (("postgres", "SELECT pg_sleep(60)"), ("mysql", "SELECT SLEEP(60)")):
        with Lab(f"hooks_{target}") as lab:
            pair = Pair(lab, "sqlite", target)
            prepared(pair)
            script = lab.script(pair.head + pair.sync(FULL + f"BEFORE TABLE ON TARGET $$ {sleep} $$", "orders"))
            running = lab.start("run", script)
            while not pair.on_target({"postgres": "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()",
                                      "mysql": "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE '%SLEEP(60)%' AND ID <> CONNECTION_ID()"}[target]):
                time.sleep(0.2)
            before = time.monotonic()
            running.send_signal(signal.SIGINT)
            time.sleep(0.3)
            running.send_signal(signal.SIGINT)
            said, _ = running.communicate(timeout=30)
            expect(running.returncode == 130 and time.monotonic() - before < 8, f"{target}: {running.returncode}\n{said}")
            expect(tables_of(pair) == {"log"}, f"{target}: {tables_of(pair)}")


def statements_of_every_kind():
    """What cannot be prepared or stands in no transaction; results are thrown away."""
    with Lab("hooks_kinds") as lab:
        pair = Pair(lab, "sqlite", "postgres")
        prepared(pair)
        clauses = FULL + "AFTER TABLE ON TARGET $$ VACUUM {target.table} $$ AFTER TABLE ON TARGET $sql$ DO $$ BEGIN PERFORM 1; END $$ $sql$ " \
                         "AFTER TABLE ON TARGET $$ SELECT * FROM {target.table} $$ AFTER TABLE ON TARGET $$ INSERT INTO log (what) VALUES (:run_id::varchar) $$"
        pair.run(clauses, table="orders")
        expect(len(logged(pair)) == 1, f"{logged(pair)}")
        refused = pair.run(FULL + "AFTER TABLE ON TARGET $$ COPY {target.table} TO STDOUT $$", table="orders", code=4)
        expect("COPY through the session" in refused.stdout, refused.stdout)
        pair = Pair(lab, "sqlite", "mysql", "_2")
        prepared(pair)
        pair.on_target("CREATE PROCEDURE note(w VARCHAR(200)) BEGIN INSERT INTO log (what) VALUES (w); SELECT 1; SELECT 2; END")
        clauses = FULL + "AFTER TABLE ON TARGET $$ ANALYZE TABLE {target.table} $$ AFTER TABLE ON TARGET $$ CALL note(:run_id) $$ " \
                         "AFTER TABLE ON TARGET $$ CALL note('plain') $$ AFTER TABLE ON TARGET $$ SELECT * FROM {target.table} $$"
        pair.run(clauses, table="orders")
        expect(len(logged(pair)) == 2 and logged(pair)[1][0] == "plain", f"{logged(pair)}")


def json_tells_of_hooks():
    with Lab("hooks_json") as lab:
        pair = Pair(lab, "sqlite", "sqlite")
        prepared(pair)
        done = lab.syncline("run", lab.script(pair.head + pair.sync(FULL + AROUND, "orders")), "--format", "json")
        events = [json.loads(line) for line in done.stdout.splitlines()]
        notes = events[-1]["tables"][0]["notes"]
        expect([note.split(" ON ")[0] for note in notes] == ["BEFORE RUN", "BEFORE TABLE", "AFTER TABLE", "AFTER RUN", "AFTER RUN"], f"{notes}")


main([hooks_run_around_the_run_and_its_tables, values_are_bound_and_never_text, a_failing_hook_before_a_table_stops_that_table_only,
      a_failing_hook_before_the_run_writes_nothing, a_failing_hook_behind_a_table_keeps_the_new_content, each_window_has_its_hooks_with_its_own_values,
      structure_alone_has_hooks_too, a_signal_ends_a_hook_that_takes_long, statements_of_every_kind, json_tells_of_hooks], "hooks")
