"""What happens because a day has come: the worker asks once an hour.

Each rule finds what is due and deals with each row in a transaction of its own; one that
fails is logged and stops no other. Run again, nothing happens twice.
"""

import datetime
import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from membership import deliberating
from membership.consultations import consulting
from membership.models import AffiliationRequest, Consultation, Consulted
from membership.requests import drafts, workflow
from membership.seconding import preparing

log = logging.getLogger(__name__)

# Sections that have not replied are reminded so many days before the last one.
REMINDED = (7, 1)


def run(today: datetime.date) -> None:
    """Everything that is due on that day, or was due earlier and has not happened."""
    each(ended_consultations, today, end_consultation)
    each(silent_sections, today, remind)
    each(unanswered_requests, today, workflow.lapse)
    each(drafts.ending_soon, today, partial(drafts.warn, today=today))
    each(drafts.ended, today, drafts.expire)
    each(preparing.void, today, preparing.drop)


def each(
    find: Callable[[datetime.date], Iterable[Any]], today: datetime.date, act: Callable[[Any], Any]
) -> None:
    """Deal with every row that is due; what goes wrong is logged and left for next time."""
    try:
        rows = list(find(today))
    except Exception as problem:  # noqa: BLE001 - one rule must not hold up the others
        log.error("%s found nothing: %s", find.__name__, type(problem).__name__)
        return
    for row in rows:
        try:
            with transaction.atomic():
                act(row)
        except Exception as problem:  # noqa: BLE001 - nor may one row
            what = type(problem).__name__  # its words may name a person
            log.error("a rule could not be applied to %s %s: %s", row._meta.label, row.pk, what)


# --- consultations --------------------------------------------------------------------------


def ended_consultations(today: datetime.date) -> Iterable[Consultation]:
    """Running ones whose last day is over."""
    found = Consultation.objects.running().filter(closes_on__lt=today)
    return list(found.select_related("request", "proceeding").order_by("closes_on", "pk"))


def end_consultation(consultation: Consultation) -> None:
    deliberating.conclude(consultation.subject)


def silent_sections(today: datetime.date) -> list[Consulted]:
    """Those without a reply for which a day of reminding has come that was not kept yet."""
    longest = today + datetime.timedelta(days=max(REMINDED))
    asked = Consulted.objects.filter(
        replies=None, consultation__closed_at=None, consultation__closes_on__gte=today,
        consultation__closes_on__lte=longest,
    )  # fmt: skip
    return [one for one in asked.select_related("consultation") if _is_due(one, today)]


def _is_due(asked: Consulted, today: datetime.date) -> bool:
    """Whether the newest day of reminding that has come lies after the last letter they got."""
    ends = asked.consultation.closes_on
    days = [ends - datetime.timedelta(days=before) for before in REMINDED]
    come = [day for day in days if day <= today]
    last = asked.reminded_at
    told_on = timezone.localdate(last) if last else asked.consultation.opens_on
    return bool(come) and told_on < max(come)


def remind(asked: Consulted) -> None:
    """One letter to those who speak for the section; whoever else is at it comes too late."""
    row = Consulted.objects.filter(pk=asked.pk, reminded_at=asked.reminded_at)
    if row.update(reminded_at=timezone.now()):
        consulting.tell_speakers(asked.consultation, [asked], "consultation_reminder")


# --- requests -------------------------------------------------------------------------------


def unanswered_requests(today: datetime.date) -> list[AffiliationRequest]:
    """Those whose day to answer is over, where the procedure lets them lapse."""
    waiting = AffiliationRequest.objects.filter(state=AffiliationRequest.State.NEEDS_ANSWER)
    late = waiting.filter(answer_due__lt=today, procedure__lapses=True)
    return list(late.order_by("answer_due", "pk"))
