"""What C may not be used for."""

import re

from tree import line_of, rule

# Name, and what to use instead.
ANYWHERE = {
    "alloca": "a fixed array or a scope", "asprintf": "text", "vasprintf": "text_v",
    "atof": "a table field", "atoi": "text_integer", "atol": "text_integer", "atoll": "text_integer",
    "calloc": "NEW", "free": "a scope", "malloc": "NEW", "realloc": "scope_grow",
    "gets": "a Buffer", "gmtime": "time_text", "localtime": "time_text", "mktemp": "a folder of sys/",
    "popen": "a process of sys/", "rand": "random_bytes", "random": "random_bytes", "setenv": "a process's own list",
    "sleep": "scope_sleep or a condition", "usleep": "scope_sleep or a condition",
    "sprintf": "text", "strcat": "a Buffer", "strcpy": "text_copy", "strdup": "text_copy", "strncat": "a Buffer",
    "strncpy": "text_head", "strndup": "text_of", "strtok": "text_split", "strtok_r": "text_split",
    "system": "a process of sys/", "tmpnam": "a folder of sys/", "vsprintf": "text_v",
}
# Below the commands nobody prints and nobody ends the process.
NOT_BELOW_CLI = {
    "exit": "an error", "fprintf": "log_line", "perror": "log_line", "printf": "a Buffer",
    "puts": "a Buffer",
}


def calls(text, names):
    return re.finditer(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(", text)


@rule("nobody calls what the base does better",
      bad=[{"src/net/a.c": f"void a(void)\n{{\n    {name}(b);\n}}\n"} for name in ANYWHERE]
      + [{"src/net/a.c": f"void a(void)\n{{\n    {name}(b);\n}}\n"} for name in NOT_BELOW_CLI],
      good=[{"src/base/a.c": "void a(void)\n{\n    free(b);\n}\n", "src/cli/a.c": "int b = printf(c);\n",
             "src/net/b.c": 'curl_free(a); b->free(c); "free(x)"; // free(y)\n'}])
def banned_functions(tree):
    for path, _ in tree.sources("src", "test"):
        folder = path.split("/")[1]
        if folder == "base" or path == "test/test_main.c":
            continue
        shell = folder in ("cli", "main.c") or path.startswith("test/")
        names = dict(ANYWHERE if shell else {**ANYWHERE, **NOT_BELOW_CLI})
        if path.startswith("test/"):
            del names["setenv"]  # a test's own environment is what it tries
        text = tree.stripped[path]
        for found in calls(text, names):
            yield f"{path}:{line_of(text, found.start())}: {found[1]}() is not used here: take {names[found[1]]}"


@rule("there is no goto",
      bad=[{"src/base/a.c": "void a(void)\n{\n    goto out;\n}\n"}],
      good=[{"src/base/a.c": "/* goto */ int going;\n"}])
def no_goto(tree):
    for path, _ in tree.sources("src", "test", "bench"):
        text = tree.stripped[path]
        for found in re.finditer(r"\bgoto\b", text):
            yield f"{path}:{line_of(text, found.start())}: goto"


def without_directives(text):
    """The text with #define and the like blanked, continued lines too."""
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.M)


def outer_statements(text):
    """Declarations outside all braces, up to their value or end: pairs of offset and text."""
    depth, start = 0, 0
    for at, c in enumerate(text):
        if c == "{":
            if depth == 0 and text[start:at].strip():
                yield start, text[start:at]
            depth += 1
        elif c == "}":
            depth -= 1
            start = at + 1
        elif c == ";" and depth == 0:
            if text[start:at].strip():
                yield start, text[start:at]
            start = at + 1


def is_mutable(declaration):
    """A declaration's head that names a variable which is not constant."""
    head = re.sub(r"__attribute__\s*\(\(.*?\)\)|\[[^\]]*\]", " ", declaration.split("=")[0], flags=re.S).strip()
    if re.match(r"(typedef|extern|struct\s+\w+$|union\s+\w+$|enum\b(\s+\w+)?$|static_assert|_Static_assert)", head):
        return False
    if "(" in head and not head.split("(", 1)[1].lstrip().startswith("*"):
        return False  # a function
    if "(" in head:
        return not re.search(r"\(\s*\*\s*const\b", head)  # a pointer to one
    if len(re.findall(r"\w+", head)) < 2:
        return False
    return not re.search(r"\bconst\b", head.rsplit("*", 1)[-1] if "*" in head else head)


@rule("there is no mutable static data outside base/",
      bad=[{"src/net/a.c": "static int count;\n"},
           {"src/net/a.c": "int count = 3;\n"},
           {"src/net/a.c": "static const char *name = b;\n"},
           {"src/net/a.c": "static struct A all[3] = {{0}};\n"},
           {"src/net/a.c": "static void (*hook)(int);\n"},
           {"src/net/a.c": "void a(void)\n{\n    static bool done;\n}\n"},
           {"src/net/a.c": "void a(void)\n{\n    static void (*hooks[2])(const char *const t);\n}\n"}],
      good=[{"src/net/a.c": "static const int b[] = {1};\nconst Type c = TYPE(C);\nstruct A {\n    int a;\n};\n"
                            "static const char *const d = e;\nstatic int f(void);\nstatic int f(int (*h)(void))\n{\n    int g;\n}\n"
                            "static pthread_once_t once = PTHREAD_ONCE_INIT;\ntypedef struct B B;\n"
                            "void a(void)\n{\n    static void (*const all[])(int *b) = {0};\n}\n"
                            "#define GETTER(m) \\\n    static const char *get_##m(void) \\\n    { \\\n    }\n",
             "src/base/a.c": "static int count;\n"}])
def static_data(tree):
    for path, _ in tree.sources("src"):
        if path.startswith("src/base/"):
            continue
        text = without_directives(tree.stripped[path])
        inner = [(m.start(), m[0]) for m in re.finditer(r"(?<=[\n;{])[ \t]+static\b[^;={]*", text)]
        for at, declaration in [*outer_statements(text), *inner]:
            if is_mutable(declaration) and "pthread_once_t" not in declaration:
                line = line_of(text, at + len(declaration) - len(declaration.lstrip()))
                yield f"{path}:{line}: mutable static data: {' '.join(declaration.split())[:60]}"


@rule("a file begins with what it is, a header with #pragma once as well",
      bad=[{"src/base/a.c": "int a;\n"}, {"src/base/a.h": "/* A. */\nint a;\n"}],
      good=[{"src/base/a.c": "/* A. */\n", "src/base/a.h": "/* A. */\n#pragma once\n"}])
def beginnings(tree):
    for path, text in tree.sources("src", "test"):
        if not text.startswith("/*"):
            yield f"{path}:1: the first line does not say what the file is"
        if path.endswith(".h") and "#pragma once" not in text:
            yield f"{path}:1: no #pragma once"
