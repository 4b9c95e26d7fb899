"""Load on servers of this machine: wrk, pgbench and a C loop, each for a few seconds, each giving a Measure."""

import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

import statements

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 3
CONNECTIONS = 32  # of wrk
CLIENTS = 10      # of pgbench: as many as the server has database connections


@dataclass
class Measure:
    rate: float    # a second
    p99_ms: float
    cpu_us: float = 0.0  # of the server, a request


def taskset(core):
    return [] if core is None else ["taskset", "-c", str(core)]


def last_line(command, what, **more):
    ran = subprocess.run(command, capture_output=True, text=True, timeout=20 * SECONDS + 60, **more)
    if ran.returncode:
        raise SystemExit(f"{what} failed: {ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return json.loads(ran.stdout.strip().splitlines()[-1])


def wrk(url, ids, token, kind, core=None):
    said = last_line([*taskset(core), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", f"{HERE}/requests.lua", url,
                      "--", ids, token, kind], "wrk")
    if said["failed"]:
        raise SystemExit(f"{said['failed']} of {said['count']} requests to {url} failed")
    return Measure(said["count"] / said["seconds"], said["p99_us"] / 1000)


def loop(database, kind, ids, core=None):
    tool = f"{os.environ['DURSOR_BENCH_TOOLS']}/sqlite-loop"
    said = last_line([*taskset(core), tool, database, kind, ids, str(SECONDS)], "sqlite-loop")
    return Measure(said["count"] / said["seconds"], said["p99_us"] / 1000)


class Pgbench:
    """The statements of a route one after another in a transaction of its tenant, for the same tasks."""

    def __init__(self, url, names, first, count):
        self.url = url
        self.home = tempfile.mkdtemp(prefix="dursor-pgbench-")
        path = f"{self.home}/script.sql"
        with open(path, "w") as f:
            f.write(statements.pgbench_script(names, first, count))
        self.options = ["-D", "tenant_id=local", "-D", "user_id=local", "-D", f"most={statements.MOST}", "-D", "role=user", "-D",
                        f"content={statements.CONTENT}", "-f", path]

    def close(self):
        shutil.rmtree(self.home)

    def run(self, core=None):
        for old in glob.glob(f"{self.home}/log*"):
            os.unlink(old)
        ran = subprocess.run([*taskset(core), "pgbench", "-n", "-M", "prepared", "-j", "1", "-c", str(CLIENTS), "-T", str(SECONDS),
                              "-l", "--log-prefix", f"{self.home}/log", *self.options, self.url],
                             capture_output=True, text=True, timeout=60 + SECONDS)
        rate = re.search(r"^tps = ([\d.]+) \(without", ran.stdout, re.M)
        if ran.returncode or not rate:
            raise SystemExit(f"pgbench failed: {ran.stdout[-2000:]}{ran.stderr[-2000:]}")
        return Measure(float(rate[1]), self.p99_ms())

    def p99_ms(self):
        """From the log of each transaction: client, number, microseconds, …"""
        times = []
        for path in glob.glob(f"{self.home}/log*"):
            with open(path) as f:
                times += [int(line.split()[2]) for line in f]
        times.sort()
        return times[len(times) * 99 // 100] / 1000
