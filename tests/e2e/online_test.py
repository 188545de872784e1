#!/usr/bin/env python3
"""`check --online`: what the sources say of native conditions (SY8006), of increments that scan whole tables (SY8007), of their clocks
(SY8008) and of rights, without executing anything and without a change."""
import time

from lab import Lab, OwnServersLab, expect, main, open_sqlite
from pairs import ENGINES, Pair, cases_of, every_target

WINDOW = "LOAD INCREMENTAL WHERE at >= :window_start AND at < :window_end WRITE UPSERT"
NAIVE = {"mysql": "DATETIME", "postgres": "TIMESTAMP", "sqlite": "DATETIME"}
BIG = 1_200_000


def check(pair, clauses, *arguments, code=0, table="*"):
    return pair.lab.syncline("check", "--online", pair.lab.script(pair.head + pair.sync(clauses, table)), *arguments, code=code).stderr


def caret(said, code):
    """The words that the finding points at: what stands above its carets."""
    lines = said.split("\n")
    first = next(number for number, line in enumerate(lines) if f"[{code}]" in line)
    marks = next(number for number in range(first, len(lines)) if set(lines[number].partition("|")[2].strip()[:1]) == {"^"})
    begin = lines[marks].index("^")
    end = begin + len(lines[marks][begin:]) - len(lines[marks][begin:].lstrip("^"))
    return lines[marks - 1][begin:end]


def shop(pair):
    naive = NAIVE[pair.source]
    pair.on_source(*[f"CREATE TABLE {name} (id INT NOT NULL PRIMARY KEY, at {naive} NOT NULL, status VARCHAR(9) NOT NULL)" for name in ("orders", "orders_eu")],
                   "CREATE TABLE visits (id INT NOT NULL PRIMARY KEY, status VARCHAR(9) NOT NULL)",
                   "INSERT INTO orders VALUES (1, '2026-01-02 03:04:05', 'new')")


@every_target
def a_native_condition_that_the_source_refuses(pair):
    shop(pair)
    said = check(pair, f"FILTER NATIVE {pair.source} $$ stauts <> 'x' $$ LOAD FULL WRITE RECREATE", code=1)
    expect("error[SY8006]: `a` refuses the native condition of" in said and caret(said, "SY8006") == "stauts", said)
    expect(said.count("[SY8006]") == 1 and "so for" in said and "orders_eu" in said and "visits" in said, said)
    said = check(pair, f"FILTER NATIVE {pair.source} $$ status <> 'x' AND id IN (SELECT id FROM no_such_table) $$ LOAD FULL WRITE RECREATE", code=1)
    expect("[SY8006]" in said and "no_such_table" in said, said)
    check(pair, f"FILTER NATIVE {pair.source} $$ status <> 'x' OR id IN (1, 2) $$ LOAD FULL WRITE RECREATE")
    expect(pair.on_source("SELECT count(*) FROM orders")[0][0] == 1, "the source was written")


@every_target
def a_native_condition_is_told_for_the_tables_whose_shape_it_does_not_fit(pair):
    shop(pair)
    said = check(pair, f"FILTER NATIVE {pair.source} $$ at > '2026-01-01' $$ LOAD FULL WRITE RECREATE", code=1)
    expect(said.count("[SY8006]") == 1 and "visits`" in said and "so for" not in said and "`orders`" not in said, said)
    check(pair, f"FILTER NATIVE {pair.source} $$ at > '2026-01-01' $$ LOAD FULL WRITE RECREATE", table="orders")


@every_target
def the_part_that_is_refused_is_the_one_pointed_at(pair):
    """Values of the window are bound as a run binds them, and increments are looked at although none is due."""
    shop(pair)
    increment = "FILTER NATIVE {0} $$ status <> 'x' $$ LOAD INCREMENTAL WHERE NATIVE {0} $$ {1} $$ COVERS at FROM :window_start TO :window_end WRITE UPSERT"
    said = check(pair, increment.format(pair.source, "at >= :window_start AND no_such_function(at) < :window_end"), code=1, table="orders")
    expect("[SY8006]" in said and caret(said, "SY8006") == "no_such_function", said)
    right = increment.format(pair.source, "at >= :window_start AND at < :window_end")
    check(pair, right, table="orders")
    pair.run(right, table="orders")
    said = check(pair, increment.format(pair.source, "att < :window_end"), code=1, table="orders")
    expect(caret(said, "SY8006") == "att", said)


def conditions_are_not_executed():
    """Functions with an effect, or that take their time, stand in the condition."""
    with Lab("effects") as lab:
        pair = Pair(lab, "postgres", "sqlite")
        shop(pair)
        pair.on_source("CREATE SEQUENCE bumps", "CREATE FUNCTION bump() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT nextval('bumps') $$")
        check(pair, "FILTER NATIVE postgres $$ public.bump() > 0 AND pg_sleep(60) IS NOT NULL $$ LOAD FULL WRITE RECREATE")
        expect(pair.on_source("SELECT is_called FROM bumps") == [(False,)], "the condition was executed")
    with Lab("effects") as lab:
        pair = Pair(lab, "mysql", "sqlite")
        shop(pair)
        begun = time.monotonic()
        check(pair, "FILTER NATIVE mysql $$ sleep(60) = 0 $$ LOAD FULL WRITE RECREATE")
        expect(time.monotonic() - begun < 30, "the condition was executed")
    with Lab("effects") as lab:
        pair = Pair(lab, "sqlite", "postgres")
        shop(pair)
        before = pair.source_database.read_bytes()
        check(pair, "FILTER NATIVE sqlite $$ id > 0 $$ LOAD FULL WRITE RECREATE")
        expect(pair.source_database.read_bytes() == before, "the file was written")


# --- SY8007

def fill(pair, table, rows):
    naive = NAIVE[pair.source]
    key = "INTEGER" if pair.source == "sqlite" else "INT"
    pair.on_source(f"CREATE TABLE {table} (id {key} NOT NULL PRIMARY KEY, at {naive} NOT NULL)")
    if pair.source == "postgres":
        pair.on_source(f"INSERT INTO {table} SELECT n, timestamp '2020-01-01' + n * interval '1 minute' FROM generate_series(1, {rows}) AS n", f"ANALYZE {table}")
    elif pair.source == "mysql":
        pair.on_source("CREATE TABLE digits (d INT NOT NULL)", "INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)",
                       f"INSERT INTO {table} SELECT n, '2020-01-01' + INTERVAL n MINUTE FROM (SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + "
                       "100000 * g.d + 1000000 * h.d AS n FROM digits a, digits b, digits c, digits e, digits f, digits g, digits h WHERE h.d < 2) AS numbers "
                       f"WHERE n <= {rows}", "DROP TABLE digits", f"ANALYZE TABLE {table}")
    else:
        pair.on_source(f"WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows}) INSERT INTO {table} "
                       "SELECT n, datetime('2020-01-01', n || ' minutes') FROM numbers")


@every_target
def an_increment_that_scans_a_big_table(pair):
    fill(pair, "big", BIG)
    said = check(pair, WINDOW, table="big")
    expect("warning[SY8007]: each increment of" in said and "~1e6 rows" in said and "no index for `at`" in said, said)
    expect("[SY5010]" not in said, f"told twice: {said}")
    help_text = "SQLite keeps dates" if pair.source == "sqlite" else "make an index at the source that begins with `at`"
    expect(help_text in said and caret(said, "SY8007").startswith("INCREMENTAL"), said)
    check(pair, WINDOW, "--deny", "warnings", code=1, table="big")
    hidden = check(pair, "\n-- lint:ignore SY8007: a night load\n" + WINDOW, "--deny", "warnings", table="big")
    expect("SY8007" not in hidden, hidden)
    expect("SY8007" not in check(pair, "LOAD INCREMENTAL KEY (id) LOOKBACK 0 VALUES WRITE UPSERT", table="big"), "a key that has an index")
    if pair.source == "postgres":
        pair.on_source("CREATE INDEX big_lately ON big (at) WHERE at > '2000-01-01'")
        said = check(pair, WINDOW, table="big")
        expect("SY8007" not in said and "SY5010" not in said, f"the source reads by a partial index: {said}")
        pair.on_source("DROP INDEX big_lately")
    pair.on_source("CREATE INDEX big_by_at ON big (at)")
    native = "LOAD INCREMENTAL WHERE NATIVE {} $$ {} $$ COVERS at FROM :window_start TO :window_end WRITE UPSERT"
    if pair.source == "sqlite":
        expect("SY8007" in check(pair, WINDOW, table="big"), "an index on a date serves no condition of Syncline")
        plain = native.format("sqlite", "at >= :window_start AND at < :window_end")
        expect("SY8007" not in check(pair, plain, table="big"), "the stored form has an index")
    else:
        expect("SY8007" not in check(pair, WINDOW, table="big"), "an index serves")
        wrapped = {"mysql": "date(at) = date(:window_start)", "postgres": "at::date = (:window_start)::date"}[pair.source]
        said = check(pair, native.format(pair.source, wrapped), table="big")
        expect("SY8007" in said and "an index begins with `at`, but this condition cannot use it" in said, said)


@every_target
def of_middling_tables_the_catalogue_alone_is_asked(pair):
    fill(pair, "middling", 150_000)
    said = check(pair, WINDOW, table="middling")
    expect("SY8007" not in said and said.count("warning[SY5010]") == 1 and "each increment reads the whole table" in said, said)


@every_target
def small_tables_may_be_scanned(pair):
    fill(pair, "small", 1000)
    said = check(pair, WINDOW, table="small")
    expect("SY8007" not in said and "SY5010" not in said, said)


def one_partition_is_no_whole_table():
    with Lab("cut") as lab:
        pair = Pair(lab, "postgres", "sqlite")
        pair.on_source("CREATE TABLE big (id int NOT NULL, at timestamp NOT NULL) PARTITION BY RANGE (at)",
                       "CREATE TABLE big_old PARTITION OF big FOR VALUES FROM (MINVALUE) TO ('2022-01-01')",
                       "CREATE TABLE big_new PARTITION OF big FOR VALUES FROM ('2022-01-01') TO (MAXVALUE)",
                       f"INSERT INTO big SELECT n, timestamp '2019-01-01' + n * interval '1 minute' FROM generate_series(1, {BIG}) AS n", "ANALYZE big")
        clauses = "KEY (id) " + WINDOW
        expect("SY8007" not in check(pair, clauses, table="big"), "the window lies in the small partition")
        pair.on_source("DROP TABLE big_new", "DROP TABLE big_old", "CREATE TABLE big_all PARTITION OF big FOR VALUES FROM (MINVALUE) TO (MAXVALUE)",
                       f"INSERT INTO big SELECT n, timestamp '2019-01-01' + n * interval '1 minute' FROM generate_series(1, {BIG}) AS n", "ANALYZE big")
        expect("SY8007" in check(pair, clauses, table="big"), "the only partition is all of it")


# --- SY8008

def with_zone(pair, zone):
    pair.head = pair.head.replace(f"CONNECTION a TYPE {pair.source} (", f"CONNECTION a TYPE {pair.source} (timezone = '{zone}', ", 1)


def clock_of(pair, instant, zone):
    """The server stands on `zone`, which the caller has set."""
    naive = NAIVE[pair.source]
    pair.on_source(f"CREATE TABLE stamped (id INT NOT NULL PRIMARY KEY, at {naive} NOT NULL DEFAULT CURRENT_TIMESTAMP)",
                   f"CREATE TABLE written (id INT NOT NULL PRIMARY KEY, at {naive} NOT NULL)",
                   f"CREATE TABLE instants (id INT NOT NULL PRIMARY KEY, at {instant} NOT NULL DEFAULT CURRENT_TIMESTAMP)")
    said = check(pair, WINDOW)
    expect(said.count("[SY8008]") == 1 and "stamped`" in said and "because `timezone` is not set" in said and zone in said, said)
    for table in ("written", "instants"):
        expect("SY8008" not in check(pair, WINDOW, table=table), f"{table} does not depend on the server's clock")
    expect("SY8008" not in check(pair, "LOAD INCREMENTAL KEY (id) LOOKBACK 0 VALUES WRITE UPSERT"), "numbers have no clock")
    plain = pair.head
    with_zone(pair, "America/New_York")
    said = check(pair, WINDOW, table="stamped")
    expect("[SY8008]" in said and "America/New_York, as `timezone` says" in said, said)
    pair.head = plain
    with_zone(pair, "Asia/Tokyo")
    expect("SY8008" not in check(pair, WINDOW), "the same clock")


def a_postgres_server_that_stamps_by_another_clock():
    """SY8008 by the zone that sessions of the database begin with."""
    with Lab("clock") as lab:
        pair = Pair(lab, "postgres", "sqlite")
        pair.on_source(f"ALTER DATABASE \"{pair.source_database}\" SET timezone = 'Asia/Tokyo'")
        clock_of(pair, "TIMESTAMPTZ", "Asia/Tokyo")


def a_mysql_server_that_stamps_by_another_clock():
    with OwnServersLab("clock") as lab:
        pair = Pair(lab, "mysql", "sqlite")
        pair.on_source("SET GLOBAL time_zone = '+09:00'")
        clock_of(pair, "TIMESTAMP", "+09:00")


# --- rights

def all_missing_rights_at_once():
    with Lab("rights") as lab:
        user = f"u{lab.name[-6:]}"
        database, target = lab.new_postgres("_s"), lab.new_mysql("_t")
        source = lab.postgres(database).cursor()
        for name in ("open_one", "closed_one", "closed_two"):
            source.execute(f"CREATE TABLE {name} (id int PRIMARY KEY, at timestamptz NOT NULL)")
        source.execute(f"CREATE ROLE {user} LOGIN")
        source.execute(f"GRANT SELECT ON open_one TO {user}")
        with lab.mysql().cursor() as cursor:
            cursor.execute(f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'canary-limited'")
            cursor.execute(f"GRANT SELECT ON `{target}`.* TO {user}@'127.0.0.1'")
        head = (f"CONNECTION a TYPE postgres (host = '127.0.0.1', port = {lab.settings['PG_PORT']}, user = '{user}', database = '{database}');\n"
                f"CONNECTION b TYPE mysql (host = '127.0.0.1', port = {lab.settings['MY_PORT']}, user = '{user}', password = SECRET 'env:LIMITED', "
                "allow_writes = true, state = local);\n")
        body = f"SYNC s FROM a TABLES (public.*) INTO b NAMING (DATABASE = '{target}') LOAD FULL WRITE RECREATE;\n"
        try:
            said = lab.syncline("check", "--online", lab.script(head + body), code=1, env={"LIMITED": "canary-limited"}).stderr
            for words in ("the user of `a` lacks SELECT on `public.closed_one`", "the user of `a` lacks SELECT on `public.closed_two`",
                          f"the user of `b` lacks CREATE on `{target}`", f"the user of `b` lacks INSERT on `{target}`", "GRANT INSERT, UPDATE"):
                expect(words in said, f"{words} is not in\n{said}")
            expect(said.count("lacks CREATE") == 1 and "open_one" not in said.replace("GRANT", ""), said)
            source.execute(f"GRANT SELECT ON closed_one, closed_two TO {user}")
            with lab.mysql().cursor() as cursor:
                cursor.execute(f"GRANT ALL ON `{target}`.* TO {user}@'127.0.0.1'")
            lab.syncline("check", "--online", lab.script(head + body), env={"LIMITED": "canary-limited"})

            windows = f"SYNC s FROM a TABLES (public.*) INTO b NAMING (DATABASE = '{target}') {WINDOW}"
            said = lab.syncline("check", "--online", lab.script(head.replace(", state = local", f", state_schema = '{target}'") + windows + ";\n"), code=1,
                                env={"LIMITED": "canary-limited"}).stderr
            expect(said.count("[SY9321]") == 1 and "GRANT pg_read_all_stats" in said, said)
            script = lab.script(head.replace(", state = local", f", state_schema = '{target}'") + windows + " ERRORS (unsettled_source = warn);\n")
            expect("SY9321" not in lab.syncline("check", "--online", script, env={"LIMITED": "canary-limited"}).stderr, "accepted by the script")
        finally:
            source.execute(f"DROP OWNED BY {user}")
            source.execute(f"DROP ROLE {user}")
            with lab.mysql().cursor() as cursor:
                cursor.execute(f"DROP USER {user}@'127.0.0.1'")


def both_ends_are_asked():
    with Lab("ends") as lab:
        nobody = "(host = '127.0.0.1', port = 1, user = 'x', database = 'x'"
        head = f"CONNECTION a TYPE postgres {nobody});\nCONNECTION b TYPE postgres {nobody}, allow_writes = true);\n"
        said = lab.syncline("check", "--online", lab.script(head + "SYNC s FROM a TABLES (public.*) INTO b LOAD FULL WRITE RECREATE;\n"), code=7).stderr
        expect("cannot connect to `a`" in said and "cannot connect to `b`" in said, said)
        open_sqlite(lab.folder / "here.db").execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        head = head.replace(f"postgres {nobody});", "sqlite (path = 'here.db');", 1)
        said = lab.syncline("check", "--online", lab.script(head + "SYNC s FROM a TABLES (t) INTO b LOAD FULL WRITE RECREATE;\n"), code=7).stderr
        expect("cannot connect to `b`" in said and "`a`" not in said, said)


main(cases_of(globals()) + [conditions_are_not_executed, one_partition_is_no_whole_table, a_postgres_server_that_stamps_by_another_clock,
                            a_mysql_server_that_stamps_by_another_clock, all_missing_rights_at_once, both_ends_are_asked], "check --online")
