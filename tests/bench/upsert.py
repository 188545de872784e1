#!/usr/bin/env python3
"""An upsert of changed rows into a large table, MySQL to PostgreSQL: what publishing costs (epoch check, merge, progress, commit) against
the bare merge from an equal staging table, one after the other, and the whole run beside it.

    tests/bench/upsert.py [--rows 10000000] [--changed 1000000] [--runs 3]

Every tenth row changes. Between two measurements the table is vacuumed and a checkpoint made. Figures: README.md."""
import argparse
import json
import os
import statistics
import subprocess
import time

from common import BINARY, mysql, postgres, servers

COLUMNS = "id, customer, amount, status, note, changed"
TARGET = """CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, amount numeric(12,2) NOT NULL, status varchar(10) NOT NULL,
 note varchar(60) NOT NULL, changed timestamp(0) NOT NULL);
INSERT INTO orders SELECT n, n * 7919 % 200000, n % 100000 / 100.0, 'new', 'furiously quick foxes ' || n, '2026-01-01' FROM generate_series(1::bigint, {rows}) AS n;
CREATE INDEX ON orders (customer);
CREATE TABLE staging (LIKE orders);
INSERT INTO staging SELECT n * 10, n * 31 % 200000, n % 100000 / 100.0, 'paid', 'carefully slow foxes ' || n, '2026-11-19 10:00:00' FROM generate_series(1::bigint, {changed}) AS n;
VACUUM ANALYZE orders; ANALYZE staging;"""
SOURCE = """CREATE DATABASE bench CHARACTER SET utf8mb4; USE bench;
CREATE TABLE orders (id BIGINT NOT NULL PRIMARY KEY, customer BIGINT NOT NULL, amount DECIMAL(12,2) NOT NULL, status VARCHAR(10) NOT NULL,
 note VARCHAR(60) NOT NULL, changed DATETIME NOT NULL, KEY (changed));
INSERT INTO orders SELECT seq * 10, seq * 31 % 200000, seq % 100000 / 100, 'paid', CONCAT('carefully slow foxes ', seq), '2026-11-19 10:00:00' FROM seq_1_to_{changed};"""
MERGE = f"""INSERT INTO orders ({COLUMNS}) SELECT {COLUMNS} FROM staging ON CONFLICT (id) DO UPDATE SET customer = excluded.customer,
 amount = excluded.amount, status = excluded.status, note = excluded.note, changed = excluded.changed"""


def rest(settings):
    postgres(settings, "VACUUM ANALYZE orders", "dw")
    postgres(settings, "CHECKPOINT", "dw")


def ours(settings, folder):
    """(seconds of publishing, seconds of the whole run)."""
    script = folder / "upsert.sync"
    script.write_text(
        f"CONNECTION a TYPE mysql (host = '127.0.0.1', port = {settings['MY_PORT']}, user = 'tester', password = SECRET 'env:BENCH_PASSWORD', database = 'bench');\n"
        f"CONNECTION b TYPE postgres (host = '127.0.0.1', port = {settings['PG_PORT']}, user = 'postgres', database = 'dw', allow_writes = true);\n"
        "SYNC upsert FROM a TABLES (bench.orders) INTO b NAMING (SCHEMA = 'public') KEY (id)\n"
        "LOAD INCREMENTAL WHERE changed >= :window_start AND changed < :window_end WRITE UPSERT;\n")
    before = time.monotonic()
    child = subprocess.Popen([BINARY, "run", str(script), "--window", "2026-11-19..2026-11-20", "--format", "json"], cwd=folder,
                             env={**os.environ, "BENCH_PASSWORD": settings["MY_PASSWORD"]}, stdout=subprocess.PIPE, text=True)
    moments = {}
    for line in child.stdout:
        event = json.loads(line)
        if event["event"] == "table":
            moments[event["state"]] = time.monotonic()
            rows = event["rows"]
    if child.wait() != 0:
        raise SystemExit("the run failed")
    return moments["done"] - moments["publishing"], time.monotonic() - before, rows


def theirs(settings):
    before = time.monotonic()
    postgres(settings, MERGE, "dw")
    return time.monotonic() - before


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=10000000)
    options.add_argument("--changed", type=int, default=1000000)
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()
    with servers() as (settings, folder):
        mysql(settings, SOURCE.format(changed=chosen.changed))
        postgres(settings, "CREATE DATABASE dw")
        for statement in TARGET.format(rows=chosen.rows, changed=chosen.changed).split(";\n"):
            for one in statement.split("; "):
                postgres(settings, one, "dw")
        finals, wholes, bare = [], [], []
        for _ in range(chosen.runs):
            rest(settings)
            bare.append(theirs(settings))
            rest(settings)
            final, whole, rows = ours(settings, folder)
            if rows != chosen.changed:
                raise SystemExit(f"{rows} rows")
            finals.append(final)
            wholes.append(whole)
        final, merge = statistics.median(finals), statistics.median(bare)
        print(f"publish {final:.2f} s, bare merge {merge:.2f} s: {final / merge:.2f} times; end to end {statistics.median(wholes):.2f} s", flush=True)


main()
