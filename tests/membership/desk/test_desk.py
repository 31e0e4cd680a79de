"""The desk: who sees what, every move with its form, and what happens when two are at it."""

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from directory.models import Affiliation, Decision, Organisation
from federation.models import AuditEvent
from membership import joining
from membership.models import AffiliationRequest, Consultation, Member, MembershipApplication
from membership.requests import workflow
from membership.views.kinds import APPLICATION, REQUEST
from tests import files, make
from tests.browsing import send, text
from tests.conftest import signed_in

DECISION = {"body": "congress", "decided_on": "2026-05-01", "status": "friend", "seen": "1"}
VERBS = sorted(REQUEST.doors)


@pytest.fixture
def filed(iwa):
    return workflow.submit_request(make.request(iwa))


@pytest.fixture
def application(local, secretary):
    return joining.submit_application(make.application(local))


@pytest.fixture
def page(filed):
    return f"/coordination/requests/{filed.reference}/"


@pytest.fixture
def person_page(application):
    return f"/coordination/applications/{application.reference}/"


@pytest.fixture
def desk(coordinator):
    return signed_in(coordinator)


@pytest.fixture
def secretarys_desk(secretary):
    return signed_in(secretary)


def rows(client, query: str = "") -> list[str]:
    return [row.reference for row in client.get(f"/coordination/{query}").context["page"].rows]


# --- who may come in ------------------------------------------------------------------------


def test_a_visitor_is_asked_to_sign_in(page, visitor):
    for url in ("/coordination/", "/coordination/organisations/", page, f"{page}accept/"):
        response = visitor.get(url)
        assert (response.status_code, response.url.split("?")[0]) == (302, "/accounts/login/")


def test_who_holds_no_office_is_told_so(db):
    client = signed_in(make.user())
    for url in ("", "applications/", "organisations/"):
        response = client.get(f"/coordination/{url}")
        assert response.status_code == 403
        assert "Rights come from an office" in response.content.decode()


def test_an_office_that_ended_or_rests_opens_nothing(iwa, filed, page):
    ended = make.coordinator(iwa, "former@example.org", until=datetime.date(2020, 1, 1))
    resting = make.coordinator(iwa, "resting@example.org", is_suspended=True)
    for person in (ended, resting):
        client = signed_in(person)
        assert client.get("/coordination/").status_code == 403
        assert client.get(page).status_code == 404


def test_another_federations_coordinator_finds_nothing(outsider, filed, page):
    client = signed_in(outsider)
    assert rows(client, "?state=all") == []
    assert client.get(page).status_code == 404
    for verb in VERBS:
        assert client.get(f"{page}{verb}/").status_code == 404
        assert client.post(f"{page}{verb}/", {**DECISION, "note": "No."}).status_code == 404
    assert AffiliationRequest.objects.get().step == 1


def test_a_draft_is_not_found_by_its_coordinators(iwa, desk):
    draft = make.request(iwa)
    assert rows(desk, "?state=all") == []
    assert desk.get(f"/coordination/requests/{draft.reference}/").status_code == 404


def test_a_coordinator_cannot_open_an_application(desk, person_page):
    assert desk.get(person_page).status_code == 404
    assert desk.get("/coordination/applications/").status_code == 403
    for verb in ("ask_back", "accept", "decline"):
        answer = desk.post(f"{person_page}{verb}/", {"seen": "1", "note": "No."})
        assert answer.status_code == 404
    assert MembershipApplication.objects.get().step == 1


def test_another_organisations_secretary_cannot_open_an_application(iwa, person_page):
    elsewhere = make.organisation("Elsewhere", accepts_members=True)
    make.affiliation(elsewhere, iwa)
    client = signed_in(make.secretary(elsewhere, "elsewhere@example.org"))
    assert client.get(person_page).status_code == 404
    assert client.post(f"{person_page}accept/", {"seen": "1"}).status_code == 404
    assert not Member.objects.exists()


def test_a_secretary_finds_no_request_of_the_federation(secretarys_desk, page):
    assert secretarys_desk.get(page).status_code == 404
    assert secretarys_desk.get("/coordination/").url == "/coordination/applications/"
    assert secretarys_desk.get("/coordination/organisations/").status_code == 403


def test_a_treasurer_decides_on_nobody(local, application, person_page):
    client = signed_in(make.secretary(local, "treasurer@example.org", role="treasurer"))
    assert client.get(person_page).status_code == 404


@pytest.mark.parametrize("reference", ["2222-2222", "x", "%00", "9" * 300])
def test_a_reference_that_is_none_is_not_found(desk, reference):
    assert desk.get(f"/coordination/requests/{reference}/").status_code == 404
    assert desk.get(f"/coordination/requests/{reference}/accept/").status_code == 404


def test_pages_of_the_desk_stay_in_no_cache(desk, page):
    for url in ("/coordination/", page, f"{page}accept/"):
        assert "no-store" in desk.get(url)["Cache-Control"]


# --- lists ----------------------------------------------------------------------------------


def test_what_waits_comes_first_and_the_rest_by_choice(iwa, coordinator, desk):
    asked, waiting, declined = (
        workflow.submit_request(make.request(iwa, email=f"{name}@example.org")) for name in "abc"
    )
    workflow.ask_back(asked, by=coordinator, note="?")
    workflow.decline(declined, by=coordinator, note="No.")
    assert rows(desk) == [waiting.reference]
    assert rows(desk, "?state=open") == [asked.reference, waiting.reference]
    assert rows(desk, "?state=declined") == [declined.reference]
    assert len(rows(desk, "?state=all")) == 3


def test_a_coordinator_of_two_federations_chooses_one(iwa, asi, coordinator, filed, desk):
    make.Office.objects.create(federation=asi, person=coordinator, since=make.LONG_AGO)
    other = workflow.submit_request(make.request(asi))
    assert sorted(rows(desk)) == sorted([filed.reference, other.reference])
    assert rows(desk, "?federation=asi") == [other.reference]


@pytest.mark.parametrize("query", ["?state=nonsense", "?federation=asi", "?federation=%00"])
def test_a_filter_that_is_none_of_ones_own_gets_a_message(asi, filed, desk, query):
    response = desk.get(f"/coordination/{query}")
    assert response.status_code == 200
    assert "<title>Error:" in response.content.decode()
    assert rows(desk, query) == []


@pytest.mark.parametrize("page", ["1e99", "0", "999999", "9" * 400])
def test_a_page_that_the_list_does_not_have_is_named(filed, desk, page):
    assert "This list has no page" in desk.get("/coordination/", {"page": page}).content.decode()


def test_the_desk_asks_the_database_as_often_for_three_requests_as_for_one(
    iwa, filed, desk, django_assert_num_queries, django_assert_max_num_queries
):
    desk.get("/coordination/")  # the first visit notes when the session was used
    with django_assert_max_num_queries(25) as one:
        desk.get("/coordination/")
    for number in range(2):
        workflow.submit_request(make.request(iwa, email=f"{number}@example.org"))
    with django_assert_num_queries(len(one)):
        desk.get("/coordination/")


def test_it_asks_as_often_for_three_applications_as_for_one(
    local, application, secretarys_desk, django_assert_num_queries, django_assert_max_num_queries
):
    secretarys_desk.get(
        "/coordination/applications/"
    )  # the first visit notes when the session was used
    with django_assert_max_num_queries(25) as one:
        secretarys_desk.get("/coordination/applications/")
    for number in range(2):
        joining.submit_application(make.application(local, email=f"{number}@example.org"))
    with django_assert_num_queries(len(one)):
        secretarys_desk.get("/coordination/applications/")


def test_numbers_of_members_are_asked_for_as_often_for_three_organisations_as_for_one(
    iwa, local, desk, django_assert_num_queries, django_assert_max_num_queries
):
    desk.get("/coordination/organisations/")  # the first visit notes when the session was used
    with django_assert_max_num_queries(25) as one:
        desk.get("/coordination/organisations/")
    for number in range(2):
        made = make.organisation(f"Local {number}")
        make.affiliation(made, iwa)
        make.member(made, email=f"{number}@example.org")
    with django_assert_num_queries(len(one)):
        desk.get("/coordination/organisations/")


def test_the_list_of_applications_names_no_applicant(application, secretarys_desk):
    shown = text(secretarys_desk, "/coordination/applications/")
    assert application.reference in shown
    assert "Canary" not in shown


def test_the_numbers_are_those_of_ones_own_federations(iwa, asi, local, outsider):
    make.member(local)
    shown = text(signed_in(outsider), "/coordination/organisations/")
    assert local.name not in shown


def test_one_place_of_the_site_is_marked_as_here(desk):
    page = desk.get("/coordination/organisations/").content.decode()
    here = re.findall(r'<a href="([^"]+)" aria-current="true"', page.partition("</nav>")[0])
    assert here == ["/coordination/"]


# --- one of them ----------------------------------------------------------------------------


def test_a_request_shows_what_was_written_and_the_moves_that_are_open(desk, page):
    response = desk.get(page)
    assert "Kim Canary" in response.content.decode()
    offered = [move["verb"] for move in response.context["moves"]]
    assert offered == ["ask_back", "defer", "accept", "decline"]


def test_a_move_that_the_procedure_does_not_allow_is_named_with_the_reason(iwa, desk):
    make.procedure(iwa.statuses.get(slug="friend"), consulted="all")
    filed = workflow.submit_request(make.request(iwa))
    response = desk.get(f"/coordination/requests/{filed.reference}/")
    offered = [move["verb"] for move in response.context["moves"]]
    assert offered == ["ask_back", "consult", "defer", "decline"]
    assert "Accept: The sections must be consulted first." in response.content.decode()
    refused = desk.get(f"/coordination/requests/{filed.reference}/accept/")
    assert refused.status_code == 409
    assert "The sections must be consulted first." in refused.content.decode()


def test_where_the_applicant_has_to_answer_nothing_is_offered(filed, coordinator, desk, page):
    workflow.ask_back(filed, by=coordinator, note="How many are you?")
    response = desk.get(page)
    assert response.context["moves"] == []
    assert "The next move is the applicant’s." in response.content.decode()


def test_opening_an_application_is_recorded_without_a_name(
    secretary, application, secretarys_desk, person_page
):
    secretarys_desk.get(person_page)
    event = AuditEvent.objects.get(action="read")
    assert (event.actor, event.record, event.office) == (
        secretary.pk,
        str(application.pk),
        "secretary",
    )
    assert (event.fields, event.note, event.federation_slug) == ([], "", "")


def test_each_move_of_a_decider_has_a_door(iwa):
    for kind in (REQUEST, APPLICATION):
        moves = {move.verb for move in kind.model.MOVES if move.who == "decider"}
        # Proposing is what accepting and declining become where two persons decide.
        assert set(kind.doors) == moves - {"propose"}


def test_organisations_it_may_be_are_shown_to_who_decides(iwa, desk, filed, page):
    make.organisation("New  GROUP", "NO")
    other = workflow.submit_request(make.request(iwa, email="other@example.org"))
    found = desk.get(page).context["namesakes"]
    assert sorted(organisation.slug for organisation in found) == ["new-group-2", "new-group-3"]
    assert f"/coordination/requests/{other.reference}/" in text(desk, page)


def test_what_another_federation_was_asked_is_not_shown(asi, desk, filed, page):
    workflow.submit_request(make.request(asi, email="other@example.org"))
    assert desk.get(page).context["namesakes"] == []


# --- moves ----------------------------------------------------------------------------------


def test_accepting_records_the_decision_and_leads_to_the_public_page(desk, page):
    send(desk, f"{page}accept/", **DECISION, place="Graz", reference="26/3", since="2026-06-01")
    bond = Affiliation.objects.get()
    decision = bond.decision
    assert (decision.body, str(decision.decided_on), decision.place, decision.reference) == (
        "congress",
        "2026-05-01",
        "Graz",
        "26/3",
    )
    assert (str(bond.since), bond.status.slug) == ("2026-06-01", "friend")
    assert '<a href="/organisations/new-group/">' in text(desk, page)


def test_another_status_of_the_federation_may_be_given(desk, page):
    send(desk, f"{page}accept/", **{**DECISION, "status": "section"})
    assert Affiliation.objects.get().status.slug == "section"


def test_a_request_goes_through_consultation_and_congress(iwa, local, desk):
    make.procedure(iwa.statuses.get(slug="friend"), consulted="all", body="congress")
    filed = workflow.submit_request(make.request(iwa))
    page = f"/coordination/requests/{filed.reference}/"
    send(desk, f"{page}consult/")
    assert desk.get(f"{page}conclude/").status_code == 409
    Consultation.objects.update(closes_on="2026-01-01")
    send(desk, f"{page}conclude/")
    send(
        desk, f"{page}defer/", meeting="another", body="congress", day="2031-05-01",
        place="Graz", note="The congress decides.",
    )  # fmt: skip
    filed.refresh_from_db()
    assert (filed.state, str(filed.meeting.day)) == ("deferred", "2031-05-01")
    send(desk, f"{page}accept/", decided_on="2026-05-01", status="friend")
    decision = Decision.objects.get()
    assert (decision.body, decision.meeting) == ("congress", filed.meeting)


def test_an_accepted_person_is_a_member_since_the_day_given(secretarys_desk, person_page):
    send(secretarys_desk, f"{person_page}accept/", since="2026-05-01")
    member = Member.objects.get()
    assert (member.name, str(member.memberships.get().since)) == ("Ola Canary", "2026-05-01")


def test_a_person_is_asked_and_declined_with_words(application, secretarys_desk, person_page):
    send(secretarys_desk, f"{person_page}ask_back/", note="Which shift?")
    send(secretarys_desk, f"{person_page}decline/", note="Another union is yours.")
    assert [step.note for step in application.steps.all()][1:] == [
        "Which shift?",
        "Another union is yours.",
    ]
    assert MembershipApplication.objects.get().state == "declined"


@pytest.mark.parametrize(
    ("verb", "field", "value"),
    [
        ("accept", "body", "king"),
        ("accept", "body", ""),
        ("accept", "decided_on", ""),
        ("accept", "decided_on", "0001-01-01"),
        ("accept", "decided_on", "9999-12-31"),
        ("accept", "decided_on", "31-12-2020"),
        ("accept", "decided_on", "2026-02-30"),
        ("accept", "since", "0001-01-01"),
        ("accept", "since", "\0"),
        ("accept", "place", "x" * 101),
        ("accept", "reference", "x" * 101),
        ("accept", "reference", "26\x003"),
        ("accept", "status", "nonsense"),
        ("accept", "status", "\0"),
        ("accept", "seen", ""),
        ("accept", "seen", "9" * 50),
        ("accept", "decided_on", "2099-05-01"),
        ("defer", "meeting", ""),
        ("defer", "meeting", "999"),
        ("defer", "body", "king"),
        ("defer", "body", ""),
        ("defer", "day", "9999-12-31"),
        ("defer", "day", "2020-01-01"),
        ("defer", "note", ""),
        ("decline", "body", "king"),
        ("decline", "note", " "),
        ("decline", "note", "x" * 5001),
        ("ask_back", "note", "\0"),
    ],
)
def test_bad_input_is_named_at_its_field_and_nothing_is_done(desk, page, verb, field, value):
    given = {**DECISION, "meeting": "another", "note": "Because.", field: value}
    response = desk.post(f"{page}{verb}/", given)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert "<title>Error:" in response.content.decode()
    assert (AffiliationRequest.objects.get().step, Decision.objects.count()) == (1, 0)


def test_a_status_of_another_federation_cannot_be_given(asi, desk, page):
    foreign = make.status(asi, "affiliate")
    for value in (str(foreign.pk), "affiliate"):
        response = desk.post(f"{page}accept/", {**DECISION, "status": value})
        assert list(response.context["form"].errors) == ["status"]
    assert not Affiliation.objects.exists()


def test_a_document_that_is_none_is_named_at_its_field(desk, page):
    file = SimpleUploadedFile("minutes.pdf", b"MZ not a PDF")
    response = desk.post(f"{page}accept/", {**DECISION, "document": file})
    assert list(response.context["form"].errors) == ["document"]
    assert not Decision.objects.exists()


def test_the_minutes_are_kept_with_the_decision(desk, page):
    file = SimpleUploadedFile("minutes.pdf", files.pdf())
    desk.post(f"{page}accept/", {**DECISION, "document": file})
    kept = Decision.objects.get().document
    assert (kept.name, kept.media_type) == ("minutes.pdf", "application/pdf")


def test_a_day_before_the_status_it_replaces_is_explained_and_nothing_is_stored(iwa, desk):
    friend = make.organisation("Friendly")
    make.affiliation(friend, iwa, "section", since=datetime.date(2020, 1, 1))
    request = workflow.submit_request(make.request(iwa, organisation_slug="friendly"))
    url = f"/coordination/requests/{request.reference}/accept/"
    response = desk.post(url, {**DECISION, "decided_on": "2019-05-01"})
    assert "gives it a status from 1 January 2020 on" in response.content.decode()
    assert (Affiliation.objects.count(), Decision.objects.count()) == (1, 0)
    assert AffiliationRequest.objects.get().state == "submitted"


def test_a_verb_that_is_none_or_the_applicants_is_not_found(desk, page):
    for verb in ("submit", "answer", "withdraw", "nonsense"):
        assert desk.post(f"{page}{verb}/", {"seen": "1", "note": "x"}).status_code == 404
    assert AffiliationRequest.objects.get().step == 1


def test_who_was_overtaken_is_told_what_happened_and_gets_the_text_back(
    filed, coordinator, desk, page
):
    workflow.ask_back(filed, by=coordinator, note="How many are you?")
    workflow.answer(filed, note="Twelve.")
    response = desk.post(f"{page}decline/", {"note": "They never answer.", "seen": "1"})
    assert response.status_code == 409
    shown = response.content.decode()
    assert not [
        words
        for words in ("How many are you?", "Twelve.", "They never answer.")
        if words not in shown
    ]
    assert AffiliationRequest.objects.get().state == "submitted"


def test_what_was_typed_can_be_sent_again_in_the_knowledge_of_what_happened(
    filed, coordinator, desk, page
):
    workflow.ask_back(filed, by=coordinator, note="How many are you?")
    workflow.answer(filed, note="Twelve.")
    response = desk.post(f"{page}decline/", {"note": "They never answer.", "seen": "1"})
    form = response.context["form"]
    again = {name: form[name].value() for name in ("note", "seen")}
    assert again == {"note": "They never answer.", "seen": "3"}
    assert desk.post(f"{page}decline/", again).status_code == 302
    assert AffiliationRequest.objects.get().state == "declined"


def test_a_second_click_on_accept_is_refused_and_gives_one_decision(desk, page):
    assert desk.post(f"{page}accept/", DECISION).status_code == 302
    assert desk.post(f"{page}accept/", DECISION).status_code == 409
    assert (Decision.objects.count(), Affiliation.objects.count()) == (1, 1)


def test_the_form_of_a_move_that_is_not_open_any_more_says_so(filed, coordinator, desk, page):
    workflow.decline(filed, by=coordinator, note="No.")
    response = desk.get(f"{page}accept/")
    assert response.status_code == 409
    assert "not possible in the present state" in response.content.decode()


def test_getting_the_form_of_a_move_moves_nothing(desk, page):
    for verb in ("ask_back", "defer", "accept", "decline"):
        assert desk.get(f"{page}{verb}/").status_code == 200
    assert (AffiliationRequest.objects.get().step, Decision.objects.count()) == (1, 0)


def test_a_move_sent_from_another_site_is_refused(coordinator, page):
    client = signed_in(coordinator)
    client.handler.enforce_csrf_checks = True
    response = client.post(f"{page}accept/", DECISION, HTTP_ORIGIN="https://elsewhere.example.org")
    assert response.status_code == 403
    assert not Affiliation.objects.exists()


# --- no name of a person goes up ------------------------------------------------------------


def test_no_page_that_a_coordinator_can_open_names_the_applicant(
    iwa, local, secretary, application, desk
):
    joining.accept_application(application, by=secretary, note="Welcome, Ola Canary.")
    urls = [
        "/coordination/",
        "/coordination/?state=all",
        "/coordination/organisations/",
        "/federations/iwa/",
        "/federations/iwa/affiliate/",
        local.get_absolute_url(),
        f"/organisations/{local.slug}/join/",
        f"/applications/{application.reference}/",
        "/join/",
    ]
    for url in urls:
        shown = text(desk, url)
        assert not [word for word in ("Canary", "person@example.org", "Welcome,") if word in shown]


def test_an_organisation_is_public_by_acceptance_alone(filed, desk, page):
    organisation = Organisation.objects.get()
    assert Client().get(f"/organisations/{organisation.slug}/").status_code == 404
    desk.post(f"{page}decline/", {"note": "No.", "seen": "1"})
    assert Client().get(f"/organisations/{organisation.slug}/").status_code == 404


# --- finding one's way ----------------------------------------------------------------------


def test_every_list_of_the_desk_is_a_link_away_from_every_other(desk):
    names = ["", "proceedings/", "consultations/", "meetings/", "decisions/", "claims/", "reports/",
             "organisations/", "procedures/", "letters/", "tokens/"]  # fmt: skip
    for name in names:
        lists = text(desk, f"/coordination/{name}").partition("Lists of the desk")[2]
        assert [link for link in names if f'href="/coordination/{link}"' not in lists] == []
        assert re.findall(r'href="([^"]*)" aria-current="page"', lists) == [f"/coordination/{name}"]


def test_a_secretary_finds_no_list_behind_a_word(secretarys_desk):
    page = text(secretarys_desk, "/coordination/applications/")
    assert 'href="/coordination/claims/"' in page
    assert "tabs__more" not in page
    assert 'href="/coordination/tokens/"' in page
    assert "/coordination/letters/" not in page


def test_the_main_move_stands_first(desk, page):
    moves = text(desk, page).partition("What you can do")[2]
    assert re.findall(r'class="button([^"]*)"', moves)[0] == " button--primary"
