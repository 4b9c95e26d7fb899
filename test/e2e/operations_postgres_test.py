"""Operations and estimates on PostgreSQL: all that operations_test.py says."""

from harness import Box, main
from operations_test import test  # its tests are registered with it

assert test
Box.on_postgres = True

if __name__ == "__main__":
    main()
