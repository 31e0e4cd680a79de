"""The terms of what waits for a second person: rows by their keys, days as texts."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from directory.models import Decision, Meeting, Organisation, Seat, Source, Term
from federation.models import Office, Status

DAY, ROW = "$day", "$row"
ROWS: dict[str, Any] = {
    model._meta.label_lower: model
    for model in (Decision, Meeting, Office, Organisation, Seat, Source, Status, Term)
}


def written(terms: Any) -> Any:
    """Terms, fit for JSON; what is empty is left out of what has names."""
    if isinstance(terms, dict):
        return {name: written(value) for name, value in terms.items() if value not in ("", None)}
    if isinstance(terms, list | tuple):
        return [written(value) for value in terms]
    if isinstance(terms, datetime.date):
        return {DAY: terms.isoformat()}
    if isinstance(terms, Model):
        return {ROW: [terms._meta.label_lower, str(terms.pk)]}
    return terms


def read(kept: Any) -> Any:
    """The terms again; ValidationError if a row that they name is no longer there."""
    if isinstance(kept, list):
        return [read(value) for value in kept]
    if not isinstance(kept, dict):
        return kept
    if DAY in kept:
        return datetime.date.fromisoformat(kept[DAY])
    if ROW in kept:
        label, key = kept[ROW]
        return _row(label, key)
    return {name: read(value) for name, value in kept.items()}


def _row(label: str, key: str) -> Any:
    rows = ROWS[label].objects
    if label == Status._meta.label_lower:
        rows = rows.select_related("federation")
    found = rows.filter(pk=key).first()
    if found is None:
        raise ValidationError(_("Something that this decision names is no longer there."))
    return found
