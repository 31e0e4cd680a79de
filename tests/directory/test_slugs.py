"""An address is given once, and leads on after a rename."""

import pytest

from directory import workflow as register
from directory.models import Organisation, Slug
from tests import make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def renamed(organisation, *names):
    for name in names:
        organisation = register.rename(organisation=organisation, name=name, by=None)
    return organisation


def test_two_organisations_of_one_name_have_addresses_of_their_own():
    slugs = [make.organisation("National Confederation of Labour").slug for _number in range(3)]
    stem = "national-confederation-of-labour"
    assert slugs == [stem, f"{stem}-2", f"{stem}-3"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Örestad Local", "orestad-local"),
        ("Союз портовых рабочих", "soyuz-portovykh-rabochikh"),
        ("!!!", "organisation"),
    ],
)
def test_an_address_is_made_of_latin_letters(name, slug):
    assert make.organisation(name).slug == slug


def test_every_former_address_leads_to_the_present_one(visitor):
    renamed(make.organisation("First"), "Second", "Third")
    for former in ("first", "second"):
        page = visitor.get(f"/organisations/{former}/?from=letter")
        assert (page.status_code, page.url) == (301, "/organisations/third/?from=letter")
        answer = visitor.get(f"/api/v1/organisations/{former}/")
        assert (answer.status_code, answer.url) == (301, "/api/v1/organisations/third/")


def test_a_former_address_stays_in_the_readers_language(visitor):
    renamed(make.organisation("First"), "Second")
    assert visitor.get("/es/organisations/first/").url == "/es/organisations/second/"


def test_a_former_address_is_never_given_again():
    renamed(make.organisation("First"), "Second")
    assert make.organisation("First").slug == "first-2"


def test_a_name_taken_back_does_not_take_back_the_address(visitor):
    organisation = renamed(make.organisation("First"), "Second", "First")
    assert organisation.slug == "first-2"
    assert visitor.get("/organisations/first/").url == "/organisations/first-2/"


def test_the_former_address_of_an_unpublished_organisation_tells_nothing(visitor):
    organisation = make.organisation("First", visibility=Organisation.Visibility.PROPOSED)
    renamed(organisation, "Second")
    assert visitor.get("/organisations/first/").status_code == 404
    assert visitor.get("/api/v1/organisations/first/").status_code == 404
    keeper = signed_in(make.secretary(organisation))
    assert keeper.get("/organisations/first/").url == "/organisations/second/"


def test_every_address_is_kept_with_its_organisation():
    organisation = renamed(make.organisation("First"), "Second")
    assert list(Slug.objects.order_by("pk").values_list("slug", "organisation")) == [
        ("first", organisation.pk),
        ("second", organisation.pk),
    ]
