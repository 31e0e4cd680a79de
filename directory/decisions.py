"""The door through which decisions are recorded. What a body decided changes the statuses here.

One transaction writes the decision, its effects, what follows from them in the register of
affiliations, and the next link of the chain. Decisions of one federation follow each other
one by one: its row is locked meanwhile.
"""

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from directory import corrections, register
from directory.effects import happen, others_in_country, running_bond
from directory.models import Decision, Effect, Meeting
from federation import audit
from federation.models import Federation, StoredFile

__all__ = ["alike", "others_in_country", "record", "running_bond", "wait_for_others"]

Terms = dict[str, Any]


def record(
    *,
    federation: Federation,
    body: str,
    decided_on: datetime.date,
    by: Any,
    effects: Iterable[Terms] = (),
    place: str = "",
    reference: str = "",
    texts: dict[str, str] | None = None,
    meeting: Meeting | None = None,
    corrects: Decision | None = None,
    correction_note: str = "",
    document: StoredFile | None = None,
    document_is_public: bool = False,
    office: str = "",
) -> Decision:
    """Record a decision with its effects, each the fields of an `Effect`, and let them happen.

    A decision that `corrects` another takes back what that one did before its own effects; if
    it has the same effects, they stand and rest on the new one. Raises ValidationError if a
    rule of the federation or the register forbids it; then nothing is changed. Where an effect
    is refused, the error's `effect` is its place.
    """
    with transaction.atomic():
        wait_for_others(federation)
        decision = Decision(
            federation=federation,
            body=body,
            decided_on=decided_on,
            place=place,
            reference=reference,
            texts=texts or {},
            meeting=meeting,
            corrects=corrects,
            correction_note=correction_note,
            document=document,
            document_is_public=document_is_public,
        )
        _belongs_together(decision)
        decision.full_clean()
        decision.save()
        written = [_written(decision, place, terms) for place, terms in enumerate(effects)]
        _follow(decision, written, by, office)
        register.append(decision)
        audit.record(
            audit.Action.ADD, decision, by=by, office=office, fields=["effects"],
            federation=federation.slug,
        )  # fmt: skip
    return decision


def _follow(decision: Decision, effects: list[Effect], by: Any, office: str) -> None:
    """What the decision brings about; before that, what the one it corrects did is taken back."""
    corrected = decision.corrects
    if corrected is not None and corrections.same(corrected, effects):
        corrections.rest(corrected, decision, by, office)
        return
    if corrected is not None:
        corrections.take_back(corrected, decision, by, office)
    for effect in effects:
        with _told(effect.position):
            happen(effect, by, office)
    if corrected is not None:
        corrections.refuse_second(corrected)


def alike(
    *,
    federation: Federation,
    effects: Iterable[Terms] = (),
    texts: dict[str, str] | None = None,
    by: Any = None,
    office: str = "",
    **words: Any,
) -> Decision | None:
    """The decision that stands in the register in just these words and with these effects."""
    written = [Effect(**terms) for terms in effects]
    found = Decision.objects.filter(federation=federation, corrected_by=None, **words)
    same = (
        one
        for one in found.prefetch_related("effects")
        if one.texts == (texts or {}) and corrections.same(one, written)
    )
    return next(same, None)


def wait_for_others(federation: Federation) -> None:
    """Until the transaction ends, no other decision of the federation is recorded.

    The weaker lock: rows that only name the federation can be written meanwhile, and nobody
    who has just written one waits here for somebody who waits for them.
    """
    Federation.objects.select_for_update(no_key=True).get(pk=federation.pk)


def _belongs_together(decision: Decision) -> None:
    federation, meeting, corrects = decision.federation, decision.meeting, decision.corrects
    if meeting and meeting.federation_id != federation.pk:
        raise ValidationError({"meeting": _("This is a meeting of another federation.")})
    if corrects is None:
        return
    if corrects.federation_id != federation.pk:
        raise ValidationError({"corrects": _("This was recorded by another federation.")})
    if Decision.objects.filter(corrects=corrects).exists():
        raise ValidationError(
            {"corrects": _("This decision has been corrected already. Correct the correction.")}
        )


def _written(decision: Decision, position: int, terms: Terms) -> Effect:
    effect = Effect(decision=decision, position=position, **terms)
    effect.named = _names(effect)
    with _told(position):
        effect.full_clean()
    effect.save()
    return effect


@contextmanager
def _told(position: int) -> Iterator[None]:
    """A refusal says at which effect it came."""
    try:
        yield
    except ValidationError as refusal:
        refusal.effect = position  # type: ignore[attr-defined]
        raise


def _names(effect: Effect) -> dict[str, str]:
    named = {"organisation": effect.organisation.name}
    if effect.status:
        named["status"] = effect.status.slug
    if effect.other:
        named["other"] = effect.other.name
    return named
