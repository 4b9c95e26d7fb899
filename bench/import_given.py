"""A SQLite database of dursor with so many rows, as some months of work leave it."""

import random
import sqlite3

RUNS_OF_TASK = 4
EVENTS_OF_RUN = 20
AT = 1_767_225_600_000_000  # 2026-01-01, in microseconds
TEXT = ("The parser reads what comes from outside and has no limit on depth. Give it one, with a name and a test, "
        "and say in the error what was too deep and where. Leave everything else as it is. ")
FILES = '[{"path": "src/parser.py", "old_path": null, "added_lines": 12, "removed_lines": 3, "patch": "@@ -1 +1 @@"}]'
PATCH = ("diff --git a/src/parser.py b/src/parser.py\n@@ -1,3 +1,12 @@\n" + "+    return parsed\n" * 20).encode()
ROWS_OF_TASK = 1 + 2 + RUNS_OF_TASK // 2 + RUNS_OF_TASK * (1 + 1 + 2 + EVENTS_OF_RUN)


class Given:
    """Rows of every large table; ids of version 7 follow each other in time."""

    def __init__(self, db):
        self.db = db
        self.random = random.Random(7)
        self.at = AT
        self.rows = {}

    def id(self):
        self.at += 1000
        time = f"{self.at // 1000:012x}"
        bits = self.random.getrandbits
        return f"{time[:8]}-{time[8:]}-7{bits(12):03x}-8{bits(12):03x}-{bits(48):012x}"

    def add(self, table, **values):
        kept = self.rows.setdefault((table, tuple(values)), [])
        kept.append(tuple(values.values()))

    def flush(self):
        for (table, columns), rows in self.rows.items():
            self.db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)
        self.rows = {}

    def run(self, task, message, line, number):
        run = self.id()
        self.add("runs", id=run, tenant_id="local", task_id=task, number=number, message_id=message, line_id=line, model_id="m",
                 model_name=f"m{number}", provider="openai", working_branch=f"dursor/{run[-8:]}", instruction=TEXT,
                 base_commit="1" * 40, commit_sha="2" * 40, status="succeeded", summary=TEXT[:100], files_changed=FILES, warnings="[]",
                 files_count=1, added_lines=12, removed_lines=3, input_tokens=9000, output_tokens=700, calls=2, cost_usd=0.04,
                 event_seq=EVENTS_OF_RUN, log_lines=3 * EVENTS_OF_RUN, created_at=self.at, started_at=self.at, completed_at=self.at)
        self.add("run_patches", run_id=run, tenant_id="local", patch=PATCH)
        for call in range(2):
            self.add("usage", run_id=run, fence=1, call=call, tenant_id="local", input_tokens=4500, output_tokens=350,
                     cache_read_tokens=0, cache_write_tokens=0, reasoning_tokens=0, calls=1, cost_usd=0.02, created_at=self.at)
        for seq in range(1, EVENTS_OF_RUN + 1):
            self.add("run_events", run_id=run, seq=seq, tenant_id="local", fence=1, kind="log", line_number=3 * (seq - 1), line_count=3,
                     data=f"reading src/module_{seq}.py\nwrote {self.random.random():.9f} \u00e9\n" + TEXT[:80] + "\n", created_at=self.at)

    def task(self, repo, number):
        task = self.id()
        self.add("tasks", id=task, tenant_id="local", repo_id=repo, title=f"Task {number}", run_count=RUNS_OF_TASK,
                 created_at=self.at, updated_at=self.at)
        messages = [self.id() for _ in range(2)]
        for message in messages:
            self.add("messages", id=message, tenant_id="local", task_id=task, role="user", content=TEXT, created_at=self.at)
        lines = [self.id() for _ in range(RUNS_OF_TASK // 2)]
        for place, line in enumerate(lines):
            self.add("lines", id=line, tenant_id="local", task_id=task, repo_id=repo, executor_type="patch_agent",
                     model_key=f"openai:m{place}", branch=f"dursor/{line[-12:]}", created_at=self.at)
        for n in range(1, RUNS_OF_TASK + 1):
            self.run(task, messages[n % 2], lines[n % len(lines)], n)


def fill(path, rows):
    """About so many rows into a database that dursor has made; gives how many."""
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.create_function("db_now", 0, lambda: AT)
        given = Given(db)
        repo = given.id()
        given.add("repos", id=repo, tenant_id="local", repo_url="https://example.org/one/two.git", default_branch="main",
                  latest_commit="0" * 40, workspace_path="/none", created_at=AT)
        tasks = max(1, rows // ROWS_OF_TASK)
        for number in range(tasks):
            given.task(repo, number)
            if number % 200 == 199:
                given.flush()
        given.flush()
    return 1 + tasks * ROWS_OF_TASK
