"""The pages in a real browser: axe finds nothing, no policy is violated, no other host is asked."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase, override_settings
from django.utils import translation
from playwright.sync_api import Browser, Page, sync_playwright

from federation.demo.build import build
from federation.demo.people import LOGINS
from federation.models import User
from membership.models import AffiliationRequest, MembershipApplication
from tests.conftest import signed_in
from tests.environment import chromium
from tests.server import serving

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parent / "vendor/axe-core-4.14.1/axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
RULES |= {"resultTypes": ["violations"]}  # of what is well, no lists
WATCH = """
    window.violations = [];
    document.addEventListener('securitypolicyviolation', event => window.violations.push(
        event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile));
"""
PUBLIC = [
    "/", "/organisations/", "/organisations/?q=orestad&federation=iwa",
    "/organisations/?on=31-12-2020",
    "/organisations/orestad-local-organization/", "/federations/", "/federations/iwa/",
    "/federations/lantern/", "/federations/asi/affiliate/", "/federations/asi/affiliate/form/",
    "/join/", "/join/?federation=asi", "/organisations/workers-solidarity-alliance/join/",
    "/requests/", "/applications/", "/accounts/login/", "/accounts/password/reset/", "/privacy/",
    "/accessibility/", "/api/docs/", "/nowhere/", "/organisations/map/",
    "/organisations/map/?region=europe", "/organisations/?sort=country&region=europe",
    "/federations/lantern/roll/", "/embed/federations/lantern/", "/embed/federations/lantern/map/",
    "/organisations/workers-solidarity-alliance/report/",
    "/organisations/workers-solidarity-alliance/claim/",
]  # fmt: skip
DESK = [
    "/coordination/", "/coordination/?state=all", "/coordination/organisations/", "/admin/",
    "/accounts/",
    "/coordination/meetings/", "/coordination/decisions/", "/coordination/procedures/",
    "/coordination/proceedings/", "/coordination/consultations/", "/coordination/letters/",
    "/coordination/tokens/",
]  # fmt: skip
PANEL = [
    "/admin/directory/organisation/", "/admin/directory/affiliation/",
    "/admin/directory/affiliation/add/",
    "/admin/federation/status/", "/admin/federation/auditevent/",
]  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
LOOKS = {
    "desktop, light": ("", DESKTOP, "light"),
    "telephone, dark": ("", PHONE, "dark"),
    "telephone, Arabic": ("/ar", PHONE, "light"),
    "desktop, Spanish, dark": ("/es", DESKTOP, "dark"),
}


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration's data, without what only a demonstration may do.

    It is built once: the tests here only look at it, and none of them ends by emptying tables.
    """
    with django_db_blocker.unblock():
        with override_settings(DEBUG=True), translation.override("en"):
            build()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: None)
            yield
        call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


@pytest.fixture(scope="module")
def site(demonstration: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        yield running
        running.close()


@dataclass
class Visit:
    """Who opens which pages. Made before the browser runs: beside it the database is left alone."""

    cookie: str
    paths: list[str]


def visit_of(word: str, paths: Callable[[User], list[str]]) -> Visit:
    """Of the demonstration's account whose address begins with the word."""
    address = next(login.email for login in LOGINS if login.email.startswith(word))
    person = User.objects.get_by_natural_key(address)
    cookie = signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
    return Visit(cookie, paths(person))


@pytest.fixture(scope="module")
def coordinator(demonstration: None) -> Visit:
    def paths(person: User) -> list[str]:
        request = AffiliationRequest.objects.managed_by(person).waiting().first()
        desk = f"/coordination/requests/{request.reference}/"
        return [*DESK, *PANEL, desk, f"{desk}accept/", f"{desk}decline/"]

    return visit_of("lantern-coordinator", paths)


@pytest.fixture(scope="module")
def secretary(demonstration: None) -> Visit:
    def paths(person: User) -> list[str]:
        application = MembershipApplication.objects.managed_by(person).waiting().first()
        desk = f"/coordination/applications/{application.reference}/"
        return ["/coordination/applications/", desk, f"{desk}accept/", "/admin/membership/member/"]

    return visit_of("wsa-secretary", paths)


def open_as(browser: Browser, site: str, look: str, cookie: str = "") -> Page:
    _prefix, size, scheme = LOOKS[look]
    context = browser.new_context(viewport=size, color_scheme=scheme, base_url=site)
    if cookie:
        known = {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}
        context.add_cookies([known])
    context.add_init_script(WATCH)
    return context.new_page()


def faults(page: Page, site: str, path: str) -> list[str]:
    """What is wrong with a page: rules of accessibility or policy, foreign hosts, overflow."""
    foreign: list[str] = []
    page.on(
        "request", lambda ask: foreign.append(ask.url) if not ask.url.startswith(site) else None
    )
    page.goto(path)
    found = [f"asks {url}" for url in foreign if not url.startswith(("data:", "blob:"))]
    found += page.evaluate("window.violations")
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    found += [f"{wide} px too wide"] if wide > 0 else []
    # The policy of the page forbids foreign code, so the tool comes in past the page.
    page.evaluate(AXE)
    broken = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    found += [f"{rule['id']}: {rule['nodes'][0]['html'][:150]}" for rule in broken]
    return [f"{path}: {fault}" for fault in found]


def assert_faultless(page: Page, site: str, paths: list[str]) -> None:
    found = [fault for path in paths for fault in faults(page, site, path)]
    page.context.close()
    assert not found, "\n" + "\n".join(found)


def looks() -> list[str]:
    """Half of them with each database, so that the two runs have seen every page in every look.

    What a page looks like does not hang on the database, and a browser takes its time.
    """
    return list(LOOKS)[::2] if connection.vendor == "sqlite" else list(LOOKS)[1::2]


def test_public_pages_are_accessible_and_keep_to_themselves(site, browser):
    for look in looks():
        prefix = LOOKS[look][0]
        paths = [path if path.startswith("/api/") else f"{prefix}{path}" for path in PUBLIC]
        assert_faultless(open_as(browser, site, look), site, paths)


def test_the_pages_of_those_who_hold_an_office_are_too(coordinator, secretary, site, browser):
    look = looks()[0]
    for visit in (coordinator, secretary):
        assert_faultless(open_as(browser, site, look, visit.cookie), site, visit.paths)
