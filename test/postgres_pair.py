"""PostgreSQL servers of a test's own: a primary, a standby that follows it, certificates. Gone with the block.

    with Node.primary() as primary, primary.standby() as standby:
        …
        primary.stop()
        standby.promote()
"""

import contextlib
import os
import secrets
import subprocess

import servers
import servers_redis

MORE = """
wal_level = replica
max_wal_senders = 4
hot_standby = on
wal_receiver_status_interval = 1s
wal_retrieve_retry_interval = 200ms
"""
HOSTS = "host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\n"


class Node:
    """A server in a folder of its own, with the role `owner` and the database `dursor`."""

    def __init__(self, home, who, password):
        self.home, self.who, self.password = home, who, password
        self.programs, self.port = servers.postgres_programs(), servers.free_port()
        self.process = None

    @classmethod
    @contextlib.contextmanager
    def primary(cls):
        who = servers.postgres_user()
        with servers.temporary_folder(who) as home:
            node = cls(home, who, secrets.token_hex(12))
            servers.initdb(node.programs, home, node.password, who)
            node.write("data/pg_hba.conf", HOSTS)
            with node.running():
                node.say("CREATE DATABASE dursor", "postgres")
                yield node

    @contextlib.contextmanager
    def standby(self):
        """Follows this server; what this one has answered is there as well."""
        with servers.temporary_folder(self.who) as home:
            node = Node(home, self.who, self.password)
            node.do("pg_basebackup", "-D", f"{home}/data", "-R", "-X", "stream", "-c", "fast", "-d",
                    self.url("postgres"))
            with node.running():
                self.say("ALTER SYSTEM SET synchronous_standby_names = '*'")
                self.say("SELECT pg_reload_conf()")
                yield node

    @contextlib.contextmanager
    def running(self):
        self.write("data/dursor.conf", servers.POSTGRES_SETTINGS.format(port=self.port, home=self.home) + MORE)
        if "dursor.conf" not in self.read("data/postgresql.conf"):
            self.write("data/postgresql.conf", self.read("data/postgresql.conf") + "\ninclude 'dursor.conf'\n")
        self.start()
        try:
            yield
        finally:
            self.stop()

    def start(self):
        with open(f"{self.home}/log", "a") as log:
            self.process = subprocess.Popen(
                [f"{self.programs}/postgres", "-D", f"{self.home}/data"], cwd=self.home, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=servers.die_with_parent, **self.who)
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--username", "owner"]
        servers.wait_until_ready(self.process, [f"{self.programs}/pg_isready", "--quiet", *where], f"{self.home}/log")

    def stop(self):
        """At once, as if it had died: its clients are not told."""
        if self.process and self.process.poll() is None:
            servers.end(self.process)

    def promote(self):
        self.do("pg_ctl", "promote", "-w", "-s", "-D", f"{self.home}/data")

    def encrypt(self):
        """From now on by TLS only, with a certificate for "localhost"; gives the authority's and another one's."""
        self.do_openssl()
        self.write("data/pg_hba.conf", HOSTS.replace("host ", "hostssl "))
        self.write("data/dursor.conf", self.read("data/dursor.conf") +
                   f"ssl = on\nssl_cert_file = '{self.home}/server.pem'\nssl_key_file = '{self.home}/server.key'\n")
        self.stop()
        self.start()
        return f"{self.home}/ca.pem", f"{self.home}/other-ca.pem"

    def do_openssl(self):
        servers_redis.authority(self.home, "ca")
        servers_redis.authority(self.home, "other-ca")
        servers_redis.certificate(self.home, "server", "DNS:localhost")
        os.chmod(f"{self.home}/server.key", 0o600)
        if self.who:
            for name in ("server.pem", "server.key", "ca.pem", "other-ca.pem"):
                os.chown(f"{self.home}/{name}", self.who["user"], self.who["group"])
        os.chmod(self.home, 0o755)  # the program that is tested reads the authority's certificate

    def url(self, database="dursor", host="127.0.0.1", password=None):
        return f"postgresql://owner:{password or self.password}@{host}:{self.port}/{database}"

    def say(self, statement, database="dursor", url=None):
        """What psql prints of it."""
        return subprocess.run(["psql", "-q", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", url or self.url(database), "-c", statement],
                              check=True, capture_output=True, text=True, timeout=60).stdout.strip()

    def do(self, program, *arguments):
        subprocess.run([f"{self.programs}/{program}", *arguments], check=True, cwd=self.home, capture_output=True,
                       timeout=120, **self.who)

    def read(self, name):
        with open(f"{self.home}/{name}") as f:
            return f.read()

    def write(self, name, text):
        path = f"{self.home}/{name}"
        with open(path, "w", opener=lambda p, f: os.open(p, f, 0o600)) as f:
            f.write(text)
        if self.who:
            os.chown(path, self.who["user"], self.who["group"])
