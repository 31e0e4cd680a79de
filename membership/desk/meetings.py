"""Coming and past meetings of a federation's bodies, and what is on their lists."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import Decision, Meeting
from directory.models.keepers import COORDINATOR
from federation import audit
from federation.models import Federation
from membership.models import AffiliationRequest, Proceeding
from membership.requests import workflow


def coming(federation: Federation, bodies: Iterable[str] | None = None) -> "QuerySet[Meeting]":
    """Those whose last day is not over, or whose day is not fixed; of these bodies alone."""
    today = timezone.localdate()
    found: QuerySet[Meeting] = Meeting.objects.filter(federation=federation).filter(
        Q(day=None) | Q(day__gte=today) | Q(ends_on__gte=today)
    )
    if bodies is not None:
        found = found.filter(body__in=list(bodies))
    return found.select_related("federation")


def save(meeting: Meeting, *, by: Any, fields: Iterable[str] = ()) -> Meeting:
    """Note a meeting or a change of it, and who did."""
    action = audit.Action.CHANGE if meeting.pk else audit.Action.ADD
    with transaction.atomic():
        meeting.save()
        audit.record(
            action, meeting, by=by, office=COORDINATOR, fields=fields,
            federation=meeting.federation.slug,
        )  # fmt: skip
    return meeting


def note_new(meeting: Meeting, *, by: Any, fields: Iterable[str] = ()) -> Meeting:
    """Note a meeting; by a second click it is the one that the first has just noted."""
    with transaction.atomic():
        Federation.objects.select_for_update(no_key=True).get(pk=meeting.federation_id)
        alike = Meeting.objects.filter(
            federation=meeting.federation, body=meeting.body, day=meeting.day,
            ends_on=meeting.ends_on, place=meeting.place,
        ).select_related("federation")  # fmt: skip
        twin = next((one for one in alike if one.titles == meeting.titles), None)
        return twin or save(meeting, by=by, fields=fields)


def defer(
    request: AffiliationRequest,
    *,
    by: Any,
    note: str,
    meeting: Meeting | None = None,
    body: str = "",
    day: datetime.date | None = None,
    place: str = "",
    seen: int | None = None,
) -> AffiliationRequest:
    """Put a request off to a meeting, or to one that is noted with it. Both happen, or neither."""
    with transaction.atomic():
        if meeting is None:
            if body not in request.defers_to:
                raise ValidationError({"body": _("The procedure puts nothing off to this body.")})
            meeting = Meeting(federation=request.federation, body=body, day=day, place=place)
            meeting.full_clean()
            save(meeting, by=by, fields=["body", "day", "place"])
        return workflow.defer(request, by=by, note=note, meeting=meeting, seen=seen)


# --- what is on its list --------------------------------------------------------------------


def requests_on(meeting: Meeting) -> list[AffiliationRequest]:
    """Those that wait for it, oldest first."""
    found = AffiliationRequest.objects.filter(
        meeting=meeting, state=AffiliationRequest.State.DEFERRED
    )
    return list(found.select_related("organisation", "status__federation", "procedure"))


def proceedings_on(meeting: Meeting) -> list[Proceeding]:
    """Those about organisations that are affiliated already."""
    found = Proceeding.objects.filter(meeting=meeting, state=Proceeding.State.DEFERRED)
    return list(found.select_related("organisation", "other"))


def decided_at(meeting: Meeting) -> list[Decision]:
    """What has been recorded of it, the first decision first."""
    found = Decision.objects.filter(meeting=meeting).prefetch_related(
        "effects__organisation", "effects__status__federation", "effects__other"
    )
    return list(found.order_by("decided_on", "pk"))
