"""A difference of 400 files and 50,000 changed lines in a browser, from the real server under its Content-Security-Policy:
how it opens, how it scrolls, what it holds and what is loaded for it."""

import browse
import harness
import large_change
from demo import Demo

TASK_MS, DELAY_MS, LAZY_KB = 200, 100, 400


def follow(server, task, instruction, runs):
    """The same models go on; gives (message id, run ids)."""
    message = server.post(f"/v1/tasks/{task}/messages", {"role": "user", "content": instruction})
    created = server.post(f"/v1/tasks/{task}/runs",
                          {"instruction": instruction, "message_id": message["id"], "model_ids": [run["model_id"] for run in runs]})
    return message["id"], created["run_ids"]


def measure(table):
    change = large_change.Change()
    with harness.Box() as box:
        models = Demo(box, change.script())
        server = box.serve(settings=models.settings)
        repository = box.repository(files={"README.md": "# A project\n", **change.old})
        task, first = harness.comparison(server, repository, large_change.FIRST, models=["openai:large", "openai:small"])
        runs = [harness.ended(server, run) for run in first]
        message, second = follow(server, task, large_change.SECOND, runs)
        for run in second:
            harness.equal(harness.ended(server, run)["status"], "succeeded")
        path = f"/tasks/{task}/compare?message={message}&show={second[0]}&other={second[1]}&mode=against"
        seen = {layout: [browse.look(server, "diff_page.mjs", path, layout) for _ in range(table.rounds)] for layout in ("unified", "split")}
        models.stop()
    table.note(f"{change.changed:,} changed lines in {len(change.new)} files, a run against another; Chromium without a GPU, window of 1440 by 900; "
               "a longest task of 0 ms means that none took over 50 ms")
    for layout, looks in seen.items():
        def of(name, looks=looks):
            return [one[name] for one in looks]
        table.below(f"longest task while scrolling, {layout}", of("scroll"), TASK_MS, "ms")
        table.below(f"input delay, 95th percentile, {layout}", of("delay"), DELAY_MS, "ms")
        table.row(f"from the patch to the first changed line, {layout}", of("first"), "–", unit="ms")
        table.row(f"longest task while it opens, {layout}", of("load"), "–", unit="ms")
        table.row(f"heap of the page, {layout}", of("heap"), "–", unit="MiB")
    table.below("scripts and styles loaded for it", [one["lazy"] for one in seen["split"]], LAZY_KB, "kB")
    harness.equal(sum(one["violations"] for looks in seen.values() for one in looks), 0)
