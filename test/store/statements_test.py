#!/usr/bin/env python3
"""Every named statement, explained on both databases: none reads a whole table that grows, as TAP.

PostgreSQL has the rows of bench/scale.sql and their statistics, plans generically, as for a statement that is prepared
once, and under row-level security. SQLite plans by its schema. What may be read whole is listed with its reason.
"""

import glob
import json
import os
import re
import secrets
import sqlite3
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, f"{ROOT}/tools")

import queries
import unittest_tap

RUNS, EVENTS = 40000, 10

SMALL = {  # tables that may be read whole
    "cluster": "one row",
    "retention": "one row",
    "workers": "a row for each process",
    "tenants": "a row for each organisation",
    "schema_versions": "a row for each migration",
    "github_config": "a row for each tenant",
    "sqlite_sequence": "a row for each counter",
    "task_counts": "folded every few seconds",
    "imports": "a row for each table while an import is under way",
}

SMALL_INDEXES = {  # that may be read whole: of few rows, however many the table has
    "jobs_claim": "what waits",
    "jobs_lease": "what is being worked on",
    "jobs_owner": "what is being worked on",
    "jobs_line": "what is not finished",
    "jobs_unique": "what is not finished",
    "jobs_pool": "what single invocations have not finished",
    "jobs_dead": "what people have not looked at, in numbers that are shown to them",
    "jobs_dead_old": "the same",
    "prs_open": "open pull requests, a page of those that were looked at longest ago",
    "runs_unfinished": "what waits and what is being worked on",
}

WHOLE = {  # (statement, table) that reads all of it, or all of one of its indexes
    ("storage_sizes", "run_events"): "a person asks how much SQLite's file holds",
}

# What a limit is taken for: a small part of a table, as it is of one that has a thousand times the test's rows.
LIMITS = {"limit": 10, "most": 10}

COST_MAX = 1000  # of a plan, as the planner counts; what reads all of the 40,000 runs costs several thousand
DISABLED = 1e10  # what it adds for a step that it was asked to avoid


def statements():
    files = []
    for path in sorted(glob.glob(f"{ROOT}/src/store/queries/*.sql")):
        with open(path) as f:
            files.append((path, f.read()))
    return queries.read_queries(files)


def migrations(database):
    for path in sorted(glob.glob(f"{ROOT}/src/store/migrations/*.{database}.sql")):
        with open(path) as f:
            yield f.read()


# ---- PostgreSQL ----

class Server:
    """A database of its own on the tests' server, filled."""

    def __init__(self):
        self.url = os.environ.get("DURSOR_TEST_POSTGRES_URL") or sys.exit("run the tests through test/servers.py")
        self.name = f"plans_{secrets.token_hex(6)}"
        self.base = f"{self.url.rsplit('/', 1)[0]}/{self.name}"
        self.do(f"CREATE DATABASE {self.name}", self.url)
        self.do("CREATE TABLE schema_versions (version bigint PRIMARY KEY, name text, checksum text, applied_at timestamptz);"
                "GRANT SELECT ON schema_versions TO PUBLIC", self.base)
        for text in migrations("postgres"):
            self.do(text, self.base, "-1")
        subprocess.run(["psql", "-qX", "-v", f"runs={RUNS}", "-v", f"events={EVENTS}", self.base, "-f", f"{ROOT}/bench/scale.sql"],
                       check=True, capture_output=True, timeout=280)

    def do(self, text, url, *flags):
        ran = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", *flags, url], input=text, text=True, capture_output=True, timeout=120)
        if ran.returncode:
            raise AssertionError(f"{text[-2000:]}\n{ran.stderr}")
        return ran.stdout

    def drop(self):
        self.do(f"DROP DATABASE {self.name} WITH (FORCE)", self.url)

    def plans(self, found, before=""):
        """The plan of each statement by name, or what the server says instead; `before` is rolled back."""
        lines = ["\\set ON_ERROR_STOP off"]
        for q in found:
            role = "dursor_app" if "tenant_id" in q.params else "dursor_system"
            types = f"({', '.join('bigint' if name in LIMITS else 'unknown' for name in q.params)})" if q.params else ""
            arguments = f"({', '.join(['NULL'] * len(q.params))})" if q.params else ""
            lines += [f"\\echo @@{q.name}", "BEGIN;", before, f"SET LOCAL ROLE {role}; SET LOCAL dursor.tenant = 'tenant-0';",
                      "SET LOCAL plan_cache_mode = force_generic_plan;", "SET LOCAL enable_sort = off;" if q.name == "jobs_claim" else "",
                      f"PREPARE p {types} AS {with_limits(q)};", f"EXPLAIN (FORMAT JSON) EXECUTE p{arguments};",
                      "ROLLBACK;", "DEALLOCATE ALL;"]
        ran = subprocess.run(["psql", "-qXAt", self.base], input="\n".join(lines), text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=200)
        return {name.strip(): text for name, _, text in (part.partition("\n") for part in ran.stdout.split("@@")[1:])}


def with_limits(query):
    text = query.texts["postgres"]
    for name, value in LIMITS.items():
        if name in query.params:
            text = re.sub(rf"\${query.params.index(name) + 1}\b", str(value), text)
    return text


def table_of(relation):
    return "run_events" if relation.startswith("run_events") else relation


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def whole_on_server(text):
    """Tables that the plan reads whole: by a scan, or by an index without a condition on it."""
    found = set()
    for node in nodes(json.loads(text)[0]["Plan"]):
        kind, index = node["Node Type"], node.get("Index Name")
        if kind == "Seq Scan" or index and "Index Cond" not in node and index not in SMALL_INDEXES:
            found.add(table_of(node.get("Relation Name") or index))
    return found - set(SMALL)


# ---- SQLite ----

def sqlite_database():
    database = sqlite3.connect(":memory:")
    database.create_function("db_now", 0, lambda: 0, deterministic=True)
    database.create_function("db_later", 2, lambda at, us: at, deterministic=True)
    database.create_function("db_us", 2, lambda a, b: 0, deterministic=True)
    database.execute("CREATE TABLE schema_versions (version INTEGER PRIMARY KEY, applied_at INTEGER)")
    for text in migrations("sqlite"):
        database.executescript(text)
    return database


def names_of(text, database):
    """Tables by the names that the statement gives them."""
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    found = {table: table for table in tables}
    for table, alias in re.findall(r"\b(?:FROM|JOIN|UPDATE|INTO|,)\s+(\w+)\s+(?:AS\s+)?(\w+)", text):
        if table in tables:
            found.setdefault(alias, table)
    if "task_rows" in text:
        found.update(t="tasks", r="runs", p="prs", c="ci_checks")
    return found


def whole_on_sqlite(query, database):
    text = query.texts["sqlite"]
    names, found = names_of(text, database), set()
    for *_, detail in database.execute(f"EXPLAIN QUERY PLAN {text}", [None] * len(query.params)):
        scan = re.fullmatch(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", detail)
        if scan and names.get(scan[1]) and scan[2] not in SMALL_INDEXES:
            found.add(names[scan[1]])
    return found - set(SMALL)


# ---- The tests ----

class Plans(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.all = [q for q in statements()]
        cls.server = Server()
        cls.addClassCleanup(cls.server.drop)

    def wrong_on_server(self, found, before=""):
        wrong = []
        for name, text in self.server.plans(found, before).items():
            if not text.lstrip().startswith("["):
                wrong.append(f"{name}: {text.strip()}")
                continue
            cost = json.loads(text)[0]["Plan"]["Total Cost"] % DISABLED
            wrong += [f"{name} costs {cost}"] if cost > COST_MAX else []
            wrong += [f"{name} reads all of {table}" for table in sorted(whole_on_server(text)) if (name, table) not in WHOLE]
        return wrong

    def test_no_statement_reads_a_whole_table_on_postgres(self):
        self.assertEqual(self.wrong_on_server(self.all), [])

    def test_no_statement_reads_a_whole_table_on_sqlite(self):
        database = sqlite_database()
        wrong = [f"{q.name} reads all of {table}" for q in self.all for table in sorted(whole_on_sqlite(q, database))
                 if (q.name, table) not in WHOLE]
        self.assertEqual(wrong, [])

    def test_an_index_that_is_gone_is_noticed(self):
        for index, name in (("jobs_finished", "jobs_prune"), ("changes_old", "news_prune"), ("tasks_updated", "task_list"),
                            ("messages_of_task", "message_list"),
                            ("runs_ended", "runs_prunable")):
            chosen = [q for q in self.all if q.name == name]
            self.assertNotEqual(self.wrong_on_server(chosen, f"DROP INDEX {index};"), [], f"{name} without {index}")
            database = sqlite_database()
            database.execute(f"DROP INDEX {index}")
            self.assertTrue(whole_on_sqlite(chosen[0], database), f"{name} without {index}")


if __name__ == "__main__":
    sys.exit(unittest_tap.main(sys.modules[__name__]))
