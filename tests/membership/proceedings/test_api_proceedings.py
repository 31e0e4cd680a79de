"""Proceedings and replies of sections by the API: what the pages do, for programs."""

import datetime
import json
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.models import Affiliation
from federation import tokens
from membership.models import Consultation, Proceeding, Reply
from membership.proceedings.opening import open_proceeding
from membership.requests import workflow
from tests import make

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC)
REPLY = {"answer": "for", "assembly": "general assembly", "decided_on": "2026-05-01"}
DECISION = {"outcome": "end", "body": "congress", "decided_on": "2026-05-01"}


@pytest.fixture(autouse=True)
def _on_a_day():
    with time_machine.travel(NOON):
        yield


class Program:
    """Shows a token of the person, if there is one."""

    def __init__(self, person: Any = None, *, may_write: bool = True) -> None:
        self.client, self.headers = Client(), {}
        if person is not None:
            day = datetime.date(2027, 1, 1)
            _token, text = tokens.make_token(
                person, label="desk", expires_on=day, may_write=may_write
            )
            self.headers = {"Authorization": f"Bearer {text}"}

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path: str, data: Any, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1/{path}",
            json.dumps(data),
            content_type="application/json",
            headers=self.headers | headers,
        )


def leaving(local: Any, **given: Any) -> dict[str, Any]:
    return {
        "kind": "withdrawal", "organisation": local.slug, "federation": "iwa",
        "grounds": "We go our own way.", "assembly": "general assembly", "wanted_on": "2026-07-01",
    } | given  # fmt: skip


@pytest.fixture
def expulsion(local, iwa, coordinator, secretary):
    return open_proceeding(
        kind="expulsion", organisation=local, federation=iwa, by=coordinator,
        grounds="They crossed a picket line.",
    )  # fmt: skip


@pytest.fixture
def asking(iwa, local, secretary, coordinator):
    make.procedure(iwa.statuses.get(slug="friend"), consulted="all", consultation_days=28)
    request = workflow.submit_request(make.request(iwa))
    return workflow.consult(request, by=coordinator).last_consultation


def own(section: Any, **given: Any) -> dict[str, Any]:
    return {"organisation": section.slug, **REPLY, **given}


# --- proceedings ----------------------------------------------------------------------------


def test_a_secretary_leaves_and_a_coordinator_records_it(local, secretary, coordinator):
    section, desk = Program(secretary), Program(coordinator)
    opened = section.post("proceedings/", leaving(local))
    assert opened.status_code == 201, opened.content
    path = opened.json()["url"].removeprefix("/api/v1/")
    assert [move["move"] for move in opened.json()["moves"]] == ["speak", "retract"]
    [row] = desk.get("proceedings/?state=open").json()["results"]
    assert (row["reference"], row["opened_by"]) == (opened.json()["reference"], "secretary")
    assert desk.get("proceedings/?state=decided").json()["count"] == 0
    decided = DECISION | {"body": "secretariat", "seen": row["step"]}
    told = desk.post(f"{path}moves/decide/", decided)
    assert told.status_code == 200, told.content
    assert (told.json()["state"], told.json()["decision"]["body"]) == ("decided", "secretariat")
    assert Affiliation.objects.get().until == datetime.date(2026, 7, 1)
    assert section.get(path).json()["steps"][-1]["by"] == "coordinator"


def test_nobody_is_expelled_unheard(expulsion, secretary, coordinator):
    section, desk = Program(secretary), Program(coordinator)
    path = f"proceedings/{expulsion.reference}/"
    told = desk.post(f"{path}moves/decide/", DECISION)
    assert told.status_code == 409
    assert told.json()["detail"] == "The organisation must be heard first."
    assert "decide" not in [move["move"] for move in desk.get(path).json()["moves"]]
    hearing = {"note": "Is it so?", "until": "2026-06-01"}
    assert desk.post(f"{path}moves/hear/", hearing).json()["hearing_until"] == "2026-06-01"
    assert section.post(f"{path}moves/speak/", {"note": "It is not."}).status_code == 200
    assert desk.post(f"{path}moves/decide/", DECISION).json()["state"] == "decided"
    assert Affiliation.objects.get().end_reason == "expulsion"


def test_each_makes_their_own_moves(expulsion, secretary, coordinator):
    path = f"proceedings/{expulsion.reference}/moves"
    assert Program(secretary).post(f"{path}/drop/", {"note": "No."}).status_code == 403
    assert Program(coordinator).post(f"{path}/speak/", {"note": "No."}).status_code == 403
    reader = Program(coordinator, may_write=False)
    assert reader.post(f"{path}/drop/", {"note": "No."}).status_code == 403
    for move in ("expire", "explode"):
        assert Program(coordinator).post(f"{path}/{move}/", {"note": "No."}).status_code == 404
    told = Program(coordinator).post(f"{path}/drop/", {"note": "No.", "by": "me"})
    assert (told.status_code, list(told.json()["errors"])) == (400, ["by"])
    assert Proceeding.objects.get().step == 0


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "1"}])
def test_whoever_was_slower_is_told_what_happened(expulsion, secretary, coordinator, key):
    path = f"proceedings/{expulsion.reference}/moves"
    Program(secretary).post(f"{path}/speak/", {"note": "It is not so."})
    told = Program(coordinator).post(f"{path}/drop/", {"note": "No.", "seen": 0}, **key)
    assert told.status_code == 409, told.content
    assert [step["move"] for step in told.json()["since"]] == ["speak"]


@pytest.mark.parametrize(
    ("wrong", "at_fault"),
    [
        ({"assembly": ""}, "assembly"),
        ({"wanted_on": "2020-01-01"}, "wanted_on"),
        ({"wanted_on": "soon"}, "wanted_on"),
        ({"status": "friend"}, "status"),
        ({"state": "decided"}, "state"),
        ({"kind": "merger"}, "other"),
        ({"kind": "merger", "other": "nowhere"}, "other"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_opened(local, secretary, wrong, at_fault):
    told = Program(secretary).post("proceedings/", leaving(local, **wrong))
    assert (told.status_code, list(told.json()["errors"])) == (400, [at_fault])
    assert not Proceeding.objects.exists()


def test_a_secretary_opens_the_own_kinds_alone(local, secretary, coordinator):
    section = Program(secretary)
    for wrong in ({"kind": "expulsion"}, {"kind": "nonsense"}, {"office": "coordinator"}):
        assert section.post("proceedings/", leaving(local, **wrong)).status_code == 403
    told = Program(coordinator).post("proceedings/", leaving(local, kind="nonsense"))
    assert told.status_code == 400
    assert not Proceeding.objects.exists()


def test_the_same_call_twice_opens_one(local, secretary):
    section, key = Program(secretary), {"Idempotency-Key": "4f1c"}
    first = section.post("proceedings/", leaving(local), **key)
    second = section.post("proceedings/", leaving(local), **key)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second["Idempotent-Replayed"] == "true"
    assert Proceeding.objects.count() == 1
    assert section.post("proceedings/", leaving(local)).status_code == 400


# --- replies of sections --------------------------------------------------------------------


def test_a_section_replies_and_changes_its_mind(asking, local, secretary, coordinator):
    section, path = Program(secretary), f"consultations/{asking.pk}/"
    [row] = section.get("consultations/?state=running").json()["results"]
    assert (row["id"], row["name"]) == (str(asking.pk), "New Group")
    assert section.post(f"{path}replies/", own(local)).status_code == 201
    told = section.post(f"{path}replies/", own(local, answer="objection", seen=1))
    assert list(told.json()["errors"]) == ["grounds"]
    changed = own(local, answer="objection", grounds="They hire scabs.", seen=1)
    [mine] = section.post(f"{path}replies/", changed).json()["sections"]
    assert (mine["is_yours"], mine["seen"]) == (True, 2)
    assert [reply["answer"] for reply in mine["replies"]] == ["for", "objection"]
    late = section.post(f"{path}replies/", own(local, seen=1))
    assert late.status_code == 409
    assert [reply["answer"] for reply in late.json()["since"]] == ["objection"]
    [seen] = Program(coordinator).get(path).json()["sections"]
    assert (seen["is_yours"], seen["replies"][1]["grounds"]) == (False, "They hire scabs.")


def test_a_section_reads_of_itself_alone(asking, iwa, local, secretary):
    other = make.organisation("Lund Local")
    Consultation.objects.get().consulted.create(organisation=other)
    speaker = Program(make.secretary(other, "lund@example.org", role="delegate"))
    path = f"consultations/{asking.pk}/"
    speaker.post(f"{path}replies/", own(other, grounds="Just between us."))
    told = Program(secretary).get(path)
    assert [one["organisation"] for one in told.json()["sections"]] == [local.slug]
    for secret in ("Just between us", "Kim Canary", "group@example.org", "Lund"):
        assert secret not in told.content.decode()
    assert Program(secretary).post(f"{path}replies/", own(other)).status_code == 404


def test_the_same_reply_twice_is_one(asking, local, secretary):
    section, path = Program(secretary), f"consultations/{asking.pk}/replies/"
    key = {"Idempotency-Key": "r1"}
    first, second = (section.post(path, own(local), **key) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Reply.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "at_fault"),
    [
        ({"answer": "maybe"}, "answer"),
        ({"decided_on": "2027-01-01"}, "decided_on"),
        ({"assembly": ""}, "assembly"),
        ({"is_late": False}, "is_late"),
        ({"seen": "x"}, "seen"),
        ({"grounds": ["a"]}, "grounds"),
    ],
)
def test_a_reply_that_is_wrong_is_not_kept(asking, local, secretary, wrong, at_fault):
    told = Program(secretary).post(f"consultations/{asking.pk}/replies/", own(local, **wrong))
    assert (told.status_code, list(told.json()["errors"])) == (400, [at_fault])
    assert not Reply.objects.exists()


# --- who finds what -------------------------------------------------------------------------


def test_strangers_find_nothing(expulsion, asking, local, iwa, outsider):
    elsewhere = make.organisation("Elsewhere")
    make.affiliation(elsewhere, iwa)
    another = make.secretary(elsewhere, "another@example.org")
    proceeding = f"proceedings/{expulsion.reference}/"
    consultation = f"consultations/{asking.pk}/"
    for stranger in (outsider, another):
        program = Program(stranger)
        assert program.get("proceedings/").json()["count"] == 0
        assert program.get("consultations/").json()["count"] == 0
        assert program.get(proceeding).status_code == 404
        assert program.get(consultation).status_code == 404
        assert program.post(f"{proceeding}moves/drop/", {"note": "No."}).status_code == 404
        assert program.post(f"{consultation}replies/", own(local)).status_code == 404
        assert program.post("proceedings/", leaving(local)).status_code == 404
    nobody = Program()
    for path in ("proceedings/", proceeding, "consultations/", consultation):
        assert nobody.get(path).status_code == 401
    for path in ("proceedings/", f"{proceeding}moves/drop/", f"{consultation}replies/"):
        assert nobody.post(path, {"note": "No."}).status_code == 401
    assert (Proceeding.objects.get().step, Reply.objects.count()) == (0, 0)


@pytest.mark.parametrize("path", ["proceedings/", "consultations/"])
@pytest.mark.parametrize("query", ["state=x", "page=0", "page=x", "colour=red"])
def test_what_the_lists_do_not_understand_is_refused(coordinator, path, query):
    told = Program(coordinator).get(f"{path}?{query}")
    assert list(told.json()["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize("path", ["proceedings/", "consultations/"])
def test_it_is_not_open_to_the_pages_of_others(client, path):
    told = client.get(f"/api/v1/{path}", headers={"Origin": "https://evil.example.org"})
    assert "Access-Control-Allow-Origin" not in told.headers
    assert told["Cache-Control"] == "no-store, private"


def queries(program: Program, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert program.get(path).status_code == 200
    return len(asked)


def test_the_lists_ask_as_often_for_many_as_for_one(local, iwa, coordinator, expulsion, asking):
    desk = Program(coordinator)
    desk.get("proceedings/")  # the first call of a day notes when the token was used
    lists = ("proceedings/", "consultations/", f"consultations/{asking.pk}/")
    before = [queries(desk, path) for path in lists]
    for number in range(3):
        one = make.organisation(f"Local {number}")
        make.affiliation(one, iwa)
        open_proceeding(
            kind="lapse", organisation=one, federation=iwa, by=coordinator, grounds="Dues."
        )
        asking.consulted.create(organisation=one).replies.create(number=1, **REPLY)
        request = workflow.submit_request(make.request(iwa, email=f"g{number}@example.org"))
        workflow.consult(request, by=coordinator)
    assert desk.get("proceedings/").json()["count"] == 4
    assert desk.get("consultations/").json()["count"] == 4
    after = [queries(desk, path) for path in lists]
    assert after[:2] == before[:2]
    assert after[2] <= before[2] + 2  # the replies, of which there were none, and their sections


def test_where_the_procedure_wants_two_another_coordinator_confirms(local, iwa, coordinator):
    make.procedure(iwa.statuses.get(slug="section"), needs_second=True)
    filed = open_proceeding(
        kind="lapse", organisation=local, federation=iwa, by=coordinator, grounds="Long silent."
    )
    first = Program(coordinator)
    second = Program(make.coordinator(iwa, "second@example.org"))
    path = f"proceedings/{filed.reference}/"
    told = first.post(f"{path}moves/decide/", DECISION).json()
    assert (told["state"], told["prepared"]["body"]) == ("open", "congress")
    assert "no longer affiliated" in told["prepared"]["changes"][0]
    this = {"prepared": told["prepared"]["id"]}
    assert "confirm" not in [move["move"] for move in told["moves"]]
    assert first.post(f"{path}moves/confirm/", this).status_code == 403
    assert "confirm" in [move["move"] for move in second.get(path).json()["moves"]]
    another = {"prepared": "00000000-0000-4000-8000-000000000000"}
    assert second.post(f"{path}moves/confirm/", another).status_code == 409
    assert second.post(f"{path}moves/confirm/", this).json()["state"] == "decided"
    assert second.post(f"{path}moves/confirm/", this).status_code == 409
    assert Affiliation.objects.get().until == datetime.date(2026, 5, 1)
