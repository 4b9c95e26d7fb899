"""Taking over a large database of the former dursor, against copying it by the sqlite3 shell."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import time

import harness
import old_dursor as old
import report

TASKS = 1000
RUNS = 20_000
BYTES = 1 << 30  # of logs and patches
MEMORY_MIB = 64


def texts(size):
    """A log and a patch of about that size together, of words as programs print them."""
    words = [f"{random.choice(('reading', 'editing', 'test', 'wrote'))} src/module_{n}.py: {random.random():.6f} \u00e9" for n in range(500)]
    log = [random.choice(words) for _ in range(size // 2 // 45)]
    patch = old.DIFF + "".join(f"\n+{random.choice(words)}" for _ in range(size // 2 // 45))
    return json.dumps(log), patch


def given(path):
    db = old.make(path)
    for task in range(100, 100 + TASKS):
        old.insert(db, "tasks", id=old.uid(task, 1), repo_id=old.REPO, title=f"Task {task}", created_at=old.AT, updated_at=old.AT)
        old.insert(db, "messages", id=old.uid(task, 2), task_id=old.uid(task, 1), role="user", content="Do it", created_at=old.AT)
        log, patch = texts(BYTES // RUNS)
        for number in range(RUNS // TASKS):
            old.insert(db, "runs", id=old.uid(task * 1000 + number, 5), task_id=old.uid(task, 1), message_id=old.uid(task, 2),
                       model_name=f"m{number % 4}", provider="openai", executor_type="patch_agent", instruction="Do it",
                       status="succeeded", patch=patch, logs=log, files_changed="[]", warnings="[]",
                       created_at=f"2026-01-10T11:{number:02}:00")
    db.commit()
    db.close()


def took(command, **more):
    """(seconds, peak RSS in MiB) of a program and what it starts."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, **more)
    process.stdout.read()
    process.stdout.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:2]} ended with {process.returncode}")
    return time.monotonic() - began, used.ru_maxrss / 1024


def measure(table):
    table.note(f"{TASKS:,} tasks, {RUNS:,} runs, {BYTES >> 20:,} MiB of logs and patches; the peer neither checks, seals nor reads back")
    ours, peer, peaks = [], [], []
    with harness.Box() as box:
        path = f"{box.home}/old.db"
        given(path)
        for _ in range(table.rounds):
            shutil.rmtree(f"{box.home}/state", ignore_errors=True)
            seconds, peak = took([harness.BINARY, "import", path], env={**box.env, "DURSOR_ENCRYPTION_KEY": old.KEY}, cwd=box.home)
            ours.append(seconds)
            peaks.append(peak)
            with sqlite3.connect(f"{box.home}/state/dursor/dursor.db") as db:
                harness.equal(db.execute("SELECT count(*) FROM runs").fetchone()[0], RUNS + 3)
            peer.append(took(["sh", "-c", f"sqlite3 {path} .dump | sqlite3 {box.home}/copy.db"])[0])
            os.remove(f"{box.home}/copy.db")
    ratio = report.median(ours) / report.median(peer)
    table.row("import, with verification", ours, f"sqlite3 .dump into sqlite3 {report.shown(peer, 's')}", "≤ 2× its time", "s", ratio, ratio <= 2)
    table.row("runs a second", RUNS / report.median(ours), "", unit="/s")
    table.below("peak RSS", peaks, MEMORY_MIB, "MiB")
