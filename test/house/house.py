#!/usr/bin/env python3
"""The rules of the house, as TAP: each rule on the project, and on examples that prove that it can
fail and that it does not when all is well.

    test/house/house.py [PART OF A SENTENCE...]
"""

import os
import sys

import bars  # noqa: F401  each import declares rules
import codes  # noqa: F401
import counting  # noqa: F401
import floors  # noqa: F401
import language  # noqa: F401
import texts  # noqa: F401
from tree import REPORTS, RULES, Tree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHOWN = 40  # complaints of one rule


def proof(rule):
    """What is wrong with the rule itself: an example that it judges wrongly."""
    for example in rule.bad:
        if not list(rule.check(Tree(example))):
            yield f"passes a bad example: {example}"[:300]
    for example in rule.good:
        for complaint in rule.check(Tree(example)):
            yield f"fails a good example: {complaint}"


def judged(rule, tree):
    """The rule on the project, and the proof of it where it has examples."""
    yield rule.sentence, list(rule.check(tree))
    if rule.bad:
        yield f"it is noticed when not: {rule.sentence}", list(proof(rule))


def main(parts):
    tree = Tree.of_project(ROOT)
    rules = [rule for rule in RULES if not parts or any(part in rule.sentence for part in parts)]
    print(f"1..{sum(2 if rule.bad else 1 for rule in rules)}")
    failures, number = 0, 0
    for rule in rules:
        for name, complaints in judged(rule, tree):
            number += 1
            failures += bool(complaints)
            print(f"{'not ok' if complaints else 'ok'} {number} - {name}")
            for complaint in complaints[:SHOWN]:
                print(f"#   {complaint}")
            if len(complaints) > SHOWN:
                print(f"#   … and {len(complaints) - SHOWN} more")
    for measure in REPORTS:
        print(f"# {measure(tree)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
