"""The seats of an invented federation, and the sections that held them in turn."""

import datetime
from collections.abc import Mapping
from typing import Any

from directory import decisions, seating
from directory.models import Decision, Organisation, Seat
from directory.models.keepers import COORDINATOR
from federation.demo.facts import read
from federation.demo.register import checked
from federation.models import Federation, User

PLAIN = ("body", "titles", "descriptions", "is_one", "position")


def make_seats(federation: Federation, made: Mapping[str, Organisation], by: User) -> None:
    """After its organisations, by their keys: a seat goes to those who are affiliated."""
    facts = read(f"{federation.slug}_seats")
    recorded = {key: _decision(row, federation, by) for key, row in facts["decisions"].items()}
    for row in facts["seats"]:
        plain = {name: row[name] for name in PLAIN if name in row}
        seat = checked(Seat(federation=federation, **plain))
        seat.statuses.set(federation.statuses.filter(slug__in=row["statuses"]))
        for term in row["terms"]:
            seating.give(
                seat=seat, organisation=made[term["organisation"]], on=_day(term["on"]),
                decision=recorded[term["decision"]], by=by, office=COORDINATOR,
            )  # fmt: skip


def _decision(row: dict[str, Any], federation: Federation, by: User) -> Decision:
    return decisions.record(
        federation=federation, by=by, office=COORDINATOR,
        **row | {"decided_on": _day(row["decided_on"])},
    )  # fmt: skip


def _day(value: str) -> datetime.date:
    return datetime.date.fromisoformat(value)
