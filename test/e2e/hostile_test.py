"""Repositories and models that mean harm: no code of theirs runs, nothing escapes, no disk is filled."""

import os
import subprocess

from given import ADD, Scripted, commit_all, compare, mirror, write
from harness import equal, main, test


FILTERS = ("filter.x.smudge", "filter.x.clean", "filter.x.process")


def given_trapped(box, filters=FILTERS):
    """Everything git would run, if it were told to by the repository: each leaves a file "ran"."""
    repository, ran = box.repository(), f"{box.home}/ran"
    trap = f"{box.home}/trap"
    write(trap, f"#!/bin/sh\ntouch {ran}\n".encode())
    os.chmod(trap, 0o755)
    write(f"{repository}/.gitattributes", b"* filter=x diff=x merge=x text\n")
    write(f"{repository}/.gitmodules", f'[submodule "s"]\n\tpath = s\n\turl = ext::sh -c {trap}\n\tupdate = !{trap}\n'.encode())
    commit_all(box, repository)
    for hook in ("post-checkout", "post-merge", "pre-commit", "post-commit", "post-update", "reference-transaction",
                 "post-index-change", "pre-push", "fsmonitor-watchman"):
        write(f"{repository}/.git/hooks/{hook}", f"#!/bin/sh\ntouch {ran}\n".encode())
        os.chmod(f"{repository}/.git/hooks/{hook}", 0o755)
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "diff.x.textconv", "diff.x.command", "merge.x.driver",
                "credential.helper", "uploadpack.packObjectsHook", *filters):
        subprocess.run(["git", "-C", repository, "config", key, trap], check=True, env=box.env)
    return repository, ran


@test
def a_repository_of_traps_runs_none_of_them(box):
    repository, ran = given_trapped(box)
    with Scripted(box, ADD) as model:
        run = compare(box, model, repository, "Add a file")
        equal(run["status"], "succeeded")
        compare(box, model, repository, "--continue", "Add another")
        box.run("run", "--repo", repository, "--diff", "1")
    assert not os.path.exists(ran)
    subprocess.run(["git", "-C", repository, "status"], env=box.env, capture_output=True, check=False)
    assert os.path.exists(ran)  # the traps are armed


@test
def applying_to_a_checkout_full_of_traps_runs_none_but_the_filters_its_owner_has_set(box):
    repository, ran = given_trapped(box, filters=())
    with Scripted(box, ADD) as model:
        compare(box, model, repository, "Add a file")
        box.run("run", "--repo", repository, "--apply", "1")
    assert not os.path.exists(ran)
    assert os.path.exists(f"{repository}/added.txt")


@test
def a_model_cannot_write_outside_nor_where_git_and_secrets_live(box):
    repository = box.repository()
    os.symlink("/tmp", f"{repository}/out")
    commit_all(box, repository)
    paths = ["../escaped.txt", "/tmp/dursor-escaped.txt", ".git/hooks/post-checkout", "out/dursor-escaped.txt", ".env", "deploy.key",
             ".GIT/config", "a/../../escaped.txt", "~/escaped.txt", ".gitmodules"]
    answers = {f"Write number {i}.": [{"op": "create", "path": path, "replace": "evil\n"}] for i, path in enumerate(paths)}
    with Scripted(box, answers) as model:
        for i, path in enumerate(paths):
            ran = box.run("run", "--json", "--repo", repository, f"Write number {i}.", settings=model.settings,
                          status=None)
            assert '"files_changed":[]' in ran.stdout.splitlines()[-1], (path, ran.stdout)
            box.run("run", "--repo", repository, "--remove", settings=model.settings)
    for path in (f"{box.home}/escaped.txt", "/tmp/dursor-escaped.txt", f"{repository}/.git/hooks/post-checkout"):
        assert not os.path.exists(path), path
    equal(box.git(repository, "status", "--porcelain"), "")


@test
def secrets_in_the_repository_are_never_shown_to_a_model(box):
    repository = box.repository({"README.md": "greet\n", ".env": "KEY=very-secret-1\n", "deploy.pem": "very-secret-2\n",
                                 "src/.env.local": "KEY=very-secret-3\n"})
    write(f"{box.home}/outside.txt", b"very-secret-4\n")
    os.symlink(f"{box.home}/outside.txt", f"{repository}/host.txt")
    commit_all(box, repository)
    with Scripted(box, ADD) as model:
        compare(box, model, repository, "Add a file next to .env, deploy.pem, host.txt; it is about very-secret", status=None)
        heard = model.heard()
    assert "README.md" in heard and "very-secret-" not in heard


@test
def an_object_that_grows_a_thousandfold_fills_neither_disk_nor_prompt(box):
    repository = box.repository()
    subprocess.run("head -c 400000000 /dev/zero > bomb.txt && git add -A && git -c user.name=a -c user.email=a@b commit -qm bomb && "
                   "git gc -q && rm bomb.txt", shell=True, check=True, cwd=repository, env=box.env)
    with Scripted(box, {"Read bomb.txt": ADD["Add a file"]}) as model:
        run = compare(box, model, repository, "Read bomb.txt")
        assert len(model.heard()) < 1 << 20
    equal(run["status"], "succeeded")
    size = int(subprocess.run(["du", "-sk", f"{box.home}/state"], capture_output=True, check=True, text=True).stdout.split()[0])
    assert size < 20 * 1024, f"{size} KiB"
    assert mirror(box)


@test
def names_that_no_checkout_would_write_are_only_names(box):
    repository = box.repository()
    subprocess.run("B=$(echo evil | git hash-object -w --stdin); "
                   "R=$(printf '100644 blob %s\\t..\\n100644 blob %s\\t.git\\n100644 blob %s\\tREADME.md\\n' $B $B $B | git mktree); "
                   "git update-ref refs/heads/main $(git -c user.name=a -c user.email=a@b commit-tree -m evil $R)",
                   shell=True, check=True, cwd=repository, env=box.env)
    with Scripted(box, ADD) as model:
        compare(box, model, repository, "Add a file", status=None)
    assert not os.path.exists(f"{box.home}/state/dursor/workspaces/evil")


if __name__ == "__main__":
    main()
