"""Redis for tests: a plain server, one with TLS and users (ACL), and a cluster of three shards.

Each listens on free loopback ports, keeps nothing, and dies with this process. They start side by side.

    DURSOR_TEST_REDIS_URL             plain
    DURSOR_TEST_REDIS_TLS_URL         TLS; the user in it may do everything
    DURSOR_TEST_REDIS_CLUSTER_URL     one of three
    DURSOR_TEST_REDIS_CERTIFICATES    folder: ca.pem, server.pem and server.key (for "localhost"), client.pem and
                                      client.key of the same authority, other-ca.pem of another
    DURSOR_TEST_REDIS_SERVER          the program, to be run under the name "redis-server"
"""

import contextlib
import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

PR_SET_PDEATHSIG = 1
READY_SECONDS = 30
SHARDS = 3
SLOTS = 16384

SETTINGS = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"]


def program():
    """The server: Debian keeps it in redis-tools under another name, without a service that would be started."""
    for name in ("redis-server", "redis-check-rdb"):
        found = shutil.which(name)
        if found:
            return found
    raise SystemExit("servers: no Redis here; `./dev setup` installs it")


def free_ports(count):
    """Cluster buses take the port 10,000 above, so those of clients lie below 55,535."""
    with contextlib.ExitStack() as held:
        ports = []
        while len(ports) < count:
            s = held.enter_context(socket.socket())
            s.bind(("127.0.0.1", 0))
            if s.getsockname()[1] < 55000:
                ports.append(s.getsockname()[1])
        return ports


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """One server in a folder of its own. Its words are kept in `log`."""

    def __init__(self, home, port, *options):
        self.home, self.port = home, port
        os.mkdir(home)
        with open(f"{home}/log", "w") as log:
            self.process = subprocess.Popen(
                ["redis-server", *SETTINGS, "--dir", home, *options], executable=program(), cwd=home,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent)

    def wait(self):
        """Until the port takes connections; a server that ends or stays silent is an error with its log."""
        until = time.monotonic() + READY_SECONDS
        while self.process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.02)
        with open(f"{self.home}/log") as log:
            raise SystemExit("servers: Redis did not start:\n" + log.read())

    def end(self):
        self.process.kill()
        self.process.wait()


def ask(port, *words):
    """One command by its inline form; the first line of the answer."""
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        s.sendall(" ".join(map(str, words)).encode() + b"\r\n")
        answer = b""
        while b"\r\n" not in answer:
            piece = s.recv(65536)
            if not piece:
                break
            answer += piece
        if answer.startswith(b"$"):
            size = int(answer[1:answer.index(b"\r\n")])
            while len(answer) < size:
                answer += s.recv(65536)
        return answer.decode(errors="replace")


# ---- Certificates ----

def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")


def certificate(folder, name, alternative):
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-addext", f"subjectAltName={alternative}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "30", "-copy_extensions", "copy", "-out", f"{name}.pem")


def certificates(folder):
    os.mkdir(folder)
    authority(folder, "ca")
    authority(folder, "other-ca")
    certificate(folder, "server", "DNS:localhost")
    certificate(folder, "client", "DNS:client")


# ---- The three ----

def start_plain(home, undo):
    port, = free_ports(1)
    server = Server(f"{home}/plain", port, "--port", str(port))
    undo.callback(server.end)
    return [server], {"DURSOR_TEST_REDIS_URL": f"redis://127.0.0.1:{port}"}


def start_tls(home, undo):
    folder = f"{home}/certificates"
    certificates(folder)
    port, = free_ports(1)
    # Both characters must be encoded in an address.
    user, password = "dursor", "p@ss/" + secrets.token_hex(8)
    users = f"{folder}/users.acl"
    with open(users, "w", opener=lambda p, f: os.open(p, f, 0o600)) as f:
        f.write(f"user default off\nuser {user} on >{password} ~* &* +@all\n")
    server = Server(f"{home}/tls", port, "--port", "0", "--tls-port", str(port), "--tls-ca-cert-file",
                    f"{folder}/ca.pem", "--tls-cert-file", f"{folder}/server.pem", "--tls-key-file",
                    f"{folder}/server.key", "--tls-auth-clients", "optional", "--aclfile", users)
    undo.callback(server.end)
    quoted = urllib.parse.quote(password, safe="")
    url = f"rediss://{user}:{quoted}@localhost:{port}?ssl_ca_certs={urllib.parse.quote(folder)}/ca.pem"
    return [server], {"DURSOR_TEST_REDIS_TLS_URL": url, "DURSOR_TEST_REDIS_CERTIFICATES": folder}


def start_cluster(home, undo):
    servers = []
    for i, port in enumerate(free_ports(SHARDS)):
        servers.append(Server(f"{home}/shard{i}", port, "--port", str(port), "--cluster-enabled", "yes",
                              "--cluster-node-timeout", "5000", "--cluster-announce-ip", "127.0.0.1"))
        undo.callback(servers[-1].end)
    return servers, {"DURSOR_TEST_REDIS_CLUSTER_URL": f"redis://127.0.0.1:{servers[0].port}"}


def join(servers):
    """Gives out the slots, introduces the servers, and waits until all say that the cluster stands."""
    for i, server in enumerate(servers):
        first, last = i * SLOTS // len(servers), (i + 1) * SLOTS // len(servers) - 1
        ask(server.port, "CLUSTER", "ADDSLOTSRANGE", first, last)
        ask(server.port, "CLUSTER", "SET-CONFIG-EPOCH", i + 1)
    for server in servers:
        for other in servers:
            if other is not server:
                ask(server.port, "CLUSTER", "MEET", "127.0.0.1", other.port)
    until = time.monotonic() + READY_SECONDS
    for server in servers:
        while True:
            info = ask(server.port, "CLUSTER", "INFO")
            if "cluster_state:ok" in info and f"cluster_known_nodes:{len(servers)}" in info:
                break
            if time.monotonic() > until:
                raise SystemExit("servers: the cluster of Redis did not come together:\n" + info)
            time.sleep(0.02)


@contextlib.contextmanager
def redis():
    """All three, as a dictionary of environment variables."""
    home = tempfile.mkdtemp(prefix="dursor-redis-")
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, home, ignore_errors=True)
        environment = {"DURSOR_TEST_REDIS_SERVER": program()}
        groups = []
        for start in (start_cluster, start_plain, start_tls):
            servers, found = start(home, undo)
            groups.append(servers)
            environment.update(found)
        for servers in groups:
            for server in servers:
                server.wait()
        join(groups[0])
        yield environment
