#!/usr/bin/env python3
"""What a team does with the linter: suppressions with their reasons and their end, and which line decides over a table."""
import json

from lab import Lab, expect, main, open_sqlite

CONNECTIONS = """CONNECTION shop TYPE sqlite (path = 'shop.db');
CONNECTION dw TYPE sqlite (path = 'dw.db', allow_writes = true);
"""
PERSONAL = CONNECTIONS + """SYNC nightly FROM shop TABLES (customers) INTO dw
COLUMNS (SET email = lower(email)){comment}
LOAD FULL WRITE RECREATE;
"""


def found(done):
    """Code → how often, of `check --format json`; and the document."""
    document = json.loads(done.stdout)
    return sorted(one["code"] for one in document["diagnostics"]), document


def suppressed_findings_do_not_count():
    with Lab("suppressed") as lab:
        lab.script(PERSONAL.format(comment=""), "job.sync")
        done = lab.syncline("check", "--deny", "warnings", code=1)
        expect("warning[SY6004]" in done.stderr and "suppressed" not in done.stderr, done.stderr)
        lab.script(PERSONAL.format(comment=" -- lint:ignore SY6004: the mailing needs it"), "job.sync")
        done = lab.syncline("check", "--deny", "warnings")
        expect(done.stderr == "1 finding suppressed\n", done.stderr)
        codes, document = found(lab.syncline("check", "--format", "json"))
        expect(codes == [] and document["suppressed"] == 1 and document["warnings"] == 0, document)


def exit_codes_say_what_came_of_it():
    """0: nothing that fails; 1: findings; 2: the tool could not do its job; 7: no connection. The format changes nothing."""
    right = CONNECTIONS + "SYNC nightly FROM shop TABLES (orders) INTO dw LOAD FULL WRITE RECREATE;\n"
    with Lab("exits") as lab:
        for name, text in (("right", right), ("warned", PERSONAL.format(comment="")), ("wrong", right.replace("FROM shop", "FROM shpo"))):
            lab.script(text, f"{name}.sync")
        every = ["human", "short", "json", "sarif", "github", "gitlab", "junit"]
        for code, arguments in ((0, ["right.sync"]), (0, ["warned.sync"]), (1, ["warned.sync", "--deny", "warnings"]), (1, ["wrong.sync"]),
                                (1, ["missing.sync"]), (7, ["right.sync", "--online"])):
            for form in every:
                lab.syncline("check", *arguments, "--format", form, code=code)
        lab.syncline("check", "wrong.sync", "--fix", "--diff", code=1)
        for arguments in (["right.sync", "--format", "xml"], ["right.sync", "--deny", "everything"], ["right.sync", "--at", "soon"], ["--nope"]):
            lab.syncline("check", *arguments, code=2)
        (lab.folder / "syncline.toml").write_text('[lint]\nSY1001 = "info"\n')
        lab.syncline("check", "right.sync", code=2)
        (lab.folder / "syncline.toml").write_text('[lint]\nSY6004 = "error"\n')
        lab.syncline("check", "warned.sync", code=1)


def a_suppression_ends_with_its_day():
    with Lab("ends") as lab:
        lab.script(PERSONAL.format(comment=" -- lint:ignore SY6004 until 2026-12-31: until the mailing is moved"), "job.sync")
        for moment, codes, code in (("2026-12-31", [], 0), ("2027-01-01", ["SY6004", "SY7003"], 1)):
            said, document = found(lab.syncline("check", "--at", moment, "--deny", "warnings", "--format", "json", code=code))
            expect(said == codes and document["suppressed"] == 1 - code, f"{moment}: {document}")


def an_included_file_is_not_judged():
    """Other scripts may need what this one does not; named by the call it is judged, and --fix deletes what is unused."""
    with Lab("included") as lab:
        common = "-- Where the data lives.\n" + CONNECTIONS + "-- lint:ignore SY4008: nothing happens at midnight\nSCHEDULE nightly EVERY DAY AT '00:30';\n"
        (lab.folder / "common").mkdir()
        lab.script(common, "common/all.sync")
        job = lab.script("INCLUDE 'common/all.sync';\nSYNC job FROM shop TABLES (*) INTO dw LOAD FULL WRITE RECREATE SCHEDULE nightly;\n", "job.sync")
        expect(lab.syncline("check", job, "--fix").stderr == "", "nothing is said of the included file")
        expect((lab.folder / "common/all.sync").read_text() == common, "and nothing changed")
        expect("SY7003" not in lab.syncline("check", "--select", "sync:job").stderr, "a selection is no proof")
        said = lab.syncline("check", "--fix").stderr
        expect("SY7003: delete it" in said, said)
        expect((lab.folder / "common/all.sync").read_text() == common.replace("-- lint:ignore SY4008: nothing happens at midnight\n", ""), "deleted with its line")


def findings_of_tables_are_suppressed_too():
    """A view is not copied: SY5021 stands with its table in the plan."""
    with Lab("tables") as lab:
        connection = open_sqlite(lab.folder / "shop.db")
        connection.executescript("CREATE TABLE t (id INTEGER); CREATE TRIGGER grows AFTER INSERT ON t BEGIN DELETE FROM t WHERE id < 0; END;")
        connection.close()
        sync = "SYNC job FROM shop TABLES (t) INTO dw LOAD FULL WRITE RECREATE;\n"
        job = lab.script(CONNECTIONS + sync, "job.sync")
        expect("SY5021" in lab.syncline("plan", job).stdout, "the trigger is named")
        lab.script(CONNECTIONS + "-- lint:ignore SY5021: the target has its own trigger\n" + sync, "job.sync")
        done = lab.syncline("plan", job)
        expect("SY5021" not in done.stdout + done.stderr and done.stderr == "1 finding suppressed\n", done.stdout + done.stderr)
        expect("SY7003" not in lab.syncline("check").stderr, "what only a database knows is never called unused")


POLICY = """DEFAULTS LIMITS (page_size = 1000) OWNER 'dw-core';
TEMPLATE layer (prefix STRING) AS NAMING (TABLE = :prefix || source.table) VERIFY NONE;
CONNECTION shop TYPE mysql (host = 'localhost', user = 'reader', max_connections = 3);
CONNECTION dw TYPE postgres (host = 'localhost', user = 'loader', database = 'dw', allow_writes = true);
SYNC nightly FROM shop TABLES (sales.*, EXCEPT sales.~'.*_bak') INTO dw
USING layer (prefix = 'ods_')
LOAD FULL WRITE TRUNCATE
LIMITS (parallel_tables = 2);
OVERRIDE nightly FOR DATABASE sales LIMITS (page_size = 2000);
OVERRIDE nightly FOR TABLE sales.~'o.*' LIMITS (page_size = 3000) ON COLUMN CHANGE (ADDED FAIL);
OVERRIDE nightly FOR TABLE sales.orders
COLUMNS (MASK phone USING redact())
LOAD INCREMENTAL KEY (id) WRITE UPSERT;
"""


def policy_of(lab, table):
    document = json.loads(lab.syncline("explain", "--policy", table, "--format", "json").stdout)
    options = {}
    for one in document["tables"][0]["options"]:
        options[one["name"]] = (one["value"], "default" if one["default"] else f"{one['line']}:{one['column']}")
    return options


def the_policy_of_a_table_names_the_line_that_decides():
    with Lab("policy") as lab:
        lab.script(POLICY, "job.sync")
        orders = policy_of(lab, "sales.orders")
        expected = {"NAMING TABLE": ("'ods_' || source.table", "2:43"), "NAMING SCHEMA": ("source.database", "default"), "VERIFY": ("NONE", "2:76"),
                    "LOAD": ("INCREMENTAL KEY (id) WRITE UPSERT", "13:1"), "COLUMNS": ("MASK phone USING redact()", "12:10"),
                    "LIMITS page_size": ("3000", "10:49"), "LIMITS parallel_tables": ("2", "8:9"), "LIMITS batch_size": ("16 MB", "default"),
                    "LIMITS source_connections": ("3, the max_connections of `shop`", "3:12"), "LIMITS target_connections": ("8", "default"),
                    "ON COLUMN CHANGE ADDED": ("FAIL", "10:67"), "ON COLUMN CHANGE DROPPED": ("FAIL", "default"), "OWNER": ("'dw-core'", "1:36"),
                    "ERRORS retries": ("2", "default"), "PRIORITY": ("MEDIUM", "default"), "KEY": ("the primary key of the source", "default")}
        wrong = {name: (orders.get(name), value) for name, value in expected.items() if orders.get(name) != value}
        expect(not wrong, f"{wrong}")
        items = policy_of(lab, "sales.items")
        expect(items["LIMITS page_size"] == ("2000", "9:45") and items["LOAD"] == ("FULL WRITE TRUNCATE", "7:1"), f"{items}")
        expect(items["ON COLUMN CHANGE DROPPED"] == ("EVOLVE", "default"), "FULL WRITE TRUNCATE leaves columns that are gone")
        human = lab.syncline("explain", "--policy", "sales.orders").stdout
        expect(human.startswith("nightly  shop:sales.orders → dw  by sales.*\n"), human)
        expect("job.sync:10:49  OVERRIDE … TABLE" in human and "  default\n" in human, human)


def a_table_that_no_sync_copies_has_no_policy():
    with Lab("nopolicy") as lab:
        lab.script(POLICY, "job.sync")
        for table, answer in (("sales.orders_bak", "EXCEPT takes it out"), ("sale.orders", "sales.*"), ("orders", "sales.*"), ('sales."orders', "double quote")):
            done = lab.syncline("explain", "--policy", table, code=1)
            expect("SY1026" in done.stderr and answer in done.stderr and done.stdout == "", f"{table}: {done.stderr}")
        expect(policy_of(lab, 'sales."orders"')["LOAD"][1] == "13:1", "quotes are taken off")


main([exit_codes_say_what_came_of_it, suppressed_findings_do_not_count, a_suppression_ends_with_its_day, an_included_file_is_not_judged, findings_of_tables_are_suppressed_too,
      the_policy_of_a_table_names_the_line_that_decides, a_table_that_no_sync_copies_has_no_policy], "lint")
