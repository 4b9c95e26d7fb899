"""Differences, comparisons and verdicts on PostgreSQL: all that differences_test.py says."""

from differences_test import test  # its tests are registered with it
from harness import Box, main

assert test
Box.on_postgres = True

if __name__ == "__main__":
    main()
