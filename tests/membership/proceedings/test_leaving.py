"""How organisations leave, rest, return, change, merge and split: each story to its end."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory.models import Affiliation, Decision, Effect, OrganisationLink, Suspension
from federation.models import AuditEvent, Letter
from federation.states import RULE, NeedsReason, NotOpen, NotYours, Overtaken
from membership.models import Proceeding
from membership.proceedings import leaving
from membership.proceedings.opening import open_proceeding
from membership.proceedings.outcomes import OUTCOMES, Outcome, Verdict
from membership.requests import deciding, workflow
from tests import make

TODAY = datetime.date(2026, 5, 1)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC)):
        yield


def opened(kind: str, local, iwa, by, **terms) -> Proceeding:
    terms = {"grounds": "It is time."} | terms
    return open_proceeding(kind=kind, organisation=local, federation=iwa, by=by, **terms)


def decided(proceeding, by, outcome: str, **terms) -> Proceeding:
    """Today, by the congress, unless told otherwise."""
    how = {"body": "congress"}
    record = {
        name: terms.pop(name)
        for name in ("body", "leads_to", "meeting", "seen", "note", "texts")
        if name in terms
    }
    verdict = Verdict(outcome, **{"decided_on": TODAY} | terms)
    return leaving.decide(proceeding, by=by, verdict=verdict, **how | record)


def voters(iwa, day: datetime.date) -> set[str]:
    bonds = Affiliation.objects.filter(federation=iwa).with_right("votes", on=day)
    return {bond.organisation.name for bond in bonds.filter(answer="yes")}


def heard(proceeding, coordinator, secretary) -> Proceeding:
    """Asked to speak, and it spoke."""
    proceeding = leaving.hear(
        proceeding, by=coordinator, note="Speak to the dues.", until=TODAY + 14 * DAY
    )
    return leaving.speak(proceeding, by=secretary, note="We have paid.")


def agreed(proceeding, coordinator) -> Proceeding:
    """The other organisation has nobody here, and the desk has asked it."""
    return leaving.attest(proceeding, by=coordinator, note="Their congress wants it.")


def letters(to: str) -> list[str]:
    found = [letter for letter in Letter.objects.all() if letter.recipient == to]
    return [letter.template for letter in sorted(found, key=lambda letter: letter.queued_at)]


# --- leaving of one's own accord ------------------------------------------------------------


def withdrawal(local, iwa, secretary, day=TODAY + 60 * DAY, **terms) -> Proceeding:
    said = {"wanted_on": day, "assembly": "general assembly"} | terms
    return opened("withdrawal", local, iwa, secretary, **said)


def test_an_organisation_leaves_on_the_day_that_it_wants(local, iwa, secretary, coordinator):
    day = TODAY + 60 * DAY
    filed = withdrawal(local, iwa, secretary, day)
    assert letters("coordinator@example.org") == ["waiting"]

    done = decided(filed, coordinator, "end", body="secretariat")

    bond = Affiliation.objects.get()
    assert (bond.until, bond.end_reason, bond.end_decision) == (day, "withdrawal", done.decision)
    assert voters(iwa, day - DAY) == {local.name}
    assert voters(iwa, day) == set()
    assert (done.state, done.step) == ("decided", 1)
    assert letters("secretary@example.org") == ["proceeding_decided"]


def test_recording_it_late_or_with_another_day_does_not_hold_it_back(
    local, iwa, secretary, coordinator
):
    day = TODAY + 10 * DAY
    filed = withdrawal(local, iwa, secretary, day)
    with time_machine.travel(datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC)):
        decided(filed, coordinator, "end", on=TODAY + 300 * DAY)
    assert Affiliation.objects.get().until == day


@pytest.mark.parametrize("outcome", ["keep", "suspend", "merge"])
def test_a_withdrawal_cannot_be_refused(local, iwa, secretary, coordinator, outcome):
    filed = withdrawal(local, iwa, secretary)
    with pytest.raises(ValidationError, match="cannot come out"):
        decided(filed, coordinator, outcome)
    with pytest.raises(NotOpen, match="recorded, not judged"):
        leaving.drop(filed, by=coordinator, note="Stay.")
    with pytest.raises(NotOpen, match="recorded, not judged"):
        leaving.defer(filed, by=coordinator, note="Later.", meeting=make.meeting(iwa))
    with pytest.raises(NotOpen, match="recorded, not judged"):
        leaving.hear(filed, by=coordinator, note="Why?", until=TODAY + 30 * DAY)
    with pytest.raises(NotOpen, match="recorded, not judged"):
        leaving.consult(filed, by=coordinator)
    filed.refresh_from_db()
    assert (filed.state, filed.step) == ("open", 0)


def test_after_thirty_days_a_withdrawal_is_overdue(local, iwa, secretary):
    filed = withdrawal(local, iwa, secretary)
    with time_machine.travel(datetime.datetime(2026, 5, 31, 12, tzinfo=datetime.UTC)):
        assert not filed.is_overdue
    with time_machine.travel(datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)):
        assert filed.is_overdue


def test_it_may_be_taken_back_until_it_is_recorded(local, iwa, secretary, coordinator):
    filed = leaving.retract(withdrawal(local, iwa, secretary), by=secretary, note="We stay.")
    assert (filed.state, Affiliation.objects.get().until) == ("dropped", None)
    again = decided(withdrawal(local, iwa, secretary), coordinator, "end")
    with pytest.raises(NotOpen):
        leaving.retract(again, by=secretary)


def test_a_withdrawal_that_came_by_post_is_entered_by_a_coordinator_and_can_be_dropped(
    local, iwa, secretary, coordinator
):
    entered = opened("withdrawal", local, iwa, coordinator, wanted_on=TODAY - 90 * DAY)
    assert leaving.drop(entered, by=coordinator, note="It was another one.").state == "dropped"
    with pytest.raises(NotOpen):
        leaving.retract(entered, by=secretary)


def test_what_has_become_pointless_can_be_dropped(local, iwa, secretary, coordinator):
    """It is expelled while its own withdrawal lies there."""
    filed = withdrawal(local, iwa, secretary)
    expulsion = heard(opened("expulsion", local, iwa, coordinator), coordinator, secretary)
    decided(expulsion, coordinator, "end")
    with pytest.raises(NotOpen, match="no status here"):
        decided(filed, coordinator, "end")
    assert leaving.drop(filed, by=coordinator, note="Expelled.").state == "dropped"


@pytest.mark.parametrize("missing", ["assembly", "wanted_on"])
def test_an_organisation_says_who_decided_it_and_from_when(local, iwa, secretary, missing):
    with pytest.raises(ValidationError) as error:
        withdrawal(local, iwa, secretary, **{missing: "" if missing == "assembly" else None})
    assert list(error.value.message_dict) == [missing]


def test_an_organisation_does_not_leave_on_a_day_that_is_over(local, iwa, secretary):
    with pytest.raises(ValidationError, match="This day is over"):
        withdrawal(local, iwa, secretary, TODAY - DAY)
    assert not Proceeding.objects.exists()


# --- lapse ----------------------------------------------------------------------------------


def test_a_lapse_ends_the_bond_on_the_day_named(local, iwa, coordinator):
    lapse = opened("lapse", local, iwa, coordinator, grounds="Three years without dues.")
    decided(lapse, coordinator, "end", on=datetime.date(2027, 1, 1))
    bond = Affiliation.objects.get()
    assert (str(bond.until), bond.end_reason) == ("2027-01-01", "lapse")
    assert voters(iwa, datetime.date(2026, 12, 31)) == {local.name}
    assert voters(iwa, datetime.date(2027, 1, 1)) == set()


def test_a_body_may_leave_everything_as_it_is(local, iwa, coordinator):
    done = decided(opened("lapse", local, iwa, coordinator), coordinator, "keep")
    assert Affiliation.objects.get().until is None
    assert (done.state, Effect.objects.get().kind) == ("decided", "keep")
    assert not Effect.objects.visible_to(None).exists()


# --- suspension, restoration, expulsion -----------------------------------------------------


def test_suspended_until_the_congress_and_restored_there(local, iwa, coordinator):
    congress = make.meeting(iwa, day=datetime.date(2026, 12, 5))
    first = decided(
        opened("suspension", local, iwa, coordinator), coordinator, "suspend", on=TODAY + DAY,
        body="plenary", leads_to="restoration", meeting=congress,
    )  # fmt: skip
    assert voters(iwa, TODAY) == {local.name}
    assert voters(iwa, TODAY + DAY) == set()
    assert Affiliation.objects.get().until is None, "a suspension is not an end"

    following = Proceeding.objects.get(kind="restoration")
    assert (following.state, following.meeting) == ("deferred", congress)
    assert first.reference in following.grounds
    with time_machine.travel(datetime.datetime(2026, 12, 6, 12, tzinfo=datetime.UTC)):
        done = decided(following, coordinator, "restore", decided_on=datetime.date(2026, 12, 5))
    assert done.decision.meeting == congress
    assert voters(iwa, datetime.date(2026, 12, 4)) == set()
    assert voters(iwa, datetime.date(2026, 12, 5)) == {local.name}


def test_suspended_until_the_congress_and_expelled_there(local, iwa, coordinator, secretary):
    congress = make.meeting(iwa, day=datetime.date(2026, 12, 5))
    decided(
        opened("suspension", local, iwa, coordinator), coordinator, "suspend",
        leads_to="expulsion", meeting=congress,
    )  # fmt: skip
    expulsion = Proceeding.objects.get(kind="expulsion")
    with pytest.raises(NotOpen, match="must be heard first"):
        decided(expulsion, coordinator, "end")
    expulsion = heard(expulsion, coordinator, secretary)
    with time_machine.travel(datetime.datetime(2026, 12, 6, 12, tzinfo=datetime.UTC)):
        decided(expulsion, coordinator, "end", decided_on=datetime.date(2026, 12, 5))
    bond, suspension = Affiliation.objects.get(), Suspension.objects.get()
    assert (str(bond.until), bond.end_reason) == ("2026-12-05", "expulsion")
    assert str(suspension.until) == "2026-12-05"
    assert letters("secretary@example.org") == [
        "proceeding_opened", "proceeding_opened", "proceeding_opened", "proceeding_decided",
        "hearing", "proceeding_decided",
    ]  # fmt: skip


def test_a_suspension_may_end_on_a_day_that_is_fixed(local, iwa, coordinator):
    until = TODAY + 30 * DAY
    decided(opened("suspension", local, iwa, coordinator), coordinator, "suspend", until=until)
    assert voters(iwa, until - DAY) == set()
    assert voters(iwa, until) == {local.name}


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"outcome": "keep"}, "Only a suspension"),
        ({"outcome": "suspend", "leads_to": "merger"}, "Only a suspension"),
        ({"outcome": "suspend", "meeting": None}, "Choose the meeting"),
    ],
)
def test_only_a_suspension_goes_on_to_a_congress(local, iwa, coordinator, terms, message):
    terms = {"leads_to": "expulsion", "meeting": make.meeting(iwa)} | terms
    with pytest.raises(ValidationError, match=message):
        decided(opened("suspension", local, iwa, coordinator), coordinator, **terms)
    assert not Decision.objects.exists()
    assert Proceeding.objects.get().state == "open"


def test_what_makes_no_sense_is_not_opened(local, iwa, coordinator):
    with pytest.raises(ValidationError, match="not suspended"):
        opened("restoration", local, iwa, coordinator)
    decided(opened("suspension", local, iwa, coordinator), coordinator, "suspend")
    with pytest.raises(ValidationError, match="suspended already"):
        opened("suspension", local, iwa, coordinator)
    with pytest.raises(ValidationError, match="no status here"):
        opened("lapse", make.organisation("Elsewhere"), iwa, coordinator)


# --- the hearing ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["expulsion", "disaffiliation"])
def test_nobody_is_put_out_unheard(local, iwa, coordinator, secretary, kind):
    found = opened(kind, local, iwa, coordinator)
    for act in (
        lambda: decided(found, coordinator, "end"),
        lambda: decided(found, coordinator, "keep"),
        lambda: leaving.preview(
            found, by=coordinator, verdict=Verdict("end", TODAY), body="congress"
        ),
    ):
        with pytest.raises(NotOpen, match="must be heard first"):
            act()
    found = heard(found, coordinator, secretary)
    assert letters("coordinator@example.org")[-1] == "statement_given"
    decided(found, coordinator, "end")
    assert Affiliation.objects.get().end_reason == kind


def test_silence_until_the_day_named_is_enough_and_not_before(local, iwa, coordinator):
    found = opened("expulsion", local, iwa, coordinator)
    found = leaving.hear(found, by=coordinator, note="Speak.", until=datetime.date(2026, 5, 20))
    last_day = datetime.datetime(2026, 5, 20, 12, tzinfo=datetime.UTC)
    with time_machine.travel(last_day), pytest.raises(NotOpen, match="must be heard first"):
        decided(found, coordinator, "end")
    with time_machine.travel(datetime.datetime(2026, 5, 21, 12, tzinfo=datetime.UTC)):
        assert decided(found, coordinator, "end").state == "decided"


def test_a_hearing_lasts_a_week_and_is_never_made_shorter(local, iwa, coordinator):
    found = opened("expulsion", local, iwa, coordinator)
    with pytest.raises(ValidationError, match="a week at least"):
        leaving.hear(found, by=coordinator, note="Speak.", until=TODAY + 6 * DAY)
    found = leaving.hear(found, by=coordinator, note="Speak.", until=TODAY + 30 * DAY)
    with pytest.raises(ValidationError, match="no less than it was given"):
        leaving.hear(found, by=coordinator, note="Faster.", until=TODAY + 8 * DAY)
    found = leaving.hear(found, by=coordinator, note="More time.", until=TODAY + 40 * DAY)
    assert found.hearing_until == TODAY + 40 * DAY


def test_whoever_was_asked_to_speak_is_waited_for_in_any_kind(local, iwa, coordinator, secretary):
    found = opened("lapse", local, iwa, coordinator)
    found = leaving.hear(found, by=coordinator, note="Dues?", until=TODAY + 14 * DAY)
    with pytest.raises(NotOpen, match="must be heard first"):
        decided(found, coordinator, "end")
    found = leaving.speak(found, by=secretary, note="Paid yesterday.")
    assert decided(found, coordinator, "keep").state == "decided"


def test_a_congress_may_suspend_instead_of_expelling(local, iwa, coordinator, secretary):
    found = heard(opened("expulsion", local, iwa, coordinator), coordinator, secretary)
    decided(found, coordinator, "suspend")
    assert (Affiliation.objects.get().until, Suspension.objects.count()) == (None, 1)


# --- consultation and deferring -------------------------------------------------------------


def test_the_sections_are_asked_by_the_rules_for_its_present_status(
    local, iwa, coordinator, secretary
):
    found = opened("lapse", local, iwa, coordinator)
    with pytest.raises(NotOpen, match="nobody is consulted"):
        leaving.consult(found, by=coordinator)
    rules = make.procedure(iwa.statuses.get(slug="section"), consulted="all")
    make.procedure(iwa.statuses.get(slug="friend"), consulted="none")
    other = make.organisation("Lund Local", "DK")
    make.affiliation(other, iwa)

    found = leaving.consult(found, by=coordinator)
    consultation = found.last_consultation
    assert (found.state, consultation.procedure) == ("in_consultation", rules)
    asked = {row.organisation for row in consultation.consulted.all()}
    assert asked == {other}, "not the one that it is about"
    with pytest.raises(NotOpen, match="still have time"):
        leaving.conclude(found, by=coordinator)
    leaving.speak(found, by=secretary, note="Hear us, too.")
    with time_machine.travel(datetime.datetime(2026, 9, 1, 12, tzinfo=datetime.UTC)):
        found = leaving.conclude(found, by=RULE)
        assert found.state == "open"
        with pytest.raises(NotOpen, match="have been consulted"):
            leaving.consult(found, by=coordinator)


def test_it_is_put_off_to_a_meeting_of_its_own_federation(local, iwa, asi, coordinator):
    found = opened("lapse", local, iwa, coordinator)
    with pytest.raises(ValidationError, match="another federation"):
        leaving.defer(found, by=coordinator, note="Later.", meeting=make.meeting(asi))
    congress = make.meeting(iwa, day=TODAY + 200 * DAY)
    found = leaving.defer(found, by=coordinator, note="Later.", meeting=congress)
    assert (found.state, found.due) == ("deferred", congress.day)
    congress.day = TODAY + 300 * DAY
    congress.save()
    assert Proceeding.objects.get().due == congress.day


# --- merger and split -----------------------------------------------------------------------


@pytest.fixture
def other(iwa):
    made = make.organisation("Malmö Local", "DK")
    make.affiliation(made, iwa, "friend")
    return made


def test_one_goes_into_another_which_keeps_its_status(local, other, iwa, coordinator):
    found = agreed(opened("merger", local, iwa, coordinator, other=other), coordinator)
    decided(found, coordinator, "merge", on=TODAY + DAY)
    old = Affiliation.objects.get(organisation=local)
    assert (old.until, old.end_reason) == (TODAY + DAY, "merger")
    assert Affiliation.objects.get(organisation=other).status.slug == "friend"
    link = OrganisationLink.objects.get()
    assert (link.organisation, link.kind, link.other) == (local, "merged_into", other)


def test_the_successor_may_get_the_status(local, other, iwa, coordinator):
    found = agreed(opened("merger", local, iwa, coordinator, other=other), coordinator)
    section = iwa.statuses.get(slug="section")
    decided(found, coordinator, "merge", on=TODAY + DAY, status=section)
    assert voters(iwa, TODAY) == {local.name}
    assert voters(iwa, TODAY + DAY) == {other.name}


def test_another_is_recognised_as_continuing_it(local, iwa, coordinator):
    new = make.organisation("New Örestad", "SE")
    found = agreed(opened("merger", local, iwa, coordinator, other=new), coordinator)
    decided(found, coordinator, "continue", on=TODAY + DAY)
    assert voters(iwa, TODAY + DAY) == {new.name}
    assert OrganisationLink.objects.get().kind == "succeeds"


def test_the_secretary_of_the_other_is_told_and_may_read_it(local, other, iwa, secretary):
    theirs = make.secretary(other, "theirs@example.org")
    found = opened(
        "merger", local, iwa, secretary, other=other, assembly="congress", wanted_on=TODAY
    )
    assert letters("theirs@example.org") == ["proceeding_of_other"]
    assert found in Proceeding.objects.visible_to(theirs)
    for act in (leaving.speak, leaving.retract, leaving.drop):
        with pytest.raises(NotYours):
            act(found, by=theirs, note="No.")


def test_a_merger_needs_the_other(local, iwa, coordinator):
    for wrong in (None, local):
        with pytest.raises(ValidationError) as error:
            opened("merger", local, iwa, coordinator, other=wrong)
        assert list(error.value.message_dict) == ["other"]


def test_a_split_with_two_successors_and_an_end(local, iwa, coordinator):
    """The one for each country is free again, and the second there needs a waiver."""
    iwa.statuses.filter(slug="section").update(is_one_per_country=True)
    north, south = make.organisation("North", "SE"), make.organisation("South", "SE")
    section = iwa.statuses.get(slug="section")
    found = agreed(opened("split", local, iwa, coordinator, other=north), coordinator)
    terms = {"status": section, "parts": (south,), "ends": True, "on": TODAY + DAY}
    with pytest.raises(ValidationError, match="one for each country"):
        decided(found, coordinator, "split", **terms)
    assert voters(iwa, TODAY + DAY) == {local.name}, "nothing half-done"
    decided(found, coordinator, "split", waiver="The congress wants both.", **terms)
    assert voters(iwa, TODAY) == {local.name}
    assert voters(iwa, TODAY + DAY) == {north.name, south.name}
    assert Affiliation.objects.get(organisation=local).end_reason == "dissolution"
    assert {link.kind for link in OrganisationLink.objects.all()} == {"split_from"}


def test_a_split_may_leave_the_organisation_as_it_is(local, iwa, coordinator):
    part = make.organisation("Part", "SE")
    found = agreed(opened("split", local, iwa, coordinator, other=part), coordinator)
    decided(found, coordinator, "split")
    assert voters(iwa, TODAY) == {local.name}
    assert not Affiliation.objects.filter(organisation=part).exists()


# --- up and down ----------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), [("friend", "section"), ("section", "friend")])
def test_a_federation_moves_one_up_or_down(iwa, coordinator, before, after):
    one = make.organisation("One")
    make.affiliation(one, iwa, before)
    status = iwa.statuses.get(slug=after)
    found = opened("change", one, iwa, coordinator, status=status)
    decided(found, coordinator, "change", status=status, on=TODAY + DAY)
    old, new = Affiliation.objects.order_by("begins")
    assert (old.status.slug, old.until, old.end_reason) == (before, TODAY + DAY, "change")
    assert (new.status.slug, new.since, new.decision) == (after, TODAY + DAY, old.end_decision)
    assert voters(iwa, TODAY) == ({one.name} if before == "section" else set())
    assert voters(iwa, TODAY + DAY) == ({one.name} if after == "section" else set())


@pytest.mark.parametrize(("before", "after"), [("friend", "section"), ("section", "friend")])
def test_an_organisation_asks_for_another_status_by_the_ordinary_request(
    iwa, coordinator, before, after
):
    iwa.statuses.update(is_open_to_requests=True)
    one = make.organisation("One")
    make.affiliation(one, iwa, before)
    request = workflow.submit_request(make.request(iwa, after, organisation_slug=one.slug))
    deciding.accept_request(
        request, by=coordinator, body="congress", decided_on=TODAY, since=TODAY + DAY
    )
    kinds = list(Effect.objects.values_list("kind", flat=True))
    slugs = [bond.status.slug for bond in Affiliation.objects.order_by("begins")]
    assert (kinds, slugs) == (["change"], [before, after])


def test_the_status_that_it_has_is_no_other_one(local, iwa, coordinator):
    section = iwa.statuses.get(slug="section")
    with pytest.raises(ValidationError) as error:
        opened("change", local, iwa, coordinator, status=section)
    assert list(error.value.message_dict) == ["status"]


def test_a_status_of_another_federation_is_refused(local, iwa, asi, coordinator):
    with pytest.raises(ValidationError) as error:
        opened("change", local, iwa, coordinator, status=asi.statuses.get(slug="friend"))
    assert list(error.value.message_dict) == ["status"]


# --- who may what ---------------------------------------------------------------------------


@pytest.fixture
def people(local, iwa, asi, coordinator, secretary, outsider):
    elsewhere = make.organisation("Elsewhere")
    make.affiliation(elsewhere, iwa)
    return {
        "coordinator": coordinator,
        "secretary": secretary,
        "outsider": outsider,
        "another": make.secretary(elsewhere, "another@example.org"),
        "delegate": make.secretary(local, "delegate@example.org", role="delegate"),
        "treasurer": make.secretary(local, "treasurer@example.org", role="treasurer"),
        "operator": make.user("operator@example.org", is_superuser=True),
        "nobody": make.user("nobody@example.org"),
    }


def acts(iwa) -> dict:
    """Each move with all that it needs, of a proceeding that is open and was heard."""
    congress = make.meeting(iwa)
    verdict = Verdict("keep", TODAY)
    return {
        "hear": lambda it, by: leaving.hear(it, by=by, note="?", until=TODAY + 20 * DAY),
        "speak": lambda it, by: leaving.speak(it, by=by, note="!"),
        "consult": lambda it, by: leaving.consult(it, by=by),
        "conclude": lambda it, by: leaving.conclude(it, by=by),
        "expire": lambda it, by: leaving.conclude(it, by=RULE if by is None else by),
        "defer": lambda it, by: leaving.defer(it, by=by, note="?", meeting=congress),
        "decide": lambda it, by: leaving.decide(it, by=by, verdict=verdict, body="congress"),
        "drop": lambda it, by: leaving.drop(it, by=by, note="?"),
        "agree": lambda it, by: leaving.agree(it, by=by, note="!"),
        "object": lambda it, by: leaving.object_to(it, by=by, note="!"),
        "attest": lambda it, by: leaving.attest(it, by=by, note="!"),
        "retract": lambda it, by: leaving.retract(it, by=by),
    }


MAKES = {
    "coordinator": {"hear", "consult", "conclude", "defer", "decide", "drop", "attest"},
    "secretary": {"speak", "retract"},
    "theirs": {"agree", "object"},
}


# Of an appeal the story is told in test_who_decides.py, with everybody who may not.
VERBS = [move.verb for move in Proceeding.MOVES if move.verb not in ("expire", "appeal")]


@pytest.mark.parametrize("verb", VERBS)
def test_each_move_is_made_by_those_alone_to_whom_it_belongs(local, iwa, people, verb):
    make.procedure(iwa.statuses.get(slug="section"), consulted="all", consultation_days=1)
    other, made = make.organisation("Other"), set()
    people = people | {"theirs": make.secretary(other, "theirs@example.org")}
    for name, person in people.items():
        found = opened(
            "merger", local, iwa, people["secretary"], wanted_on=TODAY, assembly="all of us",
            other=make.organisation("Without a secretary") if verb == "attest" else other,
        )  # fmt: skip
        if verb == "conclude":
            found = leaving.consult(found, by=people["coordinator"])
        with time_machine.travel(datetime.datetime(2026, 5, 9, 12, tzinfo=datetime.UTC)):
            try:
                acts(iwa)[verb](found, person)
                made.add(name)
            except NotYours:
                found.refresh_from_db()
                assert found.step == (1 if verb == "conclude" else 0)
            found.refresh_from_db()
            if found.is_open:
                leaving.drop(found, by=people["coordinator"], note="Over.")
    assert made == {name for name, verbs in MAKES.items() if verb in verbs}


@pytest.mark.parametrize("kind", Proceeding.Kind.values)
def test_each_kind_is_opened_by_those_alone_who_may(local, iwa, people, kind):
    if kind == "restoration":
        decided(
            opened("suspension", local, iwa, people["coordinator"]), people["coordinator"],
            "suspend",
        )  # fmt: skip
    terms = {
        "other": make.organisation("Other") if kind in ("merger", "split") else None,
        "status": iwa.statuses.get(slug="friend") if kind == "change" else None,
        "wanted_on": TODAY, "assembly": "all of us",
    }  # fmt: skip
    may = set()
    for name, person in people.items():
        try:
            found = opened(kind, local, iwa, person, **terms)
        except NotYours:
            continue
        may.add(name)
        leaving.retract(found, by=person) if name == "secretary" else leaving.drop(
            found, by=person, note="Over."
        )
    of_both = {"withdrawal", "merger", "change"}
    assert may == ({"coordinator", "secretary"} if kind in of_both else {"coordinator"})


def test_who_is_both_says_in_which_office(local, iwa, coordinator):
    make.OrganisationOffice.objects.create(
        organisation=local, person=coordinator, since=make.LONG_AGO
    )
    own = withdrawal(local, iwa, coordinator, office="secretary")
    assert own.opened_by == "secretary"
    assert opened("lapse", local, iwa, coordinator).opened_by == "coordinator"
    with pytest.raises(NotYours):
        opened("expulsion", local, iwa, coordinator, office="secretary")


def test_an_office_that_is_over_opens_nothing(local, iwa, coordinator, secretary):
    iwa.offices.update(until=TODAY)
    local.offices.update(until=TODAY)
    for person in (coordinator, secretary):
        with pytest.raises(NotYours):
            withdrawal(local, iwa, person)


# --- one at a time --------------------------------------------------------------------------


def test_there_is_one_open_proceeding_of_a_kind(local, iwa, coordinator):
    opened("lapse", local, iwa, coordinator)
    with pytest.raises(ValidationError, match="open already"):
        opened("lapse", local, iwa, coordinator)
    assert opened("suspension", local, iwa, coordinator).state == "open"


def test_who_has_not_seen_the_last_step_is_told(local, iwa, coordinator, secretary):
    found = opened("lapse", local, iwa, coordinator)
    leaving.speak(found, by=secretary, note="Wait.")
    with pytest.raises(Overtaken) as refusal:
        decided(found, coordinator, "end", seen=0)
    assert [step.verb for step in refusal.value.since] == ["speak"]
    assert Affiliation.objects.get().until is None


def test_looking_at_what_would_change_changes_nothing(local, iwa, coordinator):
    found = opened("lapse", local, iwa, coordinator)
    before = AuditEvent.objects.count(), Letter.objects.count()
    said = leaving.preview(found, by=coordinator, verdict=Verdict("end", TODAY), body="congress")
    [sentence] = said
    assert sentence.startswith("From 1 May 2026 on, Örestad Local is no longer affiliated with")
    assert not Decision.objects.exists()
    assert (AuditEvent.objects.count(), Letter.objects.count()) == before
    found.refresh_from_db()
    assert (found.state, found.step) == ("open", 0)


def test_what_cannot_be_recorded_leaves_the_proceeding_open(local, iwa, coordinator):
    found = opened("lapse", local, iwa, coordinator)
    with pytest.raises(ValidationError):
        decided(found, coordinator, "end", on=datetime.date(1999, 1, 1))
    with pytest.raises(ValidationError, match="has not come yet"):
        decided(found, coordinator, "end", decided_on=timezone.localdate() + DAY)
    found.refresh_from_db()
    assert (found.state, found.step, Decision.objects.count()) == ("open", 0, 0)


@pytest.mark.parametrize("verb", ["hear", "speak", "defer", "drop"])
def test_some_moves_need_words(local, iwa, coordinator, secretary, verb):
    found = opened("lapse", local, iwa, coordinator)
    terms = {"hear": {"until": TODAY + 30 * DAY}, "defer": {"meeting": make.meeting(iwa)}}
    by = secretary if verb == "speak" else coordinator
    with pytest.raises(NeedsReason):
        getattr(leaving, verb)(found, by=by, note=" ", **terms.get(verb, {}))


def test_no_letter_tells_what_it_is_about(local, iwa, coordinator, secretary):
    found = opened("expulsion", local, iwa, coordinator, grounds="Kim Canary took the till.")
    decided(heard(found, coordinator, secretary), coordinator, "end", note="Kim Canary again.")
    said = [letter.subject + letter.body for letter in Letter.objects.all()]
    assert len(said) == 4
    assert not [text for text in said if "Canary" in text or local.name in text]


def test_every_kind_has_outcomes_and_every_outcome_a_kind():
    assert set(OUTCOMES) == set(Proceeding.Kind.values)
    assert {one for row in OUTCOMES.values() for one in row} == set(Outcome)


def test_who_was_asked_to_speak_is_heard_whatever_comes_between(iwa, local, coordinator):
    """Putting it off to a meeting is no way round the hearing that was promised."""
    opened = open_proceeding(
        kind="suspension", organisation=local, federation=iwa, by=coordinator, grounds="Dues."
    )
    until = timezone.localdate() + datetime.timedelta(days=14)
    leaving.hear(opened, by=coordinator, note="What do you say?", until=until)
    leaving.defer(opened, by=coordinator, note="To the congress.", meeting=make.meeting(iwa))
    opened.refresh_from_db()
    assert opened.forbids("decide")
