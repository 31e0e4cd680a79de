"""How many organisations a federation had of each kind of status, year by year."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Cast, Substr

from directory.keeping import Stamp, counted
from directory.models import Affiliation, AsAt
from directory.models.affiliations import AffiliationQuerySet
from federation.models import Federation, Status

NOT_KNOWN = "unknown"
Numbers = dict[str, int]


@dataclass(frozen=True)
class Group:
    """So many bonds of one kind that begin and end in the same years."""

    kind: str
    is_sure: bool  # the beginning is known
    first: int
    after: int | None  # an earlier bond shows that it had not begun before this year was over
    until: int | None
    gone: int | None
    is_late: bool  # it begins on the last day of the year
    number: int


def by_status(
    federation: Federation, bonds: AffiliationQuerySet, day: datetime.date, stamp: Stamp | None
) -> dict[tuple[int, str], int]:
    """How many of the federation's bonds have which status on the day, with which answer."""

    def count() -> dict[tuple[int, str], int]:
        rows = bonds.possible(day).order_by().values_list("status", "answer")
        return {(status, answer): number for status, answer, number in rows.annotate(Count("pk"))}

    return counted(("bonds", federation.pk, day), stamp, count)


def by_kind(counts: dict[tuple[int, str], int], kinds: dict[int, str]) -> Numbers:
    """The same by kind of status; those of whom it is not known stand together."""
    numbers = dict.fromkeys((*Status.Kind.values, NOT_KNOWN), 0)
    for (status, answer), number in counts.items():
        numbers[kinds[status] if answer == AsAt.YES else NOT_KNOWN] += number
    return numbers


def by_year(bonds: QuerySet[Affiliation], today: datetime.date) -> list[tuple[str, Numbers]]:
    """At the end of each year that is over. The answers are those of `as_at` on these days.

    One query, whatever the number of years and bonds: bonds are counted by the years in which
    they begin and end, and the years are added up here.
    """
    groups = list(_grouped(bonds))
    first = min((group.first for group in groups), default=today.year)
    years = range(first, today.year)
    changes = {kind: [0] * (len(years) + 1) for kind in (*Status.Kind.values, NOT_KNOWN)}
    for group in groups:
        for kind, since, until in _times(group, years):
            changes[kind][max(since, first) - first] += group.number
            changes[kind][min(until, today.year) - first] -= group.number
    told: list[tuple[str, Numbers]] = []
    numbers = dict.fromkeys(changes, 0)
    for place, year in enumerate(years):
        numbers = {kind: number + changes[kind][place] for kind, number in numbers.items()}
        told.append((str(year), numbers))
    return told


def _times(group: Group, years: range) -> Iterable[tuple[str, int, int]]:
    """From which year's end until which it counts, and as what."""
    end = min(group.until or group.gone or years.stop, years.stop)
    sure_until = min(group.first + group.is_late, end) if group.gone else end
    times = [(group.kind, group.first, sure_until), (NOT_KNOWN, sure_until, end)]
    if not group.is_sure:
        times.append((NOT_KNOWN, group.after or years.start, min(group.first, end)))
    return [(kind, since, until) for kind, since, until in times if since < until]


def _grouped(bonds: QuerySet[Affiliation]) -> Iterable[Group]:
    earlier = Affiliation.objects.standing().filter(
        ~Q(pk=OuterRef("pk")),
        organisation=OuterRef("organisation"),
        federation=OuterRef("federation"),
        begins__lte=OuterRef("begins"),
        until__isnull=False,
    )
    last_end = Subquery(earlier.order_by("-until").values("until")[:1])
    dated = bonds.order_by().annotate(
        kind=F("status__kind"),
        is_sure=Case(When(since=None, then=False), default=True, output_field=BooleanField()),
        first=_year("begins"),
        month_and_day=Substr(Cast("begins", CharField()), 6),
        is_late=Case(
            When(month_and_day="12-31", then=True), default=False, output_field=BooleanField()
        ),
        last_end=Case(When(since=None, then=last_end)),
        after=_year("last_end"),
        ended=_year("until"),
        gone=_year("gone_on"),
    )
    keys = ("kind", "is_sure", "first", "after", "ended", "gone", "is_late")
    for row in dated.values_list(*keys).annotate(number=Count("pk")):
        kind, is_sure, *years, is_late, number = row
        first, after, until, gone = (year and int(year) for year in years)
        yield Group(kind, is_sure, first, after, until, gone, is_late, number)


def _year(day: str) -> Substr:
    """From the text of the date: SQLite would have to ask Python for the year of each row."""
    return Substr(Cast(day, CharField()), 1, 4)
