"""Statements that come often, over a million runs with twenty million events against the same over ten thousand runs.

DURSOR_BENCH_RUNS and DURSOR_BENCH_EVENTS (a run) make the large one smaller."""

import glob
import os
import re
import subprocess

import report
import servers
import statements

ROOT = statements.ROOT
SMALL, EVENTS = 10_000, 20
LARGE = int(os.environ.get("DURSOR_BENCH_RUNS", "1000000"))
LARGE_EVENTS = int(os.environ.get("DURSOR_BENCH_EVENTS", EVENTS))
SAMPLES, WARM = 1000, 200
MOST = 2.0  # times the small one's p99

# A measure: its statements, who asks, and what is looked at.
OF_TENANT, OF_SYSTEM = "dursor_app", "dursor_system"
MEASURES = {
    "claim": (OF_SYSTEM, ["jobs_claim"]),
    "renew all of a worker": (OF_SYSTEM, ["jobs_renew"]),
    "reserve and insert an event": (OF_TENANT, ["events_reserve", "event_insert"]),
    "events after a number": (OF_TENANT, ["events_after"]),
    "a window of a log": (OF_TENANT, ["log_chunks_from"]),
    "detail of a task": (OF_TENANT, list(statements.DETAIL)),
    "list of tasks": (OF_TENANT, ["task_list"]),
    "board": (OF_TENANT, ["board_tasks", "board_standing"]),
    "news": (OF_TENANT, ["news_runs"]),
    "sweep": (OF_SYSTEM, ["jobs_expired", "jobs_claimable", "jobs_next_due", "jobs_pools_abandoned", "events_partitions"]),
    "retention, nothing due": (OF_SYSTEM, ["jobs_prune", "news_prune", "deliveries_prune", "events_prune_month", "runs_prunable"]),
}

COLUMNS = "id, task_id, tenant_id, fence, event_seq, log_lines"
FINISHED = f"SELECT {COLUMNS} FROM runs WHERE status = 'succeeded' ORDER BY md5(id::text || 'x') LIMIT {SAMPLES}"
RUNNING = f"SELECT {COLUMNS} FROM runs WHERE status = 'running' ORDER BY id"


class Database:
    def __init__(self, url, name, runs, events):
        self.url = f"{url.rsplit('/', 1)[0]}/{name}"
        self.ask(f"CREATE DATABASE {name}", url=url)
        for path in sorted(glob.glob(f"{ROOT}/src/store/migrations/*.postgres.sql")):
            self.ask(None, "-1", "-f", path)
        self.ask(None, "-v", f"runs={runs}", "-v", f"events={events}", "-f", f"{ROOT}/bench/scale.sql")
        self.finished, self.running = self.rows(FINISHED), self.rows(RUNNING)

    def ask(self, text, *flags, url=None):
        ran = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", *flags, url or self.url], input=text or "", text=True, capture_output=True)
        if ran.returncode:
            raise SystemExit(f"psql: {ran.stderr[-2000:]}")
        return ran.stdout

    def rows(self, text):
        return [line.split("|") for line in self.ask(text).splitlines()]

    def size(self, relation):
        return int(self.ask(f"SELECT coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('{relation}')), 0)"
                            f" + pg_total_relation_size('{relation}')"))


def quoted(value):
    return "NULL" if value is None else f"'{value}'"


def arguments(query, run, turn):
    """A value for each parameter, of a run as its row was read."""
    run_id, task_id, tenant, fence, seq, lines = run
    values = {
        "id": task_id, "task_id": task_id, "run_id": run_id, "tenant_id": tenant, "row_tenant": tenant, "user_id": "u1", "fence": fence,
        "seq": max(int(seq) - 10, 0), "from_line": int(lines) // 2, "until_line": int(lines) // 2 + 200, "limit": 50, "most": statements.MOST,
        "owner": f"worker-{turn % 8}", "lease_us": 30_000_000, "epoch": 1, "queue": "agent", "pool": None, "kinds": '["run"]', "count": 1,
        "lines": 7, "phase": None, "kind": "log", "line_number": int(lines), "line_count": 7, "data": "a line of a log\n" * 7, "gating": "false",
        "since_us": -400 * 86_400_000_000,
    }
    if query.name in ("task_list", "board_tasks"):
        values.update(at="2100-01-01", id="ffffffff-ffff-ffff-ffff-ffffffffffff")
    if query.name == "event_insert":
        values["seq"] = int(seq) + 1_000_000
    return ", ".join(quoted(values[name]) for name in query.params)


def script(database, role, names, every):
    """Each turn in a transaction that is rolled back; what the turn's statements take is told between two marks."""
    chosen = [every[name] for name in names]
    lines = [f"PREPARE {q.name} AS {q.texts['postgres']};" for q in chosen]
    runs = database.running if "events_reserve" in names else database.finished
    for turn in range(WARM + SAMPLES):
        run = runs[turn % len(runs)]
        lines += ["BEGIN;", f"SET LOCAL ROLE {role}; SET LOCAL dursor.tenant = '{run[2]}';",
                  "SET LOCAL enable_sort = off;" if "jobs_claim" in names else "", "\\echo @", "\\timing on"]
        lines += [f"EXECUTE {q.name}{'(' + arguments(q, run, turn) + ')' if q.params else ''} \\g /dev/null" for q in chosen]
        lines += ["\\timing off", "ROLLBACK;"]
    return "\n".join(lines)


def took(database, measure, every):
    """Milliseconds of each turn."""
    role, names = measure
    database.ask("VACUUM jobs; VACUUM runs; VACUUM run_events")  # what the turns before wrote was rolled back
    said = database.ask(script(database, role, names, every))
    turns = [sum(float(ms) for ms in re.findall(r"^Time: ([\d.]+) ms", part, re.M)) for part in said.split("@\n")[1:]]
    return turns[WARM:]


def megabytes(count):
    return f"{count / 2**20:,.0f} MiB"


def measure(table):
    every = statements.read()
    with servers.postgresql() as url:
        small = Database(url, "small", SMALL, EVENTS)
        report.say(f"loading {LARGE:,} runs with {LARGE * LARGE_EVENTS:,} events")
        large = Database(url, "large", LARGE, LARGE_EVENTS)
        for what, statement in MEASURES.items():
            rounds = [(took(large, statement, every), took(small, statement, every)) for _ in range(table.rounds)]
            for part, name in ((0.5, "p50"), (0.99, "p99")):
                ours, peer = ([report.percentile(side[i], part) for side in rounds] for i in (0, 1))
                ratio = report.median(ours) / report.median(peer)
                table.row(f"{what}, {name}", ours, f"{report.shown(peer, 'ms')}", f"≤ {MOST}×" if part > 0.5 else "–", "ms", ratio,
                          ratio <= MOST if part > 0.5 else None)
        for relation in ("run_events", "runs", "jobs"):
            table.note(f"{relation}: {megabytes(large.size(relation))} with its indexes over {LARGE:,} runs, {megabytes(small.size(relation))}"
                       f" over {SMALL:,}")
        table.note("the peer is the same statement over ten thousand runs, in the same server and the same round; both are warm")
