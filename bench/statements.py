"""The statements of two routes, as the program's own files give them, for its peers."""

import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, f"{ROOT}/tools")

import queries  # noqa: E402

DETAIL = ("task_shown", "messages_last", "run_summaries", "pull_summaries")
MESSAGE = ("task_touch", "message_insert")
MOST = 1000  # rows of each list of a detail, as in store/tasks.h
CONTENT = "Please give the parser a limit on the depth of what it reads, with a test for each side of it."
TENANT = "SELECT set_config('role', 'dursor_app', true), set_config('dursor.tenant', :tenant_id, true)"


def read():
    files = []
    for path in sorted(glob.glob(f"{ROOT}/src/store/queries/*.sql")):
        with open(path) as f:
            files.append((path, f.read()))
    return {query.name: query for query in queries.read_queries(files)}


def named(query):
    """The PostgreSQL text with :name parameters, on one line."""
    text = re.sub(r"\$(\d+)", lambda found: ":" + query.params[int(found[1]) - 1], query.texts["postgres"])
    return " ".join(text.split())


def pgbench_script(names, first, count):
    """One transaction for a random one of the tasks that seed.task_id numbers from first on. pgbench's variables are
    numbers, so the id is made from one where it is used; that costs far less than a prepared statement for each task."""
    every = read()
    task = "('00000000-0000-7000-8000-' || lpad(:number::text, 12, '0'))::uuid"
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;" if names == DETAIL else "BEGIN;"
    lines = [f"\\set number random({first}, {first + count - 1})", begin, TENANT + ";"]
    for name in names:
        text = named(every[name])
        if name == "message_insert":
            text = re.sub(r":id\b", "gen_random_uuid()", text).replace(":task_id", task)
        lines.append(re.sub(r":id\b", task, text) + ";")
    return "\n".join([*lines, "COMMIT;", ""])
