"""The list of federations and the page of each of them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from directory import growth
from directory.entries import Entry, entries, shown_bonds
from directory.keeping import Stamp
from directory.models import Affiliation, AsAt, HostOrganisation, Organisation
from directory.models.affiliations import AffiliationQuerySet
from directory.strict import DayForm, StrictForm
from directory.views import facts, rights, statutes
from directory.views import seats as held_seats
from directory.views.decisions import Register
from directory.views.growth import Growth
from federation.models import Federation, Status
from federation.texts import Text

IN_A_GROUP = 100


@dataclass(frozen=True)
class Figure:
    label: Text
    number: int


@dataclass(frozen=True)
class Card:
    """A federation with how many organisations have which status in it today."""

    federation: Federation
    counts: list[Figure]


def listed_bonds(user: Any) -> AffiliationQuerySet:
    """The bonds of organisations that stand in the public lists."""
    return shown_bonds(user).filter(organisation__visibility__in=Organisation.LISTED)


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


class FederationList(TemplateView):
    """All federations. It takes no parameters, and says so."""

    template_name = "directory/federation_list.html"
    of_directory = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = StrictForm(request.GET)
        understood = form.is_valid()
        federations = Federation.objects.visible_to(request.user) if understood else []
        context = {"form": form, "cards": cards(federations, request.user)}
        return self.render_to_response(context, status=200 if understood else 400)


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
    of_directory = True

    def get(self, request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        federation = get_object_or_404(Federation.objects.visible_to(request.user), slug=slug)
        form = DayForm(request.GET)
        understood = form.is_valid()
        statuses = Status.objects.visible_to(request.user).filter(federation=federation)
        statuses = list(statuses.select_related("federation"))
        bonds = listed_bonds(None).filter(federation=federation)
        stamp = request.directory_stamp
        members = Members(federation, form.day, request.user, stamp)
        texts = statutes.as_facts(federation, form.day)
        seats = held_seats.held(federation, form.day or timezone.localdate())
        context = {
            "federation": federation,
            "form": form,
            "on": form.day,
            "statuses": statuses,
            "described": [status for status in statuses if status.description],
            "rights": rights.table(statuses),
            "facts": facts.of_federation(
                federation,
                [*held_seats.as_facts(federation, seats), *texts],
            ),
            "has_statutes": bool(texts),
            "has_seats": bool(seats),
            "groups": members.groups() if understood else [],
            "is_open_to_requests": any(status.is_open_to_requests for status in statuses),
            "hosts": _hosts(federation, request.user),
            "growth": Growth.of(federation, bonds, stamp),
            "decisions": Register(federation, bonds, stamp).latest(),
        }
        return self.render_to_response(context, status=200 if understood else 400)


def _hosts(federation: Federation, user: Any) -> list[dict[str, Any]]:
    """The organisations that persons join in order to take part, and whether they can here."""
    hosts = HostOrganisation.objects.visible_to(user).filter(
        federation=federation, organisation__visibility__in=Organisation.LISTED
    )
    rows = [host.organisation for host in hosts.select_related("organisation")]
    joinable = Organisation.objects.joinable().filter(pk__in=[row.pk for row in rows])
    here = set(joinable.values_list("slug", flat=True))
    return [{"organisation": entry, "is_joinable": entry.slug in here} for entry in entries(rows)]


class Members:
    """The organisations of a federation on a day, by status."""

    def __init__(
        self,
        federation: Federation,
        on: datetime.date | None,
        user: Any,
        stamp: Stamp | None = None,
    ) -> None:
        self.federation, self.on, self.user, self.stamp = federation, on, user, stamp
        self.day = on or timezone.localdate()
        self.all_bonds = listed_bonds(user).filter(federation=federation)

    @cached_property
    def bonds(self) -> QuerySet[Affiliation]:
        return self.all_bonds.possible(self.day).with_rest(self.day)

    def groups(self) -> list[Group]:
        """The statuses in their order, at last those of whom it is not known."""
        statuses = Status.objects.visible_to(self.user).filter(federation=self.federation)
        named: list[Status | None] = [*statuses.select_related("federation"), None]
        counts = self._counts()
        filled = [status for status in named if counts.get(status and status.pk)]
        first = self._first(filled, counts)
        shown = iter(entries(bond.organisation for status in filled for bond in first[status]))
        return [
            self._group(
                status,
                [Line(next(shown), bond) for bond in first[status]],
                counts[status and status.pk],
            )
            for status in filled
        ]

    def _counts(self) -> dict[int | None, int]:
        """How many of each status, and under None those of whom it is not known."""
        found = growth.by_status(self.federation, self.all_bonds, self.day, self.stamp)
        counts: dict[int | None, int] = {None: 0}
        for (status, answer), number in found.items():
            key = status if answer == AsAt.YES else None
            counts[key] = counts.get(key, 0) + number
        return counts

    def _first(
        self, filled: list[Status | None], counts: dict[int | None, int]
    ) -> dict[Status | None, list[Affiliation]]:
        """The first of each group, by name: the small groups together, each long one by itself."""
        small = [one for one in filled if counts[one and one.pk] <= IN_A_GROUP]
        asked = Q(status__in=[one for one in small if one], answer=AsAt.YES)
        if None in small:
            asked |= Q(answer=AsAt.UNKNOWN)
        first: dict[Status | None, list[Affiliation]] = {one: [] for one in filled}
        statuses = {one and one.pk: one for one in filled}
        for bond in self._by_name(self.bonds.filter(asked)):
            first[statuses[bond.status_id if bond.answer == AsAt.YES else None]].append(bond)  # type: ignore[attr-defined]
        for status in filled:
            if status not in small:
                first[status] = self._first_of_many(status)
        return first

    def _first_of_many(self, status: Status | None) -> list[Affiliation]:
        """Goes along the organisations by name and stops at the last one that is shown."""
        ours = {"status": status, "answer": AsAt.YES} if status else {"answer": AsAt.UNKNOWN}
        bonds = self.bonds.filter(**ours)
        held = bonds.filter(organisation=OuterRef("pk")).order_by()
        names = Organisation.objects.listed().filter(Exists(held)).order_by("sort_name", "pk")
        keys = list(names.values_list("pk", flat=True)[:IN_A_GROUP])
        return self._by_name(bonds.filter(organisation__in=keys))

    def _by_name(self, bonds: QuerySet[Affiliation]) -> list[Affiliation]:
        whole = bonds.select_related("organisation", "status__federation")
        return list(whole.order_by("organisation__sort_name", "organisation"))

    def _group(self, status: Status | None, lines: list[Line], count: int) -> Group:
        more = facts.list_url(
            federation=self.federation.slug, status=status and status.slug, on=self.on
        )
        return Group(status, lines, count, more if count > len(lines) else "")
