#!/usr/bin/env python3
"""What must hold whatever the size: memory below 256 MB, large cells whole or refused by name, hundreds of tables right and without
catalogue questions for each, and no more sessions than the script allows."""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

from lab import SYNCLINE, Lab, expect, main, open_sqlite

MEMORY_MB = 256
MB = 1024 * 1024
ENGINES = ("mysql", "postgres", "sqlite")
TABLES = 500


# A process of its own starts syncline and measures it: Linux counts the memory of whoever called exec as the new program's.
HELPER = """import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=2)
print(child.pid, flush=True)
_, status, used = os.wait4(child.pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_maxrss, flush=True)
"""


class Run:
    """One `syncline run`: its exit code, output and peak memory."""

    def __init__(self, lab, text, *arguments, code=0, watch=None):
        with tempfile.TemporaryFile("w+") as output:
            helper = subprocess.Popen([sys.executable, "-c", HELPER, SYNCLINE, "run", str(lab.script(text)), *arguments], cwd=lab.folder,
                                      env=lab.environment(), stdout=subprocess.PIPE, stderr=output, text=True)
            watcher = threading.Thread(target=watch or (lambda pid: None), args=(int(helper.stdout.readline()),))
            watcher.start()
            answer = helper.communicate()[0].split()
            watcher.join()
            output.seek(0)
            self.output = output.read()
        ended, self.peak = int(answer[0]), int(answer[1]) / 1024
        shown = "\n".join(line for line in self.output.splitlines() if not line.startswith(("start ", "done ", "  ✓")))
        expect(ended == code, f"ended {ended}, not {code}\n{shown}")
        expect(self.peak < MEMORY_MB, f"took {self.peak:.0f} MB\n{shown}")


class Place:
    """One database of the given engine in the lab."""

    def __init__(self, lab, engine, suffix):
        self.lab, self.engine = lab, engine
        if engine == "sqlite":
            self.database = lab.folder / f"place{suffix}.db"
            open_sqlite(self.database).execute("PRAGMA user_version = 1")
        else:
            self.database = lab.new_mysql(suffix) if engine == "mysql" else lab.new_postgres(suffix)

    def connect(self):
        return {"mysql": self.lab.mysql, "postgres": self.lab.postgres, "sqlite": open_sqlite}[self.engine](self.database)

    def ask(self, *statements):
        connection = self.connect()
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    def container(self):
        return {"mysql": f"{self.database}.", "postgres": "public.", "sqlite": ""}[self.engine]


def sync(lab, source, target, clauses="LOAD FULL WRITE RECREATE", table="*"):
    naming = {"mysql": f"NAMING (DATABASE = '{target.database}')", "postgres": "NAMING (SCHEMA = 'public')", "sqlite": ""}[target.engine]
    return (lab.connection("a", source.engine, source.database) + lab.connection("b", target.engine, target.database, write=True) +
            f"SYNC job FROM a TABLES ({source.container()}{table}) INTO b {naming} {clauses};\n")


# --- memory

SMALL_ROWS, LARGE_ROWS = 200000, 40


def fill_with_much(place):
    """300 MB of rows of 1 KB and 4 MB, made by the server itself."""
    columns = {"mysql": "id INT NOT NULL PRIMARY KEY, body LONGTEXT NOT NULL", "postgres": "id int PRIMARY KEY, body text NOT NULL",
               "sqlite": "id INTEGER PRIMARY KEY, body TEXT NOT NULL"}[place.engine]
    numbers = {"mysql": "SELECT {row} FROM seq_1_to_{rows}", "postgres": "SELECT {row} FROM generate_series(1, {rows}) AS seq",
               "sqlite": "WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < {rows}) SELECT {row} FROM n"}[place.engine]
    word = {"mysql": "md5(seq)", "postgres": "md5(seq::text)", "sqlite": "printf('%032d', seq)"}[place.engine]
    repeated = "replace(printf('%.{times}c', 'x'), 'x', {word})" if place.engine == "sqlite" else "repeat({word}, {times})"
    for table, rows, times in (("small", SMALL_ROWS, 32), ("large", LARGE_ROWS, 4 * MB // 32)):
        row = "seq, " + repeated.format(word=word, times=times)
        place.ask(f"CREATE TABLE {table} ({columns})", f"INSERT INTO {table} {numbers.format(row=row, rows=rows)}")


def totals(place):
    length = {"mysql": "sum(char_length(body))", "postgres": "sum(char_length(body))::bigint", "sqlite": "sum(length(body))"}[place.engine]
    return [tuple(int(value) for value in place.ask(f"SELECT count(*), sum(id), {length} FROM {table}")[0]) for table in ("small", "large")]


def memory_stays_low(source_engine, *target_engines, clauses=""):
    with Lab("limits") as lab:
        source = Place(lab, source_engine, "_s")
        fill_with_much(source)
        expected = totals(source)
        for engine in target_engines:
            target = Place(lab, engine, "_t")
            run = Run(lab, sync(lab, source, target, "LOAD FULL WRITE RECREATE" + clauses))
            expect(totals(target) == expected, f"{source_engine} to {engine}: {totals(target)} instead of {expected}")
            print(f"     {source_engine} to {engine}: {run.peak:.0f} MB", flush=True)


def memory_out_of_mysql():
    memory_stays_low("mysql", "postgres", "sqlite")


def memory_out_of_postgres():
    memory_stays_low("postgres", "mysql", "postgres")


def memory_out_of_sqlite():
    memory_stays_low("sqlite", "mysql")


SPLIT = " SPLIT BY id INTO 16 CHUNKS"


def memory_of_split_tables_out_of_mysql():
    """Eight sessions of either side at a time."""
    memory_stays_low("mysql", "postgres", "mysql", clauses=SPLIT)


# --- cells of many megabytes

CELL = 64 * MB


def make_cell(place, size, kind):
    """One row with one cell of `size` bytes: `b` of bytes or `t` of text."""
    types = {"b": {"mysql": "LONGBLOB", "postgres": "bytea", "sqlite": "BLOB"}, "t": {"mysql": "LONGTEXT", "postgres": "text", "sqlite": "TEXT"}}
    content = {"b": {"mysql": f"REPEAT(UNHEX('00ff0a09'), {size // 4})", "postgres": f"decode(repeat('00ff0a09', {size // 4}), 'hex')",
                     "sqlite": f"zeroblob({size})"},
               "t": {"mysql": f"REPEAT('a\\nb\\t', {size // 4})", "postgres": f"repeat(E'a\\nb\\t', {size // 4})",
                     "sqlite": f"replace(printf('%.{size // 4}c', 'x'), 'x', 'a' || char(10) || 'b' || char(9))"}}
    place.ask("DROP TABLE IF EXISTS cells", f"CREATE TABLE cells (id INT NOT NULL PRIMARY KEY, {kind} {types[kind][place.engine]})",
              f"INSERT INTO cells SELECT 1, {content[kind][place.engine]}")


def digest(place, kind):
    if place.engine != "sqlite":
        return place.ask(f"SELECT md5({kind}) FROM cells")[0][0]
    return hashlib.md5(place.connect().execute(f"SELECT CAST({kind} AS BLOB) FROM cells").fetchone()[0]).hexdigest()


def cells_of_64_mb(source_engine):
    for kind in ("b", "t"):
        with Lab("limits") as lab:
            source = Place(lab, source_engine, "_s")
            make_cell(source, CELL, kind)
            expected = digest(source, kind)
            for engine in ENGINES:
                target = Place(lab, engine, f"_to_{engine}")
                run = Run(lab, sync(lab, source, target))
                expect(digest(target, kind) == expected, f"{source_engine} to {engine}, {kind}: the content differs")
                print(f"     {source_engine} to {engine}, {kind}: {run.peak:.0f} MB", flush=True)


def cells_of_64_mb_out_of_mysql():
    cells_of_64_mb("mysql")


def cells_of_64_mb_out_of_postgres():
    cells_of_64_mb("postgres")


def cells_of_64_mb_out_of_sqlite():
    cells_of_64_mb("sqlite")


BYTES = {"mysql": "LONGBLOB", "postgres": "bytea", "sqlite": "BLOB"}


def many_bytes(engine, size):
    return {"mysql": f"REPEAT(UNHEX('00ff0a09'), {size // 4})", "postgres": f"decode(repeat('00ff0a09', {size // 4}), 'hex')",
            "sqlite": f"zeroblob({size})"}[engine]


def make_pairs(place, table, rows):
    """Rows with the sizes of their two cells; 0: NULL."""
    kind = BYTES[place.engine]
    place.ask(f"CREATE TABLE {table} (id INT NOT NULL PRIMARY KEY, a {kind}, b {kind})")
    if place.engine == "postgres":  # compressing such cells takes longer than everything else
        place.ask(f"ALTER TABLE {table} ALTER a SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL")
    for number, sizes in enumerate(rows):
        cells = ", ".join(many_bytes(place.engine, size) if size else "NULL" for size in sizes)
        place.ask(f"INSERT INTO {table} SELECT {number}, {cells}")


def sizes_in(place, table):
    length = {"mysql": "LENGTH", "postgres": "octet_length", "sqlite": "length"}[place.engine]
    return [tuple(int(size or 0) for size in row) for row in place.ask(f"SELECT {length}(a), {length}(b) FROM {table} ORDER BY id")]


def tables_of_large_cells(source_engine):
    """Four tables at a time: cells of 64 MB in one column, then in the other, and rows that just are no large ones."""
    rows = [(CELL, 0), (0, CELL)] + 4 * [(7 * MB, 0)]
    tables = [f"cells{number}" for number in range(4)]
    with Lab("limits") as lab:
        source = Place(lab, source_engine, "_s")
        for table in tables:
            make_pairs(source, table, rows)
        for engine in ENGINES:
            target = Place(lab, engine, f"_to_{engine}")
            run = Run(lab, sync(lab, source, target, "LOAD FULL WRITE RECREATE LIMITS (parallel_tables = 4)"))
            for table in tables:
                expect(sizes_in(target, table) == rows, f"{source_engine} to {engine}: {table} holds cells of {sizes_in(target, table)}")
            print(f"     {source_engine} to {engine}, four tables: {run.peak:.0f} MB", flush=True)


def tables_of_large_cells_out_of_mysql():
    tables_of_large_cells("mysql")


def tables_of_large_cells_out_of_postgres():
    tables_of_large_cells("postgres")


def tables_of_large_cells_out_of_sqlite():
    tables_of_large_cells("sqlite")


def rows_above_the_limit_are_refused_by_name():
    for source_engine, target_engine in (("mysql", "postgres"), ("postgres", "mysql"), ("sqlite", "postgres"), ("postgres", "postgres"), ("mysql", "sqlite")):
        with Lab("limits") as lab:
            source, target = Place(lab, source_engine, "_s"), Place(lab, target_engine, "_t")
            make_cell(source, 68 * MB, "b")
            run = Run(lab, sync(lab, source, target), code=5)
            expect("SY9114" in run.output, f"{source_engine} to {target_engine}: no SY9114\n{run.output}")
            expect("cells" in run.output, f"the table is not named\n{run.output}")


# --- many tables

def make_many(place, tables=TABLES, rows=20):
    connection = place.connect()
    cursor = connection.cursor()
    for number in range(tables):
        cursor.execute(f"CREATE TABLE t{number} (id INT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, amount DECIMAL(12,2) NOT NULL, d DATE NOT NULL, note TEXT, KEY (name))")
        cursor.execute(f"INSERT INTO t{number} SELECT seq, CONCAT('name ', seq * {number + 7} % 1000), seq * 7.25, DATE '2020-01-01' + INTERVAL seq DAY, "
                       f"IF(seq % 4, CONCAT('note 😀 ', seq), NULL) FROM seq_1_to_{rows}")
    connection.close()


def sums(place, tables=TABLES):
    fields = "concat_ws('|', id, name, amount, d, coalesce(note, '-'))"
    text = {"mysql": f"group_concat({fields} ORDER BY id SEPARATOR ';')", "postgres": f"string_agg({fields}, ';' ORDER BY id)"}[place.engine]
    cursor = place.connect().cursor()
    if place.engine == "mysql":
        cursor.execute("SET SESSION group_concat_max_len = 1000000")
    found = []
    for number in range(tables):
        cursor.execute(f"SELECT count(*), md5({text}) FROM t{number}")
        found.append(tuple(cursor.fetchone()))
    return found


def five_hundred_tables_arrive_twice():
    with Lab("limits") as lab:
        source, target = Place(lab, "mysql", "_s"), Place(lab, "postgres", "_t")
        make_many(source)
        expected = sums(source)
        text = sync(lab, source, target, "LOAD FULL WRITE RECREATE LIMITS (parallel_tables = 8)")
        for what in ("into nothing", "over the first"):
            Run(lab, text)
            wrong = [(number, pair) for number, pair in enumerate(zip(expected, sums(target))) if pair[0] != pair[1]]
            expect(not wrong, f"{what}: {len(wrong)} tables differ: {wrong[:3]}")
        left = target.ask("SELECT count(*) FROM pg_class WHERE relname LIKE 'syncline\\_stg%' OR relname LIKE 'syncline\\_old%'")[0][0]
        expect(left == 0, f"{left} staging tables are left")


def each_table_costs_no_catalogue_query():
    """Statements of the run's own users, counted by the servers: what 100 tables more cost."""
    tables = (20, 120)
    with Lab("limits") as lab:
        user = lab.name
        admin = lab.mysql().cursor()
        admin.execute("SET GLOBAL userstat = 1")
        admin.execute(f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY '{lab.settings['MY_PASSWORD']}'")
        admin.execute(f"GRANT ALL ON *.* TO {user}@'127.0.0.1'")
        try:
            for engine in ("postgres", "sqlite", "mysql"):
                costs = []
                for count in tables:
                    source, target = Place(lab, "mysql", f"_s{count}{engine[0]}"), Place(lab, engine, f"_t{count}{engine[0]}")
                    make_many(source, count, 5)
                    admin.execute("FLUSH USER_STATISTICS")
                    Run(lab, sync(lab, source, target).replace("user = 'tester'", f"user = '{user}'", 1))
                    admin.execute("SELECT SELECT_COMMANDS FROM information_schema.USER_STATISTICS WHERE USER = %s", (user,))
                    costs.append(int(admin.fetchone()[0]))
                each = (costs[1] - costs[0]) / (tables[1] - tables[0])
                expect(each <= 3, f"to {engine}: {each:.1f} SELECTs for each table ({costs})")
        finally:
            admin.execute(f"DROP USER {user}@'127.0.0.1'")


def sockets_to(pid, ports):
    """How many TCP connections of a process are open to each of the ports."""
    own = set()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            own.add(os.readlink(entry))
        except OSError:
            continue
    counts = dict.fromkeys(ports, 0)
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        port = int(fields[2].split(":")[1], 16)
        if port in counts and f"socket:[{fields[9]}]" in own:
            counts[port] += 1
    return counts


def sessions_stay_within_the_limits():
    with Lab("limits") as lab:
        source, target = Place(lab, "mysql", "_s"), Place(lab, "postgres", "_t")
        make_many(source, 100)
        ports = [int(lab.settings["MY_PORT"]), int(lab.settings["PG_PORT"])]
        most = dict.fromkeys(ports, 0)

        def watch(pid):
            try:
                while True:
                    for port, count in sockets_to(pid, ports).items():
                        most[port] = max(most[port], count)
                    time.sleep(0.002)
            except OSError:
                return

        Run(lab, sync(lab, source, target, "LOAD FULL WRITE RECREATE LIMITS (parallel_tables = 8, source_connections = 3, target_connections = 2)"), watch=watch)
        # Beside the readers and loaders: one session that asks the catalogue or keeps the run's state.
        expect(2 <= most[ports[0]] <= 3 + 1, f"{most[ports[0]]} sessions at the source")
        expect(2 <= most[ports[1]] <= 2 + 1, f"{most[ports[1]]} sessions at the target")


def wide_empty_and_keyless_tables():
    with Lab("limits") as lab:
        source = Place(lab, "mysql", "_s")
        names = [f"c{number}" for number in range(200)]
        source.ask("CREATE TABLE wide (" + ", ".join(f"{name} INT" for name in names) + ", PRIMARY KEY (c0))",
                   *(f"INSERT INTO wide VALUES ({', '.join(str(row * 1000 + number) for number in range(200))})" for row in range(300)),
                   "CREATE TABLE no_rows (id INT PRIMARY KEY, name VARCHAR(20))", "CREATE TABLE keyless (a INT, b VARCHAR(20))",
                   "INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (NULL, NULL)")
        for engine in ENGINES:
            target = Place(lab, engine, f"_to_{engine}")
            for _ in range(2):
                Run(lab, sync(lab, source, target))
                total = " + ".join(names)
                expect(list(target.ask(f"SELECT count(*), sum({total}) FROM wide")[0]) == list(source.ask(f"SELECT count(*), sum({total}) FROM wide")[0]), f"{engine}: wide differs")
                expect(target.ask("SELECT count(*) FROM no_rows")[0][0] == 0, f"{engine}: rows in an empty table")
                rows = sorted(target.ask("SELECT a, b FROM keyless"), key=str)
                expect([tuple(row) for row in rows] == [(1, "x"), (1, "x"), (None, None)], f"{engine}: keyless holds {rows}")


if __name__ == "__main__":
    main([memory_out_of_mysql, memory_out_of_postgres, memory_out_of_sqlite, memory_of_split_tables_out_of_mysql, cells_of_64_mb_out_of_mysql, cells_of_64_mb_out_of_postgres, cells_of_64_mb_out_of_sqlite,
          tables_of_large_cells_out_of_mysql, tables_of_large_cells_out_of_postgres, tables_of_large_cells_out_of_sqlite,
          rows_above_the_limit_are_refused_by_name, five_hundred_tables_arrive_twice, each_table_costs_no_catalogue_query,
          sessions_stay_within_the_limits, wide_empty_and_keyless_tables], "limits_test")
