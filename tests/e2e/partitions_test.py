#!/usr/bin/env python3
"""Partitions of the engine's own on real servers: PARTITION BY RANGE and LIST into PostgreSQL and MySQL. Contents and layouts are read by
clients of their own, never by what is tested."""
import datetime
import signal
import time

from lab import expect, main
from pairs import Pair, judged

DAY = datetime.timedelta(days=1)
DIRECTIONS = [("mysql", "postgres"), ("postgres", "mysql")]
MONTHLY = "PARTITION BY RANGE (placed) EVERY 1 MONTH\n"
WINDOW = "WHERE placed >= :window_start AND placed < :window_end"
NIGHTLY = "SCHEDULE nightly EVERY DAY AT '00:30';\n"
CLOCK = {"mysql": "DATETIME(6)", "postgres": "timestamp(6)"}


def both(body):
    return judged(body, DIRECTIONS)


def orders(pair, rows, placed="NOT NULL"):
    """orders of (id, placed, region, amount)."""
    pair.on_source(f"CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, placed {CLOCK[pair.source]} {placed}, region VARCHAR(40), amount INT)")
    put(pair, rows)


def cell(value):
    return "NULL" if value is None else str(value) if isinstance(value, int) else "'" + str(value).replace("\\", "\\\\" if put.mysql else "\\").replace("'", "''") + "'"


def put(pair, rows):
    put.mysql = pair.source == "mysql"
    for at in range(0, len(rows), 500):
        values = ", ".join("(" + ", ".join(cell(one) for one in row) + ")" for row in rows[at:at + 500])
        pair.on_source("INSERT INTO orders VALUES " + values)


def days(first, count, each=1):
    """`each` rows for every day from `first` on."""
    start = datetime.datetime.fromisoformat(first)
    return [(number + 1, start + number // each * DAY + datetime.timedelta(hours=9), "north" if number % 2 else "south", number)
            for number in range(count * each)]


def layout(pair, table="orders"):
    """Partition -> rows, as the server itself says; MySQL's empty ones between are left out."""
    if pair.target == "postgres":
        names = [row[0] for row in pair.on_target(
            f"SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'public.{table}'::regclass ORDER BY 1")]
        return {name[len(table) + 1:]: int(pair.on_target(f'SELECT count(*) FROM public."{name}"')[0][0]) for name in names}
    names = [row[0] for row in pair.on_target(
        f"SELECT PARTITION_NAME FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = '{pair.target_database}' AND TABLE_NAME = '{table}' "
        "AND PARTITION_NAME IS NOT NULL ORDER BY PARTITION_ORDINAL_POSITION")]
    found = {name: int(pair.on_target(f"SELECT count(*) FROM `{pair.target_database}`.`{table}` PARTITION (`{name}`)")[0][0]) for name in names}
    return {name: rows for name, rows in found.items() if rows or not (name.startswith("gap_") or name in ("p_first", "p_null"))}


def by_month(rows):
    found = {}
    for row in rows:
        name = f"p{row[1]:%Y%m}"
        found[name] = found.get(name, 0) + 1
    return found


def leftovers(pair):
    """What of a load would still stand beside its target."""
    question = {"postgres": "SELECT relname FROM pg_class WHERE relname LIKE 'syncline\\_%' AND relnamespace = 'public'::regnamespace",
                "mysql": f"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '{pair.target_database}' AND TABLE_NAME LIKE 'syncline\\_%'"}
    return pair.on_target(question[pair.target])


def same(pair):
    pair.same("orders", ["id", "placed", "region", "amount"])
    expect(not leftovers(pair), f"{leftovers(pair)}")


@both
def a_full_copy_is_laid_out_by_month(pair):
    rows = days("2025-11-15", 100, 3)
    orders(pair, rows)
    for _ in range(2):  # made, then made anew beside the old one
        pair.run(MONTHLY + "LOAD FULL WRITE RECREATE")
        same(pair)
        expect(layout(pair) == by_month(rows), f"{layout(pair)}")
    more = [(10_000 + number, placed, region, amount) for number, placed, region, amount in days("2026-08-01", 3)]
    put(pair, more)
    pair.run(MONTHLY + "LOAD FULL WRITE TRUNCATE")
    same(pair)
    expect(layout(pair) == by_month(rows + more), f"{layout(pair)}")


@both
def a_month_of_daily_windows(pair):
    """Killed twice on the way, the backfill goes on and ends as one clean run."""
    rows = days("2026-02-20", 31, 40)
    orders(pair, rows)
    script = pair.lab.script(pair.head + NIGHTLY + pair.sync(MONTHLY + f"LOAD INCREMENTAL {WINDOW} WRITE UPSERT SCHEDULE nightly"))
    words = ["--from", "2026-02-20", "--to", "2026-03-22"]
    for _ in range(2):
        running = pair.lab.start("backfill", script, *words)
        before = time.monotonic()
        for line in running.stdout:
            if line.startswith("done ") and time.monotonic() - before > 0.3:
                break
        running.send_signal(signal.SIGKILL)
        running.communicate()
    pair.lab.syncline("backfill", script, *words)
    same(pair)
    expect(layout(pair) == by_month(rows), f"{layout(pair)}")
    expect("nothing to do" in pair.lab.syncline("backfill", script, *words).stdout, "a window was due again")


@both
def rows_come_below_between_and_above(pair):
    """Months that are there stay as they are; a row that moves to another month moves to its partition."""
    orders(pair, days("2026-03-10", 1) + [(2, datetime.datetime(2026, 9, 1), "west", 1)])
    upsert = MONTHLY + "LOAD FULL WRITE UPSERT"
    pair.run(upsert)
    expect(layout(pair) == {"p202603": 1, "p202609": 1}, f"{layout(pair)}")
    put(pair, [(3, datetime.datetime(2026, 6, 30, 23, 59, 59, 999999), "west", 1), (4, datetime.datetime(2025, 12, 31), "east", 2),
               (5, datetime.datetime(2027, 1, 1), "east", 2), (6, datetime.datetime(2026, 7, 1), "east", 2)])
    pair.on_source("UPDATE orders SET placed = '2026-05-01 00:00:00' WHERE id = 1")
    pair.run(upsert)
    same(pair)
    expect(layout(pair) == {"p202512": 1, "p202603": 0, "p202605": 1, "p202606": 1, "p202607": 1, "p202609": 1, "p202701": 1}, f"{layout(pair)}")


@both
def rows_without_a_value_find_a_place(pair):
    orders(pair, days("2026-03-10", 2) + [(7, None, None, 1)], "NULL")
    shown = pair.run(MONTHLY + "LOAD FULL WRITE RECREATE")
    same(pair)
    expect(shown.returncode == 0 and sum(layout(pair).values()) == 3 and layout(pair)["p202603"] == 2, f"{layout(pair)}")
    put(pair, [(8, None, "x", 1), (9, datetime.datetime(2026, 4, 1), "x", 1)])
    pair.run(MONTHLY + "LOAD FULL WRITE TRUNCATE")
    same(pair)
    expect(layout(pair)["p202604"] == 1 and sum(layout(pair).values()) == 5, f"{layout(pair)}")


HOSTILE = ["north", "North", "o'hara \\ \"x\" `y`", "", " ", "null", "Zürich ☃", "a" * 40, "--", "p_north"]


@both
def lists_of_hostile_values(pair):
    rows = [(number, datetime.datetime(2026, 1, 1), region, number) for number, region in enumerate(HOSTILE + [None, "north"])]
    orders(pair, rows)
    by_region = "PARTITION BY LIST (region)\n"
    for _ in range(2):
        pair.run(by_region + "LOAD FULL WRITE RECREATE")
        same(pair)
        expect(len(layout(pair)) == 11 and layout(pair)["p_north"] == 2 and layout(pair)["p_null"] == 1, f"{layout(pair)}")
    put(pair, [(100, datetime.datetime(2026, 1, 2), "south'", 1), (101, datetime.datetime(2026, 1, 2), "north", 1), (102, datetime.datetime(2026, 1, 2), None, 1)])
    pair.run(by_region + "FILTER id >= 100 LOAD FULL WRITE APPEND")
    same(pair)
    expect(len(layout(pair)) == 12 and layout(pair)["p_north"] == 3 and layout(pair)["p_null"] == 2, f"{layout(pair)}")


@both
def overwriting_replaces_what_rows_name(pair):
    """OVERWRITE PARTITION by LIST: the values that the rows hold are replaced, others stay."""
    orders(pair, [(1, datetime.datetime(2026, 1, 1), "north", 1), (2, datetime.datetime(2026, 1, 1), "south", 1), (3, datetime.datetime(2026, 1, 1), None, 1)])
    clauses = "PARTITION BY LIST (region)\nLOAD FULL WRITE OVERWRITE PARTITION"
    pair.run(clauses)
    pair.on_source("DELETE FROM orders WHERE id IN (1, 2)")
    put(pair, [(4, datetime.datetime(2026, 1, 1), "north", 2), (5, datetime.datetime(2026, 1, 1), "west", 2), (6, datetime.datetime(2026, 1, 1), None, 2)])
    pair.run(clauses)
    found = sorted(int(row[0][2:]) for row in pair.rows("orders", ["id"]))
    expect(found == [2, 3, 4, 5, 6], f"{found}")
    expect(layout(pair) == {"p_north": 1, "p_south": 1, "p_west": 1, "p_null": 2}, f"{layout(pair)}")


@lambda body: judged(body, DIRECTIONS + [("mysql", "mysql"), ("postgres", "sqlite")])
def overwriting_replaces_the_ranges_that_rows_lie_in(pair):
    """Every range that a row of the load lies in is replaced whole, other ranges stay; rows without a value are a range of their own."""
    old = [(1, "2025-12-31 23:59:59"), (2, "2026-01-01 00:00:00"), (3, "2026-01-31 23:59:59"), (4, "2026-02-01 00:00:00"), (5, None), (6, "2026-03-15 00:00:00")]
    orders(pair, [(one, at, "old", one) for one, at in old], placed="NULL")
    clauses = MONTHLY + "LOAD FULL WRITE OVERWRITE PARTITION"
    pair.run(clauses)
    for gone, new, left in (((1, 2, 3, 4, 6), [(7, "2026-01-15 12:00:00")], [1, 4, 5, 6, 7]), ((5, 7), [(8, "2026-02-28 23:59:59"), (9, "2026-03-01 00:00:00"), (10, "2026-07-01 00:00:00")], [1, 5, 7, 8, 9, 10]),
                            ((8, 9, 10), [(11, None)], [1, 7, 8, 9, 10, 11]), ((11,), [], [1, 7, 8, 9, 10, 11])):
        pair.on_source(*(f"DELETE FROM orders WHERE id = {one}" for one in gone))
        put(pair, [(one, at, "new", one) for one, at in new])
        pair.run(clauses)
        found = sorted(int(row[0][2:]) for row in pair.rows("orders", ["id"]))
        expect(found == left, f"{found}, not {left}")
    if pair.target != "sqlite":
        expect(not leftovers(pair), f"{leftovers(pair)}")


@lambda body: judged(body, DIRECTIONS + [("mysql", "sqlite")])
def overwriting_replaces_ranges_of_numbers(pair):
    number = {"mysql": "BIGINT", "postgres": "bigint"}[pair.source]
    pair.on_source(f"CREATE TABLE n (id INT NOT NULL PRIMARY KEY, v {number} NOT NULL)")
    extremes = [-9223372036854775808, -9223372036854775807, -101, -100, -1, 0, 99, 100, 9223372036854775807]
    pair.on_source("INSERT INTO n VALUES " + ", ".join(f"({at}, {value})" for at, value in enumerate(extremes)))
    clauses = "PARTITION BY RANGE (v) EVERY 100 VALUES\nLOAD FULL WRITE OVERWRITE PARTITION"
    pair.run(clauses)
    pair.same("n", ["id", "v"])
    pair.on_source("DELETE FROM n", "INSERT INTO n VALUES (20, -50), (21, 9223372036854775806), (22, -9223372036854775806)")
    pair.run(clauses)
    found = sorted(int(row[0][2:]) for row in pair.rows("n", ["id"]))
    expect(found == [2, 5, 6, 7, 20, 21, 22], f"{found}")


def same_rows(pair):
    """As texts: SQLite keeps moments so."""
    source, target = ([(row[0], row[1][2:21], row[2]) for row in pair.rows("orders", ["id", "placed", "amount"], where)] for where in ("source", "target"))
    expect(sorted(source) == sorted(target), f"{len(source)} rows against {len(target)}, or others")


@lambda body: judged(body, DIRECTIONS + [("mysql", "sqlite")])
def windows_overwrite_their_ranges(pair):
    """Rows that left a range or moved to another one go with the next run of both: days and hours of windows equal the source."""
    rows = days("2026-02-25", 12, 40)
    orders(pair, rows)
    by_windows = f"LOAD INCREMENTAL {WINDOW} WRITE OVERWRITE PARTITION SCHEDULE nightly"
    daily = pair.lab.script(pair.head + NIGHTLY + pair.sync("PARTITION BY RANGE (placed) EVERY 1 DAY\n" + by_windows))
    month = ["--from", "2026-02-25", "--to", "2026-03-08"]
    pair.lab.syncline("backfill", daily, *month, "--parallel", "2")
    same_rows(pair)
    pair.on_source("DELETE FROM orders WHERE amount % 7 = 0", "UPDATE orders SET placed = '2026-03-05 00:00:00' WHERE amount % 5 = 0",
                   "UPDATE orders SET placed = '2026-03-05 23:59:59' WHERE amount % 5 = 1")
    for _ in range(2):
        pair.lab.syncline("backfill", daily, *month, "--redo", "--parallel", "2")
        same_rows(pair)
    monthly = pair.lab.script(pair.head + NIGHTLY + pair.sync(MONTHLY + by_windows), "monthly.sync")
    said = pair.lab.syncline("backfill", monthly, *month, "--redo", code=1).stderr
    expect("SY4005" in said, said)
    same_rows(pair)
    hours = NIGHTLY.replace("EVERY DAY AT '00:30'", "EVERY HOUR AT MINUTE 5") + pair.sync("PARTITION BY RANGE (placed) EVERY 1 HOUR\n" + by_windows)
    pair.on_target("DROP TABLE orders")
    pair.on_source("DELETE FROM orders WHERE placed < '2026-03-05 00:00:00' OR placed >= '2026-03-06 00:00:00'")
    for _ in range(2):
        pair.lab.syncline("backfill", pair.lab.script(pair.head + hours, "hourly.sync"), "--from", "2026-03-05", "--to", "2026-03-05", "--redo")
        same_rows(pair)
        pair.on_source("UPDATE orders SET placed = '2026-03-05 22:00:00' WHERE amount % 10 = 1", "DELETE FROM orders WHERE amount = 11")


@both
def killed_anywhere_the_next_run_ends_right(pair):
    rows = days("2026-01-20", 30, 200)
    orders(pair, rows)
    clauses = MONTHLY + "LOAD FULL WRITE RECREATE"
    pair.run(clauses)
    script = pair.lab.script(pair.head + pair.sync(clauses))
    for point in ("load.chunk", "partitions.before", "swap.before", "swap.after", "progress.before", "cleanup.before"):
        pair.on_source("UPDATE orders SET amount = amount + 1")
        running = pair.lab.start("run", script, env={"SYNCLINE_FAILPOINTS": f"{point}=kill"})
        running.communicate()
        count = int(pair.on_target("SELECT count(*) FROM orders" if pair.target == "postgres" else f"SELECT count(*) FROM `{pair.target_database}`.orders")[0][0])
        expect(count == len(rows), f"{point}: readers see {count} rows")
        pair.lab.syncline("run", script, "--wait", "30")
        same(pair)
        expect(layout(pair) == by_month(rows), f"{point}: {layout(pair)}")


@both
def a_table_that_is_there_stays_as_it_is(pair):
    orders(pair, days("2026-01-20", 3))
    pair.run("LOAD FULL WRITE RECREATE")
    shown = pair.lab.syncline("plan", pair.lab.script(pair.head + pair.sync(MONTHLY + "LOAD FULL WRITE TRUNCATE")), "--columns").stdout
    expect("has no partitions and stays as it is" in shown, shown)
    pair.run(MONTHLY + "LOAD FULL WRITE TRUNCATE")
    same(pair)
    expect(not layout(pair), f"{layout(pair)}")
    pair.run(MONTHLY + "LOAD FULL WRITE RECREATE")
    same(pair)
    expect(layout(pair) == {"p202601": 3}, f"{layout(pair)}")


@both
def what_people_made_is_used(pair):
    """Partitions that cover a range stand for it; a name that is taken gets a number; a row that nothing takes fails by name."""
    orders(pair, days("2026-01-20", 1))
    append = MONTHLY + "FILTER id >= {} LOAD FULL WRITE APPEND"
    pair.run(append.format(1))
    if pair.target == "postgres":
        pair.on_target("CREATE TABLE orders_y2027 PARTITION OF orders FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
                       "CREATE TABLE orders_some PARTITION OF orders FOR VALUES FROM ('2028-01-15') TO ('2028-03-01')", "CREATE TABLE orders_p202904 (x int)")
    else:
        pair.on_target("ALTER TABLE orders ADD PARTITION (PARTITION y2026 VALUES LESS THAN ('2027-01-01'), PARTITION y2027 VALUES LESS THAN ('2028-01-01'), "
                       "PARTITION some VALUES LESS THAN ('2028-03-01'), PARTITION p202904 VALUES LESS THAN ('2029-03-01'))")
    put(pair, [(10, datetime.datetime(2027, 3, 5), "x", 1), (11, datetime.datetime(2028, 1, 20), "x", 1), (12, datetime.datetime(2029, 4, 1), "x", 1)])
    pair.run(append.format(10))
    expect(layout(pair) == {"p202601": 1, "y2027": 1, "some": 1, "p202904_2": 1} or layout(pair) == {"p202601": 1, "y2026": 0, "y2027": 1, "some": 1, "p202904": 0, "p202904_2": 1},
           f"{layout(pair)}")
    same(pair)
    if pair.target == "postgres":
        put(pair, [(20, datetime.datetime(2028, 1, 5), "x", 1)])
        said = pair.run(append.format(20), code=5).stderr
        expect("no partition" in said, said)


@both
def foreign_keys_where_the_engine_has_them(pair):
    orders(pair, days("2026-01-20", 40))
    pair.on_source("CREATE TABLE parcels (id INT NOT NULL PRIMARY KEY, order_id INT NOT NULL, shipped DATE NOT NULL, FOREIGN KEY (order_id) REFERENCES orders (id))",
                   "INSERT INTO parcels VALUES (1, 1, '2026-02-01'), (2, 2, '2026-03-01')")
    script = pair.lab.script(pair.head + pair.sync("LOAD FULL WRITE RECREATE") +
                             f"OVERRIDE job FOR TABLE {pair.pattern('parcels')} PARTITION BY RANGE (shipped) EVERY 1 MONTH;\n")
    for _ in range(2):
        pair.lab.syncline("run", script)
        expect(layout(pair, "parcels") == {"p202602": 1, "p202603": 1}, f"{layout(pair, 'parcels')}")
    question = {"postgres": "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated AND conrelid = 'parcels'::regclass",
                "mysql": f"SELECT count(*) FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = '{pair.target_database}'"}
    expect(int(pair.on_target(question[pair.target])[0][0]) == (pair.target == "postgres"), "foreign keys")
    shown = pair.lab.syncline("plan", script).stdout
    expect(("SY5023" in shown) == (pair.target == "mysql"), shown)


main([a_full_copy_is_laid_out_by_month, a_month_of_daily_windows, rows_come_below_between_and_above, rows_without_a_value_find_a_place,
      lists_of_hostile_values, overwriting_replaces_what_rows_name, overwriting_replaces_the_ranges_that_rows_lie_in, overwriting_replaces_ranges_of_numbers,
      windows_overwrite_their_ranges, killed_anywhere_the_next_run_ends_right, a_table_that_is_there_stays_as_it_is,
      what_people_made_is_used, foreign_keys_where_the_engine_has_them],
     "partitions")
