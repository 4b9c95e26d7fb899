"""What is older than it is kept goes, and whoever watched it hears so."""

from harness import comparison, ended, equal, main, test, until


def old_run(box):
    """A server that keeps events for a day, and a run that ended long ago."""
    server = box.serve("--demo")
    _, runs = comparison(server, box.repository(), models=("demo-quick",))
    ended(server, runs[0])
    server.stop()
    box.change("UPDATE runs SET completed_at = LONG_AGO", "DELETE FROM jobs WHERE kind = 'retention'")  # due in an hour
    return box.serve("--demo", settings={"DURSOR_KEEP_EVENTS_DAYS": "1"}), runs[0]


def removed(server, run):
    return until(lambda: server.get(f"/v1/runs/{run}/log")["is_removed"], "the log's removal")


@test
def an_old_log_is_removed_and_says_so_and_the_result_stays(box):
    server, run = old_run(box)
    removed(server, run)
    window = server.get(f"/v1/runs/{run}/log")
    equal((window["total"], window["lines"]), (0, []))
    logs = server.get(f"/v1/runs/{run}/logs")
    equal((logs["logs"], logs["is_complete"]), ([], True))
    shown = server.get(f"/v1/runs/{run}")
    equal((shown["status"], shown["logs"]), ("succeeded", []))
    assert shown["patch"], shown


@test
def a_stream_and_a_poll_from_before_the_removal_are_reset(box):
    server, run = old_run(box)
    task = server.get(f"/v1/runs/{run}")["task_id"]
    removed(server, run)
    for path, place in ((f"/v1/runs/{run}/events", "0"), (f"/v1/runs/{run}/events", "2"), (f"/v1/tasks/{task}/events", "1-1.2")):
        stream = iter(server.stream(path, place))
        equal([next(stream)[0], next(stream)[0]], ["hello", "reset"])
        page = server.get(f"{path}?after={place}&wait=0")
        equal((page["is_reset"], page["events"], page["is_complete"]), (True, [], True))
        equal(server.get(f"{path}?after={page['cursor']}&wait=0")["is_reset"], False)


if __name__ == "__main__":
    main()
