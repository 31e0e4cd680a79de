"""A federation's list and map in the frames of other sites."""

import functools
import http.server
import threading

import pytest
from django.test import Client
from playwright.sync_api import sync_playwright

from tests import make
from tests.conftest import signed_in
from tests.environment import chromium
from tests.server import serving

LIST, MAP = "/embed/federations/iwa/", "/embed/federations/iwa/map/"
POLICY = {
    "default-src 'none'", "script-src 'none'", "connect-src 'none'", "font-src 'none'",
    "img-src 'self'", "style-src 'self'", "form-action 'none'", "base-uri 'none'",
    "frame-ancestors *",
}  # fmt: skip


def policy(response):
    return {part.strip() for part in response.headers["Content-Security-Policy"].split(";")}


@pytest.mark.parametrize("url", [LIST, MAP, f"/ar{LIST}", f"/es{MAP}"])
def test_it_may_stand_in_any_frame_and_do_nothing_there(local, visitor, url):
    response = visitor.get(url)
    page = response.content.decode()
    assert response.status_code == 200
    assert policy(response) == POLICY
    assert "X-Frame-Options" not in response.headers
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not response.cookies
    assert "<script" not in page
    assert "<form" not in page
    assert '<base target="_top">' in page
    assert ("Örestad Local" in page) or "country=SE" in page


@pytest.mark.parametrize(
    ("url", "status"),
    [("/", 200), ("/federations/iwa/", 200), ("/embed/federations/nobody/", 404)],
)
def test_all_else_refuses_to_be_framed(local, visitor, url, status):
    response = visitor.get(url)
    assert response.status_code == status
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in policy(response)


@pytest.mark.parametrize("url", [LIST, MAP])
def test_a_page_that_was_not_changed_is_not_locked_up_by_its_second_answer(local, visitor, url):
    first = visitor.get(url)
    known = {"headers": {"If-None-Match": first.headers.get("ETag", '"none"')}}
    second = visitor.get(url, **known)
    assert "X-Frame-Options" not in second.headers
    assert "frame-ancestors 'none'" not in policy(second)


def test_who_is_signed_in_sees_what_everybody_sees(iwa, local, coordinator):
    hidden = make.status(iwa, "observer", slug="quiet", is_listed_publicly=False)
    quiet = make.organisation("Quiet Union", "FR")
    make.affiliation(quiet, iwa, kind=hidden.slug)
    for url in (LIST, MAP):
        assert signed_in(coordinator).get(url).content == Client().get(url).content
        assert b"Quiet" not in signed_in(coordinator).get(url).content


def test_it_takes_no_parameters(local, visitor):
    for url in (LIST, MAP):
        response = visitor.get(f"{url}?status=section")
        assert response.status_code == 400
        assert policy(response) == POLICY
        assert "Örestad" not in response.content.decode()


def test_the_map_shows_this_federation_alone(iwa, asi, local, visitor):
    make.affiliation(make.organisation("Other", "FR"), asi)
    page = visitor.get(MAP).content.decode()
    assert "/organisations/?federation=iwa&amp;country=SE" in page
    assert 'target="_top"' in page
    assert "country=FR" not in page


def test_a_long_list_ends_with_a_way_to_the_rest(iwa, visitor, monkeypatch):
    monkeypatch.setattr("directory.views.federations.IN_A_GROUP", 2)
    for number in range(3):
        make.affiliation(make.organisation(f"Union {number}", "SE"), iwa)
    page = visitor.get(LIST).content.decode()
    assert "Union 1" in page
    assert "Union 2" not in page
    assert "/organisations/?federation=iwa&amp;status=section" in page


@pytest.fixture
def elsewhere(tmp_path):
    """Another site, whose page is written by the test."""
    (tmp_path / "other").mkdir()
    files = functools.partial(
        http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "other")
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path / "other" / "index.html", f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_another_site_frames_the_embeds_and_nothing_else(local, elsewhere, tmp_path, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    page, address = elsewhere
    with serving(tmp_path) as site, sync_playwright() as playwright:
        framed = [f"{site}{path}" for path in (LIST, MAP, "/federations/iwa/")]
        page.write_text("".join(f'<iframe src="{url}"></iframe>' for url in framed))
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(address, wait_until="networkidle")
        shown = {frame.url: frame.locator("h1").count() for frame in tab.frames[1:]}
        assert [shown.get(url, 0) for url in framed] == [1, 1, 0]
        tab.frames[1].locator(".rows a").first.click()
        tab.wait_for_url(f"{site}/organisations/orestad-local/")
        tab.goto(address, wait_until="networkidle")
        tab.frames[2].locator(".map__country").first.press("Enter")
        tab.wait_for_url(f"{site}/organisations/?federation=iwa&country=SE")
        browser.close()
