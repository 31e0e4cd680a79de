"""An organisation in danger disappears from everything public at once, but for its name."""

import datetime
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from directory import decisions, shielding
from directory.models import (
    Identifier,
    Organisation,
    OrganisationSite,
    Shielding,
)
from federation.models import AuditEvent
from tests import make
from tests.browsing import send, text
from tests.conftest import signed_in
from tests.test_urls import addresses, declared

PAGE = "/coordination/organisations/orestad-local/"
# Each stands in one withdrawn fact and nowhere else; 71.111 is not in the seconds of any time.
CANARIES = (
    "Canarytown", "71.111", "82.222", "site.example.org", "Canary Street", "canary@example.org",
    "+46 11 11", "blog.example.org", "Feed.example.org", "Q4242",
)  # fmt: skip
QUERIES = (
    "", "?q=canarytown", "?q=orestad", "?country=SE", "?federation=iwa", "?on=2020-01-01",
    "?federation=iwa&on=2020-01-01", "?q=canarytwon",
)  # fmt: skip


YEAR = datetime.timedelta(days=366)


@pytest.fixture
def danger(local, iwa) -> Organisation:
    """An organisation with everything that a shield withdraws."""
    local.city, local.website = "Canarytown", "https://site.example.org/"
    local.latitude, local.longitude, local.place_is_exact = "71.11111", "82.22222", True
    local.descriptions = {"en": "We meet in Canary Street."}
    local.save()
    make.contact(local, "canary@example.org", label="Canary Street office")
    make.contact(local, "+46 11 11", kind="phone", is_role=False, consent_on=make.LONG_AGO)
    OrganisationSite.objects.create(
        organisation=local, kind="website", url="https://blog.example.org/"
    )
    OrganisationSite.objects.create(
        organisation=local, kind="feed", url="https://Feed.example.org/atom.xml"
    )
    Identifier.objects.create(organisation=local, scheme="wikidata", value="Q4242")
    suspended = {"kind": "suspend", "organisation": local, "on": make.LONG_AGO + YEAR}
    decisions.record(
        federation=iwa, body="congress", decided_on=make.LONG_AGO + YEAR, by=None,
        effects=[suspended],
    )  # fmt: skip
    return local


# --- everything public ----------------------------------------------------------------------


def public_pages(organisation: Organisation) -> Iterator[str]:
    """Every address that answers a visitor, with our rows and with questions to its lists."""
    known = {
        "slug": organisation.slug,
        "pk": organisation.affiliations.get().pk,
        "section": "organisations",
        "number": 1,
    }
    applicants = {"reference", "uidb64"}
    for name, pattern in addresses():
        if declared().get(name, [0])[0] != 200:
            continue
        wanted = set(pattern.pattern.regex.groupindex)
        if wanted & applicants:
            continue
        of_federation = "federation" in name or "affiliate" in name
        given = known | {"slug": "iwa"} if of_federation else known
        page = reverse(name, kwargs={key: given[key] for key in wanted})
        yield from (f"{page}{query}" for query in (QUERIES if "list" in name else QUERIES[:1]))
        if page.startswith("/organisations/map"):
            yield from (f"{page}{query}" for query in QUERIES[1:])
    yield "/api/v1/changes/?since=2000-01-01T00:00:00Z"
    yield f"/ar{organisation.get_absolute_url()}"


def read(client: Client, page: str, **headers: str) -> tuple[int, str, str]:
    answer = client.get(page, headers=headers)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, body.decode(errors="replace"), answer.headers.get("ETag", "")


def told(body: str) -> set[str]:
    return {canary for canary in CANARIES if canary in body}


# Really committed: PostgreSQL counts a new version of the directory when a transaction ends.
@pytest.mark.django_db(transaction=True)
def test_after_shielding_nothing_public_tells_what_was_withdrawn(
    danger, secretary, visitor, settings
):
    settings.KEEP_PAGES = True
    pages = list(public_pages(danger))
    before = {page: read(visitor, page) for page in pages}
    # What is not there before cannot be withdrawn: every canary must have been sung somewhere.
    assert set().union(*(told(body) for _status, body, _tag in before.values())) == set(CANARIES)
    assert sum(bool(told(body)) for _status, body, _tag in before.values()) > 10
    shielding.shield(danger, by=secretary, reason="Police were here: Canary Reason")
    wrong = {}
    for page, (status, body, tag) in before.items():
        again = [read(visitor, page), read(Client(), page, **{"If-None-Match": tag or '"x"'})]
        for now, shown, _tag in again:
            if told(shown) or "Canary Reason" in shown:
                wrong[page] = told(shown) or "the reason"
            if now == 304 and told(body):
                wrong[page] = "304 to the old tag"
            if now not in (status, 304):
                wrong[page] = f"{status} became {now}"
    assert wrong == {}


def test_the_address_stays_and_tells_the_name(danger, secretary, visitor):
    shielding.shield(danger, by=secretary)
    page = visitor.get("/organisations/orestad-local/")
    assert page.status_code == 200
    assert "Örestad Local" in page.content.decode()


def test_no_search_for_the_place_finds_it_any_more(danger, secretary, visitor):
    def found(query: str) -> int:
        return visitor.get(f"/organisations/?q={query}").context["count"]

    assert [found("canarytown"), found("orestad")] == [1, 1]
    shielding.shield(danger, by=secretary)
    assert [found("canarytown"), found("orestad")] == [0, 1]


def test_an_unlisted_one_does_not_come_into_the_lists_by_its_shield(danger, secretary, visitor):
    danger.visibility = "unlisted"
    danger.save()
    shielding.shield(danger, by=secretary)
    assert visitor.get("/organisations/?q=orestad").context["count"] == 0
    assert visitor.get("/organisations/orestad-local/").status_code == 200
    shielding.unshield(danger, by=secretary)
    danger.refresh_from_db()
    assert danger.visibility == "unlisted"


def test_those_who_look_after_it_still_see_its_contacts(danger, secretary, visitor):
    shielding.shield(danger, by=secretary)
    page = "/organisations/orestad-local/"
    assert "canary@example.org" in text(signed_in(secretary), page)
    assert "canary@example.org" not in text(visitor, page)


# --- who may --------------------------------------------------------------------------------


def test_one_button_shields_and_one_takes_it_away(danger, secretary):
    desk = signed_in(secretary)
    send(desk, f"{PAGE}shield/", reason="Canary Reason")
    danger.refresh_from_db()
    assert danger.visibility == "shielded"
    assert "Canary Reason" in text(desk, PAGE)
    send_button(desk, f"{PAGE}unshield/")
    danger.refresh_from_db()
    assert danger.visibility == "published"
    assert Shielding.objects.get().until is not None


def send_button(client: Client, page: str) -> None:
    assert client.get(page).status_code == 200
    assert client.post(page).status_code == 302


def test_the_reason_may_be_left_out(danger, secretary):
    assert signed_in(secretary).post(f"{PAGE}shield/", {"reason": ""}).status_code == 302
    danger.refresh_from_db()
    assert danger.is_shielded


def test_any_of_its_federations_shields_and_only_its_keepers_unshield(danger, coordinator, asi):
    make.affiliation(danger, asi)
    desk = signed_in(coordinator)
    send(desk, f"{PAGE}shield/", reason="Threats.")
    danger.refresh_from_db()
    assert danger.is_shielded
    assert desk.post(f"{PAGE}unshield/").status_code == 404
    with pytest.raises(PermissionDenied):
        shielding.unshield(danger, by=coordinator)


def test_nobody_else_shields(danger, outsider):
    client = signed_in(outsider)
    assert client.post(f"{PAGE}shield/").status_code == 404
    with pytest.raises(PermissionDenied):
        shielding.shield(danger, by=outsider)


def test_a_quiet_or_former_bond_gives_no_right(danger, asi, outsider, iwa, coordinator):
    quiet = make.status(asi, "observer", is_listed_publicly=False)
    make.affiliation(danger, asi, quiet.slug)
    danger.affiliations.filter(federation=iwa).update(until="2010-01-01", end_reason="lapse")
    for person in (outsider, coordinator):
        assert not shielding.shieldable_by(person).exists()


def test_the_reason_is_for_keepers_and_coordinators(danger, secretary, coordinator, outsider):
    shielding.shield(danger, by=secretary, reason="Canary Reason")
    operator = make.user("operator@example.org", is_superuser=True)
    readers = (secretary, coordinator, outsider, operator)
    seen = [Shielding.objects.visible_to(person).count() for person in readers]
    assert seen == [1, 1, 0, 0]
    assert "Canary Reason" not in text(signed_in(operator), PAGE)


def test_the_trail_tells_that_it_was_shielded_and_not_why(danger, secretary):
    shielding.shield(danger, by=secretary, reason="Canary Reason")
    event = AuditEvent.objects.latest("pk")
    assert (event.note, event.office, event.fields, event.federation_slug) == (
        "shield", "secretary", ["visibility"], "iwa",
    )  # fmt: skip
    assert "Canary" not in str(vars(event))


def test_shielded_twice_it_is_shielded_once(danger, secretary, coordinator):
    shielding.shield(danger, by=secretary)
    shielding.shield(danger, by=coordinator)
    assert Shielding.objects.count() == 1


def test_the_record_follows_a_visibility_set_in_the_panel(danger, secretary):
    danger.visibility = "shielded"
    danger.save()
    shielding.follow(danger, "secretary")
    assert Shielding.objects.running().get().before == "published"
    danger.visibility = "published"
    danger.save()
    shielding.follow(danger, "secretary")
    assert not Shielding.objects.running().exists()
