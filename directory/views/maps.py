"""The map: how many organisations are in which country, and in which towns.

Its numbers are those of the list: whoever follows a country or a town comes to the list with
the same filters. It knows towns and never doors.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import dist, inf
from typing import Any

from django.db.models import Avg, Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from directory.countries import country_name, region_of
from directory.filters import OrganisationFilter
from directory.folding import fold
from directory.geography import shapes
from directory.geography.places import point_of
from directory.geography.projection import project
from directory.models import Organisation, OrganisationCountry
from directory.strict import HOW_IT_IS_READ
from directory.views import choosing, facts

TOWNS = 150  # at most, those with most organisations
STEPS = 5
LADDER = sorted({3, *(factor * 10**power for power in range(7) for factor in (1, 2, 5))})
SHADES = {1: (2,), 2: (1, 3), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}  # by how many
ROOM_FOR_A_DOT = 35  # units of the sheet: a smaller country is marked by a dot besides
ROOM_FOR_A_NUMBER = 62


@dataclass(frozen=True)
class Town:
    """A dot: the organisations of a town, and the list of them."""

    name: str
    country: str
    number: int
    latitude: float
    longitude: float
    url: str = ""

    @property
    def x(self) -> int:
        return project(self.latitude, self.longitude)[0]

    @property
    def y(self) -> int:
        return project(self.latitude, self.longitude)[1]

    @property
    def size(self) -> int:
        return 1 + (self.number > 1) + (self.number > 4) + (self.number > 19)

    @property
    def label(self) -> str:
        return organisations_in(self.name, self.number)


@dataclass(frozen=True)
class Country:
    """A shape or a dot with a number: the organisations of a country, and the list of them."""

    code: str
    name: str
    number: int
    url: str
    step: int
    towns: list[Town] = field(default_factory=list)

    @property
    def shape(self) -> shapes.Shape:
        return shapes.shapes()[self.code]

    @property
    def is_small(self) -> bool:
        return self.shape.room < ROOM_FOR_A_DOT

    @property
    def shows_its_number(self) -> bool:
        return self.shape.room >= ROOM_FOR_A_NUMBER + 20 * (len(str(self.number)) - 1)

    @property
    def label(self) -> str:
        return organisations_in(self.name, self.number)


@dataclass(frozen=True)
class Step:
    """A shade, and for which numbers it stands; None where it has no end."""

    step: int  # of the shade
    least: int
    most: int | None


def organisations_in(place: str, number: int) -> str:
    """What is said of a place to those who do not see the shade, and in its tooltip."""
    words = ngettext(
        "%(place)s: %(number)s organisation", "%(place)s: %(number)s organisations", number
    )
    return words % {"place": place, "number": number}


def steps(most: int) -> list[Step]:
    """Up to five shades for numbers from 1 to the largest, at round numbers."""
    rungs = [rung for rung in LADDER if rung <= most]
    count = min(STEPS, len(rungs))
    if not count:
        return []
    picked = [rungs[round(at * (len(rungs) - 1) / max(count - 1, 1))] for at in range(count)]
    ends = [*(least - 1 for least in picked[1:]), None if most > picked[-1] else most]
    return [Step(*step) for step in zip(SHADES[count], picked, ends, strict=True)]


class WorldMap:
    """The organisations that a filter finds, as the map draws and the table tells them.

    `asked` is what the links to the list ask besides.
    """

    def __init__(self, found: QuerySet[Organisation], asked: dict[str, Any]) -> None:
        self.found = found.order_by()
        self.asked = asked

    view_box = shapes.VIEW_BOX
    sea = staticmethod(shapes.sea)
    grid = staticmethod(shapes.grid)

    @cached_property
    def total(self) -> int:
        return self.found.count()

    @cached_property
    def without_country(self) -> int:
        """Those that no country is known of."""
        return self.found.filter(main_country="").count()

    @property
    def towns_without_country(self) -> list[Town]:
        return [town for town in self.towns if not town.country]

    @cached_property
    def countries(self) -> list[Country]:
        """In the order of their names in the reader's language."""
        towns: dict[str, list[Town]] = {}
        for town in sorted(self.towns, key=lambda one: fold(one.name)):
            towns.setdefault(town.country, []).append(town)
        made = [
            Country(code, country_name(code), number, self._list(country=code), self._step(number))
            for code, number in self._counts.items()
        ]
        named = sorted(made, key=lambda one: fold(one.name))
        return [replace(one, towns=towns.get(one.code, [])) for one in named]

    @property
    def marked(self) -> list[Country]:
        """Those that are drawn, what could be hidden by others last."""
        drawn = [one for one in self.countries if one.code in shapes.shapes()]
        return sorted(drawn, key=lambda one: one.is_small)

    @property
    def others(self) -> str:
        """All land of which there is nothing to tell, as one path."""
        marked = self._counts.keys()
        return "".join(one.path for code, one in shapes.shapes().items() if code not in marked)

    @cached_property
    def steps(self) -> list[Step]:
        return steps(max(self._counts.values(), default=0))

    @cached_property
    def towns(self) -> list[Town]:
        """One query. A shielded organisation has no place, and a point is never a door."""
        open_ones = self.found.exclude(visibility__in=Organisation.SHIELDS).exclude(city="")
        placed = open_ones.filter(latitude__isnull=False, longitude__isnull=False)
        grouped = placed.values("city", "countries__code").annotate(
            number=Count("pk"), north=Avg("latitude"), east=Avg("longitude")
        )
        rows = grouped.order_by("-number", "city", "countries__code")[: 2 * TOWNS]
        known = {*self._counts, "" if self.asked.keys().isdisjoint(("country", "region")) else None}
        towns = [town for town in map(_town, rows) if town.country in known]
        return [self._linked(town) for town in merged(towns)[:TOWNS]]

    @cached_property
    def _counts(self) -> dict[str, int]:
        """One query. Asked for a country or region, their others are left out."""
        rows = OrganisationCountry.objects.filter(organisation__in=self.found.values("pk"))
        counted = rows.order_by().values_list("code").annotate(number=Count("pk"))
        country, region = self.asked.get("country"), self.asked.get("region")
        return {
            code: number
            for code, number in counted
            if country in (None, code) and region in (None, region_of(code))
        }

    def _step(self, number: int) -> int:
        return next(one.step for one in reversed(self.steps) if one.least <= number)

    def _linked(self, town: Town) -> Town:
        return replace(town, url=self._list(q=town.name, country=town.country or None))

    def _list(self, **narrower: Any) -> str:
        """The list with the same filters; words that were asked stay beside the town's."""
        words = [self.asked.get("q"), narrower.get("q")]
        q = " ".join(word for word in words if word)
        return facts.list_url(**{**self.asked, **narrower, "q": q})


def _town(row: dict[str, Any]) -> Town:
    """To a tenth of a degree: the town, and no street of it."""
    north, east = round(float(row["north"]), 1), round(float(row["east"]), 1)
    return Town(row["city"], row["countries__code"] or "", row["number"], north, east)


def merged(towns: Iterable[Town]) -> list[Town]:
    """One dot for a town that is spelled twice, or whose organisations are in several countries."""
    found: dict[tuple[Any, ...], dict[str, Town]] = {}
    for town in towns:
        at = (fold(town.name), round(town.latitude), round(town.longitude))
        same = found.setdefault(at, {})
        before = same.get(town.country)
        same[town.country] = _together(before, town) if before else town
    several = (list(same.values()) for same in found.values())
    return [max(same, key=_likelihood) if len(same) > 1 else same[0] for same in several]


def _together(one: Town, other: Town) -> Town:
    """Lund and LUND, which is called Lund, whichever came first."""
    return replace(one, name=max(one.name, other.name), number=one.number + other.number)


def _likelihood(town: Town) -> tuple[float, int]:
    """How surely it lies in the country for which it stands: how near the gazetteer has it."""
    point = point_of(town.name, [town.country]) if town.country else None
    if point is None:
        return -inf, town.number
    return -dist(point, (town.latitude, town.longitude)), town.number


class OnTheMap(choosing.Question):
    """What is asked, answered on the map, where orders and pages of the list mean nothing."""

    def but(self, **changes: str | None) -> str:
        asked = {**self.without(*HOW_IT_IS_READ), **changes}
        given = {name: value for name, value in asked.items() if value}
        return f"{self._path}?{urlencode(given)}" if given else self._path


class OrganisationMap(TemplateView):
    """What the filter of the list finds, on a map. What it cannot read finds nothing (400)."""

    template_name = "directory/map.html"
    of_directory = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = OrganisationFilter(request.GET, Organisation.objects.listed(), request=request)
        question = OnTheMap(request.GET, request.path)
        understood = found.is_valid()
        context = {
            "filter": found,
            "clear_url": request.path,
            "kept": question.without("q", "on", *HOW_IT_IS_READ),
            "canonical_url": request.build_absolute_uri(question.but()),
            **(self._answer(found, question) if understood else {}),
        }
        return self.render_to_response(context, status=200 if understood else 400)

    def _answer(self, found: OrganisationFilter, question: OnTheMap) -> dict[str, Any]:
        asked = question.without(*HOW_IT_IS_READ)
        everything = reverse("directory:organisation_list")
        return {
            "drawing": WorldMap(found.qs, asked),
            "on": found.asked["on"],
            "chips": choosing.chips(found, question),
            "respelled": [one for near in found.search.instead.values() for one in near],
            "list_url": facts.list_url(**asked) if asked else everything,
            "most_towns": TOWNS,
        }
