#!/usr/bin/env python3
"""What users of other batch synchronization products know from their manuals: each case is named after the behaviour that it shows. Into each target
engine."""
from datetime import datetime, timedelta, timezone

from lab import expect, main
from pairs import every_target

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


main([full_extraction_retrieves_all_data_each_time, only_values_above_the_greatest_imported_one_are_extracted,
      several_key_fields_are_one_combination_in_their_order, the_greatest_value_is_obtained_from_the_target, the_first_execution_is_a_full_extraction,
      key_fields_serve_deduplication_during_incremental_updates, clearing_keeps_the_table_and_adds_new_fields, new_fields_reach_the_target_and_stay_null_in_old_rows,
      an_extra_column_records_when_each_row_was_synchronized, constants_variables_and_scheduling_parameters_are_assigned,
      a_page_size_bounds_each_read_of_the_source, recurring_full_synchronization_fills_a_partition_each_time,
      one_time_incremental_synchronization_repairs_one_batch, the_first_run_copies_history_and_later_runs_what_the_condition_says,
      the_condition_filters_the_source_like_a_where_clause, each_daily_instance_writes_the_partition_with_its_own_date,
      partition_fields_distribute_data_storage, each_daily_instance_lands_in_the_partition_of_its_rows,
      partition_settings_act_on_tables_that_are_made_anew], "promises")
