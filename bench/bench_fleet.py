"""Three APIs and a worker on one PostgreSQL, with Redis between them: how soon an event is everywhere, and what being idle costs."""

import contextlib
import os
import time

import harness
import redis
import report
from bench_streams import SETTLE_SECONDS, Clients, Silent, running
from roles import Api, Worker

APIS, STREAMS, IDLE_SECONDS = 3, 3000, 20
ALL_MS, COMMANDS = 250, 1.0


@contextlib.contextmanager
def fleet(box, settings):
    postgres = harness.Postgres(box)
    try:
        worker = Worker(box, settings=settings)
        yield [Api(box, settings=settings) for _ in range(APIS)], worker
    finally:
        for server in box.servers:
            server.stop()
        postgres.drop()


def commands(broker):
    return broker.info("stats")["total_commands_processed"]


def measure(table):
    silent, broker = Silent(), redis.Redis.from_url(os.environ["DURSOR_TEST_REDIS_URL"])
    settings = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": f"http://127.0.0.1:{silent.port}/v1", "DURSOR_WORKER_CONCURRENCY": "16",
                "DURSOR_BUS_URL": f"{os.environ['DURSOR_TEST_REDIS_URL']}/0", "DURSOR_ENCRYPTION_KEY": "a key of the benches"}
    with harness.Box() as box, fleet(box, settings) as (apis, _):
        time.sleep(SETTLE_SECONDS)
        before = commands(broker)
        time.sleep(IDLE_SECONDS)
        idle = (commands(broker) - before - 1) / IDLE_SECONDS / (APIS + 1)
        models = [f"openai:model-{n}" for n in range(max(table.rounds, 3))]
        task, runs = harness.comparison(apis[0], box.repository(), models=models)
        for run in runs:
            running(apis[0], run)
        clients = Clients(apis, STREAMS, f"/v1/tasks/{task}/events")
        time.sleep(SETTLE_SECONDS)
        told = [clients.fire(f"/v1/runs/{run}/cancel") for run in runs]
        clients.close()
    table.note(f"{APIS} APIs and a worker on PostgreSQL, news over Redis; {STREAMS:,} streams of one task, a third at each API; the event is that "
               "of a run's cancelling at one of them, timed from before the request until the last client has it; all share the machine's cores")
    table.below("an event at all streams", [one["all_ms"] for one in told], ALL_MS, "ms")
    table.row("an event at half of them", [one["half_ms"] for one in told], "", unit="ms")
    table.below(f"commands of an idle process to Redis a second, over {IDLE_SECONDS} s", idle, COMMANDS, "/s")
