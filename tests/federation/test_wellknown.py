"""The pages that every site has: privacy, accessibility, robots, security contact, sitemap."""

import datetime
import re
from xml.etree import ElementTree

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from directory.models import Organisation
from federation import sitemaps
from tests import make

pytestmark = pytest.mark.django_db
SPACES = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def entries(client, url):
    """Each address of the map, with its alternates by language."""
    tree = ElementTree.fromstring(client.get(url).content)  # noqa: S314 - our own page
    return {
        entry.find("m:loc", SPACES).text: {
            link.get("hreflang"): link.get("href") for link in entry.findall("x:link", SPACES)
        }
        for entry in tree
    }


@pytest.mark.parametrize("page", ["privacy", "accessibility"])
def test_the_page_names_the_contact_if_there_is_one(client, settings, page):
    assert "mailto:" not in client.get(reverse(page)).content.decode()
    settings.SECURITY_CONTACT = "security@example.org"
    assert 'href="mailto:security@example.org"' in client.get(reverse(page)).content.decode()


def test_a_contact_may_be_a_page(client, settings):
    settings.SECURITY_CONTACT = "https://example.org/security"
    assert 'href="https://example.org/security"' in client.get("/privacy/").content.decode()


def test_the_privacy_page_says_what_the_settings_do(client, settings):
    page = client.get("/privacy/").content.decode()
    assert "after half an hour without use, and after twelve hours" in page
    assert (settings.SESSION_IDLE_AGE, settings.SESSION_COOKIE_AGE) == (30 * 60, 12 * 60 * 60)
    assert (settings.SESSION_EXPIRE_AT_BROWSER_CLOSE, settings.CSRF_COOKIE_AGE) == (True, None)


def test_robots_are_kept_from_everything_that_is_somebodys(client):
    text = client.get("/robots.txt").content.decode()
    closed = set(re.findall(r"Disallow: (\S+)", text))
    ways = ("/accounts/", "/admin/", "/applications/", "/coordination/", "/me/", "/requests/")
    assert set(ways) <= closed
    assert "Sitemap: http://localhost:8000/sitemap.xml" in text
    assert not [way for way in closed if way in ("/", "/organisations/", "/federations/")]


def test_the_security_contact_has_a_term_that_moves_on(client, settings):
    settings.SECURITY_CONTACT = "security@example.org"
    with time_machine.travel(datetime.datetime(2026, 3, 1, 13, 14, tzinfo=datetime.UTC)):
        response = client.get("/.well-known/security.txt")
    assert response.content.decode() == (
        "Contact: mailto:security@example.org\n"
        "Expires: 2026-08-28T00:00:00Z\n"
        "Preferred-Languages: en, es, fr, de, pt, it, pl, ru, ar, tr\n"
        "Canonical: http://localhost:8000/.well-known/security.txt\n"
    )
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_without_a_contact_there_is_no_such_file(client):
    assert client.get("/.well-known/security.txt").status_code == 404


def test_the_map_names_each_page_in_each_language(client, iwa):
    found = entries(client, "/sitemap-federations.xml")
    english, spanish = (f"http://testserver{way}/federations/iwa/" for way in ("", "/es"))
    others = [code for code, _name in settings.LANGUAGES if code not in ("en", "es")]
    elsewhere = {f"http://testserver/{code}/federations/iwa/" for code in others}
    assert set(found) == {english, spanish} | elsewhere
    assert found[english] == found[spanish]
    assert found[english]["x-default"] == found[english]["en"] == english
    assert found[english]["es"] == spanish


def test_the_map_has_what_is_listed_and_nothing_else(client, local):
    for visibility in set(Organisation.Visibility.values) - {local.visibility}:
        make.organisation(f"Canary {visibility}", visibility=visibility)
    listed = {row.get_absolute_url() for row in Organisation.objects.listed()}
    found = entries(client, "/sitemap-organisations.xml")
    english = {link["en"].removeprefix("http://testserver") for link in found.values()}
    assert english == listed
    assert len(english) < Organisation.objects.count()


def test_every_address_of_the_map_can_be_opened(client, local):
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own page
    maps = [entry.find("m:loc", SPACES).text for entry in index]
    pages = [page for url in maps for page in entries(client, url)]
    assert len(pages) == len(settings.LANGUAGES) * (5 + 1 + 1)
    assert {client.get(page).status_code for page in pages} == {200}


def test_a_long_map_is_cut_into_files(client, monkeypatch):
    monkeypatch.setattr(sitemaps.Translated, "limit", 2)
    for number in range(5):
        make.organisation(f"Local {number}")
    index = client.get("/sitemap.xml").content.decode()
    files = re.findall(r"<loc>http://testserver(/sitemap-organisations.xml[^<]*)</loc>", index)
    assert [file.partition("?")[2] for file in files] == ["", "p=2", "p=3"]
    assert [len(entries(client, file)) for file in files] == [20, 20, 10]


@pytest.mark.parametrize("page", ["0", "2", "x", "1e99", "-1"])
def test_a_file_that_the_map_has_not_is_a_404(client, local, page):
    assert client.get(f"/sitemap-organisations.xml?p={page}").status_code == 404


def test_one_file_asks_the_database_the_same_however_many_stand_in_it(
    client, local, django_assert_num_queries
):
    with django_assert_num_queries(2):
        client.get("/sitemap-organisations.xml")
    make.organisation("Another")
    make.organisation("And another")
    with django_assert_num_queries(2):
        client.get("/sitemap-organisations.xml")
