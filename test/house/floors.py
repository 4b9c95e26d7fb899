"""Who may include whom."""

import re

from tree import line_of, rule

FLOORS = {
    "base": 0,
    "sys": 1,
    "net": 2,
    "model": 3, "identity": 3,
    "store": 4,
    "queue": 5, "bus": 5, "blob": 5, "secret": 5, "llm": 5, "git": 5, "forge": 5,
    "agent": 6,
    "service": 7,
    "api": 8, "work": 8,
    "cli": 9,
}
MAIN = 10


def included(text):
    """Offsets and paths of the includes in quotes."""
    return [(found.start(), found[1]) for found in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]*)"', text, re.M)]


def complaint(folder, path):
    """What is wrong with a file of the folder including the path; None when nothing is."""
    target = path.split("/")[0] if "/" in path else None
    if target is None:
        return f'"{path}" does not name its folder'
    if target not in FLOORS:
        return f'"{path}" is in no folder of the house'
    if target == folder:
        return None
    own, other = FLOORS.get(folder, MAIN), FLOORS[target]
    if other > own:
        return f"{folder}/ (floor {own}) looks up at {target}/ (floor {other})"
    if other == own:
        return f"{folder}/ looks sideways at {target}/ (both floor {own})"
    return None


@rule("a folder includes only folders of lower floors",
      bad=[{"src/base/a.c": '#include "sys/file.h"\n'},
           {"src/llm/a.c": '#include "git/mirror.h"\n'},
           {"src/net/a.c": '#include "a.h"\n'},
           {"src/net/a.c": '#include "test/test.h"\n'},
           {"src/extra/a.c": "int a;\n"}],
      good=[{"src/api/a.c": '#include "api/a.h"\n#include "service/b.h"\n#include <stdio.h>\n',
             "src/main.c": '#include "cli/cli.h"\n'}])
def floors(tree):
    for path, text in tree.sources("src"):
        folder = path.split("/")[1] if path.count("/") > 1 else "main"
        if folder not in FLOORS and folder != "main":
            yield f"{path}:1: {folder}/ is no folder of the house"
            continue
        for at, target in included(text):
            wrong = complaint(folder, target)
            if wrong:
                yield f"{path}:{line_of(text, at)}: {wrong}"


@rule("every included header is there",
      bad=[{"src/net/a.c": '#include "base/nowhere.h"\n'}],
      good=[{"src/net/a.c": '#include "base/text.h"\n', "src/base/text.h": "/* . */\n"},
            {"src/net/a.c": '#include "net/made.h"\n', "src/net/meson.build": "output: ['made.h']\n"}])
def headers_exist(tree):
    for path, text in tree.sources("src"):
        for at, target in included(text):
            folder, _, name = target.rpartition("/")
            made = f"'{name}'" in tree.texts.get(f"src/{folder}/meson.build", "")
            if f"src/{target}" not in tree.texts and not made:
                yield f"{path}:{line_of(text, at)}: there is no src/{target}"
