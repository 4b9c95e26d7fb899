"""dursor run: the main job from a terminal."""

import json
import os
import signal
import subprocess
import time

from harness import BINARY, PATIENCE, Box, equal, main, test, until

INSTRUCTION = "Make greet() say hello in Japanese when the language is ja, and cover it with a test"


def lines_of(ran):
    return [json.loads(line) for line in ran.stdout.splitlines()]


def compare(box, *more, **options):
    ran = box.run("run", "--demo", "--json", *more, INSTRUCTION, **options)
    last = lines_of(ran)[-1]
    equal(last["type"], "comparison")
    return last["runs"]


def sample(box):
    """The demo's own repository, once a comparison has made it."""
    compare(box)
    ran = box.run("run", "--demo", "--list", "--json")
    assert lines_of(ran)
    return f"{box.home}/state/dursor/demo/project"


@test
def a_comparison_of_the_demo_models_ends_with_a_commit_each(box):
    runs = compare(box)
    equal([run["model"] for run in runs], ["demo-careful", "demo-quick", "demo-thorough"])
    equal([run["status"] for run in runs], ["succeeded"] * 3)
    equal(len({run["commit"] for run in runs}), 3)
    equal(len({run["branch"] for run in runs}), 3)
    for run in runs:
        assert run["files_changed"] and run["usage"]["input_tokens"] > 0 and run["error"] is None, run


@test
def events_come_in_order_before_the_comparison(box):
    ran = box.run("run", "--demo", "--json", INSTRUCTION)
    events = lines_of(ran)[:-1]
    seen = {}
    for event in events:
        equal(event["seq"], seen.get(event["run_id"], 0) + 1)
        seen[event["run_id"]] = event["seq"]
    equal(len(seen), 3)
    assert any(event["kind"] == "usage" for event in events)


@test
def the_checkout_is_only_read_until_apply_is_asked_for(box):
    repository = sample(box)
    before = box.git(repository, "status", "--porcelain=v2", "--branch")
    compare(box)
    equal(box.git(repository, "status", "--porcelain=v2", "--branch"), before)
    equal(box.git(repository, "for-each-ref", "refs/heads").count("\n"), 1)


@test
def a_diff_is_a_patch_that_git_applies_and_apply_brings_the_same(box):
    repository = sample(box)
    patch = box.run("run", "--demo", "--diff", "1").stdout
    assert patch.startswith("diff --git"), patch[:200]
    with open(f"{box.home}/one.patch", "w") as f:
        f.write(patch)
    box.git(repository, "apply", "--check", f"{box.home}/one.patch")
    said = box.run("run", "--demo", "--apply", "1").stdout
    assert "applied" in said
    equal(box.git(repository, "diff", "--cached", "HEAD"), box.git(repository, "diff", "HEAD"))
    assert box.git(repository, "diff", "--cached", "HEAD")


@test
def apply_refuses_what_would_overwrite_and_force_saves_it_first(box):
    repository = sample(box)
    changed = box.run("run", "--demo", "--diff", "1").stdout.split(" b/")[1].split("\n")[0]
    with open(f"{repository}/{changed}", "w") as f:
        f.write("mine\n")
    refused = box.run("run", "--demo", "--apply", "1", status=1)
    assert changed in refused.stderr, refused.stderr
    equal(open(f"{repository}/{changed}").read(), "mine\n")
    forced = box.run("run", "--demo", "--apply", "1", "--force").stdout
    assert "refs/dursor/backup/" in forced
    assert open(f"{repository}/{changed}").read() != "mine\n"
    backup = forced.split("saved as ")[1].split(";")[0]
    assert "mine" in box.git(repository, "show", f"{backup}:{changed}")


@test
def branch_makes_a_branch_of_the_chosen_run_and_leaves_the_checkout_alone(box):
    repository = sample(box)
    box.run("run", "--demo", "--apply", "2", "--branch", "try/two")
    assert box.git(repository, "rev-parse", "try/two").strip()
    equal(box.git(repository, "status", "--porcelain"), "")
    equal(box.git(repository, "branch", "--show-current").strip(), "main")


@test
def a_follow_up_goes_on_from_each_branch(box):
    first = compare(box)
    second = compare(box, "--continue")
    equal([run["branch"] for run in second if run["commit"]], [run["branch"] for run in first][: len([r for r in second if r["commit"]])])
    listed = lines_of(box.run("run", "--demo", "--list", "--json"))
    equal(len(listed), 1)


@test
def remove_removes_the_comparison(box):
    compare(box)
    box.run("run", "--demo", "--remove")
    gone = box.run("run", "--demo", status=1)
    assert "no comparison" in gone.stderr


@test
def wrong_input_is_told_what_to_do(box):
    for arguments, words in [
        (["run"], "repository"),
        (["run", "--demo"], "no comparison"),
        (["run", "--demo", ""], "empty"),
        (["run", "--demo", "--model", "nonsense:x", "do it"], "Model not found"),
        (["run", "--model", "openai:gpt-6-sol", "--repo", "https://user:secret@example.org/x/y", "do it"], "password"),
        (["run", "--demo", "--apply", "zero"], "number"),
        (["run", "--nonsense", "x"], "--help"),
        (["run", "--demo", "--max-cost", "free", "x"], "dollars"),
        (["run", "one", "two"], "quotes"),
    ]:
        ran = subprocess.run([BINARY, *arguments], env=box.env, cwd=box.home, text=True, capture_output=True, timeout=PATIENCE)
        assert ran.returncode in (1, 2), (arguments, ran.returncode, ran.stdout, ran.stderr)
        assert words in ran.stderr and "secret" not in ran.stderr, (arguments, ran.stderr)


@test
def a_repository_with_a_hostile_settings_file_redirects_no_key(box):
    repository = box.repository()
    with open(f"{repository}/.env", "w") as f:
        f.write("OPENAI_BASE_URL=http://127.0.0.1:9/\nOPENAI_API_KEY=stolen\n")
    shown = box.run("config", cwd=repository).stdout
    assert "127.0.0.1:9" not in shown and "stolen" not in shown


@test
def uncommitted_changes_are_left_out_and_said(box):
    repository = sample(box)
    path = f"{repository}/{os.listdir(repository)[-1]}"
    tracked = box.git(repository, "ls-files").splitlines()[0]
    with open(f"{repository}/{tracked}", "a") as f:
        f.write("\nunsaved thought\n")
    ran = box.run("run", "--demo", "--repo", repository, INSTRUCTION)
    assert "uncommitted" in ran.stderr, (path, ran.stderr)
    assert "unsaved thought" in open(f"{repository}/{tracked}").read()


@test
def an_interrupt_cancels_all_runs_and_the_program_ends(box):
    with subprocess.Popen([BINARY, "run", "--demo", "--json", "--model", "demo-slow", INSTRUCTION], env=box.env, cwd=box.home,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        for line in running.stdout:
            if json.loads(line).get("kind") == "log":
                break
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read()
        equal(running.wait(PATIENCE), 130)
    last = json.loads(rest.splitlines()[-1])
    equal([run["status"] for run in last["runs"]], ["canceled"])


@test
def a_killed_command_leaves_runs_that_the_next_one_ends_as_failed(box):
    with subprocess.Popen([BINARY, "run", "--demo", "--json", "--model", "demo-slow", INSTRUCTION], env=box.env, cwd=box.home,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        event = json.loads(running.stdout.readline())
        running.kill()
    server = box.serve("--demo")
    run = until(lambda: (lambda r: r if r["status"] == "failed" else None)(server.get(f"/v1/runs/{event['run_id']}")), "the end")
    assert run["error"], run


@test
def a_command_beside_a_running_server_keeps_its_runs_and_the_server_shows_them(box):
    server = box.serve("--demo", settings={"DURSOR_WORKER_CONCURRENCY": "8"})
    with subprocess.Popen([BINARY, "run", "--demo", "--json", INSTRUCTION], env=box.env, cwd=box.home,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        first = json.loads(running.stdout.readline())
        stream = server.stream(f"/v1/runs/{first['run_id']}/events", last_id="0")
        told = []
        for event, identity, data in stream:
            if event == "hello":
                continue
            told.append((data["kind"], data["detail"] and data["detail"].get("status")))
            if told[-1] == ("status", "succeeded"):
                break
        rest = running.stdout.read()
        equal(running.wait(PATIENCE), 0)
    equal([kind for kind in told if kind[0] == "status"], [("status", "running"), ("status", "succeeded")])
    equal([run["status"] for run in json.loads(rest.splitlines()[-1])["runs"]], ["succeeded"] * 3)


@test
def without_a_key_it_says_which_variables_to_set(box):
    repository = box.repository()
    ran = box.run("run", "--repo", repository, "do it", status=2)
    assert "OPENAI_API_KEY" in ran.stderr and "--demo" in ran.stderr


if __name__ == "__main__":
    main()
