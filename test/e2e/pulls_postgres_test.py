"""Pull requests and webhooks on PostgreSQL: all that pulls_test.py says."""

from harness import Box, main
from pulls_test import test  # its tests are registered with it

assert test
Box.on_postgres = True

if __name__ == "__main__":
    main()
