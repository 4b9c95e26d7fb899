"""Answers that a browser has already are not sent again."""

from harness import comparison, ended, equal, main, test


def given_task(box):
    server = box.serve("--demo")
    task, [run] = comparison(server, box.repository(), models=["demo-quick"])
    ended(server, run)
    return server, task, run


@test
def what_a_browser_has_is_sent_again_only_when_it_changed(box):
    server, task, run = given_task(box)
    for path in (f"/v1/tasks/{task}", f"/v1/runs/{run}", "/v1/tasks", "/v1/kanban", "/v1/repos", "/v1/models"):
        first = server.ask("GET", path)
        tag = first.headers["ETag"]
        assert tag.startswith('W/"') and first.headers["Cache-Control"] == "private, no-cache", dict(first.headers)
        for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
            again = server.ask("GET", path, headers={"If-None-Match": known})
            equal((again.status, again.body, again.headers["ETag"]), (304, b"", tag))
        other = server.ask("GET", path, headers={"If-None-Match": 'W/"0123456789abcdef"'})
        equal((other.status, other.body), (200, first.body))
    path = f"/v1/tasks/{task}"
    before = server.ask("GET", path).headers["ETag"]
    equal(server.ask("PATCH", path, {"title": "Another title"}).status, 200)
    changed = server.ask("GET", path, headers={"If-None-Match": before})
    equal((changed.status, changed.json["title"]), (200, "Another title"))
    assert changed.headers["ETag"] != before


@test
def what_waits_or_is_secret_has_no_tag(box):
    server, _, run = given_task(box)
    waited = server.ask("GET", f"/v1/runs/{run}/events?after=0&wait=1")
    equal((waited.status, waited.headers["ETag"]), (200, None))
    code = server.ask("POST", "/v1/login-codes")
    equal((code.headers["ETag"], code.headers["Cache-Control"]), (None, "no-store"))
    equal(server.ask("GET", "/v1/tasks", headers={"If-None-Match": "*"}, token=False).status, 401)


if __name__ == "__main__":
    main()
