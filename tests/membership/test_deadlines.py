"""What happens because a day has come: once, and one that fails stops no other."""

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from federation.models import Letter
from membership import deadlines
from membership.consultations import consulting
from membership.models import AffiliationRequest, Consultation, Consulted, Proceeding
from membership.proceedings import leaving
from membership.requests import workflow
from tests import make

DAY = datetime.timedelta(days=1)
START = datetime.date(2026, 5, 4)


@pytest.fixture(autouse=True)
def _on_a_day():
    with at(START):
        yield


def at(day: datetime.date):
    noon = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    return time_machine.travel(noon)


def run(day: datetime.date) -> None:
    with at(day):
        deadlines.run(day)


def told(letter: str) -> list[str]:
    return sorted(one.recipient for one in Letter.objects.filter(template=letter))


@pytest.fixture
def rules(iwa):
    return make.procedure(
        iwa.statuses.get(slug="friend"), consulted="all", consultation_days=28, lapses=True
    )


@pytest.fixture
def asking(rules, iwa, local, secretary, coordinator):
    request = workflow.submit_request(make.request(iwa))
    return workflow.consult(request, by=coordinator)


def reply(secretary):
    return consulting.reply(
        Consulted.objects.get(), by=secretary, answer="for", assembly="assembly", decided_on=START
    )


# --- consultations --------------------------------------------------------------------------


def test_a_consultation_ends_the_day_after_its_last_one(asking):
    run(START + 28 * DAY)
    assert AffiliationRequest.objects.get().state == "in_consultation"
    run(START + 29 * DAY)
    request = AffiliationRequest.objects.get()
    assert (request.state, request.last_consultation.outcome) == ("submitted", "failed")
    last = request.steps.last()
    assert (last.verb, last.by, last.office) == ("expire", None, "")
    assert told("consultation_closed") == ["coordinator@example.org"]


def test_run_twice_nothing_happens_twice(asking):
    for _time in range(3):
        run(START + 29 * DAY)
    assert AffiliationRequest.objects.get().steps.count() == 3
    assert told("consultation_closed") == ["coordinator@example.org"]


def test_the_silent_are_reminded_a_week_and_a_day_before_once_each(asking):
    letters = []
    for day in range(30):
        for _hour in range(2):
            run(START + day * DAY)
        letters.append(len(told("consultation_reminder")))
    assert [day for day in range(1, 30) if letters[day] > letters[day - 1]] == [21, 27]
    assert letters[-1] == 2


def test_who_has_replied_is_not_reminded(asking, secretary):
    reply(secretary)
    for day in (21, 27):
        run(START + day * DAY)
    assert told("consultation_reminder") == []


def test_a_worker_that_slept_reminds_once_and_not_for_each_day_missed(asking):
    run(START + 24 * DAY)
    run(START + 25 * DAY)
    assert len(told("consultation_reminder")) == 1
    run(START + 28 * DAY)
    assert len(told("consultation_reminder")) == 2


@pytest.mark.parametrize(("days", "expected"), [(7, [6]), (5, [4]), (1, []), (2, [1]), (8, [1, 7])])
def test_who_was_asked_just_now_is_not_reminded_at_once(
    iwa, local, secretary, coordinator, days, expected
):
    make.procedure(iwa.statuses.get(slug="friend"), consulted="all", consultation_days=days)
    workflow.consult(workflow.submit_request(make.request(iwa)), by=coordinator)
    reminded = []
    for day in range(days + 1):
        before = len(told("consultation_reminder"))
        run(START + day * DAY)
        if len(told("consultation_reminder")) > before:
            reminded.append(day)
    assert reminded == expected


def test_a_consultation_about_a_proceeding_ends_too(iwa, local, secretary, coordinator):
    make.procedure(iwa.statuses.get(slug="section"), consulted="all", consultation_days=10)
    leaves = make.organisation("Leaves", "SE")
    make.affiliation(leaves, iwa)
    proceeding = leaving.open_proceeding(
        kind="lapse", organisation=leaves, federation=iwa, by=coordinator, grounds="No word."
    )
    leaving.consult(proceeding, by=coordinator)
    run(START + 11 * DAY)
    assert Proceeding.objects.get().state == "open"
    assert Consultation.objects.get().counts["silent"] == 1


# --- requests -------------------------------------------------------------------------------


@pytest.fixture
def questioned(rules, iwa, coordinator):
    request = workflow.submit_request(make.request(iwa))
    return workflow.ask_back(request, by=coordinator, note="How many are you?")


def test_an_unanswered_request_lapses_after_its_day(questioned):
    run(questioned.answer_due)
    assert AffiliationRequest.objects.get().state == "needs_answer"
    run(questioned.answer_due + DAY)
    request = AffiliationRequest.objects.get()
    assert (request.state, request.steps.last().verb) == ("withdrawn", "lapse")
    assert told("lapsed") == ["group@example.org"]


def test_where_the_procedure_has_no_lapse_it_waits_for_ever(iwa, coordinator):
    request = workflow.submit_request(make.request(iwa))
    workflow.ask_back(request, by=coordinator, note="How many are you?")
    run(START + 1000 * DAY)
    assert AffiliationRequest.objects.get().state == "needs_answer"


def test_one_that_fails_stops_no_other(asking, questioned_too, monkeypatch, caplog):
    close = consulting.close

    def fail(consultation):
        close(consultation)
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(consulting, "close", fail)
    run(START + 60 * DAY)
    states = set(AffiliationRequest.objects.values_list("state", flat=True))
    assert states == {"in_consultation", "withdrawn"}
    assert Consultation.objects.get().closed_at is None
    assert "a rule could not be applied" in caplog.text


def test_a_rule_that_cannot_be_asked_stops_no_other(questioned, monkeypatch, caplog):
    def broken(today):
        raise RuntimeError("no such column")

    monkeypatch.setattr(deadlines, "ended_consultations", broken)
    run(questioned.answer_due + DAY)
    assert AffiliationRequest.objects.get().state == "withdrawn"
    assert "broken found nothing" in caplog.text


@pytest.fixture
def questioned_too(iwa, coordinator):
    request = make.request(iwa, email="two@example.org", name="Another Group")
    return workflow.ask_back(workflow.submit_request(request), by=coordinator, note="Who?")


def test_the_worker_asks_for_it(asking):
    with at(timezone.localdate() + 29 * DAY):
        call_command("worker", "--once")
    assert AffiliationRequest.objects.get().state == "submitted"
