#!/usr/bin/env python3
"""Random writers against a source while increments run; at rest the target holds what the source holds. Late commits, ties at the boundary, rows
that are back-dated within LOOKBACK, NULL keys, updates and key changes.

Without arguments: three of the nine pairs. `all_pairs` runs all nine, with ORACLE_RUNS and ORACLE_CHANGES (default 200 and 200,000) for each."""
import collections
import concurrent.futures
import datetime
import os
import random
import sys
import threading
import time

import pymysql

from lab import Lab, OwnServersLab, expect, main
from pairs import ENGINES, Pair

WRITERS = 3
KEYS = 4000
RUNS = int(os.environ.get("ORACLE_RUNS", "200"))
CHANGES = int(os.environ.get("ORACLE_CHANGES", "200000"))
LATENESS = 1.0  # seconds that rows of `ledger` may be back-dated; LOOKBACK declares twice as much
TIMED = {"mysql": "DATETIME(3)", "postgres": "timestamp(3)", "sqlite": "DATETIME_TEXT(3)"}
COUNTER = {"mysql": "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY", "postgres": "bigserial PRIMARY KEY", "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT"}

# ledger: rows change and are back-dated, found again by (changed, id). steady: rows change, `changed` is the time of the change, found by windows.
# journal: rows are only added; found by their number, which a transaction takes long before it commits.
SYNCS = """
SYNC ledger FROM a TABLES ({ledger}) INTO b {naming}
LOAD FULL WRITE RECREATE THEN INCREMENTAL KEY (changed, id) LOOKBACK 2 SECONDS FROM TARGET WRITE UPSERT;
SYNC journal FROM a TABLES ({journal}) INTO b {naming}
LOAD FULL WRITE RECREATE THEN INCREMENTAL KEY (number) FROM {origin} WRITE APPEND;
SYNC steady FROM a TABLES ({steady}) INTO b {naming}
LOAD INCREMENTAL WHERE changed >= :window_start AND changed < :window_end WRITE UPSERT;
"""


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def literal(moment):
    return f"'{moment.strftime('%Y-%m-%d %H:%M:%S.%f')[:-3]}'"


class Writer(threading.Thread):
    """Transactions of 1 to 60 changes, open for up to 0.3 s, a tenth of them rolled back. Each writer has ids of its own, so that nobody waits for a lock."""

    def __init__(self, pair, number, budget):
        super().__init__()
        self.pair, self.number, self.left = pair, number, budget
        self.chance = random.Random(f"{pair.source}{pair.target}{number}")
        self.error = None
        self.counts = collections.Counter()

    def run(self):
        try:
            self.write()
        except Exception as error:
            self.error = error

    def write(self):
        connection = self.pair.connect(self.pair.source, self.pair.source_database)
        cursor = connection.cursor()
        sqlite = self.pair.source == "sqlite"
        if self.pair.source == "mysql":
            cursor.execute("SET SESSION transaction_isolation = 'READ-COMMITTED'" if not self.pair.lab.is_mariadb() else "SET SESSION tx_isolation = 'READ-COMMITTED'")
        if sqlite:
            cursor.execute("PRAGMA busy_timeout = 30000")
        while self.left > 0:
            cursor.execute("BEGIN IMMEDIATE" if sqlite else "BEGIN")
            changes = self.chance.randint(1, 60) * (10 if self.chance.random() < 0.3 else 1)
            try:
                for statement in self.statements(changes):
                    cursor.execute(statement)
            except pymysql.err.OperationalError as error:  # a deadlock with the gaps of another writer
                if error.args[0] != 1213:
                    raise
                cursor.execute("ROLLBACK")
                continue
            time.sleep(self.chance.random() * (0.02 if sqlite else 0.3) * (self.chance.random() < 0.5))
            gone = self.chance.random() < 0.1
            cursor.execute("ROLLBACK" if gone else "COMMIT")
            self.counts["rolled back" if gone else "changes"] += changes
            self.left -= 0 if gone else changes
            time.sleep(self.chance.random() * 0.02)
        connection.close()

    def own(self):
        return self.chance.randrange(KEYS) * WRITERS + self.number

    def statements(self, changes):
        """Rows in statements of many, as applications that write much do; all rows of one statement share their moment: ties."""
        kind = self.chance.choice(("ledger", "journal", "steady"))
        if kind == "journal":
            return [f"INSERT INTO journal (v) VALUES {', '.join(f'({self.chance.randrange(1000)})' for _ in range(changes))}"]
        ids = sorted({self.own() for _ in range(changes)})
        moment = now()
        if kind == "ledger" and self.chance.random() < 0.3:
            moment -= datetime.timedelta(seconds=self.chance.random() * LATENESS)
        listed = ", ".join(map(str, ids))
        made = [f"DELETE FROM {kind} WHERE id IN ({listed})"]
        unknown = kind == "ledger" and self.chance.random() < 0.05
        value = "NULL" if unknown else literal(moment)
        if self.chance.random() < 0.5:
            made = [f"UPDATE {kind} SET v = v + 1, changed = {literal(moment)} WHERE id IN ({listed})"]
        else:
            made.append(f"INSERT INTO {kind} (id, v, changed) VALUES " + ", ".join(f"({one}, {self.chance.randrange(1000)}, {value})" for one in ids))
        if self.chance.random() < 0.05:  # a key change: another row of this writer takes over
            fresh = 10 * KEYS * WRITERS + self.chance.randrange(10 ** 9) * WRITERS + self.number
            made.append(f"UPDATE {kind} SET id = {fresh}, changed = {literal(moment)} WHERE id = {ids[0]}")
        return made


class Oracle:
    def __init__(self, lab, source, target, runs, changes):
        self.pair = Pair(lab, source, target)
        self.lab, self.runs, self.changes = lab, runs, changes
        for name in ("ledger", "steady"):
            self.pair.on_source(f"CREATE TABLE {name} (id BIGINT NOT NULL PRIMARY KEY, v INT NOT NULL, changed {TIMED[source]})",
                                f"CREATE INDEX {name}_changed ON {name} (changed)")
        self.pair.on_source(f"CREATE TABLE journal (number {COUNTER[source]}, v INT NOT NULL)")
        if source == "sqlite":
            self.pair.on_source("PRAGMA journal_mode = WAL")
        for number in range(1, 500):
            self.pair.on_source(f"INSERT INTO ledger VALUES ({number}, 0, {literal(now()) if number % 7 else 'NULL'})")
        names = {name: self.pair.pattern(name) for name in ("ledger", "journal", "steady")}
        origin = "STATE" if target == "sqlite" else "TARGET"
        self.script = lab.script(self.pair.head + SYNCS.format(**names, naming=self.pair.naming, origin=origin))
        self.window_end = now().replace(microsecond=0) - datetime.timedelta(seconds=2)
        self.done = 0

    def keys(self):
        self.lab.syncline("run", self.script, "--select", "sync:ledger", "--select", "sync:journal")
        self.done += 1

    def window(self, end):
        if end <= self.window_end:
            return
        self.lab.syncline("run", self.script, "--select", "sync:steady", "--window", f"{self.window_end}..{end}")
        self.window_end = end
        self.done += 1

    def run(self):
        writers = [Writer(self.pair, number, self.changes // WRITERS) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers) or self.done < self.runs:
            self.keys()
            self.window(now().replace(microsecond=0))
        for writer in writers:
            writer.join()
            expect(writer.error is None, f"a writer failed: {writer.error!r}")
        time.sleep(1.1)
        self.keys()
        self.window(now().replace(microsecond=0))
        self.judge()
        counts = sum((writer.counts for writer in writers), collections.Counter())
        print(f"     {self.pair.source} -> {self.pair.target}: {counts['changes']} changes, {counts['rolled back']} rolled back, {self.done} runs", flush=True)

    def rows(self, table, columns, where):
        """Without the differ's letter for the kind of a value and without zeros behind the point: SQLite keeps moments as text."""
        def plain(cell):
            text = cell if cell == "NULL" else cell[2:]
            return text.rstrip("0").rstrip(".") if "." in text else text
        return [tuple(map(plain, row)) for row in self.pair.rows(table, columns, where)]

    def judge(self):
        """Ids that a key change took away in the source stay in the target: nothing told the increments about them (DELETES does)."""
        for name, columns in (("ledger", ["id", "v", "changed"]), ("steady", ["id", "v", "changed"]), ("journal", ["number", "v"])):
            expected = {row[0]: row for row in self.rows(name, columns, "source") if row[-1] != "NULL"}
            rows = self.rows(name, columns, "target")
            found = {row[0]: row for row in rows}
            expect(len(found) == len(rows), f"{name}: {len(rows) - len(found)} rows stand twice")
            lost = [row for key, row in expected.items() if key not in found]
            expect(not lost, f"{name}: {len(lost)} rows are lost, for example {lost[:3]}")
            stale = [(row, found[key]) for key, row in expected.items() if found[key] != row]
            expect(not stale, f"{name}: {len(stale)} rows are not the newest, for example {stale[:3]}")
            if name == "journal":
                expect(len(found) == len(expected), f"journal: {len(found) - len(expected)} rows too many")


def judge_pair(source, target):
    with Lab(f"oracle_{source}_{target}") as lab:
        try:
            Oracle(lab, source, target, RUNS, CHANGES).run()
        except AssertionError as error:
            raise AssertionError(f"{source} -> {target}: {error}") from error


def targets_meet_their_sources():
    """Three pairs at a time: they wait more than they work. The servers are their own: what other tests leave open would be waited for."""
    with OwnServersLab("oracle"), concurrent.futures.ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(judge_pair, *pair) for pair in PAIRS]:
            done.result()


PAIRS = [("mysql", "postgres"), ("postgres", "sqlite"), ("sqlite", "mysql")]
if sys.argv[1:] == ["all_pairs"]:
    PAIRS = [(source, target) for source in ENGINES for target in ENGINES]
    sys.argv.pop()
main([targets_meet_their_sources], "oracle")
