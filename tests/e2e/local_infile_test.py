#!/usr/bin/env python3
"""A MySQL target that forbids LOAD DATA LOCAL, as Oracle's does by default: a named error with the remedy, and nothing changes."""
from lab import OwnServersLab, expect, fetch, main


def a_target_without_local_infile_is_refused():
    with OwnServersLab("infile") as lab:
        source, target = lab.new_mysql("_s"), lab.new_mysql("_t")
        lab.mysql(source).cursor().execute("CREATE TABLE t (id INT PRIMARY KEY) SELECT 1 AS id")
        lab.mysql(target).cursor().execute("CREATE TABLE t (id INT PRIMARY KEY) SELECT 7 AS id")
        script = lab.script(lab.connection("a", "mysql", source) + lab.connection("b", "mysql", target, write=True)
                            + f"SYNC s FROM a TABLES ({source}.*) INTO b NAMING (DATABASE = '{target}') LOAD FULL WRITE RECREATE;\n")
        lab.mysql().cursor().execute("SET GLOBAL local_infile = 0")
        refused = lab.syncline("run", script, "--adopt", code=5)
        text = refused.stdout + refused.stderr
        expect("SY9204" in text and "SET GLOBAL local_infile = 1" in text, text)
        expect(fetch("mysql", lab.mysql(target), ("t",), ["id"]) == [("n:7",)], "the target changed")
        lab.mysql().cursor().execute("SET GLOBAL local_infile = 1")
        lab.syncline("run", script, "--adopt")
        expect(fetch("mysql", lab.mysql(target), ("t",), ["id"]) == [("n:1",)], "the remedy does not help")


main([a_target_without_local_infile_is_refused], "local_infile")
