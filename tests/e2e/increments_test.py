#!/usr/bin/env python3
"""FULL THEN INCREMENTAL, windows, keys and partitions, from each engine into each: what a run copies, what it leaves to the next one, and what
it records with the rows."""
import time
from datetime import datetime, timedelta, timezone

from lab import Lab, OwnServersLab, expect, main
from pairs import Pair, every_pair, every_target

DAY = timedelta(days=1)
COLUMNS = ["id", "v"]


def midnight(days_ago=0):
    now = datetime.now(timezone.utc)
    return now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) - days_ago * DAY


def events(pair, rows):
    """A table with `rows` of (id, v, when or None)."""
    kind = {"mysql": "DATETIME(6)", "postgres": "timestamp(6)", "sqlite": "DATETIME_TEXT(6)"}[pair.source]
    pair.on_source(f"CREATE TABLE events (id INT NOT NULL PRIMARY KEY, v VARCHAR(20) NOT NULL, at {kind})")
    put(pair, rows)


def put(pair, rows):
    for number, value, when in rows:
        moment = "NULL" if when is None else f"'{when.strftime('%Y-%m-%d %H:%M:%S.%f')}'"
        pair.on_source(f"DELETE FROM events WHERE id = {number}", f"INSERT INTO events VALUES ({number}, '{value}', {moment})")


def ids(pair):
    return sorted(int(row[0][2:]) for row in pair.rows("events", ["id"]))


WINDOWS = """LOAD FULL UP TO FIRST WINDOW WRITE {mode} THEN INCREMENTAL WHERE at >= :window_start AND at < :window_end WRITE {mode}"""


@every_pair
def windows_meet_the_full_copy(pair):
    events(pair, [(1, "old", midnight(30)), (2, "none", None), (3, "yesterday", midnight(1)), (4, "end", midnight() - timedelta(microseconds=1)),
                  (5, "today", midnight())])
    clauses = WINDOWS.format(mode="UPSERT")
    done = pair.run(clauses)
    expect(ids(pair) == [1, 2, 3, 4], f"the first run copied {ids(pair)}\n{done.stdout}")
    expect("@" in done.stdout, f"the instance is not named: {done.stdout}")
    again = pair.run(clauses)
    expect("up to date" in again.stdout and ids(pair) == [1, 2, 3, 4], again.stdout)
    put(pair, [(3, "changed", midnight(1)), (6, "late", midnight(1) + timedelta(hours=3))])
    pair.run(clauses)
    expect(ids(pair) == [1, 2, 3, 4], "a window that is done was read again")
    window = f"{midnight(1).date()}..{midnight().date()}"
    for _ in range(2):
        pair.run(clauses, "--window", window)
        expect(ids(pair) == [1, 2, 3, 4, 6], f"the window again gave {ids(pair)}")
    pair.run(clauses, "--full")
    expect(ids(pair) == [1, 2, 3, 4, 6], f"--full gave {ids(pair)}")


@every_pair
def appends_meet_the_full_copy(pair):
    events(pair, [(1, "old", midnight(30)), (3, "yesterday", midnight(1)), (5, "today", midnight())])
    clauses = WINDOWS.format(mode="APPEND").replace("WINDOW WRITE APPEND", "WINDOW WRITE RECREATE")
    for _ in range(3):
        pair.run(clauses)
        expect(ids(pair) == [1, 3], f"there are {ids(pair)}")


@every_target
def a_table_that_is_gone_takes_its_progress_with_it(pair):
    events(pair, [(1, "before", midnight(2)), (2, "yesterday", midnight(1))])
    clauses = "LOAD INCREMENTAL WHERE at >= :window_start AND at < :window_end WRITE APPEND"
    for _ in range(2):
        pair.run(clauses)
        expect(ids(pair) == [2], f"there are {ids(pair)}")
        pair.run(clauses, "--window", f"{midnight(2).date()}..{midnight(1).date()}")
        expect(ids(pair) == [1, 2], f"there are {ids(pair)}")
        pair.on_target("DROP TABLE events")


@every_target
def a_full_copy_that_keeps_the_rows_of_windows_keeps_their_records(pair):
    events(pair, [(number, "x", midnight(5 - number)) for number in range(5)])
    clauses = WINDOWS.format(mode="APPEND").replace("WINDOW WRITE APPEND", "WINDOW WRITE UPSERT")
    then = f"{midnight(3).date()} 05:00"
    pair.run(clauses, "--at", then)
    pair.run(clauses)
    expect(ids(pair) == [0, 1, 2, 3, 4], f"there are {ids(pair)}")
    pair.run(clauses, "--full", "--at", then)
    pair.run(clauses)
    expect(ids(pair) == [0, 1, 2, 3, 4], f"there are {ids(pair)}")


@every_pair
def keys_go_on_where_the_target_ends(pair):
    events(pair, [(number, "a", midnight(9) + number * timedelta(hours=1)) for number in range(1, 6)] + [(6, "none", None)])
    for origin in ("TARGET", "STATE"):
        clauses = f"LOAD FULL WRITE UPSERT THEN INCREMENTAL KEY (at, id) FROM {origin} WRITE UPSERT"
        pair.run(clauses, *(["--full"] if origin == "STATE" else []))
        pair.same("events", COLUMNS)
        base = 100 if origin == "TARGET" else 200
        put(pair, [(base, "new", midnight(2 if base == 100 else 1)), (2, f"moved {base}", midnight(2 if base == 100 else 1))])
        pair.run(clauses)
        pair.same("events", COLUMNS)
        put(pair, [(base + 1, "behind", midnight(8))])
        pair.run(clauses)
        expect(base + 1 not in ids(pair), "a row behind the watermark was copied")
        put(pair, [(base + 1, "mended", midnight(2 if base == 100 else 1) + timedelta(seconds=1))])
        pair.run(clauses)
        pair.same("events", COLUMNS)


@every_pair
def partitions_are_replaced_one_by_one(pair):
    events(pair, [(1, "a", midnight(1)), (2, "b", midnight(1))])
    clauses = ("PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d')) LOAD FULL WRITE OVERWRITE PARTITION "
               "THEN INCREMENTAL WHERE at >= :window_start AND at < :window_end WRITE OVERWRITE PARTITION")
    pair.run(clauses)
    day = midnight(1).strftime("s:%Y%m%d")
    expect(sorted(pair.rows("events", ["id", "ds"])) == [("n:1", day), ("n:2", day)], f"{pair.rows('events', ['id', 'ds'])}")
    put(pair, [(3, "c", midnight(2)), (2, "moved away", midnight(2))])
    pair.run(clauses, "--window", f"{midnight(2).date()}..{midnight(1).date()}")
    before = midnight(2).strftime("s:%Y%m%d")
    expect(sorted(pair.rows("events", ["id", "ds"])) == [("n:1", day), ("n:2", before), ("n:2", day), ("n:3", before)], f"{pair.rows('events', ['id', 'ds'])}")
    for _ in range(2):
        pair.run(clauses, "--window", f"{midnight(1).date()}..{midnight().date()}")
        expect(sorted(pair.rows("events", ["id", "ds"])) == [("n:1", day), ("n:2", before), ("n:3", before)], f"{pair.rows('events', ['id', 'ds'])}")


@every_target
def windows_wait_for_open_transactions(pair):
    """A row that is written before the window's end and committed behind it is not lost (SY9320 when nobody ends the transaction)."""
    events(pair, [(1, "old", midnight(30))])
    now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
    window = f"{now - timedelta(hours=1)}..{now + timedelta(seconds=3)}"
    clauses = "LOAD INCREMENTAL WHERE at >= :window_start AND at < :window_end WRITE UPSERT ERRORS (timeout = {} SECONDS)"
    writer = pair.connect(pair.source, pair.source_database).cursor()
    writer.execute("BEGIN IMMEDIATE" if pair.source == "sqlite" else "BEGIN")
    writer.execute(f"INSERT INTO events VALUES (2, 'open', '{now}')")
    refused = pair.run(clauses.format(5), "--window", window, code=5)
    expect("SY9320" in refused.stdout and "still open is" in refused.stdout, refused.stdout)
    script = pair.lab.script(pair.head + pair.sync(clauses.format(60)))
    waiting = pair.lab.start("run", script, "--window", window)
    time.sleep(2)
    expect(waiting.poll() is None, "the run did not wait for the open transaction")
    writer.execute("COMMIT")
    said = waiting.communicate(timeout=100)[0]
    expect(waiting.returncode == 0 and ids(pair) == [2], f"{said}\n{ids(pair)}")


def keys_need_a_safe_bound():
    """APPEND by a growing key refuses a source whose open transactions it may not see (SY9321), until the script says that rows never
    arrive late."""
    with Lab("safe_bound") as lab:
        pair = Pair(lab, "mysql", "sqlite")
        events(pair, [(1, "old", midnight(3))])
        user = f"reader_{lab.name[-6:]}"
        pair.on_source(f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY '{lab.settings['MY_PASSWORD']}'",
                       f"GRANT SELECT ON `{pair.source_database}`.* TO {user}@'127.0.0.1'")
        try:
            pair.head = pair.head.replace("user = 'tester'", f"user = '{user}'")
            refused = pair.run("LOAD INCREMENTAL KEY (id) WRITE APPEND", code=5)
            expect("SY9321" in refused.stdout and "PROCESS" in refused.stdout, refused.stdout)
            for _ in range(2):
                pair.run("LOAD INCREMENTAL KEY (id) LOOKBACK 0 VALUES WRITE APPEND")
                expect(ids(pair) == [1], f"{ids(pair)}")
        finally:
            pair.on_source(f"DROP USER {user}@'127.0.0.1'")


def a_prepared_transaction_may_end():
    """While one is prepared, nothing tells when it began; a moment later it may be over."""
    with OwnServersLab("prepared") as lab:
        pair = Pair(lab, "mysql", "sqlite")
        events(pair, [(1, "old", midnight(3))])
        writer = pair.connect("mysql", pair.source_database).cursor()
        for statement in ("XA START 'late'", f"INSERT INTO events VALUES (2, 'late', '{midnight(3)}')", "XA END 'late'", "XA PREPARE 'late'"):
            writer.execute(statement)
        clauses = "LOAD INCREMENTAL KEY (id) WRITE APPEND"
        refused = pair.run(clauses, code=5)
        expect("SY9321" in refused.stdout and "XA" in refused.stdout, refused.stdout)
        running = lab.start("run", lab.script(pair.head + pair.sync(clauses)))
        time.sleep(1)
        writer.execute("XA COMMIT 'late'")
        said = running.communicate(timeout=60)[0]
        expect(running.returncode == 0 and ids(pair) == [1, 2], f"{said}\n{ids(pair)}")


def days_are_filled_in_once():
    """backfill lists the windows, runs those that are not done, oldest first, and goes on where it was stopped."""
    with Lab("backfill") as lab:
        pair = Pair(lab, "sqlite", "sqlite")
        events(pair, [(number, "a", midnight(number)) for number in range(1, 8)])
        clauses = ("PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d')) "
                   "LOAD INCREMENTAL WHERE at >= :window_start AND at < :window_end WRITE OVERWRITE PARTITION")
        script = lab.script(pair.head + pair.sync(clauses))
        days = ["--from", midnight(5).date(), "--to", midnight(2).date()]
        listed = lab.syncline("backfill", script, *days, "--dry-run").stdout
        expect("4 windows" in listed and f"{midnight(5).date()} 00:00" in listed, listed)
        pair.run(clauses, "--window", f"{midnight(4).date()}..{midnight(3).date()}")
        expect(ids(pair) == [4], f"{ids(pair)}")
        done = lab.syncline("backfill", script, *days).stdout
        expect("3 windows" in done and ids(pair) == [2, 3, 4, 5], f"{done}\n{ids(pair)}")
        expect("nothing to do" in lab.syncline("backfill", script, *days).stdout, "a window was due again")
        pair.on_source("DELETE FROM events WHERE id = 3")
        again = lab.syncline("backfill", script, *days, "--redo").stdout
        expect("4 windows" in again and ids(pair) == [2, 4, 5], f"{again}\n{ids(pair)}")
        lab.syncline("backfill", script, "--from", "2026-02-30", "--to", "2026-03-01", code=2)
        lab.syncline("backfill", script, "--from", "2026-03-02", "--to", "2026-03-01", code=2)


@every_target
def rows_without_a_key_are_counted_and_governed(pair):
    """The first, full extraction takes them; later ones count them, refuse the table, or read them again, as the script says."""
    events(pair, [(1, "a", midnight(5)), (2, "none", None)])
    clauses = "KEY (id) LOAD INCREMENTAL KEY (at) WRITE {} ERRORS (null_keys = {})"
    first = pair.run("KEY (id) LOAD INCREMENTAL KEY (at) WRITE UPSERT")
    expect(ids(pair) == [1, 2] and "SY9331" not in first.stdout, first.stdout)
    put(pair, [(3, "b", midnight(4)), (4, "none", None), (5, "none", None)])
    counted = pair.run("KEY (id) LOAD INCREMENTAL KEY (at) WRITE UPSERT")
    expect(ids(pair) == [1, 2, 3] and "SY9331 3 rows have no value in `at`" in counted.stdout, counted.stdout)
    counted = pair.run("KEY (id) LOAD INCREMENTAL KEY (at) WRITE UPSERT")
    expect("SY9331 3 rows" in counted.stdout, f"each run tells it: {counted.stdout}")
    counted = pair.run("KEY (id) FILTER id <> 4 LOAD INCREMENTAL KEY (at) WRITE UPSERT")
    expect("SY9331 2 rows" in counted.stdout, f"only what the filter lets through: {counted.stdout}")
    put(pair, [(6, "c", midnight(3))])
    refused = pair.run(clauses.format("UPSERT", "fail"), code=5)
    expect("error[SY9331]" in refused.stdout and ids(pair) == [1, 2, 3], refused.stdout)
    pair.run(clauses.format("UPSERT", "copy"))
    pair.same("events", COLUMNS)
    put(pair, [(2, "changed", None)])
    pair.run(clauses.format("UPSERT", "copy"))
    pair.same("events", COLUMNS)
    pair.run(clauses.format("APPEND", "copy"), code=1)


main([windows_meet_the_full_copy, a_table_that_is_gone_takes_its_progress_with_it,
      a_full_copy_that_keeps_the_rows_of_windows_keeps_their_records, appends_meet_the_full_copy, keys_go_on_where_the_target_ends, partitions_are_replaced_one_by_one,
      windows_wait_for_open_transactions, keys_need_a_safe_bound, a_prepared_transaction_may_end,
      rows_without_a_key_are_counted_and_governed,
      days_are_filled_in_once], "increments")
