"""The former client on PostgreSQL: all that former_client_test.py says."""

from former_client_test import test  # its tests are registered with it
from harness import Box, main

assert test
Box.on_postgres = True

if __name__ == "__main__":
    main()
