"""The description at /openapi.json against the running server: schemathesis with all its checks.

Longer with DURSOR_TEST_EXAMPLES=200; then long polls are waited for to their end.
"""

import os
import shutil
import subprocess

from harness import main, test

CONFIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schemathesis.toml")
EXAMPLES = os.environ.get("DURSOR_TEST_EXAMPLES", "2")
PATIENCE_S = "60" if "DURSOR_TEST_EXAMPLES" in os.environ else "5"


@test
def every_answer_is_as_the_description_says(box):
    server = box.serve("--demo")
    server.sample()
    tool = os.environ.get("SCHEMATHESIS") or shutil.which("schemathesis") or shutil.which("st")
    if not tool:
        raise AssertionError("schemathesis is not installed: ./dev test does that")
    ran = subprocess.run(
        [tool, "--config-file", CONFIG, "run", f"http://127.0.0.1:{server.port}/openapi.json", "-H", f"Authorization: Bearer {server.token}",
         "--max-examples", EXAMPLES, "--checks", "all", "--phases", "examples,coverage,fuzzing", "--seed", "1",
         "--request-timeout", PATIENCE_S, "--no-color"],
        env={**box.env, "PYTHONUTF8": "1"}, cwd=box.home, text=True, capture_output=True, timeout=7200)
    if ran.returncode:
        raise AssertionError(ran.stdout[-60000:] + ran.stderr[-4000:])


if __name__ == "__main__":
    main()
