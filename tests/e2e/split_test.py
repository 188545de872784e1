#!/usr/bin/env python3
"""SPLIT: one table read in ranges of a key by several sessions of one snapshot. Whatever the key, the copy is that of one reader."""
import json
import random
import threading
import time
from decimal import Decimal

from lab import Lab, difference, expect, main
from pairs import Pair, judged

PAIRS = [("mysql", "postgres"), ("postgres", "mysql"), ("mysql", "mysql"), ("sqlite", "postgres"), ("postgres", "sqlite")]
ROWS = 12000
COLUMNS = ["id", "region", "amount", "note", "day", "version"]
FULL = "LOAD FULL WRITE RECREATE\n"


def words(number):
    return ("", "a", "A", "b ", "é", "z''z", "中", "%s")[number % 8]


def values(number):
    note = "NULL" if number % 9 == 0 else f"'{words(number)}{number % 40}'"
    amount = "NULL" if number % 17 == 0 else f"{number % 1000 - 500}.{number % 100:02}"
    return f"({number * 7 - 20000}, '{words(number)}', {amount}, {note}, '20{number % 90 + 10}-02-{number % 27 + 1:02}', 1)"


def orders(pair, rows=ROWS, index=True):
    text = {"mysql": "VARCHAR(40)", "postgres": "varchar(40)", "sqlite": "VARCHAR(40)"}[pair.source]
    number = "DECIMAL_TEXT(9,2)" if pair.source == "sqlite" else "DECIMAL(9,2)"
    day = "DATE_TEXT" if pair.source == "sqlite" else "DATE"
    pair.on_source(f"CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, region {text} NOT NULL, amount {number}, note {text}, day {day}, version INT)")
    for first in range(0, rows, 4000):
        pair.on_source("INSERT INTO orders VALUES " + ", ".join(values(number) for number in range(first, min(rows, first + 4000))))
    if index:
        pair.on_source("CREATE INDEX orders_region ON orders (region, id)", "CREATE INDEX orders_note ON orders (note)",
                       "CREATE INDEX orders_amount ON orders (amount, day)")
    if pair.source == "mysql":
        pair.on_source("ANALYZE TABLE orders")
    if pair.source == "postgres":
        pair.on_source("ANALYZE orders")


def content(pair, where="target"):
    """Rows as plain texts: SQLite keeps dates and decimals as text."""
    rows = pair.rows("orders", COLUMNS, where)
    texts = [[cell if cell == "NULL" else cell[2:] for cell in row] for row in rows]
    return sorted((*row[:2], row[2] if row[2] == "NULL" else str(Decimal(row[2]).normalize()), *row[3:]) for row in texts)


def same(pair):
    differs = difference(content(pair, "source"), content(pair))
    expect(differs is None, f"{differs}")


def pairwise(body):
    return judged(body, PAIRS)


@pairwise
def every_key_brings_every_row_once(pair):
    orders(pair)
    for split, shown in (("SPLIT BY id INTO 5 CHUNKS", "5 ranges of `id`"), ("SPLIT BY (region, id) INTO 7 CHUNKS", "7 ranges of `region`, `id`"),
                         ("SPLIT BY note INTO 4 CHUNKS", "4 ranges of `note`"), ("SPLIT BY (amount, day) INTO 6 CHUNKS", "6 ranges of `amount`, `day`")):
        done = pair.run(FULL + split)
        same(pair)
        expect(f"read in {shown} by " in done.stdout + done.stderr, f"{split}: {done.stdout}{done.stderr}")


@pairwise
def ranges_lie_inside_the_filter(pair):
    orders(pair, 3000)
    pair.run(FULL + "FILTER version = 1 AND amount > 100\nSPLIT BY (region, id) INTO 4 CHUNKS")
    expected = [row for row in content(pair, "source") if row[2] != "NULL" and Decimal(row[2]) > 100]
    expect(content(pair) == expected and expected, "other rows than the filter's")


@pairwise
def empty_tables_and_pages_are_split_too(pair):
    orders(pair, 0)
    pair.run(FULL + "SPLIT BY id INTO 4 CHUNKS")
    expect(content(pair) == [], "rows out of nothing")
    pair.on_source("INSERT INTO orders VALUES " + ", ".join(values(number) for number in range(500)))
    pair.run(FULL + "SPLIT BY id INTO 4 CHUNKS\nLIMITS (page_size = 37)")
    same(pair)


@pairwise
def increments_are_split_as_well(pair):
    orders(pair, 2000)
    clauses = "LOAD INCREMENTAL KEY (id) WRITE UPSERT\nSPLIT BY id INTO 3 CHUNKS"
    pair.run(clauses)
    same(pair)
    pair.on_source("INSERT INTO orders VALUES " + ", ".join(values(number) for number in range(5000, 6000)))
    pair.run(clauses)
    same(pair)


def off_and_the_default_use_one_session():
    with Lab("split") as lab:
        pair = Pair(lab, "mysql", "mysql")
        orders(pair, 2000)
        for clause in ("SPLIT OFF", "", "SPLIT OFF\nLIMITS (readers_per_table = 4)"):
            done = pair.run(FULL + clause)
            same(pair)
            expect("ranges" not in done.stdout + done.stderr, f"{clause}: {done.stdout}")


def the_plan_says_how_a_table_is_split():
    with Lab("split") as lab:
        pair = Pair(lab, "mysql", "postgres")
        orders(pair, 100)
        script = lab.script(pair.head + pair.sync(FULL + "SPLIT BY (region, id) INTO 6 CHUNKS\nLIMITS (source_connections = 3)"))
        text = lab.syncline("plan", script, "--columns").stdout
        expect("read in 6 ranges of region, id by up to 3 sessions" in text, text)
        expect("one snapshot: SPLIT BY" in text, text)
        split = lab.plan_json(script)["syncs"][0]["tables"][0]["split"]
        expect(split == {"columns": ["region", "id"], "chunks": 6, "readers": 3, "reason": "SPLIT BY"}, json.dumps(split))


def a_source_with_one_session_is_read_by_one():
    """A WAL file shows its snapshot to one session only."""
    with Lab("split") as lab:
        pair = Pair(lab, "sqlite", "mysql")
        orders(pair, 2000)
        pair.on_source("PRAGMA journal_mode = WAL")
        done = pair.run(FULL + "SPLIT BY id INTO 4 CHUNKS")
        same(pair)
        expect("read by one session: one read transaction" in done.stdout + done.stderr, done.stdout + done.stderr)


class Writer(threading.Thread):
    """Gives every row a new version in one transaction, and moves rows from one end of the key to the other."""

    def __init__(self, pair):
        super().__init__()
        self.connection, self.stopping, self.versions = pair.connect(pair.source, pair.source_database), threading.Event(), 1
        self.connection.autocommit(False) if pair.source == "mysql" else setattr(self.connection, "autocommit", False)

    def run(self):
        cursor = self.connection.cursor()
        while not self.stopping.is_set():
            self.versions += 1
            cursor.execute(f"UPDATE orders SET version = {self.versions}")
            shift = 10000000 if self.versions % 2 == 0 else -10000000
            cursor.execute(f"UPDATE orders SET id = id + {shift} WHERE id {'<' if shift > 0 else '>'} {0 if shift > 0 else 5000000}")
            self.connection.commit()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.stopping.set()
        self.join()


@lambda body: judged(body, [("mysql", "postgres"), ("postgres", "mysql"), ("mysql", "mysql")])
def a_concurrent_writer_does_not_tear_the_snapshot(pair):
    orders(pair, index=False)
    with Writer(pair) as writer:
        for _ in range(6):
            done = pair.run(FULL + "SPLIT BY id INTO 8 CHUNKS")
            rows = pair.rows("orders", ["id", "version"])
            seen = {row[1] for row in rows}
            expect(len(rows) == ROWS and len({row[0] for row in rows}) == ROWS, f"{len(rows)} rows, not {ROWS}: {done.stdout}")
            expect(len(seen) == 1, f"versions {sorted(seen)} in one copy: {done.stdout}")
        expect(writer.versions > 3, "the writer never wrote")


@lambda body: judged(body, [("mysql", "mysql"), ("mysql", "postgres"), ("postgres", "sqlite")])
def killed_anywhere_the_next_run_ends_right(pair):
    """The target keeps its old rows until the swap; nothing of a killed run is left."""
    orders(pair)
    clauses = FULL + "SPLIT BY id INTO 12 CHUNKS\nLIMITS (batch_size = 1 MB)"
    started = time.monotonic()
    pair.run(clauses)
    took = time.monotonic() - started
    old = content(pair)
    script = pair.lab.script(pair.head + pair.sync(clauses))
    for number in range(6):
        pair.on_source(f"UPDATE orders SET version = {number + 2}")
        armed = {"SYNCLINE_FAILPOINTS": f"load.batch=kill@{random.randrange(1, 14)}"} if number % 2 == 0 else None
        process = pair.lab.start("run", script, env=armed)
        if armed is None:
            time.sleep(random.uniform(0, took))
            process.kill()
        process.communicate()
        found = content(pair)
        new = content(pair, "source")
        expect(found in (old, new), f"{len(found)} rows that are neither old nor new")
        pair.run(clauses)
        same(pair)
        old = content(pair)
        expect(leftovers(pair) == [], f"left over: {leftovers(pair)}")


def leftovers(pair):
    if pair.target == "sqlite":
        return pair.on_target("SELECT name FROM sqlite_schema WHERE name LIKE 'syncline_stg%' OR name LIKE 'syncline_old%'")
    mine = "DATABASE()" if pair.target == "mysql" else "'public'"
    return list(pair.on_target(f"SELECT table_name FROM information_schema.tables WHERE table_schema = {mine} "
                               "AND (table_name LIKE 'syncline\\_stg%' OR table_name LIKE 'syncline\\_old%')"))


def tables_of_one_snapshot_are_split():
    """A foreign key joins them: both are read at one moment, each by several sessions."""
    with Lab("split") as lab:
        pair = Pair(lab, "postgres", "mysql")
        orders(pair, 3000)
        pair.on_source("CREATE TABLE lines (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders (id))",
                       "INSERT INTO lines SELECT row_number() OVER (), id FROM orders")
        pair.run(FULL + "SPLIT BY id INTO 5 CHUNKS")
        same(pair)
        pair.same("lines", ["id", "order_id"])


def a_large_table_is_written_by_several_sessions():
    """Above the size of one transaction PostgreSQL gets several COPY sessions into one staging table."""
    with Lab("split") as lab:
        pair = Pair(lab, "mysql", "postgres")
        pair.on_source("CREATE TABLE big (id INT NOT NULL PRIMARY KEY, body VARCHAR(400) NOT NULL)",
                       "INSERT INTO big SELECT seq, repeat(md5(seq), 10) FROM seq_1_to_250000", "ANALYZE TABLE big")
        done = pair.run(FULL + "SPLIT BY id INTO 8 CHUNKS\nLIMITS (batch_size = 4 MB)")
        expect("read in 8 ranges of `id` by 8 sessions" in done.stdout + done.stderr, done.stdout)
        total = "SELECT count(*), count(DISTINCT id), sum(id) FROM big"
        source, target = pair.on_source(total)[0], pair.on_target(total)[0]
        expect(tuple(map(int, source)) == tuple(map(int, target)), f"{source} against {target}")
        expect(pair.on_target("SELECT count(*) FROM big WHERE body <> repeat(md5(id::text), 10)")[0][0] == 0, "bodies differ")


main([every_key_brings_every_row_once, ranges_lie_inside_the_filter, empty_tables_and_pages_are_split_too, increments_are_split_as_well,
      off_and_the_default_use_one_session, the_plan_says_how_a_table_is_split, a_source_with_one_session_is_read_by_one,
      a_concurrent_writer_does_not_tear_the_snapshot, killed_anywhere_the_next_run_ends_right, tables_of_one_snapshot_are_split,
      a_large_table_is_written_by_several_sessions], "split")
