"""Questions made by chance: pages, API and exports refuse in words, and never fail.

The schema's own questions are tried longer by `script/fuzz`.
"""

from urllib.parse import quote, quote_plus

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.filters import OrganisationFilter
from federation.wsgi import application
from tests import make

PARAMETERS = [*OrganisationFilter.base_filters, "organisation", "since", "begun", "page", "nothing"]
# As they stand in an address. Each has made some software fall.
NASTY = (
    "", "%20", "%00", "a%00b", "%ED%A0%80", "%FF%FE", "%", "%zz", "%E0%A4", "-1", "0", "1e99",
    "999999999999999999999999", "0x10", "%D9%A1%D9%A2", "%EF%BC%91", "0000-00-00", "9999-12-31",
    "10000-01-01", "2019-02-30", "0001-01-01", "2019-12-08", "2019-12-08T00:00:00Z",
    "0001-01-01T00:00:00%2B23:59", "%252e%252e%252f", "..%2f..%2fetc%2fpasswd", "%27%20OR%201=1--",
    "%25", "_", "%5C", "*", "%22", "%3Cscript%3E", "%0d%0aSet-Cookie:a=b", "None", "null", "[]",
    "%7B%7D", "SE", "se", "XX", "iwa", "section", "union", "es", "x-", "name", "best",
    "%F0%9F%92%A9",
    "%E2%80%AE", "%EF%BF%BF", "i%CC%87" * 40, "a" * 201, "a" * 5000, "a%20" * 100, "%2B" * 300,
    "WyJhIiwxLGZhbHNlXQ.x", ".", "WyJhIiwxLGZhbHNlXQ", "%CE%91%CC%81", "%EF%B7%BA" * 60,
)  # fmt: skip
LISTS = (
    "/organisations/", "/es/organisations/", "/ar/organisations/", "/federations/",
    "/federations/iwa/", "/organisations/union/", "/api/v1/organisations/", "/api/v1/federations/",
    "/api/v1/statuses/", "/api/v1/affiliations/", "/api/v1/changes/", "/api/v1/decisions/",
    "/api/v1/organisations/union/", "/organisations.csv", "/organisations.json",
    "/organisations.geojson", "/organisations.atom", "/organisations.opml",
)  # fmt: skip
WHOLE = ("/api/v1/organisations/", "/api/v1/affiliations/", "/api/v1/statuses/")
pairs = st.tuples(st.sampled_from(PARAMETERS), st.sampled_from(NASTY) | st.text().map(quote_plus))
questions = st.lists(pairs, max_size=3).map(lambda asked: "&".join(f"{n}={v}" for n, v in asked))
bounded = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def _made(lasting):
    """Something of everything, so that a silently full list would be seen."""
    iwa = make.federation("iwa")
    union = make.organisation("Union", "SE", acronym="U", language="sv", city="Malmö")
    make.contact(union, "mail@example.org")
    make.affiliation(union, iwa)
    for number in range(3):
        make.affiliation(make.organisation(f"Local {number}", "ES"), iwa, "friend")
    return iwa


@pytest.fixture
def world(db, _made):
    return _made


@pytest.fixture
def asks():
    """Asks, and fails the test at an answer that is none."""
    client = Client(raise_request_exception=False)

    def ask(address):
        path, _mark, query = address.partition("?")
        answer = client.get(path, QUERY_STRING=query)
        assert answer.status_code in (200, 301, 302, 400, 404), (answer.status_code, address)
        if answer.status_code == 400 and path.startswith(("/api/", "/organisations.")):
            assert answer.headers["Content-Type"] == "application/problem+json", address
            assert answer.json()["detail"]
        answer.getvalue()  # also what is streamed comes to its end
        return answer

    return ask


@pytest.mark.parametrize("name", PARAMETERS)
def test_no_single_value_makes_the_list_fail(world, asks, name):
    for value in NASTY:
        asks(f"/api/v1/organisations/?{name}={value}")


@given(path=st.sampled_from(LISTS), question=questions)
@bounded
def test_no_question_makes_an_address_fail(world, asks, path, question):
    asks(f"{path}?{question}")


@pytest.mark.parametrize("value", NASTY)
def test_no_word_makes_an_address_fail(world, asks, value):
    word = value.replace("?", "%3F").replace("#", "%23")
    for place in ("organisations", "federations", "api/v1/organisations", "api/v1/affiliations"):
        asks(f"/{place}/{word}/")
        asks(f"/{place}/{word}")
    for ending in ("json", "vcf"):
        asks(f"/organisations/{word}.{ending}")


@given(st.text(), st.sampled_from(["/", "/api/", "/api/v1/", "/organisations/", "/federations/"]))
@bounded
def test_no_address_makes_the_site_fail(world, asks, text, place):
    asks(place + quote(text, safe="/%&=;:@!$,+"))


# What says nothing, whatever the list: refused by name, on the page as in the API.
MEANINGLESS = [
    ("federation", "nobody"), ("status", "nobody"), ("kind", "union%00"), ("country", "se"),
    ("country", "%D8%B3"), ("language", "x-"), ("industry", "0"), ("region", "atlantis"),
    ("on", "0000-00-00"), ("on", "9999-12-31"), ("on", "2019-02-30"), ("on", "%D9%A2%D9%A0"),
    ("sort", "random"), ("page_size", "-1"), ("page_size", "0"), ("page_size", "1e3"),
    ("page_size", "999999999999999999999999"), ("after", "x"), ("after", "%00"), ("q", "a%00"),
    ("q", "a" * 201), ("nothing", "1"), ("q", "a&q=b"), ("country", "SE&country=ES"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), MEANINGLESS)
@pytest.mark.parametrize("path", ["/organisations/", "/api/v1/organisations/"])
def test_what_means_nothing_is_refused_and_no_list_is_shown(world, asks, path, name, value):
    answer = asks(f"{path}?{name}={value}")
    assert answer.status_code == 400
    assert "Local 1" not in answer.content.decode()
    if path.startswith("/api/"):
        assert list(answer.json()["errors"]) == [name]


@pytest.mark.parametrize("value", ["", "%20", "+%09", "%E3%80%80"])
def test_a_value_gone_missing_is_no_question_for_the_whole_list(world, asks, value):
    for name in ("q", "federation", "country", "on", "page_size", "after"):
        answer = asks(f"/api/v1/organisations/?{name}={value}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    assert asks("/organisations/?q=&federation=&kind=").status_code == 200


@pytest.mark.parametrize(
    "value", ["%ED%A0%80", "%FF", "%", "%zz", "%E2%80%AE", "%F0%9F%92%A9", "_"]
)
def test_what_no_name_has_finds_nothing(world, asks, value):
    answer = asks(f"/api/v1/organisations/?q={value}")
    assert answer.status_code == 400 or answer.json()["count"] == 0


@pytest.mark.parametrize("path", WHOLE)
def test_a_place_that_was_altered_or_is_another_lists_is_refused(world, asks, path):
    places = [asks(f"{other}?page_size=1").json()["next"].partition("after=")[2] for other in WHOLE]
    own = places.pop(WHOLE.index(path))
    assert asks(f"{path}?page_size=1&after={own}").status_code == 200
    for word in (*places, own[:-1], own + "a", own.swapcase(), own.partition(".")[0]):
        assert asks(f"{path}?page_size=1&after={word}").status_code == 400, word


def test_a_place_stands_for_the_order_it_was_given_in(world, asks):
    given = asks("/api/v1/organisations/?page_size=1&sort=-name").json()["next"]
    word = given.partition("after=")[2]
    for sort in ("name", "country", "changed", "since", "best"):
        answer = asks(f"/api/v1/organisations/?page_size=1&sort={sort}&after={word}")
        assert list(answer.json()["errors"]) == ["after"], sort


# --- the API, by its schema -----------------------------------------------------------------


@pytest.fixture
def operations(world):
    # After each request the server would close the connection that the test's rows stand in.
    request_finished.disconnect(close_old_connections)
    request_started.disconnect(close_old_connections)
    api = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    yield [found.ok() for found in api.get_all_operations()]
    request_finished.connect(close_old_connections)
    request_started.connect(close_old_connections)


@given(st.data(), st.sampled_from(schemathesis.GenerationMode))
@bounded
def test_the_api_does_what_its_schema_says(operations, data, mode):
    """Status, headers and body are as documented, for questions that fit the schema or do not."""
    operation = data.draw(st.sampled_from(operations))
    data.draw(operation.as_strategy(generation_mode=mode)).call_and_validate()
