"""Databases as the former dursor leaves them, made from its documented schema."""

import json
import sqlite3

KEY = "correct horse battery staple"
SECRET = "sk-test-0123456789"
TOKEN = ("gAAAAABpVbkAAAECAwQFBgcICQoLDA0OD2wWAvHDqqlaFVLeyMkU_uqsEVVWrTV7r9THR0QpTHYVDDKrgLjaUjEfnowJ4tEw9fTzDyiz"
         "peIVX6Ow8rabPwo=")
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIBfake\n-----END RSA PRIVATE KEY-----\n"

BEFORE = """
CREATE TABLE model_profiles (id TEXT PRIMARY KEY, provider TEXT NOT NULL, model_name TEXT NOT NULL, display_name TEXT,
    api_key_encrypted TEXT NOT NULL, created_at TEXT NOT NULL DEFAULT (datetime('now')));
CREATE INDEX idx_model_profiles_provider ON model_profiles(provider);
CREATE TABLE repos (id TEXT PRIMARY KEY, repo_url TEXT NOT NULL, default_branch TEXT NOT NULL, latest_commit TEXT NOT NULL,
    workspace_path TEXT NOT NULL, created_at TEXT NOT NULL DEFAULT (datetime('now')));
CREATE TABLE tasks (id TEXT PRIMARY KEY, repo_id TEXT NOT NULL REFERENCES repos(id), title TEXT,
    created_at TEXT NOT NULL DEFAULT (datetime('now')), updated_at TEXT NOT NULL DEFAULT (datetime('now')));
CREATE TABLE messages (id TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks(id), role TEXT NOT NULL,
    content TEXT NOT NULL, created_at TEXT NOT NULL DEFAULT (datetime('now')));
CREATE TABLE runs (id TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks(id), model_id TEXT, model_name TEXT,
    provider TEXT, executor_type TEXT NOT NULL DEFAULT 'patch_agent', working_branch TEXT, worktree_path TEXT,
    instruction TEXT NOT NULL, base_ref TEXT, status TEXT NOT NULL DEFAULT 'queued', summary TEXT, patch TEXT,
    files_changed TEXT, logs TEXT, warnings TEXT, error TEXT, created_at TEXT NOT NULL DEFAULT (datetime('now')),
    started_at TEXT, completed_at TEXT);
CREATE TABLE prs (id TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks(id), number INTEGER NOT NULL,
    url TEXT NOT NULL, branch TEXT NOT NULL, title TEXT NOT NULL, body TEXT, latest_commit TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'open', created_at TEXT NOT NULL DEFAULT (datetime('now')),
    updated_at TEXT NOT NULL DEFAULT (datetime('now')));
CREATE TABLE github_app_config (id INTEGER PRIMARY KEY CHECK (id = 1), app_id TEXT NOT NULL, private_key TEXT NOT NULL,
    installation_id TEXT NOT NULL, created_at TEXT NOT NULL DEFAULT (datetime('now')),
    updated_at TEXT NOT NULL DEFAULT (datetime('now')));
"""

TO_0110 = """
ALTER TABLE tasks ADD COLUMN kanban_status TEXT NOT NULL DEFAULT 'backlog';
ALTER TABLE runs ADD COLUMN session_id TEXT;
ALTER TABLE runs ADD COLUMN commit_sha TEXT;
ALTER TABLE runs ADD COLUMN message_id TEXT REFERENCES messages(id);
CREATE TABLE user_preferences (id INTEGER PRIMARY KEY CHECK (id = 1), default_repo_owner TEXT, default_repo_name TEXT,
    default_branch TEXT, default_branch_prefix TEXT, default_pr_creation_mode TEXT, created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL);
CREATE TABLE backlog_items (id TEXT PRIMARY KEY, repo_id TEXT NOT NULL REFERENCES repos(id), title TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '', type TEXT NOT NULL DEFAULT 'feature', estimated_size TEXT NOT NULL DEFAULT 'medium',
    target_files TEXT NOT NULL DEFAULT '[]', implementation_hint TEXT, tags TEXT NOT NULL DEFAULT '[]',
    subtasks TEXT NOT NULL DEFAULT '[]', status TEXT NOT NULL DEFAULT 'draft', task_id TEXT REFERENCES tasks(id),
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
"""

TO_0115 = """
ALTER TABLE repos ADD COLUMN selected_branch TEXT;
ALTER TABLE tasks ADD COLUMN coding_mode TEXT NOT NULL DEFAULT 'interactive';
ALTER TABLE user_preferences ADD COLUMN default_coding_mode TEXT;
ALTER TABLE user_preferences ADD COLUMN auto_generate_pr_description INTEGER DEFAULT 0;
ALTER TABLE user_preferences ADD COLUMN update_pr_title_on_regenerate INTEGER DEFAULT 1;
ALTER TABLE user_preferences ADD COLUMN worktrees_dir TEXT;
ALTER TABLE backlog_items DROP COLUMN status;
CREATE TABLE reviews (id TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
    target_run_ids TEXT NOT NULL, executor_type TEXT NOT NULL, model_id TEXT, model_name TEXT,
    status TEXT NOT NULL DEFAULT 'queued', overall_summary TEXT, overall_score REAL, logs TEXT, error TEXT,
    created_at TEXT NOT NULL, started_at TEXT, completed_at TEXT);
CREATE TABLE review_feedbacks (id TEXT PRIMARY KEY, review_id TEXT NOT NULL REFERENCES reviews(id) ON DELETE CASCADE,
    file_path TEXT NOT NULL, line_start INTEGER, line_end INTEGER, severity TEXT NOT NULL, category TEXT NOT NULL,
    title TEXT NOT NULL, description TEXT NOT NULL, suggestion TEXT, code_snippet TEXT);
CREATE TABLE agentic_runs (id TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
    mode TEXT NOT NULL, phase TEXT NOT NULL, iteration INTEGER NOT NULL DEFAULT 0, ci_iterations INTEGER NOT NULL DEFAULT 0,
    review_iterations INTEGER NOT NULL DEFAULT 0, started_at TEXT NOT NULL, last_activity TEXT NOT NULL, pr_number INTEGER,
    current_sha TEXT, last_ci_result TEXT, last_review_score REAL, error TEXT, human_approved INTEGER NOT NULL DEFAULT 0);
CREATE TABLE ci_checks (id TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks(id), pr_id TEXT NOT NULL REFERENCES prs(id),
    status TEXT NOT NULL, workflow_run_id INTEGER, sha TEXT, jobs TEXT, failed_jobs TEXT, created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL);
"""

SCHEMAS = {"before": BEFORE, "0110": BEFORE + TO_0110, "0115": BEFORE + TO_0110 + TO_0115}
AT = "2026-01-10T11:34:47.123456"
DIFF = "diff --git a/a.txt b/a.txt\nindex 1..2 100644\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+\u00e4"


def uid(number, kind=0):
    return f"{number:08x}-{kind:04x}-4000-8000-{number:012x}"


REPO, TASK, MESSAGE, MODEL, PR = uid(1), uid(1, 1), uid(1, 2), uid(1, 3), uid(1, 4)
RUN, CLI_RUN, STUCK, REVIEW = uid(1, 5), uid(2, 5), uid(3, 5), uid(1, 6)


def insert(db, table, **columns):
    there = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
    kept = {name: value for name, value in columns.items() if name in there}
    db.execute(f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({', '.join('?' * len(kept))})", list(kept.values()))


def make(path, state="0115", address="https://github.com/example/old.git"):
    """A small installation: a task, a run of a model, one of a CLI, one that never ended."""
    db = sqlite3.connect(path)
    db.executescript(SCHEMAS[state])
    insert(db, "repos", id=REPO, repo_url=address, default_branch="main", latest_commit="a" * 40,
           workspace_path="/old/workspace", created_at=AT, selected_branch="dev")
    insert(db, "tasks", id=TASK, repo_id=REPO, title="\u65e5\u672c\u8a9e", kanban_status="todo", coding_mode="semi_auto",
           created_at=AT, updated_at=AT)
    insert(db, "messages", id=MESSAGE, task_id=TASK, role="user", content="Say \U0001f600", created_at=AT)
    files = [{"path": "a.txt", "old_path": None, "added_lines": 1, "removed_lines": 1, "patch": DIFF}]
    insert(db, "runs", id=RUN, task_id=TASK, message_id=MESSAGE, model_id=MODEL, model_name="gpt-4o", provider="openai",
           executor_type="patch_agent", instruction="Say", base_ref="main", status="succeeded", summary="Did",
           patch=DIFF, files_changed=json.dumps(files), logs=json.dumps(["", "line 1", "line 2"]),
           warnings=json.dumps(["careful"]), created_at=AT, started_at="2026-01-10 11:35:00",
           completed_at="2026-01-10T11:36:00")
    insert(db, "runs", id=CLI_RUN, task_id=TASK, message_id=MESSAGE, executor_type="claude_code", instruction="Say",
           working_branch="dursor/00000002", worktree_path="/old/worktrees/run_2", session_id="s-1", commit_sha="b" * 40,
           status="succeeded", patch="", files_changed="", logs="[]", created_at="2026-01-10T11:40:00")
    insert(db, "runs", id=STUCK, task_id=TASK, message_id=MESSAGE, executor_type="claude_code", instruction="Again",
           working_branch="dursor/00000002", status="running", created_at="2026-01-10T11:50:00",
           started_at="2026-01-10T11:50:01")
    insert(db, "prs", id=PR, task_id=TASK, number=7, url="https://github.com/example/old/pull/7", branch="dursor/00000002",
           title="T", body="B", latest_commit="b" * 40, status="open", created_at=AT, updated_at=AT)
    insert(db, "model_profiles", id=MODEL, provider="openai", model_name="gpt-4o", display_name="Mine",
           api_key_encrypted=TOKEN, created_at=AT)
    import base64
    insert(db, "github_app_config", id=1, app_id="12", private_key=base64.b64encode(PEM.encode()).decode(),
           installation_id="34", created_at="2026-01-10 11:00:00", updated_at="2026-01-10 11:00:00")
    if state != "before":
        insert(db, "user_preferences", id=1, default_repo_owner="example", default_pr_creation_mode="link",
               default_coding_mode="full_auto", auto_generate_pr_description=1, created_at=AT, updated_at=AT)
        insert(db, "backlog_items", id=uid(1, 7), repo_id=REPO, title="Later", tags='["a"]', status="ready",
               subtasks='[{"id": "1", "title": "x", "completed": true}]', created_at=AT, updated_at=AT)
    if state == "0115":
        insert(db, "reviews", id=REVIEW, task_id=TASK, target_run_ids=json.dumps([RUN]), executor_type="codex_cli",
               status="succeeded", overall_score=0.8, logs="[]", created_at=AT)
        insert(db, "review_feedbacks", id=uid(2, 6), review_id=REVIEW, file_path="a.txt", line_start=1, severity="high",
               category="bug", title="t", description="d")
        insert(db, "agentic_runs", id="0123abcd", task_id=TASK, mode="full_auto", phase="completed", iteration=2,
               started_at=AT, last_activity=AT, human_approved=1)
        insert(db, "ci_checks", id=uid(3, 6), task_id=TASK, pr_id=PR, status="success", jobs='{"test": "success"}',
               failed_jobs="[]", created_at=AT, updated_at=AT)
    db.commit()
    return db
