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
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import (
    Affiliation,
    Organisation,
    OrganisationCountry,
    OrganisationName,
)
from federation.states import APPLICANT, RULE, move
from membership import deliberating
from membership.consultations import consulting
from membership.letters.telling import tell_applicant, tell_deciders
from membership.models import (
    AffiliationRequest,
    Filing,
)
from membership.requests import disowning, sections, sponsoring

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
        sponsoring.ask(request, organisation)


def answer(filing: Filed, *, note: str, seen: int | None = None) -> Filed:
    """The applicant answers; the next move is the deciders' again."""
    effects = partial(tell_deciders, letter="answered")
    return move(filing, "answer", by=APPLICANT, note=note, seen=seen, effects=effects)


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

# The same moves as those of a proceeding.
consult, conclude, defer = deliberating.consult, deliberating.conclude, deliberating.defer


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


def lapse(request: AffiliationRequest) -> AffiliationRequest:
    """The day to answer is over and the procedure says that the request ends with it."""
    effects = partial(tell_applicant, letter="lapsed")
    return move(request, "lapse", by=RULE, effects=effects)


def decline(filing: Filed, *, by: Any, note: str, seen: int | None = None) -> Filed:
    """Decline what needs no decision of a body, with the reason the applicant will read."""
    effects = partial(tell_applicant, letter="declined")
    return move(
        filing, "decline", by=by, office=filing.office_of(by), note=note, seen=seen,
        effects=effects,
    )  # fmt: skip
