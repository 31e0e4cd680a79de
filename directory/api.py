"""The directory for machines: the pages' querysets and filters, answered as JSON.

Everybody is answered the same, whoever asks: the API knows no session and no account.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from directory import answers, changes
from directory.disclosing import with_public_effect
from directory.exports.about import moment
from directory.filters import AffiliationFilter, FederationFilter, OrganisationFilter
from directory.keeping import counted
from directory.models import Affiliation, Decision, HostOrganisation, Organisation, Statutes, Term
from directory.serializers.federations import FederationSerializer, StatusSerializer
from directory.serializers.organisations import ChangeSerializer, OrganisationSerializer
from directory.serializers.register import AffiliationSerializer, RecordedDecisionSerializer
from directory.strict import ListFilter
from federation.models import Federation, Status
from federation.problems import MEDIA_TYPE, Problem

ORDERED_BY = ("sort_name", "main_country", "changed_at")
MOVED = OpenApiResponse(description="A former address, which leads to the present one.")


def a_list_of(serializer: Any) -> Any:
    """Documents a list: its rows, and its refusals, of which federation.schema says more."""
    told = {200: serializer(many=True), (400, MEDIA_TYPE): Problem}
    return extend_schema_view(list=extend_schema(responses=told))


class InPlaces(BasePagination):
    """The shape of a list. Which rows it has, `ListFilter.page` says."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        neighbour = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "How many there are in all."},
                "next": neighbour,
                "previous": neighbour,
                "results": schema,
            },
        }


class Open(GenericViewSet[Any]):
    """Open to be read. Readers need no account and have none."""

    of_directory = True  # see directory.middleware
    pagination_class: Any = InPlaces
    filterset_class: ClassVar[type[ListFilter]]
    metadata_class = None
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,80}"

    def told(self, rows: Sequence[Any], found: Any) -> Any:
        """What the list says of its rows."""
        return self.get_serializer(rows, many=True).data

    def more(self, found: Any) -> dict[str, Any]:
        """What a list says beyond what every list says."""
        return {}

    def carried(self, found: Any) -> dict[str, str]:
        """What the links to the neighbours take along."""
        return {}

    def list(self, request: Any) -> Response:
        found = self.filterset_class(request.query_params, self.get_queryset(), request=request)
        # A page's form sends what was left empty. Of a program it is a value gone missing, and
        # the whole list would be the answer to a question that was never asked.
        empty = {name for name, value in request.query_params.items() if not value.strip()}
        if not found.is_valid() or empty:
            problems = {name: [_("Give a value, or leave this out.")] for name in empty}
            raise serializers.ValidationError(problems | found.form.problems)
        page = found.page()
        neighbours = {
            "next": self._address(page.next, found),
            "previous": self._address(page.previous, found),
        }
        links = [f'<{url}>; rel="{rel}"' for rel, url in neighbours.items() if url]
        return Response(
            {
                "count": self._count(found),
                **neighbours,
                **self.more(found),
                "results": self.told(page.rows, found),
            },
            headers={"Link": ", ".join(links)} if links else None,
        )

    def _count(self, found: ListFilter) -> int:
        """How many there are: the same for every page of the list."""
        stamp = getattr(self.request, "directory_stamp", None)
        return int(counted(("api", self.basename, *found.question), stamp, found.qs.count))

    def _address(self, place: str, found: Any) -> str | None:
        """This list from another place on, asked in the same way."""
        if not place:
            return None
        asked = self.request.GET.copy()
        for name, value in {**self.carried(found), "after": place}.items():
            asked[name] = value
        return str(self.request.build_absolute_uri(f"{self.request.path}?{asked.urlencode()}"))

    def page_of_organisation(self, slug: str) -> str:
        """The address of its page."""
        return f"{self._organisations}{slug}/"

    @property
    def _organisations(self) -> str:
        if not hasattr(self, "_list_url"):
            path = reverse("directory:organisation_list")
            self._list_url = str(self.request.build_absolute_uri(path))
        return self._list_url


@a_list_of(OrganisationSerializer)
class OrganisationViewSet(Open):
    """Organisations in the public lists; one that is not listed answers at its address."""

    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter

    def get_queryset(self) -> QuerySet[Organisation]:
        seen = Organisation.objects.visible_to(None)
        # Of the page itself only what it is ordered by; `answers` reads what is told.
        return seen.listed().only(*ORDERED_BY) if self.action == "list" else seen

    def told(self, rows: Sequence[Any], found: Any) -> Any:
        return answers.organisations((row.pk for row in rows), found.day, self.page_of_organisation)

    @extend_schema(responses={200: OrganisationSerializer, 301: MOVED})
    def retrieve(self, request: Any, slug: str) -> Any:
        """One organisation. An address it had before leads to the present one."""
        seen = self.get_queryset()
        row = get_object_or_404(seen.only("slug"), slugs__slug=slug)
        if row.slug != slug:
            present = reverse("api-organisation-detail", args=[row.slug])
            return HttpResponsePermanentRedirect(present)
        today = timezone.localdate()
        made = answers.organisations([row.pk], today, self.page_of_organisation, seen)
        return Response(made[0])


@a_list_of(AffiliationSerializer)
class AffiliationViewSet(Open):
    """Affiliations through time; with `on`, those in force on that day or not known."""

    serializer_class = AffiliationSerializer
    filterset_class = AffiliationFilter
    lookup_field = "pk"
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Affiliation]:
        return answers.listed_bonds().only("pk")

    def told(self, rows: Sequence[Any], found: Any) -> Any:
        return answers.affiliations([row.pk for row in rows], found.day)

    @extend_schema(responses={200: AffiliationSerializer})
    def retrieve(self, request: Any, pk: str) -> Response:
        """One affiliation. What a correction took back has no address any more."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(answers.affiliations([row.pk], timezone.localdate())[0])


@a_list_of(FederationSerializer)
class FederationViewSet(Open):
    """Federations, with the statuses that each of them gives."""

    serializer_class = FederationSerializer
    filterset_class = FederationFilter

    def get_queryset(self) -> QuerySet[Federation]:
        listed = Organisation.objects.listed()
        hosts = HostOrganisation.objects.filter(organisation__in=listed)
        hosts = hosts.select_related("organisation")
        terms = Term.objects.visible_to(None).on(timezone.localdate())
        terms = terms.select_related("organisation", "decision", "source")
        return Federation.objects.visible_to(None).prefetch_related(
            "statuses",
            Prefetch("hosts", queryset=hosts, to_attr="shown_hosts"),
            "seats",
            Prefetch("seats__terms", queryset=terms, to_attr="shown_terms"),
            Prefetch("statutes", queryset=Statutes.objects.visible_to(None).whole()),
        )

    @extend_schema(responses={200: FederationSerializer})
    def retrieve(self, request: Any, slug: str) -> Response:
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), slug=slug)).data)


@a_list_of(StatusSerializer)
class StatusViewSet(Open):
    """The statuses that federations give, and the rights each of them carries."""

    serializer_class = StatusSerializer
    filterset_class = changes.StatusFilter

    def get_queryset(self) -> QuerySet[Status]:
        federations = Federation.objects.visible_to(None)
        seen = Status.objects.visible_to(None).filter(federation__in=federations)
        return seen.select_related("federation")


@a_list_of(RecordedDecisionSerializer)
class DecisionViewSet(Open):
    """The decisions that changed something public, the latest first."""

    serializer_class = RecordedDecisionSerializer
    filterset_class = changes.DecisionFilter

    def get_queryset(self) -> QuerySet[Decision]:
        return with_public_effect(Decision.objects.visible_to(None)).only("decided_on")

    def told(self, rows: Sequence[Any], found: Any) -> Any:
        return answers.decisions(row.pk for row in rows)


class InPlacesSince(InPlaces):
    """The shape of the list of changes: it also says how to go on next time."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        told = super().get_paginated_response_schema(schema)
        told["required"].insert(-1, "since")
        told["properties"]["since"] = {
            "type": "string",
            "format": "date-time",
            "description": "When the last page has been read: the moment to ask for next time.",
        }
        return told


@a_list_of(ChangeSerializer)
class ChangeViewSet(Open):
    """The organisations whose public face changed since a moment, oldest change first.

    Read `next` until it is null; then keep the answer's `since` and ask for it next time. It
    lies a little before this reading began, since a change becomes visible somewhat after the
    moment it bears: rows may come twice, and none is missed. Which organisation a row is about,
    its `slug` says; after a renaming, `former_slugs` has those you know it by.
    """

    serializer_class = ChangeSerializer
    filterset_class = changes.ChangeFilter
    pagination_class = InPlacesSince

    def get_queryset(self) -> QuerySet[Organisation]:
        return changes.ever_listed()

    def told(self, rows: Sequence[Any], found: Any) -> Any:
        return changes.told(list(rows), self.page_of_organisation)

    def more(self, found: Any) -> dict[str, Any]:
        return {"since": moment(found.reading_since - changes.OVERLAP)}

    def carried(self, found: Any) -> dict[str, str]:
        return {"begun": moment(found.reading_since)}
