"""Asking a federation by the API, and deciding there: what the pages do, for programs."""

import datetime
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directory.models import Affiliation
from federation import tokens
from federation.models import ApiToken, KeptAnswer, Letter
from membership import deadlines
from membership.models import AffiliationRequest
from membership.requests import workflow
from tests import files, make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db

ANSWERS = {
    "name": "Kite Makers' Union",
    "language": "en",
    "acronym": "KMU",
    "kind": "union",
    "names": [{"value": "Sindicato de las Cometas", "kind": "translated", "language": "es"}],
    "countries": ["AT", "SI"],
    "city": "Graz",
    "founded": "2016-03",
    "description": "Home workers who make kites by the piece.",
    "members": 60,
    "is_affiliated": "no",
    "agrees": True,
    "contact_name": "Meera Canary",
}
ADDRESS = "kites@example.org"


class Program:
    """A client of the API; `key` is what it shows."""

    def __init__(self, key: str = "") -> None:
        self.client, self.key = Client(), key

    def ask(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        sent = {"data": json.dumps(data), "content_type": "application/json"} if data else {}
        return getattr(self.client, method)(f"/api/v1/requests/{path}", headers=headers, **sent)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.ask("post", path, data if data is not None else {"a": 1}, **headers)


def code() -> str:
    return Letter.objects.order_by("-queued_at").first().subject.split()[-1]


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("banner.png", files.picture("PNG"), "image/png")


def begun(federation: Any, answers: Any = ANSWERS) -> tuple[Program, dict[str, Any]]:
    program = Program()
    asked = {"federation": federation.slug, "status": "friend", "email": ADDRESS}
    told = program.post("", asked | {"answers": answers})
    assert told.status_code == 201, told.content
    program.key = told.json()["key"]
    return program, told.json()


def sent(federation: Any) -> tuple[Program, str]:
    program, draft = begun(federation)
    reference = draft["reference"]
    assert program.post(f"{reference}/code/", {"email": ADDRESS}).status_code == 202
    told = program.post(f"{reference}/submit/", {"email": ADDRESS, "code": code()})
    assert told.status_code == 200, told.content
    return Program(told.json()["key"]), reference


def with_token(person: Any, *, may_write: bool = True) -> Program:
    _token, text = tokens.make_token(person, label="desk", expires_on=None, may_write=may_write)
    return Program(text)


def test_an_organisation_asks_answers_and_is_admitted(iwa, coordinator):
    applicant, reference = sent(iwa)
    filed = AffiliationRequest.objects.get()
    assert (filed.state, filed.reference) == ("submitted", reference)
    assert set(filed.organisation.names.values_list("value", flat=True)) >= {
        "KMU",
        "Sindicato de las Cometas",
    }
    desk = with_token(coordinator)
    [row] = desk.ask("get", "").json()["results"]
    assert (row["reference"], row["name"]) == (reference, "Kite Makers' Union")
    question = {"note": "Who decides among you?", "seen": row["step"]}
    asked = desk.post(f"{reference}/moves/ask_back/", question)
    assert (asked.status_code, asked.json()["next"]["by_whom"]) == (200, "the applicant")
    assert applicant.ask("get", f"{reference}/").json()["next"]["by_whom"] == "you"
    answer = applicant.post(f"{reference}/moves/answer/", {"note": "The assembly."}).json()
    assert [step["move"] for step in answer["steps"]] == ["submit", "ask_back", "answer"]
    decision = {"body": "congress", "decided_on": "2026-05-01", "status": "friend"}
    told = desk.post(f"{reference}/moves/accept/", decision)
    assert told.status_code == 200, told.content
    assert told.json()["decision"]["body"] == "congress"
    assert Affiliation.objects.get().organisation.name == "Kite Makers' Union"
    assert applicant.ask("get", f"{reference}/").json()["state"] == "accepted"


def test_a_draft_tells_what_is_missing_and_is_filled_in_part_by_part(iwa):
    program, draft = begun(iwa, {"name": "Kite Makers' Union"})
    path = f"{draft['reference']}/"
    missing = {part["part"]: part["missing"] for part in draft["parts"]}
    assert (missing["organisation"], missing["contact"]) == (["kind"], ["contact_name"])
    rest = {name: value for name, value in ANSWERS.items() if name != "name"}
    told = program.ask("patch", path, {"answers": rest}).json()
    assert told["complete"], told["parts"]
    assert told["answers"]["name"] == "Kite Makers' Union"
    program.ask("patch", path, {"answers": {"city": "Linz"}})
    kept = AffiliationRequest.objects.get().answers
    assert (kept["city"], kept["founded"]) == ("Linz", "2016-03")


def test_an_incomplete_draft_is_not_sent(iwa):
    program, draft = begun(iwa, {"name": "Kite Makers' Union"})
    program.post(f"{draft['reference']}/code/", {"email": ADDRESS})
    told = program.post(f"{draft['reference']}/submit/", {"email": ADDRESS, "code": code()})
    assert told.status_code == 400
    assert AffiliationRequest.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("answers", "at_fault"),
    [
        ({"countries": "AT"}, "countries"),
        ({"countries": ["XX"]}, "countries"),
        ({"name": {"a": 1}}, "name"),
        ({"name": "x" * 5000}, "name"),
        ({"name": "\u202eevil"}, "name"),
        ({"kind": "party"}, "kind"),
        ({"members": "1e999999"}, "members"),
        ({"members": -1}, "members"),
        ({"founded": "1066-66"}, "founded"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"names": [{"value": "A", "kind": "evil"}]}, "names"),
        ({"questions": {"none": "x"}}, "questions"),
        ({"sponsors": ["somebody"]}, "sponsors"),
        ({"organisation_slug": "no-such"}, "organisation_slug"),
        ({"state": "accepted"}, "state"),
        ({"reference": "AAAA-AAAA"}, "reference"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(iwa, answers, at_fault):
    asked = {"federation": "iwa", "status": "friend", "email": ADDRESS}
    told = Program().post("", asked | {"answers": ANSWERS | answers})
    assert told.status_code == 400, told.content
    assert told["Content-Type"] == "application/problem+json"
    assert at_fault in told.json()["errors"]
    assert not AffiliationRequest.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        {"federation": "nowhere", "status": "friend", "email": ADDRESS},
        {"federation": "iwa", "status": "section", "email": ADDRESS},
        {"federation": "iwa", "status": "friend", "email": "a@example.org\nBcc: b@example.org"},
        {"federation": "iwa", "status": "friend"},
        {"federation": "iwa", "status": "friend", "email": ADDRESS, "state": "accepted"},
        {"federation": "iwa", "status": "friend", "email": ADDRESS, "answers": []},
    ],
)
def test_a_draft_begins_only_with_what_it_needs(iwa, asked):
    assert Program().post("", asked).status_code == 400
    assert not AffiliationRequest.objects.exists()


def test_without_key_or_token_nothing_opens(iwa, coordinator, outsider, secretary):
    applicant, reference = sent(iwa)
    paths = [("get", f"{reference}/"), ("post", f"{reference}/moves/withdraw/"),
             ("get", ""), ("post", f"{reference}/moves/accept/")]  # fmt: skip
    for method, path in paths:
        assert Program().ask(method, path).status_code == 401
        assert Program("key_forged").ask(method, path).status_code == 401
        assert Program("fou_forged").ask(method, path).status_code == 401
    assert "key of this request" in Program().ask("get", f"{reference}/").json()["detail"]
    assert "token" in Program().ask("get", "").json()["detail"]
    for stranger in (outsider, secretary):
        assert with_token(stranger).ask("get", f"{reference}/").status_code == 404
        assert with_token(stranger).post(f"{reference}/moves/decline/").status_code == 404
    other, _draft = begun(iwa)
    assert other.ask("get", f"{reference}/").status_code == 401
    reader = with_token(coordinator, may_write=False)
    assert reader.ask("get", f"{reference}/").status_code == 200
    assert reader.post(f"{reference}/moves/decline/", {"note": "No."}).status_code == 403
    assert applicant.post(f"{reference}/moves/accept/", {"body": "congress"}).status_code == 403
    assert with_token(coordinator).post(f"{reference}/moves/answer/").status_code == 403
    assert AffiliationRequest.objects.get(reference=reference).step == 1


def test_the_key_of_a_draft_ends_with_the_draft(iwa):
    program, draft = begun(iwa)
    reference = draft["reference"]
    program.post(f"{reference}/code/", {"email": ADDRESS})
    program.post(f"{reference}/submit/", {"email": ADDRESS, "code": code()})
    assert program.ask("get", f"{reference}/").status_code == 401
    program.post(f"{reference}/code/", {"email": ADDRESS})
    given = program.post(f"{reference}/key/", {"email": ADDRESS, "code": code()}).json()
    assert Program(given["key"]).ask("get", f"{reference}/").status_code == 200


def test_a_code_is_good_once_and_five_wrong_ones_end_it(iwa):
    _program, draft = begun(iwa)
    reference = draft["reference"]
    Program().post(f"{reference}/code/", {"email": ADDRESS})
    right = code()
    wrong = "000000" if right != "000000" else "000001"
    for number in range(5):
        typed = {"email": ADDRESS, "code": wrong}
        told = Program().post(f"{reference}/submit/", typed, **{"Idempotency-Key": f"try {number}"})
        assert told.status_code == 400
    typed = {"email": ADDRESS, "code": right}
    assert Program().post(f"{reference}/submit/", typed).status_code == 400
    assert AffiliationRequest.objects.get().state == "draft"


def test_the_same_call_twice_acts_once(iwa, coordinator):
    asked = {"federation": "iwa", "status": "friend", "email": ADDRESS, "answers": ANSWERS}
    key = {"Idempotency-Key": "4f1c"}
    first, second = Program().post("", asked, **key), Program().post("", asked, **key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert AffiliationRequest.objects.count() == 1
    assert Program().post("", asked | {"email": "b@example.org"}, **key).status_code == 422
    other_key = Program().post("", asked, **{"Idempotency-Key": "other"})
    assert other_key.json()["reference"] != first.json()["reference"]
    assert "Canary" not in str(KeptAnswer.objects.values_list("answer", flat=True)[0])


@pytest.mark.parametrize(("language", "code"), [("sv-XX", 400), ("xx", 400), ("es", 201)])
def test_a_language_that_the_site_does_not_speak_is_refused(iwa, language, code):
    asked = {"federation": "iwa", "status": "friend", "email": ADDRESS, "language": language}
    told = Program().post("", asked)
    assert told.status_code == code
    assert ("language" in told.json().get("errors", {})) == (code == 400)
    stored = AffiliationRequest.objects.values_list("language", flat=True)
    assert list(stored) == [language] * (code == 201)


def test_a_stranger_with_the_same_idempotency_key_is_not_given_the_key_of_the_draft(iwa):
    asked = {"federation": "iwa", "status": "friend", "email": ADDRESS}
    key, stranger = {"Idempotency-Key": "1"}, Program()
    stranger.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    first, other = Program().post("", asked, **key).json(), stranger.post("", asked, **key)
    assert other.json()["key"] != first["key"]
    assert other.json()["reference"] != first["reference"]


def test_whoever_was_slower_is_told_what_happened(iwa, coordinator):
    _applicant, reference = sent(iwa)
    desk = with_token(coordinator)
    desk.post(f"{reference}/moves/ask_back/", {"note": "Why?", "seen": 1})
    told = desk.post(f"{reference}/moves/decline/", {"note": "No.", "seen": 1})
    assert told.status_code == 409
    assert [step["move"] for step in told.json()["since"]] == ["ask_back"]


def test_what_a_move_does_not_take_is_refused(iwa, coordinator):
    _applicant, reference = sent(iwa)
    desk = with_token(coordinator)
    assert desk.post(f"{reference}/moves/ask_back/", {"note": " "}).status_code == 400
    assert desk.post(f"{reference}/moves/ask_back/", {"note": ["a"]}).status_code == 400
    told = desk.post(f"{reference}/moves/ask_back/", {"note": "Why?", "by": "me"})
    assert "by" in told.json()["errors"]
    for day in (1e308, 20260501, True, "1.5.2026"):
        told = desk.post(f"{reference}/moves/accept/", {"decided_on": day, "status": "friend"})
        assert "decided_on" in told.json()["errors"], day
    assert desk.post(f"{reference}/moves/explode/").status_code == 404
    assert AffiliationRequest.objects.get().step == 1


def test_documents_are_attached_and_taken_away(iwa):
    program, draft = begun(iwa)
    headers = {"Authorization": f"Bearer {program.key}"}
    path = f"/api/v1/requests/{draft['reference']}/documents/"
    told = program.client.post(path, {"file": photo()}, headers=headers)
    assert told.status_code == 201, told.content
    key = told.json()["id"]
    assert program.ask("get", f"{draft['reference']}/").json()["documents"][0]["id"] == key
    assert program.ask("delete", f"{draft['reference']}/documents/{key}/").status_code == 204
    assert program.ask("get", f"{draft['reference']}/").json()["documents"] == []
    assert Program().client.post(path, {"file": photo()}).status_code == 401


def test_a_photograph_of_some_megabytes_is_taken_and_one_of_thirty_is_not(iwa):
    program, draft = begun(iwa)
    headers = {"Authorization": f"Bearer {program.key}"}
    path = f"/api/v1/requests/{draft['reference']}/documents/"
    noise = files.noise(2000)
    assert len(noise) > 2_500_000
    upload = SimpleUploadedFile("assembly.png", noise, "image/png")
    assert program.client.post(path, {"file": upload}, headers=headers).status_code == 201
    huge = SimpleUploadedFile("assembly.png", b"\x89PNG" + b"x" * 30_000_000, "image/png")
    assert program.client.post(path, {"file": huge}, headers=headers).status_code == 413


def test_it_is_not_open_to_the_pages_of_others(iwa, client):
    told = client.get("/api/v1/requests/", headers={"Origin": "https://evil.example.org"})
    assert "Access-Control-Allow-Origin" not in told.headers
    assert told["Cache-Control"] == "no-store, private"


def test_a_revoked_or_expired_token_opens_nothing(iwa, coordinator):
    token, text = tokens.make_token(coordinator, label="x", expires_on=None, may_write=True)
    assert Program(text).ask("get", "").status_code == 200
    tokens.revoke(token)
    assert Program(text).ask("get", "").status_code == 401


def test_a_token_has_the_rights_of_the_offices_of_today(iwa, coordinator):
    _applicant, reference = sent(iwa)
    desk = with_token(coordinator)
    assert desk.ask("get", f"{reference}/").status_code == 200
    iwa.offices.update(is_suspended=True)
    assert desk.ask("get", f"{reference}/").status_code == 404
    assert desk.ask("get", "").json()["count"] == 0


def test_a_token_is_made_at_the_desk_shown_once_and_revoked(iwa, coordinator):
    desk = signed_in(coordinator)
    path = reverse("membership:coordination_tokens")
    page = desk.post(path, {"label": "Nightly report", "days": "30"}).content.decode()
    [text] = re.findall(r"fou_[-\w]{40,}", page)
    assert Program(text).ask("get", "").status_code == 200
    assert text not in desk.get(path).content.decode()
    assert ApiToken.objects.get().digest not in text
    token = ApiToken.objects.get()
    desk.post(reverse("membership:coordination_token_revoke", args=[token.pk]))
    assert Program(text).ask("get", "").status_code == 401


def test_somebody_elses_token_is_not_there(iwa, coordinator, outsider):
    token, _text = tokens.make_token(coordinator, label="x", expires_on=None, may_write=True)
    path = reverse("membership:coordination_token_revoke", args=[token.pk])
    assert signed_in(outsider).post(path).status_code == 404
    assert ApiToken.objects.valid().exists()


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"a":' * 5_000,
        '{"federation": "\\ud800"}',
        '{"federation": "a\\u0000"}',
        '{"federation": 1e999999}',
        '{"federation": ' + "9" * 5_000 + "}",
        '{"federation": NaN}',
        "[" + "1," * 6_000 + "1]",
        "\xff\xfe",
        "null",
        "[]",
        '"text"',
        "",
    ],
)
def test_a_body_that_is_no_question_is_refused(iwa, body):
    answer = Client().post("/api/v1/requests/", body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_ten_megabytes_of_nonsense_are_refused(iwa):
    answer = Client().post("/api/v1/requests/", b"x" * 10_000_000, content_type="application/json")
    assert answer.status_code == 413


def test_a_second_person_confirms(iwa, coordinator):
    make.procedure(iwa.statuses.get(slug="friend"), needs_second=True, body="congress")
    applicant, reference = sent(iwa)
    first = with_token(coordinator)
    second = with_token(make.coordinator(iwa, "second@example.org"))
    told = first.post(
        f"{reference}/moves/accept/", {"decided_on": "2026-05-01", "status": "friend"}
    )
    assert (told.json()["state"], told.json()["steps"][-1]["move"]) == ("submitted", "propose")
    assert "confirm" not in [move["move"] for move in told.json()["moves"]]
    assert first.post(f"{reference}/moves/confirm/", {"seen": 2}).status_code == 403
    read = second.ask("get", f"{reference}/").json()
    assert "confirm" in [move["move"] for move in read["moves"]]
    assert read["proposal"]["move"] == "accept"
    assert read["proposal"]["terms"] == {"decided_on": "2026-05-01", "status": "friend"}
    assert applicant.ask("get", f"{reference}/").json()["proposal"] is None
    unread = second.ask("post", f"{reference}/moves/confirm/", {"place": "Graz"})
    assert (unread.status_code, set(unread.json()["errors"])) == (400, {"place", "seen"})
    assert second.post(f"{reference}/moves/confirm/", {"seen": 2}).json()["state"] == "accepted"


def test_what_a_rule_did_was_done_by_nobody(iwa):
    make.procedure(iwa.statuses.get(slug="friend"), lapses=True)
    applicant, reference = sent(iwa)
    filed = AffiliationRequest.objects.get()
    workflow.ask_back(filed, by=make.coordinator(iwa), note="Who are you?")
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    AffiliationRequest.objects.update(answer_due=yesterday)
    deadlines.run(timezone.localdate())
    steps = applicant.ask("get", f"{reference}/").json()["steps"]
    assert [step["by"] for step in steps] == ["applicant", "coordinator", "rule"]
