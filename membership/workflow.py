"""What the moves of requests and applications bring about. Every verb is one transaction.

The table of legal moves stands at the models; `federation.states.move` is the door.
"""

import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from directory import workflow as register
from directory.models import (
    Affiliation,
    Decision,
    Organisation,
    OrganisationCountry,
    OrganisationName,
)
from directory.models.keepers import COORDINATOR, SECRETARY
from federation import letters
from federation.models import Status
from federation.states import APPLICANT, move
from membership.models import AffiliationRequest, Filing, Member, Membership, MembershipApplication

# --- affiliation requests -------------------------------------------------------------------


def submit_request(request: AffiliationRequest) -> AffiliationRequest:
    """The applicant has confirmed the address: the request reaches the federation."""

    def effects(fresh: AffiliationRequest) -> None:
        if not fresh.status.is_open_to_requests:
            raise ValidationError(_("The federation no longer takes requests for this status."))
        if fresh.organisation is None:
            fresh.organisation = _named_organisation(fresh) or _proposed_organisation(fresh)
        fresh.submitted_at = timezone.now()
        _save_as_only_open_one(fresh)
        tell_applicant(fresh, "request_received")
        tell_deciders(fresh)

    return move(request, "submit", by=APPLICANT, effects=effects)


def _named_organisation(request: AffiliationRequest) -> Organisation | None:
    """The organisation of the directory that the applicant says it is, if it says so."""
    slug = request.answers.get("organisation_slug")
    if not slug:
        return None
    organisation: Organisation | None = (
        Organisation.objects.visible_to(None).filter(slugs__slug=slug).first()
    )
    if organisation is None:
        raise ValidationError(_("The page in the directory that you gave is no longer there."))
    bonds = Affiliation.objects.not_ended().filter(organisation=organisation)
    if bonds.filter(federation=request.federation, status=request.status).exists():
        raise ValidationError(_("This organisation already has the status that you ask for."))
    return organisation


def _save_as_only_open_one(request: AffiliationRequest) -> None:
    """The database refuses a second open request of one organisation to one federation."""
    try:
        request.save(update_fields=["organisation", "submitted_at", "email_index"])
    except IntegrityError as error:
        raise ValidationError(
            _("The federation has a request of this organisation already and decides on it first.")
        ) from error


def _proposed_organisation(request: AffiliationRequest) -> Organisation:
    """The organisation as the applicant describes it, published only by acceptance."""
    answers = request.answers
    organisation = Organisation(
        name=answers["name"],
        language=answers.get("language", ""),
        kind=answers.get("kind") or Organisation.Kind.GROUP,
        city=answers.get("city", ""),
        website=answers.get("website", ""),
        founded=answers.get("founded", ""),
        descriptions={request.language: answers["description"]}
        if answers.get("description")
        else {},
        visibility=Organisation.Visibility.PROPOSED,
        is_fictional=request.federation.is_fictional,
    )
    organisation.full_clean(exclude=["slug"])
    organisation.save()
    for code in answers.get("countries", []):
        OrganisationCountry.objects.create(organisation=organisation, code=code)
    if answers.get("acronym"):
        OrganisationName.objects.create(
            organisation=organisation, value=answers["acronym"], kind=OrganisationName.Kind.ACRONYM
        )
    return organisation


def ask_back(filing: Filing, *, by: Any, note: str, seen: int | None = None) -> Filing:
    """Ask the applicant something before deciding."""
    tell = partial(tell_applicant, template="question")
    return move(
        filing, "ask_back", by=by, office=filing.office_of(by), note=note, seen=seen, effects=tell
    )


def answer(filing: Filing, *, note: str, seen: int | None = None) -> Filing:
    """The applicant answers; the next move is the deciders' again."""
    return move(filing, "answer", by=APPLICANT, note=note, seen=seen, effects=tell_deciders)


def withdraw(filing: Filing, *, note: str = "", seen: int | None = None) -> Filing:
    """The applicant takes the request or application back."""
    return move(filing, "withdraw", by=APPLICANT, note=note, seen=seen, effects=tell_deciders)


def consult(
    request: AffiliationRequest, *, by: Any, note: str = "", seen: int | None = None
) -> AffiliationRequest:
    """Send the request to the consultation of the sections."""
    tell = partial(tell_applicant, template="news")
    return move(request, "consult", by=by, office=COORDINATOR, note=note, seen=seen, effects=tell)


def defer(
    request: AffiliationRequest,
    *,
    by: Any,
    note: str,
    until: datetime.date | None = None,
    seen: int | None = None,
) -> AffiliationRequest:
    """Put the request off to a congress, `until` its day where that is known."""

    def effects(fresh: AffiliationRequest) -> None:
        fresh.deferred_until = until
        fresh.full_clean(exclude=["form_token", "reference"])
        fresh.save(update_fields=["deferred_until", "email_index"])
        tell_applicant(fresh, "news")

    return move(request, "defer", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects)


def accept_request(
    request: AffiliationRequest,
    *,
    by: Any,
    body: str,
    decided_on: datetime.date,
    reference: str = "",
    place: str = "",
    since: datetime.date | None = None,
    status: Status | None = None,
    note: str = "",
    seen: int | None = None,
) -> AffiliationRequest:
    """Record the decision and let the status follow from it, from `since` (else the day decided).

    The body may decide on another status of its federation than was asked for. An
    organisation that already has a status there changes it on that day.
    """

    def effects(fresh: AffiliationRequest) -> None:
        decision = Decision(
            federation=fresh.federation,
            body=body,
            decided_on=decided_on,
            reference=reference,
            place=place,
        )
        decision.full_clean()
        decision.save()
        fresh.affiliation = _admit(fresh, status or fresh.status, decision, since or decided_on, by)
        fresh.save(update_fields=["affiliation", "email_index"])
        tell_applicant(fresh, "accepted")

    return move(request, "accept", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects)


def _admit(
    request: AffiliationRequest, status: Status, decision: Decision, since: datetime.date, by: Any
) -> Affiliation:
    organisation = request.organisation
    if organisation is None:
        raise ValidationError(_("The request names no organisation."))
    terms = {
        "status": status, "source": register.source_of(decision), "decision": decision,
        "by": by, "office": COORDINATOR,
    }  # fmt: skip
    bonds = Affiliation.objects.standing().filter(federation=request.federation)
    running = bonds.filter(organisation=organisation, until=None, gone_on=None).first()
    if running:
        return register.change_status(affiliation=running, on=since, **terms)
    return register.admit(organisation=organisation, since=since, **terms)


def decline(filing: Filing, *, by: Any, note: str, seen: int | None = None) -> Filing:
    """Decline, with the reason the applicant will read."""
    tell = partial(tell_applicant, template="declined")
    return move(
        filing, "decline", by=by, office=filing.office_of(by), note=note, seen=seen, effects=tell
    )


# --- membership applications ----------------------------------------------------------------


def submit_application(application: MembershipApplication) -> MembershipApplication:
    """The person has confirmed the address: the application reaches the organisation."""

    def effects(fresh: MembershipApplication) -> None:
        if not is_joinable(fresh.organisation):
            raise ValidationError(_("The organisation does not take applications here at present."))
        fresh.submitted_at = timezone.now()
        fresh.save(update_fields=["submitted_at", "email_index"])
        tell_applicant(fresh, "application_received")
        tell_deciders(fresh)

    return move(application, "submit", by=APPLICANT, effects=effects)


def accept_application(
    application: MembershipApplication,
    *,
    by: Any,
    since: datetime.date | None = None,
    note: str = "",
    seen: int | None = None,
) -> MembershipApplication:
    """Take the person in: a member record of this organisation, and a membership from `since`."""

    def effects(fresh: MembershipApplication) -> None:
        answers = fresh.answers
        member = Member(
            organisation=fresh.organisation,
            name=answers["name"],
            email=fresh.email,
            phone=answers.get("phone", ""),
            place=answers.get("place", ""),
            work=answers.get("work", ""),
            language=fresh.language,
        )
        member.full_clean()
        member.save()
        membership = Membership(
            member=member, organisation=fresh.organisation, since=since or timezone.localdate()
        )
        membership.full_clean()
        membership.save()
        fresh.member = member
        fresh.save(update_fields=["member", "email_index"])
        tell_applicant(fresh, "accepted")

    return move(
        application, "accept", by=by, office=SECRETARY, note=note, seen=seen, effects=effects
    )


def is_joinable(organisation: Organisation) -> bool:
    """Whether persons can apply here: it wants them to, and somebody will read what they write."""
    return bool(Organisation.objects.joinable().filter(pk=organisation.pk).exists())


# --- letters --------------------------------------------------------------------------------


def tell_applicant(filing: Filing, template: str) -> None:
    letters.queue(
        template, filing.email, filing.language, reference=filing.reference, page=filing.PAGE
    )


def tell_deciders(filing: Filing) -> None:
    for person in filing.deciders():
        letters.queue("waiting", person.email, person.language, reference=filing.reference)
