import datetime
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from directory import register
from directory.models import (
    Affiliation,
    Decision,
    HostOrganisation,
    Organisation,
    OrganisationLink,
    OrganisationName,
    OrganisationOffice,
    PublicContact,
    RegisterEntry,
    Slug,
    Source,
)
from directory.workflow import source_of
from federation.admin import site
from federation.models import AuditEvent
from tests import make
from tests.conftest import signed_in
from tests.panel import client_of, filled, page, save, world

DAY = datetime.date(2024, 5, 1)


@pytest.fixture(scope="module")
def _made(lasting: None) -> SimpleNamespace:
    return world()


@pytest.fixture
def here(db: Any, _made: SimpleNamespace) -> SimpleNamespace:
    return deepcopy(_made)


@pytest.fixture
def client(here: SimpleNamespace) -> Any:
    return signed_in(here.ours.coordinator)


def change_page(here: SimpleNamespace) -> str:
    return page(Organisation, "change", here.ours.organisation)


def stored(here: SimpleNamespace) -> Organisation:
    return Organisation.objects.get(pk=here.ours.organisation.pk)


# --- organisations --------------------------------------------------------------------------


def test_a_new_name_gives_a_new_address_and_keeps_the_old_ones(here, client):
    assert save(client, change_page(here), name="New Local", city="Elsewhere").status_code == 302
    organisation = stored(here)
    assert (organisation.name, organisation.slug) == ("New Local", "new-local")
    assert organisation.city == "Elsewhere"
    former = OrganisationName.objects.get(kind="former")
    assert (former.value, former.until) == ("Own Local", timezone.localdate())
    assert Slug.objects.get(slug="own-local").organisation == organisation
    events = AuditEvent.objects.filter(model="directory.Organisation").order_by("pk")
    assert [event.fields for event in events] == [["name", "slug"], ["city"]]
    assert {event.federation_slug for event in events} == {here.ours.federation.slug}


def test_a_spelling_correction_keeps_the_address(here, client):
    save(client, change_page(here), name="Ówn Local", is_spelling="on")
    assert (stored(here).name, stored(here).slug) == ("Ówn Local", "own-local")
    assert not OrganisationName.objects.filter(kind="former").exists()
    event = AuditEvent.objects.get(model="directory.Organisation")
    assert (event.fields, event.federation_slug) == (["name"], "ours")


def test_a_secretary_keeps_the_page_of_the_organisation(here):
    client = signed_in(here.ours.secretary)
    new = {"contacts-1-kind": "web", "contacts-1-value": "https://a.example.org/"}
    answer = save(client, change_page(here), city="Lund", **new, **{"contacts-1-is_role": "on"})
    assert answer.status_code == 302
    assert stored(here).city == "Lund"
    assert stored(here).contacts.count() == 2
    event = AuditEvent.objects.get(model="directory.Organisation")
    assert (event.office, event.fields) == ("secretary", ["city", "contacts"])


def test_a_contact_of_a_person_without_consent_is_refused(here, client):
    new = {"contacts-1-kind": "email", "contacts-1-value": "kim@example.org"}
    answer = save(client, change_page(here), city="Lund", **new)
    assert "agreed on a recorded day" in answer.content.decode()
    assert (stored(here).city, stored(here).contacts.count()) == ("Ownville", 1)


def test_a_detail_of_others_cannot_be_drawn_in(here, client):
    foreign = PublicContact.objects.get(organisation=here.theirs.organisation)
    for index in (0, 1):
        sent = {f"contacts-{index}-id": foreign.pk, f"contacts-{index}-value": "taken@example.org"}
        sent |= {"contacts-INITIAL_FORMS": index + 1, "contacts-TOTAL_FORMS": 2}
        sent |= {f"contacts-{index}-kind": "email", f"contacts-{index}-is_role": "on"}
        answer = save(client, change_page(here), city="X", **sent)
        assert answer.status_code == 200
        assert "canary" not in answer.content.decode().lower()
    foreign.refresh_from_db()
    assert (foreign.value, foreign.organisation) == ("Canary@example.org", here.theirs.organisation)
    assert stored(here).city == "Ownville"


def test_the_rows_of_a_list_of_details_are_those_in_scope(here, rf):
    request = rf.get("/")
    request.user = here.ours.coordinator
    rows = {
        inline.model: {row.organisation for row in inline.get_queryset(request)}
        for inline in site.registered(Organisation).get_inline_instances(request)
    }
    assert rows[PublicContact] == rows[OrganisationName] == {here.ours.organisation}


@pytest.mark.parametrize("number", ["9", "99999999", "-1", "x", ""])
def test_a_wrong_number_of_details_is_no_error(here, client, number):
    sent = {"contacts-INITIAL_FORMS": number, "contacts-TOTAL_FORMS": "9999999"}
    assert save(client, change_page(here), city="X", **sent).status_code == 200
    assert stored(here).city == "Ownville"


def test_a_detail_that_somebody_else_removed_is_told(here, client):
    early = client.get(change_page(here)).content.decode()
    PublicContact.objects.filter(organisation=here.ours.organisation).delete()
    answer = client.post(change_page(here), filled(early) | {"city": "Lund"})
    text = answer.content.decode()
    assert "Somebody else has meanwhile changed: public contacts." in text
    assert "The list “public contacts” has changed meanwhile." in text
    assert client.post(change_page(here), filled(text)).status_code == 302
    assert (stored(here).city, stored(here).contacts.count()) == ("Lund", 0)


def test_a_link_leads_to_an_organisation_by_its_address(here, client):
    sent = {"links-0-kind": "part_of"}
    there = "http://testserver/organisations/canary-local/?x=1"
    answer = save(client, change_page(here), **sent, **{"links-0-other": there})
    assert answer.status_code == 302
    assert OrganisationLink.objects.get().other == here.theirs.organisation
    assert save(client, change_page(here), city="Lund").status_code == 302


@pytest.mark.parametrize("address", ["nowhere", "http://[", "0", "own/../", "group"])
def test_an_address_that_leads_nowhere_visible_is_refused(here, client, address):
    hidden = Organisation.objects.get(name="Canary Group")
    address = {"0": str(hidden.pk), "group": hidden.slug}.get(address, address)
    sent = {"links-0-kind": "part_of", "links-0-other": address}
    answer = save(client, change_page(here), **sent)
    text = answer.content.decode()
    assert "No organisation stands in the directory at this address." in text
    assert address == hidden.slug or hidden.slug not in text
    assert not OrganisationLink.objects.exists()


def test_only_what_the_form_shows_can_be_set(here, client):
    other = {"slug": "mine", "is_fictional": "on", "sort_name": "a", "search": "a", "id": "99"}
    save(client, change_page(here), **other, created_at="2000-01-01", city="Lund")
    organisation = stored(here)
    assert (organisation.slug, organisation.is_fictional) == ("own-local", False)
    assert (organisation.city, organisation.sort_name) == ("Lund", "own local")


def test_a_published_organisation_does_not_become_a_proposal(here, client):
    assert save(client, change_page(here), visibility="proposed").status_code == 200
    assert save(client, change_page(here), visibility="shielded").status_code == 302
    proposed = Organisation.objects.get(name="Own Group")
    url = page(Organisation, "change", proposed)
    assert client.get(url).status_code == 404
    assert client_of("operator", here).get(url).status_code == 404


def test_the_page_of_an_organisation_lists_its_statuses_with_us_only(here, client):
    answer = client.get(change_page(here))
    assert list(answer.context["bonds"]) == [here.ours.affiliation]
    assert "canary" not in answer.content.decode().lower()


def test_an_organisation_in_two_federations_is_kept_by_neither_but_by_itself(here, client):
    make.affiliation(here.ours.organisation, here.theirs.federation)
    assert client.get(change_page(here)).status_code == 404
    assert signed_in(here.theirs.coordinator).get(change_page(here)).status_code == 404
    assert signed_in(here.ours.secretary).get(change_page(here)).status_code == 200


# --- admitting ------------------------------------------------------------------------------

ADMIT = "/admin/directory/affiliation/add/"


def admit(client: Any, here: SimpleNamespace, **given: Any) -> Any:
    return save(client, ADMIT, **{"status": here.ours.status.pk, "since": DAY} | given)


def test_a_new_organisation_comes_in_with_a_status(here, client):
    source = {"source_title": "Letter", "source_as_of": DAY}
    answer = admit(client, here, name="New Local", country="AT", city="Graz", **source)
    organisation = Organisation.objects.get(name="New Local")
    assert answer.url == page(Organisation, "change", organisation)
    assert (organisation.visibility, str(organisation.countries.get())) == ("published", "AT")
    bond = organisation.affiliations.get()
    assert (bond.status, bond.since, bond.source.title) == (here.ours.status, DAY, "Letter")
    events = AuditEvent.objects.filter(action="add", actor=here.ours.coordinator.pk)
    assert {(e.model, e.office, e.federation_slug) for e in events} == {
        ("directory.Organisation", "coordinator", "ours"),
        ("directory.Affiliation", "coordinator", "ours"),
    }


def test_an_organisation_of_the_directory_is_admitted_by_its_address(here, client):
    OrganisationOffice.objects.all().delete()
    answer = admit(client, here, address="/organisations/canary-local/", source=here.ours.source.pk)
    assert answer.status_code == 302
    bond = here.theirs.organisation.affiliations.get(federation=here.ours.federation)
    assert bond.status == here.ours.status
    assert client.get(answer.url).status_code == 200
    # Its record stays with the federation that had it first, until it keeps it itself.
    assert client.get(page(Organisation, "change", here.theirs.organisation)).status_code == 404


def test_an_organisation_that_speaks_for_itself_is_not_admitted_by_others(here, client):
    answer = admit(client, here, address="canary-local", source=here.ours.source.pk)
    assert "address" in answer.context["adminform"].form.errors
    assert not here.theirs.organisation.affiliations.filter(federation=here.ours.federation)


def test_a_bond_to_come_or_unseen_gives_no_say_over_a_record(here, client):
    free = make.organisation("Free Cooks")
    make.affiliation(free, here.ours.federation, "friend", since=datetime.date(2045, 1, 1))
    assert client.get(page(Organisation, "change", free)).status_code == 404
    hidden = make.status(here.ours.federation, "friend", slug="hidden", is_listed_publicly=False)
    other = make.organisation("Other Cooks")
    make.affiliation(other, here.ours.federation, hidden.slug)
    assert client.get(page(Organisation, "change", other)).status_code == 404


def test_a_decision_is_source_enough(here, client):
    admit(client, here, name="New Local", decision=here.ours.decision.pk)
    bond = Affiliation.objects.get(organisation__name="New Local")
    assert (bond.decision, bond.source.as_of) == (here.ours.decision, datetime.date(2020, 5, 1))


def test_the_source_that_a_decision_is_stays_as_it_is(here, client):
    own = source_of(here.ours.decision)
    assert client.post(page(Source, "change", own), {"title": "X"}).status_code == 404
    assert client.get(page(Source, "change", own)).status_code == 200


# --- decisions ------------------------------------------------------------------------------


def test_a_decision_of_the_past_is_recorded_into_the_register(here, client):
    given = {"body": "congress", "decided_on": "1999-05-01", "reference": "7"}
    answer = save(client, page(Decision, "add"), federation=here.ours.federation.pk, **given)
    assert answer.status_code == 302
    made = Decision.objects.get(reference="7")
    assert (made.entry.number, faults(here.ours.federation)) == (1, 1)
    event = AuditEvent.objects.get(model="directory.Decision", record=str(made.pk))
    assert (event.action, event.office) == ("add", "coordinator")
    admit(client, here, name="New Local", decision=made.pk)
    assert Affiliation.objects.get(organisation__name="New Local").decision == made


def faults(federation: Any) -> int:
    """The world's own decision was made past the door and stands in no register."""
    return len(list(register.faults(federation)))


def test_a_decision_that_has_not_been_made_yet_is_refused(here, client):
    given = {"body": "congress", "decided_on": "2999-05-01"}
    answer = save(client, page(Decision, "add"), federation=here.ours.federation.pk, **given)
    assert "decided_on" in answer.context["adminform"].form.errors
    assert not RegisterEntry.objects.exists()


@pytest.mark.parametrize("who", ["coordinator", "operator"])
def test_a_decision_is_neither_changed_nor_deleted(here, who):
    client, decision = client_of(who, here), here.ours.decision
    shown = client.get(page(Decision, "change", decision))
    assert 'name="place"' not in shown.content.decode()
    assert client.post(page(Decision, "change", decision), {"place": "X"}).status_code == 404
    assert client.post(page(Decision, "delete", decision), {"post": "yes"}).status_code == 404
    sent = {"action": "delete_selected", "_selected_action": decision.pk, "post": "yes"}
    client.post(page(Decision, "changelist"), sent)
    assert Decision.objects.get(pk=decision.pk).place == "Own place"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "New"}, "__all__"),
        ({"decision": 1}, "__all__"),
        ({"name": "New", "address": "canary-local", "decision": 1}, "__all__"),
        ({"name": "New", "source_title": "T"}, "__all__"),
        ({"name": "New", "decision": 1, "since": ""}, "__all__"),
        ({"name": "New", "decision": 1, "since": "0001-01-01"}, "since"),
        ({"name": "New", "decision": 1, "since": "31-12-2020"}, "since"),
        ({"name": "N" * 400, "decision": 1}, "name"),
        ({"name": "N\0", "decision": 1}, "name"),
        ({"address": "own-local", "decision": 1}, "__all__"),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_is_saved(here, client, given, field):
    OrganisationOffice.objects.all().delete()
    if "decision" in given:
        given = given | {"decision": here.ours.decision.pk}
    before = (Organisation.objects.count(), Affiliation.objects.count(), Source.objects.count())
    answer = admit(client, here, **given)
    assert field in answer.context["adminform"].form.errors
    after = (Organisation.objects.count(), Affiliation.objects.count(), Source.objects.count())
    assert after == before


@pytest.mark.parametrize("field", ["status", "decision", "source"])
def test_nothing_of_another_federation_can_be_named(here, client, field):
    given = {"name": "New", "source": here.ours.source.pk}
    answer = admit(client, here, **given | {field: getattr(here.theirs, field).pk})
    assert field in answer.context["adminform"].form.errors
    assert "canary" not in answer.content.decode().lower()
    assert not Organisation.objects.filter(name="New").exists()


def test_sending_the_form_twice_admits_once(here, client):
    OrganisationOffice.objects.all().delete()
    sent = {"address": "canary-local", "source": here.ours.source.pk}
    assert admit(client, here, **sent).status_code == 302
    assert "already has a status" in admit(client, here, **sent).content.decode()


# --- what becomes of an affiliation ---------------------------------------------------------


def door(here: SimpleNamespace, name: str) -> str:
    return page(Affiliation, name, here.ours.affiliation)


def test_an_affiliation_itself_cannot_be_edited(here, client):
    url = page(Affiliation, "change", here.ours.affiliation)
    answer = client.get(url)
    assert 'name="since"' not in answer.content.decode()
    assert [str(label) for label, _url in answer.context["doors"]] == [
        *("End it", "Change the status", "Correct the record")
    ]
    assert client.post(url, {"since": "2020-01-01"}).status_code == 404
    assert client.post(page(Affiliation, "delete", here.ours.affiliation)).status_code == 404


def test_a_coordinator_ends_an_affiliation_once(here, client):
    sent = {"reason": "withdrawal", "until": DAY, "source": here.ours.source.pk}
    assert save(client, door(here, "end"), **sent).status_code == 302
    bond = Affiliation.objects.get(pk=here.ours.affiliation.pk)
    assert (bond.until, bond.end_reason, bond.end_source) == (DAY, "withdrawal", here.ours.source)
    again = save(client, door(here, "end"), **sent | {"reason": "lapse"})
    assert "already ended" in again.content.decode()
    assert Affiliation.objects.get(pk=bond.pk).end_reason == "withdrawal"


def test_a_status_changes_on_a_day(here, client):
    sent = {"status": here.ours.status.pk, "on": DAY, "decision": here.ours.decision.pk}
    assert save(client, door(here, "status"), **sent).status_code == 302
    old, new = Affiliation.objects.filter(federation=here.ours.federation).order_by("pk")
    assert (old.until, old.end_reason) == (DAY, "change")
    assert (new.since, new.status, new.decision) == (DAY, here.ours.status, here.ours.decision)


def test_a_correction_replaces_the_row_and_keeps_the_old(here, client):
    sent = {"note": "It was a year later.", "since": "2001-01-01"}
    assert save(client, door(here, "correct"), **sent).status_code == 302
    old, new = Affiliation.objects.filter(federation=here.ours.federation).order_by("pk")
    assert (old.is_void, old.void_note, old.since) == (True, sent["note"], make.LONG_AGO)
    assert (new.corrects, new.since, new.source) == (old, datetime.date(2001, 1, 1), old.source)
    event = AuditEvent.objects.filter(action="change", model="directory.Affiliation").first()
    assert event.fields == ["corrects", "since"]
    again = save(client, door(here, "correct"), **sent)
    assert "already been corrected" in again.content.decode()


def test_a_correction_needs_a_reason_and_a_difference(here, client):
    nothing = save(client, door(here, "correct"), note="x")
    assert "Nothing is written differently here." in nothing.content.decode()
    unreasoned = save(client, door(here, "correct"), since="2001-01-01")
    assert "note" in unreasoned.context["adminform"].form.errors
    assert Affiliation.objects.filter(federation=here.ours.federation).count() == 1


def test_a_correction_does_not_undo_what_somebody_else_has_recorded(here, client):
    early = filled(client.get(door(here, "correct")).content.decode())
    end = {"reason": "lapse", "until": DAY, "source": here.ours.source.pk}
    save(client, door(here, "end"), **end)
    answer = client.post(door(here, "correct"), early | {"note": "x", "since": "2001-01-01"})
    (error,) = answer.context["adminform"].form.non_field_errors()
    assert "until and why it ended and source of the end" in error.replace(",", " and")
    assert Affiliation.objects.filter(federation=here.ours.federation).count() == 1


@pytest.mark.parametrize("name", ["end", "status", "correct"])
def test_the_doors_of_others_are_not_there(here, name):
    url = door(here, name)
    codes = {
        who: client_of(who, here).get(url).status_code
        for who in ("visitor", "member", "secretary", "outsider", "coordinator", "operator")
    }
    assert codes == {
        "visitor": 302,
        "member": 403,
        "secretary": 404,
        "outsider": 404,
        "coordinator": 200,
        "operator": 200,
    }
    assert client_of("outsider", here).post(url, {"reason": "lapse"}).status_code == 404


@pytest.mark.parametrize(("name", "field"), [("end", "source"), ("status", "status")])
def test_a_door_takes_nothing_of_another_federation(here, client, name, field):
    sent = {"reason": "lapse", "until": DAY, "on": DAY, "source": here.ours.source.pk}
    foreign = {field: getattr(here.theirs, field).pk}
    answer = save(client, door(here, name), **sent | foreign)
    assert field in answer.context["adminform"].form.errors
    assert Affiliation.objects.get(pk=here.ours.affiliation.pk).until is None


# --- hosts ----------------------------------------------------------------------------------


def test_a_host_is_any_organisation_of_the_directory(here, client):
    url = page(HostOrganisation, "add")
    own = {"federation": here.ours.federation.pk}
    assert save(client, url, **own, organisation="canary-local").status_code == 302
    hidden = Organisation.objects.get(name="Canary Group")
    assert save(client, url, **own, organisation=hidden.slug).status_code == 200
    hosts = HostOrganisation.objects.filter(federation=here.ours.federation)
    assert {host.organisation for host in hosts} == {
        here.ours.organisation,
        here.theirs.organisation,
    }


# --- one for each country -------------------------------------------------------------------


@pytest.fixture
def one_each(here: SimpleNamespace) -> SimpleNamespace:
    """There is one section for each country, and Sweden has one."""
    here.section = here.ours.federation.statuses.get(slug="section")
    here.section.is_one_per_country = True
    here.section.save()
    return here


def test_a_second_one_in_a_country_is_not_admitted_from_a_source(one_each, client):
    sent = {"name": "New Local", "country": "SE", "status": one_each.section.pk}
    answer = admit(client, one_each, **sent, source=one_each.ours.source.pk)
    (told,) = answer.context["adminform"].form.errors["status"]
    assert one_each.ours.organisation.name in told
    assert "/coordination/decisions/new/" in told
    assert not Organisation.objects.filter(name="New Local").exists()
    sent["country"] = "NO"
    assert admit(client, one_each, **sent, source=one_each.ours.source.pk).status_code == 302


def test_a_second_one_in_a_country_needs_the_waiver_of_its_own_decision(one_each, client):
    second = make.organisation("Second Local", "SE")
    sent = {"address": second.slug, "status": one_each.section.pk}
    decision = one_each.ours.decision
    assert admit(client, one_each, **sent, decision=decision.pk).status_code == 200
    terms = {"kind": "admit", "status": one_each.section, "on": DAY, "waiver": "So they said."}
    decision.effects.create(position=0, organisation=one_each.ours.organisation, **terms)
    assert admit(client, one_each, **sent, decision=decision.pk).status_code == 200
    decision.effects.create(position=1, organisation=second, **terms)
    assert admit(client, one_each, **sent, decision=decision.pk).status_code == 302


def test_a_second_one_in_a_country_does_not_come_by_a_change_of_status(one_each, client):
    friend = make.organisation("Friend Local", "SE")
    bond = make.affiliation(friend, one_each.ours.federation, "friend")
    sent = {"status": one_each.section.pk, "on": DAY, "source": one_each.ours.source.pk}
    answer = save(client, page(Affiliation, "status", bond), **sent)
    assert one_each.ours.organisation.name in answer.context["adminform"].form.errors["status"][0]
    assert friend.affiliations.get().status.slug == "friend"


@pytest.mark.parametrize(("until", "code"), [("1956-01-01", 302), ("2999-01-01", 200)])
def test_what_ended_in_the_past_takes_nobodys_place(one_each, client, until, code):
    sent = {"name": "Old Local", "country": "SE", "status": one_each.section.pk}
    sent |= {"since": "1922-01-01", "until": until, "reason": "withdrawal"}
    assert admit(client, one_each, **sent, source=one_each.ours.source.pk).status_code == code
    ended = Affiliation.objects.filter(organisation__name="Old Local")
    assert [str(bond.until) for bond in ended] == [until] * (code == 302)
