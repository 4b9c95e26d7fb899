#!/usr/bin/env python3
"""Turns files of named SQL statements into queries.h and queries.c.

    queries.py OUT.h OUT.c FILE.sql...

A statement begins with a line `-- name`, or `-- name -> row_type` when it gives rows, and ends with
its only semicolon. Other lines that begin with `--` are comments. `:name` is a parameter; casts
(`::text`), strings, quoted names and comments are left alone. Parameters are numbered in the order in
which they first appear: ?1 on SQLite, $1 on PostgreSQL.

One text serves both databases. Where that cannot be, the statement is given twice, as
`-- name [sqlite] -> row_type` and `-- name [postgres] -> row_type`, with the same parameters. What
differs only in the clock does not need that: db_now(), db_later(time, us) and db_us(later, earlier)
exist on both (src/store/queries/README.md).

Mistakes are reported as file:line: sentence.
"""

import re
import sys
from dataclasses import dataclass, field

DATABASES = ("sqlite", "postgres")

HEAD = re.compile(r"-- ([a-z][a-z0-9_]*)(?: \[(\w+)\])?(?: -> ([a-z][a-z0-9_]*_type))?\s*")

# What a statement is made of, longest first; only a parameter has a name.
TOKEN = re.compile(r"""
    --[^\n]* | /\*.*?\*/                  # comments
  | '(?:[^']|'')*' | "(?:[^"]|"")*"       # strings and quoted names
  | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$       # dollar quotes
  | ::                                    # casts
  | :(?P<param>[A-Za-z_]\w*)
  | [\s\S]
""", re.VERBOSE | re.DOTALL)


class Mistake(Exception):
    pass


@dataclass
class Variant:
    """A statement as one file gives it."""
    name: str
    database: str  # "" for both
    type: str      # "" for none
    file: str
    line: int
    text: list = field(default_factory=list)

    def mistake(self, what):
        return Mistake(f"{self.file}:{self.line}: {self.name}: {what}")


def read_variants(file, text):
    """The statements of one file, with their comments."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        head = HEAD.fullmatch(line)
        if head:
            found.append(Variant(head[1], head[2] or "", head[3] or "", file, number))
        elif found:
            found[-1].text.append(line)
        elif line.strip() and not line.startswith("--"):
            raise Mistake(f"{file}:{number}: a statement needs a line -- name before it")
    return found


def parts(variant):
    """The statement as a list of texts and parameters (a tuple of one name), without comments."""
    out, ended = [], False
    for token in TOKEN.finditer("\n".join(variant.text)):
        piece = token[0]
        if piece.startswith(("--", "/*")) and len(piece) > 1:
            continue
        if ended and piece.strip():
            raise variant.mistake("there is more after its semicolon; is its name line wrong?")
        if piece == ";":
            ended = True
        elif token["param"]:
            out.append((token["param"],))
        elif not ended:
            out.append(piece)
    if not ended:
        raise variant.mistake("there is no semicolon at its end")
    if not "".join(p for p in out if isinstance(p, str)).strip():
        raise variant.mistake("there is no statement")
    return out


def parameters(pieces):
    """Names in the order in which they first appear."""
    return list(dict.fromkeys(p[0] for p in pieces if isinstance(p, tuple)))


def with_numbers(pieces, names, sign):
    return "".join(p if isinstance(p, str) else f"{sign}{names.index(p[0]) + 1}" for p in pieces).strip()


@dataclass
class Query:
    name: str
    type: str
    params: list
    texts: dict  # by database


def make_query(variants):
    first = variants[0]
    given = {v.database: v for v in variants}
    for v in variants:
        if v.database not in ("", *DATABASES):
            raise v.mistake(f"no database is named {v.database}; there are {' and '.join(DATABASES)}")
        if v.type != first.type:
            raise v.mistake(f"its rows are {v.type or 'none'} here and {first.type or 'none'} in line {first.line}")
    if len(given) < len(variants) or ("" in given and len(given) > 1):
        raise variants[-1].mistake(f"it is already in {first.file}:{first.line}")
    if "" not in given and len(given) < len(DATABASES):
        missing = next(d for d in DATABASES if d not in given)
        raise first.mistake(f"there is no text for {missing}")
    pieces = {d: parts(given.get(d) or given[""]) for d in DATABASES}
    names = parameters(parts(first))
    for database, v in given.items():
        if database and set(parameters(pieces[database])) != set(names):
            raise v.mistake(f"its parameters are not those in line {first.line}")
    texts = {d: with_numbers(pieces[d], names, sign) for d, sign in zip(DATABASES, "?$")}
    return Query(first.name, first.type, names, texts)


def read_queries(files):
    """All statements of the (file, text) pairs, by name."""
    variants = {}
    for file, text in files:
        for v in read_variants(file, text):
            variants.setdefault(v.name, []).append(v)
    return [make_query(variants[name]) for name in sorted(variants)]


def c_text(text):
    lines = text.split("\n")
    quoted = [line.replace("\\", "\\\\").replace('"', '\\"') for line in lines]
    return "\n        ".join(f'"{line}{end}"' for line, end in zip(quoted, ["\\n"] * (len(lines) - 1) + [""]))


def c_header(queries):
    names = "".join(f"extern const Statement q_{q.name};\n" for q in queries)
    return f'/* The statements of queries/, by name. Generated by tools/queries.py. */\n#pragma once\n\n' \
           f'#include "store/store.h"\n\n{names}'


def c_source(queries):
    rows = []
    for q in queries:
        params = ", ".join(f'"{name}"' for name in q.params)
        rows.append(
            f"const Statement q_{q.name} = {{\n"
            f'    .name = "{q.name}",\n'
            f"    .sqlite =\n        {c_text(q.texts['sqlite'])},\n"
            f"    .postgres =\n        {c_text(q.texts['postgres'])},\n"
            + (f"    .params = (const char *const[]){{{params}}},\n    .param_count = {len(q.params)},\n" if params else "")
            + (f"    .type = &{q.type},\n" if q.type else "") + "};\n")
    return '/* The statements of queries/. Generated by tools/queries.py. */\n\n#include "store/queries.h"\n\n' \
           '#include "store/rows.h"\n\n' + "\n".join(rows)


def main(header, source, *files):
    texts = []
    for file in files:
        with open(file, encoding="utf-8") as f:
            texts.append((file, f.read()))
    queries = read_queries(texts)
    for path, text in ((header, c_header(queries)), (source, c_source(queries))):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Mistake as mistake:
        sys.exit(str(mistake))
