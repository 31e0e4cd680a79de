"""The doors through which an organisation's name and its affiliations change.

Each is one transaction, checks its rows whole, and tells the audit trail. An event
(admission, change, end) and a correction of the record are different doors.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from directory.models import Affiliation, Decision, Organisation, OrganisationName, Source
from federation import audit
from federation.models import Status


@contextmanager
def _no_overlap() -> Iterator[None]:
    """Say in words what the database refused: two bonds of the same two at once."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "overlap" not in str(error):
            raise
        raise ValidationError(
            _(
                "The organisation already has a status in this federation at that time. "
                "End that one first, or choose another day."
            )
        ) from error


def source_of(decision: Decision) -> Source:
    """A decision is its own source."""
    with translation.override(decision.federation.language):
        terms = {"title": str(decision)[:300], "as_of": decision.decided_on}
    source, _created = Source.objects.get_or_create(
        decision=decision, defaults={"federation": decision.federation, **terms}
    )
    return source


def admit(
    *,
    organisation: Organisation,
    status: Status,
    source: Source,
    by: Any,
    decision: Decision | None = None,
    since: datetime.date | None = None,
    seen_on: datetime.date | None = None,
    office: str = "",
) -> Affiliation:
    """Open a bond from `since` on or, where that is not known, vouched for on `seen_on`."""
    bond = Affiliation(
        organisation=organisation,
        federation=status.federation,
        status=status,
        since=since,
        seen_on=seen_on,
        decision=decision,
        source=source,
    )
    with _no_overlap():
        bond.full_clean()
        bond.save()
        _publish(organisation)
        _tell(audit.Action.ADD, bond, by, office, ["status", "since"])
    return bond


def _publish(organisation: Organisation) -> None:
    """What was proposed stands in the directory now; anything else about it is left as stored."""
    rows = Organisation.objects.select_for_update()
    proposed = rows.filter(pk=organisation.pk, visibility=Organisation.Visibility.PROPOSED).first()
    if proposed:
        proposed.visibility = organisation.visibility = Organisation.Visibility.PUBLISHED
        proposed.save()


def end(
    *,
    affiliation: Affiliation,
    reason: str,
    source: Source,
    by: Any,
    until: datetime.date | None = None,
    gone_on: datetime.date | None = None,
    decision: Decision | None = None,
    office: str = "",
) -> Affiliation:
    """Close a bond: `until` is the first day without it; `gone_on` a day by which it was over."""
    with _no_overlap():
        bond = Affiliation.objects.select_for_update().get(pk=affiliation.pk)
        if bond.is_void or bond.until or bond.gone_on:
            raise ValidationError(_("This affiliation has already ended."))
        bond.until, bond.gone_on = until, gone_on
        bond.end_reason, bond.end_decision, bond.end_source = reason, decision, source
        if not (until or gone_on):
            raise ValidationError(_("Give the day it ended, or a day by which it was over."))
        bond.full_clean()
        bond.save()
        _tell(audit.Action.CHANGE, bond, by, office, ["until", "end_reason"])
    return bond


def change_status(
    *,
    affiliation: Affiliation,
    status: Status,
    source: Source,
    by: Any,
    on: datetime.date | None = None,
    seen_on: datetime.date | None = None,
    decision: Decision | None = None,
    office: str = "",
) -> Affiliation:
    """End a bond and open the next on the same day, or on an unknown day before `seen_on`."""
    with transaction.atomic():
        end(
            affiliation=affiliation, reason=Affiliation.EndReason.CHANGE, source=source, by=by,
            until=on, gone_on=None if on else seen_on, decision=decision, office=office,
        )  # fmt: skip
        return admit(
            organisation=affiliation.organisation, status=status, source=source, by=by,
            since=on, seen_on=None if on else seen_on, decision=decision, office=office,
        )  # fmt: skip


CORRECTABLE = (
    "status", "since", "seen_on", "until", "gone_on", "decision", "source",
    "end_reason", "end_decision", "end_source",
)  # fmt: skip


def correct(
    *, affiliation: Affiliation, note: str, by: Any, office: str = "", **changes: Any
) -> Affiliation:
    """Replace a wrongly recorded bond. The old row stays, marked as taken back, with the reason."""
    if not note.strip():
        raise ValidationError(_("Say what was wrong with the record."))
    with _no_overlap():
        old = Affiliation.objects.select_for_update().get(pk=affiliation.pk)
        if old.is_void:
            raise ValidationError(_("This record has already been corrected."))
        old.is_void, old.void_note = True, note
        old.save()
        kept = {name: getattr(old, name) for name in CORRECTABLE}
        new = Affiliation(
            organisation=old.organisation,
            federation=old.federation,
            corrects=old,
            **{**kept, **changes},
        )
        new.full_clean()
        new.save()
        _tell(audit.Action.CHANGE, new, by, office, ["corrects", *changes])
    return new


def retract(*, affiliation: Affiliation, note: str, by: Any, office: str = "") -> Affiliation:
    """Take back a bond that never was."""
    if not note.strip():
        raise ValidationError(_("Say what was wrong with the record."))
    with transaction.atomic():
        old = Affiliation.objects.select_for_update().get(pk=affiliation.pk)
        if old.is_void:
            raise ValidationError(_("This record has already been corrected."))
        old.is_void, old.void_note = True, note
        old.save()
        _tell(audit.Action.CHANGE, old, by, office, ["is_void"])
    return old


def rename(
    *,
    organisation: Organisation,
    name: str,
    by: Any,
    on: datetime.date | None = None,
    language: str = "",
    office: str = "",
    federation: str = "",
) -> Organisation:
    """A new name and address; the old name stays as a former one, the old address redirects."""
    with transaction.atomic():
        old = Organisation.objects.select_for_update().get(pk=organisation.pk)
        if name.strip() == old.name:
            return old
        former = {"value": old.name, "language": old.language, "kind": OrganisationName.Kind.FORMER}
        old.name, old.language = name.strip(), language or old.language
        old.slug = ""
        old.full_clean(exclude=["slug"])
        old.save()
        old.names.update_or_create(**former, defaults={"until": on or timezone.localdate()})
        audit.record(
            audit.Action.CHANGE,
            old,
            by=by,
            office=office,
            fields=["name", "slug"],
            federation=federation,
        )
    return old


def _tell(action: audit.Action, bond: Affiliation, by: Any, office: str, fields: list[str]) -> None:
    audit.record(action, bond, by=by, office=office, fields=fields, federation=bond.federation.slug)
