"""Whether the runner of the tests counts what it is given; a runner that cannot fail proves nothing."""

import os
import sys

from tree import rule

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import run  # noqa: E402

# TAP, and what it counts: passed, failed, skipped.
OUTPUTS = [
    ("1..2\nok 1 - a\nok 2 - b\n", (2, 0, 0)),
    ("1..2\nok 1 - a\nnot ok 2 - b\n", (1, 1, 0)),
    ("1..3\nok 1 - a\n", (1, 2, 0)),                  # crashed after the first
    ("", (0, 1, 0)),                                  # crashed before the plan
    ("1..0\n", (0, 0, 0)),
    ("1..2\nnot ok 1 # SKIP a\nok 2 # skip b\n", (0, 0, 2)),
    ("1..1\n# ok 7\nokay\nok 1 - a\n", (1, 0, 0)),
]
PROGRAMS = [
    ({"result": "OK", "stdout": "1..1\nok 1 - a\n"}, (1, 0, 0)),
    ({"result": "ERROR", "stdout": "1..1\nok 1 - a\n"}, (1, 1, 0)),  # a leak found at the end
    ({"result": "TIMEOUT", "stdout": ""}, (0, 1, 0)),
    ({"result": "FAIL", "stdout": "no TAP"}, (0, 1, 0)),
    ({"result": "OK", "stdout": "no TAP"}, (1, 0, 0)),
    ({"result": "SKIP", "stdout": "", "stderr": "no such kernel"}, (0, 0, 1)),
]


def numbers(count):
    return count.passed, count.failed, count.skipped


@rule("the runner counts single tests, also those that never reported", bad=())
def counting(_tree):
    for output, wanted in OUTPUTS:
        if numbers(run.count_tap(output)) != wanted:
            yield f"test/run.py:1: {output!r} counts as {run.count_tap(output)}"
    for entry, wanted in PROGRAMS:
        count = run.count_test({"name": "x", **entry}, show=lambda *_: None)
        if numbers(count) != wanted:
            yield f"test/run.py:1: {entry} counts as {count}"
