"""What is not public stands on no public surface: a canary of every kind is planted."""

import datetime

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve

from directory import workflow as register
from directory.models import (
    Affiliation,
    Decision,
    HostOrganisation,
    Organisation,
    OrganisationLink,
    PublicContact,
    Source,
)
from tests import make

pytestmark = pytest.mark.django_db
DAY = datetime.date(2015, 6, 1)

LISTS = [
    "/", "/organisations/", "/organisations/?on=2020-01-01", "/organisations/?federation=iwa",
    "/organisations/?status=section", "/organisations/?sort=changed", "/federations/",
    "/federations/iwa/", "/federations/iwa/?on=2020-01-01", "/federations/iwa/?on=1990-01-01",
    "/api/v1/organisations/", "/api/v1/organisations/?on=2020-01-01", "/api/v1/affiliations/",
    "/api/v1/affiliations/?on=2020-01-01", "/api/v1/federations/", "/api/v1/federations/iwa/",
]  # fmt: skip
DETAILS = [
    "/organisations/shielded/", "/api/v1/organisations/shielded/", "/organisations/public/",
    "/api/v1/organisations/public/",
]  # fmt: skip
PAGES = [path for path in (*LISTS, *DETAILS) if not path.startswith("/api/")]
SURFACES = [*LISTS, *DETAILS, *(f"/{tag}{path}" for tag in ("es", "ar") for path in PAGES)]


@pytest.fixture
def shielded(iwa):
    made = make.organisation(
        "Shielded", "SE", visibility="shielded", city="Canarytown", website="https://canary.example.org",
        latitude="71.11111", longitude="82.22222", descriptions={"en": "Canary Street 1"},
    )  # fmt: skip
    PublicContact.objects.create(
        organisation=made, kind="email", value="canary@example.org", is_role=True
    )
    make.affiliation(made, iwa)
    return made


@pytest.fixture
def world(iwa, asi, shielded):
    """A public organisation, and around it everything that must not be seen."""
    public = make.organisation("Public", "SE")
    make.affiliation(public, iwa)
    proposed = make.organisation("Canary Proposed", "KP", visibility="proposed")
    unlisted = make.organisation("Canary Unlisted", "KP", visibility="unlisted")
    Affiliation.objects.create(
        organisation=proposed, federation=iwa, status=iwa.statuses.first(), since=DAY,
        source=make.source(iwa),
    )  # fmt: skip
    make.affiliation(unlisted, iwa)
    for other in (proposed, unlisted):
        OrganisationLink.objects.create(organisation=public, kind="part_of", other=other)
        OrganisationLink.objects.create(organisation=other, kind="part_of", other=public)
    HostOrganisation.objects.create(federation=iwa, organisation=proposed)
    void = make.affiliation(
        make.organisation("Innocent"), asi,
        decision=Decision.objects.create(
            federation=asi, body="congress", decided_on=DAY, reference="Canary Decision"
        ),
    )  # fmt: skip
    register.retract(affiliation=void, note="Canary Note", by=None)
    quiet = make.status(asi, "observer", is_listed_publicly=False)
    source = Source.objects.create(federation=asi, title="Canary Source", as_of=DAY)
    register.admit(organisation=public, status=quiet, source=source, since=DAY, by=None)
    make.member(public, name="Mika Canary", email="canary@example.org")
    make.secretary(public, "canary-secretary@example.org")
    return public


@pytest.mark.parametrize("path", SURFACES)
def test_no_canary_on_any_public_surface(visitor, world, path):
    response = visitor.get(path)
    assert response.status_code == 200
    body = response.content.decode()
    for canary in ("anary", "71.111", "82.222", "North Korea", '"KP"', "country=KP"):
        assert canary not in body, canary


@pytest.mark.parametrize("words", ["canarytown", "canary", "street"])
def test_no_search_finds_what_is_not_shown(visitor, world, words):
    assert visitor.get(f"/organisations/?q={words}").context["count"] == 0
    assert visitor.get(f"/api/v1/organisations/?q={words}").json()["count"] == 0


def test_the_town_is_found_again_when_the_shield_is_taken_away(visitor, shielded):
    shielded.visibility = Organisation.Visibility.PUBLISHED
    shielded.save()
    assert visitor.get("/organisations/?q=canarytown").context["count"] == 1
    shielded.visibility = Organisation.Visibility.SHIELDED
    shielded.save()
    assert visitor.get("/organisations/?q=canarytown").context["count"] == 0


@pytest.mark.parametrize(
    "query", ["federation=asi", "status=observer", "federation=asi&on=2020-01-01", "country=KP"]
)
def test_no_filter_finds_what_is_not_shown(visitor, world, query):
    assert visitor.get(f"/organisations/?{query}").context["count"] == 0
    assert visitor.get(f"/api/v1/organisations/?{query}").json()["count"] == 0


def test_an_unlisted_organisation_is_read_by_its_address_alone(visitor, world):
    page = visitor.get("/organisations/canary-unlisted/")
    assert page.status_code == 200
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert visitor.get("/api/v1/organisations/canary-unlisted/").status_code == 200
    assert visitor.get("/api/v1/affiliations/?organisation=canary-unlisted").json()["count"] == 0


def test_a_proposed_organisation_is_nobodys_business(visitor, world):
    assert visitor.get("/organisations/canary-proposed/").status_code == 404
    assert visitor.get("/api/v1/organisations/canary-proposed/").status_code == 404
    assert visitor.get("/api/v1/affiliations/?organisation=canary-proposed").status_code == 400


def seen_by(person, path):
    """What the page answers to this person, without the doors before it."""
    request, match = RequestFactory().get(path), resolve(path.partition("?")[0])
    request.user = person
    return match.func(request, **match.kwargs)


def test_those_who_look_after_a_proposed_organisation_see_it(world, coordinator, outsider):
    path = "/organisations/canary-proposed/"
    page = seen_by(coordinator, path).render().content.decode()
    assert "Not public yet" in page
    assert "noindex" in page
    with pytest.raises(Http404):
        seen_by(outsider, path)


def test_contacts_of_a_shielded_organisation_are_for_its_keepers(world, coordinator, outsider):
    path = "/organisations/shielded/"
    assert "canary@example.org" in seen_by(coordinator, path).render().content.decode()
    assert "canary@example.org" not in seen_by(outsider, path).render().content.decode()


def test_the_api_tells_a_coordinator_what_it_tells_anybody(world, outsider):
    assert seen_by(outsider, "/api/v1/affiliations/?federation=asi").data["count"] == 0


def test_a_quiet_status_is_seen_by_the_coordinators_of_its_federation(world, outsider):
    page = seen_by(outsider, "/organisations/public/").render().content.decode()
    assert "Canary Source" in page


def test_what_a_correction_took_back_is_on_nobodys_page(world, outsider):
    page = seen_by(outsider, "/organisations/innocent/").render().content.decode()
    assert "Canary" not in page


def test_a_decision_on_what_is_hidden_is_hidden_too(visitor, iwa):
    make.status(iwa, "friend", slug="quiet", is_listed_publicly=False)
    for name, kind, visibility in (
        ("Proposed", "section", "proposed"),
        ("Unlisted", "section", "unlisted"),
        ("Quiet", "quiet", "published"),
    ):
        decision = Decision.objects.create(
            federation=iwa,
            body="plenary",
            decided_on=make.LONG_AGO,
            texts={"en": f"Let in {name}."},
        )
        bond = make.affiliation(make.organisation(name), iwa, kind, decision=decision)
        Organisation.objects.filter(pk=bond.organisation_id).update(visibility=visibility)
    assert "Let in" not in visitor.get("/federations/iwa/").content.decode()
    assert "Let in" not in visitor.get("/api/v1/decisions/").content.decode()


def test_a_host_that_is_not_listed_is_not_named_by_its_federation(visitor, asi, local):
    asi.persons_join = "host"
    asi.save()
    unlisted = make.organisation("Lighthouse", visibility="unlisted")
    for host in (local, unlisted):
        HostOrganisation.objects.create(federation=asi, organisation=host)
    [told] = visitor.get("/api/v1/federations/").json()["results"][:1]
    assert told["hosts"] == [local.slug]
    page = visitor.get("/federations/asi/").content.decode()
    assert "Örestad Local" in page
    assert "Lighthouse" not in page
