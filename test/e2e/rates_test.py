"""How often somebody may ask: in one process and across processes."""

import os

from harness import Box, equal, main, test

PER_MINUTE = 10


def asked(server, most):
    """Requests until one is refused, and the refusal."""
    for count in range(most):
        answer = server.ask("GET", "/v1/repos")
        if answer.status != 200:
            return count, answer
    raise AssertionError(f"{most} requests and none was refused")


def check_refusal(answer):
    equal((answer.status, answer.json["kind"], answer.json["code"]), (429, "limited", "too_many_requests"))
    wait = int(answer.headers["Retry-After"])
    assert 1 <= wait <= 60 // PER_MINUTE + 1, wait


@test
def a_person_may_ask_so_often_and_is_told_when_again(box):
    server = box.serve(settings={"DURSOR_USER_REQUESTS_PER_MINUTE": str(PER_MINUTE)})
    count, refusal = asked(server, 3 * PER_MINUTE)
    assert PER_MINUTE - 2 <= count <= PER_MINUTE + 1, count  # signing in took some, the time that passed gave some
    check_refusal(refusal)
    equal(server.ask("GET", "/healthz").status, 200)


@test
def processes_that_share_a_redis_count_together(box):
    shared = {"DURSOR_TENANT_REQUESTS_PER_MINUTE": str(PER_MINUTE), "DURSOR_CACHE_URL": os.environ["DURSOR_TEST_REDIS_URL"]}
    with Box() as other:
        count, refusal = asked(box.serve(settings=shared), 3 * PER_MINUTE)
        assert count <= PER_MINUTE + 1, count
        check_refusal(refusal)
        count, refusal = asked(other.serve(settings=shared), 3 * PER_MINUTE)
        assert count <= 2, count
        check_refusal(refusal)


@test
def a_redis_that_is_away_limits_nobody_less_and_stops_nothing(box):
    server = box.serve(settings={"DURSOR_USER_REQUESTS_PER_MINUTE": str(PER_MINUTE), "DURSOR_CACHE_URL": "redis://127.0.0.1:9"})
    count, refusal = asked(server, 3 * PER_MINUTE)
    assert count <= PER_MINUTE + 1, count
    check_refusal(refusal)


if __name__ == "__main__":
    main()
