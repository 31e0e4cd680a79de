"""The start page of an application, how it begins, and the question whether it stands here."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils.html import escape

from membership.models import AffiliationRequest, Procedure
from membership.views import guards
from tests import browsing, make
from tests.browsing import begin_request, browser, draft_request, entries, fill_in, send, text
from tests.conftest import signed_in
from tests.race import together

FORM = "/federations/iwa/affiliate/form/"
BEGIN = {"name": "Kitchen Workers of Graz", "country": "AT", "email": "group@example.org"}


def errors(response) -> dict:
    return {
        name: [str(error) for error in found]
        for name, found in response.context["form"].errors.items()
    }


# --- the start page -------------------------------------------------------------------------


def test_the_start_page_offers_what_may_be_asked_for_and_no_more(iwa, visitor):
    shown = text(visitor, "/federations/iwa/affiliate/")
    assert 'data-kind="friend"' in shown
    assert 'data-kind="section"' not in shown


def test_the_start_page_tells_the_procedure_of_each_status_in_words(iwa, visitor):
    make.status(iwa, "observer", is_open_to_requests=True)
    make.procedure(
        iwa.statuses.get(slug="observer"),
        consulted="all",
        consultation_days=30,
        body="congress",
        sponsors=2,
        guidance={"en": "Come to a plenary first."},
        statements={"es": "Somos solidarias."},
    )
    shown = text(visitor, "/federations/iwa/affiliate/")
    assert "Come to a plenary first." in shown
    assert "All sections are consulted." in shown
    assert "They have 30 days to reply." in shown
    assert "The congress decides." in shown
    assert "2 sections must vouch" in shown
    assert '<blockquote lang="es" dir="ltr"><p>Somos solidarias.</p></blockquote>' in shown


def test_reading_the_start_page_writes_nothing_even_where_no_procedure_was_written(iwa, visitor):
    assert "Which body decides is not laid down" in text(visitor, "/federations/iwa/affiliate/")
    assert not Procedure.objects.exists()


def test_the_start_page_asks_as_much_of_the_database_for_five_statuses_as_for_one(
    iwa, visitor, django_assert_num_queries
):
    url = "/federations/iwa/affiliate/"
    make.procedure(iwa.statuses.get(slug="friend"), questions=[{}])
    visitor.get(url)
    with django_assert_num_queries(4):
        visitor.get(url)
    for number in range(4):
        status = make.status(iwa, "observer", slug=f"o{number}", is_open_to_requests=True)
        make.procedure(status, questions=[{}, {}])
    with django_assert_num_queries(4):
        visitor.get(url)


def test_a_federation_that_takes_no_requests_says_so_and_has_no_form(iwa, visitor):
    iwa.statuses.update(is_open_to_requests=False)
    assert "takes no requests here" in text(visitor, "/federations/iwa/affiliate/")
    assert visitor.get(FORM).url == "/federations/iwa/affiliate/"


def test_the_form_of_an_unknown_federation_is_not_found(db, visitor):
    assert visitor.get("/federations/nowhere/affiliate/form/").status_code == 404


# --- how it begins --------------------------------------------------------------------------


def test_the_status_in_the_address_is_chosen_already(iwa, visitor):
    make.status(iwa, "observer", is_open_to_requests=True)
    form = visitor.get(f"{FORM}?status=observer").context["form"]
    assert form["status"].value() == "observer"


def test_beginning_makes_a_draft_that_no_coordinator_sees(iwa, coordinator, visitor):
    page = begin_request(visitor, "iwa")
    draft = AffiliationRequest.objects.get()
    assert page == f"/requests/{draft.reference}/"
    assert (draft.state, draft.email, draft.status.slug) == (
        "draft",
        "group@example.org",
        "friend",
    )
    assert draft.answers == {"name": "Kitchen Workers of Graz", "countries": ["AT"]}
    assert not AffiliationRequest.objects.managed_by(coordinator).exists()


def test_a_draft_keeps_the_procedure_that_it_began_under(iwa, visitor):
    status = iwa.statuses.get(slug="friend")
    before = make.procedure(status)
    begin_request(visitor, "iwa")
    make.procedure(status, sponsors=3)
    assert AffiliationRequest.objects.get().procedure == before


def test_the_same_form_sent_twice_is_one_draft_with_what_was_entered_last(iwa, visitor):
    given = {**entries(visitor, FORM), **BEGIN}
    first = visitor.post(FORM, given)
    second = visitor.post(FORM, {**given, "name": "Kitchen Workers of Styria"})
    assert first.url == second.url
    assert AffiliationRequest.objects.get().answers["name"] == "Kitchen Workers of Styria"


def test_going_back_to_the_beginning_takes_nothing_away_from_what_was_filled_in(iwa, visitor):
    given = {**entries(visitor, FORM), **BEGIN}
    page = visitor.post(FORM, given).url.removesuffix("tasks/")
    fill_in(visitor, page, "where", countries=["SI", "AT"], city="Graz")
    visitor.post(FORM, given)
    answers = AffiliationRequest.objects.get().answers
    assert (answers["countries"], answers["city"]) == (["SI", "AT"], "Graz")


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_eight_times_at_once_is_one_draft():
    make.federation("iwa")
    client = Client()
    given = {**entries(client, FORM), **BEGIN}
    answers = together(8, lambda _index: Client().post(FORM, given).url)
    assert len(set(answers)) == 1
    assert AffiliationRequest.objects.count() == 1


def test_a_form_whose_twin_was_stored_a_moment_ago_comes_to_its_draft(iwa, visitor, monkeypatch):
    fill = guards._fill_in

    def too_late(form, empty):
        monkeypatch.setattr(guards, "_fill_in", fill)
        fill(form, AffiliationRequest(federation=iwa))
        raise IntegrityError("form_token")

    monkeypatch.setattr(guards, "_fill_in", too_late)
    page = begin_request(visitor, "iwa")
    assert page == f"/requests/{AffiliationRequest.objects.get().reference}/"


def test_a_form_sent_again_after_its_request_was_sent_changes_nothing(iwa, visitor):
    given = {**entries(visitor, FORM), **BEGIN}
    page = visitor.post(FORM, given).url.removesuffix("tasks/")
    for part, names in browsing.PARTS.items():
        fill_in(visitor, page, part, **{name: browsing.REQUEST[name] for name in names})
    browsing.confirm(visitor, page, "group@example.org")
    assert visitor.post(FORM, {**given, "name": "Another"}).url == page
    assert AffiliationRequest.objects.get().answers["name"] == "Kitchen Workers of Graz"


# --- input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 5000),
        ("name", "Kitchen\0Workers"),
        ("name", "Kitchen\u202eWorkers"),
        ("name", "Kitchen\x1b[31mWorkers"),
        ("name", "…"),
        ("country", ""),
        ("country", "ZZ"),
        ("country", "AT\0"),
        ("country", ["AT", "ZZ"]),
        ("email", ""),
        ("email", "nobody"),
        ("email", "a@example.org\nBcc: b@example.org"),
        ("email", "a@example.org\r\nSubject: x"),
        ("email", "x" * 250 + "@example.org"),
    ],
)
def test_bad_input_is_named_at_its_field_and_nothing_is_stored(iwa, visitor, field, value):
    response = send(visitor, FORM, **{**BEGIN, field: value})
    assert response.status_code == 200
    assert list(errors(response)) == [field]
    assert "<title>Error:" in response.content.decode()
    assert not AffiliationRequest.objects.exists()


@pytest.mark.parametrize("value", ["", "section", "affiliate", "friend\0", ["1", "2"]])
def test_a_status_that_cannot_be_asked_for_here_is_refused(iwa, asi, visitor, value):
    make.status(iwa, "observer", is_open_to_requests=True)
    make.status(asi, "affiliate", is_open_to_requests=True)
    assert list(errors(send(visitor, FORM, **BEGIN, status=value))) == ["status"]
    assert not AffiliationRequest.objects.exists()


def test_an_empty_form_names_every_field_that_is_missing(iwa, visitor):
    found = errors(visitor.post(FORM, {"stamp": entries(visitor, FORM)["stamp"]}))
    assert list(found) == ["name", "country", "email"]


# --- programs -------------------------------------------------------------------------------


@pytest.mark.parametrize("stamp", ["", "nonsense", "WyJ4Il0:1:abc", "\0"])
def test_a_form_without_a_stamp_of_ours_is_not_taken_and_gets_a_new_one(iwa, visitor, stamp):
    response = visitor.post(FORM, {**BEGIN, "stamp": stamp})
    assert not AffiliationRequest.objects.exists()
    again = {**BEGIN, "stamp": response.context["form"]["stamp"].value()}
    assert "very quick" in visitor.post(FORM, again).content.decode()


def test_a_stamp_of_another_federation_is_refused(iwa, asi, visitor):
    stamp = entries(visitor, "/federations/asi/affiliate/form/")["stamp"]
    response = visitor.post(FORM, {**BEGIN, "stamp": stamp})
    assert "did not come from this page" in response.content.decode()
    assert not AffiliationRequest.objects.exists()


@pytest.mark.parametrize("seconds", [0, 2])
def test_a_form_sent_too_quickly_is_not_taken(iwa, visitor, seconds):
    response = visitor.post(FORM, {**entries(visitor, FORM, seconds=seconds), **BEGIN})
    assert "very quick" in response.content.decode()
    assert not AffiliationRequest.objects.exists()


def test_a_form_with_the_trap_filled_in_is_not_taken(iwa, visitor):
    response = send(visitor, FORM, **BEGIN, subject="Best prices")
    assert "as if a program" in response.content.decode()
    assert not AffiliationRequest.objects.exists()


def test_after_thirty_drafts_in_an_hour_a_network_has_to_wait(iwa, visitor, monkeypatch):
    monkeypatch.setattr("membership.views.affiliate.DRAFTS_AN_HOUR", 2)
    begin_request(visitor, "iwa")
    begin_request(visitor, "iwa")
    given = {**entries(visitor, FORM), **BEGIN}
    response = visitor.post(FORM, given, REMOTE_ADDR="127.0.0.99")
    assert (response.status_code, response["Retry-After"]) == (429, "1800")
    assert visitor.post(FORM, given, REMOTE_ADDR="127.0.1.1").status_code == 302
    assert AffiliationRequest.objects.count() == 3


# --- is this you? ---------------------------------------------------------------------------


def asked(client, name: str, country: str = "AT") -> list[str]:
    """Begin under this name; the organisations that it is asked about."""
    page = begin_request(client, "iwa", name=name, country=country)
    return [one.slug for one in client.get(f"{page}same/").context["found"]]


@pytest.mark.parametrize(
    ("stands", "typed"),
    [
        ("Kitchen Workers of Graz", "kitchen  workers of GRAZ"),
        ("Kitchen Workers of Graz", "Kichen Workers of Graz"),
        ("Kitchen Workers of Graz", "Graz Workers of Kitchen"),
        ("Kitchen Workers’ Union", "Kitchen Workers Union"),
        ("Σύλλογος Χάρτινων Φαναριών", "συλλογος χαρτινων φαναριων"),
        ("Союз поваров Граца", "Soiuz povarov Gratsa"),
        ("اتحاد عمال المطابخ", "اتّحاد عمّال المطابخ"),
        ("全国厨房労働組合", "全国厨房労働組合"),
    ],
)
def test_the_same_and_nearly_the_same_name_is_asked_about(iwa, visitor, stands, typed):
    slug = make.organisation(stands, "AT").slug
    assert asked(visitor, typed) == [slug]


@pytest.mark.parametrize(
    "typed",
    ["Kitchen Workers of Graz and Linz", "Bakers of Graz", "Workers", "Union of Graz", "KW"],
)
def test_names_that_share_but_words_are_not_asked_about(iwa, visitor, typed):
    make.organisation("Kitchen Workers of Graz", "AT", acronym="KWG")
    assert asked(visitor, typed) == []


def test_every_name_of_the_directory_is_compared_former_and_translated_ones_too(iwa, visitor):
    one = make.organisation("Küchenarbeiter Graz", "AT", acronym="KAG")
    one.names.create(value="Kitchen Workers of Graz", kind="translated", language="en")
    one.names.create(value="Guild of Cooks", kind="former")
    assert asked(visitor, "Kitchen Workers of Graz") == [one.slug]
    assert asked(visitor, "Guild of Cooks") == [one.slug]
    assert asked(visitor, "KAG") == [one.slug]


def test_an_acronym_is_asked_about_where_it_is_of_the_same_country(iwa, visitor):
    make.organisation("Kitchen Cooperative", "DE", acronym="KWG")
    ours = make.organisation("Kellner Wiens, Gewerkschaft", "AT", acronym="KWG")
    page = begin_request(visitor, "iwa")
    answer = fill_in(visitor, page, "organisation", acronym="KWG")
    assert answer.url == f"{page}same/"
    assert [one.slug for one in visitor.get(answer.url).context["found"]] == [ours.slug]


def test_who_begins_under_a_name_that_stands_here_is_asked_first(iwa, visitor):
    make.organisation("Kitchen Workers of Graz", "AT")
    assert send(visitor, FORM, **BEGIN).url.endswith("/same/")
    assert send(visitor, FORM, **{**BEGIN, "name": "Somebody else"}).url.endswith("/tasks/")


def test_the_same_name_in_another_country_is_fine_and_said_so(iwa, visitor):
    make.organisation("Kitchen Workers of Graz", "CL")
    page = begin_request(visitor, "iwa")
    assert "in another country" in text(visitor, f"{page}same/")
    assert send(visitor, f"{page}same/", who="nobody").url == f"{page}tasks/"
    assert AffiliationRequest.objects.get().answers["organisation_slug"] == ""


def test_who_has_said_no_is_not_asked_again(iwa, visitor):
    make.organisation("Kitchen Workers of Graz", "AT")
    page = begin_request(visitor, "iwa")
    send(visitor, f"{page}same/", who="nobody")
    assert fill_in(visitor, page, "organisation", kind="group").url == f"{page}tasks/"
    assert visitor.get(f"{page}check/").context["namesakes"] == []


def test_who_is_one_of_them_asks_as_it_and_is_not_asked_for_name_and_place(iwa, visitor):
    made = make.organisation("Kitchen Workers of Graz", "AT")
    page = begin_request(visitor, "iwa")
    send(visitor, f"{page}same/", who=made.slug)
    assert visitor.get(f"{page}tasks/organisation/").status_code == 404
    assert made.get_absolute_url() in text(visitor, f"{page}tasks/")
    browsing.draft_rest(visitor, page)
    browsing.confirm(visitor, page, "group@example.org")
    assert AffiliationRequest.objects.get().organisation == made


@pytest.mark.parametrize(
    "page",
    [
        "orestad-local",
        "/organisations/orestad-local/",
        "https://r.example.org/es/organisations/orestad-local/",
    ],
)
def test_a_page_of_the_directory_is_understood_in_any_spelling(iwa, asi, visitor, page):
    make.organisation("Örestad Local", "SE")
    draft_request(visitor, "iwa", page=page)
    assert AffiliationRequest.objects.get().answers["organisation_slug"] == "orestad-local"


@pytest.mark.parametrize("page", ["", "hidden", "no-such-organisation", "https://[broken/", "a\0b"])
def test_a_page_that_is_not_public_or_not_there_is_refused(iwa, visitor, page):
    make.organisation("Hidden", visibility="proposed")
    draft = begin_request(visitor, "iwa")
    assert list(errors(send(visitor, f"{draft}same/", who="another", page=page))) == ["page"]
    assert "organisation_slug" not in AffiliationRequest.objects.get().answers


def test_an_organisation_that_was_not_offered_cannot_be_chosen_by_its_slug(iwa, visitor):
    make.organisation("Elsewhere", "AT")
    page = begin_request(visitor, "iwa")
    assert list(errors(send(visitor, f"{page}same/", who="elsewhere"))) == ["who"]


def test_where_an_organisation_has_a_secretary_only_they_can_ask_signed_in(
    asi, local, secretary, visitor
):
    page = begin_request(visitor, "asi", name="Örestad Local", country="SE")
    refused = send(visitor, f"{page}same/", who=local.slug)
    assert "only they can ask" in str(errors(refused)["who"])
    desk = signed_in(secretary)
    page = begin_request(desk, "asi", name="Örestad Local", country="SE")
    assert send(desk, f"{page}same/", who=local.slug).url == f"{page}tasks/"


def test_a_status_that_the_organisation_has_already_is_refused(iwa, visitor):
    make.affiliation(make.organisation("Friendly"), iwa, "friend")
    page = begin_request(visitor, "iwa", name="Friendly")
    refused = errors(send(visitor, f"{page}same/", who="friendly"))
    assert refused == {"who": ["The organisation already has this status."]}


def test_an_organisation_of_a_kind_that_may_not_ask_is_refused(iwa, visitor):
    make.procedure(iwa.statuses.get(slug="friend"), open_to=["group"])
    make.organisation("Friendly", "AT", kind="confederation")
    page = begin_request(visitor, "iwa", name="Friendly")
    assert "of this kind" in str(errors(send(visitor, f"{page}same/", who="friendly")))


def test_a_second_open_request_of_one_organisation_is_refused_and_its_code_not_used(
    asi, local, visitor
):
    first = draft_request(visitor, "asi", page=local.slug)
    browsing.confirm(visitor, first, "group@example.org")
    second = draft_request(visitor, "asi", page=local.slug, email="second@example.org")
    browsing.press(visitor, f"{second}check/")
    code = browsing.last_code("second@example.org")
    response = browsing.press(visitor, f"{second}code/", code=code)

    assert "has a request of this organisation already" in response.content.decode()
    draft = AffiliationRequest.objects.get(state="draft")
    assert (draft.organisation, draft.step, draft.code_tries, bool(draft.code_hash)) == (
        None,
        0,
        0,
        True,
    )


def test_what_somebody_enters_is_shown_as_text(iwa, visitor):
    name = "<b>Bold & Sons</b>"
    make.organisation(name, "AT")
    page = begin_request(visitor, "iwa", name=name)
    for part in ("same/", "tasks/", "check/"):
        shown = text(visitor, f"{page}{part}")
        assert escape(name) in shown
        assert name not in shown


def test_a_draft_of_another_browser_cannot_be_seen_or_answered_for(iwa, visitor):
    page = begin_request(browser(), "iwa")
    for part in ("same/", "tasks/", "tasks/where/", "saved/", "check/", "confirmation/"):
        assert visitor.get(f"{page}{part}").url == page
    assert visitor.post(f"{page}same/", {"who": "nobody"}).url == page
    assert "organisation_slug" not in AffiliationRequest.objects.get().answers
