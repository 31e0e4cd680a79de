"""Finding a union: by any word, in any script, the best match first, and slips forgiven."""

import pytest
from django.utils import translation

from directory.countries import countries, countries_called, countries_of, region_of
from directory.filters import OrganisationFilter
from directory.models import Organisation, OrganisationName
from directory.spelling import is_one_slip
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/organisations/"


def names(visitor, words, prefix=""):
    page = visitor.get(f"{prefix}{PAGE}", {"q": words})
    return [str(line.name) for line in page.context["organisations"]]


# --- what is found --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "words"),
    [("", "sweden dockers"), ("/es", "suecia"), ("/ru", "швеция"), ("/ar", "السويد"), ("", "Swed")],
)
def test_a_country_is_found_by_its_name_in_the_readers_language(visitor, prefix, words):
    make.organisation("Dockers", "SE")
    make.organisation("Dockers elsewhere", "NO")
    assert names(visitor, words, prefix) == ["Dockers"]


def test_the_name_of_a_country_is_no_part_of_another(visitor):
    make.organisation("Bucharest local", "RO")
    assert names(visitor, "oman") == []


@pytest.mark.parametrize(
    ("code", "words", "prefix"),
    [
        ("VN", "viet nam", ""),
        ("CI", "dockers ivory coast", ""),
        ("GB", "great britain dockers", ""),
        ("GB", "uk", ""),
        ("TT", "Trinidad and Tobago", ""),
        ("KR", "Corée du Sud", "/fr"),
        ("KR", "coreia do sul", "/pt"),
    ],
)
def test_several_words_name_a_country_together(visitor, code, words, prefix):
    make.organisation("Dockers", code)
    make.organisation("Dockers elsewhere", "SE")
    assert names(visitor, words, prefix) == ["Dockers"]


def test_the_words_of_a_country_are_also_words_of_names(visitor):
    make.organisation("The Great Britain Society of Brest", "FR")
    assert names(visitor, "great britain") == ["The Great Britain Society of Brest"]


@pytest.mark.parametrize("words", ["corea", "core"])
def test_files_and_programs_find_what_the_page_finds_in_any_language(visitor, words):
    make.organisation("Dockers", "KR")
    assert names(visitor, words, "/es") == ["Dockers"]
    answers = [
        visitor.get("/organisations.json", {"q": words}).getvalue().decode(),
        visitor.get("/api/v1/organisations/", {"q": words}).content.decode(),
    ]
    assert ["Dockers" in text for text in answers] == [True, True]


def test_no_word_of_a_long_query_is_left_out(visitor):
    make.organisation("a b c d e f g h i j k l")
    assert names(visitor, "a b c d e f g h i j k l") == ["a b c d e f g h i j k l"]
    assert names(visitor, "a b c d e f g h i j k l zzzz") == []


def test_a_code_is_a_word_and_no_country(visitor):
    make.organisation("Union of Norway", "NO")
    assert names(visitor, "no") == ["Union of Norway"]
    make.organisation("Porto local", "PT")
    assert names(visitor, "pt") == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("全国労働組合", "労働"),
        ("全国労働組合", "組合 全国"),
        ("전국노동조합", "노동"),
        ("สหภาพแรงงาน", "แรงงาน"),
        ("Συνδικάτο Οικοδόμων", "ΟΙΚΟΔΟΜΩΝ"),
        ("نقابة العمّال", "العمال"),
        ("Профсоюз моряков", "profsojuz"),
        ("Ｆｕｌｌｗｉｄｔｈ Union", "fullwidth"),
        ("Workers’ Union", "workers' union"),
        ("Federació d'Ensenyament", "densenyament"),
    ],
)
def test_words_are_found_in_any_script_and_spelling(visitor, name, words):
    make.organisation(name)
    make.organisation("Another")
    assert names(visitor, words) == [name]


def test_a_name_in_other_letters_is_found_where_it_is_told(visitor):
    union = make.organisation("連合")
    assert names(visitor, "rengo") == []
    OrganisationName.objects.create(
        organisation=union, value="Rengo", language="en", kind="translated"
    )
    assert names(visitor, "rengo") == ["連合"]


# --- in which order -------------------------------------------------------------------------


def test_the_best_match_comes_first(visitor):
    make.organisation("A union that knows the CNT")
    make.organisation("CNT friends")
    make.organisation("Zeta", acronym="CNT")
    assert names(visitor, "cnt") == ["Zeta", "CNT friends", "A union that knows the CNT"]


def test_best_first_is_walked_page_by_page_and_back(visitor):
    for name in ("Red", "Red B", "Red A", "A red", "B red"):
        make.organisation(name)
    url, read, last = f"{PAGE}?q=red&page_size=2", [], None
    while url:
        last = visitor.get(url)
        read.append([str(line.name) for line in last.context["organisations"]])
        url = last.context["next_url"]
    assert read == [["Red", "Red A"], ["Red B", "A red"], ["B red"]]
    back = visitor.get(last.context["previous_url"])
    assert [str(line.name) for line in back.context["organisations"]] == ["Red B", "A red"]


def test_by_country_follows_the_alphabet_of_the_reader(visitor):
    for name, code in [("One", "DE"), ("Two", "ES"), ("Three", "AT"), ("Four", ""), ("Five", "DE")]:
        make.organisation(name, *([code] if code else []))
    page = visitor.get(f"{PAGE}?sort=country")
    english = [str(line.name) for line in page.context["organisations"]]
    assert english == ["Three", "Five", "One", "Two", "Four"]  # Austria, Germany, Spain, none
    page = visitor.get(f"/es{PAGE}?sort=country")
    spanish = [str(line.name) for line in page.context["organisations"]]
    assert spanish == ["Five", "One", "Three", "Two", "Four"]  # Alemania, Austria, España


@pytest.mark.parametrize("sort", ["country", "since", "best", "changed"])
def test_each_order_has_each_row_once_forward_and_back(visitor, iwa, sort):
    for number in range(9):
        made = make.organisation(f"Red {number % 2}", "SE" if number % 3 else "NO")
        if number % 2:
            make.affiliation(made, iwa, since=f"20{number:02}-01-01")
    url, forward, last = f"{PAGE}?q=red&page_size=2&sort={sort}", [], None
    while url:
        last = visitor.get(url)
        forward.append([line.slug for line in last.context["organisations"]])
        url = last.context["next_url"]
    assert len({slug for page in forward for slug in page}) == 9
    back, url = [forward[-1]], last.context["previous_url"]
    while url:
        last = visitor.get(url)
        back.append([line.slug for line in last.context["organisations"]])
        url = last.context["previous_url"]
    assert back == forward[::-1]


def test_the_longest_affiliated_come_first_and_those_not_known_last(visitor, iwa):
    make.affiliation(make.organisation("Young"), iwa, since="2015-01-01")
    make.affiliation(make.organisation("Old"), iwa, since="1922-01-01")
    make.affiliation(make.organisation("Perhaps"), iwa, seen_on="1919-01-01")
    page = visitor.get(f"{PAGE}?sort=since&federation=iwa")
    shown = [str(line.name) for line in page.context["organisations"]]
    assert shown == ["Old", "Young", "Perhaps"]


# --- slips of the pen -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "slip", ["solidarty", "solidaritty", "solidarity", "soildarity", "zolidarity"]
)
def test_one_slip_is_forgiven(visitor, slip):
    make.organisation("Solidarity Federation")
    assert names(visitor, slip) == ["Solidarity Federation"]


def test_a_slip_in_the_name_of_a_country_is_forgiven(visitor):
    make.organisation("Dockers", "JP")
    assert names(visitor, "japn") == names(visitor, "dockers jpaan") == ["Dockers"]


def test_the_best_match_of_a_guess_comes_first(visitor):
    make.organisation("A friend of Rengo")
    make.organisation("Union", acronym="RENGO")
    assert names(visitor, "renbo") == ["Union", "A friend of Rengo"]


def test_a_guess_never_stands_beside_what_is_spelled_so(visitor):
    make.organisation("Sindicato Solidario")
    make.organisation("Sindicato Solidaria")
    assert names(visitor, "solidario") == ["Sindicato Solidario"]


def test_a_guess_is_said_to_be_one(visitor):
    make.organisation("Solidarity Federation")
    page = visitor.get(f"{PAGE}?q=solidarty").content.decode()
    assert "Nothing is spelled like that" in page
    assert "<mark>solidarity</mark>" in page
    assert "Nothing is spelled" not in visitor.get(f"{PAGE}?q=solidarity").content.decode()


def test_the_words_of_what_is_hidden_are_no_guess(visitor):
    make.organisation("Clandestine", visibility="proposed")
    page = visitor.get(f"{PAGE}?q=clandestin")
    assert page.context["count"] == 0
    assert "clandestine" not in page.content.decode().lower()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("labour", "labor", True), ("union", "unoin", True), ("union", "onion", True),
        ("union", "unions", True), ("union", "reunion", False), ("cnt", "fau", False),
        ("ab", "ba", True), ("abcd", "badc", False), ("same", "same", True),
    ],
)  # fmt: skip
def test_a_slip_is_one_letter_or_two_that_changed_places(one, other, expected):
    assert is_one_slip(one, other) is is_one_slip(other, one) is expected


def test_only_a_misspelt_word_costs_more_questions(visitor, rf, django_assert_max_num_queries):
    make.organisation("Solidarity")
    with django_assert_max_num_queries(2):
        asked = rf.get(PAGE, {"q": "solidarity"}).GET
        found = OrganisationFilter(asked, Organisation.objects.listed(), request=rf.get(PAGE))
        assert found.is_valid()
        assert found.qs.count() == 1


# --- countries and regions ------------------------------------------------------------------


def test_every_country_but_antarctica_lies_in_one_region():
    regions = ["africa", "americas", "asia", "europe", "oceania"]
    known = [code for region in regions for code in countries_of(region)]
    assert len(known) == len(set(known))
    assert set(countries()) - set(known) == {"AQ"}
    assert region_of("SE") == "europe"


def test_a_whole_name_in_another_language_is_understood():
    with translation.override("en"):
        assert countries_called("deutschland") == ("DE",)
        assert countries_called("deutsch") == ()


def test_a_town_is_found_by_its_other_names(visitor):
    make.organisation("職人組合", "JP", city="京都")
    for words in ("kyoto", "киото", "كيوتو", "京都"):
        assert names(visitor, words) == ["職人組合"], words
    shielded = Organisation.objects.get()
    shielded.visibility = "shielded"
    shielded.save()
    assert names(visitor, "kyoto") == []


def test_what_is_dissolved_says_so_in_the_list(visitor):
    make.organisation("Lost League", dissolved="2008")
    make.organisation("Living League")
    page = visitor.get(f"{PAGE}?q=league").content.decode()
    assert page.count("dissolved: 2008") == page.count('class="tag"') == 1
