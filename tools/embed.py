#!/usr/bin/env python3
"""Writes a C file that holds other files as constants.

    embed.py OUTPUT.c NAME=FILE ...

Each file becomes `const Bytes NAME` (base/text.h), with a NUL behind its last byte that is not
counted, so that text may be used as text.
"""
import sys

LINE = 32  # bytes of a file on one line of C


def literal(data):
    """The bytes as lines of C string literals; octal escapes never swallow what follows."""
    lines = []
    for at in range(0, len(data), LINE):
        piece = data[at:at + LINE]
        lines.append('    "' + ''.join(shown(byte) for byte in piece) + '"')
    return '\n'.join(lines) or '    ""'


def shown(byte):
    char = chr(byte)
    if 32 <= byte < 127 and char not in '"\\?':
        return char
    return f'\\{byte:03o}'


def main(output, pairs):
    parts = ['#include "base/text.h"\n']
    for pair in pairs:
        name, _, path = pair.partition('=')
        with open(path, 'rb') as file:
            data = file.read()
        parts.append(f'extern const Bytes {name};\nconst Bytes {name} = {{\n{literal(data)},\n    {len(data)}}};\n')
    with open(output, 'w', encoding='ascii') as file:
        file.write('\n'.join(parts))


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2:])
