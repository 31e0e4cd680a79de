"""Decisions on affiliation requests: recorded with what follows from them, or proposed first.

What is decided goes through `directory.decisions`, which alone changes statuses.
"""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from directory import decisions
from directory.models import (
    Affiliation,
    Body,
    Decision,
    Effect,
    Organisation,
)
from directory.models.keepers import COORDINATOR
from federation.models import Status, StoredFile
from federation.states import NotOpen, NotYours, move
from membership.deliberating import demand_body
from membership.letters.telling import tell, tell_applicant
from membership.models import (
    AffiliationRequest,
    Procedure,
    Proposal,
)
from membership.seconding.rule import two_decide


def accept_request(
    request: AffiliationRequest,
    *,
    by: Any,
    body: str = "",
    decided_on: datetime.date | None = None,
    reference: str = "",
    place: str = "",
    since: datetime.date | None = None,
    status: Status | None = None,
    waiver: str = "",
    note: str = "",
    seen: int | None = None,
    document: StoredFile | None = None,
    proposal: Proposal | None = None,
) -> AffiliationRequest:
    """Record the decision and let the status follow from it, from the day the procedure names.

    The body may decide on another status of its federation than was asked for. An
    organisation that already has a status there changes it on that day. `since` counts
    where the body names the day. `proposal` is the one that `by` confirms.
    """

    def effects(fresh: AffiliationRequest) -> None:
        given, day = status or fresh.status, decided_on or timezone.localdate()
        _second_person(needs_second(fresh, given), fresh, by, proposal)
        begins = effective_day(fresh.procedure, day, since)
        admitted = {
            "kind": _admits(fresh), "organisation": _asking(fresh), "status": given,
            "on": begins, "waiver": waiver,
        }  # fmt: skip
        terms = {"reference": reference, "place": place, "document": document}
        _may_waive(fresh, body, waiver)
        fresh.decision = _record(fresh, body, day, admitted, by, terms)
        fresh.affiliation = Affiliation.objects.get(decision=fresh.decision)
        fresh.save(update_fields=["decision", "affiliation"])
        tell_applicant(fresh, "accepted")

    return move(request, "accept", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects)


def decline_request(
    request: AffiliationRequest,
    *,
    by: Any,
    note: str,
    body: str = "",
    decided_on: datetime.date | None = None,
    reference: str = "",
    place: str = "",
    seen: int | None = None,
    document: StoredFile | None = None,
    proposal: Proposal | None = None,
) -> AffiliationRequest:
    """Record that the body did not admit the organisation, with the reason the applicant reads."""

    def effects(fresh: AffiliationRequest) -> None:
        _second_person(needs_second(fresh), fresh, by, proposal)
        day = decided_on or timezone.localdate()
        refused = {"kind": Effect.Kind.DECLINE, "organisation": _asking(fresh),
                   "status": fresh.status, "on": day}  # fmt: skip
        terms = {"reference": reference, "place": place, "document": document}
        fresh.decision = _record(fresh, body, day, refused, by, terms)
        fresh.declined_on = timezone.localdate()
        fresh.save(update_fields=["decision", "declined_on"])
        tell_applicant(fresh, "declined")

    return move(
        request, "decline", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects
    )


def effective_day(
    procedure: Procedure, decided_on: datetime.date, chosen: datetime.date | None = None
) -> datetime.date:
    """The day on which the status begins, by the rule of the procedure."""
    rule = Procedure.Effective
    if procedure.effective == rule.CHOSEN:
        return chosen or decided_on
    if procedure.effective == rule.MONTH:
        return (decided_on.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    if procedure.effective == rule.YEAR:
        return decided_on.replace(year=decided_on.year + 1, month=1, day=1)
    return decided_on


def _record(
    request: AffiliationRequest,
    body: str,
    decided_on: datetime.date,
    effect: dict[str, Any],
    by: Any,
    terms: dict[str, Any],
) -> Decision:
    demand_body(request.deciding_body, body)
    return decisions.record(
        federation=request.federation,
        body=body or request.deciding_body or Body.SECRETARIAT,
        decided_on=decided_on,
        meeting=request.meeting,
        effects=[effect],
        by=by,
        office=COORDINATOR,
        **terms,
    )


def _admits(request: AffiliationRequest) -> str:
    running = decisions.running_bond(_asking(request), request.federation)
    return Effect.Kind.CHANGE if running else Effect.Kind.ADMIT


def _asking(request: AffiliationRequest) -> Organisation:
    if request.organisation is None:
        raise ValidationError(_("The request names no organisation."))
    return request.organisation


def _may_waive(request: AffiliationRequest, body: str, waiver: str) -> None:
    """Where the procedure names who may admit a second one in a country, nobody else may."""
    named = request.procedure.waiver_body
    if waiver and named and (body or request.deciding_body) != named:
        message = _("Only this body may admit a second one in a country: %(body)s.")
        raise ValidationError({"waiver": message % {"body": Body(named).label}})


# --- a second person ------------------------------------------------------------------------


def propose(
    request: AffiliationRequest, *, by: Any, verb: str, terms: dict[str, Any],
    seen: int | None = None,
) -> AffiliationRequest:  # fmt: skip
    """Put a decision before a second person; `terms` is what `verb` takes, fit for JSON."""

    def effects(fresh: AffiliationRequest) -> None:
        made = Proposal(request=fresh, step=fresh.step, verb=verb, by=by.pk)
        made.terms = terms
        made.save()
        tell((person for person in fresh.deciders() if person != by), fresh, "proposal_waits")

    return move(request, "propose", by=by, office=COORDINATOR, seen=seen, effects=effects)


def needs_second(request: AffiliationRequest, given: Status | None = None) -> bool:
    """Whether two persons decide: by its own procedure, or by that of a status that would be
    `given` instead of the one asked for, or given up for it.
    """
    if request.procedure.needs_second or given is None or request.organisation is None:
        return request.procedure.needs_second
    running = decisions.running_bond(request.organisation, request.federation)
    others = [given] if given != request.status else []
    return two_decide(others + ([running.status] if running else []))


def _second_person(
    is_wanted: bool, request: AffiliationRequest, by: Any, proposal: Proposal | None
) -> None:
    """Where two persons decide, the one who confirms is not the one who proposed."""
    if not is_wanted and proposal is None:
        return
    if proposal is None:
        raise NotOpen(_("By the procedure a second person confirms: propose the decision."))
    if proposal.request != request or proposal.step != request.step - 1:
        raise NotOpen(_("Something has happened since the decision was proposed."))
    if proposal.by == by.pk:
        raise NotYours
