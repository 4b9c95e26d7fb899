"""Lists of a large database against the same lists of a small one."""

import contextlib
import os
import tempfile
import urllib.request

import bench_requests
import harness
import lists_given as given
import load
import report

SMALL, LARGE = 1_000, 100_000  # tasks
PAGE = 50
SAMPLES = 100                  # of the paths with an id
SECONDS = 2
MOST = 2.0                     # times the small one's p99


def spread(tasks, step=1):
    return [n - n % step for n in range(0, tasks, max(tasks // SAMPLES, 1))]


def paths(tasks):
    """Paths by what they list."""
    of_task = {what: [f"/v1/tasks/{given.uid(2, n)}/{what}?limit={PAGE}" for n in spread(tasks, given.EACH)]
               for what in ("messages", "runs", "prs", "ci-checks", "reviews")}
    of_repo = {what: [f"/v1/{what}?limit={PAGE}&repo_id={given.repo_of(n)}" for n in spread(tasks)] for what in ("tasks", "kanban", "backlog")}
    return {**{what: [f"/v1/{what}?limit={PAGE}"] for what in ("repos", "models", "tasks", "kanban", "backlog", "operations/jobs")},
            **{f"{what} of a repository": some for what, some in of_repo.items()},
            **{f"{what} of a task": some for what, some in of_task.items()}}


def next_cursor(server, path):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers={"Authorization": f"Bearer {server.token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.headers["X-Next-Cursor"]


def in_the_middle(server, what, tasks):
    """The address of a page half way down."""
    cursor, most = "", 1000
    for _ in range(tasks // 2 // most):
        cursor = f"&cursor={next_cursor(server, f'/v1/{what}?limit={most}{cursor}')}"
    return f"/v1/{what}?limit={PAGE}{cursor}"


def cases(server, tasks):
    return {**paths(tasks), "tasks, half way down": [in_the_middle(server, "tasks", tasks)]}


def p99(server, some):
    with tempfile.NamedTemporaryFile("w") as f:
        f.write("\n".join(some) + "\n")
        f.flush()
        said = load.last_line(["wrk", "-t1", "-c1", f"-d{SECONDS}s", "-s", f"{os.path.dirname(__file__)}/lists.lua",
                               f"http://127.0.0.1:{server.port}", "--", f.name, server.token], "wrk")
    if said["failed"]:
        raise SystemExit(f"{some[0]}: {said['failed']} requests failed")
    return said["p99_us"] / 1000


def compare(table, database, small, large):
    """small and large are servers."""
    few, many = cases(small, SMALL), cases(large, LARGE)
    for what in few:
        pairs = [(p99(small, few[what]), p99(large, many[what])) for _ in range(table.rounds)]
        before, after = [a for a, _ in pairs], [b for _, b in pairs]
        ratio = report.median(after) / report.median(before)
        table.row(f"{what} ({database}): p99", after, f"{report.shown(before, 'ms')} with {SMALL:,}", f"< {MOST:.0f}×", "ms", ratio, ratio < MOST)


@contextlib.contextmanager
def on_sqlite(tasks):
    with harness.Box() as box:
        box.serve().stop()  # makes the database
        given.into_sqlite(f"{box.home}/state/dursor/dursor.db", tasks)
        server = box.serve()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def on_postgres(tasks):
    with harness.Box() as box, bench_requests.postgres_database(f"lists_{tasks}") as url:
        settings = {"DURSOR_DATABASE_URL": url}
        box.run("migrate", settings=settings)
        given.into_postgres(url, tasks)
        server = box.serve(settings=settings)
        try:
            yield server
        finally:
            server.stop()


def measure(table):
    table.note(f"{LARGE:,} tasks with {LARGE * given.RUNS:,} runs against {SMALL:,} with {SMALL * given.RUNS:,}; pages of {PAGE}, one client, "
               f"{SECONDS} s a list and round; a value is the median of the rounds (least–most)")
    for name, opened in (("SQLite", on_sqlite), ("PostgreSQL", on_postgres)):
        with opened(SMALL) as small, opened(LARGE) as large:
            report.say(f"{name} is filled")
            compare(table, name, small, large)
