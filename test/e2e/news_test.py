"""The one stream of a browser: what changed, as hints."""

import threading

from harness import comparison, ended, equal, main, test, until

class Ear:
    """Listens in a thread: all events of a stream."""

    def __init__(self, server, last_id=None):
        self.heard, self.stream = [], server.stream("/v1/events", last_id)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        until(lambda: self.heard, "hello")

    def listen(self):
        for event in self.stream:
            self.heard.append(event)

    def has(self, kind, **members):
        return any(event == kind and all(data[k] == v for k, v in members.items()) for event, _, data in list(self.heard))

    @property
    def last_id(self):
        return self.heard[-1][1]


def given_task(server, box):
    repo = server.post("/v1/repos/clone", {"repo_url": box.repository()})
    return server.post("/v1/tasks", {"repo_id": repo["id"], "title": "Watched"})


@test
def watchers_hear_of_everything_that_pages_show(box):
    server = box.serve("--demo")
    ear = Ear(server)
    equal(ear.heard[0][0], "hello")
    task, runs = comparison(server, box.repository())
    for run in runs:
        ended(server, run)
    until(lambda: ear.has("task", task_id=task), "the task")
    for run in runs:
        seq = server.get(f"/v1/runs/{run}/events?after=0&wait=0")["cursor"]
        until(lambda: ear.has("run", run_id=run, task_id=task, seq=int(seq)), "the run's last event")
    repo = server.get(f"/v1/tasks/{task}")["repo_id"]
    until(lambda: ear.has("repo", id=repo), "the repository")
    item = server.post("/v1/backlog", {"repo_id": repo, "title": "Later"})
    until(lambda: ear.has("backlog", id=item["id"]), "the backlog item")
    model = server.post("/v1/models", {"provider": "openai", "model_name": "m", "api_key": "k"})
    until(lambda: ear.has("model", id=model["id"]), "the model")
    server.post("/v1/preferences", {"default_branch": "main"}, status=200)
    until(lambda: ear.has("preferences"), "the preferences")


@test
def what_was_missed_is_told_at_the_return_even_after_a_restart(box):
    server = box.serve()
    task = given_task(server, box)
    ear = Ear(server)
    place = ear.last_id
    ear.stream.close()
    server.post(f"/v1/tasks/{task['id']}/messages", {"role": "user", "content": "While away"})
    again = Ear(server, place)
    until(lambda: again.has("task", task_id=task["id"]), "the message missed")
    server.stop()
    server = box.serve()
    server.post("/v1/backlog", {"repo_id": task["repo_id"], "title": "Later"})
    late = Ear(server, place)
    until(lambda: late.has("task", task_id=task["id"]) and late.has("backlog"), "both")
    assert not late.has("reset")


@test
def a_place_that_is_no_longer_good_is_reset_and_nonsense_is_refused(box):
    server = box.serve()
    given_task(server, box)
    epoch, at, mark = Ear(server).last_id.split("-")
    for place in (f"{epoch}-1-{mark}", f"{int(epoch) + 1}-{at}-{mark}", f"{epoch}-{at}-{'7' if ':' in mark else '7:9:'}"):
        ear = Ear(server, place)
        until(lambda: ear.has("reset"), f"reset for {place}")
        poll = server.get(f"/v1/events?after={place}&wait=30")
        equal((poll["is_reset"], poll["news"]), (True, []))
    for place in ("x", "1-2", "1-2-3-4", "1-2-9:3:", "1-2-3~zz.1", "1-2-" + "9" * 30, "1-2-5:9:8,6"):
        answer = server.ask("GET", f"/v1/events?after={place}&wait=0")
        equal((answer.status, answer.json["code"]), (400, "cursor_invalid"))


@test
def who_missed_more_than_is_kept_for_one_answer_reads_again(box):
    server = box.serve()
    task = given_task(server, box)
    place = server.get("/v1/events?wait=0")["cursor"]
    for part in range(3):
        server.post("/v1/tasks/bulk", {"repo_id": task["repo_id"], "tasks": [{"title": f"{part} {n}"} for n in range(200)]})
    equal(server.get(f"/v1/events?after={place}&wait=0")["is_reset"], True)
    ear = Ear(server, place)
    until(lambda: ear.has("reset"), "reset")


@test
def long_polls_answer_at_once_with_what_there_is_and_wait_for_what_comes(box):
    server = box.serve()
    server.sample()  # its coming is news as well
    task = given_task(server, box)
    place = server.get("/v1/events?wait=0")["cursor"]
    equal(server.get(f"/v1/events?after={place}&wait=0")["news"], [])
    answers = []
    thread = threading.Thread(target=lambda: answers.append(server.get(f"/v1/events?after={place}&wait=50")))
    thread.start()
    server.post(f"/v1/tasks/{task['id']}/messages", {"role": "user", "content": "Now"})
    thread.join(40)
    equal([(n["kind"], n["task_id"]) for n in answers[0]["news"]], [("task", task["id"])])
    equal(server.get(f"/v1/events?after={answers[0]['cursor']}&wait=0")["news"], [])


@test
def what_is_written_while_a_long_poll_begins_ends_it(box):
    server = box.serve()
    server.sample()  # its coming is news as well
    task = given_task(server, box)
    for turn in range(40):
        place = server.get("/v1/events?wait=0")["cursor"]
        answers = []
        thread = threading.Thread(target=lambda: answers.append(server.get(f"/v1/events?after={place}&wait=50")))
        thread.start()
        server.post(f"/v1/tasks/{task['id']}/messages", {"role": "user", "content": f"Now {turn}"})
        thread.join(40)
        equal([(n["kind"], n["task_id"]) for answer in answers for n in answer["news"]], [("task", task["id"])])


@test
def the_runs_of_another_process_are_heard(box):
    server = box.serve("--demo")
    ear = Ear(server)
    box.run("run", "--demo", "--repo", box.repository(), "--model", "demo-quick", "Improve it", status=None)
    until(lambda: ear.has("run"), "a run of the command")
    until(lambda: ear.has("task"), "its task")


@test
def a_thousand_watchers_hear_of_one_change(box):
    count = 1000
    server = box.serve(settings={"DURSOR_HTTP_CONNECTIONS": "2000", "DURSOR_HTTP_STREAMS": "2000"})
    server.sample()  # its coming is news as well
    task = given_task(server, box)
    streams = [server.stream("/v1/events") for _ in range(count)]
    events = [iter(stream) for stream in streams]
    for one in events:
        equal(next(one)[0], "hello")
    server.post(f"/v1/tasks/{task['id']}/messages", {"role": "user", "content": "Hear"})
    for one in events:
        kind, _, data = next(one)
        equal((kind, data["task_id"]), ("task", task["id"]))
    for stream in streams:
        stream.close()


if __name__ == "__main__":
    main()
