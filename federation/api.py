"""The API's addresses, its schema and the page to try it on."""

from typing import Any

from django.urls import include, path, re_path
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import DefaultRouter

from directory.api import AffiliationViewSet, FederationViewSet, OrganisationViewSet
from federation.problems import not_found


class Schema(SpectacularAPIView):
    """There is one version; a parameter of that name is not repeated in a header."""

    def _get_version_parameter(self, request: Any) -> None:
        return None


router = DefaultRouter()
router.include_format_suffixes = False
router.register("organisations", OrganisationViewSet, "api-organisation")
router.register("federations", FederationViewSet, "api-federation")
router.register("affiliations", AffiliationViewSet, "api-affiliation")

urlpatterns = [
    path("v1/schema/", Schema.as_view(), name="api-schema"),
    path("v1/", include(router.urls)),
    path("docs/", TemplateView.as_view(template_name="api_docs.html"), name="api-docs"),
    re_path("^(?P<path>.*)$", not_found),
]
