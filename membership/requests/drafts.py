"""Drafts of requests: written part by part, kept for later, and deleted when nobody comes back."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from federation.limits import spend
from federation.models import Status
from federation.states import NotOpen
from membership.letters import sending
from membership.models import AffiliationRequest, Procedure
from membership.requests import documents, sections
from membership.requests.sections import Section

LETTERS_AN_HOUR = 5  # to one address
AT_A_TIME = 500
DRAFT = AffiliationRequest.State.DRAFT
KEPT = AffiliationRequest.KEPT_AS_DRAFT
WARNED_BEFORE = AffiliationRequest.WARNED_BEFORE


class WrittenElsewhere(Exception):
    """The same part was changed since the page was opened. `fresh` is the draft as it is now."""

    def __init__(self, fresh: AffiliationRequest) -> None:
        super().__init__("written elsewhere")
        self.fresh = fresh


@transaction.atomic
def save(
    draft: AffiliationRequest, section: Section, given: dict[str, Any], *, mark: str | None = None
) -> AffiliationRequest:
    """Write the answers of one section, and leave the others as they are.

    `mark` is that of the section when its page was opened. Raises WrittenElsewhere if somebody
    has written something else there since.
    """
    fresh = _locked(draft)
    before = sections.mark_of(fresh, section)
    for name in section.keys:
        if name in given:
            _write(fresh, name, given[name])
    if mark is not None and mark != before and sections.mark_of(fresh, section) != before:
        raise WrittenElsewhere(AffiliationRequest.objects.get(pk=draft.pk))
    return _changed(fresh)


@transaction.atomic
def stand_for(draft: AffiliationRequest, slug: str, *, others: list[str]) -> AffiliationRequest:
    """The applicant is the organisation of the directory at `slug`, or none of `others`."""
    fresh = _locked(draft)
    not_us = [*fresh.answers.get("not_us", []), *others]
    fresh.answers = {
        **fresh.answers,
        "organisation_slug": slug,
        "not_us": list(dict.fromkeys(not_us))[-100:],
    }
    return _changed(fresh)


@transaction.atomic
def keep_for_later(draft: AffiliationRequest) -> AffiliationRequest:
    """The applicant goes away; a letter tells the reference with which to come back."""
    fresh = _locked(draft)
    fresh.saved_at = timezone.now()
    fresh = _changed(fresh)
    hour = datetime.timedelta(hours=1)
    if spend("draft-saved", fresh.email, amount=LETTERS_AN_HOUR, per=hour):
        _tell(fresh, "draft_saved", last_day(fresh))
    return fresh


def last_day(draft: AffiliationRequest) -> datetime.date:
    """The last day on which the draft is there, if nobody changes it before."""
    return timezone.localdate(draft.changed_at + KEPT)


def ask_for(draft: AffiliationRequest, status: Status) -> None:
    """Ask for this status, by the procedure now in force for it; without saving.

    What only the former procedure asked is dropped, so that no answer stands under the
    question of another.
    """
    if draft.status_id == status.pk:
        return
    draft.status = status
    draft.procedure = Procedure.objects.of_status(status)
    only_there = {"questions", "sponsors", "agrees"}
    draft.answers = {name: value for name, value in draft.answers.items() if name not in only_there}


def _write(draft: AffiliationRequest, name: str, value: Any) -> None:
    if name == "status":
        ask_for(draft, draft.federation.statuses.open_to_requests().get(slug=value))
    elif name == "email":
        if value != draft.email:
            # A code that went to the former address says nothing about the new one.
            draft.email, draft.code_hash = value, ""
    else:
        draft.answers = {**draft.answers, name: value}


def _locked(draft: AffiliationRequest) -> AffiliationRequest:
    """The draft as it is now; whoever else writes to it waits until this is done."""
    rows = AffiliationRequest.objects.select_for_update(of=("self",)).select_related(
        "federation", "status", "procedure"
    )
    fresh: AffiliationRequest | None = rows.filter(pk=draft.pk).first()
    if fresh is None or fresh.state != DRAFT:
        raise NotOpen
    return fresh


def _changed(draft: AffiliationRequest) -> AffiliationRequest:
    draft.changed_at, draft.warned_at = timezone.now(), None
    draft.save()
    return draft


def _tell(draft: AffiliationRequest, letter: str, until: datetime.date) -> None:
    sending.tell(
        letter, draft.email, draft.language,
        federation=draft.federation, reference=draft.reference, until=until,
    )  # fmt: skip


# --- those that nobody comes back to ---------------------------------------------------------


def ending_soon(today: datetime.date) -> list[AffiliationRequest]:
    """Those kept for later that end within a week, and whose owners have not been told."""
    soon = today + WARNED_BEFORE + datetime.timedelta(days=1)
    due = _untouched_since(soon - KEPT).filter(saved_at__isnull=False, warned_at__isnull=True)
    return list(due[:AT_A_TIME])


def warn(draft: AffiliationRequest, today: datetime.date) -> None:
    """Write to its owner, once; the letter gives a week, even if it should have gone out before."""
    still = AffiliationRequest.objects.filter(
        pk=draft.pk, state=DRAFT, warned_at=None, changed_at=draft.changed_at
    )
    if still.update(warned_at=timezone.now()):
        _tell(draft, "draft_expires", max(last_day(draft), today + WARNED_BEFORE))


def ended(today: datetime.date) -> list[AffiliationRequest]:
    """Those whose last day is over. Who kept a draft for later was warned a week ago."""
    warned_long_ago = Q(warned_at__lt=_midnight(today - WARNED_BEFORE))
    over = _untouched_since(today - KEPT).filter(Q(saved_at__isnull=True) | warned_long_ago)
    return list(over[:AT_A_TIME])


def expire(draft: AffiliationRequest) -> None:
    """Delete it with its documents, unless somebody has gone on with it this very moment."""
    rows = AffiliationRequest.objects.filter(pk=draft.pk, state=DRAFT, changed_at=draft.changed_at)
    if rows.select_for_update().first():
        documents.remove_all([draft])
        rows.delete()


def _untouched_since(day: datetime.date) -> Any:
    """The drafts that nobody has changed on this day or later, the oldest first."""
    drafts = AffiliationRequest.objects.filter(state=DRAFT, changed_at__lt=_midnight(day))
    return drafts.select_related("federation").order_by("changed_at", "pk")


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
