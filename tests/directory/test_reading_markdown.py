"""A page in Markdown, as a wiki exports it and as people write it."""

import pytest

from directory.reading import read_list

PAGE = """\
---
title: Lamplighters' International
permalink: /Lamplighters'_International/
---

The **Lamplighters' International** (**LI**or **IL**) is an
[international federation](Confederation "wikilink") of trade unions.

## Current Members

*Sections vote at congresses. Friends look on and
send observers.*

### Sections

- [Anarcho-Syndicalist
  Federation](Anarcho-Syndicalist_Federation_(Australia) "wikilink")
  ([Australia](Australia "wikilink"))
- [Anarcho-syndicalist
  Initiative](Anarcho-syndicalist_Initiative_(Serbia) "wikilink")
  ([Serbia](Serbia "wikilink"))
- [Association of Polish
  Syndicalists](Association_of_Polish_Syndicalists "wikilink")
- [Brazilian Workers
  Confederation](Brazilian_Workers_Confederation "wikilink")
- [Confederation of Revolutionary
  Anarcho-Syndicalists](Confederation_of_Revolutionary_Anarcho-Syndicalists_(Russia) "wikilink")
  ([Russia](Russia "wikilink"))
- [Direct Action](Direct_Action_(Slovakia) "wikilink")
  ([Slovakia](Slovakia "wikilink"))
- [National Confederation of
  Labour](National_Confederation_of_Labour_(Spain) "wikilink")
  ([Spain](Spain "wikilink"))
- [National Confederation of
  Labour](National_Confederation_of_Labour_(France) "wikilink")
  ([France](France "wikilink"))
- [Norwegian Syndicalist
  Federation](Norwegian_Syndicalist_Federation "wikilink")
- [Portuguese Section](Portuguese_Section_(IWA) "wikilink")
- [Solidarity Federation](Solidarity_Federation_(UK) "wikilink")
  ([UK](United_Kingdom "wikilink"))

### Friends

- [Autonomous Workers'
  Union](Autonomous_Workers'_Union_(Bulgaria) "wikilink")
  ([Bulgaria](Bulgaria "wikilink"))
- [Germinal](Germinal_(Chile) "wikilink") ([Chile](Chile "wikilink"))
- [Libertarian Union of Students and
  Workers](Libertarian_Union_of_Students_and_Workers_(Colombia) "wikilink")
  ([Colombia](Colombia "wikilink"))
- [Örestad Local
  Organization](Örestad_Local_Organization_(Sweden) "wikilink")
  ([Sweden](Sweden "wikilink"))
- [Viennese Workers'
  Syndicate](Viennese_Workers'_Syndicate_(Austria) "wikilink")
  ([Austria](Austria "wikilink"))
- [Workers' Solidarity
  Alliance](Workers'_Solidarity_Alliance_(USA) "wikilink")
  ([USA](United_States_of_America "wikilink"))

[Category:Lamps](Category:Lamps "wikilink")
[Category:Trade Union
Federations](Category:Trade_Union_Federations "wikilink")"""

COUNTRIES = "AU RS PL BR RU SK ES FR NO PT GB BG CL CO SE AT US"


def names(text, filename="list.md"):
    return [row.name for row in read_list(text, filename).rows]


def headings(text):
    return [row.heading for row in read_list(text, "list.md").rows]


def test_page_is_read_whole():
    page = read_list(PAGE, "page.md")
    assert page.title == "Lamplighters' International"
    assert page.url == "/Lamplighters'_International/"
    assert page.not_understood == ()
    assert [row.heading for row in page.rows] == ["Sections"] * 11 + ["Friends"] * 6
    assert {row.headings[0] for row in page.rows} == {"Current Members"}


def test_countries_are_stated_by_the_page_or_implied_by_the_name():
    page = read_list(PAGE, "page.md")
    assert [row.countries for row in page.rows] == [(code,) for code in COUNTRIES.split()]
    implied = [row.countries[0] for row in page.rows if row.country_basis == "implied"]
    assert implied == ["PL", "BR", "NO", "PT"]


def test_wrapped_items_are_joined_and_keep_their_first_line():
    row = read_list(PAGE, "page.md").rows[14]
    assert (row.line, row.name) == (52, "Örestad Local Organization")
    assert row.target == "Örestad_Local_Organization_(Sweden)"
    assert row.raw.startswith("[Örestad Local Organization](Örestad")


@pytest.mark.parametrize(
    "changed",
    [
        PAGE.replace("\n", "\r\n"),
        "\ufeff" + PAGE,
        PAGE.replace("Ö", "O\u0308"),
        PAGE.replace(" ([", "\u00a0(["),
        PAGE.replace("- [", "* ["),
        PAGE.replace("- [", "1. ["),
        PAGE.replace("### Friends", "**Friends**"),
        PAGE.replace("### Friends", "### Friends ###"),
        "> " + PAGE.replace("\n", "\n> ").partition("---\n> \n> ")[2],
    ],
)
def test_other_ways_to_write_the_page_say_the_same(changed):
    facts = [(row.name, row.countries, row.heading) for row in read_list(PAGE, "page.md").rows]
    rows = read_list(changed, "page.md").rows
    assert [(row.name, row.countries, row.heading) for row in rows] == facts


def test_prose_rules_and_code_marks_are_no_items():
    assert names("Words, 1910 and\nmore - words.\n\n---\n\n***\n```\n- One\n```\n") == ["One"]


def test_headings_may_be_underlined_bold_or_countries():
    text = "Sections\n--------\n- One\n\n**Friends**\n\n- Two\n## Spain\n- Three\n"
    assert headings(text) == ["Sections", "Friends", "Spain"]
    assert read_list(text, "list.md").rows[2].countries == ("ES",)


def test_headings_of_a_higher_level_end_the_lower_ones():
    rows = read_list("# A\n## B\n### C\n- One\n## D\n- Two\n", "list.md").rows
    assert [row.headings for row in rows] == [("A", "B", "C"), ("A", "D")]


def test_nested_items_name_what_they_are_in():
    rows = read_list("- One\n  - Two\n    - Three\n- Four\n", "list.md").rows
    assert [(row.name, row.within) for row in rows] == [
        ("One", ""),
        ("Two", "One"),
        ("Three", "Two"),
        ("Four", ""),
    ]


def test_an_item_that_is_a_country_is_a_heading_for_those_nested_in_it():
    page = read_list("- Italy\n  - One\n  - Two (Spain)\n- Three\n- Malta\n", "list.md")
    found = [(row.name, row.countries, row.within) for row in page.rows]
    assert found == [("One", ("IT",), ""), ("Two", ("ES",), ""), ("Three", (), "")]
    assert [entry.line for entry in page.not_understood] == [5]


def test_comments_and_footnotes_are_left_out_and_lines_keep_their_number():
    text = "<!-- a\n- b\n-->\n- One<ref>x\ny</ref> <ref name='z' />\n- Two<!-- c -->\n"
    assert [(row.line, row.name) for row in read_list(text, "list.md").rows] == [
        (4, "One"),
        (6, "Two"),
    ]


def test_a_comment_that_never_ends_hides_nothing():
    page = read_list("- One\n- Two <!-- lost\n- Three\n", "list.md")
    assert [row.name for row in page.rows] == ["One", "Three"]
    assert [entry.line for entry in page.not_understood] == [2]


def test_a_table_is_read_like_a_spreadsheet():
    text = (
        "## Sections\n| Name | Country | Junk |\n|------|:---:|---|\n"
        "| [One](Page_(1)) | {{flag|Spain}} | x |\n| [[Two|Zwei]] | Narnia | |\n| Three |\n"
    )
    page = read_list(text, "list.md")
    row = page.rows[0]
    assert (row.line, row.name, row.target, row.countries) == (4, "One", "Page_(1)", ("ES",))
    assert (row.headings, page.ignored_columns) == (("Sections",), ("Junk",))
    assert [(entry.line, entry.reason) for entry in page.not_understood] == [
        (5, "“Narnia” is no country."),
        (6, "The row has 1 cells, the first row has 3."),
    ]
