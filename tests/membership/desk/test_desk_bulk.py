"""The same for several requests: a preview first, each row by itself, nothing on GET."""

import pytest
from django.test import Client

from directory.models import Decision
from membership.desk import teamwork
from membership.models import AffiliationRequest, Proposal
from membership.requests import workflow
from tests import make
from tests.conftest import signed_in

URL = "/coordination/bulk/"


@pytest.fixture
def three(iwa):
    return [
        workflow.submit_request(make.request(iwa, email=f"{name}@example.org", name=name))
        for name in ("Apple", "Berry", "Cherry")
    ]


@pytest.fixture
def desk(coordinator):
    return signed_in(coordinator)


def preview(client, verb, requests):
    return client.get(URL, {"verb": verb, "row": [one.reference for one in requests]})


def marks(response):
    return [f"{row.request.reference}:{row.mark}" for row in response.context["open_rows"]]


def do(client, verb, requests, **given):
    """Look at the preview and send it off."""
    return client.post(URL, {"verb": verb, "row": marks(preview(client, verb, requests)), **given})


def states():
    return [one.state for one in AffiliationRequest.objects.order_by("submitted_at")]


def whys(response):
    return [row.why for row in response.context["rows"]]


def test_a_preview_names_each_request_and_does_nothing(three, desk):
    response = preview(desk, "ask_back", three)
    shown = response.content.decode()
    assert not [one for one in three if one.organisation.name not in shown]
    assert "Do it with 3 requests" in shown
    assert states() == ["submitted"] * 3


def test_several_are_asked_the_same(three, desk):
    response = do(desk, "ask_back", three[:2], note="How many are you?")
    assert "Done with 2 requests" in response.content.decode()
    assert states() == ["needs_answer", "needs_answer", "submitted"]
    assert {one.steps.last().note for one in three[:2]} == {"How many are you?"}


def test_what_is_asked_for_must_be_filled_in_first(three, desk):
    response = do(desk, "ask_back", three, note=" ")
    assert list(response.context["form"].errors) == ["note"]
    assert states() == ["submitted"] * 3


def test_what_cannot_be_done_is_said_before_and_the_rest_is_done(three, coordinator, desk):
    workflow.ask_back(three[1], by=coordinator, note="?")
    response = preview(desk, "decline", three)
    assert [bool(why) for why in whys(response)] == [False, True, False]
    do(desk, "decline", three, note="Not now.")
    assert states() == ["declined", "needs_answer", "declined"]
    assert Decision.objects.count() == 2


def test_what_has_changed_since_the_preview_is_refused_and_told(three, coordinator, desk):
    seen = marks(preview(desk, "decline", three))
    workflow.ask_back(three[0], by=coordinator, note="?")
    workflow.answer(three[0], note="!")
    teamwork.assign(three[1], by=coordinator, to=coordinator)
    response = desk.post(URL, {"verb": "decline", "row": seen, "note": "No."})
    assert [why.partition(".")[0] for why in whys(response)] == [
        "Somebody else was quicker", "Somebody else was quicker", ""
    ]  # fmt: skip
    assert states() == ["submitted", "submitted", "declined"]


def test_sending_it_twice_does_it_once(three, desk):
    form = {"verb": "ask_back", "note": "?", "row": marks(preview(desk, "ask_back", three))}
    desk.post(URL, form)
    assert "Done with 0 requests" in desk.post(URL, form).content.decode()
    assert [one.steps.count() for one in three] == [2, 2, 2]


def test_rows_that_came_from_no_preview_are_refused(three, desk):
    rows = [three[0].reference, f"{three[1].reference}:x:", f"{three[2].reference}:{'9' * 50}:"]
    response = desk.post(URL, {"verb": "ask_back", "note": "?", "row": rows})
    assert all(whys(response))
    assert states() == ["submitted"] * 3


def test_several_are_put_off_to_a_meeting(iwa, asi, three, desk):
    ours, theirs = make.meeting(iwa, body="congress"), make.meeting(asi)
    wrong = do(desk, "defer", three, note="Later.", meeting=theirs.pk)
    assert list(wrong.context["form"].errors) == ["meeting"]
    do(desk, "defer", three, note="Later.", meeting=ours.pk)
    assert [one.meeting for one in AffiliationRequest.objects.all()] == [ours] * 3


def test_a_meeting_that_one_procedure_does_not_allow_stops_that_row_alone(iwa, three, desk):
    make.procedure(iwa.statuses.get(slug="friend"), defers_to=["plenary"])
    strict = workflow.submit_request(make.request(iwa, email="strict@example.org"))
    meeting = make.meeting(iwa, body="congress")
    response = do(desk, "defer", [*three, strict], note="Later.", meeting=meeting.pk)
    assert [bool(why) for why in whys(response)] == [False, False, False, True]
    assert states() == ["deferred"] * 3 + ["submitted"]


def test_several_are_taken_on_given_and_given_back(iwa, three, coordinator, desk):
    colleague = make.coordinator(iwa, "colleague@example.org")
    for to in (coordinator, colleague, None):
        do(desk, "assign", three, to=to.pk if to else "nobody")
        assert {one.assigned_to for one in AffiliationRequest.objects.all()} == {to}


def test_sections_are_consulted_about_several_and_it_is_closed(iwa, local, desk):
    make.procedure(iwa.statuses.get(slug="friend"), consulted="all")
    two = [workflow.submit_request(make.request(iwa, email=f"{n}@example.org")) for n in "ab"]
    do(desk, "consult", two)
    assert states() == ["in_consultation"] * 2
    assert all(whys(preview(desk, "conclude", two)))
    for one in two:
        one.consultations.update(closes_on="2026-01-01")
    do(desk, "conclude", two)
    assert states() == ["submitted"] * 2


def test_where_two_persons_decide_declining_several_proposes_it(iwa, desk):
    make.procedure(iwa.statuses.get(slug="friend"), needs_second=True)
    filed = workflow.submit_request(make.request(iwa))
    assert "Propose to decline" in preview(desk, "decline", [filed]).content.decode()
    do(desk, "decline", [filed], note="No.")
    assert (states(), Proposal.objects.count()) == (["submitted"], 1)


def test_all_that_the_list_finds_can_be_meant(three, coordinator, desk):
    workflow.ask_back(three[2], by=coordinator, note="?")
    response = desk.get(URL, {"verb": "decline", "all": "yes", "query": "state=waiting"})
    assert [row.request for row in response.context["rows"]] == three[:2]


def test_what_is_not_ones_own_is_not_among_the_rows(three, outsider):
    client = signed_in(outsider)
    seen = [f"{one.reference}:1:" for one in three]
    response = client.post(URL, {"verb": "ask_back", "note": "?", "row": seen})
    assert response.context["rows"] == []
    assert states() == ["submitted"] * 3


def test_who_coordinates_nothing_does_nothing(three, secretary):
    form = {"verb": "ask_back", "note": "?", "row": [f"{three[0].reference}:1:"]}
    assert signed_in(secretary).post(URL, form).status_code == 403
    assert Client().post(URL, form).url.startswith("/accounts/login/")


@pytest.mark.parametrize("verb", ["accept", "answer", "withdraw", "propose", "x", ""])
def test_a_verb_that_is_not_for_several_is_not_found(three, desk, verb):
    assert preview(desk, verb, three).status_code == 404


def test_without_a_tick_one_is_led_back(desk):
    assert desk.get(URL, {"verb": "decline"}).url == "/coordination/"


def test_junk_among_the_rows_is_passed_over(three, desk):
    rows = ["x", "", "\0", "9" * 400, "2222-2222", three[0].reference]
    response = desk.get(URL, {"verb": "decline", "row": rows})
    assert [row.request for row in response.context["rows"]] == three[:1]


def test_at_most_two_hundred_at_once(iwa, three, desk, monkeypatch):
    monkeypatch.setattr("membership.views.desk.bulk.MOST", 2)
    response = preview(desk, "decline", three)
    assert len(response.context["rows"]) == 2
    assert "At most 2 at once" in response.content.decode()
