"""What is made of the public directory is kept in the process for as long as it holds.

A `Stamp` says what it depends on: the version of the directory, which the database counts up
with every write, the day, and the code itself. Nothing made under another stamp is ever shown,
so there is nothing to clear. Each process keeps its own.
"""

import datetime
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from directory.models import DirectoryVersion

LAYERS = ("federation", "directory", "membership", "templates", "locale")
CODE = {".py", ".html", ".mo", ".css", ".js"}
SETTLED_AFTER = 5  # seconds
QUESTION = f"SELECT number, changed_at FROM {DirectoryVersion._meta.db_table}"  # noqa: S608


@dataclass(frozen=True)
class Stamp:
    """What the public directory was like at one moment. `moment` is its last change, or None."""

    number: int
    moment: datetime.datetime | None
    day: datetime.date

    @classmethod
    def now(cls) -> "Stamp":
        # Asked for every page, so by hand: putting the words together would take longer than this.
        with connection.cursor() as cursor:
            cursor.execute(QUESTION)
            number, moment = cursor.fetchone() or (0, None)
        if isinstance(moment, str):  # SQLite keeps moments as text, in UTC
            moment = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.UTC)
        return cls(number, moment, timezone.localdate())

    @property
    def modified(self) -> float | None:
        """When the pages last changed, in seconds: by a write, by a new day, or by new code.

        None shortly after a write: times are told in whole seconds, and another write may come
        within the same one.
        """
        midnight = datetime.datetime.combine(
            self.day, datetime.time(), timezone.get_current_timezone()
        )
        written = self.moment.timestamp() if self.moment else 0
        if written > time.time() - SETTLED_AFTER:
            return None
        return max(written, midnight.timestamp(), newest())

    def etag(self, address: str) -> str:
        """The entity tag of the page at this address: weak, since it may come packed or plain."""
        parts = (address, self.number, self.moment, self.day, newest(), str(settings.SITE_NAME))
        return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


@cache
def newest() -> float:
    """When the code this process runs last changed: pages change with it."""
    paths = (path for name in LAYERS for path in (settings.BASE_DIR / name).rglob("*.*"))
    return max(path.stat().st_mtime for path in paths if path.suffix in CODE)


class Keep:
    """The latest things made, up to `capacity` of their sizes together."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.size = capacity, 0
        self._kept: OrderedDict[Hashable, tuple[Any, Any, int]] = OrderedDict()
        self._lock = Lock()

    def knows(self, key: Hashable) -> bool:
        """Whether anything is kept under the key, of whatever time."""
        return key in self._kept

    def get(self, key: Hashable, stamp: Any) -> Any:
        """What was kept under this key and stamp, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found[0] != stamp:
                return None
            self._kept.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, stamp: Any, value: Any, size: int) -> None:
        if size > self.capacity // 16:
            return
        with self._lock:
            _stamp, _value, freed = self._kept.pop(key, (None, None, 0))
            self._kept[key] = (stamp, value, size)
            self.size += size - freed
            while self.size > self.capacity:
                _key, (_stamp, _value, freed) = self._kept.popitem(last=False)
                self.size -= freed

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self.size = 0


COUNTS = Keep(capacity=2_000)


def counted(key: Hashable, stamp: Stamp | None, make: Callable[[], Any]) -> Any:
    """What `make` counts, kept for as long as the directory stays as it is."""
    if stamp is None or not settings.KEEP_PAGES:
        return make()
    found = COUNTS.get(key, stamp)
    if found is None:
        found = make()
        COUNTS.put(key, stamp, found, size=1)
    return found
