"""The list asked in every way: page and API give the same rows, and refuse the same questions."""

import datetime
from urllib.parse import quote, urlencode

import pytest

from directory import workflow as register
from directory.models import OrganisationIndustry, OrganisationLanguage, OrganisationName
from tests import make

pytestmark = pytest.mark.django_db

PAGE, API = "/organisations/", "/api/v1/organisations/"
NAMES = ("q", "federation", "status", "kind", "country", "region", "language", "industry", "on",
         "sort", "page_size", "after")  # fmt: skip

NASTY = (
    "\0", "a\0b", "a" * 5000, "-1", "0", "1e99", "9" * 5000, "31-12-2020", "2020-13-01",
    "0001-01-01", "9999-12-31", "XX", "'", "--", "%", "_", "\\", "<script>alert(1)</script>",
    "../../etc/passwd", "[]", "None", "🜏", "\ud800", "iwa,asi", "iwa' OR '1'='1", "__class__",
    "٣٣٣٣",
)  # fmt: skip


def day(text):
    return datetime.date.fromisoformat(text)


def found(visitor, **asked):
    """The names on the page, which are those of the API as well."""
    query = urlencode(asked)
    answer = visitor.get(f"{API}?{query}")
    assert answer.status_code == 200, answer.json()
    names = [row["name"] for row in answer.json()["results"]]
    page = visitor.get(f"{PAGE}?{query}")
    assert [str(entry.name) for entry in page.context["organisations"]] == names
    assert page.context["count"] == answer.json()["count"]
    return names


# --- search ---------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["orestad", "ÖRESTAD", "local ore", "Orestad", " örestad "])
def test_a_name_is_found_in_any_spelling_and_word_order(visitor, words):
    make.organisation("Örestad Local")
    make.organisation("Another")
    assert found(visitor, q=words) == ["Örestad Local"]


def test_a_name_is_found_by_its_translation_acronym_former_name_town_and_script(visitor):
    port = make.organisation("Профсоюз портовых рабочих", acronym="ПП", city="Αθήνα")
    OrganisationName.objects.create(
        organisation=port, value="Dockers", language="en", kind="translated"
    )
    renamed = register.rename(organisation=port, name="Профсоюз моряков", by=None)
    for words in ("dockers", "пп", "портовых", "profsoyuz", "Αθηνα", "athina", "моряков"):
        assert found(visitor, q=words) == [renamed.name], words


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", '"', "--", "*", "a%b", "'' OR ''"])
def test_signs_are_plain_characters_and_find_only_themselves(visitor, sign):
    make.organisation("Axb")
    assert found(visitor, q=sign) == []


def test_a_sign_in_a_name_is_found(visitor):
    make.organisation("100% Union")
    make.organisation("100 Unions")
    assert found(visitor, q="100%") == ["100% Union"]


# --- filters --------------------------------------------------------------------------------


def test_each_filter_narrows_by_its_own_fact(visitor, iwa):
    one = make.organisation("One", "SE", "NO", kind="network")
    OrganisationLanguage.objects.create(organisation=one, code="pt-BR")
    OrganisationIndustry.objects.create(organisation=one, code="mining")
    make.affiliation(one, iwa, "friend")
    make.organisation("Two", "ES")
    for asked in (
        {"kind": "network"}, {"country": "NO"}, {"language": "pt"}, {"language": "pt-br"},
        {"industry": "mining"}, {"federation": "iwa"}, {"status": "friend"},
    ):  # fmt: skip
        assert found(visitor, **asked) == ["One"], asked
    assert found(visitor, country="SE", kind="network", q="one", federation="iwa") == ["One"]
    assert found(visitor, country="ES", kind="network") == []


def test_federation_and_status_are_asked_of_one_bond(visitor, iwa, asi):
    member = make.organisation("Section there, friend here")
    make.affiliation(member, iwa, "friend")
    make.affiliation(member, asi, "section")
    assert found(visitor, federation="iwa", status="section") == []
    assert found(visitor, federation="iwa", status="friend") == [member.name]


def test_a_federations_own_status_can_be_asked_for(visitor, iwa, asi):
    make.status(iwa, "friend", slug="supporter")
    make.affiliation(make.organisation("Supporter"), iwa, "supporter")
    make.affiliation(make.organisation("Friend"), iwa, "friend")
    assert found(visitor, status="supporter") == ["Supporter"]
    assert found(visitor, status="friend") == ["Friend", "Supporter"]
    assert visitor.get(f"{API}?federation=asi&status=supporter").status_code == 400


def test_without_a_day_the_bonds_of_today_count(visitor, iwa):
    former = make.organisation("Former")
    bond = make.affiliation(former, iwa)
    source, until = make.source(iwa), day("2010-01-01")
    register.end(affiliation=bond, reason="lapse", source=source, until=until, by=None)
    assert found(visitor, federation="iwa") == []
    assert found(visitor, federation="iwa", on="2009-12-31") == ["Former"]
    assert found(visitor, federation="iwa", on="2010-01-01") == []


def test_a_day_alone_asks_for_those_with_any_bond_then(visitor, iwa):
    make.affiliation(make.organisation("Bound"), iwa, since=day("2015-01-01"))
    make.organisation("Free")
    assert found(visitor, on="2016-01-01") == ["Bound"]
    assert found(visitor, on="2014-12-31") == []
    assert found(visitor) == ["Bound", "Free"]


def test_what_is_not_known_for_the_day_is_found_and_marked(visitor, iwa):
    make.affiliation(make.organisation("Known"), iwa, since=day("2010-01-01"))
    make.affiliation(make.organisation("Perhaps"), iwa, seen_on=day("2020-01-01"))
    assert found(visitor, federation="iwa", on="2015-01-01") == ["Known", "Perhaps"]
    rows = visitor.get(f"{API}?federation=iwa&on=2015-01-01").json()["results"]
    assert [row["affiliations"][0]["answer"] for row in rows] == ["yes", "unknown"]
    page = visitor.get(f"{PAGE}?federation=iwa&on=2015-01-01").content.decode()
    assert page.count("not known for this day") == 1


def test_the_list_is_ordered_as_asked(visitor):
    first, _second = make.organisation("Öre"), make.organisation("Zeta")
    make.organisation("alpha")
    first.save()
    assert found(visitor) == found(visitor, sort="name") == ["alpha", "Öre", "Zeta"]
    assert found(visitor, sort="-name") == ["Zeta", "Öre", "alpha"]
    assert found(visitor, sort="changed") == ["Öre", "alpha", "Zeta"]


def test_the_filters_in_force_can_be_taken_away_one_by_one(visitor, iwa):
    make.affiliation(make.organisation("Örestad", "SE"), iwa)
    page = visitor.get(f"{PAGE}?q=ore&country=SE&status=&on=2015-01-01&after=")
    chips = [(chip.label, str(chip.value), chip.url) for chip in page.context["chips"]]
    assert chips == [
        ("Search", "ore", "/organisations/?country=SE&on=2015-01-01"),
        ("Country", "Sweden", "/organisations/?q=ore&on=2015-01-01"),
        ("On the day", chips[2][1], "/organisations/?q=ore&country=SE"),
    ]


# --- what is not understood -----------------------------------------------------------------


@pytest.fixture
def two(iwa):
    """Two organisations with all that can be asked for; no question below is meant to find them."""
    for name in ("First", "Second"):
        make.affiliation(make.organisation(name, "SE", "ES"), iwa)


@pytest.mark.parametrize("name", NAMES)
def test_no_value_breaks_the_list_or_shows_all_of_it(visitor, two, name):
    for value in NASTY:
        query = f"{name}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}"
        answer, page = visitor.get(f"{API}?{query}"), visitor.get(f"{PAGE}?{query}")
        assert answer.status_code == page.status_code, query[:80]
        if answer.status_code == 200:
            assert (answer.json()["count"], page.context["count"]) == (0, 0), query[:80]
        else:
            assert (answer.status_code, page.context["organisations"]) == (400, []), query[:80]
            assert list(answer.json()["errors"]) == [name]


@pytest.mark.parametrize(
    "query",
    [
        "page=2", "format=api", "lang=es", "Federation=iwa", "federation__slug=iwa", "%00=1", "=",
        "q[]=a", "utm_source=x", "detail=1", "self=1", "errors=1", "ordering=name",
    ],
)  # fmt: skip
def test_a_parameter_that_nobody_knows_is_refused(visitor, two, query):
    page = visitor.get(f"{PAGE}?{query}")
    assert (page.status_code, page.context["organisations"]) == (400, [])
    assert "There is no parameter" in page.content.decode()
    assert "First" not in page.content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_given_twice_is_refused(visitor, two, name):
    value = {"federation": "iwa", "status": "friend", "country": "SE", "on": "2020-01-01"}
    query = urlencode([(name, value.get(name, "1")), (name, value.get(name, "1"))])
    answer = visitor.get(f"{API}?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    assert visitor.get(f"{PAGE}?{query}").status_code == 400


@pytest.mark.parametrize("size", ["1", "100", "٣"])
def test_a_page_size_within_bounds_is_taken(visitor, two, size):
    answer = visitor.get(f"{API}?{urlencode({'page_size': size})}").json()
    assert (answer["count"], len(answer["results"])) == (2, min(2, int(size)))


def test_empty_fields_of_a_form_ask_nothing_and_machines_do_not_send_them(visitor, two):
    query = "&".join(f"{name}=" for name in NAMES)
    assert visitor.get(f"{PAGE}?{query}").context["count"] == 2
    assert sorted(visitor.get(f"{API}?{query}").json()["errors"]) == sorted(NAMES)


def test_too_many_parameters_are_refused(visitor, two):
    query = "&".join(f"a{number}=1" for number in range(600))
    assert visitor.get(f"{API}?{query}").status_code == 400
    assert visitor.get(f"{PAGE}?{query}").status_code == 400


def test_the_page_says_what_was_wrong_at_the_field(visitor, two):
    page = visitor.get(f"{PAGE}?on=31-12-2020&q=first").content.decode()
    assert "<title>Error:" in page
    assert page.count("Write the day as 2019-12-08.") == 2
    assert 'value="first"' in page
