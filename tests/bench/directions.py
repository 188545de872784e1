#!/usr/bin/env python3
"""One table, 16 columns, in all nine directions, each against the databases' own clients: the source's client writes the rows to a file (CSV or
tab-separated), the target's client reads it into a table that is already there, without types to convert, keys to check or rows to count.

    tests/bench/directions.py [--rows 1000000] [--runs 3]

Ours makes the table, its key, verifies and publishes. Prints seconds and peak memory of ours, seconds of theirs, and the ratio of the medians. Figures: README.md."""
import argparse
import os
import statistics
import subprocess

from common import BINARY, ORDERS, make_source, mysql, postgres, servers, timed

ENGINES = ("mysql", "postgres", "sqlite")
SHAPE = ORDERS.replace(" ENGINE=InnoDB", "")


class Bench:
    def __init__(self, settings, folder):
        self.settings, self.folder = settings, folder
        self.environment = {**os.environ, "BENCH_PASSWORD": settings["MY_PASSWORD"], "MYSQL_PWD": settings["MY_PASSWORD"]}

    # --- connections: `role` is "source" or "target", a database or file of its own
    def connection(self, name, engine, role):
        write = ", allow_writes = true" if role == "target" else ""
        if engine == "sqlite":
            return f"CONNECTION {name} TYPE sqlite (path = '{self.folder}/{role}.db'{write});\n"
        if engine == "postgres":
            return (f"CONNECTION {name} TYPE postgres (host = '127.0.0.1', port = {self.settings['PG_PORT']}, user = 'postgres', "
                    f"database = 'bench_{role}'{write});\n")
        return (f"CONNECTION {name} TYPE mysql (host = '127.0.0.1', port = {self.settings['MY_PORT']}, user = 'tester', "
                f"password = SECRET 'env:BENCH_PASSWORD', database = '{self.mysql_database(role)}'{write});\n")

    @staticmethod
    def mysql_database(role):
        return "bench" if role == "source" else "bench_target"

    def pattern(self, engine):
        return {"mysql": "bench.orders", "postgres": "public.orders", "sqlite": "orders"}[engine]

    def naming(self, engine):
        return {"mysql": "NAMING (DATABASE = 'bench_target')", "postgres": "NAMING (SCHEMA = 'public')", "sqlite": ""}[engine]

    def sync(self, source, target, role="target", clauses=""):
        script = self.folder / "bench.sync"
        text = self.connection("a", source, "source") + self.connection("b", target, "target")
        if role == "source":
            text = self.connection("a", source, "source") + self.connection("b", target, "source").replace(");\n", ", allow_writes = true);\n")
        script.write_text(text + f"SYNC bench FROM a TABLES ({self.pattern(source)}) INTO b {self.naming(target)} LOAD FULL WRITE RECREATE {clauses};\n")
        return timed([BINARY, "run", str(script)], cwd=self.folder, env=self.environment)

    def clear(self, engine):
        if engine == "mysql":
            mysql(self.settings, "DROP DATABASE IF EXISTS bench_target; CREATE DATABASE bench_target CHARACTER SET utf8mb4; DROP DATABASE IF EXISTS syncline_meta;")
        elif engine == "postgres":
            postgres(self.settings, "DROP DATABASE IF EXISTS bench_target WITH (FORCE);\nCREATE DATABASE bench_target;\nCHECKPOINT;")
        else:
            for file in self.folder.glob("target.db*"):
                file.unlink()

    # --- the databases' own clients
    def unload(self, engine, file):
        if engine == "mysql":
            return (f"mariadb --no-defaults --skip-ssl -h127.0.0.1 -P{self.settings['MY_PORT']} -utester --quick --batch --raw --skip-column-names "
                    f"bench -e 'SELECT * FROM orders' > {file}")
        if engine == "postgres":
            return f"psql -qX -h 127.0.0.1 -p {self.settings['PG_PORT']} -U postgres -d bench_source -c '\\copy orders TO {file}'"
        return f"sqlite3 -readonly -separator '\t' {self.folder}/source.db 'SELECT * FROM orders' > {file}"

    def reload(self, engine, file):
        if engine == "mysql":
            return (f"mariadb --no-defaults --skip-ssl -h127.0.0.1 -P{self.settings['MY_PORT']} -utester --local-infile=1 bench_target "
                    f"-e \"LOAD DATA LOCAL INFILE '{file}' INTO TABLE orders CHARACTER SET utf8mb4\"")
        if engine == "postgres":
            return f"psql -qX -h 127.0.0.1 -p {self.settings['PG_PORT']} -U postgres -d bench_target -c '\\copy orders FROM {file}'"
        return f"sqlite3 -cmd '.mode tabs' {self.folder}/target.db '.import {file} orders'"

    def make_table(self, engine):
        self.clear(engine)
        if engine == "mysql":
            mysql(self.settings, ORDERS, "bench_target")
        elif engine == "postgres":
            postgres(self.settings, SHAPE, "bench_target")
        else:
            subprocess.run(["sqlite3", str(self.folder / "target.db"), SHAPE], check=True)

    def theirs(self, source, target):
        self.make_table(target)
        file = self.folder / "rows.txt"
        seconds, _ = timed(["bash", "-ec", self.unload(source, file) + "\n" + self.reload(target, file)], env=self.environment)
        file.unlink()
        return seconds

    def rows(self, engine):
        if engine == "mysql":
            done = subprocess.run(["mariadb", "--no-defaults", "--skip-ssl", "-h127.0.0.1", f"-P{self.settings['MY_PORT']}", "-utester", "-N", "bench_target", "-e",
                                   "SELECT count(*) FROM orders"], env=self.environment, capture_output=True, text=True, check=True)
            return int(done.stdout)
        if engine == "postgres":
            return int(postgres(self.settings, "SELECT count(*) FROM orders", "bench_target"))
        done = subprocess.run(["sqlite3", str(self.folder / "target.db"), "SELECT count(*) FROM orders"], capture_output=True, text=True, check=True)
        return int(done.stdout)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=1000000)
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()
    with servers() as (settings, folder):
        bench = Bench(settings, folder)
        make_source(settings, "orders", chosen.rows)
        postgres(settings, "CREATE DATABASE bench_source")
        for engine in ("postgres", "sqlite"):
            bench.sync("mysql", engine, role="source")
        for source in ENGINES:
            for target in ENGINES:
                ours, theirs = [], []
                for _ in range(chosen.runs):
                    theirs.append(bench.theirs(source, target))
                    bench.clear(target)
                    ours.append(bench.sync(source, target))
                    got = bench.rows(target)
                    if got != chosen.rows:
                        raise SystemExit(f"{source} to {target}: {got} rows")
                fast, slow = statistics.median(seconds for seconds, _ in ours), statistics.median(theirs)
                print(f"{source} to {target}: {fast:.2f} s, {chosen.rows / fast:,.0f} rows a second, {max(memory for _, memory in ours):.0f} MB; "
                      f"clients {slow:.2f} s: {slow / fast:.2f} times faster", flush=True)


if __name__ == "__main__":
    main()
