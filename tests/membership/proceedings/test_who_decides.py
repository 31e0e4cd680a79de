"""Which body may decide about who is affiliated, what binds it, and the appeal against it."""

import datetime
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError

from directory.models import Affiliation, Decision
from federation.states import NotOpen, NotYours
from membership.consultations import consulting
from membership.desk.next_steps import next_step
from membership.models import Proceeding
from membership.procedures.words import in_words
from membership.proceedings import leaving
from membership.proceedings.opening import open_proceeding
from membership.proceedings.outcomes import Verdict
from tests import make
from tests.conftest import signed_in

TODAY = datetime.date(2026, 5, 1)
DAY = datetime.timedelta(days=1)
OTHER_BODY = "By the procedure it is this body"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC)):
        yield


def later(days: int) -> Any:
    return time_machine.travel(datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC) + days * DAY)


def opened(kind: str, local, iwa, by, **terms) -> Proceeding:
    return open_proceeding(
        kind=kind, organisation=local, federation=iwa, by=by, grounds="It is time.", **terms
    )


def decided(found, by, outcome: str, body: str = "congress", **terms) -> Proceeding:
    given = {name: terms.pop(name) for name in ("leads_to", "meeting") if name in terms}
    verdict = Verdict(outcome, **{"decided_on": TODAY} | terms)
    return leaving.decide(found, by=by, verdict=verdict, body=body, **given)


def rules(iwa, kind: str = "section", **terms):
    return make.procedure(iwa.statuses.get(slug=kind), **{"body": "congress"} | terms)


# --- which body -----------------------------------------------------------------------------


def test_the_body_that_the_procedure_names_decides_and_no_other(local, iwa, coordinator, secretary):
    rules(iwa, defers_to=["plenary"])
    found = leaving.speak(
        opened("expulsion", local, iwa, coordinator), by=secretary, note="We did not."
    )
    for wrong in ("plenary", "secretariat"):
        with pytest.raises(ValidationError, match=OTHER_BODY) as refusal:
            decided(found, coordinator, "end", wrong)
        assert list(refusal.value.message_dict) == ["body"]
    meeting = make.meeting(iwa, body="referendum")
    with pytest.raises(ValidationError, match="nothing off to this body"):
        leaving.defer(found, by=coordinator, note="Later.", meeting=meeting)
    plenary = make.meeting(iwa, body="plenary")
    found = leaving.defer(found, by=coordinator, note="Soon.", meeting=plenary)
    assert decided(found, coordinator, "end", "plenary").decision.meeting == plenary


def test_where_no_body_is_named_and_for_what_is_only_recorded_any_will_do(local, iwa, coordinator):
    rules(iwa, body="")
    suspension = opened("suspension", local, iwa, coordinator)
    assert decided(suspension, coordinator, "suspend", "plenary").state == "decided"
    rules(iwa)
    lapse = opened("lapse", local, iwa, coordinator)
    assert decided(lapse, coordinator, "end", "secretariat").state == "decided"


def test_the_secretariat_suspends_only_until_a_meeting_that_the_procedure_allows(
    local, iwa, coordinator
):
    rules(iwa, defers_to=[])
    found = opened("suspension", local, iwa, coordinator)
    pending = {"leads_to": "expulsion", "meeting": make.meeting(iwa)}
    with pytest.raises(ValidationError, match=OTHER_BODY):
        decided(found, coordinator, "suspend", "secretariat")
    with pytest.raises(ValidationError, match=OTHER_BODY):
        decided(found, coordinator, "suspend", "plenary", **pending)
    wrong = pending | {"meeting": make.meeting(iwa, body="plenary")}
    with pytest.raises(ValidationError, match="nothing off to this body"):
        decided(found, coordinator, "suspend", "secretariat", **wrong)
    assert decided(found, coordinator, "suspend", "secretariat", **pending).state == "decided"
    said = [str(line) for _heading, lines in in_words(found.procedure) for line in lines]
    assert "Until a meeting has decided, the secretariat may suspend it." in said


def test_nobody_gets_a_weightier_status_by_the_lower_door(iwa, coordinator):
    one = make.organisation("Friend", "NO")
    make.affiliation(one, iwa, "friend")
    rules(iwa)
    rules(iwa, "friend", body="secretariat")
    section = iwa.statuses.get(slug="section")
    found = opened("change", one, iwa, coordinator, status=section)
    with pytest.raises(ValidationError, match=OTHER_BODY):
        decided(found, coordinator, "change", "secretariat", status=section)
    assert decided(found, coordinator, "change", status=section).state == "decided"


# --- the result of a consultation that binds -------------------------------------------------


@pytest.mark.parametrize("binds", [True, False])
def test_a_result_that_binds_leaves_only_what_takes_nothing(local, iwa, coordinator, binds):
    rules(iwa, consulted="all", is_binding=binds)
    another = make.organisation("Another", "FR")
    make.affiliation(another, iwa)
    speaker = make.secretary(another, "another@example.org")
    found = leaving.consult(opened("suspension", local, iwa, coordinator), by=coordinator)
    asked = found.last_consultation.consulted.get()
    consulting.reply(asked, by=speaker, answer="against", assembly="all", decided_on=TODAY)
    found = leaving.conclude(found, by=coordinator)
    if binds:
        with pytest.raises(ValidationError, match="their result binds"):
            decided(found, coordinator, "suspend")
    outcome = "keep" if binds else "suspend"
    assert decided(found, coordinator, outcome).state == "decided"


def test_into_a_status_without_rules_the_rules_of_the_own_one_lead(iwa, coordinator):
    cooks = make.organisation("Cooks", "NO")
    make.affiliation(cooks, iwa, "friend")
    rules(iwa, "friend")
    section = iwa.statuses.get(slug="section")
    found = opened("change", cooks, iwa, coordinator, status=section)
    with pytest.raises(ValidationError, match=OTHER_BODY):
        decided(found, coordinator, "change", "secretariat", status=section)
    assert decided(found, coordinator, "change", status=section).decision.body == "congress"


# --- the appeal -----------------------------------------------------------------------------


@pytest.fixture
def expelled(local, iwa, coordinator, secretary):
    rules(iwa, appeal_body="referendum", appeal_days=30)
    found = opened("expulsion", local, iwa, coordinator)
    leaving.speak(found, by=secretary, note="We did not.")
    found.refresh_from_db()
    return decided(found, coordinator, "end", on=TODAY + DAY)


def test_an_appeal_that_is_heard_gives_the_status_back(expelled, coordinator, secretary, outsider):
    assert next_step(expelled).by_when == TODAY + 30 * DAY
    for wrong in (coordinator, outsider):
        with pytest.raises(NotYours):
            leaving.appeal(expelled, by=wrong, note="Unjust.")
    first = expelled.decision
    found = leaving.appeal(expelled, by=secretary, note="Unjust.")
    assert Affiliation.objects.get().until == TODAY + DAY, "it stands until the appeal is decided"
    with pytest.raises(NotOpen, match="gets a decision"):
        leaving.drop(found, by=coordinator, note="No.")
    with pytest.raises(ValidationError, match=OTHER_BODY):
        decided(found, coordinator, "keep")
    kept = Verdict("keep", TODAY)
    [said] = leaving.preview(found, by=coordinator, verdict=kept, body="referendum")
    assert said.endswith(f"{found.organisation.name} has its status again.")
    found = decided(found, coordinator, "keep", "referendum")
    assert found.decision.corrects == first
    assert Affiliation.objects.get(is_void=False).until is None
    with pytest.raises(NotOpen, match="no appeal"):
        leaving.appeal(found, by=secretary, note="Again.")


def test_rules_made_afterwards_take_no_appeal_away(iwa, expelled, coordinator, secretary):
    rules(iwa, appeal_body="")
    found = leaving.appeal(expelled, by=secretary, note="Unjust.")
    rules(iwa, appeal_body="", body="secretariat")
    with pytest.raises(ValidationError, match=OTHER_BODY):
        decided(found, coordinator, "end", "secretariat")
    assert decided(found, coordinator, "keep", "referendum").decision.body == "referendum"


def test_an_appeal_in_vain_leaves_the_day_as_it_was(expelled, coordinator, secretary):
    with later(20):
        found, day = leaving.appeal(expelled, by=secretary, note="Unjust."), TODAY + 20 * DAY
        form = signed_in(coordinator).get(f"/coordination/proceedings/{found.reference}/decide/")
        assert form.context["form"].initial["on"] == TODAY + DAY
        assert "the appeal succeeds" in form.content.decode()
        found = decided(found, coordinator, "end", "referendum", decided_on=day)
    bond = Affiliation.objects.get(is_void=False)
    assert (bond.until, bond.end_reason, bond.end_decision) == (
        TODAY + DAY, "expulsion", found.decision,
    )  # fmt: skip
    assert Decision.objects.count() == 2


def test_it_is_too_late_to_appeal_and_against_a_mercy_there_is_nothing(
    expelled, local, iwa, coordinator, secretary
):
    with later(30):
        assert expelled.forbids("appeal") == ""
    with later(31), pytest.raises(NotOpen, match="time to appeal is over"):
        leaving.appeal(expelled, by=secretary, note="Unjust.")
    other = make.organisation("Kept", "FR")
    make.affiliation(other, iwa)
    keeper = make.secretary(other, "kept@example.org")
    found = leaving.speak(opened("expulsion", other, iwa, coordinator), by=keeper, note="No.")
    found = decided(found, coordinator, "keep")
    with pytest.raises(NotOpen, match="no appeal"):
        leaving.appeal(found, by=keeper, note="Still.")
