#!/usr/bin/env python3
"""Writes the words of scripts and of catalogue locks as a dictionary of libFuzzer: the keywords and marks of the grammar, and every word
that stands in the samples, in the golden cases or in the locks of this folder.

dictionary.py FILE"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LONGEST = 24


def of_grammar():
    text = (ROOT / "grammar/SyncLexer.g4").read_text()
    yield from re.findall(r"^K_(\w+) :", text, re.MULTILINE)
    yield from re.findall(r"^[A-Z_]+ : '([^'\\]+)' ;", text, re.MULTILINE)
    yield from ("$$", "$sql$", "~'", "--", "/*", "*/", "''", "\"\"", "`", ":")


def of_texts():
    for pattern in ("samples/**/*.sync", "tests/golden/**/*.sync", "tests/fuzz/catalog/*.lock"):
        for path in sorted(ROOT.glob(pattern)):
            yield from re.findall(r"[:%]?[A-Za-z_][A-Za-z0-9_]*=?", re.sub(r"--.*", "", path.read_text(errors="replace")))


def entry(word):
    return '"' + "".join(c if c.isalnum() or c in "_-=" else f"\\x{ord(c):02x}" for c in word) + '"'


def main():
    common = {}
    for word in of_texts():
        common[word] = common.get(word, 0) + 1
    words = list(of_grammar()) + [word for word, count in common.items() if count > 2 and 1 < len(word) <= LONGEST and word.isascii()]
    pathlib.Path(sys.argv[1]).write_text("\n".join(entry(word) for word in dict.fromkeys(words)) + "\n")


if __name__ == "__main__":
    main()
