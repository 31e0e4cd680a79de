"""Coordinators among themselves: who has a request, what they note, and two for one decision."""

import datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from directory.models import Affiliation, Decision
from federation.models import AuditEvent, Letter, StoredFile
from federation.states import NotOpen, NotYours, Overtaken
from membership.desk import inbox, teamwork
from membership.models import AffiliationRequest, Proposal, RequestNote
from membership.requests import deciding, proposals, workflow
from tests import files, make
from tests.browsing import send, text
from tests.conftest import signed_in


@pytest.fixture
def filed(iwa):
    return workflow.submit_request(make.request(iwa))


@pytest.fixture
def page(filed):
    return f"/coordination/requests/{filed.reference}/"


@pytest.fixture
def desk(coordinator):
    return signed_in(coordinator)


@pytest.fixture
def colleague(iwa):
    return make.coordinator(iwa, "colleague@example.org")


def letters_to(person):
    return [one.template for one in Letter.objects.all() if one.recipient == person.email]


# --- who has it -----------------------------------------------------------------------------


def test_a_request_is_taken_on_given_and_given_back(filed, page, desk, coordinator, colleague):
    for to, was in ((coordinator, ""), (colleague, coordinator.pk), (None, colleague.pk)):
        desk.post(f"{page}assign/", {"to": to.pk if to else "nobody", "was": was})
        filed.refresh_from_db()
        assert filed.assigned_to == to
    assert letters_to(colleague).count("assigned") == 1
    assert "assigned" not in letters_to(coordinator)
    events = AuditEvent.objects.filter(fields=["assigned_to"])
    assert {(event.actor, event.note) for event in events} == {(coordinator.pk, "")}


def test_who_was_slower_is_told_and_takes_nothing_away(filed, page, desk, coordinator, colleague):
    teamwork.assign(filed, by=colleague, to=colleague)
    answer = desk.post(f"{page}assign/", {"to": coordinator.pk, "was": ""})
    assert answer.status_code == 409
    assert AffiliationRequest.objects.get().assigned_to == colleague


def test_who_may_not_sign_in_any_more_gets_no_request_and_keeps_none(filed, coordinator, colleague):
    teamwork.assign(filed, by=coordinator, to=colleague)
    assert list(inbox.waiting_for(coordinator)) == []
    colleague.is_active = False
    colleague.save()
    assert list(inbox.waiting_for(coordinator)) == [filed]
    assert teamwork.coordinators(filed.federation) == [coordinator]


def test_it_is_given_to_nobody_who_does_not_coordinate_this_federation(
    filed, page, desk, coordinator, outsider
):
    for to in (outsider.pk, "x", ""):
        assert desk.post(f"{page}assign/", {"to": to, "was": ""}).status_code == 302
        assert "Choose a coordinator" in text(desk, page)
    with pytest.raises(NotYours):
        teamwork.assign(filed, by=outsider, to=outsider)
    assert AffiliationRequest.objects.get().assigned_to is None


def test_assigning_is_refused_when_something_has_happened_meanwhile(filed, coordinator):
    workflow.ask_back(filed, by=coordinator, note="?")
    with pytest.raises(Overtaken):
        teamwork.assign(filed, by=coordinator, to=coordinator, seen=1)


# --- notes ----------------------------------------------------------------------------------


def test_a_note_is_for_the_coordinators_alone(filed, page, desk, colleague):
    desk.post(f"{page}note/", {"text": "Ask the Slovenes about them."})
    for reader in (desk, signed_in(colleague)):
        assert "Ask the Slovenes about them." in text(reader, page)
    assert "Slovenes" not in text(desk, f"/requests/{filed.reference}/")
    assert not [letter for letter in Letter.objects.all() if "Slovenes" in letter.body]
    assert AffiliationRequest.objects.get().step == 1


def test_a_second_click_writes_no_second_note(page, desk, colleague):
    for words in ("Same.", "Same.", "Other.", "Same."):
        desk.post(f"{page}note/", {"text": words})
    signed_in(colleague).post(f"{page}note/", {"text": "Same."})
    found = sorted(note.text for note in RequestNote.objects.all())
    assert found == ["Other.", "Same.", "Same.", "Same."]


def test_an_empty_or_endless_note_is_named_at_its_field(page, desk):
    for words in ("", " ", "x" * 5001):
        answer = desk.post(f"{page}note/", {"text": words})
        assert answer.status_code == 200
        assert list(answer.context["note_form"].errors) == ["text"]
    assert not RequestNote.objects.exists()


def test_the_page_asks_as_often_for_many_notes_as_for_one(
    filed, page, desk, coordinator, colleague,
    django_assert_num_queries, django_assert_max_num_queries,
):  # fmt: skip
    teamwork.note(filed, by=coordinator, text="One.")
    desk.get(page)  # the first visit notes when the session was used
    with django_assert_max_num_queries(60) as one:
        desk.get(page)
    for number in range(4):
        teamwork.note(filed, by=colleague, text=f"No. {number}")
    with django_assert_num_queries(len(one)):
        desk.get(page)


def test_nobody_else_can_note_anything(filed, outsider):
    with pytest.raises(NotYours):
        teamwork.note(filed, by=outsider, text="x")


# --- a second person ------------------------------------------------------------------------


@pytest.fixture
def two(iwa, coordinator, colleague):
    """A request under a procedure in which two persons decide."""
    rules = {"needs_second": True, "body": "congress", "effective": "chosen"}
    make.procedure(iwa.statuses.get(slug="friend"), **rules)
    return workflow.submit_request(make.request(iwa))


@pytest.fixture
def proposed(two, desk):
    """The page of a request that somebody proposes to accept."""
    page = f"/coordination/requests/{two.reference}/"
    send(
        desk, f"{page}accept/", decided_on="2026-05-01", place="Graz", reference="26/3",
        status="section", since="2026-06-01", note="Welcome.",
    )  # fmt: skip
    return page


def test_a_decision_is_proposed_and_nothing_follows_yet(two, proposed, desk, colleague):
    assert not Decision.objects.exists()
    assert "declined" not in letters_to(colleague)
    assert letters_to(colleague)[0] == "proposal_waits"
    assert "Another coordinator confirms it; you cannot." in text(desk, proposed)
    shown = text(signed_in(colleague), proposed)
    words = ("Proposed: Accept", "Section", "congress", "1 May 2026", "26/3", "Graz", "Welcome.")
    assert not [word for word in words if word not in shown]


def test_the_buttons_say_that_it_is_a_proposal(two, desk):
    shown = desk.get(f"/coordination/requests/{two.reference}/").context["moves"]
    assert [move["label"] for move in shown][-2:] == ["Propose to accept", "Propose to decline"]


def test_what_one_has_proposed_oneself_is_not_offered_once_more(proposed, desk, colleague):
    def labels(client) -> list[str]:
        return [move["label"] for move in client.get(proposed).context["moves"]][-2:]

    assert labels(desk) == ["Propose it anew", "Propose to decline"]
    assert labels(signed_in(colleague)) == ["Propose to accept", "Propose to decline"]


def test_another_coordinator_confirms_it_and_it_happens_as_it_was_proposed(proposed, colleague):
    other = signed_in(colleague)
    assert send(other, f"{proposed}confirm/").status_code == 302
    bond = Affiliation.objects.get()
    assert (bond.status.slug, str(bond.since), bond.decision.reference, bond.decision.body) == (
        "section", "2026-06-01", "26/3", "congress",
    )  # fmt: skip
    assert AffiliationRequest.objects.get().steps.last().note == "Welcome."


def test_another_status_than_was_asked_for_is_not_given_by_one_where_it_takes_two(
    iwa, filed, coordinator, colleague
):
    section = iwa.statuses.get(slug="section")
    make.procedure(section, needs_second=True)
    proposed = proposals.accept(filed, by=coordinator, body="congress", status=section)
    assert (proposed.state, Decision.objects.count()) == ("submitted", 0)
    with pytest.raises(NotOpen):
        deciding.accept_request(proposed, by=coordinator, body="congress", status=section)
    with pytest.raises(NotYours):
        proposals.confirm(proposed, by=coordinator)
    assert proposals.confirm(proposed, by=colleague).state == "accepted"
    assert Affiliation.objects.get().status == section


def test_getting_the_page_confirms_nothing(proposed, colleague):
    assert signed_in(colleague).get(f"{proposed}confirm/").status_code == 200
    assert not Decision.objects.exists()


def test_who_proposed_it_cannot_confirm_it(proposed, desk):
    assert desk.get(f"{proposed}confirm/").status_code == 409
    assert desk.post(f"{proposed}confirm/", {"seen": "2"}).status_code == 409
    assert not Decision.objects.exists()


def test_any_other_step_makes_it_void(two, proposed, colleague):
    workflow.ask_back(two, by=colleague, note="Are you sure?")
    workflow.answer(two, note="We are.")
    other = signed_in(colleague)
    assert other.get(f"{proposed}confirm/").status_code == 409
    assert other.post(f"{proposed}confirm/", {"seen": "2"}).status_code == 409
    assert not Decision.objects.exists()


def test_a_confirmation_that_fails_says_why_and_changes_nothing(iwa, two, proposed, colleague):
    status = iwa.statuses.get(slug="section")
    status.is_one_per_country = True
    status.save()
    make.affiliation(make.organisation("First", "AT"), iwa)
    answer = send(signed_in(colleague), f"{proposed}confirm/")
    assert answer.status_code == 200
    assert "There is one for each country" in answer.content.decode()
    assert (AffiliationRequest.objects.get().state, Decision.objects.count()) == ("submitted", 0)


def test_a_newer_proposal_takes_the_place_of_the_one_before(two, proposed, desk, colleague):
    other = signed_in(colleague)
    send(other, f"{proposed}decline/", note="Not yet.")
    assert other.get(f"{proposed}confirm/").status_code == 409
    send(desk, f"{proposed}confirm/")
    assert AffiliationRequest.objects.get().state == "declined"


def test_the_day_of_the_decision_is_that_of_its_proposal(two, desk, colleague):
    page = f"/coordination/requests/{two.reference}/"
    yesterday = timezone.now() - datetime.timedelta(days=1)
    with time_machine.travel(yesterday):
        deciding.propose(
            two, by=make.coordinator(two.federation, "third@example.org"), verb="accept", terms={}
        )
        proposals.decline(AffiliationRequest.objects.get(), by=colleague, note="No.")
    send(desk, f"{page}confirm/")
    assert Decision.objects.get().decided_on == yesterday.date()


def test_declining_is_proposed_and_confirmed_too(two, desk, colleague):
    page = f"/coordination/requests/{two.reference}/"
    send(desk, f"{page}decline/", note="Not yet.")
    assert AffiliationRequest.objects.get().state == "submitted"
    send(signed_in(colleague), f"{page}confirm/")
    request = AffiliationRequest.objects.get()
    assert (request.state, request.steps.last().note) == ("declined", "Not yet.")


def test_what_could_not_be_decided_cannot_be_proposed(iwa, coordinator, desk):
    make.procedure(iwa.statuses.get(slug="friend"), needs_second=True, consulted="all")
    filed = workflow.submit_request(make.request(iwa))
    page = f"/coordination/requests/{filed.reference}/"
    form = {"body": "congress", "decided_on": "2026-05-01", "status": "friend", "seen": "1"}
    answer = desk.post(f"{page}accept/", form)
    assert answer.status_code == 409
    assert "The sections must be consulted first." in answer.content.decode()
    assert not Proposal.objects.exists()


def test_the_document_of_a_void_proposal_goes_and_that_of_the_decision_stays(
    two, coordinator, desk, colleague
):
    page = f"/coordination/requests/{two.reference}/"

    def propose():
        minutes = SimpleUploadedFile("minutes.pdf", files.pdf())
        send(desk, f"{page}decline/", note="No.", document=minutes)

    propose()
    workflow.ask_back(two, by=colleague, note="?")
    workflow.answer(two, note="!")
    propose()
    assert StoredFile.objects.count() == 1
    send(signed_in(colleague), f"{page}confirm/")
    assert Decision.objects.get().document == StoredFile.objects.get()


def test_terms_come_back_as_they_were_written(iwa, two, coordinator):
    terms = {
        "status": iwa.statuses.get(slug="section"), "decided_on": datetime.date(2026, 5, 1),
        "since": datetime.date(2026, 6, 1), "note": "So.", "waiver": "The congress wills it.",
    }  # fmt: skip
    assert proposals.read(two, proposals.written({**terms, "place": ""})) == terms
