"""Two hundred kill -9 of the server while it works. What counts is the last row: it is none."""

import harness
import kills
import report

KILLS = 200
SEED = 20


def measure(table):
    with harness.Box() as box:
        story = kills.Story(box, SEED)
        for number in range(KILLS):
            story.kill_once()
            if number % 20 == 19:
                report.say(f"{number + 1} kills, {len(story.orders)} comparisons")
        faults = story.verdict()
        counts = story.counts()
    table.note("checked from outside as design says: each accepted order there once, each run ended once, event numbers without gaps, streams as "
               "stored, one commit a run, branches where the database says")
    for why, count in story.kills.items():
        table.row(f"kills {why}", count, "")
    for what, count in counts.items():
        table.row(what, count, "")
    table.row("lost or done twice", len(faults), "", "none", met=not faults)
    for fault in faults[:10]:
        table.note(fault)
