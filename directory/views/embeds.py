"""Pages for the frames of other sites: a federation's list or map, by one line of HTML.

They may stand in any frame, since what they show is public; in return there is nothing in them
that a frame could abuse: no script, no form, no cookie. They know of no session, so that a
coordinator sees what everybody sees.
"""

from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.generic import View

from directory.models import Organisation
from directory.strict import StrictForm
from directory.views import facts
from directory.views.federations import Members, listed_bonds
from directory.views.maps import WorldMap
from federation.models import Federation

POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "connect-src": [NONE],
    "font-src": [NONE],
    "form-action": [NONE],
    "base-uri": [NONE],
    "img-src": [SELF],
    "style-src": [SELF],
    "frame-ancestors": ["*"],
}


@method_decorator([xframe_options_exempt, csp_replace(POLICY)], name="dispatch")
class Embed(View):
    """One federation, bare. Takes no parameters: what else it showed would go unnoticed."""

    http_method_names = ("get", "head", "options")
    template_name = ""
    of_directory = True

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        federation = get_object_or_404(Federation.objects.visible_to(None), slug=slug)
        form = StrictForm(request.GET)
        context = {
            "federation": federation,
            "form": form,
            "list_url": facts.list_url(federation=slug),
            "site_name": settings.SITE_NAME,
        }
        if form.is_valid():
            context |= self.shown(federation)
        # Without the request, so that nothing of a session can get in.
        page = render_to_string(self.template_name, context)
        response = HttpResponse(page, status=200 if form.is_valid() else 400)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Cache-Control"] = "no-cache"  # what is withdrawn is gone at once
        return response

    def shown(self, federation: Federation) -> dict[str, Any]:
        raise NotImplementedError


class FederationEmbed(Embed):
    """Its organisations today, by status, the first of each."""

    template_name = "embed/federation.html"

    def shown(self, federation: Federation) -> dict[str, Any]:
        return {"groups": Members(federation, on=None, user=None).groups()}


class FederationMapEmbed(Embed):
    """The same on the map."""

    template_name = "embed/federation_map.html"

    def shown(self, federation: Federation) -> dict[str, Any]:
        bonds = listed_bonds(None).filter(federation=federation).possible(timezone.localdate())
        found = Organisation.objects.listed().filter(pk__in=bonds.values("organisation"))
        return {"drawing": WorldMap(found, {"federation": federation.slug})}
