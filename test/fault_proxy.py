#!/usr/bin/env python3
"""An HTTP proxy before one server that does what networks and busy services do, as planned.

    test/fault_proxy.py PORT UPSTREAM-PORT

PUT /__plan/WORD with a body like "503:200 ok lost" plans for the next requests whose target holds the word, in
order; those behind the plan pass. GET /__count/WORD says how many there were. The faults:

    ok            none
    503:MS        503 ServerBusy with x-ms-retry-after-ms; 500 likewise, InternalError
    final         500 FeatureNotSupported, which no repetition mends
    reset         the connection is reset before the request is read
    half          it is reset in the middle of the request's body
    lost          the request is done, and the connection reset instead of an answer
    cut           the answer ends in the middle of its body
    break         the connection is reset there
    stall         nothing more comes from there on, until the client gives up
    slow          the answer comes in eight pieces, 40 ms apart
    flip          a byte of the answer's body is another
    corrupt       a byte of the request's body is another
"""

import http.client
import http.server
import socket
import struct
import sys
import threading
import time

PLANS, COUNTS, LOCK = {}, {}, threading.Lock()
HOP = ("connection", "keep-alive", "transfer-encoding", "host")


def flipped(body):
    at = len(body) // 2
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1:] if body else body


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream = 0

    def log_message(self, *_):
        pass

    def plan(self):
        """The fault for this request."""
        with LOCK:
            for word, faults in PLANS.items():
                if word in self.path:
                    COUNTS[word] += 1
                    return faults.pop(0) if faults else "ok"
        return "ok"

    def control(self):
        word = self.path.rsplit("/", 1)[1]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with LOCK:
            if self.command == "PUT":
                PLANS[word], COUNTS[word] = body.decode().split(), 0
            answer = str(COUNTS.get(word, 0)).encode()
        self.reply(200, [], answer)

    def reply(self, status, headers, body, sent=None):
        """sent: how many bytes of the body really go out."""
        length = [v for k, v in headers if k.lower() == "content-length"] if self.command == "HEAD" else [len(body)]
        head = [f"HTTP/1.1 {status} x"] + [f"{k}: {v}" for k, v in headers if k.lower() != "content-length"]
        head += [f"Content-Length: {n}" for n in length]
        self.wfile.write("\r\n".join(head + ["", ""]).encode("latin-1"))
        if self.command != "HEAD":
            self.wfile.write(body[:sent])
        self.wfile.flush()

    def reset(self):
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        # The files over the socket hold it open.
        self.rfile.close()
        self.wfile.close()

    def busy(self, status, code, ms):
        headers = [("x-ms-error-code", code), ("Content-Type", "application/xml")]
        if ms:
            headers.append(("x-ms-retry-after-ms", ms))
        self.reply(status, headers, f"<Error><Code>{code}</Code><Message>planned</Message></Error>".encode())

    def ask(self, body):
        upstream = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
        upstream.putrequest(self.command, self.path, skip_accept_encoding=True)
        for name, value in headers.items():
            upstream.putheader(name, value)
        upstream.endheaders(body or None)
        answer = upstream.getresponse()
        found = answer.status, [(k, v) for k, v in answer.getheaders() if k.lower() not in HOP], answer.read()
        upstream.close()
        return found

    def pieces(self, status, headers, body):
        self.reply(status, headers, body, 0)
        for i in range(8):
            self.wfile.write(body[i * len(body) // 8:(i + 1) * len(body) // 8])
            self.wfile.flush()
            time.sleep(0.04)

    def partly(self, fault, answer):
        self.reply(*answer, len(answer[2]) // 2)
        self.close_connection = True
        if fault == "break":
            self.reset()
        elif fault == "stall":
            self.connection.settimeout(60)
            self.connection.recv(1)

    def serve(self):
        if self.path.startswith("/__"):
            return self.control()
        fault, _, ms = self.plan().partition(":")
        size = int(self.headers.get("Content-Length", 0))
        if fault in ("reset", "half"):
            self.rfile.read(size // 2 if fault == "half" else 0)
            return self.reset()
        body = self.rfile.read(size)
        if fault in ("503", "500"):
            return self.busy(int(fault), "ServerBusy" if fault == "503" else "InternalError", ms)
        if fault == "final":
            return self.busy(500, "FeatureNotSupported", None)
        answer = self.ask(flipped(body) if fault == "corrupt" else body)
        if fault == "lost":
            return self.reset()
        if fault in ("cut", "break", "stall"):
            return self.partly(fault, answer)
        if fault == "slow":
            return self.pieces(*answer)
        status, headers, content = answer
        return self.reply(status, headers, flipped(content) if fault == "flip" else content)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = serve

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):
            pass  # the client went away, or a fault closed it

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def main(port, upstream):
    Proxy.upstream = int(upstream)
    Server(("127.0.0.1", int(port)), Proxy).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
