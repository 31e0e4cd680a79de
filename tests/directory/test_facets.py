"""The facets: how many have what, following all filters but their own."""

import datetime

import pytest

from directory.filters import OrganisationFilter
from directory.models import Organisation, OrganisationIndustry, OrganisationLanguage
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/organisations/"


@pytest.fixture
def world(iwa, asi):
    """Three unions in two countries; two of them in the federation, one as a friend."""
    swedish, second, polish = (
        make.organisation("Swedish", "SE"),
        make.organisation("Second", "SE", kind="local"),
        make.organisation("Polish", "PL"),
    )
    make.affiliation(swedish, iwa, since=datetime.date(2000, 1, 1))
    make.affiliation(polish, iwa, "friend", since=datetime.date(2010, 1, 1))
    make.affiliation(polish, asi, since=datetime.date(2015, 1, 1))
    OrganisationLanguage.objects.create(organisation=swedish, code="sv")
    OrganisationIndustry.objects.create(organisation=second, code="health")
    return swedish, second, polish


def facets(visitor, query="", prefix=""):
    page = visitor.get(f"{prefix}{PAGE}?{query}")
    return {
        facet.name: {str(value.name): value.count for value in facet.values}
        for facet in page.context["facets"]
    }


def test_each_value_has_its_number_and_nothing_has_none(visitor, world):
    assert facets(visitor) == {
        "federation": {"Federation iwa": 2, "Federation asi": 1},
        "status": {"section": 2, "friend": 1},
        "country": {"Sweden": 2, "Poland": 1},
        "region": {"Europe": 3},
        "language": {"Swedish": 1},
        "industry": {"health and care": 1},
        "kind": {"union": 2, "local": 1},
    }


def test_a_facet_follows_the_other_filters_and_not_its_own(visitor, world):
    found = facets(visitor, "country=SE")
    assert found["country"] == {"Sweden": 2, "Poland": 1}
    assert found["federation"] == {"Federation iwa": 1}
    assert found["kind"] == {"union": 1, "local": 1}


def test_federation_and_status_follow_each_other(visitor, world):
    assert facets(visitor, "status=friend")["federation"] == {"Federation iwa": 1}
    assert facets(visitor, "federation=asi")["status"] == {"section": 1}
    assert facets(visitor, "federation=asi")["federation"] == {
        "Federation iwa": 2, "Federation asi": 1,
    }  # fmt: skip


def test_the_numbers_are_those_of_the_day(visitor, world):
    assert facets(visitor, "on=2005-01-01")["federation"] == {"Federation iwa": 1}
    assert facets(visitor, "on=2005-01-01")["country"] == {"Sweden": 1}


def test_each_number_is_what_its_link_finds(visitor, world):
    for query in ("", "country=SE", "status=section&on=2016-01-01", "q=swedish", "region=europe"):
        for facet in visitor.get(f"{PAGE}?{query}").context["facets"]:
            for value in facet.values:
                if not value.is_chosen:
                    assert visitor.get(value.url).context["count"] == value.count, value.url


def test_the_link_of_a_chosen_value_takes_it_away(visitor, world):
    facet = {one.name: one for one in visitor.get(f"{PAGE}?country=PL&q=po").context["facets"]}
    [chosen] = [value for value in facet["country"].values if value.is_chosen]
    assert (str(chosen.name), chosen.url) == ("Poland", "/organisations/?q=po")


def test_what_was_found_comes_before_the_filters_on_a_telephone(visitor, world):
    page = visitor.get(f"{PAGE}?country=PL").content.decode()
    assert '<details class="filters facets">' in page


def test_where_nothing_is_found_there_is_nothing_to_filter_order_or_take_away(visitor, world):
    page = visitor.get(f"{PAGE}?q=zzzzqqq").content.decode()
    assert "No organisation matches" in page
    assert not [part for part in ("facets", "sorts", "exports") if f'class="{part}' in page]
    assert 'class="filters' not in page


def test_a_question_that_cannot_be_read_has_a_way_on(visitor, world):
    page = visitor.get(f"{PAGE}?on=nonsense").content.decode()
    assert f'<a class="button" href="{PAGE}">Show all organisations</a>' in page
    assert 'class="filters' not in page


def test_another_federation_forgets_the_own_status_of_the_last(visitor, world, iwa):
    own = make.status(iwa, "friend", slug="fellow")
    make.affiliation(make.organisation("Fellow"), iwa, own.slug)
    facet = visitor.get(f"{PAGE}?federation=iwa&status=fellow").context["facets"][0]
    assert [value.url for value in facet.values] == ["/organisations/"]
    facet = visitor.get(f"{PAGE}?federation=iwa&status=section").context["facets"][0]
    assert [value.url for value in facet.values if not value.is_chosen] == [
        "/organisations/?federation=asi&status=section"
    ]


def test_what_is_hidden_is_not_counted(visitor, world, iwa):
    make.organisation("Proposed", "KP", visibility="proposed")
    hidden = make.organisation("Hidden", "KP")
    make.affiliation(hidden, iwa)
    Organisation.objects.filter(pk=hidden.pk).update(visibility="unlisted")
    unlisted = make.status(iwa, "observer", slug="secret", is_listed_publicly=False)
    make.affiliation(make.organisation("Quiet", "NO"), iwa, unlisted.slug)
    found = facets(visitor)
    assert found["federation"] == {"Federation iwa": 2, "Federation asi": 1}
    assert "North Korea" not in found["country"]


@pytest.mark.parametrize("reading", ["sort=-name", "page_size=5", "sort=changed&page_size=1"])
def test_numbers_are_kept_however_the_list_is_read(rf, reading):
    request = rf.get(f"/?country=SE&on=2005-01-01&{reading}")
    found = OrganisationFilter(request.GET, Organisation.objects.listed(), request=request)
    assert found.is_valid()
    assert found.question == (("country", "SE"), ("on", "2005-01-01"))


def test_a_language_counts_all_its_kinds_once_as_the_filter_finds_them(visitor):
    for name, codes in [("One", ["pt", "pt-BR"]), ("Two", ["pt-BR"]), ("Three", ["es"])]:
        union = make.organisation(name)
        for code in codes:
            OrganisationLanguage.objects.create(organisation=union, code=code)
    found = facets(visitor)["language"]
    assert sorted(found.values()) == [1, 2, 2]
    page = visitor.get("/organisations/", {"language": "pt"})
    assert found["Portuguese"] == len(page.context["organisations"]) == 2


def test_values_are_named_in_the_readers_language(visitor, world):
    assert facets(visitor, prefix="/es")["country"] == {"Suecia": 2, "Polonia": 1}
    assert facets(visitor, prefix="/es")["region"] == {"Europa": 3}


def test_a_value_with_a_hostile_name_is_only_text(visitor, world, iwa):
    iwa.names = {"en": "<script>alert(1)</script>"}
    iwa.save()
    page = visitor.get(PAGE).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
