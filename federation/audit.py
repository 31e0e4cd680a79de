"""The audit trail: events with record ids and field names, never with values (control C40)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from federation.logs import request_id
from federation.models import AuditEvent

Action = AuditEvent.Action


def record(
    action: AuditEvent.Action,
    obj: Model,
    *,
    by: Any = None,
    office: str = "",
    fields: Iterable[str] = (),
    note: str = "",
    federation: str = "",
) -> AuditEvent:
    """Append one event about `obj`, in the caller's transaction.

    `by` is an account or None for the public; `note` names a move, never a reason in
    somebody's words; `federation` is the slug of the federation whose coordinators may read it.
    """
    return AuditEvent.objects.create(
        action=action,
        actor=getattr(by, "pk", None),
        office=office,
        model=obj._meta.label,
        record=str(obj.pk),
        fields=sorted(fields),
        note=note,
        federation_slug=federation,
        request_id=request_id.get(),
    )
