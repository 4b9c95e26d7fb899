"""Reviews and agentic runs on PostgreSQL: all that reports_test.py says."""

from harness import Box, main
from reports_test import test  # its tests are registered with it

assert test
Box.on_postgres = True

if __name__ == "__main__":
    main()
