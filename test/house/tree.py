"""The files that rules look at, and what a rule is."""

import functools
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass


class Tree:
    """Paths and texts: the project's own files, or an example that a rule is tried on."""

    def __init__(self, texts, root=None):
        self.texts = texts
        self.root = root

    @staticmethod
    def of_project(root):
        """What git tracks, and what is there and not ignored: a file is judged before its commit."""
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                                check=True, capture_output=True).stdout.decode()
        texts = {}
        for path in sorted(set(listed.split("\0")) - {""}):
            full = os.path.join(root, path)
            if os.path.isfile(full) and not os.path.islink(full):
                with open(full, "rb") as f:
                    data = f.read()
                if b"\0" not in data:
                    texts[path] = data.decode(errors="replace")
        return Tree(texts, root)

    def files(self, pattern):
        """Pairs of path and text whose path matches the whole regular expression."""
        return [(path, text) for path, text in self.texts.items() if re.fullmatch(pattern, path)]

    def sources(self, *folders):
        return self.files(f"({'|'.join(folders)})/.*[.][ch]")

    @functools.cached_property
    def stripped(self):
        """C texts without comments and literals; lines stay where they are."""
        return {path: strip(text) for path, text in self.texts.items() if path.endswith((".c", ".h"))}

    def run_in(self, command, **more):
        """Runs a command among the files; an example is written to a temporary folder first."""
        if self.root:
            return subprocess.run(command, cwd=self.root, capture_output=True, text=True, **more)
        with tempfile.TemporaryDirectory() as folder:
            for path, text in self.texts.items():
                os.makedirs(os.path.dirname(os.path.join(folder, path)) or folder, exist_ok=True)
                with open(os.path.join(folder, path), "w") as f:
                    f.write(text)
            return subprocess.run(command, cwd=folder, capture_output=True, text=True, **more)


PARTS = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def strip(text):
    """Comments become blanks; literals become empty ones, except in #include lines."""
    def blank(found):
        part = found[0]
        if part[0] == "/":
            return "\n" * part.count("\n") or " "
        line_start = text.rfind("\n", 0, found.start()) + 1
        if text.startswith("#include", line_start):
            return part
        return part[0] * 2 if part[0] == '"' else "0"
    return PARTS.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


@dataclass(frozen=True)
class Rule:
    sentence: str
    check: object  # gives complaints, each "path:line: what is wrong"
    bad: tuple     # examples, each of which must be complained about
    good: tuple    # examples that must pass


RULES = []


def rule(sentence, bad, good=()):
    """Declares a rule. Each example is a dictionary of path and text."""
    def add(check):
        RULES.append(Rule(sentence, check, tuple(bad), tuple(good)))
        return check
    return add


REPORTS = []


def report(measure):
    """Declares a measure: a function that gives a line about the tree."""
    REPORTS.append(measure)
    return measure
