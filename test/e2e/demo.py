"""The demo's repository, and dursor demo-llm as a program of its own: models that say what a script says, and outlive the server."""

import json
import os
import subprocess

from harness import BINARY, PATIENCE

REPOSITORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../data/demo/repository")


def demo_files(**more):
    files = {}
    for folder, _, names in os.walk(REPOSITORY):
        for name in names:
            path = os.path.join(folder, name)
            if "__pycache__" not in path:
                with open(path) as f:
                    files[os.path.relpath(path, REPOSITORY)] = f.read()
    return {**files, **{path.replace("__", "/"): text for path, text in more.items()}}


class Demo:
    def __init__(self, box, script):
        path = f"{box.home}/script.json"
        with open(path, "w") as f:
            json.dump(script, f)
        self.log = open(f"{box.home}/demo-llm.log", "wb")
        self.process = subprocess.Popen([BINARY, "demo-llm", "--script", path], env=box.env, cwd=box.home, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True)
        url = self.process.stdout.readline().split()[-1]
        self.port = int(url.rpartition(":")[2])
        self.settings = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": f"{url}/v1"}

    def stop(self, *_signal):
        """More than once is fine: a box stops all that was left to it."""
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.log.close()
