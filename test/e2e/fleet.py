"""Many processes on one PostgreSQL behind PgBouncer, some of which are killed: the story of kills.py, told by a fleet.

    story = FleetStory(box, seed)
    for _ in range(6):
        story.kill_once()
    faults = story.verdict()
"""

import contextlib
import csv
import http.client
import io
import os
import random
import signal
import subprocess
import time

from harness import PATIENCE, Postgres, until
from kills import LIVES, Story, has_entries
from roles import Api, Web, Worker

APIS, WORKERS = 3, 4


class Behind(Postgres):
    """A database of its own: through PgBouncer, with a direct way for what needs one."""

    def __init__(self, box):
        super().__init__(box)
        pooled = os.environ["DURSOR_TEST_PGBOUNCER_URL"].rsplit("/", 1)[0]
        box.env["DURSOR_DATABASE_DIRECT_URL"] = self.url
        box.env["DURSOR_DATABASE_URL"] = f"{pooled}/{self.name}"

    def execute(self, statement, values=()):
        """Rows of a query, as a cursor gives them: numbers as numbers, nothing as None."""
        for value in values:
            statement = statement.replace("?", "'" + value.replace("'", "''") + "'", 1)
        ran = subprocess.run(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", self.url, "-c", f"COPY ({statement}) TO STDOUT WITH CSV"],
                             check=True, capture_output=True, timeout=PATIENCE, text=True)
        return Rows([[None if v == "" else int(v) if v.lstrip("-").isdigit() and len(v) < 19 else v for v in row]
                     for row in csv.reader(io.StringIO(ran.stdout))])


class Rows(list):
    def fetchall(self):
        return self

    def fetchone(self):
        return self[0]


class AnyServer:
    """Each request goes to one of those that live; an answer that says "not now" counts as none."""

    def __init__(self, servers, seed):
        self.servers, self.random = servers, random.Random(seed)

    def one(self):
        return self.random.choice(self.servers)

    def ask(self, method, path, body=None, headers=None):
        answer = self.one().ask(method, path, body, headers)
        if answer.status == 503:
            raise ConnectionError(f"{method} {path}: {answer.body[:200]!r}")
        return answer

    def post(self, path, body=None, status=201, headers=None):
        answer = self.ask("POST", path, body, headers)
        if answer.status != status:
            raise AssertionError(f"POST {path} gave {answer.status}: {answer.body[:500]!r}")
        return answer.json if answer.body else None

    def get(self, path):
        def try_again():
            with contextlib.suppress(OSError, http.client.HTTPException):
                return [self.ask("GET", path)]

        [answer] = until(try_again, f"an answer to {path}")
        if answer.status != 200:
            raise AssertionError(f"GET {path} gave {answer.status}: {answer.body[:500]!r}")
        return answer.json

    def stream(self, path, last_id=None):
        return self.one().stream(path, last_id)

    def stop(self):
        for server in self.servers:
            server.stop()


class FleetStory(Story):
    def __init__(self, box, seed):
        box.env["DURSOR_ENCRYPTION_KEY"] = "a key of the tests"
        self.postgres = Behind(box)
        self.workers = []
        super().__init__(box, seed)
        self.kills = {"an API": 0, "a worker": 0, "a worker with a run": 0}

    def start(self):
        """The first time all of them; then in the place of the one that was killed."""
        settings = self.demo.settings
        if not self.workers:
            apis = [Api(self.box, settings=settings) for _ in range(APIS)]
            self.server = AnyServer([*apis, Web(self.box, apis[0])], self.random.random())
        while len(self.server.servers) < APIS + 1:
            self.server.servers.append(Api(self.box, settings=settings))
        while len(self.workers) < WORKERS:
            self.workers.append(Worker(self.box, "--concurrency", "2", settings=settings))
        self.alive.set()

    def database(self):
        return contextlib.nullcontext(self.postgres)

    def kill(self, why, victims, victim):
        victim.stop(signal.SIGKILL)
        self.kills[why] += 1
        victims.remove(victim)

    def kill_at_random(self):
        """An API; not the one that the page's process passes on to."""
        time.sleep(self.random.uniform(0, LIVES * self.usual))
        apis = [server for server in self.server.servers[1:] if isinstance(server, Api)]
        self.kill("an API", self.server.servers, self.random.choice(apis))

    def kill_with_result(self):
        """A worker, between the commit and the end of a run if there is one there."""
        end = time.monotonic() + LIVES * self.usual
        while time.monotonic() < end and not has_entries(self.results):
            time.sleep(0.0005)
        holders = {pid for (pid,) in self.postgres.execute(
            "SELECT w.pid FROM jobs j JOIN workers w ON w.id = j.owner JOIN runs r ON r.id = j.run_id WHERE j.status = 'leased' "
            "ORDER BY r.phase = 'committing' DESC LIMIT 1")}
        victims = [worker for worker in self.workers if worker.process.pid in holders]
        self.kill("a worker with a run" if victims else "a worker", self.workers, self.random.choice(victims or self.workers))

    def row_faults(self):
        rows = self.postgres.execute
        for run, job in rows("SELECT r.status, j.status FROM jobs j JOIN runs r ON r.id = j.run_id"):
            if {"succeeded": "succeeded", "failed": "dead", "canceled": "canceled"}[run] != job:
                yield f"a run is {run}, its job {job}"
        for (job,) in rows("SELECT id FROM jobs WHERE status = 'leased' AND run_id IS NOT NULL"):
            yield f"job {job} of an ended run is leased"
        alive = {worker.process.pid for worker in self.workers}
        dead = lambda: {pid for (pid,) in rows("SELECT pid FROM workers")} - alive
        until(lambda: not dead(), "the rows of dead workers being gone")

    def counts(self):
        [(runs, again)] = self.postgres.execute("SELECT count(*), count(*) FILTER (WHERE fence > 1) FROM runs")
        return {"runs": runs, "continued after a death": again, "events streamed": sum(len(watcher.seen) for watcher in self.watchers)}

    def close(self):
        for worker in self.workers:
            worker.stop()
        self.postgres.drop()
