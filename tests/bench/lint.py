#!/usr/bin/env python3
"""Speed of `syncline check`: 200 scripts over a catalogue lock of 5,000 tables, cold (each time a new process), on one core; and
one script alone. Beside it, as a reference of this machine at this moment: `sha256sum` of the same bytes, and an empty process.
  lint.py [--scripts 200] [--tables 5000] [--columns 12] [--runs 5]      SYNCLINE names the binary"""
import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

SYNCLINE = os.environ["SYNCLINE"]
PATTERNS_OF_ALL = "247e2188276a8e55"  # digest of `pattern sales.*`
COMMON = """CONNECTION shop TYPE mysql (host = 'db.internal', user = 'reader', password = SECRET 'env:SHOP_PASSWORD', timezone = 'Asia/Shanghai');
CONNECTION dw TYPE postgres (host = 'dw.internal', user = 'loader', database = 'dw', password = SECRET 'env:DW_PASSWORD', allow_writes = true);
SCHEDULE nightly EVERY DAY AT '00:30' STAGGER OVER 60 MINUTES TIMEZONE 'Asia/Shanghai';
DEFAULTS OWNER 'dw-core' LIMITS (parallel_tables = 4);
"""


def lock_of(tables, columns):
    lines = [f'# catalog.lock v1 connection=shop engine=mysql product=MariaDB version="10.11" tz="Asia/Shanghai" table_case=exact '
             f"column_case=ignored patterns={PATTERNS_OF_ALL}", "server text_collation=utf8mb4_nopad_bin", "pattern sales.*"]
    types = ['"varchar(80)" charset=utf8mb4 collation=utf8mb4_general_ci', '"decimal(18,2)"', '"int(11)"', '"datetime(3)"', '"tinyint(1)"']
    for table in range(tables):
        name = f"sales.t_{table:05}"
        lines += [f"table {name} rows=1e6 storage=InnoDB", f'column {name} 1 id "bigint(20) unsigned" not_null auto_increment',
                  f'column {name} 2 gmt_modified "datetime(3)" not_null']
        lines += [f"column {name} {number} field_{number} {types[number % len(types)]}" for number in range(3, columns + 1)]
        lines += [f"primary_key {name} PRIMARY (id)", f"index {name} by_modified (gmt_modified) method=btree"]
    return "\n".join(lines) + "\n"


def script(number, tables, share):
    """A job as teams write them: its own tables, a window, names, a rule or two, one table that differs."""
    first = number * share
    wanted = ", ".join(f"sales.t_{table:05}" for table in range(first, min(first + share, tables)))
    return f"""INCLUDE '../parts/common.inc';

SYNC job_{number:03} FROM shop TABLES ({wanted})
INTO dw
NAMING (SCHEMA = 'ods', TABLE = 'shop_' || source.table)
COLUMNS (SET field_5 = upper(trim(field_5)), ADD loaded_on DATE = :bizdate)
LOAD FULL UP TO FIRST WINDOW WRITE RECREATE
THEN INCREMENTAL WHERE gmt_modified >= :window_start AND gmt_modified < :window_end WRITE UPSERT
SCHEDULE nightly;

OVERRIDE job_{number:03} FOR TABLE sales.t_{first:05}
FILTER field_7 > {number}
LIMITS (page_size = {1000 + number});
"""


def clocked(command, folder):
    """Wall seconds and peak memory in MB of one new process on one core."""
    begin = time.monotonic()
    process = subprocess.Popen(["taskset", "-c", "0", *command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{command} ended {os.waitstatus_to_exitcode(status)}\n{said[:2000]}")
    return time.monotonic() - begin, usage.ru_maxrss / 1024


def row(what, command, folder, runs):
    taken = [clocked(command, folder) for _ in range(runs)]
    print(f"{what:44} {statistics.median(seconds for seconds, _ in taken) * 1000:8.0f} ms  {max(memory for _, memory in taken):6.0f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scripts", type=int, default=200)
    parser.add_argument("--tables", type=int, default=5000)
    parser.add_argument("--columns", type=int, default=12)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder)
        (project / "parts").mkdir()
        (project / "catalog").mkdir()
        (project / "jobs").mkdir()
        (project / "syncline.toml").write_text("")
        (project / "parts" / "common.inc").write_text(COMMON)
        lock = project / "catalog" / "shop.lock"
        lock.write_text(lock_of(chosen.tables, chosen.columns))
        share = -(-chosen.tables // chosen.scripts)
        for number in range(chosen.scripts):
            (project / "jobs" / f"job_{number:03}.sync").write_text(script(number, chosen.tables, share))
        subprocess.run([SYNCLINE, "fmt", "jobs"], cwd=project, check=True, capture_output=True)
        print(f"{chosen.scripts} scripts, {chosen.tables} tables x {chosen.columns} columns, lock of {lock.stat().st_size / 1e6:.1f} MB")
        row("an empty process", ["true"], project, chosen.runs)
        row("sha256sum of scripts and lock", ["sh", "-c", "cat jobs/*.sync catalog/shop.lock | sha256sum"], project, chosen.runs)
        row("check jobs (with the lock)", [SYNCLINE, "check", "jobs"], project, chosen.runs)
        row("check jobs/job_007.sync (with the lock)", [SYNCLINE, "check", "jobs/job_007.sync"], project, chosen.runs)
        lock.rename(project / "shop.lock")
        row("check jobs (no lock)", [SYNCLINE, "check", "jobs"], project, chosen.runs)
        row("check jobs/job_007.sync (no lock)", [SYNCLINE, "check", "jobs/job_007.sync"], project, chosen.runs)
        row("fmt --check jobs", [SYNCLINE, "fmt", "--check", "jobs"], project, chosen.runs)


if __name__ == "__main__":
    main()
