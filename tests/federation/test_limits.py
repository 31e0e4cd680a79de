"""Allowances hold, with any number at once."""

import datetime

import pytest
import time_machine

from federation.caching import cache_key
from federation.limits import spend
from federation.models import Bucket
from tests.race import together

HOUR = datetime.timedelta(hours=1)


@pytest.mark.django_db
def test_an_allowance_is_used_up():
    assert [spend("test", "kim", amount=3, per=HOUR) for _try in range(5)] == [True] * 3 + [
        False
    ] * 2


@pytest.mark.django_db
def test_an_allowance_refills_evenly():
    with time_machine.travel("2026-03-01 12:00", tick=False) as clock:
        for _try in range(3):
            spend("test", "kim", amount=3, per=HOUR)
        clock.shift(19 * 60)
        assert not spend("test", "kim", amount=3, per=HOUR)
        clock.shift(60)
        assert spend("test", "kim", amount=3, per=HOUR)
        assert not spend("test", "kim", amount=3, per=HOUR)


@pytest.mark.django_db
def test_trying_in_vain_does_not_make_the_wait_longer():
    with time_machine.travel("2026-03-01 12:00", tick=False) as clock:
        spend("test", "kim", amount=1, per=HOUR)
        for _try in range(6):
            clock.shift(9 * 60)
            assert not spend("test", "kim", amount=1, per=HOUR)
        clock.shift(6 * 60)
        assert spend("test", "kim", amount=1, per=HOUR)


@pytest.mark.django_db
def test_a_clock_set_back_gives_nothing_away():
    with time_machine.travel("2026-03-01 12:00", tick=False) as clock:
        assert spend("test", "kim", amount=1, per=HOUR)
        clock.shift(-2 * 60 * 60)
        assert not spend("test", "kim", amount=1, per=HOUR)


@pytest.mark.django_db
def test_allowances_of_others_and_for_other_things_are_apart():
    assert spend("test", "kim", amount=1, per=HOUR)
    assert spend("test", "ola", amount=1, per=HOUR)
    assert spend("other", "kim", amount=1, per=HOUR)
    assert not spend("test", " KIM ", amount=1, per=HOUR)


@pytest.mark.django_db
def test_whose_allowance_it_is_stands_nowhere():
    spend("test", "kim@example.org", amount=1, per=HOUR)
    key = Bucket.objects.get().key
    assert len(key) == 64
    assert "kim" not in key


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_ten_pass():
    passed = together(50, lambda _number: spend("test", "kim", amount=10, per=HOUR))
    assert sorted(passed) == [False] * 40 + [True] * 10


def test_keys_of_the_cache_are_fingerprints():
    key = cache_key("allauth:rl:login:ip:203.0.113.7", "", 1)
    assert len(key) == 64
    assert key == cache_key("allauth:rl:login:ip:203.0.113.7", "", 1)
    assert key != cache_key("allauth:rl:login:ip:203.0.113.8", "", 1)
