"""The lists and the organisations under a file's name: data to take away.

Nobody is signed in here: everybody gets what everybody may see. Errors are told as the API
tells them. `directory.middleware` answers who has a file already, `federation.sharing` opens
the addresses to other sites.
"""

from array import array
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View

from directory import answers
from directory.entries import WHOLE, Entry, entries, shown_bonds
from directory.exports import (
    atom,
    geojson,
    jsonld,
    listing,
    murmurations,
    opml,
    rows,
    table,
    vcard,
)
from directory.exports.about import About
from directory.filters import OrganisationFilter
from directory.models import Organisation, OrganisationSite, PublicContact
from federation.problems import NOT_THERE, refused


class Export(View):
    """Something to take away."""

    of_directory = True
    http_method_names: ClassVar = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.user = AnonymousUser()
        try:
            response = super().dispatch(request, *args, **kwargs)
        except Http404:
            return refused(404, NOT_THERE)
        if response.status_code == 200:
            licence = settings.DATA_LICENCE["url"]
            links = [f'<{licence}>; rel="license"', response.headers.get("Link", "")]
            response.headers["Link"] = ", ".join(filter(None, links))
        return response


# --- lists ----------------------------------------------------------------------------------


class ListExport(Export):
    """The whole list that the filter finds, under another name for each format."""

    # Parameters of the list that an export has no use for.
    refuses: ClassVar[tuple[str, ...]] = ("after", "page_size")
    filterset: ClassVar[type[OrganisationFilter]] = OrganisationFilter
    content_type: ClassVar[str]
    filename: ClassVar[str] = ""  # for what is saved and not shown

    def get(self, request: HttpRequest) -> HttpResponseBase:
        found = self.filter_of(request)
        if found is None:
            return refused(400, "The request has errors.", errors=self.problems)
        about = About.of(request)
        response = self.answer(found, about)
        page = f'<{about.page}>; rel="alternate"; type="text/html"'
        response.headers["Link"] = f'{page}, <{about.source}>; rel="self"'
        if self.filename:
            name = self.filename.format(day=timezone.localdate())
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def filter_of(self, request: HttpRequest) -> OrganisationFilter | None:
        """What is asked for; None where that cannot be understood, and `problems` says why."""
        found = self.filterset(request.GET, Organisation.objects.listed(), request=request)
        if found.is_valid():
            for name, value in request.GET.items():
                if name in self.refuses:
                    found.form.add_error(name, _("This is the whole list: it has no pages."))
                elif not str(value).strip():
                    # As in the API: the whole list is no answer to a value gone missing.
                    found.form.add_error(name, _("Give a value, or leave this out."))
        self.problems = found.form.problems
        return None if self.problems else found

    def answer(self, found: OrganisationFilter, about: About) -> HttpResponseBase:
        """The list as a stream. Whoever asks for the head alone, for them nothing is read."""
        parts: Iterable[str] = ()
        if self.request.method != "HEAD":
            # Before the answer begins: a fault of the database is told, not cut off.
            parts = self.stream(self.ids(found), found, about)
        return StreamingHttpResponse(parts, content_type=self.content_type)

    def ids(self, found: OrganisationFilter) -> "array[int]":
        return rows.ids(found)

    def stream(
        self, wanted: "array[int]", found: OrganisationFilter, about: About
    ) -> Iterator[str]:
        raise NotImplementedError


class ListCsv(ListExport):
    content_type = table.CONTENT_TYPE
    filename = "organisations-{day:%Y-%m-%d}.csv"

    def stream(self, wanted: Any, found: Any, about: About) -> Iterator[str]:
        return table.stream(wanted, found.day, about)


class ListJson(ListExport):
    content_type = listing.CONTENT_TYPE

    def stream(self, wanted: Any, found: Any, about: About) -> Iterator[str]:
        return listing.stream(wanted, found.day, about)


class ListGeojson(ListExport):
    content_type = geojson.CONTENT_TYPE

    def stream(self, wanted: Any, found: Any, about: About) -> Iterator[str]:
        return geojson.stream(wanted, found.day, about)


class ListOpml(ListExport):
    content_type = opml.CONTENT_TYPE

    def ids(self, found: OrganisationFilter) -> "array[int]":
        feeds = OrganisationSite.objects.filter(kind=opml.FEED)
        return rows.ids(found, Q(pk__in=feeds.values("organisation")))

    def stream(self, wanted: Any, found: Any, about: About) -> Iterator[str]:
        return opml.stream(wanted, about)


class ListAtom(ListExport):
    """The latest changes, a page at a time."""

    refuses = ("page_size",)
    filterset = atom.ChangesFilter
    content_type = atom.CONTENT_TYPE

    def answer(self, found: OrganisationFilter, about: About) -> HttpResponseBase:
        page = found.page()
        neighbours = {"self": about.source, "first": self.address("")}
        neighbours |= {"next": self.address(page.next)} if page.next else {}
        neighbours |= {"previous": self.address(page.previous)} if page.previous else {}
        return HttpResponse(atom.feed(page, about, neighbours), content_type=self.content_type)

    def address(self, place: str) -> str:
        """This feed from another place on."""
        asked = self.request.GET.copy()
        asked.pop("after", None)
        if place:
            asked["after"] = place
        query = f"?{asked.urlencode()}" if asked else ""
        return self.request.build_absolute_uri(f"{self.request.path}{query}")


# --- one organisation -----------------------------------------------------------------------


class OrganisationExport(Export):
    """One organisation; an address that it had before leads to the present one."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        seen = Organisation.objects.visible_to(request.user)
        row = get_object_or_404(seen, slugs__slug=slug)
        if row.slug != slug:
            name = request.resolver_match.view_name  # type: ignore[union-attr]
            return HttpResponsePermanentRedirect(reverse(name, args=[row.slug]))
        about = About.of(request)
        response = self.answer(row, about)
        page = about.organisation(row.slug)
        response.headers["Link"] = f'<{page}>; rel="alternate"; type="text/html"'
        return response

    def answer(self, row: Organisation, about: About) -> HttpResponse:
        raise NotImplementedError

    def entry(self, row: Organisation) -> Entry:
        bonds = shown_bonds(self.request.user).as_at(timezone.localdate())
        return entries([row], bonds=bonds, with_also=WHOLE)[0]


class OrganisationJson(OrganisationExport):
    """As the API tells of it, with what every export states."""

    def answer(self, row: Organisation, about: About) -> HttpResponse:
        seen = Organisation.objects.visible_to(self.request.user)
        made = answers.organisations([row.pk], timezone.localdate(), about.organisation, seen)
        if not made:
            raise Http404
        text = listing.dumped({**made[0], **about.members()})
        return HttpResponse(f"{text}\n", content_type=listing.CONTENT_TYPE)


class OrganisationVcard(OrganisationExport):
    def answer(self, row: Organisation, about: About) -> HttpResponse:
        contacts = PublicContact.objects.visible_to(self.request.user).filter(organisation=row)
        text = vcard.card(self.entry(row), contacts, about)
        response = HttpResponse(text, content_type=vcard.CONTENT_TYPE)
        response.headers["Content-Disposition"] = f'attachment; filename="{row.slug}.vcf"'
        return response


class OrganisationMurmurations(OrganisationExport):
    def answer(self, row: Organisation, about: About) -> HttpResponse:
        parents, parts = jsonld.relatives(row)
        told = murmurations.profile(self.entry(row), about, parents, parts)
        return HttpResponse(f"{listing.dumped(told)}\n", content_type=murmurations.CONTENT_TYPE)
