"""The second factor: who needs one, that it is asked for, and that a code is good once."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse

from federation.models import AuditEvent, Letter
from tests import make
from tests.conftest import signed_in
from tests.federation.signing_in import code_of_app, is_signed_in, sign_in, sign_in_with_code
from tests.race import together

YESTERDAY, LONG_AGO = "2020-01-02", make.LONG_AGO


def set_up(client):
    """Go through the page for setting up the app; the secret, and the answer to the form."""
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    return secret, client.post(reverse("mfa_activate_totp"), {"code": code_of_app(secret)})


def codes_shown(client):
    return client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]


# --- who needs one --------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/", "/organisations/", "/federations/", "/privacy/", "/es/"])
def test_an_office_without_a_second_factor_opens_nothing(coordinator, page):
    client, _response = sign_in(coordinator.email)
    response = client.get(page)
    assert response.status_code == 302
    assert response.url.endswith("/accounts/2fa/app/")


def test_every_kind_of_office_needs_a_second_factor(iwa, local):
    operator = make.user("operator@example.org", is_superuser=True)
    people = [make.coordinator(iwa), make.secretary(local), operator]
    people.append(make.secretary(local, "treasurer@example.org", role="treasurer"))
    clients = [sign_in(person.email)[0] for person in people]
    assert [client.get("/").status_code for client in clients] == [302] * 4


def test_without_an_office_a_password_is_enough(iwa):
    make.user("nobody@example.org")
    make.coordinator(iwa, "former@example.org", until=YESTERDAY)
    make.coordinator(iwa, "suspended@example.org", is_suspended=True)
    names = ["nobody", "former", "suspended"]
    clients = [sign_in(f"{name}@example.org")[0] for name in names]
    assert [client.get("/").status_code for client in clients] == [200] * 3


def test_what_is_needed_to_set_it_up_stays_open(coordinator):
    client, _response = sign_in(coordinator.email)
    pages = ["mfa_index", "mfa_activate_totp", "mfa_totp_qr", "account_change_password"]
    assert [client.get(reverse(page)).status_code for page in pages] == [200] * 4
    assert client.post("/accounts/logout/").status_code == 302


def test_in_the_demonstration_a_password_is_enough(coordinator, settings):
    settings.DEMO = True
    client, _response = sign_in(coordinator.email)
    assert client.get("/").status_code == 200


# --- setting it up --------------------------------------------------------------------------


def test_setting_up_the_app_opens_the_pages_and_shows_the_recovery_codes_once(coordinator):
    client, _response = sign_in(coordinator.email)
    _secret, response = set_up(client)
    assert response.url == reverse("mfa_view_recovery_codes")
    assert len({code for code in codes_shown(client) if code.isdigit()}) == 10
    assert set(codes_shown(client)) == {"****"}
    assert client.get("/").status_code == 200


def test_a_wrong_code_sets_up_nothing(coordinator):
    client, _response = sign_in(coordinator.email)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    wrong = client.post(reverse("mfa_activate_totp"), {"code": code_of_app(secret, 20)})
    assert wrong.context["form"].errors
    assert wrong.context["form"].secret == secret
    assert not Authenticator.objects.exists()


def test_the_picture_holds_the_key_that_is_being_set_up_and_is_kept_nowhere(coordinator):
    client, _response = sign_in(coordinator.email)
    assert client.get(reverse("mfa_totp_qr")).status_code == 404
    client.get(reverse("mfa_activate_totp"))
    picture = client.get(reverse("mfa_totp_qr"))
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert b'fill="white"' in picture.content
    assert Client().get(reverse("mfa_totp_qr")).status_code == 302


def test_what_was_changed_is_audited_and_told_to_the_person(coordinator):
    client, _response = sign_in(coordinator.email)
    set_up(client)
    client.post(reverse("mfa_generate_recovery_codes"))
    client.post(reverse("mfa_deactivate_totp"))
    found = AuditEvent.objects.filter(action="second_factor").order_by("pk")
    assert list(found.values_list("note", "actor", "fields")) == [
        (note, coordinator.pk, []) for note in ("set up", "new codes", "removed")
    ]
    assert [letter.recipient for letter in Letter.objects.all()] == [coordinator.email] * 3


def test_removing_it_closes_the_pages_again(coordinator):
    client, _response = sign_in(coordinator.email)
    set_up(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert client.get("/").url == reverse("mfa_activate_totp")
    assert not Authenticator.objects.exists()


def test_long_after_signing_in_the_password_is_asked_for_again(coordinator):
    client, _response = sign_in(coordinator.email)
    set_up(client)
    with time_machine.travel(time.time() + 16 * 60):
        response = client.post(reverse("mfa_deactivate_totp"))
        assert response.url.startswith(reverse("account_reauthenticate"))
        assert Authenticator.objects.count() == 2
        client.post(response.url, {"password": make.PASSWORD})
        assert not Authenticator.objects.exists()


def test_a_session_from_before_it_was_set_up_elsewhere_ends(coordinator):
    with_password_only, _response = sign_in(coordinator.email)
    set_up(sign_in(coordinator.email)[0])
    response = with_password_only.post(reverse("mfa_deactivate_totp"))
    assert response.url == "/accounts/login/"
    assert not is_signed_in(with_password_only)
    assert Authenticator.objects.count() == 2


# --- signing in with it ---------------------------------------------------------------------


def test_with_the_password_alone_nobody_is_signed_in(coordinator):
    make.second_factor(coordinator)
    client, response = sign_in(coordinator.email)
    assert response.url == "/accounts/2fa/code/"
    assert not is_signed_in(client)
    assert not AuditEvent.objects.filter(action="sign_in").exists()


def test_the_code_of_the_app_signs_in(coordinator):
    secret = make.second_factor(coordinator)
    client, response = sign_in_with_code(coordinator, code_of_app(secret))
    assert response.url == "/"
    assert client.get("/").status_code == 200
    assert AuditEvent.objects.get(action="sign_in").note == "in"


@pytest.mark.parametrize(("steps", "signs_in"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clocks_may_be_half_a_minute_apart(coordinator, steps, signs_in):
    secret = make.second_factor(coordinator)
    with time_machine.travel("2026-03-01 12:00:15", tick=False):
        client, _response = sign_in_with_code(coordinator, code_of_app(secret, steps))
        assert is_signed_in(client) == signs_in


@pytest.mark.parametrize("later", [0, 31, 59])
def test_a_code_is_good_once(coordinator, later):
    secret = make.second_factor(coordinator)
    with time_machine.travel("2026-03-01 12:00:00", tick=False) as clock:
        code = code_of_app(secret, 1)
        assert is_signed_in(sign_in_with_code(coordinator, code)[0])
        clock.shift(later)
        assert not is_signed_in(sign_in_with_code(coordinator, code)[0])


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_one_code_at_once_one_is_let_in(settings):
    settings.ACCOUNT_RATE_LIMITS = False
    person = make.user("person@example.org")
    secret = make.second_factor(person)
    clients = [sign_in(person.email)[0] for _number in range(20)]
    code = code_of_app(secret)
    answers = together(20, lambda at: clients[at].post("/accounts/2fa/code/", {"code": code}))
    assert [answer.status_code for answer in answers].count(302) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_one_recovery_code_at_once_one_is_let_in(settings):
    settings.ACCOUNT_RATE_LIMITS = False
    person = make.user("person@example.org")
    client, _response = sign_in(person.email)
    set_up(client)
    code = codes_shown(client)[0]
    clients = [sign_in(person.email)[0] for _number in range(20)]
    answers = together(20, lambda at: clients[at].post("/accounts/2fa/code/", {"code": code}))
    assert [answer.status_code for answer in answers].count(302) == 1


def test_a_recovery_code_signs_in_once(coordinator):
    client, _response = sign_in(coordinator.email)
    set_up(client)
    code = codes_shown(client)[3]
    assert is_signed_in(sign_in_with_code(coordinator, code)[0])
    with time_machine.travel(time.time() + 200):
        assert not is_signed_in(sign_in_with_code(coordinator, code)[0])


def test_after_five_wrong_codes_the_right_one_is_refused_for_a_while(coordinator):
    secret = make.second_factor(coordinator)
    client, _response = sign_in(coordinator.email)
    for _attempt in range(5):
        client.post("/accounts/2fa/code/", {"code": "000000"})
    response = client.post("/accounts/2fa/code/", {"code": code_of_app(secret)})
    assert b"Too many failed login attempts" in response.content
    with time_machine.travel(time.time() + 301):
        assert is_signed_in(sign_in_with_code(coordinator, code_of_app(secret))[0])


def test_in_a_day_fifty_codes_may_be_tried(coordinator, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    secret = make.second_factor(coordinator)
    client, _response = sign_in(coordinator.email)
    for _attempt in range(50):
        client.post("/accounts/2fa/code/", {"code": "000000"})
    client.post("/accounts/2fa/code/", {"code": code_of_app(secret)})
    assert not is_signed_in(client)


def test_secrets_are_not_readable_in_the_database(coordinator):
    client, _response = sign_in(coordinator.email)
    secret, _answer = set_up(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        kept = str(cursor.fetchall())
        cursor.execute("SELECT session_data FROM django_session")
        kept += str(cursor.fetchall())
    assert secret not in kept
    sealed = [row.data.get("secret") or row.data["seed"] for row in Authenticator.objects.all()]
    assert all(value.startswith("1.test.") for value in sealed)


def test_personas_of_the_tests_have_shown_their_second_factor(coordinator):
    assert signed_in(coordinator).get("/").status_code == 200
