"""kill -9 of the server while it works: nothing is lost, nothing is done twice."""

from harness import equal, main, test
from kills import Story

KILLS = 10


@test
def a_server_killed_at_random_loses_nothing_and_does_nothing_twice(box):
    story = Story(box, seed=1)
    for _ in range(KILLS):
        story.kill_once()
    equal(story.verdict(), [])
    counts = story.counts()
    assert sum(story.kills.values()) == KILLS and counts["runs"] >= 3, counts


if __name__ == "__main__":
    main()
