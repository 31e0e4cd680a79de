"""What moves take, as the schema tells it: read off the forms of the pages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from rest_framework import serializers

SEEN = "The number of the last step that was read."
# Programs send single values as JSON: neither files nor several of a list.
LEFT_OUT = (forms.FileField, forms.MultipleChoiceField)
TYPES: dict[Any, Any] = {
    forms.IntegerField: serializers.IntegerField,
    forms.DateField: serializers.DateField,
    forms.BooleanField: serializers.BooleanField,
}


def shape_of(name: str, found: Mapping[str, Any], **more: Any) -> type[serializers.Serializer[Any]]:
    """A shape of that name with the fields of the forms, which `found` has by move, and `more`."""
    moves: dict[str, list[str]] = {}
    kinds: dict[str, Any] = {}
    for move, form in sorted(found.items()):
        for field, filled in form.base_fields.items():
            if not isinstance(filled, LEFT_OUT):
                moves.setdefault(field, []).append(move)
                kinds.setdefault(field, filled)
    fields: dict[str, Any] = {
        field: _kind(filled)(required=False, help_text=_about(field, moves[field]))
        for field, filled in kinds.items()
    }
    about = "What a move takes: `seen` and the fields of its form on the page."
    return type(name, (serializers.Serializer,), {**fields, **more, "__doc__": about})


def _kind(filled: forms.Field) -> Any:
    return next(
        (kind for of, kind in TYPES.items() if isinstance(filled, of)), serializers.CharField
    )


def _about(field: str, moves: list[str]) -> str:
    return SEEN if field == "seen" else f"Of {', '.join(moves)}."
