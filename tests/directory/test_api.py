"""The API: what the pages show, for machines."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.urls import reverse
from rest_framework.exceptions import MethodNotAllowed

from directory import workflow as register
from directory.models import (
    Decision,
    Identifier,
    OrganisationCountry,
    OrganisationIndustry,
    OrganisationLanguage,
    Source,
)
from federation.permissions import ReadOnly
from tests import make

pytestmark = pytest.mark.django_db
DAY = datetime.date(2015, 6, 1)


@pytest.fixture
def union(iwa):
    """One with everything there is to tell."""
    made = make.organisation(
        "Örestad", "SE", acronym="ÖL", language="sv", kind="local", city="Malmö",
        latitude="55.60498", longitude="13.00382", founded="2016-03",
        website="https://example.org/", descriptions={"sv": "Alla."},
    )  # fmt: skip
    OrganisationCountry.objects.create(organisation=made, code="DK", basis="implied")
    OrganisationLanguage.objects.create(organisation=made, code="sv")
    OrganisationIndustry.objects.create(organisation=made, code="mining")
    Identifier.objects.create(organisation=made, scheme="wikidata", value="Q1")
    decision = Decision.objects.create(
        federation=iwa, body="congress", decided_on=DAY, reference="7"
    )
    source = Source.objects.create(
        federation=iwa, title="Minutes", url="https://example.org/m", as_of=DAY
    )
    register.admit(
        organisation=made, status=iwa.statuses.get(slug="friend"), since=DAY, decision=decision,
        source=source, by=None,
    )  # fmt: skip
    return made


AFFILIATION = {
    "organisation": "orestad", "federation": "iwa", "status": "friend", "status_label": "Friend",
    "kind": "friend", "votes": None, "since": "2015-06-01", "seen_on": None, "until": None,
    "gone_on": None, "end_reason": None, "end_decision": None, "end_source": None, "answer": "yes",
    "decision": {"body": "congress", "decided_on": "2015-06-01", "place": None, "reference": "7"},
    "source": {"title": "Minutes", "url": "https://example.org/m", "as_of": "2015-06-01"},
}  # fmt: skip


def test_an_organisation_is_told_whole(visitor, union):
    answer = visitor.get("/api/v1/organisations/orestad/").json()
    assert answer.pop("changed_at")
    assert answer == {
        "slug": "orestad", "url": "http://testserver/organisations/orestad/", "name": "Örestad",
        "names": [
            {"value": "Örestad", "language": "sv", "kind": "official", "until": None},
            {"value": "ÖL", "language": None, "kind": "acronym", "until": None},
        ],
        "acronym": "ÖL", "kind": "local", "countries": ["DK", "SE"], "countries_implied": ["DK"],
        "city": "Malmö", "latitude": 55.60498, "longitude": 13.00382, "languages": ["sv"],
        "industries": ["mining"], "founded": "2016-03", "dissolved": None,
        "website": "https://example.org/", "description": {"sv": "Alla."},
        "identifiers": [{"scheme": "wikidata", "value": "Q1"}], "affiliations": [AFFILIATION],
        "verified_on": None, "is_fictional": False,
    }  # fmt: skip


def test_the_list_tells_the_same_as_the_single_answer(visitor, union):
    one = visitor.get("/api/v1/organisations/orestad/").json()
    several = visitor.get("/api/v1/organisations/").json()
    assert several == {"count": 1, "next": None, "previous": None, "results": [one]}


def test_affiliations_are_told_through_time_or_for_a_day(visitor, iwa, union):
    bond = union.affiliations.get()
    over = {"reason": "lapse", "source": bond.source, "until": datetime.date(2020, 1, 1)}
    register.end(affiliation=bond, by=None, **over)
    make.affiliation(make.organisation("Perhaps"), iwa, seen_on=datetime.date(2021, 1, 1))

    def told(query=""):
        rows = visitor.get(f"/api/v1/affiliations/?{query}").json()["results"]
        return [(row["organisation"], row["answer"]) for row in rows]

    assert told() == [("orestad", "no"), ("perhaps", "yes")]
    assert told("on=2016-01-01") == [("orestad", "yes"), ("perhaps", "unknown")]
    assert told("on=2020-01-01") == [("perhaps", "unknown")]
    assert told("organisation=orestad") == told("status=friend") == [("orestad", "no")]
    assert told("federation=iwa&status=section&on=2016-01-01") == [("perhaps", "unknown")]


def test_affiliations_of_a_renamed_organisation_are_found_by_its_old_address(visitor, union):
    register.rename(organisation=union, name="Malmö", by=None)
    [row] = visitor.get("/api/v1/affiliations/?organisation=orestad").json()["results"]
    assert row["organisation"] == "malmo"


@pytest.mark.parametrize(
    ("list_", "query", "name"),
    [
        ("affiliations", "organisation=nobody", "organisation"),
        ("affiliations", "federation=nobody", "federation"),
        ("affiliations", "on=31-12-2020", "on"),
        ("affiliations", "kind=union", "kind"),
        ("affiliations", "q=a", "q"),
        ("affiliations", "after=x", "after"),
        ("federations", "page=2", "page"),
        ("federations", "page_size=1e99", "page_size"),
        ("federations", "after=%00", "after"),
    ],
)
def test_what_a_list_does_not_understand_is_refused_by_name(visitor, union, list_, query, name):
    answer = visitor.get(f"/api/v1/{list_}/?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    assert answer.json()["title"] == "Bad Request"


def test_a_federation_tells_its_statuses_and_rights(visitor, iwa):
    answer = visitor.get("/api/v1/federations/iwa/").json()
    rights = {row["slug"]: (row["votes"], row["sends_observers"]) for row in answer["statuses"]}
    assert rights == {"section": (True, None), "friend": (None, True)}
    assert answer["url"] == "http://testserver/federations/iwa/"
    assert visitor.get("/api/v1/federations/").json()["results"] == [answer]


@pytest.mark.parametrize("list_", ["organisations", "affiliations", "federations"])
def test_a_list_is_read_forward_and_back_by_its_links(visitor, iwa, list_):
    for name in "ABCDE":
        make.affiliation(make.organisation(name), iwa)
        make.federation(f"federation-{name.lower()}")
    first = answer = visitor.get(f"/api/v1/{list_}/?page_size=2").json()
    read = answer["results"]
    while answer["next"]:
        answer = visitor.get(answer["next"]).json()
        read += answer["results"]
    assert len(read) == answer["count"] == len({json.dumps(row) for row in read})
    while answer["previous"]:
        answer = visitor.get(answer["previous"]).json()
    assert answer["results"] == first["results"][:2]


def test_a_link_keeps_the_question(visitor, iwa):
    for name in "ABC":
        make.affiliation(make.organisation(name, "SE"), iwa)
    response = visitor.get("/api/v1/organisations/?country=SE&page_size=2&federation=iwa")
    link = response.json()["next"]
    assert link.startswith(
        "http://testserver/api/v1/organisations/?country=SE&page_size=2&federation=iwa&after="
    )
    assert response.headers["Link"] == f'<{link}>; rel="next"'


# --- manners --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/organisations/nobody/", 404),
        ("get", "/api/v1/federations/nobody/", 404),
        ("get", "/api/v1/nothing/", 404),
        ("get", "/api/nothing", 404),
        ("get", "/api/", 404),
        ("get", "/api/v1/organisations/?format=api", 400),
        ("get", "/api/v1/organisations/?format=json", 400),
        ("get", "/api/v1/organisations/?page=1", 400),
        ("post", "/api/v1/organisations/", 405),
        ("put", "/api/v1/organisations/orestad/", 405),
        ("patch", "/api/v1/federations/iwa/", 405),
        ("delete", "/api/v1/organisations/orestad/", 405),
    ],
)
def test_every_error_is_a_problem(visitor, union, method, path, status):
    answer = getattr(visitor, method)(path)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status_code == answer.json()["status"] == status


def test_a_format_that_we_do_not_speak_is_a_problem(visitor, union):
    answer = visitor.get("/api/v1/organisations/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (406, "application/problem+json")
    browser = "text/html,application/xhtml+xml,*/*;q=0.8"
    answer = visitor.get("/api/v1/organisations/", headers={"Accept": browser})
    assert answer.headers["Content-Type"] == "application/json"


def test_a_fault_of_ours_is_a_problem_too(visitor, union, monkeypatch, caplog):
    monkeypatch.setattr("directory.api.entries", lambda *args, **kwargs: 1 / 0)
    answer = visitor.get("/api/v1/organisations/orestad/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert "ZeroDivisionError" in caplog.text
    assert "division" not in answer.content.decode()


def test_a_missing_slash_is_added_where_that_leads_somewhere(visitor):
    answer = visitor.get("/api/v1/organisations?q=a")
    assert (answer.status_code, answer.url) == (301, "/api/v1/organisations/?q=a")


def test_other_sites_may_read_but_never_with_credentials(visitor, union):
    for path in ("/api/v1/organisations/", "/api/v1/organisations/nobody/"):
        headers = visitor.get(path, headers={"Origin": "https://example.org"}).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Access-Control-Allow-Credentials" not in headers


def test_the_api_speaks_one_language_whatever_the_reader_prefers(visitor, union):
    path = "/api/v1/organisations/?on=x"
    english = visitor.get(path, headers={"Accept-Language": "en"}).json()
    assert visitor.get(path, headers={"Accept-Language": "es"}).json() == english


def test_the_schema_is_valid_and_gives_no_warning(tmp_path):
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml")
    )
    schema = (tmp_path / "schema.yml").read_text("utf-8")
    for name in ("federation", "status", "on", "after", "page_size"):
        assert f"name: {name}\n" in schema or f"name: '{name}'\n" in schema
    assert schema.count("application/problem+json") == 5


def test_the_page_to_try_it_on_asks_no_other_host(visitor):
    page = visitor.get(reverse("api-docs"))
    assert page.status_code == 200
    assert reverse("api-schema") in page.content.decode()
    assert "<script>" not in page.content.decode()
    assert visitor.get(reverse("api-schema")).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_where_a_view_says_nothing_nobody_may_write(rf, method):
    with pytest.raises(MethodNotAllowed):
        ReadOnly().has_permission(getattr(rf, method)("/"), None)
