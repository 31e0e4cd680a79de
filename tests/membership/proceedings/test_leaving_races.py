"""Proceedings with many at once: one wins, the others are told, nothing happens twice."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from directory.models import Affiliation, Decision
from federation import states
from federation.states import Refused
from membership.models import Proceeding
from membership.proceedings import leaving
from membership.proceedings.opening import open_proceeding
from membership.proceedings.outcomes import Verdict
from tests import make
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 50
DAY = datetime.date(2026, 5, 1)


def world() -> tuple:
    iwa = make.federation()
    local = make.organisation("Local")
    make.affiliation(local, iwa)
    return iwa, local, make.coordinator(iwa), make.secretary(local)


def start(iwa, local, by, kind="lapse") -> Proceeding:
    terms = {"wanted_on": datetime.date(2040, 1, 1), "assembly": "all of us"}
    return open_proceeding(
        kind=kind, organisation=local, federation=iwa, by=by, grounds="Dues.", **terms
    )


def end_or_keep(found, by, index: int) -> Proceeding:
    verdict = Verdict("end" if index % 2 else "keep", DAY)
    return leaving.decide(found, by=by, verdict=verdict, body="congress", reference=str(index))


def test_fifty_deciding_at_once_give_one_decision():
    iwa, local, coordinator, _secretary = world()
    found = start(iwa, local, coordinator)
    results = together(MANY, lambda index: end_or_keep(found, coordinator, index))
    won = [result for result in results if isinstance(result, Proceeding)]
    assert len(won) == 1
    assert sum(isinstance(result, Refused) for result in results) == MANY - 1
    assert (Decision.objects.count(), found.steps.count()) == (1, 1)
    ended = Affiliation.objects.get().until is not None
    assert ended == (int(Decision.objects.get().reference) % 2 == 1)


def test_without_the_conditional_update_more_than_one_would_decide(monkeypatch):
    """The control: somebody else decides between reading and writing, and nobody notices."""
    iwa, local, coordinator, _secretary = world()
    found = start(iwa, local, coordinator)

    def take_late(fresh, rule):
        monkeypatch.setattr(states, "_take", take)
        leaving.decide(found, by=coordinator, verdict=Verdict("keep", DAY), body="congress")
        source, fresh.state, fresh.step = fresh.state, rule.target, fresh.step + 2
        fresh.save(update_fields=["state", "step"])
        return source

    take = states._take
    monkeypatch.setattr(states, "_take", take_late)
    leaving.decide(found, by=coordinator, verdict=Verdict("keep", DAY), body="plenary")
    assert Decision.objects.count() == 2


def test_recording_a_withdrawal_and_taking_it_back_at_once_has_one_end():
    iwa, local, coordinator, secretary = world()
    found = start(iwa, local, secretary, "withdrawal")

    def act(index: int) -> Proceeding:
        if index % 2:
            return leaving.retract(found, by=secretary)
        verdict = Verdict("end", DAY)
        return leaving.decide(found, by=coordinator, verdict=verdict, body="secretariat")

    results = together(10, act)
    assert sum(isinstance(result, Proceeding) for result in results) == 1
    is_out = Affiliation.objects.get().until is not None
    assert is_out == (Proceeding.objects.get().state == "decided")


def test_opened_by_many_at_once_there_is_one():
    iwa, local, coordinator, _secretary = world()
    results = together(10, lambda _index: start(iwa, local, coordinator))
    assert sum(isinstance(result, Proceeding) for result in results) == 1
    assert sum(isinstance(result, ValidationError) for result in results) == 9
    assert Proceeding.objects.count() == 1


def test_two_proceedings_about_one_organisation_do_not_both_end_it():
    iwa, local, coordinator, secretary = world()
    both = [start(iwa, local, coordinator), start(iwa, local, secretary, "withdrawal")]
    results = together(
        2,
        lambda index: leaving.decide(
            both[index], by=coordinator, verdict=Verdict("end", DAY), body="congress"
        ),
    )
    assert sum(isinstance(result, Proceeding) for result in results) == 1
    assert Decision.objects.count() == 1
