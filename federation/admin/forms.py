"""Forms of the panel: none saves over what somebody else changed in the meantime."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.text import get_text_list
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Print:
    """The fingerprint of a value as it was shown, and how people call the field."""

    label: str
    digest: str


Prints = dict[str, Print]


def prints_of(obj: Model, names: Iterable[str]) -> Prints:
    """A fingerprint for each of the named fields that the model has."""
    fields = (_field(obj, name) for name in names)
    return {
        field.name: Print(str(field.verbose_name), _digest(field.value_from_object(obj)))
        for field in fields
        if field is not None
    }


def print_of_rows(rows: QuerySet[Any], label: str) -> Print:
    """One fingerprint for a list of rows with all their fields."""
    return Print(label, _digest(list(rows.order_by("pk").values_list())))


def _field(obj: Model, name: str) -> "Field[Any, Any] | None":
    try:
        field = obj._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, Field) else None


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=lambda odd: getattr(odd, "token", str(odd)))
    return salted_hmac("federation.admin.seen", text).hexdigest()[:16]


class SeenMixin:
    """A form that carries what its page showed, in the hidden field `seen`.

    `now` holds the fingerprints of the stored row, taken under its lock. If they differ from
    what was seen, the form is refused with the names of what has changed; sent once more
    after that, it is accepted.
    """

    now: Prints = {}
    data: Any
    fields: Any

    def __init__(self, *args: Any, now: Prints | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = self.now if now is None else now
        self.overtaken: list[str] = []
        if not self.now:
            return
        seen = " ".join(f"{name}:{known.digest}" for name, known in self.now.items())
        self.fields["seen"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=seen
        )
        if self.is_bound:  # type: ignore[attr-defined]
            key = self.add_prefix("seen")  # type: ignore[attr-defined]
            then = dict(part.partition(":")[::2] for part in str(self.data.get(key, "")).split())
            self.overtaken = [k.label for name, k in self.now.items() if then.get(name) != k.digest]
            self.data = self.data.copy()
            self.data[key] = seen

    def clean(self) -> Any:
        cleaned = super().clean()  # type: ignore[misc]
        if self.overtaken:
            raise ValidationError(
                _(
                    "Somebody else has meanwhile changed: %(what)s. Nothing of yours was saved. "
                    "Open this page anew to see how it stands; if you save once more, your "
                    "entries take its place."
                ),
                params={"what": get_text_list(self.overtaken, _("and"))},
            )
        return cleaned


class ScopedForm(SeenMixin, forms.ModelForm):  # type: ignore[type-arg]
    """The form of a row. `refusal` is what a door said to the same data a moment ago."""

    refusal: ValidationError | None = None

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.refusal is not None:
            raise ValidationError(self.refusal.messages)
        return cleaned


class SearchSelect(AutocompleteSelect):
    """Django's select with search, which without JavaScript is a plain list of all choices."""

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> Any:
        return forms.Select.optgroups(self, name, value, attrs)
