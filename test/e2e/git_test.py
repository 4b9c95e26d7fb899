"""Where repositories come from, what their files are called, and what comes back to the checkout."""

import contextlib
import os
import subprocess

from given import ADD, Scripted, commit_all, compare, mirror, read, write
from harness import PATIENCE, equal, main, test

HERE = os.path.dirname(os.path.abspath(__file__))


# ---- Names and contents ----

STRANGE = {
    "with space.txt": b"one\ntwo\n",
    'quo"te.txt': b"one\ntwo\n",
    "日本語/挨拶.txt": "こんにちは\n二\n".encode(),
    "crlf.txt": b"one\r\ntwo\r\nthree\r\n",
    "no newline.txt": b"one\ntwo",
    "old.txt": b"going\n",
    "logo.png": bytes(range(256)) * 20,
    "picture.bin": bytes(range(255, -1, -1)) * 20,
    "tool.sh": b"#!/bin/sh\necho one\n",
}

EDITS = [
    {"op": "replace", "path": "with space.txt", "find": "two\n", "replace": "zwei\n"},
    {"op": "replace", "path": 'quo"te.txt', "find": "one\n", "replace": "eins\n"},
    {"op": "replace", "path": "日本語/挨拶.txt", "find": "二\n", "replace": "三\n"},
    {"op": "replace", "path": "crlf.txt", "find": "two\n", "replace": "zwei\n"},
    {"op": "replace", "path": "no newline.txt", "find": "two", "replace": "zwei"},
    {"op": "replace", "path": "tool.sh", "find": "echo one\n", "replace": "echo two\n"},
    {"op": "delete", "path": "old.txt"},
    {"op": "delete", "path": "logo.png"},
    {"op": "rename", "path": "picture.bin", "new_path": '絵/"picture".bin'},
    {"op": "create", "path": '新しい "file".md', "replace": "# 新\n"},
]


def given_strange(box):
    repository = box.repository()
    for path, content in STRANGE.items():
        write(f"{repository}/{path}", content)
    os.chmod(f"{repository}/tool.sh", 0o755)
    commit_all(box, repository)
    return repository


@test
def strange_names_and_contents_come_through_the_whole_path(box):
    repository = given_strange(box)
    with Scripted(box, {"Change it all": EDITS}) as model:
        run = compare(box, model, repository, "Change it all")
    equal(run["status"], "succeeded")
    equal({f["path"] for f in run["files_changed"]}, {e.get("new_path", e["path"]) for e in EDITS})
    patch = box.run("run", "--repo", repository, "--diff", "1").stdout
    with open(f"{box.home}/all.patch", "w", newline="") as f:
        f.write(patch)
    box.run("run", "--repo", repository, "--apply", "1")
    equal(box.git(repository, "write-tree").strip(), box.git(mirror(box), "rev-parse", f"{run['commit']}^{{tree}}").strip())
    equal(box.git(repository, "diff"), "")
    equal(read(f"{repository}/crlf.txt"), b"one\r\nzwei\r\nthree\r\n")
    equal(read(f"{repository}/no newline.txt"), b"one\nzwei")
    equal(read(f"{repository}/日本語/挨拶.txt"), "こんにちは\n三\n".encode())
    equal(read(f'{repository}/絵/"picture".bin'), STRANGE["picture.bin"])
    assert os.access(f"{repository}/tool.sh", os.X_OK)
    assert not os.path.exists(f"{repository}/logo.png") and not os.path.exists(f"{repository}/picture.bin")


@test
def the_patch_of_strange_files_is_one_that_git_applies(box):
    repository = given_strange(box)
    with Scripted(box, {"Change it all": EDITS}) as model, box_server(box, model) as server:
        repo = server.post("/v1/repos/clone", {"repo_url": repository})
        task = server.post("/v1/tasks", {"repo_id": repo["id"]})["id"]
        run = server.post(f"/v1/tasks/{task}/runs", {"instruction": "Change it all", "model_ids": ["env-1"]})["run_ids"][0]
        ended = wait_end(server, run)
        write(f"{box.home}/all.patch", server.ask("GET", f"/v1/runs/{run}/patch").body)
    box.git(repository, "apply", "--index", f"{box.home}/all.patch")
    equal(box.git(repository, "write-tree").strip(), box.git(mirror(box), "rev-parse", f"{ended['commit_sha']}^{{tree}}").strip())
    assert all(f["patch"].startswith("diff --git") for f in ended["files_changed"]), ended["files_changed"]


@contextlib.contextmanager
def box_server(box, model):
    server = box.serve(settings=model.settings)
    yield server
    server.stop()


def wait_end(server, run):
    cursor = "0"
    while True:
        page = server.get(f"/v1/runs/{run}/events?after={cursor}&wait=20")
        if page["is_complete"]:
            return server.get(f"/v1/runs/{run}")
        cursor = page["cursor"]


# ---- Where it comes from ----


@test
def a_linked_worktree_is_taken_at_its_own_head(box):
    repository, side = box.repository(), f"{box.home}/side"
    box.git(repository, "worktree", "add", "-q", "-b", "side", side)
    write(f"{side}/only here.txt", b"side\n")
    commit_all(box, side)
    with Scripted(box, ADD) as model:
        run = compare(box, model, side, "Add a file")
        equal(box.git(mirror(box), "show", f"{run['commit']}:only here.txt"), "side\n")
        box.run("run", "--apply", "1", cwd=side)
    assert os.path.exists(f"{side}/added.txt") and not os.path.exists(f"{repository}/added.txt")
    equal(box.git(repository, "status", "--porcelain"), "")


@test
def a_detached_head_is_the_base(box):
    repository = box.repository()
    first = box.git(repository, "rev-parse", "HEAD").strip()
    write(f"{repository}/later.txt", b"later\n")
    commit_all(box, repository)
    box.git(repository, "checkout", "-q", "--detach", first)
    with Scripted(box, ADD) as model:
        run = compare(box, model, repository, "Add a file")
    equal(box.git(mirror(box), "rev-parse", f"{run['commit']}^").strip(), first)


@test
def another_base_is_taken_when_it_is_named(box):
    repository = box.repository()
    box.git(repository, "branch", "old")
    write(f"{repository}/later.txt", b"later\n")
    commit_all(box, repository)
    with Scripted(box, ADD) as model:
        run = compare(box, model, repository, "--base", "old", "Add a file")
        equal(box.git(mirror(box), "rev-parse", f"{run['commit']}^").strip(), box.git(repository, "rev-parse", "old").strip())
        refused = box.run("run", "--repo", repository, "--base", "nowhere", "Add a file", settings=model.settings, status=1)
    assert "nowhere" in refused.stderr, refused.stderr


@test
def a_shallow_clone_works(box):
    repository, shallow = box.repository(), f"{box.home}/shallow"
    for number in range(3):
        write(f"{repository}/{number}.txt", b"x\n")
        commit_all(box, repository)
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{repository}", shallow], check=True, env=box.env)
    with Scripted(box, ADD) as model:
        equal(compare(box, model, shallow, "Add a file")["status"], "succeeded")
        box.run("run", "--repo", shallow, "--apply", "1")
    assert os.path.exists(f"{shallow}/added.txt")


@test
def an_address_of_a_file_is_a_repository(box):
    repository = box.repository()
    with Scripted(box, ADD) as model:
        equal(compare(box, model, f"file://{repository}", "Add a file")["status"], "succeeded")


@test
def a_folder_below_the_top_stands_for_its_repository(box):
    repository = box.repository({"deep/er/file.txt": "x\n"})
    with Scripted(box, ADD) as model:
        equal(compare(box, model, ".", "Add a file", cwd=f"{repository}/deep/er")["status"], "succeeded")
    equal(box.git(repository, "status", "--porcelain"), "")


# ---- Over HTTP ----


@contextlib.contextmanager
def git_server(box):
    root, log = f"{box.home}/root", f"{box.home}/git-requests"
    os.makedirs(root)
    subprocess.run(["git", "clone", "-q", "--bare", box.repository(), f"{root}/name.git"], check=True, env=box.env)
    box.git(f"{root}/name.git", "config", "uploadpack.allowFilter", "true")
    bridge = subprocess.Popen(["python3", f"{HERE}/../git/http_backend.py", root, log], env=box.env, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    with bridge:
        yield f"127.0.0.1:{int(bridge.stdout.readline())}", log
        bridge.stdin.close()
        bridge.wait(PATIENCE)


@test
def a_private_repository_is_read_with_the_token_of_its_host_which_is_never_stored(box):
    with git_server(box) as (host, log), Scripted(box, ADD) as model:
        token = {"DURSOR_GIT_TOKEN": "good-token", "DURSOR_GIT_TOKEN_HOST": host}
        run = compare(box, model, f"http://{host}/private/name.git", "Add a file", settings=token)
        assert "x-access-token:good-token" in open(log).read()
        assert "good-token" not in model.heard()
    equal(run["status"], "succeeded")
    for folder, _, files in os.walk(f"{box.home}/state"):
        for file in files:
            assert b"good-token" not in read(f"{folder}/{file}"), f"{folder}/{file}"


@test
def a_private_repository_without_a_token_says_what_to_set(box):
    with git_server(box) as (host, log), Scripted(box, ADD) as model:
        ran = box.run("run", "--repo", f"http://{host}/private/name.git", "Add a file", settings=model.settings, status=1)
        assert "DURSOR_GIT_TOKEN" in ran.stderr, ran.stderr
        other = {"DURSOR_GIT_TOKEN": "good-token", "DURSOR_GIT_TOKEN_HOST": "github.com"}
        box.run("run", "--repo", f"http://{host}/private/name.git", "Add a file", settings={**model.settings, **other}, status=1)
        assert "good-token" not in open(log).read()


# ---- Follow-ups ----


@test
def a_follow_up_merges_what_the_base_has_become(box):
    repository = box.repository()
    with Scripted(box, ADD) as model:
        first = compare(box, model, repository, "Add a file")
        write(f"{repository}/base.txt", b"moved\n")
        commit_all(box, repository)
        second = compare(box, model, repository, "--continue", "Add another")
    equal(second["branch"], first["branch"])
    for path, content in {"added.txt": "added\n", "another.txt": "another\n", "base.txt": "moved\n"}.items():
        equal(box.git(mirror(box), "show", f"{second['branch']}:{path}"), content)
    equal([f["path"] for f in second["files_changed"]], ["another.txt"])


@test
def a_conflict_with_the_moved_base_is_a_result_with_its_own_words(box):
    repository = box.repository()
    with Scripted(box, ADD) as model:
        compare(box, model, repository, "Add a file")
        write(f"{repository}/added.txt", b"mine\n")
        commit_all(box, repository)
        run = compare(box, model, repository, "--continue", "Add another", status=1)
        equal(run["status"], "failed")
        assert "added.txt" in run["error"], run
        shown = box.run("run", "--repo", repository, settings=model.settings).stdout
        assert "merge_conflict" in shown and "added.txt" in shown, shown
        with box_server(box, model) as server:
            task = server.get("/v1/tasks")[0]["id"]
            last = server.get(f"/v1/tasks/{task}/runs")[0]
            equal((last["status"], last["error_code"], last["error_kind"]), ("failed", "merge_conflict", "conflict"))


@test
def nothing_changed_is_a_result_with_its_own_words(box):
    repository = box.repository()
    with Scripted(box, {"Leave it": []}) as model:
        run = compare(box, model, repository, "Leave it")
    equal((run["status"], run["commit"], run["files_changed"]), ("succeeded", None, []))


if __name__ == "__main__":
    main()
