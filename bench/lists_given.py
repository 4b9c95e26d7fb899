"""Many tasks with their runs, for measuring lists: ten runs, a message and sometimes more a task."""

import contextlib
import csv
import os
import sqlite3
import subprocess
import tempfile

NOW = 1_790_000_000_000_000  # microseconds
RUNS = 10                    # a task
EACH = 10                    # every so many tasks there is a backlog item and a pull request
REPO_TASKS = 100             # tasks of a repository
TEXT = "Give the parser a limit on the depth of what it reads, with a test for each side of it. " * 3


COUNTED = ("INSERT INTO task_counts (tenant_id, repo_id, kanban_status, latest_pr_status, started, count) SELECT tenant_id, repo_id, "
           "kanban_status, coalesce(latest_pr_status, ''), run_count > 0, count(*) FROM tasks GROUP BY 1, 2, 3, 4, 5;")


def uid(kind, number):
    """Scattered, so that no index is filled in order."""
    return f"{number * 2654435761 % 2**32:08x}-{kind:04x}-7000-8000-{number:012x}"


def repo_of(task):
    return uid(1, task // REPO_TASKS)


def tables(tasks):
    """(table, columns, rows); columns that end in _at are times."""
    tenant = "local"
    linked = range(0, tasks, EACH)
    yield "repos", ("id", "tenant_id", "repo_url", "default_branch", "latest_commit", "workspace_path", "created_at"), (
        (uid(1, n), tenant, f"https://example.org/team/r{n}.git", "main", "0" * 40, "/none", NOW + n) for n in range(tasks // REPO_TASKS))
    yield "tasks", ("id", "tenant_id", "repo_id", "title", "run_count", "created_at", "updated_at"), (
        (uid(2, n), tenant, repo_of(n), TEXT[:60], RUNS, NOW + n, NOW + n) for n in range(tasks))
    yield "messages", ("id", "tenant_id", "task_id", "role", "content", "created_at"), (
        (uid(3, n), tenant, uid(2, n), "user", TEXT, NOW + n) for n in range(tasks))
    yield "runs", ("id", "tenant_id", "task_id", "number", "message_id", "model_name", "provider", "working_branch", "instruction", "status",
                   "summary", "cost_usd", "created_at", "started_at", "completed_at"), (
        (uid(4, n), tenant, uid(2, n // RUNS), n % RUNS + 1, uid(3, n // RUNS), "careful", "openai", f"dursor/{n:08x}", TEXT, "succeeded",
         TEXT, 0.04, NOW + n, NOW + n, NOW + n) for n in range(tasks * RUNS))
    yield "backlog_items", ("id", "tenant_id", "repo_id", "title", "description", "created_at", "updated_at"), (
        (uid(5, n), tenant, repo_of(n), TEXT[:60], TEXT, NOW + n, NOW + n) for n in linked)
    yield "prs", ("id", "tenant_id", "task_id", "number", "url", "branch", "title", "latest_commit", "run_id", "created_at", "updated_at"), (
        (uid(6, n), tenant, uid(2, n), n, f"https://example.org/team/r/pull/{n}", f"dursor/{n:08x}", TEXT[:60], "2" * 40, uid(4, n * RUNS),
         NOW + n, NOW + n) for n in linked)
    yield "ci_checks", ("id", "tenant_id", "task_id", "pr_id", "status", "created_at", "updated_at"), (
        (uid(7, n), tenant, uid(2, n), uid(6, n), "success", NOW + n, NOW + n) for n in linked)


def into_sqlite(path, tasks):
    with contextlib.closing(sqlite3.connect(path)) as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'changes%'").fetchall()
        for name, _ in triggers:  # news of each row would be as many rows again
            database.execute(f"DROP TRIGGER {name}")
        for table, columns, rows in tables(tasks):
            database.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)
        for _, text in triggers:
            database.execute(text)
        database.commit()
        database.execute("ANALYZE")


def into_postgres(url, tasks):
    with tempfile.TemporaryDirectory() as folder:
        script = ["SET session_replication_role = replica;", "SET timezone = 'UTC';"]
        for table, columns, rows in tables(tasks):
            times = [n for n, column in enumerate(columns) if column.endswith("_at")]
            with open(f"{folder}/{table}", "w", newline="") as f:
                writer = csv.writer(f)
                for row in rows:
                    row = list(row)
                    for n in times:
                        row[n] = f"{stamp(row[n])}"
                    writer.writerow(row)
            script.append(f"\\copy {table} ({', '.join(columns)}) FROM '{folder}/{table}' WITH (FORMAT csv)")
        script += [COUNTED, "ANALYZE;", ""]  # no trigger ran
        subprocess.run(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", url], input="\n".join(script), text=True, check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "PGOPTIONS": "-c search_path=public"})


def stamp(us):
    """2026-09-21 14:13:20.000123+00, quickly: all are of the same days."""
    seconds, rest = divmod(us - NOW, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    return f"2026-09-21 14:{13 + minutes:02}:{seconds:02}.{rest:06}+00"
