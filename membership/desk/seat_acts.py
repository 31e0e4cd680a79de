"""What coordinators do about seats: done at once, or kept for a second person where two decide.

With the secretariat go the offices of those who coordinate. Where two persons decide, nobody
changes alone who they are, and so nobody changes alone who holds a seat.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import decisions, seating
from directory.models import Decision, Seat, Term
from directory.models.keepers import COORDINATOR
from federation.models import Federation
from membership.desk import handing_over
from membership.models import PreparedDecision
from membership.seconding import preparing
from membership.seconding.rule import two_decide_in
from membership.seconding.terms import read

Terms = dict[str, Any]
STANDS = gettext_lazy("This stands in the record already.")


@dataclass(frozen=True)
class Act:
    """`do` does it, for a person; `found` is what a first click has recorded."""

    label: str | Promise
    done: str | Promise
    do: Callable[[Terms, Any], Term]
    found: Callable[[Terms], Term | None]


def giving_of(terms: Terms) -> handing_over.Giving:
    """The hand-over that the terms speak of."""
    names = [field.name for field in fields(handing_over.Giving)]
    return handing_over.Giving(**{name: terms.get(name) for name in names})


def seat_of(terms: Terms) -> Seat:
    seat: Seat = terms["seat"] if "seat" in terms else terms["term"].seat
    return seat


def _give(terms: Terms, by: Any) -> Term:
    offices = {name: terms[name] for name in ("ends", "email", "language") if name in terms}
    return handing_over.hand_over(giving_of(terms), by=by, **offices)


def _end(terms: Terms, by: Any) -> Term:
    return seating.end(**terms, by=by, office=COORDINATOR)


def _take_back(terms: Terms, by: Any) -> Term:
    return seating.take_back(**terms, by=by, office=COORDINATOR)


def _given(terms: Terms) -> Term | None:
    return handing_over.done_already(giving_of(terms))


def _ended(terms: Terms) -> Term | None:
    same = Term.objects.standing().filter(pk=terms["term"].pk, until=terms["on"])
    found: Term | None = same.filter(end_decision=terms["decision"]).first()
    return found


ACTS = {
    "hand_over": Act(
        gettext_lazy("Give the seat"), gettext_lazy("The seat is given."), do=_give, found=_given
    ),
    "end_term": Act(
        gettext_lazy("End the term"), gettext_lazy("The term has an end."), do=_end, found=_ended
    ),
    "take_back": Act(
        gettext_lazy("Take back what was recorded wrongly"),
        gettext_lazy("The record is taken back. It stays, marked as wrong."),
        do=_take_back,
        found=lambda terms: None,  # a second time it is refused
    ),
}


def record(act: str, terms: Terms, *, by: Any) -> tuple[Term | PreparedDecision, bool]:
    """The term, or what waits for a second person; and whether it is new.

    It is not, where a first click has just recorded it.
    """
    federation = seat_of(terms).federation
    with transaction.atomic():
        _enter(federation, by)
        found = ACTS[act].found(terms)
        if found is not None:
            return found, False
        if two_decide_in(federation):
            attempt(act, terms, by=by)  # what would be refused is refused now
            return preparing.prepare(federation, by=by, terms={**terms, "act": act}), True
        return _do(act, terms, by), True


def attempt(act: str, terms: Terms, *, by: Any) -> None:
    """It is done, and taken back. Raises ValidationError where it is refused."""
    with transaction.atomic():
        _do(act, terms, by)
        transaction.set_rollback(True)


def _enter(federation: Federation, by: Any) -> None:
    decisions.wait_for_others(federation)
    if not Federation.objects.coordinated_by(by).filter(pk=federation.pk).exists():
        raise PermissionDenied


def _do(act: str, terms: Terms, by: Any) -> Term:
    decision = terms.get("decision")
    if decision and Decision.objects.filter(corrects=decision).exists():
        raise ValidationError({"decision": _("This decision has been corrected already.")})
    return ACTS[act].do(terms, by)


# --- what a second person confirms ----------------------------------------------------------


def terms_of(prepared: PreparedDecision) -> Terms:
    """As they were prepared; ValidationError if something that they name is no longer there."""
    terms: Terms = read(prepared.terms)
    del terms["act"]
    return terms


def reckoned(prepared: PreparedDecision, *, by: Any) -> Terms:
    """The terms, and of the offices those that would end by it as things stand now."""
    terms = terms_of(prepared)
    _refuse_twice(prepared.act, terms)
    attempt(prepared.act, terms, by=by)
    if "ends" in terms:
        terms["ends"] = [one for one in giving_of(terms).offices if one in terms["ends"]]
    return terms


def confirm(prepared: PreparedDecision, *, by: Any) -> Term:
    """The second person agrees: it is done as it was prepared, once, or not at all."""
    with transaction.atomic():
        preparing.take(prepared, by=by)
        terms = terms_of(prepared)
        _refuse_twice(prepared.act, terms)
        term = _do(prepared.act, terms, by)
        preparing.name_both(prepared, term, by=by)
    return term


def _refuse_twice(act: str, terms: Terms) -> None:
    if ACTS[act].found(terms) is not None:
        raise ValidationError(STANDS)
