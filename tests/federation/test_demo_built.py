"""The demonstration as a whole: what it leaves to be walked, and to whom."""

import datetime
from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from directory.models import (
    Decision,
    Organisation,
    Suspension,
)
from federation.demo.facts import FEDERATIONS
from federation.demo.letters import shown
from federation.models import Letter, User
from federation.models.accounts import email_index
from membership.models import (
    AffiliationRequest,
    Consultation,
    Document,
    EntryClaim,
    ErrorReport,
    Membership,
    MembershipApplication,
    Procedure,
    Proceeding,
    Question,
    Reply,
    Sponsorship,
)
from membership.procedures import publishing
from tests.federation import demonstration

KEEPERS = ("lantern-coordinator@example.org", "lightship-secretary@example.org")


@pytest.fixture(scope="module", autouse=True)
def _built(lasting: None) -> None:
    demonstration.built()


def test_build_leaves_filings_in_every_state_and_something_waiting(db: Any) -> None:
    requests, applications = AffiliationRequest.objects, MembershipApplication.objects
    asked = requests.filter(federation__slug="lantern").values_list("state", flat=True)
    applied = applications.filter(organisation__slug__startswith="invented-lightship")
    assert set(asked) == set(AffiliationRequest.State.values)
    assert {one.state for one in applied} == set(MembershipApplication.State.values)
    assert {one.federation.slug for one in requests.waiting()} == set(FEDERATIONS)
    assert len({one.organisation for one in applications.waiting()}) == 3
    numbers = Membership.objects.counted(Organisation.objects.all())
    assert sorted(numbers.values()) == [1, 1, 12]


def test_build_leaves_everything_to_walk_the_lantern_procedures(db: Any) -> None:
    lantern = AffiliationRequest.objects.filter(federation__slug="lantern")
    outcomes = set(Consultation.objects.values_list("outcome", flat=True))
    assert outcomes == {"", "passed", "failed"}
    assert set(Reply.objects.values_list("answer", flat=True)) == set(Reply.Answer.values)
    assert Reply.objects.filter(number=2).exists()
    assert not Reply.objects.filter(is_late=True).exists()
    states = set(Sponsorship.objects.values_list("state", flat=True))
    assert states == {"asked", "given"}
    assert [one.reference for one in lantern if one.proposal_now() and one.is_open] == ["GRUP-D2TU"]
    assert lantern.exclude(appealed_at=None).get().state == "submitted"
    assert lantern.filter(meeting__body="congress").count() == 2
    assert {one.appeal_until > timezone.localdate() for one in lantern if one.appeal_until} == {
        True
    }
    assert Document.objects.count() == 5
    kinds = set(Proceeding.objects.values_list("kind", "state"))
    assert kinds == {
        ("withdrawal", "open"), ("suspension", "decided"), ("restoration", "deferred"),
    }  # fmt: skip
    assert [one.organisation.language for one in Suspension.objects.all()] == ["sr"]


def test_build_lets_requests_keep_the_version_that_held_when_they_began(db: Any) -> None:
    for request in AffiliationRequest.objects.all():
        assert request.procedure.published_at < request.created_at
        assert request.procedure.state == "in_force"


def test_real_federations_get_no_reply_no_decision_and_no_proceeding_from_us(db: Any) -> None:
    real = {"federation__is_fictional": False}
    assert not Decision.objects.filter(**real).exists()
    assert not Proceeding.objects.filter(**real).exists()
    assert not Reply.objects.filter(consulted__consultation__federation__is_fictional=False)
    assert not Consultation.objects.filter(**real).exclude(closed_at=None).exists()
    asked = AffiliationRequest.objects.filter(**real).exclude(organisation=None)
    assert all(request.organisation.is_fictional for request in asked)
    for procedure in Procedure.objects.filter(**real):
        assert procedure.source.startswith("An example of this demonstration")
        assert "an example of this demonstration" in procedure.guidance["en"]


def test_build_leaves_procedures_that_hold_together_and_a_draft(db: Any) -> None:
    found = Procedure.objects.select_related("federation", "status__federation")
    assert [one for one in found if publishing.problems(one)] == []
    assert [str(one) for one in found if publishing.warnings(one) and "friend" in str(one)] == []
    states = Counter(found.values_list("federation__slug", "state"))
    assert states["lantern", "draft"] == states["lantern", "retired"] == 1
    assert {slug for slug, state in states if state == "in_force"} == set(FEDERATIONS)
    kinds = Question.objects.filter(procedure__federation__slug="lantern")
    assert set(kinds.values_list("kind", flat=True)) == set(Question.Kind.values)
    for procedure in found:
        texts = (procedure.guidance, procedure.statements, procedure.documents)
        assert {tuple(sorted(text)) for text in texts if text} <= {("ar", "en", "es")}


def test_build_leaves_claims_and_reports_to_secretaries_and_coordinators(db: Any) -> None:
    people = {who: User.objects.get(email_index=email_index(who)) for who in KEEPERS}
    claims = {who: set(_states(EntryClaim, person)) for who, person in people.items()}
    reports = {who: set(_states(ErrorReport, person)) for who, person in people.items()}
    assert list(claims.values()) == [{"submitted", "needs_answer"}, {"submitted"}]
    assert list(reports.values()) == [{"new"}, {"new", "handled"}]
    # One that its coordinator may accept at once: nobody has objected in time.
    waits = [claim.open_to_coordinators_at for claim in EntryClaim.objects.waiting()]
    assert any(wait and wait < timezone.now() for wait in waits)
    # Of today are only the codes of drafts.
    today = Letter.objects.filter(queued_at__gt=timezone.now() - datetime.timedelta(hours=1))
    assert all(shown(letter).code for letter in today)


def _states(model: Any, person: User) -> Any:
    return model.objects.managed_by(person).values_list("state", flat=True)


def test_steps_are_dated_back_in_their_order(db: Any) -> None:
    for request in AffiliationRequest.objects.exclude(submitted_at=None):
        days = [step.at.date() for step in request.steps.all()]
        assert days == sorted(set(days))
        assert (request.created_at.date(), request.submitted_at.date()) == (days[0], days[0])
