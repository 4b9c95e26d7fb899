"""dursor api and dursor worker on PostgreSQL: all that roles_test.py says."""

from harness import Box, main
from roles_test import test  # its tests are registered with it

assert test
Box.on_postgres = True

if __name__ == "__main__":
    main()
