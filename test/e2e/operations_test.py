"""What operators and people who are about to start runs ask for."""

import os

from github import TOKEN, Github
from harness import comparison, ended, equal, main, test, until


def given_dead(server, box):
    """A run whose model cannot be reached, and its dead letter."""
    model = server.post("/v1/models", {"provider": "openai", "model_name": "gone", "api_key": "sk-secret-of-test",
                                       "base_url": "http://127.0.0.1:9/v1"})
    task, [run] = comparison(server, box.repository(), models=[model["id"]])
    equal(ended(server, run)["status"], "failed")
    [dead] = until(lambda: server.get("/v1/operations/jobs?state=dead"), "the dead letter")
    equal((dead["run_id"], dead["task_id"], dead["state"]), (run, task, "dead"))
    return task, run, dead


QUICK = {"DURSOR_LLM_TRIES": "1", "DURSOR_JOB_TRIES": "1"}


@test
def a_dead_letter_is_sent_again_as_a_new_run_or_dropped(box):
    server = box.serve(settings=QUICK)
    task, run, dead = given_dead(server, box)
    assert dead["error"] and dead["tries"] >= 0
    failed = server.get(f"/v1/runs/{run}")
    [card] = server.get(f"/v1/tasks/{task}")["runs"]
    [beside] = server.get(f"/v1/tasks/{task}/comparison")["runs"]
    for shown in (dead, failed, card, beside):  # what a page needs to say it in its reader's language
        equal((shown["error_code"], sorted(shown["error_params"])), (failed["error_code"], ["model", "provider", "said"]))
    equal(sum(q["dead"] for q in server.get("/v1/operations/queues")), 1)
    again = server.post(f"/v1/operations/jobs/{dead['id']}/resend", status=200)
    assert again["run_id"] != run
    equal(server.get(f"/v1/runs/{again['run_id']}")["retry_of"], run)
    equal(ended(server, again["run_id"])["status"], "failed")
    [dead] = until(lambda: server.get("/v1/operations/jobs?state=dead"), "the new dead letter")
    equal(server.ask("POST", f"/v1/operations/jobs/{dead['id']}/drop").status, 204)
    equal(server.get("/v1/operations/jobs?state=dead"), [])
    equal(server.ask("POST", f"/v1/operations/jobs/{dead['id']}/resend").status, 404)


@test
def dead_letters_are_handled_from_a_terminal_as_well(box):
    server = box.serve(settings=QUICK)
    _, run, dead = given_dead(server, box)
    said = box.run("jobs").stdout
    assert dead["id"] in said and run in said, said
    assert "is pending, for run" in box.run("jobs", "resend", dead["id"]).stdout
    [again] = until(lambda: server.get("/v1/operations/jobs?state=dead"), "the new dead letter")
    assert again["run_id"] != run
    box.run("jobs", "drop", again["id"])
    equal(box.run("jobs").stdout, "no jobs are dead\n")
    assert "Dead letter not found" in box.run("jobs", "drop", again["id"], status=1).stderr
    assert "no state" in box.run("jobs", "--state", "x", status=2).stderr


@test
def workers_show_what_they_hold(box):
    server = box.serve("--demo")
    _, [run] = comparison(server, box.repository(), models=["demo-slow"])
    held = lambda: [job for worker in server.get("/v1/operations/workers") for job in worker["jobs"] if job["run_id"] == run]
    [job] = until(held, "the job that executes the run")
    [worker] = server.get("/v1/operations/workers")
    equal((worker["pid"], worker["concurrency"] > 0), (server.process.pid, True))
    listed = server.get("/v1/operations/jobs?state=leased&kind=run")
    equal([(j["id"], j["owner"]) for j in listed], [(job["job_id"], worker["id"])])
    server.ask("POST", f"/v1/runs/{run}/cancel")


@test
def jobs_come_in_pages(box):
    server = box.serve("--demo")
    _, runs = comparison(server, box.repository())
    for run in runs:
        ended(server, run)
    whole = [job["id"] for job in server.get("/v1/operations/jobs")]
    found, cursor = [], ""
    while cursor is not None:
        answer = server.ask("GET", f"/v1/operations/jobs?limit=2&cursor={cursor}")
        found += [job["id"] for job in answer.json]
        cursor = answer.headers["X-Next-Cursor"]
    equal(found, whole)
    equal(found, sorted(found, reverse=True))


@test
def storage_is_measured_by_part_and_repository(box):
    server = box.serve("--demo")
    _, runs = comparison(server, box.repository())
    for run in runs:
        ended(server, run)
    view = server.get("/v1/operations/storage")
    assert view["database_bytes"] > 0 and view["log_bytes"] > 0 and 0 < view["disk_free_bytes"] < view["disk_total_bytes"]
    repos = {repo["id"]: repo["repo_url"] for repo in server.get("/v1/repos")}
    assert {(m["repo_id"], m["repo_url"]) for m in view["mirrors"]} >= set(repos.items())
    mirrors = next(part for part in view["parts"] if part["name"] == "mirrors")
    equal(mirrors["bytes"], sum(m["bytes"] for m in view["mirrors"]))
    equal(view["is_partial"], False)


@test
def about_shows_settings_without_secrets_and_agents_say_why_they_are_not_usable(box):
    with open(f"{box.home}/claude", "w") as file:
        file.write("#!/bin/sh\necho \"2.1.0 (Claude Code) $OPENAI_API_KEY\"\n")
    os.chmod(f"{box.home}/claude", 0o755)
    server = box.serve(settings={"OPENAI_API_KEY": "sk-secret-of-test", "PATH": f"{box.home}:{box.env['PATH']}"})
    answer = server.ask("GET", "/v1/about")
    about = answer.json
    equal((about["mode"], about["auth"], about["database"]), ("local", "local", "postgresql" if box.postgres else "sqlite"))
    shown = {setting["variable"]: setting for setting in about["settings"]}
    equal((shown["OPENAI_API_KEY"]["value"], shown["OPENAI_API_KEY"]["origin"]), ("***", "environment"))
    assert b"sk-secret-of-test" not in answer.body
    answer = server.ask("GET", "/v1/agents")
    agents = {agent["executor_type"]: agent for agent in answer.json["agents"]}
    claude = agents["claude_code"]
    equal((claude["path"], claude["version"], claude["usable"], claude["reason_code"]),
          (f"{box.home}/claude", "2.1.0 (Claude Code)", False, "agent_without_driver"))
    equal(claude["reason_params"], {"label": "Claude Code", "program": "claude"})
    usable = [e["executor_type"] for e in answer.json["executors"] if e["usable"]]
    equal(usable, ["patch_agent"])


@test
def a_model_is_tested_with_a_few_words_and_a_failure_says_what_to_do(box):
    server = box.serve("--demo")
    good = server.post("/v1/models/demo-quick/test", status=200)
    equal((good["ok"], good["code"]), (True, None))
    bad = server.ask("POST", "/v1/models/test", {"provider": "openai", "model_name": "gone", "api_key": "sk-secret-of-test",
                                                 "base_url": "http://127.0.0.1:9/v1"})
    equal((bad.status, bad.json["ok"], bad.json["code"]), (200, False, "provider_unreachable"))
    equal(bad.json["params"]["provider"], "openai")
    assert bad.json["next_step"] and bad.json["error"] and b"sk-secret-of-test" not in bad.body
    equal(server.ask("POST", "/v1/models/no-such/test").status, 404)


@test
def estimates_go_by_size_and_then_by_what_runs_used(box):
    server = box.serve("--demo", settings={"OPENAI_API_KEY": "sk-secret-of-test"})
    repository = box.repository()
    ask = {"instruction": "Make it better", "model_ids": ["demo-quick", "env-1", "openai:no-such-model"]}
    task, runs = comparison(server, repository, models=["demo-quick"])
    first = server.post(f"/v1/tasks/{task}/estimate", ask, status=200)
    by_id = {m["model_id"]: m for m in first["models"]}
    equal([m["model_id"] for m in first["models"]], ask["model_ids"])
    priced, unknown = by_id["env-1"], by_id["openai:no-such-model"]
    assert 0 < priced["low_usd"] < priced["high_usd"] and priced["low_input_tokens"] < priced["high_input_tokens"]
    equal((unknown["low_usd"], unknown["high_usd"], unknown["note_code"]), (None, None, "price_unknown"))
    equal((first["low_usd"], first["without_price"], first["repo_files"], first["fits"]), (priced["low_usd"], 2, 2, True))
    equal(server.ask("POST", "/v1/estimate", {**ask, "repo_id": "00000000-0000-7000-8000-000000000000"}).status, 404)
    for run in runs:
        ended(server, run)
    for _ in range(2):
        _, more = comparison(server, repository, models=["demo-quick"])
        ended(server, more[0])
    repo = server.get(f"/v1/tasks/{task}")["repo_id"]
    used = sorted(server.get(f"/v1/runs/{run}")["output_tokens"] for run in runs + more)
    again = server.post("/v1/estimate", {**ask, "repo_id": repo, "model_ids": ["demo-quick"]}, status=200)["models"][0]
    equal((again["basis"], again["earlier_runs"]), ("runs", 3))
    assert used[0] <= again["low_output_tokens"] <= again["high_output_tokens"] <= used[-1] or used[0] == used[-1]


@test
def without_an_access_github_says_what_to_set(box):
    server = box.serve()
    tested = server.post("/v1/github/test", status=200)
    equal((tested["ok"], tested["code"]), (False, "github_not_configured"))
    assert tested["next_step"]


@test
def github_is_asked_who_calls_and_what_is_missing(box):
    hub = Github(box)
    hub.repository("octo/app", {"a": "a\n"})
    hub.permissions = {"contents": "read", "pull_requests": "write"}
    server = box.serve(settings=hub.app_settings())
    tested = server.post("/v1/github/test", status=200)
    equal((tested["ok"], tested["source"], tested["login"]), (True, "env", "dursor-of-test"))
    [at] = tested["installations"]
    equal((at["account"], at["repositories"], at["permissions"]["contents"], at["missing"]),
          ("octo", "selected", "read", ["contents: write"]))
    server.stop()
    server = box.serve(settings=hub.token_settings())
    equal(server.post("/v1/github/test", status=200)["login"], "ann")
    hub.tokens.clear()
    answer = server.ask("POST", "/v1/github/test")
    equal((answer.json["ok"], answer.json["code"]), (False, "forge_credentials"))
    assert answer.json["next_step"] and TOKEN.encode() not in answer.body
    hub.close()


if __name__ == "__main__":
    main()
