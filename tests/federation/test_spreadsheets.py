"""A text in a cell stays a text."""

import pytest

from federation.spreadsheets import cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "=cmd|' /C calc'!A0", "+47 22", "-1", "@SUM(A1)", "\t=1", "\r=1", "\tx", " =1",
        "\u00a0=1", "\u3000＝1", "＝1", "＋1", "－1", "＠x", "﹦1", "−1", "\u200b=1", "\ufeff=1",
        "\u202e=1", "\n=1", "'=1", "\x00=1",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    guarded = cell(text)
    assert guarded.lstrip("\r\n").startswith("'")
    assert guarded.replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CNT-AIT",
        "Örestad",
        "المنظمة",
        "労働",
        "'n Vakbond",
        "1=1",
        "a+b",
        "x@example.org",
        "  x",
    ],
)
def test_any_other_text_stays_as_it_is(text):
    assert cell(text) == text


def test_where_semicolons_part_cells_none_of_the_parts_is_a_formula():
    assert cell("North; =cmd();south\n=x") == "North;' =cmd();south\n'=x"


def test_the_apostrophe_can_be_taken_away_again():
    for text in ("=1", "'=1", "''=1", "'n Vakbond", "-"):
        guarded = cell(text)
        was_guarded = guarded.lstrip("'")[:1] in ("=", "+", "-", "@")
        assert (guarded[1:] if was_guarded else guarded) == text
