"""Kills the server in the middle of its work, again and again, and then counts from outside what was lost or
done twice. "Lost" is anything that was answered with success or shown on a stream; "twice" is a second commit,
branch, end or sequence number.

    story = Story(box, seed)
    for _ in range(10):
        story.kill_once()
    faults = story.verdict()
"""

import http.client
import os
import random
import signal
import socket
import sqlite3
import threading
import time
import uuid

from demo import Demo
from harness import PATIENCE, until

MODELS = ["openai:story-a", "openai:story-b", "openai:story-c"]
MESSAGES_MAX = 20   # of a task
ENDS = ("succeeded", "failed", "canceled")
UNFINISHED_MAX = 6  # runs; more orders would only let each of them lose lease after lease
CANCELS = 0.15      # of the orders have one of their runs canceled
FOLLOW_UPS = 0.2    # go on in the task of an order before
LIVES = 4           # the longest life of a server, in times of an undisturbed comparison


def instruction(number):
    return f"Add note {number:02d}."


def script():
    """Models that look before they write one note for each message; a later message comes with those before it."""
    look = {"text": "I look at the project first. " * 5, "first_ms": 60, "pause_ms": 8,
            "tools": [{"name": "read_files", "input": {"paths": ["README.md"]}}]}

    def write(number):
        edit = {"path": f"notes/{number:02d}.md", "op": "create", "replace": f"# Note {number}\n"}
        return {"text": "It is clear what to write. " * 5, "first_ms": 60, "pause_ms": 8,
                "tools": [{"name": "edit_files", "input": {"edits": [edit], "summary": f"Added note {number}."}}]}

    cases = [{"when": [instruction(number)], "steps": [look, write(number)]} for number in range(MESSAGES_MAX, 0, -1)]
    return {"models": [{"name": "story-*", "cases": cases}]}


class Order:
    """A comparison as a client asks for it: step by step, each step with a key, repeated until it is answered."""

    def __init__(self, repo, before=None, cancels=False):
        self.repo, self.cancels = repo, cancels
        self.task = before.task if before else None
        self.number = before.number + 1 if before else 1
        self.message = None
        self.runs = None
        self.canceled = None  # the run whose cancelling was answered with success
        self.keys = {step: str(uuid.uuid4()) for step in ("task", "message", "runs")}

    def goes_on(self):
        return self.runs is None or (self.cancels and self.canceled is None)

    def step(self, server):
        """One request; raises OSError or HTTPException when the server died over it."""
        def post(what, path, body):
            return server.post(path, body, headers={"Idempotency-Key": self.keys[what]})

        if self.task is None:
            self.task = post("task", "/v1/tasks", {"repo_id": self.repo, "title": "A story"})["id"]
        elif self.message is None:
            self.message = post("message", f"/v1/tasks/{self.task}/messages", {"role": "user", "content": instruction(self.number)})["id"]
        elif self.runs is None:
            self.runs = post("runs", f"/v1/tasks/{self.task}/runs",
                             {"instruction": instruction(self.number), "message_id": self.message, "model_ids": MODELS})["run_ids"]
        else:
            answer = server.ask("POST", f"/v1/runs/{self.runs[0]}/cancel")
            self.canceled = self.runs[0] if answer.status == 204 else ""


class Watcher(threading.Thread):
    """Follows a run's stream through all deaths, by Last-Event-ID, and keeps what it was shown."""

    def __init__(self, story, run):
        super().__init__(daemon=True)
        self.story, self.run_id = story, run
        self.seen = []  # (seq, kind, text or detail)
        self.ended = False

    def run(self):
        while not self.ended and not self.story.over:
            try:
                self.follow(self.story.server.stream(f"/v1/runs/{self.run_id}/events", last_id=str(self.last())))
            except (OSError, http.client.HTTPException, AssertionError):
                self.story.alive.wait(1)  # dead, or not up yet

    def last(self):
        return self.seen[-1][0] if self.seen else 0

    def follow(self, stream):
        for event, _, data in stream:
            if event in ("hello", "rotate"):
                continue
            self.seen.append((data["seq"], data["kind"], content(data)))
            self.ended = data["kind"] == "status" and data["detail"]["status"] in ENDS
            if self.ended:
                return


def content(event):
    return event.get("text") if event["kind"] == "log" else event.get("detail")


class Story:
    def __init__(self, box, seed):
        self.box = box
        self.random = random.Random(seed)
        self.port = free_port()
        self.alive, self.over = threading.Event(), False
        self.orders, self.watchers = [], []
        self.kills = {"at random": 0, "with a result in hand": 0}
        self.demo = Demo(box, script())
        box.servers.append(self.demo)
        self.start()
        self.repo = self.server.post("/v1/repos/clone", {"repo_url": box.repository()})
        self.results = f"{self.repo['workspace_path']}/refs/heads/dursor-results"
        self.usual = self.usual_seconds()

    def start(self):
        self.server = self.box.serve(settings={"DURSOR_PORT": str(self.port), **self.demo.settings})
        self.alive.set()

    def usual_seconds(self):
        """How long a comparison takes when nobody is killed."""
        began = time.monotonic()
        order = self.order_new(Order(self.repo["id"]))
        while order.goes_on():
            order.step(self.server)
        until(lambda: not self.unfinished(), "end of the first comparison")
        return time.monotonic() - began

    def order_new(self, order):
        self.orders.append(order)
        return order

    def unfinished(self):
        """Runs that are accepted and have not ended, by the database file itself: it needs no server."""
        with self.database() as database:
            return database.execute("SELECT count(*) FROM runs WHERE status IN ('queued', 'running')").fetchone()[0]

    def database(self):
        return sqlite3.connect(f"file:{self.box.home}/state/dursor/dursor.db?mode=ro", uri=True, timeout=PATIENCE)

    def next_order(self):
        waiting = [order for order in self.orders if order.goes_on()]
        if waiting:
            return waiting[0]
        if self.unfinished() >= UNFINISHED_MAX:
            return None
        newest = {order.task: order for order in self.orders if order.number < MESSAGES_MAX}
        before = self.random.choice(list(newest.values())) if newest and self.random.random() < FOLLOW_UPS else None
        return self.order_new(Order(self.repo["id"], before, self.random.random() < CANCELS))

    def kill_once(self):
        killer = threading.Thread(target=self.random.choice([self.kill_at_random, self.kill_with_result]))
        killer.start()
        while killer.is_alive():
            order = self.next_order()
            if not order:
                killer.join(0.05)
                continue
            try:
                order.step(self.server)
            except (OSError, http.client.HTTPException):
                killer.join()
            else:
                self.watch(order)
        self.start()

    def watch(self, order):
        if order.runs and not any(watcher.run_id in order.runs for watcher in self.watchers):
            self.watchers.append(Watcher(self, self.random.choice(order.runs)))
            self.watchers[-1].start()

    def kill(self, why):
        self.alive.clear()
        self.server.stop(signal.SIGKILL)
        self.kills[why] += 1

    def kill_at_random(self):
        time.sleep(self.random.uniform(0, LIVES * self.usual))
        self.kill("at random")

    def kill_with_result(self):
        """Between the commit and the end of the run, where a careless program does things twice."""
        end = time.monotonic() + LIVES * self.usual
        while time.monotonic() < end and not has_entries(self.results):
            time.sleep(0.0005)
        found = has_entries(self.results)
        time.sleep(self.random.uniform(0, 0.02))
        self.kill("with a result in hand" if found else "at random")

    # ---- The verdict ----

    def verdict(self):
        """Sentences about everything that was lost or done twice; none is what they should be."""
        for order in self.orders:
            while order.goes_on():
                order.step(self.server)
            self.watch(order)
        until(lambda: not self.unfinished(), "end of all runs")
        for watcher in self.watchers:
            watcher.join(PATIENCE)
        self.over = True
        faults = [*self.order_faults(), *self.run_faults(), *self.stream_faults(), *self.branch_faults(), *self.row_faults()]
        self.server.stop()
        self.demo.stop()
        return faults

    def order_faults(self):
        for task in {order.task for order in self.orders}:
            detail = self.server.get(f"/v1/tasks/{task}")
            ours = [order for order in self.orders if order.task == task]
            wanted = sorted(order.message for order in ours)
            if sorted(m["id"] for m in detail["messages"]) != wanted:
                yield f"task {task} has messages {[m['id'] for m in detail['messages']]}, not {wanted}"
            wanted = sorted(run for order in ours for run in order.runs)
            if sorted(r["id"] for r in detail["runs"]) != wanted:
                yield f"task {task} has runs {[r['id'] for r in detail['runs']]}, not {wanted}"

    def events(self, run):
        found, cursor, complete = [], "0", False
        while not complete:
            page = self.server.get(f"/v1/runs/{run}/events?after={cursor}&wait=0")
            found += page["events"]
            cursor, complete = page["cursor"], page["is_complete"]
            if not page["events"] and not complete:
                break
        return found

    def run_faults(self):
        for order in self.orders:
            for run in order.runs:
                yield from self.faults_of_run(order, run, self.server.get(f"/v1/runs/{run}"), self.events(run))

    def faults_of_run(self, order, run, shown, events):
        numbers = [event["seq"] for event in events]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"run {run} has events {numbers}"
        ends = [e["detail"]["status"] for e in events if e["kind"] == "status" and e["detail"]["status"] in ENDS]
        if ends != [shown["status"]] or not events or events[-1]["kind"] != "status":
            yield f"run {run} is {shown['status']}, and its events end it as {ends}"
        allowed = {"canceled"} if run == order.canceled else {"succeeded"}
        if order.cancels and run == order.runs[0]:
            allowed |= {"succeeded", "canceled"} if run != order.canceled else set()
        if shown["status"] not in allowed:
            yield f"run {run} is {shown['status']} ({shown['error']}), not {' or '.join(sorted(allowed))}"

    def stream_faults(self):
        for watcher in self.watchers:
            stored = [(e["seq"], e["kind"], content(e)) for e in self.events(watcher.run_id)]
            if watcher.seen != stored:
                yield f"the stream of run {watcher.run_id} showed {watcher.seen}, stored is {stored}"

    def branch_faults(self):
        """Each line's branch is where the database says, with one commit for each run that made one."""
        heads = dict(line.split()[::-1] for line in self.git("for-each-ref", "--format=%(objectname) %(refname:short)", "refs/heads").splitlines())
        with self.database() as database:
            lines = database.execute("SELECT id, branch, base_commit, head_commit FROM lines WHERE task_id IN "
                                     "(SELECT id FROM tasks WHERE repo_id = ?)", (self.repo["id"],)).fetchall()
            commits = {line[0]: [sha for (sha,) in database.execute(
                "SELECT commit_sha FROM runs WHERE line_id = ? AND commit_sha IS NOT NULL ORDER BY number", (line[0],))] for line in lines}
            results = dict(database.execute("SELECT 'dursor-results/' || id, commit_sha FROM runs"))
        for line, branch, base, head in lines:
            if heads.get(branch) != head:
                yield f"branch {branch} is at {heads.get(branch)}, its line at {head}"
            made = self.git("rev-list", "--reverse", f"{base}..{head}").split() if head else []
            if made != commits[line]:
                yield f"branch {branch} has commits {made}, its runs {commits[line]}"
        known = {branch for _, branch, _, head in lines if head}
        for branch, commit in heads.items():
            if branch.startswith("dursor-results/") and results.get(branch) not in (commit, None):
                yield f"{branch} is at {commit}, its run at {results.get(branch)}"
            elif branch.startswith("dursor/") and branch not in known:
                yield f"branch {branch} belongs to no line"

    def git(self, *arguments):
        return self.box.git(self.repo["workspace_path"], *arguments)

    def row_faults(self):
        with self.database() as database:
            for (said,) in database.execute("PRAGMA integrity_check"):
                if said != "ok":
                    yield f"the database: {said}"
            for run, job in database.execute("SELECT r.status, j.status FROM jobs j JOIN runs r ON r.id = j.run_id"):
                if {"succeeded": "succeeded", "failed": "dead", "canceled": "canceled"}[run] != job:
                    yield f"a run is {run}, its job {job}"
            (count,) = database.execute("SELECT count(*) FROM jobs WHERE status = 'leased' AND run_id IS NOT NULL").fetchone()
            if count:
                yield f"{count} jobs of ended runs are leased"

    def counts(self):
        with self.database() as database:
            runs, again, adopted = database.execute(
                "SELECT count(*), sum(fence > 1), (SELECT count(*) FROM run_events WHERE kind = 'log' AND data LIKE '%had already committed%') "
                "FROM runs").fetchone()
        return {"runs": runs, "continued after a death": again or 0, "results adopted": adopted,
                "events streamed": sum(len(watcher.seen) for watcher in self.watchers)}


def has_entries(folder):
    try:
        return any(not name.endswith(".lock") for name in os.listdir(folder))
    except FileNotFoundError:
        return False


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
