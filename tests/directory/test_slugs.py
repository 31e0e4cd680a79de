"""An address is given once, and leads on after a rename."""

import pytest
from django.core.exceptions import ValidationError

from directory import workflow as register
from directory.models import Organisation, Slug
from tests import make
from tests.conftest import signed_in
from tests.race import together

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


@pytest.mark.django_db(transaction=True)
def test_namesakes_saved_at_the_same_moment_get_an_address_each():
    made = together(4, lambda _index: Organisation.objects.create(name="Union of Cooks"))
    assert {type(one) for one in made} == {Organisation}
    assert Organisation.objects.values("slug").distinct().count() == 4


def test_a_new_name_leaves_a_shield_alone(db):
    union = make.organisation("Union of Cooks")
    stale = Organisation.objects.get()
    union.visibility = Organisation.Visibility.SHIELDED
    union.save()
    stale.names.create(value="Kokkenes union", kind="translated")
    union.refresh_from_db()
    assert (union.is_shielded, "kokkenes" in union.search) == (True, True)


@pytest.mark.parametrize("text", ["2023-02-31", "0999", "2016-13", "16-03-2016"])
def test_a_founding_day_that_does_not_exist_is_refused(db, text):
    union = make.organisation("Union of Cooks")
    union.founded = text
    with pytest.raises(ValidationError):
        union.full_clean()


def test_an_address_of_our_own_is_given_to_nobody(visitor):
    assert make.organisation("Map").get_absolute_url() == "/organisations/map-2/"
    assert visitor.get("/organisations/map-2/").status_code == 200
