"""Many reply for one section at once, or while it is counted: one reply, and none is lost."""

import datetime

import pytest
from django.utils import timezone

from federation.states import Overtaken, Refused
from membership.consultations import consulting
from membership.models import Consultation, Consulted, Reply, Sponsorship
from membership.requests import sponsoring, workflow
from tests import make
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 50
DAY = datetime.date(2026, 5, 1)


def asked() -> tuple[Consulted, list]:
    """One section, asked, with a secretary and a delegate."""
    federation = make.federation()
    local = make.organisation("Örestad Local", "SE")
    make.affiliation(local, federation)
    people = [make.secretary(local), make.secretary(local, "delegate@example.org", role="delegate")]
    make.procedure(federation.statuses.get(slug="friend"), consulted="all")
    request = workflow.submit_request(make.request(federation))
    workflow.consult(request, by=make.coordinator(federation))
    return Consulted.objects.get(), people


def reply_at_once(row: Consulted, people: list) -> list:
    def reply(index: int) -> Reply:
        return consulting.reply(
            row, by=people[index % 2], answer=("for", "against")[index % 2],
            assembly=f"assembly {index}", decided_on=DAY, seen=0,
        )  # fmt: skip

    return together(THREADS, reply)


def test_of_fifty_replies_at_once_one_is_kept_and_the_others_are_told():
    results = reply_at_once(*asked())
    assert sum(isinstance(result, Reply) for result in results) == 1
    losers = [result for result in results if isinstance(result, Overtaken)]
    assert len(losers) == THREADS - 1
    kept = Reply.objects.get()
    assert all(loser.since == [kept] for loser in losers)


def test_without_the_number_that_was_seen_all_would_be_kept(monkeypatch):
    """The control: with the guard taken away each of them counts as a change of mind."""

    def whatever_is_next(consulted, seen):
        return consulted.replies.count() + 1

    monkeypatch.setattr(consulting, "_next_number", whatever_is_next)
    results = reply_at_once(*asked())
    assert sum(isinstance(result, Reply) for result in results) > 1


def test_without_the_lock_the_database_still_gives_each_number_once(monkeypatch):
    """Who has not seen the other, because both looked before either wrote, is told all the same."""
    monkeypatch.setattr(consulting, "_next_number", lambda consulted, seen: seen + 1)
    results = reply_at_once(*asked())
    assert sum(isinstance(result, Reply) for result in results) == 1
    assert sum(isinstance(result, Overtaken) for result in results) == THREADS - 1


def test_a_reply_that_comes_while_it_is_counted_is_counted_or_late():
    row, people = asked()
    consulting.reply(row, by=people[0], answer="against", assembly="a", decided_on=DAY, seen=0)
    request = Consultation.objects.get().request

    def act(index: int):
        if index % 5 == 0:
            return workflow.conclude(request)
        last = row.replies.order_by("-number").first()
        return consulting.reply(
            row, by=people[0], answer="for", assembly=f"{index}", decided_on=DAY, seen=last.number
        )

    results = together(20, act)
    assert all(isinstance(result, Reply | Refused) or result.state for result in results)
    ended = Consultation.objects.get()
    in_time = Reply.objects.filter(is_late=False).order_by("number").last()
    assert ended.counts[in_time.answer] == 1
    assert ended.request.steps.filter(verb="expire").count() == 1


def test_of_fifty_answers_about_sponsoring_one_is_kept():
    federation, local = make.federation(), make.organisation()
    secretary = make.secretary(local)
    request = workflow.submit_request(make.request(federation))
    asked_for = Sponsorship.objects.create(request=request, organisation=local)

    def answer(index: int) -> Sponsorship:
        return sponsoring.answer_sponsorship(
            asked_for, by=secretary, vouches=bool(index % 2), note=f"{index}"
        )

    results = together(THREADS, answer)
    kept = [result for result in results if isinstance(result, Sponsorship)]
    assert len(kept) == 1
    assert sum(isinstance(result, Refused) for result in results) == THREADS - 1
    assert (Sponsorship.objects.get().note, timezone.now() > kept[0].answered_at) == (
        kept[0].note, True,
    )  # fmt: skip
