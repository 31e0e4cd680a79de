"""What one coordinator writes down and a second one confirms, where the procedure wants two."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory import decisions
from directory.models import Affiliation, Decision, Organisation
from federation.models import AuditEvent, Federation, Letter, Office, StoredFile, User
from federation.states import NotOpen, NotYours, Refused
from membership import deadlines
from membership.desk import recording
from membership.models import PreparedDecision
from membership.proceedings import leaving, seconding
from membership.proceedings.opening import open_proceeding
from membership.proceedings.outcomes import Verdict
from membership.seconding import preparing
from membership.seconding.rule import two_decide, wants_second
from tests import make
from tests.conftest import signed_in
from tests.membership.desk.test_recording import CHANGE, LIST, NEW, form, hidden, minutes, words
from tests.panel import save
from tests.race import together

DAY = datetime.date(2020, 5, 1)
ALONE = "At present nobody else coordinates this federation."


@pytest.fixture
def colleague(iwa: Federation) -> User:
    return make.coordinator(iwa, "colleague@example.org")


@pytest.fixture
def cooks(iwa: Federation) -> Organisation:
    made = make.organisation("Cooks", "SE")
    make.affiliation(made, iwa, "friend")
    return made


@pytest.fixture
def two(iwa: Federation) -> None:
    """About sections, two persons decide."""
    make.procedure(iwa.statuses.get(slug="section"), needs_second=True)


def terms(federation: Federation, *effects: dict[str, Any], **given: Any) -> dict[str, Any]:
    known = {"federation": federation, "body": "congress", "decided_on": DAY, "corrects": None}
    return {**known, "effects": [{"on": DAY, **effect} for effect in effects], **given}


def prepared(
    federation: Federation, by: User, *effects: dict[str, Any], **given: Any
) -> PreparedDecision:
    made, _is_new = recording.record(
        terms(federation, *effects, **given), by=by, office="coordinator"
    )
    assert isinstance(made, PreparedDecision)
    return made


def keep(organisation: Organisation) -> dict[str, Any]:
    """An effect that could be recorded any number of times."""
    return {"kind": "keep", "organisation": organisation}


# --- at the desk ----------------------------------------------------------------------------


def test_what_one_prepares_another_confirms(two, cooks, coordinator, colleague):
    first, second = signed_in(coordinator), signed_in(colleague)
    preview = first.post(NEW, form(CHANGE, do="preview", reference="7"))
    assert "Propose it to a second coordinator" in words(preview)
    assert ALONE not in words(preview)
    page = first.post(NEW, hidden(preview) | {"do": "record", "document": minutes()}).url
    assert not Decision.objects.exists()
    assert "Another coordinator confirms it; you cannot." in words(first.get(page))
    assert "1 decision waits for you" not in words(first.get("/coordination/"))
    letter = Letter.objects.get(template="proposal_waits")
    assert (letter.recipient, page in letter.body) == (colleague.email, True)

    assert "1 decision waits for you" in words(second.get("/coordination/"))
    assert "waits for you" in words(second.get(LIST))
    shown = words(second.get(page))
    assert "Cooks Friend becomes Section from" in shown
    assert coordinator.email in shown
    assert second.get(f"{page}document/")["Content-Disposition"].startswith("attachment")
    own = first.post(page, {"do": "confirm"})
    assert (own.status_code, "you cannot" in words(own)) == (409, True)
    answer = second.post(page, {"do": "confirm"})
    made = Decision.objects.get()
    assert answer.url == f"{LIST}{made.pk}/"
    assert (made.reference, made.document.media_type) == ("7", "image/png")
    assert Affiliation.objects.filter(organisation=cooks, status__slug="section").exists()
    assert not PreparedDecision.objects.exists()
    trail = AuditEvent.objects.filter(model="directory.Decision", action="move")
    assert {(event.note, event.actor) for event in trail} == {
        ("prepare", coordinator.pk), ("confirm", colleague.pk),
    }  # fmt: skip
    assert second.get(page, follow=True).redirect_chain == [(LIST, 302)]


def test_a_status_without_rules_is_no_way_round(two, iwa):
    assert two_decide([iwa.statuses.get(slug="friend").pk])
    make.procedure(iwa.statuses.get(slug="friend"))
    assert not two_decide([iwa.statuses.get(slug="friend").pk])


def test_nobody_is_merged_at_the_desk_against_their_no(cooks, iwa, coordinator):
    bakers = make.organisation("Bakers", "NO")
    make.affiliation(bakers, iwa, "friend")
    asked = open_proceeding(
        kind="merger", organisation=cooks, other=bakers, federation=iwa, by=coordinator,
        grounds="They asked for it.",
    )  # fmt: skip
    leaving.object_to(asked, by=make.secretary(bakers, "b@example.org"), note="Our assembly: no.")
    merged = terms(iwa, {"kind": "merge", "organisation": cooks, "other": bakers})
    for act in (recording.preview, lambda given, by: recording.record(given, by=by, office="")):
        with pytest.raises(ValidationError, match="does not agree"):
            act(merged, by=coordinator)
    assert not Decision.objects.exists()


def test_what_the_procedure_leaves_to_one_is_recorded_at_once(two, cooks, coordinator):
    make.procedure(cooks.affiliations.get().status)
    gone = {"kind": "end", "organisation": "Cooks", "reason": "lapse"}
    preview = signed_in(coordinator).post(NEW, form(gone, do="preview"))
    assert "Record the decision" in words(preview)
    assert signed_in(coordinator).post(NEW, form(gone)).status_code == 302
    assert Decision.objects.exists()


def test_it_is_sent_back_with_a_reason_and_taken_up_again(two, cooks, coordinator, colleague):
    first, second = signed_in(coordinator), signed_in(colleague)
    page = first.post(NEW, form(CHANGE, place="Örebro")).url
    assert "Cooks By" in words(second.get(LIST))
    assert second.post(page, {"do": "send_back", "reason": " "}).context["form"].errors
    assert second.post(page, {"do": "send_back", "reason": "It was in Umeå."}).url == LIST
    assert Letter.objects.get(template="waiting").recipient == coordinator.email
    shown = first.get(page)
    assert "It was in Umeå." in words(shown)
    assert second.post(page, {"do": "confirm"}).status_code == 409
    old = PreparedDecision.objects.get()
    again = f"{NEW}&again={old.pk}"
    assert again in shown.content.decode().replace("&amp;", "&")
    text = first.get(again).content.decode()
    assert 'value="Örebro"' in text
    assert 'value="cooks"' in text
    first.post(again, form(CHANGE, place="Umeå"))
    new = PreparedDecision.objects.get()
    assert (new.terms["place"], new.pk != old.pk) == ("Umeå", True)


def test_whoever_prepared_it_may_withdraw_it(two, cooks, coordinator, colleague):
    first = signed_in(coordinator)
    page = first.post(NEW, form(CHANGE) | {"document": minutes()}).url
    with pytest.raises(NotYours):
        preparing.withdraw(PreparedDecision.objects.get(), by=colleague)
    assert first.post(page, {"do": "withdraw"}).url == LIST
    assert (PreparedDecision.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_what_fits_no_longer_is_told_and_nothing_is_half_done(two, iwa, cooks, coordinator):
    page = signed_in(coordinator).post(NEW, form(CHANGE)).url
    gone = {"kind": "end", "organisation": cooks, "reason": "lapse", "on": DAY}
    decisions.record(federation=iwa, body="congress", decided_on=DAY, effects=[gone], by=None)
    second = signed_in(make.coordinator(iwa, "second@example.org"))
    for answer in (second.get(page), second.post(page, {"do": "confirm"})):
        assert "has no status here that could change" in words(answer)
    assert answer.status_code == 409
    assert (Decision.objects.count(), PreparedDecision.objects.count()) == (1, 1)


def test_who_has_left_office_is_no_second_person_and_needs_one(two, iwa, cooks, coordinator):
    first = signed_in(coordinator)
    told = words(first.post(NEW, form(CHANGE, do="preview")))
    assert ALONE in told
    page = first.post(NEW, form(CHANGE)).url
    waiting = PreparedDecision.objects.get()
    former = Office.objects.filter(person=coordinator)
    former.update(until=timezone.localdate())
    with pytest.raises(NotYours):
        recording.confirm(waiting, by=coordinator)
    third = make.coordinator(iwa, "third@example.org")
    make.coordinator(iwa, "again@example.org")
    former.update(until=None)
    with pytest.raises(NotYours):
        recording.confirm(waiting, by=coordinator)
    assert signed_in(third).post(page, {"do": "confirm"}).status_code == 302
    assert Decision.objects.exists()


# --- which decisions ------------------------------------------------------------------------


def test_a_decision_that_touches_such_a_status_wants_two(two, iwa, asi, cooks, coordinator):
    bakers = make.organisation("Bakers", "NO")
    make.affiliation(bakers, iwa)
    section, friend = (iwa.statuses.get(slug=slug) for slug in ("section", "friend"))
    make.procedure(friend)

    def wants(organisation: Organisation, kind: str, **given: Any) -> bool:
        effect = {"kind": kind, "organisation": organisation, "on": DAY} | given
        return wants_second(iwa, [effect])

    assert wants(cooks, "change", status=section)
    assert wants(bakers, "change", status=friend)
    assert wants(bakers, "end", reason="lapse")
    assert wants(bakers, "suspend")
    assert wants(cooks, "continue", other=bakers)
    assert wants(cooks, "merge", other=bakers)
    assert not wants(cooks, "end", reason="lapse")
    assert not wants(make.organisation("New"), "admit", status=friend)
    assert not wants_second(iwa, [])
    theirs = {"kind": "admit", "organisation": cooks, "on": DAY,
              "status": asi.statuses.get(slug="section")}  # fmt: skip
    assert not wants_second(asi, [theirs])
    gone = {"kind": "end", "organisation": bakers, "reason": "lapse", "on": DAY}
    old = decisions.record(federation=iwa, body="congress", decided_on=DAY, effects=[gone], by=None)
    assert wants_second(iwa, [], corrects=old)
    empty = decisions.record(
        federation=iwa, body="congress", decided_on=DAY, by=None, corrects=old,
        correction_note="It did not end.",
    )  # fmt: skip
    assert wants_second(iwa, [], corrects=empty)


def test_a_correction_waits_and_is_confirmed_too(two, iwa, local, coordinator, colleague):
    gone = {"kind": "end", "organisation": local, "reason": "lapse", "on": DAY}
    old = decisions.record(federation=iwa, body="congress", decided_on=DAY, effects=[gone], by=None)
    page = signed_in(coordinator).post(
        f"{LIST}{old.pk}/correct/", form(correction_note="It did not end.")
    )
    second = signed_in(colleague)
    shown = words(second.get(page.url))
    assert "What is taken back" in shown
    assert "It did not end." in shown
    second.post(page.url, {"do": "confirm"})
    assert Decision.objects.get(corrects=old).correction_note == "It did not end."
    assert Affiliation.objects.standing().get(organisation=local).until is None


# --- at the same moment ---------------------------------------------------------------------


def confirmed_by_four(federation: Federation, waiting: PreparedDecision) -> list[Any]:
    people = [make.coordinator(federation, f"c{number}@example.org") for number in range(4)]
    return together(4, lambda index: recording.confirm(waiting, by=people[index]))


@pytest.mark.django_db(transaction=True)
def test_confirmed_four_times_at_once_it_is_recorded_once(two, iwa, local, coordinator):
    results = confirmed_by_four(iwa, prepared(iwa, coordinator, keep(local)))
    assert sum(isinstance(result, NotOpen) for result in results) == 3
    assert Decision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_it_would_be_recorded_again(two, iwa, local, coordinator, monkeypatch):
    """The control."""
    monkeypatch.setattr(preparing, "_claim", lambda prepared: None)
    monkeypatch.setattr(decisions, "alike", lambda **terms: None)
    confirmed_by_four(iwa, prepared(iwa, coordinator, keep(local)))
    assert Decision.objects.count() == 4


def test_a_second_click_prepares_nothing_twice(two, cooks, coordinator):
    first = signed_in(coordinator)
    assert first.post(NEW, form(CHANGE)).url == first.post(NEW, form(CHANGE)).url
    assert PreparedDecision.objects.count() == 1


# --- in a proceeding ------------------------------------------------------------------------


@pytest.fixture
def lapse(two, iwa, local, coordinator):
    return open_proceeding(
        kind="lapse", organisation=local, federation=iwa, by=coordinator, grounds="Long silent."
    )


DECIDED = {"outcome": "end", "body": "congress", "decided_on": "2020-05-01", "note": "So be it."}


def test_what_is_decided_in_a_proceeding_waits_too(lapse, coordinator, colleague, secretary):
    first, second = signed_in(coordinator), signed_in(colleague)
    page = f"/coordination/proceedings/{lapse.reference}/"
    sent = DECIDED | {"seen": lapse.step}
    assert "Propose it to a second coordinator" in words(first.post(f"{page}decide/", sent))
    assert first.post(f"{page}decide/", sent | {"confirmed": "yes"}).url == page
    lapse.refresh_from_db()
    assert (lapse.state, Decision.objects.count()) == ("open", 0)
    waiting = PreparedDecision.objects.get()
    door = f"{LIST}prepared/{waiting.pk}/"
    assert door in second.get(page).content.decode()
    assert door not in signed_in(secretary).get(page).content.decode()
    shown = words(second.get(door))
    assert "Örestad Local is no longer affiliated" in shown
    assert "So be it." in shown
    assert first.post(door, {"do": "confirm"}).status_code == 409
    assert second.post(door, {"do": "confirm"}).url == page
    lapse.refresh_from_db()
    assert (lapse.state, lapse.decision.body) == ("decided", "congress")
    assert lapse.steps.get(verb="decide").note == "So be it."


def test_any_step_of_the_proceeding_makes_it_void(lapse, coordinator, colleague, secretary):
    verdict = Verdict("end", decided_on=DAY)
    leaving.decide(lapse, by=coordinator, verdict=verdict, body="congress")
    waiting = PreparedDecision.objects.get()
    assert list(PreparedDecision.objects.waiting_for(colleague)) == [waiting]
    leaving.speak(lapse, by=secretary, note="We are here.")
    assert not PreparedDecision.objects.waiting_for(colleague).exists()
    with pytest.raises(Refused):
        seconding.confirm(waiting, by=colleague)
    leaving.decide(lapse, by=coordinator, verdict=verdict, body="congress")
    assert PreparedDecision.objects.get().pk != waiting.pk
    leaving.drop(lapse, by=coordinator, note="They are there.")
    deadlines.run(timezone.localdate())
    assert not PreparedDecision.objects.exists()


# --- in the panel ---------------------------------------------------------------------------


def test_the_panel_enters_no_such_status_from_a_source(two, iwa, local, coordinator):
    client = signed_in(coordinator)
    bond = local.affiliations.get()
    source = {"source": bond.source.pk}
    add, door = "/admin/directory/affiliation/add/", f"/admin/directory/affiliation/{bond.pk}/"
    section = {"name": "Bakers", "status": bond.status.pk, "since": "2001-01-01"} | source
    over = {"until": "2002-01-01", "reason": "lapse"}
    refused = [
        (add, section),
        (f"{door}end/", source | {"reason": "lapse", "until": "2020-01-01"}),
        (f"{door}correct/", {"note": "Wrong.", "status": iwa.statuses.get(slug="friend").pk}),
    ]
    for page, sent in refused:
        answer = save(client, page, **sent)
        assert "two persons decide about this status" in words(answer), page
    assert save(client, add, **section | over).status_code == 302
    earlier = {"note": "A year before.", "since": "1999-01-01"}
    assert save(client, f"{door}correct/", **earlier).status_code == 302
