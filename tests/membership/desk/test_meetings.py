"""Meetings: noted, moved, with a list of what waits for them and what they decided."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory.models import Meeting
from federation.models import AuditEvent, Letter
from membership.desk import meetings
from membership.models import AffiliationRequest
from membership.requests import deciding, workflow
from tests import make
from tests.browsing import send, text
from tests.conftest import signed_in

LIST = "/coordination/meetings/"


@pytest.fixture
def desk(coordinator):
    return signed_in(coordinator)


@pytest.fixture
def congress(iwa):
    return make.meeting(iwa, titles={"en": "28th Congress"}, place="Graz")


@pytest.fixture
def put_off(iwa, coordinator, congress):
    filed = workflow.submit_request(make.request(iwa))
    return workflow.defer(filed, by=coordinator, note="The congress decides.", meeting=congress)


def test_a_meeting_is_noted(iwa, desk):
    answer = send(
        desk, f"{LIST}new/", body="plenary", titles_0="Spring plenary", day="2031-03-01",
        ends_on="2031-03-03", place="Ljubljana",
    )  # fmt: skip
    meeting = Meeting.objects.get()
    assert answer.url == f"{LIST}{meeting.pk}/"
    assert (meeting.federation, meeting.body, str(meeting.ends_on)) == (
        iwa, "plenary", "2031-03-03"
    )  # fmt: skip
    assert AuditEvent.objects.get(model="directory.Meeting").federation_slug == "iwa"


def test_a_second_click_notes_no_second_meeting(iwa, desk):
    sent = {"body": "plenary", "titles_0": "Spring plenary", "day": "2031-03-01"}
    first, second = (send(desk, f"{LIST}new/", **sent) for _click in range(2))
    assert first.url == second.url
    send(desk, f"{LIST}new/", **sent, place="Graz")
    assert Meeting.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("body", {"body": "king"}),
        ("body", {"body": ""}),
        ("day", {"day": "9999-12-31"}),
        ("day", {"day": "soon"}),
        ("day", {"day": "", "ends_on": "2031-03-03"}),
        ("__all__", {"ends_on": "2031-02-01"}),
        ("place", {"place": "x" * 101}),
    ],
)
def test_bad_input_is_named_at_its_field(desk, field, given):
    form = {"body": "congress", "day": "2031-03-01", **given}
    response = desk.post(f"{LIST}new/", form)
    assert list(response.context["form"].errors) == [field]
    assert not Meeting.objects.exists()


def test_who_coordinates_two_federations_says_of_which_one_it_is(iwa, asi, coordinator, desk):
    make.Office.objects.create(federation=asi, person=coordinator, since=make.LONG_AGO)
    foreign = make.federation("foreign")
    wrong = desk.post(f"{LIST}new/", {"body": "congress", "federation": foreign.slug})
    assert list(wrong.context["form"].errors) == ["federation"]
    desk.post(f"{LIST}new/", {"body": "congress", "federation": "asi"})
    assert Meeting.objects.get().federation == asi


def test_its_day_moves_and_what_is_put_off_moves_with_it(congress, put_off, desk):
    letters = Letter.objects.count()
    send(desk, f"{LIST}{congress.pk}/change/", day="2031-05-01")
    row = desk.get("/coordination/?state=deferred").context["page"].rows[0]
    assert str(row.due) == "2031-05-01"
    assert "1 May 2031" in text(desk, f"/coordination/requests/{put_off.reference}/")
    assert Letter.objects.count() == letters


def test_what_was_put_off_to_a_body_comes_before_no_other(iwa, congress, put_off, desk):
    send(desk, f"{LIST}{congress.pk}/change/", body="secretariat", place="Linz")
    congress.refresh_from_db()
    assert (congress.body, congress.place) == ("congress", "Linz")
    empty = make.meeting(iwa)
    send(desk, f"{LIST}{empty.pk}/change/", body="plenary")
    empty.refresh_from_db()
    assert empty.body == "plenary"


def test_an_appeal_is_put_off_to_no_body_but_the_one_that_hears_it(iwa, coordinator):
    bodies = {"body": "plenary", "appeal_body": "congress", "defers_to": ["plenary", "congress"]}
    make.procedure(iwa.statuses.get(slug="friend"), **bodies)
    filed = workflow.submit_request(make.request(iwa))
    deciding.decline_request(filed, by=coordinator, note="No.")
    filed = workflow.appeal(AffiliationRequest.objects.get(), note="We ask again.")
    plenary, congress = make.meeting(iwa, body="plenary"), make.meeting(iwa)
    with pytest.raises(ValidationError, match="nothing off to this body"):
        workflow.defer(filed, by=coordinator, note="Later.", meeting=plenary)
    with pytest.raises(ValidationError, match="nothing off to this body"):
        meetings.defer(filed, by=coordinator, note="Later.", body="plenary")
    assert (
        workflow.defer(filed, by=coordinator, note="Later.", meeting=congress).meeting == congress
    )


def test_its_list_names_what_waits_and_what_it_decided(iwa, congress, put_off, coordinator, desk):
    assert "New Group" in text(desk, f"{LIST}{congress.pk}/")
    deciding.accept_request(
        put_off, by=coordinator, body="congress", decided_on=datetime.date(2026, 5, 1),
        reference="28/7",
    )  # fmt: skip
    page = desk.get(f"{LIST}{congress.pk}/")
    assert page.context["requests"] == []
    shown = page.content.decode()
    assert not [word for word in ("28/7", "is admitted", "Nothing") if word not in shown]


def test_the_coming_ones_come_first_then_those_without_a_day_then_the_past(iwa, desk):
    today = timezone.localdate()
    days = [-40, None, 20, -10, 5]
    for place, day in enumerate(days):
        make.meeting(
            iwa, place=str(place),
            day=None if day is None else today + datetime.timedelta(days=day),
        )  # fmt: skip
    rows = desk.get(LIST).context["page"].rows
    assert [days[int(row.place)] for row in rows] == [5, 20, None, -10, -40]


def test_a_request_is_put_off_to_a_coming_meeting_that_the_procedure_allows(iwa, asi, desk):
    make.procedure(iwa.statuses.get(slug="friend"), defers_to=["congress"])
    filed = workflow.submit_request(make.request(iwa))
    coming = make.meeting(iwa, day=timezone.localdate() + datetime.timedelta(days=9))
    make.meeting(iwa, body="plenary")
    make.meeting(iwa, day=datetime.date(2020, 1, 1))
    make.meeting(asi)
    page = f"/coordination/requests/{filed.reference}/defer/"
    form = desk.get(page).context["form"]
    assert [pk for pk, _label in form.fields["meeting"].choices] == [str(coming.pk), "another"]
    assert [body for body, _label in form.fields["body"].choices] == ["congress"]
    send(desk, page, meeting=coming.pk, note="The congress decides.")
    assert AffiliationRequest.objects.get().meeting == coming


def test_a_meeting_is_not_noted_when_putting_off_fails(iwa, coordinator, desk):
    filed = workflow.submit_request(make.request(iwa))
    page = f"/coordination/requests/{filed.reference}/defer/"
    form = {"meeting": "another", "body": "congress", "note": "Later.", "seen": "1"}
    workflow.decline(filed, by=coordinator, note="No.")
    assert desk.post(page, form).status_code == 409
    assert not Meeting.objects.exists()


def test_a_meeting_is_found_by_its_coordinators_alone(congress, outsider, secretary, visitor):
    pages = (f"{LIST}{congress.pk}/", f"{LIST}{congress.pk}/change/")
    operator = make.user("operator@example.org", is_superuser=True)
    for person in (outsider, secretary, operator):
        client = signed_in(person)
        for page in pages:
            assert client.get(page).status_code == 404
            assert client.post(page, {"body": "congress"}).status_code in (404, 405)
    for page in (*pages, LIST, f"{LIST}new/"):
        assert visitor.get(page).url.startswith("/accounts/login/")
    assert signed_in(secretary).get(LIST).status_code == 403
    assert congress.title.value not in text(signed_in(outsider), LIST)


def test_the_list_asks_as_often_for_many_as_for_one(
    iwa, congress, put_off, coordinator, desk,
    django_assert_num_queries, django_assert_max_num_queries,
):  # fmt: skip
    desk.get(LIST)
    with django_assert_max_num_queries(25) as one:
        desk.get(LIST)
    with django_assert_max_num_queries(25) as agenda:
        desk.get(f"{LIST}{congress.pk}/")
    for number in range(3):
        make.meeting(iwa, day=datetime.date(2031, 1, 1))
        made = workflow.submit_request(make.request(iwa, email=f"{number}@example.org"))
        workflow.defer(made, by=coordinator, note="Later.", meeting=congress)
    with django_assert_num_queries(len(one)):
        desk.get(LIST)
    with django_assert_num_queries(len(agenda)):
        desk.get(f"{LIST}{congress.pk}/")
