"""Writes an import, whole or not at all."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from directory import workflow as register
from directory.importing.plan import Plan, PlannedRow, State
from directory.models import (
    Organisation,
    OrganisationCountry,
    OrganisationLanguage,
    OrganisationName,
    Source,
)
from directory.reading import ListRow
from federation import audit


def write_plan(plan: Plan, *, source: Source, by: Any = None) -> None:
    """Bring the new and changed rows into the register, in one transaction.

    `source` is saved if anything is written. Raises ValidationError, naming the line, if
    a row is not understood or breaks a rule of the register; then nothing is written.
    """
    if not plan.is_understood:
        raise ValidationError(_("There are rows that are not understood."))
    if not plan.to_write:
        return
    with transaction.atomic():
        source.full_clean()
        source.save()
        for planned in plan.to_write:
            try:
                _write_row(planned, plan, source, by)
            except ValidationError as error:
                words = " ".join(error.messages)
                raise ValidationError(
                    _("Line %(line)s, %(name)s: %(words)s")
                    % {"line": planned.line, "name": planned.name, "words": words}
                ) from error
        audit.record(audit.Action.IMPORT, source, by=by, federation=plan.federation.slug)


def _write_row(planned: PlannedRow, plan: Plan, source: Source, by: Any) -> None:
    row, status = planned.row, planned.status
    if row is None or status is None:
        raise ValueError("a row to be written comes from the list")
    organisation = _stored(planned.organisation) if planned.organisation else _new_organisation(row)
    _add_facts(organisation, row)
    if planned.state is State.NEW:
        since = datetime.date.fromisoformat(row.since) if row.since else None
        register.admit(
            organisation=organisation, status=status, source=source, by=by,
            since=since, seen_on=None if since else plan.as_of,
        )  # fmt: skip
    elif planned.bond and planned.bond.status_id != status.pk:
        register.change_status(
            affiliation=planned.bond, status=status, source=source, seen_on=plan.as_of, by=by
        )


def _stored(organisation: Organisation) -> Organisation:
    """The row as it now is, held: the plan may have been made a while ago."""
    stored: Organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    return stored


def _new_organisation(row: ListRow) -> Organisation:
    organisation = Organisation(name=row.name, founded=row.founded, website=row.url, city=row.city)
    _save(organisation)
    return organisation


def _save(organisation: Organisation) -> None:
    organisation.full_clean(exclude=["slug"])
    organisation.save()


def _add_facts(organisation: Organisation, row: ListRow) -> None:
    """What the list says of the organisation itself. All of it is taken up at once."""
    website, city = row.url or organisation.website, row.city or organisation.city
    if (website, city) != (organisation.website, organisation.city):
        organisation.website, organisation.city = website, city
        _save(organisation)
    countries = [OrganisationCountry(code=code, basis=row.country_basis) for code in row.countries]
    languages = [OrganisationLanguage(code=code) for code in row.languages]
    names = [
        OrganisationName(value=value, kind=OrganisationName.Kind.TRANSLATED, language=language)
        for language, value in row.names
    ]
    if row.acronym:
        names.append(OrganisationName(value=row.acronym, kind=OrganisationName.Kind.ACRONYM))
    told = (
        _add(organisation, countries, "code"),
        _add(organisation, languages, "code"),
        _add(organisation, names, "value", "kind", "language"),
    )
    if any(told):
        organisation.refresh()


def _add(organisation: Organisation, details: list[Any], *key: str) -> bool:
    """Those that the organisation does not have yet; whether there were any."""
    if not details:
        return False
    rows = type(details[0]).objects
    had = set(rows.filter(organisation=organisation).values_list(*key))
    new = [one for one in details if tuple(getattr(one, name) for name in key) not in had]
    for detail in new:
        detail.organisation = organisation
        detail.full_clean()
    rows.bulk_create(new)
    return bool(new)
