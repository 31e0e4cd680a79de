"""Coordinators among themselves: who has taken a request on, and what they note for each other."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from directory.models.keepers import COORDINATOR, coordinators_in
from federation import audit
from federation.models import Federation, User
from federation.states import NotYours, Overtaken
from membership.letters import sending
from membership.models import AffiliationRequest, RequestNote

ANYBODY = object()


def coordinators(federation: Federation) -> list[User]:
    """Those who hold the office today and may sign in, by name."""
    people = coordinators_in(federation)
    return sorted(people, key=lambda person: (called(person).casefold(), str(person.pk)))


def called(person: User | None) -> str:
    """How colleagues call each other at the desk."""
    return (person.name or person.email) if person else ""


def assign(
    request: AffiliationRequest, *, by: Any, to: User | None, was: Any = ANYBODY,
    seen: int | None = None,
) -> AffiliationRequest:  # fmt: skip
    """Take a request on, give it to another coordinator of that federation, or give it back.

    `was` is the account (or nobody) that had it when the person looked, `seen` the last step.
    """
    with transaction.atomic():
        fresh = AffiliationRequest.objects.select_for_update().get(pk=request.pk)
        _may_assign(fresh, by, to)
        if seen is not None and fresh.step != seen:
            raise Overtaken(fresh.steps.filter(number__gt=seen))
        if was is not ANYBODY and fresh.assigned_to_id != was:
            raise Overtaken
        if fresh.assigned_to == to:
            return fresh
        fresh.assigned_to = to
        fresh.save(update_fields=["assigned_to"])
        audit.record(
            audit.Action.CHANGE, fresh, by=by, office=COORDINATOR, fields=["assigned_to"],
            federation=fresh.federation.slug,
        )  # fmt: skip
        if to is not None and to != by:
            sending.tell(
                "assigned", to.email, to.language, federation=fresh.federation,
                reference=fresh.reference,
            )  # fmt: skip
    return fresh


def _may_assign(request: AffiliationRequest, by: Any, to: User | None) -> None:
    _must_decide(request, by)
    if not request.is_open:
        raise ValidationError(_("It is decided already."))
    if to is not None and to not in coordinators(request.federation):
        raise ValidationError(_("This person coordinates another federation."))


def note(request: AffiliationRequest, *, by: Any, text: str) -> RequestNote:
    """Something for the colleagues alone. It is no step: it changes nothing."""
    _must_decide(request, by)
    with transaction.atomic():
        AffiliationRequest.objects.select_for_update().get(pk=request.pk)
        last: RequestNote | None = RequestNote.objects.filter(request=request).last()
        if last is not None and (last.by, last.text) == (by.pk, text):
            return last  # a second click
        made: RequestNote = RequestNote.objects.create(request=request, by=by.pk, text=text)
        audit.record(
            audit.Action.ADD, made, by=by, office=COORDINATOR, federation=request.federation.slug
        )
    return made


def notes_of(request: AffiliationRequest) -> list[dict[str, Any]]:
    """The notes with who wrote them, oldest first."""
    found = list(RequestNote.objects.filter(request=request))
    people = User.objects.in_bulk({one.by for one in found if one.by})
    return [{"at": one.at, "by": called(people.get(one.by)), "text": one.text} for one in found]


def _must_decide(request: AffiliationRequest, by: Any) -> None:
    if not AffiliationRequest.objects.managed_by(by).filter(pk=request.pk).exists():
        raise NotYours
