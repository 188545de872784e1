#!/usr/bin/env python3
"""TLS with servers whose certificate a throw-away authority signed: what each mode accepts, and how the rest is refused."""
import pathlib
import shutil
import subprocess
import tempfile

from lab import Lab, OwnServersLab, expect, main


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def new_authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.crt")


def new_certificate(folder, authority, names):
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=syncline-test", "-keyout", "server.key", "-out", "server.csr")
    (folder / "names").write_text(f"subjectAltName={names}\n")
    openssl(folder, "x509", "-req", "-in", "server.csr", "-days", "2", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key", "-CAcreateserial",
            "-extfile", "names", "-out", "server.crt")


class TlsLab(OwnServersLab):
    """A lab on servers that offer TLS."""

    def __init__(self, name, names="DNS:localhost"):
        self.certificates = pathlib.Path(tempfile.mkdtemp(prefix="syncline-tls-"))
        for authority in ("right", "wrong"):
            new_authority(self.certificates, authority)
        new_certificate(self.certificates, "right", names)
        super().__init__(name, {"SYNCLINE_TLS": str(self.certificates)})

    def __exit__(self, *error):
        super().__exit__(*error)
        shutil.rmtree(self.certificates, ignore_errors=True)

    def plan(self, engine, database, tls, host="localhost", authority="right", code=0):
        trust = f", tls_ca = '{self.certificates / authority}.crt'" if authority else ""
        return plan(self, engine, database, f"tls = {tls}{trust}", host, code)


def plan(lab, engine, database, tls, host="localhost", code=0):
    """What `syncline plan` says to a table of `database`; the exit code must be `code`."""
    connection = lab.connection("a", engine, database).replace("host = '127.0.0.1'", f"host = '{host}', {tls}")
    target = lab.connection("b", "sqlite", lab.folder / "target.db", write=True)
    pattern = f"{database}.*" if engine == "mysql" else "public.*"
    done = lab.syncline("plan", lab.script(connection + target + f"SYNC s FROM a TABLES ({pattern}) INTO b LOAD FULL WRITE RECREATE;\n"), code=code)
    expect("PRIVATE KEY" not in done.stdout + done.stderr, "a key appears in the output")
    return done.stdout + done.stderr


def prepared(lab, engine):
    """A database with one table `t`."""
    if engine == "mysql":
        database = lab.new_mysql()
        lab.mysql(database).cursor().execute("CREATE TABLE t (id INT PRIMARY KEY)")
    else:
        database = lab.new_postgres()
        lab.postgres(database).cursor().execute("CREATE TABLE t (id INT PRIMARY KEY)")
    return database


def expect_refused(text, *words):
    expect("SY8001" in text, f"not refused as a connection that cannot be made: {text}")
    expect(any(word in text for word in words), f"the reason is not said: {text}")


def modes(engine):
    with TlsLab(f"tls_{engine}") as lab:
        database = prepared(lab, engine)
        for answer in (lab.plan(engine, database, "require", authority=None), lab.plan(engine, database, "verify_full")):
            expect("1 to create" in answer, answer)
        # an address is not the name that the certificate was made for
        expect_refused(lab.plan(engine, database, "verify_full", host="127.0.0.1", code=7), "127.0.0.1", "name the `host`")
        expect_refused(lab.plan(engine, database, "verify_full", authority="wrong", code=7), "certificate")
        expect_refused(lab.plan(engine, database, "verify_full", authority=None, code=7), "certificate")
        expect_refused(lab.plan(engine, database, "verify_full", authority="nowhere", code=7), "nowhere.crt", "certificate")


def mysql_modes():
    modes("mysql")


def postgres_modes():
    modes("postgres")


def addresses_that_the_certificate_names():
    with TlsLab("tls_addresses", "IP:127.0.0.1") as lab:
        for engine in ("mysql", "postgres"):
            database = prepared(lab, engine)
            text = lab.plan(engine, database, "verify_full", host="127.0.0.1", code=None)
            excused = engine == "mysql" and "compares no certificate with 127.0.0.1" in text
            expect("1 to create" in text or excused, f"its own address is refused: {text}")
            expect_refused(lab.plan(engine, database, "verify_full", host="localhost", code=7), "localhost", "name the `host`")


def verify_ca_asks_for_no_name():
    with TlsLab("tls_ca") as lab:
        database = prepared(lab, "postgres")
        expect("1 to create" in lab.plan("postgres", database, "verify_ca", host="127.0.0.1"), "the right authority is refused")
        expect_refused(lab.plan("postgres", database, "verify_ca", host="127.0.0.1", authority="wrong", code=7), "certificate")
        database = prepared(lab, "mysql")
        text = lab.plan("mysql", database, "verify_ca", host="127.0.0.1", code=None)
        expect("1 to create" in text or "`tls = verify_ca` needs Oracle's client library" in text, text)


def a_server_without_tls_is_refused():
    with Lab("tls_none") as lab:
        for engine in ("mysql", "postgres"):
            database = prepared(lab, engine)
            for mode in ("require", "verify_full"):
                expect_refused(plan(lab, engine, database, f"tls = {mode}", code=7), "SSL", "TLS")
            expect("1 to create" in plan(lab, engine, database, "tls = off"), "without TLS it does not work at all")


main([mysql_modes, postgres_modes, addresses_that_the_certificate_names, verify_ca_asks_for_no_name, a_server_without_tls_is_refused], "tls")
