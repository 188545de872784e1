#!/usr/bin/env python3
"""kill -9 at 20 random moments for each target engine, and once at every named failpoint, while READ COMMITTED and REPEATABLE READ
readers poll the target. They see old or complete new content only, and one more run, started at once, ends with the right content, its
foreign key and no left-over staging. SYNCLINE_SEED repeats a run."""
import contextlib
import os
import random
import sqlite3
import threading
import time

from lab import Lab, expect, main, open_sqlite, quoted

SEED = int(os.environ.get("SYNCLINE_SEED", random.SystemRandom().randrange(1 << 30)))
KILLS = int(os.environ.get("SYNCLINE_KILLS", "20"))
FAILPOINTS = ("load.chunk", "index.before", "swap.before", "swap.after", "foreign_keys.before", "cleanup.before")
SOURCE_OF = {"postgres": "mysql", "mysql": "postgres", "sqlite": "mysql"}
BIG = 12000


class Source:
    """parent, child (with a foreign key) and big; every row carries the version of the whole database."""

    def __init__(self, lab, engine):
        self.engine, self.version = engine, 0
        self.database = lab.new_mysql("_s") if engine == "mysql" else lab.new_postgres("_s")
        self.connection = lab.mysql(self.database) if engine == "mysql" else lab.postgres(self.database)
        tail = " ENGINE=InnoDB" if engine == "mysql" else ""
        self.run("CREATE TABLE parent (id INT NOT NULL PRIMARY KEY, version INT NOT NULL)" + tail,
                 "CREATE TABLE child (id INT NOT NULL PRIMARY KEY, parent_id INT NOT NULL, version INT NOT NULL, "
                 "CONSTRAINT child_parent FOREIGN KEY (parent_id) REFERENCES parent (id))" + tail,
                 "CREATE TABLE big (id INT NOT NULL PRIMARY KEY, version INT NOT NULL, pad VARCHAR(200) NOT NULL)" + tail,
                 "CREATE INDEX big_pad ON big (pad)")
        self.next_version(BIG)

    def run(self, *statements):
        with self.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def next_version(self, more=7):
        self.version += 1
        first = self.counts()["big"] + 1
        numbers = list(range(first, first + more))
        rows = ", ".join(f"({n}, {self.version}, '{'x' * 60}{n % 977:03}')" for n in numbers)
        parents = ", ".join(f"({self.version * 10 + n}, {self.version})" for n in range(3))
        children = ", ".join(f"({self.version * 10 + n}, {self.version * 10 + n}, {self.version})" for n in range(3))
        self.run("BEGIN", f"INSERT INTO parent VALUES {parents}", f"INSERT INTO child VALUES {children}", f"INSERT INTO big VALUES {rows}",
                 *(f"UPDATE {table} SET version = {self.version}" for table in ("parent", "child", "big")), "COMMIT")

    def counts(self):
        with self.connection.cursor() as cursor:
            result = {}
            for table in ("parent", "child", "big"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                result[table] = cursor.fetchone()[0]
            return result


class Target:
    def __init__(self, lab, engine):
        self.lab, self.engine = lab, engine
        if engine == "sqlite":
            self.database = str(lab.folder / "target.db")
        else:
            self.database = lab.new_mysql("_t") if engine == "mysql" else lab.new_postgres("_t")

    def connect(self):
        if self.engine == "sqlite":
            connection = sqlite3.connect(self.database, isolation_level=None, timeout=30, check_same_thread=False)
            return connection
        return self.lab.mysql(self.database) if self.engine == "mysql" else self.lab.postgres(self.database)

    def state(self, cursor, table):
        cursor.execute(f"SELECT count(*), min(version), max(version) FROM {quoted(self.engine, table)}")
        return tuple(cursor.fetchone())

    def leftovers(self):
        with contextlib.closing(self.connect()) as connection:
            return self.leftovers_in(connection.cursor())

    def leftovers_in(self, cursor):
        if self.engine == "sqlite":
            cursor.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'syncline_stg%' OR name LIKE 'syncline_old%'")
        else:
            mine = "DATABASE()" if self.engine == "mysql" else "'public'"
            cursor.execute(f"SELECT table_name FROM information_schema.tables WHERE table_schema = {mine} "
                           "AND (table_name LIKE 'syncline\\_stg%' OR table_name LIKE 'syncline\\_old%')")
        return [row[0] for row in cursor.fetchall()]

    def foreign_keys(self):
        with contextlib.closing(self.connect()) as connection:
            return self.foreign_keys_in(connection.cursor())

    def foreign_keys_in(self, cursor):
        if self.engine == "sqlite":
            cursor.execute("SELECT count(*) FROM pragma_foreign_key_list('child')")
        elif self.engine == "mysql":
            cursor.execute("SELECT count(*) FROM information_schema.referential_constraints WHERE constraint_schema = %s AND table_name = 'child'", (self.database,))
        else:
            cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'child'::regclass AND convalidated")
        return cursor.fetchone()[0]


class Pollers:
    """Two readers until stopped: each reading must be one of the allowed states of its table."""

    def __init__(self, target, allowed):
        self.target, self.allowed, self.problems, self.readings = target, allowed, [], 0
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.poll, args=(mode,)) for mode in ("READ COMMITTED", "REPEATABLE READ")]
        for thread in self.threads:
            thread.start()

    def poll(self, mode):
        connection = self.target.connect()
        cursor = connection.cursor()
        while not self.stopping.is_set():
            table = random.choice(("parent", "child", "big"))
            try:
                readings = self.read(cursor, mode, table)
            except Exception as error:  # a reader that waits for the swap, or is told to try again, has not read anything
                if self.is_wait(error):
                    self.rollback(cursor)
                    continue
                self.problems.append(f"{mode} {table}: {error!r}")
                return
            for reading in readings:
                self.readings += 1
                if reading not in self.allowed[table]:
                    self.problems.append(f"{mode} {table}: read {reading}, allowed {self.allowed[table]}")
            if len(set(readings)) > 1 and mode == "REPEATABLE READ":
                self.problems.append(f"{mode} {table}: read {readings} in one transaction")
        connection.close()

    def read(self, cursor, mode, table):
        if mode == "READ COMMITTED":
            return [self.target.state(cursor, table)]
        if self.target.engine == "mysql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("START TRANSACTION")
        else:
            cursor.execute("BEGIN" if self.target.engine == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ")
        first = self.target.state(cursor, table)
        time.sleep(0.02)
        second = self.target.state(cursor, table)
        cursor.execute("COMMIT")
        return [first, second]

    @staticmethod
    def is_wait(error):
        text = str(error)
        return "database is locked" in text or "1205" in text or "1412" in text or "database schema is locked" in text

    @staticmethod
    def rollback(cursor):
        try:
            cursor.execute("ROLLBACK")
        except Exception:
            pass

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        return self.problems


class Scene:
    def __init__(self, lab, engine):
        self.lab, self.source, self.target = lab, Source(lab, SOURCE_OF[engine]), Target(lab, engine)
        naming = {"mysql": f"NAMING (DATABASE = '{self.target.database}')\n", "postgres": "NAMING (SCHEMA = 'public')\n", "sqlite": ""}[engine]
        pattern = f"{self.source.database}.*" if self.source.engine == "mysql" else "public.*"
        self.script = lab.script(lab.connection("a", self.source.engine, self.source.database)
                                 + lab.connection("b", engine, self.target.database, write=True)
                                 + f"SYNC kill FROM a TABLES ({pattern}) INTO b {naming}LOAD FULL WRITE RECREATE LIMITS (batch_size = 200 KB);\n")
        started = time.monotonic()
        lab.syncline("run", self.script)
        self.duration = time.monotonic() - started
        self.check_new()

    def allowed(self, *versions_counts):
        return {table: {(counts[table], version, version) for version, counts in versions_counts} for table in ("parent", "child", "big")}

    def check_new(self):
        connection = self.target.connect()
        cursor = connection.cursor()
        counts = self.source.counts()
        for table in ("parent", "child", "big"):
            state = self.target.state(cursor, table)
            expect(state == (counts[table], self.source.version, self.source.version), f"{table} is {state} after a whole run, version {self.source.version}, {counts}")
        expect(not self.target.leftovers(), f"left over: {self.target.leftovers()}")
        connection.close()
        expect(self.target.foreign_keys() == 1, "the foreign key of child is missing")

    def kill_once(self, environment=None, after=None):
        """One run that dies, one that mends. Returns whether the first died."""
        old = (self.source.version, self.source.counts())
        self.source.next_version()
        new = (self.source.version, self.source.counts())
        pollers = Pollers(self.target, self.allowed(old, new))
        try:
            run = self.lab.start("run", self.script, env=environment)
            if after is None:
                run.wait(timeout=120)
            else:
                time.sleep(after)
                run.kill()
                run.wait()
            died = run.returncode == -9
            self.lab.syncline("run", self.script)
        finally:
            problems = pollers.stop()
        expect(not problems, "; ".join(problems[:3]))
        expect(pollers.readings > 0, "the readers read nothing")
        self.check_new()
        return died


def random_moments(engine):
    generator = random.Random(f"{SEED}{engine}")
    with Lab(f"kill_{engine}") as lab:
        scene = Scene(lab, engine)
        died = sum(scene.kill_once(after=generator.uniform(0, scene.duration * 1.05)) for _ in range(KILLS))
        print(f"     {engine}: seed {SEED}, a run takes {scene.duration:.2f} s, {died} of {KILLS} kills hit it", flush=True)
        expect(died >= KILLS // 2, "too few kills hit a running syncline")


def every_failpoint(engine):
    with Lab(f"failpoint_{engine}") as lab:
        scene = Scene(lab, engine)
        for name in FAILPOINTS:
            if name == "foreign_keys.before" and engine == "sqlite":
                continue  # SQLite declares foreign keys in CREATE TABLE: there is no such step
            died = scene.kill_once(environment={"SYNCLINE_FAILPOINTS": f"{name}=kill@1"})
            expect(died, f"failpoint {name} was not reached")


def make_test(kind, engine):
    def test():
        kind(engine)
    test.__name__ = f"{kind.__name__}_{engine}"
    return test


main([make_test(kind, engine) for kind in (every_failpoint, random_moments) for engine in ("postgres", "mysql", "sqlite")], "kill")
