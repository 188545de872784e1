#!/usr/bin/env python3
"""MySQL -> PostgreSQL against pgloader with its default settings, in turn, on the same machine in one run.

    tests/bench/pgloader.py many   [--runs 3]    500 tables x 200 rows
    tests/bench/pgloader.py orders [--runs 3]    one table, 3 million rows x 16 columns

Prints each run's seconds and peak memory, the medians and their ratio; ours twice: into an empty database, and once more over the result. Starts private servers (durable settings: fsync on) and removes
them. Needs pgloader and a release build. Figures: README.md beside this file."""
import argparse
import os
import statistics
import sys

from common import BINARY, make_source, postgres, servers, show, timed


def fresh_target(settings):
    postgres(settings, "DROP DATABASE IF EXISTS bench_target WITH (FORCE);\nCREATE DATABASE bench_target;\nCHECKPOINT;")


def run_pgloader(settings, folder):
    load = folder / "bench.load"
    load.write_text(f"LOAD DATABASE FROM mysql://tester:{settings['MY_PASSWORD']}@127.0.0.1:{settings['MY_PORT']}/bench "
                    f"INTO postgresql://postgres@127.0.0.1:{settings['PG_PORT']}/bench_target;\n")
    return timed(["pgloader", str(load)])


def run_syncline(settings, folder):
    script = folder / "bench.sync"
    script.write_text(f"""CONNECTION a TYPE mysql (host = '127.0.0.1', port = {settings['MY_PORT']}, user = 'tester', password = SECRET 'env:BENCH_PASSWORD');
CONNECTION b TYPE postgres (host = '127.0.0.1', port = {settings['PG_PORT']}, user = 'postgres', database = 'bench_target', allow_writes = true);
SYNC bench FROM a TABLES (bench.*) INTO b LOAD FULL WRITE RECREATE;
""")
    return timed([BINARY, "run", str(script)], cwd=folder, env={**os.environ, "BENCH_PASSWORD": settings["MY_PASSWORD"]})


def counts(settings, job):
    tables = ["orders"] if job == "orders" else [f"t{number}" for number in range(500)]
    return postgres(settings, "SELECT " + " + ".join(f"(SELECT count(*) FROM bench.{table})" for table in tables), "bench_target")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("job", choices=("many", "orders"))
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--rows", type=int, default=3000000)
    chosen = options.parse_args()
    with servers() as (settings, folder):
        make_source(settings, chosen.job, chosen.rows)
        ours, again, theirs = [], [], []
        for _ in range(chosen.runs):
            fresh_target(settings)
            theirs.append(run_pgloader(settings, folder))
            expected = counts(settings, chosen.job)
            fresh_target(settings)
            ours.append(run_syncline(settings, folder))
            again.append(run_syncline(settings, folder))
            got = counts(settings, chosen.job)
            if got != expected:
                sys.exit(f"syncline wrote {got} rows, pgloader {expected}")
            print(f"{got} rows: pgloader {show(theirs[-1])}   syncline, new tables {show(ours[-1])}   syncline, swapping {show(again[-1])}", flush=True)
        slow, fast, swapping = (statistics.median(seconds for seconds, _ in runs) for runs in (theirs, ours, again))
        print(f"{chosen.job}: medians of {chosen.runs}: pgloader {slow:.2f} s, syncline {fast:.2f} s: {slow / fast:.1f} times faster; "
              f"swapping {swapping:.2f} s: {slow / swapping:.1f} times faster")


main()
