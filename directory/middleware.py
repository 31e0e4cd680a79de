"""Answers of the public directory that need not be made again.

A view class with `of_directory = True` shows everybody without a session the same. Its answers
get an entity tag and the time of the last change; who has the page already is told so (304),
and pages are kept whole. Browsers and caches ask each time, so that a withdrawn word is never
shown again.
"""

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, parse_http_date_safe

from directory.keeping import Keep, Stamp

PAGES = Keep(capacity=16_000_000)  # bytes
MARKS = ("_csp", "xframe_options_exempt")
# Named among the encodings, and not as one that is refused (RFC 9110, 12.5.3).
GZIP = re.compile(r"(?:^|,)\s*gzip\s*(?:$|,|;(?!\s*q\s*=\s*0(?:\.0*)?\s*(?:$|,)))", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """A whole answer, plain and packed. Nothing secret is in it, so its length tells nothing."""

    content: bytes
    packed: bytes
    headers: dict[str, str]
    marks: dict[str, Any]

    @classmethod
    def of(cls, response: Any) -> "Page":
        headers = {name: value for name, value in response.items() if name != "Content-Length"}
        packed = gzip.compress(response.content, 5, mtime=0)
        return cls(response.content, packed, headers, _marks(response))

    @property
    def size(self) -> int:
        return len(self.content) + len(self.packed) + 2_000

    def answer(self, request: HttpRequest) -> HttpResponse:
        packed = bool(GZIP.search(request.headers.get("Accept-Encoding", "")))
        content = self.packed if packed else self.content
        response = HttpResponse(content, headers={**self.headers, "Content-Length": len(content)})
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        vars(response).update(self.marks)
        return response


class OfDirectory:
    """Stands before sessions and accounts, which these pages do without."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.directory_stamp = None  # type: ignore[attr-defined]
        address = _address(request)
        if address is None:
            return self.get_response(request)
        kept = self.kept(request, address)
        if kept is not None:
            return kept
        response = self.get_response(request)
        stamp = request.directory_stamp  # type: ignore[attr-defined]
        if stamp is None or response.status_code != 200 or response.cookies:
            return response
        if settings.KEEP_PAGES and not response.streaming:
            page = Page.of(response)
            # Who asks chooses how long an address is.
            PAGES.put(address, stamp, page, size=page.size + 4 * len(address))
            response = page.answer(request)
        _tag(response, stamp, address)
        return _conditional(request, response)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Before the view reads anything: what it shows is at least as new as the stamp.

        Without a stamp nothing is kept, counts neither: who is signed in may see more than others.
        """
        of = getattr(view, "view_class", None) or getattr(view, "cls", None)
        if getattr(of, "of_directory", False) and _address(request) is not None:
            request.directory_stamp = Stamp.now()  # type: ignore[attr-defined]

    def kept(self, request: HttpRequest, address: str) -> HttpResponseBase | None:
        """The page, if it was kept and still holds."""
        stamp = Stamp.now() if settings.KEEP_PAGES and PAGES.knows(address) else None
        page = stamp and PAGES.get(address, stamp)
        if not page:
            return None
        response = page.answer(request)
        _tag(response, stamp, address)
        return _conditional(request, response)


def _address(request: HttpRequest) -> str | None:
    """What the answer depends on; None for whoever has a session, and for all but reading.

    The question as it came: written alike, two that mean different things could become one.
    """
    if request.method not in ("GET", "HEAD") or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return None
    if request.path.startswith(settings.STATIC_URL):
        return None
    accepted = request.headers.get("Accept", "") if request.path.startswith("/api/") else ""
    asked = request.META.get("QUERY_STRING", "")
    return repr((request.scheme, request.get_host(), request.path, asked, accepted))


def _tag(response: HttpResponseBase, stamp: Stamp, address: str) -> None:
    response.headers["ETag"] = stamp.etag(address)
    if stamp.modified:
        response.headers["Last-Modified"] = http_date(stamp.modified)
    response.headers["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])


def _conditional(request: HttpRequest, response: Any) -> HttpResponseBase:
    modified = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    etag = response.headers["ETag"]
    answer: Any = get_conditional_response(request, etag, modified, response)
    if answer is None or answer is response:
        return response
    vars(answer).update(_marks(response))
    return answer


def _marks(response: Any) -> dict[str, Any]:
    """What the middleware around is to do with an answer: frames, content policy."""
    return {name: value for name, value in vars(response).items() if name.startswith(MARKS)}
