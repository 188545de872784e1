"""What the benchmarks share: private servers with durable settings, a source to read, a command's time and memory."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SYNCLINE", str(ROOT / "build/release/runtime/syncline"))

ORDERS = """CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, l_orderkey INT NOT NULL, l_partkey INT NOT NULL, l_suppkey INT NOT NULL,
 l_linenumber INT NOT NULL, l_quantity DECIMAL(15,2) NOT NULL, l_extendedprice DECIMAL(15,2) NOT NULL, l_discount DECIMAL(15,2) NOT NULL,
 l_tax DECIMAL(15,2) NOT NULL, l_returnflag CHAR(1) NOT NULL, l_linestatus CHAR(1) NOT NULL, l_shipdate DATE NOT NULL,
 l_commitdate DATE NOT NULL, l_receiptdate DATE NOT NULL, l_shipmode VARCHAR(10) NOT NULL, l_comment VARCHAR(44) NOT NULL) ENGINE=InnoDB"""
ORDERS_ROWS = """INSERT INTO orders SELECT seq, seq DIV 4 * 8 + 1, 1 + seq * 7919 % 200000, 1 + seq * 31 % 10000, seq % 4 + 1, 1 + seq % 50,
 900 + seq * 7717 % 10000000 / 100, seq % 11 / 100, seq % 9 / 100, ELT(seq % 3 + 1, 'R', 'A', 'N'), ELT(seq % 2 + 1, 'O', 'F'),
 DATE '1992-01-01' + INTERVAL seq % 2500 DAY, DATE '1992-02-01' + INTERVAL seq % 2500 DAY, DATE '1992-01-10' + INTERVAL seq % 2500 DAY,
 ELT(seq % 7 + 1, 'REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'), CONCAT('furiously quick foxes ', seq) FROM seq_1_to_{rows}"""


def mysql(settings, sql, database=""):
    command = ["mariadb", "--no-defaults", "--skip-ssl", "-h127.0.0.1", f"-P{settings['MY_PORT']}", "-utester", database]
    subprocess.run([part for part in command if part], input=sql, text=True, check=True, env={"MYSQL_PWD": settings["MY_PASSWORD"], "PATH": os.environ["PATH"]})


def postgres(settings, sql, database="postgres"):
    done = subprocess.run(["psql", "-qXAt", "-h", "127.0.0.1", "-p", settings["PG_PORT"], "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-d", database],
                          input=sql, text=True, check=True, capture_output=True)
    return done.stdout.strip()


def make_source(settings, job, rows):
    mysql(settings, "CREATE DATABASE bench CHARACTER SET utf8mb4")
    if job == "orders":
        mysql(settings, ORDERS + ";" + ORDERS_ROWS.format(rows=rows) + ";ANALYZE TABLE orders;", "bench")
        return
    statements = []
    for number in range(500):
        statements.append(f"CREATE TABLE t{number} (id INT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, amount DECIMAL(12,2) NOT NULL, "
                          f"d DATE NOT NULL, note TEXT, KEY (name));INSERT INTO t{number} SELECT seq, CONCAT('name ', seq * {number + 7} % 1000), seq * 7.25, "
                          f"DATE '2020-01-01' + INTERVAL seq DAY, IF(seq % 4, CONCAT('note 😀 ', seq), NULL) FROM seq_1_to_200;")
    mysql(settings, "".join(statements), "bench")


def timed(command, **options):
    """Seconds and peak memory (MB) of one command; its output goes to a file and is shown when it fails."""
    with tempfile.TemporaryFile("w+") as output:
        before = time.monotonic()
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.monotonic() - before
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            output.seek(0)
            sys.exit(f"{command[0]} ended {child.returncode}\n{output.read()}")
    return seconds, used.ru_maxrss / 1024


def show(run):
    return f"{run[0]:6.2f} s {run[1]:4.0f} MB"


@contextlib.contextmanager
def servers():
    """(settings, folder) of a private MariaDB and PostgreSQL, fsync on; gone afterwards."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="syncline-bench-", dir="/tmp"))
    folder.chmod(0o755)  # the PostgreSQL server runs as another user
    place = folder / "servers"
    subprocess.run([str(ROOT / "tests/support/servers.sh"), "start", str(place)], check=True, env={**os.environ, "SYNCLINE_DURABLE": "1"})
    try:
        yield dict(line.split("=", 1) for line in (place / "env").read_text().split()), folder
    finally:
        subprocess.run([str(ROOT / "tests/support/servers.sh"), "stop", str(place)], check=True)
        shutil.rmtree(folder, ignore_errors=True)
