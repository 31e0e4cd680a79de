"""Lists and forms that refuse, by name, what they do not understand.

A parameter nobody knows, a value that means nothing and one given twice: a list is never
shown as if it had not been asked.
"""

import datetime
from collections.abc import Iterable
from itertools import islice
from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from directory.paging import DEFAULT_SIZE, LARGEST_SIZE, Order, Page, Place, page_of
from federation.models import plausible_date

NAMED_AT_MOST = 10


class StrictForm(forms.Form):
    """Refuses a parameter that it does not know, or that is given twice."""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        unknown = (name for name in self.data if name not in self.fields)
        for name in islice(unknown, NAMED_AT_MOST):
            params = {"name": name[:60].replace("\0", "")}
            message = _("There is no parameter “%(name)s”.")
            self.add_error(None, ValidationError(message, code="unknown", params=params))
        for name in self.fields:
            if len(self.data.getlist(name)) > 1:
                self.add_error(name, _("Give this only once."))
        return given

    @property
    def problems(self) -> dict[str, list[str]]:
        """The messages by the parameter that they are about."""
        found: dict[str, list[str]] = {}
        for field, errors in self.errors.as_data().items():
            for error in errors:
                name = error.params["name"] if error.code == "unknown" else field
                found.setdefault(name, []).extend(error.messages)
        return found


def day_field(**kwargs: Any) -> dict[str, Any]:
    """How a day is asked for: 2019-12-08, and nothing that could be read in two ways."""
    return {
        "input_formats": ["%Y-%m-%d"],
        "validators": [plausible_date],
        "widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        "error_messages": {"invalid": _("Write the day as 2019-12-08.")},
        **kwargs,
    }


class DayForm(StrictForm):
    """The day for which a federation's page is asked."""

    on = forms.DateField(label=_("On the day"), required=False, **day_field())

    @property
    def day(self) -> datetime.date | None:
        """The day asked for, None where none was or it could not be read."""
        return self.cleaned_data.get("on") if self.is_valid() else None


class WholeNumberFilter(filters.Filter):
    field_class = forms.IntegerField


# What says how a list is read, and not what is in it.
HOW_IT_IS_READ = ("sort", "page_size", "after", "begun")


class ListFilter(filters.FilterSet):
    """What every list understands: how many rows, and where to go on."""

    page_size = extend_schema_field(
        {
            "type": "integer",
            "minimum": 1,
            "maximum": LARGEST_SIZE,
            "default": DEFAULT_SIZE,
            "description": "How many rows a page has.",
        }
    )(
        WholeNumberFilter(
            method="kept",
            label=_("Rows on a page"),
            min_value=1,
            max_value=LARGEST_SIZE,
            widget=forms.HiddenInput,
        )
    )
    after = filters.CharFilter(
        method="kept",
        label=_("Place in the list"),
        help_text=_("Where to go on, as the next and previous links give it."),
        max_length=4000,
        widget=forms.HiddenInput,
    )

    orders: ClassVar[dict[str, Order]]

    # Of `value` no type is told: the schema would take it for the parameter's own.
    def kept(self, queryset: Any, name: str, value) -> Any:
        """For parameters that say something of the list as a whole, not of each row."""
        return queryset

    @property
    def asked(self) -> dict[str, Any]:
        return self.form.cleaned_data

    @property
    def question(self) -> tuple[tuple[str, str], ...]:
        """What the list is narrowed down by: its numbers are the same however it is read."""
        asked = ((name, str(value)) for name, value in self.asked.items() if value)
        return tuple(sorted(pair for pair in asked if pair[0] not in HOW_IT_IS_READ))

    @property
    def order(self) -> Order:
        return self.orders[self.asked.get("sort") or ""]

    @cached_property
    def place(self) -> Place | None:
        return Place.read(self.asked["after"], self.order) if self.asked["after"] else None

    def is_valid(self) -> bool:
        if super().is_valid():
            self.look_up()
        return bool(super().is_valid())

    def look_up(self) -> None:
        """Check what the form alone cannot tell."""
        try:
            _place = self.place
        except ValueError:
            self.form.add_error("after", _("This is not a place in this list. Begin at its start."))

    def page(self, columns: Iterable[str] = ()) -> Page:
        """The rows asked for, of these columns where they are enough."""
        rows = self.qs.only(*columns) if columns else self.qs
        return page_of(rows, self.order, self.asked["page_size"] or DEFAULT_SIZE, self.place)

    def refuse(self, name: str, value: str) -> None:
        message = _("There is no “%(value)s” here.")
        self.form.add_error(name, ValidationError(message, params={"value": value[:60]}))
