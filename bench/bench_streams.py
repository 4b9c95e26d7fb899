"""Thousands of open event streams: what they cost, and how soon all of them know of an event."""

import json
import os
import socket
import subprocess
import time

import harness
import processes
import report

STREAMS = 5000
SETTLE_SECONDS = 2


class Silent:
    """A model's server that takes connections and never answers, so that runs go on until they are canceled."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(100)
        self.port = self.socket.getsockname()[1]


class Clients:
    """stream-clients, spoken to line by line."""

    def __init__(self, servers, count, path):
        tool, ports = f"{os.environ['DURSOR_BENCH_TOOLS']}/stream-clients", ",".join(str(server.port) for server in servers)
        self.process = subprocess.Popen([tool, ports, servers[0].token, str(count), path], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.opened = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("stream-clients ended early")
        return json.loads(line)

    def fire(self, path):
        self.process.stdin.write(path + "\n")
        self.process.stdin.flush()
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)


def running(server, run):
    return harness.until(lambda: server.get(f"/v1/runs/{run}")["status"] == "running", f"start of {run}")


def measure(table):
    silent = Silent()
    settings = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": f"http://127.0.0.1:{silent.port}/v1", "DURSOR_WORKER_CONCURRENCY": "16"}
    models = [f"openai:model-{n}" for n in range(max(table.rounds, 3))]
    with harness.Box() as box:
        server = box.serve(settings=settings)
        task, runs = harness.comparison(server, box.repository(), models=models)
        for run in runs:
            running(server, run)
        time.sleep(SETTLE_SECONDS)
        before = processes.memory(server.process.pid)
        clients = Clients([server], STREAMS, f"/v1/tasks/{task}/events")
        time.sleep(SETTLE_SECONDS)
        after = processes.memory(server.process.pid)
        told = [clients.fire(f"/v1/runs/{run}/cancel") for run in runs]
        loaded = processes.memory(server.process.pid)
        clients.close()
        server.stop()
    table.note(f"{STREAMS:,} streams of one task, opened in {clients.opened['ms']:.0f} ms; the event is that of a run's cancelling, timed from before "
               "the request until the last client has it; the clients share the machine's cores")
    table.below("memory of the open streams (PSS)", after[0] - before[0], 20, "MiB", f"{before[0]:.1f} MiB before")
    table.row("… after the events", loaded[0] - before[0], "", unit="MiB")
    table.row("… RSS", after[1] - before[1], f"{before[1]:.1f} MiB before", unit="MiB")
    table.below("an event at all of them", [one["all_ms"] for one in told], 250, "ms")
    table.row("an event at half of them", [one["half_ms"] for one in told], "", unit="ms")
    report.say(f"{len(told)} events")
