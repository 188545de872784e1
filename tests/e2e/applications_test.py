#!/usr/bin/env python3
"""Two real application schemas, roundcube's and cacti's as Debian packages ship them (unpacked, not installed), with generated rows,
travel MySQL -> PostgreSQL -> SQLite -> MySQL and come back: every value equal by the independent differ, every key present, and of types
and defaults only the differences that applications.expected lists."""
import pathlib
import re
import subprocess

from lab import Lab, difference, expect, fetch, main, quoted

EXPECTED = pathlib.Path(__file__).with_name("applications.expected")
APPLICATIONS = {"roundcube-core": "usr/share/roundcube/SQL/mysql.initial.sql", "cacti": "usr/share/cacti/conf_templates/cacti.sql"}
ROWS = 40


def schema_of(package, folder):
    subprocess.run(["apt-get", "download", "-q", package], cwd=folder, check=True, capture_output=True)
    archive = next(folder.glob(f"{package}_*.deb"))
    subprocess.run(["dpkg-deb", "-x", archive, folder / package], check=True)
    return (folder / package / APPLICATIONS[package]).read_text()


def load_schema(lab, database, text):
    command = ["mariadb", "--no-defaults", "--skip-ssl", "-h127.0.0.1", f"-P{lab.settings['MY_PORT']}", "-utester", "--default-character-set=utf8mb4", database]
    subprocess.run(command, input=text, text=True, check=True, env={"MYSQL_PWD": lab.settings["MY_PASSWORD"], "PATH": "/usr/bin:/bin"})


def columns_of(connection, database):
    cursor = connection.cursor()
    cursor.execute("SELECT table_name, column_name, column_type, data_type, character_maximum_length, is_nullable, column_default "
                   "FROM information_schema.columns WHERE table_schema = %s ORDER BY table_name, ordinal_position", (database,))
    tables = {}
    for table, *column in cursor.fetchall():
        tables.setdefault(table, []).append(column)
    return tables


def value_for(name, data_type, length, nullable, number):
    if nullable == "YES" and number % 5 == 0:
        return None
    if data_type.endswith("int"):
        return number
    if data_type in ("float", "double", "decimal"):
        return number + 0.25
    if data_type in ("datetime", "timestamp"):
        return f"20{number % 20 + 10}-0{number % 9 + 1}-1{number % 9} 1{number % 9}:2{number % 9}:3{number % 9}"
    if data_type == "date":
        return f"20{number % 20 + 10}-02-1{number % 9}"
    if data_type.endswith("blob") or data_type.endswith("binary"):
        return bytes(range(number * 3 % 200, number * 3 % 200 + 40)) + b"\x00\xff'\\"
    return f"{number}-{name} é 😀\t'q' \\ "[: int(length or 60)].rstrip()


def fill(connection, database):
    cursor = connection.cursor()
    cursor.execute("SET foreign_key_checks = 0")
    for table, columns in columns_of(connection, database).items():
        names = ", ".join(quoted("mysql", column[0]) for column in columns)
        cursor.execute(f"DELETE FROM {quoted('mysql', table)}")  # cacti's own rows hold zero dates, which no other engine has
        for number in range(1, ROWS + 1):
            values = [value_for(name, data_type, length, nullable, number) for name, _, data_type, length, nullable, _ in columns]
            cursor.execute(f"INSERT IGNORE INTO {quoted('mysql', table)} ({names}) VALUES ({', '.join(['%s'] * len(values))})", values)
    cursor.execute("SET foreign_key_checks = 1")


def keys_of(connection, database):
    """table -> set of (unique, columns) and of ('foreign', columns, parent, parent columns)."""
    cursor = connection.cursor()
    cursor.execute("SELECT table_name, non_unique, GROUP_CONCAT(LOWER(column_name) ORDER BY seq_in_index), MAX(sub_part) FROM information_schema.statistics "
                   "WHERE table_schema = %s GROUP BY table_name, index_name, non_unique", (database,))
    keys = {(table.lower(), "unique" if not non_unique else "index", columns) for table, non_unique, columns, prefix in cursor.fetchall() if not prefix}
    cursor.execute("SELECT table_name, GROUP_CONCAT(LOWER(column_name) ORDER BY ordinal_position), referenced_table_name, "
                   "GROUP_CONCAT(LOWER(referenced_column_name) ORDER BY ordinal_position) FROM information_schema.key_column_usage "
                   "WHERE table_schema = %s AND referenced_table_name IS NOT NULL GROUP BY table_name, constraint_name, referenced_table_name", (database,))
    return keys | {(table.lower(), "foreign", columns, parent.lower(), parents) for table, columns, parent, parents in cursor.fetchall()}


def hop(lab, number, source, target, pattern, naming):
    script = lab.script(lab.connection("a", *source) + lab.connection("b", *target, write=True)
                        + f"SYNC hop FROM a TABLES ({pattern}) INTO b {naming} LOAD FULL WRITE RECREATE;\n", f"hop{number}.sync")
    lab.syncline("run", script)


def expected_differences():
    lines = EXPECTED.read_text().splitlines() if EXPECTED.exists() else []
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def travel(package):
    with Lab(package.replace("-", "_")) as lab:
        first, last = lab.new_mysql("_first"), lab.new_mysql("_last")
        postgres, sqlite = lab.new_postgres(), lab.folder / "app.db"
        load_schema(lab, first, schema_of(package, lab.folder))
        before = lab.mysql(first)
        fill(before, first)
        hop(lab, 1, ("mysql", first), ("postgres", postgres), f"{first}.*", "NAMING (SCHEMA = 'app')")
        hop(lab, 2, ("postgres", postgres), ("sqlite", sqlite), "app.*", "")
        hop(lab, 3, ("sqlite", sqlite), ("mysql", last), "*", f"NAMING (DATABASE = '{last}')")
        after = lab.mysql(last)
        tables, back = columns_of(before, first), columns_of(after, last)
        expect(set(map(str.lower, tables)) == set(map(str.lower, back)), f"tables differ: {set(tables) ^ set(back)}")
        compare_rows(before, after, tables)
        missing = keys_of(before, first) - keys_of(after, last)
        expect(not missing, f"{len(missing)} keys are missing: {sorted(missing)[:6]}")
        compare_shapes(tables, back)


def compare_rows(before, after, tables):
    for table, columns in tables.items():
        names = [column[0] for column in columns]
        kinds = {name: ("decimal" if data_type == "decimal" else "float64" if data_type in ("float", "double") else None)
                 for name, _, data_type, *_ in columns}
        casts = {name: f"CAST({quoted('mysql', name)} AS CHAR)" for name, _, data_type, *_ in columns if data_type in ("datetime", "timestamp", "date", "time")}
        one, other = (fetch("mysql", connection, (table,), names, kinds, {**casts}) for connection in (before, after))
        strip = [index for index, name in enumerate(names) if name in casts]
        one, other = ([tuple(value.removesuffix(".000000") if index in strip else value for index, value in enumerate(row)) for row in rows] for rows in (one, other))
        differs = difference(sorted(one), sorted(other))
        expect(differs is None, f"{table}: {differs}")


def compare_shapes(tables, back):
    patterns, unexpected = expected_differences(), set()
    lower = {table.lower(): columns for table, columns in back.items()}
    for table, columns in tables.items():
        arrived = {column[0].lower(): column for column in lower[table.lower()]}
        for name, native, _, _, nullable, default in columns:
            _, native_back, _, _, nullable_back, default_back = arrived[name.lower()]
            differences = []
            if native != native_back:
                differences.append(f"type {native} -> {native_back}")
            if nullable != nullable_back:
                differences.append(f"nullable {nullable} -> {nullable_back}")
            if str(default) != str(default_back):
                differences.append(f"default {default} -> {default_back}")
            unexpected |= {text for text in differences if not any(pattern.fullmatch(text) for pattern in patterns)}
    expect(not unexpected, "differences that applications.expected does not list:\n    " + "\n    ".join(sorted(unexpected)))


def roundcube():
    travel("roundcube-core")


def cacti():
    travel("cacti")


main([roundcube, cacti], "applications")
