#!/usr/bin/env python3
"""Clauses that meet in one statement: SPLIT, PARTITION BY, MERGE SHARDS, hooks and a parallel backfill. Each is tested alone elsewhere; here
the content must be that of the source whatever they do to each other."""
import datetime
import random
import signal
import time

from lab import expect, main
from pairs import judged

DIRECTIONS = [("mysql", "postgres"), ("postgres", "mysql")]
DAY = datetime.timedelta(days=1)
START = datetime.datetime(2026, 2, 20)
DAYS, EACH = 31, 400
COLUMNS = ["id", "placed", "region", "amount"]
MONTHLY = "PARTITION BY RANGE (placed) EVERY 1 MONTH\n"
WINDOW = "WHERE placed >= :window_start AND placed < :window_end"
NIGHTLY = "SCHEDULE nightly EVERY DAY AT '00:30';\n"


def both(body):
    return judged(body, DIRECTIONS)


def filled(pair, table="orders", first=0, step=1):
    """DAYS * EACH rows, ids first, first + step, …; every day's rows lie everywhere in the order of the key."""
    clock = {"mysql": "DATETIME(6)", "postgres": "timestamp(6)"}[pair.source]
    pair.on_source(f"CREATE TABLE {table} (id INT NOT NULL PRIMARY KEY, placed {clock} NOT NULL, region VARCHAR(400), amount INT)")
    for at in range(0, DAYS * EACH, 4000):
        rows = (f"({first + step * n}, '{START + n % DAYS * DAY + datetime.timedelta(seconds=n % 86400)}', '{'nsew'[n % 4] * 90}', {n})"
                for n in range(at, min(at + 4000, DAYS * EACH)))
        pair.on_source(f"INSERT INTO {table} VALUES " + ", ".join(rows))
    pair.on_source(f"ANALYZE TABLE {table}" if pair.source == "mysql" else f"ANALYZE {table}")


def months(pair):
    """Month -> rows, partition by partition, as the server says."""
    if pair.target == "postgres":
        return {str(name): int(rows) for name, rows in pair.on_target("SELECT tableoid::regclass::text, count(*) FROM orders GROUP BY 1")}
    names = [row[0] for row in pair.on_target(
        f"SELECT PARTITION_NAME FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = '{pair.target_database}' AND TABLE_NAME = 'orders' "
        "AND PARTITION_NAME IS NOT NULL")]
    found = {f"orders_{name}": int(pair.on_target(f"SELECT count(*) FROM `{pair.target_database}`.orders PARTITION (`{name}`)")[0][0]) for name in names}
    return {name: rows for name, rows in found.items() if rows}


def expected_months(tables=1):
    found = {}
    for number in range(DAYS):
        name = f"orders_p{START + number * DAY:%Y%m}"
        found[name] = found.get(name, 0) + EACH * tables
    return found


def leftovers(pair):
    question = {"postgres": "SELECT relname FROM pg_class WHERE relname LIKE 'syncline\\_%' AND relnamespace = 'public'::regnamespace",
                "mysql": f"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '{pair.target_database}' AND TABLE_NAME LIKE 'syncline\\_%'"}
    return list(pair.on_target(question[pair.target]))


def whole(pair):
    pair.same("orders", COLUMNS)
    expect(months(pair) == expected_months(), f"{months(pair)}")
    expect(leftovers(pair) == [], f"{leftovers(pair)}")


@both
def split_rows_find_their_partitions(pair):
    filled(pair)
    split = "SPLIT BY id INTO 6 CHUNKS\nLIMITS (batch_size = 1 MB)"
    for write in ("RECREATE", "RECREATE", "TRUNCATE", "UPSERT"):
        done = pair.run(MONTHLY + f"LOAD FULL WRITE {write}\n" + split)
        whole(pair)
        expect("read in 6 ranges of `id`" in done.stdout + done.stderr and f"{DAYS * EACH:,}" in done.stdout, done.stdout)


@both
def split_rows_replace_their_partition_only(pair):
    filled(pair)
    clauses = "PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d'))\nLOAD FULL WRITE OVERWRITE PARTITION\nSPLIT BY id INTO 5 CHUNKS\nLIMITS (batch_size = 1 MB)"
    for day in ("2026-03-01", "2026-03-02", "2026-03-02"):
        pair.run(clauses, "--at", f"{day} 12:00:00")
    found = sorted((row[0][2:], int(row[1])) for row in
                   ((ds, len([1 for one in pair.rows("orders", ["ds"]) if one[0] == ds])) for ds in {one[0] for one in pair.rows("orders", ["ds"])}))
    expect(found == [("20260228", DAYS * EACH), ("20260301", DAYS * EACH)], f"{found}")
    expect(leftovers(pair) == [], f"{leftovers(pair)}")


@both
def a_split_backfill_in_parallel_killed_twice_ends_as_one_clean_run(pair):
    filled(pair)
    clauses = MONTHLY + f"LOAD INCREMENTAL {WINDOW} WRITE UPSERT SCHEDULE nightly\nSPLIT BY id INTO 3 CHUNKS\nLIMITS (batch_size = 64 KB)"
    script = pair.lab.script(pair.head + NIGHTLY + pair.sync(clauses))
    words = ["--from", "2026-02-20", "--to", "2026-03-22", "--parallel", "3"]
    for _ in range(2):
        running = pair.lab.start("backfill", script, *words)
        for number, line in enumerate(running.stdout):
            if line.startswith("done ") and number > 8:
                break
        time.sleep(random.uniform(0, 0.3))
        running.send_signal(signal.SIGKILL)
        running.communicate()
    pair.lab.syncline("backfill", script, *words)
    whole(pair)
    expect("nothing to do" in pair.lab.syncline("backfill", script, *words).stdout, "a window was due again")


def shards(pair, clauses, *arguments, more=""):
    place = {"mysql": f"DATABASE = '{pair.target_database}', ", "postgres": "SCHEMA = 'public', "}[pair.target]
    tables = {"mysql": f"{pair.source_database}.", "postgres": "public."}[pair.source] + "~'orders_(?P<shard>[0-9]+)'"
    script = pair.lab.script(pair.head + more + f"SYNC job FROM a TABLES ({tables}) INTO b NAMING ({place}TABLE = 'orders')\n"
                             f"COLUMNS (ADD shard STRING = match.shard)\nMERGE SHARDS UNION COLUMNS\n{clauses};\n")
    return pair.lab.syncline("run" if "--from" not in arguments else "backfill", script, *arguments)


def all_shards(pair, numbers):
    wanted = sorted((f"s:{number}", *row) for number in numbers for row in pair.rows(f"orders_{number}", COLUMNS, "source"))
    found = sorted(pair.rows("orders", ["shard", *COLUMNS]))
    expect(wanted == found, f"{len(wanted)} rows in the shards, {len(found)} in the target")
    expect(months(pair) == expected_months(len(numbers)), f"{months(pair)}")
    expect(leftovers(pair) == [], f"{leftovers(pair)}")


@both
def shards_are_split_into_the_partitions_of_one_table(pair):
    """Two shards hold the same ids; hooks run once for the group."""
    filled(pair, "orders_1")
    filled(pair, "orders_2", first=5, step=3)
    pair.on_target("CREATE TABLE log (what VARCHAR(40), n BIGINT)")
    hook = "AFTER TABLE ON TARGET $$ INSERT INTO log (what, n) SELECT 'rows', count(*) FROM {target.table} $$\n"
    for times in (1, 2):
        shards(pair, MONTHLY + "LOAD FULL WRITE RECREATE\n" + hook + "SPLIT BY id INTO 4 CHUNKS\nLIMITS (batch_size = 1 MB)")
        all_shards(pair, ["1", "2"])
        logged = [(what, int(n)) for what, n in pair.on_target("SELECT what, n FROM log")]
        expect(logged == [("rows", 2 * DAYS * EACH)] * times, f"{logged}")


@both
def windows_of_shards_go_into_partitions_side_by_side(pair):
    filled(pair, "orders_1")
    filled(pair, "orders_2", first=5, step=3)
    clauses = MONTHLY + f"LOAD INCREMENTAL {WINDOW} WRITE UPSERT SCHEDULE nightly"
    for _ in range(2):
        shards(pair, clauses, "--from", "2026-02-20", "--to", "2026-03-22", "--parallel", "2", "--redo", more=NIGHTLY)
        all_shards(pair, ["1", "2"])


@both
def the_partition_column_is_not_changed_under_its_partitions(pair):
    """What EVOLVE would widen elsewhere is refused by name where a partition's bounds hang on it, and the table stays as it was."""
    filled(pair)
    by_region = "PARTITION BY LIST (region)\nLOAD FULL WRITE UPSERT\nON COLUMN CHANGE (RETYPED EVOLVE)"
    pair.run(by_region)
    pair.on_source("ALTER TABLE orders MODIFY region VARCHAR(900)" if pair.source == "mysql" else "ALTER TABLE orders ALTER region TYPE varchar(900)")
    said = pair.run(by_region, code=5)
    expect("SY5035" in said.stderr and "the table is partitioned by it" in said.stderr, said.stderr)
    pair.same("orders", COLUMNS)


main([split_rows_find_their_partitions, split_rows_replace_their_partition_only, a_split_backfill_in_parallel_killed_twice_ends_as_one_clean_run,
      shards_are_split_into_the_partitions_of_one_table, windows_of_shards_go_into_partitions_side_by_side,
      the_partition_column_is_not_changed_under_its_partitions], "together")
