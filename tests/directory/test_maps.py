"""The map: counts by country and town, with the filters of the list."""

import re
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import expect, sync_playwright

from directory.models import Organisation
from directory.views.maps import Step, WorldMap, steps
from tests import make
from tests.environment import chromium
from tests.server import serving

MAP = "/organisations/map/"


def put(name, *codes, city="", at=None, **fields):
    """An organisation that knows where it is."""
    made = make.organisation(name, *codes, city=city, **fields)
    if at:
        # Past `save`, which finds the point of a known town by itself.
        Organisation.objects.filter(pk=made.pk).update(latitude=at[0], longitude=at[1])
    return made


@pytest.fixture
def world(iwa):
    kitchen = put("Kitchen Workers", "SE", city="Lund", at=(55.70584, 13.19321))
    put("Dockers", "SE", "DK", city="Malmö", at=(55.6, 13.0))
    put("Printers", "SE", city="LUND", at=(55.7, 13.19))
    put("Weavers", "FR", "BE", city="Lille", at=(50.63, 3.06))
    put("Nowhere Union")
    make.affiliation(kitchen, iwa)


def links(page, name):
    """What the links of a class are called, with their addresses."""
    pattern = rf'<a class="map__{name}" href="([^"]*)"[^>]*><title>([^<]*)</title>'
    found = re.findall(pattern, page.content.decode())
    return {label: url.replace("&amp;", "&") for url, label in found}


def test_each_country_is_a_link_to_its_list_with_its_number(world, visitor):
    found = links(visitor.get(MAP), "country")
    assert found == {
        "Belgium: 1 organisation": "/organisations/?country=BE",
        "Denmark: 1 organisation": "/organisations/?country=DK",
        "France: 1 organisation": "/organisations/?country=FR",
        "Sweden: 3 organisations": "/organisations/?country=SE",
    }
    for label, url in found.items():
        listed = visitor.get(url).content.decode()
        assert re.search(rf"\b{re.findall('[0-9]+', label)[0]}\s+organisation", listed)


def test_a_town_is_one_dot_in_the_country_where_it_lies(world, visitor):
    assert links(visitor.get(MAP), "town") == {
        "Lund: 2 organisations": "/organisations/?q=Lund&country=SE",
        "Malmö: 1 organisation": "/organisations/?q=Malm%C3%B6&country=SE",
        "Lille: 1 organisation": "/organisations/?q=Lille&country=FR",
    }


def test_the_filters_of_the_list_are_those_of_the_map(world, visitor):
    page = visitor.get(f"{MAP}?federation=iwa&sort=changed&page_size=5")
    assert links(page, "country") == {
        "Sweden: 1 organisation": "/organisations/?federation=iwa&country=SE"
    }
    assert list(links(page, "town")) == ["Lund: 1 organisation"]
    denmark = visitor.get(f"{MAP}?country=DK")
    assert list(links(denmark, "country")) == ["Denmark: 1 organisation"]
    assert links(denmark, "town") == {
        "Malmö: 1 organisation": "/organisations/?country=DK&q=Malm%C3%B6"
    }


def test_a_region_shows_its_own_countries_alone(world, visitor):
    put("Ferry Crews", "PT", "BR", city="Recife", at=(-8.05, -34.88))
    page = visitor.get(f"{MAP}?region=americas")
    assert list(links(page, "country")) == ["Brazil: 1 organisation"]
    assert list(links(page, "town")) == ["Recife: 1 organisation"]


def test_each_filter_in_force_can_be_taken_away_on_the_map(world, visitor):
    page = visitor.get(f"{MAP}?country=SE&q=union&sort=name").content.decode()
    assert f'href="{MAP}?country=SE"' in page
    assert f'href="{MAP}?q=union"' in page


def test_words_that_were_asked_stay_beside_the_town(world, visitor):
    page = visitor.get(f"{MAP}?q=kitchen")
    assert links(page, "town") == {
        "Lund: 1 organisation": "/organisations/?q=kitchen+Lund&country=SE"
    }
    listed = visitor.get("/organisations/?q=kitchen+Lund&country=SE").content.decode()
    assert "Kitchen Workers" in listed


def test_a_misspelt_word_finds_what_is_nearly_so_and_says_it(world, visitor):
    page = visitor.get(f"{MAP}?q=kitchn")
    assert list(links(page, "country")) == ["Sweden: 1 organisation"]
    assert "<mark>kitchen</mark>" in page.content.decode()


def test_nothing_found_is_said(world, visitor):
    page = visitor.get(f"{MAP}?q=zzzzzz")
    assert links(page, "country") == {}
    assert "No organisation matches" in page.content.decode()


@pytest.mark.parametrize("query", ["nothing=1", "country=XX", "on=yesterday", "after=x", "q=%00"])
def test_what_cannot_be_read_finds_nothing(world, visitor, query):
    page = visitor.get(f"{MAP}?{query}")
    assert page.status_code == 400
    assert links(page, "country") == {}


def test_a_shielded_organisation_is_counted_and_has_no_place(world, visitor):
    put("Hidden Union", "SE", city="Visby", at=(57.63, 18.29), visibility="shielded")
    page = visitor.get(MAP)
    assert "Sweden: 4 organisations" in links(page, "country")
    assert "Visby" not in page.content.decode()


@pytest.mark.parametrize("visibility", ["unlisted", "proposed"])
def test_what_is_not_in_the_lists_is_not_on_the_map(world, visitor, visibility):
    put("Quiet Union", "SE", city="Visby", at=(57.63, 18.29), visibility=visibility)
    page = visitor.get(MAP)
    assert "Sweden: 3 organisations" in links(page, "country")
    assert "Visby" not in page.content.decode()


def test_no_point_is_nearer_than_a_town(db, visitor):
    put("Kitchen Workers", "SE", city="Lund", at=(55.71234, 13.18765))
    [town] = WorldMap(Organisation.objects.listed(), {}).towns
    assert (town.latitude, town.longitude) == (55.7, 13.2)
    assert "55.71" not in visitor.get(MAP).content.decode()


def test_the_table_says_what_the_drawing_shows(world, visitor):
    page = visitor.get(MAP).content.decode()
    table = page[page.index("<table") :]
    rows = re.findall(r'<th scope="row">(.*?)</th>\s*<td>(\d+)</td>', table)
    assert [(re.sub("<.*?>", "", name), number) for name, number in rows] == [
        ("Belgium", "1"), ("Denmark", "1"), ("France", "1"), ("Sweden", "3"),
        ("Country not known", "1"),
    ]  # fmt: skip
    assert table.index("Lille") > table.index("France")


def test_countries_stand_in_the_order_of_the_readers_names(world, visitor):
    page = visitor.get(f"/es{MAP}").content.decode()
    names = re.findall(r'<th scope="row"><a [^>]*>(.*?)</a>', page)
    assert names == ["Bélgica", "Dinamarca", "Francia", "Suecia"]


def test_markup_in_a_town_stays_text(db, visitor):
    put("Union", "SE", city='<b>"Lund"</b>', at=(55.7, 13.2))
    assert "<b>" not in visitor.get(MAP).content.decode()


def test_as_many_queries_for_many_as_for_few(world):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            drawing = WorldMap(Organisation.objects.listed(), {})
            _all = drawing.total, drawing.without_country, drawing.countries, drawing.marked
        return len(asked)

    few = queries()
    for number in range(30):
        put(f"Union {number}", "IT", city=f"Town {number}", at=(40 + number / 10, 9))
    assert queries() == few == 4


@pytest.mark.parametrize(
    ("most", "shades"),
    [
        (0, []),
        (1, [Step(2, 1, 1)]),
        (2, [Step(1, 1, 1), Step(3, 2, 2)]),
        (7, [Step(1, 1, 1), Step(2, 2, 2), Step(4, 3, 4), Step(5, 5, None)]),
    ],
)
def test_shades_stand_for_round_numbers(most, shades):
    assert steps(most) == shades


@pytest.mark.parametrize("most", [1, 3, 12, 99, 3_141, 100_000])
def test_every_number_has_a_shade(most):
    made = steps(most)
    assert made[0].least == 1
    assert all(this.most + 1 == following.least for this, following in pairwise(made))
    assert made[-1].least <= most
    assert len(made) <= 5


def test_the_page_is_small(world, visitor):
    assert len(visitor.get(MAP).content) < 90_000


@pytest.fixture
def tab(tmp_path, monkeypatch):
    """A browser in front of the site; it asks no other host, and breaks no policy."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with serving(tmp_path) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(base_url=site, viewport={"width": 1200, "height": 1000})
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda ask: None if ask.url.startswith(site) else said.append(ask.url))
        yield page
        browser.close()
        assert said == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_map_moves_and_its_links_stay_links(world, tab):
    tab.goto(MAP)
    stage, sweden = tab.locator(".map__stage"), tab.get_by_role("link", name="Sweden: 3")

    def width():
        return tab.locator(".map__world").bounding_box()["width"]

    near = width()
    tab.get_by_role("button", name="Zoom out").click()
    expect(stage).not_to_have_attribute("data-close", "")
    assert width() < near
    tab.get_by_role("button", name="Zoom in").click()
    expect(stage).to_have_attribute("data-close", "")

    # Who moves the map by a country does not follow its link; who presses it does.
    box = stage.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(*middle)
    tab.mouse.down()
    tab.mouse.move(middle[0] + 90, middle[1] + 60, steps=5)
    tab.mouse.up()
    assert tab.url.endswith(MAP)

    sweden.first.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/organisations/?country=SE")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_there_is_a_way_back_to_the_plain_map(world, tab):
    tab.goto(MAP)
    tab.get_by_role("button", name="Back to the plain map").click()
    expect(tab.locator(".map__stage")).to_have_count(0)
    expect(tab.locator("#map > .map__world")).to_be_visible()
    tab.get_by_role("button", name="Zoom and move the map").click()
    expect(tab.locator(".map__stage .map__world")).to_be_visible()
