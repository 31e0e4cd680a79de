"""What a single entry of a list means, and which entries are not understood."""

import pytest

from directory.reading import read_list


def entry(text):
    """The one row of a list with this item alone."""
    page = read_list(f"- {text}\n", "list.md")
    assert page.not_understood == ()
    return page.rows[0]


def reason(text):
    page = read_list(f"- {text}\n", "list.md")
    assert page.rows == ()
    return page.not_understood[0].reason


@pytest.mark.parametrize(
    ("text", "name", "countries"),
    [
        ("[One](One) ([Spain](Spain))", "One", ("ES",)),
        ("[One](One_(Spain))", "One", ("ES",)),
        ("[One](One_(Spain)) (France)", "One", ("FR",)),
        ("[One (Spain)](One)", "One", ("ES",)),
        ("[One](<One Page> 'title') – Spain", "One", ("ES",)),
        ("**[One](One)**, *Spain*", "One", ("ES",)),
        ("**One** (Spain and Portugal)", "One", ("ES", "PT")),
        ("One ([Spain](Spain), [France](France))", "One", ("ES", "FR")),
        ("One (Bosnia and Herzegovina)", "One", ("BA",)),
        ("One - Spain", "One", ("ES",)),
        ("Spain: One", "One", ("ES",)),
        ("One, Spain", "One", ("ES",)),
        ("Bakers, Cooks and Waiters", "Bakers, Cooks and Waiters", ()),
        ("![Flag](flag.png) [One](One)[1] {{cn}}", "One", ()),
        ("Arbeiter*innen-Union", "Arbeiter*innen-Union", ()),
        ("`One` __Two__ a_b", "One Two a_b", ()),
        ("Ben &amp; Jerry&nbsp;Union", "Ben & Jerry Union", ()),
        ("One\\*Two \\[3\\]", "One*Two [3]", ()),
        ("<b>One</b><br>Two", "One Two", ()),
        ("One [Category:Lamps](Category:Lamps)", "One", ()),
        ("\u200eاتحاد العمال (مصر)", "اتحاد العمال", ("EG",)),
        (
            "全国労働組合（Japan）",
            "全国労働組合",
            ("JP",),
        ),
    ],
)
def test_name_and_country(text, name, countries):
    row = entry(text)
    assert (row.name, row.countries) == (name, countries)
    assert row.country_basis == ("stated" if countries else "none")


@pytest.mark.parametrize(
    ("text", "acronym", "countries"),
    [
        ("One (CNT)", "CNT", ()),
        ("One (CNT-AIT, Spain)", "CNT-AIT", ("ES",)),
        ("One (Spain) (C.N.T.)", "C.N.T.", ("ES",)),
        ("Acción Libertaria (AL)", "AL", ()),
        ("Union of Smiths (AL)", "", ("AL",)),
        ("Союз (КРАС)", "КРАС", ()),
    ],
)
def test_acronym_in_brackets(text, acronym, countries):
    row = entry(text)
    assert (row.acronym, row.countries) == (acronym, countries)


@pytest.mark.parametrize(
    ("text", "url", "target"),
    [
        ("[One](https://example.org/a_(b))", "https://example.org/a_(b)", ""),
        ("[One](One) (https://example.org)", "https://example.org", "One"),
        ("One https://example.org/.", "https://example.org/", ""),
        ("One <https://example.org>", "https://example.org", ""),
        ("[[One]] [https://example.org web]", "https://example.org", "One"),
        ("[One](//example.org)", "https://example.org", ""),
        ('[One](One_(a "wikilink")', "", "One_(a"),
    ],
)
def test_address_and_target(text, url, target):
    row = entry(text)
    assert (row.url, row.target) == (url, target)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "There is no name."),
        ("...", "There is no name."),
        ("https://example.org", "There is no name."),
        ("[](x)", "The link is empty."),
        ("[One]()", "The link is empty."),
        ("[One](x", "The address of a link is opened and not closed."),
        ("[One", "A bracket is opened and not closed: ["),
        ("One]", "A bracket is closed that was not opened."),
        ("One (Spain", "A bracket is opened and not closed: ("),
        ("One Spain)", "Round brackets are not opened and closed in pairs."),
        ("One ()", "There are empty brackets."),
        ("**One", "Bold text is opened and not closed."),
        ("[One] (x)", "Square brackets without an address: One"),
        ("[One](javascript:x)", "The link leads to no page: javascript:x"),
        ("[One](One) and [Two](Two)", "There is more than one name: Two"),
        ("[One](One) of old", "The words beside the name are not understood: of old"),
        ("One (Spain) of old", "The words beside the name are not understood: of old"),
        ("One – the oldest", "The words beside the name are not understood: the oldest"),
        ("**One** is old", "The words beside the name are not understood: is old"),
        ("One (old)", "The words in brackets are neither a country nor an acronym: old"),
        ("Union of [[Spain]]", "There is a country, but no organisation."),
        ("Spain", "There is a country, but no organisation."),
        ("~~One~~", "The entry is struck out."),
        ("One <script>", "The tag <script> is not understood."),
        ("{{Unknown|One}}", "The template “Unknown” is not understood."),
        ("We vote at congresses. They look on", "This is a sentence rather than a name."),
        ("Here we list all who have joined.", "This is a sentence rather than a name."),
        ("x" * 201, "The name is longer than 200 characters."),
        ("x " * 1500, "The entry is longer than 2000 characters."),
        ("[" * 40, "Brackets are nested too deeply."),
        ("One\x07Two", "There are control characters in it."),
        ("One\u202eowT", "There are control characters in it."),
    ],
)
def test_entries_not_understood_say_why(text, expected):
    assert reason(text) == expected


def test_a_name_may_have_200_characters():
    assert len(entry("ö" * 200).name) == 200
