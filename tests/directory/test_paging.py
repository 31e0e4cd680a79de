"""Lists read by place: each row once, forward and back, at a constant cost."""

import datetime

import pytest

from directory.models import Organisation
from directory.paging import Order, Place, page_of
from tests import make

pytestmark = pytest.mark.django_db

BY_NAME = Order(Organisation, "sort_name")
BACKWARDS = Order(Organisation, "sort_name", descending=True)
BY_CHANGE = Order(Organisation, "changed_at", descending=True)


def some(*names):
    for name in names:
        make.organisation(name)


def pages(order, size):
    """All pages, from the first to the last."""
    found, word = [], ""
    while True:
        place = Place.read(word, order) if word else None
        page = page_of(Organisation.objects.all(), order, size, place)
        found.append(page)
        word = page.next
        if not word:
            return found


def names(page):
    return [row.name for row in page.rows]


def test_each_row_stands_on_one_page_also_among_equal_names():
    some("Beta", "Same", "Same", "Same", "Alpha", "Same", "Zeta")
    read = [names(page) for page in pages(BY_NAME, 2)]
    assert read == [["Alpha", "Beta"], ["Same", "Same"], ["Same", "Same"], ["Zeta"]]
    assert len({row.pk for page in pages(BY_NAME, 2) for row in page.rows}) == 7


def test_the_order_ignores_accents_and_case():
    some("zulu", "Örestad", "de Vries", "Öresund", "ORGANISE")
    [page] = pages(BY_NAME, 50)
    assert names(page) == ["de Vries", "Örestad", "Öresund", "ORGANISE", "zulu"]


@pytest.mark.parametrize("order", [BY_NAME, BACKWARDS, BY_CHANGE])
def test_going_back_shows_the_same_pages(order):
    some(*"ABCDEFG")
    forward = pages(order, 3)
    page, back = forward[-1], []
    while page.previous:
        page = page_of(Organisation.objects.all(), order, 3, Place.read(page.previous, order))
        back.append(names(page))
    assert back == [names(page) for page in reversed(forward[:-1])]


def test_the_ends_have_no_neighbours_beyond():
    some(*"ABC")
    first, last = pages(BY_NAME, 2)
    assert (bool(first.previous), bool(first.next)) == (False, True)
    assert (bool(last.previous), bool(last.next)) == (True, False)


def test_a_row_that_comes_before_the_place_moves_nothing():
    some("B", "C", "D", "E")
    first = page_of(Organisation.objects.all(), BY_NAME, 2, None)
    some("A")
    second = page_of(Organisation.objects.all(), BY_NAME, 2, Place.read(first.next, BY_NAME))
    assert names(second) == ["D", "E"]


def test_where_all_rows_have_gone_there_are_no_neighbours():
    some("A", "B")
    first = page_of(Organisation.objects.all(), BY_NAME, 1, None)
    Organisation.objects.filter(name="B").delete()
    empty = page_of(Organisation.objects.all(), BY_NAME, 1, Place.read(first.next, BY_NAME))
    assert (empty.rows, empty.next, empty.previous) == ([], "", "")


def test_a_page_is_one_query_without_an_offset(django_assert_num_queries):
    some(*"ABCD")
    word = page_of(Organisation.objects.all(), BY_NAME, 2, None).next
    with django_assert_num_queries(1) as asked:
        page_of(Organisation.objects.all(), BY_NAME, 2, Place.read(word, BY_NAME))
    assert "OFFSET" not in asked[0]["sql"]


def test_an_instant_survives_the_way_through_the_address():
    some("A")
    row = Organisation.objects.get()
    place = Place.read(Place.of(row, BY_CHANGE, backwards=False), BY_CHANGE)
    assert place.value == row.changed_at
    assert place.value.utcoffset() == datetime.timedelta(0)


@pytest.mark.parametrize("word", ["", "x", "WyJhIiwxLGZhbHNlXQ", "é", "a.b", "." * 300, "\0"])
def test_a_word_that_is_not_ours_is_refused(word):
    with pytest.raises(ValueError, match="not a place"):
        Place.read(word, BY_NAME)


def test_a_word_of_another_order_is_refused():
    word = Place.of(make.organisation("A"), BY_NAME, backwards=False)
    with pytest.raises(ValueError, match="not a place"):
        Place.read(word, BACKWARDS)
