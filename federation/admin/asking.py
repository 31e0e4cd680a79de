"""A page of the panel asks of one row a hundred times what may be done with it.

Django asks anew for every list of details, several times each. While a page is only drawn, the
database hears the question once. The answers are kept on the request, so none outlives it or
reaches anybody else, and only inside `asked_once`: whoever saves, asks anew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest


@contextmanager
def asked_once(request: Any) -> Iterator[None]:
    """Keep the answers until the end of the block, in which nothing may be written."""
    before = getattr(request, "panel_answers", None)
    request.panel_answers = {} if before is None else before
    try:
        yield
    finally:
        request.panel_answers = before


def is_among(
    request: HttpRequest, scope: str, rows: "Callable[[], QuerySet[Any]]", obj: Model
) -> bool:
    """Is the row in what the scope of this person holds? The rows are only made to be asked."""
    known: dict[Any, bool] | None = getattr(request, "panel_answers", None)
    question = (request.user.pk, scope, type(obj), obj.pk)
    if known is not None and question in known:
        return known[question]
    answer = bool(rows().filter(pk=obj.pk).exists())
    if known is not None:
        known[question] = answer
    return answer
