"""The peer of the queue benchmark: stock Celery with a task that does nothing, set up to lose as little as it can."""

import os

from celery import Celery

URL = os.environ["QUEUE_URL"]
app = Celery("queue_app", broker=f"{URL}/0", backend=f"{URL}/1")
app.conf.update(task_acks_late=True, task_reject_on_worker_lost=True, worker_prefetch_multiplier=1, task_default_queue="agent",
                broker_connection_retry_on_startup=True, worker_send_task_events=False)


@app.task(name="bench.nothing")
def nothing():
    return None
