"""The pictures say what the register says, and the counts of each year are those of `as_at`."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory import charts
from directory import workflow as register
from directory.growth import NOT_KNOWN, by_kind, by_status, by_year
from directory.models import Affiliation, AsAt
from directory.views.federations import listed_bonds
from tests import make

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2020, 7, 1)


def day(year, month=1, number=1):
    return datetime.date(year, month, number)


def drawn(timeline):
    return [
        (bar.status.slug, bar.is_known, bar.is_open) for lane in timeline.lanes for bar in lane.bars
    ]


def bonds_of(organisation):
    return list(organisation.affiliations.select_related("status__federation"))


# --- the statuses of an organisation --------------------------------------------------------


def test_a_change_of_status_is_drawn_as_two_bars_in_one_lane(iwa):
    member = make.organisation()
    bond = make.affiliation(member, iwa, "friend", since=day(2010))
    register.change_status(
        affiliation=bond, status=iwa.statuses.get(slug="section"), source=make.source(iwa),
        on=day(2015), by=None,
    )  # fmt: skip
    timeline = charts.timeline(bonds_of(member), TODAY)
    assert drawn(timeline) == [("friend", True, False), ("section", True, True)]
    first, second = timeline.lanes[0].bars
    ends = [float(text.rstrip("%")) for text in (first.x, first.width, second.x, second.width)]
    assert ends[0] + ends[1] == pytest.approx(ends[2], abs=0.02)
    assert ends[2] + ends[3] == pytest.approx(100, abs=0.02)


def test_what_is_not_known_is_drawn_apart(iwa):
    member = make.organisation()
    bond = make.affiliation(member, iwa, "friend", seen_on=day(2010))
    register.end(
        affiliation=bond, reason="lapse", gone_on=day(2014), source=make.source(iwa), by=None
    )
    timeline = charts.timeline(bonds_of(member), TODAY)
    parts = [("friend", False, False), ("friend", True, False), ("friend", False, False)]
    assert drawn(timeline) == parts
    assert timeline.has_unknown
    assert not timeline.has_open


def test_each_federation_has_its_lane_from_the_earliest_on(iwa, asi):
    member = make.organisation()
    make.affiliation(member, asi, since=day(2016))
    make.affiliation(member, iwa, since=day(2012))
    timeline = charts.timeline(bonds_of(member), TODAY)
    assert [lane.federation for lane in timeline.lanes] == [iwa, asi]
    assert [mark.label for mark in timeline.legend] == ["Section"]


def test_nothing_is_drawn_of_nothing():
    assert charts.timeline([], TODAY) is None


def test_in_arabic_time_runs_from_right_to_left(iwa):
    member = make.organisation()
    make.affiliation(member, iwa, since=day(2015))
    [bar] = charts.timeline(bonds_of(member), TODAY, mirrored=True).lanes[0].bars
    assert bar.x == "0.00%"


@pytest.mark.parametrize(("years", "step"), [(8, 2), (20, 5), (35, 10), (226, 50), (1000, 100)])
def test_an_axis_has_few_round_years(years, step):
    assert charts.step_of(years) == step
    labels = charts.Axis(2020 - min(years, 226), TODAY).ticks()
    assert len(labels) <= charts.TICKS + 1


# --- the organisations of a federation ------------------------------------------------------


@pytest.fixture
def many(iwa):
    """Bonds of every sort: known and unknown at either end, changed, corrected and hidden."""
    turn = day(2012, 12, 31)
    source = make.source(iwa)
    for number, terms in enumerate(
        [{"since": day(2010, 5)}, {"since": turn}, {"seen_on": day(2014)}, {"seen_on": turn}]
    ):
        for kind, closing in enumerate(
            [{}, {"until": day(2016)}, {"until": day(2015, 12, 31)}, {"gone_on": day(2017, 3)}]
        ):
            member = make.organisation(f"Number {number}{kind}")
            bond = make.affiliation(member, iwa, ("friend", "section")[kind % 2], **terms)
            if closing:
                register.end(affiliation=bond, reason="lapse", source=source, by=None, **closing)
    again = make.organisation("Again")
    first = make.affiliation(again, iwa, "friend", since=day(2009))
    register.end(affiliation=first, reason="lapse", source=source, by=None, until=day(2013, 6))
    make.affiliation(again, iwa, seen_on=day(2018))
    wrong = make.affiliation(make.organisation("Wrong"), iwa, since=day(2008))
    register.retract(affiliation=wrong, note="never was", by=None)
    make.affiliation(make.organisation("Hidden", visibility="unlisted"), iwa, since=day(2008))
    make.affiliation(make.organisation("Later"), iwa, since=day(2020, 9))
    return iwa


def as_at(bonds, on):
    """The slow way, from the answers themselves."""
    numbers = {"section": 0, "friend": 0, "observer": 0, NOT_KNOWN: 0}
    for bond in bonds.as_at(on):
        if bond.answer == AsAt.YES:
            numbers[bond.status.kind] += 1
        elif bond.answer == AsAt.UNKNOWN:
            numbers[NOT_KNOWN] += 1
    return numbers


def test_the_count_of_each_year_is_the_answer_for_its_last_day(many):
    bonds = listed_bonds(None).filter(federation=many)
    told = by_year(bonds, TODAY)
    assert [year for year, _numbers in told] == [str(year) for year in range(2009, 2020)]
    slow = [as_at(bonds, day(year, 12, 31)) for year in range(2009, 2020)]
    assert [numbers for _year, numbers in told] == slow
    assert all(numbers[NOT_KNOWN] for numbers in slow[1:3])


def test_the_count_of_a_day_is_its_answer(many):
    bonds = listed_bonds(None).filter(federation=many)
    kinds = {status.pk: status.kind for status in many.statuses.all()}
    for on in (TODAY, day(2012, 12, 31), day(2015, 12, 31), day(1990)):
        assert by_kind(by_status(many, bonds, on, None), kinds) == as_at(bonds, on), on


def test_the_years_are_counted_in_one_query(many):
    with CaptureQueriesContext(connection) as asked:
        by_year(listed_bonds(None).filter(federation=many), TODAY)
    assert len(asked) == 1


def test_a_federation_without_bonds_has_no_years(iwa):
    assert by_year(Affiliation.objects.all(), TODAY) == []


def test_columns_stack_up_to_what_they_count():
    rows = [("2019", {"section": 3, NOT_KNOWN: 1}), ("2020", {"section": 8, NOT_KNOWN: 0})]
    chart = charts.columns(rows)
    assert [part.kind for part in chart.columns[0].parts] == ["section", NOT_KNOWN]
    heights = [sum(float(part.height) for part in column.parts) for column in chart.columns]
    assert heights == [charts.PLOT / 2, charts.PLOT]
    assert [line.label for line in chart.lines] == ["2", "4", "6", "8"]
    assert chart.kinds == ["section", NOT_KNOWN]
    places = [chart.columns[0].x, charts.columns(rows, mirrored=True).columns[0].x]
    assert [float(place.rstrip("%")) < 50 for place in places] == [True, False]
