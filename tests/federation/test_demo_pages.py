"""The pages of the demonstration, and that nobody else has them."""

from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from federation import letters
from federation.demo import people, register
from federation.demo.letters import linked
from federation.models import Letter
from tests import make
from tests.federation import demonstration


@pytest.fixture
def in_demo(settings: Any) -> None:
    demonstration.begin(settings)


def test_accounts_sign_in_by_address_and_password(db: Any) -> None:
    accounts = people.make_accounts()
    for login in people.LOGINS:
        found = authenticate(None, username=login.email, password=people.PASSWORD)
        assert found == accounts[login.email]
    assert [a.email for a in accounts.values() if a.is_superuser] == ["operator@example.org"]


def test_pages_are_not_in_the_site_map_of_a_register(db: Any, visitor: Client) -> None:
    for page in ("", "mail/", "mail.json", "mail/.json", "sign-in/"):
        assert visitor.get(f"/demo/{page}", secure=True).status_code == 404


def test_pages_outside_a_demonstration_are_not_found(
    db: Any, visitor: Client, in_demo: None, settings: Any
) -> None:
    settings.DEMO = False
    people.make_accounts()
    for page in ("", "mail/", "mail.json", "mail/.json"):
        assert visitor.get(f"/demo/{page}").status_code == 404
    answer = visitor.post("/demo/sign-in/", {"email": people.LOGINS[0].email})
    assert (answer.status_code, "_auth_user_id" in visitor.session) == (404, False)


def test_index_lists_logins_and_the_password(db: Any, visitor: Client, in_demo: None) -> None:
    page = visitor.get("/demo/").content.decode()
    assert [login.email for login in people.LOGINS if login.email not in page] == []
    assert people.PASSWORD in page


def test_index_shows_filings_of_its_own_only(db: Any, visitor: Client, in_demo: None) -> None:
    asi = register.make_federation("asi")
    for reference in ("GRUP-D2MA", "4K7P-29WX"):
        draft = make.request(asi, "member", name=f"Group of {reference}")
        type(draft).objects.filter(pk=draft.pk).update(reference=reference)
    page = visitor.get("/demo/").content.decode()
    assert ("Group of GRUP-D2MA" in page, "Group of 4K7P-29WX" in page) == (True, False)


def test_one_button_signs_in_as_one_of_the_logins(db: Any, visitor: Client, in_demo: None) -> None:
    accounts = people.make_accounts()
    answer = visitor.post("/demo/sign-in/", {"email": "asi-coordinator@example.org"})
    assert answer.status_code == 302
    assert visitor.session["_auth_user_id"] == str(accounts["asi-coordinator@example.org"].pk)


def test_one_button_signs_in_as_nobody_else(db: Any, visitor: Client, in_demo: None) -> None:
    make.user("somebody@example.org")
    assert visitor.post("/demo/sign-in/", {"email": "somebody@example.org"}).status_code == 404
    assert visitor.post("/demo/sign-in/", {"email": people.LOGINS[0].email}).status_code == 404
    assert visitor.get("/demo/sign-in/").status_code == 405


@pytest.mark.parametrize("page", ["mail.json", "mail/.json", "mail/?format=json"])
def test_letters_as_json_are_newest_first(
    db: Any, visitor: Client, in_demo: None, page: str
) -> None:
    letters.queue("code", "old@example.org", "en", code="111111", reference="A")
    letter = letters.queue("code", "new@example.org", "en", code="222222", reference="B")
    answer = visitor.get(f"/demo/{page}").json()
    assert answer["count"] == 2
    assert [row["to"] for row in answer["results"]] == ["new@example.org", "old@example.org"]
    assert answer["results"][0] == {
        "id": str(letter.pk),
        "to": "new@example.org",
        "subject": letter.subject,
        "body": letter.body,
        "language": "en",
        "state": "queued",
        "queued_at": letter.queued_at.isoformat(),
        "sent_at": None,
    }


def test_letters_page_shows_the_code_and_escapes_the_rest(
    db: Any, visitor: Client, in_demo: None
) -> None:
    letters.queue("code", "new@example.org", "en", code="222222", reference="<b>")
    page = visitor.get("/demo/mail/").content.decode()
    assert '<span class="reference">222222</span>' in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("http://localhost:8000/x/", '<a href="/x/">http://localhost:8000/x/</a>'),
        ("http://localhost:9999/x/", '<a href="/x/">http://localhost:9999/x/</a>'),
        ("at http://localhost:8000", 'at <a href="/">http://localhost:8000</a>'),
        ("https://example.org/x/", "https://example.org/x/"),
        ("http://localhost.example.org/", "http://localhost.example.org/"),
        ("<i>&", "&lt;i&gt;&amp;"),
    ],
)
def test_letters_link_to_this_site_alone(text: str, html: str) -> None:
    assert linked(text) == html


def test_letters_page_is_empty_at_first(db: Any, visitor: Client, in_demo: None) -> None:
    assert "No letter yet" in visitor.get("/demo/mail/").content.decode()
    assert Letter.objects.count() == 0
