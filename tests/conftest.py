"""Personas. Each is made when a test asks for it."""

import importlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from directory.models import Organisation
from federation.models import Federation, User
from tests import make

# The production hasher is slow on purpose; it has a test of its own.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Style sheets are served as they stand, not collected under lasting names.
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
# A test sees what it has just written: on PostgreSQL the version of the directory is counted when
# a transaction ends, which in most tests it never does. The pages kept have tests of their own.
settings.KEEP_PAGES = False
guards = importlib.import_module("federation.migrations.0002_guards")
decision_guards = importlib.import_module("directory.migrations.0002_guards")
procedure_guards = importlib.import_module("membership.migrations.0002_guards")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request in another language leaves it behind in its thread."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate_all()


# What the databases refuse to empty: the audit trail, the register of decisions, procedures.
APPENDED = {
    "federation_auditevent": "audit",
    "directory_decision": "decision",
    "directory_effect": "effect",
    "directory_registerentry": "registerentry",
    "membership_procedure": "procedure",
    "membership_question": "question",
}


@pytest.fixture(autouse=True, scope="session")
def _appended_tables_can_be_emptied_between_tests() -> Iterator[None]:
    """A transactional test ends with all tables emptied, which some of them refuse."""
    sql_flush = connection.ops.sql_flush

    def with_the_guards_lifted(style: Any, tables: list[str], **options: Any) -> list[str]:
        # The table of the cache has no model, so Django does not know of it.
        if connection.vendor == "sqlite":
            triggers = [f"{name}_is_not_removed" for name in APPENDED.values()]
            made = [
                statement
                for statement in (
                    *guards.SQLITE,
                    *decision_guards.SQLITE,
                    *procedure_guards.SQLITE,
                )
                if any(f"TRIGGER {trigger} " in statement for trigger in triggers)
            ]
            dropped = [f"DROP TRIGGER {trigger}" for trigger in triggers]
            emptied = [*sql_flush(style, tables, **options), "DELETE FROM cache"]
            return [*dropped, *emptied, *made]
        # No trigger fires until this transaction ends. To truncate a hundred tables, most of
        # them empty, takes several times as long.
        deleted = (f'DELETE FROM "{table}"' for table in [*tables, "cache"])  # noqa: S608
        return ["SET LOCAL session_replication_role = replica", "; ".join(deleted)]

    connection.ops.sql_flush = with_the_guards_lifted  # type: ignore[method-assign]
    yield
    connection.ops.sql_flush = sql_flush  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def lasting(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What the fixtures of a module make after this is there for all its tests, then it is gone.

    Each test has a savepoint of its own in it, so what one changes, the next does not see; of an
    object in memory it takes a copy. Not for modules with transactional tests.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        translation.activate(settings.LANGUAGE_CODE)
        yield
        transaction.set_rollback(True)


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
    """A session that began with password and second factor."""
    client = Client()
    client.force_login(person)
    make.second_factor(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
