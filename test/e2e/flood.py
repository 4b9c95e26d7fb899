"""A run whose model says far more than anybody reads: every line arrives, and nobody holds them all."""

import contextlib
import subprocess
import time

import harness
from demo import Demo

LINE = "ok\n"  # short: a run tells at most some MiB of a model's words


def demo(box, lines):
    """Models that say so many lines and change nothing."""
    done = {"name": "edit_files", "input": {"edits": [], "summary": "Nothing is to change."}}
    return Demo(box, {"models": [{"name": f"flood-{n}", "steps": [{"text": LINE * n, "tools": [done]}]} for n in lines]})


def peak_reset(pid):
    with open(f"/proc/{pid}/clear_refs", "w") as f:
        f.write("5")


def peak(pid):
    """MiB the process has held at most, since peak_reset."""
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM:")) / 1024


def start(server, repository, lines):
    return harness.comparison(server, repository, models=[f"openai:flood-{lines}"])[1][0]


def read_all(server, run):
    """Follows the run to its end, as a client does that comes back when it is asked to; gives (lines, bytes)."""
    lines = size = 0
    last = "0"
    while True:
        for event, identity, data in server.stream(f"/v1/runs/{run}/events", last_id=last):
            if event in ("hello", "rotate"):
                continue
            last = identity
            if event == "log":
                harness.equal(data["line_number"], lines)
                lines += data["line_count"]
                size += len(data["text"])
            elif event == "status" and data["detail"]["status"] == "succeeded":
                return lines, size
            elif event == "status":
                harness.equal(data["detail"]["status"], "running")


def server_growth(box, models, few, many):
    """MiB that the server's peak grows by from a run of few lines to one of many, with a reader; and lines read."""
    server = box.serve(settings=models.settings)
    repository = box.repository()
    pid = server.process.pid
    read_all(server, start(server, repository, few))
    peak_reset(pid)
    before = peak(pid)
    lines, size = read_all(server, start(server, repository, many))
    grown = peak(pid) - before
    server.stop()
    return grown, lines, size


def command_peak(box, models, lines):
    """MiB that `dursor run --json` holds at most while it shows a run of so many lines. Looked at while it runs: what the
    system keeps for afterwards counts this program before the exec as well."""
    repository = box.repository(name=f"of-{lines}")
    with open(f"{box.home}/run-{lines}.log", "wb") as log:
        process = subprocess.Popen([harness.BINARY, "run", "--json", "--repo", repository, "--model", f"openai:flood-{lines}",
                                    "Say it all"], env={**box.env, **models.settings}, cwd=box.home, stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=log)
        highest = 0
        while process.poll() is None:
            with contextlib.suppress(OSError, StopIteration):  # it ends between the two
                highest = max(highest, peak(process.pid))
            time.sleep(0.005)
    harness.equal(process.returncode, 0)
    return highest
