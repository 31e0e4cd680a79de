"""The page of one organisation."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from directory import charts
from directory.entries import WHOLE, Entry, entries, language_name, shown_bonds
from directory.exports import jsonld
from directory.exports.about import About
from directory.freshness import is_overdue
from directory.models import (
    Affiliation,
    HostOrganisation,
    Organisation,
    OrganisationLink,
    PublicContact,
    Source,
    Suspension,
)
from directory.views import facts, formats, rights, seats
from federation.models import Federation
from federation.texts import Text

LINKS = 200


class OrganisationDetail(TemplateView):
    """One organisation; an address that it had before leads to the present one."""

    template_name = "directory/organisation_detail.html"
    of_directory = True

    def get(self, request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(Organisation.objects.visible_to(request.user), slugs__slug=slug)
        if row.slug != slug:
            query = request.META.get("QUERY_STRING")
            asked = f"?{query}" if query else ""
            return HttpResponsePermanentRedirect(f"{row.get_absolute_url()}{asked}")
        return self.render_to_response(self._context(row))

    def _context(self, row: Organisation) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        bonds = shown_bonds(user).as_at(today)
        bonds = bonds.select_related("decision__entry", "end_decision__entry")
        [entry] = entries([row], bonds=bonds, with_also=WHOLE)
        contacts = list(PublicContact.objects.visible_to(user).filter(organisation=row))
        relations = relations_of(row, user)
        history = _history(entry, row, user)
        return {
            "organisation": entry,
            "is_shielded": row.is_shielded,
            "sees_withdrawn": row.is_shielded and bool(contacts),
            "is_overdue": is_overdue(entry, today),
            "facts": facts.of_organisation(entry, contacts),
            "names": _names(entry),
            "history": history,
            "timeline": charts.timeline(entry.affiliations, today, mirrored=get_language_bidi()),
            "timeline_words": timeline_words(entry.affiliations),
            "relations": relations,
            "hosted": _hosted(row, user),
            "terms": seats.terms_of(row),
            "jsonld": self._linked(entry, contacts, relations),
            "formats": formats.of_organisation(row.slug) if entry.is_published else [],
            "is_joinable": Organisation.objects.joinable().filter(pk=row.pk).exists(),
        }

    def _linked(self, entry: Entry, contacts: list[PublicContact], relations: Any) -> SafeString:
        """The same for machines, inside the page."""
        about = About.of(self.request)
        now = {relation.way: relation.current() for relation in relations}
        whole, parts = now.get((KINDS.PART_OF, True), []), now.get((KINDS.PART_OF, False), [])
        return jsonld.script(jsonld.linked(entry, about, contacts, whole, parts))


@dataclass(frozen=True)
class Stretch:
    """A time in a status, what that entitles to, and when it was suspended meanwhile."""

    bond: Affiliation
    rights: rights.Rights
    suspensions: list[Suspension]

    @property
    def is_to_come(self) -> bool:
        """It begins on a later day, and no day ends it yet."""
        bond = self.bond
        return bond.begins > timezone.localdate() and not (bond.until or bond.gone_on)


def _history(entry: Entry, row: Organisation, user: Any) -> list[Stretch]:
    rows = Suspension.objects.visible_to(user).standing().filter(organisation=row)
    rests = list(rows.select_related("decision__entry", "end_decision__entry").order_by("since"))
    return [
        Stretch(
            bond, rights.in_words(bond.status), [one for one in rests if _falls_into(one, bond)]
        )
        for bond in entry.affiliations
    ]


def _falls_into(suspension: Suspension, bond: Affiliation) -> bool:
    ends = bond.until or bond.gone_on
    return (
        suspension.federation_id == bond.federation_id  # type: ignore[attr-defined]
        and (ends is None or suspension.since < ends)
        and (suspension.until is None or suspension.until > bond.begins)
    )


@dataclass(frozen=True)
class Name:
    """A name with what is known of it."""

    text: Text
    kind: str
    language: str
    until: datetime.date | None


def _names(entry: Entry) -> list[Name]:
    return [
        Name(
            Text(name.value, name.language),
            name.get_kind_display(),
            language_name(name.language) if name.language else "",
            name.until,
        )
        for name in entry.names
    ]


def timeline_words(bonds: Iterable[Affiliation]) -> dict[str, list[str]]:
    """The picture in words, for those who hear it: by federation the statuses and their years."""
    told: dict[str, list[str]] = {}
    for bond in sorted(bonds, key=lambda bond: (bond.begins, bond.pk)):
        federation = bond.status.federation
        since = str(bond.since.year) if bond.since else "?"
        until = str(bond.until.year) if bond.until else "?" if bond.gone_on else _("today")
        if bond.begins > timezone.localdate() and not (bond.until or bond.gone_on):
            until = ""
        name = federation.acronym or str(federation)
        told.setdefault(name, []).append(f"{bond.status.label} {since}–{until}")
    return told


def _hosted(row: Organisation, user: Any) -> list[Federation]:
    """The federations in which persons take part by joining this organisation."""
    hosted = HostOrganisation.objects.visible_to(user).filter(
        organisation=row, federation__persons_join=Federation.PersonsJoin.HOST
    )
    return [host.federation for host in hosted.select_related("federation")]


# --- bonds to other organisations -----------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """A bond to another organisation, told from this one’s side."""

    organisation: Entry
    since: Any
    until: Any
    source: Source | None


@dataclass(frozen=True)
class Relation:
    """The organisations to which this one stands in the same way."""

    way: tuple[str, bool]
    label: str
    links: list[Link]

    def current(self) -> list[Entry]:
        """Those to which the bond has not ended."""
        today = timezone.localdate()
        return [one.organisation for one in self.links if not one.until or one.until > today]


KINDS = OrganisationLink.Kind
# What the other organisation is to this one, by the link and by the side it is told from.
RELATIONS = {
    (KINDS.PART_OF, True): gettext_lazy("Is part of"),
    (KINDS.SUCCEEDS, True): gettext_lazy("Continues"),
    (KINDS.SPLIT_FROM, True): gettext_lazy("Split from"),
    (KINDS.MERGED_INTO, False): gettext_lazy("Took in"),
    (KINDS.SUCCEEDS, False): gettext_lazy("Was continued by"),
    (KINDS.MERGED_INTO, True): gettext_lazy("Merged into"),
    (KINDS.SPLIT_FROM, False): gettext_lazy("From it split"),
    (KINDS.PART_OF, False): gettext_lazy("Has as parts"),
}


def relations_of(row: Organisation, user: Any) -> list[Relation]:
    """The links to organisations in the lists, in both directions, the first so many."""
    listed_ones = Organisation.objects.visible_to(user).listed()
    ours = Q(organisation=row, other__in=listed_ones) | Q(other=row, organisation__in=listed_ones)
    links = OrganisationLink.objects.filter(ours).select_related("organisation", "other", "source")
    found = list(links.order_by("since", "pk")[:LINKS])
    outward = [link.organisation_id == row.pk for link in found]
    others = entries(
        link.other if out else link.organisation for link, out in zip(found, outward, strict=True)
    )
    told: dict[Any, list[Link]] = {way: [] for way in RELATIONS}
    for link, out, entry in zip(found, outward, others, strict=True):
        told[link.kind, out].append(Link(entry, link.since, link.until, link.source))
    return [Relation(way, str(RELATIONS[way]), links) for way, links in told.items() if links]
