"""Filters at the side of a list."""

from typing import Any

from django.contrib.admin import FieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Occurring(FieldListFilter):
    """Offers the values that occur in the rows the person manages, and finds no others.

    Works for relations, choices, yes and no, and plain values alike: `?status=3`.
    """

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: Any,
        model: Any,
        model_admin: Any,
        field_path: str,
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        chosen = self.used_parameters.get(field_path)
        self.chosen = str(chosen[-1]) if chosen else None
        self.offered = self._offered(model_admin.get_queryset(request))

    def _offered(self, rows: QuerySet[Any]) -> dict[str, Any]:
        path, remote = self.field_path, self.field.remote_field
        values = rows.order_by(path).values_list(path, flat=True).distinct()
        if remote:
            related = remote.model._default_manager.filter(pk__in=values.order_by())
            return {str(row.pk): str(row) for row in related.select_related()}
        words = dict(self.field.flatchoices) or {True: _("Yes"), False: _("No")}
        return {str(value): words.get(value, value) for value in values if value not in (None, "")}

    def expected_parameters(self) -> list[str]:
        return [self.field_path]

    def has_output(self) -> bool:
        return len(self.offered) > 1 or self.chosen is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.chosen is None:
            return queryset
        if self.chosen not in self.offered:
            return queryset.none()
        return queryset.filter(**{self.field_path: self.chosen})

    def choices(self, changelist: Any) -> Any:
        without = changelist.get_query_string(remove=[self.field_path])
        yield {"selected": self.chosen is None, "query_string": without, "display": _("All")}
        for value, words in self.offered.items():
            query = changelist.get_query_string({self.field_path: value})
            yield {"selected": self.chosen == value, "query_string": query, "display": words}
