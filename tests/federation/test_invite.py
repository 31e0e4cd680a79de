"""`manage.py invite`: the only way to an account."""

import pytest
from django.core.management import CommandError, call_command

from directory.models import OrganisationOffice
from federation.models import AuditEvent, Letter, Office, User
from tests import make
from tests.federation.signing_in import is_signed_in, link_in_letter, set_password, sign_in

NEW = "seven purple ladders sing"


@pytest.fixture
def person(db):
    return make.user("person@example.org")


def test_an_invitation_makes_account_and_office(iwa):
    call_command("invite", "New@Example.org", "--federation", "iwa")
    person = User.objects.get()
    assert (person.email, person.has_usable_password()) == ("new@example.org", False)
    assert Office.objects.current().get().person == person
    assert Letter.objects.get().recipient == "new@example.org"
    assert sorted(AuditEvent.objects.values_list("action", "model")) == [
        ("add", "federation.Office"),
        ("add", "federation.User"),
    ]


def test_the_invited_set_a_password_by_the_link_and_sign_in(local):
    call_command("invite", "new@example.org", "--organisation", local.slug, "--role", "treasurer")
    assert not is_signed_in(sign_in("new@example.org", "")[0])
    set_password(link_in_letter(), NEW)
    assert is_signed_in(sign_in("new@example.org", NEW)[0])
    assert OrganisationOffice.objects.get().role == "treasurer"


def test_the_first_operator_gets_a_link_on_the_terminal(db, capsys):
    call_command("invite", "operator@example.org", "--superuser", "--print")
    link = capsys.readouterr().out.split()[-1]
    assert not Letter.objects.exists()
    assert set_password(link.removeprefix("http://localhost:8000"), NEW).status_code == 302
    assert User.objects.get().is_superuser


def test_an_invitation_again_changes_nothing_but_the_link(iwa):
    for _time in range(2):
        call_command("invite", "new@example.org", "--federation", "iwa")
    assert (User.objects.count(), Office.objects.count(), Letter.objects.count()) == (1, 1, 2)


def test_an_account_with_a_password_gets_the_office_and_no_link(iwa, person):
    call_command("invite", person.email, "--federation", "iwa")
    assert Office.objects.get().person == person
    assert not Letter.objects.exists()


def test_a_dry_run_of_an_invitation_changes_nothing(iwa):
    call_command("invite", "new@example.org", "--federation", "iwa", "--dry-run")
    assert not User.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["nobody", "--superuser"],
        ["new@example.org", "--federation", "nowhere"],
        ["new@example.org", "--organisation", "nowhere"],
        ["new@example.org", "--federation", "iwa", "--role", "queen"],
    ],
)
def test_a_wrong_invitation_is_refused_with_status_2(iwa, arguments):
    with pytest.raises(CommandError) as refusal:
        call_command("invite", *arguments)
    assert refusal.value.returncode == 2
    assert not User.objects.exists()
