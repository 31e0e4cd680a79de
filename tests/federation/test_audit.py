"""The audit trail: appended, never changed; ids and names of fields, no values."""

import re

import pytest
from django.db import DatabaseError, connection, transaction

from federation import audit
from federation.models import AuditEvent
from membership import joining
from membership.requests import workflow
from tests import make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(coordinator):
    return audit.record(
        audit.Action.CHANGE,
        coordinator,
        by=coordinator,
        office="coordinator",
        fields=["name", "email"],
        federation="iwa",
    )


def test_an_event_tells_who_did_what_to_which_row(event, coordinator):
    event.refresh_from_db()
    assert (event.actor, event.model, event.record) == (
        coordinator.pk,
        "federation.User",
        str(coordinator.pk),
    )
    assert (event.action, event.fields, event.office) == (
        "change",
        ["email", "name"],
        "coordinator",
    )
    assert event.at.tzinfo is not None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE federation_auditevent SET note = 'x'",
        "UPDATE federation_auditevent SET actor = NULL",
        "DELETE FROM federation_auditevent",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_event(event, statement):
    with (
        pytest.raises(DatabaseError, match="appended only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.get(pk=event.pk).note == ""


def test_saving_and_deleting_through_the_model_is_refused_too(event):
    for act in (event.save, event.delete, AuditEvent.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert AuditEvent.objects.filter(pk=event.pk).exists()


def test_erasing_an_account_leaves_the_trail(event, coordinator):
    who = coordinator.pk
    coordinator.delete()
    assert AuditEvent.objects.get(pk=event.pk).actor == who


def test_an_event_goes_back_with_what_it_tells(coordinator):
    with transaction.atomic():
        audit.record(audit.Action.ADD, coordinator)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


def test_an_event_carries_the_number_of_its_web_request(coordinator):
    client = signed_in(coordinator)
    response = client.post("/accounts/logout/")
    assert AuditEvent.objects.get().request_id == response.headers["X-Request-ID"]


def test_events_of_a_whole_procedure_hold_no_value_of_a_person(iwa, local, coordinator, secretary):
    request = workflow.submit_request(make.request(iwa, contact_name="Kim Canary"))
    workflow.ask_back(request, by=coordinator, note="Who is Ola Canary?")
    workflow.answer(request, note="Mika Canary knows.")
    workflow.decline(request, by=coordinator, note="No, Canary.")
    application = joining.submit_application(make.application(local))
    joining.accept_application(application, by=secretary)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM federation_auditevent")
        kept = str(cursor.fetchall())
    assert AuditEvent.objects.count() >= 5
    assert not re.search(r"canary|@|example\.org", kept, re.IGNORECASE)


def test_the_trail_is_read_by_the_federation_it_is_about(event, coordinator, outsider):
    operator = make.user("operator@example.org", is_superuser=True)
    seen = [AuditEvent.objects.visible_to(who).count() for who in (coordinator, outsider, operator)]
    assert seen == [1, 0, 1]
