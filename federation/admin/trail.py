"""Audit events in words, with links to those of their rows that the reader may open."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Field, Model
from django.http import HttpRequest
from django.urls import reverse

from federation.models import AuditEvent


def explained(events: Iterable[AuditEvent], request: HttpRequest, panel: Any) -> list[Any]:
    """The events with `kind`, `labels` of the fields, `is_mine`, and `page` if it is in scope.

    One query for each kind of record, whatever the number of events.
    """
    shown: list[Any] = list(events)
    records = defaultdict(set)
    for event in shown:
        records[event.model].add(event.record)
    reachable = {label: _reachable(label, ids, request, panel) for label, ids in records.items()}
    for event in shown:
        model = _model(event.model)
        event.kind = kind_of(event.model)
        event.labels = [label_of(model, name) for name in event.fields] if model else event.fields
        event.page = reachable[event.model].get(event.record, "")
        event.is_mine = event.actor == request.user.pk
    return shown


def kind_of(label: str) -> str:
    """What people call the kind of record that the trail names by its label (`app.Model`)."""
    model = _model(label)
    return str(model._meta.verbose_name) if model else label


def _reachable(label: str, ids: set[str], request: HttpRequest, panel: Any) -> dict[str, str]:
    """Addresses of the pages of those rows that are in scope, by id."""
    model = _model(label)
    known = panel.registered(model) if model else None
    if known is None or not known.has_view_permission(request):
        return {}
    rows = known.get_queryset(request).order_by().filter(pk__in=ids)
    page = f"admin:{known.opts.app_label}_{known.opts.model_name}_change"
    return {str(pk): reverse(page, args=[pk]) for pk in rows.values_list("pk", flat=True)}


def _model(label: str) -> Any:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def label_of(model: type[Model], name: str) -> str:
    """The field as people call it; the bare name if the model has no such field any more."""
    field = next((field for field in model._meta.get_fields() if _name(field) == name), None)
    if isinstance(field, Field):
        return str(field.verbose_name)
    return str(field.related_model._meta.verbose_name_plural) if field is not None else name


def _name(field: Any) -> str:
    return field.name if isinstance(field, Field) else str(field.get_accessor_name())
