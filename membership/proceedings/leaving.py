"""What the moves of proceedings bring about: leaving, resting, returning, changing, merging.

The table of legal moves stands at the model, with what is forbidden until something else was
done; `federation.states.move` is the door. What is decided goes through `directory.decisions`.
"""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory import decisions
from directory.models import Body, Meeting
from directory.models.keepers import COORDINATOR, SECRETARY
from federation.models import StoredFile
from federation.states import move
from membership import deliberating
from membership.consultations import consulting
from membership.letters.telling import tell, tell_deciders, tell_organisation
from membership.models import Proceeding
from membership.proceedings import outcomes
from membership.proceedings.demands import demand
from membership.proceedings.opening import only_open_one, open_proceeding
from membership.proceedings.outcomes import Outcome, Verdict
from membership.seconding import preparing
from membership.seconding.rule import wants_second

# --- what the organisation does -------------------------------------------------------------


def speak(proceeding: Proceeding, *, by: Any, note: str, seen: int | None = None) -> Proceeding:
    """The organisation says what it has to say; those who decide read it word for word."""

    def effects(fresh: Proceeding) -> None:
        tell_deciders(fresh, "statement_given")

    return move(proceeding, "speak", by=by, office=SECRETARY, note=note, seen=seen, effects=effects)


def retract(
    proceeding: Proceeding, *, by: Any, note: str = "", seen: int | None = None
) -> Proceeding:
    """The organisation takes back what it asked for itself."""

    def effects(fresh: Proceeding) -> None:
        consulting.break_off(fresh)
        tell_deciders(fresh)

    return move(
        proceeding, "retract", by=by, office=SECRETARY, note=note, seen=seen, effects=effects
    )


def appeal(proceeding: Proceeding, *, by: Any, note: str, seen: int | None = None) -> Proceeding:
    """One that was put out appeals, once, to the body that the procedure names for it.

    What was decided stands until that body decides: what it decides corrects it.
    """

    def effects(fresh: Proceeding) -> None:
        fresh.meeting = None
        fresh.save(update_fields=["meeting"])
        tell_deciders(fresh, "appealed")

    # Another one of the same kind may be open meanwhile.
    with only_open_one():
        return move(
            proceeding, "appeal", by=by, office=SECRETARY, note=note, seen=seen, effects=effects
        )


# --- what the other organisation says -------------------------------------------------------


def agree(proceeding: Proceeding, *, by: Any, note: str, seen: int | None = None) -> Proceeding:
    """The other organisation has decided that it wants the merger, or the split."""
    return _answered(proceeding, "agree", by, note, seen)


def object_to(proceeding: Proceeding, *, by: Any, note: str, seen: int | None = None) -> Proceeding:
    """The other organisation does not want it; unless it changes its mind nobody can decide so."""
    return _answered(proceeding, "object", by, note, seen)


def attest(proceeding: Proceeding, *, by: Any, note: str, seen: int | None = None) -> Proceeding:
    """The desk has asked one that has no secretary here, and says how."""
    return _answered(proceeding, "attest", by, note, seen)


def _answered(
    proceeding: Proceeding, verb: str, by: Any, note: str, seen: int | None
) -> Proceeding:
    def effects(fresh: Proceeding) -> None:
        fresh.other_agrees = verb != "object"
        fresh.save(update_fields=["other_agrees"])
        tell_organisation(fresh, "other_answered")
        if by_other:
            tell_deciders(fresh, "other_answered")

    by_other = proceeding.move_named(verb).who == "other"
    office = SECRETARY if by_other else COORDINATOR
    return move(proceeding, verb, by=by, office=office, note=note, seen=seen, effects=effects)


# --- what the federation does ---------------------------------------------------------------


def hear(
    proceeding: Proceeding, *, by: Any, note: str, until: datetime.date, seen: int | None = None
) -> Proceeding:
    """Ask the organisation to speak until that day. A day once given is not made an earlier one."""

    def effects(fresh: Proceeding) -> None:
        soonest = timezone.localdate() + Proceeding.HEARD_FOR
        if until < max(soonest, fresh.hearing_until or soonest):
            raise ValidationError(
                {"until": _("Give it a week at least, and no less than it was given before.")}
            )
        fresh.hearing_until = until
        fresh.full_clean()
        fresh.save(update_fields=["hearing_until"])
        tell_organisation(fresh, "hearing", until=until)

    return move(
        proceeding, "hear", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects
    )


# The same moves as those of a request.
consult, conclude, defer = deliberating.consult, deliberating.conclude, deliberating.defer


def drop(proceeding: Proceeding, *, by: Any, note: str, seen: int | None = None) -> Proceeding:
    """It ends without a decision."""

    def effects(fresh: Proceeding) -> None:
        consulting.break_off(fresh)
        tell_organisation(fresh, "proceeding_decided")

    return move(
        proceeding, "drop", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects
    )


# --- decisions ------------------------------------------------------------------------------


def decide(
    proceeding: Proceeding, *, by: Any, verdict: Verdict, seen: int | None = None, **terms: Any
) -> Proceeding:
    """Record what the body decided, or keep it for a second person if the procedure wants two.

    `terms` are those of `record`; the statuses follow from what is recorded.
    """
    _demand_outcome(proceeding, verdict)
    with transaction.atomic():
        if not needs_second(proceeding, verdict):
            return record(proceeding, by=by, verdict=verdict, seen=seen, **terms)
        preview(proceeding, by=by, verdict=verdict, seen=seen, **terms)
        fresh = Proceeding.objects.get(pk=proceeding.pk)
        kept = {**terms, "verdict": vars(verdict), "seen": fresh.step}
        preparing.prepare(fresh.federation, by=by, terms=kept, proceeding=fresh)
    return fresh


def _demand_outcome(proceeding: Proceeding, verdict: Verdict) -> None:
    if verdict.outcome not in outcomes.OUTCOMES[proceeding.kind]:
        raise ValidationError({"outcome": _("This cannot come out of such a proceeding.")})


def needs_second(proceeding: Proceeding, verdict: Verdict) -> bool:
    """Whether a second person has to confirm what the body decided."""
    effects = outcomes.effects(proceeding, verdict)
    return wants_second(proceeding.federation, effects, corrects=proceeding.decision_now)


def record(
    proceeding: Proceeding,
    *,
    by: Any,
    verdict: Verdict,
    body: str,
    note: str = "",
    place: str = "",
    reference: str = "",
    texts: dict[str, str] | None = None,
    document: StoredFile | None = None,
    leads_to: str = "",
    meeting: Meeting | None = None,
    seen: int | None = None,
) -> Proceeding:
    """Record what the body decided, in one transaction with what follows from it.

    A suspension may lead to the next proceeding, of the kind `leads_to`, at `meeting`.
    """

    def effects(fresh: Proceeding) -> None:
        demand(fresh, verdict, body, leads_to, meeting)
        former = fresh.decision_now
        fresh.decision = decisions.record(
            federation=fresh.federation,
            body=body,
            decided_on=verdict.decided_on,
            place=place,
            reference=reference,
            texts=texts,
            meeting=fresh.meeting if fresh.meeting and fresh.meeting.body == body else None,
            effects=outcomes.effects(fresh, verdict),
            document=document,
            corrects=former,
            correction_note=_("Decided on appeal.") if former else "",
            by=by,
            office=COORDINATOR,
        )
        fresh.save(update_fields=["decision"])
        if leads_to:
            _go_on(fresh, by, verdict, leads_to, meeting)
        tell_organisation(fresh, "proceeding_decided")
        tell(fresh.others(), fresh, "proceeding_decided")

    return move(
        proceeding, "decide", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects
    )


def _go_on(
    proceeding: Proceeding, by: Any, verdict: Verdict, kind: str, meeting: Meeting | None
) -> Proceeding:
    """Whoever is suspended until a congress decides stands on the list of that congress."""
    if verdict.outcome != Outcome.SUSPEND or kind not in outcomes.NEXT:
        raise ValidationError({"leads_to": _("Only a suspension leads to something else.")})
    if meeting is None:
        raise ValidationError({"meeting": _("Choose the meeting that decides on it.")})
    follows = _("It follows from %(reference)s.") % {"reference": proceeding.reference}
    following = open_proceeding(
        kind=kind,
        organisation=proceeding.organisation,
        federation=proceeding.federation,
        by=by,
        office=COORDINATOR,
        grounds=f"{follows}\n\n{proceeding.grounds}"[:5000],
    )
    return defer(following, by=by, note=follows, meeting=meeting)


def preview(proceeding: Proceeding, *, by: Any, verdict: Verdict, **terms: Any) -> list[str]:
    """What would change, in words; raises what `decide` would raise. Nothing is changed."""
    _demand_outcome(proceeding, verdict)
    with transaction.atomic():
        record(proceeding, by=by, verdict=verdict, **terms)
        transaction.set_rollback(True)
    said = outcomes.in_words(proceeding, verdict)
    if terms.get("leads_to"):
        text = _("What then comes on the list of %(meeting)s: %(kind)s.")
        kind = Proceeding.Kind(terms["leads_to"]).label
        said.append(text % {"meeting": terms["meeting"], "kind": kind})
    return said


def first_body(proceeding: Proceeding) -> str:
    """The body that is likely to have decided."""
    return proceeding.deciding_body or (Body.SECRETARIAT if proceeding.is_own_withdrawal else "")
