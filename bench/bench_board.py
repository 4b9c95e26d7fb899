"""The board of a large database in a browser, against that of a small one."""

import browse
import harness
import lists_given as given
import report

SMALL, LARGE = 300, 10_000  # tasks
PARTS = 5                   # of the board that are shown in the end
TASK_MS = 100               # most


def looked_at(tasks, parts, rounds):
    with harness.Box() as box:
        box.serve().stop()  # makes the database
        given.into_sqlite(f"{box.home}/state/dursor/dursor.db", tasks)
        server = box.serve()
        looks = [browse.look(server, "board_page.mjs", str(parts)) for _ in range(rounds)]
        server.stop()
    return looks


def measure(table):
    few, many = looked_at(SMALL, 1, table.rounds), looked_at(LARGE, PARTS, table.rounds)
    part, shown = many[0]["part"], many[0]["all"]
    table.note(f"{LARGE:,} tasks against {SMALL:,} in Chromium, window of 1920 by 900; a part of {part} cards is shown first, and {shown:,} when "
               f"“Show more” was pressed {PARTS - 1} times; a longest task of 0 ms means that none took over 50 ms")
    for name, what, unit in (("open", "longest task while it opens", "ms"), ("scroll", "longest task while scrolling", "ms"),
                             ("drag", "longest task while a card is dragged", "ms"), ("held", "heap", "MiB")):
        ours, theirs = [look[name] for look in many], f"{report.shown([look[name] for look in few], unit)} of {SMALL} tasks"
        if unit == "ms":
            table.below(what, ours, TASK_MS, unit, theirs)
        else:
            table.row(what, ours, theirs, unit=unit)
    table.below("longest task while more is shown", [look["more"] for look in many], TASK_MS, "ms")
    for name, what, unit in (("scroll", "longest task while scrolling", "ms"), ("drag", "longest task while a card is dragged", "ms"), ("held", "heap", "MiB")):
        table.row(f"{what}, {shown:,} cards", [look[f"{name}All"] for look in many], "–", unit=unit)
