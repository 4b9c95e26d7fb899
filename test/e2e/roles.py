"""Processes of one role each, beside each other on one database."""

import http.client
import json
import signal
import subprocess

from harness import BINARY, PATIENCE, Server


class Api(Server):
    """A running dursor api."""

    command = "api"

    def __init__(self, box, *arguments, settings=None):
        super().__init__(box, arguments, settings)
        box.servers.append(self)


class Web(Server):
    """A running dursor web before a server, spoken to with that server's credential."""

    def __init__(self, box, api, settings=None):
        self.box, self.token = box, api.token
        self.log = open(f"{box.home}/serve-web-{len(box.servers)}.log", "w+b")
        address = api if isinstance(api, str) else f"http://127.0.0.1:{api.port}"
        self.process = subprocess.Popen([BINARY, "web"], env={**box.env, "DURSOR_PORT": "0", "DURSOR_API_URL": address, **(settings or {})},
                                        cwd=box.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log)
        self.port = int(self.process.stdout.readline().decode().rsplit(":", 1)[1])
        box.servers.append(self)


class Worker:
    """A running dursor worker."""

    def __init__(self, box, *arguments, settings=None):
        self.log = open(f"{box.home}/worker-{len(box.servers)}.log", "w+b")
        self.process = subprocess.Popen([BINARY, "worker", *arguments], env={**box.env, **(settings or {})}, cwd=box.home,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log)
        box.servers.append(self)
        first = self.process.stdout.readline().decode()
        if "listens on" not in first:
            raise AssertionError(f"worker said {first!r}\n{box.logs()}")
        self.port = int(first.rsplit(":", 1)[1])

    def probe(self, path, method="GET"):
        """Status and JSON of an answer without a credential."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, json.loads(body) if body else None

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.log.close()
        return self.process.returncode


def probe_of(server):
    """The same of a server."""
    answer = server.ask("GET", "/readyz", token=False)
    return answer.status, answer.json
