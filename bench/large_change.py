"""Two answers of a model that together change 400 files by some 50,000 lines, and one that changes a single file: what
lies between the two is a large difference."""

import random

FILES, LONG = 400, 6  # the file LONG is ten times as long
FIRST, SECOND = "Begin the large change.", "End the large change."
WORDS = "task run model agent queue lease patch branch commit worker event store token price limit scope error reply".split()
LINES = {
    "ts": "  const {} = {}.{}({});", "py": "    {} = self.{}(\"{}\", {})", "c": "    TRY({}_{}(s, \"{}\", {}));", "go": "\t{}, err := {}.{}({})",
    "rs": "    let {} = self.{}(&{}, {})?;", "java": "    int {} = this.{}.{}({});", "css": "  .{} .{} .{} {{ margin: {}px; }}",
    "md": "- The {} has a {} and a {} of {}.",
}


class Change:
    """The same files each time; old and new are texts by path."""

    def __init__(self):
        self.random = random.Random(11)
        self.old, self.new = {}, {}
        self.changed = 0
        for number in range(FILES):
            ending = list(LINES)[number % len(LINES)]
            path = f"src/{WORDS[number % len(WORDS)]}/{WORDS[number % 7]}_{number}.{ending}"
            self.file(path, LINES[ending], 80 if number == LONG else 8)

    def line(self, form):
        return form.format(*self.random.choices(WORDS, k=3), self.random.randrange(100))

    def file(self, path, form, places):
        old, new = [], []
        for _ in range(places):
            same = [self.line(form) for _ in range(26)]
            before = [self.line(form) for _ in range(7)]
            after = [self.word(line) for line in before] + [self.line(form) for _ in range(2)]
            old += same + before
            new += same + after
            self.changed += len(before) + len(after)
        self.old[path], self.new[path] = "\n".join(old) + "\n", "\n".join(new) + "\n"

    def word(self, line):
        """The line with one word changed."""
        words = [word for word in WORDS if word in line]
        return line.replace(self.random.choice(words), self.random.choice(WORDS).upper(), 1)

    def script(self):
        """Models large and small; each message has its step."""
        paths = list(self.new)
        half = len(paths) // 2

        def edit(paths):
            return [{"op": "rewrite", "path": path, "replace": self.new[path]} for path in paths]

        def model(name, first, second):
            def steps(edits):
                return [{"tools": [{"name": "edit_files", "input": {"edits": edits, "summary": "Changed."}}]}]
            return {"name": name, "steps": steps([]), "cases": [{"when": [SECOND], "steps": steps(second)}, {"when": [FIRST], "steps": steps(first)}]}

        def note(text):
            return [{"op": "rewrite", "path": "README.md", "replace": f"# A {text} project\n"}]
        return {"models": [model("large", edit(paths[:half]), edit(paths[half:])), model("small", note("small"), note("smaller"))]}
