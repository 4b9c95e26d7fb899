"""How soon a started program answers, and what it holds when nobody asks for anything."""

import http.client
import subprocess
import sys
import time

import bench_requests
import harness
import processes
import report

STARTS = 9
IDLE_SECONDS = 3


def first_answer(port, end):
    """Asks until somebody answers with 200; a refused connection is tried again at once."""
    while time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
    raise SystemExit("no first answer")


def timed(command, port, **more):
    """Milliseconds from exec to the first 200, with the process."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    first_answer(port, began + harness.PATIENCE)
    return 1000 * (time.monotonic() - began), process


def end(process):
    process.terminate()
    process.wait(harness.PATIENCE)


def ours(box, settings):
    port = bench_requests.free_port()
    return timed([harness.BINARY, "serve"], port, env={**box.env, **settings, "DURSOR_PORT": str(port)}, cwd=box.home)


def theirs():
    port = bench_requests.free_port()
    return timed([sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--port", str(port), "peer_start:app"],
                 port, cwd=bench_requests.HERE)


def starts(table, box, settings):
    own, peer = [], []
    for _ in range(STARTS):
        for starting, times in ((lambda: ours(box, settings), own), (theirs, peer)):
            took, process = starting()
            times.append(took)
            end(process)
    table.below("exec to first 200", own, 50, "ms", f"FastAPI {report.shown(peer, 'ms')}", report.median(peer) / report.median(own))


def idle(table, box, settings, what, aim):
    _, process = ours(box, settings)
    time.sleep(IDLE_SECONDS)
    pss, rss = processes.memory(process.pid)
    end(process)
    if aim:
        _, peer = theirs()
        time.sleep(IDLE_SECONDS)
        other = processes.memory(peer.pid)[0]
        end(peer)
        table.below(f"idle PSS, {what}", pss, 20, "MiB", f"FastAPI {other:.1f} MiB", other / pss)
    else:
        table.row(f"idle PSS, {what}", f"{pss:.1f} MiB", "")
    table.row(f"idle RSS, {what}", f"{rss:.1f} MiB", "")


def measure(table):
    key = {"OPENAI_API_KEY": "none"}
    table.note(f"median of {STARTS} alternating starts with a database that is there; the peer is an empty FastAPI application on uvicorn")
    with harness.Box() as box:
        took, process = ours(box, key)
        end(process)
        table.row("exec to first 200, the very first start (makes the database)", took, "", unit="ms")
        starts(table, box, key)
        idle(table, box, key, "with a key", aim=True)
    with harness.Box() as box:
        idle(table, box, {}, "without a key (demo models and their server)", aim=False)
