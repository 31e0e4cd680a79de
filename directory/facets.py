"""How many of the organisations found have which federation, status, country and so on.

The counts of a facet follow all filters but its own, so that they tell what choosing another
value would find. Facts of the organisations are counted by one grouped query over their
`facets` column, once more for each facet that is filtered by; bonds by one grouped query each.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import get_language

from directory.countries import region_of
from directory.filters import BOND_PARAMETERS, OrganisationFilter
from directory.keeping import Stamp, counted
from directory.models import Affiliation, Organisation
from federation.models import Status

FACTS = ("country", "region", "language", "industry", "kind")
FACETS = ("federation", "status", *FACTS)
Counts = dict[str, Counter[str]]


def facet_counts(found: OrganisationFilter, stamp: Stamp | None = None) -> tuple[int, Counts]:
    """How many there are in all, and for each facet how many have which value; zeros left out."""
    # A word may name a country, in the reader's language.
    key = ("facets", get_language(), *found.question)
    return counted(key, stamp, lambda: _count(found))


def _count(found: OrganisationFilter) -> tuple[int, Counts]:
    number, all_facts = _facts(found.qs)
    counts = {name: all_facts[name] for name in FACTS}
    for name in FACTS:
        if found.asked.get(name):
            _number, without = _facts(found.without(name))
            counts[name] = without[name]
    return number, {**_bonds(found), **counts}


def _facts(organisations: QuerySet[Organisation]) -> tuple[int, Counts]:
    """The organisations themselves, and those of each value: rows of equal facts in one go."""
    grouped = organisations.order_by().values_list("facets").annotate(number=Count("pk"))
    counts: Counts = {name: Counter() for name in FACTS}
    total = 0
    for facets, number in grouped.iterator():
        total += number
        for name, value in {found for fact in facets.split() for found in _told_by(fact)}:
            counts[name][value] += number
    return total, counts


def _told_by(fact: str) -> Iterator[tuple[str, str]]:
    """A fact, and what follows from it: the region of a country, and of pt-BR that it is pt."""
    name, _equals, value = fact.partition("=")
    yield name, value
    if name == "country" and region_of(value):
        yield "region", region_of(value)
    elif name == "language":
        yield from ((name, value[:at]) for at, sign in enumerate(value) if sign == "-")


def _bonds(found: OrganisationFilter) -> Counts:
    """Federation and status are asked of the same bond, so each follows the other's filter."""
    organisations = found.without(*BOND_PARAMETERS).values("pk")
    bonds = Affiliation.objects.visible_to(None).not_out(found.day)
    bonds = bonds.filter(organisation__in=organisations).order_by()
    federations = _grouped(found.narrowed(bonds, federation=""), "federation__slug")
    of_federation = found.narrowed(bonds, status="")
    statuses = _grouped(of_federation, "status__kind")
    if found.asked["federation"]:
        own = _grouped(of_federation, "status__slug")
        statuses.update({slug: own[slug] for slug in own if slug not in Status.Kind.values})
    return {"federation": federations, "status": statuses}


def _grouped(bonds: QuerySet[Affiliation], column: str) -> Counter[str]:
    rows: Iterable[tuple[Any, int]] = bonds.values_list(column).annotate(
        number=Count("organisation", distinct=True)
    )
    return Counter(dict(rows))
