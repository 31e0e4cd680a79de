"""The seats of a federation's bodies rotate from organisation to organisation, by decision."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.utils import timezone

from directory import decisions, seating
from directory.models import Seat, Suspension, Term
from federation.models import AuditEvent
from tests import make
from tests.directory.test_overlap import day
from tests.race import together

WRITERS = 50


@pytest.fixture
def seat(iwa):
    return Seat.objects.create(federation=iwa, body="secretariat")


@pytest.fixture
def cooks(iwa):
    made = make.organisation("Cooks", "NO")
    make.affiliation(made, iwa)
    return made


def congress(of: Any, on: datetime.date) -> Any:
    return decisions.record(federation=of, body="congress", decided_on=on, by=None)


def give(seat: Seat, organisation: Any, year: int | None, **ground: Any) -> Term:
    """From the first day of the year; by a congress of that day, unless told otherwise."""
    if not ground:
        ground = {"decision": congress(seat.federation, day(year))}
    return seating.give(
        seat=seat, organisation=organisation, on=day(year) if year else None, by=None, **ground
    )


def holders(seat: Seat, on: datetime.date) -> list[str]:
    return [term.organisation.name for term in Term.objects.filter(seat=seat).on(on)]


def test_the_seat_passes_from_one_to_the_next_on_one_day(seat, local, cooks):
    first = give(seat, local, 2010)
    second = give(seat, cooks, 2015)
    first.refresh_from_db()
    assert (first.until, first.end_decision) == (day(2015), second.decision)
    assert holders(seat, datetime.date(2014, 12, 31)) == ["Örestad Local"]
    assert holders(seat, day(2015)) == ["Cooks"]
    assert holders(seat, day(2009)) == []
    told = AuditEvent.objects.filter(model="directory.Term").values_list(
        "action", "federation_slug"
    )
    assert list(told) == [("add", "iwa"), ("change", "iwa"), ("add", "iwa")]


def test_a_term_that_begins_later_holds_from_that_day(seat, local, cooks):
    give(seat, local, 2010)
    today = timezone.localdate()
    give(seat, cooks, today.year + 1, decision=congress(seat.federation, day(2020)))
    assert holders(seat, today) == ["Örestad Local"]
    assert holders(seat, day(today.year + 1)) == ["Cooks"]


def test_an_old_list_vouches_for_a_holder_without_saying_since_when(seat, local, cooks):
    term = give(seat, local, None, source=make.source(seat.federation, day(2005)))
    assert [term.answer(day(year)) for year in (2004, 2005)] == ["unknown", "yes"]
    give(seat, cooks, 2010)
    term.refresh_from_db()
    assert [term.answer(day(year)) for year in (2004, 2009, 2010)] == ["unknown", "yes", "no"]


def test_several_sit_on_a_committee(seat, local, cooks):
    Seat.objects.filter(pk=seat.pk).update(is_one=False, body="committee")
    seat.refresh_from_db()
    give(seat, local, 2010)
    give(seat, cooks, 2012)
    assert sorted(holders(seat, day(2013))) == ["Cooks", "Örestad Local"]
    with pytest.raises(ValidationError, match="take that back first"):
        give(seat, local, 2009)


def test_a_second_click_gives_nothing_twice(seat, local):
    decision = congress(seat.federation, day(2010))
    first = give(seat, local, 2010, decision=decision)
    assert give(seat, local, 2010, decision=decision) == first
    assert Term.objects.count() == 1


def test_re_elected_it_begins_another_term(seat, local):
    first = give(seat, local, 2010)
    with pytest.raises(ValidationError, match="holds the seat already"):
        give(seat, local, 2012, decision=first.decision)
    give(seat, local, 2013)
    assert [term.since for term in Term.objects.on(day(2013))] == [day(2013)]


def refused(seat: Seat, words: str, **terms: Any) -> None:
    before = list(Term.objects.values())
    with pytest.raises(ValidationError, match=words):
        seating.give(seat=seat, by=None, **terms)
    assert list(Term.objects.values()) == before


def test_the_door_refuses_who_may_not_hold_the_seat(iwa, seat, local, cooks):
    give(seat, local, 2010)
    terms = {"organisation": cooks, "on": day(2015), "decision": congress(iwa, day(2015))}
    strangers = {"organisation": make.organisation("Strangers")}
    refused(seat, "does not belong to this federation", **terms | strangers)
    seat.statuses.add(iwa.statuses.get(slug="friend"))
    refused(seat, "With its status an organisation cannot", **terms)
    seat.statuses.clear()
    iwa.statuses.update(holds_secretariat=False)
    refused(seat, "With its status an organisation cannot", **terms)
    iwa.statuses.update(holds_secretariat=None)
    Suspension.objects.create(
        organisation=cooks, federation=iwa, since=day(2014), decision=congress(iwa, day(2014))
    )
    refused(seat, "is suspended on that day", **terms)


def test_the_door_refuses_other_days_and_other_federations(iwa, asi, seat, local, cooks):
    give(seat, local, 2010)
    terms = {"organisation": cooks, "on": day(2015), "decision": congress(iwa, day(2015))}
    for early in (day(2009), day(2010)):
        refused(seat, "Örestad Local holds this seat already", **terms | {"on": early})
    elsewhere = {"decision": congress(asi, day(2015))}
    refused(seat, "recorded by another federation", **terms | elsewhere)
    elsewhere = {"decision": None, "source": make.source(asi)}
    refused(seat, "recorded by another federation", **terms | elsewhere)
    refused(seat, "Name the decision", **terms | {"decision": None})


def test_a_term_ends_by_decision_and_only_once(seat, local):
    term, decision = give(seat, local, 2010), congress(seat.federation, day(2012))
    with pytest.raises(ValidationError, match="before it began"):
        seating.end(term=term, on=day(2010), decision=decision, by=None)
    ended = seating.end(term=term, on=day(2012), decision=decision, by=None)
    assert seating.end(term=term, on=day(2012), decision=decision, by=None) == ended
    with pytest.raises(ValidationError, match="ended already"):
        seating.end(term=term, on=day(2013), decision=decision, by=None)
    assert holders(seat, day(2012)) == []


def test_what_never_was_is_taken_back_and_stays_as_a_wrong_record(seat, local, cooks):
    first, wrong = give(seat, local, 2010), give(seat, cooks, 2015)
    with pytest.raises(ValidationError, match="Say what was wrong"):
        seating.take_back(term=wrong, reason=" ", by=None)
    seating.take_back(term=wrong, reason="The congress put it off.", by=None)
    first.refresh_from_db()
    assert (first.until, first.end_decision, holders(seat, day(2016))) == (
        None, None, ["Örestad Local"],
    )  # fmt: skip
    wrong.refresh_from_db()
    assert (wrong.is_void, wrong.void_reason) == (True, "The congress put it off.")
    with pytest.raises(ValidationError, match="already been corrected"):
        seating.take_back(term=wrong, reason="Again.", by=None)


def test_a_corrected_decision_passes_what_rests_on_it_to_its_correction(seat, local, cooks):
    first, second = give(seat, local, 2010), give(seat, cooks, 2015)
    new = decisions.record(
        federation=seat.federation, body="congress", decided_on=day(2015), place="Oslo",
        corrects=second.decision, correction_note="The place.", by=None,
    )  # fmt: skip
    for term in (first, second):
        term.refresh_from_db()
    assert (first.end_decision, second.decision) == (new, new)


# --- many at once ---------------------------------------------------------------------------


def give_together() -> list[Any]:
    """Fifty congresses, as it were, each giving the one seat to another organisation."""
    iwa = make.federation("iwa")
    seat = Seat.objects.create(federation=iwa)
    decision = congress(iwa, day(2015))
    unions = [make.organisation(f"Union {number}") for number in range(WRITERS)]
    for union in unions:
        make.affiliation(union, iwa)
    return together(WRITERS, lambda index: give(seat, unions[index], 2015, decision=decision))


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_one_is_given_the_seat():
    results = give_together()
    assert Term.objects.on(day(2015)).count() == 1
    assert sum(isinstance(result, ValidationError) for result in results) == WRITERS - 1


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_they_would_get_in_each_others_way(monkeypatch):
    """The control. SQLite has the lock of the whole database, so that it is taken away, too."""
    monkeypatch.setattr(seating, "wait_for_others", lambda seat: None)
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", "DEFERRED")
    results = give_together()
    lost = [result for result in results if isinstance(result, DatabaseError)]
    assert lost or Term.objects.on(day(2015)).count() > 1
