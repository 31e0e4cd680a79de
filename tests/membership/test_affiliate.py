"""The start page and the form of a request: what is refused, and that a draft is made once."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils.html import escape

from directory.countries import countries
from membership.models import AffiliationRequest
from membership.views import guards
from tests import browsing, make
from tests.browsing import REQUEST, browser, draft_request, entries, send, text
from tests.race import together

FORM = "/federations/iwa/affiliate/form/"


def errors(response) -> dict:
    return {
        name: [str(error) for error in found]
        for name, found in response.context["form"].errors.items()
    }


def test_the_start_page_offers_what_may_be_asked_for_and_no_more(iwa, visitor):
    shown = text(visitor, "/federations/iwa/affiliate/")
    assert 'data-kind="friend"' in shown
    assert 'data-kind="section"' not in shown


def test_a_federation_that_takes_no_requests_says_so_and_has_no_form(iwa, visitor):
    iwa.statuses.update(is_open_to_requests=False)
    assert "takes no requests here" in text(visitor, "/federations/iwa/affiliate/")
    assert visitor.get(FORM).url == "/federations/iwa/affiliate/"


def test_the_form_of_an_unknown_federation_is_not_found(db, visitor):
    assert visitor.get("/federations/nowhere/affiliate/form/").status_code == 404


def test_the_status_in_the_address_is_chosen_already(iwa, visitor):
    make.status(iwa, "observer", is_open_to_requests=True)
    form = visitor.get(f"{FORM}?status=observer").context["form"]
    assert form["status"].value() == "observer"


def test_a_form_sent_is_a_draft_that_no_coordinator_sees(iwa, coordinator, visitor):
    page = draft_request(visitor, "iwa")
    draft = AffiliationRequest.objects.get()
    assert page == f"/requests/{draft.reference}/"
    assert (draft.state, draft.email, draft.answers["countries"]) == (
        "draft",
        "group@example.org",
        ["AT", "SI"],
    )
    assert not AffiliationRequest.objects.managed_by(coordinator).exists()


def test_the_same_form_sent_twice_is_one_draft_with_what_was_entered_last(iwa, visitor):
    given = {**entries(visitor, FORM), **REQUEST}
    first = visitor.post(FORM, given)
    second = visitor.post(FORM, {**given, "name": "Kitchen Workers of Styria"})
    assert first.url == second.url
    assert AffiliationRequest.objects.get().answers["name"] == "Kitchen Workers of Styria"


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_eight_times_at_once_is_one_draft():
    make.federation("iwa")
    client = Client()
    given = {**entries(client, FORM), **REQUEST}
    answers = together(8, lambda _index: Client().post(FORM, given).url)
    assert len(set(answers)) == 1
    assert AffiliationRequest.objects.count() == 1


def test_a_form_whose_twin_was_stored_a_moment_ago_comes_to_its_draft(iwa, visitor, monkeypatch):
    fill_in = guards._fill_in

    def too_late(form, empty):
        monkeypatch.setattr(guards, "_fill_in", fill_in)
        fill_in(form, AffiliationRequest(federation=iwa))
        raise IntegrityError("form_token")

    monkeypatch.setattr(guards, "_fill_in", too_late)
    page = draft_request(visitor, "iwa")
    assert page == f"/requests/{AffiliationRequest.objects.get().reference}/"


def test_a_form_sent_again_after_its_request_was_sent_changes_nothing(iwa, visitor):
    given = {**entries(visitor, FORM), **REQUEST}
    page = visitor.post(FORM, given).url.removesuffix("check/")
    browsing.confirm(visitor, page, "group@example.org")
    assert visitor.post(FORM, {**given, "name": "Another"}).url == page
    assert AffiliationRequest.objects.get().answers["name"] == "Kitchen Workers of Graz"


def test_a_draft_is_changed_through_its_link(iwa, visitor):
    page = draft_request(visitor, "iwa")
    change = f"{FORM}?draft={page.split('/')[2]}"
    assert change in text(visitor, f"{page}check/").replace("&amp;", "&")
    send(visitor, change, city="Leoben", countries=["AT"])
    draft = AffiliationRequest.objects.get()
    assert (draft.answers["city"], draft.answers["countries"]) == ("Leoben", ["AT"])


def test_a_draft_of_another_browser_cannot_be_changed_or_seen(iwa, visitor):
    page = draft_request(browser(), "iwa")
    assert visitor.get(f"{FORM}?draft={page.split('/')[2]}").status_code == 404
    assert visitor.get(f"{page}check/").url == page
    assert "Kitchen" not in text(visitor, page)


# --- input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 400),
        ("name", "Kitchen\0Workers"),
        ("name", ""),
        ("language", "xx-nonsense"),
        ("acronym", "A" * 21),
        ("kind", "empire"),
        ("countries", ["ZZ"]),
        ("countries", []),
        ("countries", ["AT\0"]),
        ("countries", list(countries()[:31])),
        ("website", "javascript:alert(1)"),
        ("website", "ftp://example.org/"),
        ("founded", "0001"),
        ("founded", "9999-12-31"),
        ("founded", "2019-02-30"),
        ("founded", "31-12-2020"),
        ("description", "x" * 5001),
        ("members", "-1"),
        ("members", "9" * 40),
        ("members", "many"),
        ("page", "no-such-organisation"),
        ("page", "https://[broken/"),
        ("status", "section"),
        ("status", "friend\0"),
        ("status", ["1", "2"]),
        ("agrees", ""),
        ("contact_name", "x" * 201),
        ("email", "nobody"),
        ("email", "a@example.org\nBcc: b@example.org"),
        ("email", "x" * 250 + "@example.org"),
    ],
)  # fmt: skip
def test_bad_input_is_named_at_its_field_and_nothing_is_stored(iwa, visitor, field, value):
    given = {name: given for name, given in {**REQUEST, field: value}.items() if given != ""}
    response = send(visitor, FORM, **given)
    assert response.status_code == 200
    assert list(errors(response)) == [field]
    assert "<title>Error:" in response.content.decode()
    assert not AffiliationRequest.objects.exists()


def test_the_status_of_another_federation_is_refused(iwa, asi, visitor):
    make.status(asi, "affiliate", is_open_to_requests=True)
    foreign = asi.statuses.get(slug="affiliate")
    for value in ("affiliate", str(foreign.pk)):
        assert list(errors(send(visitor, FORM, **{**REQUEST, "status": value}))) == ["status"]


def test_an_empty_form_names_every_field_that_is_missing(iwa, visitor):
    found = errors(visitor.post(FORM, {"stamp": entries(visitor, FORM)["stamp"]}))
    required = [
        "name",
        "kind",
        "countries",
        "description",
        "status",
        "agrees",
        "contact_name",
        "email",
    ]
    assert list(found) == required


@pytest.mark.parametrize("stamp", ["", "nonsense", "WyJ4Il0:1:abc", "\0"])
def test_a_form_without_a_stamp_of_ours_is_not_taken_and_gets_a_new_one(iwa, visitor, stamp):
    response = visitor.post(FORM, {**REQUEST, "stamp": stamp})
    assert not AffiliationRequest.objects.exists()
    again = {**REQUEST, "stamp": response.context["form"]["stamp"].value()}
    assert "very quick" in visitor.post(FORM, again).content.decode()


def test_a_stamp_of_another_federation_is_refused(iwa, asi, visitor):
    stamp = entries(visitor, "/federations/asi/affiliate/form/")["stamp"]
    response = visitor.post(FORM, {**REQUEST, "stamp": stamp})
    assert "did not come from this page" in response.content.decode()
    assert not AffiliationRequest.objects.exists()


# --- programs -------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 2])
def test_a_form_sent_too_quickly_is_not_taken(iwa, visitor, seconds):
    response = visitor.post(FORM, {**entries(visitor, FORM, seconds=seconds), **REQUEST})
    assert "very quick" in response.content.decode()
    assert not AffiliationRequest.objects.exists()


def test_a_form_with_the_trap_filled_in_is_not_taken(iwa, visitor):
    response = send(visitor, FORM, **REQUEST, subject="Best prices")
    assert "as if a program" in response.content.decode()
    assert not AffiliationRequest.objects.exists()


def test_after_thirty_drafts_in_an_hour_a_network_has_to_wait(iwa, visitor, monkeypatch):
    monkeypatch.setattr("membership.views.affiliate.DRAFTS_AN_HOUR", 2)
    draft_request(visitor, "iwa")
    draft_request(visitor, "iwa")
    given = {**entries(visitor, FORM), **REQUEST}
    response = visitor.post(FORM, given, REMOTE_ADDR="127.0.0.99")
    assert (response.status_code, response["Retry-After"]) == (429, "1800")
    assert visitor.post(FORM, given, REMOTE_ADDR="127.0.1.1").status_code == 302
    assert AffiliationRequest.objects.count() == 3


# --- organisations that stand in the directory ----------------------------------------------


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


def test_an_organisation_that_is_not_public_is_not_found_by_its_address(iwa, visitor):
    make.organisation("Hidden", visibility="proposed")
    assert list(errors(send(visitor, FORM, **REQUEST, page="hidden"))) == ["page"]


def test_a_status_that_the_organisation_has_already_is_refused(iwa, local, visitor):
    make.affiliation(make.organisation("Friendly"), iwa, "friend")
    assert list(errors(send(visitor, FORM, **REQUEST, page="friendly"))) == ["status"]


def test_a_listed_organisation_asks_as_itself(iwa, asi, local, visitor):
    page = draft_request(visitor, "asi", page=local.slug)
    browsing.confirm(visitor, page, "group@example.org")
    assert AffiliationRequest.objects.get().organisation == local


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


def test_organisations_of_the_same_name_are_asked_about_before_sending(iwa, visitor):
    make.organisation("kitchen  workers of GRAZ".title(), "AT")
    make.organisation("Kitchen Cooperative", "DE", acronym="KWG")
    make.organisation("Kitchen Workers of Graz and Linz", "AT")
    page = draft_request(visitor, "iwa")
    shown = visitor.get(f"{page}check/").context["namesakes"]
    assert [organisation.slug for organisation in shown] == ["kitchen-workers-of-graz"]


def test_what_somebody_enters_is_shown_as_text(iwa, visitor):
    name = "<b>Bold & Sons</b>"
    page = draft_request(visitor, "iwa", name=name)
    shown = text(visitor, f"{page}check/")
    assert escape(name) in shown
    assert name not in shown
