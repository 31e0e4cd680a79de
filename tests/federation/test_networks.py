"""Whose an allowance is: what a visitor writes into headers does not count."""

import pytest
from django.test import RequestFactory

from federation.limits import client_ip, client_network


def address(remote: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_ip(RequestFactory().get("/", REMOTE_ADDR=remote, **headers))


def test_without_a_proxy_of_ours_the_header_counts_for_nothing(settings):
    settings.TRUSTED_PROXIES = 0
    assert address("192.0.2.1", "203.0.113.9") == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 192.0.2.7", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9:4444", "203.0.113.9"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "nonsense", ""),
        (1, None, "192.0.2.1"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    assert address("192.0.2.1", forwarded) == expected


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_a_household_shares_one_network(settings, remote, network):
    settings.TRUSTED_PROXIES = 0
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=remote)) == network
