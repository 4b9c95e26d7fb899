"""What runs changed, run against run, comparisons and verdicts."""

import glob
import os
import shutil
import subprocess
import urllib.parse

from given import mirror, write
from harness import comparison, ended, equal, main, test, until


def compared(box, **more):
    server = box.serve("--demo", **more)
    task, runs = comparison(server, server.sample()["repo_url"])
    for run in runs:
        equal(ended(server, run)["status"], "succeeded")
    return server, task, runs


def left(box, run, commit, patch):
    """Makes it what the run left, as a worker stores it."""
    content = "'\\x" + patch.hex() + "'" if box.postgres else f"X'{patch.hex()}'"
    box.change(f"UPDATE runs SET commit_sha = '{commit}', files_count = 0, files_changed = '[]' WHERE id = '{run}'",
               f"UPDATE run_patches SET patch = {content} WHERE run_id = '{run}'")


def quoted(path):
    return urllib.parse.quote(path)


def loose(box, at):
    """Every object as a file of its own."""
    for pack in glob.glob(f"{at}/objects/pack/*.pack"):
        shutil.move(pack, f"{box.home}/moved.pack")
        with open(f"{box.home}/moved.pack", "rb") as packed:
            subprocess.run(["git", "-C", at, "unpack-objects", "-q"], env=box.env, stdin=packed, check=True)
    for index in glob.glob(f"{at}/objects/pack/*.idx"):
        os.unlink(index)


def patch_of(box, at, old, new):
    return subprocess.run(["git", "-C", at, "diff", "--binary", "--full-index", "-M", old, new], env=box.env, check=True,
                          capture_output=True).stdout


def odd_commits(box, at):
    """Two commits in the mirror that differ in every way that is hard to show."""
    work = f"{box.home}/odd"
    box.git(box.home, "clone", "-q", at, work)
    box.git(work, "config", "core.autocrlf", "false")
    for path, content in (("bin", bytes(range(256)) * 9), ("crlf.txt", b"one\r\ntwo\r\n"), ("moved.txt", b"line\n" * 50), ("run.sh", b"#!/bin/sh\n"),
                          ("end", b"no newline"), ("gone", b"gone\n"), ("caf\u00e9 \u65e5\u672c.txt", b"a\n"), ("empty", b"")):
        write(f"{work}/{path}", content)
    write(f"{work}/latin-\udce9".encode(errors="surrogateescape"), b"x\n")
    box.git(work, "checkout", "-q", "-B", "odd")
    box.git(work, "add", "-A")
    box.git(work, "commit", "-q", "-m", "Before")
    write(f"{work}/bin", bytes(reversed(range(256))) * 9)
    write(f"{work}/crlf.txt", b"one\r\nTWO\r\n")
    os.rename(f"{work}/moved.txt", f"{work}/a place.txt")
    os.chmod(f"{work}/run.sh", 0o755)
    write(f"{work}/end", b"still no newline")
    os.unlink(f"{work}/gone")
    write(f"{work}/caf\u00e9 \u65e5\u672c.txt", b"b\n")
    write(f"{work}/latin-\udce9".encode(errors="surrogateescape"), b"y\n")
    write(f"{work}/new empty", b"")
    box.git(work, "add", "-A")
    box.git(work, "commit", "-q", "-m", "After")
    box.git(work, "push", "-q", at, "odd")
    return box.git(work, "rev-parse", "odd^").strip(), box.git(work, "rev-parse", "odd").strip()


ODD = [("a place.txt", "renamed", 0, 0, False), ("bin", "modified", 0, 0, True), ("caf\u00e9 \u65e5\u672c.txt", "modified", 1, 1, False),
       ("crlf.txt", "modified", 1, 1, False), ("end", "modified", 1, 1, False), ("gone", "deleted", 0, 1, False),
       ("latin-\ufffd", "modified", 1, 1, False), ("new empty", "added", 0, 0, False), ("run.sh", "mode", 0, 0, False)]


@test
def every_odd_change_is_told_alike_from_git_and_from_the_stored_patch(box):
    server, task, runs = compared(box)
    at = mirror(box)
    before, after = odd_commits(box, at)
    left(box, runs[0], after, patch_of(box, at, before, after))
    left(box, runs[1], before, b"")
    for ask in ("", f"?against={runs[1]}"):
        files = server.get(f"/v1/runs/{runs[0]}/files{ask}")
        equal([(f["path"], f["status"], f["added_lines"], f["removed_lines"], f["is_binary"]) for f in files["files"]], ODD)
        equal((files["base_sha"], files["head_sha"], files["is_cut"]), (before, after, False))
        named = {f["path"]: f for f in files["files"]}
        equal((named["run.sh"]["old_mode"], named["run.sh"]["new_mode"]), ("100644", "100755"))
        equal(named["a place.txt"]["old_path"], "moved.txt")
        for path in named:
            part = server.get(f"/v1/runs/{runs[0]}/diff{ask}{'&' if ask else '?'}path={quoted(path)}")["patch"]
            equal(part.count("diff --git "), 1)
    whole = server.get(f"/v1/runs/{runs[0]}/diff?against={runs[1]}")["patch"]
    assert "\n-two\r\n+TWO\r\n" in whole and "\\ No newline at end of file" in whole and "GIT binary patch" in whole
    equal(server.get(f"/v1/runs/{runs[1]}/files")["files"], [])
    for path, wanted in (("crlf.txt", ("one\r\nTWO\r\n", False, 10)), ("bin", (None, True, 2304)), ("new empty", ("", False, 0)),
                         ("caf\u00e9 \u65e5\u672c.txt", ("b\n", False, 2))):
        file = server.get(f"/v1/runs/{runs[0]}/file?path={quoted(path)}")
        equal((file["text"], file["is_binary"], file["size"]), wanted)
    equal(server.ask("GET", f"/v1/runs/{runs[0]}/file?path=gone").status, 404)
    equal(server.get(f"/v1/runs/{runs[0]}/file?path=gone&side=old")["text"], "gone\n")


@test
def what_this_machine_lacks_is_not_fetched_for_looking(box):
    server, task, runs = compared(box)
    at = mirror(box)
    before, after = odd_commits(box, at)
    left(box, runs[0], after, patch_of(box, at, before, after))
    left(box, runs[1], before, b"")
    object = box.git(at, "rev-parse", f"{after}:crlf.txt").strip()
    loose(box, at)
    os.unlink(f"{at}/objects/{object[:2]}/{object[2:]}")  # as in a mirror whose contents come later
    files = server.get(f"/v1/runs/{runs[0]}/files?against={runs[1]}")
    assert files["is_cut"] and "crlf.txt" in [f["path"] for f in files["files"]], files
    refused = server.ask("GET", f"/v1/runs/{runs[0]}/file?path=crlf.txt")
    equal((refused.status, refused.json["code"]), (409, "repo_not_here"))
    equal(server.get(f"/v1/runs/{runs[0]}/file?path=crlf.txt&side=old")["text"], "one\r\ntwo\r\n")
    left(box, runs[1], "1" * 40, b"")  # made by another machine
    for ask in (f"/v1/runs/{runs[0]}/diff?against={runs[1]}", f"/v1/runs/{runs[1]}/file?path=crlf.txt"):
        refused = server.ask("GET", ask)
        equal((refused.status, refused.json["code"]), (409, "repo_not_here"))
    equal(server.get(f"/v1/runs/{runs[1]}/files")["base_sha"], None)


@test
def a_run_without_a_commit_says_so(box):
    server, task, runs = compared(box)
    whole = server.get(f"/v1/runs/{runs[0]}/files")
    box.change(f"UPDATE runs SET commit_sha = NULL WHERE id = '{runs[0]}'")  # as an imported one
    own = server.get(f"/v1/runs/{runs[0]}/files")
    equal((own["files"], own["base_sha"], own["head_sha"]), (whole["files"], None, None))
    box.change(f"DELETE FROM run_patches WHERE run_id = '{runs[1]}'",  # as a failed one
               f"UPDATE runs SET commit_sha = NULL, files_count = 0, files_changed = '[]' WHERE id = '{runs[1]}'")
    own = server.get(f"/v1/runs/{runs[1]}/diff")
    equal((own["patch"], own["is_cut"], own["head_sha"]), ("", False, None))
    for ask in (f"{runs[1]}/diff?against={runs[2]}", f"{runs[2]}/files?against={runs[1]}", f"{runs[1]}/file?path=a"):
        refused = server.ask("GET", f"/v1/runs/{ask}")
        equal((refused.status, refused.json["code"]), (409, "run_without_changes"))
        assert runs[1] in refused.json["detail"], refused.json


@test
def files_over_a_limit_of_the_stored_patch_are_named(box):
    server, task, runs = compared(box)
    files = server.get(f"/v1/runs/{runs[0]}/files")
    assert files["files"] and not files["is_cut"]
    box.change(f"DELETE FROM run_patches WHERE run_id = '{runs[0]}'")
    cut = server.get(f"/v1/runs/{runs[0]}/files")
    equal(([f["path"] for f in cut["files"]], cut["is_cut"]), ([f["path"] for f in files["files"]], True))
    equal(server.get(f"/v1/runs/{runs[0]}/diff")["is_cut"], True)


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
    at = mirror(box)
    wanted = box.git(at, "diff", "--binary", "--full-index", "-M", states[1]["commit_sha"], states[0]["commit_sha"])
    diff = server.get(f"/v1/runs/{runs[0]}/diff?against={runs[1]}")
    equal((diff["base_sha"], diff["head_sha"]), (states[1]["commit_sha"], states[0]["commit_sha"]))
    equal(sorted(line for line in diff["patch"].split("\n") if line[:1] in "+-"), sorted(line for line in wanted.split("\n") if line[:1] in "+-"))
    names = box.git(at, "diff", "--name-only", states[1]["commit_sha"], states[0]["commit_sha"]).split()
    equal([f["path"] for f in server.get(f"/v1/runs/{runs[0]}/files?against={runs[1]}")["files"]], names)
    same = server.get(f"/v1/runs/{runs[0]}/diff?against={runs[0]}")
    equal(same["patch"], "")
    shutil.rmtree(os.path.dirname(at))  # another server's disk
    refused = server.ask("GET", f"/v1/runs/{runs[0]}/diff?against={runs[1]}")
    equal((refused.status, refused.json["code"]), (409, "repo_not_here"))
    assert not os.path.exists(at), "looking must not clone"
    equal(server.get(f"/v1/runs/{runs[0]}/diff")["is_cut"], False)


@test
def a_file_is_shown_as_it_was_and_as_it_became(box):
    server, task, runs = compared(box)
    changed = next(f for f in server.get(f"/v1/runs/{runs[0]}/files")["files"] if f["status"] == "modified")
    path = changed["path"]
    commit = server.get(f"/v1/runs/{runs[0]}")["commit_sha"]
    at = mirror(box)
    for side, name in (("new", commit), ("old", f"{commit}^")):
        equal(server.get(f"/v1/runs/{runs[0]}/file?path={path}&side={side}")["text"], box.git(at, "show", f"{name}:{path}"))
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
