"""Everybody may read which organisation holds which seat, today or on a day."""

import datetime

import pytest

from directory import decisions, seating
from directory.models import Seat, Term
from federation.models import AuditEvent, Status
from tests import make
from tests.conftest import signed_in
from tests.directory.test_overlap import day
from tests.directory.test_pages import queries, text

PAGE = "/federations/iwa/seats/"


@pytest.fixture
def cooks(iwa):
    made = make.organisation("Cooks", "NO")
    make.affiliation(made, iwa)
    return made


@pytest.fixture
def seat(iwa, local, cooks) -> Seat:
    """The secretariat: first the local's, then the cooks'."""
    made = Seat.objects.create(federation=iwa)
    for organisation, year in ((local, 2010), (cooks, 2015)):
        given = decisions.record(
            federation=iwa, body="congress", decided_on=day(year), place="Oslo", by=None
        )
        seating.give(seat=made, organisation=organisation, on=day(year), decision=given, by=None)
    return made


def test_the_page_tells_who_holds_it_and_who_held_it(visitor, seat):
    shown = text(visitor.get(PAGE))
    assert "since 1 January 2015 Cooks Congress, 1 January 2015, Oslo At other times" in shown
    assert "Örestad Local from 1 January 2010 until 1 January 2015" in shown
    assert "ended by: Congress, 1 January 2015" in shown
    then = text(visitor.get(f"{PAGE}?on=2012-03-04"))
    assert "from 1 January 2010 until 1 January 2015 Örestad Local Congress" in then
    assert "No organisation is named for this day." in text(visitor.get(f"{PAGE}?on=1990-01-01"))
    assert visitor.get(f"{PAGE}?on=soon").status_code == 400


def test_the_federation_and_the_organisations_tell_it_too(visitor, seat):
    assert "Secretariat Cooks since 1 January 2015, congress, 1 January 2015, Oslo" in text(
        visitor.get("/federations/iwa/")
    )
    then = text(visitor.get("/federations/iwa/?on=2012-03-04"))
    assert "Secretariat Örestad Local from 1 January 2010" in then
    held = text(visitor.get("/organisations/orestad-local/"))
    assert "from 1 January 2010 until 1 January 2015 Secretariat IWA" in held
    [told] = visitor.get("/api/v1/federations/iwa/").json()["seats"]
    assert told == {
        "body": "secretariat", "title": "secretariat", "organisation": "cooks",
        "since": "2015-01-01", "until": None,
    }  # fmt: skip


def test_the_decision_that_gave_a_seat_has_a_page(visitor, seat):
    given = Term.objects.get(until=None).decision
    assert f"/decisions/{given.entry.number}/" in visitor.get(PAGE).content.decode()
    page = visitor.get(f"/federations/iwa/decisions/{given.entry.number}/")
    assert page.status_code == 200


@pytest.mark.parametrize("visibility", ["shielded", "unlisted", "withdrawn"])
def test_who_is_in_danger_or_unlisted_is_not_shown(visitor, coordinator, seat, cooks, visibility):
    cooks.visibility = visibility
    cooks.save()
    for reader in (visitor, signed_in(coordinator)):
        seats = text(reader.get(PAGE))
        assert "Cooks" not in seats
        assert "No organisation is named for this day." in seats
        assert "Secretariat" not in text(reader.get("/organisations/cooks/"))
        assert "All seats" not in text(reader.get("/federations/iwa/"))
    assert visitor.get("/api/v1/federations/iwa/").json()["seats"] == []


def test_what_was_recorded_wrongly_is_not_shown(visitor, seat):
    seating.take_back(term=Term.objects.get(until=None), reason="No.", by=None)
    assert "Cooks" not in text(visitor.get(PAGE))


def test_of_an_old_list_it_is_not_known_before_its_day(visitor, iwa, local):
    seat = Seat.objects.create(federation=iwa, titles={"en": "Care of the fund"})
    seating.give(seat=seat, organisation=local, source=make.source(iwa, day(2015)), by=None)
    assert "start not known, so on 1 January 2015" in text(visitor.get(PAGE))
    before = text(visitor.get(f"{PAGE}?on=2014-01-01"))
    assert "Care of the fund Not known for this day: start not known" in before


def test_many_seats_cost_as_many_questions_as_one(visitor, iwa, seat, local, cooks):
    pages = (PAGE, "/federations/iwa/", "/organisations/cooks/", "/api/v1/federations/")
    before = [queries(visitor, page) for page in pages]
    for number in range(3):
        more = Seat.objects.create(federation=iwa, is_one=False)
        for organisation in (local, cooks):
            given = decisions.record(
                federation=iwa, body="congress", decided_on=day(2016 + number), by=None
            )
            seating.give(
                seat=more, organisation=organisation, on=datetime.date(2020, 1, 1 + number),
                decision=given, by=None,
            )  # fmt: skip
    assert [queries(visitor, page) for page in pages] == before


# --- the panel ------------------------------------------------------------------------------


def test_a_seat_is_made_in_the_panel_with_statuses_of_its_own_federation(iwa, asi, coordinator):
    panel = signed_in(coordinator)
    make.Office.objects.create(federation=asi, person=coordinator, since=make.LONG_AGO)
    own, foreign = (Status.objects.get(federation=of, slug="section") for of in (iwa, asi))
    form = {"federation": iwa.pk, "body": "secretariat", "is_one": "on", "position": "1"}
    wrong = panel.post("/admin/directory/seat/add/", form | {"statuses": [foreign.pk]})
    assert "This status belongs to another federation." in text(wrong)
    panel.post("/admin/directory/seat/add/", form | {"statuses": [own.pk]})
    made = Seat.objects.get()
    assert (made.federation, list(made.statuses.all())) == (iwa, [own])
    assert AuditEvent.objects.filter(model="directory.Seat", action="add").exists()
    assert made.history.count() == 1
