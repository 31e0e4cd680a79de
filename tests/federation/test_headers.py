"""What every answer tells the browser, cookies, and error pages."""

import pytest
from django.test import Client

from tests import make
from tests.conftest import signed_in
from tests.federation.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.federation.broken_urls")]

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
# Each way an answer comes about: method, address, status.
ROUTES = [
    ("get", "/", 200),
    ("get", "/es/", 200),
    ("get", "/ar/privacy/", 200),
    ("get", "/accessibility/", 200),
    ("get", "/organisations/", 200),
    ("get", "/federations/", 200),
    ("get", "/organisations/nobody/", 404),
    ("get", "/accounts/login/", 200),
    ("get", "/accounts/password/reset/", 200),
    ("get", "/accounts/password/reset/sent/", 200),
    ("get", "/accounts/password/reset/key/x/y/", 200),
    ("get", "/accounts/", 302),
    ("get", "/accounts/logout/", 405),
    ("post", "/accounts/logout/", 302),
    ("get", "/healthz", 200),
    ("post", "/healthz", 405),
    ("get", "/readyz", 200),
    ("get", "/robots.txt", 200),
    ("get", "/.well-known/security.txt", 404),
    ("get", "/sitemap.xml", 200),
    ("get", "/sitemap-pages.xml", 200),
    ("get", "/sitemap-none.xml", 404),
    ("get", "/nothing", 404),
    ("get", "/forbidden/", 403),
    ("get", "/fails/", 500),
    ("get", "/no-database/", 503),
    ("get", "/static/federation/site.css", 200),
    ("get", "/static/federation/nothing.css", 404),
    ("head", "/", 200),
    ("options", "/healthz", 405),
]


@pytest.fixture
def browser():
    return Client(raise_request_exception=False)


def assert_guarded(response):
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    policy = response.headers["Content-Security-Policy"]
    assert {part.strip() for part in policy.split(";")} == POLICY
    assert len(response.headers["X-Request-ID"]) == 16
    assert "Server" not in response.headers
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(("method", "url", "status"), ROUTES)
def test_every_answer_has_the_headers(browser, method, url, status):
    response = getattr(browser, method)(url)
    response.close()
    assert response.status_code == status
    assert_guarded(response)


@pytest.mark.parametrize(("method", "url", "status"), ROUTES)
def test_who_only_reads_gets_no_cookie(browser, method, url, status):
    response = getattr(browser, method)(url)
    response.close()
    has_form = url in ("/accounts/login/", "/accounts/password/reset/")
    assert set(response.cookies) == ({"csrf"} if has_form else set())


@pytest.mark.parametrize("url", ["/api/v1/federations/", "/api/v1/nothing/", "/organisations.csv"])
def test_public_data_may_be_read_by_pages_of_others(browser, url):
    response = browser.get(url)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies


def test_a_refused_host_and_a_forged_form_have_the_headers_too(browser, settings):
    settings.SECURE_SSL_REDIRECT = True
    response = browser.get("/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert_guarded(response)
    settings.SECURE_SSL_REDIRECT = False
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert response.status_code == 403
    assert_guarded(response)


def test_a_form_of_more_than_a_megabyte_is_refused(browser):
    response = browser.post("/accounts/login/", {"login": "x" * 1_100_000})
    assert response.status_code == 413
    assert_guarded(response)


def test_too_many_requests_have_the_headers_too(browser):
    answers = [browser.post("/accounts/login/", {}) for _number in range(31)]
    assert answers[-1].status_code == 429
    assert_guarded(answers[-1])


@pytest.mark.parametrize("url", ["/", "/nothing", "/fails/", "/static/federation/site.css"])
def test_over_tls_browsers_are_told_to_stay_there(browser, settings, url):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    secure = Client(raise_request_exception=False).get(url, secure=True)
    secure.close()
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_pages_for_somebody_are_kept_in_no_cache(coordinator):
    client = signed_in(coordinator)
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert client.get("/accounts/").headers["Cache-Control"] == "no-store"
    style = client.get("/static/federation/site.css")
    style.close()
    assert "no-store" not in style.headers["Cache-Control"]


def test_pages_for_everybody_do_not_vary_by_cookie_without_need(browser):
    response = browser.get("/robots.txt")
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "no-store" not in response.headers.get("Cache-Control", "")


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(db):
    make.user("person@example.org")
    client, response = sign_in("person@example.org")
    cookies = response.cookies | client.get("/accounts/password/change/").cookies
    assert {name: (c["httponly"], c["samesite"], c["max-age"]) for name, c in cookies.items()} == {
        "session": (True, "Lax", ""),
        "csrf": (True, "Lax", ""),
    }


@pytest.mark.parametrize(
    ("url", "status"),
    [("/fails/", 500), ("/no-database/", 503), ("/no-connection/", 503), ("/forbidden/", 403)],
)
def test_an_error_page_tells_nothing_of_the_error(browser, url, status):
    response = browser.get(url)
    assert (response.status_code, response.headers["Content-Type"][:9]) == (status, "text/html")
    assert b"Register of Unions" in response.content
    for secret in (b"Canary", b"Traceback", b"refused", b"closed"):
        assert secret not in response.content


def test_a_fault_of_ours_shows_the_number_it_has_in_the_log(browser, capsys):
    response = browser.get("/fails/")
    number = response.headers["X-Request-ID"]
    assert number.encode() in response.content


def test_without_a_database_it_is_said_when_to_try_again(browser):
    assert browser.get("/no-database/").headers["Retry-After"] == "60"


@pytest.mark.parametrize(("url", "status"), [("/api/fails/", 500), ("/api/no-database/", 503)])
def test_the_api_gets_its_errors_as_problems(browser, url, status):
    response = browser.get(url)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert b"Canary" not in response.content
