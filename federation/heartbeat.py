"""The worker's sign of life, which /readyz looks at."""

import time

from django.core.cache import cache

KEY = "worker was here"
LATE_AFTER = 120  # seconds


def beat() -> None:
    cache.set(KEY, time.time(), timeout=None)


def state() -> str:
    """``ok``, ``late`` if the worker was silent for two minutes, ``never`` if it never was here."""
    seen = cache.get(KEY)
    if seen is None:
        return "never"
    return "ok" if time.time() - seen < LATE_AFTER else "late"
