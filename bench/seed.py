"""Rows that requests are measured on: a repository, and tasks with messages and runs."""

import datetime
import random

GET_FIRST, GET_TASKS = 1, 64
POST_FIRST, POST_TASKS = 1001, 64
MESSAGES, RUNS = 6, 8
TEXT = ("The parser reads what comes from outside and has no limit on depth. Give it one, with a name and a test, "
        "and say in the error what was too deep and where. Leave everything else as it is. ")


def task_id(number):
    return f"00000000-0000-7000-8000-{number:012d}"


class Seed:
    """The same rows for every database; times are microseconds."""

    def __init__(self):
        self.random = random.Random(7)
        self.now = int(datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc).timestamp() * 1_000_000)
        self.rows = []  # (table, {column: value}); columns that end in _at are times
        self.repo = self.id()
        self.add("repos", id=self.repo, tenant_id="local", repo_url="https://example.org/one/two.git", default_branch="main",
                 latest_commit="0" * 40, workspace_path="/none", created_at=self.now)
        self.get_tasks = [self.task(GET_FIRST + n, MESSAGES, RUNS) for n in range(GET_TASKS)]
        self.post_tasks = [self.task(POST_FIRST + n, 1, 0) for n in range(POST_TASKS)]

    def id(self):
        digits = f"{self.random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"

    def add(self, table, **values):
        self.rows.append((table, values))
        self.now += 1_000

    def task(self, number, messages, runs):
        task = task_id(number)
        self.add("tasks", id=task, tenant_id="local", repo_id=self.repo, title=TEXT[:60], run_count=runs, created_at=self.now,
                 updated_at=self.now)
        message = None
        for _ in range(messages):
            message = self.id()
            self.add("messages", id=message, tenant_id="local", task_id=task, role="user", content=TEXT * 2, created_at=self.now)
        for number in range(1, runs + 1):
            self.run(task, message, number)
        return task

    def run(self, task, message, number):
        self.add("runs", id=self.id(), tenant_id="local", task_id=task, number=number, message_id=message, model_id="demo-careful",
                 model_name="careful", provider="openai", working_branch=f"dursor/{number:08x}", instruction=TEXT * 2,
                 base_commit="1" * 40, commit_sha="2" * 40, status="succeeded", summary=TEXT, files_count=3, added_lines=30,
                 removed_lines=4, input_tokens=9000, output_tokens=700, calls=2, cost_usd=0.04, event_seq=20, created_at=self.now,
                 started_at=self.now, completed_at=self.now)

    def into_sqlite(self, database):
        for table, values in self.rows:
            marks = ", ".join("?" * len(values))
            database.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))
        database.commit()

    def as_postgres(self):
        """SQL text. Nothing here holds a quote."""
        def shown(column, value):
            if column.endswith("_at"):
                return f"timestamptz 'epoch' + {value} * interval '1 microsecond'"
            return "NULL" if value is None else f"'{value}'"
        lines = [f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(shown(c, v) for c, v in values.items())});"
                 for table, values in self.rows]
        return "\n".join(["BEGIN;", *lines, "COMMIT;", "ANALYZE;", ""])
