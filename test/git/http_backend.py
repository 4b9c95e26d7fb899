"""A git server over HTTP on loopback, for tests: git http-backend behind a small bridge.

    http_backend.py ROOT LOG

Prints its port, serves until its standard input ends, and writes one line a request to LOG:
"METHOD PATH AUTH", where AUTH is the decoded basic credential or "-".

/open/NAME.git      anybody
/private/NAME.git   asks for x-access-token:good-token
/moved/NAME.git     redirects to the same path below /private on another host name
/gone/…             404        /broken/…  500
"""

import base64
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT, LOG = sys.argv[1], sys.argv[2]
GOOD = "x-access-token:good-token"


class Bridge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def credential(self):
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        return base64.b64decode(value).decode() if kind == "Basic" else "-"

    def note(self):
        with open(LOG, "a") as log:
            log.write(f"{self.command} {self.headers.get('Host')}{self.path} {self.credential()}\n")

    def answer(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def handle_any(self):
        body = self.body()
        self.note()
        area = self.path.split("/")[1]
        if area == "gone":
            return self.answer(404)
        if area == "broken":
            return self.answer(500)
        if area == "moved":
            port = self.server.server_address[1]
            return self.answer(302, Location=f"http://localhost:{port}/private" + self.path[len("/moved"):])
        if area == "private" and self.credential() != GOOD:
            return self.answer(401, WWW_Authenticate='Basic realm="git"')
        return self.git(area, body)

    do_GET = do_POST = handle_any

    def git(self, area, body):
        path, _, query = self.path[len(area) + 1:].partition("?")
        env = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": ROOT, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
               "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_USER": "tester",
               "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
               "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_CONFIG_GLOBAL": "/dev/null",
               "GIT_PROTOCOL": self.headers.get("Git-Protocol", "")}
        result = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=False)
        head, _, content = result.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


server = ThreadingHTTPServer(("127.0.0.1", 0), Bridge)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
