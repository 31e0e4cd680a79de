"""What was decided in a proceeding, and waits for a second person."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from federation.states import NotOpen
from membership.models import PreparedDecision, Proceeding
from membership.proceedings import leaving
from membership.proceedings.outcomes import Verdict
from membership.seconding import preparing
from membership.seconding.terms import read


def prepared_now(proceeding: Proceeding) -> PreparedDecision | None:
    """What waits for a second person, or was sent back; nothing once the proceeding moved on."""
    found: PreparedDecision | None = (
        PreparedDecision.objects.standing().filter(proceeding=proceeding).first()
    )
    return found


def terms_of(prepared: PreparedDecision) -> dict[str, Any]:
    """What was prepared, as `leaving.record` takes it."""
    terms = read(prepared.terms)
    verdict = terms.pop("verdict")
    parts = tuple(verdict.pop("parts", ()))
    return {**terms, "verdict": Verdict(**verdict, parts=parts)}


def confirm(prepared: PreparedDecision, *, by: Any) -> Proceeding:
    """The second person agrees: it is recorded as it was prepared, once, or not at all."""
    if prepared.proceeding is None:
        raise NotOpen(_("No decision waits for a second person."))
    with transaction.atomic():
        preparing.take(prepared, by=by)
        done = leaving.record(prepared.proceeding, by=by, **terms_of(prepared))
        if done.decision is not None:
            preparing.name_both(prepared, done.decision, by=by)
    return done
