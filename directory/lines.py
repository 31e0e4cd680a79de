"""An organisation as a line of a long list: a few plain columns, read in three queries a page.

As with an `Entry`, what a shielded organisation withdraws is missing here.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import get_language

from directory.entries import WITHDRAWN, name_for_reader
from directory.keeping import Stamp, counted
from directory.models import Affiliation, AsAt, Organisation, OrganisationName
from federation.models import Status
from federation.texts import Text

# What a line shows of the row itself, and what the orders of the list need to go on.
COLUMNS = (
    "slug", "name", "language", "city", "visibility", "facets", "sort_name", "main_country",
    "changed_at", "dissolved",
)  # fmt: skip
IN_A_LINE = (
    OrganisationName.Kind.ACRONYM,
    OrganisationName.Kind.OFFICIAL,
    OrganisationName.Kind.TRANSLATED,
)


@dataclass(frozen=True)
class Standing:
    """A status as a line shows it: in which federation, of which kind, what it is called."""

    federation: Text
    kind: str
    label: Text


class Held(NamedTuple):
    """A status that one has: whether that is certain, and since when its rights rest, if so."""

    standing: Standing
    is_sure: bool
    rests_since: datetime.date | None


@dataclass(frozen=True)
class Line:
    """What a long list tells of one organisation."""

    slug: str
    name: Text
    translated_name: Text | None
    acronym: str
    place: str
    countries: list[str]
    dissolved: str
    standings: list[Held]


def lines(
    rows: Iterable[Organisation], day: datetime.date, stamp: Stamp | None = None
) -> list[Line]:
    """The rows of a page with the public bonds that were in force on the day or may have been."""
    rows = list(rows)
    keys = [row.pk for row in rows]
    names, bonds = _names(keys), _bonds(keys, day)
    standings = counted(("standings", get_language()), stamp, _standings)
    return [
        Line(
            slug=row.slug,
            name=Text(row.name, row.language),
            translated_name=name_for_reader(row.language, names[row.pk]),
            acronym=next((v for kind, v, _l in names[row.pk] if kind == IN_A_LINE[0]), ""),
            place=WITHDRAWN["city"] if row.is_shielded else row.city,
            countries=_countries(row.facets),
            dissolved=row.dissolved,
            standings=[Held(standings[key], *how) for key, *how in bonds[row.pk]],
        )
        for row in rows
    ]


def _names(keys: list[int]) -> dict[int, list[tuple[str, str, str]]]:
    found = OrganisationName.objects.filter(organisation__in=keys, kind__in=IN_A_LINE)
    names = defaultdict(list)
    for key, *name in found.order_by("kind", "pk").values_list(
        "organisation_id", "kind", "value", "language"
    ):
        names[key].append(tuple(name))
    return names


def _bonds(
    keys: list[int], day: datetime.date
) -> dict[int, list[tuple[int, bool, datetime.date | None]]]:
    found = Affiliation.objects.visible_to(None).possible(day).filter(organisation__in=keys)
    columns = ("organisation_id", "status_id", "answer", "rests_since")
    bonds = defaultdict(list)
    for key, status, answer, rests_since in found.with_rest(day).values_list(*columns):
        bonds[key].append((status, answer == AsAt.YES, rests_since))
    return bonds


def _standings() -> dict[int, Standing]:
    """Every public status: federations have a handful each."""
    statuses = Status.objects.visible_to(None).select_related("federation")
    return {
        status.pk: Standing(
            Text(status.federation.acronym, "")
            if status.federation.acronym
            else status.federation.name,
            status.kind,
            status.label,
        )
        for status in statuses
    }


def _countries(facets: str) -> list[str]:
    return [fact[8:] for fact in facets.split() if fact.startswith("country=")]
