#!/usr/bin/env python3
"""Clauses that meet in one statement: SPLIT, PARTITION BY, MERGE SHARDS, hooks and a parallel backfill. Each is tested alone elsewhere; here
the content must be that of the source whatever they do to each other."""
import datetime
import random
import signal
import time

from lab import ROOT, expect, main
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


SAMPLE = ROOT / "samples/language/3_t_plus_1.sync"


@lambda body: judged(body, [("mysql", "postgres"), ("mysql", "mysql"), ("mysql", "sqlite")])
def sample_3_runs_whole(pair):
    """The T+1 job of the documentation, between engines that are here: connections, type mapping and properties of MaxCompute are left out."""
    shop = pair.source_database
    now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).replace(tzinfo=None)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    changed = [today - DAY * days + datetime.timedelta(hours=hour) for days in range(1, 4) for hour in (0, 7, 23)]
    for table, rows in (("orders", 9000), ("dev_items", 40)):
        values = ", ".join(f"({number}, '{changed[number % 9]}')" for number in range(rows))
        pair.on_source(f"CREATE TABLE {table} (id INT NOT NULL PRIMARY KEY, gmt_modified DATETIME NOT NULL)", f"INSERT INTO {table} VALUES {values}")
    pair.on_source("CREATE TABLE audit_log (id INT NOT NULL PRIMARY KEY, gmt_modified DATETIME, created DATETIME NOT NULL)",
                   "INSERT INTO audit_log VALUES " + ", ".join(f"({number}, NULL, '{at}')" for number, at in enumerate(changed)),
                   "CREATE TABLE tmp_x (id INT PRIMARY KEY)", "ANALYZE TABLE orders")
    head = pair.head.replace("CONNECTION a TYPE mysql (", "CONNECTION shop TYPE mysql (timezone = 'Asia/Shanghai', ").replace("CONNECTION b ", "CONNECTION odps ")
    text = SAMPLE.read_text()
    for written, here in (("INCLUDE 'common/connections.sync';\nINCLUDE 'common/alerts.sync';\n", head),
                          ("TYPE MAPPING mysql_to_odps\n", ""), ("CREATE WITH (TABLE TYPE delta_pk, PROPERTIES (lifecycle = 365))\n", ""),
                          ("LIMITS (resource_group = etl)\n", ""), ("\nNOTIFY oncall", ""), ("~'(dev_)?shop'", shop), ("TABLE shop.", f"TABLE {shop}."),
                          ("source.database || '_' ||", "'shop_' ||"), ("NAMING (", pair.naming.replace(")\n", ", ") or "NAMING (")):
        expect(written in text, f"the sample has no {written!r}")
        text = text.replace(written, here)
    script = pair.lab.script("SET timezone = 'Asia/Shanghai';\n" + text)
    shown = pair.lab.syncline("plan", script, "--columns").stdout
    expect(pair.target == "sqlite" or "read in 8 ranges of id" in shown, shown)
    pair.lab.syncline("run", script)
    at = now if now.hour > 0 or now.minute >= 30 else now - DAY
    newest = f"{at - DAY:%Y%m%d}"

    def held(table):
        found = {}
        for ds, one in pair.rows(table, ["ds", "id"]):
            found.setdefault(ds[2:], []).append(int(one[2:]))
        return {ds: sorted(ids) for ds, ids in found.items()}

    for table, rows in (("shop_orders", 9000), ("shop_prd_items", 40), ("shop_audit_log", 9)):
        expect(held(table) == {newest: list(range(rows))}, f"{table}: {newest} and {[(ds, len(ids)) for ds, ids in held(table).items()]}")
    days = [today - DAY * days for days in (3, 2)]
    for _ in range(2):
        pair.lab.syncline("backfill", script, "--from", f"{days[0]:%Y-%m-%d}", "--to", f"{days[1]:%Y-%m-%d}", "--redo")
        for table, rows in (("shop_orders", 9000), ("shop_prd_items", 40), ("shop_audit_log", 9)):
            wanted = {f"{day:%Y%m%d}": [number for number in range(rows) if changed[number % 9].date() == day.date()] for day in days}
            expect(held(table) == {newest: list(range(rows)), **wanted}, f"{table}: {[(ds, len(ids)) for ds, ids in held(table).items()]}")
    expect(set(pair.rows("shop_orders", ["src_conn", "src_db"])) == {("s:shop", f"s:{shop}")}, "names of the source")


main([split_rows_find_their_partitions, split_rows_replace_their_partition_only, a_split_backfill_in_parallel_killed_twice_ends_as_one_clean_run,
      shards_are_split_into_the_partitions_of_one_table, windows_of_shards_go_into_partitions_side_by_side,
      the_partition_column_is_not_changed_under_its_partitions, sample_3_runs_whole], "together")
