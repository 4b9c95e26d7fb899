"""How long, how wide: the bars that the code keeps."""

import re
from dataclasses import dataclass

from tree import report, rule

FILE_LINES, FILE_MEDIAN, FILE_P90 = 500, 180, 400
FUNCTION_LINES, FUNCTION_MEDIAN, FUNCTION_P90 = 60, 12, 35
PARAMETERS = 5
ENOUGH = 20  # of a thing before its median means something

# Callbacks whose parameters a library dictates.
DICTATED = re.compile(r"struct MHD_Connection \*")


def quantile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0


def lines_of(text):
    return text.count("\n")


@rule("a file has at most 500 lines",
      bad=[{"src/base/a.c": "\n" * 501}, {"test/base/a_test.c": "\n" * 501}],
      good=[{"src/base/a.c": "\n" * 500}])
def file_lines(tree):
    for path, text in tree.sources("src", "test", "bench"):
        if lines_of(text) > FILE_LINES:
            yield f"{path}:{FILE_LINES}: {lines_of(text)} lines, {FILE_LINES} are allowed"


def spread(what, values, median, p90):
    """Complaints about the middle and the tail of many values."""
    if len(values) < ENOUGH:
        return
    for name, part, bar in (("median", 0.5, median), ("p90", 0.9, p90)):
        if quantile(values, part) > bar:
            yield f"src:0: the {name} of {what} is {quantile(values, part)} lines, {bar} are allowed"


@rule("files are small: median 180 and p90 400 lines",
      bad=[{f"src/base/{n}.c": "\n" * 181 for n in range(20)},
           {f"src/base/{n}.c": "\n" * (450 if n > 16 else 10) for n in range(20)}],
      good=[{f"src/base/{n}.c": "\n" * 180 for n in range(20)}])
def files_spread(tree):
    yield from spread("files", [lines_of(text) for _, text in tree.files("src/.*[.]c")], FILE_MEDIAN, FILE_P90)


@dataclass(frozen=True)
class Function:
    path: str
    name: str
    line: int
    end: int
    signature: str


def functions(tree):
    """Functions and prototypes of src by universal-ctags; a prototype ends where it starts."""
    paths = [path for path, _ in tree.sources("src")]
    tags = tree.run_in(["ctags", "-f", "-", "--languages=C", "--langmap=C:.c.h", "--kinds-C=fp", "--fields=neS",
                        "--sort=no", "-L", "-"], input="\n".join(paths))
    if tags.returncode:
        raise SystemExit("ctags failed: " + tags.stderr)
    for row in tags.stdout.splitlines():
        name, path, _, *more = row.split("\t")
        values = dict(part.split(":", 1) for part in more if ":" in part)
        line = int(values["line"])
        yield Function(path, name, line, int(values.get("end", line)), values.get("signature", ""))


def bodies(tree):
    return [f for f in functions(tree) if f.path.endswith(".c") and f.end > f.line]


def a_function(name, lines, parameters="void"):
    return f"void {name}({parameters})\n{{\n" + "    ;\n" * (lines - 3) + "}\n"


@rule("a function has at most 60 lines",
      bad=[{"src/base/a.c": a_function("a", 61)}],
      good=[{"src/base/a.c": a_function("a", 60)}])
def function_lines(tree):
    for f in bodies(tree):
        if f.end - f.line + 1 > FUNCTION_LINES:
            yield f"{f.path}:{f.line}: {f.name} has {f.end - f.line + 1} lines, {FUNCTION_LINES} are allowed"


@rule("functions are small: median 12 and p90 35 lines",
      bad=[{"src/base/a.c": "".join(a_function(f"a{n}", 13) for n in range(20))},
           {"src/base/a.c": "".join(a_function(f"a{n}", 40 if n > 16 else 5) for n in range(20))}],
      good=[{"src/base/a.c": "".join(a_function(f"a{n}", 12) for n in range(20))}])
def functions_spread(tree):
    yield from spread("functions", [f.end - f.line + 1 for f in bodies(tree)], FUNCTION_MEDIAN, FUNCTION_P90)


def parameter_count(signature):
    """Commas at the outer level, plus one; the dots of a format do not count."""
    inner, depth, count = signature.strip()[1:-1].strip(), 0, 1
    if inner in ("", "void"):
        return 0
    for c in inner:
        depth += (c in "([{") - (c in ")]}")
        count += c == "," and depth == 0
    return count - (1 if inner.endswith("...") else 0)


# "(*name)(…)" and "typedef … name(…)", which ctags gives no signature for.
FUNCTION_TYPE = re.compile(r"(?:\(\*(?=\w+\))|^typedef [^(;{}]*?\b)(\w+)\)?(\((?:[^()]|\([^()]*\))*\))", re.M)


@rule("a function takes at most five parameters",
      bad=[{"src/base/a.c": a_function("a", 5, "int a, int b, int c, int d, int e, int f")},
           {"src/base/a.h": "int a(int a, int b, int c, int d, int e, int f);\n"},
           {"src/base/a.h": "typedef int *A(int a, int b, int c, int d, int e, int f);\n"},
           {"src/base/a.h": "struct A {\n    int (*a)(int a, int b, int c, int d, int e, int f);\n};\n"}],
      good=[{"src/base/a.c": a_function("a", 5, "int a, int b, int (*c)(int, int), int d, int e, ...")}])
def parameters(tree):
    for f in functions(tree):
        if parameter_count(f.signature) > PARAMETERS and not DICTATED.search(f.signature):
            yield f"{f.path}:{f.line}: {f.name} takes {parameter_count(f.signature)} parameters, 5 are allowed"
    for path, _ in tree.sources("src"):
        text = tree.stripped[path]
        for found in FUNCTION_TYPE.finditer(text):
            if parameter_count(found[2]) > PARAMETERS:
                yield f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {found[1]} takes more than 5 parameters"


@report
def sizes(tree):
    files = [lines_of(text) for _, text in tree.files("src/.*[.]c")]
    lengths = [f.end - f.line + 1 for f in bodies(tree)]
    return (f"{len(files)} files of {quantile(files, .5)} lines (median), {quantile(files, .9)} (p90), "
            f"{max(files, default=0)} (most); {len(lengths)} functions of {quantile(lengths, .5)}, "
            f"{quantile(lengths, .9)}, {max(lengths, default=0)}")


PASSING = re.compile(r"^\s*(?:return (?:e|error);|TRY\((?:e|error)\);|if \((?:e|error)(?: != NULL)?\)"
                     r"|(?:\w+_)?(?:close|free|unref|undo_now|undo_forget)\(.*\);)$", re.M)


@report
def passing_lines(tree):
    texts = [text for _, text in tree.files("src/.*[.]c")]
    lines = sum(map(lines_of, texts)) or 1
    passing = sum(len(PASSING.findall(text)) for text in texts)
    return f"{1000 * passing / lines:.1f} of 1,000 lines only pass an error on or release something (under 10 is good)"


@report
def header_comments(tree):
    comment = code = 0
    for path, text in tree.files("src/.*[.]h"):
        for before, after in zip(text.splitlines(), tree.stripped[path].splitlines()):
            code += bool(after.strip())
            comment += bool(before.strip()) and not after.strip()
    return f"{comment / (code or 1):.2f} comment lines a line of code in headers (0.5 to 1.0 is good)"
