"""Codes of errors: each is explained, and none is explained that is gone."""

import re

from tree import line_of, rule

KINDS = r'\{[A-Z_]+, "(\w+)", \d{3}, '  # rows of src/base/error.c
PLACES = [
    r'fail_code\(\s*[^,;"]+,\s*[^,;"]+,\s*"([a-z0-9_]+)"',   # fail_code(s, KIND, "code", …)
    r'error_coded\([^;]*?,\s*"([a-z0-9_]+)"\s*\)',         # error_coded(e, "code")
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
