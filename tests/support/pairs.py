"""A source and a target of two engines, for end-to-end tests."""
from lab import Lab, difference, expect, fetch, open_sqlite

ENGINES = ("mysql", "postgres", "sqlite")


class Pair:
    """A source and a target database with one connection each, and the script head for them."""

    def __init__(self, lab, source, target, suffix=""):
        self.lab, self.source, self.target = lab, source, target
        self.source_database = self.make(source, "_s" + suffix)
        self.target_database = self.make(target, "_t" + suffix)
        self.head = lab.connection("a", source, self.source_database) + lab.connection("b", target, self.target_database, write=True)

    def make(self, engine, suffix):
        if engine == "sqlite":
            path = self.lab.folder / f"db{suffix}.db"
            open_sqlite(path).execute("PRAGMA user_version = 1")
            return path
        return self.lab.new_mysql(suffix) if engine == "mysql" else self.lab.new_postgres(suffix)

    def connect(self, engine, database):
        return {"mysql": self.lab.mysql, "postgres": self.lab.postgres, "sqlite": open_sqlite}[engine](database)

    def on_source(self, *statements):
        return self.execute(self.source, self.source_database, statements)

    def on_target(self, *statements):
        return self.execute(self.target, self.target_database, statements)

    def execute(self, engine, database, statements):
        connection = self.connect(engine, database)
        cursor, rows = connection.cursor(), []
        for statement in statements:
            cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    def pattern(self, table="*"):
        return {"mysql": f"{self.source_database}.{table}", "postgres": f"public.{table}", "sqlite": table}[self.source]

    @property
    def naming(self):
        return {"mysql": f"NAMING (DATABASE = '{self.target_database}')\n", "postgres": "NAMING (SCHEMA = 'public')\n", "sqlite": ""}[self.target]

    def sync(self, clauses, table="*", name="job"):
        return f"SYNC {name} FROM a TABLES ({self.pattern(table)}) INTO b {self.naming}{clauses};\n"

    def run(self, clauses, *arguments, code=0, table="*"):
        return self.lab.syncline("run", self.lab.script(self.head + self.sync(clauses, table)), *arguments, code=code)

    def rows(self, table, columns, where="target"):
        engine, database = (self.target, self.target_database) if where == "target" else (self.source, self.source_database)
        return fetch(engine, self.connect(engine, database), (table,), columns)

    def same(self, table, columns):
        differs = difference(self.rows(table, columns, "source"), self.rows(table, columns))
        expect(differs is None, f"{table}: {differs}")


def judged(body, pairs):
    """One test over pairs of engines, each with databases of its own; what fails names its pair."""
    def test():
        for source, target in pairs:
            with Lab(f"{source}_{target}") as lab:
                try:
                    body(Pair(lab, source, target))
                except AssertionError as error:
                    raise AssertionError(f"{source} -> {target}: {error}") from error
    test.__name__ = body.__name__
    test.over_pairs = True
    return test


def cases_of(module):
    """The tests over pairs that a module's globals hold, in their order."""
    return [test for test in module.values() if getattr(test, "over_pairs", False)]


def every_target(body):
    return judged(body, [(ENGINES[(number + 1) % 3], target) for number, target in enumerate(ENGINES)])


def every_pair(body):
    return judged(body, [(source, target) for source in ENGINES for target in ENGINES])
