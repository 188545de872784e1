#!/usr/bin/env python3
"""MySQL -> PostgreSQL against pgloader with its default settings, in turn, on the same machine in one run.

    tests/bench/pgloader.py many   [--runs 3]    500 tables x 200 rows
    tests/bench/pgloader.py orders [--runs 3]    one table, 3 million rows x 16 columns

Prints each run's seconds and peak memory, the medians and their ratio; ours twice: into an empty database, and once more over the result. Starts private servers (durable settings: fsync on) and removes
them. Needs pgloader and a release build. Figures: README.md beside this file."""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

ORDERS = """CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, l_orderkey INT NOT NULL, l_partkey INT NOT NULL, l_suppkey INT NOT NULL,
 l_linenumber INT NOT NULL, l_quantity DECIMAL(15,2) NOT NULL, l_extendedprice DECIMAL(15,2) NOT NULL, l_discount DECIMAL(15,2) NOT NULL,
 l_tax DECIMAL(15,2) NOT NULL, l_returnflag CHAR(1) NOT NULL, l_linestatus CHAR(1) NOT NULL, l_shipdate DATE NOT NULL,
 l_commitdate DATE NOT NULL, l_receiptdate DATE NOT NULL, l_shipmode VARCHAR(10) NOT NULL, l_comment VARCHAR(44) NOT NULL) ENGINE=InnoDB"""
ORDERS_ROWS = """INSERT INTO orders SELECT seq, seq DIV 4 * 8 + 1, 1 + seq * 7919 % 200000, 1 + seq * 31 % 10000, seq % 4 + 1, 1 + seq % 50,
 900 + seq * 7717 % 10000000 / 100, seq % 11 / 100, seq % 9 / 100, ELT(seq % 3 + 1, 'R', 'A', 'N'), ELT(seq % 2 + 1, 'O', 'F'),
 DATE '1992-01-01' + INTERVAL seq % 2500 DAY, DATE '1992-02-01' + INTERVAL seq % 2500 DAY, DATE '1992-01-10' + INTERVAL seq % 2500 DAY,
 ELT(seq % 7 + 1, 'REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'), CONCAT('furiously quick foxes ', seq) FROM seq_1_to_{rows}"""


def mysql(settings, sql, database=""):
    command = ["mariadb", "--no-defaults", "-h127.0.0.1", f"-P{settings['MY_PORT']}", "-utester", database]
    subprocess.run([part for part in command if part], input=sql, text=True, check=True, env={"MYSQL_PWD": settings["MY_PASSWORD"], "PATH": os.environ["PATH"]})


def postgres(settings, sql, database="postgres"):
    done = subprocess.run(["psql", "-qXAt", "-h", "127.0.0.1", "-p", settings["PG_PORT"], "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-d", database],
                          input=sql, text=True, check=True, capture_output=True)
    return done.stdout.strip()


def make_source(settings, job, rows):
    mysql(settings, "CREATE DATABASE bench CHARACTER SET utf8mb4")
    if job == "orders":
        mysql(settings, ORDERS + ";" + ORDERS_ROWS.format(rows=rows) + ";ANALYZE TABLE orders;", "bench")
        return
    statements = []
    for number in range(500):
        statements.append(f"CREATE TABLE t{number} (id INT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, amount DECIMAL(12,2) NOT NULL, "
                          f"d DATE NOT NULL, note TEXT, KEY (name));INSERT INTO t{number} SELECT seq, CONCAT('name ', seq * {number + 7} % 1000), seq * 7.25, "
                          f"DATE '2020-01-01' + INTERVAL seq DAY, IF(seq % 4, CONCAT('note 😀 ', seq), NULL) FROM seq_1_to_200;")
    mysql(settings, "".join(statements), "bench")


def fresh_target(settings):
    postgres(settings, "DROP DATABASE IF EXISTS bench_target WITH (FORCE);\nCREATE DATABASE bench_target;\nCHECKPOINT;")


def timed(command, **options):
    """Seconds and peak memory (MB) of one command; its output goes to a file and is shown when it fails."""
    with tempfile.TemporaryFile("w+") as output:
        before = time.monotonic()
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.monotonic() - before
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            output.seek(0)
            sys.exit(f"{command[0]} ended {child.returncode}\n{output.read()}")
    return seconds, used.ru_maxrss / 1024


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
    binary = os.environ.get("SYNCLINE", str(ROOT / "build/release/runtime/syncline"))
    return timed([binary, "run", str(script)], cwd=folder, env={**os.environ, "BENCH_PASSWORD": settings["MY_PASSWORD"]})


def show(run):
    return f"{run[0]:6.2f} s {run[1]:4.0f} MB"


def counts(settings, job):
    tables = ["orders"] if job == "orders" else [f"t{number}" for number in range(500)]
    return postgres(settings, "SELECT " + " + ".join(f"(SELECT count(*) FROM bench.{table})" for table in tables), "bench_target")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("job", choices=("many", "orders"))
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--rows", type=int, default=3000000)
    chosen = options.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="syncline-bench-", dir="/tmp"))
    folder.chmod(0o755)  # the PostgreSQL server runs as another user
    servers = folder / "servers"
    subprocess.run([str(ROOT / "tests/support/servers.sh"), "start", str(servers)], check=True, env={**os.environ, "SYNCLINE_DURABLE": "1"})
    try:
        settings = dict(line.split("=", 1) for line in (servers / "env").read_text().split())
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
    finally:
        subprocess.run([str(ROOT / "tests/support/servers.sh"), "stop", str(servers)], check=True)
        shutil.rmtree(folder, ignore_errors=True)


main()
