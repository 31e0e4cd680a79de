"""Personas. Each is made when a test asks for it."""

from typing import Any

import pytest
from django.test import Client

from directory.models import Organisation
from federation.models import Federation, User
from tests import make


@pytest.fixture
def iwa(db: Any) -> Federation:
    return make.federation("iwa")


@pytest.fixture
def asi(db: Any) -> Federation:
    return make.federation("asi", kind="in_formation")


@pytest.fixture
def local(iwa: Federation) -> Organisation:
    """A section of the IWA that takes members here."""
    made = make.organisation("Örestad Local", "SE", accepts_members=True)
    make.affiliation(made, iwa)
    return made


@pytest.fixture
def visitor() -> Client:
    return Client()


@pytest.fixture
def coordinator(iwa: Federation) -> User:
    return make.coordinator(iwa)


@pytest.fixture
def secretary(local: Organisation) -> User:
    return make.secretary(local)


@pytest.fixture
def outsider(asi: Federation) -> User:
    """A coordinator of another federation."""
    return make.coordinator(asi, "outsider@example.org")


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client
