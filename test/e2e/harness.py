"""What the end-to-end tests share: the real program, started as a user would, spoken to as a client
would. A test is a function whose name is its sentence; main() runs them and speaks TAP.

    @test
    def a_comparison_ends_with_a_branch_for_each_model(box): …

Each test gets a Box: a home of its own, gone afterwards with every process in it.
"""

import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse

BINARY = os.environ["DURSOR_BINARY"]
PATIENCE = 60  # seconds for something that has to happen; never how long a test takes

tests = []


def test(function):
    tests.append(function)
    return function


def main():
    chosen = [t for t in tests if len(sys.argv) < 2 or any(part in t.__name__ for part in sys.argv[1:])]
    print(f"1..{len(chosen)}", flush=True)
    failed = 0
    for number, function in enumerate(chosen, 1):
        with Box() as box:
            try:
                function(box)
                print(f"ok {number} - {function.__name__}", flush=True)
            except Exception:  # reported, and the next test runs
                failed += 1
                print(f"not ok {number} - {function.__name__}", flush=True)
                print(traceback.format_exc(), file=sys.stderr)
                print(box.logs(), file=sys.stderr, flush=True)
    sys.exit(1 if failed else 0)


def until(condition, what):
    """The condition's first true value; fails when it never comes."""
    end = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"never came: {what}")
        time.sleep(0.02)


def equal(got, wanted):
    if got != wanted:
        raise AssertionError(f"{got!r} is not {wanted!r}")


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """A running dursor serve."""

    command = "serve"

    def __init__(self, box, arguments=(), settings=None):
        self.box = box
        self.log = open(f"{box.home}/{self.command}-{len(box.servers)}.log", "w+b")
        self.process = subprocess.Popen([BINARY, self.command, *arguments], env={**box.env, "DURSOR_PORT": "0", **(settings or {})},
                                        cwd=box.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log)
        first = self.process.stdout.readline().decode()
        if "listens on" not in first:
            raise AssertionError(f"{self.command} said {first!r}\n{box.logs()}")
        self.port = int(first.rsplit(":", 1)[1])
        self.login = self.process.stdout.readline().decode().split()[1]
        self.token = box.run("token").stdout.strip()

    def ask(self, method, path, body=None, headers=None, token=True):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            sent = {"Authorization": f"Bearer {self.token}"} if token else {}
            data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
            connection.request(method, path, data, {**sent, **(headers or {})})
            response = connection.getresponse()
            return Answer(response, response.read())

    def get(self, path):
        answer = self.ask("GET", path)
        equal(answer.status, 200)
        return answer.json

    def post(self, path, body=None, status=201, headers=None):
        answer = self.ask("POST", path, body, headers)
        if answer.status != status:
            raise AssertionError(f"POST {path} gave {answer.status}: {answer.body[:500]!r}")
        return answer.json if answer.body else None

    def sample(self):
        """The demo's repository, which is added while the server already serves."""
        return until(lambda: self.get("/v1/repos"), "the sample repository")[0]

    def stream(self, path, last_id=None):
        return Stream(self, path, last_id)

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.log.close()
        return self.process.returncode


class Stream:
    """An event stream, read event by event: (event, id, data)."""

    def __init__(self, server, path, last_id):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {server.token}", "Accept": "text/event-stream"}
        if last_id is not None:
            headers["Last-Event-ID"] = last_id
        self.connection.request("GET", path, headers=headers)
        self.response = self.connection.getresponse()
        equal(self.response.status, 200)

    def __iter__(self):
        event, identity, data = "message", None, []
        while True:
            try:
                line = self.response.readline()
            except (http.client.IncompleteRead, ConnectionError):
                return
            if not line:
                return
            line = line.decode().rstrip("\n")
            if not line:
                if data:
                    yield event, identity, json.loads("\n".join(data))
                event, data = "message", []
            elif line.startswith("event: "):
                event = line[7:]
            elif line.startswith("id: "):
                identity = line[4:]
            elif line.startswith("data: "):
                data.append(line[6:])

    def close(self):
        self.connection.close()


class Postgres:
    """A database of its own on the server that test/servers.py started, for one test."""

    def __init__(self, box):
        server = os.environ["DURSOR_TEST_POSTGRES_URL"]
        self.name = f"dursor_e2e_{secrets.token_hex(8)}"
        self.server, self.url = server, f"{server.rsplit('/', 1)[0]}/{self.name}"
        self.say(f"CREATE DATABASE {self.name}")
        box.env["DURSOR_DATABASE_URL"] = self.url
        if box.on_pooler:
            box.env["DURSOR_DATABASE_DIRECT_URL"] = self.url
            box.env["DURSOR_DATABASE_URL"] = f"{os.environ['DURSOR_TEST_PGBOUNCER_URL'].rsplit('/', 1)[0]}/{self.name}"
        box.run("migrate")

    def say(self, statement):
        subprocess.run(["psql", "-q", "-X", self.server, "-c", statement], check=True, capture_output=True, timeout=PATIENCE)

    def dump(self):
        return subprocess.run(["pg_dump", self.url], check=True, capture_output=True, timeout=PATIENCE).stdout

    def drop(self):
        self.say(f"DROP DATABASE {self.name} WITH (FORCE)")


class Box:
    on_postgres = False  # of all boxes
    on_pooler = False  # the same through PgBouncer

    def __enter__(self):
        self.home = tempfile.mkdtemp(prefix="dursor-e2e-")
        self.servers = []
        self.env = {"PATH": os.environ["PATH"], "HOME": self.home, "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": f"{self.home}/state",
                    "XDG_CONFIG_HOME": f"{self.home}/config", "DURSOR_GIT_ALLOW_FILE": "true"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        self.postgres = Postgres(self) if Box.on_postgres else None
        return self

    def everything_stored(self):
        """All bytes of the database."""
        if self.postgres:
            return self.postgres.dump()
        with open(f"{self.home}/state/dursor/dursor.db", "rb") as file, open(f"{self.home}/state/dursor/dursor.db-wal", "rb") as wal:
            return file.read() + wal.read()

    def change(self, *statements):
        """Changes the database behind the server's back; LONG_AGO in a statement is a time."""
        if self.postgres:
            said = ";".join(statements).replace("LONG_AGO", "timestamptz '2020-01-01'")
            subprocess.run(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", self.postgres.url, "-c", said], check=True,
                           capture_output=True, timeout=PATIENCE)
            return
        database = sqlite3.connect(f"{self.home}/state/dursor/dursor.db", timeout=PATIENCE)
        with contextlib.closing(database), database:
            for statement in statements:
                database.execute(statement.replace("LONG_AGO", "1"))

    def __exit__(self, *ignored):
        for server in self.servers:
            with contextlib.suppress(Exception):
                server.stop(signal.SIGKILL)
        if self.postgres:
            self.postgres.drop()
        shutil.rmtree(self.home, ignore_errors=True)

    def logs(self):
        text = []
        for name in sorted(os.listdir(self.home)):
            if name.endswith(".log"):
                with open(f"{self.home}/{name}", errors="replace") as f:
                    text.append(f"--- {name}\n{f.read()[-6000:]}")
        return "\n".join(text)

    def run(self, *arguments, status=0, settings=None, cwd=None, stdin=None):
        ran = subprocess.run([BINARY, *arguments], env={**self.env, **(settings or {})}, cwd=cwd or self.home, text=True,
                             input=stdin if stdin is not None else "", capture_output=True, timeout=5 * PATIENCE)
        if status is not None and ran.returncode != status:
            raise AssertionError(f"dursor {' '.join(arguments)} ended with {ran.returncode}\n{ran.stdout}\n{ran.stderr}")
        return ran

    def serve(self, *arguments, settings=None):
        server = Server(self, arguments, settings)
        self.servers.append(server)
        return server

    def git(self, repository, *arguments):
        ran = subprocess.run(["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-C", repository, *arguments],
                             env=self.env, text=True, capture_output=True, timeout=PATIENCE)
        if ran.returncode:
            raise AssertionError(f"git {' '.join(arguments)}: {ran.stderr}")
        return ran.stdout

    def repository(self, files=None, name="project"):
        path = f"{self.home}/{name}"
        os.makedirs(path)
        self.git(path, "init", "-q", "-b", "main")
        for file, content in (files or {"README.md": "# A project\n", "greet.py": "def greet():\n    return 'hello'\n"}).items():
            os.makedirs(os.path.dirname(f"{path}/{file}"), exist_ok=True)
            with open(f"{path}/{file}", "w") as f:
                f.write(content)
        self.git(path, "add", "-A")
        self.git(path, "commit", "-q", "-m", "First")
        return path


def comparison(server, repository, instruction="Make it better", models=("demo-careful", "demo-quick", "demo-thorough"), **more):
    """Starts runs over HTTP as a client does; gives (task id, run ids)."""
    repo = server.post("/v1/repos/clone", {"repo_url": repository})
    task = server.post("/v1/tasks", {"repo_id": repo["id"], "title": instruction[:40]})
    message = server.post(f"/v1/tasks/{task['id']}/messages", {"role": "user", "content": instruction})
    runs = server.post(f"/v1/tasks/{task['id']}/runs",
                       {"instruction": instruction, "message_id": message["id"], "model_ids": list(models), **more})
    return task["id"], runs["run_ids"]


def ended(server, run):
    def look():
        state = server.get(f"/v1/runs/{run}")
        return state if state["status"] in ("succeeded", "failed", "canceled") else None

    return until(look, f"end of run {run}")


def path_of(url):
    return urllib.parse.urlparse(url).path
