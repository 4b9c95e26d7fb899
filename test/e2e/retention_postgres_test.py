"""What is older than it is kept, on PostgreSQL: all that retention_test.py says."""

from harness import Box, main
from retention_test import test  # its tests are registered with it

assert test
Box.on_postgres = True

if __name__ == "__main__":
    main()
