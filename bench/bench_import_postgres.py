"""A SQLite database of dursor with a million rows into PostgreSQL, against pgloader on the same server.

Both fill a database that dursor has migrated, with its indexes, constraints and triggers in place. The peer gets less to do:
times stay numbers (its columns are made so before), nothing is read back or compared, and constraints are not checked, since
it loads the tables in no order ("disable triggers").
"""

import contextlib
import os
import sqlite3
import subprocess

import harness
import import_given
import report
from bench_import import took

ROWS = int(os.environ.get("DURSOR_BENCH_ROWS", 1_000_000))
MEMORY_MIB = 64
TABLES = ("repos", "tasks", "messages", "lines", "runs", "run_patches", "run_events", "usage")

# Views, and indexes over expressions, hold the types of columns.
PEER_COLUMNS = """
SELECT format('DROP VIEW IF EXISTS %I', c.relname) FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
UNION ALL
SELECT format('DROP INDEX %I', i.indexrelid::regclass::text) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relname = ANY ('{TABLES}') AND i.indexprs IS NOT NULL
UNION ALL
SELECT format('ALTER TABLE %I ALTER %I TYPE bigint USING 0', c.relname, a.attname) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ('{TABLES}') AND a.atttypid = 'timestamptz'::regtype AND a.attnum > 0
""".replace("TABLES", ",".join(TABLES))

LOAD = """
LOAD DATABASE FROM sqlite://{path} INTO {url}
WITH data only, disable triggers
INCLUDING ONLY TABLE NAMES LIKE {tables};
"""


def ask(url, statement):
    ran = subprocess.run(["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", url, "-c", statement], check=True, text=True, capture_output=True)
    return ran.stdout.strip().splitlines()


@contextlib.contextmanager
def database(box, name):
    """A migrated database of its own on the server; gives its URL."""
    server = os.environ["DURSOR_TEST_POSTGRES_URL"]
    url = f"{server.rsplit('/', 1)[0]}/{name}"
    ask(server, f"CREATE DATABASE {name}")
    try:
        box.run("migrate", settings={"DURSOR_DATABASE_URL": url})
        yield url
    finally:
        ask(server, f"DROP DATABASE {name} WITH (FORCE)")


def counts(url):
    return {table: int(ask(url, f"SELECT count(*) FROM {table}")[0]) for table in TABLES}


def counts_of(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


def ours(box, path, wanted):
    with database(box, "bench_ours") as url:
        used = took([harness.BINARY, "import", path], env={**box.env, "DURSOR_DATABASE_URL": url}, cwd=box.home)
        harness.equal(counts(url), wanted)
    return used


def theirs(box, path, wanted):
    with database(box, "bench_peer") as url:
        for statement in ask(url, PEER_COLUMNS):
            ask(url, statement)
        script = f"{box.home}/peer.load"
        with open(script, "w") as file:
            file.write(LOAD.format(path=path, url=url, tables=", ".join(f"'{table}'" for table in TABLES)))
        used = took(["pgloader", "--root-dir", f"{box.home}/pgloader", script], env={**box.env}, cwd=box.home)
        harness.equal(counts(url), wanted)
    return used


def measure(table):
    with harness.Box() as box:
        path = f"{box.home}/ours/dursor.db"
        box.run("migrate", settings={"DURSOR_DATABASE_URL": f"sqlite:///{path}"})
        rows = import_given.fill(path, ROWS)
        wanted = counts_of(path)
        table.note(f"{rows:,} rows of {len(TABLES)} tables, {os.path.getsize(path) >> 20:,} MiB; ours reads every row back and compares, "
                   "converts times, and checks constraints; the peer does none of it")
        taken, peaks, peer, peer_peaks = [], [], [], []
        for _ in range(table.rounds):
            for used, times, sizes in ((ours(box, path, wanted), taken, peaks), (theirs(box, path, wanted), peer, peer_peaks)):
                times.append(used[0])
                sizes.append(used[1])
        ratio = report.median(taken) / report.median(peer)
        table.row("import into PostgreSQL, with verification", taken, f"pgloader {report.shown(peer, 's')}", "< its time", "s", ratio, ratio < 1)
        table.row("rows a second", rows / report.median(taken), rows / report.median(peer), unit="/s")
        table.row("peak RSS", peaks, peer_peaks, f"< {MEMORY_MIB} MiB", "MiB", met=report.median(peaks) < MEMORY_MIB)
