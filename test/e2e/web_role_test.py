"""dursor web: the pages of one process before the API of another."""

import http.client
import json
import re
import socket
import socketserver
import subprocess
import threading

from harness import PATIENCE, equal, main, test
from roles import Web


class Listener:
    """An API that says what it was asked and answers as it is told."""

    token = "none"

    def __init__(self, answer):
        self.asked = []
        listener = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                head = b""
                while line := self.rfile.readline().rstrip(b"\r\n"):
                    head += line + b"\n"
                listener.asked.append(head.decode())
                answer(self.wfile)

        self.tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.tcp.daemon_threads = True
        self.port = self.tcp.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.tcp.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *ignored):
        self.tcp.shutdown()
        self.tcp.server_close()


@test
def the_pages_come_from_here_and_the_api_from_behind(box):
    web = Web(box, api := box.serve("--demo"))
    page = web.ask("GET", "/board", headers={"Accept": "text/html"}, token=False)
    assert b"/assets/" in page.body and "nonce-" in page.headers["Content-Security-Policy"]
    equal(web.ask("GET", re.search(r'src="(/assets/[^"]+\.js)"', page.body.decode())[1], token=False).status, 200)
    equal(web.get("/v1/models"), api.get("/v1/models"))
    equal(web.ask("GET", "/v1/models", token=False).status, 401)
    equal(web.ask("GET", "/readyz", token=False).json["status"], "ready")
    equal(web.ask("GET", "/metrics").status, 404)
    equal(web.ask("HEAD", "/v1/models").body, b"")
    equal(web.ask("POST", "/v1/tasks", b"{").status, 422)
    equal(web.ask("GET", "/login", headers={"Accept": "text/html"}, token=False).status, 200)


@test
def a_browser_signs_in_through_it(box):
    web = Web(box, api := box.serve("--demo"))
    own = {"Origin": f"http://127.0.0.1:{web.port}"}
    came = web.ask("POST", "/login", {"code": api.login.rsplit("#", 1)[1]}, headers=own, token=False)
    equal(came.status, 204)
    cookie = {"Cookie": came.headers["Set-Cookie"].split(";")[0]}
    equal(web.ask("GET", "/v1/models", headers={**own, **cookie}, token=False).status, 200)
    for bad in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        equal(web.ask("GET", "/v1/models", headers={**cookie, **bad}, token=False).status, 403)


@test
def a_stream_comes_at_once_and_is_resumed(box):
    web = Web(box, box.serve("--demo"))
    repository = web.sample()
    task = web.post("/v1/tasks", {"repo_id": repository["id"], "title": "Through"})
    message = web.post(f"/v1/tasks/{task['id']}/messages", {"role": "user", "content": "Greet in Japanese as well"})
    model = web.get("/v1/models")[0]["id"]
    run = web.post(f"/v1/tasks/{task['id']}/runs", {"instruction": "Greet in Japanese as well", "message_id": message["id"], "model_ids": [model]})["run_ids"][0]
    stream, seen = web.stream(f"/v1/runs/{run}/events"), []
    for event, _, data in stream:
        if event != "hello":
            seen.append(data["seq"])
        if len(seen) == 2:
            break
    stream.close()
    for event, _, data in web.stream(f"/v1/runs/{run}/events", last_id=str(seen[-1])):
        if event != "hello":
            seen.append(data["seq"])
        if event == "status" and data["detail"]["status"] == "succeeded":
            break
    equal(seen, list(range(1, len(seen) + 1)))


@test
def pieces_are_passed_on_before_the_answer_ends(box):
    goes_on = threading.Event()

    def answer(out):
        out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nX-Kept: 1\r\n\r\ndata: 1\n\n")
        assert goes_on.wait(PATIENCE)
        out.write(b"data: 2\n\n")

    with Listener(answer) as api:
        web = Web(box, api)
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
        connection.request("GET", "/v1/events")
        response = connection.getresponse()
        equal((response.headers["X-Kept"], response.headers["X-Hop"]), ("1", None))
        equal(response.readline(), b"data: 1\n")
        goes_on.set()
        equal(response.read(), b"\ndata: 2\n\n")
        connection.close()


@test
def what_belongs_to_one_connection_is_not_passed_on(box):
    with Listener(lambda out: out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")) as api:
        web = Web(box, api)
        headers = {"Connection": "X-Hop", "X-Hop": "1", "X-Kept": "1", "X-Forwarded-For": "10.0.0.1", "Origin": f"http://127.0.0.1:{web.port}",
                   "Proxy-Authorization": "Basic x", "Cookie": "a=b", "X-Request-ID": "known-1"}
        equal(web.ask("GET", "/v1/a%20b?c=%2F", headers=headers).body, b"ok")
        asked = api.asked[0].splitlines()
        equal(asked[0], "GET /v1/a%20b?c=%2F HTTP/1.1")
        names = {line.split(":")[0].lower(): line.split(": ", 1)[-1] for line in asked[1:]}
        for left in ("x-hop", "origin", "proxy-authorization"):
            assert left not in names, asked
        equal((names["x-kept"], names["cookie"], names["authorization"], names["x-forwarded-for"]), ("1", "a=b", "Bearer none", "127.0.0.1"))
        equal((names["host"], names["x-request-id"]), (f"127.0.0.1:{api.port}", "known-1"))


@test
def a_large_answer_is_whole_and_a_cut_one_is_seen_to_be_cut(box):
    size = 5 << 20

    def answer(out, given=size):
        out.write(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode() + b"x" * given)

    with Listener(answer) as api:
        equal(len(Web(box, api).ask("GET", "/v1/large").body), size)
    with Listener(lambda out: answer(out, size // 2)) as api:
        try:
            Web(box, api).ask("GET", "/v1/large")
            raise AssertionError("half an answer was taken for a whole one")
        except (http.client.IncompleteRead, ConnectionError):
            pass


@test
def an_api_that_is_not_there_is_said_without_its_address(box):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    web = Web(box, type("Gone", (), {"port": port, "token": "x"}))
    answer = web.ask("GET", "/v1/models")
    equal((answer.status, answer.json["code"]), (503, "api_unreachable"))
    assert str(port) not in answer.body.decode() and answer.headers["Retry-After"]
    equal(web.ask("GET", "/healthz", token=False).status, 200)
    equal(web.ask("GET", "/s/0123456789abcdef", token=False).status, 503)
    with open(web.log.name, encoding="utf-8") as log:
        said = log.read()
    assert f":{port}" in said and "0123456789abcdef" not in said, said
    assert "DURSOR_API_URL" in box.run("web", status=2).stderr


@test
def an_address_that_leads_back_is_said(box):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    web = Web(box, type("Itself", (), {"port": port, "token": "x"}), settings={"DURSOR_PORT": str(port)})
    answer = web.ask("GET", "/v1/models")
    equal(answer.status, 503)
    assert "DURSOR_API_URL" in answer.json["detail"], answer.json


@test
def too_many_streams_leave_room_for_requests(box):
    held = threading.Event()
    with Listener(lambda out: (out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n"), held.wait(PATIENCE))) as api:
        web = Web(box, api)
        open_ones = []
        for _ in range(48):
            connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
            connection.request("GET", "/v1/events")
            equal(connection.getresponse().status, 200)
            open_ones.append(connection)
        full = web.ask("GET", "/v1/events")
        assert f":{api.port}" not in full.body.decode(), full.body
        equal((full.status, json.loads(full.body)["code"]), (429, "streams_full"))
        equal(web.ask("GET", "/board", headers={"Accept": "text/html"}).status, 200)
        held.set()
        for connection in open_ones:
            connection.close()


if __name__ == "__main__":
    main()
