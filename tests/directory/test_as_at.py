"""Was it so on that day? Yes, no, or not known."""

import datetime

import pytest

from directory import workflow as register
from directory.models import Affiliation, AsAt
from tests import make

YES, NO, UNKNOWN = AsAt.YES, AsAt.NO, AsAt.UNKNOWN


def day(text):
    return datetime.date.fromisoformat(text)


def answers(on):
    """The answer for each status, of bonds that a correction has not taken back."""
    bonds = Affiliation.objects.standing().as_at(day(on))
    return {bond.status.slug: bond.answer for bond in bonds.select_related("status")}


@pytest.mark.parametrize(
    ("on", "answer"),
    [("2009-12-31", NO), ("2010-01-01", YES), ("2019-12-31", YES), ("2020-01-01", NO)],
)
def test_a_dated_bond_counts_from_its_first_day_until_before_its_last(iwa, on, answer):
    bond = make.affiliation(make.organisation(), iwa, since=day("2010-01-01"))
    source = make.source(iwa)
    register.end(affiliation=bond, reason="lapse", source=source, until=day("2020-01-01"), by=None)
    assert answers(on) == {"section": answer}


@pytest.mark.parametrize(
    ("on", "answer"), [("1900-01-01", UNKNOWN), ("2015-02-28", UNKNOWN), ("2015-03-01", YES)]
)
def test_a_bond_without_beginning_is_vouched_for_from_its_source_on(iwa, on, answer):
    make.affiliation(make.organisation(), iwa, seen_on=day("2015-03-01"))
    assert answers(on) == {"section": answer}


@pytest.mark.parametrize(
    ("on", "answer"),
    [("2010-01-01", YES), ("2010-01-02", UNKNOWN), ("2014-12-31", UNKNOWN), ("2015-01-01", NO)],
)
def test_a_bond_gone_by_a_day_is_not_known_since_it_was_last_seen(iwa, on, answer):
    bond, over = (
        make.affiliation(make.organisation(), iwa, seen_on=day("2010-01-01")),
        day("2015-01-01"),
    )
    register.end(affiliation=bond, reason="lapse", source=make.source(iwa), gone_on=over, by=None)
    assert answers(on) == {"section": answer}


@pytest.mark.parametrize(
    ("on", "friend", "section"),
    [
        ("2005-01-01", YES, NO),
        ("2009-12-31", YES, NO),
        ("2010-01-01", NO, UNKNOWN),
        ("2016-01-01", NO, YES),
    ],
)
def test_an_undated_bond_cannot_have_begun_while_an_earlier_one_lasted(iwa, on, friend, section):
    member, source = make.organisation(), make.source(iwa)
    bond = make.affiliation(member, iwa, "friend", since=day("2000-01-01"))
    register.end(affiliation=bond, reason="change", source=source, until=day("2010-01-01"), by=None)
    make.affiliation(member, iwa, "section", seen_on=day("2015-01-01"))
    assert answers(on) == {"friend": friend, "section": section}


def test_a_bond_to_another_federation_says_nothing_about_this_one(iwa, asi):
    member = make.organisation()
    bond = make.affiliation(member, asi, "friend", since=day("2000-01-01"))
    source = make.source(asi)
    register.end(affiliation=bond, reason="lapse", source=source, until=day("2010-01-01"), by=None)
    make.affiliation(member, iwa, "section", seen_on=day("2015-01-01"))
    assert answers("2005-01-01") == {"friend": YES, "section": UNKNOWN}


def test_what_a_correction_took_back_never_was(iwa):
    bond = make.affiliation(make.organisation(), iwa, since=day("2010-01-01"))
    register.retract(affiliation=bond, note="Another organisation was meant.", by=None)
    assert not Affiliation.objects.possible(day("2015-01-01")).exists()
    assert not Affiliation.objects.in_force(day("2015-01-01")).exists()


def test_who_could_vote_at_a_congress_is_one_query(iwa, django_assert_num_queries):
    make.affiliation(make.organisation("Certain"), iwa, since=day("2010-01-01"))
    make.affiliation(make.organisation("Perhaps"), iwa, seen_on=day("2020-01-01"))
    make.affiliation(make.organisation("Later"), iwa, since=day("2020-01-01"))
    make.affiliation(make.organisation("Without vote"), iwa, "friend", since=day("2010-01-01"))
    with django_assert_num_queries(1):
        voters = Affiliation.objects.with_right("votes", on=day("2019-12-08"))
        voters = voters.select_related("organisation")
        found = {bond.organisation.name: bond.answer for bond in voters}
    assert found == {"Certain": YES, "Perhaps": UNKNOWN}


def test_only_rights_of_a_status_can_be_asked_for():
    with pytest.raises(ValueError, match="organisation__members"):
        Affiliation.objects.with_right("organisation__members", on=day("2019-12-08"))
