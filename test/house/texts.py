"""What is written, and whether everything written is used."""

import json
import re

from tree import line_of, rule

# Written so that this file does not hold the words themselves.
FORBIDDEN = {
    "unfinished work": r"\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b",
    "a path of one machine": r"(?<![\w.])/wor[k]/",
    "a package registry's host": r"pypi[.]org|pythonhosted[.]org|npmjs[.](org|com)|crates[.]io|proxy[.]golang[.]org"
                                 r"|repo1?[.]maven|deb[.]debian[.]org",
    "how the text came about": r"\b(as an A[I]|A[I] session|this sessio[n] (wrote|added|changed)|helper sessio[n])\b",
    "an issue's number": r"\b[Ii]ssu[e]s? #?\d|\(#\d+\)",
}


@rule("no text holds what belongs elsewhere",
      bad=[{"docs/a.md": f"one {word} two\n"}
           for word in ("TO" "DO", "FIX" "ME", "/wor" "k/main", "pypi" ".org", "registry.npm" "js.org", "A" "I session",
                        "iss" "ue 12", "Iss" "ue #3")],
      good=[{"docs/a.md": "The network issue is solved; /network/work.md; todos\n"}])
def forbidden_words(tree):
    for path, text in tree.texts.items():
        for what, pattern in FORBIDDEN.items():
            for found in re.finditer(pattern, text):
                yield f"{path}:{line_of(text, found.start())}: {what}: {found[0]}"


@rule("the layout is clang-format's",
      bad=[{"src/base/a.c": "int  a ;\n"}],
      good=[{"src/base/a.c": "int a;\n"}])
def layout(tree):
    paths = [path for path, _ in tree.sources("src", "test", "bench")]
    if not paths:
        return
    style = [] if tree.root else ["--style=LLVM"]
    ran = tree.run_in(["clang-format", "--dry-run", "--Werror", *style, *paths])
    seen = set()
    for found in re.finditer(r"^([^\s:]+):(\d+):\d+: error: ", ran.stderr, re.M):
        if found[1] not in seen:
            yield f"{found[1]}:{found[2]}: ./dev fmt would change this"
        seen.add(found[1])
    if ran.returncode and not seen:
        yield f"{paths[0]}:1: clang-format failed: {ran.stderr.strip()[:200]}"


def listed_near(tree, path):
    """The texts of the meson.build files of the file's folder and those above it."""
    parts = path.split("/")
    return [(tree.texts.get("/".join(parts[:n] + ["meson.build"]), ""), "/".join(parts[n:]))
            for n in range(len(parts) - 1, -1, -1)]


@rule("every source and test is built",
      bad=[{"src/base/a.c": "", "src/base/meson.build": "files('b.c')\n"},
           {"test/base/a_test.c": "", "test/base/meson.build": "files('b_test.c')\n"},
           {"test/fuzz/a_fuzz.c": "", "test/fuzz/meson.build": "# a_fuzz\n"},
           {"test/e2e/a_test.py": "", "test/e2e/meson.build": ""}],
      good=[{"src/base/a.c": "", "src/base/meson.build": "files('a.c')\n", "src/main.c": "",
             "meson.build": "executable('dursor', 'src/main.c')\n",
             "test/fuzz/json_fuzz.c": "", "test/fuzz/meson.build": "  'json': [base],\n"}])
def everything_is_built(tree):
    for path, _ in tree.files(r"src/.*[.]c|test/.*_(test|fuzz)[.](c|py)"):
        fuzzed = re.fullmatch(r"test/fuzz/(\w+)_fuzz[.]c", path)
        if fuzzed and re.search(rf"^\s*'{fuzzed[1]}'\s*:", tree.texts.get("test/fuzz/meson.build", ""), re.M):
            continue
        if not any(f"'{name}'" in text for text, name in listed_near(tree, path)):
            yield f"{path}:1: no meson.build lists it"


@rule("links between the documents lead somewhere",
      bad=[{"docs/a.md": "[b](b.md)\n"}, {"README.md": "![p](docs/p.png)\n"}],
      good=[{"docs/a.md": "[b](../README.md#top) [c](https://example.org) [d](#here)\n", "README.md": "\n"}])
def links(tree):
    for path, text in tree.files(r".*[.]md"):
        folder = path.rpartition("/")[0].split("/") if "/" in path else []
        for found in re.finditer(r"\]\(([^)\s#]+)[^)]*\)", text):
            if re.match(r"[a-z]+:", found[1]):
                continue
            parts = list(folder)
            for part in found[1].split("/"):
                parts = parts[:-1] if part == ".." else parts if part in (".", "") else [*parts, part]
            target = "/".join(parts)
            if not leads_somewhere(tree, target):
                yield f"{path}:{line_of(text, found.start())}: there is no {target}"


def leads_somewhere(tree, target):
    if target in tree.texts or any(path.startswith(target + "/") for path in tree.texts):
        return True
    if tree.root:
        return tree.run_in(["git", "ls-files", "--error-unmatch", target]).returncode == 0
    return False


@rule("JSON files are JSON",
      bad=[{"web/package.json": "{,}\n"}],
      good=[{"web/package.json": "{}\n"}])
def json_files(tree):
    for path, text in tree.files(r".*[.]json"):
        try:
            json.loads(text)
        except ValueError as e:
            yield f"{path}:1: {e}"
