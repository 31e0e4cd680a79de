import datetime
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ImproperlyConfigured

from directory.models import (
    Affiliation,
    Decision,
    HostOrganisation,
    Organisation,
    OrganisationOffice,
    Seat,
    Source,
    Statutes,
)
from federation.admin import CoordinatorSite, ScopedAdmin, site
from federation.admin.asking import asked_once
from federation.models import AuditEvent, Federation, Letter, Office, Status
from membership.models import AffiliationRequest, Member, Membership, MembershipApplication
from tests import make
from tests.conftest import signed_in
from tests.panel import client_of, filled, page, pages, people, save, world

# For each persona the answers to changelist, add, change, delete and history of a row of ours.
NOTHING = [404] * 5
READS = [200, 404, 200, 404, 200]
ADDS = [200, 200, 200, 404, 200]
ALL = [200] * 5
EMPTY = [200, 404, 404, 404, 404]
EXPECTED: dict[Any, dict[str, list[int]]] = {
    Federation: {"coordinator": READS, "secretary": NOTHING, "operator": ALL},
    Status: {"coordinator": ALL, "secretary": NOTHING, "operator": ALL},
    Office: {"coordinator": READS, "secretary": NOTHING, "operator": ADDS},
    AuditEvent: {"coordinator": READS, "secretary": NOTHING, "operator": READS},
    Organisation: {"coordinator": READS, "secretary": READS, "operator": READS},
    Affiliation: {"coordinator": ADDS, "secretary": NOTHING, "operator": ADDS},
    Decision: {"coordinator": ADDS, "secretary": NOTHING, "operator": ADDS},
    Source: {"coordinator": ALL, "secretary": NOTHING, "operator": ALL},
    Statutes: {"coordinator": ALL, "secretary": NOTHING, "operator": ALL},
    Seat: {"coordinator": ALL, "secretary": NOTHING, "operator": ALL},
    HostOrganisation: {"coordinator": ALL, "secretary": NOTHING, "operator": ALL},
    OrganisationOffice: {"coordinator": NOTHING, "secretary": READS, "operator": NOTHING},
    Member: {"coordinator": NOTHING, "secretary": ADDS, "operator": NOTHING},
    Membership: {"coordinator": NOTHING, "secretary": READS, "operator": NOTHING},
    AffiliationRequest: {"coordinator": READS, "secretary": NOTHING, "operator": EMPTY},
    MembershipApplication: {"coordinator": NOTHING, "secretary": READS, "operator": NOTHING},
}
PERSONAS = ("visitor", "member", "secretary", "coordinator", "outsider", "operator")


@pytest.fixture(scope="module")
def _made(lasting: None) -> SimpleNamespace:
    return world()


@pytest.fixture
def here(db: Any, _made: SimpleNamespace) -> SimpleNamespace:
    return deepcopy(_made)


def expected(model: Any, persona: str) -> list[int]:
    if persona == "visitor":
        return [302] * 5
    if persona == "member":
        return [403] * 5
    if persona == "outsider":  # the lists are theirs too, the rows are not
        return [*EXPECTED[model]["coordinator"][:2], 404, 404, 404]
    return EXPECTED[model][persona]


def test_every_registered_model_is_in_the_matrix():
    assert set(site._registry) == set(EXPECTED)
    assert not {Letter} & set(site._registry)
    assert site.check(None) == []


@pytest.mark.parametrize("persona", PERSONAS)
def test_each_page_answers_as_the_matrix_says(here, persona):
    client = client_of(persona, here)
    found = {}
    for model in EXPECTED:
        row = getattr(here.ours, model._meta.model_name)
        found[model] = [client.get(url).status_code for url in pages(model, row)]
    assert found == {model: expected(model, persona) for model in EXPECTED}


@pytest.mark.parametrize("persona", PERSONAS)
def test_nothing_is_changed_by_posting_to_pages_that_are_not_there(here, persona):
    client = client_of(persona, here)
    for model in EXPECTED:
        row = getattr(here.ours, model._meta.model_name)
        for url, code in zip(pages(model, row), expected(model, persona), strict=True):
            if code != 200:
                assert client.post(url, {"post": "yes", "_save": "1"}).status_code == code, url


@pytest.mark.parametrize("persona", ["coordinator", "secretary"])
def test_no_page_names_anything_of_others(here, persona):
    client = client_of(persona, here)
    names = [
        (url, "canary")
        for model in EXPECTED
        for url in pages(model, getattr(here.ours, model._meta.model_name))
        if b"canary" in client.get(url).content.lower()
    ]
    assert names == []
    assert b"canary" not in client.get("/admin/").content.lower()
    assert b"own" in client.get(page(Organisation, "changelist")).content.lower()


@pytest.mark.parametrize("persona", ["coordinator", "operator", "outsider"])
def test_no_page_names_a_person_who_joined(here, persona):
    client = client_of(persona, here)
    for model in EXPECTED:
        for url in pages(model, getattr(here.ours, model._meta.model_name)):
            assert b"sealed" not in client.get(url).content.lower(), url


def test_rows_of_others_are_not_there(here):
    client = signed_in(here.ours.coordinator)
    for model in EXPECTED:
        row = getattr(here.theirs, model._meta.model_name)
        for action in ("change", "delete", "history"):
            assert client.get(page(model, action, row)).status_code == 404, (model, action)


# --- lists ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "field"),
    [(Status, "federation"), (Affiliation, "federation"), (Affiliation, "status")],
)
def test_filtering_by_a_value_of_others_finds_nothing_and_names_nothing(here, model, field):
    foreign = getattr(here.theirs, field)
    url = page(model, "changelist")
    answer = signed_in(here.ours.coordinator).get(url, {field: foreign.pk})
    assert answer.status_code == 200
    assert list(answer.context["cl"].result_list) == []
    assert "canary" not in answer.content.decode().lower()


@pytest.mark.parametrize(
    "query",
    [
        {"federation__slug": "theirs"},
        {"federation__offices__person": "1"},
        {"labels__contains": "x"},
        {"federation__id__exact": "1"},
        {"_to_field": "slug"},
    ],
)
def test_a_list_takes_only_the_filters_it_declares(here, query):
    answer = signed_in(here.ours.coordinator).get(page(Status, "changelist"), query)
    assert answer.status_code == 400


def test_searching_for_others_finds_nothing(here):
    client = signed_in(here.ours.coordinator)
    for model in (Organisation, Affiliation, Decision, Source, AffiliationRequest):
        answer = client.get(page(model, "changelist"), {"q": "canary"})
        assert list(answer.context["cl"].result_list) == []
    answer = client.get(page(Organisation, "changelist"), {"q": "ownVILLE"})
    assert [row.name for row in answer.context["cl"].result_list] == ["Own Local"]


@pytest.mark.parametrize(
    "query", ["p=1e99", "p=999999", "p=0", "o=99.-1.x", "q=%00", "all=", "_popup=1", "e=1"]
)
def test_odd_addresses_of_a_list_are_no_errors(here, query):
    answer = signed_in(here.ours.coordinator).get(f"{page(Decision, 'changelist')}?{query}")
    assert answer.status_code in (200, 302)
    assert b"canary" not in answer.content.lower()


@pytest.mark.parametrize("key", ["abc", "1e99", "9" * 40, "%00", "../1", "1_3A"])
def test_odd_keys_are_not_there(here, key):
    client = signed_in(here.ours.coordinator)
    assert client.get(f"/admin/directory/decision/{key}/change/").status_code == 404
    assert client.get(f"/admin/membership/affiliationrequest/{key}/change/").status_code == 404


@pytest.mark.parametrize("model", list(EXPECTED))
def test_a_list_asks_as_often_for_three_rows_as_for_one(here, model, django_assert_max_num_queries):
    persona = "coordinator" if EXPECTED[model]["coordinator"][0] == 200 else "secretary"
    client = client_of(persona, here)
    url = page(model, "changelist")
    client.get(url)
    with django_assert_max_num_queries(60) as one:
        client.get(url)
    more_of(here)
    with django_assert_max_num_queries(60) as three:
        answer = client.get(url)
    assert len(answer.context["cl"].result_list) >= 3
    assert [_shape(q) for q in three] == [_shape(q) for q in one]


def test_a_page_asks_once_what_may_be_done_however_much_it_shows(
    here, django_assert_max_num_queries
):
    client, url = (
        client_of("coordinator", here),
        page(Organisation, "change", here.ours.organisation),
    )
    client.get(url)
    with django_assert_max_num_queries(35) as few:
        client.get(url)
    for n in range(20):
        make.contact(here.ours.organisation, f"desk{n}@example.org")
    with django_assert_max_num_queries(35) as many:
        client.get(url)
    assert [_shape(q) for q in many] == [_shape(q) for q in few]


def test_an_answer_about_rights_is_kept_for_one_person_and_until_something_is_saved(here, rf):
    panel, row = site.registered(Status), here.ours.status
    request = rf.get("/admin/")
    request.user = here.ours.coordinator
    with asked_once(request):
        assert panel.has_change_permission(request, row)
        assert not panel.has_change_permission(request, here.theirs.status)
        request.user = here.theirs.coordinator
        assert not panel.has_change_permission(request, row)
        request.user = here.ours.coordinator
        here.ours.office.delete()
        assert panel.has_change_permission(request, row)
    assert not panel.has_change_permission(request, row)


def test_no_answer_about_rights_is_kept_where_something_is_sent(here, monkeypatch):
    panel, heard = site.registered(Status), []

    def save_model(request: Any, *_what: Any) -> None:
        heard.append(panel.has_change_permission(request, here.ours.status))
        here.ours.office.delete()
        heard.append(panel.has_change_permission(request, here.ours.status))

    monkeypatch.setattr(panel, "save_model", save_model)
    save(client_of("coordinator", here), page(Status, "change", here.ours.status), slug="new")
    assert heard == [True, False]


def _shape(query: dict[str, str]) -> str:
    return query["sql"].partition(" WHERE ")[0].partition(" VALUES ")[0]


def more_of(here: SimpleNamespace) -> None:
    """Two more rows of everything that is ours."""
    for word in ("Second", "Third"):
        slug = word.lower()
        federation = make.federation(slug, names={"en": word})
        Office.objects.create(
            federation=federation, person=here.ours.coordinator, since=make.LONG_AGO
        )
        local = make.organisation(f"{word} Local", "SE")
        make.affiliation(local, federation)
        make.secretary(here.ours.organisation, f"{slug}@example.org")
        decided = Decision.objects.create(
            federation=federation, body="congress", decided_on="2021-01-01"
        )
        Statutes.objects.create(
            federation=federation, decision=decided, titles={"en": word}, language="en"
        )
        HostOrganisation.objects.create(federation=federation, organisation=local)
        Seat.objects.create(federation=federation)
        people(federation, here.ours.organisation, word)


# --- deleting -------------------------------------------------------------------------------


def test_a_status_in_use_stays_and_the_page_tells_numbers_only(here):
    client = signed_in(here.ours.coordinator)
    used = here.ours.affiliation.status
    url = page(Status, "delete", used)
    answer = client.post(url, {"post": "yes"})
    assert answer.status_code == 200
    assert "Own Local" not in answer.content.decode()
    assert Status.objects.filter(pk=used.pk).exists()
    assert client.post(page(Status, "delete", here.ours.status), {"post": "yes"}).status_code == 200


def test_deleting_several_leaves_rows_of_others_alone(here):
    client = signed_in(here.ours.coordinator)
    ours = make.source(here.ours.federation)
    sent = {
        "action": "delete_selected",
        "_selected_action": [ours.pk, here.theirs.source.pk],
        "post": "yes",
    }
    before = set(Source.objects.all())
    client.post(page(Source, "changelist"), sent)
    assert set(Source.objects.all()) == before - {ours}
    event = AuditEvent.objects.filter(action="delete").get()
    assert (event.model, event.record) == ("directory.Source", str(ours.pk))


def test_selecting_nonsense_for_an_action_changes_nothing(here):
    sent = {"action": "delete_selected", "_selected_action": ["abc"], "index": "0", "post": "yes"}
    before = Source.objects.count()
    answer = signed_in(here.ours.coordinator).post(page(Source, "changelist"), sent)
    assert answer.status_code == 302
    assert Source.objects.count() == before


# --- saving ---------------------------------------------------------------------------------


def test_a_coordinator_changes_the_federation_and_the_trail_has_no_values(here):
    client = signed_in(here.ours.coordinator)
    url = page(Federation, "change", here.ours.federation)
    assert save(client, url, acronym="NEW").status_code == 302
    event = AuditEvent.objects.filter(model="federation.Federation").get()
    assert (event.action, event.fields, event.office) == ("change", ["acronym"], "coordinator")
    assert (event.actor, event.federation_slug) == (here.ours.coordinator.pk, "ours")
    assert not LogEntry.objects.exists()
    history = client.get(page(Federation, "history", here.ours.federation)).content.decode()
    assert "acronym" in history
    assert "NEW" not in history


def test_saving_without_a_change_leaves_no_event(here):
    client = signed_in(here.ours.coordinator)
    save(client, page(Federation, "change", here.ours.federation))
    assert not AuditEvent.objects.filter(model="federation.Federation").exists()


def test_a_federation_keeps_its_name_and_address(here):
    client = signed_in(here.ours.coordinator)
    url = page(Federation, "change", here.ours.federation)
    sent = {"slug": "other", "is_fictional": "on", "id": "999", "acronym": "X"}
    assert save(client, url, **sent).status_code == 302
    assert save(client, url, names_en="").status_code == 200
    stored = Federation.objects.get(pk=here.ours.federation.pk)
    assert (stored.slug, stored.is_fictional, stored.acronym) == ("ours", False, "X")
    assert stored.names == {"en": "Own Federation"}


@pytest.mark.parametrize("model", [Status, Decision, Source, HostOrganisation])
def test_a_row_cannot_be_added_to_a_federation_of_others(here, model):
    before = model.objects.count()
    answer = save(
        signed_in(here.ours.coordinator),
        page(model, "add"),
        federation=here.theirs.federation.pk,
        slug="x",
        kind="friend",
        labels_en="X",
        title="X",
        as_of="2020-01-01",
        body="congress",
        decided_on="2020-01-01",
        organisation="own-local",
    )
    assert answer.status_code == 200
    assert "federation" in answer.context["adminform"].form.errors
    assert model.objects.count() == before


def test_the_later_of_two_saves_is_refused_and_told_what_changed(here):
    first, second = signed_in(here.ours.coordinator), client_of("operator", here)
    url = page(Federation, "change", here.ours.federation)
    early = second.get(url).content.decode()
    save(first, url, acronym="FIRST", website="https://first.example.org/")
    answer = second.post(url, filled(early) | {"acronym": "SECOND"})
    assert answer.status_code == 200
    (error,) = answer.context["adminform"].form.non_field_errors()
    assert "acronym and website" in error
    assert Federation.objects.get(slug="ours").acronym == "FIRST"
    # Told what changed, they may save once more.
    second.post(url, filled(answer.content.decode()))
    assert Federation.objects.get(slug="ours").acronym == "SECOND"


def test_a_form_without_what_was_seen_is_refused(here):
    client = signed_in(here.ours.coordinator)
    url = page(Federation, "change", here.ours.federation)
    assert save(client, url, acronym="X", seen="").status_code == 200
    assert save(client, url, acronym="X", seen="acronym:0 names").status_code == 200
    assert Federation.objects.get(slug="ours").acronym == "OWN"


def test_a_row_that_leaves_the_scope_is_taken_back(here, monkeypatch):
    """Even where the choices of a form would let it."""
    everything = lambda self, field, request: field.remote_field.model.objects.all()  # noqa: E731
    monkeypatch.setattr(ScopedAdmin, "choices_of", everything)
    monkeypatch.setattr(site.registered(Source), "fixed", ())
    url = page(Source, "change", here.ours.source)
    answer = save(
        signed_in(here.ours.coordinator), url, federation=here.theirs.federation.pk, title="X"
    )
    assert answer.status_code == 200
    assert "out of what you look after" in answer.content.decode()
    stored = Source.objects.get(pk=here.ours.source.pk)
    assert (stored.federation, stored.title) == (here.ours.federation, "Own page")


@pytest.mark.parametrize("model", [Federation, Status, Organisation, Source, Member, Membership])
def test_no_field_outside_the_form_can_be_set(here, model):
    persona = "coordinator" if EXPECTED[model]["coordinator"][2] == 200 else "secretary"
    client, row = client_of(persona, here), getattr(here.ours, model._meta.model_name)
    url = page(model, "change", row)
    shown = client.get(url).context["adminform"].form.fields
    others = [field for field in model._meta.concrete_fields if field.name not in shown]
    before = model.objects.filter(pk=row.pk).values(*(f.name for f in others)).get()
    sent = {field.name: here.theirs.federation.pk for field in others if not field.primary_key}
    assert save(client, url, **sent, pk="1", id="1").status_code == 302
    after = model.objects.filter(pk=row.pk).values(*(f.name for f in others)).get()
    untouched = {name for name in before if str(after[name]) == str(before[name])}
    assert untouched | {"changed_at", "email_index"} >= set(before)


# --- entering -------------------------------------------------------------------------------


def test_rights_end_on_the_day_the_office_ends(here):
    office = here.ours.office
    office.until = datetime.date(2030, 5, 1)
    office.save()
    url = page(Organisation, "change", here.ours.organisation)
    with time_machine.travel("2030-04-30 23:59", tick=False):
        client = signed_in(here.ours.coordinator)
        assert client.get(url).status_code == 200
    with time_machine.travel("2030-05-01 00:01", tick=False):
        assert client.get(url).status_code == 403
        assert client.post(url, {"name": "X"}).status_code == 403


@pytest.mark.parametrize("change", [{"is_suspended": True}, {"since": datetime.date(2999, 1, 1)}])
def test_an_office_that_is_suspended_or_to_come_opens_nothing(here, change):
    Office.objects.filter(pk=here.ours.office.pk).update(**change)
    assert signed_in(here.ours.coordinator).get("/admin/").status_code == 403


def test_a_closed_account_is_a_visitor(here):
    client = signed_in(here.ours.coordinator)
    here.ours.coordinator.is_active = False
    here.ours.coordinator.save()
    assert client.get("/admin/").status_code == 302


def test_a_treasurer_does_not_enter(here):
    treasurer = make.secretary(here.ours.organisation, "treasurer@example.org", role="treasurer")
    assert signed_in(treasurer).get("/admin/").status_code == 403


def test_a_visitor_is_led_to_sign_in_and_back(visitor, db):
    answer = visitor.get("/admin/directory/source/?q=x")
    assert answer.url == "/accounts/login/?next=/admin/directory/source/%3Fq%3Dx"
    assert visitor.get("/admin/login/").url == "/accounts/login/?next=/admin/"


def test_the_password_and_pages_of_any_type_are_not_reached_here(here):
    client = signed_in(here.ours.coordinator)
    for path in ("password_change/", "password_change/done/", "r/1/1/"):
        assert client.get(f"/admin/{path}").status_code == 404
    assert client.post("/admin/logout/").status_code == 302
    assert client.get("/admin/").status_code == 302


def test_the_first_page_counts_what_waits_and_shows_what_one_did(here):
    client = signed_in(here.ours.coordinator)
    save(client, page(Federation, "change", here.ours.federation), acronym="X")
    answer = client.get("/admin/")
    assert [(str(label), n) for label, n in answer.context["waiting"]] == [
        ("Affiliation requests", 1)
    ]
    assert [event.kind for event in answer.context["last_events"]] == ["federation", "affiliation"]
    assert 'href="/coordination/"' in answer.content.decode()
    operator = client_of("operator", here).get("/admin/").content.decode()
    assert 'href="/coordination/"' not in operator


def test_the_panel_speaks_other_languages(here):
    answer = signed_in(here.ours.coordinator).get("/ar/admin/directory/organisation/")
    assert answer.status_code == 200
    assert 'dir="rtl"' in answer.content.decode()


def test_a_relation_of_unknown_model_offers_nothing(here, rf):
    request = rf.get("/")
    request.user = make.user("operator@example.org", is_superuser=True)
    offered = site.registered(Office).choices_of(Office._meta.get_field("person"), request)
    assert list(offered) == []


def test_the_panel_takes_no_class_that_is_not_scoped():
    with pytest.raises(ImproperlyConfigured):
        CoordinatorSite("other").register(Letter)


# --- offices --------------------------------------------------------------------------------


def test_only_the_operator_grants_an_office_and_by_address(here):
    make.user("new@example.org")
    client = client_of("operator", here)
    sent = {"federation": here.ours.federation.pk, "role": "coordinator", "since": "2020-01-01"}
    url = page(Office, "add")
    assert save(client, url, **sent, email="nobody@example.org").status_code == 200
    assert save(client, url, **sent, email="NEW@example.org").status_code == 302
    assert here.ours.federation.offices.count() == 2
    assert "new@example.org" not in client.get(page(Office, "changelist")).content.decode()


# --- autocomplete ---------------------------------------------------------------------------


def ask(persona: str, here: SimpleNamespace, field: str, model: Any = Affiliation) -> Any:
    return client_of(persona, here).get(
        "/admin/autocomplete/",
        {
            "app_label": model._meta.app_label,
            "model_name": model._meta.model_name,
            "field_name": field,
            "term": "",
        },
    )


def test_autocomplete_offers_what_the_field_offers(here):
    answer = ask("coordinator", here, "source")
    assert [row["text"] for row in answer.json()["results"]] == [str(here.ours.source)]


@pytest.mark.parametrize("persona", PERSONAS)
def test_autocomplete_answers_those_who_may_choose(here, persona):
    codes = {"visitor": 302, "member": 403, "secretary": 404}
    assert ask(persona, here, "decision").status_code == codes.get(persona, 200)


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (Affiliation, "organisation"),
        (Affiliation, "status"),
        (Status, "federation"),
        (Member, "organisation"),
        (Office, "person"),
        (Letter, "id"),
        (Affiliation, "no_field"),
    ],
)
def test_autocomplete_searches_for_no_other_field(here, model, field):
    assert ask("coordinator", here, field, model).status_code == 404


def test_autocomplete_withstands_null_characters(here):
    url = "/admin/autocomplete/?app_label=directory&model_name=affiliation&field_name=source"
    answer = signed_in(here.ours.coordinator).get(f"{url}&term=%00canary")
    assert answer.json()["results"] == []
