#!/usr/bin/env python3
"""Every numbered sample runs; all samples are formatted and check without errors or warnings."""
import shutil
import subprocess

from lab import ROOT, Lab, expect, main, open_sqlite

SAMPLES = sorted((ROOT / "samples").glob("[0-9]*.sync"))


def sample_lab(lab):
    shutil.copytree(ROOT / "samples", lab.folder / "samples")
    with open(ROOT / "samples/quickstart/shop.sql") as script:
        subprocess.run(["sqlite3", "-bail", lab.folder / "samples/shop.db"], stdin=script, check=True)
    lab.folder = lab.folder / "samples"


def make_test(sample):
    def test():
        with Lab("sample") as lab:
            sample_lab(lab)
            with lab.postgres("postgres").cursor() as cursor:
                cursor.execute("DROP DATABASE IF EXISTS dw WITH (FORCE)")
                cursor.execute("CREATE DATABASE dw")
            lab.postgres_databases.append("dw")
            lab.mysql_databases += ["shop", "dw"]
            with lab.mysql().cursor() as cursor:
                cursor.execute("CREATE OR REPLACE USER loader@'127.0.0.1' IDENTIFIED BY 'canary-loader'")
                cursor.execute("GRANT ALL ON *.* TO loader@'127.0.0.1'")
            env = {"PII_SALT": "canary-salt", "MYSQL_DW_PASSWORD": "canary-loader"}
            ports = ["--param", f"mysql_port={lab.settings['MY_PORT']}", "--param", f"postgres_port={lab.settings['PG_PORT']}"]
            for command in ("plan", "run", "run"):
                done = lab.syncline(command, sample.name, *ports, env=env)
                expect("canary" not in done.stdout + done.stderr, f"{command} prints a secret")
            check_content(lab, sample.name)
    test.__name__ = sample.stem
    return test


def check_content(lab, name):
    if name.startswith("01"):
        connection = open_sqlite(lab.folder / "copy.db")
        expect(connection.execute("SELECT count(*) FROM order_line").fetchone()[0] == 40001, "order_line")
    if name.startswith("02"):
        with lab.postgres("dw").cursor() as cursor:
            cursor.execute("SELECT count(*), count(DISTINCT order_id) FROM shop.order_line")
            expect(cursor.fetchone() == (40001, 20000), "order_line")
            cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'shop'::regnamespace")
            expect(cursor.fetchone()[0] == 15, "foreign keys")
    if name.startswith("11"):
        lab.syncline("backfill", name, "--from", "2026-09-01", "--to", "2026-09-07")
        connection = open_sqlite(lab.folder / "copy.db")
        days = connection.execute("SELECT ds, count(*) FROM orders_by_day GROUP BY ds ORDER BY ds").fetchall()
        expect(days == [(f"2026090{day}", 20) for day in range(1, 8)], f"{days}")
    if name.startswith("12"):
        connection = open_sqlite(lab.folder / "copy.db")
        expect(connection.execute("SELECT count(*) FROM payments").fetchone()[0] == 16000, "payments")
        expect(connection.execute("SELECT count(*), count(DISTINCT id) FROM orders_changed").fetchone() == (20000, 20000), "orders_changed")
    if name.startswith("13"):
        connection = open_sqlite(lab.folder / "copy.db")
        logged = connection.execute("SELECT what, n FROM loads").fetchall()
        rows = connection.execute("SELECT count(*) FROM addresses").fetchone()[0]
        expect(rows > 0 and logged == [("begun", None), ("addresses", rows), ("complete", None)] * 2, f"{logged}")
    if name.startswith("14"):
        shop, copy = open_sqlite(lab.folder / "shop.db"), open_sqlite(lab.folder / "copy.db")
        wanted = [shop.execute(f"SELECT '{kind}', count(*), sum(id), count({own}) FROM {kind}").fetchone() for kind, own in (("customer", "born"), ("employee", "salary"))]
        found = copy.execute("SELECT kind, count(*), sum(id), count(CASE kind WHEN 'customer' THEN born ELSE salary END) FROM people GROUP BY kind ORDER BY kind").fetchall()
        expect(found == wanted, f"{found}, not {wanted}")


def samples_are_formatted_and_clean():
    with Lab("samples") as lab:
        sample_lab(lab)
        lab.syncline("fmt", "--check", ".")
        for script in SAMPLES + sorted((ROOT / "samples/language").glob("[0-9]*.sync")) + [ROOT / "samples/quickstart/shop.sync"]:
            lab.syncline("check", script.relative_to(ROOT / "samples"), "--deny", "warnings")


main([make_test(sample) for sample in SAMPLES] + [samples_are_formatted_and_clean], "samples")
