"""A group asks a federation, is asked back, answers, is accepted, and stands in the directory."""

import datetime

from directory.models import AsAt, Organisation
from federation.models import Letter
from tests import browsing
from tests.browsing import browser, press, send, text
from tests.conftest import signed_in

DECISION = {
    "body": "congress",
    "decided_on": "2026-05-01",
    "place": "Graz",
    "reference": "26/3",
}


def test_a_request_from_the_start_page_to_the_directory(iwa, coordinator):
    group, desk = browser(), signed_in(coordinator)
    desk.handler.enforce_csrf_checks = True
    assert "/federations/iwa/affiliate/form/" in text(group, "/federations/iwa/affiliate/")

    page = browsing.draft_request(group, "iwa")
    assert "Kitchen Workers of Graz" in text(group, f"{page}check/")
    browsing.confirm(group, page, "group@example.org")
    assert "Request sent" in text(group, f"{page}confirmation/")

    assert "Kitchen Workers of Graz" in text(desk, "/coordination/")
    send(desk, f"/coordination{page}ask_back/", note="How many of you cook?")

    asked = text(group, page)
    assert "How many of you cook?" in asked
    assert coordinator.email not in asked
    press(group, page, to=f"{page}answer/", note="All of us.", seen="2")

    assert "All of us." in text(desk, f"/coordination{page}")
    send(desk, f"/coordination{page}accept/", **DECISION)
    organisation = Organisation.objects.get()
    assert organisation.get_absolute_url() in text(desk, f"/coordination{page}")

    bond = organisation.affiliations.as_at(datetime.date(2026, 5, 1)).get()
    assert (bond.status.slug, bond.answer, bond.decision.reference) == ("friend", AsAt.YES, "26/3")
    public = text(browser(), "/organisations/kitchen-workers-of-graz/")
    assert "We organise in kitchens." in public
    assert "Canary" not in public
    assert "in the directory" in browsing.prove(browser(), page, "group@example.org")


def test_a_request_that_is_declined_ends_with_its_reason_and_nothing_public(iwa, coordinator):
    group, desk = browser(), signed_in(coordinator)
    page = browsing.draft_request(group, "iwa")
    browsing.confirm(group, page, "group@example.org")
    send(desk, f"/coordination{page}decline/", note="You are not a union yet.")

    assert "You are not a union yet." in text(group, page)
    assert not Organisation.objects.listed().exists()


def test_who_asks_in_spanish_is_written_to_in_spanish_and_led_to_spanish_pages(iwa):
    group = browser()
    page = browsing.begin_request(group, "iwa", prefix="/es")
    browsing.draft_rest(group, page)
    browsing.confirm(group, page, "group@example.org")

    letters = Letter.objects.filter(language="es")
    assert sum(f"http://localhost:8000{page}" in letter.body for letter in letters) == 1
