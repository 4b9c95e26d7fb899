#!/usr/bin/env python3
"""dursor import, export, backup and restore: what people have is all there afterwards."""

import contextlib
import io
import json
import os
import shutil
import sqlite3
import tarfile

from harness import Postgres, comparison, ended, equal, main, test, until
import old_dursor as old

KEYED = {"DURSOR_ENCRYPTION_KEY": old.KEY}


def database(box):
    db = sqlite3.connect(f"{box.home}/state/dursor/dursor.db")
    db.row_factory = sqlite3.Row
    return db


def rows(box, table):
    with database(box) as db:
        return [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]


def brought(box, state="0115", change=None, status=0, arguments=()):
    path = f"{box.home}/old.db"
    with old.make(path, state) as db:
        if change:
            change(db)
    db.close()
    return box.run("import", path, *arguments, settings=KEYED, status=status)


def has(text, *parts):
    for part in parts:
        if part not in text:
            raise AssertionError(f"{part!r} is not in:\n{text}")


@test
def a_database_of_0115_is_all_there_through_the_api(box):
    has(brought(box).stdout, "a database of the former dursor", "update_pr_title_on_regenerate of user_preferences is not known")
    server = box.serve("--demo", settings=KEYED)
    task = server.get(f"/v1/tasks/{old.TASK}")
    equal((task["title"], task["coding_mode"]), ("\u65e5\u672c\u8a9e", "semi_auto"))
    equal([m["content"] for m in task["messages"]], ["Say \U0001f600"])
    run = server.get(f"/v1/runs/{old.RUN}")
    equal((run["summary"], run["warnings"], run["created_at"]), ("Did", ["careful"], "2026-01-10T11:34:47.123456Z"))
    equal(run["patch"], old.DIFF + "\n")
    equal(run["logs"], ["", "line 1", "line 2"])
    equal(run["started_at"], "2026-01-10T11:35:00.000000Z")
    stuck = server.get(f"/v1/runs/{old.STUCK}")
    equal(stuck["status"], "failed")
    has(stuck["error"], "under way when dursor was stopped")
    models = [m for m in server.get("/v1/models") if m["id"] == old.MODEL]
    equal([m["display_name"] for m in models], ["Mine"])


@test
def all_three_states_of_the_old_database_are_taken(box):
    for state in ("before", "0110", "0115"):
        shutil.rmtree(f"{box.home}/state", ignore_errors=True)
        if os.path.exists(f"{box.home}/old.db"):
            os.remove(f"{box.home}/old.db")
        brought(box, state)
        equal([(r["id"], r["number"]) for r in sorted(rows(box, "runs"), key=lambda r: r["number"])],
              [(old.RUN, 1), (old.CLI_RUN, 2), (old.STUCK, 3)])
        equal(rows(box, "tasks")[0]["run_count"], 3)


@test
def lines_of_work_stand_where_their_newest_commit_is(box):
    brought(box)
    lines = {line["executor_type"]: line for line in rows(box, "lines")}
    equal((lines["claude_code"]["branch"], lines["claude_code"]["head_commit"]), ("dursor/00000002", "b" * 40))
    equal((lines["patch_agent"]["model_key"], lines["patch_agent"]["head_commit"]), ("openai:gpt-4o", None))
    runs = {run["id"]: run["line_id"] for run in rows(box, "runs")}
    equal(runs[old.CLI_RUN], runs[old.STUCK])
    equal(runs[old.RUN], lines["patch_agent"]["id"])


@test
def importing_again_changes_nothing(box):
    brought(box)
    before = {table: rows(box, table) for table in ("repos", "tasks", "runs", "lines", "run_events", "model_profiles", "github_config")}
    again = box.run("import", f"{box.home}/old.db", settings=KEYED).stdout
    for line in again.splitlines():
        if line.split() and line.split()[0] in before:
            equal((line.split()[1], line.split()[3]), ("0", "0"))
    equal({table: rows(box, table) for table in before}, before)


@test
def a_dry_run_writes_nothing(box):
    has(brought(box, arguments=("--dry-run",)).stdout, "to copy")
    equal((rows(box, "repos"), rows(box, "runs")), ([], []))


@test
def what_was_changed_here_stays_and_is_reported(box):
    brought(box)
    with database(box) as db:
        db.execute("UPDATE messages SET content = 'mine'")
    has(box.run("import", f"{box.home}/old.db", settings=KEYED).stdout, "is here already with another content")
    equal(rows(box, "messages")[0]["content"], "mine")


@test
def a_wrong_key_refuses_the_model_and_takes_the_rest(box):
    path = f"{box.home}/old.db"
    old.make(path).close()
    ran = box.run("import", path, settings={"DURSOR_ENCRYPTION_KEY": "another"}, status=1)
    has(ran.stdout, "was not stored under this DURSOR_ENCRYPTION_KEY")
    equal(len(rows(box, "runs")), 3)
    equal(rows(box, "model_profiles"), [])
    with open(f"{box.home}/key", "w") as f:
        f.write(old.KEY + "\n")
    box.run("import", path, "--old-key-file", f"{box.home}/key", settings={"DURSOR_ENCRYPTION_KEY": "another"})
    equal(len(rows(box, "model_profiles")), 1)


@test
def no_secret_is_stored_or_said_in_clear(box):
    said = brought(box)
    with open(f"{box.home}/state/dursor/dursor.db", "rb") as file:
        stored = file.read()
    for secret in (old.SECRET, "MIIBfake", old.TOKEN):
        equal((secret in said.stdout + said.stderr, secret.encode() in stored), (False, False))


@test
def repositories_of_one_address_become_one(box):
    def twice(db):
        old.insert(db, "repos", id=old.uid(9), repo_url="https://github.com/example/old.git", default_branch="main",
                   latest_commit="c" * 40, workspace_path="/x", created_at=old.AT)
        old.insert(db, "tasks", id=old.uid(9, 1), repo_id=old.uid(9), created_at=old.AT, updated_at=old.AT)

    has(brought(box, change=twice).stdout, "which has the same address")
    equal({task["repo_id"] for task in rows(box, "tasks")}, {old.REPO})
    box.run("import", f"{box.home}/old.db", settings=KEYED)
    equal(len(rows(box, "repos")), 1)


@test
def tables_that_are_not_known_are_kept_as_they_are(box):
    def more(db):
        db.execute("CREATE TABLE jobs (id TEXT PRIMARY KEY, payload TEXT, raw BLOB)")
        db.execute("INSERT INTO jobs VALUES ('j1', '{\"a\": 1}', x'00ff')")

    has(brought(box, change=more).stdout, "table jobs is not known here: its 1 rows are kept")
    kept = [json.loads(row["row_data"]) for row in rows(box, "imported_rows") if row["source_table"] == "jobs"]
    equal(kept, [{"id": "j1", "payload": '{"a": 1}', "raw": {"base64": "AP8="}}])


@test
def bad_rows_are_reported_one_by_one_and_the_others_taken(box):
    def damage(db):
        db.execute("PRAGMA foreign_keys = OFF")
        for number, column, value in ((11, "status", "exploded"), (12, "created_at", "yesterday"), (13, "instruction", b"\x00\xff"),
                                      (14, "id", "not-a-uuid"), (15, "task_id", old.uid(99, 1)), (16, "files_changed", '[{"x": 1}]'),
                                      (17, "warnings", "{nonsense"), (18, "logs", '["a", 3]'), (19, "summary", "a\x00b"),
                                      (20, "patch", b"\xff\xfe binary"), (21, "files_changed", '[]}, {"m": 1')):
            row = {"id": old.uid(number, 5), "task_id": old.TASK, "instruction": "x", "status": "failed", "created_at": old.AT,
                   "executor_type": "patch_agent", column: value}
            old.insert(db, "runs", **row)

    said = brought(box, change=damage, status=1)
    has(said.stdout, '"exploded" is none of its values', '"yesterday" is no time', "instruction: it holds bytes",
        '"not-a-uuid" is no UUID', "taken without its files_changed", "taken without its warnings", "no JSON list of texts")
    taken = {run["id"] for run in rows(box, "runs")}
    equal(taken - {old.RUN, old.CLI_RUN, old.STUCK}, {old.uid(n, 5) for n in (16, 17, 18, 19, 20, 21)})
    kept = {row["id"] for row in rows(box, "imported_rows")}
    equal(kept >= {old.uid(11, 5), old.uid(12, 5), old.uid(13, 5), "not-a-uuid", old.uid(15, 5), old.uid(16, 5)}, True)
    server = box.serve("--demo", settings=KEYED)
    equal(server.get(f"/v1/runs/{old.uid(19, 5)}")["summary"], "a\ufffdb")
    equal(len(server.get(f"/v1/tasks/{old.TASK}/runs")), 9)


@test
def a_value_of_absurd_size_costs_its_row_only(box):
    def huge(db):
        old.insert(db, "runs", id=old.uid(30, 5), task_id=old.TASK, instruction="x", status="failed", created_at=old.AT,
                   executor_type="patch_agent", summary="x" * (65 << 20))
        old.insert(db, "runs", id=old.uid(31, 5), task_id=old.TASK, instruction="x", status="failed", created_at=old.AT,
                   executor_type="patch_agent", summary="x" * (130 << 20))

    said = brought(box, change=huge, status=1).stdout
    has(said, "summary has more than 67108864 bytes", "a value has more than 134217728 bytes")
    equal(len(rows(box, "runs")), 3)


@test
def files_that_are_no_database_are_refused_with_the_reason(box):
    def refused(content, said):
        with open(f"{box.home}/x", "wb") as f:
            f.write(content)
        has(box.run("import", f"{box.home}/x", status=2).stderr, said)

    refused(b"hello, this is no database at all" * 100, "is no SQLite database")
    refused(b"", "not dursor's")
    old.make(f"{box.home}/old.db").close()
    with open(f"{box.home}/old.db", "rb") as f:
        whole = f.read()
    refused(whole[:8192], "damaged")
    refused(whole[:12000] + os.urandom(4096) + whole[16096:], "")
    other = sqlite3.connect(f"{box.home}/other.db")
    other.execute("CREATE TABLE songs (id)")
    other.commit()
    has(box.run("import", f"{box.home}/other.db", status=2).stderr, "not dursor's")
    equal(rows(box, "repos"), [])


@test
def nothing_that_a_file_brings_is_executed(box):
    def hostile(db):
        db.execute("ALTER TABLE messages RENAME TO real_messages")
        db.execute("CREATE VIEW messages AS SELECT * FROM real_messages WHERE load_extension('/tmp/evil')")

    has(brought(box, change=hostile, status=2).stderr, "lacks one of the tables")

    os.remove(f"{box.home}/old.db")

    def triggers(db):
        db.execute("CREATE TRIGGER evil AFTER INSERT ON runs BEGIN SELECT load_extension('/tmp/evil'); END")
        db.execute("CREATE TABLE made (a, b AS (hex(a)))")
        db.execute("CREATE VIRTUAL TABLE search USING fts5(x)")

    has(brought(box, change=triggers).stdout, "trigger evil is not looked at", "table search is not looked at")
    equal(len(rows(box, "runs")), 3)


@test
def an_old_database_in_wal_mode_is_read_while_it_is_in_use(box):
    db = old.make(f"{box.home}/old.db")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("UPDATE tasks SET title = 'only in the log'")
    db.commit()
    box.run("import", f"{box.home}/old.db", settings=KEYED)
    equal(rows(box, "tasks")[0]["title"], "only in the log")
    db.close()


@test
def the_old_file_stays_as_it_was(box):
    old.make(f"{box.home}/old.db").close()
    with open(f"{box.home}/old.db", "rb") as f:
        before = f.read()
    box.run("import", f"{box.home}/old.db", settings=KEYED)
    with open(f"{box.home}/old.db", "rb") as f:
        equal(f.read() == before, True)


@test
def a_start_on_the_old_file_says_what_to_do_and_that_works(box):
    folder = f"{box.home}/state/dursor"
    os.makedirs(folder)
    old.make(f"{folder}/dursor.db").close()
    has(box.run("migrate", settings=KEYED, status=None).stderr, "belongs to the former dursor", "DURSOR_DATABASE_URL", "dursor import")
    elsewhere = {**KEYED, "DURSOR_DATABASE_URL": f"sqlite:///{folder}/new.db"}
    box.run("import", f"{folder}/dursor.db", settings=elsewhere)
    has(box.run("import", f"{folder}/new.db", settings=elsewhere, status=2).stderr, "is the database that is imported into")
    equal(box.serve("--demo", settings=elsewhere).get(f"/v1/tasks/{old.TASK}")["id"], old.TASK)


@test
def an_import_that_was_killed_goes_on(box):
    import signal
    import subprocess
    import harness

    db = old.make(f"{box.home}/old.db")
    log = json.dumps(["x" * 100] * 200)
    for number in range(100, 1100):
        old.insert(db, "runs", id=old.uid(number, 5), task_id=old.TASK, instruction="x", status="failed", created_at=old.AT,
                   executor_type="patch_agent", logs=log)
    db.commit()
    db.close()
    box.run("migrate")
    process = subprocess.Popen([harness.BINARY, "import", f"{box.home}/old.db"], env={**box.env, **KEYED}, stdout=subprocess.DEVNULL)
    until(lambda: rows(box, "runs") or process.poll() is not None, "the first runs")
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    box.run("import", f"{box.home}/old.db", settings=KEYED)
    equal(len(rows(box, "runs")), 1003)
    equal(sum(event["line_count"] for event in rows(box, "run_events")), 200003)


# ---- Export, and the way between databases ----

TABLES = ("repos", "tasks", "messages", "lines", "runs", "run_patches", "run_events", "model_profiles", "user_preferences",
          "github_config", "prs", "ci_checks", "backlog_items", "reviews", "review_feedbacks", "agentic_runs", "imported_rows")


def everything(box):
    return {table: rows(box, table) for table in TABLES}


def afresh(box):
    shutil.rmtree(f"{box.home}/state")


def meaning(stored):
    """Rows with their JSON read: PostgreSQL writes it in another way."""
    def value(x):
        with contextlib.suppress(ValueError, TypeError):
            return json.loads(x) if isinstance(x, str) and x[:1] in "[{" else x
        return x

    return {table: [{name: value(x) for name, x in row.items()} for row in some] for table, some in stored.items()}


@test
def an_export_comes_back_equal_row_by_row(box):
    brought(box)
    box.change("UPDATE runs SET verdict = 'pinned' WHERE id = (SELECT min(id) FROM runs)")
    before = everything(box)
    equal([run["verdict"] for run in before["runs"] if run["verdict"]], ["pinned"])
    box.run("export", f"{box.home}/all.tar", settings=KEYED)
    afresh(box)
    has(box.run("import", f"{box.home}/all.tar", settings=KEYED).stdout, "an archive of dursor export")
    equal(meaning(everything(box)), meaning(before))
    has(box.run("export", f"{box.home}/all.tar", settings=KEYED, status=1).stderr, "is there already")


@test
def an_export_can_be_read_by_any_program(box):
    brought(box)
    box.run("export", f"{box.home}/all.tar", settings=KEYED)
    with tarfile.open(f"{box.home}/all.tar") as archive:
        names = archive.getnames()
        equal(names[0], "manifest.json")
        task = json.loads(archive.extractfile("tables/tasks.000001.jsonl").read().splitlines()[0])
        equal((task["id"], task["created_at"]), (old.TASK, "2026-01-10T11:34:47.123456Z"))
        equal(archive.extractfile(f"patches/{old.RUN}.patch").read().decode(), old.DIFF + "\n")
    equal(old.SECRET in str(names), False)


@test
def rows_go_to_postgres_and_back_unchanged(box):
    if "DURSOR_TEST_POSTGRES_URL" not in os.environ:
        raise AssertionError("there is no PostgreSQL: run this by test/servers.py")
    brought(box)
    before = everything(box)
    shutil.copy(f"{box.home}/state/dursor/dursor.db", f"{box.home}/ours.db")
    box.postgres = Postgres(box)
    report = box.run("import", f"{box.home}/ours.db", settings=KEYED).stdout
    has(report, "a database of this dursor")
    assert "is not known here" not in report, report
    has(box.run("import", f"{box.home}/old.db", settings=KEYED).stdout, "a database of the former dursor")
    box.run("export", f"{box.home}/all.tar", settings=KEYED)
    del box.env["DURSOR_DATABASE_URL"]
    afresh(box)
    box.run("import", f"{box.home}/all.tar", settings=KEYED)
    equal(meaning(everything(box)), meaning(before))


@test
def an_archive_that_no_export_wrote_is_refused(box):
    def archive(*members):
        with tarfile.open(f"{box.home}/x.tar", "w") as tar:
            for name, content in members:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        return f"{box.home}/x.tar"

    manifest = ("manifest.json", b'{"format": "dursor-export", "version": 1}')
    for members, said in (((("manifest.json", b'{"format": "other"}'),), "no export of dursor"),
                          ((("manifest.json", b'{"format": "dursor-export", "version": 9}'),), "format version 9"),
                          ((manifest, ("../../evil", b"x")), "an entry that no export writes"),
                          ((manifest, ("tables/tasks.000001.jsonl", b"{nonsense\n")), "reading a row of tasks")):
        has(box.run("import", archive(*members), status=2).stderr, said)
    ran = box.run("import", archive(manifest, ("tables/tasks.000001.jsonl", b'{"id": "' + old.TASK.encode() + b'"}\n')), status=1)
    has(ran.stdout, "repo_id is missing")


@test
def secrets_sealed_elsewhere_are_refused_not_taken(box):
    brought(box)
    box.run("export", f"{box.home}/all.tar", settings=KEYED)
    afresh(box)
    ran = box.run("import", f"{box.home}/all.tar", settings={"DURSOR_ENCRYPTION_KEY": "another"}, status=1)
    has(ran.stdout, "sealed under another DURSOR_ENCRYPTION_KEY")
    equal((rows(box, "model_profiles"), len(rows(box, "runs"))), ([], 3))


# ---- Backup ----

@test
def a_restored_task_is_followed_up_where_it_stood(box):
    instruction = "Make greet() say hello in Japanese when the language is ja, and cover it with a test"
    server = box.serve("--demo")
    server.sample()
    shutil.copytree(f"{box.home}/state/dursor/demo/project", f"{box.home}/project")
    task, runs = comparison(server, f"{box.home}/project", instruction, models=["demo-quick"])
    first = ended(server, runs[0])
    equal(first["status"], "succeeded")
    box.run("backup", f"{box.home}/kept.tar")  # while the server runs
    token = server.token
    has(box.run("restore", f"{box.home}/kept.tar", "--force", status=1).stderr, "stop it first")
    server.stop()
    shutil.rmtree(f"{box.home}/state")
    has(box.run("restore", f"{box.home}/kept.tar").stdout, "restored, with the run branches of 1 repositories")
    server = box.serve("--demo")
    equal(server.token, token)
    equal(server.get(f"/v1/runs/{first['id']}"), first)
    message = server.post(f"/v1/tasks/{task}/messages", {"role": "user", "content": instruction})
    more = server.post(f"/v1/tasks/{task}/runs", {"instruction": instruction, "message_id": message["id"], "model_ids": ["demo-quick"]})
    second = ended(server, more["run_ids"][0])
    equal((second["status"], second["working_branch"]), ("succeeded", first["working_branch"]))
    mirror = f"{box.home}/state/dursor/workspaces/{server.get(f'/v1/tasks/{task}')['repo_id']}/repo.git"
    box.git(mirror, "merge-base", "--is-ancestor", first["commit_sha"], second["commit_sha"])


@test
def restoring_moves_what_is_there_aside_and_only_when_told(box):
    server = box.serve("--demo")
    _, runs = comparison(server, box.repository(), models=["demo-quick"])
    ended(server, runs[0])
    box.run("backup", f"{box.home}/kept.tar")
    server.stop()
    with database(box) as db:
        db.execute("UPDATE tasks SET title = 'after the backup'")
    has(box.run("restore", f"{box.home}/kept.tar", status=1).stderr, "with --force it is moved aside")
    equal(rows(box, "tasks")[0]["title"], "after the backup")
    aside = box.run("restore", f"{box.home}/kept.tar", "--force").stdout.splitlines()[0].rsplit(" ", 1)[1]
    equal(rows(box, "tasks")[0]["title"] == "after the backup", False)
    with sqlite3.connect(f"{aside}/dursor.db") as before:
        equal(before.execute("SELECT title FROM tasks WHERE title = 'after the backup'").fetchone()[0], "after the backup")


@test
def a_damaged_backup_leaves_everything_as_it_was(box):
    server = box.serve("--demo")
    server.sample()
    box.run("backup", f"{box.home}/kept.tar")
    server.stop()
    with open(f"{box.home}/kept.tar", "rb") as f:
        whole = f.read()
    with open(f"{box.home}/half.tar", "wb") as f:
        f.write(whole[:len(whole) // 3])
    before = rows(box, "repos")
    box.run("restore", f"{box.home}/half.tar", "--force", status=2)
    box.run("restore", f"{box.home}/half.tar", "--force", status=2)
    equal(rows(box, "repos"), before)
    equal(os.stat(f"{box.home}/kept.tar").st_mode & 0o777, 0o600)


if __name__ == "__main__":
    main()
