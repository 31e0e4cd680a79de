"""The orders of the list of organisations that are more than a column.

Best first walks through the segments of a search, by country takes the countries in the
alphabet of the reader's language, by since asks the bonds. Each page costs a bounded number
of queries.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from directory.countries import country_name
from directory.folding import fold
from directory.models import Affiliation, Organisation
from directory.paging import Order, Place

LATEST = datetime.date.max  # where it is not known since when


@dataclass(frozen=True)
class ByName(Order):
    """By name; the base of the orders that have names in groups."""

    model: type[Any] = Organisation
    key: str = "sort_name"


@dataclass(frozen=True)
class BestFirst(ByName):
    """By name within the segments of a search, one segment after the other."""

    segments: tuple[Q, ...] = (Q(),)

    def read(
        self, queryset: QuerySet[Any], place: Place | None, limit: int, *, backwards: bool
    ) -> list[Any]:
        numbers = range(len(self.segments))
        numbers = numbers[::-1] if backwards else numbers
        start = place.value[0] if place else numbers[0]
        rows: list[Any] = []
        for number in numbers[numbers.index(start) :]:
            here = _within(place) if number == start else None
            found = queryset.filter(self.segments[number])
            more = super().read(found, here, limit - len(rows), backwards=backwards)
            for row in more:
                row.place = [number, row.sort_name]
            rows += more
            if len(rows) == limit:
                break
        return rows

    def whole(self, queryset: QuerySet[Any]) -> list[QuerySet[Any]]:
        parts = [queryset.filter(part) for part in self.segments]
        return [ordered for part in parts for ordered in ByName.whole(self, part)]

    def value_at(self, row: Any) -> Any:
        return row.place

    def load(self, value: Any) -> Any:
        number, name = value
        if number not in range(len(self.segments)):
            raise ValueError("not a segment of this search")
        return number, name

    def signer(self) -> Any:
        return type(super().signer())(sep=".", salt="best first")


@dataclass(frozen=True)
class ByCountry(ByName):
    """By the name of the first country in the reader's language, then by name."""

    def read(
        self, queryset: QuerySet[Any], place: Place | None, limit: int, *, backwards: bool
    ) -> list[Any]:
        """How many there are of each country, and the rows of as many countries as needed."""
        codes = _next_countries(queryset, place, limit, backwards=backwards)
        position = Case(
            *(When(main_country=code, then=Value(at)) for at, code in enumerate(codes)),
            default=Value(len(codes)),
            output_field=IntegerField(),
        )
        found = queryset.filter(main_country__in=codes).annotate(position=position)
        if place:
            elsewhere = ~Q(main_country=place.value[0])
            found = found.filter(elsewhere | self.beyond(_within(place)))
        sign = "-" if backwards else ""
        return list(found.order_by("position", f"{sign}sort_name", f"{sign}pk")[:limit])

    def whole(self, queryset: QuerySet[Any]) -> list[QuerySet[Any]]:
        codes = sorted(_counts(queryset), key=_alphabet)
        countries = [queryset.filter(main_country=code) for code in codes]
        return [ordered for country in countries for ordered in ByName.whole(self, country)]

    def value_at(self, row: Any) -> Any:
        return [row.main_country, row.sort_name]

    def load(self, value: Any) -> Any:
        code, name = value
        return code, name

    def signer(self) -> Any:
        return type(super().signer())(sep=".", salt="by country")


def _within(place: Place | None) -> Place | None:
    """The same place, told by the name alone."""
    return Place(place.value[1], place.pk, place.backwards) if place else None


def _next_countries(
    queryset: QuerySet[Any], place: Place | None, limit: int, *, backwards: bool
) -> list[str]:
    """The countries from the place on that together have enough rows for a page."""
    counts = _counts(queryset)
    start = place.value[0] if place else None
    codes = sorted(counts, key=_alphabet, reverse=backwards)
    if start is not None:
        begin = _alphabet(start)
        codes = [
            one
            for one in codes
            if (_alphabet(one) <= begin if backwards else _alphabet(one) >= begin)
        ]
    taken: list[str] = []
    number = 0
    for code in codes:
        if number >= limit:
            break
        taken.append(code)
        # Of the country that the place is in, nobody knows how many are left.
        number += 0 if code == start else counts[code]
    return taken


def _counts(queryset: QuerySet[Any]) -> dict[str, int]:
    """How many there are of each country."""
    rows = queryset.order_by().values_list("main_country")
    return dict(rows.annotate(number=Count("pk")))


def _alphabet(code: str) -> tuple[bool, str, str]:
    return not code, fold(country_name(code)), code


@dataclass(frozen=True)
class BySince(Order):
    """By the day from which the bonds asked about are known to be; those not known come last."""

    model: type[Any] = Organisation
    key: str = "known_since"
    bonds: QuerySet[Affiliation] | None = None

    def read(
        self, queryset: QuerySet[Any], place: Place | None, limit: int, *, backwards: bool
    ) -> list[Any]:
        return super().read(self._annotated(queryset), place, limit, backwards=backwards)

    def whole(self, queryset: QuerySet[Any]) -> list[QuerySet[Any]]:
        return super().whole(self._annotated(queryset))

    def _annotated(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        bonds = Affiliation.objects.none() if self.bonds is None else self.bonds
        own = bonds.filter(organisation=OuterRef("pk")).order_by().values("organisation")
        earliest = own.annotate(earliest=Min("since")).values("earliest")
        return queryset.annotate(known_since=Coalesce(earliest, Value(LATEST)))

    def load(self, value: Any) -> Any:
        return datetime.date.fromisoformat(value)
