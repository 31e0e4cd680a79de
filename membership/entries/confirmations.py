"""Saying that an entry is right: by the button behind the yearly letter, or at the desk."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from directory import freshness
from directory.models import Organisation
from directory.models.keepers import office_in, trail_of
from federation import audit
from membership.models import Confirmation


@transaction.atomic
def by_letter(organisation: Organisation, asked_on: datetime.date) -> bool:
    """The answer to the question of that day, once; False if it was answered before."""
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if row.asked_on != asked_on or freshness.is_answered(row, asked_on):
        return False
    _confirm(row)
    return True


@transaction.atomic
def at_the_desk(organisation: Organisation, *, by: Any, note: str) -> None:
    """Somebody who keeps the record vouches for it, and says how they know."""
    if not Organisation.objects.managed_by(by).contains(organisation):
        raise PermissionDenied
    _confirm(organisation, by=by, office=office_in(organisation, by), note=note)


def _confirm(
    organisation: Organisation, *, by: Any = None, office: str = "", note: str = ""
) -> None:
    freshness.confirm(organisation)
    said = Confirmation(organisation=organisation, office=office, note=note)
    said.full_clean()
    said.save()
    audit.record(
        audit.Action.CHANGE,
        organisation,
        by=by,
        office=office,
        fields=["verified_on"],
        note="confirm",
        federation=trail_of(organisation),
    )
