"""Who has proved to be the owner follows what was filed; everybody else learns nothing."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from federation.models import Letter
from membership import joining
from membership.models import AffiliationRequest, MembershipApplication
from membership.requests import workflow
from tests import browsing, make
from tests.browsing import browser, confirm, draft_request, last_code, press, prove, text


@pytest.fixture
def filed(iwa):
    return workflow.submit_request(make.request(iwa))


@pytest.fixture
def page(filed):
    return f"/requests/{filed.reference}/"


@pytest.fixture
def owner(page):
    """A browser in which the code was typed."""
    client = Client()
    prove(client, page, "group@example.org")
    return client


def later(**time):
    return time_machine.travel(timezone.now() + datetime.timedelta(**time))


def plain(response) -> str:
    """A page without the token against forged forms, which differs each time."""
    return response.content.decode().replace(
        browsing.token(response).get("csrfmiddlewaretoken", "-"), ""
    )


# --- finding and proving --------------------------------------------------------------------


def test_reference_and_address_lead_to_a_code_and_the_code_to_the_page(filed, page, visitor):
    found = visitor.post(
        "/requests/",
        {"reference": filed.reference.lower().replace("-", " "), "email": "GROUP@example.org"},
    )
    assert found.url == f"{page}code/"
    press(visitor, f"{page}code/", code=last_code("group@example.org"))
    assert "New Group" in text(visitor, page)


def test_an_address_that_does_not_fit_gets_the_same_answer_and_no_letter(filed, page, visitor):
    Letter.objects.all().delete()
    right = browser()
    answers = [
        (press(right, page, email="group@example.org"), right.get(f"{page}code/")),
        (press(visitor, page, email="nobody@example.org"), visitor.get(f"{page}code/")),
    ]
    assert answers[0][0].url == answers[1][0].url
    assert plain(answers[0][1]) == plain(answers[1][1])
    assert [letter.recipient for letter in Letter.objects.all()] == ["group@example.org"]


def test_a_reference_under_which_nothing_is_filed_gets_the_same_answers(filed, page, visitor):
    nothing = "/requests/2222-2222/"
    for client, url in ((browser(), page), (visitor, nothing)):
        assert press(client, url, email="nobody@example.org").url == f"{url}code/"
    known, unknown = (visitor.get(url) for url in (page, nothing))
    assert plain(known).replace(filed.reference, "") == plain(unknown).replace("2222-2222", "")
    typed = [press(visitor, f"{url}code/", code="123456") for url in (page, nothing)]
    assert [response.status_code for response in typed] == [200, 200]


@pytest.mark.parametrize("wrong", ["2222-2223", "O000-0000", "x", "%00", "2222", "2" * 300])
def test_a_reference_with_a_slip_in_it_is_to_be_checked(db, visitor, wrong):
    response = visitor.get(f"/requests/{wrong}/")
    assert response.status_code == 404
    assert "<title>Error:" in response.content.decode()


def test_a_slip_in_the_form_is_named_too(db, visitor):
    response = visitor.post("/requests/", {"reference": "2222-2223", "email": "a@example.org"})
    assert "Check the reference" in response.content.decode()


def test_a_reference_in_small_letters_leads_to_its_page(filed, page, visitor):
    assert visitor.get(page.lower()).url == page


def test_a_wrong_code_opens_nothing_and_says_so(page, visitor):
    press(visitor, page, email="group@example.org")
    wrong = "000000" if last_code("group@example.org") != "000000" else "111111"
    assert "This code is wrong" in press(visitor, f"{page}code/", code=wrong).content.decode()
    assert "New Group" not in text(visitor, page)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "1" * 4000, "12\x00456"])
def test_what_cannot_be_a_code_is_named_and_is_no_try(filed, page, visitor, code):
    press(visitor, page, email="group@example.org")
    response = press(visitor, f"{page}code/", code=code)
    assert list(response.context["form"].errors) == ["code"]
    assert AffiliationRequest.objects.get().code_tries == 0


def test_a_code_may_be_typed_in_other_digits_and_with_spaces(page, visitor):
    press(visitor, page, email="group@example.org")
    arabic = last_code("group@example.org").translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert press(visitor, f"{page}code/", code=f"{arabic[:3]} {arabic[3:]}").url == page


def test_a_used_code_opens_nothing_in_another_browser(owner, page, visitor):
    code = last_code("group@example.org")
    with later(minutes=1):
        press(visitor, page, email="group@example.org")
        new = last_code("group@example.org")
        press(visitor, f"{page}code/", code=code)
        assert ("New Group" in text(visitor, page)) == (code == new)


def test_an_expired_code_opens_nothing(page, visitor):
    press(visitor, page, email="group@example.org")
    code = last_code("group@example.org")
    for minutes in (20, 40):
        with later(minutes=minutes):
            visitor.get(page)  # so that the session lasts longer than the code
    with later(minutes=61):
        assert "This code is wrong" in press(visitor, f"{page}code/", code=code).content.decode()
        assert "New Group" not in text(visitor, page)


def test_a_browser_that_asked_for_no_code_is_told_to_ask_for_one(page, visitor):
    press(browser(), page, email="group@example.org")
    response = press(visitor, f"{page}code/", code=last_code("group@example.org"))
    assert "Ask for a new one" in response.content.decode()
    assert "New Group" not in text(visitor, page)


def test_a_code_of_another_request_is_refused(iwa, page, visitor):
    other = workflow.submit_request(make.request(iwa, email="other@example.org"))
    press(visitor, page, email="group@example.org")
    press(visitor, f"/requests/{other.reference}/", email="other@example.org")
    response = press(visitor, f"{page}code/", code=last_code("other@example.org"))
    assert "This code is wrong" in response.content.decode()
    assert "New Group" not in text(visitor, page)


def test_who_does_not_know_the_address_uses_up_no_tries_of_the_owner(filed, page, visitor):
    press(visitor, page, email="group@example.org")
    stranger = browser()
    press(stranger, page, email="nobody@example.org")
    for _try in range(6):
        press(stranger, f"{page}code/", code="123456")
    assert press(visitor, f"{page}code/", code=last_code("group@example.org")).url == page


def test_a_proof_ends_after_an_hour(owner, page):
    with later(minutes=20):
        assert "New Group" in text(owner, page)
    with later(minutes=40):
        assert "New Group" in text(owner, page)
    with later(minutes=61):
        assert "New Group" not in text(owner, page)


def test_having_made_the_draft_opens_nothing_once_it_was_sent_and_the_proof_ended(iwa, visitor):
    page = draft_request(visitor, "iwa")
    confirm(visitor, page, "group@example.org")
    for minutes in (20, 40):
        with later(minutes=minutes):
            visitor.get(page)
    with later(minutes=61):
        assert "Kitchen Workers" not in text(visitor, page)


def test_a_proof_gives_the_session_a_new_key(page, visitor):
    press(visitor, page, email="group@example.org")
    before = visitor.session.session_key
    press(visitor, f"{page}code/", code=last_code("group@example.org"))
    assert visitor.session.session_key != before


def test_after_sixty_codes_in_an_hour_a_network_has_to_wait(page, visitor, monkeypatch):
    monkeypatch.setattr("membership.views.following.PROOFS_AN_HOUR", 2)
    press(visitor, page, email="group@example.org")
    for _try in range(2):
        press(visitor, f"{page}code/", code="123456")
    refused = press(visitor, f"{page}code/", code=last_code("group@example.org"))
    assert (refused.status_code, refused["Retry-After"]) == (429, "1800")
    assert "New Group" not in text(visitor, page)


def test_neither_address_nor_code_is_ever_in_an_address(page, visitor):
    to_code = press(visitor, page, email="group@example.org")
    code = last_code("group@example.org")
    to_page = press(visitor, f"{page}code/", code=code)
    assert not [
        url for url in (to_code.url, to_page.url) if "@" in url or code in url or "?" in url
    ]


def test_pages_of_applicants_stay_in_no_cache(owner, page, visitor):
    for response in (owner.get(page), visitor.get(page), visitor.get("/applications/")):
        assert "no-store" in response["Cache-Control"]


def test_without_cookies_the_form_explains_itself(iwa):
    response = browser().post("/requests/", {"reference": "2222-2222", "email": "a@example.org"})
    assert response.status_code == 403
    assert "cookies" in response.content.decode()


# --- sending a draft ------------------------------------------------------------------------


def test_a_draft_goes_off_with_its_code_and_not_before(iwa, coordinator, visitor):
    page = draft_request(visitor, "iwa")
    press(visitor, f"{page}check/")
    assert AffiliationRequest.objects.get().state == "draft"
    confirm(visitor, page, "group@example.org")
    filed = AffiliationRequest.objects.get()
    assert (filed.state, filed.step, filed.steps.get().by) == ("submitted", 1, None)
    assert AffiliationRequest.objects.managed_by(coordinator).get() == filed


def test_two_clicks_send_one_code(iwa, visitor):
    page = draft_request(visitor, "iwa")
    press(visitor, f"{page}check/")
    press(visitor, f"{page}check/")
    assert Letter.objects.count() == 1


def test_an_address_that_had_its_codes_is_told_so(iwa, visitor):
    page = draft_request(visitor, "iwa")
    for minute in range(5):
        with later(minutes=minute):
            press(visitor, f"{page}check/")
    with later(minutes=5):
        refused = press(visitor, f"{page}check/")
    assert refused.status_code == 429
    assert "No code was sent" in refused.content.decode()


def test_changing_the_address_makes_the_code_to_the_former_one_void(iwa, visitor):
    page = draft_request(visitor, "iwa")
    press(visitor, f"{page}check/")
    code = last_code("group@example.org")
    browsing.fill_in(visitor, page, "contact", email="somebody-else@example.org")
    assert "This code is wrong" in press(visitor, f"{page}code/", code=code).content.decode()
    assert AffiliationRequest.objects.get().state == "draft"


def test_a_changed_address_gets_its_code_at_once(iwa, visitor):
    page = draft_request(visitor, "iwa")
    press(visitor, f"{page}check/")
    browsing.fill_in(visitor, page, "contact", email="new@example.org")
    assert "Request sent" in confirm(visitor, page, "new@example.org")


def test_a_draft_opened_in_another_browser_by_its_code_is_not_sent_by_that(iwa, visitor):
    page = draft_request(browser(), "iwa")
    prove(visitor, page, "group@example.org")
    assert visitor.get(page).url == f"{page}tasks/"
    assert AffiliationRequest.objects.get().state == "draft"
    with later(minutes=1):
        assert "Request sent" in confirm(visitor, page, "group@example.org")


def test_a_request_for_a_status_closed_meanwhile_stays_a_draft(iwa, visitor):
    page = draft_request(visitor, "iwa")
    press(visitor, f"{page}check/")
    iwa.statuses.update(is_open_to_requests=False)
    response = press(visitor, f"{page}code/", code=last_code("group@example.org"))
    assert "no longer takes requests" in response.content.decode()
    assert AffiliationRequest.objects.get().step == 0


# --- answering and withdrawing --------------------------------------------------------------


def test_the_timeline_names_bodies_and_no_person(filed, coordinator, owner, page):
    coordinator.name = "Robin Canary-Officer"
    coordinator.save()
    workflow.ask_back(filed, by=coordinator, note="How many are you?")
    shown = text(owner, page)
    assert "the coordinators of IWA" in shown
    assert "How many are you?" in shown
    assert not [word for word in ("Robin", coordinator.email, str(coordinator.pk)) if word in shown]


def test_an_answer_brings_the_request_back_to_the_federation(filed, coordinator, owner, page):
    workflow.ask_back(filed, by=coordinator, note="How many are you?")
    press(owner, page, to=f"{page}answer/", note="Twelve.", seen="2")
    assert AffiliationRequest.objects.get().state == "submitted"
    assert [step.note for step in filed.steps.all()] == ["", "How many are you?", "Twelve."]


def test_an_empty_answer_is_named_and_changes_nothing(filed, coordinator, owner, page):
    workflow.ask_back(filed, by=coordinator, note="How many are you?")
    response = press(owner, page, to=f"{page}answer/", note=" ", seen="2")
    assert "<title>Error:" in response.content.decode()
    assert AffiliationRequest.objects.get().state == "needs_answer"


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 50, "\0"])
def test_an_answer_without_the_step_that_was_seen_changes_nothing(
    filed, coordinator, owner, page, seen
):
    workflow.ask_back(filed, by=coordinator, note="How many are you?")
    response = owner.post(f"{page}answer/", {"note": "Twelve.", "seen": seen})
    assert "seen" in response.context["form"].errors
    assert AffiliationRequest.objects.get().state == "needs_answer"


def test_an_answer_that_comes_too_late_is_given_back(filed, coordinator, owner, page):
    workflow.ask_back(filed, by=coordinator, note="How many are you?")
    workflow.answer(filed, note="Eleven, said somebody else of us.")
    response = owner.post(f"{page}answer/", {"note": "Twelve of us.", "seen": "2"})
    assert response.status_code == 409
    shown = response.content.decode()
    assert "Eleven, said somebody else of us." in shown
    assert "Twelve of us." in shown
    assert AffiliationRequest.objects.get().step == 3


def test_withdrawing_is_asked_once_more_and_then_done(filed, owner, page):
    assert "cannot be taken up again" in text(owner, f"{page}withdraw/")
    assert AffiliationRequest.objects.get().state == "submitted"
    press(owner, f"{page}withdraw/", note="We split.", seen="1")
    assert (AffiliationRequest.objects.get().state, filed.steps.last().note) == (
        "withdrawn",
        "We split.",
    )
    assert owner.get(f"{page}withdraw/").url == page


def test_withdrawing_what_was_decided_meanwhile_is_refused(filed, coordinator, owner, page):
    workflow.decline(filed, by=coordinator, note="Not now.")
    assert owner.post(f"{page}withdraw/", {"seen": "1"}).status_code == 409
    assert AffiliationRequest.objects.get().state == "declined"


@pytest.mark.parametrize("part", ["check", "answer", "withdraw"])
def test_a_browser_without_proof_can_do_nothing(filed, page, visitor, part):
    response = visitor.post(f"{page}{part}/", {"note": "No.", "seen": "1"})
    assert response.url == page
    assert AffiliationRequest.objects.get().step == 1


def test_a_proof_for_one_reference_is_none_for_another(iwa, owner):
    other = workflow.submit_request(
        make.request(iwa, email="other@example.org", name="Other Group")
    )
    assert "Other Group" not in text(owner, f"/requests/{other.reference}/")
    assert owner.post(f"/requests/{other.reference}/withdraw/", {"seen": "1"}).status_code == 302
    assert AffiliationRequest.objects.get(pk=other.pk).state == "submitted"


def test_a_proof_for_a_request_is_none_for_an_application_of_that_reference(
    local, secretary, filed, owner
):
    application = make.application(local)
    MembershipApplication.objects.filter(pk=application.pk).update(reference=filed.reference)
    assert "Ola Canary" not in text(owner, f"/applications/{filed.reference}/")


def test_getting_a_page_never_moves_anything(filed, coordinator, owner, page):
    workflow.ask_back(filed, by=coordinator, note="How many are you?")
    for part in ("", "check/", "code/", "withdraw/"):
        owner.get(f"{page}{part}")
    assert owner.get(f"{page}answer/").status_code == 405
    assert AffiliationRequest.objects.get().step == 2


def test_an_application_is_followed_the_same_way(local, secretary):
    application = joining.submit_application(make.application(local))
    workflow.ask_back(application, by=secretary, note="Which shift?")
    person, page = Client(), f"/applications/{application.reference}/"
    shown = prove(person, page, "person@example.org")
    assert "the secretary of Örestad Local" in shown
    press(person, page, to=f"{page}answer/", note="Nights.", seen="2")
    assert MembershipApplication.objects.get().state == "submitted"
