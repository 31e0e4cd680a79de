"""The congress roll: who may do what at a congress of a federation on a day."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.views.generic import TemplateView

from directory.entries import Entry, entries
from directory.growth import by_status
from directory.keeping import Stamp
from directory.models import Affiliation, AsAt, Decision, Source, Suspension
from directory.models.affiliations import AffiliationQuerySet
from directory.strict import DayForm
from directory.views import rights
from directory.views.federations import listed_bonds
from federation.models import Federation, Status

ON_A_PAGE = 5000


@dataclass(frozen=True)
class Line:
    """An organisation on the roll, the decision in words, the place of its source in the list."""

    organisation: Entry
    bond: Affiliation
    rights: rights.Rights
    decision: str
    source: int
    rests_since: datetime.date | None = None


@dataclass
class Part:
    """Those who stand alike on the roll."""

    name: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Tally:
    """How many certainly have a right, and of how many it is not known."""

    label: str
    granted: int
    unknown: int


class FederationRoll(TemplateView):
    """Made to be read out and printed: the roll of one day stands on one page."""

    template_name = "directory/roll.html"
    of_directory = True

    def get(self, request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        federation = get_object_or_404(Federation.objects.visible_to(request.user), slug=slug)
        form = DayForm(request.GET)
        understood = form.is_valid()
        on = form.day or timezone.localdate()
        roll = Roll(federation, on, request.user, request.directory_stamp)
        context = {
            "federation": federation,
            "form": form,
            "on": on,
            "drawn_up_at": timezone.now(),
            "roll": roll if understood else None,
            "rights": rights.table(roll.statuses),
        }
        return self.render_to_response(context, status=200 if understood else 400)


class Roll:
    """Reads the bonds once; what each entitles to is told by its status."""

    VOTES, TAKES_PART, NOTHING, NOT_KNOWN = "votes", "takes_part", "nothing", "not_known"
    SUSPENDED = "suspended"

    def __init__(
        self, federation: Federation, on: datetime.date, user: Any, stamp: Stamp | None
    ) -> None:
        self.federation, self.on, self.user, self.stamp = federation, on, user, stamp
        self.statuses = list(federation.statuses.visible_to(user).select_related("federation"))
        self._rights = {status.pk: rights.in_words(status) for status in self.statuses}

    @cached_property
    def count(self) -> int:
        return sum(number for _key, number in self._counted)

    @cached_property
    def is_whole(self) -> bool:
        return self.count <= ON_A_PAGE

    @property
    def export_url(self) -> str:
        asked = {"federation": self.federation.slug, "on": self.on.isoformat()}
        return f"{reverse('data:list_csv')}?{urlencode(asked)}"

    @cached_property
    def tallies(self) -> list[Tally]:
        """A row for each right."""
        labels = [label for label, _value in Status().rights]
        return [self._tally(*named) for named in zip(labels, Status.RIGHTS, strict=True)]

    def _tally(self, label: str, right: str) -> Tally:
        granted = unknown = 0
        by_key = {status.pk: getattr(status, right) for status in self.statuses}
        for (status, answer), total in self._counted:
            number = total - self._resting.get((status, answer), 0)
            # A status that gives no such right gives none, whether or not it was held that day.
            given = by_key[status]
            granted += number if given and answer == AsAt.YES else 0
            unknown += number if given is None or (given and answer == AsAt.UNKNOWN) else 0
        return Tally(label, granted, unknown)

    @cached_property
    def without(self) -> int:
        """How many have a status that gives no right at all."""
        return sum(
            number
            for (status, _answer), number in self._counted
            if not self._rights[status].granted and not self._rights[status].unknown
        )

    @cached_property
    def parts(self) -> list[Part]:
        names = (self.VOTES, self.TAKES_PART, self.SUSPENDED, self.NOT_KNOWN)
        parts = {name: Part(name) for name in names}
        for line in self._lines:
            part = self._part(line)
            if part in parts:
                parts[part].lines.append(line)
        return [part for part in parts.values() if part.lines or part.name != self.SUSPENDED]

    def _part(self, line: Line) -> str:
        """Not known: whether it had the status on that day, or what its status entitles to."""
        bond, given = line.bond, self._rights[line.bond.status_id]
        if not given.granted and not given.unknown:
            return self.NOTHING
        if line.rests_since:
            return self.SUSPENDED
        if bond.answer == AsAt.UNKNOWN or bond.status.votes is None:  # type: ignore[attr-defined]
            return self.NOT_KNOWN
        if bond.status.votes:
            return self.VOTES
        return self.TAKES_PART if given.granted else self.NOT_KNOWN

    @cached_property
    def sources(self) -> list[Source]:
        """Each once, in the order in which the roll names them. A decision is its own source."""
        named = (bond.source for bond in self._rows if not bond.source.decision_id)
        return list({source.pk: source for source in named}.values())

    @cached_property
    def _all_bonds(self) -> AffiliationQuerySet:
        return listed_bonds(self.user).filter(federation=self.federation)

    @cached_property
    def _counted(self) -> list[Any]:
        return list(by_status(self.federation, self._all_bonds, self.on, self.stamp).items())

    @cached_property
    def _suspended(self) -> dict[int, datetime.date]:
        """Since when the rights of which organisation rest on the day."""
        rows = Suspension.objects.on(self.on).filter(federation=self.federation)
        return dict(rows.values_list("organisation", "since"))

    @cached_property
    def _resting(self) -> Counter[tuple[int, str]]:
        """How many of which status and answer are suspended: few, and counted by themselves."""
        bonds = self._all_bonds.possible(self.on).filter(organisation__in=self._suspended)
        return Counter(bonds.order_by().values_list("status", "answer"))

    @cached_property
    def _rows(self) -> list[Affiliation]:
        """With statuses and sources, on each of which many bonds rest, made once."""
        if not self.is_whole:
            return []
        whole = self._all_bonds.possible(self.on).select_related(None)
        whole = whole.select_related("organisation")
        rows = list(whole.order_by("organisation__sort_name", "organisation"))
        statuses = {status.pk: status for status in self.statuses}
        sources = Source.objects.in_bulk({bond.source_id for bond in rows})
        for bond in rows:
            bond.status, bond.source = statuses[bond.status_id], sources[bond.source_id]
        return rows

    @cached_property
    def _lines(self) -> Iterable[Line]:
        places = {source.pk: place for place, source in enumerate(self.sources, start=1)}
        shown = entries(bond.organisation for bond in self._rows)
        decisions = self._decisions()
        return [
            Line(
                entry,
                bond,
                self._rights[bond.status_id],
                decisions.get(bond.decision_id, ""),
                places.get(bond.source_id, 0),
                self._suspended.get(bond.organisation_id),
            )
            for entry, bond in zip(shown, self._rows, strict=True)
        ]

    def _decisions(self) -> dict[int | None, str]:
        """Each in words, written once: a congress admits many."""
        keys = {bond.decision_id for bond in self._rows if bond.decision_id}
        return {
            key: render_to_string("components/decision.html", {"decision": decision})
            for key, decision in Decision.objects.in_bulk(keys).items()
        }
