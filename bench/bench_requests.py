"""GET /v1/tasks/{id} and POST /v1/tasks/{id}/messages against the database's own limit, and against Python.

Every case runs for some seconds in each round, forwards in one round and backwards in the next. Pinned, what
speaks HTTP or SQL in the server's place has core 0, and the load and PostgreSQL have core 1; else all are free.
"""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import harness
import load
import processes
import report
import seed
import statements

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ("detail", "message")
FREE = (None, None)
PINNED = (0, 1)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def psql(url, text):
    subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-X", url], input=text, text=True, check=True, capture_output=True)


def value_of(url, text):
    return subprocess.run(["psql", "-X", "-A", "-t", "-c", text, url], text=True, check=True, capture_output=True).stdout.strip()


class Peer:
    """The Python service of peer.py."""

    def __init__(self, database, token):
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--port", str(self.port), "--loop", "uvloop",
             "--http", "httptools", "peer:app"], cwd=HERE, stdin=subprocess.DEVNULL,
            env={**os.environ, "PEER_DATABASE": database, "PEER_TOKEN": token, "PEER_CONNECTIONS": str(load.CLIENTS)})
        harness.until(self.answers, "the peer's first answer")

    def answers(self):
        if self.process.poll() is not None:
            raise SystemExit("the peer did not start")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/none", timeout=5)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


class Served:
    """Something with an address that wrk loads; its cost is what its process used."""

    def __init__(self, process, port, token, ids):
        self.pid, self.port, self.token, self.ids = process.pid, port, token, ids

    def run(self, kind, cores):
        server, client = cores
        processes.pin(self.pid, range(os.cpu_count()) if server is None else {server})
        before = processes.cpu_seconds(self.pid)
        measured = load.wrk(f"http://127.0.0.1:{self.port}", self.ids[kind], self.token, kind, client)
        measured.cpu_us = (processes.cpu_seconds(self.pid) - before) * 1e6 / (measured.rate * load.SECONDS)
        return measured


class Loop:
    def __init__(self, database, ids):
        self.database, self.ids = database, ids

    def run(self, kind, cores):
        return load.loop(self.database, kind, self.ids[kind], cores[0])


class Statements:
    """pgbench in the server's place."""

    def __init__(self, url):
        self.by_kind = {"detail": load.Pgbench(url, statements.DETAIL, seed.GET_FIRST, seed.GET_TASKS),
                        "message": load.Pgbench(url, statements.MESSAGE, seed.POST_FIRST, seed.POST_TASKS)}

    def run(self, kind, cores):
        return self.by_kind[kind].run(cores[0])

    def close(self):
        for one in self.by_kind.values():
            one.close()


def rounds(table, contenders, place):
    """Measures by (contender, kind, pinned), each a list with a measure a round."""
    cases = [(name, kind, cores) for kind in KINDS for cores in (FREE, PINNED) for name in contenders]
    results = {case: [] for case in cases}
    for number in range(table.rounds):
        for case in cases if number % 2 == 0 else reversed(cases):
            name, kind, cores = case
            place(cores)
            results[case].append(contenders[name].run(kind, cores))
        report.say(f"round {number + 1} of {table.rounds}")
    return results


def tell(table, database, results, aims):
    """Rows for dursor against each other contender."""
    for kind in KINDS:
        what = "GET task" if kind == "detail" else "POST message"
        for cores in (FREE, PINNED):
            where = f"{database}, {'pinned' if cores == PINNED else 'free'}"
            ours = results[("dursor", kind, cores)]
            for (name, other_kind, other_cores), peer in results.items():
                if name == "dursor" or (other_kind, other_cores) != (kind, cores):
                    continue
                aim = aims.get((kind, name, cores), aims.get((kind, name)))
                table.faster(f"{what} ({where})", [m.rate for m in ours], [m.rate for m in peer], aim, peer_name=name)
                table.row(f"{what} p99 ({where})", [m.p99_ms for m in ours], [m.p99_ms for m in peer], unit="ms")
                if peer[0].cpu_us:
                    table.row(f"{what} CPU of the server ({where})", [m.cpu_us for m in ours], [m.cpu_us for m in peer], unit="µs")


@contextlib.contextmanager
def id_files(rows):
    with tempfile.TemporaryDirectory(prefix="dursor-ids-") as home:
        ids = {"detail": f"{home}/get", "message": f"{home}/post"}
        for kind, tasks in (("detail", rows.get_tasks), ("message", rows.post_tasks)):
            with open(ids[kind], "w") as f:
                f.write("".join(f"{task}\n" for task in tasks))
        yield ids


def contend(box, database, ids):
    """dursor on its settings, and the peer on the same rows."""
    server = box.serve(settings=database["settings"])
    peer = Peer(database["peer"], server.token)
    return server, peer, {"dursor": Served(server.process, server.port, server.token, ids),
                          "FastAPI": Served(peer.process, peer.port, server.token, ids)}


def on_sqlite(table):
    rows = seed.Seed()
    with harness.Box() as box, id_files(rows) as ids:
        box.serve().stop()  # makes the database
        path = f"{box.home}/state/dursor/dursor.db"
        with contextlib.closing(sqlite3.connect(path)) as database:
            rows.into_sqlite(database)
        server, peer, contenders = contend(box, {"settings": {}, "peer": path}, ids)
        contenders["C loop"] = Loop(path, ids)
        try:
            results = rounds(table, contenders, lambda cores: None)
        finally:
            peer.stop()
            server.stop()
    tell(table, "SQLite", results, {("detail", "FastAPI"): 8})


@contextlib.contextmanager
def postgres_database(name="bench"):
    """An empty database on a server that keeps what it acknowledges, as the SQLite side does."""
    owner = os.environ["DURSOR_TEST_POSTGRES_URL"]
    durable = ("fsync", "full_page_writes")
    psql(owner, f"CREATE DATABASE {name};")
    for setting in durable:
        psql(owner, f"ALTER SYSTEM SET {setting} = on;")
    psql(owner, "ALTER SYSTEM SET max_wal_size = '2GB'; SELECT pg_reload_conf(); CHECKPOINT;".replace("; ", ";\n"))
    try:
        yield f"{owner.rpartition('/')[0]}/{name}"
    finally:
        psql(owner, f"DROP DATABASE {name} WITH (FORCE);")
        for setting in (*durable, "max_wal_size"):
            psql(owner, f"ALTER SYSTEM RESET {setting};")
        psql(owner, "SELECT pg_reload_conf();")


def postmaster(url):
    with open(f"{value_of(url, 'SHOW data_directory')}/postmaster.pid") as f:
        return int(f.readline())


def place_postgres(pid, cores):
    """New backends are where the postmaster is; those that serve already are moved."""
    chosen = range(os.cpu_count()) if cores == FREE else {cores[1]}
    for one in (pid, *processes.children(pid)):
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            processes.pin(one, chosen)


def on_postgres(table):
    rows = seed.Seed()
    with harness.Box() as box, postgres_database() as url, id_files(rows) as ids:
        settings = {"DURSOR_DATABASE_URL": url}
        box.run("migrate", settings=settings)
        psql(url, rows.as_postgres())
        server, peer, contenders = contend(box, {"settings": settings, "peer": url}, ids)
        contenders["pgbench"] = Statements(url)
        pid = postmaster(url)
        try:
            results = rounds(table, contenders, lambda cores: place_postgres(pid, cores))
        finally:
            contenders["pgbench"].close()
            peer.stop()
            server.stop()
    table.note("pinned, with PostgreSQL: the core that PostgreSQL shares with the load is full with dursor in front, that of the server with "
               "FastAPI; the ratio is that of the two cores, so the aim stands where all have both")
    tell(table, "PostgreSQL", results, {("detail", "FastAPI", FREE): 8, ("detail", "pgbench"): 1.0, ("message", "pgbench"): 0.5})


def measure(table):
    table.note(f"wrk with {load.CONNECTIONS} connections and pgbench with {load.CLIENTS}, {load.SECONDS} s a case and round; a detail has "
               f"{seed.MESSAGES} messages and {seed.RUNS} runs; PostgreSQL with fsync on, SQLite with synchronous=FULL; a value is the "
               "median of the rounds (least–most)")
    on_sqlite(table)
    on_postgres(table)
