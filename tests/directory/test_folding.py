"""Spelling made alike, so that names are found however they are typed."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from directory.folding import COUNTRY, PLACE, fold, latin, search_text

any_text = st.text(st.characters())  # lone surrogates and null characters included


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("orestad", "Örestad"),
        ("orestad", "O\u0308restad"),
        ("lodz", "ŁÓDŹ"),
        ("iscinin", "İşçinin"),
        ("strasse", "STRAẞE"),
        ("kobenhavn", "København"),
        ("workers union", "Workers’  Union"),
        ("workers union", "Workers' Union"),
        ("anarcho syndicalist", "Anarcho‑Syndicalist"),
        ("cnt ait", "C.N.T.–A.I.T."),
        ("collectiu", "Col·lectiu"),
        ("σωματειο εργατων", "Σωματείο Εργατών"),
        ("οδοσ", "ΟΔΟΣ"),
        ("οδος", "ΟΔΟΣ"),
        ("елка и ее йод", "Ёлка и её йод"),
        ("اتحاد النقابه", "إتّحاد النقابـة"),
        ("プロレタリア", "ﾌﾟﾛﾚﾀﾘｱ"),
        ("abc 123", "ＡＢＣ １２３"),
        ("2019", "٢٠١٩"),
    ],
)
def test_fold_finds_a_name_however_it_is_typed(typed, name):
    assert fold(typed) == fold(name)


def test_fold_keeps_letters_apart_that_only_look_marked():
    assert fold("か") != fold("が")
    assert fold("कि") != fold("क")


def test_fold_takes_what_no_text_should_have():
    assert fold("a\0b\ud800c\n\td") == "a bc d"


@given(any_text)
@example("İ\u0307ß\u0345ﬃ")
def test_fold_again_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_fold_does_not_depend_on_composition(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Профсоюз", "profsoyuz"),
        ("全国", "quanguo"),
        ("Εργατών", "ergaton"),
        ("Łódź", "lodz"),
        ("\ud800x", "x"),
    ],
)
def test_latin_writes_any_script_in_latin_letters(name, expected):
    assert latin(name) == expected


def test_search_text_has_each_form_once_on_its_own_line():
    text = search_text(["Örestad", "", "orestad", "Мир"], ["Łódź"], ["PL", "SE"])
    assert text == "\norestad\nмир\nmir\n\vlodz\n\f𐌿𐌻\f\n\f𐍂𐌴\f\n"


@pytest.mark.parametrize("spelling", ["profsoyuz", "profsojuz", "profsoiuz"])
def test_cyrillic_is_found_in_each_way_of_writing_it_in_latin_letters(spelling):
    assert f"\n{spelling}\n" in search_text(["Профсоюз"], [], [])


@given(any_text)
def test_search_text_holds_what_is_typed_for_the_name(text):
    assert fold(text) in search_text([text, "Мир"], [], [])
    assert latin(text) in search_text([text], [], [])


@given(any_text)
def test_no_folded_query_can_ask_for_the_marks(text):
    assert not set(fold(text)) & {"\n", PLACE, COUNTRY}
