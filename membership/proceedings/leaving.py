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
from directory.models.keepers import COORDINATOR, SECRETARY, secretaries_of
from federation.models import StoredFile
from federation.states import RULE, move
from membership.consultations import consulting
from membership.models import Procedure, Proceeding
from membership.proceedings import outcomes
from membership.proceedings.concerned import tell, tell_coordinators, tell_organisation
from membership.proceedings.opening import open_proceeding
from membership.proceedings.outcomes import Outcome, Verdict

# --- what the organisation does -------------------------------------------------------------


def speak(proceeding: Proceeding, *, by: Any, note: str, seen: int | None = None) -> Proceeding:
    """The organisation says what it has to say; those who decide read it word for word."""

    def effects(fresh: Proceeding) -> None:
        tell_coordinators(fresh, "statement_given")

    return move(proceeding, "speak", by=by, office=SECRETARY, note=note, seen=seen, effects=effects)


def retract(
    proceeding: Proceeding, *, by: Any, note: str = "", seen: int | None = None
) -> Proceeding:
    """The organisation takes back what it asked for itself."""

    def effects(fresh: Proceeding) -> None:
        consulting.break_off(fresh)
        tell_coordinators(fresh, "waiting")

    return move(
        proceeding, "retract", by=by, office=SECRETARY, note=note, seen=seen, effects=effects
    )


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


def consult(
    proceeding: Proceeding, *, by: Any, note: str = "", seen: int | None = None
) -> Proceeding:
    """Ask the sections, by the procedure in force for the status that the organisation has."""

    def effects(fresh: Proceeding) -> None:
        if fresh.bond is not None:  # the model forbids it else
            consulting.begin(fresh, Procedure.objects.of_status(fresh.bond.status))

    with transaction.atomic():
        done = move(
            proceeding, "consult", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects
        )
        return conclude(done) if consulting.asks_nobody(done) else done


def conclude(
    proceeding: Proceeding, *, by: Any = RULE, note: str = "", seen: int | None = None
) -> Proceeding:
    """Count the replies of the sections and freeze the result; `by` nobody when its day is over."""

    def effects(fresh: Proceeding) -> None:
        consulting.close(fresh.last_consultation)
        tell_coordinators(fresh, "consultation_closed")

    verb, office = ("expire", "") if by is RULE else ("conclude", COORDINATOR)
    return move(proceeding, verb, by=by, office=office, note=note, seen=seen, effects=effects)


def defer(
    proceeding: Proceeding, *, by: Any, note: str, meeting: Meeting, seen: int | None = None
) -> Proceeding:
    """Put it on the list of a coming meeting."""

    def effects(fresh: Proceeding) -> None:
        if meeting.federation_id != fresh.federation_id:
            raise ValidationError({"meeting": _("This is a meeting of another federation.")})
        fresh.meeting = meeting
        fresh.save(update_fields=["meeting"])
        tell_organisation(fresh, "proceeding_opened")

    return move(
        proceeding, "defer", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects
    )


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
    """Record what the body decided; the statuses follow from it.

    A suspension may lead to the next proceeding, of the kind `leads_to`, on the list of `meeting`.
    """
    if verdict.outcome not in outcomes.OUTCOMES[proceeding.kind]:
        raise ValidationError({"outcome": _("This cannot come out of such a proceeding.")})

    def effects(fresh: Proceeding) -> None:
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
            by=by,
            office=COORDINATOR,
        )
        fresh.save(update_fields=["decision"])
        if leads_to:
            _go_on(fresh, by, verdict, leads_to, meeting)
        tell_organisation(fresh, "proceeding_decided")
        tell(secretaries_of(fresh.other) if fresh.other else (), fresh, "proceeding_decided")

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


class _OnlyLooking(Exception):
    """Takes a decision back that was made to see whether it could be."""


def preview(proceeding: Proceeding, *, by: Any, verdict: Verdict, **terms: Any) -> list[str]:
    """What would change, in words; raises what `decide` would raise. Nothing is changed."""
    try:
        with transaction.atomic():
            decide(proceeding, by=by, verdict=verdict, **terms)
            raise _OnlyLooking
    except _OnlyLooking:
        said = outcomes.in_words(proceeding, verdict)
    if terms.get("leads_to"):
        text = _("What then comes on the list of %(meeting)s: %(kind)s.")
        kind = Proceeding.Kind(terms["leads_to"]).label
        said.append(text % {"meeting": terms["meeting"], "kind": kind})
    return said


def first_body(proceeding: Proceeding) -> str:
    """The body that is likely to have decided."""
    if proceeding.meeting is not None:
        return str(proceeding.meeting.body)
    if proceeding.is_own_withdrawal:
        return Body.SECRETARIAT
    bond = proceeding.bond
    rules = Procedure.objects.in_force().filter(status=bond.status).first() if bond else None
    return rules.body if rules else ""
