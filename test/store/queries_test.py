#!/usr/bin/env python3
"""Tests of tools/queries.py and tools/migrations.py, as TAP."""

import os
import subprocess
import sys
import tempfile
import unittest

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools")
sys.path.insert(0, TOOLS)

import migrations
import queries
import unittest_tap


def one(text):
    """The only statement of a file with this text."""
    [query] = queries.read_queries([("a.sql", text)])
    return query


class Statements(unittest.TestCase):
    def refused(self, text, words):
        with self.assertRaises(queries.Mistake) as caught:
            queries.read_queries([("a.sql", text)])
        self.assertIn(words, str(caught.exception))

    def test_parameters_are_numbered_in_the_order_in_which_they_first_appear(self):
        q = one("-- a -> a_type\nSELECT :y, :x, :y;\n")
        self.assertEqual(q.params, ["y", "x"])
        self.assertEqual(q.texts, {"sqlite": "SELECT ?1, ?2, ?1", "postgres": "SELECT $1, $2, $1"})
        self.assertEqual(q.type, "a_type")

    def test_casts_strings_names_and_comments_hold_no_parameters(self):
        q = one("-- a\nSELECT :x::text, ':no; ''', \":no\", $$ :no; $$, $t$ :no $t$ /* :no; */ -- :no;\n;\n")
        self.assertEqual(q.params, ["x"])
        self.assertEqual(q.texts["postgres"], "SELECT $1::text, ':no; ''', \":no\", $$ :no; $$, $t$ :no $t$")

    def test_comment_lines_after_the_name_are_left_out(self):
        self.assertEqual(one("-- a\n-- Why it is so: never :mind.\nSELECT 1;\n").texts["sqlite"], "SELECT 1")

    def test_a_statement_may_differ_between_databases(self):
        q = one("-- a [sqlite]\nSELECT :x, :y;\n-- a [postgres]\nSELECT :y + :x;\n")
        self.assertEqual(q.texts, {"sqlite": "SELECT ?1, ?2", "postgres": "SELECT $2 + $1"})

    def test_mistakes_are_told_with_their_place(self):
        self.refused("-- a\nSELECT 1\n", "a.sql:1: a: there is no semicolon")
        self.refused("-- a\n;\n", "there is no statement")
        self.refused("\nSELECT 1;\n", "a.sql:2: a statement needs a line")
        self.refused("-- a\nSELECT 1;\nSELECT 2;\n", "there is more after its semicolon")
        self.refused("-- a\nSELECT 1;\n-- A_b -> x\nSELECT 2;\n", "there is more after its semicolon")
        self.refused("-- a\nSELECT 1;\n-- a\nSELECT 1;\n", "a.sql:3: a: it is already in a.sql:1")
        self.refused("-- a [sqlite]\nSELECT 1;\n", "there is no text for postgres")
        self.refused("-- a [oracle]\nSELECT 1;\n", "no database is named oracle")
        self.refused("-- a [sqlite]\nSELECT :x;\n-- a [postgres]\nSELECT :y;\n", "its parameters are not those in line 1")
        self.refused("-- a [sqlite] -> b_type\nSELECT 1;\n-- a [postgres]\nSELECT 1;\n", "its rows are none here")

    def test_what_is_written_is_c(self):
        found = queries.read_queries([("a.sql", "-- b -> b_type\nSELECT '\\',\n \"q\", :x;\n-- a\nSELECT 1;\n")])
        source = queries.c_source(found)
        self.assertIn('"SELECT \'\\\\\',\\n"\n        " \\"q\\", ?1"', source)
        self.assertIn('.params = (const char *const[]){"x"}', source)
        self.assertLess(source.index("q_a"), source.index("q_b"))
        self.assertIn("extern const Statement q_b;", queries.c_header(found))

    def test_a_mistake_ends_the_build_with_its_place(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/a.sql", "w") as f:
                f.write("-- a\nSELECT 1\n")
            ran = subprocess.run([sys.executable, f"{TOOLS}/queries.py", f"{folder}/h", f"{folder}/c", f"{folder}/a.sql"],
                                 capture_output=True, text=True)
            self.assertEqual(ran.returncode, 1)
            self.assertTrue(ran.stderr.startswith(f"{folder}/a.sql:1: a:"), ran.stderr)
            self.assertFalse(os.path.exists(f"{folder}/c"))


class Migrations(unittest.TestCase):
    def refused(self, *files):
        with self.assertRaises(migrations.Mistake):
            list(migrations.pairs(files))

    def test_pairs_come_in_the_order_of_their_numbers(self):
        files = ["0002_b.postgres.sql", "0001_a.sqlite.sql", "0002_b.sqlite.sql", "0001_a.postgres.sql"]
        self.assertEqual(list(migrations.pairs(files)),
                         [("a", ["0001_a.sqlite.sql", "0001_a.postgres.sql"]), ("b", ["0002_b.sqlite.sql", "0002_b.postgres.sql"])])

    def test_gaps_halves_and_strange_names_are_refused(self):
        self.refused("0002_b.sqlite.sql", "0002_b.postgres.sql")
        self.refused("0001_a.sqlite.sql")
        self.refused("0001_a.sqlite.sql", "0001_b.postgres.sql")
        self.refused("0001_a.sqlite.sql", "0001_b.sqlite.sql", "0001_a.postgres.sql")
        self.refused("1_a.sqlite.sql")


if __name__ == "__main__":
    sys.exit(unittest_tap.main(sys.modules[__name__]))
