"""Saved filters: what somebody at the desk looks at often, under a name of their own."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from federation.models import User
from membership.models import SavedFilter

MOST = 20
REQUESTS = "request"


def saved_by(user: Any, shelf: str = REQUESTS) -> list[Any]:
    return list(SavedFilter.objects.managed_by(user).filter(list=shelf))


def save(user: User, name: str, query: str, shelf: str = REQUESTS) -> SavedFilter:
    """Keep a query under a name; the same name again means the new query."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        mine = saved_by(user, shelf)
        found = next((one for one in mine if one.name.casefold() == name.casefold()), None)
        if found is None and len(mine) >= MOST:
            message = _("You have %(number)s already. Remove one first.")
            raise ValidationError(message % {"number": MOST})
        kept = found or SavedFilter(person=user, list=shelf)
        kept.name, kept.query = name, query
        kept.save()
    return kept


def plain(query: str, names: list[str]) -> str:
    """The query with the filters of the list alone, each once and none of them empty."""
    asked = QueryDict(query)
    kept = QueryDict(mutable=True)
    for name in names:
        if asked.get(name):
            kept[name] = asked[name]
    return kept.urlencode()


def count(requests: Any, shelves: list[Any], found_by: Callable[[str], Any]) -> None:
    """Give each its `number`, all with one question. `found_by` answers a query with its rows."""
    asked = {
        f"number_{place}": Count("pk", filter=Q(pk__in=found_by(shelf.query).values("pk")))
        for place, shelf in enumerate(shelves)
    }
    numbers = requests.aggregate(**asked) if asked else {}
    for place, shelf in enumerate(shelves):
        shelf.number = numbers[f"number_{place}"]
