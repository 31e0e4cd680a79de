"""Decisions by the API: recorded, corrected, and what waits for a second person."""

import datetime
from typing import Any

import pytest
import time_machine

from directory.models import Affiliation, Decision, Organisation, Seat
from federation.models import Federation, KeptAnswer, Letter, User
from membership.desk import seat_acts
from membership.models import PreparedDecision
from membership.proceedings import leaving
from membership.proceedings.opening import open_proceeding
from membership.proceedings.outcomes import Verdict
from tests import make
from tests.membership.proceedings.test_api_proceedings import NOON, Program

DAY = datetime.date(2020, 5, 1)
CHANGE = {"kind": "change", "organisation": "cooks", "status": "section", "on": "2045-01-01"}
CHANGES = "Cooks changes its status: Section, 1 January 2045"


@pytest.fixture(autouse=True)
def _on_a_day():
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def cooks(iwa: Federation) -> Organisation:
    made = make.organisation("Cooks", "SE")
    make.affiliation(made, iwa, "friend")
    return made


@pytest.fixture
def two(iwa: Federation) -> None:
    """About sections, two persons decide."""
    make.procedure(iwa.statuses.get(slug="section"), needs_second=True)


@pytest.fixture
def desk(coordinator: User) -> Program:
    return Program(coordinator)


@pytest.fixture
def colleague(iwa: Federation) -> Program:
    return Program(make.coordinator(iwa, "colleague@example.org"))


def decision(*effects: dict[str, Any], **given: Any) -> dict[str, Any]:
    known = {"federation": "iwa", "body": "congress", "decided_on": "2020-05-01"}
    return {**known, "effects": list(effects), **given}


def test_a_decision_is_previewed_and_recorded_once(desk, iwa, cooks, coordinator):
    opened = open_proceeding(
        federation=iwa, organisation=cooks, kind="expulsion", by=coordinator, grounds="Why?"
    )
    sent = decision(
        CHANGE, reference="7", texts={"en": "Cooks vote.", "es": "Votan.", "sv": "De röstar."}
    )
    told = desk.post("decisions/", sent | {"preview": True})
    assert (told.status_code, told.json()) == (
        200,
        {
            "changes": [CHANGES], "takes_back": [], "still_open": [opened.reference],
            "needs_second": False,
        },
    )  # fmt: skip
    assert not Decision.objects.exists()
    first = desk.post("decisions/", sent, **{"Idempotency-Key": "1"})
    assert first.status_code == 201, first.content
    assert "Access-Control-Allow-Origin" not in first.headers
    assert "no-store" in first.headers["Cache-Control"]
    again = desk.post("decisions/", sent, **{"Idempotency-Key": "1"})
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert desk.post("decisions/", sent).json() == first.json()
    made = Decision.objects.get()
    assert (made.reference, made.texts) == ("7", sent["texts"])
    [row] = Program().get("decisions/").json()["results"]
    assert row == first.json()
    assert row["outcomes"][0]["status"] == "section"


def test_a_correction_says_what_was_wrong_and_keeps_the_meeting(desk, iwa, cooks):
    meeting = make.meeting(iwa)
    wrong = desk.post("decisions/", decision(CHANGE, meeting=meeting.pk)).json()["number"]
    right = decision(CHANGE | {"on": "2046-01-01"}, corrects=wrong)
    told = desk.post("decisions/", right)
    assert (told.status_code, list(told.json()["errors"])) == (400, ["correction_note"])
    right["correction_note"] = "A year later."
    told = desk.post("decisions/", right | {"preview": True}).json()
    assert told["takes_back"] == [CHANGES]
    made = desk.post("decisions/", right)
    assert made.status_code == 201, made.content
    assert made.json()["corrects"] == wrong
    assert Decision.objects.get(corrects__isnull=False).meeting == meeting
    assert Affiliation.objects.standing().get(status__slug="section").since.year == 2046
    late = desk.post("decisions/", right | {"place": "Örebro"})
    assert list(late.json()["errors"]) == ["corrects"]
    unknown = desk.post("decisions/", right | {"corrects": 99})
    assert list(unknown.json()["errors"]) == ["corrects"]


def test_each_effect_is_told_in_words(desk, iwa, cooks):
    make.affiliation(make.organisation("Bakers", "NO"), iwa)
    rest = {"kind": "suspend", "organisation": "bakers", "until": "2021-05-01"}
    gone = {"kind": "merge", "organisation": "cooks", "other": "bakers", "on": "2020-06-01"}
    told = desk.post("decisions/", decision(rest, gone, preview=True))
    assert told.json()["changes"] == [
        "Bakers is suspended: 1 May 2020 – 1 May 2021",
        "Cooks merges into another: Bakers, 1 June 2020",
    ]
    lapsed = {"kind": "end", "organisation": "cooks", "reason": "lapse"}
    told = desk.post("decisions/", decision(lapsed, preview=True)).json()
    assert told["changes"] == ["Cooks is no longer affiliated: 1 May 2020, it lapsed by a rule"]


def test_what_is_answered_is_what_everybody_may_read(desk, iwa, cooks):
    make.organisation("Bakers", "NO")
    no = {"kind": "decline", "organisation": "bakers", "status": "friend"}
    made = desk.post("decisions/", decision(no, texts={"en": "Not the bakers."}))
    assert made.status_code == 201, made.content
    assert (made.json()["texts"], made.json()["outcomes"]) == ({}, [])
    assert Decision.objects.get().effects.count() == 1


def test_what_is_wrong_is_named_by_its_field(desk, iwa, asi, cooks):
    def errors(sent: Any) -> list[str]:
        told = desk.post("decisions/", sent)
        assert told.status_code == 400, told.content
        return sorted(told.json()["errors"])

    for effect, name in (
        ({"organisation": "nobody"}, "effects.1.organisation"),
        ({"kind": ""}, "effects.1.kind"),
        ({"kind": "marry"}, "effects.1.kind"),
        ({"status": None}, "effects.1.status"),
        ({"on": "1.1.2045"}, "effects.1.on"),
        ({"when": "now"}, "effects.1.when"),
        ({"on": {}}, "effects.1.on"),
    ):
        keep = {"kind": "keep", "organisation": "cooks"}
        assert errors(decision(keep, CHANGE | effect)) == [name]
    for given, name in (
        ({"body": "moot"}, "body"),
        ({"decided_on": None}, "decided_on"),
        ({"decided_on": 1e308}, "decided_on"),
        ({"decided_on": True}, "decided_on"),
        ({"texts": []}, "texts"),
        ({"texts": {"en": 1}}, "texts"),
        ({"texts": {"no language": "x"}}, "texts"),
        ({"effects": [CHANGE] * 51}, "effects"),
        ({"effects": "x"}, "effects"),
        ({"corrects": True}, "corrects"),
        ({"correction_note": "Nothing is corrected."}, "correction_note"),
        ({"meeting": make.meeting(asi).pk}, "meeting"),
        ({"by": "me"}, "by"),
        ({"federation": 1}, "federation"),
    ):
        assert errors(decision(CHANGE) | given) == [name]
    assert errors([]) == ["detail"]
    assert not Decision.objects.exists()


def test_only_who_coordinates_the_federation_records(cooks, coordinator, outsider, secretary):
    sent = decision(CHANGE)
    for person, status in ((None, 401), (outsider, 404), (secretary, 404)):
        assert Program(person).post("decisions/", sent).status_code == status
    assert Program(coordinator, may_write=False).post("decisions/", sent).status_code == 403
    assert not Decision.objects.exists()
    assert not KeptAnswer.objects.exists()


def test_what_one_prepares_another_confirms(two, desk, colleague, cooks, outsider):
    waits = desk.post("decisions/", decision(CHANGE, reference="7"))
    assert waits.status_code == 202, waits.content
    assert not Decision.objects.exists()
    [row] = colleague.get("prepared/?state=waiting").json()["results"]
    assert row == waits.json() | {"is_own": False, "moves": ["confirm", "send_back"]}
    assert (row["changes"], row["reference"]) == ([CHANGES], "7")
    assert row["terms"]["effects"] == [CHANGE]
    path = f"prepared/{row['id']}/moves/confirm/"
    assert desk.post(path, {}).status_code == 403
    assert Program(outsider).post(path, {}).status_code == 404
    assert Program(outsider).get("prepared/").json()["count"] == 0
    assert colleague.post(path, {"by": "me"}).status_code == 400
    done = colleague.post(path, {}, **{"Idempotency-Key": "1"})
    assert done.status_code == 200, done.content
    assert done.json()["decision"]["reference"] == "7"
    again = colleague.post(path, {}, **{"Idempotency-Key": "1"})
    assert again.json() == done.json()
    assert colleague.post(path, {}).status_code == 409
    assert Program(outsider).post(path, {}).status_code == 404
    assert Affiliation.objects.filter(organisation=cooks, status__slug="section").exists()


def test_it_is_sent_back_with_a_reason_and_withdrawn(two, desk, colleague, cooks):
    key = desk.post("decisions/", decision(CHANGE)).json()["id"]
    path = f"prepared/{key}/moves"
    assert list(colleague.post(f"{path}/send_back/", {}).json()["errors"]) == ["reason"]
    assert colleague.post(f"{path}/withdraw/", {}).status_code == 403
    told = colleague.post(f"{path}/send_back/", {"reason": "It was the plenary."})
    assert told.status_code == 200, told.content
    assert colleague.post(f"{path}/confirm/", {}).status_code == 409
    assert desk.get("prepared/?state=waiting").json()["count"] == 0
    [row] = desk.get("prepared/?state=sent_back").json()["results"]
    assert (row["reason"], row["moves"], row["is_own"]) == (
        *("It was the plenary.", ["withdraw"], True),
    )
    assert desk.post(f"{path}/marry/", {}).status_code == 404
    assert desk.post(f"{path}/withdraw/", {}).status_code == 200
    assert desk.post(f"{path}/withdraw/", {}).status_code == 409
    assert not PreparedDecision.objects.exists()


def test_what_things_have_overtaken_is_told_and_stays(two, desk, colleague, cooks, iwa):
    key = desk.post("decisions/", decision(CHANGE | {"on": "2026-01-01"})).json()["id"]
    Affiliation.objects.update(status=iwa.statuses.get(slug="section"))
    told = colleague.post(f"prepared/{key}/moves/confirm/", {})
    assert (told.status_code, told.json()["since"]) == (409, [])
    assert "already has this status" in told.json()["detail"]
    assert colleague.get("prepared/").json()["count"] == 1


def test_seats_and_proceedings_are_confirmed_by_their_own_doors(
    two, iwa, cooks, coordinator, desk, colleague
):
    seat = Seat.objects.create(federation=iwa)
    terms = {
        "seat": seat, "organisation": cooks, "on": DAY, "until": None, "decision": None,
        "source": make.source(iwa), "ends": [], "email": "ola@example.org", "language": "en",
    }  # fmt: skip
    seat_acts.record("hand_over", terms, by=coordinator)
    make.affiliation(gone := make.organisation("Bakers", "NO"), iwa)
    asked = open_proceeding(
        kind="lapse", organisation=gone, federation=iwa, by=coordinator, grounds="Silent."
    )
    verdict = Verdict(outcome="end", decided_on=DAY)
    leaving.decide(asked, by=coordinator, body="congress", verdict=verdict)
    given, ended = colleague.get("prepared/").json()["results"]
    assert (given["act"], given["terms"]["organisation"]) == ("hand_over", "cooks")
    assert given["terms"]["email"] == "ola@example.org"
    assert ended["proceeding"] == asked.reference
    assert "no longer affiliated" in ended["changes"][0]
    for row in (given, ended):
        path = f"prepared/{row['id']}/moves/confirm/"
        assert desk.post(path, {}).status_code == 403
        done = colleague.post(path, {})
        assert done.status_code == 200, done.content
    assert done.json()["proceeding"] == asked.reference
    assert seat.terms.get().organisation == cooks
    assert "ola@example.org" in [letter.recipient for letter in Letter.objects.all()]
    assert Affiliation.objects.get(organisation=gone).end_reason == "lapse"
