#!/usr/bin/env python3
"""What users of other batch synchronization products know from their manuals: each case is named after the behaviour that it shows. Into each target
engine."""
from datetime import datetime, timedelta, timezone

from lab import expect, main
from pairs import cases_of, every_target, judged

DAY = timedelta(days=1)
TIMED = {"mysql": "DATETIME(6)", "postgres": "timestamp(6)", "sqlite": "DATETIME_TEXT(6)"}


def midnight(days_ago=0):
    return datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) - days_ago * DAY


def literal(moment):
    return f"'{moment:%Y-%m-%d %H:%M:%S.%f}'"


def sales(pair, *rows):
    """sales of (id, year, month, amount, at)."""
    pair.on_source(f"CREATE TABLE sales (id INT NOT NULL PRIMARY KEY, year INT, month INT, amount INT, at {TIMED[pair.source]})")
    put(pair, *rows)


def put(pair, *rows):
    for number, year, month, amount, at in rows:
        pair.on_source(f"DELETE FROM sales WHERE id = {number}", f"INSERT INTO sales VALUES ({number}, {year}, {month}, {amount}, {literal(at)})")


def cells(pair, *columns):
    return sorted(tuple(cell if cell == "NULL" else cell[2:] for cell in row) for row in pair.rows("sales", list(columns)))


def columns(pair):
    database = {"mysql": f"table_schema = '{pair.target_database}'", "postgres": "table_schema = 'public'"}.get(pair.target)
    return [row[0] for row in pair.on_target("SELECT name FROM pragma_table_info('sales')" if database is None else
                                             f"SELECT column_name FROM information_schema.columns WHERE {database} AND table_name = 'sales'")]


def ids(pair):
    return sorted(int(row[0]) for row in cells(pair, "id"))


# --- extraction methods and the incremental key

@every_target
def full_extraction_retrieves_all_data_each_time(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    pair.run("LOAD FULL WRITE RECREATE")
    put(pair, (1, 2026, 1, 6, midnight(3)), (2, 2025, 1, 7, midnight(9)))
    pair.run("LOAD FULL WRITE RECREATE")
    expect(cells(pair, "id", "amount") == [("1", "6"), ("2", "7")], f"{cells(pair, 'id', 'amount')}")


@every_target
def only_values_above_the_greatest_imported_one_are_extracted(pair):
    sales(pair, (5, 2026, 1, 1, midnight(3)))
    pair.run("LOAD INCREMENTAL KEY (id) WRITE APPEND")
    put(pair, (4, 2026, 1, 1, midnight(3)), (6, 2026, 1, 1, midnight(3)))
    pair.run("LOAD INCREMENTAL KEY (id) WRITE APPEND")
    expect(ids(pair) == [5, 6], f"{ids(pair)}")


@every_target
def several_key_fields_are_one_combination_in_their_order(pair):
    """(2026, 1) lies behind (2025, 12), though 1 is less than 12."""
    sales(pair, (1, 2025, 11, 1, midnight(3)), (2, 2025, 12, 1, midnight(3)))
    clauses = "LOAD INCREMENTAL KEY (year, month) WRITE UPSERT"
    pair.run(clauses)
    put(pair, (3, 2026, 1, 1, midnight(3)), (4, 2025, 10, 1, midnight(3)))
    pair.run(clauses)
    expect(ids(pair) == [1, 2, 3], f"{ids(pair)}")
    put(pair, (5, 2026, 2, 1, midnight(3)), (6, 2025, 12, 1, midnight(3)))
    pair.run(clauses)
    expect(ids(pair) == [1, 2, 3, 5], f"{ids(pair)}")


@every_target
def the_greatest_value_is_obtained_from_the_target(pair):
    """Rows that somebody takes out of the target are extracted again; nothing else remembers them."""
    sales(pair, (1, 2026, 1, 1, midnight(3)), (2, 2026, 1, 1, midnight(3)))
    pair.run("LOAD INCREMENTAL KEY (id) WRITE APPEND")
    pair.on_target("DELETE FROM sales WHERE id = 2")
    pair.run("LOAD INCREMENTAL KEY (id) WRITE APPEND")
    expect(ids(pair) == [1, 2], f"{ids(pair)}")


@every_target
def the_first_execution_is_a_full_extraction(pair):
    sales(pair, (1, 1999, 1, 1, midnight(3)), (2, 2026, 1, 1, midnight(3)))
    pair.run("LOAD INCREMENTAL KEY (year) WRITE UPSERT")
    expect(ids(pair) == [1, 2], f"{ids(pair)}")


@every_target
def key_fields_serve_deduplication_during_incremental_updates(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    clauses = "KEY (id) LOAD INCREMENTAL KEY (month) WRITE UPSERT"
    pair.run(clauses)
    put(pair, (1, 2026, 2, 9, midnight(3)))
    pair.run(clauses)
    expect(cells(pair, "id", "month", "amount") == [("1", "2", "9")], f"{cells(pair, 'id', 'month', 'amount')}")


@every_target
def duplicates_in_the_first_execution_leave_the_newest_row(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)), (2, 2026, 2, 6, midnight(2)), (3, 2025, 1, 7, midnight(9)))
    clauses = "KEY (year) LOAD INCREMENTAL KEY (at) WRITE UPSERT"
    pair.run(clauses)
    expect(cells(pair, "id", "year") == [("2", "2026"), ("3", "2025")], f"{cells(pair, 'id', 'year')}")
    put(pair, (4, 2026, 3, 8, midnight(1)), (5, 2024, 3, 8, midnight(1)))
    pair.run(clauses)
    expect(cells(pair, "id", "year") == [("3", "2025"), ("4", "2026"), ("5", "2024")], f"{cells(pair, 'id', 'year')}")


@every_target
def key_fields_are_the_primary_key_of_a_table_that_is_created(pair):
    pair.on_source("CREATE TABLE sales (id INT NOT NULL PRIMARY KEY, shop INT NOT NULL, number INT NOT NULL)",
                   "INSERT INTO sales VALUES (1, 7, 1), (2, 7, 2)")
    pair.run("KEY (shop, number) LOAD FULL WRITE RECREATE")
    primary = {"mysql": f"SELECT COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = '{pair.target_database}'"
                        " AND CONSTRAINT_NAME = 'PRIMARY' ORDER BY ORDINAL_POSITION",
               "postgres": "SELECT column_name FROM information_schema.key_column_usage WHERE constraint_name = 'sales_pkey' ORDER BY ordinal_position",
               "sqlite": "SELECT name FROM pragma_table_info('sales') WHERE pk > 0 ORDER BY pk"}[pair.target]
    found = [row[0] for row in pair.on_target(primary)]
    expect(found == ["shop", "number"], f"{found}")
# --- many into one

MERGED = "COLUMNS (ADD origin STRING = source.table) MERGE SHARDS UNION COLUMNS "


def merged(pair, clauses):
    place = {"mysql": f"DATABASE = '{pair.target_database}', ", "postgres": "SCHEMA = 'public', ", "sqlite": ""}[pair.target]
    tables = {"mysql": f"{pair.source_database}.~'sales_.*'", "postgres": "public.~'sales_.*'", "sqlite": "~'sales_.*'"}[pair.source]
    pair.lab.syncline("run", pair.lab.script(pair.head + f"SYNC job FROM a TABLES ({tables}) INTO b NAMING ({place}TABLE = 'sales')\n{MERGED}{clauses};\n"))


def sales_of(pair, region, *rows):
    pair.on_source(f"CREATE TABLE IF NOT EXISTS sales_{region} (id INT NOT NULL PRIMARY KEY, amount INT)", f"DELETE FROM sales_{region}",
                   *(f"INSERT INTO sales_{region} VALUES ({one}, {amount})" for one, amount in rows))


@every_target
def data_from_multiple_tables_is_written_to_a_single_table(pair):
    """By the mapping rule of the target's name; rows of equal ids stay apart."""
    sales_of(pair, "north", (1, 5), (2, 6))
    sales_of(pair, "south", (1, 7))
    merged(pair, "LOAD FULL WRITE RECREATE")
    expect(cells(pair, "origin", "id", "amount") == [("sales_north", "1", "5"), ("sales_north", "2", "6"), ("sales_south", "1", "7")], f"{cells(pair, 'origin', 'id')}")


@every_target
def clearing_a_table_of_several_sources_clears_it_once(pair):
    sales_of(pair, "north", (1, 5), (2, 6))
    sales_of(pair, "south", (1, 7))
    for _ in range(2):
        merged(pair, "LOAD FULL WRITE TRUNCATE")
        sales_of(pair, "north", (3, 8))
    expect(cells(pair, "origin", "id", "amount") == [("sales_north", "3", "8"), ("sales_south", "1", "7")], f"{cells(pair, 'origin', 'id')}")


@every_target
def the_greatest_value_is_that_of_each_source_of_a_single_table(pair):
    sales_of(pair, "north", (100, 5))
    sales_of(pair, "south", (1, 7))
    merged(pair, "LOAD INCREMENTAL KEY (id) WRITE APPEND")
    sales_of(pair, "south", (1, 7), (2, 8))
    merged(pair, "LOAD INCREMENTAL KEY (id) WRITE APPEND")
    expect(cells(pair, "origin", "id", "amount") == [("sales_north", "100", "5"), ("sales_south", "1", "7"), ("sales_south", "2", "8")], f"{cells(pair, 'origin', 'id')}")


# --- field changes

@every_target
def clearing_keeps_the_table_and_adds_new_fields(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    pair.run("LOAD FULL WRITE RECREATE")
    pair.on_target("ALTER TABLE sales ADD COLUMN ours INT DEFAULT 7")
    pair.on_source("ALTER TABLE sales ADD COLUMN extra INT", "UPDATE sales SET extra = 3")
    pair.run("LOAD FULL WRITE TRUNCATE", "--adopt")
    expect(cells(pair, "id", "extra", "ours") == [("1", "3", "7")], f"{cells(pair, 'id', 'extra', 'ours')}")


@every_target
def new_fields_reach_the_target_and_stay_null_in_old_rows(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    clauses = "LOAD INCREMENTAL KEY (id) WRITE UPSERT"
    pair.run(clauses)
    pair.on_source("ALTER TABLE sales ADD COLUMN extra INT", f"INSERT INTO sales VALUES (2, 2026, 1, 6, {literal(midnight(3))}, 8)")
    pair.run(clauses)
    expect(cells(pair, "id", "extra") == [("1", "NULL"), ("2", "8")], f"{cells(pair, 'id', 'extra')}")


KEYED = "LOAD INCREMENTAL KEY (id) WRITE UPSERT"


@every_target
def clearing_gives_fields_that_are_gone_the_default_of_their_creation(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    pair.run("LOAD FULL WRITE TRUNCATE")
    pair.on_source("ALTER TABLE sales DROP COLUMN amount")
    pair.run("LOAD FULL WRITE TRUNCATE")
    expect(cells(pair, "id", "amount") == [("1", "NULL")], f"{cells(pair, 'id', 'amount')}")


@every_target
def creating_a_new_table_follows_the_fields_of_the_source(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    pair.run("LOAD FULL WRITE RECREATE")
    pair.on_source("ALTER TABLE sales DROP COLUMN amount", "ALTER TABLE sales ADD COLUMN extra INT", "UPDATE sales SET extra = 3")
    pair.run("LOAD FULL WRITE RECREATE")
    expect(cells(pair, "id", "extra") == [("1", "3")] and lacks(pair, "amount"), f"{cells(pair, 'id', 'extra')}")


def lacks(pair, column):
    """Asked of the target itself: it refuses to name the column."""
    quote = "`" if pair.target == "mysql" else '"'
    try:
        pair.on_target(f"SELECT x.{quote}{column}{quote} FROM sales x")
    except Exception as error:
        return column in str(error)
    return False


@every_target
def a_field_change_may_trigger_full_extraction(pair):
    """The table is extracted in full, and the original one is gone with what it held."""
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    clauses = KEYED + " ON COLUMN CHANGE RELOAD"
    pair.run(clauses)
    pair.on_source("UPDATE sales SET amount = 6")
    pair.run(clauses)
    expect(cells(pair, "id", "amount") == [("1", "5")], "without a change the extraction is incremental")
    pair.on_source("ALTER TABLE sales ADD COLUMN extra INT", "UPDATE sales SET extra = 3", "ALTER TABLE sales DROP COLUMN month")
    pair.run(clauses)
    expect(cells(pair, "id", "amount", "extra") == [("1", "6", "3")] and lacks(pair, "month"), f"{cells(pair, 'id', 'amount', 'extra')}")


@every_target
def ignoring_field_changes_adds_new_fields_and_extracts_as_before(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    clauses = KEYED + " ON COLUMN CHANGE EVOLVE"
    pair.run(clauses)
    pair.on_source("ALTER TABLE sales ADD COLUMN extra INT", "UPDATE sales SET extra = 3", f"INSERT INTO sales VALUES (2, 2026, 1, 6, {literal(midnight(3))}, 8)")
    pair.run(clauses)
    expect(cells(pair, "id", "extra") == [("1", "NULL"), ("2", "8")], f"{cells(pair, 'id', 'extra')}")


@every_target
def ignoring_field_changes_leaves_old_data_and_gives_new_records_the_default(pair):
    """No update of an old record touches it either."""
    sales(pair, (1, 2026, 1, 5, midnight(3)), (2, 2026, 1, 5, midnight(3)))
    clauses = "LOAD INCREMENTAL KEY (month) WRITE UPSERT ON COLUMN CHANGE EVOLVE"
    pair.run(clauses)
    pair.on_source("ALTER TABLE sales DROP COLUMN amount", "UPDATE sales SET month = 2, year = 2027 WHERE id = 1",
                   f"INSERT INTO sales VALUES (3, 2026, 2, {literal(midnight(3))})")
    pair.run(clauses)
    expect(cells(pair, "id", "year", "amount") == [("1", "2027", "5"), ("2", "2026", "5"), ("3", "2026", "NULL")], f"{cells(pair, 'id', 'year', 'amount')}")


@every_target
def a_table_s_own_policy_for_field_changes_counts_for_it_alone(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    pair.on_source("CREATE TABLE other (id INT NOT NULL PRIMARY KEY, v INT)", "INSERT INTO other VALUES (1, 1)")
    script = pair.lab.script(pair.head + pair.sync(KEYED + " ON COLUMN CHANGE RELOAD")
                             + f"OVERRIDE job FOR TABLE {pair.pattern('sales')} ON COLUMN CHANGE (ADDED EVOLVE);\n")
    pair.lab.syncline("run", script)
    pair.on_source("ALTER TABLE sales ADD COLUMN extra INT", "UPDATE sales SET extra = 3", "ALTER TABLE other ADD COLUMN extra INT", "UPDATE other SET extra = 3")
    pair.lab.syncline("run", script)
    expect(cells(pair, "extra") == [("NULL",)], f"{cells(pair, 'extra')}")
    expect(pair.rows("other", ["extra"]) == [("n:3",)], f"{pair.rows('other', ['extra'])}")


# --- tables that are added to the source

def copied(pair, *tables):
    """Which of them the target has."""
    there = []
    for table in tables:
        try:
            pair.rows(table, ["id"])
            there.append(table)
        except Exception as error:
            expect(table in str(error), str(error))
    return there


@every_target
def newly_added_tables_are_synchronized_unless_ignored(pair):
    pair.on_source("CREATE TABLE one (id INT NOT NULL PRIMARY KEY)")
    pair.run("LOAD FULL WRITE RECREATE")
    pair.on_source("CREATE TABLE two (id INT NOT NULL PRIMARY KEY)")
    pair.run("LOAD FULL WRITE RECREATE ON NEW TABLE IGNORE")
    expect(copied(pair, "one", "two") == ["one"], "an ignored table was copied")
    pair.run("LOAD FULL WRITE RECREATE")
    expect(copied(pair, "one", "two") == ["one", "two"], "a new table was not copied")


def a_schema_s_setting_for_new_tables_takes_precedence_over_the_global_one(pair):
    level = "DATABASE" if pair.source == "mysql" else "SCHEMA"
    if pair.source == "mysql":
        first, second = pair.source_database, pair.lab.new_mysql("_u")
    else:
        first, second = "public", "second"
        pair.on_source("CREATE SCHEMA second")
    into = {"mysql": f"NAMING (DATABASE = '{pair.target_database}') ", "postgres": "NAMING (SCHEMA = 'public') ", "sqlite": ""}[pair.target]

    def run(setting, of_second):
        pair.lab.syncline("run", pair.lab.script(
            pair.head + f"SYNC job FROM a TABLES ({first}.*, {second}.*) INTO b {into}LOAD FULL WRITE RECREATE ON NEW TABLE {setting};\n"
            f"OVERRIDE job FOR {level} {second} ON NEW TABLE {of_second};\n"))
    for schema, table in ((first, "a"), (second, "b")):
        pair.on_source(f"CREATE TABLE {schema}.{table}_old (id INT NOT NULL PRIMARY KEY)")
    run("SYNC", "IGNORE")
    for schema, table in ((first, "a"), (second, "b")):
        pair.on_source(f"CREATE TABLE {schema}.{table}_new (id INT NOT NULL PRIMARY KEY)")
    every = ("a_old", "b_old", "a_new", "b_new")
    run("SYNC", "IGNORE")
    expect(copied(pair, *every) == ["a_old", "b_old", "a_new"], f"{copied(pair, *every)}")
    pair.on_source(f"CREATE TABLE {first}.a_newer (id INT NOT NULL PRIMARY KEY)")
    run("IGNORE", "SYNC")
    expect(copied(pair, *every, "a_newer") == ["a_old", "b_old", "a_new", "b_new"], f"{copied(pair, *every, 'a_newer')}")


# SQLite has no schemas to be a source here.
a_schema_s_setting_for_new_tables_takes_precedence_over_the_global_one = judged(
    a_schema_s_setting_for_new_tables_takes_precedence_over_the_global_one, [("postgres", "mysql"), ("mysql", "postgres"), ("mysql", "sqlite")])


# --- columns that are added to every table

@every_target
def an_extra_column_records_when_each_row_was_synchronized(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    pair.run("COLUMNS (ADD hs_sync_time TIMESTAMP = :started_at) LOAD FULL WRITE RECREATE")
    (stamp,), = cells(pair, "hs_sync_time")
    expect(stamp[:10] == f"{datetime.now(timezone.utc):%Y-%m-%d}", stamp)


@every_target
def constants_variables_and_scheduling_parameters_are_assigned(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    pair.run("COLUMNS (ADD origin STRING = source.table, ADD kind STRING = 'abc', ADD day STRING = format(:bizdate, '%Y%m%d')) LOAD FULL WRITE RECREATE",
             "--at", "2026-03-01 05:00")
    expect(cells(pair, "origin", "kind", "day") == [("sales", "abc", "20260228")], f"{cells(pair, 'origin', 'kind', 'day')}")


@every_target
def fields_are_computed_from_other_fields_of_the_row(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)), (2, 2026, 1, 5, midnight(2)))
    pair.run("COLUMNS (SET amount = amount * 2 + year, SET at = at + INTERVAL 90 MINUTE, ADD label STRING = 'n' || to_string(month)) LOAD FULL WRITE RECREATE")
    found = cells(pair, "id", "amount", "at", "label")
    wanted = [(str(number), "2036", f"{midnight(4 - number):%Y-%m-%d} 01:30:00", "n1") for number in (1, 2)]
    expect([(a, b, c[:19], d) for a, b, c, d in found] == wanted, f"{found}")


# --- page size

@every_target
def a_page_size_bounds_each_read_of_the_source(pair):
    sales(pair)
    for number in range(1, 8):
        put(pair, (number, 2026, 1, number, midnight(3)))
    pair.run("LIMITS (page_size = 3) LOAD FULL WRITE RECREATE")
    expect(ids(pair) == list(range(1, 8)), f"{ids(pair)}")
    put(pair, *((number, 2026, 1, number, midnight(3)) for number in range(8, 20)))
    pair.run("LIMITS (page_size = 3) LOAD INCREMENTAL KEY (id) WRITE UPSERT")
    expect(ids(pair) == list(range(1, 20)), f"{ids(pair)}")


@every_target
def data_beyond_the_page_size_is_extracted_in_batches_of_each_shard(pair):
    many_sales(pair)
    pair.run("LIMITS (page_size = 50) SPLIT BY id INTO 4 CHUNKS LOAD FULL WRITE RECREATE")
    pair.same("sales", SALES)


# --- the source sharding column

SALES = ["id", "year", "month", "amount"]


def many_sales(pair, rows=900):
    sales(pair)
    pair.on_source("INSERT INTO sales VALUES " + ", ".join(
        f"({number}, {2000 + number % 26}, {number % 12 + 1}, {number}, {literal(midnight(number % 90))})" for number in range(rows)))


@every_target
def a_field_of_the_source_shards_the_table_to_be_read_in_parallel_and_in_batches(pair):
    many_sales(pair)
    done = pair.run("SPLIT BY id INTO 6 CHUNKS LOAD FULL WRITE RECREATE")
    pair.same("sales", SALES)
    expect("read in 6 ranges of `id` by 6 sessions" in done.stdout + done.stderr, done.stdout + done.stderr)


@every_target
def sharding_can_be_disabled(pair):
    many_sales(pair)
    done = pair.run("SPLIT OFF LIMITS (readers_per_table = 4) LOAD FULL WRITE RECREATE")
    pair.same("sales", SALES)
    expect("ranges" not in done.stdout + done.stderr, done.stdout + done.stderr)


@every_target
def dates_and_combinations_of_fields_shard_a_table_too(pair):
    """Elsewhere only numbers of a MySQL table do."""
    many_sales(pair)
    pair.on_source("CREATE INDEX sales_at ON sales (at)", "CREATE INDEX sales_month ON sales (year, month)")
    for fields, shown in (("at", "`at`"), ("(year, month)", "`year`, `month`")):
        done = pair.run(f"SPLIT BY {fields} INTO 5 CHUNKS LOAD FULL WRITE RECREATE")
        pair.same("sales", SALES)
        expect(f"read in 5 ranges of {shown} by 5 sessions" in done.stdout + done.stderr, done.stdout + done.stderr)


# --- full and incremental control, conditions, partitions

BY_DAY = "PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d')) "
WINDOW = "WHERE at >= :window_start AND at < :window_end"


@every_target
def recurring_full_synchronization_fills_a_partition_each_time(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    for day in ("2026-03-01", "2026-03-02"):
        pair.run(BY_DAY + "LOAD FULL WRITE OVERWRITE PARTITION", "--at", day)
    expect(cells(pair, "id", "ds") == [("1", "20260228"), ("1", "20260301")], f"{cells(pair, 'id', 'ds')}")


@every_target
def one_time_incremental_synchronization_repairs_one_batch(pair):
    sales(pair, (1, 2026, 1, 5, midnight(2)), (2, 2026, 1, 5, midnight(1)))
    clauses = BY_DAY + f"LOAD INCREMENTAL {WINDOW} WRITE OVERWRITE PARTITION"
    for days in (2, 1):
        pair.run(clauses, "--window", f"{midnight(days).date()}..{midnight(days - 1).date()}")
    put(pair, (1, 2026, 1, 6, midnight(2)))
    pair.run(clauses, "--window", f"{midnight(2).date()}..{midnight(1).date()}")
    expect(cells(pair, "id", "amount", "ds") == [("1", "6", f"{midnight(2):%Y%m%d}"), ("2", "5", f"{midnight(1):%Y%m%d}")], f"{cells(pair, 'id', 'amount', 'ds')}")


@every_target
def the_first_run_copies_history_and_later_runs_what_the_condition_says(pair):
    sales(pair, (1, 2026, 1, 5, midnight(40)), (2, 2026, 1, 5, midnight(1)))
    clauses = (BY_DAY + "LOAD FULL UP TO FIRST WINDOW INTO PARTITION (ds = 'history') WRITE OVERWRITE PARTITION "
               f"THEN INCREMENTAL {WINDOW} WRITE OVERWRITE PARTITION")
    pair.run(clauses)
    expect(cells(pair, "id", "ds") == [("1", "history"), ("2", f"{midnight(1):%Y%m%d}")], f"{cells(pair, 'id', 'ds')}")
    put(pair, (1, 2026, 1, 9, midnight(40)))
    pair.run(clauses)
    expect(("1", "5", "history") in cells(pair, "id", "amount", "ds"), "history was read again")


@every_target
def the_condition_filters_the_source_like_a_where_clause(pair):
    """With STR_TO_DATE and DATE_ADD written portably: the day before, by the column's own clock."""
    sales(pair, (1, 2026, 1, 5, midnight(1)), (2, 2026, 1, 5, midnight()), (3, 2026, 1, 50, midnight(1)))
    pair.run("LOAD INCREMENTAL WHERE at >= :bizdate AND at < :bizdate + INTERVAL 1 DAY AND amount < 10 WRITE UPSERT")
    expect(ids(pair) == [1], f"{ids(pair)}")


@every_target
def each_daily_instance_writes_the_partition_with_its_own_date(pair):
    sales(pair, *((days, 2026, 1, days, midnight(days)) for days in range(1, 5)))
    clauses = BY_DAY + f"LOAD INCREMENTAL {WINDOW} WRITE OVERWRITE PARTITION"
    script = pair.lab.script(pair.head + pair.sync(clauses))
    pair.lab.syncline("backfill", script, "--from", midnight(4).date(), "--to", midnight(1).date())
    expect(cells(pair, "id", "ds") == sorted((str(days), f"{midnight(days):%Y%m%d}") for days in range(1, 5)), f"{cells(pair, 'id', 'ds')}")


@every_target
def the_condition_may_be_written_as_the_source_writes_it(pair):
    sales(pair, (1, 2026, 1, 5, midnight(1)), (2, 2026, 1, 5, midnight()), (3, 2026, 1, 5, midnight(2)))
    native = {"mysql": "at >= STR_TO_DATE(:day, '%Y%m%d') AND at < DATE_ADD(STR_TO_DATE(:day, '%Y%m%d'), INTERVAL 1 DAY)",
              "postgres": "at >= to_date(:day, 'YYYYMMDD') AND at < to_date(:day, 'YYYYMMDD') + interval '1 day'",
              "sqlite": "strftime('%Y%m%d', at) = :day"}[pair.source]
    script = pair.lab.script("PARAM day STRING DEFAULT format(:bizdate, '%Y%m%d');\n" + pair.head + pair.sync(
        f"LOAD INCREMENTAL WHERE NATIVE {pair.source} $$ {native} $$ COVERS at FROM :window_start TO :window_end WRITE UPSERT"))
    pair.lab.syncline("run", script)
    expect(ids(pair) == [1], f"{ids(pair)}")


@every_target
def one_time_full_synchronization_fills_the_table_or_a_specified_partition(pair):
    sales(pair, (1, 2026, 1, 5, midnight(40)), (2, 2026, 1, 5, midnight()))
    pair.run("PARTITION BY (ds STRING = 'initial') LOAD FULL WRITE OVERWRITE PARTITION")
    put(pair, (3, 2026, 1, 5, midnight()))
    pair.run("PARTITION BY (ds STRING = 'repeated') LOAD FULL WRITE OVERWRITE PARTITION")
    expect(cells(pair, "id", "ds") == [("1", "initial"), ("1", "repeated"), ("2", "initial"), ("2", "repeated"), ("3", "repeated")], f"{cells(pair, 'id', 'ds')}")


@every_target
def deleting_the_original_table_creates_a_new_one(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    pair.run("LOAD FULL WRITE RECREATE")
    pair.on_target("ALTER TABLE sales ADD COLUMN ours INT DEFAULT 7")
    pair.on_source("ALTER TABLE sales ADD COLUMN extra INT")
    pair.run("LOAD FULL WRITE RECREATE", "--adopt")
    expect(cells(pair, "id", "extra") == [("1", "NULL")], f"{cells(pair, 'id', 'extra')}")
    expect("ours" not in columns(pair), f"{columns(pair)}")


@every_target
def fields_are_added_and_assigned_in_one_table_or_in_all_at_once(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    pair.on_source("CREATE TABLE shops (id INT NOT NULL PRIMARY KEY)", "INSERT INTO shops VALUES (7)")
    script = pair.lab.script(pair.head + pair.sync("COLUMNS (ADD origin STRING = source.table) LOAD FULL WRITE RECREATE")
                             + f"OVERRIDE job FOR TABLE {pair.pattern('shops')} COLUMNS (ADD origin STRING = source.table, ADD region STRING = 'north');\n")
    pair.lab.syncline("run", script)
    expect(cells(pair, "id", "origin") == [("1", "sales")], f"{cells(pair, 'id', 'origin')}")
    shops = [tuple(cell[2:] for cell in row) for row in pair.rows("shops", ["id", "origin", "region"])]
    expect(shops == [("7", "shops", "north")], f"{shops}")


@every_target
def rows_without_an_incremental_value_are_told_and_never_lost_in_silence(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)))
    pair.on_source("INSERT INTO sales VALUES (2, NULL, 1, 5, NULL)")
    pair.run("KEY (id) LOAD INCREMENTAL KEY (year) WRITE UPSERT")
    expect(ids(pair) == [1, 2], f"the first execution takes them: {ids(pair)}")
    pair.on_source("INSERT INTO sales VALUES (3, NULL, 1, 5, NULL)")
    done = pair.run("KEY (id) LOAD INCREMENTAL KEY (year) WRITE UPSERT")
    expect("2 rows have no value in `year`" in done.stdout, done.stdout)


@every_target
def statements_run_in_front_of_a_synchronization_and_behind_it(pair):
    sales(pair, (1, 2026, 1, 5, midnight(3)), (2, 2026, 1, 6, midnight(3)))
    pair.on_target("CREATE TABLE loads (what VARCHAR(20), n INT)")
    pair.run("LOAD FULL WRITE RECREATE\nBEFORE TABLE ON TARGET $$ INSERT INTO loads VALUES ('begun', 0) $$\n"
             "AFTER TABLE ON TARGET $$ INSERT INTO loads SELECT 'done', count(*) FROM {target.table} $$", table="sales")
    expect([tuple(row) for row in pair.on_target("SELECT what, n FROM loads ORDER BY n")] == [("begun", 0), ("done", 2)], "the log")


@every_target
def past_days_are_filled_in_side_by_side(pair):
    sales(pair, *[(days, 2026, 1, days, midnight(days)) for days in range(1, 9)])
    clauses = "PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d')) LOAD INCREMENTAL WHERE at >= :window_start AND at < :window_end WRITE OVERWRITE PARTITION"
    script = pair.lab.script(pair.head + pair.sync(clauses))
    pair.lab.syncline("backfill", script, "--from", midnight(8).date(), "--to", midnight(1).date(), "--parallel", "3")
    expect(cells(pair, "id", "ds") == sorted((str(days), f"{midnight(days):%Y%m%d}") for days in range(1, 9)), f"{cells(pair, 'id', 'ds')}")


# --- partitions of the engine's own

def parts(pair):
    """Partition -> rows of sales, the empty ones left out; nothing where the engine has no partitions."""
    if pair.target == "sqlite":
        return {}
    if pair.target == "postgres":
        names = pair.on_target("SELECT c.relname, c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'sales'::regclass")
        found = {name[6:]: pair.on_target(f'SELECT count(*) FROM "{name}"')[0][0] for name, _ in names}
    else:
        names = pair.on_target(f"SELECT PARTITION_NAME, 1 FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = '{pair.target_database}' "
                               "AND TABLE_NAME = 'sales' AND PARTITION_NAME IS NOT NULL")
        found = {name: pair.on_target(f"SELECT count(*) FROM sales PARTITION (`{name}`)")[0][0] for name, _ in names}
    return {name: int(rows) for name, rows in found.items() if int(rows)}


@every_target
def partition_fields_distribute_data_storage(pair):
    sales(pair, (1, 2025, 1, 5, midnight(40)), (2, 2026, 1, 5, midnight(1)), (3, 2026, 2, 5, midnight(1)))
    pair.run("PARTITION BY LIST (year) LOAD FULL WRITE RECREATE")
    expect(ids(pair) == [1, 2, 3], f"{ids(pair)}")
    expect(pair.target == "sqlite" or parts(pair) == {"p_2025": 1, "p_2026": 2}, f"{parts(pair)}")


@every_target
def each_daily_instance_lands_in_the_partition_of_its_rows(pair):
    sales(pair, *((days, 2026, 1, days, midnight(days)) for days in range(1, 5)))
    clauses = f"COLUMNS (ADD day DATE = date(at)) PARTITION BY RANGE (day) EVERY 1 DAY LOAD INCREMENTAL {WINDOW} WRITE APPEND"
    script = pair.lab.script(pair.head + pair.sync(clauses))
    pair.lab.syncline("backfill", script, "--from", midnight(4).date(), "--to", midnight(1).date())
    expect(ids(pair) == [1, 2, 3, 4], f"{ids(pair)}")
    expect(pair.target == "sqlite" or parts(pair) == {f"p{midnight(days):%Y%m%d}": 1 for days in range(1, 5)}, f"{parts(pair)}")


@every_target
def partition_settings_act_on_tables_that_are_made_anew(pair):
    sales(pair, (1, 2025, 1, 5, midnight(40)), (2, 2026, 1, 5, midnight(1)))
    pair.run("LOAD FULL WRITE RECREATE")
    put(pair, (3, 2026, 2, 5, midnight(1)))
    pair.run("PARTITION BY LIST (year) LOAD FULL WRITE TRUNCATE")
    expect(ids(pair) == [1, 2, 3] and not parts(pair), f"{ids(pair)} {parts(pair)}")
    pair.run("PARTITION BY LIST (year) LOAD FULL WRITE RECREATE")
    expect(ids(pair) == [1, 2, 3], f"{ids(pair)}")
    expect(pair.target == "sqlite" or parts(pair) == {"p_2025": 1, "p_2026": 2}, f"{parts(pair)}")


main(cases_of(globals()), "promises")
