"""The pages of sections: what they are told, their reply, and what the coordinators see."""

import datetime
import json

import pytest
from django.test import Client
from django.utils import timezone

from directory.models import Organisation
from federation.models import AuditEvent, Letter
from federation.states import NotOpen, NotYours
from membership.consultations import consulting
from membership.models import Consulted, Reply, Sponsorship
from membership.requests import deciding, sponsoring, workflow
from tests import make
from tests.browsing import prove, text
from tests.conftest import signed_in
from tests.make import LONG_AGO

LIST = "/coordination/consultations/"
SECRETS = ("Kim Canary", "group@example.org", "Just between us", "statutes-canary.pdf")


@pytest.fixture
def rules(iwa):
    return make.procedure(
        iwa.statuses.get(slug="friend"), consulted="all", quorum=50, majority="two_thirds"
    )


@pytest.fixture
def asking(rules, iwa, local, secretary, coordinator):
    request = workflow.submit_request(make.request(iwa))
    request.notes.create(by=coordinator.pk, text="Just between us.")
    return workflow.consult(request, by=coordinator)


@pytest.fixture
def page(asking):
    return f"{LIST}{asking.last_consultation.pk}/"


@pytest.fixture
def section(asking, secretary):
    return signed_in(secretary)


@pytest.fixture
def desk(asking, coordinator):
    return signed_in(coordinator)


def filled(client, page: str, at: int = 0, **given):
    """What a browser sends for the form of the section."""
    one, _line, form = client.get(page).context["sections"][at]
    answers = {
        "answer": "for", "assembly": "general assembly", "decided_on": "2026-05-01",
        "seen": form["seen"].value(),
    } | given  # fmt: skip
    return {"section": str(one.pk)} | {form.add_prefix(name): answers[name] for name in answers}


def send(client, page: str, at: int = 0, **given):
    return client.post(page, filled(client, page, at, **given))


def speaker(of, email: str, role: str = "delegate"):
    return signed_in(make.secretary(of, email, role=role))


# --- who sees what --------------------------------------------------------------------------


def test_a_section_reads_what_it_is_asked_about_and_no_more(section, page):
    shown = text(section, page)
    for told in ("New Group", "Austria", "We organise in kitchens.", "Friend", "group"):
        assert told in shown
    assert not [secret for secret in SECRETS if secret in shown]


def test_a_shielded_applicant_is_told_of_without_its_place_and_words(section, page, asking):
    Organisation.objects.filter(pk=asking.organisation_id).update(
        visibility="shielded", website="https://canary.example.org/"
    )
    shown = text(section, page)
    assert "New Group" in shown
    assert "kitchens" not in shown
    assert "canary" not in shown


def test_of_the_answers_only_those_marked_for_the_sections_are_read(
    iwa, local, secretary, coordinator
):
    make.procedure(
        iwa.statuses.get(slug="friend"),
        [
            {"key": "strikes", "labels": {"en": "Which strikes?"}, "is_for_sections": True},
            {"key": "risks", "labels": {"en": "Which risks?"}},
        ],
        consulted="all",
    )
    answers = {"strikes": "The big one.", "risks": "Canary risks."}
    request = workflow.submit_request(make.request(iwa, questions=answers))
    workflow.consult(request, by=coordinator)
    shown = text(signed_in(secretary), f"{LIST}{request.last_consultation.pk}/")
    assert "Which strikes?" in shown
    assert "The big one." in shown
    assert not [word for word in ("Which risks?", "Canary risks.") if word in shown]


def test_the_rules_stand_there_in_words(section, page):
    shown = text(section, page)
    assert "at least 50% of them reply" in shown
    assert "two thirds are for it" in shown


def test_a_delegate_comes_in_and_finds_it_in_the_list(asking, local, page):
    client = speaker(local, "delegate@example.org")
    assert client.get("/coordination/").url == LIST
    assert page in text(client, LIST)
    assert send(client, page).status_code == 302
    assert Reply.objects.get().office == "delegate"


def test_others_find_nothing(asking, iwa, page, outsider, local):
    elsewhere = make.organisation("Elsewhere", "SE")
    make.affiliation(elsewhere, make.federation("other"))
    for client in (
        signed_in(outsider),
        speaker(elsewhere, "elsewhere@example.org", "secretary"),
        speaker(local, "treasurer@example.org", "treasurer"),
        signed_in(make.user("nobody@example.org")),
        signed_in(make.user("operator@example.org", is_superuser=True)),
    ):
        assert client.get(page).status_code == 404
        assert client.post(page, {"section": str(Consulted.objects.get().pk)}).status_code == 404
    assert not Reply.objects.exists()


def test_a_section_does_not_see_what_others_said(asking, iwa, local, secretary, page, desk):
    """Asked of two sections; the second one's delegate looks."""
    another = make.organisation("Another Local", "SE")
    make.affiliation(another, iwa)
    row = Consulted.objects.create(consultation=asking.last_consultation, organisation=another)
    consulting.reply(
        Consulted.objects.get(organisation=local), by=secretary, answer="objection",
        grounds="Canary grounds", assembly="Canary assembly", decided_on=timezone.localdate(),
    )  # fmt: skip
    shown = text(speaker(another, "another@example.org"), page)
    assert "The reply of <bdi>Another Local</bdi>" in shown
    assert "Canary" not in shown
    assert row.replies.count() == 0
    assert "Canary grounds" in text(desk, page)


# --- replying -------------------------------------------------------------------------------


def test_a_reply_is_recorded_and_stands_on_the_page(section, page):
    assert send(section, page, answer="against", grounds="Too early.").status_code == 302
    shown = text(section, page)
    assert "Too early." in shown
    assert "general assembly" in shown
    assert "Another reply replaces the last one." in shown


def test_what_is_missing_is_named_and_nothing_kept(section, page):
    response = send(section, page, answer="objection", grounds="", assembly="")
    shown = response.content.decode()
    assert "<title>Error:" in shown
    assert "An objection needs its grounds." in shown
    assert not Reply.objects.exists()


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 50, "\0"])
def test_a_reply_without_what_was_seen_is_not_recorded(section, page, seen):
    assert "<title>Error:" in send(section, page, seen=seen).content.decode()
    assert not Reply.objects.exists()


def test_of_two_who_reply_at_once_the_second_is_told(section, page, local):
    other = speaker(local, "delegate@example.org")
    mine = filled(other, page, answer="for", grounds="Mine is kept here.")
    send(section, page, answer="against", grounds="Theirs came first.")
    response = other.post(page, mine)
    assert response.status_code == 409
    assert "Theirs came first." in response.content.decode()
    assert "Mine is kept here." in response.content.decode()
    assert Reply.objects.count() == 1


@pytest.mark.parametrize("other", ["", "x", "00000000-0000-0000-0000-000000000000", "theirs"])
def test_a_reply_for_another_section_is_not_found(section, page, asking, iwa, other):
    another = make.organisation("Another Local", "SE")
    row = Consulted.objects.create(consultation=asking.last_consultation, organisation=another)
    given = filled(section, page) | {"section": str(row.pk) if other == "theirs" else other}
    assert section.post(page, given).status_code == 404
    assert not Reply.objects.exists()


def test_who_speaks_for_two_sections_replies_for_each(asking, iwa, local, secretary, page):
    another = make.organisation("Another Local", "SE")
    make.office(another, secretary)
    Consulted.objects.create(consultation=asking.last_consultation, organisation=another)
    client = signed_in(secretary)
    names = [one.organisation.name for one, _line, _form in client.get(page).context["sections"]]
    send(client, page, names.index("Another Local"), answer="against")
    assert Reply.objects.get().consulted.organisation == another


def test_a_late_reply_is_announced_as_one(section, page, asking):
    type(asking.last_consultation).objects.update(
        closes_on=timezone.localdate() - datetime.timedelta(days=1)
    )
    assert "The last day is over." in text(section, page)
    send(section, page)
    assert "late, not counted" in text(section, page)


def test_after_the_decision_there_is_no_form(section, page, asking, coordinator):
    send(section, page)
    workflow.conclude(asking, by=coordinator)
    deciding.accept_request(
        asking, by=coordinator, body="congress", decided_on=timezone.localdate()
    )
    assert "no more replies are taken" in text(section, page)
    assert section.post(page, {}).status_code == 404


def test_once_it_is_counted_the_section_reads_the_result(section, page, asking, coordinator):
    send(section, page)
    workflow.conclude(asking, by=coordinator)
    shown = text(section, page)
    assert "1 of 1 section replied." in shown
    assert "The sections agree." in shown
    assert page in text(section, f"{LIST}?state=past")


# --- lists ----------------------------------------------------------------------------------


def test_the_list_tells_what_is_missing(section, page):
    assert "still missing" in text(section, LIST)
    send(section, page, answer="abstain")
    shown = text(section, LIST)
    assert "abstention" in shown
    assert "still missing" not in shown


def test_a_coordinator_sees_those_of_the_federation(desk, page):
    assert page in text(desk, LIST)


def plant(iwa, coordinator, number: int) -> None:
    for at in range(number):
        request = make.request(iwa, email=f"g{at}@example.org", name=f"Group {at}")
        workflow.consult(workflow.submit_request(request), by=coordinator)


def test_the_list_asks_the_database_as_often_for_many(
    rules, iwa, local, secretary, coordinator, django_assert_max_num_queries
):
    client = signed_in(secretary)
    plant(iwa, coordinator, 1)
    client.get(LIST)
    with django_assert_max_num_queries(100) as one:
        client.get(LIST)
    plant(iwa, coordinator, 5)
    with django_assert_max_num_queries(len(one)):
        assert len(client.get(LIST).context["page"].rows) == 6


def test_a_page_asks_the_database_as_often_for_many_sections(
    rules, iwa, local, coordinator, asking, desk, page, django_assert_max_num_queries
):
    desk.get(page)
    with django_assert_max_num_queries(100) as one:
        desk.get(page)
    for number in range(6):
        of = make.organisation(f"Section {number}", "SE")
        row = Consulted.objects.create(consultation=asking.last_consultation, organisation=of)
        consulting.reply(
            row, by=make.secretary(of, f"s{number}@example.org"), answer="for",
            assembly="assembly", decided_on=timezone.localdate(),
        )  # fmt: skip
    with django_assert_max_num_queries(len(one)):
        assert "Section 5" in text(desk, page)


# --- sponsors -------------------------------------------------------------------------------


@pytest.fixture
def sponsorship(iwa, local, secretary):
    request = workflow.submit_request(make.request(iwa))
    return Sponsorship.objects.create(request=request, organisation=local)


def test_a_secretary_finds_who_asks_for_a_sponsor_and_answers(sponsorship, secretary):
    client = signed_in(secretary)
    page = f"/coordination/sponsorships/{sponsorship.pk}/"
    assert page in text(client, LIST)
    shown = text(client, page)
    assert "We organise in kitchens." in shown
    assert not [secret for secret in SECRETS if secret in shown]
    assert client.post(page, {"answer": "given", "note": "Known for years."}).url == LIST
    assert Sponsorship.objects.get().state == "given"
    assert page not in text(client, LIST)
    assert page in text(client, f"{LIST}?state=past")


def test_a_second_answer_is_refused(sponsorship, secretary):
    client, page = signed_in(secretary), f"/coordination/sponsorships/{sponsorship.pk}/"
    client.post(page, {"answer": "refused"})
    response = client.post(page, {"answer": "given"})
    assert (response.status_code, "answered already" in response.content.decode()) == (409, True)
    assert Sponsorship.objects.get().state == "refused"


def test_an_empty_answer_is_named(sponsorship, secretary):
    client, page = signed_in(secretary), f"/coordination/sponsorships/{sponsorship.pk}/"
    assert "Please choose one." in client.post(page, {}).content.decode()
    assert Sponsorship.objects.get().state == "asked"


def test_a_sponsorship_of_others_is_not_found(sponsorship, coordinator, iwa):
    other = make.organisation("Another Local", "SE")
    make.affiliation(other, iwa)
    page = f"/coordination/sponsorships/{sponsorship.pk}/"
    for client in (speaker(other, "other@example.org", "secretary"), signed_in(coordinator)):
        assert client.get(page).status_code == 404
        assert client.post(page, {"answer": "given"}).status_code == 404


# --- sections without anybody here ----------------------------------------------------------


@pytest.fixture
def far(iwa):
    """A section without an account here, only with a public mailbox."""
    made = make.organisation("Far Local", "JP")
    make.affiliation(made, iwa)
    make.contact(made, "office@far.example.org", is_role=True)
    return made


def test_what_a_section_without_anybody_here_wrote_is_recorded_marked_and_told(
    far, desk, page, coordinator, asking
):
    answers = {"answer": "against", "grounds": "By letter of 3 May."}
    assert not desk.get(page).context["sections"]
    row = Consulted.objects.get(organisation=far)
    chosen = f"{page}?section={row.pk}"
    assert f'href="?section={row.pk}#reply"' in desk.get(page).content.decode()
    assert desk.post(page, filled(desk, chosen, **answers)).url == page
    assert "recorded by the coordinators" in text(desk, page)
    [letter] = Letter.objects.filter(template="recorded_for_you")
    assert letter.recipient == "office@far.example.org"
    # With a secretary of its own it speaks for itself, and replaces what was recorded.
    own = speaker(far, "far@example.org", role="secretary")
    assert not desk.get(chosen).context["sections"]
    with pytest.raises(NotYours):
        consulting.reply(
            row, by=coordinator, answer="for", assembly="x", decided_on=LONG_AGO, seen=1
        )
    assert "recorded by the coordinators" in text(own, page)
    assert send(own, page).url == page
    assert [reply.office for reply in row.replies.all()] == ["coordinator", "secretary"]


def test_the_result_says_how_many_replies_were_recorded(far, local, section, desk, page, asking):
    row = Consulted.objects.get(organisation=far)
    # A section that has somebody here is nobody else's to record, nor to be found.
    [other] = Consulted.objects.filter(organisation=local)
    assert not desk.get(f"{page}?section={other.pk}").context["sections"]
    assert desk.post(page, {"section": str(other.pk)}).status_code == 404
    desk.post(page, filled(desk, f"{page}?section={row.pk}"))
    send(section, page)
    consulting.close(asking.last_consultation)
    said = "1 of the replies came in writing and was recorded by the coordinators."
    assert said in text(section, page)


def test_what_a_sponsor_without_a_secretary_wrote_is_recorded_once_marked_and_told(
    far, iwa, desk, coordinator
):
    request = workflow.submit_request(make.request(iwa))
    asked = Sponsorship.objects.create(request=request, organisation=far)
    desk_page = f"/coordination/requests/{request.reference}/"
    page = f"/coordination/sponsorships/{asked.pk}/"
    assert page in desk.get(desk_page).content.decode()
    wrote = {"answer": "given", "came_by": "letter", "answered_on": "2026-05-03", "note": "Yes."}
    assert "Please choose one." in desk.post(page, wrote | {"came_by": ""}).content.decode()
    assert desk.post(page, wrote).url == desk_page
    shown = text(desk, desk_page)
    assert not [word for word in ("recorded by the coordinators", "by letter") if word not in shown]
    told = Letter.objects.filter(template__in=("recorded_for_you", "sponsor_answered"))
    assert {one.recipient for one in told} == {"office@far.example.org", "group@example.org"}
    assert desk.post(page, wrote | {"answer": "refused"}).status_code == 409
    [event] = AuditEvent.objects.filter(record=str(asked.pk))
    assert (event.office, event.actor) == ("coordinator", coordinator.pk)
    assert Sponsorship.objects.get().state == "given"


def test_the_applicant_names_another_sponsor_while_too_few_vouch(iwa, local, far, visitor):
    make.procedure(iwa.statuses.get(slug="friend"), sponsors=1)
    friend = make.organisation("No Section", "SE")
    make.affiliation(friend, iwa, kind="friend")
    request = workflow.submit_request(make.request(iwa, sponsors=[far.slug]))
    prove(visitor, f"/requests/{request.reference}/", "group@example.org")
    page = f"/requests/{request.reference}/sponsor/"
    assert page in visitor.get(f"/requests/{request.reference}/").content.decode()
    for other in (far, friend):
        assert visitor.post(page, {"sponsor": other.slug}).status_code == 200
    assert visitor.post(page, {"sponsor": local.slug}).url == f"/requests/{request.reference}/"
    assert request.sponsorships.count() == 2
    request.sponsorships.filter(organisation=local).update(state="given")
    assert visitor.get(page).status_code == 302
    with pytest.raises(NotOpen):
        sponsoring.name_another(request, friend)


def test_a_secretary_s_program_replies_and_vouches(asking, local, secretary):
    person = signed_in(secretary)
    assert "Tokens" in text(person, LIST)
    given = {"label": "for the mailing list", "days": "30", "may_write": "on"}
    key = person.post("/coordination/tokens/", given).context["text"]
    [(token, is_valid)] = person.get("/coordination/tokens/").context["tokens"]
    assert is_valid
    program = Client(headers={"Authorization": f"Bearer {key}"})
    asked = Sponsorship.objects.create(request=asking, organisation=local)

    def post(path: str, **data):
        return program.post(f"/api/v1/{path}", json.dumps(data), content_type="application/json")

    [row] = program.get("/api/v1/sponsorships/?state=asked").json()["results"]
    assert (row["organisation"], row["reference"]) == (local.slug, asking.reference)
    answered = post(f"sponsorships/{asked.pk}/answer/", answer="given", note="Known for years.")
    assert (answered.json()["state"], answered.json()["is_recorded"]) == ("given", False)
    assert post(f"sponsorships/{asked.pk}/answer/", answer="refused").status_code == 409
    reply = {"answer": "for", "assembly": "general assembly", "decided_on": "2026-05-01"}
    path = f"consultations/{asking.last_consultation.pk}/replies/"
    told = post(path, organisation=local.slug, **reply)
    assert (told.status_code, told.json()["sections"][0]["seen"]) == (201, 1)
    # The request itself is not the section's to read.
    assert program.get(f"/api/v1/requests/{asking.reference}/").status_code == 404
    assert person.post(f"/coordination/tokens/{token.pk}/revoke/").status_code == 302
    assert program.get("/api/v1/sponsorships/").status_code == 401
