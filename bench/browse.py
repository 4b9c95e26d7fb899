"""A look at pages with a browser: the scripts beside this file, driven by Node."""

import json
import os
import subprocess

import harness

HERE = os.path.dirname(os.path.abspath(__file__))


def look(server, script, *arguments):
    """What the script says, with a browser that has never been here; a login address serves once."""
    login = server.box.run("token", "--login", settings={"DURSOR_PORT": str(server.port)}).stdout.split()[-1]
    ran = subprocess.run(["node", f"{HERE}/{script}", login, *arguments], capture_output=True, text=True, timeout=10 * harness.PATIENCE)
    if ran.returncode:
        raise AssertionError(ran.stderr[-2000:])
    return json.loads(ran.stdout)
