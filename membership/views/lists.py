"""Long lists, a page at a time."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

ROWS = 50
DEEP = 20  # pages, from which on the database sorts keys instead of whole rows


@dataclass
class Page:
    """`wrong` is what was asked for where there is no such page; then this is the first one."""

    rows: list[Any]
    count: int
    previous_url: str
    next_url: str
    wrong: str = ""


def page_of(request: HttpRequest, rows: Any) -> Page:
    """The page that the address asks for by `page=`."""
    pages = Paginator(rows, ROWS)
    asked = request.GET.get("page", "1")
    # At most six digits: a number that no list reaches must not reach the database either.
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 7
    right = is_number and 0 < int(asked) <= pages.num_pages
    number = int(asked) if right else 1
    page = pages.page(number)
    return Page(
        rows=_deep(rows, page.object_list) if number > DEEP else list(page.object_list),
        count=pages.count,
        previous_url=_url(request, number - 1) if page.has_previous() else "",
        next_url=_url(request, number + 1) if page.has_next() else "",
        wrong="" if right else asked[:20],
    )


def _deep(rows: QuerySet[Any], cut: QuerySet[Any]) -> list[Any]:
    """The rows of one page far on, read by their keys."""
    keys = list(cut.values_list("pk", flat=True))
    found = {row.pk: row for row in rows.order_by().filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def _url(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
