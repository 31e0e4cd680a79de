"""What an import would do, row by row, before anything is written."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from directory.folding import fold
from directory.importing.matching import Organisations, StatusWords
from directory.models import Affiliation, Organisation, OrganisationName
from directory.reading import ListPage, ListRow
from federation.models import Federation, Status, plausible_date


class State(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    GONE = "gone"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True)
class Change:
    """One fact that differs: what the register says, and what the list says."""

    fact: str
    old: str
    new: str


@dataclass(frozen=True)
class PlannedRow:
    """What happens to one row. `line` is 0 for an organisation that the list no longer has."""

    state: State
    line: int
    name: str
    reason: str = ""
    row: ListRow | None = None
    organisation: Organisation | None = None
    bond: Affiliation | None = None
    status: Status | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Plan:
    federation: Federation
    page: ListPage
    as_of: datetime.date
    rows: list[PlannedRow] = field(default_factory=list)

    def of(self, state: State) -> list[PlannedRow]:
        return [row for row in self.rows if row.state is state]

    @property
    def counts(self) -> dict[str, int]:
        return {state.value: len(self.of(state)) for state in State}

    @property
    def to_write(self) -> list[PlannedRow]:
        return [*self.of(State.NEW), *self.of(State.CHANGED)]

    @property
    def is_understood(self) -> bool:
        return not self.of(State.NOT_UNDERSTOOD)


def make_plan(
    page: ListPage, federation: Federation, *, as_of: datetime.date, default: Status | None = None
) -> Plan:
    """Compare the list with the register as it stands; `as_of` is the day the list was so.

    `default` is the status of rows for which the list names none; a list of one status
    only is compared with the organisations of that status.
    """
    organisations = Organisations(federation, page.rows)
    words = StatusWords(federation, default)
    rows = [
        PlannedRow(State.NOT_UNDERSTOOD, wrong.line, wrong.raw, wrong.reason)
        for wrong in page.not_understood
    ]
    rows += _planned(page.rows, organisations, words, as_of)
    listed = {row.organisation.pk for row in rows if row.organisation}
    rows.sort(key=lambda row: row.line)
    rows += _gone(organisations, listed, default)
    return Plan(federation, page, as_of, rows)


def _planned(
    rows: tuple[ListRow, ...],
    organisations: Organisations,
    words: StatusWords,
    as_of: datetime.date,
) -> Iterator[PlannedRow]:
    seen: dict[object, int] = {}
    for row in rows:
        planned = _plan_row(row, organisations, words, as_of)
        who = planned.organisation.pk if planned.organisation else (fold(row.name), row.countries)
        if planned.state is not State.NOT_UNDERSTOOD and who in seen:
            reason = _("The list has it already, on line %(line)s.") % {"line": seen[who]}
            planned = _unclear(row, reason)
        seen.setdefault(who, row.line)
        yield planned


def _unclear(row: ListRow, reason: str) -> PlannedRow:
    return PlannedRow(State.NOT_UNDERSTOOD, row.line, row.name, reason, row)


def _plan_row(
    row: ListRow, organisations: Organisations, words: StatusWords, as_of: datetime.date
) -> PlannedRow:
    status = words.of(row)
    if status is None:
        where = row.status or row.heading
        return _unclear(row, _("“%(word)s” is not a status of this federation.") % {"word": where})
    if row.within:
        reason = _("It stands below “%(name)s”: a part of a member is not a member itself.")
        return _unclear(row, reason % {"name": row.within})
    if row.since and not is_day(row.since):
        reason = _("“%(text)s” is no day such as 2016-03-31. Leave it empty if it is not known.")
        return _unclear(row, reason % {"text": row.since})
    if row.until:
        return _unclear(row, _("The list says that it ended; record the end in the panel."))
    found = organisations.candidates(row)
    if row.slug and not found:
        return _unclear(row, _("No organisation has the address “%(slug)s”.") % {"slug": row.slug})
    if len(found) > 1:
        slugs = ", ".join(organisation.slug for organisation in found)
        return _unclear(
            row, _("Several organisations fit: %(slugs)s. Add a country.") % {"slugs": slugs}
        )
    if not found:
        return PlannedRow(State.NEW, row.line, row.name, _("new organisation"), row, status=status)
    return _compared(row, found[0], organisations.running.get(found[0].pk), status, as_of)


def is_day(text: str) -> bool:
    """A whole day: a year alone is not a beginning that the register could keep."""
    try:
        plausible_date(datetime.date.fromisoformat(text))
    except (ValueError, ValidationError):
        return False
    return True


def _compared(
    row: ListRow,
    organisation: Organisation,
    bond: Affiliation | None,
    status: Status,
    as_of: datetime.date,
) -> PlannedRow:
    if bond is None:
        reason = _("already in the directory, newly in this federation")
        return PlannedRow(State.NEW, row.line, row.name, reason, row, organisation, status=status)
    changes = tuple(_changes(row, organisation, bond, status))
    if any(change.fact == "status" for change in changes) and as_of <= bond.begins:
        return _unclear(row, _("The register has a later status than the day of this list."))
    state = State.CHANGED if changes else State.UNCHANGED
    return PlannedRow(state, row.line, row.name, "", row, organisation, bond, status, changes)


def _changes(
    row: ListRow, organisation: Organisation, bond: Affiliation, status: Status
) -> Iterator[Change]:
    """What the list says otherwise. What it does not mention is no difference."""
    if bond.status_id != status.pk:
        yield Change("status", str(bond.status.label), str(status.label))
    countries = Organisations.country_codes(organisation)
    if row.countries and not set(row.countries) <= countries:
        yield Change(
            "countries", " ".join(sorted(countries)), " ".join(sorted({*countries, *row.countries}))
        )
    if row.url and row.url != organisation.website:
        yield Change("website", organisation.website, row.url)
    if row.city and row.city != organisation.city:
        yield Change("city", organisation.city, row.city)
    acronyms = [
        name.value
        for name in organisation.names.all()
        if name.kind == OrganisationName.Kind.ACRONYM
    ]
    if row.acronym and row.acronym not in acronyms:
        yield Change("acronym", " ".join(acronyms), row.acronym)


def _gone(
    organisations: Organisations, listed: set[int], default: Status | None
) -> Iterator[PlannedRow]:
    for key, bond in organisations.running.items():
        if key not in listed and (default is None or bond.status_id == default.pk):
            reason = _("not in the list; kept as it is, end it in the panel if it has left")
            yield PlannedRow(
                State.GONE,
                0,
                bond.organisation.name,
                reason,
                None,
                bond.organisation,
                bond,
                bond.status,
            )
