"""A repository of 50,000 files made by git fast-import: as large as the ones people wait for."""

import random
import subprocess

AREAS, MODULES = 50, 1000  # src/area00/module0000.py …
FILES = AREAS * MODULES
LINES = 240                # of a file, on average
COMMITS = 20               # after the first; each changes some files

WORDS = "parser limit depth token stream buffer handle request worker lease commit branch model answer reader".split()


class Writer:
    def __init__(self, out):
        self.out = out
        self.random = random.Random(11)
        # Lines are taken from a pool: like code, files repeat themselves and each other, and compress.
        self.pool = [self.line().encode() for _ in range(20_000)]
        self.commits = 0

    def line(self):
        words = [self.random.choice(WORDS) for _ in range(5)]
        return f"    {words[0]}_{words[1]} = {words[2]}({words[3]}, {self.random.randrange(10**6)})  # {words[4]}\n"

    def text(self, path):
        count = self.random.randrange(LINES // 2, LINES * 3 // 2)
        head = f'"""{path}"""\n\n\ndef handle_{self.random.randrange(10**9)}(request):\n'.encode()
        return head + b"".join(self.random.choices(self.pool, k=count))

    def commit(self, message):
        self.commits += 1
        self.out.write(f"commit refs/heads/main\ncommitter Ann <ann@example.org> {1_760_000_000 + self.commits} +0000\n"
                       f"data {len(message)}\n{message}\n".encode())

    def file(self, area, module):
        path = f"src/area{area:02d}/module{module:04d}.py"
        data = self.text(path)
        self.out.write(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")


def make(path):
    """A bare-bones checkout-less repository with a branch main."""
    subprocess.run(["git", "init", "-q", "-b", "main", path], check=True)
    importing = subprocess.Popen(["git", "-C", path, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    writer = Writer(importing.stdin)
    writer.commit("First")
    for area in range(AREAS):
        for module in range(MODULES):
            writer.file(area, module)
    for number in range(COMMITS):
        writer.commit(f"Change {number}")
        for _ in range(30):
            writer.file(writer.random.randrange(AREAS), writer.random.randrange(MODULES))
    importing.stdin.close()
    if importing.wait():
        raise SystemExit("git fast-import failed")
