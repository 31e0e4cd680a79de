"""A page in MediaWiki's notation, and that it says the same as one in Markdown."""

import re

from directory.reading import read_list
from tests.directory.test_reading_markdown import PAGE as MARKDOWN

PAGE = """\
'''Lamps''' are an [[invention]].
{{Infobox
| name = Lamps
}}
== Sections ==
* [[Lamp Union (Spain)|Lamp Union]] ([[Spain]])
* [[Wick Union (France)]]
* [[Portuguese Wicks (LI)]]
* [[Oil (Italy)|]]
* '''[https://example.org Gas Union]''' {{flag|Poland}} <ref name="x">y</ref>
* {{ESP}} ''[[Solidarity]]''
* [[Poland]]: [[Trimmers]]
# [[File:Flag of Spain.svg|20px|link=[[Spain]]]] [[Snuffers]]
* [[A long
target|Glass
Blowers]] ({{flagicon|GRC}} [[Greece]])
** [[Glass Blowers of Athens]]
*: which goes on
* [[Broken
* {{Broken
* <s>[[Gone]]</s>

; Friends
* [[Mirror]]s<!-- and
more -->

[[Category:Lamps]]
"""

TABLE = """\
== Friends ==
{| class="wikitable"
|+ Our friends
! style="width:3em" | Name !! Country
! Website
|-
| [[One (Spain)|One]] || {{flag|Spain}}
| [https://example.org site]
|- style="x"
| rowspan="2" | Two || France ||
|-
| align=left | Three
| [[Italy]]
| -
|}
* [[Four]]
"""


def as_mediawiki(markdown):
    """What a wiki that writes MediaWiki has in place of the page in Markdown."""
    text = re.sub(r"^---.*?---\n", "", markdown, flags=re.DOTALL)
    text = re.sub(r"\n  ", " ", text)
    text = re.sub(r"^\*(\w.*)$", r"''\1", text, flags=re.MULTILINE)
    text = re.sub(r'\[([^\]]*)\]\((\S*) "wikilink"\)', r"[[\2|\1]]", text)
    for level in (3, 2):
        signs = "=" * level
        text = re.sub(rf"^#{{{level}}} (.*)$", rf"{signs} \1 {signs}", text, flags=re.MULTILINE)
    return text.replace("\n- ", "\n* ")


def facts(page):
    return [(r.name, r.target, r.countries, r.country_basis, r.headings) for r in page.rows]


def test_both_notations_say_the_same():
    page = read_list(as_mediawiki(MARKDOWN), "page.wiki")
    assert (page.notation, len(page.rows), page.not_understood) == ("mediawiki", 17, ())
    assert facts(page) == facts(read_list(MARKDOWN, "page.md"))


def test_page_is_read_with_the_ways_wikis_write_countries():
    found = [(row.line, row.name, row.countries) for row in read_list(PAGE).rows]
    assert found == [
        (6, "Lamp Union", ("ES",)),
        (7, "Wick Union", ("FR",)),
        (8, "Portuguese Wicks", ("PT",)),
        (9, "Oil", ("IT",)),
        (10, "Gas Union", ("PL",)),
        (11, "Solidarity", ("ES",)),
        (12, "Trimmers", ("PL",)),
        (13, "Snuffers", ()),
        (14, "Glass Blowers", ("GR",)),
        (24, "Mirrors", ()),
    ]


def test_broken_items_are_named_with_line_and_reason():
    assert [(entry.line, entry.reason) for entry in read_list(PAGE).not_understood] == [
        (17, "The words beside the name are not understood: which goes on"),
        (19, "A bracket is opened and not closed: [["),
        (20, "A bracket is opened and not closed: {{"),
        (21, "The entry is struck out."),
    ]


def test_links_lead_to_a_page_of_the_wiki_or_to_the_web():
    rows = {row.name: row for row in read_list(PAGE).rows}
    assert rows["Glass Blowers"].target == "A_long_target"
    assert rows["Gas Union"].url == "https://example.org"
    assert rows["Portuguese Wicks"].target == "Portuguese_Wicks_(LI)"


def test_headings_are_levels_terms_or_bold_lines():
    text = "= A =\n== B ==\n* One\n; C\n* Two\n'''D'''\n* Three\n== E ==\n# Four"
    rows = read_list(text, "x.wiki").rows
    assert [row.headings for row in rows] == [
        ("A", "B"),
        ("A", "B", "C"),
        ("A", "B", "D"),
        ("A", "E"),
    ]


def test_a_list_inside_a_template_is_read():
    text = "{{columns|\n* [[One]]\n* [[Two]]}}\n"
    assert [row.name for row in read_list(text, "x.wiki").rows] == ["One", "Two"]


def test_a_table_is_read_and_its_merged_cells_are_named():
    page = read_list(TABLE)
    assert [(row.line, row.name, row.countries, row.url) for row in page.rows] == [
        (7, "One", ("ES",), "https://example.org"),
        (12, "Three", ("IT",), ""),
        (16, "Four", (), ""),
    ]
    assert {row.headings for row in page.rows} == {("Friends",)}
    assert [entry.line for entry in page.not_understood] == [10]


def test_a_table_without_names_is_named():
    page = read_list("{|\n! Year !! Place\n|-\n| 1910 || Paris\n|}\n* One", "x.wiki")
    assert [row.name for row in page.rows] == ["One"]
    assert [(entry.line, entry.raw) for entry in page.not_understood] == [(1, "Year | Place")]
