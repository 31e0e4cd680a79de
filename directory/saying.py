"""What decisions do, as pages tell it: in words, with the status before and after."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from directory.entries import Entry, entries
from directory.models import Affiliation, Effect, Organisation
from federation.models import Status


@dataclass(frozen=True)
class Said:
    """One effect of a decision. `reason` is why a status ended, in words."""

    kind: str
    organisation: Entry
    status: Status | None
    before: Status | None
    on: datetime.date
    until: datetime.date | None
    reason: str
    other: Entry | None
    waiver: str


def said(effects: "QuerySet[Effect]") -> dict[int, list[Said]]:
    """The effects by their decisions: four queries, however many."""
    rows = list(
        effects.select_related("organisation", "other", "status__federation").order_by(
            "decision", "position"
        )
    )
    faces, before = _faces(rows), _before(rows)
    told: dict[int, list[Said]] = defaultdict(list)
    for row in rows:
        key: int = row.decision_id
        told[key].append(_said(row, faces, before.get((key, row.organisation.pk))))
    return told


def _said(row: Effect, faces: dict[int, Entry], before: Status | None) -> Said:
    return Said(
        kind=row.kind,
        organisation=faces[row.organisation.pk],
        status=row.status,
        before=before,
        on=row.on,
        until=row.until,
        reason=str(row.get_reason_display()) if row.reason else "",
        other=faces[row.other.pk] if row.other else None,
        waiver=row.waiver,
    )


def _faces(rows: Iterable[Effect]) -> dict[int, Entry]:
    """The organisations of the effects by their keys, each read once."""
    named: dict[int, Organisation] = {}
    for row in rows:
        for organisation in filter(None, (row.organisation, row.other)):
            named.setdefault(organisation.pk, organisation)
    return dict(zip(named, entries(named.values()), strict=True))


def _before(rows: list[Effect]) -> dict[tuple[int | None, int], Status]:
    """By decision and organisation the status that it ended, also where that was taken back."""
    decisions = {row.decision_id for row in rows}
    bonds = Affiliation.objects.filter(end_decision__in=decisions).order_by("pk")
    return {
        (bond.end_decision_id, bond.organisation_id): bond.status
        for bond in bonds.select_related("status__federation")
    }
