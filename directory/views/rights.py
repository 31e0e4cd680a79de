"""The rights of a status in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from federation.models import Status


@dataclass(frozen=True)
class Rights:
    """What a status entitles to, what not, and what the federation's texts do not say."""

    granted: list[str]
    denied: list[str]
    unknown: list[str]


def in_words(status: Status) -> Rights:
    def told(answer: bool | None) -> list[str]:
        return [label for label, value in status.rights if value is answer]

    return Rights(told(True), told(False), told(None))


def table(statuses: list[Status]) -> list[dict[str, Any]]:
    """A row for each right, with the answer of each status in their order."""
    rows = [dict(status.rights) for status in statuses]
    labels: Iterable[str] = rows[0] if rows else ()
    return [{"label": label, "values": [row[label] for row in rows]} for label in labels]
