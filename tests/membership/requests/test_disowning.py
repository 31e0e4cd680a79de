"""Somebody asks in the name of an organisation of the directory; the organisation may say no."""

import re

import pytest
from django.urls import reverse

from federation.models import Letter
from federation.states import NotOpen
from membership.models import AffiliationRequest
from membership.requests import deciding, workflow
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def union():
    made = make.organisation("Stone Carvers' Union", "GB", language="en")
    make.contact(made, "office@example.org")
    return made


def asked(federation, union, email="stranger@example.org") -> AffiliationRequest:
    draft = make.request(federation, email=email, organisation_slug=union.slug)
    return workflow.submit_request(draft)


def link() -> str:
    [letter] = Letter.objects.filter(template="named")
    assert letter.recipient == "office@example.org"
    assert "Carvers" not in letter.subject + letter.body
    return "/" + re.search(r"https?://[^/]+/(\S+)", letter.body)[1]


def test_the_public_mailbox_is_told_and_says_no(iwa, coordinator, union, visitor):
    request = asked(iwa, union)
    path = link()
    assert "Stone Carvers" in visitor.get(path).content.decode()
    assert AffiliationRequest.objects.get().disowned_at is None, "opening it changes nothing"
    visitor.post(path)
    assert AffiliationRequest.objects.get().disowned_at
    with pytest.raises(NotOpen):
        deciding.accept_request(request, by=coordinator, body="congress")
    deciding.decline_request(request, by=coordinator, note="It was not you.")
    assert visitor.post(path).status_code == 410


def test_who_asks_from_the_mailbox_itself_gets_no_such_letter(iwa, union):
    asked(iwa, union, "office@example.org")
    assert not Letter.objects.filter(template="named").exists()


def test_a_made_up_link_opens_nothing(iwa, union, visitor):
    request = asked(iwa, union)
    path = reverse("membership:request_disown", args=[request.reference])
    assert visitor.post(f"{path}?token=made-up").status_code == 410
    assert visitor.post(path).status_code == 410
    assert AffiliationRequest.objects.get().disowned_at is None
