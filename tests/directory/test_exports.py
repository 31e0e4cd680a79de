"""The lists to take away: what they hold, what they refuse, what they withdraw, what they cost."""

import csv
import datetime
import gc
import io
import json
import re
import tracemalloc
from typing import Any

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory import workflow as register
from directory.exports import listing, rows, table
from directory.models import (
    Identifier,
    Organisation,
    OrganisationIndustry,
    OrganisationLanguage,
    OrganisationName,
    OrganisationSite,
    PublicContact,
    Slug,
)
from tests import make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
LISTS = ["csv", "json", "geojson", "atom", "opml"]
ONE = ["json", "vcf", "murmurations.json"]
DAY = datetime.date(2015, 6, 1)
HOSTILE = [
    "=cmd|' /C calc'!A0", "]]></script><script>alert(1)</script>", 'One\nTwo "three", four; \\five',
    "اتحاد العمال", "労働組合 🏴 한국어", "&amp; <b>Bold</b> & Sons", "\x01\x0bControl\ufffe",
    "+31 Local",
]  # fmt: skip


@pytest.fixture
def world(iwa, asi):
    """A few dozen organisations, of which each filter finds some."""
    for number in range(12):
        made = make.organisation(f"Union {number:02}", ("SE", "NO", "ES")[number % 3])
        if number % 2:
            OrganisationLanguage.objects.create(organisation=made, code="pt-BR")
            OrganisationIndustry.objects.create(organisation=made, code="mining")
        if number % 5 == 0:
            made.kind, made.city, made.latitude, made.longitude = "local", "Malmö", "55.6", "13.0"
            made.save()
        federation = asi if number % 4 == 0 else iwa
        since = {"seen_on": DAY} if number % 7 == 0 else {"since": DAY}
        make.affiliation(made, federation, ("section", "friend")[number % 2], **since)
    for name in HOSTILE:
        make.organisation(name, acronym=f"{name[:10]}!")
    make.organisation("Hidden", "SE", visibility="proposed")
    make.organisation("Unlisted", "SE", visibility="unlisted")
    return iwa


def read(client: Any, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.getvalue()
    return response.getvalue().decode()


def csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def walked(client: Any, path: str, slugs_of: Any) -> list[str]:
    """All pages of something, from one to the next."""
    found: list[str] = []
    while path:
        slugs, path = slugs_of(client.get(path))
        found += slugs
    return found


def of_page(response: Any) -> tuple[list[str], str]:
    shown = [entry.slug for entry in response.context["organisations"]]
    return shown, response.context["next_url"]


def of_api(response: Any) -> tuple[list[str], str]:
    data = response.json()
    return [row["slug"] for row in data["results"]], data["next"]


def of_atom(response: Any) -> tuple[list[str], str]:
    feed = feedparser.parse(response.content)
    slugs = [entry.link.rstrip("/").rpartition("/")[2] for entry in feed.entries]
    return slugs, next((link.href for link in feed.feed.links if link.rel == "next"), "")


QUERIES = [
    "", "q=union", "q=union+0", "q=malmö", "q=1%25", "federation=iwa", "status=friend",
    "federation=asi&status=section", "kind=local", "country=SE", "region=europe",
    "language=pt", "language=pt-BR", "industry=mining", "on=2014-01-01", "on=2016-01-01",
    "federation=iwa&on=2016-01-01&country=NO", "sort=name", "sort=-name", "sort=changed",
    "sort=country", "sort=since", "q=union&sort=best", "q=nothing+at+all",
]  # fmt: skip


def slugs_taken(client: Any, query: str) -> dict[str, list[str]]:
    """What each format of the list has."""
    lines = csv_rows(read(client, f"/organisations.csv?{query}"))
    records = json.loads(read(client, f"/organisations.json?{query}"))
    collection = json.loads(read(client, f"/organisations.geojson?{query}"))
    return {
        "csv": [row["slug"] for row in lines],
        "json": [row["slug"] for row in records["results"]],
        "geojson": [feature["id"] for feature in collection["features"]],
        "atom": walked(client, f"/organisations.atom?{query}", of_atom),
    }


def test_every_format_has_the_organisations_that_page_and_api_have(visitor, world):
    for query in QUERIES:
        shown = walked(visitor, f"/organisations/?{query}", of_page)
        taken = slugs_taken(visitor, query)
        changes = taken.pop("atom")
        assert walked(visitor, f"/api/v1/organisations/?{query}", of_api) == shown, query
        assert changes == walked(visitor, f"/organisations/?{unsorted(query)}", of_page), query
        for form, slugs in taken.items():
            assert slugs == shown, (query, form)


def unsorted(query: str) -> str:
    parts = [part for part in query.split("&") if part and not part.startswith("sort=")]
    return "&".join([*parts, "sort=changed"])


def test_the_json_tells_what_the_api_tells(visitor, world):
    taken = json.loads(read(visitor, "/organisations.json"))
    told = visitor.get("/api/v1/organisations/?page_size=100").json()
    assert taken["results"] == told["results"]
    assert taken["count"] == told["count"] == 20
    [one] = [row for row in told["results"] if row["slug"] == "union-07"]
    alone = json.loads(read(visitor, "/organisations/union-07.json"))
    assert {name: alone[name] for name in one} == one


NOT_UNDERSTOOD = [
    "x=1", "country=XX", "country=SE&country=NO", "on=yesterday", "on=9999-01-01",
    "on=٢٠٢٠-٠١-٠١x", "federation=nobody", "status=nothing", "kind=x", "language=-", "industry=x",
    "sort=x", "sort=changed&sort=name", "q=%00", f"q={'a' * 300}", "page_size=10", "after=x",
    "page_size=-1", "country=%ED%A0%80", "%00=1", "country=", "country=SE&q=%20",
]  # fmt: skip


@pytest.mark.parametrize("form", LISTS)
def test_what_is_not_understood_is_refused_and_never_the_full_list(visitor, world, form):
    for query in NOT_UNDERSTOOD:
        response = visitor.get(f"/organisations.{form}?{query}")
        assert response.status_code == 400, query
        assert response["Content-Type"] == "application/problem+json"
        assert response["Access-Control-Allow-Origin"] == "*"
        assert not response.streaming
        assert "union-07" not in response.content.decode()
        assert response.json()["errors"]


def test_a_place_in_the_list_is_refused_where_there_are_no_pages(visitor, world):
    place = visitor.get("/api/v1/organisations/?page_size=1").json()["next"].partition("after=")[2]
    response = visitor.get(f"/organisations.csv?after={place}")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["after"]


# --- statements -----------------------------------------------------------------------------


def test_each_list_states_licence_moment_and_filter(visitor, world):
    licence = "https://creativecommons.org/publicdomain/zero/1.0/"
    for form in LISTS:
        response = visitor.get(f"/organisations.{form}?country=SE")
        text = response.getvalue().decode()
        assert f'<{licence}>; rel="license"' in response["Link"]
        assert f'organisations.{form}?country=SE>; rel="self"' in response["Link"]
        if form != "csv":
            assert licence in text
            assert "country=SE" in text
    taken = json.loads(read(visitor, "/organisations.geojson?country=SE"))
    assert taken["filter"] == {"country": "SE"}
    assert datetime.datetime.fromisoformat(taken["generated_at"]).tzinfo


def test_statuses_are_those_of_the_day_and_not_known_is_said(visitor, iwa):
    union = make.organisation("Union", "SE")
    make.affiliation(union, iwa, "friend", since=DAY)
    register.change_status(
        affiliation=union.affiliations.get(), status=iwa.statuses.get(slug="section"),
        on=datetime.date(2018, 1, 1), source=make.source(iwa), by=None,
    )  # fmt: skip
    make.affiliation(make.organisation("Undated"), iwa, seen_on=datetime.date(2020, 1, 1))

    def told(on: str) -> dict[str, tuple[str, ...]]:
        found = csv_rows(read(visitor, f"/organisations.csv?federation=iwa&on={on}"))
        columns = ("federations", "statuses", "since", "in_force")
        return {row["slug"]: tuple(row[name] for name in columns) for row in found}

    assert told("2016-01-01") == {
        "union": ("iwa", "friend", "2015-06-01", "yes"),
        "undated": ("iwa", "section", "", "unknown"),
    }  # fmt: skip
    assert told("2021-01-01") == {
        "union": ("iwa", "section", "2018-01-01", "yes"), "undated": ("iwa", "section", "", "yes"),
    }  # fmt: skip
    features = json.loads(read(visitor, "/organisations.geojson?on=2016-01-01"))["features"]
    answers = {row["id"]: row["properties"]["federations"][0]["answer"] for row in features}
    assert answers == {"union": "yes", "undated": "unknown"}


# --- what is not public ---------------------------------------------------------------------

# 71.11 is not in the seconds of any time.
CANARIES = ("anary", "71.11", "82.22", "+47 000")


@pytest.fixture
def shielded(iwa):
    made = make.organisation(
        "Shielded", "SE", visibility="shielded", city="Canarytown", place_is_exact=True,
        website="https://canary.example.org", latitude="71.11111", longitude="82.22222",
        descriptions={"en": "Canary Street 1"},
    )  # fmt: skip
    for kind, value in (
        ("email", "canary@example.org"),
        ("phone", "+47 000"),
        ("post", "Canary 1"),
    ):
        PublicContact.objects.create(organisation=made, kind=kind, value=value, is_role=True)
    OrganisationSite.objects.create(
        organisation=made, kind="feed", url="https://canary.example.org/feed"
    )
    Identifier.objects.create(organisation=made, scheme="wikidata", value="Canary1")
    make.affiliation(made, iwa)
    make.secretary(made, "canary-secretary@example.org")
    return made


@pytest.mark.parametrize(
    "path",
    [
        *(f"/organisations.{form}" for form in LISTS),
        *(f"/organisations/shielded.{form}" for form in ONE),
    ],
)
def test_what_a_shielded_organisation_withdraws_is_in_no_file(visitor, shielded, coordinator, path):
    for client in (visitor, signed_in(coordinator)):
        text = read(client, path)
        if not path.endswith(".opml"):
            assert "Shielded" in text
        for canary in CANARIES:
            assert canary not in text


def test_without_the_shield_it_is_all_there(visitor, shielded):
    """Or the test above could not fail."""
    Organisation.objects.update(visibility="published")
    found = "".join(
        read(visitor, path) for path in (*(f"/organisations.{form}" for form in LISTS),
        *(f"/organisations/shielded.{form}" for form in ONE))
    )  # fmt: skip
    for canary in CANARIES:
        assert canary in found
    assert "canary.example.org/feed" in read(visitor, "/organisations.opml")
    assert "anarytown" in read(visitor, "/organisations.csv")
    assert "82.22" in read(visitor, "/organisations.geojson")


@pytest.mark.parametrize("form", ONE)
def test_who_is_not_public_has_no_file_and_who_is_unlisted_has_one(visitor, world, form):
    hidden = visitor.get(f"/organisations/hidden.{form}")
    assert (hidden.status_code, hidden["Content-Type"]) == (404, "application/problem+json")
    assert visitor.get(f"/organisations/nobody.{form}").status_code == 404
    assert "Unlisted" in read(visitor, f"/organisations/unlisted.{form}")


@pytest.mark.parametrize("form", ONE)
def test_a_former_address_leads_to_the_present_one_in_every_format(visitor, world, form):
    union = Organisation.objects.get(slug="union-01")
    Slug.objects.create(slug="old", organisation=union)
    response = visitor.get(f"/organisations/old.{form}")
    assert (response.status_code, response.url) == (301, f"/organisations/union-01.{form}")
    assert response["Access-Control-Allow-Origin"] == "*"


def test_whoever_asks_gets_what_everybody_gets(visitor, world, coordinator):
    quiet = make.status(world, "observer", is_listed_publicly=False)
    register.admit(
        organisation=Organisation.objects.get(slug="union-00"), status=quiet, since=DAY,
        source=make.source(world), by=None,
    )  # fmt: skip
    client = signed_in(coordinator)
    assert read(client, "/organisations.csv") == read(visitor, "/organisations.csv")
    response = client.get("/organisations.json")
    assert "observer" not in response.getvalue().decode()
    assert not response.cookies


# --- manners --------------------------------------------------------------------------------

PATHS = [
    *(f"/organisations.{form}" for form in LISTS),
    *(f"/organisations/union-01.{form}" for form in ONE),
]


# The directory counts its changes when a transaction ends.
@pytest.mark.django_db(transaction=True)
def test_who_has_it_already_is_told_so(visitor, world):
    first = {path: visitor.get(path)["ETag"] for path in PATHS}
    for path, tag in first.items():
        again = visitor.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    make.organisation("Newcomer")
    for path, tag in first.items():
        assert visitor.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_the_head_alone_other_sites_and_other_methods(visitor, world):
    for path in PATHS:
        head, whole = visitor.head(path), visitor.get(path)
        assert (head.status_code, head.getvalue()) == (200, b"")
        for name in ("Content-Type", "ETag", "Link"):
            assert head[name] == whole[name]
        for response in (head, whole, visitor.options(path)):
            assert response["Access-Control-Allow-Origin"] == "*"
            assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "GET" in visitor.options(path)["Access-Control-Allow-Methods"]
        assert visitor.post(path).status_code == 405


def test_a_link_says_of_what_type_its_file_is(visitor, world):
    for page, number in (("/organisations/", 5), ("/organisations/union-07/", 3)):
        text = visitor.get(page).content.decode()
        links = re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"', text)
        assert len(links) == number
        for kind, url in links:
            assert visitor.get(url)["Content-Type"].partition(";")[0] == kind, url


def test_files_to_keep_are_named_and_others_open_where_they_are(visitor, world):
    named = {path: visitor.head(path).headers.get("Content-Disposition", "") for path in PATHS}
    assert named.pop("/organisations.csv").startswith('attachment; filename="organisations-20')
    assert named.pop("/organisations/union-01.vcf") == 'attachment; filename="union-01.vcf"'
    assert set(named.values()) == {""}


# --- cost -----------------------------------------------------------------------------------


def crowd(number: int) -> None:
    """Many organisations with two names each, straight into the tables."""
    made = Organisation.objects.bulk_create(
        Organisation(
            name=f"Crowd {at}",
            slug=f"crowd-{at}",
            sort_name=f"crowd {at:06}",
            descriptions={"en": "x" * 200},
        )
        for at in range(number)
    )
    OrganisationName.objects.bulk_create(
        OrganisationName(organisation=one, value=f"{one.name} {at}", kind="translated")
        for one in made
        for at in range(2)
    )


@pytest.mark.parametrize("form", LISTS)
def test_queries_are_as_many_for_a_chunk_however_many_rows_it_has(visitor, world, form):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            visitor.get(f"/organisations.{form}").getvalue()
        return len(captured)

    few = queries()
    crowd(60)
    assert queries() == few
    assert few <= 25


@pytest.mark.parametrize("form", ["csv", "json", "geojson"])
def test_memory_stays_flat(visitor, world, form, monkeypatch):
    monkeypatch.setattr(rows, "CHUNK", 100)
    monkeypatch.setattr(table, "AT_ONCE", 100)
    monkeypatch.setattr(listing, "AT_ONCE", 100)

    def peak() -> int:
        gc.collect()  # so that no run begins with more of what waits to be cleared away
        tracemalloc.start()
        for _part in visitor.get(f"/organisations.{form}").streaming_content:
            pass
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    crowd(300)
    peak()  # what is read once and kept
    little = peak()
    Organisation.objects.filter(slug__startswith="crowd").delete()
    crowd(2000)
    assert peak() < little + 500_000
