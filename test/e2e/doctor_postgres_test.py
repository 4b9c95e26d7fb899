"""dursor doctor on a deployed PostgreSQL: the server, the roles, what keeps tenants apart, the pooler."""

import contextlib
import os
import secrets

from harness import Box, equal, main, test

Box.on_postgres = True

NAMES = ("server", "roles", "isolation", "pooler")


def found(box, settings=None, status=0):
    """(mark, words) of each of those checks by its name."""
    lines = box.run("doctor", settings=settings, status=status).stdout.splitlines()
    whole = {line[6:22].strip(): (line[:4].strip(), line[22:]) for line in lines}
    return {name: whole[name] for name in NAMES}


def pooled(box):
    return f"{os.environ['DURSOR_TEST_PGBOUNCER_URL'].rsplit('/', 1)[0]}/{box.postgres.name}"


@contextlib.contextmanager
def given_user(box, memberships):
    name, password = f"user_{secrets.token_hex(6)}", secrets.token_hex(8)
    box.postgres.say(f"CREATE ROLE {name} LOGIN PASSWORD '{password}' {memberships}")
    try:
        yield name, {"DURSOR_DATABASE_URL": f"postgresql://{name}:{password}@{box.postgres.url.rsplit('@', 1)[1]}"}
    finally:
        box.postgres.say(f"DROP ROLE {name}")


@test
def a_sound_server_has_nothing_to_mend(box):
    with given_user(box, "IN ROLE dursor_app, dursor_system") as (name, settings):
        checks = found(box, settings)
        equal([checks[name][0] for name in NAMES], ["ok"] * 4)
        equal(checks["roles"][1], f"user {name} takes dursor_app or dursor_system")
        assert checks["server"][1].startswith("version 1") and "its clock 0." in checks["server"][1], checks


@test
def a_user_with_too_many_rights_is_noted_and_one_with_too_few_told_what_to_grant(box):
    mark, words = found(box)["roles"]
    equal(mark, "note")
    assert "owner is above row-level security" in words, words
    with given_user(box, "IN ROLE dursor_app") as (name, settings):
        mark, words = found(box, settings, status=1)["roles"]
        equal(mark, "MEND")
        assert words.endswith(f"then GRANT dursor_system TO {name}"), words


@test
def a_table_that_is_open_is_named(box):
    box.change("ALTER POLICY of_tenant ON repos USING (true)", "ALTER TABLE prs DISABLE ROW LEVEL SECURITY")
    mark, words = found(box, status=1)["isolation"]
    equal(mark, "MEND")
    assert "in prs, repos:" in words, words


@test
def behind_a_pooler_the_direct_address_is_asked_for_and_compared(box):
    def of(settings, status):
        return found(box, {"DURSOR_DATABASE_URL": pooled(box), **settings}, status)["pooler"]

    mark, words = of({}, 1)
    assert mark == "MEND" and "set DURSOR_DATABASE_DIRECT_URL" in words, words
    equal(of({"DURSOR_DATABASE_DIRECT_URL": box.postgres.url}, 0), ("ok", "a pooler hands out connections by transaction"))
    mark, words = of({"DURSOR_DATABASE_DIRECT_URL": pooled(box)}, 1)
    assert mark == "MEND" and "leads to a pooler as well" in words, words
    mark, words = of({"DURSOR_DATABASE_DIRECT_URL": box.postgres.server}, 1)
    assert mark == "MEND" and "different databases" in words, words


@test
def a_server_that_takes_no_writes_is_noted(box):
    box.postgres.say(f"ALTER DATABASE {box.postgres.name} SET default_transaction_read_only = on")
    mark, words = found(box)["server"]
    assert mark == "note" and "takes no writes" in words, words


if __name__ == "__main__":
    main()
