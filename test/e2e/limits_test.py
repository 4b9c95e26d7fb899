"""Each limit of dursor serve: its setting, what it does when it is reached, and that the server goes on."""

import concurrent.futures
import contextlib
import http.client
import json
import socket
import sqlite3
import time

from given import Scripted
from harness import PATIENCE, comparison, equal, main, test, until

ADDRESS = "127.0.0.1"


@contextlib.contextmanager
def connection(server):
    with socket.create_connection((ADDRESS, server.port), PATIENCE) as s:
        yield s


def read_all(s):
    """Until the other side closes."""
    got = b""
    while part := s.recv(65536):
        got += part
    return got


def status_of(answer):
    return int(answer.split(b" ", 2)[1])


def head(server, method, path, *lines):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {server.token}", *lines]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


@contextlib.contextmanager
def database_held(box):
    """The writers' lock is somebody else's for a while: requests that write wait."""
    with sqlite3.connect(f"{box.home}/state/dursor/dursor.db", isolation_level=None) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def goes_on(server):
    equal(server.ask("GET", "/v1/tasks").status, 200)


@test
def a_body_over_its_limit_is_413(box):
    server = box.serve("--demo", settings={"DURSOR_HTTP_BODY_BYTES": "2048"})
    equal(server.ask("POST", "/v1/tasks", b"{" + b" " * 2048 + b"}").status, 413)
    with connection(server) as s:  # said before it is sent
        s.sendall(head(server, "POST", "/v1/tasks", "Content-Length: 999999"))
        equal(status_of(read_all(s)), 413)
    with connection(server) as s:  # and never said
        s.sendall(head(server, "POST", "/v1/tasks", "Transfer-Encoding: chunked") + b"800\r\n" + b" " * 2048 + b"\r\n" + b"10\r\n" + b" " * 16 + b"\r\n")
        equal(status_of(s.recv(4096)), 413)
    goes_on(server)


@test
def headers_over_their_limit_are_431(box):
    server = box.serve("--demo", settings={"DURSOR_HTTP_HEADER_BYTES": "2048"})
    with connection(server) as s:
        s.sendall(head(server, "GET", "/v1/tasks", "X-Long: " + "a" * 4096))
        equal(status_of(s.recv(4096)), 431)
    with connection(server) as s:
        s.sendall(head(server, "GET", "/v1/tasks?" + "q" * 4096))
        assert status_of(s.recv(4096)) in (414, 431)
    goes_on(server)


@test
def too_many_headers_are_431(box):
    server = box.serve("--demo")
    with connection(server) as s:
        s.sendall(head(server, "GET", "/v1/tasks", *(f"X-{i}: 1" for i in range(200))))
        equal(status_of(s.recv(4096)), 431)
    goes_on(server)


@test
def json_nested_deeper_than_the_setting_is_refused_with_its_name(box):
    server = box.serve("--demo", settings={"DURSOR_JSON_DEPTH": "5"})
    answer = server.ask("POST", "/v1/tasks", b'{"repo_id":' + b"[" * 5 + b"]" * 5 + b"}")
    equal((answer.status, answer.json["code"]), (422, "json_too_deep"))
    assert "DURSOR_JSON_DEPTH" in answer.json["detail"][0]["msg"]
    answer = server.ask("POST", "/v1/tasks", b'{"repo_id":' + b"[" * 4 + b"]" * 4 + b"}")
    equal((answer.status, answer.json["code"]), (422, "malformed"))


@test
def connections_over_their_limit_are_503_with_retry_after(box):
    server = box.serve("--demo", settings={"DURSOR_HTTP_CONNECTIONS": "16"})
    with contextlib.ExitStack() as held:
        for _ in range(16):
            s = held.enter_context(connection(server))
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert s.recv(4096)  # it is in, and stays
        with connection(server) as s:
            answer = read_all(s)
            equal(status_of(answer), 503)
            assert b"Retry-After: 1" in answer
    until(lambda: server.ask("GET", "/v1/tasks").status == 200, "room again")


@test
def requests_that_find_no_room_in_the_queue_are_503_with_retry_after(box):
    server = box.serve("--demo", settings={"DURSOR_HTTP_WORKERS": "1", "DURSOR_HTTP_QUEUE": "2"})
    repo = server.sample()
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        with database_held(box):
            answers = [pool.submit(server.ask, "POST", "/v1/tasks", {"repo_id": repo["id"]}) for _ in range(12)]
            refused = until(lambda: [a.result() for a in answers if a.done()], "a refusal")
            equal({a.status for a in refused}, {503})
            assert all(a.headers["Retry-After"] for a in refused), refused[0].headers
        equal(server.ask("GET", "/healthz", token=False).status, 200)
    equal({a.result().status for a in answers}, {201, 503})
    goes_on(server)


@test
def a_request_that_takes_too_long_ends_with_504(box):
    server = box.serve("--demo", settings={"DURSOR_REQUEST_SECONDS": "1"})
    repo = server.sample()
    with database_held(box):
        equal(server.ask("POST", "/v1/tasks", {"repo_id": repo["id"]}).status, 504)
    equal(server.ask("POST", "/v1/tasks", {"repo_id": repo["id"]}).status, 201)


@test
def headers_that_come_too_slowly_end_the_connection(box):
    server = box.serve("--demo", settings={"DURSOR_HTTP_HEADER_SECONDS": "1"})
    with connection(server) as s:
        s.sendall(b"GET /healthz HTTP/1.1\r\nHo")
        since = time.monotonic()
        got = read_all(s)
        assert not got or status_of(got) == 408, got
        assert time.monotonic() - since < 15
    goes_on(server)


@test
def a_body_that_comes_too_slowly_ends_the_connection(box):
    server = box.serve("--demo", settings={"DURSOR_HTTP_BODY_SECONDS": "1"})
    with connection(server) as s:
        s.sendall(head(server, "POST", "/v1/tasks", "Content-Length: 100") + b"{")
        since = time.monotonic()
        got = read_all(s)
        assert not got or status_of(got) == 408, got
        assert time.monotonic() - since < 15
    goes_on(server)


@test
def streams_over_their_limit_are_429_with_retry_after(box):
    server = box.serve("--demo", settings={"DURSOR_HTTP_STREAMS": "2"})
    _, runs = comparison(server, server.sample()["repo_url"], models=["demo-slow"])
    path = f"/v1/runs/{runs[0]}/events"
    held = [server.stream(path), server.stream(path)]
    answer = server.ask("GET", path, headers={"Accept": "text/event-stream"})
    equal(answer.status, 429)
    assert answer.headers["Retry-After"]
    for stream in held:
        stream.close()
    goes_on(server)


@test
def a_silent_stream_says_that_it_lives_and_asks_to_be_opened_anew(box):
    server = box.serve("--demo", settings={"DURSOR_STREAM_HEARTBEAT_SECONDS": "1", "DURSOR_STREAM_ROTATE_SECONDS": "10"})
    task = server.post("/v1/tasks", {"repo_id": server.sample()["id"]})["id"]
    with connection(server) as s:
        s.sendall(head(server, "GET", f"/v1/tasks/{task}/events", "Accept: text/event-stream"))
        got = read_all(s)
    assert b"event: hello" in got and got.count(b"\n:") >= 3, got
    assert b"event: rotate" in got, got


@test
def a_reader_that_does_not_read_is_cut_off(box):
    with Scripted(box, {"Talk": []}, text="many words\n" * 400_000) as model:
        server = box.serve(settings={**model.settings, "DURSOR_STREAM_BUFFER_BYTES": "16384"})
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.connect((ADDRESS, server.port))
            _, runs = comparison(server, box.repository(), "Talk", models=["env-1"])
            s.sendall(head(server, "GET", f"/v1/runs/{runs[0]}/events", "Accept: text/event-stream"))
            until(lambda: "\ndursor_streams_overflowed_total 1\n" in server.ask("GET", "/metrics").body.decode(), "its end")


@test
def the_log_inside_a_run_holds_the_last_lines_only_and_says_so(box):
    server = box.serve("--demo", settings={"DURSOR_RUN_LOG_LINES": "2"})
    _, runs = comparison(server, server.sample()["repo_url"], "Make greet() say hello in Japanese", models=["demo-careful"])
    run = until(lambda: (lambda r: r if r["status"] == "succeeded" else None)(server.get(f"/v1/runs/{runs[0]}")), "the end")
    equal(len(run["logs"]), 2)
    assert any("/events" in warning for warning in run["warnings"]), run["warnings"]


@test
def requests_that_could_be_read_in_two_ways_are_refused(box):
    server = box.serve("--demo")
    body = b'{"repo_id":"x"}'
    for lines in [("Content-Length: 15", "Content-Length: 16"), ("Content-Length: 15", "Transfer-Encoding: chunked"),
                  ("Content-Length: +15",), ("Transfer-Encoding: gzip, chunked",), ("Host: elsewhere", "Content-Length: 15")]:
        with connection(server) as s:
            s.sendall(head(server, "POST", "/v1/tasks", *lines) + body)
            assert status_of(read_all(s)) in (400, 501), lines
    goes_on(server)


# ---- Once, whatever happens ----


@test
def two_identical_posts_at_once_act_once(box):
    server = box.serve("--demo")
    repo = server.sample()
    key = {"Idempotency-Key": "once"}

    def post(_):
        answer = server.ask("POST", "/v1/tasks", {"repo_id": repo["id"], "title": "Once"}, key)
        while answer.status == 409:  # the first is under way
            assert answer.json["code"] == "idempotency_in_progress" and answer.headers["Retry-After"], answer.body
            answer = server.ask("POST", "/v1/tasks", {"repo_id": repo["id"], "title": "Once"}, key)
        return answer

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    equal({a.status for a in answers}, {201})
    equal(len({a.body for a in answers}), 1)
    equal(len(server.get("/v1/tasks")), 1)
    equal(sum(a.headers["Idempotency-Replayed"] == "true" for a in answers), 7)


@test
def two_identical_orders_of_runs_at_once_start_them_once(box):
    server = box.serve("--demo")
    task = server.post("/v1/tasks", {"repo_id": server.sample()["id"]})["id"]
    order = {"instruction": "Do it", "model_ids": ["demo-slow", "demo-quick"]}

    def post(_):
        answer = server.ask("POST", f"/v1/tasks/{task}/runs", order, {"Idempotency-Key": "runs"})
        while answer.status == 409:
            answer = server.ask("POST", f"/v1/tasks/{task}/runs", order, {"Idempotency-Key": "runs"})
        return answer

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, range(4)))
    equal({a.status for a in answers}, {201})
    equal(len({json.dumps(a.json) for a in answers}), 1)
    equal(len(server.get(f"/v1/tasks/{task}/runs")), 2)


@test
def a_server_killed_amid_a_post_leaves_nothing_or_all_and_the_same_key_finds_out(box):
    server = box.serve("--demo")
    repo = server.sample()
    key = {"Idempotency-Key": "kill"}
    body = {"repo_id": repo["id"], "title": "Once"}
    with database_held(box), concurrent.futures.ThreadPoolExecutor(1) as pool:
        first = pool.submit(server.ask, "POST", "/v1/tasks", body, key)
        until(lambda: "dursor_http_running 2" in server.ask("GET", "/metrics").body.decode(), "the POST is being run")
        server.stop(9)
        assert isinstance(first.exception(), (OSError, http.client.HTTPException)), first
    again = box.serve("--demo")
    equal(again.get("/v1/tasks"), [])
    made = again.post("/v1/tasks", body, headers=key)
    equal(again.post("/v1/tasks", body, headers=key), made)
    equal(len(again.get("/v1/tasks")), 1)


if __name__ == "__main__":
    main()
