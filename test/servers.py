#!/usr/bin/env python3
"""Runs a command with the servers that tests need, and ends them afterwards.

    test/servers.py COMMAND [ARGUMENT...]

The servers listen on free loopback ports, keep their data in a temporary folder, and die with this
process even when it is killed. The command finds them by its environment:

    DURSOR_TEST_POSTGRES_URL   owner (a superuser) of an empty PostgreSQL database
    DURSOR_TEST_PGBOUNCER_URL  the same through PgBouncer, see servers_pgbouncer.py
    DURSOR_TEST_REDIS_…        see servers_redis.py
    DURSOR_TEST_AZURITE_…      see servers_azurite.py
"""

import contextlib
import ctypes
import glob
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

import servers_azurite
import servers_pgbouncer
import servers_redis

PR_SET_PDEATHSIG = 1
READY_SECONDS = 60

POSTGRES_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{home}'
max_connections = 200
# The data is thrown away: nothing here needs to survive a power cut.
fsync = off
full_page_writes = off
shared_buffers = 64MB
max_wal_size = 256MB
max_prepared_transactions = 10
log_min_messages = warning
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def postgres_programs():
    """The folder of initdb and postgres: Debian keeps it off PATH, one for each version."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"), key=lambda p: int(p.split("/")[4]))
    if found:
        return os.path.dirname(found[-1])
    on_path = shutil.which("postgres")
    if not on_path:
        raise SystemExit("servers: no PostgreSQL here; `./dev setup` installs it")
    return os.path.dirname(os.path.realpath(on_path))


def postgres_user():
    """Who runs it: PostgreSQL refuses to be root."""
    if os.getuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def temporary_folder(who):
    home = tempfile.mkdtemp(prefix="dursor-pg-")
    try:
        if who:
            os.chown(home, who["user"], who["group"])
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def initdb(programs, home, password, who):
    password_file = os.path.join(home, "password")
    with open(password_file, "w", opener=lambda p, f: os.open(p, f, 0o600)) as f:
        f.write(password + "\n")
    if who:
        os.chown(password_file, who["user"], who["group"])
    subprocess.run(
        [f"{programs}/initdb", "--pgdata", f"{home}/data", "--username", "owner", "--pwfile", password_file,
         "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
        check=True, cwd=home, stdout=subprocess.DEVNULL, **who)


@contextlib.contextmanager
def postgresql():
    """A PostgreSQL of its own with an empty database `dursor`; gives the owner's URL."""
    programs, who = postgres_programs(), postgres_user()
    with temporary_folder(who) as home, contextlib.ExitStack() as undo:
        password, port = secrets.token_hex(12), free_port()
        initdb(programs, home, password, who)
        with open(f"{home}/data/postgresql.conf", "a") as f:
            f.write(POSTGRES_SETTINGS.format(port=port, home=home))

        log = undo.enter_context(open(f"{home}/log", "w"))
        server = subprocess.Popen(
            [f"{programs}/postgres", "-D", f"{home}/data"], cwd=home, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, preexec_fn=die_with_parent, **who)
        undo.callback(end, server)
        environment = dict(os.environ, PGPASSWORD=password)
        where = ["--host", "127.0.0.1", "--port", str(port), "--username", "owner"]
        wait_until_ready(server, [f"{programs}/pg_isready", "--quiet", *where], f"{home}/log")
        subprocess.run([f"{programs}/createdb", *where, "dursor"], check=True, env=environment)
        yield f"postgresql://owner:{password}@127.0.0.1:{port}/dursor"


def wait_until_ready(server, probe, log):
    """Asks until the server answers; one that ends or stays silent is an error with its log."""
    for _ in range(READY_SECONDS * 10):
        if server.poll() is not None:
            break
        if subprocess.run(probe).returncode == 0:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(0.1)
    with open(log) as f:
        raise SystemExit("servers: PostgreSQL did not start:\n" + f.read())


def end(server):
    """SIGQUIT is PostgreSQL's immediate shutdown: its children go as well."""
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextlib.contextmanager
def all_servers():
    """Every server that tests need, as a dictionary of environment variables."""
    who = postgres_user()
    with contextlib.ExitStack() as undo:
        blobs_ready = undo.enter_context(servers_azurite.azurite())
        postgres_url = undo.enter_context(postgresql())
        home = undo.enter_context(temporary_folder(who))
        pooled = undo.enter_context(servers_pgbouncer.pgbouncer(postgres_url, home, who))
        redis = undo.enter_context(servers_redis.redis())
        yield {"DURSOR_TEST_POSTGRES_URL": postgres_url, **pooled, **redis, **blobs_ready()}


def leave_on_signals():
    """A signal unwinds the `with` blocks, which end the servers."""
    def leave(number, _frame):
        raise SystemExit(128 + number)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def main(command):
    if not command:
        raise SystemExit(__doc__)
    leave_on_signals()
    with all_servers() as environment:
        child = subprocess.Popen(command, env=dict(os.environ, **environment))
        try:
            return child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
