"""The API: what the pages show, for machines."""

import datetime
import json

import jsonschema
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.exceptions import MethodNotAllowed

from directory import workflow as register
from directory.models import (
    Decision,
    Identifier,
    Organisation,
    OrganisationCountry,
    OrganisationIndustry,
    OrganisationLanguage,
    OrganisationLink,
    OrganisationSite,
    Source,
)
from federation.permissions import ReadOnly
from federation.sharing import takes_a_key
from tests import make

pytestmark = pytest.mark.django_db
DAY = datetime.date(2015, 6, 1)


@pytest.fixture
def union(iwa):
    """One with everything there is to tell."""
    made = make.organisation(
        "Örestad", "SE", acronym="ÖL", language="sv", kind="local", city="Malmö",
        latitude="55.60498", longitude="13.00382", place_is_exact=True, founded="2016-03",
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
    "suspended": False,
    "decision": {"body": "congress", "decided_on": "2015-06-01", "place": None, "reference": "7"},
    "source": {"title": "Minutes", "url": "https://example.org/m", "as_of": "2015-06-01"},
}  # fmt: skip


def test_an_organisation_is_told_whole(visitor, union):
    OrganisationSite.objects.create(organisation=union, kind="feed", url="https://example.org/f")
    make.contact(union, "mail@example.org", label="Office")
    before = make.organisation("Before")
    OrganisationLink.objects.create(organisation=union, other=before, kind="succeeds", since=DAY)
    answer = visitor.get("/api/v1/organisations/orestad/").json()
    assert answer.pop("changed_at")
    assert answer["affiliations"][0].pop("id") == union.affiliations.get().pk
    assert answer == {
        "slug": "orestad", "url": "http://testserver/organisations/orestad/", "name": "Örestad",
        "names": [
            {"value": "Örestad", "language": "sv", "kind": "official", "until": None},
            {"value": "ÖL", "language": None, "kind": "acronym", "until": None},
        ],
        "acronym": "ÖL", "kind": "local", "countries": ["DK", "SE"], "countries_implied": ["DK"],
        "city": "Malmö", "latitude": 55.60498, "longitude": 13.00382, "place_precision": "exact",
        "former_slugs": [], "languages": ["sv"],
        "sites": [{"kind": "feed", "url": "https://example.org/f", "language": None}],
        "contacts": [{"kind": "email", "value": "mail@example.org", "label": "Office"}],
        "links": [
            {"relation": "succeeds", "organisation": "before", "since": "2015-06-01", "until": None}
        ],
        "industries": ["mining"], "founded": "2016-03", "dissolved": None,
        "website": "https://example.org/", "description": {"sv": "Alla."},
        "identifiers": [{"scheme": "wikidata", "value": "Q1"}], "affiliations": [AFFILIATION],
        "verified_on": None, "is_fictional": False,
    }  # fmt: skip


def test_a_link_is_told_from_the_other_side_in_other_words(visitor, union):
    kinds = {"part_of": "has_part", "succeeds": "succeeded_by", "merged_into": "took_in"}
    for kind in kinds:
        OrganisationLink.objects.create(
            organisation=make.organisation(kind), other=union, kind=kind
        )
    hidden = make.organisation("Hidden", visibility="unlisted")
    OrganisationLink.objects.create(organisation=hidden, other=union, kind="part_of")
    links = visitor.get("/api/v1/organisations/orestad/").json()["links"]
    assert [link["relation"] for link in links] == list(kinds.values())


def test_what_a_shielded_organisation_withdraws_is_not_told(visitor, union):
    OrganisationSite.objects.create(organisation=union, kind="feed", url="https://example.org/f")
    make.contact(union, "mail@example.org")
    Organisation.objects.filter(pk=union.pk).update(visibility="shielded")
    answer = visitor.get("/api/v1/organisations/orestad/").json()
    withdrawn = ("city", "latitude", "longitude", "place_precision", "website")
    assert [answer[name] for name in withdrawn] == [None] * 5
    assert (answer["sites"], answer["contacts"], answer["description"]) == ([], [], {})
    assert visitor.get("/api/v1/organisations/").json()["results"] == [answer]
    [change] = visitor.get("/api/v1/changes/?since=2000-01-01").json()["results"]
    assert change["organisation"] == answer


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("organisations/orestad/", "Organisation"),
        ("federations/iwa/", "Federation"),
        ("statuses/", "Status"),
        ("decisions/", "RecordedDecision"),
        ("affiliations/", "Affiliation"),
        ("changes/?since=2000-01-01", "Change"),
    ],
)
def test_an_answer_is_what_the_schema_says_no_field_more_or_less(visitor, union, path, name):
    make.contact(union, "mail@example.org")
    Organisation.objects.filter(pk=make.organisation("Was").pk).update(visibility="unlisted")
    schema = visitor.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    answer = visitor.get(f"/api/v1/{path}").json()
    rows = answer.get("results", [answer])
    assert len(rows) == {"Status": 2, "Change": 2}.get(name, 1)
    for row in rows:
        jsonschema.validate(row, strict({"$ref": f"#/components/schemas/{name}"}, schema))


def strict(part, schema):
    """A part of an OpenAPI document as a JSON schema that allows no field it does not name."""
    if isinstance(part, list):
        return [strict(one, schema) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return strict(schema["components"]["schemas"][part["$ref"].rpartition("/")[2]], schema)
    part = {name: strict(value, schema) for name, value in part.items()}
    if "properties" in part:
        part |= {"additionalProperties": False, "required": list(part["properties"])}
    return {"anyOf": [part, {"type": "null"}]} if part.get("nullable") else part


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
    assert visitor.get("/api/v1/organisations/malmo/").json()["former_slugs"] == ["orestad"]
    [row] = visitor.get("/api/v1/affiliations/?organisation=orestad").json()["results"]
    assert row["organisation"] == "malmo"


@pytest.mark.parametrize(
    ("list_", "query", "name"),
    [
        ("statuses", "federation=nobody", "federation"),
        ("statuses", "kind=own", "kind"),
        ("changes", "", "since"),
        ("changes", "since=yesterday", "since"),
        ("changes", "since=2026-02-30", "since"),
        ("changes", "since=0001-01-01T00:00:00%2B14:00", "since"),
        ("changes", "since=2026-01-01T00:00:00", "since"),
        ("changes", "since=2026-01-01&begun=x", "begun"),
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


def test_an_affiliation_has_an_address_until_it_is_taken_back(visitor, union):
    bond = union.affiliations.get()
    [row] = visitor.get("/api/v1/affiliations/").json()["results"]
    assert row == {"id": bond.pk, **AFFILIATION}
    assert visitor.get(f"/api/v1/affiliations/{bond.pk}/").json() == row
    type(bond).objects.filter(pk=bond.pk).update(is_void=True)
    for path in (f"{bond.pk}/", "0/", f"{10**17}/", f"{10**40}/", "x/", "-1/"):
        assert visitor.get(f"/api/v1/affiliations/{path}").status_code == 404


def test_decisions_are_told_with_what_they_began_and_ended(visitor, iwa, asi, union):
    bond = union.affiliations.get()
    told = {
        "id": bond.decision_id, "federation": "iwa", "body": "congress",
        "decided_on": "2015-06-01", "place": None, "reference": "7", "texts": {},
        "number": None, "corrects": None, "correction_note": None, "corrected_by": None,
        "outcomes": [],
        "effects": [
            {"effect": "began", "affiliation": bond.pk, "organisation": "orestad",
             "status": "friend"}
        ],
    }  # fmt: skip
    Decision.objects.create(federation=asi, body="plenary", decided_on=DAY)  # of nothing public
    assert visitor.get("/api/v1/decisions/").json()["results"] == [told]
    assert visitor.get("/api/v1/decisions/?federation=asi").json()["results"] == []
    over = Decision.objects.create(
        federation=iwa, body="plenary", decided_on=datetime.date(2020, 1, 1)
    )
    register.end(
        affiliation=bond, by=None, reason="lapse", source=bond.source, decision=over,
        until=datetime.date(2020, 1, 1),
    )  # fmt: skip
    first, second = visitor.get("/api/v1/decisions/").json()["results"]
    assert (first["effects"][0]["effect"], second) == ("ended", told)
    Organisation.objects.filter(pk=union.pk).update(visibility="unlisted")
    assert visitor.get("/api/v1/decisions/").json()["results"] == []


def test_statuses_are_told_for_all_federations_or_one(visitor, iwa, asi):
    def told(query=""):
        rows = visitor.get(f"/api/v1/statuses/?{query}").json()["results"]
        return [(row["federation"], row["slug"]) for row in rows]

    assert told("federation=asi") == [("asi", "section"), ("asi", "friend")]
    assert told("kind=friend") == [("iwa", "friend"), ("asi", "friend")]
    assert len(told()) == 4
    federation = visitor.get("/api/v1/federations/iwa/").json()
    rows = visitor.get("/api/v1/statuses/?federation=iwa").json()["results"]
    assert federation["statuses"] == rows


@pytest.mark.parametrize("list_", ["organisations", "affiliations"])
def test_a_list_costs_the_same_queries_with_one_row_and_with_many(visitor, iwa, list_):
    """Past the first page too, and no place in it is counted off."""
    make.affiliation(make.organisation("First", "SE"), iwa)
    with CaptureQueriesContext(connection) as few:
        visitor.get(f"/api/v1/{list_}/?page_size=3")
    for number in range(12):
        make.affiliation(make.organisation(f"Union {number}", "SE"), iwa)
    address = visitor.get(f"/api/v1/{list_}/?page_size=3").json()["next"]
    for _page in range(3):
        with CaptureQueriesContext(connection) as many:
            address = visitor.get(address).json()["next"]
        assert len(many) <= len(few)
        assert not any("OFFSET" in query["sql"] for query in many)


def test_rows_that_come_and_go_between_pages_move_no_others(visitor, iwa):
    made = [make.organisation(f"Union {letter}") for letter in "BDFHJ"]
    answer = visitor.get("/api/v1/organisations/?page_size=2").json()
    read = [row["name"] for row in answer["results"]]
    make.organisation("Union A")
    made[0].delete()
    make.organisation("Union G")
    while answer["next"]:
        answer = visitor.get(answer["next"]).json()
        read += [row["name"] for row in answer["results"]]
    assert read == [f"Union {letter}" for letter in "BDFGHJ"]


@pytest.mark.parametrize("list_", ["organisations", "affiliations", "federations", "statuses"])
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
    monkeypatch.setattr("directory.answers.organisation", lambda *args, **kwargs: 1 / 0)
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
    assert "'429':" in schema


def test_every_refusal_stands_in_the_schema_of_every_address(visitor, db):
    schema = visitor.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    reading = {path: told for path, told in schema["paths"].items() if not takes_a_key(path)}
    for path, operations in reading.items():
        expected = {"200", "304", "400", "406", "414", "429", "500", "503"}
        if "{" in path:
            expected |= {"404"}
        if path == "/api/v1/organisations/{slug}/":
            expected |= {"301"}
        written = {method for method in operations if takes_a_key(path, method)}
        assert operations.keys() - written == {"get"}
        assert written == ({"post"} if path == "/api/v1/decisions/" else set())
        assert all({"401", "403", "409"} <= operations[one]["responses"].keys() for one in written)
        assert operations["get"]["responses"].keys() == expected, path
        assert operations["get"]["description"]


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
