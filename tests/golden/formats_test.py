#!/usr/bin/env python3
"""The formats of `check`: the exact document of each, SARIF against its schema, fixes and places against the file itself, hostile
scripts, and `--fix` with `--diff`. UPDATE_GOLDEN=1 rewrites the expected documents."""
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import urllib.parse
import xml.etree.ElementTree

import jsonschema

from lab import SYNCLINE, expect, main

HERE = pathlib.Path(__file__).resolve().parent
CASES = HERE / "formats"
SCHEMA = HERE / "schemas/sarif-2.1.0.json"
FORMATS = {"human": "txt", "short": "txt", "json": "json", "sarif": "json", "github": "txt", "gitlab": "json", "junit": "xml"}
HOSTILE_SCRIPTS = 80


def check(folder, *arguments):
    """Exit code, stdout and stderr, as bytes: a format must be right to the byte."""
    environment = {**{key: value for key, value in os.environ.items() if not key.startswith("SYNCLINE_")}, "NO_COLOR": "1"}
    done = subprocess.run([SYNCLINE, "check", *arguments], cwd=folder, env=environment, capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def document(folder, name, *arguments):
    code, out, err = check(folder, "--format", name, *arguments)
    expect(code in (0, 1) and err == b"", f"{name}: exit {code}, {err.decode(errors='replace')}")
    return out.decode()


def expected_documents():
    """The version of the program is the one thing that may change."""
    wrong = []
    for name, suffix in FORMATS.items():
        code, out, err = check(CASES, "--format", name)
        expect((code, out, err) == check(CASES, "--format", name), f"{name}: another answer to the same question")
        expect(code == 1 and (out if name in ("human", "short") else err) == b"", f"{name}: exit {code}, or both streams")
        said = (out + err).decode()
        expect(str(CASES) not in said, f"{name}: an absolute path")
        if name == "sarif":
            said = said.replace(f'"version": "{json.loads(said)["runs"][0]["tool"]["driver"]["version"]}"', '"version": "VERSION"')
        expected = CASES / f"expected.{name}.{suffix}"
        if os.environ.get("UPDATE_GOLDEN") == "1":
            expected.write_text(said)
        elif not expected.exists() or expected.read_text() != said:
            wrong.append(f"{expected.name}: check said\n{said}")
    expect(not wrong, "\n".join(wrong))


def validate(text):
    log = json.loads(text)
    errors = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(log)]
    expect(not errors, "\n".join(errors[:5]))
    expect(log["version"] == "2.1.0" and len(log["runs"]) == 1, "one run of 2.1.0")
    return log["runs"][0]


def cut(text, region):
    """What a region covers, by the rules of the standard: lines end with line feeds, columns are code points, the end is exclusive."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    begin = starts[region["startLine"] - 1] + region["startColumn"] - 1
    end = starts[region["endLine"] - 1] + region["endColumn"] - 1
    return begin, end, text[begin:end]


def sarif_is_valid_and_points_at_the_text():
    run = validate(document(CASES, "sarif"))
    text = (CASES / "findings.sync").read_text()
    expect(run["columnKind"] == "unicodeCodePoints", "columns")
    found = {}
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        expect(place["artifactLocation"] == {"uri": "findings.sync", "uriBaseId": "%SRCROOT%"}, place)
        expect(run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"], "ruleIndex")
        found[result["ruleId"]] = (result["level"], cut(text, place["region"])[2], [cut(text, other["physicalLocation"]["region"])[2] for other in result.get("relatedLocations", [])])
    expect(found == {"SY1008": ("note", "~'late'", []), "SY1002": ("error", "nightly", ["nightly"]), "SY1001": ("error", "shpo", []),
                     "SY1007": ("warning", "~'orders*'", []), "SY2001": ("error", "1 +\n  'x'", [])}, found)
    expect(len({rule["id"] for rule in run["tool"]["driver"]["rules"]}) == len(run["tool"]["driver"]["rules"]) == 5, "each rule once")
    expect(validate(document(CASES, "sarif", "clean.sync"))["results"] == [], "a clean script")
    lost = validate(document(CASES, "sarif", "nowhere.sync"))
    expect(lost["results"] == [] and lost["invocations"][0]["toolConfigurationNotifications"][0]["descriptor"]["id"] == "SY1030" and not lost["invocations"][0]["executionSuccessful"], lost)


def sarif_fixes_do_what_fix_does():
    """The replacements of SARIF, applied by these rules, give the file that `--fix` writes, byte for byte."""
    text = (CASES / "findings.sync").read_text()
    edits = []
    for result in validate(document(CASES, "sarif"))["results"]:
        automatic = [fix for fix in result.get("fixes", []) if fix["properties"]["automatic"]]
        for replacement in automatic[0]["artifactChanges"][0]["replacements"] if automatic else []:
            edits.append((*cut(text, replacement["deletedRegion"])[:2], replacement["insertedContent"]["text"]))
    expect(edits, "the case has a fix")
    for begin, end, new in sorted(edits, reverse=True):
        text = text[:begin] + new + text[end:]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(CASES / "findings.sync", folder)
        check(folder, "--fix")
        expect((pathlib.Path(folder) / "findings.sync").read_text() == text, "--fix wrote something else")


def annotations_of(text):
    """Commands as the runner reads them: level, properties, message."""
    found = []
    for line in text.splitlines():
        expect(line.startswith("::"), f"no command: {line!r}")
        head, _, message = line[2:].partition("::")
        level, _, rest = head.partition(" ")
        properties = {}
        for part in rest.split(","):
            key, _, value = part.partition("=")
            properties[key] = value.replace("%3A", ":").replace("%2C", ",").replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
        found.append((level, properties, message.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")))
    return found


def formats_agree():
    """The same findings, lines and severities, whatever the format."""
    first = [(one["code"], one["severity"], one["labels"][0]["line"]) for one in json.loads(document(CASES, "json"))["diagnostics"]]
    levels = {"error": "error", "warning": "warning", "notice": "info", "note": "info", "major": "error", "minor": "warning", "info": "info"}
    others = {
        "github": [(own["title"], levels[level], int(own["line"])) for level, own, _ in annotations_of(document(CASES, "github"))],
        "gitlab": [(one["check_name"], levels[one["severity"]], one["location"]["lines"]["begin"]) for one in json.loads(document(CASES, "gitlab"))],
        "sarif": [(one["ruleId"], levels[one["level"]], one["locations"][0]["physicalLocation"]["region"]["startLine"]) for one in validate(document(CASES, "sarif"))["results"]],
    }
    for name, found in others.items():
        expect(found == first, f"{name}: {found}\njson: {first}")
    for arguments, failures in (([], 3), (["--deny", "warnings"], 4)):
        suites = xml.etree.ElementTree.fromstring(document(CASES, "junit", *arguments))
        cases = list(suites.iter("testcase"))
        expect(len(cases) == len(first) + 1 == int(suites.get("tests")), "a case per finding, one for the clean file")
        expect(len(list(suites.iter("failure"))) == failures == int(suites.get("failures")), f"{arguments}: {failures} failures")
        expect([one.get("classname") for one in cases if len(one) == 0] == ["clean.sync"], "the clean file passes")


def paths_are_those_of_the_working_folder():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        jobs = folder / "re po/jobs ü"
        jobs.mkdir(parents=True)
        (folder / "re po/syncline.toml").write_text("")
        shutil.copy(CASES / "findings.sync", jobs)
        for where, path in ((folder, "re po/jobs ü/findings.sync"), (folder / "re po", "jobs ü/findings.sync"), (jobs, "findings.sync")):
            script = str(jobs / "findings.sync")
            expect({one["location"]["path"] for one in json.loads(document(where, "gitlab", script))} == {path}, f"from {where}")
            uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in validate(document(where, "sarif", script))["results"]}
            expect(uris == {urllib.parse.quote(path)}, uris)
            expect({own["file"] for _, own, _ in annotations_of(document(where, "github", script))} == {path}, "github")
        outside = validate(document(CASES, "sarif", str(jobs / "findings.sync")))["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        expect(outside == {"uri": "file://" + urllib.parse.quote(str(jobs / "findings.sync"))}, outside)


PIECES = ["::", "%", "%0A", "::error::", "\n", "\r\n", "\t", "\x1b[2J", "\x01", "\x7f", "\u0085", "\u2028", "\u202e", "\ufffe", "\uffff", "🙂", "𝔘", "<", "]]>", "&amp;",
          "'", "\\", "{", "}", "{0}", "[a](http://e)", ",", ":", "name", "--", "$$", "Ü"]


def hostile(chance):
    return "".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 6)))


def no_name_breaks_a_format():
    """Real scripts whose names, texts and file names are hostile: all documents parse and hold the same findings."""
    chance = random.Random(20261122)
    for number in range(HOSTILE_SCRIPTS):
        name, other = (hostile(chance).replace('"', '""') for _ in range(2))
        file = "f" + hostile(chance).replace("/", "").replace("\0", "") + ".sync"
        text = (f"/* {hostile(chance).replace('*/', '')} */ CONNECTION \"{name}\" TYPE sqlite (path = 'a.db');\nCONNECTION \"{name}\" TYPE sqlite (path = 'b.db');\n"
                f"SYNC \"{other}\" FROM \"{other}\" TABLES (\"{name}\", ~'{hostile(chance)}') INTO \"{name}\" LOAD FULL WRITE RECREATE;\n")
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / file).write_bytes(text.encode("utf-8", "surrogatepass"))
            count = len(json.loads(document(folder, "json"))["diagnostics"])
            what = f"script {number}, {file!r}: {text!r}"
            run = validate(document(folder, "sarif"))
            expect(len(run["results"]) == count > 0, what)
            uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            expect(urllib.parse.unquote(uri) == file and uri.isascii(), f"{uri}: {what}")
            issues = json.loads(document(folder, "gitlab"))
            expect(len(issues) == count == len({one["fingerprint"] for one in issues}) and issues[0]["location"]["path"] == file, what)
            found = annotations_of(document(folder, "github"))
            expect(len(found) == count and all(level in ("error", "warning", "notice") and own["file"].startswith("f") and own["title"].startswith("SY") for level, own, _ in found), what)
            suites = xml.etree.ElementTree.fromstring(document(folder, "junit").encode())
            expect(int(suites.get("tests")) == max(count, 1) and len(list(suites)) == 1, what)


def fingerprints_stay_when_lines_move():
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "findings.sync"
        prints = []
        for head in ("", "-- moved\n\n\n"):
            script.write_text(head + (CASES / "findings.sync").read_text())
            prints.append([one["partialFingerprints"] for one in validate(document(folder, "sarif"))["results"]])
            prints.append([one["fingerprint"] for one in json.loads(document(folder, "gitlab"))])
        expect(prints[0] == prints[2] and prints[1] == prints[3] and len(set(prints[1])) == len(prints[1]), prints)


def fix_shows_its_differences():
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "findings.sync"
        shutil.copy(CASES / "findings.sync", script)
        before = script.read_text()
        code, out, err = check(folder, "--fix", "--diff")
        expect(code == 1 and script.read_text() == before, "--diff writes nothing")
        expect(out.startswith(b"--- findings.sync\n+++ findings.sync (fixed)\n@@ ") and b"fixed " not in err and b"SY1001" in err, out + err)
        check(folder, "--fix")
        after = script.read_text()
        script.write_text(before)
        subprocess.run(["patch", "--quiet", "findings.sync"], input=out, cwd=folder, check=True)
        expect(script.read_text() == after != before, "the diff is what --fix writes")
        code, out, err = check(folder, "--fix", "--diff")
        expect(code == 1 and out == b"", "nothing left to fix, but errors")
        script.write_text((CASES / "clean.sync").read_text())
        expect(check(folder, "--fix", "--diff") == (0, b"", b""), "a clean script")
        script.write_text(before)
        for arguments in (["--diff"], ["--fix", "--diff", "--format", "sarif"]):
            code, out, err = check(folder, *arguments)
            expect(code == 2 and out == b"" and b"--diff" in err, err)


def odd_files_keep_their_places():
    """A byte order mark is no column, a carriage return belongs to the line end: places and fixes still meet the text."""
    text = (CASES / "findings.sync").read_text()
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "findings.sync"
        plain = None
        for form in (text, "\ufeff" + text, text.replace("\n", "\r\n")):
            script.write_bytes(form.encode())
            regions = [one["locations"][0]["physicalLocation"]["region"] for one in validate(document(folder, "sarif"))["results"]]
            plain = plain or regions
            expect(regions == plain, f"{regions}\n{plain}")
        script.write_text("\ufeffSYNC s FROM a TABLES (x) INTO b LOAD FULL WRITE RECREATE;\n")
        first = validate(document(folder, "sarif"))["results"][0]["locations"][0]["physicalLocation"]["region"]
        expect((first["startLine"], first["startColumn"]) == (1, 13), first)
        script.write_text((CASES / "clean.sync").read_text().rstrip("\n"))
        done = subprocess.run([SYNCLINE, "fmt", "--diff"], cwd=folder, capture_output=True, text=True, check=False)
        expect(done.returncode == 1 and "-LOAD FULL WRITE RECREATE;\n\\ No newline at end of file\n+LOAD FULL WRITE RECREATE;\n" in done.stdout, done.stdout)


def fix_leaves_the_layout_as_it_was():
    """A formatted script is formatted afterwards, even where a fix makes a line too long; of any other script only the fix changes."""
    head = "CONNECTION shopping TYPE sqlite (path = 'a.db');\nCONNECTION copy TYPE sqlite (path = 'b.db', allow_writes = true);\n\n"
    tables = ", ".join(f"table_number_{number}" for number in range(5))
    line = f"FROM shoping TABLES ({tables}, ending)"
    line = line.replace("ending", "ending" + "x" * (120 - len(line)))
    rest = "\nINTO copy\nLOAD FULL WRITE RECREATE;\n"
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "job.sync"
        for sync, formatted in (("SYNC s\nFROM shoping TABLES (orders)" + rest, True), ("SYNC s\n" + line + rest, True),
                                ("SYNC   s\nFROM shoping TABLES ( orders )" + rest.lower(), False)):
            before = head + sync
            script.write_text(before)
            expect((subprocess.run([SYNCLINE, "fmt", "--check"], cwd=folder, capture_output=True, check=False).returncode == 0) == formatted, f"not as meant: {sync}")
            code, _, err = check(folder, "--fix")
            expect(code == 0 and b"fixed job.sync" in err, err)
            after, plain = script.read_text(), before.replace("shoping", "shopping")
            expect((after == plain) == (line not in before), after)
            expect((subprocess.run([SYNCLINE, "fmt", "--check"], cwd=folder, capture_output=True, check=False).returncode == 0) == formatted, after)


if __name__ == "__main__":
    main([expected_documents, sarif_is_valid_and_points_at_the_text, sarif_fixes_do_what_fix_does, formats_agree, paths_are_those_of_the_working_folder, no_name_breaks_a_format,
          fingerprints_stay_when_lines_move, fix_shows_its_differences, odd_files_keep_their_places, fix_leaves_the_layout_as_it_was], "formats")
