"""Links that show one run, read-only, to whoever has them."""

import sqlite3
import subprocess

from given import ADD, Scripted
from harness import comparison, ended, equal, main, test, until

ON = {"DURSOR_SHARE_LINKS": "true", "DURSOR_LOG_LEVEL": "debug"}
PAGE = {"Accept": "text/html"}
UNKNOWN = "00000000-0000-7000-8000-000000000000"


def given_run(box, settings=ON):
    with Scripted(box, ADD) as model:
        server = box.serve(settings={**model.settings, **settings})
        task, [run] = comparison(server, box.repository(), "Add a file", models=["env-1"])
        equal(ended(server, run)["status"], "succeeded")
    return server, task, run


def share(server, run, hours=1):
    return server.post(f"/v1/runs/{run}/shares", {"expires_in_hours": hours})


def opened(server, path, **headers):
    """What somebody sees who has no session."""
    return server.ask("GET", path, headers={**PAGE, **headers}, token=False)


def looks(answer):
    """All that could tell one refusal from another."""
    return answer.status, answer.body, sorted((n, v) for n, v in answer.headers.items() if n not in ("Date", "X-Request-ID"))


def expire(box, identity):
    if box.postgres:
        late = f"UPDATE shares SET expires_at = now() - interval '1 second' WHERE id = '{identity}'"
        subprocess.run(["psql", "-q", "-X", box.postgres.url, "-c", late], check=True, capture_output=True, timeout=60)
        return
    with sqlite3.connect(f"{box.home}/state/dursor/dursor.db", timeout=10) as database:
        database.execute("UPDATE shares SET expires_at = 1 WHERE id = ?", (identity,))


@test
def a_link_shows_its_run_and_no_more(box):
    server, task, run = given_run(box)
    made = share(server, run)
    equal((made["run_id"], made["revoked_at"]), (run, None))
    token = made["url"].removeprefix("/s/")
    assert len(token) >= 43, token
    answer = opened(server, made["url"])
    equal(answer.status, 200)
    for part in (b"Add a file", b"added.txt", b"<ins>+added</ins>"):
        assert part in answer.body
    assert b"<script" not in answer.body
    equal(answer.body, server.ask("GET", f"/runs/{run}/plain", headers=PAGE).body)
    equal((answer.headers["X-Robots-Tag"], answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]),
          ("noindex, nofollow", "no-referrer", "no-store"))
    for path in (f"/v1/runs/{run}", f"/v1/tasks/{task}"):
        equal(server.ask("GET", path, headers={"Authorization": f"Bearer {token}"}, token=False).status, 401)


@test
def unknown_expired_and_revoked_links_look_alike(box):
    server, task, run = given_run(box)
    revoked, expired = share(server, run), share(server, run)
    equal(server.ask("DELETE", f"/v1/shares/{revoked['id']}").status, 204)
    equal(server.ask("DELETE", f"/v1/shares/{revoked['id']}").status, 204)
    expire(box, expired["id"])
    unknown = looks(opened(server, "/s/" + "A" * 43))
    equal(unknown[0], 404)
    for path in (revoked["url"], expired["url"], "/s/x", f"/s/{run}", f"/s/{expired['id']}"):
        equal((path, looks(opened(server, path))), (path, unknown))
    listed = {one["id"]: one for one in server.get(f"/v1/runs/{run}/shares")}
    assert listed[revoked["id"]]["revoked_at"] and not listed[expired["id"]]["revoked_at"]
    equal({one["url"] for one in listed.values()}, {None})


@test
def behind_a_front_door_the_link_has_the_public_address(box):
    server, _, run = given_run(box, {**ON, "DURSOR_PUBLIC_URL": "https://dursor.example.com"})
    url = share(server, run)["url"]
    assert url.startswith("https://dursor.example.com/s/"), url
    equal(opened(server, url.removeprefix("https://dursor.example.com"), Host="dursor.example.com").status, 200)


@test
def a_token_is_never_stored_nor_logged(box):
    server, _, run = given_run(box)
    url = share(server, run)["url"]
    token = url.removeprefix("/s/")
    for path in (url, f"{url}/", f"//s/{token}", f"/%73/{token}", f"/s%2F{token}", f"/S/{token}", f"{url}x", f"{url}?q=1", f"{url}/more"):
        opened(server, path)
    opened(server, url, Host="elsewhere.example")
    server.ask("POST", url)
    server.ask("DELETE", url, token=False)
    assert token.encode() not in box.everything_stored()
    equal(server.stop(), 0)
    with open(f"{box.home}/serve-0.log", "rb") as file:
        log = file.read()
    assert b"/s/..." in log and b"/v1/runs/" in log, log[-2000:]
    assert token.encode() not in log


@test
def links_are_off_unless_the_setting_says_so(box):
    server, _, run = given_run(box, {})
    equal(server.get("/v1/about")["share_links"], False)
    answer = server.ask("POST", f"/v1/runs/{run}/shares", {"expires_in_hours": 1})
    equal((answer.status, answer.json["code"]), (403, "share_links_off"))
    assert "DURSOR_SHARE_LINKS" in answer.json["detail"]
    equal(server.get(f"/v1/runs/{run}/shares"), [])


@test
def links_made_before_show_nothing_while_they_are_off(box):
    server, _, run = given_run(box)
    equal(server.get("/v1/about")["share_links"], True)
    url = share(server, run)["url"]
    server.stop()
    server = box.serve()
    equal(opened(server, url).status, 404)


@test
def a_run_has_so_many_live_links_at_most(box):
    server, _, run = given_run(box)
    made = [share(server, run) for _ in range(20)]
    equal(server.post(f"/v1/runs/{run}/shares", {"expires_in_hours": 1}, status=409)["code"], "shares_full")
    server.ask("DELETE", f"/v1/shares/{made[0]['id']}")
    share(server, run)
    for hours in (0, 2161, "x"):
        equal(server.ask("POST", f"/v1/runs/{run}/shares", {"expires_in_hours": hours}).status, 422)
    equal(server.ask("POST", f"/v1/runs/{UNKNOWN}/shares", {"expires_in_hours": 1}).status, 404)
    equal(server.ask("GET", f"/v1/runs/{UNKNOWN}/shares").status, 404)
    equal(server.ask("DELETE", f"/v1/shares/{UNKNOWN}").status, 404)
    for method, path in (("POST", f"/v1/runs/{run}/shares"), ("GET", f"/v1/runs/{run}/shares"), ("DELETE", f"/v1/shares/{made[1]['id']}")):
        equal(server.ask(method, path, token=False).status, 401)


@test
def links_go_with_their_run(box):
    server, task, run = given_run(box)
    made = share(server, run)
    until(lambda: server.ask("DELETE", f"/v1/tasks/{task}").status == 204, "the task is deleted")
    equal(opened(server, made["url"]).status, 404)
    equal(server.ask("DELETE", f"/v1/shares/{made['id']}").status, 404)


if __name__ == "__main__":
    main()
