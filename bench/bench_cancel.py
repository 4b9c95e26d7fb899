"""From the request to cancel a run until nothing of it is left: record, job, place at the worker, connection to the model."""

import sqlite3
import time

import demo
import harness
import processes
import report

CANCELS = 100
AT_ONCE = 10
SCRIPT = {"models": [{"name": "slow-*", "steps": [{"text": "Thinking about it still. " * 4000, "pause_ms": 100}]}]}


class Batch:
    """Runs that all listen to their models."""

    def __init__(self, server, port, database, repository):
        self.server, self.port, self.database = server, port, database
        _, self.runs = harness.comparison(server, repository, models=[f"openai:slow-{n}" for n in range(AT_ONCE)])
        harness.until(lambda: self.talking() == AT_ONCE, "connections of all runs")

    def talking(self):
        """Connections to the models that are open."""
        return processes.established(self.port)

    def gone(self, run, left):
        states = self.database.execute("SELECT r.status, j.status FROM runs r JOIN jobs j ON j.run_id = r.id WHERE r.id = ?", (run,)).fetchone()
        return states == ("canceled", "canceled") and self.talking() == left

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
                raise SystemExit(f"run {run} was never gone: {self.talking()} connections, {left} expected")
            time.sleep(0.0005)
        return 1000 * (answered - began), 1000 * (time.monotonic() - began)


def measure(table):
    answered, gone = [], []
    with harness.Box() as box:
        models = demo.Demo(box, SCRIPT)
        server = box.serve(settings={**models.settings, "DURSOR_WORKER_CONCURRENCY": "16", "DURSOR_LLM_CONCURRENCY": "16"})
        repository = box.repository()
        database = sqlite3.connect(f"file:{box.home}/state/dursor/dursor.db?mode=ro", uri=True, timeout=harness.PATIENCE)
        while len(gone) < CANCELS:
            batch = Batch(server, models.port, database, repository)
            for number in range(AT_ONCE):
                one = batch.cancel(number)
                answered.append(one[0])
                gone.append(one[1])
            report.say(f"{len(gone)} canceled")
        database.close()
        server.stop()
        models.stop()
    table.note(f"{CANCELS} cancels of runs that listen to a slow model, {AT_ONCE} of them at once; gone means: run and job are canceled in the "
               "database and the demo server has one connection less")
    table.row("cancel to its answer: median", report.median(answered), "", unit="ms")
    table.row("cancel to everything gone: median", report.median(gone), "", unit="ms")
    table.below("cancel to everything gone: p99", report.percentile(gone, 0.99), 500, "ms")
    table.row("cancel to everything gone: slowest", max(gone), "", unit="ms")
