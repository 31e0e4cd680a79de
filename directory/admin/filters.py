"""Filters at the side of the list of organisations."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import FieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory import freshness


class Confirmed(FieldListFilter):
    """`?confirmed=overdue`: entries that nobody has confirmed for more than a year, or ever."""

    PARAMETER, OVERDUE = "confirmed", "overdue"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.used_parameters.get(self.PARAMETER)
        self.asked = str(asked[-1]) if asked else None

    def expected_parameters(self) -> list[str]:
        return [self.PARAMETER]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.asked is None:
            return queryset
        if self.asked != self.OVERDUE:
            return queryset.none()
        return freshness.overdue(queryset, timezone.localdate())

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        without = changelist.get_query_string(remove=[self.PARAMETER])
        yield {"selected": self.asked is None, "query_string": without, "display": _("All")}
        query = changelist.get_query_string({self.PARAMETER: self.OVERDUE})
        chosen = self.asked == self.OVERDUE
        yield {"selected": chosen, "query_string": query, "display": _("overdue")}
