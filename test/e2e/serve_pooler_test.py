"""dursor serve on PostgreSQL behind PgBouncer in transaction mode: all that serve_test.py says."""

from harness import Box, main
from serve_test import test  # its tests are registered with it

assert test
Box.on_postgres = Box.on_pooler = True

if __name__ == "__main__":
    main()
