"""What runs changed, run against run, comparisons and verdicts."""

import os
import shutil
import subprocess

from harness import comparison, ended, equal, main, test, until


def compared(box, **more):
    server = box.serve("--demo", **more)
    task, runs = comparison(server, server.sample()["repo_url"])
    for run in runs:
        equal(ended(server, run)["status"], "succeeded")
    return server, task, runs


@test
def a_runs_own_change_is_its_stored_patch(box):
    server, task, runs = compared(box)
    whole = server.ask("GET", f"/v1/runs/{runs[0]}/patch").body.decode()
    diff = server.get(f"/v1/runs/{runs[0]}/diff")
    equal((diff["patch"], diff["is_cut"], diff["against"]), (whole, False, None))
    shown = server.get(f"/v1/runs/{runs[0]}")
    files = server.get(f"/v1/runs/{runs[0]}/files")
    equal([(f["path"], f["status"], f["added_lines"], f["removed_lines"]) for f in files["files"]],
          [(f["path"], f["status"], f["added_lines"], f["removed_lines"]) for f in shown["files_changed"]])
    equal(files["head_sha"], shown["commit_sha"])
    one = files["files"][0]["path"]
    part = server.get(f"/v1/runs/{runs[0]}/diff?path={one}")["patch"]
    assert part and part in whole and part.count("diff --git") == 1, part
    equal(server.get(f"/v1/runs/{runs[0]}/diff?path=no/such")["patch"], "")


@test
def run_against_run_is_what_git_says(box):
    server, task, runs = compared(box)
    states = [server.get(f"/v1/runs/{run}") for run in runs]
    repo = server.get("/v1/tasks/" + task)["repo_id"]
    mirror = subprocess.run(["find", box.home, "-type", "d", "-path", f"*{repo}/repo.git"], capture_output=True, text=True, check=True).stdout.split()[0]
    wanted = box.git(mirror, "diff", "--binary", "--full-index", "-M", states[1]["commit_sha"], states[0]["commit_sha"])
    diff = server.get(f"/v1/runs/{runs[0]}/diff?against={runs[1]}")
    equal((diff["base_sha"], diff["head_sha"]), (states[1]["commit_sha"], states[0]["commit_sha"]))
    equal(sorted(line for line in diff["patch"].split("\n") if line[:1] in "+-"), sorted(line for line in wanted.split("\n") if line[:1] in "+-"))
    names = box.git(mirror, "diff", "--name-only", states[1]["commit_sha"], states[0]["commit_sha"]).split()
    equal([f["path"] for f in server.get(f"/v1/runs/{runs[0]}/files?against={runs[1]}")["files"]], names)
    same = server.get(f"/v1/runs/{runs[0]}/diff?against={runs[0]}")
    equal(same["patch"], "")
    shutil.rmtree(os.path.dirname(mirror))  # another server's disk
    refused = server.ask("GET", f"/v1/runs/{runs[0]}/diff?against={runs[1]}")
    equal((refused.status, refused.json["code"]), (409, "repo_not_here"))
    assert not os.path.exists(mirror), "looking must not clone"
    equal(server.get(f"/v1/runs/{runs[0]}/diff")["is_cut"], False)


@test
def a_file_is_shown_as_it_was_and_as_it_became(box):
    server, task, runs = compared(box)
    changed = next(f for f in server.get(f"/v1/runs/{runs[0]}/files")["files"] if f["status"] == "modified")
    path = changed["path"]
    commit = server.get(f"/v1/runs/{runs[0]}")["commit_sha"]
    repo = server.get("/v1/tasks/" + task)["repo_id"]
    mirror = subprocess.run(["find", box.home, "-type", "d", "-path", f"*{repo}/repo.git"], capture_output=True, text=True, check=True).stdout.split()[0]
    for side, name in (("new", commit), ("old", f"{commit}^")):
        equal(server.get(f"/v1/runs/{runs[0]}/file?path={path}&side={side}")["text"], box.git(mirror, "show", f"{name}:{path}"))
    equal(server.ask("GET", f"/v1/runs/{runs[0]}/file?path=no/such").status, 404)
    equal(server.ask("GET", f"/v1/runs/{runs[0]}/file").json["code"], "file_path_missing")
    equal(server.ask("GET", f"/v1/runs/{runs[0]}/file?path={path}&side=middle").json["code"], "side_unknown")


@test
def a_comparison_counts_files_in_common_and_only_here(box):
    server, task, runs = compared(box)
    found = server.get(f"/v1/tasks/{task}/comparison")
    equal([run["run_id"] for run in found["runs"]], runs)
    equal([run["index"] for run in found["runs"]], [1, 2, 3])
    touched = {run: {f["path"] for f in server.get(f"/v1/runs/{run}/files")["files"]} for run in runs}
    for run in found["runs"]:
        mine = touched[run["run_id"]]
        others = set().union(*(paths for other, paths in touched.items() if other != run["run_id"]))
        equal((run["shared_files"], run["only_here_files"], run["files_changed"]), (len(mine & others), len(mine - others), len(mine)))
        assert run["duration_ms"] > 0 and run["status"] == "succeeded" and run["summary"]
        equal(run["checks"], {"total": 0, "passed": 0, "failed": 0, "pending": 0})
    equal([f["path"] for f in found["files"]], sorted(set().union(*touched.values())))
    for file in found["files"]:
        equal([one["run_id"] for one in file["in"]], [run for run in runs if file["path"] in touched[run]])
    message = server.get("/v1/tasks/" + task)["messages"][0]["id"]
    equal(server.get(f"/v1/tasks/{task}/comparison?message_id={message}"), found)
    equal(server.get(f"/v1/tasks/{task}/comparison?message_id=00000000-0000-7000-8000-000000000000")["runs"], [])
    equal(server.ask("GET", "/v1/tasks/00000000-0000-7000-8000-000000000000/comparison").status, 404)
    empty = server.post("/v1/tasks", {"repo_id": server.get("/v1/tasks/" + task)["repo_id"]})
    equal(server.get(f"/v1/tasks/{empty['id']}/comparison"), {"task_id": empty["id"], "message_id": None, "runs": [], "files": [], "is_cut": False})


@test
def a_verdict_is_the_teams_and_is_told(box):
    server, task, runs = compared(box)
    seen = server.get("/v1/events?wait=0")
    for verdict in ("pinned", "discarded", None):
        equal(server.ask("PUT", f"/v1/runs/{runs[0]}/verdict", {"verdict": verdict}).json, {"verdict": verdict})
        equal(server.get(f"/v1/runs/{runs[0]}")["verdict"], verdict)
        equal(next(run for run in server.get(f"/v1/tasks/{task}")["runs"] if run["id"] == runs[0])["verdict"], verdict)
        equal(server.get(f"/v1/tasks/{task}/comparison")["runs"][0]["verdict"], verdict)
        told = until(lambda: [n for n in server.get(f"/v1/events?after={seen['cursor']}&wait=1")["news"] if n["id"] == runs[0]], "news of the verdict")
        equal((told[-1]["kind"], told[-1]["task_id"]), ("run", task))
        seen = server.get(f"/v1/events?after={seen['cursor']}&wait=1")
    equal(server.ask("PUT", f"/v1/runs/{runs[0]}/verdict", {"verdict": "best"}).status, 422)
    equal(server.ask("PUT", "/v1/runs/00000000-0000-7000-8000-000000000000/verdict", {"verdict": "pinned"}).status, 404)


@test
def runs_that_cannot_be_compared_say_why(box):
    server, task, runs = compared(box)
    other, (stranger, *_) = comparison(server, box.repository(name="third"), models=("demo-quick",))
    ended(server, stranger)
    refused = server.ask("GET", f"/v1/runs/{runs[0]}/diff?against={stranger}")
    equal((refused.status, refused.json["code"]), (400, "runs_of_other_repos"))
    equal(server.ask("GET", f"/v1/runs/{runs[0]}/diff?against=00000000-0000-7000-8000-000000000000").status, 404)
    equal(server.ask("GET", "/v1/runs/00000000-0000-7000-8000-000000000000/files").status, 404)


if __name__ == "__main__":
    main()
