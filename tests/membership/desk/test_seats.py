"""At the desk a seat is handed over, and with the secretariat the offices of those who ran it."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from directory import decisions, seating
from directory import workflow as register
from directory.models import Decision, Seat, Term
from federation.models import AuditEvent, Letter, Office
from tests import make
from tests.conftest import signed_in
from tests.directory.test_pages import text

LIST = "/coordination/seats/"
A_WEEK = datetime.timedelta(days=7)


@pytest.fixture
def cooks(iwa):
    made = make.organisation("Cooks", "NO")
    make.affiliation(made, iwa)
    return made


@pytest.fixture
def decision(iwa) -> Decision:
    today = timezone.localdate()
    return decisions.record(federation=iwa, body="congress", decided_on=today, by=None)


@pytest.fixture
def seat(iwa, local) -> Seat:
    """The secretariat, which the local has held for years."""
    made = Seat.objects.create(federation=iwa)
    given = decisions.record(
        federation=iwa, body="congress", decided_on=datetime.date(2015, 1, 1), by=None
    )
    seating.give(
        seat=made, organisation=local, on=datetime.date(2015, 2, 1), decision=given, by=None
    )
    return made


@pytest.fixture
def desk(coordinator):
    return signed_in(coordinator)


@pytest.fixture
def form(cooks, decision):
    """To the cooks, a week from now."""
    on = timezone.localdate() + A_WEEK
    return {"organisation": "Cooks", "on": on.isoformat(), "decision": str(decision.pk)}


def preview(desk, seat, form):
    return desk.post(f"{LIST}{seat.pk}/", form | {"do": "preview"})


def record(desk, seat, form, **offices):
    given = {f"offices-{name}": value for name, value in offices.items()}
    return desk.post(f"{LIST}{seat.pk}/", form | given | {"do": "record"})


def test_nothing_is_written_before_the_last_step(desk, seat, form):
    before = list(Term.objects.values()), AuditEvent.objects.count()
    page = preview(desk, seat, form)
    shown = text(page)
    assert "Nothing is recorded yet." in shown
    assert "Who goes Örestad Local" in shown
    assert "Who comes Cooks" in shown
    assert "coordinator@example.org" in shown
    assert "Open affiliation requests : 0" in shown
    assert 'name="offices-ends"' in page.content.decode()
    assert page.content.decode().count("checked") == 1
    assert (list(Term.objects.values()), AuditEvent.objects.count()) == before


def test_the_offices_end_on_that_day_and_not_before(iwa, desk, coordinator, seat, form):
    successor = make.user("successor@example.org", language="es")
    office = Office.objects.get(person=coordinator)
    done = record(desk, seat, form, ends=[office.pk], email="successor@example.org")
    assert done.status_code == 302
    day = timezone.localdate() + A_WEEK
    office.refresh_from_db()
    assert office.until == day
    new = Office.objects.get(person=successor)
    assert (new.since, new.until) == (day, None)
    old, coming = desk, signed_in(successor)
    assert [who.get(LIST).status_code for who in (old, coming)] == [200, 403]
    with time_machine.travel(timezone.now() + A_WEEK):
        assert [signed_in(who).get(LIST).status_code for who in (coordinator, successor)] == [
            403, 200,
        ]  # fmt: skip
    letter = Letter.objects.get(template="office_ends")
    assert letter.recipient == "coordinator@example.org"
    assert not any(word in letter.body for word in ("Cooks", "Örestad", "successor"))


def test_somebody_stays_and_otherwise_nothing_happens(desk, coordinator, seat, form):
    office = Office.objects.get(person=coordinator)
    refused = record(desk, seat, form, ends=[office.pk])
    assert "Somebody must coordinate the federation" in text(refused)
    assert (Term.objects.count(), Letter.objects.count()) == (1, 0)
    office.refresh_from_db()
    assert (office.until, Term.objects.get().until) == (None, None)


def test_who_is_new_gets_an_account_and_a_letter(iwa, desk, coordinator, seat, form):
    office = Office.objects.get(person=coordinator)
    record(desk, seat, form, ends=[office.pk], email="new@example.org", language="fr")
    assert sorted(Letter.objects.values_list("template", "language")) == [
        ("invitation", "fr"), ("office_ends", "en"),
    ]  # fmt: skip
    assert Office.objects.get(federation=iwa, until=None).person.email == "new@example.org"


def test_an_office_that_is_left_unticked_goes_on(desk, coordinator, seat, form):
    record(desk, seat, form)
    assert Office.objects.get(person=coordinator).until is None
    assert Term.objects.count() == 2


def test_a_second_click_hands_nothing_over_twice(desk, coordinator, seat, form):
    office = Office.objects.get(person=coordinator)
    offices = {"ends": [office.pk], "email": "new@example.org"}
    for _click in range(2):
        assert record(desk, seat, form, **offices).status_code == 302
    assert (Term.objects.count(), Office.objects.count(), Letter.objects.count()) == (2, 2, 2)


def test_what_the_door_refuses_stands_at_its_field(desk, seat, form, asi):
    elsewhere = decisions.record(
        federation=asi, body="congress", decided_on=datetime.date(2020, 1, 1), by=None
    )
    make.organisation("Strangers")
    wrong = {
        "organisation": {"organisation": "Strangers"},
        "on": {"on": "2015-02-01"},
        "decision": {"decision": str(elsewhere.pk)},
    }
    for field, given in wrong.items():
        answer = preview(desk, seat, form | given)
        assert list(answer.context["form"].errors) == [field]
    nothing = preview(desk, seat, form | {"on": "", "decision": ""})
    assert list(nothing.context["form"].errors) == ["decision", "on"]
    assert Term.objects.count() == 1


def test_a_committee_is_given_without_a_word_of_offices(iwa, desk, form):
    committee = Seat.objects.create(federation=iwa, body="committee", is_one=False)
    page = preview(desk, committee, form)
    assert "Those who coordinate" not in text(page)
    office = Office.objects.get()
    record(desk, committee, form, ends=[office.pk], email="new@example.org")
    assert (Term.objects.count(), Office.objects.count(), Letter.objects.count()) == (1, 1, 0)


def test_an_earlier_holder_is_noted_and_ends_no_office(desk, cooks, seat, form):
    earlier = form | {"on": "2010-01-01", "until": "2015-02-01"}
    assert "Those who coordinate" not in text(preview(desk, seat, earlier))
    record(desk, seat, earlier, ends=[Office.objects.get().pk])
    assert Term.objects.get(organisation=cooks).until == datetime.date(2015, 2, 1)
    assert Office.objects.get().until is None


def test_another_federation_s_seats_and_terms_are_not_there(asi, seat, outsider):
    stranger, term = signed_in(outsider), Term.objects.get()
    asked = (
        f"{LIST}{seat.pk}/",
        f"{LIST}terms/{term.pk}/end/",
        f"{LIST}terms/{term.pk}/take-back/",
    )
    assert [stranger.get(url).status_code for url in asked] == [404, 404, 404]
    assert [stranger.post(url, {"reason": "x"}).status_code for url in asked] == [404, 404, 404]
    assert "Örestad" not in text(stranger.get(LIST))
    assert not Term.objects.get().is_void


def test_a_term_is_ended_and_one_recorded_wrongly_is_taken_back(desk, seat, decision, form):
    record(desk, seat, form)
    second = Term.objects.get(until=None)
    desk.post(f"{LIST}terms/{second.pk}/take-back/", {"reason": "It was put off."})
    first = Term.objects.get(is_void=False)
    assert first.until is None
    assert "It was put off." in text(desk.get(LIST))
    today = timezone.localdate()
    sent = {"on": today.isoformat(), "decision": str(decision.pk)}
    assert desk.post(f"{LIST}terms/{first.pk}/end/", sent).status_code == 302
    first.refresh_from_db()
    assert (first.until, first.end_decision) == (today, decision)
    assert "Nobody holds it today" in text(desk.get(LIST))


def test_the_list_tells_whose_organisation_has_left_the_federation(iwa, desk, local, seat):
    assert "not affiliated today" not in text(desk.get(LIST))
    register.end(
        affiliation=local.affiliations.get(), reason="withdrawal", source=make.source(iwa),
        until=timezone.localdate(), by=None,
    )  # fmt: skip
    assert "Örestad Local not affiliated today" in text(desk.get(LIST))


def test_a_closed_account_is_refused_at_its_field(desk, seat, form):
    make.user("closed@example.org", is_active=False)
    answer = record(desk, seat, form, email="closed@example.org")
    assert list(answer.context["offices"].errors) == ["email"]
    assert Term.objects.count() == 1


# --- where two persons decide ---------------------------------------------------------------


@pytest.fixture
def colleague(iwa):
    """Where about sections two persons decide."""
    make.procedure(iwa.statuses.get(slug="section"), needs_second=True)
    return make.coordinator(iwa, "colleague@example.org")


def standing():
    terms = Term.objects.order_by("pk").values_list("organisation", "until", "is_void")
    return list(terms), sorted(Office.objects.values_list("person__pk", "until"))


def test_where_two_decide_another_confirms_even_if_the_own_office_ends(
    desk, coordinator, colleague, seat, form
):
    sent = form | {"on": timezone.localdate().isoformat()}
    assert "Propose it to a second coordinator" in text(preview(desk, seat, sent))
    before = standing()
    offices = {"ends": [office.pk for office in Office.objects.all()], "email": "new@example.org"}
    page = record(desk, seat, sent, **offices).url
    assert record(desk, seat, sent, **offices).url == page
    assert (standing(), Letter.objects.get().recipient) == (before, colleague.email)
    assert desk.post(page, {"do": "confirm"}).status_code == 409
    assert standing() == before

    second = signed_in(colleague)
    assert "Give the seat: secretariat" in text(second.get(LIST))
    shown = text(second.get(page))
    assert "Who goes Örestad Local" in shown
    assert all(f"{name}@example.org" in shown for name in ("coordinator", "colleague", "new"))
    assert second.post(page, {"do": "confirm"}).url == "/federations/iwa/seats/"
    assert Office.objects.get(until=None).person.email == "new@example.org"
    assert Term.objects.get(until=None).organisation.name == "Cooks"
    trail = AuditEvent.objects.filter(model="directory.Term", action="move")
    assert set(trail.values_list("note", "actor")) == {
        ("prepare", coordinator.pk), ("confirm", colleague.pk),
    }  # fmt: skip
    templates = ["invitation", "office_ends", "office_ends", "proposal_waits"]
    assert sorted(Letter.objects.values_list("template", flat=True)) == templates


def test_what_was_overtaken_is_refused_and_nothing_is_half_done(
    iwa, desk, coordinator, colleague, cooks, decision, seat, form
):
    own, theirs = (Office.objects.get(person=person) for person in (coordinator, colleague))
    page, second = record(desk, seat, form, ends=[own.pk]).url, signed_in(colleague)
    day = timezone.localdate() + A_WEEK
    Office.objects.filter(pk=theirs.pk).update(until=day)
    before = standing()

    def refused(why):
        assert why in text(second.get(page))
        answer = second.post(page, {"do": "confirm"})
        assert (answer.status_code, why in text(answer), standing()) == (409, True, before)

    refused("Somebody must coordinate the federation")
    Office.objects.filter(pk=theirs.pk).update(until=None)
    decisions.record(
        federation=iwa, body="congress", decided_on=day - A_WEEK, by=None, corrects=decision,
        correction_note="It did not say so.",
    )  # fmt: skip
    before = standing()
    refused("This decision has been corrected already.")
    seating.give(seat=seat, organisation=cooks, on=day, decision=decision, by=None)
    before = standing()
    refused("This stands in the record already.")


def test_a_term_ends_and_is_taken_back_by_two_and_what_is_sent_back_is_taken_up(
    iwa, asi, desk, colleague, decision, seat
):
    second, term = signed_in(colleague), Term.objects.get()
    sent = {"on": timezone.localdate().isoformat(), "decision": str(decision.pk)}
    page = desk.post(f"{LIST}terms/{term.pk}/end/", sent).url
    assert Term.objects.get().until is None
    second.post(page, {"do": "send_back", "reason": "Not yet."})
    again = f"{LIST}terms/{term.pk}/end/?again={page.split('/')[-2]}"
    assert again in desk.get(page).content.decode()
    assert f'value="{sent["on"]}"' in desk.get(again).content.decode()
    page = desk.post(again, sent).url
    assert iwa.prepared.count() == 1
    assert second.post(page, {"do": "confirm"}).url == LIST
    assert Term.objects.get().until == timezone.localdate()

    page = desk.post(f"{LIST}terms/{term.pk}/take-back/", {"reason": "Never."}).url
    assert not Term.objects.get().is_void
    assert "Never." in text(second.get(page))
    assert second.post(page, {"do": "confirm"}).url == LIST
    assert Term.objects.get().is_void


def test_two_elsewhere_and_whoever_is_alone(iwa, asi, desk, seat, form):
    make.procedure(asi.statuses.get(slug="section"), needs_second=True)
    assert record(desk, seat, form).url == LIST
    make.procedure(iwa.statuses.get(slug="section"), needs_second=True)
    term = Term.objects.get(until=None)
    alone = "At present nobody else coordinates this federation."
    assert alone in text(desk.get(f"{LIST}terms/{term.pk}/take-back/"))
