"""dursor api and dursor worker: one role each, on a database that they share."""

import signal

from demo import Demo
from harness import comparison, ended, equal, main, test, until
from roles import Api, Worker, probe_of

KEY = {"DURSOR_ENCRYPTION_KEY": "a key of the tests"}


def given_database(box):
    box.env.update(KEY)
    box.run("migrate")


@test
def an_api_takes_orders_and_a_worker_does_them(box):
    given_database(box)
    api = Api(box, "--demo")
    task, [run] = comparison(api, box.repository(), models=["demo-quick"])
    equal(api.get(f"/v1/runs/{run}")["status"], "queued")
    equal(api.get("/v1/operations/workers"), [])
    worker = Worker(box, "--demo", "--concurrency", "2")
    equal(ended(api, run)["status"], "succeeded")
    [row] = api.get("/v1/operations/workers")
    equal((row["pid"], row["concurrency"]), (worker.process.pid, 2))
    _, [run] = comparison(api, box.repository(name="other"), models=["demo-quick"])
    equal(ended(api, run)["status"], "succeeded")
    equal(worker.stop(), 0)
    equal(api.get("/v1/operations/workers"), [])


@test
def a_worker_beside_a_server_of_the_same_machine_shares_its_work(box):
    server = box.serve("--demo", settings={"DURSOR_WORKER_CONCURRENCY": "1"})
    worker = Worker(box, "--demo", "--queues", "agent")
    repository = box.repository()
    runs = [run for _ in range(3) for run in comparison(server, repository, models=["demo-slow"])[1]]
    busy = lambda: {job["run_id"]: row["pid"] for row in server.get("/v1/operations/workers") for job in row["jobs"] if job["run_id"]}
    held = until(lambda: len(set(busy().values())) == 2 and busy(), "runs at both")
    assert worker.process.pid in held.values() and len(held) >= 2, held
    for run in runs:
        server.ask("POST", f"/v1/runs/{run}/cancel")


@test
def a_worker_for_once_does_what_is_due_and_ends(box):
    given_database(box)
    api = Api(box, "--demo")
    _, runs = comparison(api, box.repository(), models=["demo-quick", "demo-careful"])
    box.run("worker", "--demo", "--once", "--queues", "agent", "--concurrency", "1")
    equal([api.get(f"/v1/runs/{run}")["status"] for run in runs], ["succeeded", "succeeded"])
    box.run("worker", "--once")
    equal(api.get("/v1/operations/workers"), [])


@test
def a_worker_that_was_told_to_stop_is_not_ready_and_lets_its_work_finish(box):
    given_database(box)
    thinking = {"text": "It is clear what to write. " * 3, "first_ms": 3000,
                "tools": [{"name": "edit_files", "input": {"edits": [{"path": "notes.md", "op": "create", "replace": "# Notes\n"}], "summary": "Added notes."}}]}
    demo = Demo(box, {"models": [{"name": "thinker", "cases": [{"steps": [thinking]}]}]})
    box.servers.append(demo)
    api, worker = Api(box, settings=demo.settings), Worker(box, settings=demo.settings)
    equal(worker.probe("/readyz"), (200, {"status": "ready", "version": worker.probe("/healthz")[1]["version"]}))
    _, [run] = comparison(api, box.repository(), models=["openai:thinker"])
    until(lambda: api.get(f"/v1/runs/{run}")["status"] == "running", "the run at the worker")
    worker.process.send_signal(signal.SIGTERM)
    until(lambda: worker.probe("/readyz")[0] == 503, "the worker saying that it stops")
    equal(worker.probe("/healthz")[0], 200)
    assert "asked to stop" in worker.probe("/readyz")[1]["detail"]
    equal(ended(api, run)["status"], "succeeded")
    equal(worker.stop(), 0)


@test
def probes_of_a_worker_answer_nothing_else(box):
    given_database(box)
    worker = Worker(box)
    for path, method, status in (("/v1/models", "GET", 404), ("/metrics", "GET", 404), ("/readyz", "POST", 405), ("/", "GET", 404)):
        equal((path, worker.probe(path, method)[0]), (path, status))


@test
def a_schema_that_is_not_right_ends_a_start_and_is_not_ready_under_one_that_runs(box):
    box.env.update(KEY)
    if not box.postgres:
        for role in ("api", "worker"):
            assert "run `dursor migrate`" in box.run(role, status=1).stderr
    box.run("migrate")
    api, worker = Api(box), Worker(box)
    equal((probe_of(api)[0], worker.probe("/readyz")[0]), (200, 200))
    box.change("UPDATE schema_versions SET version = 1000 WHERE version = (SELECT max(version) FROM schema_versions)")
    for status, said in (probe_of(api), worker.probe("/readyz")):
        assert status == 503 and "newer than this program" in said["detail"], said
    for role in ("api", "worker"):
        assert "install the newer dursor" in box.run(role, status=1).stderr


@test
def a_server_that_stops_says_so_for_a_while_before_it_ends(box):
    given_database(box)
    api = Api(box, settings={"DURSOR_DRAIN_SECONDS": "60"})
    api.process.send_signal(signal.SIGTERM)
    until(lambda: probe_of(api)[0] == 503, "the API saying that it stops")
    equal(api.get("/v1/operations/workers"), [])
    equal(api.stop(), 0)  # asked again: at once


@test
def what_processes_must_agree_on_is_not_made_up_by_one_of_them(box):
    if not box.postgres:
        assert "one process's own" in box.run("worker", status=2, settings={"DURSOR_DATABASE_URL": "sqlite::memory:"}).stderr
        return
    assert "DURSOR_ENCRYPTION_KEY is not set" in box.run("api", status=2).stderr


@test
def wrong_arguments_are_refused_with_what_there_is(box):
    for arguments, said in ((["--queues", "agent,x"], "no queue x: there are agent, polling and system"), (["--queues"], "needs a value"),
                            (["--concurrency", "0"], "from 1 to 250"), (["--loud"], "does not take --loud")):
        assert said in box.run("worker", *arguments, status=2).stderr, arguments
    assert "does not take x" in box.run("api", "x", status=2).stderr


if __name__ == "__main__":
    main()
