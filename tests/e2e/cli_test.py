#!/usr/bin/env python3
"""The command line as a newcomer meets it: help, completion, streams, exit codes, project files, history, graphs, progress on a
terminal. The README is held to what it says."""
import fcntl
import json
import os
import pty
import re
import shlex
import shutil
import signal
import struct
import subprocess
import termios
import time

from lab import ROOT, SYNCLINE, Lab, expect, main, open_sqlite

COMMANDS = ["check", "fmt", "plan", "run", "backfill", "simulate", "history", "graph", "catalog", "explain", "init", "completion", "version"]


def small(lab, tables=3, rows=4, name="a.db"):
    connection = open_sqlite(lab.folder / name)
    for table in range(tables):
        connection.execute(f"CREATE TABLE t{table} (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany(f"INSERT INTO t{table} VALUES (?, ?)", [(row, f"n{row}") for row in range(rows)])
    connection.close()


def copy_script(lab, name="job.sync", tables="*", rest="", head=""):
    (lab.folder / name).parent.mkdir(parents=True, exist_ok=True)
    return lab.script(head + lab.connection("a", "sqlite", lab.folder / "a.db") + lab.connection("b", "sqlite", lab.folder / "b.db", write=True)
                      + f"SYNC job FROM a TABLES ({tables}) INTO b {rest}LOAD FULL WRITE RECREATE;\n", name)


def on_terminal(lab, arguments, width=80, height=24, env=None, resize=None):
    """Everything the command writes to a terminal of this size; `resize`: (seconds, new width)."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(lab.folder)
        os.execve(SYNCLINE, [SYNCLINE, *map(str, arguments)], lab.environment({"TERM": "xterm-256color", **(env or {})}))
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    written, started = b"", time.monotonic()
    while True:
        if resize and time.monotonic() - started > resize[0]:
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, resize[1], 0, 0))
            resize = None
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        written += part
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return written.decode(), os.waitstatus_to_exitcode(status)


def resize_eats(options):
    """screen_of() wraps nothing, so after a resize the block seems to reach further up than it does."""
    return "resize" in options


def screen_of(written):
    """What stands on the terminal at the end (without line wrapping)."""
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", written):
        if part == "\n":
            row, lines = row + 1, lines + ([""] if row + 1 == len(lines) else [])
        elif part == "\r":
            column = 0
        elif part.endswith("A") and part.startswith("\x1b"):
            row = max(0, row - int(part[2:-1] or 1))
        elif part == "\x1b[K":
            lines[row] = lines[row][:column]
        elif part == "\x1b[J":
            lines = lines[:row] + [lines[row][:column]]
        elif not part.startswith("\x1b"):
            lines[row] = lines[row][:column] + part + lines[row][column + len(part):]
            column += len(part)
    return [line.rstrip() for line in lines]


def every_command_has_help_with_examples_first():
    with Lab("help") as lab:
        listed = lab.syncline("--help").stdout
        for command in COMMANDS:
            expect(re.search(rf"^  {command}\b", listed, re.MULTILINE), f"{command} is not in --help")
            text = lab.syncline(command, "--help").stdout
            expect("Examples:" in text and text.index("Examples:") < text.index("Usage:"), f"{command}: no examples before usage")
            expect(f"  syncline {command}" in text or f"$(syncline {command}" in text, f"{command}: the examples are another command's")
            expect(lab.syncline("help", command).stdout == text, f"help {command}")
        nothing = lab.syncline(code=2)
        expect("Usage:" in nothing.stderr and nothing.stdout == "", "no arguments: help on stderr")


def typing_errors_are_answered():
    with Lab("typo") as lab:
        for arguments, answer in ((["runn"], "syncline run"), (["run", "--fromat", "json"], "--format"), (["plan", "--colums"], "--columns"),
                                  (["plan", "--format", "yaml"], "{human,json}"), (["check", "--format", "yaml"], "{human,short,json,sarif,github,gitlab,junit}"), (["completion", "tcsh"], "bash"), (["plan", "--env", "prod"], "[env.prod]")):
            done = lab.syncline(*arguments, code=2)
            expect(answer in done.stderr and done.stdout == "", f"{arguments}: {done.stderr}")


def completion_scripts_are_valid():
    with Lab("completion") as lab:
        for shell, check in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
            script = lab.syncline("completion", shell).stdout
            expect(all(command in script for command in COMMANDS), f"{shell}: a command is missing")
            path = lab.script(script, f"completion.{shell}")
            if shutil.which(shell):
                done = subprocess.run([*check, path], capture_output=True, text=True, check=False)
                expect(done.returncode == 0, f"{shell}: {done.stderr}")
        ask = 'source completion.bash; COMP_WORDS=(syncline pl); COMP_CWORD=1; _syncline; echo "${COMPREPLY[*]}"; COMP_WORDS=(syncline plan --ad); COMP_CWORD=2; _syncline; echo "${COMPREPLY[*]}"; COMP_WORDS=(syncline plan --ex); _syncline; echo "${COMPREPLY[*]}"; COMP_WORDS=(syncline check --format s); COMP_CWORD=3; _syncline; echo "${COMPREPLY[*]}"'
        done = subprocess.run(["bash", "-c", ask], cwd=lab.folder, capture_output=True, text=True, check=True)
        expect(done.stdout == "plan\n--adopt\n--exit-code\nshort sarif\n", done.stdout)


def version_and_explain():
    with Lab("version") as lab:
        expect(re.fullmatch(r"syncline \d+\.\d+\.\d+\n", lab.syncline("--version").stdout), "--version")
        expect(set(json.loads(lab.syncline("version", "--json").stdout)["engines"]) == {"mysql", "postgres", "sqlite"}, "engines")
        codes = json.loads(lab.syncline("explain", "--format", "json").stdout)["codes"]
        for code in codes:
            text = lab.syncline("explain", code["code"].lower()).stdout if code is codes[0] else ""
            expect("{}" not in text, text)
        expect(json.loads(lab.syncline("explain", codes[0]["code"], "--format", "json").stdout)["name"] == codes[0]["name"], "explain as JSON")


def plan_counts_one_and_names_what_to_type():
    with Lab("plan") as lab:
        small(lab, tables=1, rows=1)
        path = copy_script(lab, name="un né/job 1.sync")
        text = lab.syncline("plan", "un né/job 1.sync").stdout
        expect("sqlite:a → sqlite:b   1 table matched, 0 excluded" in text, text)
        expect("1 rows" not in text and "1 tables" not in text, text)
        expect("Next: syncline run 'un né/job 1.sync'\n" in text, text)
        expect("Next: syncline run\n" in lab.syncline("plan").stdout, "without paths")
        ran = lab.syncline("run", path)
        expect("  1 row " in ran.stdout and "run 0" in ran.stderr and ": 1 table\n" in ran.stderr, ran.stdout + ran.stderr)


def the_next_line_repeats_what_was_given():
    with Lab("next") as lab:
        small(lab)
        copy_script(lab, name="un né.sync", head="PARAM wanted STRING DEFAULT 'n1';\n", rest="FILTER (name = :wanted) ")
        (lab.folder / "syncline.toml").write_text('[env.prod]\nwanted = "n2"\n')
        given = ["--table", "t0,t1", "--select", "table:~'t.*'", "un né.sync", "--param", "wanted=it's n3", "--env", "prod", "--full"]
        for command in (["plan", *given], ["run", "--dry-run", *given, "--wait", "7", "--state", "elsewhere"]):
            text = lab.syncline(*command).stdout
            line = re.search(r"^Next: syncline (run .*)$", text, re.MULTILINE).group(1)
            expect(line == lab.syncline("run", "--dry-run", *shlex.split(line)[1:]).stdout.rpartition("Next: syncline ")[2].strip(), line)
            words = shlex.split(line)
            expect(words[:2] == ["run", "un né.sync"] and "wanted=it's n3" in words and "table:~'t.*'" in words and "--full" in words and "prod" in words, line)
            expect(command[0] == "plan" or words[-4:] == ["--wait", "7", "--state", "elsewhere"], line)
        done = subprocess.run(f"{SYNCLINE} {line}", shell=True, cwd=lab.folder, env=lab.environment(), capture_output=True, text=True, check=False)
        expect(done.returncode == 0 and "3 succeeded" in done.stdout and (lab.folder / "elsewhere/state.db").exists(), done.stdout + done.stderr)
        blocked = copy_script(lab, name="blocked.sync", rest="NAMING (TABLE = CASE WHEN source.table = 't0' THEN 'free' ELSE 'one' END) ")
        expect("Next: syncline run blocked.sync\n" in lab.syncline("plan", blocked.name, code=1).stdout, "beside blocked tables")


def plan_says_by_its_exit_code_whether_a_run_would_write():
    with Lab("pending") as lab:
        small(lab)
        copy = copy_script(lab)
        shape = lab.script(copy.read_text().replace("LOAD FULL WRITE RECREATE", "LOAD SCHEMA").replace("b.db", "c.db"), "shape.sync")
        lab.syncline("plan", copy, "--exit-code", code=3)
        lab.syncline("plan", shape, "--exit-code", code=3)
        lab.syncline("plan", shape)
        lab.syncline("run", shape)
        expect("nothing to change" in lab.syncline("plan", shape, "--exit-code").stdout, "all columns are there")
        lab.syncline("plan", shape, "--exit-code", "--full", code=None)
        open_sqlite(lab.folder / "a.db").execute("ALTER TABLE t1 ADD COLUMN more TEXT")
        lab.syncline("plan", shape, "--exit-code", code=3)
        lab.syncline("plan", shape, "--exit-code", "--table", "t0")
        blocked = copy_script(lab, name="blocked.sync", rest="NAMING (TABLE = 'one') ")
        lab.syncline("plan", blocked, "--exit-code", code=1)


def fmt_check_shows_the_first_difference():
    with Lab("fmt") as lab:
        small(lab)
        script = copy_script(lab)
        lab.syncline("fmt", script)
        canonical = script.read_text()
        lab.syncline("fmt", "--check", script)
        place = canonical.index("SYNC job")
        line = canonical.count("\n", 0, place) + 1
        cases = ((canonical.replace("SYNC job", "sync  job"), line, "the canonical form is `SYNC job"), (canonical.rstrip("\n"), canonical.count("\n"), "with a line feed"),
                 (canonical + "\n\n", canonical.count("\n") + 1, "ends here"))
        for text, number, answer in cases:
            script.write_text(text)
            done = lab.syncline("fmt", "--check", script.name, code=1)
            expect(f"{script.name}:{number}:" in done.stderr and "SY7001" in done.stderr and answer in done.stderr and done.stdout == "", f"{answer}: {done.stderr}")
            expect(script.read_text() == text, "--check changes nothing")
            piped = subprocess.run([SYNCLINE, "fmt", "--check", "-"], input=text, cwd=lab.folder, env=lab.environment(), capture_output=True, text=True, check=False)
            expect(piped.returncode == 1 and "SY7001" in piped.stderr and answer in piped.stderr, piped.stderr)
        (lab.folder / "syncline.toml").write_text('[lint]\nSY7001 = "error"\n')
        expect("error[SY7001]" in lab.syncline("fmt", "--check", code=1).stderr, "[lint] sets its level")


def data_and_diagnostics_keep_their_streams():
    with Lab("streams") as lab:
        small(lab)
        script = copy_script(lab)
        for command in (["plan", script, "--format", "json"], ["graph", script, "--format", "json"], ["history", "--format", "json"]):
            json.loads(lab.syncline(*command).stdout)
        wrong = copy_script(lab, name="wrong.sync", rest="NAMING (TABEL = 'x') ")
        blocked = copy_script(lab, name="blocked.sync", rest="NAMING (TABLE = CASE WHEN source.table = 't0' THEN 't0' ELSE 'one' END) ")
        expect(lab.syncline("run", blocked, "--dry-run", code=1).stdout == lab.syncline("plan", blocked, code=1).stdout, "--dry-run is the plan")
        for command in ("check", "plan", "run", "graph"):
            done = lab.syncline(command, wrong, code=1)
            expect(done.stdout == "" and "wrong.sync:" in done.stderr, f"{command}: {done.stdout}{done.stderr}")
        refused = lab.syncline("run", wrong, "--format", "json", code=1).stdout
        event = json.loads(refused)
        expect(refused.count("\n") == 1 and event["event"] == "refused" and event["errors"] >= 1, refused)


def json_lines_are_as_documented():
    with Lab("json") as lab:
        small(lab)
        done = lab.syncline("run", copy_script(lab), "--format", "json")
        events = [json.loads(line) for line in done.stdout.splitlines()]
        expect(events[0]["event"] == "run_started" and events[-1]["event"] == "run_finished", done.stdout)
        expect(events[-1]["succeeded"] == 3 and events[-1]["rows"] == 12 and events[-1]["tables"][0]["how"] == "recreate", done.stdout)
        documented = (ROOT / "runtime/observe/README.md").read_text()
        for event in events:
            for member in event:
                expect(f"`{member}" in documented, f"`{member}` of {event['event']} is not documented")


def history_finds_runs_by_a_unique_beginning():
    with Lab("history") as lab:
        small(lab)
        script = copy_script(lab)
        expect("no runs yet" in lab.syncline("history").stdout, "an empty history")
        for _ in range(2):
            lab.syncline("run", script)
        runs = json.loads(lab.syncline("history", "--format", "json").stdout)["runs"]
        expect(len(runs) == 2 and runs[0]["outcome"] == "succeeded" and runs[0]["rows"] == 12, f"{runs}")
        one = lab.syncline("history", runs[0]["run_id"][:14]).stdout
        expect(one.count("4 rows") == 3 and runs[0]["run_id"] in one, one)
        expect("2 runs begin with" in lab.syncline("history", "0", code=2).stderr, "an ambiguous beginning")
        expect("no run begins with `zz`" in lab.syncline("history", "zz", code=2).stderr, "an unknown beginning")
        expect("no failed runs" in lab.syncline("history", "--failed").stdout, "no failed runs")
        killed = lab.start("run", script, env={"SYNCLINE_FAILPOINTS": "swap.before=stall(5)@1"})
        time.sleep(1)
        killed.kill()
        killed.communicate()
        expect("killed" in lab.syncline("history", "--failed").stdout, "a killed run did not succeed")
        state = lab.folder / ".syncline"
        expect(state.stat().st_mode & 0o777 == 0o700 and (state / "state.db").stat().st_mode & 0o777 == 0o600, "rights of the state folder")


def graphs_are_valid():
    with Lab("graph") as lab:
        connection = open_sqlite(lab.folder / "a.db")
        connection.execute('CREATE TABLE "a ""quoted"" \\ name" (id INTEGER PRIMARY KEY)')
        connection.execute('CREATE TABLE child (id INTEGER PRIMARY KEY, up INTEGER REFERENCES "a ""quoted"" \\ name" (id))')
        connection.close()
        script = copy_script(lab)
        graph = json.loads(lab.syncline("graph", script, "--format", "json").stdout)
        names = {node["id"] for node in graph["nodes"]}
        expect(all(edge["from"] in names and edge["to"] in names for edge in graph["edges"]) and len(graph["edges"]) >= 8, f"{graph}")
        dot = lab.syncline("graph", script).stdout
        expect(dot.count("[label=") == len(names) and '\\"quoted\\"' in dot, dot)
        for line in dot.splitlines()[3:-1]:
            expect(re.fullmatch(r'  n\d+ (-> n\d+|\[label="([^"\\]|\\.)*", class="\w+"\]);', line), line)
        mermaid = lab.syncline("graph", script, "--format", "mermaid").stdout.splitlines()
        expect(mermaid[0] == "flowchart LR", mermaid[0])
        for line in mermaid[1:]:
            expect(re.fullmatch(r'  n\d+(\["[^"]*"\]| --> n\d+)', line), line)
        if shutil.which("dot"):
            subprocess.run(["dot", "-Tsvg"], input=dot, text=True, check=True, capture_output=True)


def project_file_environments_and_subfolders():
    with Lab("project") as lab:
        small(lab)
        copy_script(lab, name="jobs/one.sync", head="PARAM wanted STRING DEFAULT 'n1';\n", rest="FILTER (name = :wanted) ")
        (lab.folder / "syncline.toml").write_text('[env.prod]\nwanted = "n2"\n')
        (lab.folder / "deep/er").mkdir(parents=True)
        done = subprocess.run([SYNCLINE, "run", "--env", "prod"], cwd=lab.folder / "deep/er", env=lab.environment(), capture_output=True, text=True, check=False)
        expect(done.returncode == 0, done.stdout + done.stderr)
        value = lambda: open_sqlite(lab.folder / "b.db").execute("SELECT name FROM t0").fetchall()
        expect(value() == [("n2",)] and (lab.folder / ".syncline/state.db").exists(), f"{value()}")
        lab.syncline("run", "--env", "prod", "--param", "wanted=n3", "--table", "t0")
        expect(value() == [("n3",)], f"--param stands above --env: {value()}")
        glob = copy_script(lab, name="glob.sync", tables="~'t*'")
        expect("warning[SY1007]" in lab.syncline("check", glob).stderr, "a warning by itself")
        lab.syncline("check", glob, "--deny", "warnings", code=1)
        (lab.folder / "syncline.toml").write_text('[lint]\nSY1007 = "error"\n')
        expect("error[SY1007]" in lab.syncline("check", glob, code=1).stderr, "[lint] raises the level")
        (lab.folder / "syncline.toml").write_text("[lint]\nSY9999 = \"error\"\n")
        expect("SY9999" in lab.syncline("check", code=2).stderr, "an unknown code in [lint]")
        expect("error[SY9404]" in lab.syncline("run", code=2).stderr, "its own code")
        (lab.folder / "syncline.toml").write_text("[lint\n")
        expect("syncline.toml:1" in lab.syncline("check", code=2).stderr, "the place of a mistake in syncline.toml")


def selections():
    with Lab("select") as lab:
        small(lab)
        script = copy_script(lab)
        for wanted, tables in ((["--table", "t1"], 1), (["--table", "t1,t2"], 2), (["--select", "sync:job"], 3), (["--select", "table:~'t[01]'"], 2), (["--select", "sync:job,table:t0"], 1)):
            plan = lab.plan_json(script, *wanted)
            expect(plan["summary"]["tables"] == tables, f"{wanted}: {plan['summary']}")
        chosen = copy_script(lab, name="chosen.sync", tables="t0, t1, EXCEPT t1")
        nothing = ((script, ["--table", "tt1"], "did you mean `t1`?"), (script, ["--table", "t0,t1,unlike"], "the scripts copy `t0`, `t1` and `t2`"),
                   (script, ["--table", "~'tt1.*'"], "did you mean `t1"), (script, ["--select", "sync:jop"], "`job`"),
                   (script, ["--select", "tabel:t0"], "table:PATTERN"), (chosen, ["--table", "t2"], "connection `a` has `t2`"),
                   (chosen, ["--select", "table:t1"], "EXCEPT of sync `job` takes `t1` out"))
        for path, wanted, answer in nothing:
            for command in ("plan", "run"):
                said = lab.syncline(command, path, *wanted, code=1).stderr
                expect(said.count("SY1026") == 1 and answer in said, f"{command} {wanted}: {said}")
        expect(not (lab.folder / "b.db").exists(), "nothing was run")
        bad = lab.syncline("plan", script, "--table", "~'t['", code=1).stderr
        expect("SY1006" in bad and "re2/" not in bad, bad)


def a_folder_that_cannot_be_written_and_a_closed_pipe():
    with Lab("closed") as lab:
        small(lab)
        script = copy_script(lab)
        (lab.folder / "file").write_text("")
        done = lab.syncline("run", script, "--state", lab.folder / "file/state")
        expect("SY9401" in done.stderr and "--state" in done.stderr and "3 succeeded" in done.stdout, done.stdout + done.stderr)
        for command in ("plan", "run"):
            piped = subprocess.run(f"{SYNCLINE} {command} {script} | true; echo ${{PIPESTATUS[0]}}", shell=True, executable="/bin/bash", cwd=lab.folder,
                                   env=lab.environment(), capture_output=True, text=True, check=False)
            expect(int(piped.stdout) in (0, 141), f"{command}: {piped.stdout}{piped.stderr}")
        expect(len(open_sqlite(lab.folder / "b.db").execute("SELECT * FROM t0").fetchall()) == 4, "the run went on")


def interrupts():
    for times in (1, 2):
        with Lab("interrupt") as lab:
            small(lab)
            run = lab.start("run", copy_script(lab), env={"SYNCLINE_FAILPOINTS": "swap.before=stall(3)@1"})
            time.sleep(1)
            for _ in range(times):
                run.send_signal(signal.SIGINT)
                time.sleep(0.2)
            output, _ = run.communicate(timeout=30)
            expect(run.returncode == 130 and "interrupted after" in output, f"{times}: exit {run.returncode}: {output}")
            lab.syncline("run")


def progress_on_a_terminal():
    with Lab("terminal") as lab:
        database = lab.new_mysql()
        with lab.mysql(database).cursor() as cursor:
            cursor.execute("CREATE TABLE a_table_with_a_rather_long_name (id INT NOT NULL PRIMARY KEY, pad VARCHAR(200))")
            cursor.execute("INSERT INTO a_table_with_a_rather_long_name SELECT seq, REPEAT('x', 150) FROM seq_1_to_300000")
            cursor.execute("ANALYZE TABLE a_table_with_a_rather_long_name")
        script = lab.script(lab.connection("a", "mysql", database) + lab.connection("b", "sqlite", lab.folder / "b.db", write=True)
                            + f"SYNC job FROM a TABLES ({database}.*) INTO b LOAD FULL WRITE RECREATE;\n")
        stall = {"SYNCLINE_FAILPOINTS": "load.chunk=stall(1)@2"}
        for options in ({}, {"width": 50}, {"width": 20, "height": 5}, {"width": 120, "resize": (0.7, 40)}):
            written, code = on_terminal(lab, ["run", script], env=stall, **options)
            expect(code == 0, f"{options}: exit {code}: {written}")
            shown = screen_of(written)
            expect((resize_eats(options) or shown[0].startswith("run 0")) and "succeeded" in "".join(shown[-3:]), f"{options}: {shown}")
            expect(not any("left" in line or "rows/s" in line for line in shown), f"{options}: progress stayed: {shown}")
            if not options:
                expect(re.search(r"a_table_with\S*.* rows +\d+ % +[\d,]+ rows/s +[\d.]+ s left", written), written)
                expect(re.search(r"0 of 1 table  [\d,]+ rows  \d+ %  [\d,]+ rows/s  [\d.]+ s left", written), written)
        for env in ({"NO_COLOR": "1"}, {"NO_COLOR": ""}):
            written, _ = on_terminal(lab, ["run", script, "--no-color"], env=env)
            expect(not re.search(r"\x1b\[[0-9;]*m", written), "--no-color colours")
        written, _ = on_terminal(lab, ["run", script], env={"TERM": "dumb"})
        expect("\x1b" not in written and "done " in written, written)


def init_writes_a_script_that_plans():
    with Lab("init") as lab:
        small(lab, tables=1)
        done = lab.syncline("init", "--from", "a.db", "--to", "b.db", "--output", "my job.sync")
        expect("1 table of a into b" in done.stdout and "syncline plan 'my job.sync'" in done.stdout, done.stdout)
        lab.syncline("check", "my job.sync", "--deny", "warnings")
        lab.syncline("fmt", "--check", "my job.sync")
        lab.syncline("run", "my job.sync")
        expect("exists already" in lab.syncline("init", "--from", "a.db", "--to", "b.db", "--output", "my job.sync", code=2).stderr, "never overwritten")


def init_between_two_databases_of_one_server():
    with Lab("init2") as lab:
        source, target = lab.new_mysql("_a"), lab.new_mysql("_b")
        with lab.mysql(source).cursor() as cursor:
            cursor.execute("CREATE TABLE people (id INT NOT NULL PRIMARY KEY)")
            cursor.execute("INSERT INTO people VALUES (1)")
        place = f"mysql://tester@127.0.0.1:{lab.settings['MY_PORT']}/"
        secret = {"SYNCLINE_FROM_PASSWORD": lab.settings["MY_PASSWORD"], "SYNCLINE_TO_PASSWORD": lab.settings["MY_PASSWORD"]}
        lab.syncline("init", "--from", place + source, "--to", place + target, env=secret)
        expect(f"NAMING (DATABASE = '{target}')" in (lab.folder / "sync.sync").read_text(), "no naming")
        lab.syncline("run", "sync.sync", env=secret)
        with lab.mysql(target).cursor() as cursor:
            cursor.execute("SELECT count(*) FROM people")
            expect(cursor.fetchone()[0] == 1, "the copy is where --to says")
        done = lab.syncline("init", "--from", place + source, "--to", "x.db", "--output", "other.sync", code=7)
        expect("SYNCLINE_FROM_PASSWORD" in done.stderr and not (lab.folder / "other.sync").exists(), done.stderr)


HOURLY = """SCHEDULE hourly EVERY HOUR AT MINUTE 0 TIMEZONE 'Europe/Berlin';
CONNECTION a TYPE sqlite (path = 'a.db');
CONNECTION b TYPE sqlite (path = 'b.db', allow_writes = true);
SYNC orders FROM a TABLES (orders, EXCEPT old) INTO b
PARTITION BY (ds STRING = format(:window_start, '%Y%m%d'))
LOAD INCREMENTAL WHERE changed >= :window_start AND changed < :window_end WRITE UPSERT
SCHEDULE hourly;
"""


def simulate_shows_every_run():
    with Lab("simulate") as lab:
        lab.script(HOURLY)
        for day, runs in (("2026-03-29", 23), ("2026-10-25", 25), ("2028-02-29", 24), ("2026-01-31", 24)):
            document = json.loads(lab.syncline("simulate", "--from", day, "--to", day, "--format", "json").stdout)
            expect(document["version"] == 1 and len(document["syncs"]) == 1, document)
            sync = document["syncs"][0]
            expect(sync["sync"] == "orders" and sync["timezone"] == "Europe/Berlin" and sync["tables"] == ["orders", "EXCEPT old"], sync)
            instances = sync["instances"]
            expect(len(instances) == runs, f"{day}: {len(instances)} runs")
            expect(all(one["window_end"] == next_["window_start"] for one, next_ in zip(instances, instances[1:])), f"{day}: windows do not meet")
            expect(instances[5]["reads"] == {"column": "changed", "from": instances[5]["window_start"], "to": instances[5]["window_end"]}, instances[5])
            expect(instances[5]["partitions"] == {"ds": day.replace("-", "")}, instances[5])
        said = lab.syncline("simulate", "--from", "2026-10-25", "--to", "2026-10-25").stdout.splitlines()
        expect(said[0] == "orders: 25 runs, SCHEDULE hourly, Europe/Berlin, tables orders, EXCEPT old", said[0])
        expect(said[1].split() == "scheduled at window start window end bizdate ds changed from to".split(), said[1])
        expect("2026-10-25 02:00+02:00" in said[4] and "2026-10-25 02:00+01:00" in said[5], "both hours can be told apart")
        expect("takes a day" in lab.syncline("simulate", "--from", "soon", "--to", "2026-10-25", code=2).stderr, "a day that is none")
        expect("after" in lab.syncline("simulate", "--from", "2026-10-26", "--to", "2026-10-25", code=2).stderr, "a span that is none")


def check_fix_writes_whole_files_or_none():
    with Lab("fix") as lab:
        path = lab.script(HOURLY.replace("changed < :window_end", "changed < :window_end - INTERVAL 10 MINUTE"))
        path = lab.folder / path
        said = lab.syncline("check", "--fix").stderr
        expect("SY4003: replace with `:window_end`" in said and path.read_text() == HOURLY, said)
        expect("fixed" not in lab.syncline("check", "--fix").stderr, "nothing is left to fix")
        expect([one.name for one in lab.folder.glob("*.syncline-new")] == [], "no file is left beside")


def the_readme_is_true():
    with Lab("readme") as lab:
        text = (ROOT / "README.md").read_text()
        expect("@@" not in text, "a placeholder is left")
        script = lab.script(re.search(r"```sync\n(.*?)```", text, re.DOTALL).group(1))
        lab.syncline("check", script, "--deny", "warnings")
        lab.syncline("fmt", "--check", script)
        table = text[text.index("## Commands"):text.index("## What it promises")]
        rows = re.findall(r"^\| `(\w+)[^|]*", table, re.MULTILINE)
        cells = re.findall(r"^\| (`[^|]*`(?:, `\w+`)?) \|", table, re.MULTILINE)
        expect(set(COMMANDS) == {word for cell in cells for word in re.findall(r"(?:^|, )`(\w+)", cell)}, f"{rows}")
        for cell in cells:
            helped = lab.syncline(re.match(r"`(\w+)", cell).group(1), "--help").stdout
            for option in re.findall(r"--[\w-]+", cell):
                expect(option in helped, f"{cell}: {option} is not in its help")
        for folder in re.findall(r"^\| `(\w+)/`", text, re.MULTILINE):
            expect((ROOT / folder).is_dir(), f"{folder}/ is missing")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            expect((ROOT / link).exists(), f"{link} is missing")


main([every_command_has_help_with_examples_first, typing_errors_are_answered, completion_scripts_are_valid, version_and_explain,
      plan_counts_one_and_names_what_to_type, the_next_line_repeats_what_was_given, plan_says_by_its_exit_code_whether_a_run_would_write,
      fmt_check_shows_the_first_difference, data_and_diagnostics_keep_their_streams, json_lines_are_as_documented,
      history_finds_runs_by_a_unique_beginning, graphs_are_valid, project_file_environments_and_subfolders, selections,
      a_folder_that_cannot_be_written_and_a_closed_pipe, interrupts, progress_on_a_terminal, init_writes_a_script_that_plans, init_between_two_databases_of_one_server,
      simulate_shows_every_run, check_fix_writes_whole_files_or_none, the_readme_is_true], "cli")
