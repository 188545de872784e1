#!/usr/bin/env python3
"""The connection is cut at each COMMIT and RENAME of a run, before the server gets it and after it was carried out. The target holds
old or new content, an append never adds its rows twice, and only what nobody can know is reported in doubt."""
from cut import Cut
from lab import Lab, expect, main, open_sqlite

OLD, ALL = 40, 100
MODES = ("RECREATE", "TRUNCATE", "UPSERT", "APPEND")


class Scene:
    """A SQLite source with new rows and a target with old ones, each mode with a table of its own."""

    def __init__(self, lab, engine, state):
        self.lab, self.engine, self.times = lab, engine, 0
        self.database = lab.new_mysql() if engine == "mysql" else lab.new_postgres()
        self.port = lab.settings["MY_PORT" if engine == "mysql" else "PG_PORT"]
        self.setting = ", state = local" if state == "local" else ""
        source = open_sqlite(lab.folder / "source.db")
        source.execute("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v VARCHAR(9) NOT NULL)")
        source.executemany("INSERT INTO t VALUES (?, 'new')", [(number,) for number in range(OLD, ALL)])
        source.close()
        self.connection = lab.mysql(self.database) if engine == "mysql" else lab.postgres(self.database)

    def script(self, mode, port, errors):
        target = self.lab.connection("b", self.engine, self.database, write=True).replace(f"port = {self.port}", f"port = {port}")
        target = target.replace("allow_writes = true", "allow_writes = true" + self.setting)
        naming = f"NAMING (DATABASE = '{self.database}')" if self.engine == "mysql" else "NAMING (SCHEMA = 'public')"
        return self.lab.script(self.lab.connection("a", "sqlite", "source.db") + target
                               + f"SYNC cut_{self.times} FROM a TABLES (t) INTO b {naming} LOAD FULL WRITE {mode} {errors};\n")

    def ask(self, statement):
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def reset(self):
        """A sync of another name each time, whose list of tables is recorded in every run and not in the first one only."""
        self.times += 1
        self.ask("DROP TABLE IF EXISTS t")
        self.ask("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v VARCHAR(9) NOT NULL)")
        self.ask("INSERT INTO t VALUES " + ", ".join(f"({number}, 'old')" for number in range(OLD)))

    def content(self):
        return sorted(self.ask("SELECT id, v FROM t"))

    def leftovers(self):
        schema = "DATABASE()" if self.engine == "mysql" else "CURRENT_SCHEMA()"
        return self.ask(f"SELECT table_name FROM information_schema.tables WHERE table_schema = {schema} AND (table_name LIKE 'syncline\\_stg%' OR table_name LIKE 'syncline\\_old%')")

    def run(self, mode, cut, errors=""):
        return self.lab.syncline("run", self.script(mode, cut.port, errors), "--adopt", code=None)

    def whole_run(self, mode):
        """How many publishing statements it has: the fewer of two, since a busy machine may add some."""
        return min(self.counted_run(mode), self.counted_run(mode))

    def counted_run(self, mode):
        self.reset()
        with Cut(self.port) as proxy:
            done = self.run(mode, proxy)
            expect(done.returncode == 0 and self.content() == new_content(mode), f"{mode} without a cut: {done.stderr}")
            return proxy.seen

    def cut_run(self, mode, at, most, before, close_after=False):
        """`most`: how many publishing statements a run had that nobody cut. A busy machine may add one, which this run need not have."""
        self.reset()
        with Cut(self.port, at, before, close_after) as proxy:
            done = self.run(mode, proxy, "ERRORS (retries = 0)" if close_after else "")
            expect(proxy.cut or at == most, f"{mode}: statement {at} of {most} was not reached")
            expect(proxy.cut or done.returncode == 0, f"{mode}: failed without a cut: {done.stderr}")
            return done


def new_content(mode):
    old = [(number, "old") for number in range(OLD)] if mode in ("UPSERT", "APPEND") else []
    return old + [(number, "new") for number in range(OLD, ALL)]


def old_content():
    return [(number, "old") for number in range(OLD)]


def each_cut(scene, mode):
    most = scene.whole_run(mode)
    for at in range(1, most + 1):
        for before in (True, False):
            yield at, most, before, f"{scene.engine}, {mode}, cut {'before' if before else 'after'} statement {at}"


def the_target_decides(engine):
    with Lab(f"lost_{engine}") as lab:
        scene = Scene(lab, engine, "target")
        for mode in MODES:
            for at, most, before, where in each_cut(scene, mode):
                done = scene.cut_run(mode, at, most, before)
                expect(done.returncode == 0, f"{where}: ended {done.returncode}\n{done.stdout}{done.stderr}")
                expect(scene.content() == new_content(mode), f"{where}: {len(scene.content())} rows")
                expect(not scene.leftovers(), f"{where}: left over {scene.leftovers()}")


def without_state_an_append_is_in_doubt(engine):
    with Lab(f"doubt_{engine}") as lab:
        scene = Scene(lab, engine, "local")
        doubts = 0
        for mode in MODES:
            for at, most, before, where in each_cut(scene, mode):
                done = scene.cut_run(mode, at, most, before)
                allowed = (old_content(), new_content(mode)) if done.returncode else (new_content(mode),)
                expect(scene.content() in allowed, f"{where}: {len(scene.content())} rows, ended {done.returncode}")
                expect(not scene.leftovers(), f"{where}: left over {scene.leftovers()}")
                if done.returncode == 0:
                    continue
                expect(mode == "APPEND" and "they may be there" in done.stdout + done.stderr, f"{where}: {done.stdout}{done.stderr}")
                doubts += 1
        expect(doubts == 2, f"{doubts} appends in doubt, not one before and one after their COMMIT")


def nobody_answers_any_more(engine):
    with Lab(f"gone_{engine}") as lab:
        scene = Scene(lab, engine, "target")
        for mode in ("RECREATE", "APPEND"):
            for at, most, before, where in each_cut(scene, mode):
                done = scene.cut_run(mode, at, most, before, close_after=True)
                expect(scene.content() in (old_content(), new_content(mode)), f"{where}: {len(scene.content())} rows")
                expect(done.returncode in (4, 5, 6, 7) or scene.content() == new_content(mode), f"{where}: ended {done.returncode} with old content")
                expect("Traceback" not in done.stderr and done.returncode >= 0, f"{where}: {done.stderr}")


def make_test(body, engine):
    def test():
        body(engine)
    test.__name__ = f"{body.__name__}_{engine}"
    return test


main([make_test(body, engine) for body in (the_target_decides, without_state_an_append_is_in_doubt, nobody_answers_any_more)
      for engine in ("postgres", "mysql")], "lost answers")
