"""The cache in the database, which counts tries and remembers one-time codes that were used.

Its keys name accounts and networks: they are kept as fingerprints.
"""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router

from federation.encryption import blind_index
from federation.outages import is_outage


def cache_key(key: str, prefix: str, version: int) -> str:
    return blind_index(f"{prefix}:{version}:{key}", "cache")


class Cache(DatabaseCache):
    """Says so when it cannot write; Django's keeps silent.

    A try would else go uncounted and a used code be good again; and whoever signs in while
    the database is busy would be told that they had tried too often.
    """

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> Any:
        faults: list[Exception] = []

        def noted(execute: Any, *args: Any) -> Any:
            try:
                return execute(*args)
            except Exception as error:
                faults.append(error)
                raise

        table = connections[router.db_for_write(self.cache_model_class)]
        with table.execute_wrapper(noted):
            done = super()._base_set(mode, key, value, timeout)
        for fault in faults:
            if is_outage(fault):
                raise fault
        return done
