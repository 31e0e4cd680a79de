"""The directory for machines: the pages' querysets and filters, answered as JSON."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from directory.entries import WHOLE, entries, shown_bonds
from directory.filters import AffiliationFilter, FederationFilter, OrganisationFilter
from directory.models import Affiliation, HostOrganisation, Organisation
from directory.serializers import (
    AffiliationSerializer,
    FederationSerializer,
    OrganisationSerializer,
)
from directory.strict import ListFilter
from federation.models import Federation
from federation.problems import MEDIA_TYPE, Problem

ABSENT = {(404, MEDIA_TYPE): Problem}


def a_list_of(serializer: Any) -> Any:
    """Documents a list: its rows, and the refusal of what it does not understand."""
    answers = {200: serializer(many=True), (400, MEDIA_TYPE): Problem}
    return extend_schema_view(list=extend_schema(responses=answers))


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
    """Open to be read, also by the pages of other sites. Readers need no account and have none."""

    pagination_class = InPlaces
    filterset_class: ClassVar[type[ListFilter]]
    metadata_class = None
    lookup_field = "slug"

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    def shown(self, rows: Iterable[Any], found: ListFilter | None = None) -> list[Any]:
        """The rows with what their serializer reads of other tables."""
        return list(rows)

    def list(self, request: Any) -> Response:
        found = self.filterset_class(request.query_params, self.get_queryset(), request=request)
        if not found.is_valid():
            raise serializers.ValidationError(found.form.problems)
        page = found.page()
        neighbours = {"next": self._address(page.next), "previous": self._address(page.previous)}
        results = self.get_serializer(self.shown(page.rows, found), many=True).data
        links = [f'<{url}>; rel="{rel}"' for rel, url in neighbours.items() if url]
        return Response(
            {"count": found.qs.count(), **neighbours, "results": results},
            headers={"Link": ", ".join(links)} if links else None,
        )

    def _address(self, place: str) -> str | None:
        """This list from another place on, asked in the same way."""
        if not place:
            return None
        asked = self.request.GET.copy()
        asked["after"] = place
        return str(self.request.build_absolute_uri(f"{self.request.path}?{asked.urlencode()}"))


@a_list_of(OrganisationSerializer)
class OrganisationViewSet(Open):
    """Organisations in the public lists; one that is not listed answers at its address."""

    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter

    def get_queryset(self) -> QuerySet[Organisation]:
        seen = Organisation.objects.visible_to(self.request.user)
        return seen.listed() if self.action == "list" else seen

    def shown(self, rows: Iterable[Any], found: Any = None) -> list[Any]:
        day = found.day if found else timezone.localdate()
        bonds = shown_bonds(self.request.user).as_at(day).select_related("organisation")
        return entries(rows, bonds=bonds, with_also=WHOLE)

    @extend_schema(responses={200: OrganisationSerializer, **ABSENT})
    def retrieve(self, request: Any, slug: str) -> Any:
        """One organisation. An address it had before leads to the present one."""
        row = get_object_or_404(self.get_queryset(), slugs__slug=slug)
        if row.slug != slug:
            present = reverse("api-organisation-detail", args=[row.slug])
            return HttpResponsePermanentRedirect(present)
        return Response(self.get_serializer(self.shown([row])[0]).data)


@a_list_of(AffiliationSerializer)
class AffiliationViewSet(Open):
    """Affiliations through time; with `on`, those in force on that day or not known."""

    serializer_class = AffiliationSerializer
    filterset_class = AffiliationFilter

    def get_queryset(self) -> QuerySet[Affiliation]:
        listed = Organisation.objects.listed()
        bonds = shown_bonds(self.request.user).filter(organisation__in=listed)
        return bonds.select_related("organisation")


@a_list_of(FederationSerializer)
class FederationViewSet(Open):
    """Federations, with the statuses that each of them gives."""

    serializer_class = FederationSerializer
    filterset_class = FederationFilter

    def get_queryset(self) -> QuerySet[Federation]:
        user = self.request.user
        hosts = HostOrganisation.objects.visible_to(user).select_related("organisation")
        return Federation.objects.visible_to(user).prefetch_related(
            "statuses", Prefetch("hosts", queryset=hosts, to_attr="shown_hosts")
        )

    @extend_schema(responses={200: FederationSerializer, **ABSENT})
    def retrieve(self, request: Any, slug: str) -> Response:
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), slug=slug)).data)
