"""The formats, read by the programs people read them with."""

import csv
import datetime
import io
import json
import re
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
import rdflib
import vobject
from django.utils import timezone

from directory import workflow as register
from directory.entries import WHOLE, entries, shown_bonds
from directory.exports import jsonld
from directory.exports.about import About
from directory.models import (
    Decision,
    Identifier,
    Organisation,
    OrganisationIndustry,
    OrganisationLanguage,
    OrganisationLink,
    OrganisationName,
    OrganisationSite,
    PublicContact,
)
from tests import make
from tests.directory.test_exports import HOSTILE, csv_rows, read

pytestmark = pytest.mark.django_db
DAY = datetime.date(2015, 6, 1)
SCHEMA = rdflib.Namespace("https://schema.org/")
# What the context of schema.org says of the words used here: no test asks another host.
CONTEXT = {
    "@vocab": "https://schema.org/",
    **{
        name: {"@id": f"https://schema.org/{name}", "@type": "@id"}
        for name in ("url", "sameAs", "mainEntityOfPage")
    },
}


@pytest.fixture
def union(iwa):
    """One with everything there is to tell."""
    made = make.organisation(
        "Örestads Fackförening; mot, allt \\ mer", "SE", acronym="ÖF", language="sv", kind="local",
        city="Malmö", latitude="-55.60498", longitude="13.00382",
        place_is_exact=True, founded="1968-03", dissolved="",
        website="https://union.example.org/?a=1,2;b=3", descriptions={"sv": "Alla.\nÄven du."},
    )  # fmt: skip
    OrganisationName.objects.create(
        organisation=made, value="Union of Örestad", language="en", kind="translated"
    )
    OrganisationLanguage.objects.create(organisation=made, code="sv")
    OrganisationIndustry.objects.create(organisation=made, code="mining")
    Identifier.objects.create(organisation=made, scheme="wikidata", value="Q1")
    for kind, url in (
        ("feed", "https://union.example.org/feed?a=1&b=2"),
        ("social", "https://x.example.org/@u"),
    ):
        OrganisationSite.objects.create(organisation=made, kind=kind, url=url, language="sv")
    for kind, value in (
        ("email", "office@example.org"), ("phone", "+46 40 000 00"),
        ("post", 'Gatan "1", Malmö'), ("web", "https://union.example.org/contact"),
    ):  # fmt: skip
        PublicContact.objects.create(organisation=made, kind=kind, value=value, is_role=True)
    make.affiliation(made, iwa, "friend", since=DAY)
    whole = make.organisation("The Whole", "SE")
    OrganisationLink.objects.create(organisation=made, kind="part_of", other=whole)
    return made


@pytest.fixture
def hostile(db):
    return [make.organisation(name, "SE", acronym=f"{name[:10]}!", city=name) for name in HOSTILE]


# --- CSV ------------------------------------------------------------------------------------


def test_csv_is_what_spreadsheets_know(visitor, union):
    content = visitor.get("/organisations.csv").getvalue()
    assert content.startswith(b'\xef\xbb\xbf"slug",')
    assert content.count(b"\r\n") == content.count(b"\n") == 3
    [row, _whole] = csv_rows(content.decode())
    assert row == {
        "slug": union.slug, "url": f"http://testserver{union.get_absolute_url()}",
        "name": "Örestads Fackförening; mot, allt \\ mer", "acronym": "ÖF",
        "other_names": "Union of Örestad", "kind": "local", "countries": "SE", "city": "Malmö",
        "latitude": "-55.60498", "longitude": "13.00382", "languages": "sv", "industries": "mining",
        "founded": "1968-03", "dissolved": "", "website": "https://union.example.org/?a=1,2;b=3",
        "federations": "iwa", "statuses": "friend", "since": "2015-06-01", "in_force": "yes",
        "verified_on": "", "changed_at": row["changed_at"],
    }  # fmt: skip
    assert b'"Malm\xc3\xb6",-55.60498,13.00382,' in content  # numbers, and no text


def test_csv_carries_no_formula_and_loses_no_name(visitor, hostile):
    rows = csv_rows(read(visitor, "/organisations.csv"))
    assert len(rows) == len(HOSTILE)
    for column in ("name", "city", "acronym", "other_names"):
        for row in rows:
            assert not re.match(r"[\s\x00-\x1f]*[=+\-@]", row[column])
    names = {row["slug"]: row["name"] for row in rows}
    for one in hostile:
        assert names[one.slug].removeprefix("'") == one.name


def test_csv_says_what_json_says(visitor, union, hostile):
    told = {row["slug"]: row for row in json.loads(read(visitor, "/organisations.json"))["results"]}
    for row in csv_rows(read(visitor, "/organisations.csv")):
        for name in ("countries", "languages", "industries"):
            assert row[name].split(" | ") == (told[row["slug"]][name] or [""])


def test_csv_is_read_by_a_program_that_takes_semicolons_for_ends_of_cells(visitor, db):
    make.organisation("North; =cmd|' /C calc'!A0")
    text = read(visitor, "/organisations.csv")
    for row in csv.reader(io.StringIO(text), delimiter=";", quoting=csv.QUOTE_NONE):
        assert not any(cell.lstrip().startswith("=") for cell in row)


# --- GeoJSON --------------------------------------------------------------------------------


def test_geojson_has_points_within_the_world(visitor, union, hostile):
    collection = json.loads(read(visitor, "/organisations.geojson"))
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    points = {}
    for feature in collection["features"]:
        assert feature["type"] == "Feature"
        assert isinstance(feature["id"], str)
        assert isinstance(feature["properties"], dict)
        points[feature["id"]] = feature["geometry"]
    assert points.pop(union.slug) == {"type": "Point", "coordinates": [13.00382, -55.60498]}
    assert set(map(str, points.values())) == {"None"}


def test_geojson_says_how_exact_a_point_is(visitor, union):
    def precision() -> list[str | None]:
        features = json.loads(read(visitor, "/organisations.geojson"))["features"]
        return [feature["properties"]["precision"] for feature in features]

    assert precision() == ["exact", None]
    union.place_is_exact = False
    union.save()
    assert precision() == ["city", None]
    assert "13.00382" not in read(visitor, "/organisations.geojson")


# --- Atom and OPML --------------------------------------------------------------------------


def test_a_feed_reader_reads_what_has_changed(visitor, iwa, union, hostile):
    union.affiliations.update(recorded_at=timezone.now() - datetime.timedelta(days=2))
    Organisation.history.update(history_date=timezone.now() - datetime.timedelta(days=2))
    register.end(
        affiliation=union.affiliations.get(), until=datetime.date(2020, 1, 1), reason="withdrawal",
        source=make.source(iwa), by=None,
    )  # fmt: skip
    feed = feedparser.parse(visitor.get("/organisations.atom").content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    assert feed.feed.rights.startswith("CC0-1.0")
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) == len(hostile) + 2
    assert all(
        re.match(r"tag:[a-z.]+,2026:organisations/[a-z0-9_-]+/", one.id) for one in feed.entries
    )
    newest = feed.entries[0]
    assert newest.title == union.name
    assert newest.title_detail.language == "sv"
    assert newest.link == f"http://testserver{union.get_absolute_url()}"
    assert newest.summary == "No longer Friend of IWA from 2020-01-01 on."
    assert [tag.term for tag in newest.tags] == ["affiliation-ended"]
    assert feed.feed.updated == newest.updated
    found = {entry.title for entry in feed.entries}
    assert "اتحاد العمال" in found
    assert "Control" in found  # what XML cannot hold is left out


def test_a_feed_tells_what_is_new_and_who_was_admitted(visitor, iwa):
    new = make.organisation("New")
    make.affiliation(new, iwa, since=DAY)
    [entry] = feedparser.parse(visitor.get("/organisations.atom").content).entries
    assert entry.summary == "New in the directory. Section of IWA since 2015-06-01."
    long_ago = timezone.now() - datetime.timedelta(days=2)
    new.affiliations.update(recorded_at=long_ago)
    Organisation.history.update(history_date=long_ago)
    Organisation.objects.filter(pk=new.pk).touch()
    [entry] = feedparser.parse(visitor.get("/organisations.atom").content).entries
    assert (entry.summary, entry.tags[0].term) == ("The entry was changed.", "changed")


def test_the_names_of_entries_stay_until_the_next_change(visitor, union):
    def name() -> str:
        feed = feedparser.parse(visitor.get("/organisations.atom").content)
        return next(entry.id for entry in feed.entries if entry.title == union.name)

    first = name()
    assert name() == first
    union.save()
    assert name() != first


def test_pages_of_a_feed_lead_to_each_other(visitor, db):
    Organisation.objects.bulk_create(
        Organisation(
            name=f"U{at}", slug=f"u-{at}", sort_name=f"u{at:03}", changed_at=timezone.now()
        )
        for at in range(250)
    )
    path, seen, sizes = "/organisations.atom", set(), []
    while path:
        feed = feedparser.parse(visitor.get(path).content)
        seen |= {entry.link for entry in feed.entries}
        sizes.append(len(feed.entries))
        links = {link.rel: link.href for link in feed.feed.links}
        assert links["first"].endswith("/organisations.atom")
        path = links.get("next", "")
    assert (sizes, len(seen)) == ([100, 100, 50], 250)
    assert "previous" in links


def test_an_outline_of_the_feeds_of_the_organisations_themselves(visitor, union, hostile):
    OrganisationSite.objects.create(
        organisation=hostile[1], kind="feed", url="https://h.example.org/?a=1&b=%3C"
    )
    tree = ElementTree.fromstring(visitor.get("/organisations.opml").getvalue())  # noqa: S314
    assert (tree.tag, tree.get("version")) == ("opml", "2.0")
    assert tree.findtext("head/title")
    found = {outline.get("xmlUrl"): outline for outline in tree.iterfind("body/outline")}
    assert set(found) == {
        "https://union.example.org/feed?a=1&b=2",
        "https://h.example.org/?a=1&b=%3C",
    }
    one = found["https://union.example.org/feed?a=1&b=2"]
    assert (one.get("type"), one.get("text"), one.get("language")) == ("rss", union.name, "sv")
    assert found["https://h.example.org/?a=1&b=%3C"].get("text") == HOSTILE[1]


# --- one organisation -----------------------------------------------------------------------


def test_an_address_book_reads_the_card(visitor, union):
    content = visitor.get(f"/organisations/{union.slug}.vcf").content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.count(b"\n") == content.count(b"\r\n")
    card = vobject.readOne(content.decode())
    assert card.version.value == "4.0"
    assert card.kind.value == "org"
    assert card.fn.value == union.name
    assert card.org.value == [union.name]
    assert card.nickname.value == "ÖF"
    assert card.uid.value == f"http://testserver{union.get_absolute_url()}"
    assert (card.adr.value.city, card.adr.value.country) == ("Malmö", "Sweden")
    assert (card.adr.value.street, card.adr.params["LABEL"]) == ("", ["Gatan ^'1^', Malmö"])
    assert card.geo.value == "geo:-55.60498,13.00382"
    assert [url.value for url in card.url_list] == [
        union.website.replace(",", "%2C"),
        "https://x.example.org/@u",
        "https://union.example.org/contact",
    ]
    assert card.email.value == "office@example.org"
    assert card.tel.value == "+46 40 000 00"
    assert card.categories.value == ["mining"]
    assert card.note.value == "Alla.\nÄven du."
    assert card.rev.value.endswith("Z")


def test_no_name_breaks_out_of_its_card(visitor, hostile):
    for one in hostile:
        card = vobject.readOne(visitor.get(f"/organisations/{one.slug}.vcf").content.decode())
        assert card.fn.value == "".join(sign for sign in one.name if sign >= " " or sign == "\n")
        assert {line.name for line in card.getChildren()} <= {
            "VERSION", "KIND", "UID", "FN", "ORG", "NICKNAME", "ADR", "SOURCE", "REV",
        }  # fmt: skip


def test_the_card_of_a_shielded_organisation_tells_no_contact_and_no_place(visitor, union):
    union.visibility = "shielded"
    union.save()
    card = visitor.get(f"/organisations/{union.slug}.vcf").content.decode()
    for word in ("office@", "+46", "Gatan", "Malmö", "GEO", "example.org", "Alla"):
        assert word not in card


def linked_data(row: Organisation, rf: Any) -> str:
    bonds = shown_bonds(None).as_at(timezone.localdate())
    [entry] = entries([row], bonds=bonds, with_also=WHOLE)
    contacts = PublicContact.objects.visible_to(None).filter(organisation=row)
    data = jsonld.linked(entry, About.of(rf.get("/")), contacts, *jsonld.relatives(row))
    return str(jsonld.script(data))


# rdflib’s own parser uses a class that rdflib wants to be rid of.
parses_linked_data = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")


def graph(script: str) -> rdflib.Graph:
    opening = '<script type="application/ld+json">'
    assert script.startswith(opening)
    inside = script.removeprefix(opening).removesuffix("</script>")
    assert not set("<>&") & set(inside)
    return rdflib.Graph().parse(
        data=json.dumps({**json.loads(inside), "@context": CONTEXT}), format="json-ld"
    )


@parses_linked_data
def test_a_library_of_linked_data_reads_what_the_page_says(union, rf):
    read_graph = graph(linked_data(union, rf))
    me = rdflib.URIRef(f"http://testserver{union.get_absolute_url()}")

    def told(name: str, of: Any = me) -> set[str]:
        return {str(value) for value in read_graph.objects(of, SCHEMA[name])}

    assert (me, rdflib.RDF.type, SCHEMA.WorkersUnion) in read_graph
    assert told("name") == {union.name}
    assert told("alternateName") == {"ÖF", "Union of Örestad"}
    assert told("foundingDate") == {"1968-03"}
    others = {"https://x.example.org/@u", "https://www.wikidata.org/entity/Q1"}
    assert told("sameAs") == {union.website, *others}
    [role] = read_graph.objects(me, SCHEMA.memberOf)
    assert (told("roleName", role), told("startDate", role)) == ({"Friend"}, {"2015-06-01"})
    assert told("memberOf", role) == {"http://testserver/federations/iwa/"}
    assert told("parentOrganization") == {"http://testserver/organisations/the-whole/"}
    assert {str(value) for value in read_graph.objects(None, SCHEMA.email)} == {
        "office@example.org"
    }
    assert {float(value) for value in read_graph.objects(None, SCHEMA.latitude)} == {-55.60498}


@parses_linked_data
def test_no_name_breaks_out_of_the_element_in_the_page(hostile, rf):
    for one in hostile:
        names = graph(linked_data(one, rf)).objects(None, SCHEMA.name)
        assert one.name in set(map(str, names))


def test_an_organisation_is_the_same_thing_in_every_language(visitor, union):
    for language in ("", "/es", "/ar"):
        page = visitor.get(f"{language}/organisations/{union.slug}/").content.decode()
        [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        assert json.loads(data)["@id"] == f"http://testserver/organisations/{union.slug}/"


def test_a_profile_has_the_shape_of_its_schema(visitor, union):
    profile = json.loads(read(visitor, f"/organisations/{union.slug}.murmurations.json"))
    assert profile["linked_schemas"] == ["organizations_schema-v1.0.0"]
    assert profile["name"] == union.name
    assert profile["primary_url"] == union.website
    assert profile["geolocation"] == {"lat": -55.60498, "lon": 13.00382}
    assert profile["country_iso_3166"] == "SE"
    assert profile["tags"] == ["local", "mining"]
    assert profile["status"] == "active"
    assert profile["starts_at"] < 0
    assert profile["rss"] == "https://union.example.org/feed?a=1&b=2"
    assert all(re.match("https?://", one["url"]) for one in profile["urls"])
    assert profile["relationships"] == [
        {"predicate_url": "https://schema.org/memberOf",
         "object_url": "http://testserver/federations/iwa/"},
        {"predicate_url": "https://schema.org/parentOrganization",
         "object_url": "http://testserver/organisations/the-whole/"},
    ]  # fmt: skip


def test_of_several_countries_none_is_said_to_hold_the_town(visitor):
    make.organisation("Ferry Crews", "PT", "BR", city="Belém")
    card = read(visitor, "/organisations/ferry-crews.vcf")
    assert "ADR:;;;Belém;;;\r\n" in card
    profile = json.loads(read(visitor, "/organisations/ferry-crews.murmurations.json"))
    assert profile["locality"] == "Belém"
    assert "country_iso_3166" not in profile
    assert "addressCountry" not in read(visitor, "/organisations/ferry-crews/")


def test_what_is_told_of_a_decision_is_told_in_the_file(visitor, iwa):
    decision = Decision.objects.create(
        federation=iwa, body="congress", decided_on=DAY, reference="7"
    )
    make.affiliation(make.organisation("Union"), iwa, since=DAY, decision=decision)
    data = json.loads(read(visitor, "/organisations/union.json"))
    assert data["affiliations"][0]["decision"]["reference"] == "7"
    assert data["licence"].startswith("https://creativecommons.org/")
    assert data["source"] == "http://testserver/organisations/union.json"
