"""Pull requests at a scripted GitHub, with real git over HTTP: made once whatever dies, changed, followed."""

import http.client
import os
import signal
import subprocess

from demo import Demo, demo_files
from github import TOKEN, Github
from harness import comparison, ended, equal, main, test, until

INSTRUCTION = "Make greet() say hello in Japanese when the language is ja, and cover it with a test"
TEMPLATE = """---
name: 変更
---
# Pull request 🚀

## 📝 概要

<!-- 何を変えましたか -->

### 背景

なぜ？

## Checklist

- [ ] tests 🧪
- [x] docs
"""
APP = "octo/app"


class World:
    """A GitHub with one repository, a server that reaches it, and a finished comparison."""

    def __init__(self, box, files=None, settings="app_settings", models=("demo-careful", "demo-quick")):
        self.hub = Github(box)
        self.box, self.how = box, settings
        self.url = self.hub.repository(APP, demo_files(**(files or {})))
        self.settings = getattr(self.hub, settings)()
        self.server = box.serve("--demo", settings=self.settings)
        self.task, runs = comparison(self.server, self.url, INSTRUCTION, models=list(models))
        self.runs = [ended(self.server, run) for run in runs]
        equal([run["status"] for run in self.runs], ["succeeded"] * len(runs))

    def restart(self):
        self.server = self.box.serve("--demo", settings=self.settings)

    def ask(self, path, body=None, status=200):
        return self.server.post(f"/v1/tasks/{self.task}/prs{path}", body, status=status)

    def create(self, number=0, status=201, **more):
        return self.ask("/auto", {"selected_run_id": self.runs[number]["id"], **more}, status)

    def pulls(self):
        return self.hub.pulls[APP]

    def end(self):
        equal(self.hub.faults, [])
        self.hub.close()


WRITTEN = """TITLE: "こんにちは を返すようにし、言語の表とテストと説明書を、すべて同じ順序で新しい言語に合わせて書き直し、最後に確かめる"
---DESCRIPTION---
- 挨拶の表に `ja` を追加 🎌
<!-- dursor:end --> is no mark here
"""


def writer(box):
    """A model that adds a file, and writes texts when it is shown a change."""
    edit = {"name": "edit_files", "input": {"edits": [{"op": "create", "path": "ja.txt", "replace": "こんにちは\n"}], "summary": "Added ja.txt."}}
    return Demo(box, {"models": [{"name": "writer", "cases": [{"when": ["Summary of the change:"], "steps": [{"text": WRITTEN}]}],
                              "steps": [{"text": "I add it.", "tools": [edit]}]}]})


def killed(call):
    """The request whose server dies over it."""
    try:
        call()
    except (OSError, http.client.HTTPException):
        return
    raise AssertionError("the server lived on")


# ---- Making one ----


@test
def a_pull_request_shows_the_run_and_is_in_the_task(box):
    w = World(box)
    made = w.ask("", {"selected_run_id": w.runs[0]["id"], "title": "Say こんにちは", "body": "As asked 🎌"}, 201)
    equal(w.hub.head(APP, made["branch"]), w.runs[0]["commit_sha"])
    equal([(p["title"], p["body"], p["base"]) for p in w.pulls()], [("Say こんにちは", "As asked 🎌", "main")])
    shown = w.server.get(f"/v1/tasks/{w.task}/prs/{made['pr_id']}")
    equal((shown["number"], shown["status"], shown["latest_commit"], shown["url"]), (1, "open", w.runs[0]["commit_sha"], f"{w.hub.web}/{APP}/pull/1"))
    equal([p["id"] for p in w.server.get(f"/v1/tasks/{w.task}/prs")], [made["pr_id"]])
    equal([(p["id"], p["status"]) for p in w.server.get(f"/v1/tasks/{w.task}")["prs"]], [(made["pr_id"], "open")])
    w.end()


@test
def a_pull_request_is_a_draft_when_it_is_asked_for(box):
    w = World(box)
    w.create(draft=True)
    equal([p["draft"] for p in w.pulls()], [True])
    w.end()


@test
def a_template_comes_through_with_the_text_in_its_summary(box):
    w = World(box, {".github__pull_request_template.md": TEMPLATE})
    w.create()
    body = w.pulls()[0]["body"]
    before, _, rest = body.partition("<!-- dursor:begin -->\n")
    block, _, after = rest.partition("<!-- dursor:end -->")
    equal(before, TEMPLATE[:TEMPLATE.index("<!-- 何")])
    equal(after.lstrip("\n"), TEMPLATE[TEMPLATE.index("### 背景"):])
    assert "greeter/greet.py" in block, block
    assert len(w.pulls()[0]["title"]) <= 50
    repo = w.server.get(f"/v1/tasks/{w.task}")["repo_id"]
    equal(w.server.get(f"/v1/repos/{repo}/pull-request-templates"),
          {"templates": [".github/pull_request_template.md"], "default_template": ".github/pull_request_template.md"})
    w.end()


@test
def creating_twice_makes_one(box):
    w = World(box)
    first, second = w.create(), w.create()
    equal(first, second)
    equal(len(w.pulls()), 1)
    equal(w.hub.count("POST", f"/repos/{APP}/pulls"), 1)
    w.end()


@test
def a_kill_between_the_push_and_the_call_makes_one(box):
    w = World(box)
    w.hub.after["POST", f"{APP}:git-receive-pack"] = lambda: w.server.stop(signal.SIGKILL)
    killed(w.create)
    equal(w.pulls(), [])
    assert w.hub.head(APP, w.runs[0]["working_branch"])
    w.restart()
    w.create()
    equal(len(w.pulls()), 1)
    w.end()


@test
def a_kill_between_the_call_and_the_row_makes_one(box):
    w = World(box)
    w.hub.after["POST", f"/repos/{APP}/pulls"] = lambda: w.server.stop(signal.SIGKILL)
    killed(w.create)
    equal(len(w.pulls()), 1)
    w.restart()
    equal(w.server.get(f"/v1/tasks/{w.task}/prs"), [])
    equal(w.create()["number"], 1)
    equal(len(w.pulls()), 1)
    equal(len(w.server.get(f"/v1/tasks/{w.task}/prs")), 1)
    w.end()


@test
def somebody_who_is_faster_is_adopted(box):
    w = World(box)
    branch = w.runs[0]["working_branch"]
    w.hub.before["POST", f"/repos/{APP}/pulls"] = lambda: w.hub.add_pull(APP, branch, title="Faster")
    equal(w.create()["number"], 1)
    equal([p["title"] for p in w.pulls()], ["Faster"])
    w.end()


# ---- Branches that others push to ----


@test
def what_others_pushed_to_the_branch_is_merged_in(box):
    w = World(box)
    w.create()
    branch = w.runs[0]["working_branch"]
    theirs = w.hub.commit_on(APP, branch, "NOTES.md", "by hand\n")
    w.server.post(f"/v1/tasks/{w.task}/runs", {"instruction": INSTRUCTION, "continue_run_id": w.runs[0]["id"]})
    equal(w.create()["number"], 1)
    assert w.hub.git(APP, "merge-base", "--is-ancestor", theirs, branch) == ""
    w.end()


@test
def an_update_with_another_run_keeps_what_people_added(box):
    w = World(box)
    made = w.create()
    w.hub.commit_on(APP, made["branch"], "NOTES.md", "by hand\n")
    updated = w.ask(f"/{made['pr_id']}/update", {"selected_run_id": w.runs[1]["id"], "message": "Take the quick one"})
    head = w.hub.head(APP, made["branch"])
    equal(updated["latest_commit"], head)
    equal(w.hub.git(APP, "show", f"{head}:NOTES.md"), "by hand")
    other = w.runs[1]["commit_sha"]
    equal(w.hub.git(APP, "diff", "--name-only", f"{head}", other), "NOTES.md")
    equal(w.hub.git(APP, "log", "-1", "--format=%s", head), "Take the quick one")
    back = w.ask(f"/{made['pr_id']}/update", {"selected_run_id": w.runs[0]["id"]})
    equal(w.hub.git(APP, "diff", "--name-only", back["latest_commit"], w.runs[0]["commit_sha"]), "NOTES.md")
    again = w.ask(f"/{made['pr_id']}/update", {"selected_run_id": w.runs[0]["id"]})
    equal(again["latest_commit"], back["latest_commit"])
    w.end()


@test
def an_update_that_conflicts_says_where(box):
    w = World(box)
    made = w.create()
    w.hub.commit_on(APP, made["branch"], "greeter/greet.py", "something else\n")
    answer = w.ask(f"/{made['pr_id']}/update", {"selected_run_id": w.runs[1]["id"]}, 409)
    assert "greeter/greet.py" in answer["detail"], answer
    w.end()


# ---- By hand ----


@test
def a_link_leads_to_the_form_and_sync_finds_what_was_made(box):
    w = World(box)
    run = {"selected_run_id": w.runs[0]["id"]}
    link = w.ask("/auto/link", run)
    branch = w.runs[0]["working_branch"]
    assert link["url"].startswith(f"{w.hub.web}/{APP}/compare/main...{branch}?expand=1&quick_pull=1&title="), link
    assert " " not in link["url"] and "%20" not in link["url"] and "+" in link["url"]
    equal(w.ask("/sync", run), {"found": False, "pr": None})
    w.hub.add_pull(APP, branch)
    w.pulls()[0].update(state="closed", merged_at="2026-01-10T11:34:47Z")
    found = w.ask("/sync", run)
    equal((found["found"], found["pr"]["number"]), (True, 1))
    equal(w.server.get(f"/v1/tasks/{w.task}/prs")[0]["status"], "merged")
    equal(w.server.get(f"/v1/tasks/{w.task}")["kanban_status"], "done")
    w.end()


@test
def a_link_is_made_in_the_background(box):
    w = World(box)
    begun = w.ask("/auto/link/job", {"selected_run_id": w.runs[0]["id"]})
    equal(begun["status"], "pending")

    def done():
        state = w.server.get(f"/v1/prs/jobs/{begun['job_id']}")
        return state if state["status"] != "pending" else None

    state = until(done, "the link")
    equal((state["status"], state["error"], state["result"]["base"]), ("completed", None, "main"))
    equal(w.server.ask("GET", "/v1/prs/jobs/none").json["detail"], "Job not found")
    w.end()


# ---- Texts ----


@test
def regenerating_keeps_what_people_wrote(box):
    w = World(box)
    made = w.create()
    pull = w.pulls()[0]
    pull["body"] = "By a person 🙂\n\n" + pull["body"] + "\nMore by a person\n"
    pull["title"] = "A person's title"
    kept = pull["body"]
    w.ask(f"/{made['pr_id']}/regenerate-description?mode=description")
    equal((pull["title"], pull["body"]), ("A person's title", kept))
    w.ask(f"/{made['pr_id']}/regenerate-description?mode=title")
    assert pull["title"] != "A person's title"
    equal(pull["body"], kept)
    pull["title"] = "Again"
    shown = w.ask(f"/{made['pr_id']}/regenerate-description")
    equal((shown["title"], shown["body"]), (pull["title"], kept))
    equal(w.server.ask("POST", f"/v1/tasks/{w.task}/prs/{made['pr_id']}/regenerate-description?mode=all").status, 422)
    w.end()


@test
def a_model_writes_the_text_and_when_it_is_away_the_run_does(box):
    model, hub = writer(box), Github(box)
    try:
        server = box.serve(settings={**hub.app_settings(), **model.settings})
        task, runs = comparison(server, hub.repository(APP, demo_files()), INSTRUCTION, models=["openai:writer"])
        run = ended(server, runs[0])
        assert run["commit_sha"], run
        made = server.post(f"/v1/tasks/{task}/prs/auto", {"selected_run_id": runs[0]})
        after = server.get(f"/v1/runs/{runs[0]}")
        equal(after["calls"], run["calls"] + 1)  # the text is paid for as well
        assert after["input_tokens"] > run["input_tokens"] and after["output_tokens"] > run["output_tokens"], after
    finally:
        model.stop()
    pull = hub.pulls[APP][0]
    equal((len(pull["title"]), pull["title"][:5], pull["title"][-3:]), (50, "こんにちは", "..."))
    equal(pull["body"], "<!-- dursor:begin -->\n- 挨拶の表に `ja` を追加 🎌\n is no mark here\n<!-- dursor:end -->\n")
    server.post(f"/v1/tasks/{task}/prs/{made['pr_id']}/regenerate-description", status=200)
    equal(pull["title"], "Added ja.txt.")
    assert "ja.txt" in pull["body"], pull["body"]
    equal(hub.faults, [])
    hub.close()


# ---- Refusals ----


def refused(w, status, *words):
    answer = w.create(status=status)
    for word in words:
        assert word in answer["detail"], answer
    return answer


@test
def each_refusal_says_the_next_step(box):
    w = World(box)
    create = ("POST", f"/repos/{APP}/pulls")
    repo = w.hub.repos[APP]
    repo["push"] = False
    refused(w, 403, "GitHub App lacks write access to octo/app", "Contents")
    repo.update(push=True, archived=True)
    refused(w, 403, "archived", "unarchive")
    repo["archived"] = False
    w.hub.force[create] = 403, {}, {"message": "Resource not accessible by integration"}
    refused(w, 403, "Pull requests", "Read and write")
    w.hub.force[create] = 403, {"Retry-After": "7"}, {"message": "You have exceeded a secondary rate limit."}
    answer = w.server.ask("POST", f"/v1/tasks/{w.task}/prs/auto", {"selected_run_id": w.runs[0]["id"]})
    equal((answer.status, answer.headers["Retry-After"]), (429, "7"))
    assert "secondary rate limit" in answer.json["detail"] and "7 seconds" in answer.json["detail"]
    w.hub.force[create] = 404, {}, {"message": "Not Found"}
    refused(w, 404, "octo/app", "install")
    w.hub.force[create] = 422, {}, {"message": "Validation Failed", "errors": [{"resource": "PullRequest", "field": "head", "code": "invalid"}]}
    refused(w, 400, "no such branch")
    w.hub.force.clear()
    answer = w.ask("/auto", {"selected_run_id": w.runs[0]["id"].replace("0", "1")}, 400)
    assert answer["detail"].startswith("Run not found: "), answer
    w.end()


@test
def a_protected_branch_refuses_the_push_in_words(box):
    w = World(box)
    hook = f"{w.hub.root}/{APP}.git/hooks/pre-receive"
    with open(hook, "w") as f:
        f.write("#!/bin/sh\necho 'error: GH006: Protected branch update failed for refs/heads/x.' >&2\nexit 1\n")
    os.chmod(hook, 0o755)
    refused(w, 403, "protection rule of octo/app", "DURSOR_BRANCH_PREFIX")
    equal(w.pulls(), [])
    w.end()


@test
def a_branch_deleted_at_github_is_pushed_again(box):
    w = World(box)
    w.create()
    w.pulls()[0]["state"] = "closed"
    w.hub.git(APP, "update-ref", "-d", f"refs/heads/{w.runs[0]['working_branch']}")
    equal(w.create()["number"], 2)
    equal(w.hub.head(APP, w.runs[0]["working_branch"]), w.runs[0]["commit_sha"])
    w.end()


# ---- Access ----


@test
def lists_are_whole_and_searched_over_several_installations(box):
    hub = Github(box)
    hub.repository(APP, demo_files())
    hub.repository("Acme/site.github.io", {"index.html": "hello\n"})
    for number in range(130):
        hub.git(APP, "branch", f"topic/{number:03}", "main")
        hub.repos[f"octo/many-{number:03}"] = {**hub.repos[APP], "id": 1000 + number}
    server = box.serve("--demo", settings=hub.app_settings())
    repos = server.get("/v1/github/repos")
    equal(len(repos), 132)
    equal([r["full_name"] for r in server.get("/v1/github/repos?search=SITE")], ["Acme/site.github.io"])
    equal(set(repos[0]), {"id", "name", "full_name", "owner", "default_branch", "private"})
    equal(len(server.get(f"/v1/github/repos/{APP}/branches")), 131)
    equal(server.get(f"/v1/github/repos/{APP}/branches?search=topic/12"), [f"topic/12{n}" for n in range(10)])
    equal(hub.count("POST", "/app/installations/*/access_tokens"), 2)
    equal(server.ask("GET", "/v1/github/repos/octo/none/branches").status, 404)
    equal(hub.faults, [])
    hub.close()


@test
def a_token_is_renewed_before_its_end_and_when_it_was_revoked(box):
    hub = Github(box)
    hub.repository(APP, demo_files())
    hub.token_seconds = 200  # within the time that a use may still take
    server = box.serve("--demo", settings=hub.app_settings())
    server.get(f"/v1/github/repos/{APP}/branches")
    server.get(f"/v1/github/repos/{APP}/branches")
    equal(hub.count("POST", "/app/installations/*/access_tokens"), 2)
    hub.token_seconds = 3600
    for path in (f"/v1/github/repos/{APP}/branches", "/v1/github/repos", f"/v1/github/repos/{APP}/branches"):
        equal(len(server.get(path)), 1)
        hub.tokens = {TOKEN: None}  # all of the App's are revoked
    equal(hub.count("POST", "/app/installations/*/access_tokens"), 5)
    equal(hub.faults, [])
    hub.close()


@test
def clocks_that_differ_do_not_matter(box):
    for ahead in (-1800, 1800):
        hub = Github(box) if not os.path.exists(f"{box.home}/github") else None
        if hub is None:
            os.rename(f"{box.home}/github", f"{box.home}/github-before")
            os.rename(f"{box.home}/work-octo-app", f"{box.home}/work-before")
            hub = Github(box)
        hub.ahead = ahead
        hub.repository(APP, demo_files())
        server = box.serve("--demo", settings=hub.app_settings())
        equal(server.get(f"/v1/github/repos/{APP}/branches"), ["main"])
        server.stop()
        equal(hub.faults, [])
        hub.close()


@test
def a_persons_token_serves_as_well(box):
    w = World(box, settings="token_settings")
    equal(w.create()["number"], 1)
    equal(w.server.get("/v1/github/config")["is_configured"], True)
    assert all(token == TOKEN for _, _, token in w.hub.asked)
    w.end()


@test
def a_stored_app_is_sealed_and_masked(box):
    hub = Github(box)
    hub.repository(APP, demo_files())
    server = box.serve("--demo", settings=hub.settings())
    empty = server.get("/v1/github/config")
    equal((empty["is_configured"], empty["source"], empty["app_id"]), (False, None, None))
    equal(server.ask("GET", "/v1/github/repos").json["detail"].split(":")[0], "GitHub App not configured")
    app = {"app_id": "4711", "installation_id": "123456"}
    answer = server.post("/v1/github/config", app, 400)
    equal(answer["detail"], "Private key is required for initial configuration")
    assert "none" in server.post("/v1/github/config", {**app, "private_key": "no key"}, 400)["detail"]
    with open(hub.private) as f:
        key = f.read()
    server.post("/v1/github/config", {**app, "private_key": key}, 200)
    shown = server.get("/v1/github/config")
    equal(shown, {"app_id": "4711", "app_id_masked": "****", "installation_id": "123456", "installation_id_masked": "**3456",
                  "has_private_key": True, "is_configured": True, "source": "db"})
    equal(len(server.get("/v1/github/repos")), 1)
    server.stop()
    state = subprocess.run(["grep", "-r", "-l", key.splitlines()[1], f"{box.home}/state"], capture_output=True, text=True)
    equal(state.stdout, "")
    equal(hub.faults, [])
    hub.close()


@test
def the_token_is_on_no_disk_and_in_no_configuration(box):
    w = World(box)
    w.create()
    tokens = [t for t in w.hub.tokens if t.startswith("ghs_")]
    w.server.stop()
    for token in tokens:
        found = subprocess.run(["grep", "-r", "-l", token, f"{box.home}/state", *[s.log.name for s in box.servers]],
                               capture_output=True, text=True)
        equal(found.stdout, "")
    assert tokens
    w.end()


# ---- Webhooks ----


def pull_event(w, action, **changes):
    pull = {**w.hub.pull_view(APP, w.pulls()[0]), **changes}
    return {"action": action, "pull_request": pull, "repository": {"full_name": APP, "html_url": f"{w.hub.web}/{APP}"}}


@test
def a_delivery_without_a_right_signature_changes_nothing(box):
    w = World(box)
    w.create()
    event = pull_event(w, "closed", state="closed", merged=True)
    for how in ({"secret": "another"}, {"sign": False}):
        answer = w.hub.deliver(w.server, "pull_request", event, **how)
        equal((answer.status, answer.json["detail"]), (401, "Invalid signature"))
    equal(w.server.get(f"/v1/tasks/{w.task}/prs")[0]["status"], "open")
    w.server.stop()
    w.settings = {k: v for k, v in w.settings.items() if k != "DURSOR_WEBHOOK_SECRET"}
    w.restart()
    answer = w.hub.deliver(w.server, "pull_request", event, secret="")
    equal(answer.status, 401)
    assert "DURSOR_WEBHOOK_SECRET" in answer.json["detail"]
    w.end()


@test
def a_delivery_brings_the_state_once(box):
    w = World(box)
    w.create()
    merged = pull_event(w, "closed", state="closed", merged=True)
    equal(w.hub.deliver(w.server, "pull_request", merged, delivery="one").json, {"status": "received", "event": "pull_request"})
    equal(w.server.get(f"/v1/tasks/{w.task}/prs")[0]["status"], "merged")
    reopened = pull_event(w, "reopened")
    equal(w.hub.deliver(w.server, "pull_request", reopened, delivery="one").json["status"], "repeated")
    equal(w.server.get(f"/v1/tasks/{w.task}/prs")[0]["status"], "merged")
    equal(w.hub.deliver(w.server, "pull_request", reopened).json["status"], "received")
    equal(w.server.get(f"/v1/tasks/{w.task}/prs")[0]["status"], "open")
    other = {**merged, "pull_request": {**merged["pull_request"], "html_url": "https://github.com/other/app/pull/1"},
             "repository": {"full_name": "other/app", "html_url": "https://github.com/other/app"}}
    equal(w.hub.deliver(w.server, "pull_request", other).json["status"], "ignored")
    equal(w.server.ask("POST", "/v1/webhooks/github", b"no json", token=False).status, 401)
    w.end()


@test
def results_of_checks_are_taken_in(box):
    w = World(box)
    w.create()
    sha = w.runs[0]["commit_sha"]
    repository = {"full_name": APP, "html_url": f"{w.hub.web}/{APP}"}

    def check(name, status, conclusion):
        run = {"name": name, "head_sha": sha, "status": status, "conclusion": conclusion}
        return w.hub.deliver(w.server, "check_run", {"check_run": run, "repository": repository}).json["status"]

    equal(check("build", "completed", "success"), "received")
    equal(check("test", "in_progress", None), "received")
    equal(w.hub.deliver(w.server, "status", {"sha": sha, "context": "lint", "state": "failure", "repository": repository}).json["status"], "received")
    shown = w.server.get(f"/v1/tasks/{w.task}/ci-checks")[0]
    equal((shown["status"], shown["sha"], shown["jobs"]), ("failure", sha, {"build": "success", "test": "in_progress", "lint": "failure"}))
    compared = w.server.get(f"/v1/tasks/{w.task}/comparison")["runs"][0]
    equal((compared["checks"], compared["pull_number"]), ({"total": 3, "passed": 1, "failed": 1, "pending": 1}, 1))
    equal(w.hub.deliver(w.server, "ping", {"zen": "Design for failure.", "repository": repository}).json["status"], "received")
    w.end()


@test
def suites_and_workflows_are_taken_in(box):
    w = World(box)
    w.create()
    sha = w.runs[0]["commit_sha"]
    repository = {"full_name": APP, "html_url": f"{w.hub.web}/{APP}"}

    def hear(kind, **news):
        body = {kind: {"head_sha": sha, "conclusion": None, **news}, "repository": repository}
        return w.hub.deliver(w.server, kind, body).json["status"]

    app = {"name": "GitHub Actions"}
    equal(hear("check_suite", id=5, status="queued", app=app), "ignored")
    equal(hear("workflow_run", id=30, name="CI", event="push", status="in_progress"), "received")
    [shown] = w.server.get(f"/v1/tasks/{w.task}/ci-checks")
    equal((shown["status"], shown["workflow_run_id"]), ("pending", 30))
    equal(hear("workflow_run", id=30, name="CI", event="push", status="completed", conclusion="success"), "received")
    equal(hear("check_suite", id=5, status="completed", conclusion="success", app=app), "received")
    [shown] = w.server.get(f"/v1/tasks/{w.task}/ci-checks")
    equal((shown["status"], shown["jobs"]), ("success", {"CI (push)": "success", "GitHub Actions (check suite 5)": "success"}))
    equal(hear("check_suite", id=6, status="completed", conclusion="failure", app=app), "received")
    [shown] = w.server.get(f"/v1/tasks/{w.task}/ci-checks")
    equal((shown["status"], shown["sha"], [job["job_name"] for job in shown["failed_jobs"]]),
          ("failure", sha, ["GitHub Actions (check suite 6)"]))
    w.end()


@test
def a_workflow_of_ones_own_tells_its_results(box):
    w = World(box)
    w.create()
    told = {"event": "ci", "repository": APP, "ref": "refs/heads/x", "sha": "c0ffee", "pr_number": 1, "workflow_run_id": 3,
            "conclusion": "failure", "jobs": {"lint": "success", "test": "failure"}}

    def tell(**changes):
        return w.hub.tell(w.server, "/v1/webhooks/ci", {**told, **changes})

    for secret in (None, "another"):
        refused = w.hub.tell(w.server, "/v1/webhooks/ci", told, secret)
        equal((refused.status, refused.json["detail"]), (401, "Invalid signature"))
    equal(w.server.get(f"/v1/tasks/{w.task}/ci-checks"), [])
    other = tell(repository="other/app").json
    equal((other["status"], other["reason"]), ("ignored", "no pull request of dursor is meant"))
    equal(w.server.get(f"/v1/tasks/{w.task}/ci-checks"), [])
    equal(tell().json, {"status": "received", "reason": None, "failed_jobs": ["test"]})
    [shown] = w.server.get(f"/v1/tasks/{w.task}/ci-checks")
    equal((shown["status"], shown["sha"], shown["workflow_run_id"], shown["jobs"]), ("failure", "c0ffee", 3, told["jobs"]))
    sha = w.runs[0]["commit_sha"]
    equal(tell(sha=sha, pr_number=None, jobs={}, conclusion="success").json["status"], "received")
    equal(len(w.server.get(f"/v1/tasks/{w.task}/ci-checks")), 2)
    wrong = tell(jobs={}, conclusion=None)
    equal((wrong.status, wrong.json["detail"].split(":")[0], wrong.json["code"]), (400, "Invalid payload", "payload_invalid"))
    w.server.stop()
    w.settings = {k: v for k, v in w.settings.items() if k != "DURSOR_WEBHOOK_SECRET"}
    w.restart()
    for secret in (None, ""):
        off = w.hub.tell(w.server, "/v1/webhooks/ci", told, secret)
        equal((off.status, off.json["code"]), (401, "webhook_off"))
    w.end()


@test
def the_state_is_taken_in_when_asked_and_by_polling(box):
    w = World(box)
    made = w.create()
    w.pulls()[0].update(state="closed")
    shown = w.server.post(f"/v1/kanban/tasks/{w.task}/prs/{made['pr_id']}/sync-status", status=200)
    equal(shown["status"], "closed")
    w.pulls()[0].update(state="open")
    equal(w.ask("/sync", {"selected_run_id": w.runs[0]["id"]})["found"], True)
    w.pulls()[0].update(state="closed", merged_at="2026-01-10T11:34:47Z")
    box.change("UPDATE prs SET checked_at = LONG_AGO",  # a minute has passed
               "UPDATE jobs SET not_before = LONG_AGO WHERE kind = 'pull_poll'")
    until(lambda: w.server.get(f"/v1/tasks/{w.task}/prs")[0]["status"] == "merged", "the merge")
    w.end()


# ---- The terminal ----


@test
def a_terminal_makes_the_pull_request_of_a_checkout(box):
    hub = Github(box)
    url = hub.repository(APP, demo_files())
    checkout = f"{box.home}/checkout"
    subprocess.run(["git", "clone", "-q", f"{hub.root}/{APP}.git", checkout], check=True, capture_output=True)
    box.git(checkout, "remote", "set-url", "origin", url)
    box.run("run", "--demo", "--repo", checkout, INSTRUCTION)
    first = box.run("run", "--repo", checkout, "--pr", "1", settings=hub.token_settings()).stdout
    assert first.startswith("pull request #1: ") and f"{hub.web}/{APP}/pull/1" in first, first
    equal(box.run("run", "--repo", checkout, "--pr", "1", settings=hub.token_settings()).stdout, first)
    said = box.run("run", "--repo", checkout, "--pr", "1", settings=hub.settings(), status=2).stderr
    assert "DURSOR_GIT_TOKEN" in said, said
    equal(len(hub.pulls[APP]), 1)
    equal(hub.faults, [])
    hub.close()


if __name__ == "__main__":
    main()
