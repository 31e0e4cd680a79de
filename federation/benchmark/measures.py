"""What is measured, and how: the application itself is asked, without a network between."""

import gc
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import override_settings
from django.urls import path
from django.utils.http import urlencode

from directory.keeping import COUNTS
from directory.middleware import PAGES
from directory.models import Organisation
from directory.orders import ByName
from directory.paging import Place

BARE = "x" * 20_000
DEEP = 0.9  # of the list


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BARE)


urlpatterns = [path("bare/", bare)]


@dataclass(frozen=True)
class Measure:
    """One operation at one size. Times in milliseconds, `kept` where pages may be kept."""

    operation: str
    size: int
    median: float
    worst: float
    queries: int
    bytes: int


@dataclass(frozen=True)
class Export:
    """A whole list taken away: rows a second, first bytes, and by how much memory grew (MB)."""

    operation: str
    size: int
    rows_per_second: float
    first_bytes: float
    memory: float


def operations() -> dict[str, str]:
    """What is asked for, by name. The deep page is that of the row at nine tenths."""
    size = Organisation.objects.count()
    rows = Organisation.objects.order_by("sort_name", "pk")
    deep = Place.of(rows[int(size * DEEP)], ByName(), backwards=False)
    middle = rows[size // 2]
    rare = urlencode({"q": " ".join(middle.name.split()[-2:])})  # its town and number
    return {
        "list": "/organisations/",
        "list, deep": f"/organisations/?after={deep}",
        "search, rare words": f"/organisations/?{rare}",
        "search, common word": "/organisations/?q=sindicato",
        "search, misspelt": "/organisations/?q=sindicaot",
        "filter and facets": "/organisations/?country=GR&industry=education",
        "another day": "/organisations/?on=1990-01-01&federation=federation-1",
        "by country": "/organisations/?sort=country",
        "map": "/organisations/map/",
        "organisation": f"/organisations/{middle.slug}/",
        "federation": "/federations/federation-1/",
        "API list": "/api/v1/organisations/",
        "API list, deep": f"/api/v1/organisations/?after={deep}",
        "API search": "/api/v1/organisations/?q=sindicato",
    }


EXPORTS = ("/organisations.csv", "/organisations.json", "/organisations.geojson")


class Application:
    """The application as a server runs it, asked in the same process."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()
        self.requests = RequestFactory()

    def ask(self, url: str, **headers: str) -> tuple[int, Any, dict[str, str]]:
        """Status, body in parts, and headers."""
        secure = {"secure": settings.SECURE_SSL_REDIRECT, "SERVER_NAME": "localhost"}
        environ = self.requests.get(url, headers=headers, **secure).environ
        told: dict[str, Any] = {}

        def start(status: str, sent: list[tuple[str, str]], *_more: Any) -> None:
            told.update(status=int(status.split()[0]), headers=dict(sent))

        parts = self.handler(environ, start)
        return told["status"], parts, told["headers"]

    def read(self, url: str, expected: int = 200, **headers: str) -> tuple[int, dict[str, str]]:
        """How many bytes the answer has. Raise RuntimeError unless it is the one expected."""
        status, parts, sent = self.ask(url, **headers)
        number = sum(len(part) for part in parts)
        parts.close()
        if status != expected:
            raise RuntimeError(f"{url} answered {status}")
        return number, sent


def measured(name: str, size: int, act: Callable[[], int], rounds: int) -> Measure:
    """The median of some rounds, after one to warm up, in which the queries are counted."""
    queries: list[None] = []

    def count(execute: Any, *args: Any) -> Any:
        queries.append(None)
        return execute(*args)

    with connection.execute_wrapper(count):
        number = act()
    times = []
    gc.collect()
    for _round in range(rounds):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    return Measure(name, size, statistics.median(times), max(times), len(queries), number)


def floor(rounds: int) -> float:
    """A bare page of 20 KB without middleware: what everything is compared with, in ms."""
    with override_settings(MIDDLEWARE=[], ROOT_URLCONF=__name__):
        application = Application()
        return measured("bare", 0, lambda: application.read("/bare/")[0], rounds * 10).median


def pages(size: int, rounds: int) -> list[Measure]:
    """All operations with nothing kept; then the list kept, and told to be unchanged."""
    application = Application()
    made = []
    with override_settings(KEEP_PAGES=False):
        for name, url in operations().items():
            made.append(measured(name, size, lambda url=url: application.read(url)[0], rounds))
    with override_settings(KEEP_PAGES=True):
        PAGES.clear()
        COUNTS.clear()
        url = "/organisations/"
        warm = measured("list, kept", size, lambda: application.read(url)[0], rounds * 5)
        etag = application.read(url)[1]["ETag"]
        same = {"If-None-Match": etag}
        made += [
            warm,
            measured("list, 304", size, lambda: application.read(url, 304, **same)[0], rounds * 5),
        ]
    return made


def export(url: str, size: int) -> Export:
    """Read a whole export, and throw it away as it comes."""
    application = Application()
    gc.collect()
    before, start = _peak(), time.perf_counter()
    status, parts, _headers = application.ask(url)
    first = 0.0
    for part in parts:
        if part and not first:
            first = time.perf_counter() - start
    seconds = time.perf_counter() - start
    parts.close()
    if status != 200:
        raise RuntimeError(f"{url} answered {status}")
    return Export(url, size, size / seconds, first, (_peak() - before) / 1_000_000)


def _peak() -> float:
    """The most memory that this process ever had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def report(bare_page: float, measures: list[Measure], exports: list[Export]) -> dict[str, Any]:
    """Times, as multiples of the bare page and of the smallest size."""
    smallest = {one.operation: one.median for one in reversed(measures)}
    rows = [
        {
            **asdict(one),
            "bare_pages": one.median / bare_page,
            "growth": one.median / smallest[one.operation],
        }
        for one in measures
    ]
    return {
        "database": connection.vendor,
        "bare_page": bare_page,
        "pages": rows,
        "exports": [asdict(one) for one in exports],
    }
