"""dursor serve: the main job over HTTP, and the manners of the server."""

import http.client
import json
import socket

from harness import PATIENCE, comparison, ended, equal, main, test, until

INSTRUCTION = "Make greet() say hello in Japanese when the language is ja, and cover it with a test"
UNKNOWN = "00000000-0000-7000-8000-000000000000"


@test
def a_comparison_over_http_ends_with_patches_and_branches(box):
    server = box.serve("--demo")
    repository = server.sample()["repo_url"]
    task, runs = comparison(server, repository, INSTRUCTION)
    done = [ended(server, run) for run in runs]
    equal([run["status"] for run in done], ["succeeded"] * 3)
    for run in done:
        assert run["patch"].startswith("diff --git") and run["working_branch"].startswith("dursor/"), run
        assert run["logs"] and run["files_changed"] and run["cost_usd"] is None
    detail = server.get(f"/v1/tasks/{task}")
    equal(len(detail["runs"]), 3)
    equal([m["content"] for m in detail["messages"]], [INSTRUCTION])


@test
def a_stream_is_resumed_by_id_without_gap_or_repeat(box):
    server = box.serve("--demo")
    task, runs = comparison(server, server.sample()["repo_url"], INSTRUCTION, models=["demo-careful"])
    stream, seen = server.stream(f"/v1/runs/{runs[0]}/events"), []
    for event, identity, data in stream:
        if event == "hello":
            continue
        seen.append(data["seq"])
        if len(seen) == 2:
            break
    stream.close()
    for event, identity, data in server.stream(f"/v1/runs/{runs[0]}/events", last_id=str(seen[-1])):
        if event == "hello":
            continue
        seen.append(data["seq"])
        if event == "status" and data["detail"]["status"] == "succeeded":
            break
    equal(seen, list(range(1, len(seen) + 1)))


@test
def a_task_stream_tells_of_all_its_runs_and_of_new_ones(box):
    server = box.serve("--demo")
    repository = server.sample()["repo_url"]
    task, runs = comparison(server, repository, INSTRUCTION, models=["demo-careful"])
    stream = server.stream(f"/v1/tasks/{task}/events", last_id="0")
    more = server.post(f"/v1/tasks/{task}/runs", {"instruction": INSTRUCTION, "model_ids": ["demo-quick"]})["run_ids"]
    waiting = set(runs + more)
    for event, identity, data in stream:
        if event == "status" and data["detail"]["status"] == "succeeded":
            waiting.discard(data["run_id"])
        if not waiting:
            break
    equal(waiting, set())


@test
def a_long_poll_gives_the_same_events(box):
    server = box.serve("--demo")
    _, runs = comparison(server, server.sample()["repo_url"], INSTRUCTION, models=["demo-quick"])
    cursor, seen, complete = "0", [], False
    while not complete:
        page = server.get(f"/v1/runs/{runs[0]}/events?after={cursor}&wait=20")
        seen += [event["seq"] for event in page["events"]]
        cursor, complete = page["cursor"], page["is_complete"]
    equal(seen, list(range(1, len(seen) + 1)))
    assert len(seen) > 3


@test
def the_same_key_acts_once_and_gets_the_same_answer(box):
    server = box.serve("--demo")
    repo = server.sample()
    key = {"Idempotency-Key": "k1"}
    first = server.post("/v1/tasks", {"repo_id": repo["id"], "title": "Once"}, headers=key)
    equal(server.post("/v1/tasks", {"repo_id": repo["id"], "title": "Once"}, headers=key), first)
    equal(len(server.get("/v1/tasks")), 1)
    server.post("/v1/tasks", {"repo_id": repo["id"], "title": "Other"}, headers=key, status=409)


@test
def nobody_gets_in_without_a_credential(box):
    server = box.serve("--demo")
    for path in ["/v1/tasks", "/v1/models", "/metrics", "/openapi.json", "/v1/nothing"]:
        equal(server.ask("GET", path, token=False).status, 401)
    for path in ["/health", "/healthz", "/readyz"]:
        equal(server.ask("GET", path, token=False).status, 200)
    equal(server.ask("GET", "/v1/tasks", headers={"Authorization": "Bearer wrong"}, token=False).status, 401)


@test
def the_printed_address_signs_a_browser_in_once(box):
    server = box.serve("--demo")
    code = server.login.split("#")[1]
    answer = server.ask("POST", "/login", {"code": code}, token=False)
    equal(answer.status, 204)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    equal(server.ask("GET", "/v1/tasks", headers={"Cookie": cookie.split(";")[0]}, token=False).status, 200)
    equal(server.ask("POST", "/login", {"code": code}, token=False).status, 401)
    server.stop()
    again = box.serve("--demo")
    equal(again.ask("GET", "/v1/tasks", headers={"Cookie": cookie.split(";")[0]}, token=False).status, 200)
    new = box.run("token", "--login", settings={"DURSOR_PORT": str(again.port)}).stdout.strip()
    equal(again.ask("POST", "/login", {"code": new.split("#")[1]}, token=False).status, 204)


@test
def pages_of_other_sites_and_other_hosts_are_refused(box):
    server = box.serve("--demo")
    equal(server.ask("GET", "/v1/tasks", headers={"Origin": "https://evil.example"}).status, 403)
    equal(server.ask("GET", "/v1/tasks", headers={"Host": "evil.example"}).status, 403)
    equal(server.ask("GET", "/v1/tasks", headers={"Origin": f"http://127.0.0.1:{server.port}"}).status, 200)


@test
def wrong_input_gets_a_clear_error(box):
    server = box.serve("--demo")
    repo = server.sample()
    task = server.post("/v1/tasks", {"repo_id": repo["id"]})["id"]
    for method, path, body, status, code in [
        ("GET", f"/v1/tasks/{UNKNOWN}", None, 404, None),
        ("GET", f"/v1/runs/{UNKNOWN}", None, 404, None),
        ("POST", "/v1/tasks", {"repo_id": UNKNOWN}, 404, None),
        ("POST", "/v1/tasks", {}, 422, "malformed"),
        ("POST", "/v1/tasks", b"{nonsense", 422, None),
        ("POST", f"/v1/tasks/{task}/runs", {"instruction": "x", "model_ids": ["nobody"]}, 404, "model_missing"),
        ("POST", f"/v1/tasks/{task}/runs", {"instruction": "x"}, 400, "model_ids_required"),
        ("POST", f"/v1/tasks/{task}/runs", {"instruction": "x", "model_ids": ["demo-quick"], "base_ref": "nowhere"}, 404, None),
        ("POST", f"/v1/tasks/{task}/runs", {"instruction": "x", "executor_type": "claude_code"}, 501, "executor_unavailable"),
        ("POST", "/v1/repos/clone", {"repo_url": "ext::sh -c touch% /tmp/x"}, 400, None),
        ("POST", "/v1/repos/clone", {"repo_url": "/nowhere/at/all"}, 404, None),
        ("DELETE", "/v1/models/env-1", None, 400, None),
        ("PUT", "/v1/tasks", {}, 405, None),
        ("GET", "/v1/tasks?limit=many", None, 422, None),
    ]:
        answer = server.ask(method, path, body)
        assert answer.status == status, (method, path, body, answer.status, answer.body)
        assert answer.json["detail"] and answer.json["request_id"] == answer.headers["X-Request-ID"], answer.body
        assert code in (None, answer.json["code"]), answer.body
    equal(server.get(f"/v1/tasks/{task}/runs"), [])


@test
def one_unknown_model_starts_no_run_at_all(box):
    server = box.serve("--demo")
    task = server.post("/v1/tasks", {"repo_id": server.sample()["id"]})["id"]
    server.post(f"/v1/tasks/{task}/runs", {"instruction": "x", "model_ids": ["demo-quick", "nobody"]}, status=404)
    equal(server.get(f"/v1/tasks/{task}/runs"), [])


@test
def a_running_run_is_canceled_and_its_call_ends(box):
    server = box.serve("--demo")
    _, runs = comparison(server, server.sample()["repo_url"], INSTRUCTION, models=["demo-slow"])
    until(lambda: server.get(f"/v1/runs/{runs[0]}")["status"] == "running", "running")
    server.post(f"/v1/runs/{runs[0]}/cancel", status=204)
    equal(server.get(f"/v1/runs/{runs[0]}")["status"], "canceled")
    until(lambda: 'queue="agent",state="leased"} 1' not in server.ask("GET", "/metrics").body.decode(), "no lease")
    server.post(f"/v1/runs/{runs[0]}/cancel", status=400)
    again = server.post(f"/v1/runs/{runs[0]}/retry")["run_ids"][0]
    equal(server.get(f"/v1/runs/{again}")["retry_of"], runs[0])


@test
def a_graceful_stop_hands_runs_back_and_the_next_start_takes_them(box):
    server = box.serve("--demo", settings={"DURSOR_SHUTDOWN_GRACE_SECONDS": "1"})
    _, runs = comparison(server, server.sample()["repo_url"], INSTRUCTION, models=["demo-slow"])
    until(lambda: server.get(f"/v1/runs/{runs[0]}")["status"] == "running", "running")
    equal(server.stop(), 0)
    again = box.serve("--demo")
    until(lambda: again.get(f"/v1/runs/{runs[0]}")["status"] == "running", "running again")
    page = again.get(f"/v1/runs/{runs[0]}/events?after=0&wait=0")
    equal([e["seq"] for e in page["events"]], list(range(1, len(page["events"]) + 1)))
    assert any(e["kind"] == "status" and e["detail"]["status"] == "queued" and e["detail"].get("reason") for e in page["events"])


@test
def a_model_with_its_key_is_stored_sealed(box):
    server = box.serve("--demo")
    made = server.post("/v1/models", {"provider": "openai", "model_name": "gpt-x", "api_key": "sk-very-secret-1"})
    assert "api_key" not in made and "sk-very" not in json.dumps(server.get("/v1/models"))
    stored = box.everything_stored()
    assert b"gpt-x" in stored and b"sk-very-secret-1" not in stored
    equal(server.ask("DELETE", f"/v1/models/{made['id']}").status, 204)


@test
def a_key_that_does_not_fit_the_stored_ones_is_said_at_the_start(box):
    server = box.serve("--demo", settings={"DURSOR_ENCRYPTION_KEY": "the first key"})
    server.post("/v1/models", {"provider": "openai", "model_name": "gpt-x", "api_key": "sk-very-secret-1"})
    server.stop()
    said = box.run("serve", "--demo", settings={"DURSOR_ENCRYPTION_KEY": "another key", "DURSOR_PORT": "0"}, status=2).stderr
    assert "DURSOR_ENCRYPTION_KEY" in said and "another key" not in said, said


@test
def what_is_too_large_is_refused_by_name(box):
    server = box.serve("--demo", settings={"DURSOR_HTTP_BODY_BYTES": "65536"})
    answer = server.ask("POST", "/v1/tasks", b"{" + b" " * 70000 + b"}")
    equal(answer.status, 413)
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as s:
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 40000 + b"\r\n\r\n")
        assert b" 431 " in s.recv(200)


@test
def the_page_comes_with_a_strict_policy(box):
    server = box.serve("--demo")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("GET", "/", headers={"Accept": "text/html"})
    page = connection.getresponse()
    equal(page.status, 200)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for path in ["/page/login.js", "/page/login.css", "/login"]:
        equal(server.ask("GET", path, token=False).status, 200)
    equal(server.ask("GET", "/", token=False).status, 401)  # a program, by nobody


@test
def the_description_is_served_and_names_every_route(box):
    server = box.serve("--demo")
    described = server.get("/openapi.json")
    equal(described["openapi"], "3.1.0")
    for path in ["/v1/tasks/{task_id}/runs", "/v1/runs/{run_id}/events", "/v1/models", "/readyz"]:
        assert path in described["paths"], path
    equal(json.loads(box.run("openapi").stdout), described)


if __name__ == "__main__":
    main()
