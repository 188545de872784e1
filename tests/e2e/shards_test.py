#!/usr/bin/env python3
"""Several tables that become one (MERGE SHARDS). What the target must hold is read from the source tables here, each on its own, and compared row
by row."""
import json
import threading
import time
from datetime import datetime, timedelta, timezone

from lab import expect, fetch, main
from pairs import judged

DAY = timedelta(days=1)
TIMED = {"mysql": "DATETIME(6)", "postgres": "timestamp(6)", "sqlite": "DATETIME_TEXT(6)"}
ADD = "COLUMNS (ADD shard STRING = match.shard)\n"


def in_three_directions(body):
    return judged(body, [("mysql", "postgres"), ("postgres", "mysql"), ("sqlite", "sqlite")])


def midnight(days_ago=0):
    return datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) - days_ago * DAY


def literal(moment):
    return f"'{moment:%Y-%m-%d %H:%M:%S.%f}'"


def shard(pair, number, *rows, extra=""):
    """orders_<number> of (id, amount, at), with what `extra` adds to its columns."""
    pair.on_source(f"CREATE TABLE orders_{number} (id INT NOT NULL PRIMARY KEY, amount INT, at {TIMED[pair.source]}{extra})")
    put(pair, number, *rows)


def put(pair, number, *rows):
    for one, amount, at in rows:
        pair.on_source(f"DELETE FROM orders_{number} WHERE id = {one}",
                       f"INSERT INTO orders_{number} (id, amount, at) VALUES ({one}, {amount}, {literal(at)})")


def script(pair, clauses, more="", naming=""):
    place = {"mysql": f"DATABASE = '{pair.target_database}', ", "postgres": "SCHEMA = 'public', ", "sqlite": ""}[pair.target]
    tables = {"mysql": f"{pair.source_database}.", "postgres": "public.", "sqlite": ""}[pair.source] + "~'orders_(?P<shard>[0-9]+)'"
    return pair.lab.script(pair.head + more + f"SYNC job FROM a TABLES ({tables}) INTO b NAMING ({place}TABLE = 'orders'{naming})\n{clauses};\n")


def run(pair, clauses, *arguments, code=0, more=""):
    return pair.lab.syncline("run", script(pair, clauses, more), *arguments, code=code)


def source_rows(pair, numbers, columns):
    """What the shards hold together; a column that one lacks is NULL there."""
    rows = []
    for number in numbers:
        connection = pair.connect(pair.source, pair.source_database)
        cursor = connection.cursor()
        cursor.execute(f"SELECT * FROM orders_{number} WHERE 1 = 0")
        has = {part[0] for part in cursor.description}
        own = [column for column in columns if column in has]
        for row in fetch(pair.source, connection, (f"orders_{number}",), own):
            cells = dict(zip(own, row))
            rows.append((f"s:{number}", *(cells.get(column, "NULL") for column in columns)))
    return sorted(rows)


def target_rows(pair, columns):
    return sorted(pair.rows("orders", ["shard", *columns]))


def same(pair, numbers, columns=("id", "amount", "at")):
    wanted, found = source_rows(pair, numbers, columns), target_rows(pair, columns)
    expect(wanted == found, f"the shards hold {wanted}, the target {found}")


def amounts(pair):
    """{shard: {id: amount}}, each row counted once."""
    found = {}
    for number, one, amount in target_rows(pair, ["id", "amount"]):
        expect(one[2:] not in found.setdefault(number[2:], {}), f"row {one} of shard {number} stands there twice")
        found[number[2:]][one[2:]] = amount[2:]
    return found


# --- full copies

UNITED = ADD + "MERGE SHARDS UNION COLUMNS\n"


@in_three_directions
def rows_of_all_tables_arrive_under_the_union_of_their_columns(pair):
    """Equal ids in two shards, a column that one lacks, one of another width, an empty shard; twice."""
    shard(pair, "00", (1, 10, midnight(3)), (2, 20, midnight(2)))
    shard(pair, "01", (1, 11, midnight(1)), (3, 31, midnight(1)), extra=", coupon VARCHAR(10)")
    shard(pair, "02", extra=", coupon VARCHAR(30)")
    shard(pair, "03", (1, 12, midnight(1)))
    pair.on_source("UPDATE orders_01 SET coupon = 'ten' WHERE id = 1")
    for more in ("", " CONSISTENT SYNC"):
        run(pair, UNITED + "LOAD FULL WRITE RECREATE" + more)
        same(pair, ["00", "01", "02", "03"], ["id", "amount", "at", "coupon"])
        put(pair, "02", (1, 13, midnight(1)))
        pair.on_source("UPDATE orders_02 SET coupon = 'a coupon of more than ten'", "DELETE FROM orders_00 WHERE id = 2")


@in_three_directions
def the_target_is_cleared_once_and_other_rows_are_added_or_merged(pair):
    shard(pair, "1", (1, 10, midnight(3)))
    shard(pair, "2", (1, 20, midnight(3)))
    run(pair, UNITED + "LOAD FULL WRITE RECREATE")
    pair.on_target("CREATE INDEX ours ON orders (amount)")
    put(pair, "1", (2, 11, midnight(3)))
    pair.on_source("DELETE FROM orders_2 WHERE id = 1")
    run(pair, UNITED + "LOAD FULL WRITE TRUNCATE LIMITS (page_size = 1)")
    same(pair, ["1", "2"])
    put(pair, "2", (1, 21, midnight(3)), (5, 25, midnight(3)))
    pair.on_source("DELETE FROM orders_1 WHERE id = 2", "UPDATE orders_1 SET amount = 12")
    run(pair, UNITED + "LOAD FULL WRITE UPSERT")
    expect(amounts(pair) == {"1": {"1": "12", "2": "11"}, "2": {"1": "21", "5": "25"}}, f"{amounts(pair)}")
    pair.on_source("UPDATE orders_1 SET id = 7", "UPDATE orders_2 SET id = id + 7")
    run(pair, UNITED + "LOAD FULL WRITE APPEND")
    expect(amounts(pair) == {"1": {"1": "12", "2": "11", "7": "12"}, "2": {"1": "21", "5": "25", "8": "21", "12": "25"}}, f"{amounts(pair)}")


@in_three_directions
def snapshots_of_all_tables_share_a_partition(pair):
    shard(pair, "1", (1, 10, midnight(3)))
    shard(pair, "2", (1, 20, midnight(3)))
    clauses = UNITED + "PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d')) LOAD FULL WRITE OVERWRITE PARTITION"
    for day in ("2026-03-01", "2026-03-02", "2026-03-02"):
        run(pair, clauses, "--at", day)
    rows = sorted((cells[0][2:], cells[1][2:], cells[2][2:]) for cells in pair.rows("orders", ["ds", "shard", "id"]))
    expect(rows == [(ds, number, "1") for ds in ("20260228", "20260301") for number in "12"], f"{rows}")


@in_three_directions
def several_groups_and_a_table_alone_in_one_run(pair):
    """Small tables share a transaction; the rows of each go where they belong."""
    for name, amount in (("orders_1", 1), ("orders_2", 2), ("parcels_1", 3), ("parcels_2", 4), ("parcels_3", 5), ("users_7", 6)):
        pair.on_source(f"CREATE TABLE {name} (id INT NOT NULL PRIMARY KEY, amount INT)", f"INSERT INTO {name} VALUES (1, {amount}), (2, {amount}0)")
    place = {"mysql": f"DATABASE = '{pair.target_database}', ", "postgres": "SCHEMA = 'public', ", "sqlite": ""}[pair.target]
    tables = {"mysql": f"{pair.source_database}.", "postgres": "public.", "sqlite": ""}[pair.source] + "~'(?P<kind>[a-z]+)_(?P<shard>[0-9])'"
    text = pair.head + (f"SYNC job FROM a TABLES ({tables}) INTO b NAMING ({place}TABLE = match.kind) COLUMNS (ADD shard STRING = match.shard)\n"
                        "MERGE SHARDS REQUIRE SAME COLUMNS LOAD FULL WRITE RECREATE;\n")
    pair.lab.syncline("run", pair.lab.script(text))
    for kind, shards in (("orders", {"1": 1, "2": 2}), ("parcels", {"1": 3, "2": 4, "3": 5}), ("users", {"7": 6})):
        rows = sorted(tuple(cell[2:] for cell in row) for row in pair.rows(kind, ["shard", "id", "amount"]))
        wanted = sorted((number, one, f"{amount}{zero}") for number, amount in shards.items() for one, zero in (("1", ""), ("2", "0")))
        expect(rows == wanted, f"{kind}: {rows}")


def tables_of_several_databases(pair):
    """Two databases (schemas), two patterns, one target; what tells them apart is the database."""
    if pair.source == "mysql":
        other = pair.lab.new_mysql("_s2")
        own, second = pair.source_database, other
    else:
        own, second = "public", "other"
        pair.on_source("CREATE SCHEMA other")
    for place, amount in ((own, 1), (second, 2)):
        for number in "12":
            pair.on_source(f"CREATE TABLE {place}.orders_{number} (id INT NOT NULL PRIMARY KEY, amount INT)",
                           f"INSERT INTO {place}.orders_{number} VALUES (1, {amount}), (2, {amount}{number})")
    level = "database" if pair.source == "mysql" else "schema"
    naming = {"mysql": f"DATABASE = '{pair.target_database}', ", "postgres": "SCHEMA = 'public', ", "sqlite": ""}[pair.target]
    text = (pair.head + f"SYNC job FROM a TABLES ({own}.~'orders_.*', {second}.~'orders_.*') INTO b NAMING ({naming}TABLE = 'orders')\n"
            f"COLUMNS (ADD place STRING = source.{level}, ADD part STRING = source.table)\nMERGE SHARDS REQUIRE SAME COLUMNS\nLOAD FULL WRITE RECREATE;\n")
    pair.lab.syncline("run", pair.lab.script(text))
    rows = sorted(tuple(cell[2:] for cell in row) for row in pair.rows("orders", ["place", "part", "id", "amount"]))
    wanted = sorted((place, f"orders_{number}", one, value) for place, amount in ((own, 1), (second, 2)) for number in "12"
                    for one, value in (("1", f"{amount}"), ("2", f"{amount}{number}")))
    expect(rows == wanted, f"{rows}")


tables_of_several_databases = judged(tables_of_several_databases, [("mysql", "postgres"), ("postgres", "mysql"), ("postgres", "sqlite")])


@in_three_directions
def tables_that_differ_are_refused_by_name(pair):
    shard(pair, "1", (1, 10, midnight(3)))
    shard(pair, "2", (1, 20, midnight(3)))
    strict = ADD + "MERGE SHARDS REQUIRE SAME COLUMNS\n"
    run(pair, strict + "LOAD FULL WRITE RECREATE")
    shard(pair, "3", extra=", coupon INT")
    said = run(pair, strict + "LOAD FULL WRITE RECREATE", code=5)
    expect("SY5008" in said.stderr and "orders_3` has extra `coupon`" in said.stderr, said.stderr)
    same(pair, ["1", "2"])
    pair.on_source("DROP TABLE orders_3", f"CREATE TABLE orders_3 (id INT NOT NULL PRIMARY KEY, amount VARCHAR(10), at {TIMED[pair.source]})",
                   f"INSERT INTO orders_3 VALUES (1, 'x', {literal(midnight(1))})")
    said = run(pair, UNITED + "LOAD FULL WRITE RECREATE", code=5)
    expect("SY5008" in said.stderr and "orders_3" in said.stderr and "`amount`" in said.stderr, said.stderr)
    same(pair, ["1", "2"])
    # A cast settles the type; the value that does not fit is found, and none of the tables is published.
    cast = "COLUMNS (ADD shard STRING = match.shard, CAST amount TO INT)\nMERGE SHARDS UNION COLUMNS\nLOAD FULL WRITE RECREATE"
    put(pair, "1", (9, 90, midnight(1)))
    said = run(pair, cast, code=5)
    expect("orders_3" in said.stderr and "amount" in said.stderr, said.stderr)
    expect(amounts(pair) == {"1": {"1": "10"}, "2": {"1": "20"}}, f"{amounts(pair)}")
    pair.on_source("UPDATE orders_3 SET amount = '30'")
    run(pair, cast)
    expect(amounts(pair) == {"1": {"1": "10", "9": "90"}, "2": {"1": "20"}, "3": {"1": "30"}}, f"{amounts(pair)}")


# --- increments

def by_key(source, write):
    return UNITED + f"LOAD FULL WRITE RECREATE\nTHEN INCREMENTAL KEY (id) {source} WRITE {write}"


def grow_by_key(pair, clauses):
    """Each shard has a watermark of its own: ids of one are far behind those of another."""
    shard(pair, "1", (100, 1, midnight(3)))
    shard(pair, "2", (1, 1, midnight(3)))
    run(pair, clauses)
    put(pair, "1", (101, 2, midnight(3)))
    put(pair, "2", (2, 2, midnight(3)))
    run(pair, clauses)
    wanted = {"1": {"100": "1", "101": "2"}, "2": {"1": "1", "2": "2"}}
    expect(amounts(pair) == wanted, f"{amounts(pair)}")
    run(pair, clauses)
    expect(amounts(pair) == wanted, f"again: {amounts(pair)}")
    # One more shard: all of it comes, and nothing of the others again.
    shard(pair, "3", (50, 3, midnight(3)), (40, 3, midnight(3)))
    put(pair, "2", (3, 3, midnight(3)))
    run(pair, clauses)
    run(pair, clauses)
    put(pair, "3", (51, 4, midnight(3)))
    run(pair, clauses)
    wanted["2"]["3"], wanted["3"] = "3", {"50": "3", "40": "3", "51": "4"}
    expect(amounts(pair) == wanted, f"one more: {amounts(pair)}")


@in_three_directions
def each_table_has_its_own_greatest_key_in_the_target(pair):
    grow_by_key(pair, by_key("FROM TARGET", "UPSERT"))


@in_three_directions
def keys_are_appended_table_by_table(pair):
    grow_by_key(pair, by_key("FROM TARGET", "APPEND"))


@in_three_directions
def each_table_has_its_own_recorded_key(pair):
    grow_by_key(pair, by_key("FROM STATE", "UPSERT"))


@in_three_directions
def without_a_full_phase_a_table_without_rows_is_read_in_full(pair):
    grow_by_key(pair, UNITED + "LOAD INCREMENTAL KEY (id) WRITE UPSERT")


def grow_by_window(pair, clauses, redo=True):
    nightly = "SCHEDULE nightly EVERY DAY AT '00:00';\n"
    shard(pair, "1", (1, 1, midnight(9)), (2, 2, midnight(1) + DAY / 2))
    shard(pair, "2", (1, 1, midnight(9)), (2, 2, midnight(1)))
    run(pair, clauses, more=nightly)
    same(pair, ["1", "2"], ["id", "amount"])
    shard(pair, "3", (1, 5, midnight(8)), (2, 6, midnight(2)), (3, 7, midnight(1) + DAY / 2))
    for _ in range(2):
        run(pair, clauses, more=nightly)
        same(pair, ["1", "2", "3"], ["id", "amount"])
    put(pair, "1", (8, 8, midnight(6)))
    put(pair, "3", (9, 9, midnight(6) + DAY / 2))
    if redo:
        run(pair, clauses, "--window", f"{midnight(6).date()}..{midnight(5).date()}", more=nightly)
        same(pair, ["1", "2", "3"], ["id", "amount"])


WINDOW = "WHERE at >= :window_start AND at < :window_end"


@in_three_directions
def windows_are_appended_and_a_new_table_joins(pair):
    grow_by_window(pair, UNITED + f"LOAD FULL UP TO FIRST WINDOW WRITE RECREATE\nTHEN INCREMENTAL {WINDOW} WRITE APPEND SCHEDULE nightly", redo=False)


@in_three_directions
def windows_are_merged_and_a_new_table_joins(pair):
    grow_by_window(pair, UNITED + f"LOAD FULL WRITE RECREATE\nTHEN INCREMENTAL {WINDOW} WRITE UPSERT SCHEDULE nightly")


@in_three_directions
def partitions_hold_the_window_of_all_tables(pair):
    shard(pair, "1", (1, 1, midnight(3) + DAY / 2), (2, 2, midnight(2) + DAY / 2))
    shard(pair, "2", (1, 1, midnight(2) + DAY / 2))
    clauses = UNITED + f"PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d')) LOAD INCREMENTAL {WINDOW} WRITE OVERWRITE PARTITION"
    days = ["--from", str(midnight(3).date()), "--to", str(midnight(2).date())]
    pair.lab.syncline("backfill", script(pair, clauses), *days)
    put(pair, "2", (5, 5, midnight(3) + DAY / 2))
    pair.on_source("DELETE FROM orders_1 WHERE id = 2")
    pair.lab.syncline("backfill", script(pair, clauses), *days, "--redo")
    rows = sorted(tuple(cell[2:] for cell in row) for row in pair.rows("orders", ["ds", "shard", "id"]))
    third, second = f"{midnight(3):%Y%m%d}", f"{midnight(2):%Y%m%d}"
    expect(rows == [(third, "1", "1"), (third, "2", "5"), (second, "2", "1")], f"{rows}")


@in_three_directions
def a_table_that_joins_partitions_is_copied_with_all_others(pair):
    history = "PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d'))\nLOAD FULL UP TO FIRST WINDOW INTO PARTITION (ds = 'history') WRITE OVERWRITE PARTITION\n"
    clauses = UNITED + history + f"THEN INCREMENTAL {WINDOW} WRITE OVERWRITE PARTITION SCHEDULE nightly"
    grow_by_window(pair, clauses)


@in_three_directions
def a_table_that_left_and_came_back_is_copied_again(pair):
    """The full copy in between took its rows away, so what it had reached counts for nothing."""
    for name in "123":
        shard(pair, name, (1, 1, midnight(9)), (2, 2, midnight(1)))
    clauses = UNITED + f"LOAD FULL WRITE RECREATE\nTHEN INCREMENTAL {WINDOW} WRITE UPSERT"
    run(pair, clauses)
    pair.on_source("ALTER TABLE orders_3 RENAME TO away")
    run(pair, clauses, "--full")
    same(pair, ["1", "2"])
    pair.on_source("ALTER TABLE away RENAME TO orders_3")
    for _ in range(2):
        run(pair, clauses)
        same(pair, ["1", "2", "3"])


# --- readers and kills

def version(pair, number):
    """All shards as of one version: every row says it; the count differs from version to version."""
    for name in ("1", "2", "3"):
        pair.on_source(f"DELETE FROM orders_{name}", f"INSERT INTO orders_{name} VALUES " + ", ".join(
            f"({one}, {number}, {literal(midnight(3))})" for one in range(2000 + number)))


class Reader(threading.Thread):
    """Reads counts while runs go on: the rows of one version, all of them."""

    def __init__(self, pair, versions):
        super().__init__()
        self.pair, self.allowed, self.stopping, self.seen, self.wrong = pair, {(3 * (2000 + one), one, one) for one in versions}, False, 0, []

    def run(self):
        connection = self.pair.connect(self.pair.target, self.pair.target_database)
        cursor = connection.cursor()
        while not self.stopping:
            try:
                cursor.execute("SELECT count(*), min(amount), max(amount) FROM orders")
                row = tuple(int(cell) for cell in cursor.fetchone())
            except Exception as error:  # SQLite and MySQL ask readers to wait at the moment of the swap
                if "locked" in str(error) or "1412" in str(error) or "1205" in str(error):
                    continue
                self.wrong.append(str(error))
                return
            self.seen += 1
            if row not in self.allowed:
                self.wrong.append(str(row))
            time.sleep(0.002)


@in_three_directions
def killed_anywhere_the_next_run_ends_right_and_readers_see_old_or_new(pair):
    for name in ("1", "2", "3"):
        shard(pair, name)
    clauses = UNITED + "LOAD FULL WRITE RECREATE LIMITS (batch_size = 64 KB)"
    version(pair, 1)
    run(pair, clauses)
    for number, place in enumerate(("read.batch=kill@2", "load.batch=kill@3", "index.before=kill@1", "swap.before=kill@1", "cleanup.before=kill@1"), 2):
        version(pair, number)
        reader = Reader(pair, (number - 1, number))
        reader.start()
        try:
            killed = pair.lab.syncline("run", script(pair, clauses), code=None, env={"SYNCLINE_FAILPOINTS": place})
            expect(killed.returncode == -9, f"{place} was not reached: {killed.returncode}")
            run(pair, clauses)
        finally:
            reader.stopping = True
            reader.join()
        expect(not reader.wrong and reader.seen > 0, f"{place}: readers saw {reader.wrong[:3]}")
        same(pair, ["1", "2", "3"], ["id", "amount"])


@in_three_directions
def a_killed_increment_of_several_tables_is_neither_lost_nor_doubled(pair):
    shard(pair, "1", (1, 1, midnight(3)))
    shard(pair, "2", (1, 1, midnight(3)))
    clauses = by_key("FROM TARGET", "APPEND")
    run(pair, clauses)
    for number, place in enumerate(("load.batch=kill@2", "swap.before=kill@1", "cleanup.before=kill@1"), 2):
        put(pair, "1", (number, number, midnight(3)))
        put(pair, "2", (number, number, midnight(3)))
        killed = pair.lab.syncline("run", script(pair, clauses), code=None, env={"SYNCLINE_FAILPOINTS": place})
        expect(killed.returncode == -9, f"{place} was not reached: {killed.returncode}")
        run(pair, clauses)
        same(pair, ["1", "2"], ["id", "amount"])


# --- what people see

@in_three_directions
def plan_run_and_history_show_the_group(pair):
    shard(pair, "1", (1, 1, midnight(3)))
    shard(pair, "2", (1, 1, midnight(3)), extra=", coupon INT")
    file = script(pair, UNITED + "LOAD FULL WRITE RECREATE")
    text = pair.lab.syncline("plan", file, "--columns").stdout
    expect("2 tables matched" in text and "orders_1 and 1 more" in text and "told apart by `shard`" in text and "= match.shard" in text, text)
    (table,) = json.loads(pair.lab.syncline("plan", file, "--format", "json").stdout)["syncs"][0]["tables"]
    members = [(one["source"]["table"], one["discriminators"], one["missing_columns"]) for one in table["members"]]
    expect(members == [("orders_1", {"shard": "1"}, ["coupon"]), ("orders_2", {"shard": "2"}, [])], f"{members}")
    expect(table["primary_key"] == ["shard", "id"], f"{table['primary_key']}")
    done = pair.lab.syncline("run", file)
    expect("orders_1 and 1 more" in done.stdout + done.stderr and "2 rows" in done.stdout + done.stderr, done.stdout + done.stderr)
    expect("1 succeeded" in done.stdout + done.stderr, done.stdout + done.stderr)
    run_id = (done.stdout + done.stderr).split("syncline history ")[1].split()[0]
    expect("orders_1 and 1 more" in pair.lab.syncline("history", run_id).stdout, "history does not name the group")


@in_three_directions
def one_table_of_a_group_is_never_run_alone(pair):
    shard(pair, "1", (1, 1, midnight(3)))
    shard(pair, "2", (1, 1, midnight(3)))
    for selection in (["--table", "orders_2"], []):
        run(pair, UNITED + "LOAD FULL WRITE RECREATE", *selection)
        same(pair, ["1", "2"])


main([rows_of_all_tables_arrive_under_the_union_of_their_columns, the_target_is_cleared_once_and_other_rows_are_added_or_merged,
      snapshots_of_all_tables_share_a_partition, several_groups_and_a_table_alone_in_one_run, tables_of_several_databases, tables_that_differ_are_refused_by_name,
      each_table_has_its_own_greatest_key_in_the_target, keys_are_appended_table_by_table, each_table_has_its_own_recorded_key,
      without_a_full_phase_a_table_without_rows_is_read_in_full, windows_are_appended_and_a_new_table_joins, windows_are_merged_and_a_new_table_joins,
      partitions_hold_the_window_of_all_tables, a_table_that_left_and_came_back_is_copied_again, a_table_that_joins_partitions_is_copied_with_all_others,
      killed_anywhere_the_next_run_ends_right_and_readers_see_old_or_new, a_killed_increment_of_several_tables_is_neither_lost_nor_doubled,
      plan_run_and_history_show_the_group, one_table_of_a_group_is_never_run_alone], "shards")
