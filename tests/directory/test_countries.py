"""Codes and names of countries, and the guess that a name allows."""

import pytest
from django.utils import translation

from directory.countries import (
    LANGUAGES,
    countries,
    country_code,
    country_codes,
    country_name,
    implied_country,
)


def test_countries_are_those_of_iso_3166_and_kosovo():
    assert len(countries()) == 250
    assert {"XK", "GB", "TW"} <= set(countries())
    assert not {"EU", "UN", "ZZ", "AC", "IC", "XA"} & set(countries())


@pytest.mark.parametrize("language", LANGUAGES)
def test_country_code_knows_every_name_in_the_language(language):
    names = {code: country_name(code, language) for code in countries()}
    two_countries = {code for code in ("CG",) if country_code(names[code]) is None}
    assert {code for code in names if country_code(names[code]) != code} == two_countries


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("Great Britain", "GB"),
        ("USA", "US"),
        ("U.S.", "US"),
        ("the United States of America", "US"),
        ("Russia", "RU"),
        ("Holland", "NL"),
        ("Czech Republic", "CZ"),
        ("República Checa", "CZ"),
        ("Ivory Coast", "CI"),
        ("South Korea", "KR"),
        ("Republic of Korea", "KR"),
        ("Republic of Serbia", "RS"),
        ("Saint Lucia", "LC"),
        ("Trinidad and Tobago", "TT"),
        (" es ", "ES"),
        ("ESP", "ES"),
        ("Кот-д’Ивуар", "CI"),
        ("مصر", "EG"),
    ],
)
def test_country_code_knows_what_wikis_write(text, code):
    assert country_code(text) == code


@pytest.mark.parametrize(
    "text", ["", "CNT", "IRA", "FAS", "Congo", "Europe", "EU", "XX", "\0\ud800"]
)
def test_country_code_does_not_guess(text):
    assert country_code(text) is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Spain, France", ("ES", "FR")),
        ("España y Portugal", ("ES", "PT")),
        ("Bosnia and Herzegovina", ("BA",)),
        ("Aotearoa / New Zealand", ("NZ",)),
        ("Barcelona, Spain", ()),
        ("", ()),
    ],
)
def test_country_codes_wants_each_part_to_be_a_country(text, codes):
    assert country_codes(text) == codes


def test_country_name_is_in_the_language_asked_for_or_the_readers():
    assert country_name("DE", "es") == "Alemania"
    assert country_name("DE", "xx") == "Germany"
    with translation.override("fr"):
        assert country_name("DE") == "Allemagne"
    assert country_name("QQ", "en") == "QQ"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Association of Polish Syndicalists", "PL"),
        ("Brazilian Workers Confederation", "BR"),
        ("Norwegian Syndicalist Federation", "NO"),
        ("Portuguese Section", "PT"),
        ("South African Bakers", "ZA"),
        ("Teachers of New Zealand", "NZ"),
        ("Northern Irish Dockers of Great Britain", "GB"),
        ("Viennese Workers' Syndicate", None),
        ("American Federation", None),
        ("Korean Railway Union", None),
        ("Congolese Miners", None),
        ("Guinean Fishers", None),
        ("New Mexico Teachers", None),
        ("West Indian Seafarers", None),
        ("Polish and German Carers", None),
        ("Workers Like Us", None),
    ],
)
def test_implied_country_is_told_by_one_clear_word(name, code):
    assert implied_country(name) == code
