#!/usr/bin/env python3
"""Packs a directory of built pages for the program.

    pack.py DIRECTORY OUTPUT.c OUTPUT.bin

OUTPUT.bin is all files one after another, each with its FILE.br and FILE.gz where they are; OUTPUT.c brings it
into the program and gives the table `web_files` of api/web.h. A directory that is not there gives no files. What
has not changed is not written, so that nothing is built again for it.
"""
import hashlib
import os
import sys

MEDIA = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
         '.svg': 'image/svg+xml', '.json': 'application/json', '.woff2': 'font/woff2', '.png': 'image/png', '.txt': 'text/plain; charset=utf-8'}
CODED = ('.br', '.gz')


def files_below(directory):
    """{"/assets/a.js": b"…"}"""
    found = {}
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, 'rb') as file:
                found['/' + os.path.relpath(path, directory)] = file.read()
    return found


def media_of(path):
    kind = os.path.splitext(path)[1]
    if kind not in MEDIA:
        sys.exit(f'pack.py: {path}: no media type is known for {kind}')
    return MEDIA[kind]


def table_of(files):
    """(lines of the table, blob)"""
    blob, lines = bytearray(), []

    def place(content):
        if content is None:
            return '{0}'
        at = len(blob)
        blob.extend(content)
        return f'{{web_blob + {at}, {len(content)}}}'

    for path in sorted(p for p in files if not p.endswith(CODED)):
        tag = hashlib.sha256(files[path]).hexdigest()[:20]
        parts = ', '.join(place(files.get(path + coding)) for coding in ('', *CODED))
        hashed = 'true' if path.startswith('/assets/') else 'false'
        lines.append(f'    {{"{path}", "{media_of(path)}", "{tag}", {{{parts}}}, {hashed}}},')
    return lines, bytes(blob)


def write_if_new(path, data):
    try:
        with open(path, 'rb') as file:
            if file.read() == data:
                return
    except FileNotFoundError:
        pass
    with open(path, 'wb') as file:
        file.write(data)


def main(directory, code, binary):
    lines, blob = table_of(files_below(directory))
    write_if_new(binary, blob or b'\0')
    text = '\n'.join([
        f'/* {hashlib.sha256(blob).hexdigest()} */', '#include "api/web.h"', '',
        '__asm__(".pushsection .rodata\\nweb_blob:\\n.incbin \\"' + os.path.abspath(binary) + '\\"\\n.popsection");',
        'extern const char web_blob[];', 'const WebFile web_files[] = {', *lines, '    {0},', '};', ''])
    write_if_new(code, text.encode())


if __name__ == '__main__':
    main(*sys.argv[1:])
