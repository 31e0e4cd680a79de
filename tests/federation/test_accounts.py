"""Signing in and out, passwords, and what is kept of it."""

import re
import statistics
import time

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from federation.accounts import send_password_letter
from federation.models import AuditEvent, Letter, User
from tests import make
from tests.federation.signing_in import is_signed_in, link_in_letter, set_password, sign_in
from tests.race import together

NEW = "seven purple ladders sing"
ARGON = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.fixture
def person(db):
    return make.user("person@example.org")


def body(response):
    return re.sub(rb'(csrfmiddlewaretoken|login)" value="[^"]*"', b"", response.content)


def events(person):
    return list(AuditEvent.objects.filter(record=person.pk).values_list("action", "note", "actor"))


# --- in and out -----------------------------------------------------------------------------


def test_signing_in_needs_address_and_password(person):
    client, response = sign_in("Person@Example.org ")
    assert (response.status_code, response.url) == (302, "/")
    assert is_signed_in(client)
    assert events(person) == [("sign_in", "in", person.pk)]


def test_signing_in_gives_a_new_session_key(person):
    client = Client()
    session = client.session
    session["draft"] = "x"
    session.save()
    before = session.session_key
    client.post("/accounts/login/", {"login": person.email, "password": make.PASSWORD})
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_a_wrong_password_an_unknown_address_and_a_closed_account_look_the_same(person):
    make.user("closed@example.org", is_active=False)
    answers = [
        sign_in("person@example.org", "wrong horse battery staple")[1],
        sign_in("nobody@example.org")[1],
        sign_in("closed@example.org")[1],
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({body(answer) for answer in answers}) == 1
    assert not AuditEvent.objects.exists()


def test_an_unknown_address_takes_the_time_of_a_known_one(person, settings):
    settings.PASSWORD_HASHERS = ARGON
    settings.ACCOUNT_RATE_LIMITS = False
    person.set_password(make.PASSWORD)
    person.save()

    def seconds(email):
        start = time.perf_counter()
        sign_in(email, "wrong horse battery staple")
        return time.perf_counter() - start

    samples = [(seconds(person.email), seconds("nobody@example.org")) for _round in range(7)]
    known, unknown = (statistics.median(times) for times in zip(*samples, strict=True))
    # Without the work done for nothing it would be a tenth.
    assert 0.6 < unknown / known < 1.6


def test_after_five_wrong_passwords_the_right_one_is_refused_for_a_while(person):
    for attempt in range(5):
        # Another port in the host name is no other account.
        sign_in(person.email, "wrong horse", HTTP_HOST=f"testserver:{attempt + 1}")
    client, response = sign_in(person.email)
    assert b"Too many failed login attempts" in response.content
    assert not is_signed_in(client)
    with time_machine.travel(time.time() + 301):
        assert is_signed_in(sign_in(person.email)[0])


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_when_many_try_at_once():
    person = make.user("person@example.org")
    answers = together(20, lambda _number: sign_in(person.email, "wrong horse")[1].content)
    checked = [answer for answer in answers if b"you specified are not correct" in answer]
    assert len(checked) <= 5


def test_from_one_network_many_accounts_cannot_be_tried(db):
    for number in range(10):
        sign_in(f"guess{number}@example.org", "wrong horse")
    assert b"Too many failed login attempts" in sign_in("guess11@example.org")[1].content


@pytest.mark.parametrize("proxies", [0, 1, 2])
@pytest.mark.parametrize(
    "forged",
    ["198.51.100.{}", "198.51.100.{}, 198.51.100.{}", "", "nonsense {}", "[2001:db8::{}]:80"],
)
def test_a_forged_address_gains_no_tries(db, settings, proxies, forged):
    settings.TRUSTED_PROXIES = proxies
    ours = ["203.0.113.7", "203.0.113.8"][:proxies]  # what our own proxies append
    for attempt in range(11):
        chain = ", ".join([*filter(None, [forged.format(attempt, attempt)]), *ours])
        header = {"HTTP_X_FORWARDED_FOR": chain} if chain else {}
        _client, answer = sign_in(f"guess{attempt}@example.org", "wrong horse", **header)
    assert b"Too many failed login attempts" in answer.content


def test_thirty_forms_in_a_minute_are_answered_with_429(db):
    answers = [Client().post("/accounts/login/", {}) for _number in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].headers["Retry-After"] == "60"


def test_a_foreign_address_to_go_on_to_is_not_followed(person):
    client = Client()
    form = {"login": person.email, "password": make.PASSWORD, "next": "https://evil.example/"}
    assert client.post("/accounts/login/", form).url == "/"


def test_signing_out_ends_the_session_and_clears_the_browser(person):
    client, _response = sign_in(person.email)
    response = client.post("/accounts/logout/")
    assert response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response.cookies["session"]["max-age"] == 0
    assert not Session.objects.exists()
    assert events(person)[0] == ("sign_in", "out", person.pk)


def test_signing_out_by_a_link_is_refused(person):
    client, _response = sign_in(person.email)
    assert client.get("/accounts/logout/").status_code == 405
    assert is_signed_in(client)


@pytest.mark.parametrize("page", ["signup/", "email/", "inactive/", "password/set/", "social/"])
def test_what_we_do_not_offer_is_not_there(client, page):
    assert client.get(f"/accounts/{page}").status_code == 404


def test_scripts_get_the_page_like_everybody(client):
    assert (
        client.get("/accounts/login/", HTTP_ACCEPT="application/json")
        .headers["Content-Type"]
        .startswith("text/html")
    )


# --- sessions -------------------------------------------------------------------------------


def test_a_session_ends_after_half_an_hour_without_use(person):
    with time_machine.travel("2026-03-01 12:00", tick=False) as clock:
        client, _response = sign_in(person.email)
        for _visit in range(3):
            clock.shift(29 * 60)
            assert is_signed_in(client)
        clock.shift(31 * 60)
        assert not is_signed_in(client)


def test_a_session_ends_after_twelve_hours_of_use(person):
    with time_machine.travel("2026-03-01 12:00", tick=False) as clock:
        client, _response = sign_in(person.email)
        visits = []
        for _visit in range(25):
            clock.shift(29 * 60)
            visits.append(is_signed_in(client))
    assert visits == [True] * 24 + [False]


def test_a_made_up_session_cookie_makes_no_session(client, db):
    client.cookies["session"] = "a" * 32
    assert client.get("/accounts/login/").status_code == 200
    assert not Session.objects.exists()


def test_sessions_and_counted_tries_are_not_readable_in_the_database(person):
    sign_in(person.email)
    sign_in(person.email, "wrong horse", REMOTE_ADDR="203.0.113.7")
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        kept = str(cursor.fetchall())
        cursor.execute("SELECT cache_key, value FROM cache")
        kept += str(cursor.fetchall())
    assert "account_" not in kept
    assert "203.0.113" not in kept
    assert "example.org" not in kept


def test_a_session_copied_to_another_key_does_not_open(person):
    client, _response = sign_in(person.email)
    Session.objects.update(session_key="b" * 32)
    client.cookies["session"] = "b" * 32
    assert not is_signed_in(client)


def test_allauth_keeps_no_address(person):
    client, _response = sign_in(person.email)
    change = {"oldpassword": make.PASSWORD, "password1": NEW, "password2": NEW}
    client.post("/accounts/password/change/", change)
    Client().post("/accounts/password/reset/", {"email": person.email})
    client.post("/accounts/logout/")
    assert not EmailAddress.objects.exists()


# --- passwords ------------------------------------------------------------------------------


def test_changing_the_password_signs_out_everywhere_else(person):
    here, elsewhere = sign_in(person.email)[0], sign_in(person.email)[0]
    change = {"oldpassword": make.PASSWORD, "password1": NEW, "password2": NEW}
    here.post("/accounts/password/change/", change)
    assert (is_signed_in(here), is_signed_in(elsewhere)) == (True, False)
    assert AuditEvent.objects.get(action="change").fields == ["password"]
    assert "password of your account was changed" in Letter.objects.get().body


@pytest.mark.parametrize(
    "password",
    ["fourteen chars", "a" * 20, "federationfederation", "person@example.org", "x?9 fL" * 30],
)
def test_a_weak_or_endless_password_is_refused(person, password):
    client, _response = sign_in(person.email)
    change = {"oldpassword": make.PASSWORD, "password1": password, "password2": password}
    assert client.post("/accounts/password/change/", change).context["form"].errors
    person.refresh_from_db()
    assert person.check_password(make.PASSWORD)


def test_the_hasher_of_production_is_argon2(settings):
    settings.PASSWORD_HASHERS = ARGON
    person = User(email="person@example.org")
    person.set_password(make.PASSWORD)
    start = time.perf_counter()
    assert person.check_password(make.PASSWORD)
    assert person.password.startswith("argon2$argon2id$")
    assert time.perf_counter() - start < 2


def test_a_letter_for_a_known_and_an_unknown_address_is_asked_for_alike(person):
    pages = [
        Client().post("/accounts/password/reset/", {"email": email}, follow=True)
        for email in ("Person@Example.org", "nobody@example.org")
    ]
    assert len({(page.redirect_chain[0], body(page)) for page in pages}) == 1
    assert [letter.recipient for letter in Letter.objects.all()] == ["person@example.org"]


def test_a_closed_account_gets_no_letter(db):
    make.user("closed@example.org", is_active=False)
    Client().post("/accounts/password/reset/", {"email": "closed@example.org"})
    assert not Letter.objects.exists()


def test_no_more_than_three_letters_an_hour(person):
    for _number in range(5):
        Client().post("/accounts/password/reset/", {"email": person.email})
    assert Letter.objects.count() == 3


def test_a_letter_goes_to_the_address_we_have_and_not_to_its_double(db):
    make.user("strasse@example.org")
    send_password_letter("straße@example.org", "en")
    assert Letter.objects.get().recipient == "strasse@example.org"


def test_the_link_sets_the_password_once_and_ends_all_sessions(person):
    elsewhere, _response = sign_in(person.email)
    Client().post("/accounts/password/reset/", {"email": person.email})
    path = link_in_letter()
    assert set_password(path, NEW).url == "/accounts/login/"
    assert not is_signed_in(elsewhere)
    assert is_signed_in(sign_in(person.email, NEW)[0])
    assert b"This link has expired" in Client().get(path).content


def test_the_link_is_good_for_an_hour(person):
    Client().post("/accounts/password/reset/", {"email": person.email})
    path = link_in_letter()
    with time_machine.travel(time.time() + 3540):
        assert Client().get(path).status_code == 302
    with time_machine.travel(time.time() + 3661):
        assert b"This link has expired" in Client().get(path).content


def test_the_link_of_one_account_does_not_open_another(person):
    other = make.user("other@example.org")
    Client().post("/accounts/password/reset/", {"email": person.email})
    mine = link_in_letter()
    Client().post("/accounts/password/reset/", {"email": other.email})
    uid, token = link_in_letter().split("/")[5], mine.split("/")[6]
    assert b"expired" in Client().get(f"/accounts/password/reset/key/{uid}/{token}/").content


def test_the_token_stands_in_no_address_but_the_first(person):
    Client().post("/accounts/password/reset/", {"email": person.email})
    path = link_in_letter()
    page = Client().get(path, follow=True)
    assert path.split("/")[6] not in page.redirect_chain[-1][0]
    assert path.split("/")[6].encode() not in page.content


def test_letters_are_in_the_language_of_the_account(db):
    person = make.user("person@example.org", language="es")
    Client().post("/accounts/password/reset/", {"email": person.email})
    assert Letter.objects.get().language == "es"
    assert link_in_letter().startswith("/es/accounts/")
