"""Once a year an organisation is asked whether its entry is right; one click says so."""

import datetime
import re

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from directory import freshness
from directory.models import Organisation
from federation.models import AuditEvent, Letter
from membership.models import Confirmation
from tests import make
from tests.browsing import press, send, text
from tests.conftest import signed_in

TODAY = datetime.date(2026, 11, 22)


def ago(days: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days)


def link_in(letter: Letter) -> str:
    return re.search(r"https?://[^/\s]+(/\S+)", letter.body)[1]


@pytest.fixture
def old(local, secretary) -> Organisation:
    """Confirmed thirteen months and a day ago, with a secretary."""
    local.verified_on = ago(397)
    local.save()
    return local


@pytest.fixture
def link(old) -> str:
    freshness.ask_due()
    return link_in(Letter.objects.get())


# --- overdue --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verified_on", "late"),
    [
        (None, True),
        (datetime.date(2025, 10, 21), True),
        (datetime.date(2025, 10, 22), False),
        (TODAY, False),
    ],
)
def test_it_is_overdue_after_thirteen_months_or_if_never_confirmed(db, verified_on, late):
    made = make.organisation(verified_on=verified_on)
    assert freshness.is_overdue(made, TODAY) is late
    assert list(freshness.overdue(Organisation.objects.all(), TODAY)) == ([made] if late else [])


def test_what_is_dissolved_is_never_overdue(db):
    made = make.organisation(dissolved="2019")
    assert not freshness.is_overdue(made, TODAY)
    assert not freshness.overdue(Organisation.objects.all(), TODAY).exists()


# --- asking ---------------------------------------------------------------------------------


def test_a_year_later_the_secretary_is_asked_and_nobody_else(old):
    make.contact(old, "union@example.org")
    assert freshness.ask_due() == 1
    assert [letter.recipient for letter in Letter.objects.all()] == ["secretary@example.org"]
    old.refresh_from_db()
    assert old.asked_on == timezone.localdate()


def test_without_a_secretary_the_role_mailbox_is_asked_in_its_language(db):
    made = make.organisation(verified_on=ago(400), language="es")
    make.contact(made, "union@example.org")
    make.contact(made, "person@example.org", is_role=False, consent_on=make.LONG_AGO)
    freshness.ask_due()
    letter = Letter.objects.get()
    assert (letter.recipient, letter.language) == ("union@example.org", "es")
    assert "/es/organisations/" in letter.body


def test_a_letter_names_nobody_but_in_its_link(link):
    letter = Letter.objects.get()
    rest = f"{letter.subject}{letter.body}".replace(link, "")
    for canary in ("Örestad", "orestad", "secretary@"):
        assert canary not in rest


def test_nobody_to_ask_is_no_reason_to_stop_at(old):
    make.organisation("Silent", verified_on=ago(900))
    assert freshness.ask_due(at_a_time=1) == 1
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"verified_on": ago(300)},
        {"asked_on": ago(300)},
        {"dissolved": "2020"},
        {"visibility": "proposed"},
        {"verified_on": None},  # made today, and not a year old
    ],
)
def test_some_are_not_asked(old, changes):
    for name, value in changes.items():
        setattr(old, name, value)
    old.save()
    assert freshness.ask_due() == 0


def test_a_withdrawn_mailbox_of_a_shielded_organisation_is_left_alone(db):
    made = make.organisation(verified_on=ago(400), visibility="shielded")
    make.contact(made, "union@example.org")
    assert freshness.ask_due() == 0


def test_asked_again_only_after_eleven_months(old):
    assert [freshness.ask_due(), freshness.ask_due()] == [1, 0]
    with time_machine.travel(timezone.now() + datetime.timedelta(days=336)):
        assert freshness.ask_due() == 1


def test_an_address_that_is_none_does_not_stop_the_others(db):
    for number, value in enumerate(("no address", "union@example.org")):
        made = make.organisation(f"Union {number}", verified_on=ago(500 - number))
        make.contact(made, value)
    assert freshness.ask_due() == 2
    assert Letter.objects.count() == 1


def test_the_worker_asks(old):
    call_command("worker", "--once", verbosity=0)
    assert Letter.objects.get().state == "sent"


# --- answering ------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing_and_the_button_confirms(link, old, visitor):
    shown = text(visitor, link)
    assert "Örestad Local" in shown
    assert "Yes, all of this is right" in shown
    # Who has no account here yet is led to one.
    assert "/organisations/orestad-local/claim/" in shown
    old.refresh_from_db()
    assert old.verified_on == ago(397)
    assert "Thank you" in press(visitor, link).content.decode()
    old.refresh_from_db()
    assert old.verified_on == timezone.localdate()
    assert Confirmation.objects.get().is_by_letter
    event = AuditEvent.objects.latest("pk")
    assert (event.note, event.actor, event.fields) == ("confirm", None, ["verified_on"])


def test_it_is_confirmed_once(link, visitor):
    for _time in range(2):
        assert "Thank you" in visitor.post(link).content.decode()
    assert Confirmation.objects.count() == 1


def test_the_link_is_good_for_sixty_days(link, visitor):
    with time_machine.travel(timezone.now() + datetime.timedelta(days=59)):
        assert visitor.get(link).status_code == 200
    with time_machine.travel(timezone.now() + datetime.timedelta(days=61)):
        assert visitor.post(link).status_code == 410
    assert not Confirmation.objects.exists()


def test_a_link_for_one_entry_does_not_confirm_another(link, old, visitor):
    other = make.organisation("Other", asked_on=timezone.localdate())
    moved = link.replace("orestad-local", other.slug)
    assert visitor.post(moved).status_code == 410
    for token in ("", "x", "%00", "a:b:c"):
        page = f"/organisations/orestad-local/confirm/?token={token}"
        assert visitor.post(page).status_code == 410
    assert not Confirmation.objects.exists()


def test_what_is_wrong_leads_to_the_form_or_to_the_panel(link, old, secretary, visitor):
    assert "/organisations/orestad-local/report/" in text(visitor, link)
    assert f"/admin/directory/organisation/{old.pk}/change/" in text(signed_in(secretary), link)


def test_the_page_of_a_shielded_entry_shows_no_more_than_the_directory(link, old, visitor):
    old.visibility, old.city = "shielded", "Canarytown"
    old.save()
    assert "Canarytown" not in text(visitor, link)


# --- at the desk ----------------------------------------------------------------------------

PAGE = "/coordination/organisations/orestad-local/"


def test_a_coordinator_confirms_with_a_note_that_the_desk_shows(old, coordinator):
    desk = signed_in(coordinator)
    assert "overdue" in text(desk, PAGE)
    assert send(desk, f"{PAGE}confirm/", note="").status_code == 200
    send(desk, f"{PAGE}confirm/", note="Asked by telephone.")
    shown = text(desk, PAGE)
    assert "Asked by telephone." in shown
    assert ">overdue<" not in shown
    event = AuditEvent.objects.filter(note="confirm").get()
    assert (event.office, event.federation_slug, event.actor) == (
        "coordinator", "iwa", coordinator.pk,
    )  # fmt: skip


def test_the_list_of_a_coordinator_can_be_narrowed_to_what_is_overdue(old, coordinator, iwa):
    make.affiliation(make.organisation("Fresh", verified_on=ago(3)), iwa)
    desk = signed_in(coordinator)

    def listed(query: str) -> list[str]:
        page = desk.get(f"/coordination/organisations/{query}").context["page"]
        return [bond.organisation.name for bond in page.rows]

    assert listed("") == ["Fresh", "Örestad Local"]
    assert listed("?confirmed=overdue") == ["Örestad Local"]
    assert listed("?confirmed=nonsense") == []


def test_the_panel_finds_what_is_overdue(old, coordinator, iwa):
    make.affiliation(make.organisation("Fresh", verified_on=ago(3)), iwa)
    panel = signed_in(coordinator)
    shown = text(panel, "/admin/directory/organisation/?confirmed=overdue")
    assert "Örestad Local" in shown
    assert "Fresh" not in shown


def test_one_federation_of_several_does_not_confirm(old, coordinator, asi):
    make.affiliation(old, asi)
    desk = signed_in(coordinator)
    assert desk.get(PAGE).status_code == 200
    assert desk.post(f"{PAGE}confirm/", {"note": "x"}).status_code == 404
