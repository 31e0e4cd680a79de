"""Every address of the site, asked for by every persona: who gets an answer, and whose names.

An address that is missing here is red. The rows asked for are *ours*; outsider and stranger
hold the same offices elsewhere, and to them our private rows do not exist.
"""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver, reverse

from directory.models import Decision
from federation.models import AuditEvent
from membership.models import (
    AffiliationRequest,
    EntryClaim,
    ErrorReport,
    MembershipApplication,
    Proceeding,
)
from tests import make
from tests.conftest import signed_in
from tests.test_visibility import belongs_to, half_a_world

PERSONAS = ("visitor", "nobody", "secretary", "coordinator", "outsider", "stranger", "operator")

# The answers to GET in the order of PERSONAS, and the addresses that give them.
MATRIX = {
    # everybody
    "200 200 200 200 200 200 200": """
        healthz readyz robots sitemap sitemap_of api-schema api-organisation-list
        api-organisation-detail api-federation-list api-federation-detail api-affiliation-list
        api-affiliation-detail api-status-list api-decision-list
        api-root api-docs home directory:organisation_list directory:organisation_detail
        directory:federation_list directory:federation_detail directory:federation_roll
        directory:federation_decisions directory:federation_decision directory:federation_seats
        directory:statutes_list directory:statutes_detail
        data:federation_register data:federation_register_proof
        data:list_csv data:list_json data:list_geojson data:list_atom data:list_opml
        data:organisation_json data:organisation_vcf data:organisation_murmurations
        membership:affiliate
        membership:affiliate_form membership:join membership:join_organisation membership:find
        membership:request membership:request_code membership:find_application
        directory:organisation_map directory:embed_federation directory:embed_federation_map
        membership:application membership:application_code account_reset_password
        membership:report membership:report_sent membership:claim_entry membership:find_claim
        membership:claim membership:claim_code
        account_reset_password_done account_reset_password_from_key privacy accessibility
    """,
    # asks since when
    "400 400 400 400 400 400 400": """
        api-change-list
    """,
    # not configured in the tests, or the applicant's alone
    "404 404 404 404 404 404 404": """
        security_txt membership:request_document directory:federation_decision_document
        directory:statutes_document
    """,
    # leads elsewhere: nothing proved, or nothing to do
    "302 302 302 302 302 302 302": """
        membership:request_check membership:request_withdraw membership:request_appeal
        membership:application_check
        membership:request_documents membership:request_tasks membership:request_task
        membership:request_same membership:request_saved membership:request_confirmation
        membership:request_sponsor
        membership:application_withdraw membership:claim_check membership:claim_withdraw
        mfa_authenticate mfa_activate_totp
    """,
    # answers to POST alone
    "405 405 405 405 405 405 405": """
        membership:request_answer membership:application_answer membership:claim_answer
        membership:request_document_remove membership:request_later
        account_logout api-request-documents api-request-document api-request-code api-request-key
        api-request-submit api-request-move api-proceeding-move api-consultation-replies
        api-request-sponsors api-sponsorship-answer api-prepared-move
    """,
    # a key or a token is asked for; a session is none
    "401 401 401 401 401 401 401": """
        api-requests api-request api-proceedings api-proceeding api-consultations api-consultation
        api-sponsorships api-prepared
    """,
    # one's own, and only by POST
    "302 405 405 405 405 405 405": """
        membership:coordination_token_revoke membership:coordination_filters
        membership:coordination_filter_drop membership:coordination_request_assign
        membership:coordination_request_note
    """,
    "302 403 302 200 200 302 302": """
        membership:coordination
    """,
    "302 403 200 403 403 200 403": """
        membership:coordination_applications
    """,
    "302 403 403 200 200 403 403": """
        membership:coordination_organisations membership:coordination_letters
        membership:coordination_meetings membership:coordination_meeting_new
        membership:coordination_seats
        membership:coordination_procedures
        membership:coordination_decisions membership:coordination_decision_new
    """,
    # a decision of ours, without a document
    "302 404 404 200 404 404 404": """
        membership:coordination_decision membership:coordination_decision_correct
        membership:coordination_prepared
        membership:coordination_request membership:coordination_request_move
        membership:coordination_meeting membership:coordination_meeting_change
        membership:coordination_seat_give membership:coordination_term_end
        membership:coordination_term_take_back
        membership:coordination_proceeding_move
        membership:coordination_document
        membership:coordination_letter
        membership:coordination_procedure membership:coordination_procedure_edit
        membership:coordination_procedure_preview membership:coordination_procedure_publish
    """,
    # nothing is ticked, nothing is proposed
    "302 403 403 404 404 403 403": """
        membership:coordination_bulk
    """,
    "302 404 404 409 404 404 404": """
        membership:coordination_request_confirm
    """,
    # links of letters, without what makes them good
    "410 410 410 410 410 410 410": """
        membership:confirm_entry membership:claim_objection membership:request_disown
    """,
    # an entry of ours, at the desk
    "302 404 200 200 404 404 200": """
        membership:coordination_organisation membership:coordination_organisation_confirm
        membership:coordination_organisation_shield
    """,
    "302 404 302 302 404 404 302": """
        membership:coordination_organisation_unshield
    """,
    "302 404 200 200 404 404 404": """
        membership:coordination_claim membership:coordination_claim_move
        membership:coordination_consultation
        membership:coordination_proceeding
    """,
    # our coordinator, at the desk
    # our secretary, at the desk
    "302 404 200 404 404 404 404": """
        membership:coordination_application membership:coordination_application_move
        membership:coordination_sponsorship
        membership:coordination_report membership:coordination_report_move
    """,
    # whoever is signed in
    "302 200 200 200 200 200 200": """
        mfa_index account_reauthenticate account_change_password mfa_reauthenticate
        mfa_deactivate_totp mfa_generate_recovery_codes
    """,
    "200 302 302 302 302 302 302": """
        account_login
    """,
    # only while a second factor is set up, and of a decision with a document
    "302 404 404 404 404 404 404": """
        mfa_totp_qr mfa_view_recovery_codes membership:coordination_decision_document
        membership:coordination_prepared_document
    """,
    "302 403 200 200 200 200 403": """
        membership:coordination_tokens
    """,
    "302 403 200 200 200 200 200": """
        membership:coordination_proceedings membership:coordination_proceeding_new
        membership:coordination_consultations
        admin:index admin:directory_organisation_changelist membership:coordination_claims
        membership:coordination_reports
    """,
    "302 403 302 302 302 302 302": """
        admin:login
    """,
    "302 403 405 405 405 405 405": """
        admin:logout
    """,
    # lists and forms of coordinators, each with their own rows
    "302 403 404 200 200 404 200": """
        admin:federation_federation_changelist admin:federation_status_changelist
        admin:federation_status_add admin:federation_office_changelist
        admin:federation_auditevent_changelist admin:directory_affiliation_changelist
        admin:directory_affiliation_add admin:directory_decision_changelist
        admin:directory_decision_add admin:directory_source_changelist admin:directory_source_add
        admin:directory_hostorganisation_changelist admin:directory_hostorganisation_add
        admin:directory_seat_changelist admin:directory_seat_add
        admin:directory_statutes_changelist admin:directory_statutes_add
        admin:membership_affiliationrequest_changelist
    """,
    # the operator alone
    "302 403 404 404 404 404 200": """
        admin:federation_federation_add admin:federation_federation_delete
        admin:federation_office_add
    """,
    # our rows: our coordinator and the operator
    "302 403 404 200 404 404 200": """
        admin:federation_auditevent_history admin:federation_auditevent_change
        admin:federation_federation_history admin:federation_federation_change
        admin:federation_status_history admin:federation_status_delete
        admin:federation_status_change admin:federation_office_history
        admin:federation_office_change admin:directory_affiliation_end
        admin:directory_affiliation_status admin:directory_affiliation_correct
        admin:directory_affiliation_history admin:directory_affiliation_change
        admin:directory_decision_history admin:directory_decision_change
        admin:directory_source_history
        admin:directory_source_delete admin:directory_source_change
        admin:directory_statutes_history admin:directory_statutes_delete
        admin:directory_statutes_change admin:directory_statutes_documents
        admin:directory_hostorganisation_history admin:directory_hostorganisation_delete
        admin:directory_hostorganisation_change
        admin:directory_seat_history admin:directory_seat_change admin:directory_seat_delete
    """,
    # nobody
    "302 403 404 404 404 404 404": """
        admin:federation_office_delete admin:federation_auditevent_add
        admin:federation_auditevent_delete admin:directory_affiliation_delete
        admin:directory_decision_delete
        admin:directory_organisation_add admin:directory_organisation_delete
        admin:directory_organisationoffice_add admin:directory_organisationoffice_delete
        admin:membership_member_delete admin:membership_membership_add
        admin:membership_membership_delete admin:membership_affiliationrequest_add
        admin:membership_affiliationrequest_delete admin:membership_membershipapplication_add
        admin:membership_membershipapplication_delete
    """,
    "302 403 200 200 404 404 200": """
        admin:directory_organisation_history admin:directory_organisation_change
    """,
    # lists and forms of secretaries, each with their own rows
    "302 403 200 404 404 200 404": """
        admin:directory_organisationoffice_changelist admin:membership_member_changelist
        admin:membership_member_add admin:membership_membership_changelist
        admin:membership_membershipapplication_changelist
    """,
    # our secretary alone
    "302 403 200 404 404 404 404": """
        admin:directory_organisationoffice_history admin:directory_organisationoffice_change
        admin:membership_member_history admin:membership_member_change
        admin:membership_membership_history admin:membership_membership_change
        admin:membership_membershipapplication_history
        admin:membership_membershipapplication_change
    """,
    # our coordinator alone
    "302 403 404 200 404 404 404": """
        admin:membership_affiliationrequest_history admin:membership_affiliationrequest_change
    """,
}


# Asked with parameters of its own, in the tests of the panel.
ASKED_ELSEWHERE = {"admin:autocomplete", "admin:jsi18n", "admin:app_list"}

# Names that stand in private rows; who may read which of them.
PRIVATE = re.compile(r"(Kim|Ola|Mika|Kai|Pat) (ours|theirs) Canary")
READERS = {
    "coordinator": {("Kim", "ours"), ("Kai", "ours"), ("Pat", "ours")},
    "secretary": {("Ola", "ours"), ("Mika", "ours"), ("Kai", "ours"), ("Pat", "ours")},
    "stranger": {("Mika", "theirs")},  # in the list of members
}


@pytest.fixture(scope="module")
def world(lasting: None) -> SimpleNamespace:
    """Ours, a canary of all that in another federation, a session for each persona, each address.

    All of it is only looked at.
    """
    ours, theirs = half_a_world("ours"), half_a_world("theirs")
    people = {
        "nobody": make.user("nobody@example.org"),
        "secretary": ours.secretary,
        "coordinator": ours.coordinator,
        "outsider": theirs.coordinator,
        "stranger": theirs.secretary,
        "operator": make.user("operator@example.org", is_superuser=True),
    }
    clients = {"visitor": Client()} | {name: signed_in(user) for name, user in people.items()}
    asked = {
        name: address(name, pattern, ours)
        for name, pattern in addresses()
        if name not in ASKED_ELSEWHERE
    }
    return SimpleNamespace(clients=clients, asked=asked)


def addresses() -> Iterator[tuple[str, Any]]:
    """Name and pattern of every address."""

    def walk(patterns: Any, space: str = "") -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, inner)
            elif pattern.name:
                yield f"{space}{pattern.name}", pattern

    yield from walk(get_resolver().url_patterns)


def arguments(name: str, ours: SimpleNamespace) -> dict[str, Any]:
    """Our row for each address that needs one."""
    request = AffiliationRequest.objects.get(federation=ours.federation, state="submitted")
    application = MembershipApplication.objects.get(organisation=ours.section)
    if name.startswith("admin:"):
        app, model, *_verb = name.removeprefix("admin:").split("_")
        rows = {
            "member": ours.member, "federation": ours.federation, "organisation": ours.section,
            "auditevent": AuditEvent.objects.filter(federation_slug=ours.federation.slug).first(),
        }  # fmt: skip
        table = apps.get_model(app, model)
        mine = [row for row in table.objects.all() if belongs_to(row) == "ours"]
        return {"object_id": rows.get(model, mine[0]).pk}
    of_federation = any(word in name for word in ("federation", "affiliate", "statutes"))
    slug = ours.federation.slug if of_federation else ours.section.slug
    filed = {
        "application": application,
        "claim": EntryClaim.objects.get(organisation=ours.section),
        "report": ErrorReport.objects.get(organisation=ours.section, state="new"),
        "proceeding": Proceeding.objects.get(organisation=ours.section),
    }
    kind = next((kind for kind in filed if f"_{kind}" in name or f":{kind}" in name), "")
    reference = filed.get(kind, request).reference
    decided = Decision.objects.filter(federation=ours.federation).first()
    return {
        "pk": _number_of(name, decided, ours),
        "number": decided.entry.number,
        "slug": slug,
        "reference": reference,
        "verb": {"report": "handle", "proceeding": "drop"}.get(kind, "accept"),
        "section": "organisations",
        "document": (request.documents.first() or make.document(request)).pk,
        "consultation": ours.federation.consultations.get().pk,
        "sponsorship": ours.section.sponsorships.get().pk,
        "federation": ours.federation.slug,
        "meeting": ours.federation.meetings.first().pk,
        "seat": ours.federation.seats.get().pk,
        "term": ours.section.terms.get().pk,
        "prepared": ours.federation.prepared.get().pk,
        "shelf": request.pk,  # nobody's
        "letter": "accepted",
        "key": request.pk,  # nobody's
        "move": "accept",
        "status": "friend",
        "language": "es",
        "uidb64": "x",
        "token": "y-z",
    }


def _number_of(name: str, decided: Decision, ours: SimpleNamespace) -> int:
    if "statutes" in name:
        return ours.federation.statutes.get().pk
    return decided.pk if "decision" in name else ours.section.affiliations.get().pk


def address(name: str, pattern: Any, ours: SimpleNamespace) -> str:
    wanted = pattern.pattern.regex.groupindex
    known = arguments(name, ours) if wanted else {}
    return reverse(name, kwargs={key: known[key] for key in wanted})


def declared() -> dict[str, list[int]]:
    """The expected answers of each address."""
    return {
        name: [int(code) for code in codes.split()]
        for codes, names in MATRIX.items()
        for name in names.split()
    }


def test_every_address_is_declared():
    assert {name for name, _pattern in addresses()} == declared().keys() | ASKED_ELSEWHERE


@pytest.mark.parametrize("persona", PERSONAS)
def test_each_address_answers_as_declared_and_shows_no_name_but_theirs(db, world, persona):
    answers, shown = {}, set()
    for name, url in world.asked.items():
        response = world.clients[persona].get(url)
        answers[name] = response.status_code
        shown.update(PRIVATE.findall(response.getvalue().decode(errors="replace")))
    place = PERSONAS.index(persona)
    right = {name: codes[place] for name, codes in declared().items()}
    wrong = {name: code for name, code in answers.items() if code != right[name]}
    assert wrong == {}
    assert shown == READERS.get(persona, set())
