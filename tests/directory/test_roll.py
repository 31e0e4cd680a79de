"""The congress roll: who votes on a day, who takes part, and of whom it is not known."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory import workflow as register
from directory.models import Affiliation, AsAt, Decision
from federation.models import Status
from tests import make

pytestmark = pytest.mark.django_db
CONGRESS = datetime.date(2019, 12, 8)


def day(year):
    return datetime.date(year, 1, 1)


@pytest.fixture
def federation():
    """Sections vote, friends speak, guests do nothing; of the signatories no text says anything."""
    made = make.federation("iwa")
    made.statuses.filter(slug="friend").update(votes=False, speaks=True)
    rights = dict.fromkeys(Status.RIGHTS, False)
    make.status(made, "observer", slug="guest", **rights)
    make.status(made, "section", slug="signatory")
    return made


def roll(visitor, on=CONGRESS):
    return visitor.get(f"/federations/iwa/roll/?on={on}").context["roll"]


def parts(found):
    return {part.name: [str(line.organisation.name) for line in part.lines] for part in found.parts}


def test_each_stands_where_its_status_of_that_day_puts_it(visitor, federation):
    make.affiliation(make.organisation("Voter", "SE"), federation)
    make.affiliation(make.organisation("Friend"), federation, "friend")
    make.affiliation(make.organisation("Guest"), federation, "guest")
    make.affiliation(make.organisation("Signed"), federation, "signatory")
    make.affiliation(make.organisation("Perhaps"), federation, seen_on=day(2021))
    make.affiliation(make.organisation("Later"), federation, since=day(2020))
    hidden = make.organisation("Hidden", visibility="unlisted")
    make.affiliation(hidden, federation)
    found = roll(visitor)
    assert parts(found) == {
        "votes": ["Voter"], "takes_part": ["Friend"], "not_known": ["Perhaps", "Signed"],
    }  # fmt: skip
    assert (found.without, found.count) == (1, 5)


def test_a_status_of_that_day_counts_and_not_the_one_of_today(visitor, federation):
    member = make.organisation("Once a friend")
    bond = make.affiliation(member, federation, "friend")
    section = federation.statuses.get(slug="section")
    register.change_status(
        affiliation=bond, status=section, source=make.source(federation),
        on=CONGRESS + datetime.timedelta(days=1), by=None,
    )  # fmt: skip
    assert parts(roll(visitor))["takes_part"] == ["Once a friend"]
    assert parts(roll(visitor, "2019-12-09"))["votes"] == ["Once a friend"]


def test_the_counts_are_those_of_the_register(visitor, federation):
    for number in range(3):
        make.affiliation(make.organisation(f"Voter {number}"), federation)
        make.affiliation(make.organisation(f"Late {number}"), federation, seen_on=day(2021))
    make.affiliation(make.organisation("Friend"), federation, "friend")
    make.affiliation(make.organisation("Late friend"), federation, "friend", seen_on=day(2021))
    make.affiliation(make.organisation("Signed"), federation, "signatory")
    tallies = dict(zip(Status.RIGHTS, roll(visitor).tallies, strict=True))
    for right in Status.RIGHTS:
        with_it = Affiliation.objects.with_right(right, CONGRESS)
        sure = with_it.filter(answer=AsAt.YES).count()
        assert tallies[right].granted == sure, right
        unsaid = Affiliation.objects.possible(CONGRESS).filter(**{f"status__{right}": None})
        unsure = with_it.filter(answer=AsAt.UNKNOWN).count() + unsaid.count()
        assert tallies[right].unknown == unsure, right
    assert tallies["votes"].granted == 3
    assert tallies["votes"].unknown == 4


def test_a_line_tells_decision_and_source(visitor, federation):
    decision = Decision.objects.create(
        federation=federation, body="congress", decided_on=day(2010), reference="C4/7"
    )
    make.affiliation(make.organisation("Voter", "SE"), federation, decision=decision)
    page = visitor.get(f"/federations/iwa/roll/?on={CONGRESS}").content.decode()
    row = re.search(r"(?s)<tr>\s*<td>1</td>.*?</tr>", page)[0]
    for words in (
        "Voter",
        "Sweden",
        "Section",
        "1 January 2000",
        "<bdi>C4/7</bdi>",
        'href="#source-1"',
    ):
        assert words in row, words
    source = re.search(r'(?s)<li id="source-1">.*?</li>', page)[0]
    assert "Members page</bdi>, as of 1 January 2000" in source


def test_a_shielded_organisation_votes_and_its_place_stays_away(visitor, federation):
    shielded = make.organisation("Voter", "SE", city="Lund", visibility="shielded")
    make.affiliation(shielded, federation)
    page = visitor.get("/federations/iwa/roll/").content.decode()
    assert "Voter" in page
    assert "Lund" not in page


@pytest.mark.parametrize("query", ["on=31-12-2020", "on=%00", "right=votes", "on=&on="])
def test_a_day_that_cannot_be_read_draws_up_nothing(visitor, federation, query):
    make.affiliation(make.organisation("Voter"), federation)
    page = visitor.get(f"/federations/iwa/roll/?{query}")
    assert (page.status_code, page.context["roll"]) == (400, None)
    assert "There is a problem" in page.content.decode()


def test_without_a_day_the_roll_is_of_today(visitor, federation):
    make.affiliation(make.organisation("Voter"), federation)
    assert parts(visitor.get("/federations/iwa/roll/").context["roll"])["votes"] == ["Voter"]
    assert visitor.get("/federations/nowhere/roll/").status_code == 404


def test_a_roll_too_long_for_a_page_says_so_and_counts_on(visitor, federation, monkeypatch):
    monkeypatch.setattr("directory.views.roll.ON_A_PAGE", 2)
    for name in "ABC":
        make.affiliation(make.organisation(name), federation)
    page = visitor.get(f"/federations/iwa/roll/?on={CONGRESS}")
    assert parts(page.context["roll"]) == {"votes": [], "takes_part": [], "not_known": []}
    assert page.context["roll"].tallies[0].granted == 3
    assert "/organisations.csv?federation=iwa&amp;on=2019-12-08" in page.content.decode()


def test_a_long_roll_costs_as_many_queries_as_a_short_one(visitor, federation):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            visitor.get(f"/federations/iwa/roll/?on={CONGRESS}")
        return len(asked)

    make.affiliation(make.organisation("One", "SE"), federation)
    one = queries()
    for number in range(12):
        kind = ("section", "friend", "signatory")[number % 3]
        make.affiliation(make.organisation(f"Number {number}", "SE", "NO"), federation, kind)
    assert queries() == one
