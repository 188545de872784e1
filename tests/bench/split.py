#!/usr/bin/env python3
"""One table read whole by one session and in ranges of its key by several (SPLIT), in turn, on private servers with fsync on.

    tests/bench/split.py [--rows 3000000] [--runs 3] [--sessions 2,4] [--directions mysql-postgres,…]

How much several sessions gain hangs on idle processors of both servers: this machine's number of them is printed. Figures: README.md."""
import argparse
import os
import statistics

from common import make_source, postgres, servers
from directions import Bench


def clauses(sessions):
    return f"SPLIT BY id INTO {4 * sessions} CHUNKS LIMITS (source_connections = {sessions}, target_connections = {sessions})" if sessions > 1 else "SPLIT OFF"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=3000000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--sessions", default="2,4")
    options.add_argument("--directions", default="mysql-postgres,postgres-mysql,mysql-mysql,postgres-postgres,mysql-sqlite")
    chosen = options.parse_args()
    ways = [1] + [int(number) for number in chosen.sessions.split(",")]
    with servers() as (settings, folder):
        bench = Bench(settings, folder)
        make_source(settings, "orders", chosen.rows)
        postgres(settings, "CREATE DATABASE bench_source")
        bench.sync("mysql", "postgres", role="source")
        for source, target in (direction.split("-") for direction in chosen.directions.split(",")):
            seconds = {way: [] for way in ways}
            for _ in range(chosen.runs):
                for way in ways:
                    bench.clear(target)
                    seconds[way].append(bench.sync(source, target, clauses=clauses(way)))
                    if (got := bench.rows(target)) != chosen.rows:
                        raise SystemExit(f"{source} to {target}: {got} rows")
            medians = {way: statistics.median(second for second, _ in runs) for way, runs in seconds.items()}
            memory = {way: max(megabytes for _, megabytes in runs) for way, runs in seconds.items()}
            print(f"{source} to {target}, {os.cpu_count()} processors: " + ", ".join(
                f"{way} sessions {medians[way]:.2f} s {memory[way]:.0f} MB ({medians[1] / medians[way]:.2f} times)" for way in ways), flush=True)


main()
