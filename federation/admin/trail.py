"""Audit events in words, with links to those of their rows that the reader may open."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse

from federation.models import AuditEvent


def explained(events: Iterable[AuditEvent], request: HttpRequest, panel: Any) -> list[Any]:
    """The events with `kind`, what the record is called, and `page`, empty where it is not theirs.

    One query for each kind of record, whatever the number of events.
    """
    shown: list[Any] = list(events)
    records = defaultdict(set)
    for event in shown:
        records[event.model].add(event.record)
    reachable = {label: _reachable(label, ids, request, panel) for label, ids in records.items()}
    for event in shown:
        model = _model(event.model)
        event.kind = str(model._meta.verbose_name) if model else event.model
        event.page = reachable[event.model].get(event.record, "")
    return shown


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
