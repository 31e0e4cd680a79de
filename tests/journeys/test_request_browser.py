"""A group asks in a real browser, with scripts and without, on two devices, in Arabic too."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests import browsing, make
from tests.environment import chromium
from tests.server import serving
from tests.test_browser import AXE, PHONE, RULES, WATCH

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESS = "group@example.org"
CHOSEN = {"kind", "question-q0", "agrees"}
LISTED = {"language", "sponsor_1"}


@pytest.fixture
def site(transactional_db: None, tmp_path: Path, monkeypatch: Any) -> Iterator[str]:
    """A federation that wants a sponsor, asks two questions, and has one of a like name."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    asked = make.federation("iwa")
    make.affiliation(make.organisation("Bakers of Bern", "CH"), asked)
    make.organisation("Kitchen Workers of Graz", "CL", acronym="KWG")
    make.procedure(
        asked.statuses.get(slug="friend"),
        sponsors=1,
        statements={"en": "We help each other."},
        questions=[
            {"kind": "choice", "options": {"en": "weekly\nmonthly"}, "is_required": True},
            {"kind": "day", "labels": {"en": "Since when?"}},
        ],
    )
    with serving(tmp_path) as address:
        yield address


@pytest.fixture
def chrome(monkeypatch: Any) -> Iterator[Browser]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        yield running
        # What a test asked beside the browser, it asked through a connection of its own.
        connection.close()
        running.close()


@dataclass
class Device:
    """A browser of somebody's own; `faults` gathers what is wrong with the pages it showed."""

    page: Page
    has_scripts: bool
    faults: list[str]

    def go(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def press(self, words: str) -> None:
        self.follow(self.page.get_by_role("button", name=words, exact=True))
        self.look()

    def follow(self, way: Locator) -> None:
        """Press a button or a link and wait until the page it leads to has arrived whole."""
        with self.page.expect_navigation():
            way.click()

    def look(self) -> None:
        page = self.page
        if not self.has_scripts:
            return
        broken = page.evaluate("window.violations") or []
        if page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ):
            broken.append("too wide")
        page.evaluate(AXE)
        for rule in page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]:
            broken.append(f"{rule['id']}: {rule['nodes'][0]['html'][:150]}")
        self.faults += [f"{page.url}: {fault}" for fault in broken]


def device(chrome: Browser, site: str, *, scripts: bool) -> Device:
    context = chrome.new_context(base_url=site, java_script_enabled=scripts, viewport=PHONE)
    context.add_init_script(WATCH)
    return Device(context.new_page(), scripts, [])


def begin(at: Device) -> str:
    """From the start page to the list of parts; what is wrong is said on the way."""
    at.go("/federations/iwa/affiliate/")
    at.follow(at.page.get_by_role("link", name="Start now"))
    at.page.wait_for_timeout(3200)  # nobody fills in a form faster
    at.press("Continue")
    assert at.page.title().startswith("Error:")
    at.page.wait_for_timeout(3200)
    at.page.fill("#id_name", "Kitchen Workers of Graz")
    at.page.select_option("#id_country", "AT")
    at.page.fill("#id_email", ADDRESS)
    at.press("Continue")
    assert "in another country" in at.page.content()
    at.page.check("input[value=nobody]")
    at.press("Continue")
    return "/".join(at.page.url.split("/")[3:5])


def fill_in(at: Device, draft: str, part: str, **given: str) -> None:
    """Open a part by its link in the list, answer, and save it."""
    at.go(f"/{draft}/tasks/")
    at.follow(at.page.locator(f"a[href$='/tasks/{part}/']"))
    at.look()
    for name, value in given.items():
        if name in CHOSEN:
            at.page.check(f"main [name='{name}']" + (f"[value='{value}']" if value else ""))
        elif name in LISTED:
            at.page.select_option(f"main [name='{name}']", value)
        else:
            at.page.fill(f"main [name='{name}']", value)
    at.press("Save and continue")


ANSWERS = {
    "organisation": {"language": "de", "kind": "group", "name_0": "عمال المطابخ"},
    "where": {"city": "Graz", "founded": "2019-05"},
    "about": {"description": "We organise in kitchens.", "members": "14"},
    "questions": {"question-q0": "2", "question-q1": "2026-02-03"},
    "sponsors": {"sponsor_1": "bakers-of-bern"},
    "agreement": {"agrees": ""},
}


def send(at: Device, draft: str) -> None:
    at.go(f"/{draft}/tasks/")
    at.follow(at.page.get_by_role("link", name="Check your answers and send"))
    at.look()
    at.press("Agree and send me the code")
    at.page.fill("#id_code", browsing.last_code(ADDRESS))
    at.press("Send the request")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_group_writes_its_request_keeps_it_and_sends_it_from_another_device(
    site, chrome, scripts
):
    first = device(chrome, site, scripts=scripts)
    draft = begin(first)
    for part, given in ANSWERS.items():
        fill_in(first, draft, part, **given)
    first.press("Save and come back later")
    assert "Your draft is kept" in first.page.content()

    second = device(chrome, site, scripts=scripts)
    second.go("/requests/")
    second.page.fill("#id_reference", draft.split("/")[1])
    second.page.fill("#id_email", ADDRESS)
    second.follow(second.page.locator("main form button"))
    second.page.fill("#id_code", browsing.last_code(ADDRESS))
    second.follow(second.page.locator("main form button"))
    assert second.page.url.endswith("/tasks/")
    assert "cannot start yet" in second.page.content()
    fill_in(second, draft, "contact", contact_name="Kim Canary")
    send(second, draft)
    assert second.page.url.endswith("/confirmation/")
    assert draft.split("/")[1] in second.page.inner_text(".panel")
    assert first.faults + second.faults == []


def test_the_pages_read_from_right_to_left_in_arabic(site, chrome):
    at = device(chrome, site, scripts=True)
    draft = begin(at)
    for part in ("", *(f"{part}/" for part in ANSWERS)):
        at.go(f"/ar/{draft}/tasks/{part}")
        assert at.page.get_attribute("html", "dir") == "rtl"
    at.go(f"/ar/{draft}/check/")
    assert at.faults == []
