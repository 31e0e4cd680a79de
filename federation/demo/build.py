"""Builds the demonstration as a whole or not at all."""

from django.conf import settings
from django.db import transaction

from directory.models import Affiliation, Decision, Meeting, Organisation
from federation.demo import filings, people, proceedings, register, requests, seats, statutes
from federation.demo.facts import FEDERATIONS, INVENTED, read
from federation.models import Federation, Letter, User
from membership.models import (
    AffiliationRequest,
    Consultation,
    EntryClaim,
    ErrorReport,
    Member,
    MembershipApplication,
    Procedure,
    Proceeding,
    Reply,
)


class NotHere(Exception):
    """This is no place for a demonstration."""


def build() -> bool:
    """Make the demonstration unless it is there; what is there is left as people have made it.

    Raises NotHere where the settings do not allow it or the database is somebody's register.
    """
    if not (settings.DEMO or settings.DEBUG):
        raise NotHere(
            "The demonstration has passwords that everybody knows: set DEMO=1 to build it, "
            "on a machine that nobody else reaches."
        )
    with transaction.atomic():
        if is_built():
            return False
        if any(model.objects.exists() for model in (Federation, Organisation, User)):
            raise NotHere(
                "This database holds data that is not the demonstration's, and nothing was added: "
                "name an empty one by DATABASE_URL."
            )
        _build()
    return True


def is_built() -> bool:
    """The invented federation is part of every demonstration and of no register."""
    return Federation.objects.filter(slug=INVENTED, is_fictional=True).exists()


def _build() -> None:
    accounts = people.make_accounts()
    federations = {slug: register.make_federation(slug) for slug in FEDERATIONS}
    coordinators = {
        slug: people.seat_coordinators(accounts, federation)
        for slug, federation in federations.items()
    }
    deciders = {slug: seated[0] for slug, seated in coordinators.items()}
    made: register.Made = {}
    meetings: dict[str, Meeting] = {}
    for slug, federation in federations.items():
        made |= register.make_organisations(federation, by=deciders[slug])
        register.make_procedures(federation, by=deciders[slug], second=coordinators[slug][-1])
        meetings |= register.make_meetings(federation, by=deciders[slug])
    for federation in federations.values():
        register.make_hosts(federation, made)
    statutes.make_statutes(federations[INVENTED])
    seats.make_seats(federations[INVENTED], made, by=deciders[INVENTED])
    people.seat_secretaries(accounts, made)
    officers = {
        login.organisation: accounts[login.email] for login in people.LOGINS if login.organisation
    }
    speakers = officers | people.seat_officers(read(INVENTED)["officers"], made)
    requests.make_requests(requests.Cast(federations, made, coordinators, speakers, meetings))
    filings.make_applications(federations, made, officers)
    filings.make_claims(made, deciders | officers)
    filings.make_reports(made, deciders | officers)
    second = {"second": coordinators[INVENTED][1]}
    proceedings.make_proceedings(
        federations[INVENTED], made, deciders | officers | second, meetings
    )


def totals() -> dict[str, int]:
    """How much there is of what."""
    return {
        "federations": Federation.objects.count(),
        "organisations": Organisation.objects.count(),
        "affiliations": Affiliation.objects.count(),
        "decisions": Decision.objects.count(),
        "meetings": Meeting.objects.count(),
        "procedures": Procedure.objects.count(),
        "requests": AffiliationRequest.objects.count(),
        "consultations": Consultation.objects.count(),
        "replies": Reply.objects.count(),
        "proceedings": Proceeding.objects.count(),
        "applications": MembershipApplication.objects.count(),
        "claims": EntryClaim.objects.count(),
        "reports": ErrorReport.objects.count(),
        "members": Member.objects.count(),
        "letters": Letter.objects.count(),
    }
