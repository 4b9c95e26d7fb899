"""The stream of a browser on PostgreSQL: all that news_test.py says."""

from harness import Box, main
from news_test import test  # its tests are registered with it

assert test
Box.on_postgres = True

if __name__ == "__main__":
    main()
