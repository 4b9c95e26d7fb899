"""Codes of errors: each is explained, and none is explained that is gone."""

import json
import re

from tree import line_of, rule

KINDS = r'\{[A-Z_]+, "(\w+)", \d{3}, '  # rows of src/base/error.c
PLACES = [
    r'fail_code\(\s*[^,;"]+,\s*[^,;"]+,\s*"([a-z0-9_]+)"',   # fail_code(s, KIND, "code", …)
    r'error_coded\([^;]*?,\s*"([a-z0-9_]+)"\s*\)',         # error_coded(e, "code")
    r'tell_edit\(t, "([a-z0-9_]+)"',
    r'\(Note\)\{\s*\.code = "([a-z0-9_]+)"',                # what a run warns of
    r'\b(?:reason|note)_code = "([a-z0-9_]+)"',            # why an agent or a price is none
    r'"error_code"\)->text = "([a-z0-9_]+)"',              # of an imported run
    r'\{[^{}]*?\b(?:INVALID|UNIDENTIFIED|DENIED|MISSING|CONFLICT|TOO_LARGE|LIMITED|UPSTREAM|UNAVAILABLE|UNSUPPORTED|TIMEOUT),'
    r'\s*"([a-z0-9]+_[a-z0-9_]+)"',                          # a row of a table
]


def codes(tree):
    for path, text in tree.sources("src"):
        for place in [KINDS] if path == "src/base/error.c" else PLACES:
            for found in re.finditer(place, text):
                yield found[1], f"{path}:{line_of(text, found.start(1))}"


@rule("each code of an error is in docs/errors.md, and only those",
      bad=[{"src/api/a.c": 'return fail_code(s, INVALID, "no_bread", "no bread");\n', "docs/errors.md": "| `no_butter` | x | y |\n"},
           {"src/api/a.c": "", "docs/errors.md": "| `no_butter` | x | y |\n"},
           {"src/api/a.c": '{"x", DENIED, "no_bread", "no bread"},\n', "docs/errors.md": ""}],
      good=[{"src/api/a.c": 'error_coded(e, "no_bread");\n', "docs/errors.md": "| `no_bread` | x | y |\n"}])
def explained(tree):
    listed = set(re.findall(r"^\| `([a-z0-9_]+)` \|", tree.texts.get("docs/errors.md", ""), re.M))
    used = dict(codes(tree))
    for code in sorted(set(used) - listed):
        yield f"{used[code]}: `{code}` is not in docs/errors.md"
    for code in sorted(listed - set(used)):
        yield f"docs/errors.md: nothing has the code `{code}`"


LANGUAGES = r"web/src/locales/\w+/errors[.]json"
UNSEEN = ("The database's schema, and taking data over", "The command line")  # no page ever shows these
GIVING = r'(?:error_param\(|\(ErrorParam\)\{|tell_param\(|ErrorParam program = )[^;]*;'
ISSUING = r'\bissue\w*\([^;]*;|\(Issue\)\{[^;]*;'


def shown_codes(text):
    """Of docs/errors.md: kinds and codes that can stand in an answer to a page."""
    for part in re.split(r"^## ", text, flags=re.M):
        if not part.startswith(UNSEEN):
            yield from re.findall(r"^\| `([a-z0-9_]+)` \|", part, re.M)


def translations(tree):
    for path, text in tree.files(LANGUAGES):
        yield path, json.loads(text)


EXAMPLE = {"docs/errors.md": "## Bread\n| `no_bread` | x | y |\n## The command line\n| `no_butter` | x | y |\n",
           "src/api/a.c": 'error_param(fail_code(s, INVALID, "no_bread", "no bread"), "baker", name);\n',
           "web/src/locales/en/errors.json": '{"no_bread": "{{baker}} has none"}', "web/src/locales/ja/errors.json": '{"no_bread": "{{baker}}"}'}


@rule("each code that a page can show has its words in every language, with values that the server gives",
      bad=[EXAMPLE | {"web/src/locales/ja/errors.json": "{}"},
           EXAMPLE | {"web/src/locales/en/errors.json": '{"no_bread": "{{butcher}} has none"}'},
           EXAMPLE | {"web/src/locales/en/errors.json": '{"no_bread": "none", "no_cake": "none"}'},
           EXAMPLE | {"src/base/json_read.c": 'issue(r, at, "stale", "Input should be fresh");'}],
      good=[EXAMPLE])
def translated(tree):
    wanted = set(shown_codes(tree.texts.get("docs/errors.md", "")))
    sources = "\n".join(text for _, text in tree.sources("src"))
    given = {name for place in re.findall(GIVING, sources) for name in re.findall(r'"(\w+)",', place)} | {"detail", "id"}
    types = {name for place in re.findall(ISSUING, sources) for name in re.findall(r'"([a-z_]+)"', place)}
    for path, words in translations(tree):
        issues = words.pop("issue", {})
        for code in sorted(wanted - set(words)):
            yield f"{path}: `{code}` has no words"
        for code in sorted(set(words) - wanted - {"offline", "server"}):
            yield f"{path}: no page can get `{code}`"
        for name in sorted(types ^ set(issues)):
            yield f"{path}: issue.{name} is " + ("not translated" if name in types else "no type of an issue")
        for code, text in words.items():
            for name in sorted(set(re.findall(r"\{\{(\w+)\}\}", text)) - given):
                yield f"{path}: nothing gives `{name}` of `{code}`"


@rule("each phase of a run has its words in every language",
      bad=[{"src/agent/a.c": 'TRY(tell_phase(&t->teller, "baking"));', "web/src/locales/ja/task.json": '{"phase": {"working": "作業中"}}'}],
      good=[{"src/work/a.c": 'TRY(recording_phase(s, a->rec, "baking"));', "web/src/locales/ja/task.json": '{"phase": {"baking": "焼いています"}}'}])
def phases(tree):
    told = {name for _, text in tree.sources("src") for name in re.findall(r'(?:tell|recording)_phase\([^;"]*"(\w+)"', text)}
    for path, text in tree.files(r"web/src/locales/\w+/task[.]json"):
        for name in sorted(told - set(json.loads(text)["phase"])):
            yield f"{path}: the phase `{name}` has no words"
