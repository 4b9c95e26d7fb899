#!/usr/bin/env python3
"""What stock Celery's tools see of our workers, and how ours obey them (test/queue/node.c)."""

import base64
import json
import os
import signal
import subprocess
import sys

from harness import PATIENCE, comparison, ended, equal, main, test, until
from roles import Api, Worker
from stock import Celery, redis

NODE = os.environ["DURSOR_CELERY_NODE"]
URL = os.environ["DURSOR_TEST_REDIS_URL"] + "/7"  # stock's keys have no names of tests in them
NAME = "dursor-one@here"


class Node:
    """Our node, and stock's control of it."""

    def __init__(self, box, name=NAME):
        self.redis = redis.Redis.from_url(URL)
        self.app = Celery("control", broker=URL, backend=URL)
        self.name = name
        self.log = open(f"{box.home}/node.log", "w")
        self.process = subprocess.Popen([NODE, "celery+" + URL, name], stdout=subprocess.PIPE, stderr=self.log, text=True)
        equal(self.process.stdout.readline(), "ready\n")
        until(lambda: self.redis.smembers("_kombu.binding.celery.pidbox"), "the node's binding")
        self.stock = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": box.home}

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.stop()
        self.app.close()
        self.redis.flushdb()
        self.log.close()

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(PATIENCE)
        self.process.stdout.close()
        return self.process.returncode

    def celery(self, *arguments, status=0):
        ran = subprocess.run([sys.executable, "-m", "celery", "-b", URL, *arguments], env=self.stock, capture_output=True, text=True, timeout=PATIENCE)
        if ran.returncode != status:
            raise AssertionError(f"celery {arguments} ended with {ran.returncode}\n{ran.stdout}\n{ran.stderr}")
        return ran.stdout

    def asked(self, method, arguments=None, **more):
        """The answers to a broadcast, by node."""
        answers = self.app.control.broadcast(method, arguments=arguments or {}, reply=True, timeout=5, limit=1, **more)
        return {name: answer for one in answers for name, answer in one.items()}

    def publish(self, order, clock=0):
        """A command as it lies on the wire."""
        body = base64.b64encode(json.dumps({"arguments": {}, "destination": None, "ticket": "t", **order}).encode()).decode()
        self.redis.publish("/7.celery.pidbox", json.dumps({"body": body, "headers": {"clock": clock}, "properties": {}}))

    def answer(self, method, **arguments):
        return self.asked(method, arguments)[self.name]


@test
def stock_commands_list_our_worker(box):
    with Node(box) as node:
        assert f"{NAME}: OK" in node.celery("status"), "status"
        for what, part in (("ping", "pong"), ("active", "held-one"), ("reserved", "empty"), ("scheduled", "empty"), ("registered", "neutral.sleep"),
                           ("active_queues", "ours"), ("revoked", "empty"), ("conf", "broker_url"), ("report", "dursor:"), ("clock", "clock"),
                           ("stats", "max-concurrency")):
            said = node.celery("inspect", what)
            assert NAME in said and part in said, (what, said)
        assert "held-one" in node.celery("inspect", "query_task", "held-one", "other")


@test
def what_is_shown_has_stocks_shapes(box):
    with Node(box) as node:
        [held] = node.answer("active", safe=None)
        equal((held["id"], held["args"], held["kwargs"], held["hostname"], held["delivery_info"]["routing_key"]),
              ("held-one", [1000], {"why": "because"}, NAME, "ours"))
        stats = node.answer("stats")
        equal((stats["pid"], stats["total"], stats["pool"]["max-concurrency"]), (node.process.pid, {"neutral.sleep": 7}, 3))
        equal(node.answer("query_task", ids=["held-one", "x"]), {"held-one": ["active", held]})
        equal(node.answer("conf", with_defaults=False), {"broker_url": "redis://:***@host"})
        [queue] = node.answer("active_queues")
        equal((queue["name"], queue["exchange"]["type"], queue["routing_key"]), ("ours", "direct", "ours"))


@test
def only_those_who_are_meant_answer(box):
    with Node(box) as node:
        equal(node.asked("ping", destination=[NAME]), {NAME: {"ok": "pong"}})
        equal(node.asked("ping", pattern="dursor-*", matcher="glob"), {NAME: {"ok": "pong"}})
        quick = {"reply": True, "timeout": 1}
        equal(node.app.control.broadcast("ping", destination=["another@here"], **quick), [])
        equal(node.app.control.broadcast("ping", pattern="other*", matcher="glob", **quick), [])
        equal(node.app.control.broadcast("ping", pattern="*a*b*c*d*e*", matcher="glob", **quick), [])
        equal(node.answer("no_such"), {"error": "KeyError('no_such')"})
        equal(node.answer("ping"), {"ok": "pong"})


@test
def commands_are_obeyed_or_refused_in_words(box):
    with Node(box) as node:
        equal(node.answer("add_consumer", queue="more"), {"ok": "add consumer more"})
        equal(sorted(q["name"] for q in node.answer("active_queues")), ["more", "ours"])
        equal(node.answer("cancel_consumer", queue="ours"), {"ok": "no longer consuming from ours"})
        equal([q["name"] for q in node.answer("active_queues")], ["more"])
        equal(node.answer("add_consumer", queue="forbidden"), {"error": "no such queue here"})
        assert "error" in node.answer("add_consumer", queue="")
        equal(node.answer("pool_grow", n=2), {"ok": "pool will grow"})
        equal(node.answer("pool_shrink", n=1), {"ok": "pool will shrink"})
        equal(node.answer("stats")["pool"]["max-concurrency"], 4)
        for method in ("rate_limit", "time_limit", "autoscale"):
            assert "dursor's settings" in node.answer(method, task_name="t", rate_limit="10/m", max=3, min=1)["error"]
        node.celery("control", "enable_events")
        equal(node.answer("enable_events"), {"ok": "task events already enabled"})
        equal(node.answer("disable_events"), {"ok": "task events disabled"})


@test
def a_revoked_id_is_remembered_and_running_work_is_ended_by_terminate(box):
    with Node(box) as node:
        assert "flagged as revoked" in node.answer("revoke", task_id="later")["ok"]
        assert "flagged as revoked" in node.answer("revoke", task_id=["a", "b"])["ok"]
        equal(sorted(node.answer("revoked")), ["a", "b", "later"])
        equal(node.answer("revoke", task_id="unknown", terminate=True), {"ok": "terminate: tasks unknown"})
        equal(node.answer("revoke", task_id="held-one", terminate=True, signal="SIGTERM"), {"ok": "terminate: held-one"})
        equal(node.answer("active"), [])
        assert "error" in node.answer("revoke", task_id={"no": "id"})
        told = node.answer("hello", from_node="stock@elsewhere", revoked={})
        equal(sorted(told["revoked"]), ["a", "b", "held-one", "later", "unknown"])


@test
def the_clock_adopts_a_higher_one(box):
    with Node(box) as node:
        before = node.answer("clock")["clock"]
        node.publish({"method": "ping"}, clock=1000000)
        after = until(lambda: node.answer("clock")["clock"] >= 1000000 and node.answer("clock")["clock"], "the higher clock")
        assert before < 1000000 < after


@test
def nothing_that_is_published_ends_a_node(box):
    with Node(box) as node:
        for odd in ("", "{", "[]", "null", '{"body": 3}', '{"body": "eA=="}', '{"body": "bnVsbA=="}', "\xff" * 100, '{"body": "e30="}', "[" * 5000,
                    json.dumps({"body": "eyJtZXRob2QiOiAicGluZyIsICJhcmd1bWVudHMiOiAzLCAiZGVzdGluYXRpb24iOiB7fX0="})):
            node.redis.publish("/7.celery.pidbox", odd.encode("latin-1"))
        equal(node.answer("ping"), {"ok": "pong"})


@test
def answers_to_those_who_left_do_not_stay(box):
    with Node(box) as node:
        order = {"method": "ping", "reply_to": {"exchange": "reply.celery.pidbox", "routing_key": "gone"}}
        node.publish(order)
        equal(node.answer("ping"), {"ok": "pong"})
        equal(node.redis.keys("gone.*"), [])
        node.redis.sadd("_kombu.binding.reply.celery.pidbox", "gone\x06\x16\x06\x16gone.reply.celery.pidbox")
        node.publish(order)
        until(lambda: node.redis.keys("gone.reply.celery.pidbox"), "an answer that nobody takes")
        assert 0 < node.redis.ttl("gone.reply.celery.pidbox") <= 60


@test
def stock_monitors_see_it_come_beat_and_go(box):
    path = f"{box.home}/events.log"
    said = lambda: open(path).read()
    with open(path, "w") as out:
        watcher = subprocess.Popen([sys.executable, "-u", "-m", "celery", "-b", URL, "events", "--dump"], stdout=out, stderr=subprocess.STDOUT,
                                   env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": box.home})
    try:
        until(lambda: redis.Redis.from_url(URL).pubsub_numpat(), "the monitor listening")
        with Node(box) as node:
            until(lambda: f"{NAME} " in said() and " started: " in said(), "worker-online")
            node.answer("enable_events")
            node.answer("heartbeat")
            until(lambda: " heartbeat: " in said(), "worker-heartbeat")
            node.answer("revoke", task_id="held-one", terminate=True)
            until(lambda: "task revoked: neutral.sleep(held-one)" in said(), "task-revoked")
            for part in ("task received: neutral.sleep(held-one) args=(1000,)", "task started: ", "task retried: ", "exception=Retry('again')",
                         "result='slept', runtime=1.5", "task failed: ", "requeue=True", "expired=False", "signum=15, terminated=True"):
                assert part in said(), (part, said())
            equal(node.stop(), 0)
            until(lambda: " shutdown: " in said(), "worker-offline")
    finally:
        watcher.kill()
        watcher.wait()


@test
def shutdown_ends_it_and_its_binding(box):
    with Node(box) as node:
        node.app.control.broadcast("shutdown", destination=[NAME])
        equal(node.process.wait(PATIENCE), 0)
        equal(node.redis.smembers("_kombu.binding.celery.pidbox"), set())


@test
def a_stock_worker_that_starts_beside_it_syncs_with_it(box):
    with Node(box) as node:
        node.answer("revoke", task_id="revoked-before")
        log = f"{box.home}/stock.log"
        with open(log, "w") as out:
            stock = subprocess.Popen([sys.executable, "-m", "celery", "-b", URL, "worker", "-Q", "stock", "-c", "1", "-P", "solo", "-l", "info", "-n", "stock@here",
                                      "--without-gossip"], stdout=out, stderr=out, env=node.stock, cwd=box.home)
        try:
            until(lambda: "ready." in open(log).read(), "the stock worker")
            assert "sync with 1 nodes" in open(log).read(), open(log).read()
            said = node.app.control.broadcast("revoked", destination=["stock@here"], reply=True, timeout=5, limit=1)
            assert "failed" not in open(log).read() and "revoked-before" in said[0]["stock@here"], said
        finally:
            stock.send_signal(signal.SIGTERM)
            stock.wait(PATIENCE)


@test
def a_real_worker_is_seen_with_its_runs_and_obeys(box):
    server = redis.Redis.from_url(URL)
    server.flushdb()
    box.env.update(DURSOR_QUEUE_URL="celery+" + URL, DURSOR_ENCRYPTION_KEY="a key of the tests")
    box.run("migrate")
    api, worker = Api(box, "--demo"), Worker(box, "--demo", "--queues", "agent", "--concurrency", "2")
    app = Celery("control", broker=URL, backend=URL)
    try:
        ask = lambda method, **arguments: app.control.broadcast(method, arguments=arguments, reply=True, timeout=5, limit=1)
        [answered] = until(lambda: ask("ping"), "an answer")
        [node] = answered
        equal(answered[node], {"ok": "pong"})
        equal([queue["name"] for queue in ask("active_queues")[0][node]], ["agent"])
        equal(ask("stats")[0][node]["pool"]["max-concurrency"], 2)
        _, [run] = comparison(api, box.repository(), models=["demo-slow"])
        [held] = until(lambda: ask("active")[0][node], "the run at the worker")
        equal(held["name"], "dursor.tasks.run_agent")
        equal(ask("revoke", task_id=held["id"], terminate=True)[0][node], {"ok": f"terminate: {held['id']}"})
        equal(ended(api, run)["status"], "canceled")
        assert "chosen at its start" in ask("pool_grow", n=1)[0][node]["error"]
        app.control.broadcast("shutdown", destination=[node])
        equal(worker.process.wait(PATIENCE), 0)
        until(lambda: not server.smembers("_kombu.binding.celery.pidbox"), "the worker taking itself out")
    finally:
        app.close()
        server.flushdb()


if __name__ == "__main__":
    main()
