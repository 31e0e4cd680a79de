"""What the moves of affiliation requests bring about. Every verb is one transaction.

The table of legal moves stands at the models, what a federation's procedure says to them
too; `federation.states.move` is the door. What is decided goes through `directory.decisions`.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import (
    Affiliation,
    Meeting,
    Organisation,
    OrganisationCountry,
    OrganisationName,
)
from directory.models.keepers import COORDINATOR, secretaries_of
from federation import letters as outbox
from federation.states import APPLICANT, RULE, move
from membership.consultations import consulting
from membership.letters import sending
from membership.models import (
    AffiliationRequest,
    Filing,
    Sponsorship,
)
from membership.requests import disowning, sections

Filed = TypeVar("Filed", bound=Filing)

# --- what the applicant does ----------------------------------------------------------------


def submit_request(request: AffiliationRequest) -> AffiliationRequest:
    """The applicant has confirmed the address: the request reaches the federation."""

    def effects(fresh: AffiliationRequest) -> None:
        if not fresh.status.is_open_to_requests:
            raise ValidationError(_("The federation no longer takes requests for this status."))
        sections.demand_complete(fresh)
        if fresh.organisation is None:
            fresh.organisation = _named_organisation(fresh) or _proposed_organisation(fresh)
        fresh.submitted_at = timezone.now()
        with _only_open_one():
            fresh.save(update_fields=["organisation", "submitted_at"])
        _ask_sponsors(fresh)
        disowning.tell_organisation(fresh)
        tell_applicant(fresh, "request_received")
        tell_deciders(fresh)

    return move(request, "submit", by=APPLICANT, effects=effects)


def _named_organisation(request: AffiliationRequest) -> Organisation | None:
    """The organisation of the directory that the applicant says it is, if it says so."""
    slug = request.answers.get("organisation_slug")
    if not slug:
        return None
    organisation = sections.entry_at(slug)
    if organisation is None:
        raise ValidationError(_("The page in the directory that you gave is no longer there."))
    bonds = Affiliation.objects.not_ended().filter(organisation=organisation)
    if bonds.filter(federation=request.federation, status=request.status).exists():
        raise ValidationError(_("This organisation already has the status that you ask for."))
    return organisation


@contextmanager
def _only_open_one() -> Iterator[None]:
    """The database refuses a second open request of one organisation to one federation."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "request_open_once" not in str(error) and "organisation_id" not in str(error):
            raise
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
    for kind, value, language in _further_names(answers):
        OrganisationName.objects.create(
            organisation=organisation, kind=kind, value=value, language=language
        )
    return organisation


def _further_names(answers: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Kind, name and language of those besides the official one, each once."""
    acronym = answers.get("acronym")
    names = [(OrganisationName.Kind.ACRONYM.value, acronym, "")] if acronym else []
    for name in answers.get("names") or []:
        row = (name["kind"], name["value"], name["language"])
        if row not in names:
            names.append(row)
    return names


def _ask_sponsors(request: AffiliationRequest) -> None:
    """The sections that the applicant named are asked to vouch for it, by their secretaries."""
    sponsors = Organisation.objects.visible_to(None).filter(
        slugs__slug__in=request.answers.get("sponsors", [])
    )
    for organisation in sponsors.distinct():
        Sponsorship.objects.create(request=request, organisation=organisation)
        for person in secretaries_of(organisation):
            sending.tell(
                "sponsor_asked", person.email, person.language, federation=request.federation,
                reference=request.reference, link=reverse("membership:coordination_consultations"),
            )  # fmt: skip


def answer(filing: Filed, *, note: str, seen: int | None = None) -> Filed:
    """The applicant answers; the next move is the deciders' again."""
    tell = partial(tell_deciders, letter="answered")
    return move(filing, "answer", by=APPLICANT, note=note, seen=seen, effects=tell)


def withdraw(filing: Filed, *, note: str = "", seen: int | None = None) -> Filed:
    """The applicant takes the request or application back."""

    def effects(fresh: Filed) -> None:
        if isinstance(fresh, AffiliationRequest):
            consulting.break_off(fresh)
            tell_applicant(fresh, "withdrawn")
        tell_deciders(fresh)

    return move(filing, "withdraw", by=APPLICANT, note=note, seen=seen, effects=effects)


def appeal(
    request: AffiliationRequest, *, note: str, seen: int | None = None
) -> AffiliationRequest:
    """Against a refusal, once, to the body that the procedure names for it."""

    def effects(fresh: AffiliationRequest) -> None:
        fresh.appealed_at, fresh.meeting = timezone.now(), None
        fresh.save(update_fields=["appealed_at", "meeting"])
        tell_deciders(fresh, letter="appealed")

    # The organisation may have asked anew meanwhile, and that request is open.
    with _only_open_one():
        return move(request, "appeal", by=APPLICANT, note=note, seen=seen, effects=effects)


# --- what the federation does ---------------------------------------------------------------


def ask_back(filing: Filed, *, by: Any, note: str, seen: int | None = None) -> Filed:
    """Ask the applicant something before deciding."""

    def effects(fresh: Filed) -> None:
        if not isinstance(fresh, AffiliationRequest):
            tell_applicant(fresh, "question")
            return
        days = datetime.timedelta(days=fresh.procedure.answer_days)
        fresh.answer_due = timezone.localdate() + days
        fresh.save(update_fields=["answer_due"])
        tell_applicant(fresh, "question", until=fresh.answer_due)

    return move(
        filing, "ask_back", by=by, office=filing.office_of(by), note=note, seen=seen,
        effects=effects,
    )  # fmt: skip


def consult(
    request: AffiliationRequest, *, by: Any, note: str = "", seen: int | None = None
) -> AffiliationRequest:
    """Ask the sections that the procedure names, from today on; with nobody to ask it is over."""

    def effects(fresh: AffiliationRequest) -> None:
        consultation = consulting.begin(fresh, fresh.procedure)
        if not consulting.asks_nobody(fresh):
            tell_applicant(fresh, "consultation_opened", until=consultation.closes_on)

    with transaction.atomic():
        done = move(
            request, "consult", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects
        )
        return conclude(done) if consulting.asks_nobody(done) else done


def conclude(
    request: AffiliationRequest, *, by: Any = RULE, note: str = "", seen: int | None = None
) -> AffiliationRequest:
    """Count the replies of the sections and freeze the result; `by` nobody when its day is over."""

    def effects(fresh: AffiliationRequest) -> None:
        consulting.close(fresh.last_consultation)
        tell_deciders(fresh, letter="consultation_closed")

    verb, office = ("expire", "") if by is RULE else ("conclude", COORDINATOR)
    return move(request, verb, by=by, office=office, note=note, seen=seen, effects=effects)


def lapse(request: AffiliationRequest) -> AffiliationRequest:
    """The day to answer is over and the procedure says that the request ends with it."""
    tell = partial(tell_applicant, template="lapsed")
    return move(request, "lapse", by=RULE, effects=tell)


def defer(
    request: AffiliationRequest,
    *,
    by: Any,
    note: str,
    meeting: Meeting,
    seen: int | None = None,
) -> AffiliationRequest:
    """Put the request on the list of a coming meeting of a body that the procedure allows."""

    def effects(fresh: AffiliationRequest) -> None:
        if meeting.federation != fresh.federation:
            raise ValidationError({"meeting": _("This is a meeting of another federation.")})
        if meeting.body not in fresh.procedure.defers_to:
            raise ValidationError({"meeting": _("The procedure puts nothing off to this body.")})
        fresh.meeting = meeting
        fresh.save(update_fields=["meeting"])
        tell_applicant(fresh, "deferred")

    return move(request, "defer", by=by, office=COORDINATOR, note=note, seen=seen, effects=effects)


def decline(filing: Filed, *, by: Any, note: str, seen: int | None = None) -> Filed:
    """Decline what needs no decision of a body, with the reason the applicant will read."""
    tell = partial(tell_applicant, template="declined")
    return move(
        filing, "decline", by=by, office=filing.office_of(by), note=note, seen=seen, effects=tell
    )


# --- letters --------------------------------------------------------------------------------


def tell_applicant(filing: Filing, template: str, **values: Any) -> None:
    if isinstance(filing, AffiliationRequest):
        sending.tell(
            template, filing.email, filing.language, federation=filing.federation,
            reference=filing.reference, **values,
        )  # fmt: skip
    else:
        outbox.queue(
            template, filing.email, filing.language, reference=filing.reference, page=filing.PAGE
        )


def tell_deciders(filing: Filing, letter: str = "waiting") -> None:
    for person in filing.deciders():
        if isinstance(filing, AffiliationRequest):
            sending.tell(
                letter, person.email, person.language, federation=filing.federation,
                reference=filing.reference,
            )  # fmt: skip
        else:
            outbox.queue("waiting", person.email, person.language, reference=filing.reference)
