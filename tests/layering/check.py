#!/usr/bin/env python3
"""Layers only include downwards (README of the repository, "Layout"), and the compiler names no engine: it asks Capabilities. Reads
hand-written C++ files line by line.

Prints each breach as file:line: what stands there, and why not. Exit 1 when there is one. `check.py --self-test` proves that the
rules can fail."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# folder -> folders it may include besides itself; the longest matching prefix counts
ALLOWED = {
    "stdlib": {"stdlib"},
    "connectors/api": {"stdlib"},
    "connectors/sql": {"stdlib", "connectors/api"},
    "connectors/mysql": {"stdlib", "connectors/api", "connectors/sql"},
    "connectors/postgres": {"stdlib", "connectors/api", "connectors/sql"},
    "connectors/sqlite": {"stdlib", "connectors/api", "connectors/sql"},
    "connectors": {"stdlib", "connectors"},
    "compiler/source": {"stdlib"},
    "compiler/diag": {"stdlib", "compiler/source"},
    "compiler/ast": {"stdlib", "compiler/source"},
    "compiler/parse": {"stdlib", "compiler/source", "compiler/diag", "compiler/ast", "grammar"},
    "compiler/catalog": {"stdlib", "connectors/api"},
    "compiler/plan": {"stdlib", "compiler/source", "compiler/diag"},
    "compiler/bound": {"stdlib", "connectors/api", "compiler/source", "compiler/diag", "compiler/ast", "compiler/plan"},
    "compiler/analyze": {"stdlib", "connectors/api", "compiler"},
    "compiler/planner": {"stdlib", "connectors/api", "compiler"},
    "compiler": {"stdlib", "connectors/api", "compiler"},
    "runtime/cli": {"stdlib", "connectors/api", "compiler/source", "compiler/diag", "compiler/plan", "compiler/catalog",
                    "compiler/pipeline.h", "runtime"},
    "runtime": {"stdlib", "connectors/api", "compiler/source", "compiler/diag", "compiler/plan", "compiler/catalog",
                "compiler/pipeline.h", "runtime"},
}
# header -> the only folders that may include it
FOREIGN = {
    r"antlr4-runtime.*|.*Sync(Lexer|Parser)\w*\.h": ["compiler/parse", "tests/fuzz"],
    r"mysql\.h|mysql/.*|mysqld_error\.h|errmsg\.h": ["connectors/mysql"],
    r"libpq-fe\.h|libpq/.*": ["connectors/postgres"],
    r"sqlite3\.h": ["connectors/sqlite", "runtime/state"],
}
# the compiler knows engines by EngineInfo and Capabilities only: none of these words in a string of it
ENGINES = r"mysql|mariadb|postgres|sqlite|doris|starrocks|clickhouse|maxcompute|greenplum|hologres|oracle|sqlserver"
ENGINE_IN_STRING = re.compile(rf'"[^"]*({ENGINES})[^"]*"', re.IGNORECASE)
LAYERS = ("stdlib/", "connectors/", "compiler/", "runtime/", "grammar/")


def rule_of(path):
    return max((folder for folder in ALLOWED if path == folder or path.startswith(folder + "/")), key=len, default=None)


def breaches(path, text):
    folder = rule_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"(?<![\w.:>])(std::)?_?exit\s*\(", line.split("//")[0]) and not path.startswith("runtime/cli/") \
                and not path.endswith("failpoint.cpp"):
            yield number, "exit() below the command line"
        if path.startswith("compiler/") and not line.lstrip().startswith("#") and ENGINE_IN_STRING.search(line.split("//")[0]):
            yield number, "an engine's name in the compiler; ask a field of Capabilities (connectors/api/engine.h)"
        match = re.match(r'\s*#\s*include\s*[<"]([^">]+)[">]', line)
        if not match:
            continue
        header = match.group(1)
        for pattern, owners in FOREIGN.items():
            if re.fullmatch(pattern, header) and not any(path.startswith(owner + "/") for owner in owners):
                yield number, f"{header} belongs to {' and '.join(owners)} only"
        if not header.startswith(LAYERS) or folder is None:
            continue
        allowed = ALLOWED[folder] | {folder}
        if not any(header == one or header.startswith(one + "/") for one in allowed):
            yield number, f"{folder} must not include {header}"


def self_test():
    bad = [("stdlib/types/a.cpp", '#include "compiler/diag/diagnostic.h"'), ("compiler/plan/a.h", '#include "compiler/ast/clause.h"'),
           ("runtime/exec/a.cpp", '#include "compiler/bound/bound.h"'), ("connectors/mysql/a.cpp", '#include "connectors/postgres/postgres.h"'),
           ("compiler/analyze/a.cpp", "#include <antlr4-runtime.h>"), ("runtime/exec/a.cpp", "#include <sqlite3.h>"),
           ("runtime/exec/a.cpp", "  exit(1);"), ("runtime/cli/a.cpp", '#include "connectors/mysql/mysql.h"'),
           ("compiler/planner/a.cpp", '  if (engine == "postgres") return;'), ("compiler/plan/a.h", 'prefix("sqlite_autoindex_")')]
    for path, text in bad:
        if not list(breaches(path, text)):
            sys.exit(f"self-test: {path} with {text} was not noticed")


def main():
    self_test()
    files = subprocess.run(["git", "ls-files", "*.h", "*.cpp"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    found = 0
    for path in files:
        if path.startswith(LAYERS):
            for number, why in breaches(path, (ROOT / path).read_text()):
                print(f"{path}:{number}: {why}")
                found += 1
    print(f"layering: {found} breaches in {len(files)} files" if found else f"layering: clean ({len(files)} files)")
    sys.exit(1 if found else 0)


main()
