"""The API's addresses, its schema and the page to try it on."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, include, path, re_path, resolve
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import APIRootView, DefaultRouter

from directory.api import (
    AffiliationViewSet,
    ChangeViewSet,
    FederationViewSet,
    OrganisationViewSet,
    StatusViewSet,
)
from federation.api_docs import Docs
from federation.problems import NOT_THERE, refused
from membership.api.decisions import Decisions
from membership.api.urls import urlpatterns as writing


class Schema(SpectacularAPIView):
    """There is one version; a parameter of that name is not repeated in a header."""

    def _get_version_parameter(self, request: Any) -> None:
        return None


class Root(APIRootView):
    """The lists there are."""


class Router(DefaultRouter):
    include_format_suffixes = False
    APIRootView = Root


router = Router()
router.register("organisations", OrganisationViewSet, "api-organisation")
router.register("federations", FederationViewSet, "api-federation")
router.register("statuses", StatusViewSet, "api-status")
router.register("affiliations", AffiliationViewSet, "api-affiliation")
router.register("decisions", Decisions, "api-decision")
router.register("changes", ChangeViewSet, "api-change")


def not_found(request: HttpRequest, path: str = "") -> HttpResponse:
    """What the API does not have: a problem, or the address with the slash it lacks."""
    if not path.endswith("/") and _leads_somewhere(f"{request.path_info}/"):
        query = request.META.get("QUERY_STRING")
        return HttpResponsePermanentRedirect(f"{request.path}/{'?' if query else ''}{query}")
    return refused(404, NOT_THERE)


def _leads_somewhere(path: str) -> bool:
    try:
        return resolve(path).func is not not_found
    except Resolver404:
        return False


urlpatterns = [
    path("v1/schema/", Schema.as_view(), name="api-schema"),
    path("v1/", include(router.urls)),
    path("v1/", include(writing)),
    path("docs/", Docs.as_view(), name="api-docs"),
    re_path("^(?P<path>.*)$", not_found),
]
