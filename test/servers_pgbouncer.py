"""PgBouncer for tests: transaction mode before every database of a PostgreSQL server.

Few server connections, so that clients share them at once and whatever a session leaves behind is seen.

    DURSOR_TEST_PGBOUNCER_URL   the same database and user as DURSOR_TEST_POSTGRES_URL, pooled
"""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse

PR_SET_PDEATHSIG = 1
READY_SECONDS = 30

SETTINGS = """
[databases]
* = host={host} port={server_port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {home}/users
pool_mode = transaction
max_client_conn = 500
default_pool_size = 3
server_idle_timeout = 10
server_login_retry = 1
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def write(path, text, who):
    with open(path, "w", opener=lambda p, f: os.open(p, f, 0o600)) as f:
        f.write(text)
    if who:
        os.chown(path, who["user"], who["group"])


def wait(process, port, log):
    until = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    with open(log) as f:
        raise SystemExit("servers: PgBouncer did not start:\n" + f.read())


@contextlib.contextmanager
def pgbouncer(postgres_url, home, who):
    """Before the server of that URL, in that folder, as that user: it refuses to be root."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if not program:
        raise SystemExit("servers: no PgBouncer here; `./dev setup` installs it")
    url, port = urllib.parse.urlsplit(postgres_url), free_port()
    home = os.path.join(home, "pgbouncer")
    os.mkdir(home, 0o700)
    if who:
        os.chown(home, who["user"], who["group"])
    write(f"{home}/users", f'"{url.username}" "{url.password}"\n', who)
    write(f"{home}/ini", SETTINGS.format(host=url.hostname, server_port=url.port, port=port, home=home), who)
    with open(f"{home}/log", "w") as log:
        process = subprocess.Popen([program, f"{home}/ini"], cwd=home, stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=log, preexec_fn=die_with_parent, **who)
    try:
        wait(process, port, f"{home}/log")
        yield {"DURSOR_TEST_PGBOUNCER_URL": url._replace(netloc=url.netloc.replace(f":{url.port}", f":{port}")).geturl()}
    finally:
        process.kill()
        process.wait()
