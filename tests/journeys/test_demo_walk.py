"""A visitor of the demonstration walks both ways to their end, with nothing but its pages."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from federation.demo.people import PASSWORD
from membership.forms.guarded import signer
from tests import browsing
from tests.federation import demonstration

GROUP = {
    "name": "Ferry Cooks' Union of Nowhere",
    "language": "en",
    "kind": "union",
    "country": "CA",
    "countries": ["CA"],
    "description": "Invented: the cooks of all ferries.",
    "status": "member",
    "agrees": "on",
    "contact_name": "Sam Galley",
    "email": "ferry-cooks@example.org",
}
PERSON = {
    "name": "Quill Unheard-of",
    "email": "quill@example.org",
    "place": "Reno",
    "consents": "on",
}


@pytest.fixture(scope="module", autouse=True)
def _built(lasting: None) -> None:
    demonstration.built()


@pytest.fixture
def visitor(db: Any, settings: Any) -> Client:
    demonstration.begin(settings)
    return Client()


def filled_in(page: Any, answers: dict[str, Any]) -> dict[str, Any]:
    """The form of the page, filled in by somebody who took their time."""
    form = page.context["form"]
    age = timezone.now().timestamp() - 60
    return answers | {"stamp": signer.sign_object([form.purpose, str(uuid.uuid4()), age])}


def filed(visitor: Client, url: str, answers: dict[str, Any]) -> str:
    """Fill in, check, type the code that was mailed; returns the page where it is followed."""
    check = visitor.post(url, filled_in(visitor.get(url), answers)).url
    return sent(visitor, check, answers["email"])


def sent(visitor: Client, check: str, email: str) -> str:
    code_page = visitor.post(check).url
    letter = newest_letter(email)
    [code] = re.findall(r"\b\d{6}\b", letter["subject"])
    return visitor.post(code_page, {"code": code}).url


def newest_letter(to: str) -> dict[str, Any]:
    letters = Client().get("/demo/mail.json").json()["results"]
    return next(letter for letter in letters if letter["to"] == to)


def signed_in_by_password(email: str) -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def signed_in_by_button(email: str) -> Client:
    client = Client()
    client.post("/demo/sign-in/", {"email": email})
    return client


def moved(client: Client, page: str, **answers: Any) -> int:
    seen = client.get(page).context["form"].initial["seen"]
    return client.post(page, answers | {"seen": seen}).status_code


def test_group_asks_the_asi_and_stands_in_the_directory(visitor: Client) -> None:
    draft = browsing.draft_request(visitor, "asi", **GROUP)
    assert sent(visitor, f"{draft}check/", GROUP["email"]) == f"{draft}confirmation/"
    page = draft
    desk = f"/coordination{page}"
    coordinator = signed_in_by_password("asi-coordinator@example.org")
    assert page.split("/")[2] in coordinator.get("/coordination/").content.decode()

    assert moved(coordinator, f"{desk}ask_back/", note="How many ferries?") == 302
    assert page in newest_letter(GROUP["email"])["body"]
    assert "How many ferries?" in visitor.get(page).content.decode()
    seen = visitor.get(page).context["form"].initial["seen"]
    assert visitor.post(f"{page}answer/", {"note": "Seven.", "seen": seen}).status_code == 302

    decision = {"body": "committee", "decided_on": "2026-11-20", "status": "member"}
    assert moved(coordinator, f"{desk}accept/", **decision) == 302
    listed = Client().get("/organisations/?federation=asi").content.decode()
    assert "Ferry Cooks" in listed


def test_person_is_led_from_the_asi_to_the_host_and_taken_in(visitor: Client) -> None:
    led = visitor.get("/join/?federation=asi").content.decode()
    assert "/organisations/workers-solidarity-alliance/join/" in led
    page = filed(visitor, "/organisations/workers-solidarity-alliance/join/?via=asi", PERSON)

    secretary = signed_in_by_button("wsa-secretary@example.org")
    assert moved(secretary, f"/coordination{page}accept/") == 302
    assert page in newest_letter(PERSON["email"])["body"]

    coordinator = signed_in_by_button("iwa-coordinator@example.org")
    seen = coordinator.get("/coordination/organisations/").content.decode()
    assert re.findall(r"<td[^>]*>(\d+)</td>", seen) == ["2"]
    assert PERSON["name"] not in seen
    assert coordinator.get(f"/coordination{page}").status_code == 404
