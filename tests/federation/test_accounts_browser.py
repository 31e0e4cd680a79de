"""Signing in with a real browser, which sends what browsers send and obeys the policy."""

import os

import pytest
from playwright.sync_api import sync_playwright

from tests import make
from tests.environment import chromium
from tests.federation.signing_in import code_of_app
from tests.server import serving

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(settings, tmp_path):
    # The server has no fast hasher. All is written before the browser runs: beside its event
    # loop Django would open a second connection to the database, and leave it open.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    make.coordinator(make.federation("iwa"))
    with serving(tmp_path) as address:
        yield address


@pytest.fixture
def page(site):
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        page = browser.new_page(base_url=site)
        page.complaints = []
        page.on("console", lambda said: said.type == "error" and page.complaints.append(said.text))
        yield page
        browser.close()


def send(page, button="main form button[type=submit]", **fields):
    for name, value in fields.items():
        page.fill(f"#id_{name}", value)
    with page.expect_navigation(wait_until="networkidle"):
        page.click(button)


def test_a_coordinator_sets_up_a_second_factor_signs_out_and_in(site, page):
    page.goto("/accounts/login/")
    send(page, login="coordinator@example.org", password=make.PASSWORD)
    assert page.url.endswith("/accounts/2fa/app/")
    assert page.evaluate("document.querySelector('main img').naturalWidth") > 0
    secret = page.inner_text("main code").replace(" ", "")

    send(page, code=code_of_app(secret))
    assert page.locator("main ol code").count() == 10
    send(page, "header button[type=submit]")
    assert page.context.cookies() == []

    page.goto("/accounts/login/")
    send(page, login="coordinator@example.org", password=make.PASSWORD)
    send(page, code=code_of_app(secret, 1))
    assert page.url == f"{site}/"
    assert page.complaints == []
