"""The list of organisations and the page of each of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from directory.countries import country_name
from directory.entries import WHOLE, Entry, entries, language_name, shown_bonds
from directory.filters import ANY, OrganisationFilter
from directory.folding import fold
from directory.models import (
    Industry,
    Organisation,
    OrganisationCountry,
    OrganisationLanguage,
    OrganisationLink,
    PublicContact,
)
from directory.paging import Page
from directory.views import facts
from federation.models import Federation, Status

CHIPS = ("q", "federation", "status", "kind", "country", "language", "industry", "on")
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the list without it."""

    label: str
    value: str
    url: str


class OrganisationList(TemplateView):
    """What the filter finds, a page at a time. A question it cannot read finds nothing (400)."""

    template_name = "directory/organisation_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        listed = Organisation.objects.visible_to(request.user).listed()
        found = OrganisationFilter(request.GET, listed, request=request)
        understood = found.is_valid()
        page = found.page() if understood else Page([])
        choices = offered(found, listed)
        offer(found.form, choices)
        context = {
            "filter": found,
            "organisations": self._lines(found, page) if understood else [],
            "count": found.qs.count() if understood else None,
            "on": found.asked["on"] if understood else None,
            "chips": self._chips(found, choices) if understood else [],
            "clear_url": request.path,
            "previous_url": self._url(after=page.previous) if page.previous else None,
            "next_url": self._url(after=page.next) if page.next else None,
            "canonical_url": request.build_absolute_uri(self._url(after=request.GET.get("after"))),
        }
        return self.render_to_response(context, status=200 if understood else 400)

    def _lines(self, found: OrganisationFilter, page: Page) -> list[Entry]:
        return entries(page.rows, bonds=shown_bonds(self.request.user).possible(found.day))

    def _url(self, **changes: str | None) -> str:
        """This list, asked a little differently; from its start unless a place is given."""
        asked = {name: value for name, value in self.request.GET.items() if name != "after"}
        given = {name: value for name, value in (asked | changes).items() if value}
        return facts.list_url(**given) if given else self.request.path

    def _chips(self, found: OrganisationFilter, choices: dict[str, Choices]) -> list[Chip]:
        """The filters in force, in words."""
        fields = found.form.fields
        chips = []
        for name in CHIPS:
            value = found.asked[name]
            if value:
                words = date_format(value, "DATE_FORMAT") if name == "on" else str(value)
                named = dict(choices.get(name, ())).get(words, words)
                chips.append(Chip(str(fields[name].label), named, self._url(**{name: None})))
        return chips


def offered(found: OrganisationFilter, listed: QuerySet[Organisation]) -> dict[str, Choices]:
    """What is worth choosing: only what some organisation in the lists has."""
    federations = Federation.objects.visible_to(found.request.user)
    codes = OrganisationCountry.objects.filter(organisation__in=listed)
    spoken = OrganisationLanguage.objects.filter(organisation__in=listed)
    return {
        "federation": [(one.slug, str(one.name)) for one in federations],
        "status": _statuses(found),
        "kind": Organisation.Kind.choices,
        "country": _by_name(codes, country_name),
        "language": _by_name(spoken, language_name),
        "industry": Industry.choices,
    }


def _statuses(found: OrganisationFilter) -> Choices:
    """The three kinds, and the chosen federation's own statuses."""
    kinds = [(value, str(label)) for value, label in Status.Kind.choices]
    own = Status.objects.visible_to(found.request.user).exclude(slug__in=Status.Kind.values)
    own = own.filter(federation__slug=found.asked.get("federation") or "")
    return [*kinds, *((one.slug, str(one.label)) for one in own.select_related("federation"))]


def _by_name(rows: QuerySet[Any], name: Any) -> Choices:
    codes = rows.order_by().values_list("code", flat=True).distinct()
    return sorted(((code, name(code)) for code in codes), key=lambda choice: fold(choice[1]))


def offer(form: Any, choices: dict[str, Choices]) -> None:
    """Put the choices before the reader, with what was asked for even where nothing has it."""
    for field in form:
        field.help_text = ""  # tells machines which words there are; here they are to be chosen
    for name in ("federation", "status", "country", "language"):
        asked = form[name].value()
        known = [value for value, _label in choices[name]]
        added = [(asked, asked)] if asked and asked not in known else []
        form.fields[name].widget.choices = [("", ANY), *choices[name], *added]


class OrganisationDetail(TemplateView):
    """One organisation; an address that it had before leads to the present one."""

    template_name = "directory/organisation_detail.html"

    def get(self, request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(Organisation.objects.visible_to(request.user), slugs__slug=slug)
        if row.slug != slug:
            query = request.META.get("QUERY_STRING")
            asked = f"?{query}" if query else ""
            return HttpResponsePermanentRedirect(f"{row.get_absolute_url()}{asked}")
        return self.render_to_response(self._context(row))

    def _context(self, row: Organisation) -> dict[str, Any]:
        user = self.request.user
        bonds = shown_bonds(user).as_at(timezone.localdate())
        [entry] = entries([row], bonds=bonds, with_also=WHOLE)
        contacts = PublicContact.objects.visible_to(user).filter(organisation=row)
        return {
            "organisation": entry,
            "facts": facts.of_organisation(entry, contacts),
            "links": _links(row, user),
            "is_joinable": Organisation.objects.joinable().filter(pk=row.pk).exists(),
        }


@dataclass(frozen=True)
class Link:
    """A bond to another organisation, told from this one’s side."""

    label: str
    organisation: Entry
    since: Any
    until: Any


FROM_THE_OTHER_SIDE = {
    OrganisationLink.Kind.PART_OF: _("has as a part"),
    OrganisationLink.Kind.SUCCEEDS: _("was continued by"),
    OrganisationLink.Kind.MERGED_INTO: _("took in"),
    OrganisationLink.Kind.SPLIT_FROM: _("from it split"),
}


def _links(row: Organisation, user: Any) -> list[Link]:
    """Those to organisations in the lists, in both directions."""
    listed = Organisation.objects.visible_to(user).listed()
    ours = Q(organisation=row, other__in=listed) | Q(other=row, organisation__in=listed)
    links = OrganisationLink.objects.filter(ours).select_related("organisation", "other")
    made = []
    for link in links:
        outward = link.organisation_id == row.pk
        label = link.get_kind_display() if outward else FROM_THE_OTHER_SIDE[link.kind]
        made.append((label, link, link.other if outward else link.organisation))
    shown = entries([other for _label, _link, other in made])
    return [
        Link(str(label), entry, link.since, link.until)
        for (label, link, _other), entry in zip(made, shown, strict=True)
    ]
