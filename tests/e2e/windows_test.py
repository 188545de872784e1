#!/usr/bin/env python3
"""Windows on real databases over the days on which clocks change, month ends and the leap day: they tile, killed backfills go on, and a window
can be read again without a trace. What is expected is computed here with Python's time zones."""
import datetime
import signal
import time
from zoneinfo import ZoneInfo

from lab import Lab, expect, main
from pairs import Pair, every_target

UTC = datetime.timezone.utc
BERLIN = ZoneInfo("Europe/Berlin")
HALF_HOUR = datetime.timedelta(minutes=30)
CONDITION = "WHERE at >= :window_start AND at < :window_end"


def berlin(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def every_half_hour(pair, first, behind):
    """One row for each half hour of real time; `at` is an instant. What was made: (id, instant)."""
    kind = {"mysql": "TIMESTAMP(0) NOT NULL DEFAULT '2000-01-01'", "postgres": "timestamptz NOT NULL", "sqlite": "TIMESTAMP NOT NULL"}[pair.source]
    pair.on_source(f"CREATE TABLE events (id INT NOT NULL PRIMARY KEY, at {kind})")
    made, moment = [], first
    while moment < behind:
        made.append((len(made) + 1, moment))
        moment += HALF_HOUR
    zone = "+00" if pair.source == "postgres" else ""
    pair.on_source("INSERT INTO events VALUES " + ", ".join(f"({number}, '{at:%Y-%m-%d %H:%M:%S}{zone}')" for number, at in made))
    return made


def cells(pair, columns):
    return sorted(tuple(cell[2:] for cell in row) for row in pair.rows("events", columns))


def day_of(at):
    return f"{at.astimezone(BERLIN):%Y%m%d}"


DAILY = f"PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d')) LOAD INCREMENTAL {CONDITION} WRITE OVERWRITE PARTITION SCHEDULE nightly"
NIGHTLY = "SCHEDULE nightly EVERY DAY AT '00:30' TIMEZONE 'Europe/Berlin';\n"


@every_target
def a_month_with_a_day_of_23_hours(pair):
    """Killed twice on the way, the backfill goes on and ends as one clean run; then each window again changes nothing."""
    made = every_half_hour(pair, berlin("2026-03-01"), berlin("2026-04-01"))
    expect(len(made) == 31 * 48 - 2, "the month is an hour short")
    script = pair.lab.script(pair.head + NIGHTLY + pair.sync(DAILY))
    days = ["--from", "2026-03-01", "--to", "2026-03-31"]
    for _ in range(2):
        running = pair.lab.start("backfill", script, *days)
        before = time.monotonic()
        for line in running.stdout:
            if line.startswith("done") and "events@" in line and time.monotonic() - before > 0.3:
                break
        running.send_signal(signal.SIGKILL)
        running.communicate()
    left = pair.lab.syncline("backfill", script, *days, "--dry-run").stdout.count(" → ")
    expect(left < 31, "the killed runs left nothing behind")
    pair.lab.syncline("backfill", script, *days)
    expected = sorted((str(number), day_of(at)) for number, at in made)
    expect(cells(pair, ["id", "ds"]) == expected, "the month is not what one clean run gives")
    expect("nothing to do" in pair.lab.syncline("backfill", script, *days).stdout, "a window was due again")
    for _ in range(2):
        pair.lab.syncline("backfill", script, "--from", "2026-03-28", "--to", "2026-03-30", "--redo")
        expect(cells(pair, ["id", "ds"]) == expected, "a window that was read again left a trace")


def of_each_day(write):
    """The clauses that write daily windows this way, and what stands in the target then."""
    if write == "OVERWRITE PARTITION":
        return DAILY, ["id", "ds"], lambda number, at: (str(number), day_of(at))
    key = "KEY (id) " if write == "UPSERT" else ""
    return f"{key}LOAD INCREMENTAL {CONDITION} WRITE {write} SCHEDULE nightly", ["id"], lambda number, at: (str(number),)


@every_target
def a_month_in_parallel_killed_twice(pair):
    """The month of 23 hours by four windows at a time: killed twice on the way, it equals one clean run, in each way of writing."""
    made = every_half_hour(pair, berlin("2026-03-01"), berlin("2026-04-01"))
    days = ["--from", "2026-03-01", "--to", "2026-03-31", "--parallel", "4"]
    for write in ("OVERWRITE PARTITION", "UPSERT", "APPEND"):
        clauses, columns, cell = of_each_day(write)
        script = pair.lab.script(pair.head + NIGHTLY + pair.sync(clauses))
        left = 31
        for moment in (0.1, 0.3):
            running = pair.lab.start("backfill", script, *days)
            lines = iter(running.stdout)
            head = ""
            while not head.endswith(" windows\n") and not head.startswith("start"):
                head = next(lines)
            expect(f": {left} windows" in head, f"the list comes first: {head}")
            before = time.monotonic()
            for line in lines:
                if line.startswith("done") and "events@" in line and time.monotonic() - before > moment:
                    break
            running.send_signal(signal.SIGKILL)
            running.communicate()
            before, left = left, pair.lab.syncline("backfill", script, *days, "--dry-run").stdout.count(" → ")
            expect(0 < left < before, f"{write}: killed with {left} of {before} windows left")
        pair.lab.syncline("backfill", script, *days)
        expected = sorted(cell(number, at) for number, at in made)
        expect(cells(pair, columns) == expected, f"{write}: the month is not what one clean run gives: {len(cells(pair, columns))} rows")
        expect("nothing to do" in pair.lab.syncline("backfill", script, *days).stdout, f"{write}: a window was due again")
        if write != "APPEND":
            pair.lab.syncline("backfill", script, *days, "--redo")
            expect(cells(pair, columns) == expected, f"{write}: windows that were read again in parallel left a trace")
        leftovers = {"mysql": f"SHOW TABLES FROM `{pair.target_database}`", "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
                     "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'table'"}[pair.target]
        expect(not [name for name, in pair.on_target(leftovers) if name.startswith("syncline_stg")], "staging is left behind")
        pair.on_target("DROP TABLE events")


@every_target
def a_failing_window_stops_those_behind_it(pair):
    """One row that the target refuses: the windows before it are there, none behind it; mended, the next backfill does the rest."""
    made = every_half_hour(pair, berlin("2026-03-01"), berlin("2026-03-11"))
    bad = next(number for number, at in made if day_of(at) == "20260305")
    pair.on_source("ALTER TABLE events ADD COLUMN word VARCHAR(10)", "UPDATE events SET word = '1'", f"UPDATE events SET word = 'x' WHERE id = {bad}")
    clauses = f"COLUMNS (ADD number BIGINT = to_int(word)) KEY (id) LOAD INCREMENTAL {CONDITION} WRITE UPSERT SCHEDULE nightly"
    script = pair.lab.script(pair.head + NIGHTLY + pair.sync(clauses))
    days = ["--from", "2026-03-01", "--to", "2026-03-10", "--parallel", "3"]
    pair.lab.syncline("backfill", script, *days, code=4)
    there = {int(row[0]) for row in cells(pair, ["id"])}
    expect(there == {number for number, at in made if day_of(at) < "20260305"}, f"{len(there)} rows: not the four days before it")
    pair.on_source("UPDATE events SET word = '2'")
    listed = pair.lab.syncline("backfill", script, *days).stdout
    expect(": 6 windows" in listed, listed)
    expect({int(row[0]) for row in cells(pair, ["id"])} == {number for number, _ in made}, "the rest")


@every_target
def hours_across_both_changes(pair):
    """An overlap of windows that are appended meets the primary key, a gap shows as a row that is missing; the hour that comes twice is two windows."""
    first, second = (berlin("2026-03-29"), berlin("2026-03-30")), (berlin("2026-10-25"), berlin("2026-10-26"))
    made = every_half_hour(pair, *first)
    more = [(1000 + number, second[0] + number * HALF_HOUR) for number in range(50)]
    expect(len(made) == 46 and more[-1][1] + HALF_HOUR == second[1], "23 and 25 hours")
    zone = "+00" if pair.source == "postgres" else ""
    pair.on_source("INSERT INTO events VALUES " + ", ".join(f"({number}, '{at:%Y-%m-%d %H:%M:%S}{zone}')" for number, at in more))
    hourly = "SCHEDULE hourly EVERY HOUR AT MINUTE 5 TIMEZONE 'Europe/Berlin';\n"
    script = pair.lab.script(pair.head + hourly + pair.sync(f"LOAD INCREMENTAL {CONDITION} WRITE APPEND SCHEDULE hourly"))
    for day, count in (("2026-03-29", 23), ("2026-10-25", 25)):
        listed = pair.lab.syncline("backfill", script, "--from", day, "--to", day).stdout
        expect(f": {count} windows" in listed, f"{day}: {listed}")
        pair.lab.syncline("backfill", script, "--from", day, "--to", day, "--redo")
    expect([int(row[0]) for row in sorted(cells(pair, ["id"]), key=lambda row: int(row[0]))] == [number for number, _ in made + more],
           f"{cells(pair, ['id'])}")


@every_target
def months_end_where_the_calendar_says(pair):
    """Monthly windows over a year's end and a leap day, partitions by month."""
    made = every_half_hour(pair, berlin("2023-12-30"), berlin("2024-03-02"))
    monthly = "SCHEDULE monthly EVERY MONTH ON 1 AT '05:00' TIMEZONE 'Europe/Berlin';\n"
    clauses = (f"PARTITION BY (month STRING = format(:window_start, '%Y-%m')) LOAD INCREMENTAL {CONDITION} WRITE OVERWRITE PARTITION SCHEDULE monthly")
    script = pair.lab.script(pair.head + monthly + pair.sync(clauses))
    pair.lab.syncline("backfill", script, "--from", "2023-12-01", "--to", "2024-02-29")
    expected = sorted((str(number), f"{at.astimezone(BERLIN):%Y-%m}") for number, at in made if at < berlin("2024-03-01"))
    expect(cells(pair, ["id", "month"]) == expected, f"{len(cells(pair, ['id']))} rows, not {len(expected)}")
    expect(max(month for _, month in expected) == "2024-02", "February of the leap year ends with the 29th")


def two_runs_of_one_sync():
    """The second waits for the first, or says who holds the target; the rows are right either way."""
    with Lab("two_runs") as lab:
        pair = Pair(lab, "postgres", "mysql")
        made = every_half_hour(pair, berlin("2026-03-01"), berlin("2026-04-01"))
        script = lab.script(pair.head + NIGHTLY + pair.sync(DAILY))
        words = ["backfill", script, "--from", "2026-03-01", "--to", "2026-03-31"]
        runs = [lab.start(*words, "--wait", wait) for wait in (0, 60, 60)]
        codes = sorted(run.wait(timeout=200) for run in runs)
        said = [run.communicate()[0] for run in runs]
        expect(codes in ([0, 0, 0], [0, 0, 6]), f"{codes}\n{said}")
        expect(codes[-1] == 0 or "SY9303" in said[0], said[0])
        expect(cells(pair, ["id", "ds"]) == sorted((str(number), day_of(at)) for number, at in made), "the month")


main([a_month_with_a_day_of_23_hours, a_month_in_parallel_killed_twice, a_failing_window_stops_those_behind_it, hours_across_both_changes, months_end_where_the_calendar_says, two_runs_of_one_sync], "windows")
