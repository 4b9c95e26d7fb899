"""The former browser client, unchanged, against this server: its whole traffic, through the server of its own."""

import urllib.parse

from browser import Front, Page
from github import Github
from harness import equal, main, test, until

INSTRUCTION = "Make greet() say hello in Japanese when the language is ja, and cover it with a test"
APP = "octo/app"
FILES = {"README.md": "# A greeter\n", "greeter/__init__.py": "", "greeter/greet.py": "def greet(name):\n    return f'Hello, {name}!'\n"}


class Day:
    """A person who has signed in, and opens the client's pages."""

    def __init__(self, box, front):
        self.hub = Github(box)
        self.hub.repository(APP, FILES)
        settings = {**self.hub.app_settings(), "DURSOR_ALLOWED_ORIGINS": front.origin}
        self.server = front.server = box.serve("--demo", settings=settings)
        self.page = Page(front.origin)
        self.page.sign_in(self.server.login)

    def begin(self):
        """The start page's data, then what its button sends; gives the task."""
        page = self.page
        models = page.get("/api/models")
        [repo] = page.get("/api/github/repos")
        equal((repo["full_name"], repo["owner"], repo["name"], repo["default_branch"], repo["private"]), (APP, "octo", "app", "main", True))
        page.get("/api/preferences")
        equal(page.get("/api/github/repos/octo/app/branches"), ["main"])
        chosen = page.post("/api/repos/select", {"owner": repo["owner"], "repo": repo["name"], "branch": "main"}, 201)
        title = INSTRUCTION[:50] + "..."
        task = page.post("/api/tasks", {"repo_id": chosen["id"], "title": title}, 201)
        page.post(f"/api/tasks/{task['id']}/messages", {"role": "user", "content": INSTRUCTION}, 201)
        quick = next(model for model in models if model["model_name"] == "demo-quick")
        page.post(f"/api/tasks/{task['id']}/runs",
                  {"instruction": INSTRUCTION, "model_ids": [quick["id"]], "executor_type": "patch_agent"}, 201)
        return task

    def watch(self, task):
        """The task's page until its run has ended; gives the run."""
        page, lines = self.page, []
        page.get("/api/models")
        page.get(f"/api/tasks/{task['id']}/prs")

        def poll():
            detail = page.get(f"/api/tasks/{task['id']}")
            [run] = page.get(f"/api/tasks/{task['id']}/runs")
            equal(([m["content"] for m in detail["messages"]], [r["id"] for r in detail["runs"]]), ([INSTRUCTION], [run["id"]]))
            log = page.get(f"/api/runs/{run['id']}/logs?from_line={len(lines)}")
            lines.extend(log["logs"])
            return run if log["is_complete"] and run["status"] == "succeeded" else None

        run = until(poll, "the end of the run")
        equal([line["line_number"] for line in lines], list(range(len(lines))))
        assert lines and run["working_branch"] and run["patch"] and run["summary"], run
        [entry] = [one for one in page.get("/api/tasks") if one["id"] == task["id"]]  # the side bar
        equal(entry["kanban_status"], "in_review")
        return run

    def end(self):
        equal(self.hub.faults, [])
        self.hub.close()


@test
def the_whole_traffic_of_a_day_passes_through_its_own_server(box):
    with Front() as front:
        day = Day(box, front)
        page = day.page
        task = day.begin()
        run = day.watch(task)
        equal(page.get("/api/preferences")["default_pr_creation_mode"], "create")
        made = page.post(f"/api/tasks/{task['id']}/prs/auto", {"selected_run_id": run["id"]}, 201)
        equal((made["number"], made["url"], made["branch"]), (1, f"{day.hub.web}/{APP}/pull/1", run["working_branch"]))
        [shown] = page.get(f"/api/tasks/{task['id']}/prs")
        equal((shown["id"], shown["status"], shown["latest_commit"]), (made["pr_id"], "open", run["commit_sha"]))
        board(page, task)
        backlog(page, task["repo_id"])
        settings(page)
        assert all(path.startswith("/v1/") for _, path in front.passed)
        day.end()


def board(page, task):
    columns = page.get("/api/kanban")["columns"]
    equal([(column["status"], column["count"]) for column in columns],
          [("backlog", 0), ("todo", 0), ("in_progress", 0), ("in_review", 1), ("done", 0), ("archived", 0)])
    [card] = columns[3]["tasks"]
    equal((card["id"], card["run_count"], card["pr_count"], card["latest_pr_status"]), (task["id"], 1, 1, "open"))
    for action in ("archive", "unarchive", "move-to-todo", "move-to-backlog"):
        page.post(f"/api/kanban/tasks/{task['id']}/{action}")
    refused = page.post(f"/api/kanban/tasks/{task['id']}/unarchive", status=400)
    equal(refused["detail"], "Can only unarchive from archived status, current: backlog")


def backlog(page, repo_id):
    item = page.post("/api/backlog", {"repo_id": repo_id, "title": "Log in", "subtasks": [{"title": "Form"}]}, 201)
    ticked = [{**item["subtasks"][0], "completed": True}]
    equal(page.ask("PUT", f"/api/backlog/{item['id']}", {"subtasks": ticked})["subtasks"], ticked)
    equal([one["id"] for one in page.get("/api/backlog?status=draft")], [item["id"]])
    started = page.post(f"/api/backlog/{item['id']}/start")
    equal(page.get(f"/api/tasks/{started['id']}")["title"], "Log in")
    equal(page.get(f"/api/backlog/{item['id']}")["status"], "in_progress")


def settings(page):
    model = page.post("/api/models", {"provider": "openai", "model_name": "gpt-5-mini", "api_key": "sk-of-a-person"}, 201)
    assert "sk-of-a-person" not in str(page.get("/api/models"))
    equal(page.ask("DELETE", f"/api/models/{model['id']}", status=204), None)
    equal((page.get("/api/github/config")["is_configured"], page.get("/api/github/config")["source"]), (True, "env"))
    saved = page.post("/api/preferences", {"default_repo_owner": "octo", "default_repo_name": "app", "default_branch": "main",
                                           "default_branch_prefix": "team", "default_pr_creation_mode": "link"})
    equal(page.get("/api/preferences"), saved)


@test
def in_link_mode_a_pull_request_made_by_hand_is_found(box):
    with Front() as front:
        day = Day(box, front)
        page = day.page
        page.post("/api/preferences", {"default_pr_creation_mode": "link"})
        task = day.begin()
        run = day.watch(task)
        of_run = {"selected_run_id": run["id"]}
        link = page.post(f"/api/tasks/{task['id']}/prs/auto/link", of_run)
        equal((link["branch"], link["base"]), (run["working_branch"], "main"))
        form = urllib.parse.urlsplit(link["url"])
        equal(form.path, f"/{APP}/compare/main...{run['working_branch']}")
        job = page.post(f"/api/tasks/{task['id']}/prs/auto/link/job", of_run)  # what its last version asks
        state = until(lambda: (lambda s: s if s["status"] != "pending" else None)(page.get(f"/api/prs/jobs/{job['job_id']}")), "the link")
        equal((state["status"], state["result"]["branch"]), ("completed", run["working_branch"]))
        equal(page.post(f"/api/tasks/{task['id']}/prs/sync", of_run), {"found": False, "pr": None})
        title = urllib.parse.parse_qs(form.query)["title"][0]
        day.hub.add_pull(APP, run["working_branch"], title=title)
        found = page.post(f"/api/tasks/{task['id']}/prs/sync", of_run)
        equal((found["found"], found["pr"]["number"], found["pr"]["branch"]), (True, 1, run["working_branch"]))
        equal([pull["title"] for pull in page.get(f"/api/tasks/{task['id']}/prs")], [title])
        day.end()


@test
def who_has_not_signed_in_is_told_how_and_sees_nothing(box):
    with Front() as front:
        front.server = box.serve("--demo", settings={"DURSOR_ALLOWED_ORIGINS": front.origin})
        stranger = Page(front.origin)
        for method, path in (("GET", "/api/tasks"), ("POST", "/api/preferences"), ("GET", "/api/models")):
            assert "dursor serve" in stranger.ask(method, path, {}, status=401)["detail"]


@test
def its_origin_has_to_be_allowed(box):
    with Front() as front:
        front.server = box.serve("--demo")
        page = Page(front.origin)
        page.sign_in(front.server.login)
        equal(page.get("/api/tasks"), [])  # read by a page of the same site, as every browser allows
        refused = page.post("/api/preferences", {}, 403)
        assert "DURSOR_ALLOWED_ORIGINS" in refused["detail"], refused


@test
def a_page_of_its_origin_may_call_the_server_itself(box):
    with Front() as front:
        server = box.serve("--demo", settings={"DURSOR_ALLOWED_ORIGINS": front.origin})
        page, address = Page(front.origin), f"http://localhost:{server.port}"
        page.sign_in(server.login)
        asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
        allowed = page.send("OPTIONS", f"{address}/v1/backlog/x", headers=asked)
        equal((allowed.status, allowed.headers["Access-Control-Allow-Origin"], allowed.headers["Access-Control-Allow-Credentials"]),
              (204, front.origin, "true"))
        assert "PUT" in allowed.headers["Access-Control-Allow-Methods"] and "Content-Type" in allowed.headers["Access-Control-Allow-Headers"]
        for path, status in (("/v1/tasks", 200), ("/v1/backlog/x", 404), ("/v1/nothing", 404)):
            answer = page.send("GET", address + path)  # a page can read failures as well
            equal((answer.status, answer.headers["Access-Control-Allow-Origin"], answer.headers["Vary"]), (status, front.origin, "Origin"))
        other = Page("http://evil.example")
        other.cookies = page.cookies
        for method in ("OPTIONS", "GET", "POST"):
            refused = other.send(method, f"{address}/v1/tasks", headers=asked if method == "OPTIONS" else None)
            equal((refused.status, refused.headers["Access-Control-Allow-Origin"]), (403, None))


if __name__ == "__main__":
    main()
