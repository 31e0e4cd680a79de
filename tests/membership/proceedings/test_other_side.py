"""What the other organisation says to a merger or a split, and how long it is waited for."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from directory.models import Affiliation
from federation import tokens
from federation.models import Letter
from federation.states import NotOpen
from membership.desk.next_steps import next_step
from membership.models import Proceeding
from membership.proceedings import leaving
from membership.proceedings.opening import open_proceeding
from membership.proceedings.outcomes import Verdict
from tests import make
from tests.browsing import send
from tests.conftest import signed_in

TODAY = datetime.date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC)):
        yield


@pytest.fixture
def other(iwa):
    made = make.organisation("Malmö Local", "DK")
    make.affiliation(made, iwa, "friend")
    return made


@pytest.fixture
def merger(local, other, iwa, coordinator):
    return open_proceeding(
        kind="merger", organisation=local, federation=iwa, by=coordinator, other=other,
        grounds="Both want to be one.",
    )  # fmt: skip


def merged(found: Proceeding, by) -> Proceeding:
    return leaving.decide(found, by=by, verdict=Verdict("merge", TODAY), body="congress")


def test_nobody_is_merged_against_their_will(merger, other, coordinator, secretary):
    theirs = make.secretary(other, "theirs@example.org")
    client = signed_in(theirs)
    url = f"/coordination/proceedings/{merger.reference}/"
    page = client.get(url).content.decode()
    assert f"{url}agree/" in page
    assert "The other organisation says whether it agrees." in page
    Letter.objects.all().delete()
    assert send(client, f"{url}object/", note="Our congress said no.").status_code == 302
    told = sorted(letter.recipient for letter in Letter.objects.filter(template="other_answered"))
    assert told == ["coordinator@example.org", "secretary@example.org"]
    with pytest.raises(ValidationError, match="does not agree"):
        merged(merger, coordinator)
    with pytest.raises(NotOpen):
        leaving.attest(merger, by=coordinator, note="They told me otherwise.")
    leaving.agree(merger, by=theirs, note="The next congress said yes.")
    assert merged(merger, coordinator).state == "decided"
    assert Affiliation.objects.get(organisation=merger.organisation).end_reason == "merger"


def test_the_other_side_answers_by_the_api_too(merger, other):
    theirs = make.secretary(other, "theirs@example.org")
    day = datetime.date(2027, 1, 1)
    _token, text = tokens.make_token(theirs, label="desk", expires_on=day, may_write=True)
    headers = {"Authorization": f"Bearer {text}"}
    path = f"/api/v1/proceedings/{merger.reference}/"
    told = Client().get(path, headers=headers).json()
    assert [move["move"] for move in told["moves"]] == ["agree", "object"]
    assert told["next"]["by_when"] == "2026-05-15"
    said = {"note": "Our congress agreed."}
    answer = Client().post(f"{path}moves/agree/", said, "application/json", headers=headers)
    assert answer.json()["other_agrees"] is True


def test_silence_is_waited_for_two_weeks_and_not_longer(merger, other, coordinator):
    make.secretary(other, "theirs@example.org")
    assert next_step(merger)[1:] == (other.name, datetime.date(2026, 5, 15))
    page = f"/coordination/proceedings/{merger.reference}/decide/"
    assert "waited for until 15 May 2026" in signed_in(coordinator).get(page).content.decode()
    with (
        time_machine.travel(datetime.datetime(2026, 5, 14, 12, tzinfo=datetime.UTC)),
        pytest.raises(ValidationError, match="waited for until 15 May 2026"),
    ):
        merged(merger, coordinator)
    with time_machine.travel(datetime.datetime(2026, 5, 15, 12, tzinfo=datetime.UTC)):
        assert merged(merger, coordinator).state == "decided"


def test_one_without_a_secretary_is_asked_by_the_desk_which_says_how(merger, other, coordinator):
    with (
        time_machine.travel(datetime.datetime(2027, 5, 14, 12, tzinfo=datetime.UTC)),
        pytest.raises(ValidationError, match="has no secretary here"),
    ):
        merged(merger, coordinator)
    found = leaving.attest(merger, by=coordinator, note="By telephone: their congress agreed.")
    assert merged(found, coordinator).state == "decided"


def test_to_leave_everything_as_it_is_nobody_has_to_agree(merger, other, coordinator):
    leaving.object_to(merger, by=make.secretary(other, "theirs@example.org"), note="No.")
    kept = Verdict("keep", TODAY)
    assert leaving.decide(merger, by=coordinator, verdict=kept, body="congress").step == 2


def test_where_there_is_no_other_nobody_else_is_asked(local, iwa, coordinator):
    lapse = open_proceeding(
        kind="lapse", organisation=local, federation=iwa, by=coordinator, grounds="Dues."
    )
    with pytest.raises(NotOpen, match="has no part in this"):
        leaving.attest(lapse, by=coordinator, note="Whatever.")
