"""The door through which organisations come to hold the seats of a federation's bodies.

A seat rotates by decision: who is given it takes it over from whoever held it, on one day.
What was recorded wrongly is taken back, and stays as a record that was wrong.
"""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from directory.models import (
    Affiliation,
    Body,
    Decision,
    Organisation,
    Seat,
    Source,
    Suspension,
    Term,
)
from federation import audit
from federation.models import Status


def give(
    *,
    seat: Seat,
    organisation: Organisation,
    by: Any,
    on: datetime.date | None = None,
    until: datetime.date | None = None,
    decision: Decision | None = None,
    source: Source | None = None,
    office: str = "",
) -> Term:
    """The organisation holds the seat from `on`, or since nobody knows when; who held it, no more.

    `until` is given where the end is known from the beginning. A second click comes to the term
    that the first has begun.
    """
    with transaction.atomic():
        wait_for_others(seat)
        term = Term(
            seat=seat, organisation=organisation, since=on, until=until, decision=decision,
            source=source,
        )  # fmt: skip
        twin = alike(term)
        if twin is not None:
            return twin
        term.full_clean()
        _may_hold(term)
        _make_room(term, by, office)
        term.save()
        _tell(audit.Action.ADD, term, by, office, ["organisation", "since"])
    return term


def end(*, term: Term, on: datetime.date, decision: Decision, by: Any, office: str = "") -> Term:
    """From `on` the organisation no longer holds the seat, and nobody takes it over."""
    with transaction.atomic():
        fresh = _taken(term)
        if (fresh.until, fresh.end_decision) == (on, decision):
            return fresh
        if fresh.until:
            raise ValidationError(_("This term has ended already."))
        _close(fresh, on, decision, by, office)
    return fresh


def take_back(*, term: Term, reason: str, by: Any, office: str = "") -> Term:
    """The record was wrong: the term stays as such, and whoever it took the seat from has it."""
    if not reason.strip():
        raise ValidationError(_("Say what was wrong with the record."))
    with transaction.atomic():
        fresh = _taken(term)
        fresh.is_void, fresh.void_reason = True, reason.strip()
        fresh.full_clean()
        fresh.save()
        _tell(audit.Action.CHANGE, fresh, by, office, ["is_void"])
        _reopen_before(fresh, by, office)
    return fresh


def rest(old: Decision, new: Decision, by: Any, office: str) -> None:
    """What rested on a decision rests on the one that corrects it."""
    for name in ("decision", "end_decision"):
        for term in Term.objects.standing().filter(**{name: old}):
            setattr(term, name, new)
            term.save()
            _tell(audit.Action.CHANGE, term, by, office, [name])


def wait_for_others(seat: Seat) -> None:
    """Until the transaction ends, nobody else gives this seat away."""
    Seat.objects.select_for_update(no_key=True).get(pk=seat.pk)


def alike(term: Term) -> Term | None:
    """What stands recorded in just these words already."""
    names = ("seat", "organisation", "since", "decision", "source")
    same = {name: getattr(term, name) for name in names}
    found: Term | None = Term.objects.standing().filter(**same).first()
    return found


# --- who may hold it ------------------------------------------------------------------------


def _may_hold(term: Term) -> None:
    """On its first day the organisation is affiliated, in a status that may, and not suspended."""
    day, federation = term.begins, term.seat.federation
    bonds = Affiliation.objects.possible(day).filter(
        organisation=term.organisation, federation=federation
    )
    statuses = [bond.status for bond in bonds.select_related("status")]
    if not statuses:
        _refuse(_("The organisation does not belong to this federation on that day."))
    if not any(may_hold(term.seat, status) for status in statuses):
        _refuse(_("With its status an organisation cannot hold this seat."))
    resting = Suspension.objects.on(day).filter(federation=federation)
    if resting.filter(organisation=term.organisation).exists():
        _refuse(_("The organisation is suspended on that day."))


def may_hold(seat: Seat, status: Status) -> bool:
    """Whether the federation's texts let an organisation of this status hold the seat."""
    chosen = list(seat.statuses.all())
    if chosen and status not in chosen:
        return False
    return not (seat.body == Body.SECRETARIAT and status.holds_secretariat is False)


def _refuse(why: str) -> None:
    raise ValidationError({"organisation": why})


# --- who held it before ---------------------------------------------------------------------


def _make_room(term: Term, by: Any, office: str) -> None:
    """End the term that runs until then; refuse where there is another way to read the record."""
    for other in _in_the_way(term):
        if other.organisation == term.organisation and other.decision == term.decision:
            _refuse(_("This organisation holds the seat already."))
        if other.until or not term.since or other.begins >= term.since:
            told = _(
                "At that time %(who)s holds this seat already. Choose another day, or take that "
                "back first."
            )
            raise ValidationError({"since": told % {"who": other.organisation.name}})
        _close(other, term.since, term.decision, by, office)


def _in_the_way(term: Term) -> list[Term]:
    """The terms that the new one would overlap: of anybody, or of the same where several sit."""
    standing = Term.objects.standing().filter(seat=term.seat)
    if not term.seat.is_one:
        standing = standing.filter(organisation=term.organisation)
    found = standing.select_related("organisation", "decision", "source")
    return [
        one
        for one in found
        if (one.until is None or one.until > term.begins)
        and (term.until is None or one.begins < term.until)
    ]


def running_before(seat: Seat, day: datetime.date) -> Term | None:
    """Whose term a hand-over on that day ends, where one organisation holds the seat."""
    if not seat.is_one:
        return None
    open_ones = Term.objects.standing().filter(seat=seat, until=None)
    found = open_ones.select_related("organisation", "decision", "source")
    return next((one for one in found if one.begins < day), None)


def _close(term: Term, on: datetime.date, decision: Decision | None, by: Any, office: str) -> None:
    term.until, term.end_decision = on, decision
    term.full_clean()
    term.save()
    _tell(audit.Action.CHANGE, term, by, office, ["until", "end_decision"])


def _reopen_before(term: Term, by: Any, office: str) -> None:
    """What the term taken back had ended runs again, unless the seat was given on meanwhile."""
    if not term.seat.is_one or term.since is None:
        return
    standing = Term.objects.standing().filter(seat=term.seat)
    before = standing.filter(until=term.since, end_decision=term.decision).first()
    if before is None or standing.filter(since__gte=term.since).exists():
        return
    before.until, before.end_decision = None, None
    before.save()
    _tell(audit.Action.CHANGE, before, by, office, ["until", "end_decision"])


def _taken(term: Term) -> Term:
    """The stored row, under the lock of its seat."""
    wait_for_others(term.seat)
    fresh: Term = Term.objects.select_related("seat__federation").get(pk=term.pk)
    if fresh.is_void:
        raise ValidationError(_("This record has already been corrected."))
    return fresh


def _tell(action: audit.Action, term: Term, by: Any, office: str, fields: list[str]) -> None:
    slug = term.seat.federation.slug
    audit.record(action, term, by=by, office=office, fields=fields, federation=slug)
