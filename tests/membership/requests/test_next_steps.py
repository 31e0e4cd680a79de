"""What comes next, by whom, by when: for every state, and what the applicant's page makes of it."""

import datetime

import pytest
import time_machine
from django.test import Client

from directory import decisions
from directory.models import Decision
from membership import deadlines
from membership.consultations import consulting
from membership.models import AffiliationRequest, Consulted, Sponsorship
from membership.requests import deciding, workflow
from membership.requests.next_steps import next_step
from tests import make
from tests.browsing import press, prove, text

TODAY = datetime.date(2026, 5, 4)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _on_a_day():
    with time_machine.travel(datetime.datetime(2026, 5, 4, 12, tzinfo=datetime.UTC)):
        yield


def rules(iwa, **fields):
    return make.procedure(iwa.statuses.get(slug="friend"), **fields)


def filed(iwa) -> AffiliationRequest:
    return workflow.submit_request(make.request(iwa))


def owner(request) -> Client:
    client = Client()
    prove(client, f"/requests/{request.reference}/", "group@example.org")
    return client


def page(request) -> str:
    return text(owner(request), f"/requests/{request.reference}/")


def step(request) -> tuple:
    return next_step(AffiliationRequest.objects.get(pk=request.pk))


# --- each state -----------------------------------------------------------------------------


def test_a_draft_is_the_applicants_to_send(iwa):
    made = make.request(iwa)
    assert step(made)[1:] == ("you", TODAY + AffiliationRequest.KEPT_AS_DRAFT)


def test_what_was_sent_waits_for_the_coordinators_until_the_day_they_name(iwa, coordinator):
    rules(iwa, body="congress", decision_days=90)
    what, by_whom, by_when = step(filed(iwa))
    assert "congress" in what
    assert (by_whom, by_when) == ("the coordinators of IWA", TODAY + 90 * DAY)


def test_where_no_body_is_named_none_is_invented(iwa):
    what, _by_whom, _by_when = step(filed(iwa))
    assert "the body that decides" in what


def test_where_the_sections_are_heard_it_says_so_before(iwa, local, coordinator):
    rules(iwa, consulted="all")
    assert "ask the sections" in step(filed(iwa)).what


def test_sponsors_that_have_not_answered_are_named_until_enough_have(iwa, local, secretary):
    rules(iwa, sponsors=1)
    request = make.request(iwa, sponsors=[local.slug])
    request = workflow.submit_request(request)
    assert step(request).by_whom == "Örestad Local"
    Sponsorship.objects.update(state="refused")
    assert step(request)[:2] == ("Name another sponsor", "you")
    Sponsorship.objects.update(state="given")
    assert step(request).by_whom == "the coordinators of IWA"


def test_a_question_is_the_applicants_until_its_day(iwa, coordinator):
    rules(iwa, answer_days=10, lapses=True)
    request = workflow.ask_back(filed(iwa), by=coordinator, note="Who?")
    what, by_whom, by_when = step(request)
    assert (by_whom, by_when) == ("you", TODAY + 10 * DAY)
    assert "the request ends" in what


def test_a_consultation_runs_until_its_last_day(iwa, local, coordinator):
    rules(iwa, consulted="all", consultation_days=20)
    request = workflow.consult(filed(iwa), by=coordinator)
    assert step(request)[1:] == ("the sections of the federation", TODAY + 20 * DAY)


def test_a_deferred_request_moves_with_its_meeting(iwa, coordinator):
    meeting = make.meeting(iwa, titles={"en": "Thirtieth congress"})
    request = workflow.defer(filed(iwa), by=coordinator, note="Later.", meeting=meeting)
    assert step(request)[1:] == ("Thirtieth congress", None)
    meeting.day = TODAY + 100 * DAY
    meeting.save()
    assert step(request).by_when == TODAY + 100 * DAY
    meeting.day = TODAY + 200 * DAY
    meeting.save()
    assert step(request).by_when == TODAY + 200 * DAY


def test_an_accepted_one_names_the_day_the_status_begins_if_that_lies_ahead(iwa, coordinator):
    rules(iwa, effective="month")
    request = deciding.accept_request(filed(iwa), by=coordinator, body="congress", decided_on=TODAY)
    assert step(request)[1:] == ("", datetime.date(2026, 6, 1))


@pytest.mark.parametrize(("appeal", "expected"), [("plenary", ("you", 60)), ("", ("", None))])
def test_a_declined_one_may_be_appealed_where_the_procedure_has_it(
    iwa, coordinator, appeal, expected
):
    rules(iwa, appeal_body=appeal, appeal_days=60)
    request = deciding.decline_request(filed(iwa), by=coordinator, note="No.", body="congress")
    who, days = expected
    assert step(request)[1:] == (who, TODAY + days * DAY if days else None)


def test_a_lapsed_one_is_told_from_a_withdrawn_one(iwa, coordinator):
    rules(iwa, lapses=True, answer_days=1)
    lapsed = workflow.ask_back(filed(iwa), by=coordinator, note="Who?")
    with time_machine.travel(datetime.datetime(2026, 5, 9, 12, tzinfo=datetime.UTC)):
        deadlines.run(TODAY + 5 * DAY)
    assert "without an answer" in step(lapsed).what
    other = workflow.submit_request(make.request(iwa, email="b@example.org", name="Other"))
    assert "took the request back" in step(workflow.withdraw(other)).what


def test_every_state_has_its_answer(iwa):
    request = make.request(iwa)
    for state in set(AffiliationRequest.State) - {"in_consultation"}:
        request.state = state
        assert next_step(request).what


# --- the page -------------------------------------------------------------------------------


def test_the_page_says_what_comes_next(iwa, coordinator):
    rules(iwa, body="congress", decision_days=90)
    shown = page(filed(iwa))
    for words in ("What happens next", "By whom", "the coordinators of IWA", "2 August 2026"):
        assert words in shown


def test_a_question_is_answered_and_documents_are_added_there(iwa, coordinator):
    request = workflow.ask_back(filed(iwa), by=coordinator, note="Who?")
    client, url = owner(request), f"/requests/{request.reference}/"
    assert f"{url}documents/" in text(client, url)
    press(client, url, to=f"{url}answer/", note="We.", seen="2")
    assert f"{url}documents/" not in text(client, url)


def replied(iwa, local, secretary, coordinator, **fields):
    """Consulted, answered with an objection, and counted."""
    rules(iwa, consulted="all", **fields)
    request = workflow.consult(filed(iwa), by=coordinator)
    consulting.reply(
        Consulted.objects.get(), by=secretary, answer="objection", grounds="Canary grounds",
        assembly="Canary assembly", decided_on=TODAY,
    )  # fmt: skip
    return request


@pytest.mark.parametrize("publishes", [True, False])
def test_while_the_sections_are_asked_nobody_reads_what_they_say(
    iwa, local, secretary, coordinator, publishes
):
    request = replied(iwa, local, secretary, coordinator, publishes_replies=publishes)
    shown = page(request)
    assert "The sections are being asked" in shown
    assert not [word for word in ("Canary grounds", "Canary assembly", "Örestad") if word in shown]


@pytest.mark.parametrize("publishes", [True, False])
def test_afterwards_the_applicant_reads_it_only_where_it_is_published(
    iwa, local, secretary, coordinator, publishes
):
    request = replied(iwa, local, secretary, coordinator, publishes_replies=publishes)
    workflow.conclude(request, by=coordinator)
    shown = page(request)
    for word in ("Canary grounds", "Örestad Local", "The sections do not agree."):
        assert (word in shown) == publishes


def test_a_rule_that_acted_is_neither_the_applicant_nor_the_federation(iwa, coordinator):
    rules(iwa, consulted="all")
    request = workflow.consult(filed(iwa), by=coordinator)
    assert "a rule of the procedure" in page(request)


def test_the_decision_stands_there_with_its_reason(iwa, coordinator):
    request = deciding.decline_request(
        filed(iwa), by=coordinator, note="Too many of us\nwere against.", body="congress",
        decided_on=TODAY, reference="30/7", place="Alcoy",
    )  # fmt: skip
    shown = page(request)
    for words in ("congress", "Alcoy", "4 May 2026", "30/7", "Too many of us<br>were against."):
        assert words in shown
    assert f"/requests/{request.reference}/appeal/" not in shown


def test_an_accepted_one_shows_status_and_day(iwa, coordinator):
    rules(iwa, effective="month")
    request = deciding.accept_request(
        filed(iwa), by=coordinator, body="congress", decided_on=TODAY, note="Welcome."
    )
    shown = page(request)
    for words in ("Welcome.", "since 1 June 2026", "Friend"):
        assert words in shown


def corrected(request, by, *effects, body="plenary") -> None:
    request.refresh_from_db()
    decisions.record(
        federation=request.federation, body=body, decided_on=TODAY, by=by, effects=list(effects),
        corrects=request.decision, correction_note="The minutes were misread.",
    )  # fmt: skip


def test_after_a_correction_the_page_tells_what_stands(iwa, coordinator):
    rules(iwa, effective="month")
    request = deciding.accept_request(filed(iwa), by=coordinator, body="congress", decided_on=TODAY)
    other = {"kind": "admit", "organisation": request.organisation, "status": request.status}
    corrected(request, coordinator, other | {"on": TODAY - DAY})
    assert step(request).by_when is None
    shown = page(request)
    for words in ("plenary", "The minutes were misread.", "since 3 May 2026"):
        assert words in shown
    assert "1 June 2026" not in shown


def test_a_correction_may_leave_no_status(iwa, coordinator):
    request = deciding.accept_request(filed(iwa), by=coordinator, body="congress", decided_on=TODAY)
    corrected(request, coordinator)
    assert "no status follows" in step(request).what
    assert "since 4 May 2026" not in page(request)


# --- appeal ---------------------------------------------------------------------------------


@pytest.fixture
def refused(iwa, coordinator):
    rules(iwa, body="congress", appeal_body="plenary", appeal_days=60)
    return deciding.decline_request(filed(iwa), by=coordinator, note="Not now.")


def appeal_page(request) -> str:
    return f"/requests/{request.reference}/appeal/"


def test_an_appeal_is_sent_from_its_page(refused):
    client = owner(refused)
    assert appeal_page(refused) in text(client, f"/requests/{refused.reference}/")
    shown = text(client, appeal_page(refused))
    assert "plenary" in shown
    assert "Not now." in shown
    press(client, appeal_page(refused), note="We have grown.", seen="2")
    after = AffiliationRequest.objects.get()
    assert (after.state, after.deciding_body) == ("submitted", "plenary")
    assert "plenary" in step(after).what


def test_an_appeal_needs_its_words(refused):
    response = press(owner(refused), appeal_page(refused), note=" ", seen="2")
    assert "<title>Error:" in response.content.decode()
    assert AffiliationRequest.objects.get().state == "declined"


def test_there_is_one_appeal_and_no_second(refused, coordinator):
    workflow.appeal(refused, note="We have grown.")
    deciding.decline_request(refused, by=coordinator, note="Still not.")
    client = owner(refused)
    assert client.get(appeal_page(refused)).url == f"/requests/{refused.reference}/"
    assert client.post(appeal_page(refused), {"note": "Again.", "seen": "4"}).status_code == 409
    assert (AffiliationRequest.objects.get().state, Decision.objects.count()) == ("declined", 2)


def test_after_its_last_day_there_is_no_appeal(refused):
    with time_machine.travel(datetime.datetime(2026, 7, 4, 12, tzinfo=datetime.UTC)):
        client = owner(refused)
        assert client.get(appeal_page(refused)).status_code == 302
        late = client.post(appeal_page(refused), {"note": "We.", "seen": "2"})
        assert (late.status_code, "time to appeal is over" in late.content.decode()) == (409, True)


def test_nobody_else_appeals(refused):
    stranger = Client()
    assert stranger.get(appeal_page(refused)).url == f"/requests/{refused.reference}/"
    assert stranger.post(appeal_page(refused), {"note": "We.", "seen": "2"}).status_code == 302
    assert AffiliationRequest.objects.get().state == "declined"
