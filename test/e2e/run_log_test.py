"""The log of a run by windows and search, and what its model was given."""

import sqlite3
import urllib.parse

from given import ADD, Scripted
from harness import comparison, ended, equal, main, test, until

LINES, CHUNK = 1000 * 1000, 1000


def whole(server, run, limit=7):
    """The log, read window by window."""
    lines, total = [], 1
    while len(lines) < total:
        window = server.get(f"/v1/runs/{run}/log?from={len(lines)}&limit={limit}")
        equal([line["number"] for line in window["lines"]], list(range(len(lines), len(lines) + len(window["lines"]))))
        assert window["lines"], window
        lines += [line["text"] for line in window["lines"]]
        total = window["total"]
    return lines


def found(server, run, words):
    """All matches, call by call."""
    matches, start, calls = [], 0, 0
    while start is not None:
        answer = server.get(f"/v1/runs/{run}/log/search?q={urllib.parse.quote(words)}&from={start}")
        matches += [match["number"] for match in answer["matches"]]
        start, calls = answer["next_from"], calls + 1
    return matches, calls


@test
def windows_and_the_old_route_tell_the_same_log(box):
    server = box.serve("--demo")
    _, [run] = comparison(server, box.repository(), models=["demo-careful"])
    ended(server, run)
    lines = whole(server, run)
    equal(lines, [line["content"] for line in server.get(f"/v1/runs/{run}/logs")["logs"]])
    last = server.get(f"/v1/runs/{run}/log?from=-3")
    equal([line["text"] for line in last["lines"]], lines[-3:])
    equal({line["kind"] for line in last["lines"]}, {"log"})
    matches, _ = found(server, run, "SHOWS THE MODEL")
    equal(matches, [n for n, line in enumerate(lines) if "shows the model" in line])
    assert matches


@test
def wrong_questions_about_a_log_are_answered_with_the_reason(box):
    server = box.serve("--demo")
    _, [run] = comparison(server, box.repository(), models=["demo-quick"])
    ended(server, run)
    unknown = "00000000-0000-7000-8000-000000000000"
    for path, status in ((f"{run}/log?limit=1001", 422), (f"{run}/log?from=x", 422), (f"{unknown}/log", 404), (f"{run}/log/search", 400),
                         (f"{unknown}/log/search?q=a", 404), (f"{unknown}/context", 404)):
        equal((path, server.ask("GET", f"/v1/runs/{path}").status), (path, status))
        equal(server.ask("GET", f"/v1/runs/{path}", token=False).status, 401)
    equal(server.ask("GET", f"/v1/runs/{run}/log/search").json["code"], "log_words_invalid")


def lengthen(box, run, length=LINES):
    """Makes the stored log of a run so many lines long."""
    with sqlite3.connect(f"{box.home}/state/dursor/dursor.db") as database:
        database.create_function("db_now", 0, lambda: 1790000000000000)
        [seq, lines, tenant] = database.execute("SELECT event_seq, log_lines, tenant_id FROM runs WHERE id = ?", (run,)).fetchone()
        rows = []
        for first in range(lines, length, CHUNK):
            seq += 1
            count = min(CHUNK, length - first)
            text = "\n".join(f"line {number}" + (" needle" if number % 250000 == 777 else "") for number in range(first, first + count))
            rows.append((run, seq, tenant, first, count, text))
        database.executemany("INSERT INTO run_events (run_id, seq, tenant_id, fence, kind, line_number, line_count, data, created_at)"
                             " VALUES (?, ?, ?, 1, 'log', ?, ?, ?, 1790000000000000)", rows)
        database.execute("UPDATE runs SET event_seq = ?, log_lines = ? WHERE id = ?", (seq, length, run))


@test
def a_million_lines_are_read_and_searched_in_bounded_steps(box):
    server = box.serve("--demo")
    _, [run] = comparison(server, box.repository(), models=["demo-quick"])
    ended(server, run)
    server.stop()
    lengthen(box, run)
    server = box.serve("--demo")
    end = server.get(f"/v1/runs/{run}/log?from=-2&limit=1000")
    equal((end["total"], end["from"], [line["text"] for line in end["lines"]]),
          (LINES, LINES - 2, [f"line {LINES - 2}", f"line {LINES - 1}"]))
    middle = server.ask("GET", f"/v1/runs/{run}/log?from=501000&limit=1000")
    equal([line["text"] for line in middle.json["lines"]], [f"line {n}" for n in range(501000, 502000)])
    assert len(middle.body) < 200 * 1000, len(middle.body)
    equal(found(server, run, "Needle"), ([777, 250777, 500777, 750777], 10))


@test
def what_the_model_was_given_is_shown_without_contents_and_secrets(box):
    with Scripted(box, ADD) as model:
        repository = box.repository({"greet.py": "def greet():\n    return 'the content itself'\n", ".env": "KEY=secret-value\n"})
        server = box.serve(settings={**model.settings, "OPENAI_API_KEY": "sk-secret-of-test"})
        _, [run] = comparison(server, repository, "Add a file: change greet.py", models=["env-1"])
        equal(ended(server, run)["status"], "succeeded")
        answer = server.ask("GET", f"/v1/runs/{run}/context")
        context = answer.json
        assert "You change a software project" in context["system"]
        assert "Add a file: change greet.py" in context["prompt"] and "the content itself" not in context["prompt"]
        [file] = [file for file in context["files"] if file["path"] == "greet.py"]
        assert file["bytes"] > 30 and file["tokens"] > 5 and file["reason"], file
        assert context["tokens"] > 100 and context["is_cut"] is False
        assert "the content itself" in model.heard()
        for secret in (b"secret-value", b"sk-secret-of-test"):
            assert secret not in answer.body


@test
def a_run_that_was_not_asked_yet_was_given_nothing(box):
    server = box.serve("--demo", settings={"DURSOR_WORKER_CONCURRENCY": "1"})
    repository = box.repository()
    _, [slow] = comparison(server, repository, models=["demo-slow"])
    until(lambda: server.get(f"/v1/runs/{slow}")["status"] == "running", "the run that takes the only worker")
    _, [run] = comparison(server, repository, models=["demo-quick"])
    equal(server.get(f"/v1/runs/{run}/context"), {"system": None, "prompt": None, "files": [], "tokens": None, "is_cut": False})
    equal(server.get(f"/v1/runs/{run}/log"), {"total": 0, "from": 0, "lines": [], "is_removed": False})


@test
def a_log_ends_where_the_setting_says(box):
    line = "x" * 70
    with Scripted(box, ADD, text=f"{line}\n" * 20000) as model:  # 1.35 MiB
        server = box.serve(settings={**model.settings, "DURSOR_RUN_LOG_MB": "1"})
        _, [run] = comparison(server, box.repository(), "Add a file", models=["env-1"])
        equal(ended(server, run)["status"], "succeeded")
        lines = whole(server, run, 1000)
        assert "longer than DURSOR_RUN_LOG_MB" in lines[-1], lines[-1]
        kept = lines.count(line) * (len(line) + 1)
        assert abs(kept - 1024 * 1024) < 8192, kept


if __name__ == "__main__":
    main()
