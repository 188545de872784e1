#!/usr/bin/env python3
"""The source changes its shape: columns come, go and change their types, tables come and go. What ON COLUMN CHANGE, ON NEW TABLE and ON DROPPED TABLE
say happens in each target, is said in plan and summary, and is the same after a kill."""
import json

from lab import expect, main
from pairs import every_target

UPSERT = "LOAD INCREMENTAL KEY (seq) WRITE UPSERT\n"
WIDE = {"mysql": "BIGINT", "postgres": "bigint", "sqlite": "BIGINT"}
SMALL = {"mysql": "INT", "postgres": "integer", "sqlite": "INT4"}
BEYOND = 5_000_000_000


def items(pair, *rows, table="items"):
    """id, seq (grows), n (32 bits), note."""
    pair.on_source(f"CREATE TABLE {table} (id INT NOT NULL PRIMARY KEY, seq INT NOT NULL, n {SMALL[pair.source]}, note VARCHAR(20))")
    put(pair, *rows, table=table)


def put(pair, *rows, table="items", columns="id, seq, n, note"):
    for row in rows:
        values = ", ".join("NULL" if cell is None else repr(cell) for cell in row)
        pair.on_source(f"DELETE FROM {table} WHERE id = {row[0]}", f"INSERT INTO {table} ({columns}) VALUES ({values})")


def drop_column(pair, column, table="items"):
    pair.on_source(f"ALTER TABLE {table} DROP COLUMN {column}")


def widen_source(pair, table="items"):
    """n gets 64 bits. SQLite cannot change a type: its table is made again."""
    if pair.source == "mysql":
        pair.on_source(f"ALTER TABLE {table} MODIFY n BIGINT")
    elif pair.source == "postgres":
        pair.on_source(f"ALTER TABLE {table} ALTER COLUMN n TYPE bigint")
    else:
        pair.on_source(f"ALTER TABLE {table} RENAME TO before", f"CREATE TABLE {table} (id INT NOT NULL PRIMARY KEY, seq INT NOT NULL, n BIGINT, note VARCHAR(20))",
                       f"INSERT INTO {table} SELECT * FROM before", "DROP TABLE before")


def cells(pair, *columns, table="items"):
    return [tuple(cell if cell == "NULL" else cell[2:] for cell in row) for row in pair.rows(table, list(columns))]


def columns(pair, table="items"):
    """Names and types of the target's columns, asked from its own catalogue."""
    if pair.target == "sqlite":
        return {row[1]: row[2].lower() for row in pair.on_target(f"PRAGMA table_info({table})")}
    schema = pair.target_database if pair.target == "mysql" else "public"
    rows = pair.on_target(f"SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = '{schema}' AND table_name = '{table}'")
    return {row[0]: row[1].lower() for row in rows}


def tables(pair):
    if pair.target == "sqlite":
        rows = pair.on_target("SELECT name FROM sqlite_schema WHERE type = 'table'")
    else:
        schema = pair.target_database if pair.target == "mysql" else "public"
        rows = pair.on_target(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}'")
    return sorted(row[0] for row in rows if not row[0].startswith(("syncline_", "sqlite_")))


def plan(pair, clauses, code=0, table="*"):
    return json.loads(pair.lab.syncline("plan", pair.lab.script(pair.head + pair.sync(clauses, table)), "--format", "json", code=code).stdout)


def refused(pair, clauses, code):
    """The table fails by name, nothing of it changes."""
    before, shape = cells(pair, "id", "n"), columns(pair)
    done = pair.run(clauses, code=5)
    expect(code in done.stdout + done.stderr, f"no {code}: {done.stdout}{done.stderr}")
    expect((cells(pair, "id", "n"), columns(pair)) == (before, shape), "the refused table changed")


# --- columns

@every_target
def added_columns(pair):
    items(pair, (1, 1, 5, "a"), (2, 2, 6, "b"))
    pair.run(UPSERT)
    pair.on_source("ALTER TABLE items ADD COLUMN extra INT", "UPDATE items SET extra = 7")
    put(pair, (3, 3, 9, "c", 8), columns="id, seq, n, note, extra")
    refused(pair, UPSERT + "ON COLUMN CHANGE (ADDED FAIL)", "SY5030")
    ignoring = UPSERT + "ON COLUMN CHANGE (ADDED IGNORE)"
    pair.run(ignoring)
    expect("extra" not in columns(pair) and len(cells(pair, "id")) == 3, f"{columns(pair)}")
    put(pair, (4, 4, 1, "d", 9), columns="id, seq, n, note, extra")
    shown = plan(pair, UPSERT)["syncs"][0]["tables"][0]
    expect([(one["event"], one["action"], one["column"]) for one in shown["column_changes"]] == [("added", "evolve", "extra")], f"{shown['column_changes']}")
    done = pair.run(UPSERT)
    expect("column `extra` is new in the source: added to the target" in done.stdout, done.stdout)
    expect(cells(pair, "id", "extra") == [("1", "NULL"), ("2", "NULL"), ("3", "8"), ("4", "9")], f"{cells(pair, 'id', 'extra')}")
    again = pair.run(UPSERT)
    expect("new in the source" not in again.stdout, again.stdout)


@every_target
def dropped_columns(pair):
    items(pair, (1, 1, 5, "a"), (2, 2, 6, "b"))
    pair.run(UPSERT)
    pair.on_target("ALTER TABLE items ADD COLUMN ours INT DEFAULT 4")
    pair.run(UPSERT)
    drop_column(pair, "note")
    put(pair, (2, 3, 7), (3, 4, 8), columns="id, seq, n")
    refused(pair, UPSERT, "SY5031")
    refused(pair, UPSERT + "ON COLUMN CHANGE (DROPPED FAIL)", "SY5031")
    done = pair.run(UPSERT + "ON COLUMN CHANGE (DROPPED EVOLVE)")
    expect("column `note` is no longer in the source: `note` keeps its values" in done.stdout, done.stdout)
    expect(cells(pair, "id", "n", "note", "ours") == [("1", "5", "a", "4"), ("2", "7", "b", "4"), ("3", "8", "NULL", "4")], f"{cells(pair, 'id', 'n', 'note', 'ours')}")
    pair.run(UPSERT)  # it has been followed: nothing changes any more


@every_target
def retyped_columns(pair):
    items(pair, (1, 1, 5, "a"))
    pair.run(UPSERT)
    widen_source(pair)
    put(pair, (2, 2, 6, "b"))
    refused(pair, UPSERT, "SY5032")
    pair.run(UPSERT + "ON COLUMN CHANGE (RETYPED IGNORE)")
    put(pair, (3, 3, BEYOND, "c"))
    before = columns(pair)["n"]
    failed = pair.run(UPSERT + "ON COLUMN CHANGE (RETYPED IGNORE)", code=5)
    expect("SY9101" in failed.stdout + failed.stderr and columns(pair)["n"] == before, failed.stdout + failed.stderr)


@every_target
def retyped_columns_are_widened(pair):
    items(pair, (1, 1, 5, "a"))
    pair.run(UPSERT)
    widen_source(pair)
    put(pair, (2, 2, BEYOND, "b"))
    clauses = UPSERT + "ON COLUMN CHANGE (RETYPED EVOLVE)"
    if pair.target == "sqlite":  # keeps the type that a column was declared with
        refused(pair, clauses, "SY5035")
        clauses = UPSERT + "ON COLUMN CHANGE (RETYPED RELOAD)"
    done = pair.run(clauses)
    expect("column `n` is" in done.stdout, done.stdout)
    expect(columns(pair)["n"] == {"mysql": "bigint", "postgres": "bigint", "sqlite": "integer"}[pair.target], f"{columns(pair)}")
    expect(cells(pair, "id", "n") == [("1", "5"), ("2", str(BEYOND))], f"{cells(pair, 'id', 'n')}")
    pair.run(UPSERT)


@every_target
def reloads_copy_the_table_anew_and_increments_go_on(pair):
    items(pair, (1, 1, 5, "a"), (2, 2, 6, "b"))
    clauses = "LOAD INCREMENTAL KEY (id) FROM STATE WRITE APPEND\nON COLUMN CHANGE RELOAD"
    pair.run(clauses)
    pair.on_target("DELETE FROM items WHERE id = 1")
    drop_column(pair, "note")
    pair.on_source("ALTER TABLE items ADD COLUMN extra INT", "UPDATE items SET extra = 7")
    done = pair.run(clauses)
    expect("copied anew" in done.stdout, done.stdout)
    expect(sorted(columns(pair)) == ["extra", "id", "n", "seq"], f"{columns(pair)}")
    expect(cells(pair, "id", "extra") == [("1", "7"), ("2", "7")], f"{cells(pair, 'id', 'extra')}")
    put(pair, (3, 3, 7, 8), columns="id, seq, n, extra")
    pair.on_source("UPDATE items SET n = 99 WHERE id = 1")
    pair.run(clauses)
    expect(cells(pair, "id", "n") == [("1", "5"), ("2", "6"), ("3", "7")], f"{cells(pair, 'id', 'n')}")


@every_target
def every_write_mode_follows(pair):
    """APPEND, UPSERT, TRUNCATE and OVERWRITE PARTITION gain a column and lose one."""
    modes = {"appended": "LOAD FULL WRITE APPEND", "merged": "LOAD FULL WRITE UPSERT", "cleared": "LOAD FULL WRITE TRUNCATE",
             "parted": "PARTITION BY (ds STRING = 'p') LOAD FULL WRITE OVERWRITE PARTITION"}
    for table in modes:
        items(pair, (1, 1, 5, "a"), table=table)
    for table, mode in modes.items():
        pair.run(mode, table=table)
    for number, table in enumerate(modes):
        pair.on_source(f"DELETE FROM {table}", f"ALTER TABLE {table} ADD COLUMN extra INT")
        drop_column(pair, "note", table)
        put(pair, (2, 2, 6, number), table=table, columns="id, seq, n, extra")
    for table, mode in modes.items():
        pair.run(mode + "\nON COLUMN CHANGE EVOLVE", table=table)
    old, new = ("1", "a", "NULL"), "2"
    for number, table in enumerate(modes):
        kept = [old] if table in ("appended", "merged") else []
        expect(cells(pair, "id", "note", "extra", table=table) == kept + [(new, "NULL", str(number))], f"{table}: {cells(pair, 'id', 'note', 'extra', table=table)}")


def kill_between(pair, clauses):
    point = "alter.after=kill@1" if pair.target == "mysql" else "progress.before=kill@1"
    killed = pair.lab.start("run", pair.lab.script(pair.head + pair.sync(clauses)), env={"SYNCLINE_FAILPOINTS": point})
    output = killed.communicate(timeout=60)[0]
    expect(killed.returncode == -9, f"it was not killed: {killed.returncode}\n{output}")


@every_target
def a_kill_between_change_and_rows_is_mended_by_a_rerun(pair):
    for mode in ("LOAD INCREMENTAL KEY (id) WRITE APPEND", "PARTITION BY (ds STRING = 'p') LOAD FULL WRITE OVERWRITE PARTITION"):
        items(pair, (1, 1, 5, "a"))
        clauses = mode + "\nON COLUMN CHANGE EVOLVE"
        pair.run(clauses)
        widen = pair.target != "sqlite"
        if widen:
            widen_source(pair)
        pair.on_source("ALTER TABLE items ADD COLUMN extra INT")
        put(pair, (2, 2, BEYOND if widen else 6, "b", 8), columns="id, seq, n, note, extra")
        kill_between(pair, clauses)
        expect(cells(pair, "id") == [("1",)], f"{cells(pair, 'id')}")
        pair.run(clauses)
        expect(cells(pair, "id", "n", "extra") == [("1", "5", "NULL"), ("2", str(BEYOND if widen else 6), "8")], f"{mode}: {cells(pair, 'id', 'n', 'extra')}")
        pair.run(clauses)
        pair.on_source("DROP TABLE items")
        pair.on_target("DROP TABLE items")


# --- tables

FULL = "LOAD FULL WRITE RECREATE\n"


@every_target
def new_tables(pair):
    items(pair, (1, 1, 5, "a"), table="first")
    pair.run(FULL + "ON NEW TABLE IGNORE")
    items(pair, (1, 1, 5, "a"), table="fresh")
    done = pair.run(FULL + "ON NEW TABLE IGNORE")
    expect(tables(pair) == ["first"] and "not copied (ON NEW TABLE IGNORE)" in done.stdout, f"{tables(pair)}\n{done.stdout}")
    shown = plan(pair, FULL + "ON NEW TABLE IGNORE")["syncs"][0]
    expect([(one["event"], one["table"]["table"]) for one in shown["table_changes"]] == [("new", "fresh")], f"{shown['table_changes']}")
    failed = pair.run(FULL + "ON NEW TABLE FAIL", code=4)
    expect(tables(pair) == ["first"] and "SY5033" in failed.stdout + failed.stderr, f"{tables(pair)}\n{failed.stdout}")
    shown = plan(pair, FULL)["syncs"][0]["tables"]
    expect([one["new"] for one in shown] == [True, False] or [one["new"] for one in shown] == [False, True], f"{shown}")
    pair.run(FULL)
    expect(tables(pair) == ["first", "fresh"], f"{tables(pair)}")
    pair.run(FULL + "ON NEW TABLE FAIL")


@every_target
def tables_of_an_edit_are_copied(pair):
    for table in ("a_one", "b_one"):
        items(pair, (1, 1, 5, "a"), table=table)
    pair.run(FULL + "ON NEW TABLE FAIL", table="~'a_.*'")
    pair.run(FULL + "ON NEW TABLE FAIL", table="~'[ab]_.*'")
    expect(tables(pair) == ["a_one", "b_one"], f"{tables(pair)}")


@every_target
def dropped_tables(pair):
    for table in ("stays", "goes"):
        items(pair, (1, 1, 5, "a"), table=table)
    pair.run(FULL)
    pair.on_source("DROP TABLE goes")
    done = pair.run(FULL)
    expect(tables(pair) == ["goes", "stays"] and "goes: no longer in the source: its target table is kept" in done.stdout, f"{tables(pair)}\n{done.stdout}")
    text = pair.lab.syncline("plan", pair.lab.script(pair.head + pair.sync(FULL))).stdout
    expect("no longer in the source: its target table is kept (ON DROPPED TABLE KEEP)" in text, text)
    failed = pair.run(FULL + "ON DROPPED TABLE FAIL", code=4)
    expect(tables(pair) == ["goes", "stays"] and "SY5034" in failed.stdout + failed.stderr, f"{tables(pair)}\n{failed.stdout}")
    items(pair, (2, 2, 5, "a"), table="goes")
    pair.run(FULL + "ON DROPPED TABLE FAIL ON NEW TABLE FAIL")
    expect(cells(pair, "id", table="goes") == [("2",)], f"{cells(pair, 'id', table='goes')}")


@every_target
def a_table_that_fails_at_first_is_no_new_one_later(pair):
    items(pair, (1, 1, 5, "a"), table="good")
    items(pair, (1, 1, 5, "a"), table="bad")
    pair.on_target("CREATE TABLE bad (id INT)")
    clauses = FULL + "ON NEW TABLE IGNORE"
    pair.run(clauses, code=4)
    pair.on_target("DROP TABLE bad")
    pair.run(clauses)
    expect(cells(pair, "id", table="bad") == [("1",)], "the table was taken for a new one")


main([added_columns, dropped_columns, retyped_columns, retyped_columns_are_widened, reloads_copy_the_table_anew_and_increments_go_on, every_write_mode_follows,
      a_kill_between_change_and_rows_is_mended_by_a_rerun, new_tables, tables_of_an_edit_are_copied, dropped_tables, a_table_that_fails_at_first_is_no_new_one_later],
     "shape")
