"""What syncline really sent to each server, told by the servers themselves: MariaDB's general log, PostgreSQL's log_statement = all, SQLite's
trace (sqlite_trace.c, preloaded). Needs servers of its own (OwnServersLab)."""
import os
import pathlib
import re
import subprocess
import time

from lab import ROOT, expect

ENTRY = "@@entry "


class ServerLogs:
    """`during(work)`: the sessions while `work()` ran, by engine: lists of statements, values in place, in their order."""

    def __init__(self, lab):
        self.lab = lab
        self.folder = pathlib.Path(os.environ["SYNCLINE_SERVERS"])
        with lab.mysql() as connection, connection.cursor() as cursor:
            cursor.execute("SET GLOBAL log_output = 'TABLE'")
            cursor.execute("SET GLOBAL general_log = 1")
        with lab.postgres("postgres").cursor() as cursor:
            cursor.execute("ALTER SYSTEM SET log_statement = 'all'")
            cursor.execute(f"ALTER SYSTEM SET log_line_prefix = '{ENTRY}%p '")
            cursor.execute("SELECT pg_reload_conf()")
        time.sleep(0.5)
        self.shim = lab.folder / "sqlite_trace.so"
        subprocess.run(["cc", "-shared", "-fPIC", ROOT / "tests/support/sqlite_trace.c", "-o", self.shim, "-ldl"], check=True)
        self.trace = lab.folder / "sqlite.trace"

    def environment(self):
        return {"LD_PRELOAD": str(self.shim), "SYNCLINE_SQLITE_TRACE": str(self.trace)}

    def during(self, work):
        with self.lab.mysql() as connection, connection.cursor() as cursor:
            cursor.execute("TRUNCATE mysql.general_log")
        log = self.folder / "pg/server.log"
        before = log.stat().st_size
        self.trace.unlink(missing_ok=True)
        work()
        time.sleep(0.2)
        return {"mysql": self.of_mysql(), "postgres": self.of_postgres(log, before), "sqlite": self.of_sqlite()}

    def of_mysql(self):
        sessions = {}
        with self.lab.mysql() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT CONNECTION_ID()")
            own = cursor.fetchone()[0]
            cursor.execute("SELECT thread_id, command_type, argument FROM mysql.general_log")
            for thread, command, argument in cursor.fetchall():
                if thread != own and command in ("Query", "Execute"):
                    sessions.setdefault(thread, []).append(argument.decode() if isinstance(argument, bytes) else argument)
        return list(sessions.values())

    @staticmethod
    def of_postgres(log, before):
        with open(log, encoding="utf-8") as file:
            file.seek(before)
            entries = file.read().split(ENTRY)[1:]
        sessions = {}
        for entry in entries:
            process, _, text = entry.replace("\n\t", "\n").rstrip("\n").partition(" ")
            kind, _, said = text.partition(":  ")
            statements = sessions.setdefault(process, [])
            if kind == "LOG" and said.startswith("statement: "):
                statements.append(said[len("statement: "):])
            elif kind == "LOG" and re.match(r"execute [^:]*: ", said):
                statements.append(said.partition(": ")[2])
            elif kind == "DETAIL" and said.startswith("parameters: "):
                values = dict(re.findall(r"\$(\d+) = (NULL|'(?:[^']|'')*')", said))
                statements[-1] = re.sub(r"\$(\d+)", lambda found, known=values: known[found.group(1)], statements[-1])
        return list(sessions.values())

    def of_sqlite(self):
        sessions = {}
        text = self.trace.read_text(encoding="utf-8") if self.trace.exists() else ""
        for record in text.split("\x1e")[:-1]:
            session, file, statement = record.split("\x1f")
            if not file.endswith("state.db"):
                sessions.setdefault((session, file), []).append(statement)
        expect(all(sessions.values()), "an empty session")
        return list(sessions.values())
