"""What everybody may take away: the API and the exports, also for the pages of other sites.

Each network has a generous allowance; beyond it the answer is 429 and says when to come back.
This stands before what is kept, so that every request counts and every answer tells it.
"""

import ipaddress
import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from federation.limits import client_ip, client_network
from federation.problems import refused
from federation.rates import Allowance, spend

# What takes a key or a token in the API, below its root.
TAKES_A_KEY = r"v1/(?:requests|proceedings|consultations|sponsorships|prepared)/"
# Read by everybody, and written to with a token.
WRITTEN = re.compile(r"/api/v1/decisions/$")
# The API but for its page, and each list and row under a file's name. Nothing that belongs to
# somebody may ever stand under these: what takes a key is not open to the pages of others.
SHARED = re.compile(
    rf"/api/(?!docs/|{TAKES_A_KEY})|/(?:organisations|federations)(?:/[^/]+)?\.[a-z.]+$"
    r"|/federations/[^/]+/register\.json$"
)

# Whole lists, of which each counts as so many requests.
WHOLE = re.compile(r"/organisations\.(?:csv|json|geojson|opml)$|.*/register\.json$")
COST = 10

METHODS = "GET, HEAD, OPTIONS"
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, RateLimit, RateLimit-Policy, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Accept, If-Modified-Since, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def takes_a_key(path: str, method: str = "GET") -> bool:
    """Whether an address of the API is for those alone who show a key or a token."""
    if method.upper() == "POST" and WRITTEN.match(path):
        return True
    return re.match(f"/api/{TAKES_A_KEY}", path) is not None


class Shared:
    """Opens these addresses to the pages of other sites, never with credentials, and counts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if not SHARED.match(path) or takes_a_key(path, str(request.method)):
            return self.get_response(request)
        if request.method == "OPTIONS":
            response: HttpResponseBase = HttpResponse(status=204, headers=PREFLIGHT)
        else:
            response = self.counted(request)
        for name, value in OPEN.items():
            response.headers[name] = value
        return response

    def counted(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.API_RATE or _is_spared(request):
            return self.get_response(request)
        allowance = spend(client_network(request), COST if WHOLE.match(request.path_info) else 1)
        response = _refusal(allowance) if allowance.is_spent else self.get_response(request)
        for name, value in allowance.headers.items():
            response.headers[name] = value
        return response


def _refusal(allowance: Allowance) -> HttpResponseBase:
    detail = "Your network has asked too often. Retry-After says in how many seconds to ask again."
    response = refused(429, detail)
    response.headers["Retry-After"] = str(allowance.wait)
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_spared(request: HttpRequest) -> bool:
    """This machine itself: its checks and benchmarks, and a proxy that nobody told us of."""
    address = client_ip(request)
    return not address or (
        settings.API_SPARES_LOOPBACK and ipaddress.ip_address(address).is_loopback
    )
