"""What every end-to-end and fault test stands on: private servers, a scratch project, the syncline binary, and an independent
differ that shares no code with Syncline (psycopg2, PyMySQL and Python's sqlite3 read both sides).

Environment: SYNCLINE (the binary), SYNCLINE_SERVERS (folder of tests/support/servers.sh). See tests/support/README.md."""
import collections
import contextlib
import datetime
import decimal
import json
import os
import pathlib
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import uuid

import psycopg2
import pymysql

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVERS = ROOT / "tests/support/servers.sh"
SYNCLINE = os.environ.get("SYNCLINE", str(ROOT / "build/release/runtime/syncline"))


def server_settings():
    folder = os.environ.get("SYNCLINE_SERVERS")
    if not folder:
        sys.exit("SYNCLINE_SERVERS is not set: start tests/support/servers.sh and point it there")
    return dict(line.split("=", 1) for line in (pathlib.Path(folder) / "env").read_text().split())


class Failure(AssertionError):
    pass


def expect(condition, message):
    if not condition:
        raise Failure(message)


class Lab:
    """A scratch folder with databases of its own on the private servers; everything is dropped at the end."""

    def __init__(self, name):
        self.name = f"{name}_{uuid.uuid4().hex[:6]}"
        self.scratch = self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"syncline-{name}-"))
        self.settings = server_settings()
        self.mysql_databases, self.postgres_databases, self.connections = [], [], []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        for connection in self.connections:
            with contextlib.suppress(Exception):
                connection.close()
        with contextlib.suppress(Exception):
            with self.mysql() as connection, connection.cursor() as cursor:
                for database in self.mysql_databases + [f"{self.name}_meta"]:
                    cursor.execute(f"DROP DATABASE IF EXISTS `{database}`")
        with contextlib.suppress(Exception):
            admin = self.postgres("postgres")
            with admin.cursor() as cursor:
                for database in self.postgres_databases:
                    cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        if kind is None or not os.environ.get("SYNCLINE_KEEP"):
            shutil.rmtree(self.scratch, ignore_errors=True)
        else:
            print(f"kept {self.scratch}")

    # --- databases
    def mysql(self, database=None, **options):
        connection = pymysql.connect(host="127.0.0.1", port=int(self.settings["MY_PORT"]), user="tester", password=self.settings["MY_PASSWORD"],
                                     database=database, charset="utf8mb4", autocommit=True, init_command="SET time_zone='+00:00', sql_mode=''", **options)
        self.connections.append(connection)
        return connection

    def is_mariadb(self):
        with self.mysql() as connection:
            return "MariaDB" in connection.get_server_info()

    def postgres(self, database):
        connection = psycopg2.connect(host="127.0.0.1", port=self.settings["PG_PORT"], user="postgres", dbname=database, options="-c TimeZone=UTC")
        connection.autocommit = True
        self.connections.append(connection)
        return connection

    def new_mysql(self, suffix="", options="CHARACTER SET utf8mb4"):
        database = f"{self.name}{suffix}"
        with self.mysql() as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE `{database}` {options}")
        self.mysql_databases.append(database)
        return database

    def new_postgres(self, suffix=""):
        database = f"{self.name}{suffix}"
        with self.postgres("postgres").cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{database}"')
        self.postgres_databases.append(database)
        return database

    # --- scripts
    def connection(self, name, engine, database, write=False):
        """A CONNECTION statement for one of our databases; `database` is a file path for sqlite."""
        allow = ", allow_writes = true" if write else ""
        if engine == "sqlite":
            return f"CONNECTION {name} TYPE sqlite (path = '{database}'{allow});\n"
        if engine == "postgres":
            return f"CONNECTION {name} TYPE postgres (host = '127.0.0.1', port = {self.settings['PG_PORT']}, user = 'postgres', database = '{database}'{allow});\n"
        inside = f", database = '{database}'" if database else ""
        allow += f", state_schema = '{self.name}_meta'" if write else ""
        return (f"CONNECTION {name} TYPE mysql (host = '127.0.0.1', port = {self.settings['MY_PORT']}, user = 'tester', "
                f"password = SECRET 'env:LAB_MYSQL_PASSWORD'{inside}{allow});\n")

    def script(self, text, name="job.sync"):
        path = self.folder / name
        path.write_text(text)
        return path

    def environment(self, extra=None):
        return {**os.environ, "LAB_MYSQL_PASSWORD": self.settings["MY_PASSWORD"], "NO_COLOR": "1", **(extra or {})}

    def syncline(self, *arguments, code=0, env=None, timeout=300):
        """Runs syncline in the scratch folder; the exit code must be `code` (None: any). Returns the finished process."""
        done = subprocess.run([SYNCLINE, *map(str, arguments)], cwd=self.folder, env=self.environment(env), capture_output=True, text=True, timeout=timeout)
        secret = self.settings["MY_PASSWORD"]
        expect(secret not in done.stdout + done.stderr, "the password appears in the output")
        if code is not None and done.returncode != code:
            raise Failure(f"`syncline {' '.join(map(str, arguments))}` ended {done.returncode}, not {code}\n--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}")
        return done

    def start(self, *arguments, env=None):
        return subprocess.Popen([SYNCLINE, *map(str, arguments)], cwd=self.folder, env=self.environment(env), stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def plan_json(self, *arguments, code=0):
        return json.loads(self.syncline("plan", *arguments, "--format", "json", code=code).stdout)


class OwnServersLab(Lab):
    """A lab on servers of its own, for tests that change what a whole server does. `settings` go to servers.sh."""

    def __init__(self, name, settings=None):
        self.shared = os.environ.get("SYNCLINE_SERVERS")
        self.own = tempfile.mkdtemp(prefix="syncline-servers-")
        subprocess.run([SERVERS, "start", self.own], check=True, env={**os.environ, **(settings or {})})
        os.environ["SYNCLINE_SERVERS"] = self.own
        super().__init__(name)

    def __exit__(self, *error):
        super().__exit__(*error)
        os.environ["SYNCLINE_SERVERS"] = self.shared or ""
        subprocess.run([SERVERS, "stop", self.own], check=True)


# --- the differ: one canonical text per value, whatever engine and driver it came from

def float_bits(value, width):
    return "f:" + struct.pack(">f" if width == 32 else ">d", float(value)).hex()


def canonical(value, kind=None):
    """`kind` names what the column means (int decimal number float32 float64 bool text bytes date time timestamp instant json set bits uuid),
    so that one engine's text and another's typed value meet. Without it the Python type decides."""
    if value is None:
        return "NULL"
    if kind in ("float32", "float64"):
        return float_bits(value, 32 if kind == "float32" else 64)
    if kind == "bool":
        return "b:1" if value in (True, 1, "1", b"\x01") else "b:0"
    if kind == "bytes":
        return "x:" + bytes(value).hex()
    if kind == "int":
        return "n:" + str(int(value))
    if kind == "decimal":
        return "n:" + format(decimal.Decimal(str(value)), "f") if str(value) not in ("NaN", "Infinity", "-Infinity") else "n:" + str(value)
    if kind == "number":
        return "n:" + format(decimal.Decimal(str(value)).normalize(), "f")
    if kind == "bits":
        value = int(value) if isinstance(value, bool) else value
        return "bits:" + (bin(int.from_bytes(value, "big"))[2:].lstrip("0") if isinstance(value, (bytes, bytearray)) else str(value).lstrip("0"))
    if kind == "set":
        return "s:" + canonical_set(value)
    if kind == "json":
        return "j:" + json.dumps(value if isinstance(value, (dict, list)) else json.loads(value), sort_keys=True, ensure_ascii=False)
    if kind in ("date", "time", "timestamp", "instant"):
        return kind + ":" + canonical_time(value)
    return canonical_untyped(value)


def canonical_set(value):
    if isinstance(value, (list, tuple, set)):
        return ",".join(sorted(value))
    text = str(value)
    if text.startswith("["):
        return ",".join(sorted(json.loads(text)))
    return ",".join(sorted(part for part in text.split(",") if part))


def canonical_time(value):
    if isinstance(value, datetime.timedelta):
        micros = (value.days * 86400 + value.seconds) * 1000000 + value.microseconds
        sign, micros = ("-", -micros) if micros < 0 else ("", micros)
        text = f"{sign}{micros // 3600000000:02}:{micros // 60000000 % 60:02}:{micros // 1000000 % 60:02}.{micros % 1000000:06}"
    elif isinstance(value, datetime.datetime):
        if value.tzinfo:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        text = f"{value.year:04}-{value.month:02}-{value.day:02} {value.hour:02}:{value.minute:02}:{value.second:02}.{value.microsecond:06}"
    elif isinstance(value, datetime.date):
        text = f"{value.year:04}-{value.month:02}-{value.day:02}"
    elif isinstance(value, datetime.time):
        text = f"{value.hour:02}:{value.minute:02}:{value.second:02}.{value.microsecond:06}"
    else:
        text = str(value).replace("T", " ").removesuffix("Z").removesuffix("+00:00").removesuffix("+00")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def canonical_untyped(value):
    if isinstance(value, bool):
        return "b:1" if value else "b:0"
    if isinstance(value, (int, decimal.Decimal)):
        return "n:" + format(decimal.Decimal(value), "f")
    if isinstance(value, float):
        return float_bits(value, 64)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "x:" + bytes(value).hex()
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time, datetime.timedelta)):
        return "t:" + canonical_time(value)
    if isinstance(value, (dict, list)):
        return "j:" + json.dumps(value, sort_keys=True, ensure_ascii=False)
    return "s:" + str(value)


QUOTES = {"mysql": "`", "postgres": '"', "sqlite": '"'}


def quoted(engine, name):
    quote = QUOTES[engine]
    return quote + name.replace(quote, quote * 2) + quote


def table_sql(engine, table):
    return ".".join(quoted(engine, part) for part in table)


def fetch(engine, connection, table, columns, kinds=None, casts=None):
    """All rows of a table as sorted tuples of canonical text. `table` is a tuple of name parts; `casts` maps a column to SQL text used
    instead of it (for types a driver cannot read exactly)."""
    kinds, casts = kinds or {}, casts or {}
    selected = ", ".join(casts.get(column, quoted(engine, column)) for column in columns)
    cursor = connection.cursor()
    if engine == "postgres":
        cursor.execute("SET extra_float_digits = 3; SET IntervalStyle = iso_8601")
    cursor.execute(f"SELECT {selected} FROM {table_sql(engine, table)}")
    return sorted(tuple(canonical(value, kinds.get(column)) for value, column in zip(row, columns)) for row in cursor.fetchall())


def difference(one, other, limit=3):
    """Nothing when equal, else a text with the counts and the first rows that one side lacks."""
    if one == other:
        return None
    counted = collections.Counter(one)
    counted.subtract(collections.Counter(other))
    left = [row for row, times in counted.items() if times > 0]
    right = [row for row, times in counted.items() if times < 0]
    return f"{len(one)} rows against {len(other)}; only left: {left[:limit]}; only right: {right[:limit]}"


def open_sqlite(path):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return connection


def main(tests, name):
    """Runs the functions given on the command line (all by default); prints one line per test and `N passed, M failed`."""
    wanted = sys.argv[1:]
    passed, failed = 0, []
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        try:
            test()
            passed += 1
            print(f"ok   {test.__name__}", flush=True)
        except Exception as error:  # every failure is shown, the others still run
            failed.append(test.__name__)
            print(f"FAIL {test.__name__}: {error if isinstance(error, Failure) else repr(error)}", flush=True)
            if not isinstance(error, Failure):
                import traceback
                traceback.print_exc()
    print(f"{name}: {passed} passed, {len(failed)} failed")
    sys.exit(1 if failed or not passed else 0)
