import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory.models import Affiliation, Organisation
from federation.models import Letter
from federation.states import NotOpen, NotYours, Overtaken
from membership import joining
from membership.models import Member, Membership
from membership.requests import deciding, workflow
from tests import make

DAY = datetime.date(2026, 5, 1)


def test_accepting_a_request_publishes_the_organisation_with_its_status(iwa, coordinator):
    request = workflow.submit_request(make.request(iwa))
    deciding.accept_request(
        request, by=coordinator, body="congress", decided_on=DAY, reference="26/3"
    )

    bond = Affiliation.objects.get()
    assert (bond.status.slug, bond.since, bond.decision.reference) == ("friend", DAY, "26/3")
    assert bond.organisation.visibility == Organisation.Visibility.PUBLISHED
    assert bond.source.as_of == DAY


def test_a_stranger_cannot_accept(iwa, outsider):
    request = workflow.submit_request(make.request(iwa))
    with pytest.raises(NotYours):
        deciding.accept_request(request, by=outsider, body="congress", decided_on=DAY)
    assert not Affiliation.objects.exists()


def test_a_decider_who_has_not_seen_the_last_step_is_told(iwa, coordinator):
    request = workflow.submit_request(make.request(iwa))
    workflow.ask_back(request, by=coordinator, note="How many are you?")
    workflow.answer(request, note="Twelve.")
    with pytest.raises(Overtaken) as refusal:
        workflow.decline(request, by=coordinator, note="No answer came.", seen=1)
    assert [step.verb for step in refusal.value.since] == ["ask_back", "answer"]


def test_a_letter_names_neither_person_nor_organisation(iwa, coordinator):
    workflow.submit_request(make.request(iwa, name="Kitchen Workers"))
    letters = Letter.objects.all()
    assert sorted(letter.recipient for letter in letters) == [
        "coordinator@example.org",
        "group@example.org",
    ]
    assert not [letter for letter in letters if "Kitchen" in letter.body or "Canary" in letter.body]


def test_an_accepted_person_is_a_member_of_that_organisation(local, secretary):
    application = joining.submit_application(make.application(local))
    joining.accept_application(application, by=secretary, since=DAY)
    member = Member.objects.get()
    assert (member.name, member.organisation, member.email) == (
        "Ola Canary",
        local,
        "person@example.org",
    )
    assert Membership.objects.counted([local]) == {local.pk: 1}


def test_a_coordinator_cannot_decide_on_a_person(local, secretary, coordinator):
    application = joining.submit_application(make.application(local))
    with pytest.raises(NotYours):
        joining.accept_application(application, by=coordinator)
    assert not Member.objects.exists()


def test_a_decision_that_lies_ahead_is_refused(iwa, coordinator):
    request = workflow.submit_request(make.request(iwa))
    ahead = timezone.localdate() + datetime.timedelta(days=1)
    with pytest.raises(ValidationError, match="has not come yet"):
        deciding.accept_request(request, by=coordinator, body="congress", decided_on=ahead)
    request.refresh_from_db()
    assert (request.state, Affiliation.objects.count()) == ("submitted", 0)


def test_after_an_appeal_the_sections_are_asked_once_more_and_no_oftener(iwa, coordinator):
    rules = {"consulted": "all", "appeal_body": "congress"}
    make.procedure(iwa.statuses.get(slug="friend"), **rules)
    request = workflow.submit_request(make.request(iwa))
    for _round in range(2):
        workflow.consult(request, by=coordinator)
        request.refresh_from_db()
        if request.state == "in_consultation":
            workflow.conclude(request, by=coordinator)
        with pytest.raises(NotOpen):
            workflow.consult(request, by=coordinator)
        if not request.appealed_at:
            deciding.decline_request(request, by=coordinator, note="No.")
            workflow.appeal(request, note="Hear us.")
            request.refresh_from_db()


def test_a_letter_goes_once_to_each_coordinator_who_may_sign_in(iwa, coordinator):
    """Two offices of one person bring one letter; an account that was closed brings none."""
    iwa.offices.create(person=coordinator, since=make.LONG_AGO)
    closed = make.coordinator(iwa, "closed@example.org")
    closed.is_active = False
    closed.save()
    workflow.submit_request(make.request(iwa))
    assert Letter.objects.filter(template="waiting").count() == 1


def test_whoever_asked_anew_does_not_appeal_as_well(iwa, coordinator):
    """Found by the long walk: the second open request was refused by the database alone."""
    make.procedure(iwa.statuses.get(slug="friend"), appeal_body="congress")
    union = make.organisation("Stone Carvers", "GB")
    first = workflow.submit_request(make.request(iwa, organisation_slug=union.slug))
    deciding.decline_request(first, by=coordinator, note="No.")
    workflow.submit_request(
        make.request(iwa, email="again@example.org", organisation_slug=union.slug)
    )
    with pytest.raises(ValidationError):
        workflow.appeal(first, note="Hear us.")
    first.refresh_from_db()
    assert (first.state, first.appealed_at) == ("declined", None)
