"""The changes of a federation through time, as a picture and as a table."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from directory import charts
from directory.growth import NOT_KNOWN, by_kind, by_status, by_year
from directory.keeping import Stamp, counted
from directory.models.affiliations import AffiliationQuerySet
from federation.models import Federation, Status

FEWEST = 2  # years that make a picture


@dataclass(frozen=True)
class Row:
    year: str
    numbers: list[int]


@dataclass(frozen=True)
class Growth:
    """A chart, its table, and in words what a chart tells at a glance."""

    chart: charts.Chart
    legend: list[charts.Mark]
    has_unknown: bool
    heads: list[str]
    rows: list[Row]

    @classmethod
    def of(
        cls, federation: Federation, bonds: AffiliationQuerySet, stamp: Stamp | None
    ) -> "Growth | None":
        """None where nothing has changed for so short a time that there is nothing to see."""
        today = timezone.localdate()
        past = counted(("growth", federation.pk), stamp, lambda: by_year(bonds, today))
        kinds = dict(federation.statuses.values_list("pk", "kind"))
        now = by_kind(by_status(federation, bonds, today, stamp), kinds)
        years = [*past, (str(today.year), now)]
        if len(years) < FEWEST:
            return None
        chart = charts.columns(years, mirrored=get_language_bidi())
        words: dict[str, Any] = dict(Status.Kind.choices)
        sure = [kind for kind in chart.kinds if kind != NOT_KNOWN]
        heads = [capfirst(str(words.get(kind, _("not known")))) for kind in chart.kinds]
        rows = [Row(year, [numbers[kind] for kind in chart.kinds]) for year, numbers in years]
        legend = [charts.Mark(kind, capfirst(str(words[kind]))) for kind in sure]
        return cls(chart, legend, NOT_KNOWN in chart.kinds, heads, rows)

    @property
    def first(self) -> Row:
        return self.rows[0]

    @property
    def last(self) -> Row:
        return self.rows[-1]
