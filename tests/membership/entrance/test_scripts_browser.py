"""What scripts add to forms, in a real browser under the real policy."""

import hashlib
import os

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import sync_playwright

from membership.entrance.sessions import place_of
from membership.requests import workflow
from tests import make
from tests.conftest import signed_in
from tests.environment import chromium
from tests.server import serving

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(iwa):
    return make.request(iwa)


@pytest.fixture
def cookies(draft, coordinator):
    """Of a visitor who made the draft, and of the coordinator."""
    visitor = Client()
    session = visitor.session
    session["drafts"] = [place_of(type(draft), draft.reference)]
    session.save()
    name = settings.SESSION_COOKIE_NAME
    return [client.cookies[name].value for client in (visitor, signed_in(coordinator))]


@pytest.fixture
def site(cookies, tmp_path):
    with serving(tmp_path) as address:
        yield address


@pytest.fixture
def opened(site):
    """Opens a page with a session; what the browser complains about is gathered in `complaints`."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)

        def open_page(path, cookie, before=""):
            context = browser.new_context(base_url=site)
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}]
            )
            page = context.new_page()
            page.complaints = []
            page.on("console", lambda said: page.complaints.append(said.text))
            page.add_init_script(before)
            page.goto(path)
            return page

        yield open_page
        browser.close()


def solved(page):
    """Whether the script writes into the form what solves the challenge that stands there."""
    field = page.locator("input[name=proof]")
    for _look in range(300):
        if field.input_value():
            break
        page.wait_for_timeout(100)
    signed, number = field.input_value().split(" ")
    salt, digest = field.get_attribute("data-salt"), field.get_attribute("data-digest")
    assert signed == field.get_attribute("data-challenge")
    return hashlib.sha256(f"{salt}.{number}".encode()).hexdigest() == digest


def walk_by_keys(page):
    """Down and up the list of the desk, a row is marked, another opened."""
    links = page.locator("[data-keys] tbody th a")
    addresses = [link.get_attribute("href") for link in links.all()]

    def press(key):
        page.keyboard.press(key)
        return page.evaluate("document.activeElement.getAttribute('href')")

    assert len(addresses) == 2
    page.locator("#id_state").focus()
    assert press("j") is None  # outside of the list they are letters
    links.first.focus()
    assert [press(key) for key in "jjkk"] == [addresses[at] for at in (1, 1, 0, 0)]
    press("x")
    assert [box.is_checked() for box in page.locator("tbody [type=checkbox]").all()] == [1, 0]
    press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(addresses[1])


def test_scripts_work_out_the_sum_show_the_letter_and_walk_the_list(opened, draft, iwa, cookies):
    visitor, coordinator = cookies
    for before in ("", "delete window.Worker"):
        page = opened(f"/requests/{draft.reference}/check/", visitor, before)
        assert solved(page)
        assert page.complaints == []

    page = opened("/coordination/letters/iwa/accepted/en/", coordinator)
    page.fill("#id_subject", "Now: {reference}")
    page.wait_for_selector("#preview >> text=Now: 4K7P-29WX")
    page.fill("#id_body", "no {nonsense}")
    page.wait_for_selector("#preview >> text=when what stands above")
    assert page.input_value("#id_subject") == "Now: {reference}"
    assert page.complaints == []

    for number in (1, 2):
        asked = make.request(iwa, email=f"{number}@example.org", name=f"Group {number}")
        workflow.submit_request(asked)
    page = opened("/coordination/", coordinator)
    walk_by_keys(page)
    assert page.complaints == []
