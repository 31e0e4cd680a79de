"""The code that is mailed: once, for an hour, for one address and one reference."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from federation.models import Letter
from membership.entrance import codes
from tests import make
from tests.browsing import last_code


@pytest.fixture
def request_(iwa):
    return make.request(iwa)


def later(**time):
    return time_machine.travel(timezone.now() + datetime.timedelta(**time))


def test_a_right_code_is_good_once(request_):
    codes.send_code(request_)
    code = last_code("group@example.org")
    assert codes.use_code(request_, f" {code[:3]} {code[3:]} ")
    assert not codes.use_code(request_, code)


def test_a_code_ends_after_an_hour(request_):
    codes.send_code(request_)
    with later(minutes=61):
        assert not codes.use_code(request_, last_code("group@example.org"))


def test_after_five_wrong_tries_the_right_code_is_refused_too(request_):
    codes.send_code(request_)
    code = last_code("group@example.org")
    wrong = "000000" if code != "000000" else "111111"
    assert not any(codes.use_code(request_, wrong) for _try in range(5))
    assert not codes.use_code(request_, code)


def test_a_new_code_makes_the_one_before_void(request_):
    codes.send_code(request_)
    first = last_code("group@example.org")
    with later(minutes=2):
        codes.send_code(request_)
        assert codes.use_code(request_, first) == (first == last_code("group@example.org"))


def test_a_code_for_another_request_is_refused(iwa, request_):
    other = make.request(iwa, email="other@example.org")
    codes.send_code(request_)
    codes.send_code(other)
    assert not codes.use_code(other, last_code("group@example.org"))


def test_a_code_sent_to_one_address_does_not_confirm_another(request_):
    codes.send_code(request_)
    request_.refresh_from_db()
    request_.email = "somebody-else@example.org"
    request_.save()
    assert not codes.use_code(request_, last_code("group@example.org"))


def test_the_code_is_stored_nowhere_in_clear(request_):
    codes.send_code(request_)
    request_.refresh_from_db()
    assert last_code("group@example.org") not in request_.code_hash
    assert len(request_.code_hash) == 64


def test_an_address_gets_five_codes_an_hour_and_then_others_as_time_passes(request_):
    assert [codes.send_code(request_) for _mail in range(6)] == [True] * 5 + [False]
    with later(minutes=13):
        assert codes.send_code(request_)


def test_seeming_to_send_leaves_no_letter(db):
    codes.seem_to_send("nobody@example.org", "en")
    assert not Letter.objects.exists()
