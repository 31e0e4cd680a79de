"""Decisions that wait for a second person: kept, taken up once, sent back, withdrawn."""

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory import decisions
from directory.models import Decision, Term
from directory.models.keepers import COORDINATOR, coordinators_in
from federation import audit
from federation.files import keeping
from federation.files.cleaning import Clean
from federation.models import AuditEvent, Federation, User
from federation.states import NeedsReason, NotOpen, NotYours
from membership.letters import sending
from membership.models import PreparedDecision, Proceeding
from membership.seconding.terms import written

OVER = _("It waits no longer: somebody has confirmed it, sent it back or withdrawn it.")


class YoursAlready(NotYours):
    """Two persons are two."""

    message = _("Another coordinator confirms it; you cannot.")


def prepare(
    federation: Federation,
    *,
    by: Any,
    terms: dict[str, Any],
    document: Clean | None = None,
    proceeding: Proceeding | None = None,
) -> PreparedDecision:
    """Keep a decision for a second person; the other coordinators get a letter.

    A second click comes to the same row. Of one proceeding the newer takes the place of the
    one before.
    """
    kept = written(terms)
    with transaction.atomic():
        decisions.wait_for_others(federation)
        twin = _twin(federation, by, proceeding, kept)
        if twin is not None:
            return twin
        if proceeding is not None:
            for former in PreparedDecision.objects.filter(proceeding=proceeding):
                drop(former)
        made = PreparedDecision(federation=federation, proceeding=proceeding, by=by.pk)
        made.terms = kept
        made.document = keeping.keep(document) if document else None
        made.full_clean()
        made.save()
        _note(made, audit.Action.ADD, by, "prepare")
        _tell("proposal_waits", made, coordinators_in(federation).exclude(pk=by.pk))
    return made


def take(prepared: PreparedDecision, *, by: Any) -> None:
    """The second person takes it up, in the transaction in which it is recorded."""
    _demand_second(prepared, by)
    decisions.wait_for_others(prepared.federation)
    _claim(prepared)


def name_both(prepared: PreparedDecision, made: Decision | Term, *, by: Any) -> None:
    """The trail of what was recorded says who prepared it and who confirmed it."""
    for verb, person in (("prepare", User(pk=prepared.by)), ("confirm", by)):
        audit.record(
            audit.Action.MOVE, made, by=person, office=COORDINATOR, note=verb,
            federation=prepared.federation.slug,
        )  # fmt: skip


def send_back(prepared: PreparedDecision, *, by: Any, reason: str) -> PreparedDecision:
    """Another coordinator does not confirm it; whoever prepared it reads why."""
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic():
        _demand_second(prepared, by)
        fresh: PreparedDecision | None = (
            PreparedDecision.objects.select_for_update()
            .filter(pk=prepared.pk, sent_back_at=None)
            .first()
        )
        if fresh is None:
            raise NotOpen(OVER)
        fresh.reason, fresh.sent_back_at, fresh.sent_back_by = reason, timezone.now(), by.pk
        fresh.full_clean()
        fresh.save(update_fields=["reason", "sent_back_at", "sent_back_by"])
        _note(fresh, audit.Action.MOVE, by, "send_back")
        _tell("waiting", fresh, _author(fresh))
    return fresh


def taken_up(key: str, federation: Federation, *, by: Any) -> PreparedDecision | None:
    """What came back to whoever prepared it by hand, who takes it up again."""
    try:
        pk = uuid.UUID(key)
    except ValueError:
        return None
    found: PreparedDecision | None = federation.prepared.filter(
        pk=pk, by=by.pk, proceeding=None, sent_back_at__isnull=False
    ).first()
    return found


def was_there(key: uuid.UUID, *, by: Any) -> bool:
    """Whether this waited in one of the person's federations, and waits no longer."""
    mine = Federation.objects.coordinated_by(by).values("slug")
    told = AuditEvent.objects.filter(model=PreparedDecision._meta.label, record=str(key))
    return bool(told.filter(federation_slug__in=mine).exists())


def withdraw(prepared: PreparedDecision, *, by: Any) -> None:
    """Whoever prepared it takes it away; what was sent back any coordinator may clear away."""
    with transaction.atomic():
        fresh = PreparedDecision.objects.select_for_update().filter(pk=prepared.pk).first()
        if fresh is None:
            raise NotOpen(OVER)
        if not is_coordinator(fresh, by) or (fresh.by != by.pk and fresh.sent_back_at is None):
            raise NotYours
        _note(fresh, audit.Action.DELETE, by, "withdraw")
        drop(fresh)


def void(today: datetime.date) -> list[PreparedDecision]:
    """What was prepared in proceedings that have moved on since."""
    return list(PreparedDecision.objects.void())


def drop(prepared: PreparedDecision) -> None:
    """With its document, which belongs to no decision."""
    file = prepared.document
    prepared.delete()
    if file is not None:
        file.delete()


def is_coordinator(prepared: PreparedDecision, person: Any) -> bool:
    return PreparedDecision.objects.managed_by(person).filter(pk=prepared.pk).exists()


def _demand_second(prepared: PreparedDecision, by: Any) -> None:
    """Another coordinator than the one who prepared it, whether that one is still in office."""
    if prepared.by == by.pk:
        raise YoursAlready
    mine = Federation.objects.coordinated_by(by).filter(pk=prepared.federation_id)
    if not mine.exists():
        raise NotYours


def _claim(prepared: PreparedDecision) -> None:
    """Nobody takes up what somebody else has confirmed, sent back or withdrawn."""
    waiting = PreparedDecision.objects.filter(pk=prepared.pk, sent_back_at=None)
    gone, _by_model = waiting.delete()
    if not gone:
        raise NotOpen(OVER)


def _twin(
    federation: Federation, by: Any, proceeding: Proceeding | None, kept: dict[str, Any]
) -> PreparedDecision | None:
    same = PreparedDecision.objects.filter(
        federation=federation, proceeding=proceeding, by=by.pk, sent_back_at=None
    )
    return next((one for one in same if one.terms == kept), None)


def _author(prepared: PreparedDecision) -> list[User]:
    """Whoever prepared it, while still in office."""
    return [person for person in coordinators_in(prepared.federation) if person.pk == prepared.by]


def _note(prepared: PreparedDecision, action: audit.Action, by: Any, verb: str) -> None:
    audit.record(
        action, prepared, by=by, office=COORDINATOR, note=verb,
        federation=prepared.federation.slug,
    )  # fmt: skip


def _tell(letter: str, prepared: PreparedDecision, people: Any) -> None:
    """Letters about a decision that has no reference yet name the federation."""
    proceeding, federation = prepared.proceeding, prepared.federation
    named = proceeding.reference if proceeding else (federation.acronym or federation.slug)[:12]
    for person in people:
        sending.tell(
            letter, person.email, person.language, federation=federation,
            reference=named,
            link=reverse("membership:coordination_prepared", args=[prepared.pk]),
        )  # fmt: skip
