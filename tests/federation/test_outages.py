"""Somebody else holds the database: nothing is saved, and one is told to send it again."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from federation import tokens
from membership.models import Document, RequestNote
from membership.requests import workflow
from tests import make
from tests.conftest import signed_in
from tests.membership.requests.test_documents import add, made_by, upload

WAIT = 0.2  # seconds; twenty elsewhere
TABLES = "membership_affiliationrequest, membership_requestnote, django_session, cache"
AGAIN = "The database does not answer. Nothing was saved. Send it again in a minute."


@pytest.fixture
def _impatient(transactional_db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A lock is waited for, but not for long."""
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        monkeypatch.setitem(options, "timeout", WAIT)
    else:
        own = f"{options['options']} -c lock_timeout={int(WAIT * 1000)}"
        monkeypatch.setitem(options, "options", own)
    connection.close()
    yield
    connection.close()


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Another connection is in the middle of writing."""
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        other: Any = sqlite3.connect(name, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        known = connection.get_connection_params()
        names = ("dbname", "host", "port", "user", "password")
        other = psycopg.connect(**{name: known[name] for name in names if name in known})
        other.execute(f"LOCK TABLE {TABLES} IN SHARE ROW EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def told_to_send_again(response: Any) -> str:
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    return str(response.content.decode())


def as_shown(client: Client) -> Client:
    """Faults become pages, as in production."""
    client.raise_request_exception = False
    return client


@pytest.mark.usefixtures("_impatient")
def test_at_the_desk_what_was_typed_comes_back_to_be_sent_again():
    federation = make.federation("iwa")
    asked = workflow.submit_request(make.request(federation))
    page = f"/coordination/requests/{asked.reference}/"
    desk = as_shown(signed_in(make.coordinator(federation)))
    desk.get(page)
    form = {"note": 'Who are "we"?', "seen": str(asked.step)}
    with held():
        shown = told_to_send_again(desk.post(f"{page}ask_back/", form))
        assert 'name="note" value="Who are &quot;we&quot;?"' in shown
        assert AGAIN in shown
        assert 'lang="es"' in told_to_send_again(desk.post(f"/es{page}note/", {"text": "Hm."}))
        # To read is to write when the session was last used; the page is shown all the same.
        used = desk.session
        assert desk.get(page).status_code == 200
    used["used"] -= 120
    used.save()
    with held():
        assert desk.get(page).status_code == 200
    assert (RequestNote.objects.count(), desk.post(f"{page}ask_back/", form).url) == (0, page)


@pytest.mark.usefixtures("_impatient")
def test_in_the_form_and_with_a_file_nothing_is_half_there():
    draft = make.request(make.federation("iwa"))
    applicant = as_shown(Client())
    page = made_by(applicant, draft)
    with held():
        # A file cannot stand in a page: one has to go back.
        shown = told_to_send_again(add(applicant, page, upload()))
        assert (AGAIN in shown, "Go back in your browser" in shown) == (True, True)
        assert 'type="hidden"' not in shown
        password = {"login": "somebody@example.org", "password": "Canary of the lantern"}
        assert "Canary" not in told_to_send_again(applicant.post("/accounts/login/", password))
        with pytest.raises(OperationalError):
            cache.add("tries", 1)
    assert Document.objects.count() == 0
    assert add(applicant, page, upload()).url == page


@pytest.mark.usefixtures("_impatient")
def test_programs_are_told_the_same_and_the_key_of_their_call_is_good_again():
    federation = make.federation("iwa")
    asked = workflow.submit_request(make.request(federation))
    _row, text = tokens.make_token(
        make.coordinator(federation), label="x", expires_on=None, may_write=True
    )
    program = as_shown(Client(headers={"Authorization": f"Bearer {text}"}))
    program.get("/api/v1/requests/")  # notes the day on which the token was used

    def ask_back() -> Any:
        return program.post(
            f"/api/v1/requests/{asked.reference}/moves/ask_back/",
            json.dumps({"note": "Who are you?", "seen": asked.step}),
            content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )

    with held():
        refusal = ask_back()
        told_to_send_again(refusal)
        assert refusal.headers["Content-Type"] == "application/problem+json"
        assert refusal.json()["detail"] == AGAIN
    assert ask_back().json()["state"] == "needs_answer"
