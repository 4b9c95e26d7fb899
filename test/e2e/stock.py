"""Stock Celery and the Redis client of Python, wherever ./dev test has put them."""

import os
import shutil
import sys

try:
    import redis
    from celery import Celery
except ImportError:  # the build was set up with another Python than the one that has them
    tool = shutil.which("celery")
    if not tool:
        raise SystemExit("celery is not installed: ./dev test does that")
    python = os.path.join(os.path.dirname(tool), "python3")
    os.execv(python, [python, *sys.argv])

__all__ = ["Celery", "redis"]
