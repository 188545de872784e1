#!/usr/bin/env python3
"""`state = local`: nothing of ours stays in the target, staging of dead runs goes with the next run, one run does not touch what another
loads, and keys between the sync's own tables survive the second run."""
import time

from lab import Lab, expect, main, open_sqlite

ROWS = 6000


class Scene:
    """parent and child (with a foreign key) and big in SQLite; a target without state tables."""

    def __init__(self, lab, engine):
        self.lab, self.engine = lab, engine
        self.database = lab.new_mysql() if engine == "mysql" else lab.new_postgres()
        self.connection = lab.mysql(self.database) if engine == "mysql" else lab.postgres(self.database)
        self.source = open_sqlite(lab.folder / "source.db")
        self.source.execute("BEGIN")
        self.source.execute("CREATE TABLE parent (id INT NOT NULL PRIMARY KEY)")
        self.source.execute("CREATE TABLE child (id INT NOT NULL PRIMARY KEY, parent_id INT NOT NULL REFERENCES parent (id))")
        self.source.execute("CREATE TABLE big (id INT NOT NULL PRIMARY KEY, pad VARCHAR(60) NOT NULL)")
        self.source.executemany("INSERT INTO parent VALUES (?)", [(n,) for n in range(3)])
        self.source.executemany("INSERT INTO child VALUES (?, ?)", [(n, n % 3) for n in range(9)])
        self.source.executemany("INSERT INTO big VALUES (?, ?)", [(n, "x" * 60) for n in range(ROWS)])
        self.source.execute("COMMIT")

    def script(self, tables="*", state="local", name="job.sync"):
        target = self.lab.connection("b", self.engine, self.database, write=True)
        if state == "local":
            target = target.replace("allow_writes = true", "allow_writes = true, state = local")
        naming = f"NAMING (DATABASE = '{self.database}')" if self.engine == "mysql" else "NAMING (SCHEMA = 'public')"
        return self.lab.script(self.lab.connection("a", "sqlite", "source.db") + target
                               + f"SYNC job FROM a TABLES ({tables}) INTO b {naming} LOAD FULL WRITE RECREATE LIMITS (batch_size = 64 KB);\n", name)

    def state_schemas(self):
        """Of this lab alone: other suites keep theirs on the same MySQL server."""
        return f"'{self.lab.name}_meta'" if self.engine == "mysql" else "'syncline_meta'"

    def ask(self, statement):
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def counts(self):
        return [self.ask(f"SELECT count(*) FROM {table}")[0][0] for table in ("parent", "child", "big")]

    def own_objects(self):
        everywhere = f"table_schema = '{self.database}'" if self.engine == "mysql" else "true"
        return sorted(row[0] for row in self.ask(f"SELECT table_name FROM information_schema.tables WHERE {everywhere} AND table_name LIKE 'syncline%'"))

    def foreign_keys(self):
        here = f" AND table_schema = '{self.database}'" if self.engine == "mysql" else ""
        return self.ask(f"SELECT count(*) FROM information_schema.table_constraints WHERE constraint_type = 'FOREIGN KEY' AND table_name = 'child'{here}")[0][0]


def every_target(body):
    def test():
        for engine in ("postgres", "mysql"):
            with Lab(f"local_{engine}") as lab:
                try:
                    body(Scene(lab, engine))
                except AssertionError as error:
                    raise AssertionError(f"{engine}: {error}") from error
    test.__name__ = body.__name__
    return test


@every_target
def nothing_of_ours_stays(scene):
    scene.lab.syncline("run", scene.script())
    expect(scene.counts() == [3, 9, ROWS] and scene.foreign_keys() == 1, f"{scene.counts()}, {scene.foreign_keys()} foreign keys")
    refused = scene.lab.syncline("run", scene.script(), code=None)
    expect(refused.returncode in (4, 5) and "SY8004" in refused.stdout + refused.stderr, f"unadopted tables were replaced: {refused.stderr}")
    scene.source.execute("INSERT INTO parent VALUES (77)")
    for _ in range(2):
        scene.lab.syncline("run", scene.script(), "--adopt")
        expect(scene.counts() == [4, 9, ROWS] and scene.foreign_keys() == 1, f"{scene.counts()}, {scene.foreign_keys()} foreign keys")
    expect(not scene.own_objects(), f"ours in the target: {scene.own_objects()}")
    expect(not scene.ask(f"SELECT 1 FROM information_schema.schemata WHERE schema_name IN ({scene.state_schemas()})"), "a state schema was made")


@every_target
def a_dead_run_is_cleaned_up(scene):
    scene.lab.syncline("run", scene.script())
    scene.source.execute("DELETE FROM big WHERE id >= 100")
    dead = scene.lab.start("run", scene.script("big"), "--adopt", env={"SYNCLINE_FAILPOINTS": "swap.before=kill@1"})
    dead.communicate(timeout=60)
    expect(dead.returncode == -9 and scene.counts()[2] == ROWS, f"ended {dead.returncode}")
    scene.lab.syncline("run", scene.script("big"), "--adopt")
    expect(scene.counts()[2] == 100 and not scene.own_objects(), f"{scene.counts()}, ours in the target: {scene.own_objects()}")


@every_target
def another_run_s_staging_is_left_alone(scene):
    scene.lab.syncline("run", scene.script())
    long = scene.lab.start("run", scene.script("big", "target", "long.sync"), "--adopt", env={"SYNCLINE_FAILPOINTS": "swap.before=stall(4)@1"})
    try:
        wait_for(lambda: any("_stg_" in name for name in scene.own_objects()) or scene.engine == "postgres")
        other = scene.lab.syncline("run", scene.script("parent, child"), "--adopt", "--wait", "0", code=None)
        expect(other.returncode in (0, 6), f"ended {other.returncode}: {other.stderr}")
    finally:
        output = long.communicate(timeout=60)[0]
    expect(long.returncode == 0, f"the first run ended {long.returncode}: {output}")
    expect(scene.counts() == [3, 9, ROWS] and scene.foreign_keys() == 1, f"{scene.counts()}")


@every_target
def the_list_of_known_tables_lies_in_the_local_state(scene):
    script = scene.script()
    script.write_text(script.read_text().replace("LOAD FULL", "ON NEW TABLE IGNORE LOAD FULL"))
    scene.lab.syncline("run", script)
    scene.source.execute("CREATE TABLE fresh (id INT NOT NULL PRIMARY KEY)")
    done = scene.lab.syncline("run", script, "--adopt")
    expect("fresh: new in the source since the last run: not copied" in done.stdout, done.stdout)
    expect("fresh" in scene.lab.syncline("plan", script, "--adopt").stdout and not scene.own_objects(), f"ours in the target: {scene.own_objects()}")
    scene.lab.syncline("run", script, "--adopt", "--state", scene.lab.folder / "another")
    expect(scene.ask("SELECT count(*) FROM fresh")[0][0] == 0, "without a list every table is known")


def wait_for(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    expect(False, "it did not happen")


main([nothing_of_ours_stays, a_dead_run_is_cleaned_up, another_run_s_staging_is_left_alone, the_list_of_known_tables_lies_in_the_local_state], "local state")
