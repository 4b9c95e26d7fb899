"""Migrations on PostgreSQL as a service has them: the owner of the tables is no superuser, and held to row-level security."""

import secrets
import subprocess
import uuid

from harness import PATIENCE, Box, equal, main, test

Box.on_postgres = True

BEFORE = "5"  # the schema that the rows are made in
ROLES = "dursor_app, dursor_system"  # the first migration makes them where they are missing


def psql(url, statements):
    return subprocess.run(["psql", "-q", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", url], input=statements, check=True, text=True,
                          capture_output=True, timeout=PATIENCE).stdout.strip()


def given_owner(postgres):
    """A database of a role with no more rights than a hosted server gives; its address, and the role's name."""
    name, password = f"owner_{secrets.token_hex(6)}", secrets.token_hex(8)
    psql(postgres.server, f"CREATE ROLE {name} LOGIN CREATEROLE NOINHERIT PASSWORD '{password}'; GRANT {ROLES} TO {name} WITH ADMIN OPTION;"
                          f"CREATE DATABASE {name} OWNER {name}")
    # NOINHERIT takes the rights of the database's owner as well, which newer servers do not.
    psql(f"{postgres.server.rsplit('/', 1)[0]}/{name}", f"GRANT CREATE ON SCHEMA public TO {name}")
    host = postgres.server.rsplit("@", 1)[1].rsplit("/", 1)[0]
    return name, f"postgresql://{name}:{password}@{host}/{name}"


def given_rows(url):
    """Two tasks of a repository; the newest pull request of one is merged."""
    repo, first, second = (uuid.uuid4() for _ in range(3))
    psql(url, f"""
        SET ROLE dursor_app; SET dursor.tenant = 'local';
        INSERT INTO repos (id, tenant_id, repo_url, default_branch, latest_commit, workspace_path, created_at)
        VALUES ('{repo}', 'local', 'https://example.org/a.git', 'main', 'c0ffee', '', now());
        INSERT INTO tasks (id, tenant_id, repo_id, title, created_at, updated_at)
        VALUES ('{first}', 'local', '{repo}', 'first', now(), now()), ('{second}', 'local', '{repo}', 'second', now(), now());
        INSERT INTO prs (id, tenant_id, task_id, number, url, branch, title, latest_commit, status, created_at, updated_at)
        VALUES ('{uuid.uuid4()}', 'local', '{first}', 1, 'u', 'b', 't', 'c', 'closed', now() - interval '1 hour', now()),
               ('{uuid.uuid4()}', 'local', '{first}', 2, 'u', 'b2', 't', 'c', 'merged', now(), now());""")


@test
def rows_that_are_there_count_after_the_migration(box):
    name, url = given_owner(box.postgres)
    settings = {"DURSOR_DATABASE_URL": url}
    try:
        box.run("migrate", "--to", BEFORE, settings=settings)
        given_rows(url)
        box.run("migrate", settings=settings)
        server = box.serve(settings=settings)
        board = server.get("/v1/kanban")
        equal({column["status"]: column["count"] for column in board["columns"] if column["count"]}, {"backlog": 1, "done": 1})
        equal(board["total_tasks"], 2)
        server.stop()
    finally:
        psql(box.postgres.server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE);")
        psql(box.postgres.server, f"DROP ROLE {name}")


if __name__ == "__main__":
    main()
