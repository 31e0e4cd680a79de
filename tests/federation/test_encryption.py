"""Personal fields are ciphertext, and open only where they were sealed."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from federation.encryption import (
    CannotOpen,
    EncryptedTextField,
    Sealed,
    blind_index,
    decode_key,
    parse_keys,
    seal,
    unseal,
)
from federation.models import User
from membership.models import Member
from tests import make

OTHER_KEY = base64.urlsafe_b64encode(b"another key of thirty-two bytes!").decode()


def stored(table, column, key="id"):
    """What stands in the database, row by row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY {key}")  # noqa: S608 - our own names
        return [row[0] for row in cursor.fetchall()]


def write(table, column, value):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s", [value])  # noqa: S608 - our own names


# --- sealing --------------------------------------------------------------------------------


@given(st.text())
def test_what_is_sealed_opens_where_it_was_sealed(text):
    assert unseal(seal(text, "table.column.1"), "table.column.1") == text


def test_the_same_text_is_sealed_differently_each_time():
    assert seal("Kim", "a") != seal("Kim", "a")


@pytest.mark.parametrize("place", ["table.column.2", "table.other.1", "other.column.1", ""])
def test_it_does_not_open_elsewhere(place):
    token = seal("Kim", "table.column.1")
    with pytest.raises(CannotOpen):
        unseal(token, place)


@pytest.mark.parametrize("at", [0, 3, -1])
def test_an_altered_byte_is_noticed(at):
    version, key_id, encoded = seal("Kim", "a").split(".")
    raw = bytearray(base64.urlsafe_b64decode(encoded + "=="))
    raw[at] ^= 1
    token = f"{version}.{key_id}.{base64.urlsafe_b64encode(bytes(raw)).decode()}"
    with pytest.raises(CannotOpen):
        unseal(token, "a")


@pytest.mark.parametrize("token", ["", "Kim", "1.test.", "1.test.§", "2.test.AAAA", "1.gone.AAAA"])
def test_what_is_no_sealed_value_does_not_open(token):
    with pytest.raises(CannotOpen) as refusal:
        unseal(token, "place")
    assert "place" in str(refusal.value)


def test_another_key_of_the_same_name_does_not_open_it(settings):
    token = seal("Kim", "a")
    settings.FIELD_KEYS = f"test:{OTHER_KEY}"
    with pytest.raises(CannotOpen):
        unseal(token, "a")


def test_a_new_first_key_seals_while_the_old_one_still_opens(settings):
    token = seal("Kim", "a")
    settings.FIELD_KEYS = f"new:{OTHER_KEY},{settings.FIELD_KEYS}"
    assert seal("Kim", "a").startswith("1.new.")
    assert unseal(token, "a") == "Kim"


@pytest.mark.parametrize("keys", ["", "short:AAAA", "no-colon", f"bad id:{OTHER_KEY}", "x:é"])
def test_unusable_keys_are_refused_without_being_shown(keys):
    with pytest.raises(ImproperlyConfigured) as refusal:
        parse_keys(keys)
    assert "AAAA" not in str(refusal.value)


def test_keys_are_thirty_two_bytes_with_or_without_padding():
    assert decode_key(OTHER_KEY, "X") == decode_key(OTHER_KEY.rstrip("="), "X")


# --- fields ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_nothing_is_readable_in_the_table(local):
    make.member(local, "Mika Canary", "mika@example.org", phone="+4670000", work="nurse")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM membership_member")
        row = str(cursor.fetchall())
    assert not [word for word in ("Mika", "mika", "4670000", "nurse") if word in row]


@pytest.mark.django_db
def test_a_loaded_row_opens_and_values_show_a_bar(local):
    make.member(local, "Mika Canary")
    assert Member.objects.get().name == "Mika Canary"
    for shown in (
        Member.objects.values("name").get()["name"],
        Member.objects.values_list("name", flat=True).get(),
    ):
        assert isinstance(shown, Sealed)
        assert (str(shown), repr(shown), f"{shown}") == ("█", "█", "█")


@pytest.mark.django_db
def test_values_of_two_rows_exchanged_do_not_open():
    make.user("a@example.org")
    make.user("b@example.org")
    first, second = User.objects.order_by("pk")
    swapped = stored("federation_user", "email", "id")[::-1]
    with connection.cursor() as cursor:
        for person, token in zip((first, second), swapped, strict=True):
            cursor.execute(
                "UPDATE federation_user SET email = %s WHERE email_index = %s",
                [token, person.email_index],
            )
    for person in User.objects.all():
        with pytest.raises(CannotOpen):
            str(person.email)


@pytest.mark.django_db
def test_a_value_copied_into_another_column_does_not_open():
    make.user("a@example.org")
    write("federation_user", "name", stored("federation_user", "email")[0])
    with pytest.raises(CannotOpen):
        str(User.objects.get().name)


@pytest.mark.django_db
def test_a_row_whose_key_is_gone_can_still_be_listed(settings):
    make.user("a@example.org")
    settings.FIELD_KEYS = f"other:{OTHER_KEY}"
    person = User.objects.get()
    assert str(person) == f"account {person.pk}"
    with pytest.raises(CannotOpen):
        str(person.email)


@pytest.mark.django_db
@pytest.mark.parametrize("lookup", ["email", "email__iexact", "email__contains", "email__in"])
def test_a_sealed_field_cannot_be_looked_up(lookup):
    wanted = ["a@example.org"] if lookup.endswith("__in") else "a@example.org"
    with pytest.raises(TypeError, match="encrypted"):
        User.objects.filter(**{lookup: wanted}).exists()


@pytest.mark.django_db
def test_a_sealed_field_cannot_be_written_past_save():
    make.user("a@example.org")
    with pytest.raises(TypeError, match="encrypted"):
        User.objects.update(email="b@example.org")


@pytest.mark.django_db
def test_saving_a_row_again_keeps_what_was_not_opened():
    make.user("a@example.org", name="Kim")
    person = User.objects.get()
    person.language = "es"
    person.save()
    assert (User.objects.get().email, User.objects.get().name) == ("a@example.org", "Kim")


@pytest.mark.django_db
def test_empty_stays_empty_and_looks_empty():
    make.user("a@example.org")
    assert stored("federation_user", "name") == [""]
    assert User.objects.get().name == ""
    assert str(User.objects.values_list("name", flat=True).get()) == ""


@pytest.mark.django_db
def test_json_is_sealed_as_a_whole(iwa):
    request = make.request(iwa, contact_name="Kim Canary", tags=["é", 1, None])
    request.refresh_from_db()
    assert request.answers["tags"] == ["é", 1, None]
    assert "Canary" not in stored("membership_affiliationrequest", "answers")[0]


def test_null_characters_and_lengths_are_checked_before_sealing():
    field = EncryptedTextField(max_length=3)
    for wrong in ("a\0b", "abcd"):
        with pytest.raises(ValidationError):
            field.run_validators(wrong)


# --- finding again --------------------------------------------------------------------------


@given(st.text(), st.sampled_from(["", " ", "\t"]))
def test_the_index_ignores_case_and_outer_spaces(text, space):
    assert blind_index(f"{space}{text.upper()}{space}", "x") == blind_index(text.upper(), "x")
    assert blind_index(text.swapcase().casefold(), "x") == blind_index(text.swapcase(), "x")


def test_the_index_depends_on_purpose_and_key(settings):
    before = blind_index("kim@example.org", "a")
    assert before != blind_index("kim@example.org", "b")
    settings.INDEX_KEY = OTHER_KEY
    assert before != blind_index("kim@example.org", "a")


@pytest.mark.django_db
def test_an_account_is_found_by_its_address_in_any_case():
    person = make.user("Kim@Example.org")
    assert User.objects.get_by_natural_key(" KIM@example.ORG ") == person


@pytest.mark.django_db
def test_an_address_has_one_account():
    make.user("kim@example.org")
    with pytest.raises(ValidationError):
        make.user("KIM@example.org")
