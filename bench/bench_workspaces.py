"""Ten runs on a large repository: until all can begin, from a patch to its commit, and the disk they take.

The steps are timed inside a worker's own code (workspaces.c), against what takes their place elsewhere: a copy of
the checkout for each run, and the git program with an index of its own for the commit.
"""

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass

import big_repository
import harness
import report

RUNS = 10


def measured_steps(box, repository, rounds):
    settings = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    tool = f"{os.environ['DURSOR_BENCH_TOOLS']}/workspaces"
    ran = subprocess.run([tool, repository, str(rounds)], env={**box.env, **settings}, capture_output=True, text=True, timeout=600)
    if ran.returncode:
        raise SystemExit(f"workspaces failed: {ran.stderr[-3000:]}")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def search_by_git(repository):
    """Seconds in which the git program searches all files for the words of the instruction."""
    words = [option for word in ("handle_overflow", "limit", "depth", "function", "test") for option in ("-e", word)]
    began = time.monotonic()
    subprocess.run(["git", "-C", repository, "grep", "-c", "-F", "-i", *words, "main"], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def copies(box, checkout):
    """Seconds and bytes of ten copies of the checkout at once; its objects are not even copied."""
    began = time.monotonic()
    copying = [subprocess.Popen(["cp", "-a", checkout, f"{box.home}/copy{n}"]) for n in range(RUNS)]
    if any(one.wait() for one in copying):
        raise SystemExit("cp failed")
    took = time.monotonic() - began
    used = disk_used([f"{box.home}/copy{n}" for n in range(RUNS)])
    for n in range(RUNS):
        shutil.rmtree(f"{box.home}/copy{n}")
    return took, used


def disk_used(paths):
    said = subprocess.run(["du", "-s", "--block-size=1", *paths], check=True, capture_output=True, text=True).stdout
    return sum(int(line.split()[0]) for line in said.splitlines())


def commit_by_git(box, repository, number):
    """Milliseconds from a patch to a commit with the git program and an index of its own, no working tree."""
    def git(*arguments, data=None):
        return subprocess.run(["git", "-C", repository, *arguments], env=environment, input=data, check=True,
                              capture_output=True, text=True).stdout.strip()

    index = f"{box.home}/index{number}"
    environment = {**box.env, "GIT_INDEX_FILE": index, "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "Ann",
                   "GIT_COMMITTER_EMAIL": "a@b"}
    patch = "".join(f"diff --git a/src/area{area:02d}/new{number}.py b/src/area{area:02d}/new{number}.py\nnew file mode 100644\n"
                    f"--- /dev/null\n+++ b/src/area{area:02d}/new{number}.py\n@@ -0,0 +1 @@\n+limit = 64\n" for area in range(5))
    began = time.monotonic()
    git("read-tree", "main")
    git("apply", "--cached", data=patch)
    commit = git("commit-tree", "-p", "main", "-m", "Give it a limit", git("write-tree"))
    git("update-ref", f"refs/bench/{number}", commit)
    took = time.monotonic() - began
    os.unlink(index)
    return 1000 * took


def measure(table):
    with harness.Box() as box:
        repository = f"{box.home}/project"
        report.say(f"making a repository of {big_repository.FILES:,} files")
        big_repository.make(repository)
        checkout = f"{box.home}/checkout"
        subprocess.run(["git", "-C", repository, "worktree", "add", "-q", "--detach", checkout, "main"], check=True)
        report.say("measuring the steps")
        rounds = measured_steps(box, repository, max(table.rounds, 3))
        by_git = [commit_by_git(box, repository, n) for n in range(max(table.rounds, 3))]
        searched = search_by_git(repository)
        report.say("copying the checkout ten times")
        copy_s, copy_bytes = copies(box, checkout)
    tell(table, rounds, Peers(by_git, searched, copy_s, copy_bytes))


@dataclass
class Peers:
    commits: list       # milliseconds, by the git program
    search: float       # seconds, likewise
    copying: float      # seconds for all copies
    copied: int         # bytes


def tell(table, rounds, peers):
    def of(name):
        return [one[name] for one in rounds]

    table.note(f"{big_repository.FILES:,} files, {peers.copied / RUNS / 2**20:,.0f} MiB a checkout, in a local path; the mirror is there and "
               "up to date; times of steps are the slowest of ten runs at once, with the median of the rounds (least–most)")
    ready = of("ready_ms")
    table.below("claim to tenth ready workspace", ready, 50, "ms", f"cp -a ×10 {peers.copying:.1f} s", 1000 * peers.copying / report.median(ready))
    table.row("… of it the claim", of("claim_ms"), "", unit="ms")
    table.row("… the first is ready", of("first_ready_ms"), "", unit="ms")
    table.row("choosing the context, once for all ten", of("rank_ms"), f"git grep {1000 * peers.search:,.0f} ms", unit="ms",
              ratio=1000 * peers.search / report.median(of("rank_ms")))
    git = report.shown(peers.commits, "ms") + " by the git program"
    table.below("patch to commit, alone", of("commit_alone_ms"), 10, "ms", git,
                report.median(peers.commits) / report.median(of("commit_alone_ms")))
    table.row("patch to commit, ten at once", of("commit_ms"), "", unit="ms")
    table.row("the run's step of committing, ten at once", of("step_commit_ms"), "", unit="ms")
    table.row("diff, branch and end in the database, ten at once", of("finish_ms"), "", unit="ms")
    disk = report.median(of("disk"))
    table.row("disk of ten runs with their commits", f"{disk / 2**20:.2f} MiB", f"cp -a ×10 {peers.copied / 2**20:,.0f} MiB", "≥ 1,000× less",
              ratio=peers.copied / disk, met=peers.copied / disk >= 1000)
