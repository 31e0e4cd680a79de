"""The home page, the list of federations and the page of each of them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from directory.countries import country_name
from directory.entries import Entry, entries, shown_bonds
from directory.models import Affiliation, AsAt, HostOrganisation, Organisation, OrganisationCountry
from directory.strict import DayForm
from directory.views import facts
from federation.models import Federation, Status

ON_HOME = 6
COUNTRIES_ON_HOME = 8
IN_A_GROUP = 100


@dataclass(frozen=True)
class Figure:
    label: str
    number: int


@dataclass(frozen=True)
class Card:
    """A federation with how many organisations have which status in it today."""

    federation: Federation
    counts: list[Figure]


def listed_bonds(user: Any) -> QuerySet[Affiliation]:
    """The bonds of organisations that stand in the public lists."""
    return shown_bonds(user).filter(organisation__in=Organisation.objects.listed())


def cards(federations: Iterable[Federation], user: Any) -> list[Card]:
    """Two queries, however many federations and organisations there are."""
    federations = list(federations)
    statuses = Status.objects.visible_to(user).filter(federation__in=federations)
    bonds = listed_bonds(user).filter(federation__in=federations).possible(timezone.localdate())
    counted = bonds.order_by().values("status").annotate(number=Count("pk"))
    numbers = {row["status"]: row["number"] for row in counted}
    figures: dict[int, list[Figure]] = {}
    for status in statuses.select_related("federation"):
        if numbers.get(status.pk):
            label = status.label if numbers[status.pk] == 1 else status.plural
            figures.setdefault(status.federation_id, []).append(Figure(label, numbers[status.pk]))
    return [Card(one, figures.get(one.pk, [])) for one in federations]


class Home(TemplateView):
    """What this is, and a way in for everybody."""

    template_name = "home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        federations = Federation.objects.visible_to(user)
        listed = Organisation.objects.visible_to(user).listed()
        codes = OrganisationCountry.objects.filter(organisation__in=listed).order_by()
        countries = codes.values("code").annotate(number=Count("pk")).order_by("-number", "code")
        return super().get_context_data(
            cards=cards(federations[:ON_HOME], user),
            figures={
                "organisations": listed.count(),
                "federations": federations.count(),
                "countries": len(countries),
            },
            countries=sorted(
                facts.Word(country_name(row["code"]), url=facts.list_url(country=row["code"]))
                for row in countries[:COUNTRIES_ON_HOME]
            ),
            **kwargs,
        )


class FederationList(TemplateView):
    template_name = "directory/federation_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        federations = Federation.objects.visible_to(user)
        return super().get_context_data(cards=cards(federations, user), **kwargs)


@dataclass(frozen=True)
class Line:
    """An organisation with the bond for which it stands here."""

    organisation: Entry
    bond: Affiliation


@dataclass(frozen=True)
class Group:
    """The organisations of one status, or those of which it is not known whether they had one."""

    status: Status | None
    lines: list[Line]
    count: int
    more_url: str


class FederationDetail(TemplateView):
    """One federation and its organisations, today or on the day asked for."""

    template_name = "directory/federation_detail.html"

    def get(self, request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        federation = get_object_or_404(Federation.objects.visible_to(request.user), slug=slug)
        form = DayForm(request.GET)
        understood = form.is_valid()
        statuses = Status.objects.visible_to(request.user).filter(federation=federation)
        statuses = list(statuses.select_related("federation"))
        context = {
            "federation": federation,
            "form": form,
            "on": form.day,
            "statuses": statuses,
            "rights": _rights(statuses),
            "facts": facts.of_federation(federation),
            "groups": Members(federation, form.day, request.user).groups() if understood else [],
            "is_open_to_requests": any(status.is_open_to_requests for status in statuses),
            "hosts": _hosts(federation, request.user),
        }
        return self.render_to_response(context, status=200 if understood else 400)


def _rights(statuses: list[Status]) -> list[dict[str, Any]]:
    """A row for each right, with the answer of each status in their order."""
    rows = [dict(status.rights) for status in statuses]
    labels = rows[0] if rows else {}
    return [{"label": label, "values": [row[label] for row in rows]} for label in labels]


def _hosts(federation: Federation, user: Any) -> list[dict[str, Any]]:
    """The organisations that persons join in order to take part, and whether they can here."""
    hosts = HostOrganisation.objects.visible_to(user).filter(federation=federation)
    rows = [host.organisation for host in hosts.select_related("organisation")]
    joinable = Organisation.objects.joinable().filter(pk__in=[row.pk for row in rows])
    here = set(joinable.values_list("slug", flat=True))
    return [{"organisation": entry, "is_joinable": entry.slug in here} for entry in entries(rows)]


class Members:
    """The organisations of a federation on a day, by status."""

    NOT_KNOWN = 0

    def __init__(self, federation: Federation, on: datetime.date | None, user: Any) -> None:
        self.federation, self.on, self.user = federation, on, user

    @cached_property
    def bonds(self) -> QuerySet[Affiliation]:
        """Each with its group: the status, or 0 where it is not known for the day."""
        group = Case(
            When(answer=AsAt.UNKNOWN, then=Value(self.NOT_KNOWN)),
            default=F("status_id"),
            output_field=BigIntegerField(),
        )
        bonds = listed_bonds(self.user).filter(federation=self.federation)
        return bonds.possible(self.on or timezone.localdate()).annotate(group=group)

    def groups(self) -> list[Group]:
        counted = self.bonds.order_by().values("group").annotate(number=Count("pk"))
        counts = {row["group"]: row["number"] for row in counted}
        statuses = {bond.status_id: bond.status for bond in self._first}
        known = sorted(statuses.values(), key=lambda status: (status.position, status.pk))
        named = [*((status.pk, status) for status in known), (self.NOT_KNOWN, None)]
        return [self._group(key, status, counts[key]) for key, status in named if key in counts]

    def _group(self, key: int, status: Status | None, count: int) -> Group:
        lines = [line for line in self._lines if line.bond.group == key]
        more = facts.list_url(
            federation=self.federation.slug, status=status and status.slug, on=self.on
        )
        return Group(status, lines, count, more if count > len(lines) else "")

    @cached_property
    def _lines(self) -> list[Line]:
        shown = entries(bond.organisation for bond in self._first)
        return [Line(entry, bond) for entry, bond in zip(shown, self._first, strict=True)]

    @cached_property
    def _first(self) -> list[Affiliation]:
        """The first of each group, by name. All are numbered, but only these are read whole."""
        names = ("organisation__sort_name", "organisation")
        order = [F(name) for name in names]
        place = Window(RowNumber(), partition_by=[F("group")], order_by=order)
        first = self.bonds.annotate(place=place).filter(place__lte=IN_A_GROUP).order_by()
        whole = self.bonds.filter(pk__in=first.values("pk")).select_related("organisation")
        return list(whole.order_by(*names))
