"""In which offices a person stands before the panel."""

from collections.abc import Callable
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest

from federation.scopes import is_operator

COORDINATOR: Final = "coordinator"
SECRETARY: Final = "secretary"
OPERATOR: Final = "operator"

Scope = Callable[[Any], "QuerySet[Any]"]


def offices_of(request: HttpRequest, scopes: dict[str, Scope]) -> frozenset[str]:
    """The offices whose scope is not empty for this person today; asked once a request.

    The operator holds none, and is let in to repair public facts.
    """
    known: frozenset[str] | None = getattr(request, "panel_offices", None)
    if known is None:
        user = request.user
        held = {office for office, scope in scopes.items() if scope(user).exists()}
        known = frozenset(held | {OPERATOR} if is_operator(user) else held)
        request.panel_offices = known  # type: ignore[attr-defined]
    return known
