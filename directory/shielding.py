"""The doors through which an organisation in danger is shielded, and comes out again.

What is withdrawn is decided in one place for all pages, exports and feeds (`entries`); here
only the visibility changes, in one transaction with the record of why.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from directory.models import Organisation, Shielding
from directory.models.keepers import in_reach_of, office_in, trail_of
from federation import audit

Visibility = Organisation.Visibility
# Where it was not in the public lists, its name must not come into them now.
SHIELD_OF = {
    Visibility.PUBLISHED: Visibility.SHIELDED,
    Visibility.UNLISTED: Visibility.WITHDRAWN,
}


def shieldable_by(user: Any) -> "QuerySet[Organisation]":
    """Danger does not wait: its secretaries, a coordinator of any of its federations, operators."""
    found: QuerySet[Organisation] = Organisation.objects.filter(
        Q(pk__in=in_reach_of(user).values("pk"))
        | Q(pk__in=Organisation.objects.managed_by(user).values("pk")),
        visibility__in=Organisation.OPEN,
    )
    return found


def shield(organisation: Organisation, *, by: Any, reason: str = "") -> Organisation:
    """Withdraw contacts, people and place from everything public at once."""
    with transaction.atomic():
        row = _taken(organisation, shieldable_by(by))
        if row.visibility in SHIELD_OF:
            before, row.visibility = row.visibility, SHIELD_OF[Visibility(row.visibility)]
            row.save()
            _begin(row, office_in(row, by), before=before, reason=reason)
            _tell(row, by, "shield")
    return row


def unshield(organisation: Organisation, *, by: Any) -> Organisation:
    """The danger is over: everything is public again that was so before."""
    with transaction.atomic():
        row = _taken(organisation, Organisation.objects.managed_by(by))
        if row.is_shielded:
            running = Shielding.objects.running().filter(organisation=row).first()
            row.visibility = running.before if running else _without_shield(row)
            row.save()
            _end(row)
            _tell(row, by, "unshield")
    return row


def follow(organisation: Organisation, office: str) -> None:
    """Keep the record in step where the visibility was set by hand, as the panel allows."""
    running = Shielding.objects.running().filter(organisation=organisation)
    if not organisation.is_shielded:
        _end(organisation)
    elif not running.exists():
        _begin(organisation, office, before=_without_shield(organisation))


def _taken(organisation: Organisation, scope: "QuerySet[Organisation]") -> Organisation:
    """The stored row, under its lock, if the person may do this to it."""
    row: Organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not scope.filter(pk=row.pk).exists():
        raise PermissionDenied
    return row


def _without_shield(organisation: Organisation) -> str:
    shields = {shield: open_ for open_, shield in SHIELD_OF.items()}
    return shields[Visibility(organisation.visibility)]


def _begin(organisation: Organisation, office: str, *, before: str, reason: str = "") -> None:
    record = Shielding(organisation=organisation, office=office, before=before, reason=reason)
    record.full_clean()
    record.save()


def _end(organisation: Organisation) -> None:
    running = Shielding.objects.running().filter(organisation=organisation)
    running.update(until=timezone.now())


def _tell(organisation: Organisation, by: Any, note: str) -> None:
    audit.record(
        audit.Action.CHANGE,
        organisation,
        by=by,
        office=office_in(organisation, by),
        fields=["visibility"],
        note=note,
        federation=trail_of(organisation),
    )
