"""The whole of the old API: what the former browser client asks, and what it is answered.

Its pages call /api/*, which its own server turns into /v1/* and sends with the bearer token.
"""

import contextlib
import subprocess
import sys
import threading

from harness import equal, ended, main, test, until

INSTRUCTION = "Make greet() say hello in Japanese when the language is ja, and cover it with a test"
UNKNOWN = "00000000-0000-7000-8000-000000000000"
COLUMNS = ["backlog", "todo", "in_progress", "in_review", "done", "archived"]


class Client:
    """The former client's server: paths below /api are rewritten, its origin is an allowed one."""

    ORIGIN = "http://localhost:3000"

    def __init__(self, server):
        self.server = server

    def ask(self, method, path, body=None, status=200):
        answer = self.server.ask(method, "/v1" + path.removeprefix("/api"), body,
                                 {"Origin": self.ORIGIN, "Content-Type": "application/json"})
        if answer.status != status:
            raise AssertionError(f"{method} {path} gave {answer.status}: {answer.body[:500]!r}")
        return answer.json if answer.body else None

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body=None, status=200):
        return self.ask("POST", path, body, status)


@contextlib.contextmanager
def forge(box):
    """A git server on loopback in GitHub's place: gives its address and the repository below it."""
    import os
    repository = box.repository(name="source")
    box.git(repository, "branch", "develop")
    os.makedirs(f"{box.home}/forge")
    subprocess.run(["git", "clone", "-q", "--bare", repository, f"{box.home}/forge/project.git"], env=box.env, check=True)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "git", "http_backend.py")
    process = subprocess.Popen([sys.executable, script, f"{box.home}/forge", f"{box.home}/forge-requests"], env=box.env,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def keys(value, *wanted):
    missing = [key for key in wanted if key not in value]
    if missing:
        raise AssertionError(f"{missing} are not in {value}")


@test
def the_former_client_lives_a_day_on_it(box):
    with forge(box) as address:
        server = box.serve("--demo", settings={
            "DURSOR_GITHUB_API_URL": address + "/api/v3", "DURSOR_ALLOWED_ORIGINS": Client.ORIGIN,
            "DURSOR_GIT_TOKEN": "good-token", "DURSOR_GIT_TOKEN_HOST": address.removeprefix("http://")})
        client = Client(server)
        task = new_task(client)
        watch(client, task)
        board(client, task)
        backlog(client, task["repo_id"])
        settings(client)


def new_task(client):
    """The start page: models, preferences, then repository, task, message and runs."""
    models = client.get("/api/models")
    keys(models[0], "id", "provider", "model_name", "display_name", "created_at")
    equal(client.get("/api/preferences")["default_branch"], None)
    repo = client.post("/api/repos/select", {"owner": "private", "repo": "project.git", "branch": "develop"}, 201)
    keys(repo, "id", "repo_url", "default_branch", "latest_commit", "workspace_path", "created_at")
    equal((repo["default_branch"], repo["selected_branch"]), ("main", "develop"))
    equal(client.post("/api/repos/select", {"owner": "private", "repo": "project.git"}, 201), repo)
    equal(client.get(f"/api/repos/{repo['id']}"), repo)
    task = client.post("/api/tasks", {"repo_id": repo["id"], "title": INSTRUCTION[:50], "coding_mode": "semi_auto"}, 201)
    equal((task["kanban_status"], task["coding_mode"]), ("backlog", "semi_auto"))
    message = client.post(f"/api/tasks/{task['id']}/messages", {"role": "user", "content": INSTRUCTION}, 201)
    keys(message, "id", "task_id", "role", "content", "created_at")
    runs = client.post(f"/api/tasks/{task['id']}/runs",
                       {"instruction": INSTRUCTION, "model_ids": ["demo-quick"], "executor_type": "patch_agent",
                        "message_id": message["id"]}, 201)
    equal(len(runs["run_ids"]), 1)
    return task


def watch(client, task):
    """The task's page: detail and all runs again and again, the log of each while it runs."""
    seen = []

    def polled():
        keys(client.get(f"/api/tasks/{task['id']}"), "messages", "runs", "prs")
        [run] = client.get(f"/api/tasks/{task['id']}/runs")
        page = client.get(f"/api/runs/{run['id']}/logs?from_line={len(seen)}")
        seen.extend(page["logs"])
        return run if page["is_complete"] else None

    run = until(polled, "the end of the log")
    equal([line["line_number"] for line in seen], list(range(len(seen))))
    run = client.get(f"/api/runs/{run['id']}")
    equal((run["status"], run["base_ref"]), ("succeeded", "develop"))
    keys(run, "id", "task_id", "message_id", "model_id", "model_name", "provider", "executor_type", "working_branch",
         "worktree_path", "session_id", "instruction", "base_ref", "commit_sha", "status", "summary", "patch", "files_changed",
         "logs", "warnings", "error", "created_at", "started_at", "completed_at")
    keys(run["files_changed"][0], "path", "old_path", "added_lines", "removed_lines", "patch")
    equal(client.get(f"/api/tasks/{task['id']}/reviews"), [])
    equal(client.get(f"/api/tasks/{task['id']}/ci-checks"), [])
    equal(client.get(f"/api/tasks/{task['id']}/prs"), [])


def column_of(client, task_id, query=""):
    columns = client.get(f"/api/kanban{query}")["columns"]
    return [column["status"] for column in columns if task_id in [task["id"] for task in column["tasks"]]]


def board(client, task):
    found = client.get("/api/kanban")
    equal([column["status"] for column in found["columns"]], COLUMNS)
    equal([column["count"] for column in found["columns"]], [0, 0, 0, 1, 0, 0])
    [card] = found["columns"][3]["tasks"]
    keys(card, "id", "repo_id", "title", "kanban_status", "computed_status", "run_count", "running_count", "completed_count",
         "pr_count", "latest_pr_status", "coding_mode")
    equal([one["executor_type"] for one in card["executor_statuses"]], ["claude_code", "codex_cli", "gemini_cli"])
    equal(card["executor_statuses"][0], {"executor_type": "claude_code", "run_id": None, "status": None, "has_review": False})
    equal((card["coding_mode"], card["run_count"], card["completed_count"]), ("semi_auto", 1, 1))
    equal(column_of(client, task["id"], f"?repo_id={task['repo_id']}"), ["in_review"])
    equal(column_of(client, task["id"], f"?repo_id={UNKNOWN}"), [])
    equal(client.post(f"/api/kanban/tasks/{task['id']}/archive")["kanban_status"], "archived")
    equal(column_of(client, task["id"]), ["archived"])
    client.post(f"/api/kanban/tasks/{task['id']}/unarchive")
    refused = client.post(f"/api/kanban/tasks/{task['id']}/unarchive", status=400)
    equal(refused["detail"], "Can only unarchive from archived status, current: backlog")
    equal(client.post(f"/api/kanban/tasks/{task['id']}/move-to-todo")["kanban_status"], "todo")
    equal(client.post(f"/api/kanban/tasks/{task['id']}/move-to-backlog")["kanban_status"], "backlog")
    equal(client.post(f"/api/kanban/tasks/{UNKNOWN}/archive", status=400)["detail"], f"Task not found: {UNKNOWN}")
    equal(client.get("/api/tasks")[0]["kanban_status"], "in_review")
    equal(client.get(f"/api/tasks/{task['id']}")["kanban_status"], "in_review")


def backlog(client, repo_id):
    item = client.post("/api/backlog", {"repo_id": repo_id, "title": "Log in", "description": "With a code.", "type": "feature",
                                        "estimated_size": "small", "target_files": ["a.py"], "implementation_hint": "See b.py",
                                        "tags": ["web"], "subtasks": [{"title": "Form"}]}, 201)
    keys(item, "id", "repo_id", "title", "description", "type", "estimated_size", "target_files", "implementation_hint", "tags",
         "subtasks", "status", "task_id", "created_at", "updated_at")
    equal((item["status"], item["subtasks"][0]["completed"], item["task_id"]), ("draft", False, None))
    ticked = [{**item["subtasks"][0], "completed": True}]
    changed = client.ask("PUT", f"/api/backlog/{item['id']}", {"subtasks": ticked, "title": None})
    equal((changed["subtasks"], changed["title"], changed["tags"]), (ticked, "Log in", ["web"]))
    equal([one["id"] for one in client.get("/api/backlog?status=draft")], [item["id"]])
    equal(client.get("/api/backlog?status=ready"), [])
    task = client.post(f"/api/backlog/{item['id']}/start")
    equal(task["kanban_status"], "todo")
    [message] = client.get(f"/api/tasks/{task['id']}")["messages"]
    for part in ["Log in", "With a code.", "See b.py", "- [x] Form", "a.py"]:
        assert part in message["content"], message
    again = client.post(f"/api/backlog/{item['id']}/start", status=400)
    equal(again["detail"], "Backlog item already has a linked task")
    equal(client.get(f"/api/backlog/{item['id']}")["task_id"], task["id"])
    client.ask("DELETE", f"/api/backlog/{item['id']}", status=204)
    client.ask("GET", f"/api/backlog/{item['id']}", status=404)


def settings(client):
    model = client.post("/api/models", {"provider": "openai", "model_name": "m", "api_key": "sk-secret"}, 201)
    assert "sk-secret" not in str(client.get("/api/models"))
    client.ask("DELETE", f"/api/models/{model['id']}", status=204)
    client.post("/api/preferences", {"default_repo_owner": "octo", "default_branch_prefix": "team",
                                     "default_pr_creation_mode": "link"})
    client.post("/api/preferences", {"default_repo_owner": None, "auto_generate_pr_description": True})
    equal(client.get("/api/preferences"),
          {"default_repo_owner": None, "default_repo_name": None, "default_branch": None, "default_branch_prefix": "team",
           "default_pr_creation_mode": "link", "default_coding_mode": "interactive", "auto_generate_pr_description": True,
           "enable_gating_status": False, "worktrees_dir": None})


@test
def several_tasks_begin_all_or_none(box):
    server = box.serve("--demo")
    repo = server.sample()
    made = server.post("/v1/tasks/bulk", {"repo_id": repo["id"], "tasks": [{"repo_id": "x", "title": "A"}, {"title": "B"}]})
    equal((made["count"], [task["title"] for task in made["created_tasks"]]), (2, ["A", "B"]))
    server.post("/v1/tasks/bulk", {"repo_id": repo["id"], "tasks": [{"title": "C"}, {"coding_mode": "none"}]}, 422)
    server.post("/v1/tasks/bulk", {"repo_id": UNKNOWN, "tasks": [{"title": "C"}]}, 404)
    equal({task["title"] for task in server.get("/v1/tasks")}, {"A", "B"})


@test
def two_who_change_preferences_at_once_keep_both_changes(box):
    server = box.serve("--demo")
    names = ["default_repo_owner", "default_repo_name", "default_branch", "worktrees_dir"]
    threads = [threading.Thread(target=server.post, args=("/v1/preferences", {name: name}, 200)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = server.get("/v1/preferences")
    equal([found[name] for name in names], names)


@test
def branches_of_runs_begin_as_the_user_prefers(box):
    server = box.serve("--demo")
    server.post("/v1/preferences", {"default_branch_prefix": "team"}, 200)
    task = server.post("/v1/tasks", {"repo_id": server.sample()["id"]})
    [run] = server.post(f"/v1/tasks/{task['id']}/runs", {"instruction": INSTRUCTION, "model_ids": ["demo-quick"]})["run_ids"]
    assert ended(server, run)["working_branch"].startswith("team/")
    server.post("/v1/preferences", {"default_branch_prefix": "no..name"}, 400)


@test
def the_gating_column_is_there_only_when_it_is_wished_for(box):
    server = box.serve("--demo")
    equal(len(server.get("/v1/kanban")["columns"]), 6)
    server.post("/v1/preferences", {"enable_gating_status": True}, 200)
    equal([column["status"] for column in server.get("/v1/kanban")["columns"]],
          ["backlog", "todo", "in_progress", "gating", "in_review", "done", "archived"])


@test
def tasks_and_repositories_are_changed_and_deleted(box):
    server = box.serve("--demo")
    repo = server.post("/v1/repos/clone", {"repo_url": box.repository()})
    task = server.post("/v1/tasks", {"repo_id": repo["id"], "title": "Old"})
    change = lambda body: server.ask("PATCH", f"/v1/tasks/{task['id']}", body)
    equal(change({"title": "New"}).json["title"], "New")
    equal((change({"coding_mode": "full_auto"}).json["title"], change({"title": None}).json["title"]), ("New", None))
    equal(server.ask("PATCH", f"/v1/repos/{repo['id']}", {"selected_branch": "nowhere"}).status, 404)
    equal(server.ask("PATCH", f"/v1/repos/{repo['id']}", {"selected_branch": "main"}).json["selected_branch"], "main")
    equal(server.ask("PATCH", f"/v1/repos/{repo['id']}", {"selected_branch": None}).json["selected_branch"], None)
    equal(server.ask("DELETE", f"/v1/repos/{repo['id']}").status, 409)
    equal(server.ask("DELETE", f"/v1/tasks/{task['id']}").status, 204)
    equal(server.ask("DELETE", f"/v1/repos/{repo['id']}").status, 204)
    equal(server.ask("GET", f"/v1/repos/{repo['id']}").status, 404)


@test
def strange_owners_and_repositories_are_refused(box):
    server = box.serve("--demo")
    for owner, repo in [("a/b", "c"), ("..", "c"), ("a", "c?x"), ("a@b", "c")]:
        equal(server.ask("POST", "/v1/repos/select", {"owner": owner, "repo": repo}).status, 400)


@test
def a_log_streams_in_the_old_form_and_ends(box):
    server = box.serve("--demo")
    task = server.post("/v1/tasks", {"repo_id": server.sample()["id"]})
    [run] = server.post(f"/v1/tasks/{task['id']}/runs", {"instruction": INSTRUCTION, "model_ids": ["demo-quick"]})["run_ids"]
    live = list(server.stream(f"/v1/runs/{run}/logs/stream"))
    ended(server, run)
    lines = server.get(f"/v1/runs/{run}/logs")["logs"]
    assert len(lines) > 2, lines
    equal([(event, data["content"]) for event, _, data in live[:-1]], [("message", line["content"]) for line in lines])
    equal((live[-1][0], live[-1][2]), ("complete", {}))
    later = list(server.stream(f"/v1/runs/{run}/logs/stream?from_line=2"))
    equal([data["line_number"] for _, _, data in later[:-1]], list(range(2, len(lines))))
    resumed = list(server.stream(f"/v1/runs/{run}/logs/stream", last_id=str(len(lines) - 1)))
    equal([event for event, _, _ in resumed], ["complete"])
    equal(server.ask("GET", f"/v1/runs/{UNKNOWN}/logs/stream").status, 404)
    equal(server.ask("DELETE", f"/v1/runs/{run}/worktree").json["detail"], "Run has no worktree or not found")


@test
def what_an_agent_would_have_to_do_is_refused_in_words(box):
    server = box.serve("--demo")
    repo = server.sample()
    task = server.post("/v1/tasks", {"repo_id": repo["id"]})
    path = f"/v1/tasks/{task['id']}"
    for where, body in [("/v1/breakdown", {"content": "x", "repo_id": repo["id"]}), (f"{path}/reviews", {"target_run_ids": []}),
                        (f"{path}/agentic", {"instruction": "x"})]:
        answer = server.ask("POST", where, body)
        equal((answer.status, answer.json["code"]), (501, "executor_unavailable"))
        assert "agent" in answer.json["detail"]
    failed = server.post("/v1/breakdown", {"content": "要件", "repo_id": UNKNOWN}, 202)
    equal({**failed, "breakdown_id": None},
          {"breakdown_id": None, "status": "failed", "tasks": [], "backlog_items": [], "summary": None, "original_content": "要件",
           "codebase_analysis": None, "error": f"Repository not found: {UNKNOWN}"})
    equal(server.ask("GET", f"/v1/breakdown/{failed['breakdown_id']}").json["detail"], "Breakdown not found")
    equal(server.post(f"{path}/reviews", {"target_run_ids": [UNKNOWN]}, 400)["detail"], f"Run not found: {UNKNOWN}")
    equal(server.post(f"{path}/agentic", {"instruction": "x", "mode": "interactive"}, 400)["detail"],
          "Interactive mode is not supported by agentic execution")
    equal(server.ask("GET", f"{path}/agentic/status").json["detail"], "No agentic execution found for this task")
    equal(server.post(f"{path}/agentic/cancel", status=200), {"cancelled": False})
    equal(server.post(f"{path}/approve-merge", status=400)["detail"], f"No active agentic state for task {task['id']}")
    equal(server.ask("GET", f"/v1/reviews/{UNKNOWN}").status, 404)
    equal(server.get(f"/v1/breakdown/{UNKNOWN}/logs"), {"logs": [], "is_complete": False, "total_lines": 0})


@test
def what_is_unknown_is_not_found_in_the_old_words(box):
    server = box.serve("--demo")
    for path, words in [("repos", "Repository"), ("tasks", "Task"), ("runs", "Run"), ("backlog", "Backlog item"),
                        ("breakdown", "Breakdown"), ("reviews", "Review"), ("prs/jobs", "Job")]:
        answer = server.ask("GET", f"/v1/{path}/{UNKNOWN}")
        equal((answer.status, answer.json["detail"]), (404, f"{words} not found"))


@test
def models_come_in_pages_that_hold_each_once(box):
    server = box.serve("--demo", settings={"OPENAI_API_KEY": "k", "OPENAI_MODEL": "m", "GEMINI_API_KEY": "k", "GEMINI_MODEL": "m"})
    for number in range(3):
        server.post("/v1/models", {"provider": "openai", "model_name": f"m{number}", "api_key": "k"})
    whole = [m["id"] for m in server.get("/v1/models")]
    equal(len(whole), 8)
    for limit in (1, 2, 3, 5, 7, 8):
        seen, cursor = [], ""
        while cursor is not None:
            answer = server.ask("GET", f"/v1/models?limit={limit}&cursor={cursor}")
            equal(answer.status, 200)
            assert len(answer.json) <= limit and answer.json, answer.json
            seen += [m["id"] for m in answer.json]
            cursor = answer.headers["X-Next-Cursor"]
        equal(seen, whole)
    equal(server.ask("GET", "/v1/models?cursor=nonsense").status, 400)


if __name__ == "__main__":
    main()
