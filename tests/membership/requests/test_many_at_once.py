"""Fifty at once, round after round: one wins, nothing happens twice (control C52).

`ROUNDS=100` runs as many as the project promises; in the suite it is fewer.
"""

import datetime
import json
import os
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from django.test import Client

from directory import register
from directory.models import Affiliation, Decision, Organisation
from federation import states
from federation.models import Letter
from federation.states import Refused
from membership.consultations import consulting
from membership.entrance import codes
from membership.models import AffiliationRequest, Reply
from membership.requests import deciding, workflow
from tests import make
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = int(os.environ.get("ROUNDS", "1"))
THREADS = 50
DAY = datetime.date(2026, 5, 1)


def winners(results: list[Any]) -> int:
    """How many succeeded; everybody else was refused in words."""
    others = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(other, Refused) for other in others), others
    return len(results) - len(others)


def decide(federation: Any, coordinator: Any, number: int) -> list[Any]:
    request = make.request(federation, email=f"{number}@example.org", name=f"Group {number}")
    workflow.submit_request(request)

    def one(index: int) -> Any:
        if index % 2:
            return deciding.decline_request(request, by=coordinator, note="No.", seen=1)
        return deciding.accept_request(
            request, by=coordinator, body="congress", decided_on=DAY, seen=1
        )

    return together(THREADS, one)


def test_fifty_decide_and_one_decision_stands():
    federation = make.federation()
    coordinator = make.coordinator(federation)
    for number in range(ROUNDS):
        assert winners(decide(federation, coordinator, number)) == 1
    assert Decision.objects.count() == ROUNDS
    accepted = AffiliationRequest.objects.filter(state="accepted").count()
    assert Affiliation.objects.count() == accepted
    assert list(register.faults(federation)) == []
    for request in AffiliationRequest.objects.all():
        assert request.steps.count() == 2


def test_without_the_guard_more_than_one_decides(monkeypatch):
    """The control: the conditional update is taken away, and so are numbers of steps."""

    def take_blindly(fresh: Any, rule: Any) -> str:
        source, fresh.state = fresh.state, rule.target
        fresh.step = fresh.steps.count() + 1
        fresh.save(update_fields=["state", "step"])
        return str(source)

    monkeypatch.setattr(states, "_take", take_blindly)
    monkeypatch.setattr(states, "_refuse_unless_open", lambda *_terms: None)
    federation = make.federation()
    results = decide(federation, make.coordinator(federation), 1)
    done = [result for result in results if not isinstance(result, Exception)]
    broken = [one for one in results if isinstance(one, IntegrityError | OperationalError)]
    assert len(done) > 1 or broken
    assert Decision.objects.count() != 1 or broken


def test_fifty_send_the_same_draft_and_it_arrives_once():
    federation = make.federation()
    for number in range(ROUNDS):
        draft = make.request(federation, email=f"{number}@example.org", name=f"Group {number}")
        results = together(THREADS, lambda _index, draft=draft: workflow.submit_request(draft))
        assert winners(results) == 1
    assert Organisation.objects.count() == ROUNDS
    assert Letter.objects.filter(template="request_received").count() == ROUNDS


def test_fifty_type_the_same_code_and_it_is_used_once():
    federation = make.federation()
    for number in range(ROUNDS):
        draft = make.request(federation, email=f"{number}@example.org")
        codes.send_code(draft)
        code = Letter.objects.order_by("-queued_at").first().subject.split()[-1]
        together_used = together(
            THREADS, lambda _index, draft=draft, code=code: codes.use_code(draft, code)
        )
        assert sum(together_used) == 1


def test_fifty_record_the_reply_of_one_section_and_each_number_is_given_once():
    federation = make.federation()
    make.procedure(federation.statuses.get(slug="friend"), consulted="all")
    section = make.organisation("Section", "SE")
    make.affiliation(section, federation)
    secretary = make.secretary(section)
    coordinator = make.coordinator(federation)
    for number in range(ROUNDS):
        request = make.request(federation, email=f"{number}@example.org", name=f"Group {number}")
        workflow.consult(workflow.submit_request(request), by=coordinator)
        asked = request.consultations.get().consulted.get()

        def answer(index: int, asked: Any = asked) -> Any:
            return consulting.reply(
                asked, by=secretary, answer=Reply.Answer.FOR, assembly="Assembly",
                decided_on=DAY, seen=0,
            )  # fmt: skip

        assert winners(together(THREADS, answer)) == 1
        assert list(asked.replies.values_list("number", flat=True)) == [1]


def test_fifty_calls_with_one_idempotency_key_act_once():
    make.federation("iwa")
    body = json.dumps({"federation": "iwa", "status": "friend", "email": "a@example.org"})

    def call(index: int, number: int = 0) -> Any:
        return Client().post(
            "/api/v1/requests/", body, content_type="application/json",
            headers={"Idempotency-Key": f"round {number}"},
        )  # fmt: skip

    for number in range(ROUNDS):
        answers = together(THREADS, lambda index, number=number: call(index, number))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["reference"] for answer in answers}) == 1
        assert AffiliationRequest.objects.count() == 1
        AffiliationRequest.objects.all().delete()
