"""From the request to cancel a run until nothing of it is left: record, job, place at the worker, connection to the model."""

import json
import sqlite3
import subprocess
import time

import harness
import processes
import report

CANCELS = 100
AT_ONCE = 10
SCRIPT = {"models": [{"name": "slow-*", "steps": [{"text": "Thinking about it still. " * 4000, "pause_ms": 100}]}]}


class Demo:
    """dursor demo-llm with models that talk slowly and without end."""

    def __init__(self, box):
        path = f"{box.home}/slow.json"
        with open(path, "w") as f:
            json.dump(SCRIPT, f)
        self.log = open(f"{box.home}/demo-llm.log", "wb")
        self.process = subprocess.Popen([harness.BINARY, "demo-llm", "--script", path], env=box.env, stdout=subprocess.PIPE, stderr=self.log,
                                        text=True)
        self.url = self.process.stdout.readline().split()[-1]
        self.port = int(self.url.rpartition(":")[2])

    def talking_to(self):
        return processes.established(self.port)

    def stop(self):
        self.process.terminate()
        self.process.wait(harness.PATIENCE)
        self.process.stdout.close()
        self.log.close()


class Batch:
    """Runs that all listen to their models."""

    def __init__(self, server, demo, database, repository):
        self.server, self.demo, self.database = server, demo, database
        _, self.runs = harness.comparison(server, repository, models=[f"openai:slow-{n}" for n in range(AT_ONCE)])
        harness.until(lambda: demo.talking_to() == AT_ONCE, "connections of all runs")

    def gone(self, run, left):
        states = self.database.execute("SELECT r.status, j.status FROM runs r JOIN jobs j ON j.run_id = r.id WHERE r.id = ?", (run,)).fetchone()
        return states == ("canceled", "canceled") and self.demo.talking_to() == left

    def cancel(self, number):
        """(milliseconds until the answer, until all is gone)."""
        run, left = self.runs[number], AT_ONCE - number - 1
        began = time.monotonic()
        answer = self.server.ask("POST", f"/v1/runs/{run}/cancel")
        answered = time.monotonic()
        if answer.status != 204:
            raise SystemExit(f"cancel gave {answer.status}: {answer.body}")
        while not self.gone(run, left):
            if time.monotonic() > began + harness.PATIENCE:
                raise SystemExit(f"run {run} was never gone: {self.demo.talking_to()} connections, {left} expected")
            time.sleep(0.0005)
        return 1000 * (answered - began), 1000 * (time.monotonic() - began)


def measure(table):
    answered, gone = [], []
    with harness.Box() as box:
        demo = Demo(box)
        server = box.serve(settings={"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": f"{demo.url}/v1", "DURSOR_WORKER_CONCURRENCY": "16",
                                     "DURSOR_LLM_CONCURRENCY": "16"})
        repository = box.repository()
        database = sqlite3.connect(f"file:{box.home}/state/dursor/dursor.db?mode=ro", uri=True, timeout=harness.PATIENCE)
        while len(gone) < CANCELS:
            batch = Batch(server, demo, database, repository)
            for number in range(AT_ONCE):
                one = batch.cancel(number)
                answered.append(one[0])
                gone.append(one[1])
            report.say(f"{len(gone)} canceled")
        database.close()
        server.stop()
        demo.stop()
    table.note(f"{CANCELS} cancels of runs that listen to a slow model, {AT_ONCE} of them at once; gone means: run and job are canceled in the "
               "database and the demo server has one connection less")
    table.row("cancel to its answer: median", report.median(answered), "", unit="ms")
    table.row("cancel to everything gone: median", report.median(gone), "", unit="ms")
    table.below("cancel to everything gone: p99", report.percentile(gone, 0.99), 500, "ms")
    table.row("cancel to everything gone: slowest", max(gone), "", unit="ms")
