#!/usr/bin/env python3
"""What is wrong with a row is said with table, column and the row's key: by readers, by the transform, by writers and by servers that
refuse a row after it was sent."""
from lab import Lab, expect, fetch, main, open_sqlite


class Run:
    """A source filled by `source` and a target made by `target`, and one load between them."""

    def __init__(self, lab, source, target):
        self.lab = lab
        self.ends = {"source": (source, self.make(source, "_s")), "target": (target, self.make(target, "_t"))}

    def make(self, engine, suffix):
        if engine == "sqlite":
            return self.lab.folder / f"db{suffix}.db"
        return self.lab.new_mysql(suffix) if engine == "mysql" else self.lab.new_postgres(suffix)

    def on(self, end, *statements):
        engine, database = self.ends[end]
        connection = {"mysql": self.lab.mysql, "postgres": self.lab.postgres, "sqlite": open_sqlite}[engine](database)
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        if engine == "sqlite":
            connection.commit()
        connection.close()

    def rows(self, table, columns):
        engine, database = self.ends["target"]
        connection = {"mysql": self.lab.mysql, "postgres": self.lab.postgres, "sqlite": open_sqlite}[engine](database)
        return fetch(engine, connection, (table,), columns)

    def load(self, clauses, *arguments, code=5):
        (source, source_database), (target, target_database) = self.ends["source"], self.ends["target"]
        pattern = {"mysql": f"{source_database}.*", "postgres": "public.*", "sqlite": "*"}[source]
        naming = {"mysql": f"NAMING (DATABASE = '{target_database}')\n", "postgres": "NAMING (SCHEMA = 'public')\n", "sqlite": ""}[target]
        script = self.lab.script(self.lab.connection("a", source, source_database) + self.lab.connection("b", target, target_database, write=True)
                                 + f"SYNC s FROM a TABLES ({pattern}) INTO b {naming}{clauses};\n")
        done = self.lab.syncline("run", script, *arguments, code=code)
        return done.stdout + done.stderr


def says(output, *texts):
    for text in texts:
        expect(text in output, f"`{text}` is missing in:\n{output}")


def a_broken_json_text_is_named():
    for target in ("postgres", "mysql"):
        with Lab(f"json_{target}") as lab:
            run = Run(lab, "sqlite", target)
            run.on("source", "CREATE TABLE events (id INTEGER PRIMARY KEY, payload JSON)",
                   "INSERT INTO events VALUES (1, '{\"a\": 1}'), (2, NULL), (17, '{broken')")
            says(run.load("LOAD FULL WRITE RECREATE"), "SY9113", "`payload`", "events`", "(row id=17)", "COLUMNS (CAST payload TO text)")


def a_broken_json_text_is_named_among_many_rows():
    """More rows than one COPY buffer, batch or chunk holds, and the refusal comes when later rows have been sent."""
    for target in ("postgres", "mysql"):
        for limits in ("", " LIMITS (batch_size = 1 MB)"):
            with Lab(f"many_{target}") as lab:
                run = Run(lab, "sqlite", target)
                run.on("source", "CREATE TABLE events (shop TEXT NOT NULL, id INTEGER NOT NULL, payload JSON, PRIMARY KEY (shop, id)) WITHOUT ROWID",
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) INSERT INTO events "
                       "SELECT 'north', i, CASE i WHEN 43210 THEN '[1,' ELSE '{\"note\": \"' || hex(zeroblob(30)) || '\"}' END FROM n")
                says(run.load("LOAD FULL WRITE RECREATE" + limits), "SY9113", "(row shop='north', id=43210)")


def a_broken_json_text_is_named_when_rows_are_merged():
    for target, kind in (("postgres", "jsonb"), ("mysql", "JSON")):
        with Lab(f"merge_{target}") as lab:
            run = Run(lab, "sqlite", target)
            run.on("source", "CREATE TABLE events (id INTEGER PRIMARY KEY, payload JSON)", "INSERT INTO events VALUES (1, '[1]'), (8, 'nope')")
            run.on("target", f"CREATE TABLE events (id BIGINT NOT NULL PRIMARY KEY, payload {kind})", "INSERT INTO events VALUES (1, '{}')")
            says(run.load("LOAD FULL WRITE UPSERT"), "SY9113", "`payload`", "(row id=8)")
            expect(len(run.rows("events", ["id"])) == 1, "the target is as before")


def keys_are_written_for_people():
    """Text is quoted and shortened, bytes are hex, and several columns are all named; each engine writes them alike."""
    for source, text, binary in (("mysql", "VARCHAR(200)", "VARBINARY(40)"), ("postgres", "varchar(200)", "bytea"), ("sqlite", "TEXT", "BLOB")):
        with Lab(f"keys_{source}") as lab:
            run = Run(lab, source, "sqlite" if source == "postgres" else "postgres")
            blob = "'\\x00ff41'" if source == "postgres" else "x'00ff41'"
            run.on("source", f"CREATE TABLE t (name {text} NOT NULL, code {binary} NOT NULL, amount INT, PRIMARY KEY (name, code))",
                   f"INSERT INTO t VALUES ('Ada', {blob}, 1), ('{'x' * 90}', {blob}, 70000)")
            says(run.load("COLUMNS (CAST amount TO smallint) LOAD FULL WRITE RECREATE"), "SY9101", "`amount`",
                 f"(row name='{'x' * 60}…', code=x'00ff41')", "wider type")


def a_row_without_a_key_is_numbered():
    for source in ("mysql", "postgres"):
        with Lab(f"number_{source}") as lab:
            run = Run(lab, source, "sqlite")
            run.on("source", "CREATE TABLE t (amount INT)", "INSERT INTO t VALUES (1), (2), (70000)")
            says(run.load("COLUMNS (CAST amount TO smallint) LOAD FULL WRITE RECREATE"), "SY9101", "(row 3 of the table as read)")


def a_row_that_is_too_large_names_its_largest_column():
    for source, text, big in (("mysql", "LONGTEXT", "REPEAT('x', 3000000)"), ("postgres", "text", "repeat('x', 3000000)"), ("sqlite", "TEXT", "hex(zeroblob(1500000))")):
        with Lab(f"large_{source}") as lab:
            run = Run(lab, source, "sqlite" if source == "postgres" else "postgres")
            run.on("source", f"CREATE TABLE t (id INT NOT NULL PRIMARY KEY, head {text}, body {text})",
                   f"INSERT INTO t VALUES (1, 'a', 'b'), (2, 'a', {big})")
            says(run.load("LOAD FULL WRITE RECREATE LIMITS (max_row = 1 MB)"), "SY9114", "(column `body`)", "(row id=2)")


def a_key_that_the_target_has_already_is_named():
    for target, kind in (("mysql", "VARCHAR(40)"), ("postgres", "varchar(40)"), ("sqlite", "TEXT")):
        with Lab(f"duplicate_{target}") as lab:
            run = Run(lab, "sqlite", target)
            run.on("source", "CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(40))", "INSERT INTO people VALUES (2, 'ada@x.org')")
            run.on("target", f"CREATE TABLE people (id BIGINT NOT NULL PRIMARY KEY, email {kind})", "CREATE UNIQUE INDEX one_email ON people (email)",
                   "INSERT INTO people VALUES (1, 'ada@x.org')")
            output = run.load("LOAD FULL WRITE APPEND")
            says(output, "SY9117", "people`", "email")
            if target != "sqlite":
                says(output, "key `one_email` (email), value 'ada@x.org'")
            expect("syncline_stg" not in output.split("statement:")[0], f"a name of ours is shown: {output}")
            expect(len(run.rows("people", ["id"])) == 1, "the target is as before")


def an_identity_that_is_always_generated_is_kept():
    with Lab("identity") as lab:
        run = Run(lab, "sqlite", "postgres")
        run.on("source", "CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(40) NOT NULL UNIQUE, city VARCHAR(40))",
               "INSERT INTO people VALUES (1, 'ada@x.org', 'London'), (2, 'bo@x.org', 'Rom')")
        run.on("target", "CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email varchar(40) NOT NULL UNIQUE, city varchar(40))",
               "INSERT INTO people (email, city) VALUES ('ada@x.org', 'stale')")
        run.load("KEY (email) LOAD FULL WRITE UPSERT", code=0)
        expect(sorted(run.rows("people", ["id", "email", "city"])) == [("n:1", "s:ada@x.org", "s:London"), ("n:2", "s:bo@x.org", "s:Rom")],
               f"{run.rows('people', ['id', 'email', 'city'])}")
        run.on("source", "UPDATE people SET id = 7 WHERE id = 2", "UPDATE people SET city = 'Wien' WHERE id = 1")
        says(run.load("KEY (email) LOAD FULL WRITE UPSERT"), "`id`", "GENERATED ALWAYS", "(row email='bo@x.org')", "COLUMNS (EXCLUDE id)")
        expect(("n:1", "s:ada@x.org", "s:London") in run.rows("people", ["id", "email", "city"]), "the target is as before")


main([a_broken_json_text_is_named, a_broken_json_text_is_named_among_many_rows, a_broken_json_text_is_named_when_rows_are_merged,
      keys_are_written_for_people, a_row_without_a_key_is_numbered, a_row_that_is_too_large_names_its_largest_column,
      a_key_that_the_target_has_already_is_named, an_identity_that_is_always_generated_is_kept], "row_errors")
