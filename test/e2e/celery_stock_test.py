#!/usr/bin/env python3
"""Stock Celery and ours on the same queues: its client and our worker, our client and its worker, and what each
finds of the other after a kill. The tasks are neutral ones (test/queue/neutral.c).
"""

import base64
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

from harness import PATIENCE, equal, main, test, until
from stock import Celery, redis

NEUTRAL = os.environ["DURSOR_NEUTRAL"]
URL = os.environ["DURSOR_TEST_REDIS_URL"] + "/5"  # stock's keys have no names of tests in them

APP = """
import os, time
from celery import Celery
import redis
url = os.environ["NEUTRAL_URL"]
app = Celery("neutral", broker=url, backend=url)
app.conf.update(task_acks_late=True, task_reject_on_worker_lost=True, worker_prefetch_multiplier=1, task_default_queue="stock",
                broker_connection_retry_on_startup=True,
                broker_transport_options={"visibility_timeout": int(os.environ.get("NEUTRAL_VT", "3600"))})

@app.task(name="neutral.add")
def add(*numbers): return sum(numbers)

@app.task(name="neutral.echo")
def echo(value): return value

@app.task(name="neutral.sleep")
def sleep(seconds):
    redis.Redis.from_url(url).incr("stock.ran")
    time.sleep(seconds)
    return "slept by stock"

@app.task(name="neutral.again", bind=True, max_retries=3)
def again(self, times):
    if self.request.retries < times:
        raise self.retry(countdown=0)
    return self.request.retries

@app.task(name="neutral.requeue", bind=True)
def requeue(self):
    from celery.exceptions import Reject
    if not self.request.delivery_info.get("redelivered"):
        raise Reject("once more", requeue=True)
    return "redelivered"
"""


class Peers:
    """A database emptied, stock's client, and workers of both kinds that end with the test."""

    def __init__(self, box):
        self.box, self.started = box, []
        self.redis = redis.Redis.from_url(URL)
        self.redis.flushdb()
        with open(f"{box.home}/neutral_app.py", "w") as f:
            f.write(APP)
        self.env = {**os.environ, "NEUTRAL_URL": URL, "PYTHONPATH": box.home, "PYTHONDONTWRITEBYTECODE": "1",
                    "TMPDIR": box.home}  # what a worker leaves that is killed
        self.app = Celery("neutral", broker=URL, backend=URL)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        for process in self.started:
            self.kill(process)
        self.app.close()
        self.redis.flushdb()

    def kill(self, process):
        """With its children, at once."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()

    def start(self, arguments, ready, **settings):
        log = open(f"{self.box.home}/worker-{len(self.started)}.log", "w+")
        process = subprocess.Popen(arguments, env={**self.env, **settings}, cwd=self.box.home, stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        self.started.append(process)

        def is_ready():
            ended = process.poll() is not None
            with open(log.name) as f:
                text = f.read()
            if ended and ready not in text:  # a task may end it right after
                raise AssertionError("a worker ended at its start: " + text)
            return ready in text
        until(is_ready, "a worker is ready")
        log.close()
        return process

    def ours(self, queue="ours", visibility="2s", foreign="3600s"):
        return self.start([NEUTRAL, "worker", URL, queue, visibility, foreign], "ready")

    def stock(self, queue="stock", visibility=3600):
        return self.start([sys.executable, "-m", "celery", "-A", "neutral_app", "worker", "-Q", queue, "-c", "1", "-l", "info",
                           "--without-gossip", "--without-mingle"], " ready.", NEUTRAL_VT=str(visibility))

    def send(self, task, *args, queue="ours", **more):
        return self.app.send_task(task, args=args, queue=queue, **more)

    def call(self, queue, task, args):
        """Sent by our client, waited for by it."""
        ran = subprocess.run([NEUTRAL, "call", URL, queue, task, args], env=self.env, capture_output=True, text=True, timeout=PATIENCE)
        if ran.returncode:
            raise AssertionError(ran.stderr)
        return ran.stdout.strip()

    def held_for(self, seconds):
        """Waits until what is held was claimed, or last renewed, that long ago by the server's clock."""
        (_, since), = self.redis.zrange("unacked_index", 0, 0, withscores=True)

        def is_old():
            now, us = self.redis.time()
            return now + us / 1e6 - since > seconds
        until(is_old, "time passes")

    def idle(self):
        return self.redis.hlen("unacked") == 0 and self.redis.zcard("unacked_index") == 0


@test
def a_stock_client_gets_results_from_our_worker(box):
    with Peers(box) as peers:
        peers.ours()
        equal(peers.send("neutral.add", 1, 2).get(timeout=PATIENCE), 3)
        equal(peers.send("neutral.echo", {"a": [1.5, None, "é\n"]}).get(timeout=PATIENCE), {"a": [1.5, None, "é\n"]})
        sent = [peers.send("neutral.add", n, 1) for n in range(50)]
        equal([r.get(timeout=PATIENCE) for r in sent], list(range(1, 51)))
        until(peers.idle, "nothing is held any more")


@test
def values_of_pythons_types_come_back_as_such(box):
    import datetime
    import decimal
    import uuid
    values = [datetime.datetime(2026, 11, 23, 14, 44, 34, 271983, datetime.timezone.utc), datetime.date(2026, 11, 23),
              decimal.Decimal("1.10"), uuid.UUID("10e2f4ee-a3af-47e7-90cd-353fa78fc631"), b"caf\xc3\xa9", b"\xff\x00"]
    with Peers(box) as peers:
        peers.ours()
        for value in values:
            equal(peers.send("neutral.echo", value).get(timeout=PATIENCE), value)


@test
def a_failure_is_raised_by_the_stock_client_with_its_type(box):
    with Peers(box) as peers:
        peers.ours()
        result = peers.send("neutral.fail")
        try:
            result.get(timeout=PATIENCE)
        except ValueError as e:
            equal(e.args, ("boom é",))
        else:
            raise AssertionError("nothing was raised")
        equal(result.state, "FAILURE")
        equal(result.traceback.splitlines()[0], "Traceback (most recent call last):")
        assert result.date_done.tzinfo
        unknown = peers.send("neutral.nothing")
        until(lambda: unknown.state == "FAILURE", "an unknown task fails")


@test
def compressed_and_large_arguments_arrive(box):
    with Peers(box) as peers:
        peers.ours()
        equal(peers.send("neutral.echo", "é" * 10000, compression="zlib").get(timeout=PATIENCE), "é" * 10000)
        large = "x" * 5_000_000
        equal(peers.send("neutral.echo", large).get(timeout=PATIENCE), large)


@test
def retries_times_and_expiry_are_kept(box):
    with Peers(box) as peers:
        peers.ours()
        equal(peers.send("neutral.retry", 2).get(timeout=PATIENCE), 2)
        begun = time.time()
        later = peers.send("neutral.add", 1, countdown=1.5)
        equal(later.get(timeout=PATIENCE), 1)
        if time.time() - begun < 1.5:
            raise AssertionError("ran before its time")
        expired = peers.send("neutral.add", 1, expires=-5)
        until(lambda: expired.state == "REVOKED", "what has expired is not run")
        until(peers.idle, "nothing is held any more")


@test
def priorities_are_served_as_kombu_serves_them(box):
    with Peers(box) as peers:
        sent = {n: peers.send("neutral.add", n, priority=n) for n in (9, 5, 3, 0, 6, 1, 2)}
        peers.ours()
        done = sorted(sent, key=lambda n: (sent[n].get(timeout=PATIENCE), sent[n].date_done)[1])
        equal(done, [0, 1, 2, 5, 3, 6, 9])


@test
def a_stock_worker_runs_what_our_client_sends(box):
    with Peers(box) as peers:
        peers.stock()
        equal(peers.call("stock", "neutral.add", "[1, 2]"), "SUCCESS 3")
        equal(peers.call("stock", "neutral.again", "[2]"), "SUCCESS 2")
        equal(peers.call("stock", "neutral.requeue", "[]"), 'SUCCESS "redelivered"')
        equal(peers.call("stock", "neutral.nothing", "[]"), "FAILURE NotRegistered")


@test
def our_envelope_has_the_keys_of_stocks(box):
    with Peers(box) as peers:
        peers.send("neutral.add", 1, queue="theirs")
        client = subprocess.Popen([NEUTRAL, "call", URL, "mine", "neutral.add", "[1]"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  start_new_session=True)
        peers.started.append(client)
        until(lambda: peers.redis.llen("mine"), "our client has sent")
        theirs, ours = (json.loads(peers.redis.lindex(queue, 0)) for queue in ("theirs", "mine"))
        equal(list(ours), list(theirs))
        for part in ("headers", "properties"):
            equal(sorted(ours[part]), sorted(theirs[part]))
        equal(peers.redis.smembers("_kombu.binding.mine"), {b"mine\x06\x16\x06\x16mine"})


@test
def a_stock_worker_leaves_our_long_task_alone(box):
    with Peers(box) as peers:
        ours = peers.ours("shared", visibility="60s")
        result = peers.send("neutral.sleep", 9, queue="shared")
        until(lambda: peers.redis.hlen("unacked"), "our worker has it")
        peers.held_for(3)  # longer than the visibility of the stock worker, which looks at its start
        peers.stock("shared", visibility=2)
        equal(result.get(timeout=PATIENCE), "slept")
        equal(peers.redis.get("stock.ran"), None)
        assert ours.poll() is None


@test
def a_stock_worker_restores_what_our_killed_worker_held(box):
    with Peers(box) as peers:
        ours = peers.ours("shared")
        result = peers.send("neutral.sleep", 30, queue="shared")
        until(lambda: peers.redis.hlen("unacked"), "our worker has it")
        peers.kill(ours)
        body = json.loads(peers.redis.hvals("unacked")[0])[0]
        body["body"] = base64.b64encode(b'[[0], {}, null]').decode()  # the same message, but a short sleep
        peers.redis.hset("unacked", peers.redis.hkeys("unacked")[0], json.dumps([body, "", "shared"]))
        peers.held_for(2.5)  # the visibility of the stock worker is over
        peers.stock("shared", visibility=2)
        equal(result.get(timeout=PATIENCE), "slept by stock")
        until(peers.idle, "nothing is held any more")


@test
def our_worker_restores_what_a_killed_stock_worker_held(box):
    with Peers(box) as peers:
        stock = peers.stock("shared")
        result = peers.send("neutral.sleep", 4, queue="shared", priority=6)
        until(lambda: peers.redis.get("stock.ran"), "the stock worker runs it")
        peers.kill(stock)
        equal(peers.redis.hlen("unacked"), 1)
        peers.ours("shared", foreign="2s", visibility="1s")
        equal(result.get(timeout=PATIENCE), "slept")
        until(peers.idle, "nothing is held any more")


@test
def what_makes_stock_workers_exit_is_a_dead_letter_here(box):
    with Peers(box) as peers:
        peers.send("neutral.add", 1, queue="sample")
        sample = json.loads(peers.redis.lindex("sample", 0))
        paths = [[key] for key in sample] + [[part, key] for part in ("headers", "properties") for key in sample[part]]
        paths += [["properties", "delivery_info", key] for key in ("exchange", "routing_key")]
        for path in paths:
            broken = json.loads(json.dumps(sample))
            at = broken
            for key in path[:-1]:
                at = at[key]
            del at[path[-1]]
            peers.redis.lpush("ours", json.dumps(broken))
        for body in ("[[1], {}]", "[[1], null, {}]", "[[1], [], {}]", "nothing", "[NaN, {}, {}]"):
            peers.redis.lpush("ours", json.dumps({**sample, "body": base64.b64encode(body.encode()).decode()}))
        peers.redis.lpush("ours", "no json", b"\xff\x00", "[]", "7", '{"properties": null}')
        ours = peers.ours()
        equal(peers.send("neutral.add", 2).get(timeout=PATIENCE), 2)
        equal(ours.poll(), None)
        until(peers.idle, "nothing is held any more")
        reasons = sorted(json.loads(letter)["reason"] for letter in peers.redis.lrange("ours.dead", 0, -1))
        equal(reasons, sorted(["no_body", "content_type", "unknown_form", "no_properties", "unknown_form", "no_id", "body_not_json",
                               "no_address", "no_tag", "no_address", "no_address", "body_shape", "body_shape", "body_shape",
                               "body_not_json", "body_not_json", "not_json", "not_json", "not_json", "not_json", "no_properties"]))


@test
def a_task_that_kills_its_worker_ends_as_a_failure(box):
    with Peers(box) as peers:
        result = peers.send("neutral.die")
        deliveries = 0
        while result.state != "FAILURE" and deliveries < 10:
            worker = peers.ours(visibility="100ms")
            until(lambda: worker.poll() is not None or result.state == "FAILURE", "the worker dies of it, or it is given up")
            deliveries += worker.poll() is not None
        equal(deliveries, 5)
        letter = json.loads(peers.redis.lindex("ours.dead", 0))
        equal((letter["reason"], letter["id"]), ("deliveries", result.id))


@test
def nothing_is_lost_when_workers_are_killed_at_random(box):
    with Peers(box) as peers:
        sent = [peers.send("neutral.add", n) for n in range(300)]
        stop = threading.Event()

        def slay():
            chance = random.Random(1)
            while not stop.is_set():
                worker = peers.ours(visibility="300ms")
                stop.wait(chance.uniform(0.05, 0.3))
                peers.kill(worker)
        slayer = threading.Thread(target=slay)
        slayer.start()
        try:
            for n, result in enumerate(sent):
                equal(result.get(timeout=PATIENCE), n)
        finally:
            stop.set()
            slayer.join()
        peers.ours(visibility="300ms")
        until(peers.idle, "nothing is held any more")


if __name__ == "__main__":
    main()
