"""What a correcting decision does to what the corrected one had done.

The corrected decision stays in the register of decisions as it is. In the register of
affiliations what it did is taken back, visibly, and what else rests on it rests on the
correction from then on.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from directory import seating, workflow
from directory.effects import others_in_country
from directory.models import Affiliation, Decision, Effect, OrganisationLink, Suspension

REOPENED: dict[str, Any] = {
    "until": None, "gone_on": None, "end_reason": "", "end_decision": None, "end_source": None,
}  # fmt: skip
LINKS = {
    Effect.Kind.CONTINUE: OrganisationLink.Kind.SUCCEEDS,
    Effect.Kind.MERGE: OrganisationLink.Kind.MERGED_INTO,
    Effect.Kind.SPLIT: OrganisationLink.Kind.SPLIT_FROM,
}
TERMS = ("kind", "organisation_id", "status_id", "on", "until", "reason", "other_id", "waiver")


def same(old: Decision, effects: Iterable[Effect]) -> bool:
    """Whether the effects are those of the old decision: then only its words were wrong."""

    def terms(effect: Effect) -> list[Any]:
        return [getattr(effect, name) for name in TERMS]

    return [terms(one) for one in old.effects.all()] == [terms(one) for one in effects]


def take_back(old: Decision, new: Decision, by: Any, office: str) -> None:
    """Undo what the effects of the old decision did; refuse if a later decision rests on it."""
    effects = old.effects.exclude(kind=Effect.Kind.DECLINE)
    touched = {key for pair in effects.values_list("organisation", "other") for key in pair if key}
    bonds = Affiliation.objects.standing().filter(
        organisation__in=touched, federation=old.federation
    )
    suspensions = Suspension.objects.filter(organisation__in=touched, federation=old.federation)
    if _rested_upon(old, bonds, suspensions):
        raise ValidationError(
            _("A later decision rests on what this one did. Correct the later one first.")
        )
    terms = {"note": _note(new), "by": by, "office": office}
    for bond in bonds.filter(decision=old):
        workflow.retract(affiliation=bond, **terms)
    for bond in bonds.filter(end_decision=old):
        workflow.correct(affiliation=bond, **REOPENED, **terms)
    for suspension in suspensions.filter(end_decision=old):
        _reopen(suspension)
    for suspension in suspensions.filter(decision=old):
        suspension.is_void = True
        suspension.save()
    for link in _links(old):
        link.delete()
    rest(old, new, by, office)


def refuse_second(old: Decision) -> None:
    """What runs again is no second one in its country, unless a decision says why there are two."""
    again = Affiliation.objects.standing().filter(
        until=None, gone_on=None, federation=old.federation, corrects__end_decision=old
    )
    waived = Effect.objects.filter(decision__federation=old.federation).exclude(waiver="")
    for bond in again.select_related("organisation", "status"):
        for other in others_in_country(bond.organisation, bond.status, bond.begins):
            two = [bond.organisation, other]
            if not waived.filter(Q(organisation__in=two) | Q(other__in=two)).exists():
                told = _(
                    "%(who)s would have its status again. There is one for each country, and in "
                    "this one there is %(other)s already. Correct that first."
                )
                raise ValidationError(told % {"who": bond.organisation.name, "other": other.name})


def _reopen(suspension: Suspension) -> None:
    """As the decision to suspend had it: perhaps with a fixed end."""
    said = suspension.decision.effects.filter(
        kind=Effect.Kind.SUSPEND, organisation=suspension.organisation, on=suspension.since
    ).first()
    suspension.until, suspension.end_decision = (said.until if said else None), None
    suspension.is_void = False
    suspension.save()


def _rested_upon(
    old: Decision, bonds: "QuerySet[Affiliation]", suspensions: "QuerySet[Suspension]"
) -> bool:
    begun, ended = bonds.filter(decision=old), bonds.filter(end_decision=old)
    standing = suspensions.filter(is_void=False)
    went_on = begun.exclude(Q(until=None, gone_on=None) | Q(end_decision=old))
    closed = suspensions.filter(decision=old).exclude(Q(end_decision=None) | Q(end_decision=old))
    admitted = begun.exclude(organisation__in=ended.values("organisation"))
    since_then = standing.exclude(decision=old).filter(
        organisation__in=admitted.values("organisation")
    )
    return (
        went_on.exists()
        or closed.exists()
        or any(_lies_beyond(bond, since_then) for bond in admitted)
        or any(_comes_after(bond.until or bond.gone_on, bond, bonds, old) for bond in ended)
        or any(
            _comes_after(row.until, row, standing, old)
            for row in standing.filter(end_decision=old)
        )
    )  # fmt: skip


def _lies_beyond(bond: Affiliation, suspensions: "QuerySet[Suspension]") -> bool:
    """Whether the organisation was suspended in a status that it would not have had."""
    rows = suspensions.filter(organisation=bond.organisation_id)
    return rows.filter(Q(until=None) | Q(until__gt=bond.begins)).exists()


def _comes_after(end: Any, row: Any, rows: "QuerySet[Any]", old: Decision) -> bool:
    """Whether something later begins where this one would be open again."""
    begins = "begins" if isinstance(row, Affiliation) else "since"
    later = rows.filter(organisation=row.organisation_id, **{f"{begins}__gte": end})
    return bool(end) and later.exclude(decision=old).exists()


# --- what goes on as it is ------------------------------------------------------------------


def rest(old: Decision, new: Decision, by: Any, office: str) -> None:
    """What rests on the old decision rests on the new one: a correction of the record alone."""
    for bond in Affiliation.objects.standing().filter(Q(decision=old) | Q(end_decision=old)):
        changes: dict[str, Any] = {}
        for record, source in (("decision", "source"), ("end_decision", "end_source")):
            if getattr(bond, f"{record}_id") == old.pk:
                changes[record] = new
                own = getattr(bond, source)
                if own and own.decision_id == old.pk:
                    changes[source] = workflow.source_of(new)
        workflow.correct(affiliation=bond, note=_note(new), by=by, office=office, **changes)
    suspended = Suspension.objects.filter(decision=old)
    suspended.exclude(is_void=True, end_decision=None).update(decision=new)
    Suspension.objects.filter(end_decision=old).update(end_decision=new)
    links = _links(old)
    if links:
        keys = [link.pk for link in links]
        OrganisationLink.objects.filter(pk__in=keys).update(source=workflow.source_of(new))
    seating.rest(old, new, by, office)


def _note(new: Decision) -> str:
    return new.correction_note[:300]


def _links(old: Decision) -> list[OrganisationLink]:
    """The links between organisations that its effects made."""
    found: list[OrganisationLink] = []
    for effect in old.effects.filter(kind__in=LINKS):
        found += OrganisationLink.objects.filter(
            organisation=effect.organisation, other=effect.other,
            kind=LINKS[Effect.Kind(effect.kind)], source__decision=old,
        )  # fmt: skip
    return found
