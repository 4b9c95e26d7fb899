"""The former client as it reached the server: a page in a browser, and the server of its own that turned
/api/<path> into /v1/<path> and passed on what the browser sent, its cookie and its origin too.

    with Front(server) as front:
        page = Page(front.origin)
        page.sign_in(server.login)
        page.get("/api/tasks")
"""

import contextlib
import http.client
import http.cookies
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness import PATIENCE, Answer, equal

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"}


class Front:
    """The client's own server, with the rewrites of its configuration."""

    def __init__(self, server=None):
        self.passed = []
        handler = type("Handler", (Rewriter,), {"front": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        self.origin = f"http://localhost:{self.http.server_address[1]}"
        self.server = server

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *ignored):
        self.http.shutdown()
        self.http.server_close()


class Rewriter(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    front = None

    def log_message(self, *arguments):
        pass

    def rewrite(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.path.startswith("/api/"):
            return self.answer(404, [], b"a page of the client")
        path = "/v1/" + self.path.removeprefix("/api/")
        self.front.passed.append((self.command, path))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        headers |= {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": self.headers["Host"], "X-Forwarded-Proto": "http"}
        connection = http.client.HTTPConnection("127.0.0.1", self.front.server.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            target = {"Host": f"localhost:{self.front.server.port}"}
            connection.request(self.command, path, body or None, {**headers, **target})
            response = connection.getresponse()
            passed = [(name, value) for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP]
            return self.answer(response.status, passed, response.read())

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = rewrite


class Page:
    """A page of that origin in a browser. Cookies belong to a host, whatever its port; only a request to another
    origin, or one that changes something, says where it comes from."""

    def __init__(self, origin):
        self.origin = origin
        self.cookies = {}

    def sign_in(self, address):
        """Opens the address that serve prints: its page posts the code of the fragment."""
        parts = urllib.parse.urlsplit(address)
        page = Page(f"{parts.scheme}://{parts.netloc}")
        answer = page.send("POST", f"{page.origin}/login", {"code": parts.fragment})
        equal(answer.status, 204)
        cookie = http.cookies.SimpleCookie(answer.headers["Set-Cookie"])
        [(name, value)] = cookie.items()
        assert value["httponly"] and value["path"] == "/" and not value["domain"] and not value["secure"], cookie
        self.cookies[parts.hostname] = f"{name}={value.value}"

    def send(self, method, url, body=None, headers=None):
        parts = urllib.parse.urlsplit(url)
        same = f"{parts.scheme}://{parts.netloc}" == self.origin
        sent = {"Host": parts.netloc, "Accept": "*/*", "Referer": f"{self.origin}/", "Sec-Fetch-Mode": "cors",
                "Sec-Fetch-Site": "same-origin" if same else "same-site"}
        if method != "OPTIONS":
            sent["Content-Type"] = "application/json"
            if parts.hostname in self.cookies:
                sent["Cookie"] = self.cookies[parts.hostname]
        if not same or method != "GET":
            sent["Origin"] = self.origin
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, data, {**sent, **(headers or {})})
            response = connection.getresponse()
            return Answer(response, response.read())

    def ask(self, method, path, body=None, status=200):
        answer = self.send(method, self.origin + path, body)
        if answer.status != status:
            raise AssertionError(f"{method} {path} gave {answer.status}: {answer.body[:500]!r}")
        return answer.json if answer.body else None

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body=None, status=200):
        return self.ask("POST", path, body, status)
