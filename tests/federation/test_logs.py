"""Log lines have the number of their request, and nothing of a person."""

import logging

import pytest
from django.test import Client

from federation.logs import Line, scrub

CANARIES = ["Canary", "kim@example.org", "203.0.113.7", "2001:db8", "secret-word"]


@pytest.fixture
def lines(caplog):
    """What the log has, as it is written out."""
    formatter = next(
        handler.formatter
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, Line)
    )
    return lambda: "\n".join(formatter.format(record) for record in caplog.records)


@pytest.mark.django_db
@pytest.mark.urls("tests.federation.broken_urls")
@pytest.mark.parametrize("url", ["/nothing", "/forbidden/", "/no-database/", "/accounts/logout/"])
def test_a_refused_request_leaves_its_address_and_number_alone(lines, url):
    client = Client(raise_request_exception=False, headers={"user-agent": "Canary"})
    response = client.get(f"{url}?q=Canary&mail=kim@example.org", REMOTE_ADDR="203.0.113.7")
    client.post(url, {"name": "Kim Canary", "email": "kim@example.org", "code": "secret-word"})
    assert response.headers["X-Request-ID"] in lines()
    assert [canary for canary in CANARIES if canary in lines()] == []


@pytest.mark.django_db
@pytest.mark.urls("tests.federation.broken_urls")
def test_a_fault_leaves_a_traceback_without_addresses(lines):
    client = Client(raise_request_exception=False)
    response = client.post("/fails/", {"email": "kim@example.org"}, REMOTE_ADDR="203.0.113.7")
    assert "Traceback" in lines()
    assert response.headers["X-Request-ID"] in lines()
    assert not [canary for canary in CANARIES[1:] if canary in lines()]


@pytest.mark.django_db
def test_a_failed_sign_in_leaves_no_address(lines):
    Client().post("/accounts/login/", {"login": "kim@example.org", "password": "secret-word"})
    assert not [canary for canary in CANARIES if canary in lines()]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("letter to Kim <kim@example.org> failed", "letter to Kim <█> failed"),
        ("('kim.o+x@ex-ample.org',)", "('█',)"),
        ("GET /organisations/?q=Kim%20C&on=2020 HTTP/1.1", "GET /organisations/?█ HTTP/1.1"),
        ("from ip=203.0.113.7: bad", "from ip=█: bad"),
        ("from [2001:db8::7] and ::1", "from [█] and █"),
        ("fe80:0:0:0:1:2:3:4 said", "█ said"),
        (
            "/es/accounts/password/reset/key/MzQ/abc-123/ gone",
            "/es/accounts/password/reset/key/█ gone",
        ),
        (
            "2026-11-21 22:09:44,337 INFO letter 7f3a::",
            "2026-11-21 22:09:44,337 INFO letter 7f3a::",
        ),
    ],
)
def test_addresses_and_questions_are_blackened(text, kept):
    assert scrub(text) == kept


def test_the_server_writes_its_lines_in_the_same_way(settings):
    for name in ("gunicorn.error", "gunicorn.access"):
        assert settings.LOGGING["loggers"][name] == {"handlers": ["console"], "propagate": False}
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "line"
