"""A model that answers by a script of the test's own, and repositories for it.

For each instruction the edits it asks for; the last one that the conversation holds counts:

    with Scripted(box, {"Add a file": [{"op": "create", "path": "a.txt", "replace": "a\\n"}]}) as model:
        box.run("run", "--repo", repository, "Add a file", settings=model.settings)
"""

import glob
import json
import os
import subprocess

import harness


class Scripted:
    def __init__(self, box, answers, text="I see.", pause_ms=0):
        script = f"{box.home}/scripted.json"
        cases = [{"when": [instruction], "steps": [edit_step(text, edits, pause_ms), nothing_step()]}
                 for instruction, edits in reversed(answers.items())]
        with open(script, "w") as f:
            json.dump({"models": [{"name": "scripted", "cases": cases, "steps": [nothing_step()]}]}, f)
        self.requests = f"{box.home}/scripted.jsonl"
        self.process = subprocess.Popen([harness.BINARY, "demo-llm", "--script", script, "--log", self.requests], env=box.env,
                                        cwd=box.home, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        url = self.process.stdout.readline().split()[-1]
        self.settings = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": f"{url}/v1", "OPENAI_MODEL": "scripted"}

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def heard(self):
        """All that the model was ever sent, as one text."""
        with open(self.requests) as f:
            return f.read()


ADD = {"Add a file": [{"op": "create", "path": "added.txt", "replace": "added\n"}],
       "Add another": [{"op": "create", "path": "another.txt", "replace": "another\n"}]}


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def commit_all(box, repository, message="More"):
    box.git(repository, "add", "-A")
    box.git(repository, "commit", "-q", "-m", message)


def mirror(box):
    found = glob.glob(f"{box.home}/state/dursor/workspaces/*/repo.git")
    harness.equal(len(found), 1)
    return found[0]


def edit_step(text, edits, pause_ms=0):
    return {"text": text, "pause_ms": pause_ms, "tools": [{"name": "edit_files", "input": {"edits": edits, "summary": "As asked."}}]}


def nothing_step():
    return {"text": "Nothing is to change.", "tools": [{"name": "edit_files", "input": {"edits": [], "summary": "Nothing."}}]}


def compare(box, model, repository, *arguments, status=0, settings=None, cwd=None):
    """One comparison in a terminal; its only run."""
    ran = box.run("run", "--json", "--repo", repository, *arguments, settings={**model.settings, **(settings or {})}, status=status,
                  cwd=cwd)
    last = json.loads(ran.stdout.splitlines()[-1])
    harness.equal(last["type"], "comparison")
    harness.equal(len(last["runs"]), 1)
    return last["runs"][0]
