"""The public pages tell what is so, in the reader's language, at a constant cost."""

import datetime
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory import workflow as register
from directory.models import (
    Decision,
    HostOrganisation,
    Organisation,
    OrganisationCountry,
    OrganisationLink,
    OrganisationName,
    OrganisationSite,
)
from federation.context import holds_office
from tests import make

pytestmark = pytest.mark.django_db
DAY = datetime.date(2015, 6, 1)


def text(response):
    """What a reader sees: words without marks, in one line."""
    words = re.sub(r"(?s)<head>.*?</head>|<[^>]*>", " ", response.content.decode())
    return " ".join(words.split())


def queries(visitor, path):
    with CaptureQueriesContext(connection) as asked:
        assert visitor.get(path).status_code == 200
    return len(asked)


def full_organisation(name, federation, kind="section"):
    """One with a row in every table that a page reads."""
    made = make.organisation(name, "SE", "NO", acronym=name[:2])
    OrganisationName.objects.create(organisation=made, value=f"{name} X", kind="former")
    decision = Decision.objects.create(federation=federation, body="congress", decided_on=DAY)
    make.affiliation(made, federation, kind, decision=decision)
    return made


@pytest.mark.parametrize(
    "path",
    [
        "/", "/organisations/", "/federations/", "/federations/iwa/",
        "/federations/iwa/?on=1990-01-01", "/federations/iwa/roll/", "/api/v1/organisations/",
        "/api/v1/affiliations/", "/api/v1/federations/",
    ],
)  # fmt: skip
def test_a_page_asks_the_database_as_often_for_many_rows_as_for_one(visitor, iwa, path):
    full_organisation("First", iwa)
    one = queries(visitor, path)
    for number in range(29):
        full_organisation(f"Number {number}", iwa, ("section", "friend")[number % 2])
    for number in range(3):
        make.federation(f"other-{number}")
    assert queries(visitor, path) == one


def test_an_organisations_page_asks_as_often_for_many_facts_as_for_one(visitor, iwa, asi):
    member, other = full_organisation("First", iwa), make.organisation("Other")
    OrganisationLink.objects.create(organisation=member, kind="part_of", other=other)
    one = queries(visitor, "/organisations/first/")
    make.affiliation(member, asi)
    for number in range(5):
        OrganisationCountry.objects.create(
            organisation=member, code=("ES", "FR", "PT", "IT", "GR")[number]
        )
        further = full_organisation(f"Number {number}", iwa)
        OrganisationLink.objects.create(organisation=further, kind="part_of", other=member)
    assert queries(visitor, "/organisations/first/") == one


# --- an organisation ------------------------------------------------------------------------


def test_an_organisation_shows_its_affiliations_through_time(visitor, iwa):
    member, source = make.organisation("Örestad", "SE"), make.source(iwa)
    bond = make.affiliation(member, iwa, "friend", seen_on=datetime.date(2009, 3, 1))
    decision = Decision.objects.create(
        federation=iwa, body="congress", decided_on=DAY, reference="15/7", place="Lisbon"
    )
    register.change_status(
        affiliation=bond, status=iwa.statuses.get(slug="section"), source=source,
        decision=decision, on=DAY, by=None,
    )  # fmt: skip
    page = visitor.get("/organisations/orestad/")
    bonds = [bond.status.slug for bond in page.context["organisation"].affiliations]
    assert bonds == ["section", "friend"]
    for words in ("start not known, so on", "Change of status", "15/7", "Lisbon", "Members page"):
        assert words in text(page), words
    assert "Change of status, Congress" in text(page)


def test_names_are_marked_with_their_language(visitor):
    union = make.organisation("نقابة عمال الميناء", "EG", language="ar")
    OrganisationName.objects.create(
        organisation=union, value="Harbour Workers", language="en", kind="translated"
    )
    page = visitor.get(union.get_absolute_url()).content.decode()
    assert '<h1><bdi lang="ar">نقابة عمال الميناء</bdi></h1>' in page
    assert '<bdi lang="en">Harbour Workers</bdi>' in page
    assert "Harbour Workers" in visitor.get("/organisations/").content.decode()
    assert "Harbour Workers" not in text(visitor.get("/ar/organisations/"))


def test_a_description_is_read_in_ones_own_language_or_in_the_original(visitor):
    texts = {"es": "Cocinas y bares.", "en": "Kitchens and bars."}
    make.organisation("Cocina", language="es", descriptions=texts)
    assert "Kitchens and bars." in text(visitor.get("/organisations/cocina/"))
    assert "Cocinas y bares." in text(visitor.get("/es/organisations/cocina/"))
    arabic = visitor.get("/ar/organisations/cocina/").content.decode()
    assert 'dir="ltr" lang="es"><p>Cocinas y bares.' in arabic


@pytest.mark.parametrize(
    ("language", "country"), [("", "Sweden"), ("/es", "Suecia"), ("/ar", "السويد")]
)
def test_countries_are_named_in_the_readers_language(visitor, language, country):
    made = make.organisation("One")
    OrganisationCountry.objects.create(organisation=made, code="SE", basis="implied")
    assert country in text(visitor.get(f"{language}/organisations/one/"))
    assert country in text(visitor.get(f"{language}/organisations/"))


def test_a_country_that_only_the_name_suggests_is_said_so(visitor):
    made = make.organisation("One")
    OrganisationCountry.objects.create(organisation=made, code="SE", basis="implied")
    assert "Sweden implied by the name" in text(visitor.get("/organisations/one/"))


def test_links_are_told_from_both_sides(visitor):
    old, new = make.organisation("Old"), make.organisation("New")
    OrganisationLink.objects.create(organisation=new, kind="succeeds", other=old, since=DAY)
    assert "Continues Old" in text(visitor.get("/organisations/new/"))
    assert "Was continued by New" in text(visitor.get("/organisations/old/"))


def test_a_link_is_told_with_its_day_and_its_source(visitor, iwa):
    part, whole = make.organisation("Part"), make.organisation("Whole")
    OrganisationLink.objects.create(
        organisation=part, kind="part_of", other=whole, since=DAY, source=make.source(iwa)
    )
    told = "since 1 June 2015 Source: Members page , as of 1 January 2000"
    assert f"Is part of Whole {told}" in text(visitor.get("/organisations/part/"))
    assert f"Has as parts Part {told}" in text(visitor.get("/organisations/whole/"))


def test_names_are_told_with_kind_language_and_end(visitor):
    union = make.organisation("Ny", language="sv")
    OrganisationName.objects.create(
        organisation=union, value="Gammal", language="sv", kind="former", until=DAY
    )
    page = text(visitor.get("/organisations/ny/"))
    assert "Ny official name, Swedish" in page
    assert "Gammal former name, Swedish, until 1 June 2015" in page


def test_the_rights_of_a_status_are_told_in_words(visitor, iwa):
    iwa.statuses.filter(slug="section").update(speaks=True, proposes=False)
    make.affiliation(make.organisation("One"), iwa)
    page = text(visitor.get("/organisations/one/"))
    assert "In this status an organisation votes at congresses, speaks at congresses." in page
    assert "It does not have these rights: puts motions." in page
    unsaid = "Not known, as the federation’s texts do not say: sends delegates, sends observers,"
    assert f"{unsaid} hosts congresses, may hold the secretariat, uses the federation" in page


def test_the_timeline_is_drawn_and_told(visitor, iwa):
    member = make.organisation("One")
    bond = make.affiliation(member, iwa, "friend", seen_on=datetime.date(2009, 3, 1))
    register.change_status(
        affiliation=bond, status=iwa.statuses.get(slug="section"), source=make.source(iwa),
        on=DAY, by=None,
    )  # fmt: skip
    page = visitor.get("/organisations/one/").content.decode()
    words = "Statuses through time: IWA: Friend ?–2015, Section 2015–today."
    assert f'role="img" aria-label="{words}"' in page
    assert "style=" not in page
    spanish = visitor.get("/es/organisations/one/").content.decode()
    assert "Amigo ?–2015, Sección 2015" in spanish


def test_a_shielded_organisation_says_that_something_is_not_shown_and_not_why(visitor, iwa):
    make.organisation("One", "SE", city="Lund", visibility="shielded")
    page = text(visitor.get("/organisations/one/"))
    assert "Contacts, place, websites and description of this organisation are not shown" in page
    assert "Lund" not in page
    make.organisation("Two", "SE", city="Lund")
    assert "not shown at present" not in text(visitor.get("/organisations/two/"))


@pytest.mark.parametrize(
    ("days", "words"), [(None, "Nobody of this"), (400, "is overdue"), (390, None), (0, None)]
)
def test_an_entry_that_nobody_confirmed_for_long_is_marked(visitor, days, words):
    verified_on = timezone.localdate() - datetime.timedelta(days) if days is not None else None
    make.organisation("One", verified_on=verified_on)
    page = text(visitor.get("/organisations/one/"))
    assert ("To be confirmed" in page) is bool(words)
    assert (words or "Last confirmed") in page
    assert ("Last confirmed never" in page) is (days is None)


def test_a_host_says_whom_it_hosts(visitor, asi, local):
    HostOrganisation.objects.create(federation=asi, organisation=local)
    words = "Persons take part through this organisation in: Federation asi"
    assert words not in text(visitor.get(local.get_absolute_url()))
    asi.persons_join = "host"
    asi.save()
    assert words in text(visitor.get(local.get_absolute_url()))


def test_an_entry_can_be_taken_away_once_it_is_public(visitor, iwa, local):
    page = visitor.get(local.get_absolute_url())
    assert "/organisations/orestad-local.vcf" in [one.url for one in page.context["formats"]]


def test_a_link_to_a_site_gives_nothing_away(visitor):
    make.organisation("One", website="https://www.example.org/one/")
    page = visitor.get("/organisations/one/").content.decode()
    site = '<a class="bare" href="https://www.example.org/one/" rel="me noopener nofollow">'
    assert f"{site}<bdi>example.org/one</bdi></a>" in page


def test_further_sites_are_told_unless_they_are_withdrawn(visitor):
    for name, visibility in (("One", "published"), ("Two", "shielded")):
        OrganisationSite.objects.create(
            organisation=make.organisation(name, visibility=visibility),
            kind="feed", url="https://example.org/feed/", language="sv",
        )  # fmt: skip
    words = "example.org/feed news feed, Swedish"
    assert words in text(visitor.get("/organisations/one/"))
    assert "example.org/feed" not in text(visitor.get("/organisations/two/"))


def test_an_organisation_offers_to_be_joined_only_where_somebody_reads_it(local, secretary):
    assert list(Organisation.objects.joinable()) == [local]
    for change in ({"accepts_members": False}, {"dissolved": "2020"}, {"visibility": "unlisted"}):
        Organisation.objects.filter(pk=local.pk).update(**change)
        assert not Organisation.objects.joinable().exists(), change
        Organisation.objects.filter(pk=local.pk).update(
            accepts_members=True, dissolved="", visibility="published"
        )
    local.offices.update(is_suspended=True)
    assert not Organisation.objects.joinable().exists()


# --- a federation ---------------------------------------------------------------------------


def test_a_federation_shows_its_organisations_by_status_on_a_day(visitor, iwa):
    make.affiliation(make.organisation("Section"), iwa, since=DAY)
    make.affiliation(make.organisation("Friend"), iwa, "friend", since=DAY)
    make.affiliation(make.organisation("Perhaps"), iwa, seen_on=datetime.date(2020, 1, 1))

    def groups(query=""):
        shown = visitor.get(f"/federations/iwa/{query}").context["groups"]
        return {
            group.status and group.status.slug: [
                str(line.organisation.name) for line in group.lines
            ]
            for group in shown
        }

    then = {"section": ["Section"], "friend": ["Friend"], None: ["Perhaps"]}
    assert groups() == {"section": ["Perhaps", "Section"], "friend": ["Friend"]}
    assert (groups("?on=2016-01-01"), [*groups("?on=2016-01-01")]) == (then, [*then])
    assert groups("?on=2014-01-01") == {None: ["Perhaps"]}


@pytest.mark.parametrize(
    "query", ["on=31-12-2020", "on=0001-01-01", "on=%00", "day=2020-01-01", "on=&on="]
)
def test_a_day_that_cannot_be_read_shows_no_organisation(visitor, iwa, query):
    make.affiliation(make.organisation("Section of it"), iwa)
    page = visitor.get(f"/federations/iwa/?{query}")
    assert (page.status_code, page.context["groups"]) == (400, [])
    assert "There is a problem" in text(page)


def test_a_long_list_is_cut_and_leads_to_the_directory(visitor, iwa, monkeypatch):
    monkeypatch.setattr("directory.views.federations.IN_A_GROUP", 2)
    for name in "ABC":
        make.affiliation(make.organisation(name), iwa)
    make.affiliation(make.organisation("D"), iwa, "friend")
    section, friend = visitor.get("/federations/iwa/?on=2015-06-01").context["groups"]
    assert (section.count, len(section.lines), friend.count, friend.more_url) == (3, 2, 1, "")
    assert section.more_url == "/organisations/?federation=iwa&status=section&on=2015-06-01"
    assert visitor.get(section.more_url).context["count"] == 3


def test_a_right_is_told_as_yes_no_or_not_stated(visitor, iwa):
    page = visitor.get("/federations/iwa/")
    rights = {row["label"]: row["values"] for row in page.context["rights"]}
    assert rights["votes at congresses"] == [True, None]
    assert rights["sends observers"] == [None, True]
    assert "Votes at congresses yes not stated" in text(page)
    assert "Sends observers not stated yes" in text(page)


def test_the_changes_through_time_are_drawn_with_their_table(visitor, iwa):
    make.affiliation(make.organisation("Section"), iwa, since=datetime.date(2019, 3, 1))
    make.affiliation(make.organisation("Friend"), iwa, "friend", since=datetime.date(2021, 3, 1))
    growth = visitor.get("/federations/iwa/").context["growth"]
    assert growth.heads == ["Section", "Friend"]
    assert [(row.year, row.numbers) for row in growth.rows[:3]] == [
        ("2019", [1, 0]), ("2020", [1, 0]), ("2021", [1, 1]),
    ]  # fmt: skip
    assert "2021 1 1 2022" in text(visitor.get("/federations/iwa/"))


def test_a_federation_of_a_single_year_draws_nothing(visitor, iwa):
    make.affiliation(make.organisation(), iwa, since=timezone.localdate())
    assert visitor.get("/federations/iwa/").context["growth"] is None


def test_decisions_are_listed_with_what_they_changed(visitor, iwa):
    decided = {"federation": iwa, "body": "congress"}
    first = Decision.objects.create(**decided, decided_on=datetime.date(2010, 5, 1))
    second = Decision.objects.create(
        **decided, decided_on=DAY, reference="C2/1", texts={"en": "So be it."}
    )
    source = make.source(iwa)
    bond = make.affiliation(make.organisation("Grows"), iwa, "friend", decision=first)
    gone = make.affiliation(make.organisation("Goes"), iwa, decision=first)
    section = iwa.statuses.get(slug="section")
    register.change_status(
        affiliation=bond, status=section, source=source, on=DAY, decision=second, by=None
    )
    register.end(
        affiliation=gone, reason="expulsion", source=source, until=DAY, decision=second, by=None
    )
    hidden = make.organisation("Hidden", visibility="unlisted")
    make.affiliation(hidden, iwa, decision=second)
    page = visitor.get("/federations/iwa/")
    latest = [one.decision for one in page.context["decisions"]]
    assert latest == [second, first]
    page = text(page)
    assert "1 June 2015, C2/1 So be it. Grows Friend becomes Section Goes Section ended:" in page
    assert "Hidden" not in page


def test_a_decision_that_changed_many_is_counted(visitor, iwa, monkeypatch):
    monkeypatch.setattr("directory.views.decisions.NAMED", 2)
    decision = Decision.objects.create(federation=iwa, body="congress", decided_on=DAY)
    for name in "ABC":
        make.affiliation(make.organisation(name), iwa, since=DAY, decision=decision)
    [entered] = visitor.get("/federations/iwa/").context["decisions"]
    assert (entered.changes, [tally.number for tally in entered.tallies]) == ([], [3])
    assert visitor.get(entered.tallies[0].url).context["count"] == 3
    assert "given to 3 organisations" in text(visitor.get("/federations/iwa/"))


def test_persons_are_led_to_the_host(visitor, asi, local, secretary):
    HostOrganisation.objects.create(federation=asi, organisation=local)
    asi.persons_join = "host"
    asi.save()
    page = visitor.get("/federations/asi/")
    assert page.context["hosts"][0]["is_joinable"]
    assert "through its host organisation: Örestad Local" in text(page)


# --- every page -----------------------------------------------------------------------------


def test_home_counts_what_is_listed_and_invents_nothing(visitor, iwa, asi):
    make.affiliation(make.organisation("One", "SE"), iwa)
    make.organisation("Two", "SE", "ES", visibility="unlisted")
    page = visitor.get("/")
    assert page.context["figures"] == {"organisations": 1, "federations": 2, "countries": 1}
    asi_card, iwa_card = page.context["cards"]
    assert (asi_card.federation, asi_card.counts) == (asi, [])
    assert [(str(count.label), count.number) for count in iwa_card.counts] == [("Section", 1)]


def test_an_empty_register_has_all_its_pages(visitor):
    for path in ("/", "/organisations/", "/federations/"):
        assert visitor.get(path).status_code == 200, path


def test_the_language_menu_keeps_the_page_and_the_question(visitor, iwa):
    page = visitor.get("/es/organisations/?q=a+b&country=SE")
    links = page.context["language_links"]
    query = "organisations/?q=a+b&country=SE"
    urls = {code: f"/{code}/{query}" for code, _name in settings.LANGUAGES} | {"en": f"/{query}"}
    assert {link["code"]: link["url"] for link in links} == urls
    assert [link["code"] for link in links if link["current"]] == ["es"]
    for code, url in urls.items():
        alternate = f'hreflang="{code}" href="http://testserver{url.replace("&", "&amp;")}"'
        assert alternate in page.content.decode()
    english = urls["en"].replace("&", "&amp;")
    assert f'hreflang="x-default" href="http://testserver{english}"' in page.content.decode()


def test_a_page_names_its_own_address_without_what_changes_nothing(visitor, iwa):
    page = visitor.get("/organisations/?q=&country=SE&status=").content.decode()
    assert '<link rel="canonical" href="http://testserver/organisations/?country=SE">' in page
    page = visitor.get("/es/federations/iwa/?on=2020-01-01").content.decode()
    assert '<link rel="canonical" href="http://testserver/es/federations/iwa/">' in page


def test_arabic_pages_run_from_right_to_left(visitor):
    assert '<html lang="ar" dir="rtl">' in visitor.get("/ar/organisations/").content.decode()


def test_a_visitor_gets_no_cookie_and_costs_no_question_about_rights(visitor, iwa):
    with CaptureQueriesContext(connection) as asked:
        response = visitor.get("/federations/")
    assert not response.cookies
    assert not [query for query in asked if "office" in query["sql"] or "session" in query["sql"]]


@pytest.mark.parametrize(
    ("persona", "opens", "costs"),
    [
        ("coordinator", True, 1),
        ("secretary", True, 1),
        ("former", False, 1),
        ("operator", False, 1),
    ],
)
def test_the_doors_of_the_offices_are_shown_to_those_who_may_enter(
    request, iwa, persona, opens, costs, django_assert_num_queries
):
    made = {
        "former": lambda: make.coordinator(iwa, "former@example.org", until=DAY),
        "operator": lambda: make.user("operator@example.org", is_superuser=True),
    }
    person = made[persona]() if persona in made else request.getfixturevalue(persona)
    with django_assert_num_queries(costs):
        assert holds_office(person) is opens


def test_the_list_of_federations_takes_no_parameter(visitor, iwa):
    page = visitor.get("/federations/?country=SE")
    assert (page.status_code, page.context["cards"]) == (400, [])
    assert "There is no parameter “country”." in page.content.decode()


def test_a_status_that_begins_later_does_not_last_until_today(iwa, visitor):
    cooks = make.organisation("Cooks")
    make.affiliation(cooks, iwa, since=datetime.date(2045, 6, 1))
    page = visitor.get(cooks.get_absolute_url())
    table = text(page).partition("Affiliations through time")[2]
    assert "from 1 June 2045 on –" in table
    assert "today" not in table.partition("yes")[0]
    assert page.context["timeline_words"] == {"IWA": ["Section 2045–"]}
