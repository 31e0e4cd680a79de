"""Finding an organisation to join, and the form of a person."""

import pytest
from django.utils import timezone

from directory import workflow as register
from directory.models import HostOrganisation
from membership.models import MembershipApplication
from tests import browsing, make
from tests.browsing import APPLICATION, draft_application, entries, send, text

FORM = "/organisations/orestad-local/join/"


@pytest.fixture(autouse=True)
def _one_that_takes_applications(local, secretary):
    """Every test here has it."""


def names(visitor, query: str) -> list[str]:
    return [
        organisation.name for organisation in visitor.get(f"/join/{query}").context["page"].rows
    ]


# --- finding --------------------------------------------------------------------------------


def test_only_organisations_that_somebody_reads_for_are_offered(visitor):
    make.organisation("No Secretary", accepts_members=True)
    make.secretary(make.organisation("Takes Nobody"), "other@example.org")
    assert names(visitor, "") == ["Örestad Local"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=orestad", 1),
        ("?q=malmo", 0),
        ("?country=SE", 1),
        ("?country=NO", 0),
        ("?federation=iwa", 1),
        ("?q=orestad&country=SE&federation=iwa", 1),
    ],
)
def test_the_list_is_narrowed_by_words_country_and_federation(visitor, query, found):
    assert len(names(visitor, query)) == found


@pytest.mark.parametrize(
    "query",
    ["?country=ZZ", "?federation=nobody", "?federation=iwa%00", "?q=%00", f"?q={'x' * 201}"],
)
def test_a_filter_that_nobody_knows_gets_a_message_and_no_full_list(visitor, query):
    response = visitor.get(f"/join/{query}")
    assert response.status_code == 200
    assert "<title>Error:" in response.content.decode()
    assert names(visitor, query) == []


@pytest.mark.parametrize("page", ["1e99", "0", "-1", "9" * 400, "²", "٣", "2"])
def test_a_page_that_the_list_does_not_have_is_named(visitor, page):
    response = visitor.get("/join/", {"page": page})
    assert "This list has no page" in response.content.decode()
    assert len(response.context["page"].rows) == 1


def test_a_federation_joined_through_its_host_leads_there_alone(asi, visitor):
    asi.persons_join = "host"
    asi.save()
    host = make.organisation("Solidarity Alliance", "US", accepts_members=True)
    make.secretary(host, "host@example.org")
    HostOrganisation.objects.create(federation=asi, organisation=host)
    assert names(visitor, "?federation=asi") == ["Solidarity Alliance"]
    assert "Only organisations affiliate to" in text(visitor, "/join/?federation=asi")


def test_a_host_that_takes_no_applications_here_is_named_all_the_same(asi, visitor):
    asi.persons_join = "host"
    asi.save()
    host = make.organisation("Solidarity Alliance", "US")
    HostOrganisation.objects.create(federation=asi, organisation=host)
    assert names(visitor, "?federation=asi") == []
    assert host.get_absolute_url() in text(visitor, "/join/?federation=asi")


def test_a_shielded_organisation_is_not_found_by_its_place(local, visitor):
    local.visibility = "shielded"
    local.save()
    assert names(visitor, "?country=SE") == names(visitor, "") == []
    assert visitor.get(FORM).status_code == 200


def test_the_list_asks_the_database_as_often_for_three_as_for_one(
    iwa, visitor, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20) as one:
        visitor.get("/join/")
    for number in range(2):
        made = make.organisation(f"Local {number}", "SE", "NO", acronym="L", accepts_members=True)
        make.affiliation(made, iwa)
        make.secretary(made, f"s{number}@example.org")
    with django_assert_num_queries(len(one)):
        visitor.get("/join/")


# --- the form -------------------------------------------------------------------------------


def test_an_application_keeps_who_led_to_it_and_what_was_agreed_to(iwa, visitor):
    send(visitor, f"{FORM}?via=iwa", **APPLICATION)
    draft = MembershipApplication.objects.get()
    assert (draft.via, draft.state, draft.answers["place"]) == (iwa, "draft", "Lund")
    assert "Only its secretaries read it." in draft.answers["consent"]
    assert draft.answers["consent_on"] == timezone.localdate().isoformat()


@pytest.mark.parametrize("via", ["nobody", "%00", "x" * 500])
def test_an_unknown_federation_that_led_here_is_left_out(visitor, via):
    send(visitor, f"{FORM}?via={via}", **APPLICATION)
    assert MembershipApplication.objects.get().via is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 400),
        ("name", "Ola\0"),
        ("email", "nobody"),
        ("place", ""),
        ("work", "x" * 201),
        ("phone", "1" * 51),
        ("message", "x" * 5001),
        ("consents", ""),
    ],
)
def test_bad_input_is_named_at_its_field_and_nothing_is_stored(visitor, field, value):
    given = {name: given for name, given in {**APPLICATION, field: value}.items() if given != ""}
    response = send(visitor, FORM, **given)
    assert list(response.context["form"].errors) == [field]
    assert "<title>Error:" in response.content.decode()
    assert not MembershipApplication.objects.exists()


def test_a_program_leaves_no_application(visitor):
    send(visitor, FORM, **APPLICATION, subject="Best prices")
    visitor.post(FORM, {**entries(visitor, FORM, seconds=1), **APPLICATION})
    assert not MembershipApplication.objects.exists()


def test_the_same_form_sent_twice_is_one_draft(visitor):
    given = {**entries(visitor, FORM), **APPLICATION}
    assert visitor.post(FORM, given).url == visitor.post(FORM, given).url
    assert MembershipApplication.objects.count() == 1


def test_a_draft_is_changed_through_its_link(visitor):
    page = draft_application(visitor, "orestad-local")
    send(visitor, f"{FORM}?draft={page.split('/')[2]}", place="Malmö", phone="+46 40 123")
    answers = MembershipApplication.objects.get().answers
    assert (answers["place"], answers["phone"], answers["work"]) == ("Malmö", "+46 40 123", "nurse")


def test_an_organisation_that_takes_no_applications_says_so_and_takes_none(local, visitor):
    given = {**entries(visitor, FORM), **APPLICATION}
    local.accepts_members = False
    local.save()
    assert "takes no applications here" in text(visitor, FORM)
    assert visitor.post(FORM, given).status_code == 409
    assert not MembershipApplication.objects.exists()


def test_an_application_to_one_that_stopped_meanwhile_stays_a_draft(local, visitor):
    page = draft_application(visitor, "orestad-local")
    local.accepts_members = False
    local.save()
    browsing.press(visitor, f"{page}check/")
    code = browsing.last_code("person@example.org")
    response = browsing.press(visitor, f"{page}code/", code=code)
    assert "does not take applications here at present" in response.content.decode()
    assert MembershipApplication.objects.get().state == "draft"


def test_an_organisation_that_is_not_public_or_not_there_is_not_found(visitor):
    make.organisation("Hidden", visibility="proposed", accepts_members=True)
    assert visitor.get("/organisations/hidden/join/").status_code == 404
    assert visitor.get("/organisations/nowhere/join/").status_code == 404


def test_an_address_from_before_a_renaming_leads_on(local, visitor):
    register.rename(organisation=local, name="Malmö Local", by=None)
    assert visitor.get(FORM).url == "/organisations/malmo-local/join/"
