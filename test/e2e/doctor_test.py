"""dursor doctor: what it says of each thing that an installation leans on."""

import contextlib
import socket
import time

from github import TOKEN, Github
from harness import PATIENCE, equal, main, test


def said(box, settings=None, status=None):
    """(mark, words) of each check by its name."""
    ran = box.run("doctor", settings=settings, status=status)
    assert TOKEN not in ran.stdout + ran.stderr
    return {line[6:22].strip(): (line[:4].strip(), line[22:]) for line in ran.stdout.splitlines()}


def migrated(box):
    box.run("migrate")
    return box


@test
def a_new_installation_has_nothing_to_mend(box):
    found = said(box, status=0)
    for name in ("settings", "data directory", "git"):
        equal(found[name][0], "ok")
    for name in ("database", "stored keys", "OpenAI", "GitHub"):
        assert found[name][0] in ("ok", "note"), found[name]


@test
def without_an_access_to_github_it_says_what_would_give_one(box):
    mark, words = said(migrated(box), status=0)["GitHub"]
    equal(mark, "note")
    assert "no access is set up" in words and "DURSOR_GIT_TOKEN" in words, words


@test
def an_app_is_asked_where_it_is_installed_and_what_it_lacks(box):
    hub = Github(migrated(box))
    for name in ("octo/app", "ann/app"):
        hub.repository(name, {"a": "a\n"})
    equal(said(box, hub.app_settings(), status=0)["GitHub"], ("ok", "the App dursor-of-test, installed for octo, ann"))
    hub.permissions = {"contents": "read", "pull_requests": "write"}
    mark, words = said(box, hub.app_settings(), status=1)["GitHub"]
    equal(mark, "MEND")
    assert words.startswith("the App dursor-of-test lacks contents: write (octo); contents: write (ann): give it"), words
    equal(hub.faults, [])
    hub.close()


@test
def an_app_that_is_installed_nowhere_has_a_next_step(box):
    hub = Github(migrated(box))
    mark, words = said(box, hub.app_settings(), status=1)["GitHub"]
    equal(mark, "MEND")
    assert "installed nowhere" in words and words.endswith("Install the App for the account whose repositories are wanted."), words
    hub.close()


@test
def a_token_is_asked_whose_it_is_and_which_scope_it_lacks(box):
    hub = Github(migrated(box))
    equal(said(box, hub.token_settings(), status=0)["GitHub"], ("ok", "the token of ann"))
    hub.scopes = "repo, workflow"
    equal(said(box, hub.token_settings(), status=0)["GitHub"], ("ok", "the token of ann"))
    for scopes, lack in (("", "repo"), ("gist, public_repo", "repo (for private repositories)")):
        hub.scopes = scopes
        equal(said(box, hub.token_settings(), status=1)["GitHub"],
              ("MEND", f"the token of ann lacks {lack}: give it that scope at GitHub"))
    hub.tokens.clear()
    mark, words = said(box, hub.token_settings(), status=1)["GitHub"]
    equal(mark, "MEND")
    assert words.endswith("Renew the App's private key or the token: GitHub does not accept it."), words
    hub.close()


@test
def a_github_that_never_answers_is_given_up(box):
    with contextlib.closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        settings = {"DURSOR_GITHUB_API_URL": f"http://{host}/api/v3", "DURSOR_GIT_TOKEN": TOKEN, "DURSOR_GIT_TOKEN_HOST": host}
        began = time.monotonic()
        mark, words = said(migrated(box), settings, status=1)["GitHub"]
        assert time.monotonic() - began < PATIENCE  # one call alone may last half of that, and it is tried again
    equal(mark, "MEND")
    assert words.endswith("Check DURSOR_GITHUB_API_URL, the network and DURSOR_PROXY_URL."), words


if __name__ == "__main__":
    main()
