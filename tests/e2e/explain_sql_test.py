#!/usr/bin/env python3
"""`explain --sql` against what the servers' own logs say that `run` sent: statement by statement, session by session."""
import difflib
import json
import re
import socket

from lab import OwnServersLab, expect, main
from pairs import ENGINES, Pair
from server_logs import ServerLogs

STATE = r"syncline_(target|chunk|progress|session|lock|known|foreign_key|run\b)"


def normal(text):
    """Without what differs from run to run: the run's id, host and process, epochs, snapshots, fingerprints, counts and clocks of state tables.
    Rows that travel in a statement are left out."""
    text = text.strip().rstrip(";").strip()
    text = re.sub(r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "RUN_ID", text).replace(socket.gethostname(), "HOST")
    text = re.sub(r"syncline_(stg|old|row)_\d+_", r"syncline_\1_EPOCH_", text)
    text = re.sub(r"INFILE 'syncline[-0-9a-f]*'", "INFILE 'ROWS'", text)
    text = re.sub(r"syncline_load_[0-9a-f]+", "syncline_load_SESSION", text)
    text = re.sub(r"syncline read \d+", "syncline read PROCESS", text)
    text = re.sub(r"SNAPSHOT '[^']*'", "SNAPSHOT 'NAME'", text)
    text = re.sub(r"\b[0-9a-f]{64}\b", "FINGERPRINT", text)
    text = re.sub(r'(INSERT INTO "syncline_stg_.*?\) VALUES \().*', r"\1", text, flags=re.DOTALL)
    if re.search(STATE, text) or "backend_xmin" in text or "pg_class" in text:
        text = re.sub(r"'\d{4}-\d\d-\d\d[T ][^']*'", "'CLOCK'", text)
        text = re.sub(r"(?<![\w.])-?\d+\b", "N", text)
        text = re.sub(r"(fingerprint = )'[0-9a-f]{16}'", r"\1'FINGERPRINT'", text)
        text = re.sub(r"'(\{.*?\})'(?=::)", lambda array: array.group(1).replace('"', "").replace("\\", ""), text)  # quoted as the server likes
        text = re.sub(r"(?<=[{,])[0-9a-f]{16}(?=[,}])", "FINGERPRINT", text)
    return text


def is_question(text):
    """Reads catalogues or state and locks nothing; or says how a session reads."""
    if re.search(r"\b(DELETE FROM|INSERT INTO)\b|FOR (UPDATE|SHARE)|advisory|GET_LOCK|setval|txid_current|pg_export_snapshot|LOCK IN SHARE", text):
        return False
    if re.match(r"(SHOW|XA RECOVER|SELECT max\(rowid\) FROM |PRAGMA (page_size|journal_mode)$|KILL )", text):
        return True
    return re.match(r"(SELECT|WITH)\b", text) is not None and re.search(r"information_schema|\bpg_|sqlite_schema|pragma_|regclass|VERSION\(\)|@@|CURRENT_USER|" + STATE, text) is not None


def changes_nothing(text):
    """What planning may do."""
    if re.match(r"(SELECT|WITH)\b", text):
        return not re.search(r"\b(DELETE FROM|INSERT INTO)\b|FOR (UPDATE|SHARE)|setval|pg_export_snapshot", text)
    return is_question(text) or re.match(r"(SET |PRAGMA |START TRANSACTION|BEGIN|COMMIT|ROLLBACK|USE )", text) is not None


def without_repeats(statements):
    kept = []
    for statement in statements:
        if not kept or kept[-1] != statement:
            kept.append(statement)
    return kept


def leftover(told, sent):
    """What `sent` holds besides `told`; nothing when `told` is not all there in its order."""
    rest, at = [], 0
    for statement in sent:
        if at < len(told) and statement == told[at]:
            at += 1
        else:
            rest.append(statement)
    return rest if at == len(told) else None


def told_sessions(table):
    """(engine, statements) of each session that does more than ask."""
    sessions = {}
    for one in table["statements"]:
        if not one["question"]:
            sessions.setdefault((one["connection"], one["engine"], one["session"]), []).append(normal(one["literal_sql"]))
    return [(key[1], without_repeats(statements)) for key, statements in sessions.items()]


def first_difference(told, sessions):
    nearest = max(sessions, key=lambda sent: sum(statement in sent for statement in told), default=[])
    shown = difflib.unified_diff(nearest, told, "sent", "told", lineterm="", n=1)
    return "\n".join(line[:600] for line in shown if line[0] != "-" or not is_question(line[1:]))


def compare(explained, logs, plain=lambda text: text):
    """Every session that was told was sent just so; whatever else was sent only asks."""
    left = {engine: [without_repeats([plain(normal(text)) for text in session]) for session in sessions] for engine, sessions in logs.items()}
    expect(len(explained["tables"]) == 1, f"{len(explained['tables'])} tables")
    told = told_sessions(explained["tables"][0])
    reads = [one for one in explained["tables"][0]["statements"] if one["side"] == "source" and "orders" in one["sql"] and not one["question"]]
    expect(reads and sum(len(statements) for _, statements in told) > 5, "next to nothing was told")
    for engine, statements in sorted(told, key=lambda session: -len(session[1])):
        statements = [plain(statement) for statement in statements]
        for session in left[engine]:
            rest = leftover(statements, session)
            if rest is not None and all(is_question(text) for text in rest):
                left[engine].remove(session)
                break
        else:
            raise AssertionError(f"{engine}: no session sent what was told\n{first_difference(statements, left[engine])}")
    for engine, sessions in left.items():
        for session in sessions:
            acts = [text for text in session if not changes_nothing(text)]
            expect(not acts, f"{engine}: sent, but not told: {acts[:3]}")


def fill(pair):
    kind = {"mysql": "DATETIME(0)", "postgres": "timestamp(0)", "sqlite": "DATETIME"}[pair.source]
    pair.on_source(f"CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, place VARCHAR(20) NOT NULL, at {kind} NOT NULL)",
                   "CREATE INDEX by_place ON orders (place)", "CREATE INDEX by_at ON orders (at)",
                   "INSERT INTO orders VALUES (1, 'Bonn', '2026-03-01 10:00:00'), (2, 'Kiel', '2026-03-02 11:00:00'), (3, 'Bonn', '2026-03-03 12:00:00')")


FULL = "LOAD FULL WRITE "
WINDOW = "LOAD INCREMENTAL WHERE at >= :window_start AND at < :window_end WRITE "
DAY = ("--window", "2026-03-02..2026-03-03")


def ways():
    """(name, clauses, arguments, whether the target must be there from an earlier run)"""
    yield "recreate anew", FULL + "RECREATE", (), False
    yield "recreate again", FULL + "RECREATE", (), True
    yield "truncate", FULL + "TRUNCATE", (), True
    yield "append", FULL + "APPEND", (), True
    yield "upsert", "KEY (id) " + FULL + "UPSERT", (), True
    yield "window append", WINDOW + "APPEND", DAY, True
    yield "window upsert", "KEY (id) " + WINDOW + "UPSERT", DAY, True
    yield "overwrite partition", "PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d')) " + WINDOW + "OVERWRITE PARTITION", DAY, True
    yield "greatest key", "KEY (id) LOAD INCREMENTAL KEY (id) LOOKBACK 0 VALUES WRITE UPSERT", (), True
    yield "pages", "LIMITS (page_size = 2) " + FULL + "RECREATE", (), False


def judge(lab, logs, source, target, number, clauses, arguments, again):
    pair = Pair(lab, source, target, str(number))
    fill(pair)
    script = lab.script(pair.head + pair.sync(clauses, "orders"))
    if again:
        lab.syncline("run", script, *(("--window", "2026-03-01..2026-03-02") if arguments else ()))
        if clauses == FULL + "APPEND":
            pair.on_source("DELETE FROM orders")
        pair.on_source("INSERT INTO orders VALUES (4, 'Ulm', '2026-03-02 13:00:00')")
    explained = json.loads(lab.syncline("explain", "--sql", "orders", script, *arguments, "--format", "json").stdout)
    expect(not pair.lab.folder.joinpath("stand-in.db").exists(), "a stand-in was left")
    sent = logs.during(lambda: lab.syncline("run", script, *arguments, env=logs.environment()))
    # Which keys were reached is known in a run only.
    by_key = "INCREMENTAL KEY" in clauses or "page_size" in clauses
    compare(explained, sent, lambda text: re.sub(r"@last_\w+|'?\b\d+\b'?", "N", text) if by_key else text)


def directions():
    """Each engine in each role for every way; the nine directions for the first of them."""
    found = {}
    for way in ways():
        found[way[0]] = [(engine, ENGINES[(at + 1) % 3]) for at, engine in enumerate(ENGINES)]
    found["recreate anew"] = [(source, target) for source in ENGINES for target in ENGINES]
    return found


def what_is_told_is_what_is_sent():
    wrong = []
    with OwnServersLab("explain") as lab:
        logs = ServerLogs(lab)
        number = 0
        for name, clauses, arguments, again in ways():
            for source, target in directions()[name]:
                number += 1
                try:
                    judge(lab, logs, source, target, number, clauses, arguments, again)
                except AssertionError as error:
                    wrong.append(f"{name}, {source} -> {target}: {error}")
    expect(not wrong, "\n".join(wrong))


main([what_is_told_is_what_is_sent], "explain_sql")
