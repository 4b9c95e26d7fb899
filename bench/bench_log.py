"""The log of a run in a browser: a million lines against ten thousand, and a run whose lines come while it is followed."""

import browse
import flood
import harness
import report
import run_log_test
from demo import Demo

FEW, MANY = 10_000, 1_000_000
COMING, PAUSE_MS = 40_000, 2  # lines of the run that is followed, eight at once
TASK_MS, HEAP_MIB = 100, 10   # most: of a task, that the heap grows by while places all over the log are read
WORD = "needle"


def read(box, server, lines, rounds):
    """A run whose log is so long, looked at."""
    _, [run] = harness.comparison(server, box.repository(name=f"of-{lines}"), models=["demo-quick"])
    harness.ended(server, run)
    run_log_test.lengthen(box, run, lines)
    looks = [browse.look(server, "log_page.mjs", f"/runs/{run}?tab=log", "read", WORD) for _ in range(rounds)]
    harness.equal({look["lines"] for look in looks}, {lines})
    return looks


def followed(box, rounds):
    step = {"text": flood.LINE * COMING, "pause_ms": PAUSE_MS, "tools": [{"name": "edit_files", "input": {"edits": [], "summary": "Nothing to change."}}]}
    models = Demo(box, {"models": [{"name": "steady", "steps": [step]}]})
    server = box.serve(settings=models.settings)
    looks = []
    for n in range(rounds):
        run = harness.comparison(server, box.repository(name=f"steady-{n}"), models=["openai:steady"])[1][0]
        looks.append(browse.look(server, "log_page.mjs", f"/runs/{run}?tab=log", "follow"))
    server.stop()
    models.stop()
    return looks


def measure(table):
    with harness.Box() as box:
        server = box.serve("--demo")
        few, many = read(box, server, FEW, table.rounds), read(box, server, MANY, table.rounds)
        server.stop()
        coming = followed(box, table.rounds)

    def of(name, looks=many):
        return [look[name] for look in looks]

    def against_few(name, unit):
        return f"{report.shown(of(name, few), unit)} with {FEW:,} lines"

    grown = [look["scrolled"] - look["opened"] for look in many]
    table.note(f"{MANY:,} lines in Chromium: opened, scrolled to the end and to 120 places all over it until every line in sight has its text, "
               f"searched; then a run that says {COMING:,} lines in eights, {PAUSE_MS} ms apart, is followed to its end; "
               "a longest task of 0 ms means that none took over 50 ms")
    table.row("to the first lines", of("first"), against_few("first", "ms"), unit="ms")
    table.below("longest task while it opens", of("load"), TASK_MS, "ms", against_few("load", "ms"))
    table.below("longest task while it is read", of("scroll"), TASK_MS, "ms", against_few("scroll", "ms"))
    table.row("heap when it is open", of("opened"), against_few("opened", "MiB"), unit="MiB")
    table.below("heap grows while it is read by", grown, HEAP_MIB, "MiB")
    table.row("from Enter to the first place with a word", of("search"), against_few("search", "ms"), unit="ms")
    table.below("longest task while it is followed", of("follow", coming), TASK_MS, "ms")
    table.row("looks at which a followed line had no text yet", of("behind", coming), "–")
    table.row("from the end of the run to its last line in sight", of("late", coming), "–", unit="ms")
    table.row("heap after following", of("held", coming), "–", unit="MiB")
