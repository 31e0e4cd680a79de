"""The moves that requests and proceedings share on their way to a decision.

The sections are asked, their replies are counted, it is put off to a meeting; and who decides
is a rule of the procedure.
"""

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from directory.models import Body, Meeting
from directory.models.keepers import COORDINATOR
from federation.states import RULE, move
from membership.consultations import consulting
from membership.letters.telling import tell_applicant, tell_deciders, tell_organisation
from membership.models import AffiliationRequest, Proceeding

S = TypeVar("S", bound=AffiliationRequest | Proceeding)


def consult(subject: S, *, by: Any, note: str = "", seen: int | None = None) -> S:
    """Ask the sections that the procedure names, from today on; with nobody to ask it is over."""

    def effects(fresh: S) -> None:
        rules: Any = fresh.procedure  # without any the model forbids it
        consultation = consulting.begin(fresh, rules)
        if isinstance(fresh, AffiliationRequest) and not consulting.asks_nobody(fresh):
            tell_applicant(fresh, "consultation_opened", until=consultation.closes_on)

    with transaction.atomic():
        done = move(
            subject, "consult", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects
        )
        return conclude(done) if consulting.asks_nobody(done) else done


def conclude(subject: S, *, by: Any = RULE, note: str = "", seen: int | None = None) -> S:
    """Count the replies of the sections and freeze the result; `by` nobody when its day is over."""

    def effects(fresh: S) -> None:
        consulting.close(fresh.last_consultation)
        tell_deciders(fresh, letter="consultation_closed")

    verb, office = ("expire", "") if by is RULE else ("conclude", COORDINATOR)
    return move(subject, verb, by=by, office=office, note=note, seen=seen, effects=effects)


def defer(subject: S, *, by: Any, note: str, meeting: Meeting, seen: int | None = None) -> S:
    """Put it on the list of a coming meeting of a body that the procedure allows."""

    def effects(fresh: S) -> None:
        if meeting.federation != fresh.federation:
            raise ValidationError({"meeting": _("This is a meeting of another federation.")})
        if meeting.body not in fresh.defers_to:
            raise ValidationError({"meeting": _("The procedure puts nothing off to this body.")})
        fresh.meeting = meeting
        fresh.save(update_fields=["meeting"])
        if isinstance(fresh, AffiliationRequest):
            tell_applicant(fresh, "deferred")
        else:
            tell_organisation(fresh, "proceeding_opened")

    return move(subject, "defer", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects)


def demand_body(named: str, body: str) -> None:
    """Where the procedure names who decides, nobody else does."""
    if named and body and body != named:
        message = _("By the procedure it is this body that decides: %(body)s.")
        raise ValidationError({"body": message % {"body": Body(named).label}})
