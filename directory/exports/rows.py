"""The rows of a whole list, read in chunks as plain columns: memory stays flat.

The filter is asked once, for the ids in their order. So nothing is doubled or lost while
others write, whatever the list is sorted by; what has left the lists meanwhile is left out.
"""

import datetime
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import BooleanField, F, Func, Q, QuerySet

from directory.entries import WITHDRAWN, WITHDRAWN_DETAILS, shown_bonds
from directory.filters import OrganisationFilter
from directory.models import (
    Identifier,
    Organisation,
    OrganisationCountry,
    OrganisationIndustry,
    OrganisationLanguage,
    OrganisationName,
    OrganisationSite,
    PublicContact,
    Slug,
)
from federation.models import Federation, Status

CHUNK = 1000
SHIELDS = frozenset(Organisation.SHIELDS)


class Row(NamedTuple):
    """The columns of an organisation, in the order in which they are read."""

    id: int
    visibility: str
    slug: str
    name: str
    language: str
    kind: str
    city: str
    latitude: Any
    longitude: Any
    place_is_exact: bool
    founded: str
    dissolved: str
    website: str
    verified_on: datetime.date | None
    changed_at: datetime.datetime
    is_fictional: bool
    facets: str
    descriptions: dict[str, str] | None = None  # read where asked for: texts are long


_WITHDRAWN = {name: value for name, value in WITHDRAWN.items() if name in Row._fields}

# What belongs to an organisation: the model, the columns, and their order.
DETAILS: dict[str, tuple[Any, tuple[str, ...], tuple[str, ...]]] = {
    "names": (OrganisationName, ("value", "language", "kind", "until"), ("kind", "pk")),
    "countries": (OrganisationCountry, ("code", "basis"), ("code",)),
    "languages": (OrganisationLanguage, ("code",), ("code",)),
    "industries": (OrganisationIndustry, ("code",), ("code",)),
    "identifiers": (Identifier, ("scheme", "value"), ("scheme", "pk")),
    "sites": (OrganisationSite, ("kind", "url", "language"), ("kind", "pk")),
    "contacts": (PublicContact, ("kind", "value", "label"), ("pk",)),
    "slugs": (Slug, ("slug",), ("pk",)),
}
Record = tuple[Row, dict[str, Sequence[Any]]]


def ids(found: OrganisationFilter, only: Q = Q()) -> "array[int]":  # noqa: B008 - never changed
    """Which organisations the list has, in its order: eight bytes each."""
    keys = array("q")
    for ordered in found.order.whole(found.qs.filter(only)):
        keys.extend(ordered.values_list("pk", flat=True).iterator(chunk_size=10_000))
    return keys


def records(
    wanted: "array[int]",
    details: Sequence[str],
    bonds: QuerySet[Any] | None = None,
    among: QuerySet[Organisation] | None = None,
    *,
    with_texts: bool = False,
    only: Mapping[str, tuple[str, ...]] | None = None,
) -> Iterator[Record]:
    """Each organisation with the details asked for, and its bonds as `bonds` gives them.

    `bonds` are values that begin with the organisation's id. A query each for a chunk. What has
    left `among` meanwhile, the public lists unless told otherwise, is left out. `only` names
    the columns of a detail, where not all are wanted.
    """
    among = Organisation.objects.listed() if among is None else among
    columns = Row._fields if with_texts else Row._fields[:-1]
    shapes = {name: (only or {}).get(name, DETAILS[name][1]) for name in details}
    for start in range(0, len(wanted), CHUNK):
        # A generator of its own, so that a chunk is forgotten before the next one is read.
        yield from _chunk(wanted[start : start + CHUNK].tolist(), among, columns, shapes, bonds)


def _chunk(
    keys: list[int],
    among: QuerySet[Organisation],
    columns: Sequence[str],
    shapes: Mapping[str, tuple[str, ...]],
    bonds: QuerySet[Any] | None,
) -> Iterator[Record]:
    rows = _rows(keys, among, columns)
    found = {name: _details(name, shape, keys) for name, shape in shapes.items()}
    if bonds is not None:
        found["bonds"] = _by_organisation(bonds.filter(among_ids("organisation_id", keys)))
    for key in keys:
        row = rows.pop(key, None)
        if row is not None:
            yield row, _more(row, found)


def _more(row: Row, found: dict[str, dict[int, list[Any]]]) -> dict[str, Sequence[Any]]:
    withdrawn = WITHDRAWN_DETAILS if row.visibility in SHIELDS else ()
    return {name: () if name in withdrawn else held.get(row.id, ()) for name, held in found.items()}


def among_ids(column: str, keys: list[int]) -> Func:
    """Whether the column is one of these numbers. For thousands `__in` takes longer to prepare
    than the database to answer.
    """
    numbers = ",".join(map(str, keys))
    return Func(F(column), template=f"%(expressions)s IN ({numbers})", output_field=BooleanField())


def _rows(
    chunk: list[int], among: QuerySet[Organisation], columns: Sequence[str]
) -> dict[int, Row]:
    plain = among.filter(among_ids("pk", chunk)).order_by().values_list(*columns)
    rows = (Row(*values) for values in plain)
    return {
        row.id: row._replace(**_WITHDRAWN) if row.visibility in SHIELDS else row for row in rows
    }


def _details(name: str, columns: tuple[str, ...], chunk: list[int]) -> dict[int, list[Any]]:
    model, _all, order = DETAILS[name]
    plain = model.objects.filter(among_ids("organisation_id", chunk)).order_by(*order)
    return _by_organisation(plain.values_list("organisation_id", *columns))


def _by_organisation(plain: Any) -> dict[int, list[Any]]:
    found = defaultdict(list)
    for values in plain:
        found[values[0]].append(values[1:])
    return found


def precision(row: Row) -> str | None:
    """What its point stands for; None where it has none."""
    if row.latitude is None or row.longitude is None:
        return None
    return "exact" if row.place_is_exact else "city"


def codes_of(row: Row) -> dict[str, list[str]]:
    """Countries, languages and industries as the row itself keeps them for counting: no query."""
    found: dict[str, list[str]] = {"country": [], "language": [], "industry": []}
    for fact in row.facets.split():
        name, _sign, code = fact.partition("=")
        if name in found:
            found[name].append(code)
    return found


# --- bonds ----------------------------------------------------------------------------------


class Standing(NamedTuple):
    """A federation's status, in codes and in English."""

    federation: str
    slug: str
    label: str
    kind: str
    votes: bool | None


def standings() -> dict[int, Standing]:
    """All statuses by their id: there are few, and they are read once."""
    return {
        status.pk: Standing(
            status.federation.slug, status.slug, str(status.label), status.kind, status.votes
        )
        for status in Status.objects.filter(
            federation__in=Federation.objects.visible_to(None)
        ).select_related("federation")
    }  # fmt: skip


def public_bonds(day: datetime.date, *columns: str) -> QuerySet[Any]:
    """The bonds everybody may see, each with its answer for the day, as plain values.

    `is_suspended`, where it is asked for: whether the organisation was suspended on that day.
    """
    bonds = shown_bonds(None).as_at(day).with_suspended(day)
    plain: QuerySet[Any] = bonds.values_list("organisation_id", "status_id", "answer", *columns)
    return plain
