"""The command that brings a list of members into the register."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from directory.models import Affiliation, AsAt, Organisation, Source
from tests import make
from tests.directory.test_overlap import day

MARKDOWN = """\
---
title: The Lantern International
permalink: /The_Lantern_International/
---

The **Lantern International** (**LI**) is an [invented](Invention "wikilink") body.

## Current Members

*Sections vote. Friends look on.*

### Sections

- [National Union of
  Lamplighters](National_Union_of_Lamplighters_(Spain) "wikilink")
  ([Spain](Spain "wikilink"))
- [National Union of
  Lamplighters](National_Union_of_Lamplighters_(France) "wikilink")
  ([France](France "wikilink"))
- [Norwegian Candle
  Makers](Norwegian_Candle_Makers "wikilink")

### Friends

- [Örestad Wick
  Trimmers](Örestad_Wick_Trimmers_(Sweden) "wikilink")
  ([Sweden](Sweden "wikilink"))

[Category:Lanterns](Category:Lanterns "wikilink")
"""

MEDIAWIKI = """\
'''The Lantern International''' is an [[Invention|invented]] body.

== Sections ==
* [[National Union of Lamplighters (Spain)|National Union of Lamplighters]] ([[Spain]])
* [[National Union of Lamplighters (France)|National Union of Lamplighters]] ([[France]])
* [[Norwegian Candle Makers]]

== Friends ==
* [[Örestad Wick Trimmers (Sweden)|Örestad Wick Trimmers]] ([[Sweden]])

[[Category:Lanterns]]
"""

CSV = """\
name,status,country
National Union of Lamplighters,section,Spain
National Union of Lamplighters,section,France
Norwegian Candle Makers,section,NO
Örestad Wick Trimmers,friend,Sweden
"""


@pytest.fixture
def run(tmp_path, iwa, capsys):
    """Import a text or bytes as a file; the report."""

    def run_it(content, name="members.md", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = io.StringIO()
        try:
            call_command(
                "import_organisations", path, federation="iwa", format="json", stdout=out, **options
            )
        except CommandError as error:
            run_it.error = str(error)
        return json.loads(out.getvalue() or "{}")

    run_it.error = ""
    return run_it


def xlsx() -> bytes:
    book, stream = Workbook(), io.BytesIO()
    for line in CSV.splitlines():
        book.active.append(line.split(","))
    book.save(stream)
    return stream.getvalue()


def register() -> list[tuple[str, str, str, str]]:
    """Name, country and its basis, status: the whole register."""
    return sorted(
        (bond.organisation.name, country.code, country.basis, bond.status.slug)
        for bond in Affiliation.objects.all()
        for country in bond.organisation.countries.all()
    )


EXPECTED = [
    ("National Union of Lamplighters", "ES", "stated", "section"),
    ("National Union of Lamplighters", "FR", "stated", "section"),
    ("Norwegian Candle Makers", "NO", "implied", "section"),
    ("Örestad Wick Trimmers", "SE", "stated", "friend"),
]


@pytest.mark.parametrize(("content", "name"), [(MARKDOWN, "a.md"), (MEDIAWIKI, "a.wiki")])
def test_a_pasted_page_yields_its_organisations_in_either_notation(run, content, name):
    assert run(content, name)["new"] == 4
    assert register() == EXPECTED


@pytest.mark.parametrize(("content", "name"), [(CSV, "a.csv"), (xlsx(), "a.xlsx")])
def test_a_table_yields_the_same(run, content, name):
    assert run(content, name)["new"] == 4
    assert [row[:2] + row[3:] for row in register()] == [row[:2] + row[3:] for row in EXPECTED]


def test_the_beginning_is_unknown_and_the_page_is_the_source(run):
    run(MARKDOWN, as_of="2020-05-01")
    bond = Affiliation.objects.first()
    assert (bond.since, bond.seen_on, bond.source.title) == (
        None,
        bond.source.as_of,
        "The Lantern International",
    )
    assert Affiliation.objects.as_at(day(2019)).first().answer == AsAt.UNKNOWN


def test_a_dry_run_shows_each_row_and_writes_nothing(run):
    report = run(MARKDOWN, dry_run=True)
    assert [(row["state"], row["line"]) for row in report["rows"]] == [
        ("new", 14), ("new", 17), ("new", 20), ("new", 25),
    ]  # fmt: skip
    assert (Organisation.objects.count(), Source.objects.count()) == (0, 0)


def test_a_second_run_changes_nothing(run):
    run(MARKDOWN)
    report = run(MARKDOWN)
    assert (report["unchanged"], report["new"], report["changed"], report["gone"]) == (4, 0, 0, 0)
    assert (Organisation.objects.count(), Source.objects.count()) == (4, 1)


def test_an_organisation_gone_from_the_list_is_reported_and_kept(run):
    run(MARKDOWN)
    report = run(
        MARKDOWN.replace('- [Norwegian Candle\n  Makers](Norwegian_Candle_Makers "wikilink")\n', "")
    )
    gone = [row for row in report["rows"] if row["state"] == "gone"]
    assert [(row["name"], row["line"]) for row in gone] == [("Norwegian Candle Makers", None)]
    assert register() == EXPECTED


def test_a_changed_status_is_shown_old_and_new_and_keeps_the_past(run):
    run(CSV, "a.csv", as_of="2020-01-01")
    report = run(CSV.replace("Trimmers,friend", "Trimmers,section"), "a.csv", as_of="2024-01-01")
    changed = [row["changes"] for row in report["rows"] if row["state"] == "changed"]
    assert changed == [[{"fact": "status", "old": "Friend", "new": "Section"}]]
    bonds = Affiliation.objects.filter(organisation__name__contains="Wick").order_by("begins")
    assert [(bond.status.slug, bond.gone_on) for bond in bonds] == [
        ("friend", day(2024)),
        ("section", None),
    ]


def test_a_broken_line_is_named_and_nothing_is_written(run):
    broken = MARKDOWN.replace("- [Norwegian Candle\n  Makers]", "- [Norwegian Candle\n  Makers")
    report = run(broken)
    assert [row["line"] for row in report["rows"] if row["state"] == "not_understood"] == [20]
    assert "1 rows are not understood" in run.error
    assert not Organisation.objects.exists()


def test_former_members_do_not_pass_for_members(run):
    report = run(MEDIAWIKI.replace("== Friends ==", "=== Former sections ==="))
    reasons = [row["reason"] for row in report["rows"] if row["state"] == "not_understood"]
    assert reasons == ["“Former sections” is not a status of this federation."]
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("text", ["banana", "2016", "2016-13", "12.3.2016", "0001-01-01"])
def test_a_beginning_that_is_no_day_is_named(run, text):
    report = run(f"name,status,country,since\nCandle Makers,section,NO,{text}\n", "a.csv")
    assert [row["state"] for row in report["rows"]] == ["not_understood"]
    assert not Organisation.objects.exists()


def test_a_beginning_that_is_a_day_is_kept(run):
    run("name,status,country,since\nCandle Makers,section,NO,2016-03-31\n", "a.csv")
    assert Affiliation.objects.get().since.isoformat() == "2016-03-31"


def test_the_page_of_another_federation_is_refused(run, db):
    make.federation("li", names={"en": "The Lantern International"})
    assert run(MARKDOWN) == {}
    assert "which is li, not iwa" in run.error


def test_a_local_below_a_member_does_not_become_a_member(run):
    report = run(MEDIAWIKI.replace("\n== Friends", "** Local of Oslo\n\n== Friends"))
    assert [row["reason"] for row in report["rows"] if row["state"] == "not_understood"] == [
        "It stands below “Norwegian Candle Makers”: a part of a member is not a member itself."
    ]


def test_the_same_organisation_twice_in_a_list_is_named(run):
    report = run(CSV + "Norwegian Candle Makers,friend,NO\n", "a.csv")
    assert [row["reason"] for row in report["rows"] if row["state"] == "not_understood"] == [
        "The list has it already, on line 4."
    ]


def test_an_organisation_of_another_federation_is_found_not_doubled(run, asi):
    known = make.organisation("Örestad wick trimmers", "SE")
    make.affiliation(known, asi)
    run(MARKDOWN)
    assert sorted(known.affiliations.values_list("federation__slug", flat=True)) == ["asi", "iwa"]


def test_the_former_name_of_an_organisation_is_known(run, iwa):
    known = make.organisation("Candle Makers of the North", "NO")
    known.names.create(value="Norwegian Candle Makers", kind="former")
    make.affiliation(known, iwa)
    assert run(MARKDOWN)["unchanged"] == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        "Örestad".encode("latin-1"),
        b"Prose alone is no list.\n",
        b"PK\x03\x04nonsense",
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(run, content):
    assert run(content) == {}
    assert run.error
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    "options", [{"federation": "nowhere"}, {"status": "emperor"}, {"as_of": "31-12-2020"}]
)
def test_a_word_that_means_nothing_here_is_wrong_use(tmp_path, iwa, options):
    path = tmp_path / "members.csv"
    path.write_text(CSV, encoding="utf-8")
    with pytest.raises(CommandError) as error:
        call_command("import_organisations", path, **{"federation": "iwa"} | options)
    assert error.value.returncode == 2
