#!/usr/bin/env python3
"""samples/ci: both files are YAML, and their `syncline` commands do in a project what their comments say: pass when it is clean, fail when
it is not, and leave the reports that the files upload either way."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import yaml

from lab import ROOT, SYNCLINE, expect, main

CASES = ROOT / "tests/golden/formats"


def load(name):
    return yaml.safe_load((ROOT / "samples/ci" / name).read_text())


def run(commands, script, stop):
    """Whether the job would pass. `stop`: the first failing command ends it (GitLab); otherwise all run (`if: !cancelled()`)."""
    passed = True
    folder = pathlib.Path(tempfile.mkdtemp(prefix="syncline-ci-"))
    shutil.copy(CASES / script, folder)
    path = f"{pathlib.Path(SYNCLINE).resolve().parent}:{os.environ['PATH']}"
    for command in commands:
        done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", command], cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=120, check=False)
        expect(done.returncode in (0, 1), f"{command}: exit {done.returncode}, {done.stderr}")
        passed = passed and done.returncode == 0
        if stop and not passed:
            break
    written = {file.name: file.stat().st_size for file in folder.iterdir() if file.name != script}
    shutil.rmtree(folder)
    return passed, written


def github_actions():
    workflow = load("github-actions.yml")
    expect(set(workflow[True]) == {"push", "pull_request"}, "YAML reads the key `on` as true; GitHub does not")
    steps = workflow["jobs"]["check"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    expect(commands[0] == "syncline fmt --check" and "--format github --deny warnings" in commands[1] and "--format sarif --deny warnings" in commands[2], commands)
    upload = steps[-1]["with"]["sarif_file"]
    expect(all("cancelled()" in step["if"] for step in steps[2:]), "reports are written when the check fails, too")
    for script, passes in (("clean.sync", True), ("findings.sync", False)):
        passed, written = run(commands, script, stop=False)
        expect(passed == passes and written.get(upload, 0) > 0, f"{script}: {passed}, {written}")


def gitlab():
    job = load("gitlab-ci.yml")["syncline"]
    commands = job["script"]
    expect(commands[-2:] == ["syncline check --deny warnings", "syncline fmt --check"], commands)
    uploaded = set(job["artifacts"]["reports"].values()) | set(job["artifacts"]["paths"])
    for script, passes in (("clean.sync", True), ("findings.sync", False)):
        passed, written = run(commands, script, stop=True)
        expect(passed == passes and set(written) == uploaded and min(written.values()) > 0, f"{script}: {passed}, {written}")


if __name__ == "__main__":
    main([github_actions, gitlab], "ci_samples")
