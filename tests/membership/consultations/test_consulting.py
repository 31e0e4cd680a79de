"""Sections are asked once, reply as organisations, and the result is frozen."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory import decisions
from federation.models import AuditEvent, Letter
from federation.states import NotOpen, NotYours, Overtaken
from membership.consultations import consulting
from membership.models import Consultation, Consulted, Sponsorship
from membership.requests import deciding, sponsoring, workflow
from tests import make

TODAY = datetime.date(2026, 5, 4)


@pytest.fixture(autouse=True)
def _on_a_day():
    with time_machine.travel(datetime.datetime(2026, 5, 4, 12, tzinfo=datetime.UTC)):
        yield


def later(days: int):
    return time_machine.travel(timezone.now() + datetime.timedelta(days=days))


def section(of, name: str, *countries: str, **bond):
    made = make.organisation(name, *(countries or ("SE",)))
    make.affiliation(made, of, **bond)
    return made


def rules(of, **fields):
    return make.procedure(
        of.statuses.get(slug="friend"), **{"consulted": "all", "consultation_days": 28} | fields
    )


def consulted(of, coordinator, **answers):
    """A request whose consultation has just begun."""
    request = workflow.submit_request(make.request(of, **answers))
    return workflow.consult(request, by=coordinator)


def asked(request) -> list[str]:
    rows = request.last_consultation.consulted.order_by("organisation__name")
    return [row.organisation.name for row in rows]


def say(row: Consulted, by, answer: str = "for", **fields):
    given = {"assembly": "general assembly", "decided_on": TODAY, "seen": row.replies.count()}
    return consulting.reply(row, by=by, answer=answer, **given | fields)


@pytest.fixture
def asking(iwa, local, secretary, coordinator):
    """A request about which the one section, with its secretary, has just been asked."""
    rules(iwa)
    return consulted(iwa, coordinator)


@pytest.fixture
def row(asking):
    return Consulted.objects.get()


# --- who is asked ---------------------------------------------------------------------------


def test_the_sections_that_may_vote_on_the_opening_day_are_asked(iwa, coordinator):
    section(iwa, "Section")
    section(iwa, "Friend", kind="friend")
    section(iwa, "Gone").affiliations.update(until=TODAY, end_reason="lapse")
    section(iwa, "To come", since=TODAY + datetime.timedelta(days=1))
    section(iwa, "Begins today", since=TODAY)
    make.status(iwa, "section", slug="mute", votes=False)
    make.status(iwa, "section", slug="unsaid", votes=None)
    section(iwa, "Without a vote", kind="mute")
    section(iwa, "Vote not laid down", kind="unsaid")
    section(make.federation("other"), "Elsewhere")
    rules(iwa)
    request = consulted(iwa, coordinator)
    assert asked(request) == ["Begins today", "Section", "Vote not laid down"]
    opened = request.last_consultation
    assert (opened.opens_on, opened.closes_on) == (TODAY, TODAY + datetime.timedelta(days=28))


def test_a_suspended_section_is_not_asked(iwa, coordinator):
    resting, back = section(iwa, "Resting"), section(iwa, "Back again")
    for organisation, until in ((resting, None), (back, TODAY)):
        decisions.record(
            federation=iwa, body="congress", decided_on=make.LONG_AGO, by=coordinator,
            effects=[{"kind": "suspend", "organisation": organisation, "on": make.LONG_AGO,
                "until": until}],
        )  # fmt: skip
    rules(iwa)
    assert asked(consulted(iwa, coordinator)) == ["Back again"]


def test_the_organisation_concerned_is_not_asked_about_itself(iwa, coordinator):
    asks = section(iwa, "Asks for another status")
    section(iwa, "Another")
    rules(iwa)
    request = make.request(iwa, organisation_slug=asks.slug)
    request = workflow.consult(workflow.submit_request(request), by=coordinator)
    assert (request.organisation, asked(request)) == (asks, ["Another"])


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("all", ["Chile", "Germany", "Slovenia and Chile", "nowhere"]),
        ("country", ["Slovenia and Chile"]),
        ("region", ["Germany", "Slovenia and Chile"]),
    ],
)
def test_the_procedure_says_which_sections(iwa, coordinator, who, expected):
    """The applicant is in Slovenia and Austria."""
    section(iwa, "Germany", "DE")
    section(iwa, "Chile", "CL")
    section(iwa, "Slovenia and Chile", "SI", "CL")
    make.affiliation(make.organisation("nowhere"), iwa)
    rules(iwa, consulted=who)
    assert asked(consulted(iwa, coordinator, countries=["SI", "AT"])) == expected


def test_about_an_organisation_of_no_country_all_sections_are_asked(iwa, coordinator):
    section(iwa, "Germany", "DE")
    rules(iwa, consulted="country")
    request = workflow.submit_request(make.request(iwa))
    request.organisation.countries.all().delete()
    assert asked(workflow.consult(request, by=coordinator)) == ["Germany"]


def test_where_nobody_is_entitled_nothing_stands_in_the_way(iwa, coordinator):
    rules(iwa, is_binding=True)
    request = consulted(iwa, coordinator)
    consultation = request.last_consultation
    assert (request.state, consultation.outcome) == ("submitted", "passed")
    assert [step.verb for step in request.steps.all()] == ["submit", "consult", "expire"]
    assert not Letter.objects.filter(template="consultation_opened").exists()
    deciding.accept_request(request, by=coordinator, body="congress", decided_on=TODAY)


def test_who_joins_later_is_not_asked(asking, iwa):
    section(iwa, "Late comer", since=TODAY)
    assert asked(asking) == ["Örestad Local"]


def test_secretaries_and_delegates_get_one_letter(iwa, coordinator):
    for name in ("One", "Two"):
        of = section(iwa, name)
        person = make.secretary(of, f"secretary@{name.lower()}.example.org")
        make.office(of, person, role="delegate")
        make.secretary(of, f"delegate@{name.lower()}.example.org", role="delegate")
        make.secretary(of, f"treasurer@{name.lower()}.example.org", role="treasurer")
        make.secretary(of, f"former@{name.lower()}.example.org", until=TODAY)
    make.office(of, person)
    rules(iwa)
    request = consulted(iwa, coordinator)
    letters = [one for one in Letter.objects.all() if one.template == "consultation_asked"]
    assert sorted(letter.recipient for letter in letters) == [
        "delegate@one.example.org", "delegate@two.example.org",
        "secretary@one.example.org", "secretary@two.example.org",
    ]  # fmt: skip
    page = f"/coordination/consultations/{request.last_consultation.pk}/"
    assert all(page in letter.body and request.reference in letter.subject for letter in letters)


# --- replying -------------------------------------------------------------------------------


def test_a_reply_is_the_organisations_and_says_by_which_assembly(row, secretary):
    made = say(row, secretary, "against", grounds="Too early.", assembly="assembly of May")
    assert (made.number, made.answer, made.office, made.by) == (
        1, "against", "secretary", secretary.pk,
    )  # fmt: skip
    assert (made.grounds, made.assembly, made.is_late) == ("Too early.", "assembly of May", False)
    event = AuditEvent.objects.get(model="membership.Reply")
    assert (event.actor, event.federation_slug) == (secretary.pk, "iwa")


def test_a_delegate_replies_too(row, local):
    delegate = make.secretary(local, "delegate@example.org", role="delegate")
    assert say(row, delegate).office == "delegate"


def test_until_the_last_day_the_newest_reply_counts_and_all_are_kept(row, secretary, asking):
    say(row, secretary, "against")
    with later(28):
        say(row, secretary, "for")
        assert consulting.count(asking.last_consultation)["for"] == 1
    assert [reply.answer for reply in row.replies.all()] == ["against", "for"]


def test_after_the_last_day_a_reply_is_late_and_does_not_count(row, secretary, asking):
    say(row, secretary, "against")
    with later(29):
        assert say(row, secretary, "for").is_late
        workflow.conclude(asking)
        counts = asking.last_consultation.counts
    assert (counts["against"], counts["for"], counts["late"]) == (1, 0, 1)


def test_a_reply_after_the_count_changes_no_result(row, secretary, coordinator, asking):
    say(row, secretary, "against")
    workflow.conclude(asking, by=coordinator)
    before = Consultation.objects.values("counts", "outcome").get()
    assert say(row, secretary, "for").is_late
    assert Consultation.objects.values("counts", "outcome").get() == before


def test_when_it_is_decided_no_reply_is_taken_any_more(row, secretary, coordinator, asking):
    say(row, secretary)
    workflow.conclude(asking, by=coordinator)
    deciding.accept_request(asking, by=coordinator, body="congress", decided_on=TODAY)
    with pytest.raises(NotOpen):
        say(row, secretary, "against")


def test_an_objection_needs_its_grounds(row, secretary):
    with pytest.raises(ValidationError, match="needs its grounds"):
        say(row, secretary, "objection", grounds=" ")
    assert say(row, secretary, "objection", grounds="They broke a strike.").number == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "maybe"},
        {"answer": ""},
        {"assembly": ""},
        {"assembly": "x" * 201},
        {"decided_on": TODAY + datetime.timedelta(days=1)},
        {"decided_on": None},
        {"grounds": "x" * 5001},
        {"grounds": "\0"},
    ],
)
def test_a_reply_that_says_nothing_clear_is_refused(row, secretary, wrong):
    with pytest.raises(ValidationError):
        say(row, secretary, **{"answer": "for"} | wrong)
    assert not row.replies.exists()


def test_nobody_else_replies_for_a_section(row, iwa, local, coordinator, outsider):
    other = make.secretary(section(iwa, "Another"), "other@example.org")
    strangers = [
        other, coordinator, outsider, make.user("nobody@example.org"),
        make.user("operator@example.org", is_superuser=True),
        make.secretary(local, "treasurer@example.org", role="treasurer"),
        make.secretary(local, "former@example.org", until=TODAY),
        make.secretary(local, "resting@example.org", is_suspended=True),
        make.secretary(local, "next@example.org", since=TODAY + datetime.timedelta(days=1)),
    ]  # fmt: skip
    for person in strangers:
        with pytest.raises(NotYours):
            say(row, person)
    assert not row.replies.exists()


def test_who_did_not_see_the_last_reply_is_told(row, secretary, local):
    say(row, secretary, "against")
    with pytest.raises(Overtaken) as refusal:
        say(row, make.secretary(local, "delegate@example.org", role="delegate"), seen=0)
    assert [reply.answer for reply in refusal.value.since] == ["against"]
    assert row.replies.count() == 1


# --- closing --------------------------------------------------------------------------------


def test_before_the_last_day_it_is_closed_only_when_all_have_replied(
    row, secretary, coordinator, asking
):
    with pytest.raises(NotOpen, match="still have time"):
        workflow.conclude(asking, by=coordinator)
    say(row, secretary)
    assert workflow.conclude(asking, by=coordinator).state == "submitted"


def test_the_result_is_frozen(row, secretary, coordinator, asking):
    say(row, secretary)
    workflow.conclude(asking, by=coordinator)
    closed = asking.last_consultation
    assert closed.counts == {
        "entitled": 1, "for": 1, "against": 0, "abstain": 0, "objection": 0, "silent": 0, "late": 0,
    }  # fmt: skip
    assert consulting.close(closed).closed_at == closed.closed_at


def test_withdrawing_breaks_it_off(row, secretary, asking):
    workflow.withdraw(asking)
    ended = Consultation.objects.get()
    assert (ended.closed_at is None, ended.outcome, ended.counts) == (False, "", {})
    with pytest.raises(NotOpen):
        say(row, secretary)


def test_a_result_that_binds_forbids_to_accept(iwa, local, secretary, coordinator):
    rules(iwa, is_binding=True)
    request = consulted(iwa, coordinator)
    say(Consulted.objects.get(), secretary, "against")
    request = workflow.conclude(request, by=coordinator)
    with pytest.raises(NotOpen, match="result binds"):
        deciding.accept_request(request, by=coordinator, body="congress", decided_on=TODAY)


# --- sponsors -------------------------------------------------------------------------------


@pytest.fixture
def sponsorship(iwa, local, secretary):
    request = workflow.submit_request(make.request(iwa))
    return Sponsorship.objects.create(request=request, organisation=local)


def test_a_secretary_vouches_and_the_applicant_gets_word(sponsorship, secretary):
    sponsoring.answer_sponsorship(sponsorship, by=secretary, vouches=True, note="We know them.")
    kept = Sponsorship.objects.get()
    assert (kept.state, kept.note, kept.by) == ("given", "We know them.", secretary.pk)
    letter = Letter.objects.get(template="sponsor_answered")
    assert (letter.recipient, "know them" in letter.body) == ("group@example.org", False)


def test_it_is_answered_once(sponsorship, secretary):
    sponsoring.answer_sponsorship(sponsorship, by=secretary, vouches=False)
    with pytest.raises(NotOpen, match="answered already"):
        sponsoring.answer_sponsorship(sponsorship, by=secretary, vouches=True)
    assert Sponsorship.objects.get().state == "refused"


def test_nobody_else_vouches(sponsorship, coordinator, iwa):
    other = make.secretary(section(iwa, "Another"), "other@example.org")
    for person in (other, coordinator, make.user("nobody@example.org")):
        with pytest.raises(NotYours):
            sponsoring.answer_sponsorship(sponsorship, by=person, vouches=True)
    assert Sponsorship.objects.get().state == "asked"


def test_for_a_request_that_ended_nobody_vouches(sponsorship, secretary):
    workflow.withdraw(sponsorship.request)
    with pytest.raises(NotOpen, match="has ended"):
        sponsoring.answer_sponsorship(sponsorship, by=secretary, vouches=True)
