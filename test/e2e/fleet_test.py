"""Three APIs, the pages before one of them, four workers and a command share one PostgreSQL behind PgBouncer, while some of them are
killed: nothing is lost, nothing is done twice."""

import threading

from fleet import FleetStory
from harness import equal, main, test

KILLS = 6


@test
def a_fleet_loses_nothing_and_does_nothing_twice_whoever_is_killed(box):
    story = FleetStory(box, seed=3)
    said = []
    command = threading.Thread(target=lambda: said.append(box.run(
        "run", "--repo", box.repository(name="of-the-command"), "--model", "openai:story-a", "Add note 01.", status=None,
        settings=story.demo.settings)))
    command.start()
    for _ in range(KILLS):
        story.kill_once()
    command.join()
    equal(said[0].returncode, 0)
    equal(story.verdict(), [])
    counts, kills = story.counts(), story.kills
    assert sum(kills.values()) == KILLS and kills["an API"] and kills["a worker with a run"], kills
    assert counts["runs"] >= 6 and counts["continued after a death"] and counts["events streamed"], counts
    story.close()


if __name__ == "__main__":
    main()
