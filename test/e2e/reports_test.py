"""Reviews and agentic runs that came with an old database: what can be done with them without an agent."""

import json

from harness import equal, main, test
import old_dursor as old

FAILED_REVIEW = old.uid(9, 6)
FINDINGS = [  # id, severity, category, file, first line, last line, title
    (old.uid(11, 6), "medium", "maintainability", "b.txt", None, None, "Long"),
    (old.uid(12, 6), "critical", "security", "a.txt", 3, 9, "Open door"),
    (old.uid(13, 6), "low", "style", "a.txt", 12, 12, "見た目"),
]


def review_rows(db):
    """The one finding of the old database is joined by three more; another review has failed."""
    db.execute("UPDATE reviews SET overall_summary = 'まずまず', overall_score = 0.857, logs = '[\"first\", \"second\"]'")
    for identity, severity, category, file, first, last, title in FINDINGS:
        old.insert(db, "review_feedbacks", id=identity, review_id=old.REVIEW, file_path=file, line_start=first, line_end=last,
                   severity=severity, category=category, title=title, description=f"About {title}.",
                   suggestion="Shut it." if severity == "critical" else None)
    old.insert(db, "reviews", id=FAILED_REVIEW, task_id=old.TASK, target_run_ids=json.dumps([old.RUN]), executor_type="codex_cli",
               status="failed", error="gone", logs="[]", created_at="2026-01-09T11:34:47")


def agentic(**changes):
    """One agentic run in the place of that of the old database."""
    def change(db):
        db.execute("DELETE FROM agentic_runs")
        old.insert(db, "agentic_runs", **{"id": "4567cdef", "task_id": old.TASK, "mode": "semi_auto", "phase": "awaiting_human",
                                          "iteration": 3, "started_at": old.AT, "last_activity": old.AT, "pr_number": 7,
                                          "last_review_score": 0.9, **changes})
    return change


def given(box, change):
    path = f"{box.home}/old.db"
    with old.make(path) as db:
        change(db)
    db.close()
    settings = {"DURSOR_ENCRYPTION_KEY": old.KEY}
    box.run("import", path, settings=settings)
    return box.serve("--demo", settings=settings)


# ---- Reviews ----


@test
def a_review_shows_its_gravest_findings_first(box):
    server = given(box, review_rows)
    shown = server.get(f"/v1/reviews/{old.REVIEW}")
    equal([(f["severity"], f["file_path"], f["line_start"], f["line_end"]) for f in shown["feedbacks"]],
          [("critical", "a.txt", 3, 9), ("high", "a.txt", 1, None), ("medium", "b.txt", None, None), ("low", "a.txt", 12, 12)])
    equal((shown["overall_summary"], shown["overall_score"], shown["target_run_ids"]), ("まずまず", 0.857, [old.RUN]))
    [newest, older] = server.get(f"/v1/tasks/{old.TASK}/reviews")
    equal([newest[f"{name}_count"] for name in ("feedback", "critical", "high", "medium", "low")], [4, 1, 1, 1, 1])
    equal((older["id"], older["status"], older["feedback_count"]), (FAILED_REVIEW, "failed", 0))
    logs = server.get(f"/v1/reviews/{old.REVIEW}/logs?from_line=1")
    equal(([(line["line_number"], line["content"]) for line in logs["logs"]], logs["is_complete"], logs["total_lines"], logs["review_status"]),
          ([(1, "second")], True, 2, "succeeded"))


@test
def findings_become_an_instruction_the_gravest_first(box):
    server = given(box, review_rows)

    def fix(body, status=200):
        return server.post(f"/v1/reviews/{old.REVIEW}/generate-fix", body, status)

    whole = fix({})
    equal(([f["severity"] for f in whole["target_feedbacks"]], whole["estimated_changes"]), (["critical", "high", "medium", "low"], 2))
    heading = "## Issue {}: [{}] {}".format
    places = [whole["instruction"].find(part) for part in
              (heading(1, "CRITICAL", "Open door"), "a.txt:3-9", "security", "About Open door.", "Shut it.", heading(2, "HIGH", "t"),
               "a.txt:1\n", heading(3, "MEDIUM", "Long"), "b.txt\n", heading(4, "LOW", "見た目"), "a.txt:12\n")]
    assert -1 not in places and places == sorted(places), (places, whole["instruction"])
    some = fix({"severity_filter": ["low", "medium"], "additional_instruction": "Keep it short."})
    equal(([f["title"] for f in some["target_feedbacks"]], some["estimated_changes"]), (["Long", "見た目"], 2))
    assert "Keep it short." in some["instruction"] and "Open door" not in some["instruction"]
    one = fix({"feedback_ids": [FINDINGS[2][0]], "review_id": "of the body, and no matter"})
    equal([f["id"] for f in one["target_feedbacks"]], [FINDINGS[2][0]])
    none = fix({"feedback_ids": [FINDINGS[2][0]], "severity_filter": ["high"]}, 400)
    equal(none["detail"], "No feedbacks match the filter criteria")
    fix({"severity_filter": ["grave"]}, 422)
    unknown = server.post(f"/v1/reviews/{old.TASK}/generate-fix", {}, 400)
    equal(unknown["detail"], f"Review not found: {old.TASK}")


@test
def a_review_becomes_a_message_of_its_task(box):
    server = given(box, review_rows)
    message = server.post(f"/v1/reviews/{old.REVIEW}/to-message", status=200)
    equal((message["role"], message["task_id"]), ("assistant", old.TASK))
    for part in ("まずまず", "85%", "critical: 1", "high: 1", "medium: 1", "low: 1", "Open door (a.txt:3-9)", "見た目 (a.txt:12)", "Long (b.txt)"):
        assert part in message["content"], (part, message["content"])
    equal([m["id"] for m in server.get(f"/v1/tasks/{old.TASK}")["messages"]], [old.MESSAGE, message["id"]])
    equal(server.post(f"/v1/reviews/{FAILED_REVIEW}/to-message", status=400)["detail"], "Review not completed: failed")
    equal(server.post(f"/v1/reviews/{old.TASK}/to-message", status=400)["detail"], f"Review not found: {old.TASK}")
    equal(len(server.get(f"/v1/tasks/{old.TASK}")["messages"]), 2)


# ---- Agentic runs ----


def state(server):
    return server.get(f"/v1/tasks/{old.TASK}/agentic/status")


def decide(server, what, status, body=None):
    return server.post(f"/v1/tasks/{old.TASK}/{what}", body, status)


@test
def an_agentic_run_that_waits_is_shown_and_can_be_rejected(box):
    server = given(box, agentic())
    shown = state(server)
    equal({k: shown[k] for k in ("agentic_run_id", "mode", "phase", "iteration", "pr_number", "last_review_score", "human_approved", "error")},
          {"agentic_run_id": "4567cdef", "mode": "semi_auto", "phase": "awaiting_human", "iteration": 3, "pr_number": 7,
           "last_review_score": 0.9, "human_approved": False, "error": None})
    equal(decide(server, "approve-merge", 501)["code"], "executor_unavailable")
    equal(decide(server, "reject-merge", 501, {"feedback": "Do better"})["code"], "executor_unavailable")
    equal(state(server)["phase"], "awaiting_human")
    equal(decide(server, "reject-merge", 200, {}), {"status": "rejected", "phase": "failed"})
    equal((state(server)["phase"], state(server)["error"]), ("failed", "Merge rejected by user"))
    equal(decide(server, "reject-merge", 400, {})["detail"], f"No active agentic state for task {old.TASK}")
    equal(decide(server, "agentic/cancel", 200), {"cancelled": False})


@test
def an_agentic_run_under_way_can_be_cancelled_once(box):
    server = given(box, agentic(phase="awaiting_human", mode="semi_auto"))
    equal(decide(server, "agentic/cancel", 200), {"cancelled": True})
    equal((state(server)["phase"], state(server)["error"]), ("failed", "Cancelled by user"))
    equal(decide(server, "agentic/cancel", 200), {"cancelled": False})
    equal(decide(server, "approve-merge", 400)["detail"], f"No active agentic state for task {old.TASK}")


@test
def a_decision_belongs_to_semi_auto_alone(box):
    server = given(box, agentic(mode="full_auto"))
    equal(decide(server, "approve-merge", 400)["detail"], "approve_merge is only for Semi Auto mode")
    equal(decide(server, "reject-merge", 400, {})["detail"], "reject_merge is only for Semi Auto mode")
    equal(state(server)["phase"], "awaiting_human")
    server.post(f"/v1/tasks/{old.TASK}/reject-merge", status=422)


@test
def what_ended_before_stays_ended(box):
    server = given(box, lambda db: None)
    equal((state(server)["phase"], state(server)["human_approved"]), ("completed", True))
    equal(decide(server, "agentic/cancel", 200), {"cancelled": False})
    equal(decide(server, "reject-merge", 400, {})["detail"], f"No active agentic state for task {old.TASK}")
    equal(state(server)["phase"], "completed")


if __name__ == "__main__":
    main()
