"""Lists of those who hold a token: fifty on a page, narrowed down to one state."""

from collections.abc import Callable, Collection
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

ROWS = 50


def parameters(states: Collection[str]) -> list[OpenApiParameter]:
    return [
        OpenApiParameter("state", enum=list(states)),
        OpenApiParameter("page", int, description="From 1 on."),
    ]


def asked(request: Any, states: Collection[str]) -> tuple[str | None, int]:
    """The state, if one is asked for, and the number of the page; all else is refused by name."""
    state, page = request.query_params.get("state"), request.query_params.get("page", "1")
    wrong = {
        name: ["There is no such parameter."]
        for name in request.query_params
        if name not in ("state", "page")
    }
    if state is not None and state not in states:
        wrong["state"] = ["One of: " + ", ".join(states)]
    if not (page.isascii() and page.isdigit() and 0 < int(page[:9]) < 10**6):
        wrong["page"] = ["A number from 1 on."]
    if wrong:
        raise serializers.ValidationError(wrong)
    return state, int(page)


def paged(request: Any, rows: Any, number: int, told: Callable[[Any], Any]) -> dict[str, Any]:
    """One page of the rows, each as `told` has them, and where the list goes on."""
    count, first = rows.count(), (number - 1) * ROWS

    def address(other: int) -> str:
        query = request.GET.copy()
        query["page"] = str(other)
        return str(request.build_absolute_uri(f"?{query.urlencode()}"))

    return {
        "count": count,
        "next": address(number + 1) if first + ROWS < count else None,
        "previous": address(number - 1) if 1 < number <= -(-count // ROWS) + 1 else None,
        "results": told(rows[first : first + ROWS]),
    }
