"""Several at once: one wins, the others are told, nothing happens twice."""

import datetime

import pytest
from django.db import IntegrityError

from directory.models import Affiliation, Decision, Organisation
from federation import states
from federation.models import Letter
from federation.states import Overtaken, Refused
from membership import joining
from membership.entrance import codes
from membership.models import AffiliationRequest, Member
from membership.requests import deciding, workflow
from tests import make
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)

DAY = datetime.date(2026, 5, 1)


def submitted() -> tuple[AffiliationRequest, list]:
    federation = make.federation()
    coordinators = [make.coordinator(federation, f"c{number}@example.org") for number in range(4)]
    return workflow.submit_request(make.request(federation)), coordinators


def decide(request: AffiliationRequest, coordinators: list) -> list:
    def accept(index: int) -> AffiliationRequest:
        return deciding.accept_request(
            request,
            by=coordinators[index],
            body="congress",
            decided_on=DAY,
            reference=f"{index}",
            seen=1,
        )

    return together(4, accept)


def test_four_coordinators_deciding_at_once_give_one_decision():
    results = decide(*submitted())
    refusals = [result for result in results if isinstance(result, Refused)]
    assert len(refusals) == 3
    assert (Decision.objects.count(), Affiliation.objects.count()) == (1, 1)
    assert AffiliationRequest.objects.get().steps.count() == 2


def interleaved(monkeypatch) -> object:
    """Coordinator 0 has read the request when coordinator 1 accepts it; then 0 goes on."""
    request, coordinators = submitted()
    roles_of = AffiliationRequest.roles_of

    def asked_while_somebody_else_decides(obj, user):
        monkeypatch.setattr(AffiliationRequest, "roles_of", roles_of)
        deciding.accept_request(request, by=coordinators[1], body="congress", decided_on=DAY)
        return roles_of(obj, user)

    monkeypatch.setattr(AffiliationRequest, "roles_of", asked_while_somebody_else_decides)
    return deciding.accept_request(request, by=coordinators[0], body="plenary", decided_on=DAY)


def test_a_decision_made_between_reading_and_writing_is_noticed(monkeypatch):
    with pytest.raises(Overtaken):
        interleaved(monkeypatch)
    assert not Decision.objects.filter(body="plenary").exists()


def test_without_the_conditional_update_it_would_not_be_noticed(monkeypatch):
    """The control: with the guard taken away the loser is stopped by no clear refusal."""

    def take_blindly(fresh, rule):
        source, fresh.state, fresh.step = fresh.state, rule.target, fresh.step + 1
        fresh.save(update_fields=["state", "step"])
        return source

    monkeypatch.setattr(states, "_take", take_blindly)
    with pytest.raises(IntegrityError):
        interleaved(monkeypatch)


def test_the_same_code_sent_ten_times_at_once_is_used_once():
    request = make.request(make.federation())
    codes.send_code(request)
    code = Letter.objects.get().subject.split()[-1]
    assert sorted(together(10, lambda _index: codes.use_code(request, code)))[-2:] == [False, True]


def test_a_request_confirmed_twice_at_once_is_submitted_once():
    request = make.request(make.federation())
    results = together(8, lambda _index: workflow.submit_request(request))
    assert sum(isinstance(result, Refused) for result in results) == 7
    assert Organisation.objects.count() == 1


def test_a_person_accepted_twice_at_once_is_one_member():
    local = make.organisation(accepts_members=True)
    secretaries = [make.secretary(local, f"s{number}@example.org") for number in range(4)]
    application = joining.submit_application(make.application(local))
    results = together(
        4, lambda index: joining.accept_application(application, by=secretaries[index])
    )
    assert sum(isinstance(result, Refused) for result in results) == 3
    assert Member.objects.count() == 1
