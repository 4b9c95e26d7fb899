#!/usr/bin/env python3
"""dursor import into PostgreSQL: many rows at once, interrupted anywhere, checked table by table."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys

import harness
from harness import Box, equal, main, test, until
import old_dursor as old

sys.path.append(f"{os.environ['DURSOR_TEST_ROOT']}/bench")
import import_given  # noqa: E402

KEYED = {"DURSOR_ENCRYPTION_KEY": old.KEY}
ROWS = 30_000
TABLES = ("repos", "tasks", "messages", "lines", "runs", "run_patches", "run_events", "usage")


def given(box, rows=ROWS):
    """A SQLite database of this dursor; gives its path."""
    path = f"{box.home}/ours/dursor.db"
    box.run("migrate", settings={"DURSOR_DATABASE_URL": f"sqlite:///{path}"})
    import_given.fill(path, rows)
    return path


def given_old(box, runs=3000):
    """A database of the former dursor; gives its path."""
    path = f"{box.home}/old.db"
    with contextlib.closing(old.make(path)) as db:
        log = json.dumps(["x" * 100] * 100)
        for number in range(100, 100 + runs):
            old.insert(db, "runs", id=old.uid(number, 5), task_id=old.TASK, instruction="x", status="failed", created_at=old.AT,
                       executor_type="patch_agent", logs=log, warnings='["a"]' if number % 2 else '[3]')
        db.commit()
    return path


def ask(box, statement):
    """What PostgreSQL itself says, as its owner."""
    ran = subprocess.run(["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", box.postgres.url, "-c", statement], check=True, text=True,
                         capture_output=True, timeout=harness.PATIENCE)
    return ran.stdout.strip()


def counts(box):
    return {table: int(ask(box, f"SELECT count(*) FROM {table}")) for table in TABLES}


def counts_of(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


def report(box, path, *arguments, status=0, settings=KEYED):
    ran = box.run("import", path, "--json", *arguments, settings=settings, status=status)
    equal(ran.stdout[:1] or ran.stderr, "{")
    said = json.loads(ran.stdout)
    return said, {table["table"]: table for table in said["tables"]}, ran


def total(tables, what):
    return sum(table[what] for table in tables.values())


def killed(box, path, when):
    """An import that is killed as soon as when() is true; it must not have ended before."""
    process = subprocess.Popen([harness.BINARY, "import", path], env={**box.env, **KEYED}, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    until(lambda: when() or process.poll() is not None, "the moment to kill")
    process.send_signal(signal.SIGKILL)
    equal(process.wait(harness.PATIENCE), -signal.SIGKILL)


def handled(box):
    return int(ask(box, "SELECT COALESCE(sum(handled), 0) FROM imports"))


@test
def many_rows_arrive_and_are_checked_by_number_and_checksum(box):
    path = given(box)
    said, tables, _ = report(box, path)
    equal((said["kind"], said["checked"], said["equal"], said["refused"]), ("a database of this dursor", True, True, 0))
    equal(counts(box), counts_of(path))
    equal({name: tables[name]["copied"] for name in TABLES}, counts_of(path))
    equal({name: tables[name]["rows"] for name in TABLES}, counts_of(path))
    equal(all(table["checksum"] == table["checksum_wanted"] for table in tables.values()), True)
    equal(ask(box, "SELECT count(*) FROM imports"), "0")
    equal(ask(box, "SELECT count(DISTINCT tenant_id) || max(tenant_id) FROM run_events"), "1local")


@test
def an_import_that_is_killed_goes_on_where_it_stood(box):
    path = given(box)
    killed(box, path, lambda: handled(box) > ROWS // 4)
    before = handled(box)
    equal(0 < before < ROWS, True)
    said, tables, _ = report(box, path)
    equal((said["resumed"] >= before, said["equal"], total(tables, "present"), total(tables, "different")), (True, True, 0, 0))
    equal(counts(box), counts_of(path))
    equal(total(tables, "copied"), sum(counts_of(path).values()))


@test
def killed_at_any_moment_it_ends_whole_and_without_doubles(box):
    path = given(box, 12_000)
    for _ in range(8):
        process = subprocess.Popen([harness.BINARY, "import", path], env={**box.env, **KEYED}, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(random.uniform(0.05, 4))
        process.kill()
        process.wait(harness.PATIENCE)
    said, _, _ = report(box, path)
    equal(said["equal"], True)
    equal(counts(box), counts_of(path))


@test
def a_database_of_the_former_dursor_goes_on_after_a_kill_as_well(box):
    path = given_old(box)
    killed(box, path, lambda: handled(box) > 1000)
    said, tables, _ = report(box, path)
    equal((said["equal"], said["resumed"] > 0, said["sealed"], said["sealed_closed"]), (True, True, 2, 0))
    equal(tables["runs"]["copied"], 3003)
    equal(ask(box, "SELECT sum(line_count) FROM run_events"), str(3000 * 100 + 3))
    equal(report(box, path, "--verify")[0]["equal"], True)


@test
def a_row_that_was_changed_meanwhile_is_noticed_by_the_checksum(box):
    path = given(box, 12_000)
    killed(box, path, lambda: int(ask(box, "SELECT COALESCE(sum(handled), 0) FROM imports WHERE table_name = 'messages'")) > 0)
    ask(box, "UPDATE messages SET content = content || '!' WHERE id = (SELECT id FROM messages LIMIT 1)")
    said, tables, ran = report(box, path, status=1)
    equal((said["checked"], said["equal"]), (True, False))
    equal([name for name, table in tables.items() if table["checksum"] != table["checksum_wanted"]], ["messages"])
    equal(tables["messages"]["rows"], tables["messages"]["rows_wanted"])
    equal("import_differs" in ran.stderr or "do not hold what they should" in ran.stderr, True)
    said, tables, _ = report(box, path, "--dry-run")
    equal((tables["messages"]["different"], total(tables, "different"), total(tables, "copied")), (1, 1, 0))


@test
def verifying_notices_a_changed_a_missing_and_a_new_row(box):
    path = given(box, 3000)
    report(box, path)
    equal(report(box, path, "--verify")[0]["equal"], True)
    for statement, table, rows in (("UPDATE runs SET warnings = '[\"x\"]' WHERE number = 1", "runs", 0),
                                   ("DELETE FROM usage WHERE call = 1", "usage", -1),
                                   ("INSERT INTO messages SELECT gen_random_uuid(), tenant_id, task_id, role, content, created_at FROM messages",
                                    "messages", 1)):
        ask(box, statement)
        _, tables, ran = report(box, path, "--verify", status=1)
        equal(tables[table]["checksum"] == tables[table]["checksum_wanted"], False)
        more = tables[table]["rows"] - tables[table]["rows_wanted"]
        equal((more > 0) - (more < 0), rows)
        equal("dry-run" in ran.stderr, True)
    equal(ask(box, "SELECT count(*) FROM imports"), "0")


@test
def a_dry_run_says_what_would_come_and_writes_nothing(box):
    path = given(box, 3000)
    said, tables, _ = report(box, path, "--dry-run")
    equal((said["mode"], total(tables, "copied")), ("dry_run", sum(counts_of(path).values())))
    equal((sum(counts(box).values()), ask(box, "SELECT count(*) FROM imports")), (0, "0"))


@test
def importing_again_adds_nothing(box):
    path = given(box, 3000)
    report(box, path)
    _, tables, _ = report(box, path)
    equal((total(tables, "copied"), total(tables, "present")), (0, sum(counts_of(path).values())))
    equal(counts(box), counts_of(path))


@test
def what_is_here_already_stays_and_the_rest_comes(box):
    path = given(box, 6000)
    report(box, path)
    ask(box, "UPDATE messages SET content = 'mine' WHERE id = (SELECT id FROM messages ORDER BY id LIMIT 1)")
    ask(box, "DELETE FROM run_events WHERE seq > 10")
    ask(box, "INSERT INTO repos SELECT gen_random_uuid(), tenant_id, 'https://example.org/other.git', default_branch, NULL, "
             "latest_commit, workspace_path, created_at FROM repos")
    said, tables, _ = report(box, path)
    events = counts_of(path)["run_events"]
    equal((said["equal"], tables["messages"]["different"], tables["run_events"]["copied"]), (True, 1, events // 2))
    equal((tables["run_events"]["present"], tables["repos"]["rows"]), (events // 2, 2))
    equal(ask(box, "SELECT count(*) FROM messages WHERE content = 'mine'"), "1")
    equal(counts(box)["run_events"], events)


@test
def rows_that_cannot_be_taken_cost_no_others_their_way(box):
    path = given(box, 9000)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.create_function("db_now", 0, lambda: 1)
        runs = [row[0] for row in db.execute("SELECT id FROM runs ORDER BY rowid")]
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("UPDATE usage SET run_id = ? WHERE run_id = ?", (old.uid(77, 5), runs[5]))
        db.commit()
    said, tables, ran = report(box, path, status=1)
    equal((said["refused"], tables["usage"]["refused"], said["equal"]), (2, 2, True))
    equal(tables["usage"]["copied"], counts_of(path)["usage"] - 2)
    equal(ask(box, "SELECT string_agg(DISTINCT source_table, ',') FROM imported_rows"), "usage")
    equal(ask(box, "SELECT count(*) FROM imported_rows"), "2")


@test
def a_file_that_was_written_to_is_compared_row_by_row(box):
    path = given(box, 12_000)
    killed(box, path, lambda: handled(box) > 0)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.create_function("db_now", 0, lambda: 1)
        db.execute("UPDATE messages SET content = 'changed there' WHERE rowid = 1")
        db.execute("INSERT INTO messages (id, tenant_id, task_id, role, content, created_at) SELECT ?, tenant_id, task_id, role, 'new', 1 "
                   "FROM messages WHERE rowid = 1", (old.uid(5, 9),))
        db.commit()
    said, _, _ = report(box, path)
    equal((said["equal"], said["resumed"]), (True, 0))
    equal("was written to since the import of it was interrupted" in " ".join(said["notes"]), True)
    equal(ask(box, "SELECT count(*) FROM messages WHERE content = 'new'"), "1")
    equal(counts(box), counts_of(path))


@test
def what_stops_the_database_is_said_and_the_import_goes_on_later(box):
    path = given(box, 12_000)
    ask(box, "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file' "
             "USING ERRCODE = '53100'; END $$")
    ask(box, "CREATE TRIGGER full_disk BEFORE INSERT ON usage EXECUTE FUNCTION full_disk()")
    ran = box.run("import", path, status=1)
    for part in ("disk is full", "goes on there when it is started again"):
        equal(part in ran.stderr, True)
    equal(handled(box) > 0, True)
    ask(box, "DROP TRIGGER full_disk ON usage")
    said, _, _ = report(box, path)
    equal((said["equal"], said["resumed"] > 0), (True, True))
    equal(counts(box), counts_of(path))


@test
def a_user_who_may_not_write_is_told_so(box):
    path = given(box, 3000)
    ask(box, "REVOKE TEMPORARY ON DATABASE " + box.postgres.name + " FROM PUBLIC")
    ran = box.run("import", path, status=1)
    equal("may not do this" in ran.stderr and "temporary tables" in ran.stderr, True)
    ask(box, "GRANT TEMPORARY ON DATABASE " + box.postgres.name + " TO PUBLIC")
    equal(report(box, path)[0]["equal"], True)


@test
def two_imports_of_one_file_do_not_meet(box):
    path = given(box, 12_000)
    process = subprocess.Popen([harness.BINARY, "import", path], env={**box.env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: handled(box) > 0 or process.poll() is not None, "the first rows")
    second = box.run("import", path, status=None)
    process.wait(harness.PATIENCE)
    equal(sorted([process.returncode, second.returncode]) in ([0, 0], [0, 1]), True)
    equal(report(box, path)[0]["equal"], True)
    equal(counts(box), counts_of(path))


@test
def a_file_of_a_newer_dursor_is_refused(box):
    path = given(box, 500)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO schema_versions SELECT 999, 'future', 'x', applied_at FROM schema_versions WHERE version = 1")
        db.commit()
    ran = box.run("import", path, status=2)
    equal("is at version 999" in ran.stderr and "import it with the newer dursor" in ran.stderr, True)
    equal(sum(counts(box).values()), 0)


@test
def a_file_of_each_earlier_version_is_taken(box):
    newest = int(box.run("migrate", "--status").stdout.split("newest")[1].split()[0].strip(",."))
    for version in range(1, newest + 1):
        path = f"{box.home}/v{version}/dursor.db"
        box.run("migrate", "--to", str(version), settings={"DURSOR_DATABASE_URL": f"sqlite:///{path}"})
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.create_function("db_now", 0, lambda: 1)
            repo, task = old.uid(version, 1), old.uid(version, 2)
            old.insert(db, "repos", id=repo, tenant_id="local", repo_url=f"https://example.org/v{version}.git", default_branch="main",
                       latest_commit="0" * 40, workspace_path="/none", created_at=1)
            old.insert(db, "tasks", id=task, tenant_id="local", repo_id=repo, title="t", created_at=1, updated_at=1)
            for number in range(100):
                old.insert(db, "runs", id=old.uid(version * 1000 + number, 5), tenant_id="local", task_id=task, number=number,
                           instruction="x", status="failed", created_at=1)
            db.commit()
        said, tables, _ = report(box, path)
        equal((version, said["equal"], tables["runs"]["copied"]), (version, True, 100))


@test
def events_of_a_run_that_is_not_taken_are_not_taken_either(box):
    path = given(box, 3000)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.create_function("db_now", 0, lambda: 1)
        db.execute("PRAGMA foreign_keys = OFF")
        run = db.execute("SELECT id FROM runs LIMIT 1").fetchone()[0]
        db.execute("UPDATE run_events SET run_id = ? WHERE run_id = ?", (old.uid(77, 5), run))
        db.commit()
    said, tables, _ = report(box, path, status=1)
    equal((said["equal"], tables["run_events"]["refused"]), (True, import_given.EVENTS_OF_RUN))
    equal(ask(box, "SELECT count(*) FROM run_events e WHERE NOT EXISTS (SELECT FROM runs r WHERE r.id = e.run_id)"), "0")


SCRIPT = f"{os.environ['DURSOR_TEST_ROOT']}/infra/scripts/migrate-db.sh"


def scripted(box, *arguments, status=0, **more):
    ran = subprocess.run([SCRIPT, *arguments, "--dursor", harness.BINARY], env={**box.env, **KEYED, **more}, cwd=box.home, text=True,
                         stdin=subprocess.DEVNULL, capture_output=True, timeout=5 * harness.PATIENCE)
    equal((ran.returncode, ran.stderr if ran.returncode != status else ""), (status, ""))
    return ran


@test
def the_script_moves_all_and_verifies_it_later(box):
    path = given(box, 3000)
    file = f"{box.home}/url"
    with open(file, "w") as f:
        f.write(box.postgres.url + "\n")
    del box.env["DURSOR_DATABASE_URL"]
    equal("--url-file" in scripted(box, path, status=2).stderr, True)
    equal("say --yes" in scripted(box, path, "--url-file", file, status=2).stderr, True)
    equal(sum(counts(box).values()), 0)
    ran = scripted(box, path, "--url-file", file, "--yes", "--report", f"{box.home}/report.json")
    with open(f"{box.home}/report.json") as f:
        equal(json.load(f)["equal"], True)
    equal(counts(box), counts_of(path))
    scripted(box, path, "--url-file", file, "--verify")
    ask(box, "DELETE FROM usage WHERE call = 1")
    scripted(box, path, "--url-file", file, "--verify", status=1)
    password = box.postgres.url.split("@")[0].rsplit(":", 1)[1]
    equal(password in ran.stdout + ran.stderr, False)
    equal("usage: migrate-db.sh" in scripted(box, "--help").stdout, True)


@test
def stored_keys_open_where_they_arrive_or_are_refused(box):
    source = f"{box.home}/keys/dursor.db"
    old.make(f"{box.home}/old.db").close()
    box.run("import", f"{box.home}/old.db", settings={**KEYED, "DURSOR_DATABASE_URL": f"sqlite:///{source}"})
    said, tables, ran = report(box, source, status=1, settings={"DURSOR_ENCRYPTION_KEY": "another"})
    equal((tables["model_profiles"]["refused"], said["sealed"]), (1, 0))
    equal("sealed under another DURSOR_ENCRYPTION_KEY" in " ".join(said["notes"]), True)
    said, _, ran = report(box, source)
    equal((said["sealed"], said["sealed_closed"]), (2, 0))
    equal("needs the same" in " ".join(said["notes"]), True)
    equal(any(secret in ran.stdout + ran.stderr for secret in (old.SECRET, old.TOKEN, old.KEY)), False)
    equal(old.SECRET.encode() in box.postgres.dump(), False)


if __name__ == "__main__":
    Box.on_postgres = True
    main()
