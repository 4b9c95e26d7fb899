"""Jobs that do nothing: ours, each a row of PostgreSQL, and Celery's transport alone, against stock's worker on the same Redis."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import harness
import processes
import redis
import report

HERE = os.path.dirname(__file__)
TOOL, JOBS_TOOL = (os.path.join(os.environ["DURSOR_BENCH_TOOLS"], name) for name in ("queue-loop", "jobs-loop"))
JOBS, JOBS_LEAST = 10_000, 5
QUEUE, TASKS, THREADS, CHILDREN = "agent", 3000, 8, 8
MANY = 10  # times as many for ours, or it would be done before it is looked at
LEAST, MEMORY = 15, 0.1  # times the peer's
PATIENCE = 120
SENT, SEND_LEAST = 50_000, 0.5


class Broker:
    """Messages in database 0, results in database 1."""

    def __init__(self, url):
        self.url = url
        self.queue, self.results = redis.Redis.from_url(f"{url}/0"), redis.Redis.from_url(f"{url}/1")

    def fill(self, count):
        """What stock's client sends, so often, each with an id of its own."""
        os.environ["QUEUE_URL"] = self.url
        import queue_app
        self.queue.delete(QUEUE)
        queue_app.nothing.apply_async(queue=QUEUE)
        sent = self.queue.rpop(QUEUE).decode()
        name, tag = json.loads(sent)["headers"]["id"], json.loads(sent)["properties"]["delivery_tag"]
        pipeline = self.queue.pipeline(transaction=False)
        for n in range(count):
            pipeline.lpush(QUEUE, sent.replace(name, f"{n:08d}{name[8:]}").replace(tag, f"{n:08d}{tag[8:]}"))
        pipeline.execute()
        self.results.flushdb()

    def wait(self, count):
        until = time.monotonic() + PATIENCE
        while self.results.dbsize() < count:
            if time.monotonic() > until:
                raise SystemExit(f"{self.results.dbsize()} results of {count} after {PATIENCE} s")
            time.sleep(0.005)


@contextlib.contextmanager
def loop(broker, what, count):
    command = [TOOL, what, f"{broker.url}/0", f"{broker.url}/1", QUEUE, str(THREADS), str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout.readline() != "ready\n":
            raise SystemExit("queue-loop did not start")
        yield process


def ours(broker):
    """(tasks/s, MiB)."""
    count = TASKS * MANY
    broker.fill(count)
    with loop(broker, "work", count) as worker:
        began = time.monotonic()
        worker.stdin.write("\n")
        worker.stdin.flush()
        broker.wait(count)
        took = time.monotonic() - began
        worker.stdout.readline()
        memory = processes.memory(worker.pid)[0]
        worker.stdin.close()
    return count / took, memory


@contextlib.contextmanager
def stock_worker(broker):
    """Its process, with its children, ready."""
    command = [sys.executable, "-m", "celery", "-A", "queue_app", "worker", "-l", "info", "-Q", QUEUE, "-c", str(CHILDREN), "-n", "stock@bench"]
    with subprocess.Popen(command, cwd=HERE, env={**os.environ, "QUEUE_URL": broker.url}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, start_new_session=True) as worker:
        try:
            for line in worker.stdout:
                if "ready." in line:
                    break
            yield worker
        finally:
            os.killpg(worker.pid, signal.SIGKILL)


def stock(broker):
    with stock_worker(broker) as worker:
        everybody = [worker.pid, *processes.children(worker.pid)]
        for pid in everybody:
            os.kill(pid, signal.SIGSTOP)
        broker.fill(TASKS)
        began = time.monotonic()
        for pid in everybody:
            os.kill(pid, signal.SIGCONT)
        drain = subprocess.Popen(["cat"], stdin=worker.stdout, stdout=subprocess.DEVNULL)
        broker.wait(TASKS)
        took = time.monotonic() - began
        memory = sum(processes.memory(pid)[0] for pid in everybody)
        drain.kill()
        drain.wait()
    return TASKS / took, memory


def sent(broker):
    """(ours, redis-benchmark's LPUSH of the same size), messages/s."""
    broker.queue.flushdb()
    with loop(broker, "send", SENT) as client:
        client.stdin.write("\n")
        client.stdin.flush()
        took = json.loads(client.stdout.readline())["seconds"]
        client.stdin.close()
    if broker.queue.llen(QUEUE) != SENT:
        raise SystemExit("not all messages arrived")
    size = len(broker.queue.rpop(QUEUE))
    broker.queue.flushdb()
    at = broker.queue.connection_pool.connection_kwargs
    said = subprocess.run(["redis-benchmark", "-h", at["host"], "-p", str(at["port"]), "-c", str(THREADS), "-n", str(SENT), "-d", str(size),
                           "--csv", "-t", "lpush"], check=True, capture_output=True, text=True).stdout
    broker.queue.flushdb()
    [line] = [line for line in said.splitlines() if line.startswith('"LPUSH"')]
    return SENT / took, float(line.split(",")[1].strip('"'))


def jobs(broker, rounds):
    """(jobs/s of each round, p50 and p99 of the wait in ms, MiB): each a row, synchronously committed."""
    with harness.Box() as box:
        postgres = harness.Postgres(box)
        settings = {**box.env, "DURSOR_WORKER_CONCURRENCY": str(THREADS), "DURSOR_BUS_URL": f"{broker.url}/0", "DURSOR_ENCRYPTION_KEY": "of benches"}
        with subprocess.Popen([JOBS_TOOL, str(JOBS)], env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
            if worker.stdout.readline() != "ready\n":
                raise SystemExit("jobs-loop did not start")

            def said(what):
                worker.stdin.write(what + "\n")
                worker.stdin.flush()
                return json.loads(worker.stdout.readline())

            rates = [JOBS / said("many")["seconds"] for _ in range(rounds)]
            waits = [said("few") for _ in range(rounds)]
            memory = processes.memory(worker.pid)[0]
            worker.stdin.close()
        postgres.drop()
    return rates, waits, memory


def measure(table):
    broker = Broker(os.environ["DURSOR_TEST_REDIS_URL"])
    pairs = [(ours(broker), stock(broker)) for _ in range(table.rounds)]
    table.note(f"tasks that do nothing, their results stored; ours: {THREADS} threads, {TASKS * MANY:,} tasks; the peer: Celery 5.6.3, prefork "
               f"with {CHILDREN} children, late acknowledgement, prefetch 1, {TASKS:,} tasks; its log goes to a pipe that is read")
    table.faster("tasks/s, transport alone", [a[0] for a, _ in pairs], [b[0] for _, b in pairs], LEAST)
    mine, its = [a[1] for a, _ in pairs], [b[1] for _, b in pairs]
    ratio = report.median(mine) / report.median(its)
    rates, waits, memory = jobs(broker, table.rounds)
    table.faster("jobs/s end to end, each a row", rates, [b[0] for _, b in pairs], JOBS_LEAST)
    table.row("wait of a job that comes alone, median", [one["p50_ms"] for one in waits], "", unit="ms")
    table.row("wait of a job that comes alone, p99", [one["p99_ms"] for one in waits], "", unit="ms")
    table.row("memory with rows (PSS)", memory, "", unit="MiB")
    pushes = [sent(broker) for _ in range(table.rounds)]
    table.faster("messages sent/s, one a call", [a for a, _ in pushes], [b for _, b in pushes], SEND_LEAST, peer_name="redis-benchmark LPUSH")
    table.row("memory (PSS)", mine, report.shown(its, "MiB"), f"≤ {MEMORY}×", "MiB", ratio, ratio <= MEMORY)
