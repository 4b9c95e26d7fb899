#!/usr/bin/env python3
"""Jobs of the database as messages of Celery: who offers them, who runs them, what a stock client sees of it, and
how little it matters when Redis is away or forgets.
"""

import json
import os
import time
import uuid

from harness import comparison, ended, equal, main, test, until
from roles import Api, Worker
from stock import Celery, redis

URL = os.environ["DURSOR_TEST_REDIS_URL"]
RUN = "dursor.tasks.run_agent"


class Queue:
    """A database of Redis emptied, and the settings that make jobs travel through it."""

    def __init__(self, box, prefix=""):
        self.url, self.prefix = f"{URL}/6", prefix
        self.redis = redis.Redis.from_url(self.url)
        self.redis.flushdb()
        box.env.update(DURSOR_QUEUE_URL=f"celery+{self.url}?prefix={prefix}", DURSOR_ENCRYPTION_KEY="a key of the tests")

    def results(self):
        found = [json.loads(self.redis.get(key)) for key in self.redis.scan_iter(f"{self.prefix}*celery-task-meta-*")]
        return {result["task_id"]: result for result in found}

    def reasons(self, queue):
        return [json.loads(letter)["reason"] for letter in self.redis.lrange(f"{self.prefix}{queue}.dead", 0, -1)]

    def idle(self):
        return not self.redis.exists(f"{self.prefix}unacked")


def given_fleet(box, prefix=""):
    queue = Queue(box, prefix)
    box.run("migrate")
    return queue, Api(box, "--demo"), Worker(box, "--demo")


@test
def runs_travel_as_messages_and_their_results_are_told(box):
    queue, api, _ = given_fleet(box)
    _, runs = comparison(api, box.repository())
    for run in runs:
        equal(ended(api, run)["status"], "succeeded")
    told = until(lambda: len([r for r in queue.results().values() if r["status"] == "SUCCESS"]) >= len(runs) and queue.results(), "the results")
    assert len(told) >= len(runs), told
    until(queue.idle, "nothing is held any more")
    equal(queue.reasons("agent"), [])


@test
def keys_have_the_prefix_of_the_address(box):
    queue, api, _ = given_fleet(box, prefix="{dursor}")
    _, [run] = comparison(api, box.repository(), models=["demo-quick"])
    equal(ended(api, run)["status"], "succeeded")
    until(queue.results, "the result")
    equal([key for key in queue.redis.scan_iter("*") if not key.startswith(b"{dursor}")], [])


@test
def a_redis_that_is_away_costs_seconds_only(box):
    box.env.update(DURSOR_QUEUE_URL="celery+redis://127.0.0.1:1/0", DURSOR_ENCRYPTION_KEY="a key of the tests")
    box.run("migrate")
    api, _ = Api(box, "--demo"), Worker(box, "--demo")
    _, runs = comparison(api, box.repository(), models=["demo-quick", "demo-careful"])
    for run in runs:
        equal(ended(api, run)["status"], "succeeded")


@test
def a_redis_that_forgot_everything_is_told_again(box):
    queue = Queue(box)
    box.run("migrate")
    api = Api(box, "--demo")
    _, [run] = comparison(api, box.repository(), models=["demo-quick"])
    waiting = lambda: sum(queue.redis.llen(key) for key in queue.redis.keys("agent*"))
    equal(until(waiting, "the message"), 1)
    queue.redis.flushdb()
    equal(until(waiting, "the message again"), 1)
    Worker(box, "--demo")
    equal(ended(api, run)["status"], "succeeded")


@test
def a_stock_client_is_told_that_there_is_no_such_job(box):
    queue, api, _ = given_fleet(box)
    app = Celery("stock", broker=queue.url, backend=queue.url)
    try:
        for args, reason in (([str(uuid.uuid4())], "no_job"), ([7], "bad_arguments")):
            result = app.send_task(RUN, args=args, queue="agent")
            until(lambda: result.state == "FAILURE", "the failure")
            assert reason in str(result.result), result.result
        other = app.send_task("somebody.elses", queue="polling")
        until(lambda: other.state == "FAILURE", "the failure")
    finally:
        app.close()
    equal(sorted(queue.reasons("agent")), ["bad_arguments", "no_job"])
    equal(queue.reasons("polling"), ["unknown_task"])
    _, [run] = comparison(api, box.repository(), models=["demo-quick"])
    equal(ended(api, run)["status"], "succeeded")


@test
def a_message_that_comes_twice_runs_its_job_once(box):
    queue = Queue(box)
    box.run("migrate")
    api = Api(box, "--demo")
    _, [run] = comparison(api, box.repository(), models=["demo-quick"])
    [key] = until(lambda: queue.redis.keys("agent*"), "the message")
    for _ in range(3):
        queue.redis.lpush(key, queue.redis.lindex(key, 0))
    Worker(box, "--demo")
    equal(ended(api, run)["status"], "succeeded")
    until(lambda: queue.idle() and not queue.redis.exists(key), "all copies are settled")
    equal(queue.reasons("agent"), [])


@test
def a_worker_for_once_does_what_waits_and_ends(box):
    queue = Queue(box)
    box.run("migrate")
    api = Api(box, "--demo")
    _, runs = comparison(api, box.repository(), models=["demo-quick", "demo-careful"])
    until(lambda: sum(queue.redis.llen(key) for key in queue.redis.keys("agent*")) == 2, "the messages")
    box.run("worker", "--demo", "--once", "--queues", "agent", "--concurrency", "1")
    equal([api.get(f"/v1/runs/{run}")["status"] for run in runs], ["succeeded", "succeeded"])
    until(lambda: len(queue.results()) == 2, "the results")


@test
def a_revoked_job_is_canceled_and_not_run(box):
    queue = Queue(box)
    box.run("migrate")
    api = Api(box, "--demo")
    _, [run] = comparison(api, box.repository(), models=["demo-quick"])
    [key] = until(lambda: queue.redis.keys("agent*"), "the message")
    job = json.loads(queue.redis.lindex(key, 0))["headers"]["id"]
    queue.redis.zadd("dursor.revoked", {job: time.time() + 3600})
    Worker(box, "--demo")
    equal(ended(api, run)["status"], "canceled")
    equal(until(queue.results, "the result")[job]["status"], "REVOKED")
    until(queue.idle, "nothing is held any more")


@test
def a_run_whose_worker_is_killed_goes_on_at_another(box):
    queue, api, worker = given_fleet(box)
    _, [run] = comparison(api, box.repository(), models=["demo-slow"])
    until(lambda: api.get(f"/v1/runs/{run}")["status"] == "running" and queue.redis.hlen("unacked"), "the run at the worker, with its message")
    worker.process.kill()
    worker.process.wait()
    other = Worker(box, "--demo")
    busy = lambda: [row["pid"] for row in api.get("/v1/operations/workers") for job in row["jobs"] if job["run_id"] == run]
    until(lambda: busy() == [other.process.pid], "the run at the other worker")
    api.ask("POST", f"/v1/runs/{run}/cancel")
    equal(ended(api, run)["status"], "canceled")
    until(lambda: [r["status"] for r in queue.results().values() if r["status"] == "REVOKED"], "the result")
    equal(queue.reasons("agent"), [])


if __name__ == "__main__":
    main()
