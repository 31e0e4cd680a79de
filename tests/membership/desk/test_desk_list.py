"""What waits for me: whose turn it is and why, until when, narrowed down and kept under names."""

import datetime

import pytest
from django.utils import timezone

from federation.models import Office
from membership import joining
from membership.desk import shelves, teamwork
from membership.models import AffiliationRequest, Consultation, SavedFilter
from membership.requests import deciding, workflow
from tests import make
from tests.browsing import press, text
from tests.conftest import signed_in

TODAY = datetime.date(2026, 11, 22)


@pytest.fixture
def filed(iwa):
    return workflow.submit_request(make.request(iwa))


@pytest.fixture
def desk(coordinator):
    return signed_in(coordinator)


@pytest.fixture
def colleague(iwa):
    return make.coordinator(iwa, "colleague@example.org")


def listed(client, query=""):
    return client.get(f"/coordination/{query}").context["page"].rows


def turn(client):
    """Why the one request waits, or nothing."""
    return [row.turn for row in listed(client)]


# --- whose turn it is -----------------------------------------------------------------------


def test_a_new_request_waits_for_every_coordinator(filed, desk, colleague):
    assert turn(desk) == ["new"]
    assert turn(signed_in(colleague)) == ["new"]


def test_what_a_colleague_has_taken_on_waits_for_the_colleague(filed, coordinator, desk, colleague):
    teamwork.assign(filed, by=coordinator, to=colleague)
    assert turn(desk) == []
    assert turn(signed_in(colleague)) == ["new"]
    assert [row.reference for row in listed(desk, "?state=waiting")] == [filed.reference]


def test_what_a_former_coordinator_had_taken_on_waits_for_all_again(
    filed, coordinator, desk, colleague
):
    teamwork.assign(filed, by=coordinator, to=colleague)
    Office.objects.filter(person=colleague).update(until=TODAY - datetime.timedelta(days=400))
    assert turn(desk) == ["new"]


def test_a_question_waits_for_the_applicant_until_it_is_answered_or_its_day_is_over(
    filed, coordinator, desk
):
    workflow.ask_back(filed, by=coordinator, note="How many are you?")
    assert turn(desk) == []
    AffiliationRequest.objects.update(answer_due="2020-01-01")
    assert turn(desk) == ["silent"]
    assert listed(desk)[0].is_overdue
    workflow.answer(filed, note="Twelve.")
    assert turn(desk) == ["answered"]


def test_a_consultation_waits_for_the_sections_until_it_can_be_closed(
    iwa, local, coordinator, desk
):
    make.procedure(iwa.statuses.get(slug="friend"), consulted="all")
    filed = workflow.submit_request(make.request(iwa))
    workflow.consult(filed, by=coordinator)
    assert turn(desk) == []
    Consultation.objects.update(closes_on="2026-01-01")
    assert turn(desk) == ["replied"]
    workflow.conclude(filed, by=coordinator)
    assert turn(desk) == ["consulted"]


def test_what_was_put_off_waits_for_the_day_of_the_meeting(iwa, filed, coordinator, desk):
    meeting = make.meeting(iwa)
    workflow.defer(filed, by=coordinator, note="The congress decides.", meeting=meeting)
    assert turn(desk) == []
    meeting.day = timezone.localdate()
    meeting.save()
    assert turn(desk) == ["met"]


def test_a_proposal_waits_for_the_others(iwa, coordinator, desk, colleague):
    make.procedure(iwa.statuses.get(slug="friend"), needs_second=True)
    filed = workflow.submit_request(make.request(iwa))
    teamwork.assign(filed, by=coordinator, to=coordinator)
    deciding.propose(filed, by=coordinator, verb="decline", terms={"note": "No."})
    assert turn(desk) == []
    assert turn(signed_in(colleague)) == ["proposal"]


def test_an_appeal_waits(iwa, coordinator, desk):
    make.procedure(iwa.statuses.get(slug="friend"), appeal_body="congress")
    filed = workflow.submit_request(make.request(iwa))
    deciding.decline_request(filed, by=coordinator, note="No.")
    assert turn(desk) == []
    workflow.appeal(filed, note="Read it again.")
    assert turn(desk) == ["appealed"]


# --- which day counts -----------------------------------------------------------------------


def test_the_day_that_counts_follows_the_state(iwa, local, coordinator, desk):
    make.procedure(iwa.statuses.get(slug="friend"), consulted="all", decision_days=40,
        consultation_days=30, answer_days=20)  # fmt: skip
    filed = workflow.submit_request(make.request(iwa))
    today = timezone.localdate()

    def due():
        (row,) = listed(desk, "?state=all")
        return row.due and (row.due - today).days

    assert due() == 40
    workflow.ask_back(filed, by=coordinator, note="?")
    assert due() == 20
    workflow.answer(filed, note="!")
    workflow.consult(filed, by=coordinator)
    assert due() == 30
    Consultation.objects.update(closes_on="2026-01-01")
    workflow.conclude(filed, by=coordinator)
    meeting = make.meeting(iwa, day=today + datetime.timedelta(days=99))
    workflow.defer(filed, by=coordinator, note="Later.", meeting=meeting)
    assert due() == 99
    deciding.decline_request(filed, by=coordinator, note="No.")
    assert due() is None


def test_the_list_is_in_the_order_asked_for(iwa, desk):
    names = ("Berry", "Apple", "Cherry")
    for days, name in enumerate(names):
        made = workflow.submit_request(make.request(iwa, email=f"{name}@example.org", name=name))
        AffiliationRequest.objects.filter(pk=made.pk).update(
            submitted_at=timezone.now() - datetime.timedelta(days=days)
        )

    def order(sort):
        return [row.organisation.name[0] for row in listed(desk, f"?sort={sort}")]

    assert [order(sort) for sort in ("due", "oldest", "newest", "name")] == [
        list("CAB"), list("CAB"), list("BAC"), list("ABC"),
    ]  # fmt: skip


# --- narrowed down --------------------------------------------------------------------------


def test_the_list_is_narrowed_down_by_what_one_looks_for(iwa, coordinator, desk, colleague):
    mine, theirs, nobodys = (
        workflow.submit_request(make.request(iwa, email=f"{code}@example.org", countries=[code]))
        for code in ("AT", "SI", "IT")
    )
    teamwork.assign(mine, by=coordinator, to=coordinator)
    teamwork.assign(theirs, by=coordinator, to=colleague)
    workflow.ask_back(nobodys, by=coordinator, note="?")
    AffiliationRequest.objects.filter(pk=nobodys.pk).update(answer_due="2020-01-01")
    section = iwa.statuses.get(slug="section")
    found = {
        "assigned=me": [mine],
        "assigned=nobody": [nobodys],
        "overdue=yes": [nobodys],
        "country=SI": [theirs],
        f"status={section.pk}": [],
        "state=needs_answer": [nobodys],
        "federation=iwa&country=IT": [nobodys],
    }
    for query, rows in found.items():
        assert listed(desk, f"?state=open&{query}".replace("open&state=", "")) == rows, query


@pytest.mark.parametrize("query", ["assigned=x", "overdue=x", "country=XX", "status=x", "sort=x"])
def test_a_word_that_nobody_knows_gets_a_message(filed, desk, query):
    response = desk.get(f"/coordination/?{query}")
    assert (response.status_code, response.context["page"].rows) == (200, [])
    assert "<title>Error:" in response.content.decode()


# --- saved filters --------------------------------------------------------------------------


def test_a_filter_is_kept_under_a_name_with_what_it_finds(filed, desk):
    answer = press(
        desk, "/coordination/", "/coordination/filters/", name="From Austria",
        query="state=open&country=AT&page=3&evil=1&sort=",
    )  # fmt: skip
    assert answer.url == "/coordination/?state=open&country=AT"
    (shelf,) = desk.get(answer.url).context["shelves"]
    assert (shelf.name, shelf.query, shelf.number, shelf.is_here) == (
        "From Austria", "state=open&country=AT", 1, True
    )  # fmt: skip


def test_the_same_name_again_means_the_new_query(desk, coordinator):
    for query in ("state=open", "state=all"):
        desk.post("/coordination/filters/", {"name": "Mine", "query": query})
    assert [shelf.query for shelf in shelves.saved_by(coordinator)] == ["state=all"]


def test_a_filter_without_a_name_or_one_too_many_is_refused_with_words(desk, coordinator):
    desk.post("/coordination/filters/", {"name": " ", "query": "state=all"})
    assert "at most 60 characters" in text(desk, "/coordination/")
    for number in range(21):
        desk.post("/coordination/filters/", {"name": f"No. {number}", "query": "state=all"})
    assert len(shelves.saved_by(coordinator)) == 20
    assert "Remove one first." in text(desk, "/coordination/")


def test_a_filter_is_its_owners_to_see_and_to_remove(desk, coordinator, colleague):
    shelf = shelves.save(coordinator, "Mine", "state=open")
    other = signed_in(colleague)
    assert other.get("/coordination/").context["shelves"] == []
    assert other.post(f"/coordination/filters/{shelf.pk}/drop/").status_code == 404
    assert desk.get(f"/coordination/filters/{shelf.pk}/drop/").status_code == 405
    desk.post(f"/coordination/filters/{shelf.pk}/drop/")
    assert not SavedFilter.objects.exists()


def test_a_kept_filter_whose_words_mean_nothing_any_more_finds_nothing(filed, coordinator, desk):
    shelves.save(coordinator, "Gone", "federation=gone")
    (shelf,) = desk.get("/coordination/").context["shelves"]
    assert shelf.number == 0


def test_the_desk_asks_as_often_for_many_rows_and_filters_as_for_one(
    iwa, filed, coordinator, desk, colleague,
    django_assert_num_queries, django_assert_max_num_queries,
):  # fmt: skip
    shelves.save(coordinator, "One", "state=open")
    desk.get("/coordination/")  # the first visit notes when the session was used
    with django_assert_max_num_queries(25) as one:
        desk.get("/coordination/?state=all")
    meeting = make.meeting(iwa, day=datetime.date(2099, 1, 1))
    for number in range(4):
        made = workflow.submit_request(make.request(iwa, email=f"{number}@example.org"))
        teamwork.assign(made, by=coordinator, to=colleague)
        shelves.save(coordinator, f"No. {number}", "state=open&country=AT")
        workflow.defer(made, by=coordinator, note="Later.", meeting=meeting)
    with django_assert_num_queries(len(one)):
        desk.get("/coordination/?state=all")


def test_applications_are_no_requests(local, secretary, desk):
    joining.submit_application(make.application(local))
    assert listed(desk, "?state=all") == []
