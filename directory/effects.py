"""What follows from the effects of a decision: each kind goes through the doors of the workflow.

Only `directory.decisions.record` calls this, under the lock of the federation.
"""

import datetime
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import workflow
from directory.models import (
    Affiliation,
    Decision,
    Effect,
    EndReason,
    Organisation,
    OrganisationLink,
    Suspension,
)
from federation.models import Federation, Status
from federation.texts import joined

Terms = dict[str, Any]


def running_bond(organisation: Organisation, federation: Federation) -> Affiliation | None:
    """The bond of the two that no day ends yet, if there is one."""
    bonds = Affiliation.objects.standing().filter(organisation=organisation, federation=federation)
    found: Affiliation | None = bonds.filter(until=None, gone_on=None).first()
    return found


def _running(effect: Effect, organisation: Organisation | None = None) -> Affiliation:
    bond = running_bond(organisation or effect.organisation, effect.decision.federation)
    if bond is None:
        raise ValidationError(_("The organisation has no status here that could change."))
    if bond.since and bond.since > effect.on:
        raise ValidationError(
            _("Another decision gives it a status from %(day)s on. Correct that one first.")
            % {"day": date_format(bond.since, "DATE_FORMAT")}
        )
    return bond


def _ground(effect: Effect, by: Any, office: str) -> Terms:
    decision = effect.decision
    source = workflow.source_of(decision)
    return {"decision": decision, "source": source, "by": by, "office": office}


def _admit(effect: Effect, by: Any, office: str) -> None:
    _give(effect, effect.organisation, effect.status, by, office)


def _give(
    effect: Effect, organisation: Organisation, status: Status | None, by: Any, office: str
) -> None:
    """The organisation has the status from that day on, whatever it had before."""
    if status is None:
        return
    _one_per_country(effect, organisation, status)
    terms = _ground(effect, by, office) | {"status": status}
    bond = running_bond(organisation, effect.decision.federation)
    if bond is None:
        workflow.admit(organisation=organisation, since=effect.on, **terms)
    elif bond.status == status:
        raise ValidationError(_("The organisation already has this status."))
    else:
        workflow.change_status(affiliation=bond, on=effect.on, **terms)


def _change(effect: Effect, by: Any, office: str) -> None:
    _running(effect)
    _give(effect, effect.organisation, effect.status, by, office)


def _end(effect: Effect, by: Any, office: str) -> None:
    _end_bond(effect, effect.organisation, effect.reason, by, office)


def _end_bond(
    effect: Effect, organisation: Organisation, reason: str, by: Any, office: str
) -> None:
    bond = _running(effect, organisation)
    workflow.end(affiliation=bond, reason=reason, until=effect.on, **_ground(effect, by, office))
    _end_suspensions(effect, organisation)


def _end_suspensions(effect: Effect, organisation: Organisation) -> None:
    """Without a bond nothing is suspended. One that would begin later only, never begins."""
    for suspension in _suspensions(effect, organisation).filter(_lasts_beyond(effect.on)):
        suspension.end_decision = effect.decision
        if suspension.since < effect.on:
            suspension.until = effect.on
        else:
            suspension.is_void = True
        suspension.save()


def _suspensions(
    effect: Effect, organisation: Organisation | None = None
) -> "QuerySet[Suspension]":
    rows: QuerySet[Suspension] = Suspension.objects.standing().filter(
        organisation=organisation or effect.organisation, federation=effect.decision.federation
    )
    return rows


def _lasts_beyond(day: datetime.date) -> Q:
    return Q(until=None) | Q(until__gt=day)


def _suspend(effect: Effect, by: Any, office: str) -> None:
    until, end_decision = _end_of_status(effect)
    others = _suspensions(effect).filter(_lasts_beyond(effect.on))
    if until:
        others = others.filter(since__lt=until)
    if others.exists():
        raise ValidationError(_("The organisation is suspended already."))
    suspension = Suspension(
        organisation=effect.organisation,
        federation=effect.decision.federation,
        since=effect.on,
        until=until,
        decision=effect.decision,
        end_decision=end_decision,
    )
    suspension.full_clean()
    suspension.save()


def _end_of_status(effect: Effect) -> tuple[datetime.date | None, Decision | None]:
    """Until when a suspension can last: it needs a status, and ends with it at the latest."""
    day = effect.on
    bonds = Affiliation.objects.standing().filter(
        organisation=effect.organisation, federation=effect.decision.federation
    )
    there = bonds.filter(Q(since=None) | Q(since__lte=day), _lasts_beyond(day))
    bond = there.filter(Q(gone_on=None) | Q(gone_on__gt=day)).order_by("begins").first()
    if bond is None:
        raise ValidationError(_("The organisation has no status here on that day."))
    ends = bond.until
    if ends is None or (effect.until and effect.until <= ends):
        return effect.until, None
    if bonds.filter(begins__gte=ends).exists():  # it goes on in another status
        return effect.until, None
    return ends, bond.end_decision


def _restore(effect: Effect, by: Any, office: str) -> None:
    rows = _suspensions(effect).filter(_lasts_beyond(effect.on), since__lt=effect.on)
    suspension = rows.first()
    if suspension is None:
        raise ValidationError(_("The organisation is not suspended on that day."))
    suspension.until, suspension.end_decision = effect.on, effect.decision
    suspension.save()


def _continue(effect: Effect, by: Any, office: str) -> None:
    """The organisation takes the place of the other, with its status unless another is named."""
    other = _the_other(effect)
    bond = running_bond(other, effect.decision.federation)
    status = effect.status or (bond.status if bond else None)
    if bond is not None:
        _end_bond(effect, other, EndReason.MERGER, by, office)
    running = running_bond(effect.organisation, effect.decision.federation)
    if running is None or running.status != status:
        _give(effect, effect.organisation, status, by, office)
    _link(effect, effect.organisation, OrganisationLink.Kind.SUCCEEDS, other)


def _merge(effect: Effect, by: Any, office: str) -> None:
    """The organisation goes into the other, which gets the status if one is named."""
    other = _the_other(effect)
    if running_bond(effect.organisation, effect.decision.federation):
        _end_bond(effect, effect.organisation, EndReason.MERGER, by, office)
    running = running_bond(other, effect.decision.federation)
    if running is None or running.status != effect.status:
        _give(effect, other, effect.status, by, office)
    _link(effect, effect.organisation, OrganisationLink.Kind.MERGED_INTO, other)


def _split(effect: Effect, by: Any, office: str) -> None:
    """The organisation comes out of the other, and gets the status if one is named."""
    _give(effect, effect.organisation, effect.status, by, office)
    _link(effect, effect.organisation, OrganisationLink.Kind.SPLIT_FROM, _the_other(effect))


def _nothing(effect: Effect, by: Any, office: str) -> None:
    """The decision stands in its register, and nothing follows in that of affiliations."""


def _the_other(effect: Effect) -> Organisation:
    if effect.other is None:  # full_clean() has seen to it
        raise ValidationError(_("Name the other organisation."))
    return effect.other


def _link(effect: Effect, organisation: Organisation, kind: str, other: Organisation) -> None:
    source = workflow.source_of(effect.decision)
    OrganisationLink.objects.get_or_create(
        organisation=organisation, kind=kind, other=other, until=None,
        defaults={"since": effect.on, "source": source},
    )  # fmt: skip


def happen(effect: Effect, by: Any, office: str) -> None:
    """Let come about what the effect says, in the caller's transaction."""
    _HAPPENS[effect.kind](effect, by, office)


_HAPPENS: dict[str, Callable[[Effect, Any, str], None]] = {
    Effect.Kind.ADMIT: _admit,
    Effect.Kind.CHANGE: _change,
    Effect.Kind.SUSPEND: _suspend,
    Effect.Kind.RESTORE: _restore,
    Effect.Kind.END: _end,
    Effect.Kind.CONTINUE: _continue,
    Effect.Kind.MERGE: _merge,
    Effect.Kind.SPLIT: _split,
    Effect.Kind.DECLINE: _nothing,
    Effect.Kind.KEEP: _nothing,
}


# --- one for each country -------------------------------------------------------------------


def others_in_country(
    organisation: Organisation, status: Status, on: datetime.date
) -> list[Organisation]:
    """Those that hold a status of which there is one for each country, in a country of this one."""
    if not status.is_one_per_country:
        return []
    codes = list(organisation.countries.values_list("code", flat=True))
    bonds = Affiliation.objects.standing().filter(
        Q(until=None, gone_on=None) | Q(until__gt=on),
        federation=status.federation,
        status__is_one_per_country=True,
        organisation__countries__code__in=codes,
    )
    bonds = bonds.exclude(organisation=organisation).select_related("organisation")
    return sorted({bond.organisation for bond in bonds}, key=lambda other: other.name)


def _one_per_country(effect: Effect, organisation: Organisation, status: Status) -> None:
    others = others_in_country(organisation, status, effect.on)
    if others and not effect.waiver.strip():
        names = joined(other.name for other in others)
        raise ValidationError(
            {
                "waiver": _(
                    "There is one for each country, and in this one there is %(others)s already. "
                    "Say why a second one is admitted, if the body has decided so."
                )
                % {"others": names}
            }
        )
