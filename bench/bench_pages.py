"""Each page as a browser shows it that has never been there: what is painted when, what moves, what blocks, what comes over
the line. The floor is a page of the same server without scripts."""

import json

import browse
import harness
import report

CARDS = 200                          # of the board: all of a part of it
READABLE_MS, SCRIPT_KB = 1000, 300   # the aims for the first screen
SHIFT = 0.1                          # more is called bad (https://web.dev/articles/cls)
FLOOR = "floor"
PACES = {"free": "", "slow": ", slow"}


def given(server, repository):
    """What each page shows: a task with several runs, a board with many cards."""
    task, runs = harness.comparison(server, repository)
    for run in runs:
        harness.equal(harness.ended(server, run)["status"], "succeeded")
    repo = server.get("/v1/repos")[0]["id"]
    for n in range(CARDS):
        server.post("/v1/tasks", {"repo_id": repo, "title": f"Task {n} of many that stand on the board"})
    return {
        FLOOR: (f"/runs/{runs[0]}/plain", "h1"),
        "home": ("/", "main textarea"),
        "task with three runs": (f"/tasks/{task}", "main article"),
        "compare": (f"/tasks/{task}/compare", ".diff-code [class^=hljs-]"),
        "run with its log": (f"/runs/{runs[0]}?tab=log", "[role=log] span + span"),
        "board of 200 cards": ("/board", f"main li:nth-child({CARDS // 2})"),
        "settings": ("/settings/models", "main h2"),
    }


def measure(table):
    with harness.Box() as box:
        server = box.serve("--demo")
        pages = given(server, box.repository())
        looks = {pace: [] for pace in PACES}
        for _ in range(table.rounds):
            for pace, rounds in looks.items():
                rounds.append(browse.look(server, "page_load.mjs", pace, json.dumps(pages)))
    table.note("each page in a browser window of 1440 by 900 of its own, with nothing kept but who is signed in, until nothing happened for a second; "
               "slow: the processor 4 times slower, 150 ms to an answer, 1.6 Mbit/s; the peer is a run's plain page from the same server, "
               "which has no scripts")
    table.note("blocking: what tasks take over 50 ms, after the first paint; shift: of all movements together, 0 to 1")
    for name in pages:
        if name != FLOOR:
            one_page(table, name, looks)
    harness.equal(sum(page["violations"] for rounds in looks.values() for one in rounds for page in one.values()), 0)


def one_page(table, name, looks):
    def of(pace, what, page=name):
        return [one[page][what] for one in looks[pace]]

    for pace, called in PACES.items():
        for what, paint in (("first", "first paint"), ("largest", "largest paint")):
            ours, floor = of(pace, what), of(pace, what, FLOOR)
            ratio = report.median(ours) / report.median(floor)
            if (what, pace) == ("largest", "free"):
                table.below(f"{name}: {paint}", ours, READABLE_MS, "ms", report.shown(floor, "ms"), ratio)
            else:
                table.row(f"{name}: {paint}{called}", ours, floor, unit="ms", ratio=ratio)
        table.row(f"{name}: blocking{called}", of(pace, "blocked"), of(pace, "blocked", FLOOR), unit="ms")
    table.below(f"{name}: shift", of("free", "shift") + of("slow", "shift"), SHIFT, "")
    table.row(f"{name}: all that comes", of("free", "kilobytes"), of("free", "kilobytes", FLOOR), unit="kB")
    if name == "home":
        table.below(f"{name}: scripts, compressed", of("free", "script"), SCRIPT_KB, "kB")
    else:
        table.row(f"{name}: scripts, compressed", of("free", "script"), "–", unit="kB")
