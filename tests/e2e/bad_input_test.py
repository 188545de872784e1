#!/usr/bin/env python3
"""What goes wrong outside the script: each gives its numbered diagnostic that names the object and the remedy, the right exit code, and
leaves the target as it was."""
import json
import os
import signal
import subprocess
import time

from lab import Lab, expect, fetch, main, open_sqlite


def shop(lab):
    database = lab.new_mysql("_s")
    with lab.mysql(database).cursor() as cursor:
        cursor.execute("CREATE TABLE people (id INT NOT NULL PRIMARY KEY, name VARCHAR(40))")
        cursor.execute("INSERT INTO people VALUES (1, 'Ada'), (2, 'Bo')")
    return database


def says(done, *texts):
    output = done.stdout + done.stderr
    for text in texts:
        expect(text in output, f"`{text}` is missing in:\n{output}")


def a_server_that_is_down():
    with Lab("down") as lab:
        script = lab.script("CONNECTION a TYPE mysql (host = '127.0.0.1', port = 1, user = 'x', connect_timeout = 2 SECONDS);\n"
                            + lab.connection("b", "sqlite", lab.folder / "t.db", write=True) + "SYNC s FROM a TABLES (x.*) INTO b LOAD FULL WRITE RECREATE;\n")
        says(lab.syncline("run", script, code=7), "SY8001", "`a`", "127.0.0.1")
        says(lab.syncline("plan", script, code=7), "SY8001")
        says(lab.syncline("check", "--online", script, code=7), "SY8001")


def a_catalogue_that_cannot_be_read():
    with Lab("catalogue") as lab:
        database = lab.new_postgres()
        user = f"c{lab.name[-6:]}"
        with lab.postgres(database).cursor() as cursor:
            cursor.execute("CREATE TABLE t (id integer PRIMARY KEY)")
            cursor.execute(f"CREATE ROLE {user} LOGIN; GRANT SELECT ON t TO {user}; REVOKE SELECT ON pg_catalog.pg_attribute FROM PUBLIC")
        try:
            script = lab.script(f"CONNECTION a TYPE postgres (host = '127.0.0.1', port = {lab.settings['PG_PORT']}, user = '{user}', database = '{database}');\n"
                                + lab.connection("b", "sqlite", lab.folder / "t.db", write=True)
                                + "SYNC s FROM a TABLES (public.*) INTO b LOAD FULL WRITE RECREATE;\n")
            for command in (["plan", script], ["run", script]):
                done = lab.syncline(*command, code=1)
                says(done, "SY8013", "`a`", "pg_attribute")
                expect("SY8001" not in done.stderr, done.stderr)
            expect(not (lab.folder / "t.db").exists(), "the target file was made")
        finally:
            with lab.postgres(database).cursor() as cursor:
                cursor.execute(f"DROP OWNED BY {user}; DROP ROLE {user}")


def a_misspelt_allow_writes():
    with Lab("misspelt") as lab:
        open_sqlite(lab.folder / "a.db").execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        for written in ("allow_write = true", "alow_writes = true", "allow_writes = 'yes'"):
            script = lab.script(lab.connection("a", "sqlite", lab.folder / "a.db") + f"CONNECTION b TYPE sqlite (path = 't.db', {written});\n"
                                + "SYNC s FROM a TABLES (*) INTO b LOAD FULL WRITE RECREATE;\n")
            done = lab.syncline("check", script, code=1)
            says(done, "allow_writes")
            expect("SY3002" not in done.stderr and done.stderr.count("error[") == 1, f"{written}: {done.stderr}")


def a_wrong_password():
    with Lab("password") as lab:
        database = shop(lab)
        script = lab.script(lab.connection("a", "mysql", database) + lab.connection("b", "sqlite", lab.folder / "t.db", write=True)
                            + f"SYNC s FROM a TABLES ({database}.*) INTO b LOAD FULL WRITE RECREATE;\n")
        done = lab.syncline("run", script, code=7, env={"LAB_MYSQL_PASSWORD": "wrong-canary-1"})
        says(done, "SY8001", "`a`")
        expect("wrong-canary-1" not in done.stdout + done.stderr, "the wrong password is printed")
        done = subprocess.run([os.environ["SYNCLINE"], "run", str(script)], cwd=lab.folder, capture_output=True, text=True,
                              env={key: value for key, value in os.environ.items() if key != "LAB_MYSQL_PASSWORD"}, check=False)
        says(done, "SY8012", "env:LAB_MYSQL_PASSWORD")
        expect(done.returncode in (2, 7), f"exit {done.returncode}")


def a_target_without_allow_writes():
    with Lab("writes") as lab:
        database = shop(lab)
        script = lab.script(lab.connection("a", "mysql", database) + lab.connection("b", "sqlite", lab.folder / "t.db")
                            + f"SYNC s FROM a TABLES ({database}.*) INTO b LOAD FULL WRITE RECREATE;\n")
        says(lab.syncline("run", script, code=1), "SY3002", "`b`", "allow_writes = true")
        expect(not (lab.folder / "t.db").exists(), "the target file was made")


def source_and_target_the_same_place():
    with Lab("same") as lab:
        database = shop(lab)
        head = lab.connection("a", "mysql", database) + lab.connection("b", "mysql", database, write=True)
        done = lab.syncline("run", lab.script(head + f"SYNC s FROM a TABLES ({database}.*) INTO b LOAD FULL WRITE RECREATE;\n"), "--adopt", code=None)
        says(done, "SY8011", "people")
        expect(done.returncode in (1, 5), f"exit {done.returncode}")
        expect(len(fetch("mysql", lab.mysql(database), ("people",), ["id"])) == 2, "the source was touched")
        path = lab.folder / "one.db"
        open_sqlite(path).execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        (lab.folder / "two.db").symlink_to(path)
        head = lab.connection("a", "sqlite", path) + lab.connection("b", "sqlite", lab.folder / "two.db", write=True)
        says(lab.syncline("run", lab.script(head + "SYNC s FROM a TABLES (*) INTO b LOAD FULL WRITE RECREATE;\n"), "--adopt", code=None), "SY8011")
        for advice in ([], ["--adopt"]):
            done = lab.syncline("plan", "job.sync", *advice, code=1)
            expect("SY8011" in done.stdout and "SY8004" not in done.stdout and "--adopt" not in done.stdout.partition("Next:")[0], done.stdout)


def source_and_target_are_one_sqlite_file():
    """Other names make no other place: whoever reads the file keeps its writer out."""
    with Lab("one_file") as lab:
        connection = open_sqlite(lab.folder / "one.db")
        connection.executescript("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
        connection.close()
        script = lab.script(lab.connection("a", "sqlite", lab.folder / "one.db") + lab.connection("b", "sqlite", lab.folder / "one.db", write=True)
                            + "SYNC s FROM a TABLES (t) INTO b NAMING (TABLE = 'copy_' || source.table) LOAD FULL WRITE RECREATE;\n")
        says(lab.syncline("plan", script, code=1), "SY8011", "another file")
        says(lab.syncline("run", script, code=None), "SY8011", "another file")
        tables = open_sqlite(lab.folder / "one.db").execute("SELECT name FROM sqlite_schema").fetchall()
        expect(tables == [("t",)], f"{tables}")


def patterns_that_match_nothing():
    with Lab("nothing") as lab:
        database = shop(lab)
        head = lab.connection("a", "mysql", database) + lab.connection("b", "sqlite", lab.folder / "t.db", write=True)
        done = lab.syncline("run", lab.script(head + f"SYNC s FROM a TABLES ({database}.poeple) INTO b LOAD FULL WRITE RECREATE;\n"), code=1)
        says(done, "SY5002", "people")


def two_tables_to_one_name():
    with Lab("collide") as lab:
        database = shop(lab)
        with lab.mysql(database).cursor() as cursor:
            cursor.execute("CREATE TABLE other (id INT NOT NULL PRIMARY KEY)")
            cursor.execute("CREATE TABLE good (id INT NOT NULL PRIMARY KEY)")
        head = lab.connection("a", "mysql", database) + lab.connection("b", "sqlite", lab.folder / "t.db", write=True)
        done = lab.syncline("run", lab.script(head + f"SYNC s FROM a TABLES ({database}.*) INTO b "
                                              "NAMING (TABLE = CASE WHEN source.table = 'good' THEN 'good' ELSE 'one' END) LOAD FULL WRITE RECREATE;\n"), code=4)
        says(done, "SY1010", "people", "other")
        expect(fetch("sqlite", open_sqlite(lab.folder / "t.db"), ("good",), ["id"]) == [], "the good table must be there")


def a_name_the_target_cannot_hold():
    with Lab("long") as lab:
        database = shop(lab)
        postgres = lab.new_postgres("_t")
        head = lab.connection("a", "mysql", database) + lab.connection("b", "postgres", postgres, write=True)
        script = lab.script(head + f"SYNC s FROM a TABLES ({database}.*) INTO b NAMING (TABLE = rpad(source.table, 70, 'x')) LOAD FULL WRITE RECREATE;\n")
        says(lab.syncline("plan", script, code=1), "SY5006", "63")
        lab.syncline("run", script, code=5)


def no_rights_on_a_table():
    with Lab("rights") as lab:
        database = shop(lab)
        user = f"u{lab.name[-6:]}"
        with lab.mysql(database).cursor() as cursor:
            cursor.execute("CREATE TABLE secret_table (id INT NOT NULL PRIMARY KEY)")
            cursor.execute(f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'canary-limited'")
            cursor.execute(f"GRANT SELECT ON `{database}`.people TO {user}@'127.0.0.1'")
        postgres = lab.new_postgres("_t")
        with lab.postgres(postgres).cursor() as cursor:
            cursor.execute(f"CREATE ROLE {user} LOGIN")
        connection = (f"CONNECTION a TYPE mysql (host = '127.0.0.1', port = {lab.settings['MY_PORT']}, user = '{user}', password = SECRET 'env:LIMITED');\n")
        target = f"CONNECTION b TYPE postgres (host = '127.0.0.1', port = {lab.settings['PG_PORT']}, user = '{user}', database = '{postgres}', allow_writes = true);\n"
        script = lab.script(connection + target + f"SYNC s FROM a TABLES ({database}.people) INTO b LOAD FULL WRITE RECREATE;\n")
        done = lab.syncline("run", script, code=None, env={"LIMITED": "canary-limited"})
        expect(done.returncode in (1, 5), f"exit {done.returncode}: {done.stdout}{done.stderr}")
        says(done, "SY8002", "GRANT")
        with lab.postgres("postgres").cursor() as cursor:
            cursor.execute(f"DROP ROLE {user}")
        with lab.mysql().cursor() as cursor:
            cursor.execute(f"DROP USER {user}@'127.0.0.1'")


def a_target_user_that_cannot_keep_state():
    with Lab("state") as lab:
        database = shop(lab)
        user = f"w{lab.name[-6:]}"
        target = lab.new_mysql("_t")
        with lab.mysql().cursor() as cursor:
            cursor.execute(f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'canary-limited'")
            cursor.execute(f"GRANT ALL ON `{target}`.* TO {user}@'127.0.0.1'")
        script = (lab.connection("a", "mysql", database) + f"CONNECTION b TYPE mysql (host = '127.0.0.1', port = {lab.settings['MY_PORT']}, "
                  f"user = '{user}', password = SECRET 'env:LIMITED', allow_writes = true{{}});\n"
                  + f"SYNC s FROM a TABLES ({database}.*) INTO b NAMING (DATABASE = '{target}') LOAD FULL WRITE RECREATE;\n")
        done = lab.syncline("run", lab.script(script.format("")), code=5, env={"LIMITED": "canary-limited"})
        says(done, "SY9306", "GRANT", "state_schema", "state = local")
        lab.syncline("run", lab.script(script.format(f", state_schema = '{target}'")), env={"LIMITED": "canary-limited"})
        expect(len(fetch("mysql", lab.mysql(target), ("people",), ["id"])) == 2, "state in the user's own database")
        with lab.mysql().cursor() as cursor:
            cursor.execute(f"DROP USER {user}@'127.0.0.1'")


def a_table_dropped_between_plan_and_run():
    with Lab("dropped") as lab:
        database = shop(lab)
        with lab.mysql(database).cursor() as cursor:
            cursor.execute("CREATE TABLE zz_gone (id INT NOT NULL PRIMARY KEY, pad LONGTEXT)")
        head = lab.connection("a", "mysql", database) + lab.connection("b", "sqlite", lab.folder / "t.db", write=True)
        script = lab.script(head + f"SYNC s FROM a TABLES ({database}.*) INTO b LOAD FULL WRITE RECREATE LIMITS (parallel_tables = 1) ERRORS (retries = 0);\n")
        run = lab.start("run", script, env={"SYNCLINE_FAILPOINTS": "load.chunk=stall(4)@1;swap.before=stall(4)@1"})
        time.sleep(1.5)
        with lab.mysql(database).cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS zz_gone")
        output, _ = run.communicate(timeout=60)
        expect(run.returncode in (0, 4), f"exit {run.returncode}: {output}")
        if run.returncode == 4:
            expect("SY92" in output and "zz_gone" in output, output)


def a_disk_that_is_full():
    with Lab("full") as lab:
        if os.geteuid() != 0:
            print("     (needs root to mount a small file system)")
            return
        database = shop(lab)
        with lab.mysql(database).cursor() as cursor:
            cursor.execute("CREATE TABLE wide (id INT NOT NULL PRIMARY KEY, pad LONGTEXT)")
            cursor.execute("INSERT INTO wide SELECT seq, REPEAT('x', 100000) FROM seq_1_to_100")
        small = lab.folder / "small"
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small], check=True)
        try:
            path = small / "t.db"
            head = lab.connection("a", "mysql", database) + lab.connection("b", "sqlite", path, write=True)
            script = lab.script(head + f"SYNC s FROM a TABLES ({database}.*) INTO b LOAD FULL WRITE RECREATE ERRORS (retries = 0);\n")
            done = lab.syncline("run", script, code=4)
            says(done, "SY9305", "wide")
            connection = open_sqlite(path)
            expect(connection.execute("SELECT count(*) FROM people").fetchone()[0] == 2, "the small table must be there")
            expect(connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'wide' OR name LIKE 'syncline_stg%'").fetchone()[0] == 0, "half a table stayed")
            connection.close()
        finally:
            subprocess.run(["umount", small], check=True)


def control_c():
    for target in ("postgres", "mysql", "sqlite"):
        with Lab("interrupt") as lab:
            database = shop(lab)
            place = lab.folder / "t.db" if target == "sqlite" else lab.new_mysql("_t") if target == "mysql" else lab.new_postgres("_t")
            naming = {"mysql": f"NAMING (DATABASE = '{place}')", "postgres": "NAMING (SCHEMA = 'public')", "sqlite": ""}[target]
            head = lab.connection("a", "mysql", database) + lab.connection("b", target, place, write=True)
            script = lab.script(head + f"SYNC s FROM a TABLES ({database}.*) INTO b {naming} LOAD FULL WRITE RECREATE;\n")
            run = lab.start("run", script, env={"SYNCLINE_FAILPOINTS": "swap.before=stall(3)@1"})
            time.sleep(1.2)
            run.send_signal(signal.SIGINT)
            output, _ = run.communicate(timeout=40)
            expect(run.returncode == 130, f"{target}: exit {run.returncode}: {output}")
            lab.syncline("run", script)


def two_runs_at_once():
    for target in ("postgres", "mysql", "sqlite"):
        with Lab("held") as lab:
            database = shop(lab)
            place = lab.folder / "t.db" if target == "sqlite" else lab.new_mysql("_t") if target == "mysql" else lab.new_postgres("_t")
            naming = {"mysql": f"NAMING (DATABASE = '{place}')", "postgres": "NAMING (SCHEMA = 'public')", "sqlite": ""}[target]
            head = lab.connection("a", "mysql", database) + lab.connection("b", target, place, write=True)
            script = lab.script(head + f"SYNC s FROM a TABLES ({database}.*) INTO b {naming} LOAD FULL WRITE RECREATE;\n")
            first = lab.start("run", script, env={"SYNCLINE_FAILPOINTS": "swap.before=stall(5)@1"})
            time.sleep(1.5)
            done = lab.syncline("run", script, "--wait", "1", code=6)
            says(done, "SY9303")
            first.communicate(timeout=60)
            expect(first.returncode == 0, f"{target}: the first run ended {first.returncode}")
            lab.syncline("run", script)


def nonsense_on_the_command_line():
    with Lab("usage") as lab:
        says(lab.syncline("chek", code=2), "syncline check")
        says(lab.syncline("run", "nowhere.sync", code=None), "nowhere.sync")
        says(lab.syncline("check", "--param", "novalue", code=2), "name=value")
        says(lab.syncline("explain", "SY9999", code=2), "SY9999")
        says(lab.syncline("init", "--from", "mysql://u:topsecret@h/d", "--to", "x.db", code=2), "SYNCLINE_FROM_PASSWORD")


def secrets_stay_out_of_plan_and_history():
    with Lab("secret") as lab:
        database = shop(lab)
        script = lab.script("PARAM salt STRING DEFAULT SECRET 'env:SALT';\n" + lab.connection("a", "mysql", database)
                            + lab.connection("b", "sqlite", lab.folder / "t.db", write=True)
                            + f"SYNC s FROM a TABLES ({database}.*) INTO b COLUMNS (MASK name USING sha256(:salt)) LOAD FULL WRITE RECREATE;\n")
        env = {"SALT": "canary-salt-99"}
        for command in (["plan"], ["plan", "--format", "json"], ["plan", "--columns", "--ddl"], ["run"], ["run", "--format", "json"], ["check"]):
            done = lab.syncline(command[0], script, *command[1:], env=env)
            expect("canary-salt-99" not in done.stdout + done.stderr, f"{command} prints the salt")
        for file in lab.folder.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                expect(b"canary-salt-99" not in content and lab.settings["MY_PASSWORD"].encode() not in content, f"{file} holds a secret")
        import hashlib
        names = {row[0] for row in fetch("sqlite", open_sqlite(lab.folder / "t.db"), ("people",), ["name"])}
        expect("s:" + hashlib.sha256(b"canary-salt-99Ada").hexdigest() in names, f"{names}")


main([a_server_that_is_down, a_catalogue_that_cannot_be_read, a_misspelt_allow_writes, a_wrong_password, a_target_without_allow_writes, source_and_target_the_same_place, source_and_target_are_one_sqlite_file, patterns_that_match_nothing,
      two_tables_to_one_name, a_name_the_target_cannot_hold, no_rights_on_a_table, a_target_user_that_cannot_keep_state,
      a_table_dropped_between_plan_and_run, a_disk_that_is_full, control_c, two_runs_at_once, nonsense_on_the_command_line,
      secrets_stay_out_of_plan_and_history], "bad_input")
