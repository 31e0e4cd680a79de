"""How often one network may read by machine, counted in memory that all workers share.

Reading must not write to the database, and a busy database must not slow down counting. So the
counts stand in one small file of fixed size that every worker of this machine maps into its
memory. Networks stand there as keyed fingerprints only, and what was counted has drained away
after a minute. Several machines each count for themselves.
"""

import fcntl
import logging
import math
import mmap
import os
import stat
import struct
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from federation.encryption import blind_index

logger = logging.getLogger(__name__)
PER = 60  # seconds in which an allowance refills
ENTRY = struct.Struct("<Qdd")  # fingerprint, spent, when
WAYS = 4  # entries a network may stand in: the least used one of them gives way
GROUPS = 16_384


@dataclass(frozen=True)
class Allowance:
    """What is left to one network after it asked once more."""

    amount: int
    spent: float

    @property
    def is_spent(self) -> bool:
        return self.spent > self.amount

    @property
    def left(self) -> int:
        return max(int(self.amount - self.spent), 0)

    @property
    def wait(self) -> int:
        """Seconds until one more request is allowed."""
        return max(math.ceil((self.spent - self.amount) * PER / self.amount), 1)

    @property
    def headers(self) -> dict[str, str]:
        """As the draft of the IETF names them (draft-ietf-httpapi-ratelimit-headers)."""
        refilled = math.ceil(min(self.spent, self.amount) * PER / self.amount)
        return {
            "RateLimit-Policy": f'"read";q={self.amount};w={PER}',
            "RateLimit": f'"read";r={self.left};t={refilled}',
        }


class Counts:
    """A table of fixed size in shared memory: how much each network has spent, and when."""

    def __init__(self, path: Path | None) -> None:
        self._thread = threading.Lock()
        self._file = -1 if path is None else _opened(path)
        self._memory = mmap.mmap(self._file, GROUPS * WAYS * ENTRY.size)

    def spend(self, who: str, amount: int, now: float, cost: int = 1) -> Allowance:
        """One more request of `who`. A refused one costs nothing, so that waiting helps."""
        fingerprint = int(blind_index(who, "allowance.read")[:16], 16)
        start = fingerprint % GROUPS * WAYS * ENTRY.size
        with self._thread:
            if self._file >= 0:
                fcntl.lockf(self._file, fcntl.LOCK_EX, WAYS * ENTRY.size, start)
            try:
                return self._spend(fingerprint or 1, start, amount, now, cost)
            finally:
                if self._file >= 0:
                    fcntl.lockf(self._file, fcntl.LOCK_UN, WAYS * ENTRY.size, start)

    def _spend(self, fingerprint: int, start: int, amount: int, now: float, cost: int) -> Allowance:
        drained = amount / PER
        places = range(start, start + WAYS * ENTRY.size, ENTRY.size)
        found = []
        for place in places:
            whose, spent, at = ENTRY.unpack_from(self._memory, place)
            left = max(spent - max(now - at, 0) * drained, 0)
            if whose == fingerprint:
                break
            found.append((left, place))
        else:
            _least, place = min(found)
            left = 0.0
        if left + cost <= amount:
            ENTRY.pack_into(self._memory, place, fingerprint, left + cost, now)
        return Allowance(amount, left + cost)


def _opened(path: Path) -> int:
    """The file, ours alone: what somebody else put there under its name is not used."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid():
        os.close(file)
        raise PermissionError(f"{path} belongs to somebody else")
    os.ftruncate(file, GROUPS * WAYS * ENTRY.size)
    return file


_counts: Counts | None = None
_opening = threading.Lock()


def counts() -> Counts:
    """The table of this installation; where no file can be had, each worker counts alone."""
    global _counts  # noqa: PLW0603 - opened once in each process, when it is first needed
    with _opening:
        if _counts is None:
            name = blind_index(str(settings.BASE_DIR), "rates.file")[:16]
            try:
                _counts = Counts(Path(tempfile.gettempdir()) / f"federation-rates-{name}")
            except OSError as error:
                logger.warning("Workers count requests apart: %s", error.strerror or error)
                _counts = Counts(None)
        return _counts


def spend(network: str, cost: int = 1) -> Allowance:
    """Count a request of the network against `API_RATE`, a costly one as several."""
    amount = settings.API_RATE
    return counts().spend(network, amount, time.time(), min(cost, amount))
