from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest

from directory.models import Organisation
from federation.models import AuditEvent
from membership.models import AffiliationRequest, Member, Membership, MembershipApplication
from membership.models.members import email_index
from tests import make
from tests.conftest import signed_in
from tests.panel import page, save, world

LIST = "/admin/membership/member/"


@pytest.fixture(scope="module")
def _made(lasting: None) -> SimpleNamespace:
    return world()


@pytest.fixture
def here(db: Any, _made: SimpleNamespace) -> SimpleNamespace:
    return deepcopy(_made)


@pytest.fixture
def client(here: SimpleNamespace) -> Any:
    return signed_in(here.ours.secretary)


def reads() -> list[tuple[str, str, str]]:
    events = AuditEvent.objects.filter(action="read").order_by("pk")
    return [(event.model, event.record, event.note) for event in events]


def test_a_secretary_reads_the_members_and_the_trail_says_so(here, client):
    text = client.get(LIST).content.decode()
    assert "Own Sealed" in text
    assert "Canary" not in text
    organisation = str(here.ours.organisation.pk)
    assert reads() == [("directory.Organisation", organisation, "member")]
    client.get(page(Membership, "changelist"))
    assert reads()[1:] == [("directory.Organisation", organisation, "membership")]


def test_opening_a_file_leaves_one_event_without_a_name(here, client):
    assert "Own Sealed" in client.get(page(Member, "change", here.ours.member)).content.decode()
    assert reads() == [("membership.Member", str(here.ours.member.pk), "")]
    event = AuditEvent.objects.get(action="read")
    assert (event.office, event.federation_slug, event.fields) == ("secretary", "", [])


def test_a_member_is_changed_and_sealed_again(here, client):
    url = page(Member, "change", here.ours.member)
    assert save(client, url, name="New Name", email="new@example.org").status_code == 302
    member = Member.objects.get(pk=here.ours.member.pk)
    assert (member.name, member.email_index) == ("New Name", email_index("new@example.org"))
    event = AuditEvent.objects.get(action="change", model="membership.Member")
    assert event.fields == ["email", "name"]
    history = client.get(page(Member, "history", here.ours.member)).content.decode()
    assert "New Name" not in history


def test_a_secretary_records_a_member_with_a_membership(here, client):
    url = page(Member, "add")
    own = {"organisation": here.ours.organisation.pk, "name": "Vera"}
    assert save(client, url, **own).status_code == 200
    sent = own | {"memberships-0-organisation": here.ours.organisation.pk}
    assert save(client, url, **sent).status_code == 302
    assert Membership.objects.counted([here.ours.organisation]) == {here.ours.organisation.pk: 2}


@pytest.mark.parametrize("field", ["organisation", "memberships-0-organisation"])
def test_nobody_is_recorded_with_an_organisation_of_others(here, client, field):
    ours = here.ours.organisation.pk
    sent = {"organisation": ours, "name": "Vera", "memberships-0-organisation": ours}
    answer = save(client, page(Member, "add"), **sent | {field: here.theirs.organisation.pk})
    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()
    assert Member.objects.count() == 2


def test_an_organisation_one_only_coordinates_is_not_offered(here):
    other = make.organisation("Sister Local", "SE")
    make.affiliation(other, here.ours.federation)
    make.OrganisationOffice.objects.create(
        organisation=here.ours.organisation, person=here.ours.coordinator, since=make.LONG_AGO
    )
    client = signed_in(here.ours.coordinator)
    assert client.get(page(Organisation, "change", other)).status_code == 200
    assert "Sister Local" not in client.get(page(Member, "add")).content.decode()
    sent = {"organisation": other.pk, "name": "Vera", "memberships-0-organisation": other.pk}
    assert save(client, page(Member, "add"), **sent).status_code == 200


def test_a_member_does_not_change_the_organisation_by_a_form(here, client):
    url = page(Member, "change", here.ours.member)
    save(client, url, organisation=here.theirs.organisation.pk, account="1", name="X")
    assert Member.objects.get(pk=here.ours.member.pk).organisation == here.ours.organisation


def test_a_membership_ends_on_a_day(here, client):
    url = page(Membership, "change", here.ours.membership)
    assert save(client, url, until="1999-01-01").status_code == 200
    assert save(client, url, until="2024-05-01", end_reason="left").status_code == 302
    assert Membership.objects.counted([here.ours.organisation]) == {}


def test_a_member_is_found_by_the_whole_address_which_is_in_no_url(here, client):
    make.member(here.ours.organisation, name="Other Person", email="other@example.org")
    answer = client.post(LIST, {"address": " SEALED@own.example.org "})
    assert answer.url == f"{LIST}?email_index={email_index('sealed@own.example.org')}"
    found = client.get(answer.url).context["cl"].result_list
    assert list(found) == [here.ours.member]
    for address in ("sealed@canary.example.org", "sealed", "Own Sealed"):
        answer = client.get(client.post(LIST, {"address": address}).url)
        assert list(answer.context["cl"].result_list) == []


def test_a_list_of_members_takes_no_other_filter(client):
    assert client.get(LIST, {"email_index__startswith": "a"}).status_code == 400
    assert client.get(LIST, {"name": "a"}).status_code == 400


def test_filings_are_read_here_and_decided_at_the_desk(here, client):
    request, application = here.ours.affiliationrequest, here.ours.membershipapplication
    url = page(MembershipApplication, "change", application)
    text = client.get(url).content.decode()
    assert f"/coordination/applications/{application.reference}/" in text
    assert "Sealed" not in text
    assert client.post(url, {"state": "accepted"}).status_code == 404
    coordinator = signed_in(here.ours.coordinator)
    text = coordinator.get(page(AffiliationRequest, "change", request)).content.decode()
    assert f"/coordination/requests/{request.reference}/" in text


def test_a_request_is_found_by_its_reference(here):
    client, reference = signed_in(here.ours.coordinator), here.ours.affiliationrequest.reference
    for query, found in ((reference.lower(), 1), (reference[:4], 0), ("Own", 0)):
        answer = client.get(page(AffiliationRequest, "changelist"), {"q": query})
        assert len(answer.context["cl"].result_list) == found


def test_a_draft_is_nobodys(here):
    draft = make.request(here.ours.federation, email="draft@example.org")
    url = page(AffiliationRequest, "change", draft)
    assert signed_in(here.ours.coordinator).get(url).status_code == 404
