"""Shared links on PostgreSQL: all that share_test.py says."""

from harness import Box, main
from share_test import test  # its tests are registered with it

assert test
Box.on_postgres = True

if __name__ == "__main__":
    main()
