"""The pictures of the README, taken from a running demonstration."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.environment import chromium  # noqa: E402  the root is known only now

FOLDER = ROOT / "docs" / "screenshots"
DESKTOP = {"width": 1200, "height": 860}
PHONE = {"width": 390, "height": 860}
# Name, path, size, scheme, whether the coordinator of the invented federation is signed in.
PICTURES = [
    ("list-light", "/organisations/?federation=lantern", DESKTOP, "light", False),
    (
        "organisation-dark",
        "/organisations/zwiazek-latarnikow-wyobrazonych/",
        DESKTOP,
        "dark",
        False,
    ),
    ("home-light", "/", DESKTOP, "light", False),
    ("map-dark", "/organisations/map/", DESKTOP, "dark", False),
    ("federation-light", "/federations/lantern/#growth", DESKTOP, "light", False),
    ("desk-dark", "/coordination/", DESKTOP, "dark", True),
    ("request-phone-light", "/federations/lantern/affiliate/", PHONE, "light", False),
    ("list-phone-arabic-dark", "/ar/organisations/?federation=lantern", PHONE, "dark", False),
]


def take(browser: Browser, site: str, picture: tuple[str, str, dict[str, int], str, bool]) -> None:
    name, path, size, scheme, signs_in = picture
    context = browser.new_context(viewport=size, color_scheme=scheme, base_url=site)
    page = context.new_page()
    if signs_in:
        sign_in(page)
    page.goto(path)
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def sign_in(page: Page) -> None:
    page.goto("/demo/")
    page.locator("form:has(input[value='lantern-coordinator@example.org']) button").click()


def main() -> None:
    site = (sys.argv[1:] or ["http://localhost:8000"])[0]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium(), args=sandbox)
        for picture in PICTURES:
            take(browser, site, picture)
        browser.close()


if __name__ == "__main__":
    main()
