"""The flat world, the shapes of countries, and where towns are."""

import re

import pytest

from directory.countries import countries
from directory.geography.places import Point, point_of
from directory.geography.projection import HEIGHT, WIDTH, project
from directory.geography.shapes import shapes


@pytest.mark.parametrize(
    ("city", "codes", "point"),
    [
        ("Göteborg", ["SE"], (57.71, 11.97)),
        ("gothenburg", ["SE"], (57.71, 11.97)),
        ("京都", ["JP"], (35.02, 135.75)),
        ("طنجة", ["MA"], (35.77, -5.8)),
        ("Нови Сад", ["RS"], (45.25, 19.84)),
        ("ΠΕΙΡΑΙΑΣ", ["GR"], (37.94, 23.65)),
        ("Lyon, France", ["FR"], (45.75, 4.85)),
        ("London (Camden)", ["GB"], (51.51, -0.13)),
        ("Lille", ["FR", "LU"], (50.63, 3.06)),
        ("Köln", [], (50.93, 6.95)),
    ],
)
def test_a_town_is_found_by_any_of_its_names(city, codes, point):
    assert point_of(city, codes) == Point(*point)


@pytest.mark.parametrize(
    ("city", "codes"),
    [
        ("London", []),  # in England, in Ontario, in Ohio
        ("London", ["GB", "CA"]),
        ("Springfield", ["US"]),  # several, none much larger than the next
        ("Göteborg", ["NO"]),
        ("Nowhere at all", ["SE"]),
        ("Göteborg", ["ZZ"]),
        ("", ["SE"]),
        ("|", ["SE"]),
        ("57.71", ["SE"]),
        ("\ud800\0", []),
    ],
)
def test_where_it_is_not_sure_there_is_no_point(city, codes):
    assert point_of(city, codes) is None


def test_every_country_has_a_place_on_the_sheet():
    assert shapes().keys() == set(countries())
    for shape in shapes().values():
        assert 0 <= shape.x <= WIDTH
        assert 0 <= shape.y <= HEIGHT
        assert shape.path or shape.room == 0


def test_shapes_stay_on_the_sheet_and_make_a_small_page():
    for code, shape in shapes().items():
        for ring in re.findall(r"M(\d+ \d+)l([^z]*)z", shape.path):
            x, y = map(int, ring[0].split())
            steps = list(map(int, re.findall(r"-?\d+", ring[1])))
            for dx, dy in zip(steps[::2], steps[1::2], strict=True):
                # A step over half the world would be a line drawn across the map.
                assert abs(dx) < WIDTH / 4, code
                x, y = x + dx, y + dy
                assert 0 <= x <= WIDTH, code
                assert 0 <= y <= HEIGHT, code
    assert sum(len(shape.path) for shape in shapes().values()) < 60_000


def test_the_projection_keeps_areas_in_proportion():
    def area(latitude):
        """Of a field of one degree by one, by its corners."""
        (ax, ay), (bx, _by) = project(latitude, 0), project(latitude, 30)
        (cx, cy), (dx, _dy) = project(latitude + 5, 0), project(latitude + 5, 30)
        return ((bx - ax) + (dx - cx)) / 2 * (ay - cy)

    # On the globe the fields between these parallels are as 0.0872 to 0.0403.
    assert area(0) / area(60) == pytest.approx(0.08716 / 0.04028, rel=0.01)
    assert project(0, 0)[0] == WIDTH / 2
    assert project(60, 10)[1] < project(50, 10)[1]
