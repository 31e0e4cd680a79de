"""Texts in several languages: which one is shown, what is accepted, and that nothing is lost."""

import re

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from federation.models import Federation
from federation.texts import (
    Text,
    TextsField,
    TextsFormField,
    direction,
    in_language,
    is_language,
    locale_of,
    validate_texts,
)
from tests import make

TEXTS = {"de": "Bund", "es": "Liga", "pt-BR": "União", "en": "League"}


@pytest.mark.parametrize(
    ("reader", "original", "shown"),
    [
        ("es", "de", Text("Liga", "es")),
        ("es-mx", "de", Text("Liga", "es")),
        ("ar", "de", Text("Bund", "de")),
        ("ar", "", Text("Bund", "de")),
        ("ar", "tr", Text("Bund", "de")),
        ("pt-BR", "de", Text("União", "pt-BR")),
    ],
)
def test_the_readers_language_is_shown_and_else_the_original(reader, original, shown):
    assert in_language(TEXTS, reader, original) == shown


def test_the_language_of_the_page_is_the_readers():
    with translation.override("es"):
        assert str(in_language(TEXTS)) == "Liga"


def test_without_a_text_there_is_an_empty_one():
    assert in_language({"es": ""}, "es", "es") == Text("", "")
    assert not in_language({}, "es")


@pytest.mark.parametrize(
    ("language", "way"),
    [("ar", "rtl"), ("he", "rtl"), ("en", "ltr"), ("pt-BR", "ltr"), ("", "auto"), ("?", "auto")],
)
def test_the_direction_follows_the_language(language, way):
    assert direction(language) == way


@pytest.mark.parametrize("tag", ["en", "pt-BR", "zh-Hant", "sr-Latn", "eo"])
def test_languages_of_the_world_are_known(tag):
    assert is_language(tag)


@pytest.mark.parametrize("tag", ["", "xx", "english", "en_US", 7, None, "e" * 400, "<b>"])
def test_what_is_no_language_is_refused(tag):
    assert not is_language(tag)


@pytest.mark.parametrize(
    "value",
    [[], "text", {"xx": "a"}, {"en": 1}, {"en": "a\0b"}, {f"{n}": "" for n in range(41)}],
)
def test_what_is_no_text_in_languages_is_refused(value):
    with pytest.raises(ValidationError):
        validate_texts(value)


@given(st.dictionaries(st.sampled_from(["en", "es", "ar", "de", "ja"]), st.text(max_size=20)))
def test_whatever_is_shown_was_written_by_somebody(texts):
    shown = in_language(texts, "es", "de")
    assert shown == Text("", "") or texts[shown.language] == shown.value


def test_the_form_has_a_box_for_each_language_of_the_site():
    field = TextsFormField()
    given = {"en": "League", "ar": "اتحاد"}
    codes = [code for code, _name in settings.LANGUAGES]
    assert field.clean([given.get(code, "") for code in codes]) == given
    html = field.widget.render("names", {"ar": "اتحاد"}, {"id": "names"})
    assert html.count("<textarea") == len(codes)
    assert 'dir="rtl"' in html


def test_boxes_that_are_empty_open_below_the_others():
    with translation.override("es"):
        html = TextsFormField().widget.render("names", {"ar": "اتحاد"}, {"id": "names"})
    at_once, _summary, below = html.partition("<summary>")
    assert re.findall(r'<label .*?lang="(..)"', at_once) == ["en", "es", "ar"]
    assert len(re.findall("<label ", below)) == len(settings.LANGUAGES) - 3


@pytest.mark.parametrize(("tag", "known_as"), [("pt-BR", "pt_BR"), ("x-union", "en"), ("", "en")])
def test_where_cldr_knows_no_such_language_its_english_serves(tag, known_as):
    assert str(locale_of(tag)) == known_as


@pytest.mark.django_db
def test_a_form_keeps_the_languages_that_it_does_not_show():
    federation = make.federation("iwa", names={"en": "League", "sv": "Bund"})
    field = TextsField(name="names")
    field.save_form_data(federation, {"en": "Union", "es": "Unión"})
    assert federation.names == {"en": "Union", "es": "Unión", "sv": "Bund"}


@pytest.mark.django_db
def test_texts_in_every_script_come_back_as_they_were():
    names = {"el": "Ένωση", "ru": "Союз", "ar": "اتحاد", "ja": "連合", "en": "É, “quoted” \\ /"}
    make.federation("iwa", names=names)
    assert Federation.objects.get().names == names
