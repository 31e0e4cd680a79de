"""How a proceeding about an organisation that is affiliated begins."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import Organisation, Suspension
from directory.models.keepers import COORDINATOR, SECRETARY
from federation import audit
from federation.models import Federation, Status
from federation.states import NotYours
from membership.letters.telling import tell, tell_deciders, tell_organisation
from membership.models import Proceeding


def open_proceeding(
    *,
    kind: str,
    organisation: Organisation,
    federation: Federation,
    by: Any,
    grounds: str,
    office: str = "",
    wanted_on: datetime.date | None = None,
    other: Organisation | None = None,
    status: Status | None = None,
    assembly: str = "",
) -> Proceeding:
    """A coordinator of the federation opens it, or a secretary of the organisation its own kinds.

    `office` says as what a person acts who is both. `assembly` and `wanted_on` belong to what
    an organisation has decided itself.
    """
    proceeding = Proceeding(
        kind=kind,
        organisation=organisation,
        federation=federation,
        grounds=grounds,
        opened_by=office_for(kind, organisation, federation, by, office),
        wanted_on=wanted_on,
        other=other,
        status=status,
        assembly=assembly,
    )
    _check_start(proceeding)
    with transaction.atomic():
        _save_as_only_one(proceeding)
        audit.record(
            audit.Action.ADD, proceeding, by=by, office=proceeding.opened_by,
            fields=["kind", "grounds"], federation=federation.slug,
        )  # fmt: skip
        _tell_about_opening(proceeding)
    return proceeding


def office_for(
    kind: str, organisation: Organisation, federation: Federation, by: Any, office: str
) -> str:
    """In which office the person opens it; NotYours if in none."""
    coordinates = Federation.objects.coordinated_by(by).filter(pk=federation.pk).exists()
    if coordinates and office != SECRETARY:
        return COORDINATOR
    keeps = Organisation.objects.kept_by(by).filter(pk=organisation.pk).exists()
    if keeps and office != COORDINATOR and kind in Proceeding.BY_ORGANISATION:
        return SECRETARY
    raise NotYours


def _check_start(proceeding: Proceeding) -> None:
    """There is something that it could change, and nothing is missing that its kind needs."""
    if proceeding.bond is None:
        raise ValidationError(_("The organisation has no status here that could change."))
    rests = is_suspended(proceeding.organisation, proceeding.federation)
    if proceeding.kind == Proceeding.Kind.RESTORATION and not rests:
        raise ValidationError(_("The organisation is not suspended."))
    if proceeding.kind == Proceeding.Kind.SUSPENSION and rests:
        raise ValidationError(_("The organisation is suspended already."))
    wrong = _wrong_other(proceeding) | _wrong_status(proceeding)
    if proceeding.opened_by == SECRETARY:
        wrong |= _missing_of_organisation(proceeding)
    if wrong:
        raise ValidationError(wrong)


def _wrong_other(proceeding: Proceeding) -> dict[str, str]:
    """A merger or split names another organisation."""
    if proceeding.kind in Proceeding.NEEDS_OTHER and proceeding.other is None:
        return {"other": _("Name the other organisation.")}
    if proceeding.other == proceeding.organisation:
        return {"other": _("An organisation cannot be its own other.")}
    return {}


def _wrong_status(proceeding: Proceeding) -> dict[str, str]:
    """A change leads to another status of the same federation."""
    status, bond = proceeding.status, proceeding.bond
    if proceeding.kind != Proceeding.Kind.CHANGE:
        return {}
    if status is None:
        return {"status": _("Choose the status.")}
    if status.federation_id != proceeding.federation_id:
        return {"status": _("This status belongs to another federation.")}
    if bond is not None and bond.status == status:
        return {"status": _("The organisation already has this status.")}
    return {}


def _missing_of_organisation(proceeding: Proceeding) -> dict[str, str]:
    """An organisation says who decided it, and does not change what lies behind."""
    wrong = {}
    if not proceeding.assembly.strip():
        wrong["assembly"] = _("Say who decided it.")
    if proceeding.wanted_on is None:
        wrong["wanted_on"] = _("Say from which day on.")
    elif proceeding.wanted_on < timezone.localdate():
        wrong["wanted_on"] = _("This day is over. Choose today or a later one.")
    return wrong


def is_suspended(organisation: Organisation, federation: Federation) -> bool:
    """Whether its rights rest, today or from a later day on."""
    rows = Suspension.objects.standing().filter(organisation=organisation, federation=federation)
    lasting = rows.filter(Q(until=None) | Q(until__gt=timezone.localdate()))
    return bool(lasting.exists())


def _save_as_only_one(proceeding: Proceeding) -> None:
    """The database refuses a second open one of the same kind, however quick somebody was."""
    proceeding.full_clean()
    with only_open_one():
        proceeding.save()


@contextmanager
def only_open_one() -> Iterator[None]:
    """Says in words what the database refuses."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "proceeding_open_once" not in str(error) and "organisation_id" not in str(error):
            raise
        raise ValidationError(_("Such a proceeding is open already.")) from error


def _tell_about_opening(proceeding: Proceeding) -> None:
    if proceeding.opened_by == SECRETARY:
        tell_deciders(proceeding)
    else:
        tell_organisation(proceeding, "proceeding_opened")
    if proceeding.other is not None:
        tell(proceeding.others(), proceeding, "proceeding_of_other")
