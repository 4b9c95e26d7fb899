"""A PostgreSQL that fails over, is read-only, or speaks TLS: dursor on servers of the test's own."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from given import Scripted
from harness import ended, equal, main, test, until
from postgres_pair import Node

WORDS = "A few words, one after the other, that take their time. " * 6


def slow_model(box):
    """It talks for some seconds before it edits."""
    return Scripted(box, {"Add a file": [{"op": "create", "path": "added.txt", "replace": "added\n"}]}, text=WORDS, pause_ms=60)


def both(primary, standby):
    return f"postgresql://owner:{primary.password}@127.0.0.1:{primary.port},127.0.0.1:{standby.port}/dursor"


def ready(server):
    return server.ask("GET", "/readyz", token=False).status == 200


def says_away(server, method="GET", path="/v1/tasks", body=None):
    answer = server.ask(method, path, body)
    return answer.status == 503 and int(answer.headers["Retry-After"]) >= 1 and answer.json["kind"] == "unavailable"


def given_run(server, box):
    repo = server.post("/v1/repos/clone", {"repo_url": box.repository()})
    task = server.post("/v1/tasks", {"repo_id": repo["id"], "title": "Failing over"})
    message = server.post(f"/v1/tasks/{task['id']}/messages", {"role": "user", "content": "Add a file"})
    runs = server.post(f"/v1/tasks/{task['id']}/runs", {"instruction": "Add a file", "message_id": message["id"], "model_ids": ["env-1"]})
    return task["id"], runs["run_ids"][0]


@test
def a_run_outlasts_a_failover_and_writes_go_on_at_the_new_primary(box):
    with Node.primary() as primary, primary.standby() as standby, slow_model(box) as model:
        settings = {**model.settings, "DURSOR_DATABASE_URL": both(primary, standby)}
        box.run("migrate", settings=settings)
        server = box.serve(settings=settings)
        task, run = given_run(server, box)
        until(lambda: server.get(f"/v1/runs/{run}")["status"] == "running", "the run")
        primary.stop()
        until(lambda: not ready(server), "readiness that tells the truth")
        until(lambda: says_away(server), "503 with Retry-After")
        equal(standby.say(f"SELECT status FROM runs WHERE id = '{run}'"), "running")
        standby.promote()
        until(lambda: ready(server), "the new primary")
        equal(ended(server, run)["status"], "succeeded")
        equal(standby.say(f"SELECT fence, tries, returns, losses FROM jobs WHERE run_id = '{run}'"), "1|0|0|0")
        equal(standby.say(f"SELECT count(*) = max(seq) FROM run_events WHERE run_id = '{run}'"), "t")
        equal(server.ask("POST", f"/v1/tasks/{task}/messages", {"role": "user", "content": "After it"}).status, 201)
        equal(standby.say("SELECT count(*) FROM messages WHERE content = 'After it'"), "1")


@test
def a_server_that_is_read_only_for_a_while_is_a_degraded_state(box):
    with Node.primary() as node:
        settings = {"DURSOR_DATABASE_URL": node.url(), "OPENAI_API_KEY": "none"}
        box.run("migrate", settings=settings)
        server = box.serve(settings=settings)
        repo = server.post("/v1/repos/clone", {"repo_url": box.repository()})
        node.say("ALTER SYSTEM SET default_transaction_read_only = on")
        node.say("SELECT pg_reload_conf()")
        wanted = {"repo_id": repo["id"], "title": "Later"}
        until(lambda: says_away(server, "POST", "/v1/tasks", wanted), "503 with Retry-After")
        equal(server.ask("POST", "/v1/tasks", wanted).json["code"], "database_readonly")
        equal(server.get("/v1/tasks"), [])
        node.say("ALTER SYSTEM RESET default_transaction_read_only")
        node.say("SELECT pg_reload_conf()")
        until(lambda: server.ask("POST", "/v1/tasks", wanted).status == 201, "writing again")


@test
def a_certificate_of_another_authority_or_for_another_host_is_refused_with_words(box):
    with Node.primary() as node:
        ca, other = node.encrypt()

        def migrate(host, root, mode="verify-full", status=0):
            url = f"{node.url(host=host)}?hostaddr=127.0.0.1&sslmode={mode}&sslrootcert={root}"
            return box.run("migrate", settings={"DURSOR_DATABASE_URL": url}, status=status)

        migrate("localhost", ca)
        refused = migrate("localhost", other, status=None)
        assert refused.returncode and "certificate verify failed" in refused.stderr, refused.stderr
        refused = migrate("db.example.com", ca, status=None)
        assert refused.returncode and "does not match host name" in refused.stderr, refused.stderr
        refused = box.run("migrate", settings={"DURSOR_DATABASE_URL": f"{node.url()}?sslmode=disable"}, status=None)
        assert refused.returncode and "no encryption" in refused.stderr, refused.stderr
        assert node.password not in refused.stderr


@test
def a_password_is_read_anew_from_its_file_for_each_connection(box):
    with Node.primary() as node:
        path = f"{box.home}/password"

        def set_password(text):
            with open(path, "w") as f:
                f.write(text)

        settings = {"DURSOR_DATABASE_URL": f"postgresql://owner@127.0.0.1:{node.port}/dursor", "DURSOR_DATABASE_PASSWORD_FILE": path}
        refused = box.run("migrate", settings=settings, status=None)
        assert refused.returncode and path in refused.stderr, refused.stderr
        set_password("wrong-one\n")
        refused = box.run("migrate", settings=settings, status=None)
        assert refused.returncode and "password authentication failed" in refused.stderr and "wrong-one" not in refused.stderr
        set_password(node.password + "\n")
        box.run("migrate", settings=settings)
        server = box.serve(settings=settings)
        node.say("ALTER ROLE owner PASSWORD 'another-one'")
        set_password("another-one\n")
        node.say("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'dursor'",
                 url=node.url(password="another-one"))
        until(lambda: ready(server), "connections with the new password")
        equal(server.get("/v1/tasks"), [])


if __name__ == "__main__":
    main()
