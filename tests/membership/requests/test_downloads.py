"""Who may open a document of a request, and how it comes: as a download that cannot act."""

import datetime
import uuid

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from federation.models import AuditEvent
from membership.models import Document
from membership.requests import workflow
from tests import make
from tests.browsing import prove
from tests.conftest import signed_in
from tests.membership.requests.test_documents import add, stored, upload


@pytest.fixture
def filed(iwa):
    """A request that was sent, with a document that has a name in another script."""
    draft = make.request(iwa)
    make.document(draft, "Устав “CANARY”.pdf")
    return workflow.submit_request(draft)


def urls(filed) -> tuple[str, str]:
    document = Document.objects.get(request=filed)
    own = f"/requests/{filed.reference}/documents/{document.pk}/"
    return own, f"/coordination{own}"


def assert_harmless(response):
    headers = response.headers
    assert response.status_code == 200
    assert response.content.startswith(b"%PDF-")
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in headers["Cache-Control"]
    disposition = headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''%D0%A3%D1%81%D1%82%D0%B0%D0%B2")
    assert disposition.isascii()


def test_the_applicant_opens_the_own_document(filed):
    client = Client()
    own, _desk = urls(filed)
    assert client.get(own).status_code == 404
    prove(client, f"/requests/{filed.reference}/", "group@example.org")
    assert_harmless(client.get(own))
    assert own in client.get(f"/requests/{filed.reference}/documents/").content.decode()


def test_a_decider_opens_it_and_that_is_noted(filed, coordinator):
    _own, desk = urls(filed)
    assert_harmless(signed_in(coordinator).get(desk))
    event = AuditEvent.objects.get(action="read", model="membership.Document")
    assert event.actor == coordinator.pk
    assert event.federation_slug == "iwa"


def test_for_everybody_else_it_is_not_there(filed, local, secretary, outsider):
    own, desk = urls(filed)
    operator = make.user("operator@example.org", is_superuser=True)
    assert Client().get(desk).status_code == 302
    for person in (secretary, outsider, operator, make.user("member@example.org")):
        client = signed_in(person)
        assert client.get(desk).status_code == 404
        assert client.get(own).status_code == 404
    assert not AuditEvent.objects.filter(action="read").exists()


def test_a_draft_is_not_for_deciders_yet(iwa, coordinator):
    draft = make.request(iwa)
    make.document(draft)
    _own, desk = urls(draft)
    assert signed_in(coordinator).get(desk).status_code == 404


def test_a_document_is_found_under_its_own_request_only(iwa, filed, coordinator):
    other = workflow.submit_request(make.request(iwa, email="other@example.org", name="Other"))
    own, desk = urls(filed)
    client = signed_in(coordinator)
    assert client.get(desk.replace(filed.reference, other.reference)).status_code == 404
    applicant = Client()
    prove(applicant, f"/requests/{other.reference}/", "other@example.org")
    for stranger in (own, own.replace(filed.reference, other.reference)):
        assert applicant.get(stranger).status_code == 404
        assert applicant.post(f"{stranger}remove/").status_code == 404
    assert stored() == (1, 1)


@pytest.mark.parametrize("path", ["../../etc/passwd", "%2e%2e%2f", "x", "1", "%00", "a" * 300])
def test_what_is_no_document_is_not_found(filed, coordinator, path):
    _own, desk = urls(filed)
    root = desk.rpartition("documents/")[0]
    client = signed_in(coordinator)
    assert client.get(f"{root}documents/{path}/").status_code == 404
    assert client.get(f"{root}documents/{uuid.uuid4()}/").status_code == 404


def test_an_hour_after_the_code_the_page_asks_again(filed):
    client = Client()
    page = f"/requests/{filed.reference}/"
    prove(client, page, "group@example.org")
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=61)):
        assert client.get(f"{page}documents/").url == page
        assert client.get(urls(filed)[0]).status_code == 404
        assert add(client, f"{page}documents/", upload()).url == page
