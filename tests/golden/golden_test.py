#!/usr/bin/env python3
"""Wrong scripts and what Syncline says about them, and the teaching texts. UPDATE_GOLDEN=1 rewrites the expected
texts. See tests/golden/README.md."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from lab import ROOT, SYNCLINE, Lab, expect, main, open_sqlite

HERE = pathlib.Path(__file__).resolve().parent
CATALOGUE = ROOT / "compiler/diag/diagnostics.def"
EXPLAIN = ROOT / "compiler/diag/explain"
UNREACHED = HERE / "unreached.txt"
COVERED = HERE / "covered.txt"
NEAR = HERE / "near.txt"
NEAR_MISS = re.compile(r"(SY\d{4})_\w+$")
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"
LONGEST = 25
SECTIONS = ("## What it means", "## Example", "## How to mend it")


def catalogue():
    """Code → severity, in the order of the catalogue."""
    return dict(re.findall(r"^SYNCLINE_DIAGNOSTIC\((SY\d+), (\w+),", CATALOGUE.read_text(), re.MULTILINE))


def cases(folder):
    return sorted(path for path in (HERE / folder).rglob("*.sync"))


def arguments_of(script):
    """What a line `-- arguments: …` of the script adds to the command."""
    found = re.search(r"^-- arguments: (.*)$", script.read_text(), re.MULTILINE)
    return found.group(1).split() if found else []


def output_of(command, folder, environment):
    """What the command says and the exit code as the last line; the folder's place does not show. A plan names the findings of one
    table beside it on stdout, all other findings stand on stderr."""
    done = subprocess.run([SYNCLINE, *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    said = done.stdout + ("\n" if done.stdout and done.stderr else "") + done.stderr
    return said.replace(f"{folder}/", "").replace(str(folder), ".") + f"exit {done.returncode}\n"


def plain_environment():
    return {**{key: value for key, value in os.environ.items() if not key.startswith("SYNCLINE_")}, "NO_COLOR": "1"}


def compare(script, actual, wrong):
    expected = script.with_suffix(".txt")
    if UPDATE:
        expected.write_text(actual)
    elif not expected.exists():
        wrong.append(f"{expected.relative_to(HERE)} is missing; it would be\n{actual}")
    elif expected.read_text() != actual:
        wrong.append(f"{script.relative_to(HERE)}\n--- expected\n{expected.read_text()}--- said\n{actual}")


def checked_offline():
    wrong = []
    for script in cases("check"):
        compare(script, output_of(["check", script.name, *arguments_of(script)], script.parent, plain_environment()), wrong)
    expect(not wrong, "\n".join(wrong))


class Databases:
    """What a case of plan/ or run/ reads and writes: `source.db` of NAME.sql, `target.db` of NAME.target.sql, and on the private
    servers the databases `golden` (MariaDB, of NAME.mysql.sql) and `golden` (PostgreSQL, of NAME.postgres.sql)."""

    def __init__(self, lab, script):
        self.lab, self.script = lab, script
        self.folder = lab.folder / script.stem
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copy(script, self.folder / script.name)
        self.sqlite("source.db", ".sql")
        self.sqlite("target.db", ".target.sql")
        self.parameters = self.mysql() + self.postgres()

    def text(self, suffix):
        path = self.script.with_suffix(suffix)
        return path.read_text() if path.exists() else None

    def sqlite(self, name, suffix):
        text = self.text(suffix)
        if text is None and name == "target.db":
            return
        connection = open_sqlite(self.folder / name)
        connection.executescript(text or "")
        connection.close()

    def mysql(self):
        text = self.text(".mysql.sql")
        if text is None:
            return []
        with self.lab.mysql() as connection, connection.cursor() as cursor:
            for statement in ["DROP DATABASE IF EXISTS golden", "CREATE DATABASE golden CHARACTER SET utf8mb4", "USE golden", *statements(text)]:
                cursor.execute(statement)
        self.lab.mysql_databases = ["golden"]
        return ["--param", f"mysql_port={self.lab.settings['MY_PORT']}"]

    def postgres(self):
        text = self.text(".postgres.sql")
        if text is None:
            return []
        with self.lab.postgres("postgres").cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS golden WITH (FORCE)")
            cursor.execute("CREATE DATABASE golden")
        self.lab.postgres_databases = ["golden"]
        with self.lab.postgres("golden").cursor() as cursor:
            for statement in statements(text):
                cursor.execute(statement)
        return ["--param", f"postgres_port={self.lab.settings['PG_PORT']}"]


def statements(text):
    return [part.strip() for part in text.split(";") if part.strip()]


def without_machine(text, lab):
    """No port, time or identifier of this run stands in an expected text."""
    for port in (lab.settings["MY_PORT"], lab.settings["PG_PORT"]):
        text = re.sub(rf"\b{port}\b", "PORT", text)
    return text


def planned_on_databases():
    wrong = []
    with Lab("golden") as lab:
        for script in cases("plan"):
            databases = Databases(lab, script)
            command = ["plan", script.name, *databases.parameters, *arguments_of(script)]
            compare(script, without_machine(output_of(command, databases.folder, lab.environment()), lab), wrong)
    expect(not wrong, "\n".join(wrong))


def run_on_databases():
    """Only the findings of a run stand in the expected text: progress and sums hold times."""
    wrong = []
    with Lab("golden") as lab:
        for script in cases("run"):
            databases = Databases(lab, script)
            command = ["run", script.name, *databases.parameters, *arguments_of(script)]
            said = without_machine(output_of(command, databases.folder, lab.environment()), lab)
            kept = [line for line in said.splitlines() if re.search(r"\bSY\d{4}\b", line) or line.startswith("exit ")]
            compare(script, "\n".join(kept) + "\n", wrong)
    expect(not wrong, "\n".join(wrong))


def explained_as_sql():
    """What a run would send. The moment of the run does not stand in an expected text."""
    wrong = []
    with Lab("golden") as lab:
        for script in cases("explain"):
            databases = Databases(lab, script)
            command = ["explain", script.name, *databases.parameters, *arguments_of(script)]
            said = without_machine(output_of(command, databases.folder, lab.environment()), lab)
            compare(script, re.sub(r"'HOST', '?0'?, (.*)'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d'", r"'HOST', 0, \1'STARTED'", said), wrong)
    expect(not wrong, "\n".join(wrong))


FIXED = ["windows/gap", "windows/overlap", "windows/no_upper_bound", "windows/between", "windows/between_dates", "windows/border_left_out",
         "windows/bizdate_hourly", "windows/wrapped", "windows/wrapped_date", "windows/day_31", "clauses/full_then_append", "clauses/shard_key", "style/suppression_unused"]


def safe_fixes_mend_the_script():
    """`check --fix` on a copy: the finding is gone, nothing else came, and a second time changes nothing."""
    for name in FIXED:
        script = HERE / "check" / f"{name}.sync"
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / script.name
            shutil.copy(script, copy)
            said = output_of(["check", "--fix", script.name, *arguments_of(script)], folder, plain_environment())
            expect("fixed " in said and said.endswith("exit 0\n") and not re.search(r"\[SY\d{4}\]", said), f"{name}: {said}\n{copy.read_text()}")
            expect(copy.read_text() != script.read_text(), f"{name} is as it was")
            mended = copy.read_text()
            said = output_of(["check", "--fix", script.name, *arguments_of(script)], folder, plain_environment())
            expect(said == "exit 0\n" and copy.read_text() == mended, f"{name}, again: {said}")


def codes_in(expected):
    return set(re.findall(r"(?:\[|: )(SY\d{4})\b", expected))


def near_misses_say_nothing():
    """A case whose name begins with a code just misses it: it ends well and does not show it. In a folder `clean` nothing is said at all."""
    wrong = []
    for script in cases("check") + cases("plan") + cases("run"):
        expected = script.with_suffix(".txt").read_text()
        named = NEAR_MISS.match(script.stem)
        if named and (not expected.endswith("exit 0\n") or named[1] in codes_in(expected)):
            wrong.append(f"{script.relative_to(HERE)} is to miss {named[1]}:\n{expected}")
        if script.parent.name == "clean" and (not named or not expected.endswith("exit 0\n") or codes_in(expected)):
            wrong.append(f"{script.relative_to(HERE)} is correct, must have no finding, and is named after the code that it just misses:\n{expected}")
    expect(not wrong, "\n".join(wrong))


def every_code_has_a_near_miss():
    codes, unreached = set(catalogue()), set(listed_in(UNREACHED))
    golden = {named[1] for script in cases("check") + cases("plan") + cases("run") if (named := NEAR_MISS.match(script.stem))}
    elsewhere = listed_in(NEAR)
    expect(not golden - codes, f"cases are named after codes that do not exist: {sorted(golden - codes)}")
    expect(not set(elsewhere) - codes, f"{NEAR.name} lists codes that do not exist: {sorted(set(elsewhere) - codes)}")
    expect(not golden & set(elsewhere), f"a case just misses {sorted(golden & set(elsewhere))} now: take them out of {NEAR.name}")
    missing = codes - golden - set(elsewhere) - unreached
    expect(not missing, f"no case just misses {sorted(missing)}")
    for code, line in elsewhere.items():
        case, _, what = line.partition(" ")
        expect(body_of(case).strip() and what.strip(), f"{NEAR.name}: {code} names {case}, which does not exist or is not described")


def cases_are_short_and_say_what_is_wrong():
    for script in cases("check") + cases("plan") + cases("run") + cases("explain"):
        lines = script.read_text().splitlines()
        name = script.relative_to(HERE)
        expect(lines[0].startswith("-- ") and lines[0].endswith("."), f"{name}: the first line is a comment of one sentence")
        expect(len(lines) <= LONGEST, f"{name}: {len(lines)} lines, {LONGEST} at most")
    for expected in HERE.rglob("*.txt"):
        leaks = re.findall(r"/tmp|/work|/home|127\.0\.0\.1:\d{4,}", expected.read_text())
        expect(not leaks, f"{expected.relative_to(HERE)} holds {leaks}")


def reached_codes():
    texts = [path.read_text() for path in HERE.rglob("*.txt") if path not in (UNREACHED, COVERED, NEAR)]
    return codes_in("\n".join(texts))


def listed_in(path):
    """Code → what follows it on its line."""
    return dict(line.split(None, 1) for line in path.read_text().splitlines() if line.strip() and not line.startswith("#"))


def body_of(case):
    """The text of `file::case` of a Python or Boost test, without comments; nothing when there is none."""
    file, _, name = case.partition("::")
    text = (ROOT / file).read_text() if (ROOT / file).exists() else ""
    found = re.search(rf"^(?:def {name}\(|BOOST_AUTO_TEST_CASE\({name}\b)(.*?)(?=^\S(?<!\}})|\Z)", text, re.MULTILINE | re.DOTALL)
    return re.sub(r"//.*|(?m:^\s*#.*)", "", found.group(1)) if found else ""


def every_code_has_a_case():
    codes, reached, unreached, covered = set(catalogue()), reached_codes(), listed_in(UNREACHED), listed_in(COVERED)
    for path, listed in ((UNREACHED, unreached), (COVERED, covered)):
        expect(not set(listed) - codes, f"{path.name} lists codes that do not exist: {sorted(set(listed) - codes)}")
        expect(not reached & set(listed), f"a case shows {sorted(reached & set(listed))} now: take them out of {path.name}")
    expect(not set(unreached) & set(covered), f"both covered and unreached: {sorted(set(unreached) & set(covered))}")
    missing = codes - reached - set(unreached) - set(covered)
    expect(not missing, f"no golden case shows {sorted(missing)}")
    for code, case in covered.items():
        expect(code in body_of(case), f"covered.txt: {case} does not name {code}")


def every_code_is_explained():
    wrong = []
    for code in catalogue():
        path = EXPLAIN / f"{code}.md"
        text = path.read_text() if path.exists() else ""
        missing = [section for section in SECTIONS if section not in text.splitlines()]
        example = text.partition(SECTIONS[1])[2].partition(SECTIONS[2])[0]
        if missing or "```" not in example or not text.partition(SECTIONS[2])[2].strip():
            wrong.append(f"{path.name}: {'missing ' + ', '.join(missing) if missing else 'no example or no cure'}")
            continue
        said = subprocess.run([SYNCLINE, "explain", code], capture_output=True, text=True, env=plain_environment(), timeout=60, check=False)
        if said.returncode != 0 or text.strip() not in said.stdout:
            wrong.append(f"`syncline explain {code}` does not show {path.name}")
    wrong += [f"{path.name}: no such code" for path in EXPLAIN.glob("*.md") if path.stem not in catalogue()]
    expect(not wrong, "\n".join(wrong))


def examples_give_their_code():
    """A block marked `sync` is a whole script that `check` answers with the code of its page."""
    wrong = []
    for page in sorted(EXPLAIN.glob("*.md")):
        example = page.read_text().partition(SECTIONS[1])[2].partition(SECTIONS[2])[0]
        for block in re.findall(r"```sync\n(.*?)```", example, re.DOTALL):
            with tempfile.TemporaryDirectory() as folder:
                (pathlib.Path(folder) / "example.sync").write_text(block)
                said = output_of(["check", "example.sync"], folder, plain_environment())
            if f"[{page.stem}]" not in said:
                wrong.append(f"{page.name}\n{said}")
    expect(not wrong, "\n".join(wrong))


if __name__ == "__main__":
    main([checked_offline, safe_fixes_mend_the_script, planned_on_databases, run_on_databases, explained_as_sql, near_misses_say_nothing, cases_are_short_and_say_what_is_wrong,
          every_code_has_a_case, every_code_has_a_near_miss, every_code_is_explained, examples_give_their_code], "golden")
