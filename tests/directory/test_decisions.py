"""The door of decisions: what each effect brings about, what is refused, what a correction does."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from directory import decisions
from directory.models import (
    Affiliation,
    AsAt,
    Decision,
    Effect,
    Organisation,
    OrganisationLink,
    RegisterEntry,
    Source,
    Suspension,
)
from federation.models import AuditEvent, Federation
from tests import make

DAY = datetime.date(2020, 5, 1)
LATER = datetime.date(2022, 5, 1)
FUTURE = datetime.date(2045, 1, 1)


@pytest.fixture
def union(db: Any) -> Organisation:
    return make.organisation("Cooks", "SE")


def effect(kind: str, organisation: Organisation, **terms: Any) -> dict[str, Any]:
    return {"kind": kind, "organisation": organisation, "on": DAY} | terms


def decide(iwa: Federation, *effects: Any, **fields: Any) -> Decision:
    known = {"body": "congress", "decided_on": DAY, "by": None}
    return decisions.record(federation=iwa, effects=effects, **known | fields)


def status(iwa: Federation, slug: str) -> Any:
    return iwa.statuses.get(slug=slug)


def bonds(of: Organisation) -> list[tuple]:
    """What stands: status, since, until, why it ended; the oldest first."""
    rows = Affiliation.objects.standing().filter(organisation=of).order_by("begins")
    return [(row.status.slug, row.since, row.until, row.end_reason) for row in rows]


def refusal(iwa: Federation, *effects: Any, **fields: Any) -> str:
    """What is said; and nothing is left of it."""
    tables = (Decision, Effect, RegisterEntry, Affiliation, Suspension, Source, AuditEvent)
    tables += (OrganisationLink,)
    before = [table.objects.count() for table in tables]
    with pytest.raises(ValidationError) as refused:
        decide(iwa, *effects, **fields)
    assert [table.objects.count() for table in tables] == before
    return " ".join(refused.value.messages)


# --- what each kind brings about ------------------------------------------------------------


def test_an_organisation_is_admitted_and_stands_in_the_directory(iwa):
    union = make.organisation("Cooks", "SE", visibility="proposed")
    decision = decide(iwa, effect("admit", union, status=status(iwa, "friend")))
    bond = union.affiliations.get()
    assert (bond.status.slug, bond.since, bond.decision) == ("friend", DAY, decision)
    assert bond.source.decision == decision
    assert Organisation.objects.get().visibility == "published"
    assert decision.effects.get().named == {"organisation": "Cooks", "status": "friend"}


def test_a_status_changes_on_a_day_to_come(iwa, union):
    make.affiliation(union, iwa, "friend")
    decide(iwa, effect("change", union, status=status(iwa, "section"), on=FUTURE))
    assert bonds(union) == [
        ("friend", make.LONG_AGO, FUTURE, "change"),
        ("section", FUTURE, None, ""),
    ]
    on = Affiliation.objects.in_force
    assert [bond.status.slug for bond in on(FUTURE - datetime.timedelta(1))] == ["friend"]
    assert [bond.status.slug for bond in on(FUTURE)] == ["section"]


def test_what_has_no_status_cannot_change(iwa, union):
    section = status(iwa, "section")
    said = refusal(iwa, effect("change", union, status=section))
    assert said == "The organisation has no status here that could change."
    make.affiliation(union, iwa)
    said = refusal(iwa, effect("change", union, status=section))
    assert said == "The organisation already has this status."


def test_before_a_change_to_come_nothing_else_is_put(iwa, union):
    make.affiliation(union, iwa, "friend")
    decide(iwa, effect("change", union, status=status(iwa, "section"), on=FUTURE))
    said = refusal(iwa, effect("end", union, reason="withdrawal", on=LATER))
    assert said.startswith("Another decision gives it a status from")
    assert "2045" in said


@pytest.mark.parametrize("reason", ["withdrawal", "lapse", "disaffiliation", "expulsion"])
def test_a_bond_ends(iwa, union, reason):
    make.affiliation(union, iwa)
    decision = decide(iwa, effect("end", union, reason=reason))
    assert bonds(union) == [("section", make.LONG_AGO, DAY, reason)]
    assert union.affiliations.get().end_decision == decision
    assert "no status" in refusal(iwa, effect("end", union, reason=reason, on=LATER))


def test_an_organisation_that_left_comes_back_on_the_day_it_left(iwa, union):
    make.affiliation(union, iwa)
    decide(iwa, effect("end", union, reason="lapse"))
    early = DAY - datetime.timedelta(1)
    friend = status(iwa, "friend")
    assert "already has a status" in refusal(iwa, effect("admit", union, status=friend, on=early))
    decide(iwa, effect("admit", union, status=friend))
    assert [bond[0] for bond in bonds(union)] == ["section", "friend"]


def test_one_decision_does_several_things(iwa, union):
    other = make.organisation("Bakers", "FR")
    make.affiliation(other, iwa)
    decide(
        iwa,
        effect("admit", union, status=status(iwa, "friend")),
        effect("end", other, reason="expulsion"),
    )
    assert bonds(union) == [("friend", DAY, None, "")]
    assert bonds(other) == [("section", make.LONG_AGO, DAY, "expulsion")]


def test_where_a_late_effect_is_refused_nothing_is_half_written(iwa, union):
    other = make.organisation("Bakers")
    with pytest.raises(ValidationError) as refused:
        decide(
            iwa,
            effect("admit", union, status=status(iwa, "friend")),
            effect("end", other, reason="lapse"),
        )
    assert refused.value.effect == 1
    refusal(
        iwa,
        effect("admit", union, status=status(iwa, "friend")),
        effect("suspend", other),
    )
    assert bonds(union) == []


def test_who_is_not_admitted_keeps_what_it_has(iwa, union):
    make.affiliation(union, iwa, "friend")
    decide(iwa, effect("decline", union, status=status(iwa, "section")))
    assert bonds(union) == [("friend", make.LONG_AGO, None, "")]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"kind": "admit"}, "status"),
        ({"kind": "end"}, "reason"),
        ({"kind": "merge"}, "other"),
        ({"kind": "marry"}, "kind"),
        ({"kind": "suspend", "until": DAY}, "until"),
        ({"kind": "suspend", "on": None}, "on"),
        ({"kind": "admit", "status": "theirs"}, "status"),
        ({"kind": "continue", "other": "itself"}, "other"),
    ],
)
def test_each_kind_has_what_it_needs(iwa, asi, union, terms, field):
    make.affiliation(union, iwa)
    known = {"theirs": status(asi, "section"), "itself": union}
    terms = {name: known.get(value, value) for name, value in terms.items()}
    with pytest.raises(ValidationError) as refused:
        decide(iwa, effect("", union) | terms)
    assert field in refused.value.message_dict
    assert not Decision.objects.exists()


def test_a_meeting_of_another_federation_is_refused(iwa, asi):
    assert refusal(iwa, meeting=make.meeting(asi)) == "This is a meeting of another federation."


def test_nothing_is_decided_on_a_day_to_come(iwa):
    assert refusal(iwa, decided_on=FUTURE) == "This day has not come yet."


# --- one for each country -------------------------------------------------------------------


def test_a_second_one_in_a_country_needs_a_recorded_waiver(iwa, union):
    section = status(iwa, "section")
    section.is_one_per_country = True
    section.save()
    make.affiliation(union, iwa)
    second = make.organisation("Bakers", "SE", "NO")
    said = refusal(iwa, effect("admit", second, status=section))
    assert "in this one there is Cooks already" in said
    assert "Cooks" in refusal(iwa, effect("admit", second, status=section, waiver="  "))
    decide(iwa, effect("admit", make.organisation("Sailors", "NO"), status=section))
    decide(iwa, effect("admit", second, status=section, waiver="Both agreed.", on=LATER))
    assert Effect.objects.get(organisation=second).waiver == "Both agreed."


def test_one_that_leaves_on_the_day_makes_room(iwa, union):
    section = status(iwa, "section")
    section.is_one_per_country = True
    section.save()
    make.affiliation(union, iwa)
    second = make.organisation("Bakers", "SE")
    decide(iwa, effect("continue", second, other=union))
    assert bonds(second) == [("section", DAY, None, "")]


# --- suspension -----------------------------------------------------------------------------


def can_vote(on: datetime.date) -> bool:
    return Affiliation.objects.with_right("votes", on).exists()


def test_of_the_suspended_the_rights_rest_and_the_bond_stands(iwa, union):
    bond = make.affiliation(union, iwa)
    decision = decide(iwa, effect("suspend", union))
    assert not can_vote(DAY)
    assert can_vote(DAY - datetime.timedelta(1))
    assert Affiliation.objects.as_at(DAY).get(pk=bond.pk).answer == AsAt.YES
    decide(iwa, effect("restore", union, on=LATER))
    assert can_vote(LATER)
    assert not can_vote(LATER - datetime.timedelta(1))
    row = Suspension.objects.get()
    assert (row.decision, row.until) == (decision, LATER)


def test_the_suspended_say_so_wherever_their_status_stands(iwa, union, visitor):
    make.affiliation(union, iwa)
    decide(iwa, effect("suspend", union))
    said = "suspended since 1 May 2020: its rights rest"
    pages = ("/organisations/", "/federations/iwa/", f"{union.get_absolute_url()}")
    for url in pages:
        assert said in visitor.get(url).content.decode().replace("Suspended", "suspended"), url
    for url in pages[:2]:
        assert said not in visitor.get(f"{url}?on=2020-04-30").content.decode(), url
    [bond] = visitor.get("/api/v1/affiliations/").json()["results"]
    assert bond["suspended"] is True


def test_a_suspension_may_end_on_a_fixed_day(iwa, union):
    make.affiliation(union, iwa)
    decide(iwa, effect("suspend", union, until=LATER))
    assert can_vote(LATER)
    assert "not suspended" in refusal(iwa, effect("restore", union, on=LATER))
    assert "suspended already" in refusal(iwa, effect("suspend", union, on=make.LONG_AGO))
    decide(iwa, effect("suspend", union, on=LATER))
    assert not can_vote(LATER)


def test_only_what_has_a_status_on_that_day_is_suspended(iwa, union):
    said = "The organisation has no status here on that day."
    assert refusal(iwa, effect("suspend", union)) == said
    make.affiliation(union, iwa, since=LATER)
    assert refusal(iwa, effect("suspend", union)) == said
    decide(iwa, effect("suspend", union, on=LATER))


def test_nothing_is_restored_that_is_not_suspended(iwa, union):
    make.affiliation(union, iwa)
    said = "The organisation is not suspended on that day."
    assert refusal(iwa, effect("restore", union)) == said


def test_a_suspension_ends_with_the_bond(iwa, union):
    make.affiliation(union, iwa)
    decide(iwa, effect("suspend", union))
    expelled = decide(iwa, effect("end", union, reason="expulsion", on=LATER))
    row = Suspension.objects.get()
    assert (row.until, row.end_decision) == (LATER, expelled)
    decide(iwa, effect("admit", union, status=status(iwa, "section"), on=FUTURE))
    assert can_vote(FUTURE)


def test_a_suspension_to_come_never_begins_if_the_bond_ends_before(iwa, union):
    make.affiliation(union, iwa)
    decide(iwa, effect("suspend", union, on=LATER))
    end = decide(iwa, effect("end", union, reason="withdrawal"))
    assert not Suspension.objects.standing().exists()
    decide(iwa, corrects=end, correction_note="It stayed.")
    row = Suspension.objects.standing().get()
    assert (row.since, row.until, row.end_decision) == (LATER, None, None)


def test_who_leaves_soon_is_suspended_until_then_at_most(iwa, union):
    make.affiliation(union, iwa)
    end = decide(iwa, effect("end", union, reason="withdrawal", on=FUTURE))
    decide(iwa, effect("suspend", union))
    assert Suspension.objects.get().until == FUTURE
    decide(iwa, corrects=end, correction_note="It stays.")
    assert Suspension.objects.get().until is None


def test_a_suspension_outlasts_a_change_of_status(iwa, union):
    make.affiliation(union, iwa)
    make.status(iwa, "section", slug="full", votes=True)
    decide(iwa, effect("suspend", union))
    decide(iwa, effect("change", union, status=status(iwa, "full"), on=LATER))
    assert not can_vote(LATER)


# --- one organisation and another -----------------------------------------------------------


def links() -> list[tuple[str, str, str]]:
    rows = OrganisationLink.objects.all()
    return [(row.organisation.name, row.kind, row.other.name) for row in rows]


def test_one_continues_another_with_its_status(iwa, union):
    old = make.organisation("Old Cooks")
    make.affiliation(old, iwa)
    decide(iwa, effect("continue", union, other=old))
    assert bonds(old) == [("section", make.LONG_AGO, DAY, "merger")]
    assert bonds(union) == [("section", DAY, None, "")]
    assert links() == [("Cooks", "succeeds", "Old Cooks")]
    link = OrganisationLink.objects.get()
    assert (link.since, link.source.decision) == (DAY, Decision.objects.get())


def test_one_goes_into_another_that_keeps_its_status(iwa, union):
    small = make.organisation("Small Cooks")
    make.affiliation(small, iwa, "friend")
    make.affiliation(union, iwa)
    decide(iwa, effect("merge", small, other=union))
    assert bonds(small) == [("friend", make.LONG_AGO, DAY, "merger")]
    assert bonds(union) == [("section", make.LONG_AGO, None, "")]
    assert links() == [("Small Cooks", "merged_into", "Cooks")]


def test_two_go_into_a_third_one_that_gets_the_status(iwa, union):
    first, second = make.organisation("First"), make.organisation("Second")
    make.affiliation(first, iwa)
    make.affiliation(second, iwa)
    section = status(iwa, "section")
    decide(
        iwa,
        effect("merge", first, other=union, status=section),
        effect("merge", second, other=union, status=section),
    )
    assert bonds(union) == [("section", DAY, None, "")]
    assert len(links()) == 2


def test_one_comes_out_of_another(iwa, union):
    make.affiliation(union, iwa)
    part = make.organisation("Pastry Cooks")
    decide(iwa, effect("split", part, other=union, status=status(iwa, "friend")))
    assert (bonds(part), bonds(union)) == (
        [("friend", DAY, None, "")],
        [("section", make.LONG_AGO, None, "")],
    )
    assert links() == [("Pastry Cooks", "split_from", "Cooks")]


# --- corrections ----------------------------------------------------------------------------


def test_what_a_decision_did_is_taken_back_and_stays_legible(iwa, union):
    make.affiliation(union, iwa, "friend")
    wrong = decide(iwa, effect("change", union, status=status(iwa, "section")))
    right = decide(
        iwa,
        effect("change", union, status=status(iwa, "section"), on=LATER),
        corrects=wrong,
        correction_note="From 2022 on.",
    )
    assert bonds(union) == [
        ("friend", make.LONG_AGO, LATER, "change"),
        ("section", LATER, None, ""),
    ]
    void = Affiliation.objects.filter(is_void=True, status__slug="section").get()
    assert (void.since, void.decision, void.void_note) == (DAY, wrong, "From 2022 on.")
    assert wrong.corrected_by == right
    assert wrong.effects.get().on == DAY


def test_a_correction_without_effects_takes_all_of_it_back(iwa, union):
    other = make.organisation("Bakers")
    make.affiliation(other, iwa)
    make.affiliation(union, iwa)
    wrong = decide(
        iwa,
        effect("suspend", union),
        effect("end", other, reason="lapse"),
        effect("split", make.organisation("New"), other=other, status=status(iwa, "friend")),
    )
    decide(iwa, corrects=wrong, correction_note="Never decided.")
    assert bonds(other) == bonds(union) == [("section", make.LONG_AGO, None, "")]
    assert (can_vote(LATER), links(), bonds(Organisation.objects.get(name="New"))) == (True, [], [])


def test_a_restoration_taken_back_leaves_the_suspension_as_it_was(iwa, union):
    make.affiliation(union, iwa)
    decide(iwa, effect("suspend", union, until=FUTURE))
    restored = decide(iwa, effect("restore", union, on=LATER))
    decide(iwa, corrects=restored, correction_note="Not yet.")
    assert Suspension.objects.get().until == FUTURE


def test_where_only_the_words_were_wrong_everything_stands(iwa, union):
    admitted = effect("admit", union, status=status(iwa, "section"))
    wrong = decide(iwa, admitted, reference="7")
    decide(iwa, effect("suspend", union, on=LATER))
    right = decide(iwa, admitted, reference="8", corrects=wrong, correction_note="It was 8.")
    bond = Affiliation.objects.standing().get()
    assert (bond.since, bond.decision, bond.source.decision) == (DAY, right, right)
    assert Suspension.objects.standing().exists()
    again = decide(iwa, admitted, reference="9", corrects=right, correction_note="It was 9.")
    assert Affiliation.objects.standing().get().decision == again


def test_a_bond_recorded_by_hand_follows_the_correction(iwa, union):
    """It rests on a decision of the past, which says nothing of what it did."""
    old = decide(iwa, decided_on=make.LONG_AGO)
    make.affiliation(union, iwa, decision=old)
    new = decide(iwa, decided_on=make.LONG_AGO, place="Oslo", corrects=old, correction_note="Oslo.")
    bond = Affiliation.objects.standing().get()
    assert (bond.decision, bond.source.title) == (new, "Members page")


LATER_ONES = {
    "it changed again": lambda iwa, union: effect(
        "change", union, status=status(iwa, "section"), on=LATER
    ),
    "it ended": lambda iwa, union: effect("end", union, reason="lapse", on=LATER),
    "it was suspended": lambda iwa, union: effect("suspend", union, on=LATER),
}


@pytest.mark.parametrize("name", LATER_ONES)
def test_what_a_later_decision_rests_on_is_not_taken_back(iwa, union, name):
    wrong = decide(iwa, effect("admit", union, status=status(iwa, "friend")))
    later = decide(iwa, LATER_ONES[name](iwa, union))
    said = refusal(iwa, corrects=wrong, correction_note="x")
    assert said == "A later decision rests on what this one did. Correct the later one first."
    decide(iwa, corrects=later, correction_note="x")
    decide(iwa, corrects=wrong, correction_note="x")
    assert (bonds(union), Suspension.objects.standing().count()) == ([], 0)


def test_an_end_is_not_taken_back_when_it_came_back_meanwhile(iwa, union):
    make.affiliation(union, iwa)
    ended = decide(iwa, effect("end", union, reason="lapse"))
    decide(iwa, effect("admit", union, status=status(iwa, "friend"), on=LATER))
    assert "later decision rests" in refusal(iwa, corrects=ended, correction_note="x")


def test_a_suspension_is_not_taken_back_after_its_restoration(iwa, union):
    make.affiliation(union, iwa)
    suspended = decide(iwa, effect("suspend", union))
    decide(iwa, effect("restore", union, on=LATER))
    assert "later decision rests" in refusal(iwa, corrects=suspended, correction_note="x")


def test_a_correction_says_what_was_wrong_once_and_in_its_own_federation(iwa, asi):
    wrong, theirs = decide(iwa), decide(asi)
    assert "Say what was wrong" in refusal(iwa, corrects=wrong)
    assert "another federation" in refusal(iwa, corrects=theirs, correction_note="x")
    decide(iwa, corrects=wrong, correction_note="x")
    assert "corrected already" in refusal(iwa, corrects=wrong, correction_note="x")


def test_a_correction_that_cannot_stand_changes_nothing(iwa, union):
    wrong = decide(iwa, effect("admit", union, status=status(iwa, "friend")))
    bad = effect("end", make.organisation("Bakers"), reason="lapse")
    refusal(iwa, bad, corrects=wrong, correction_note="x")
    assert bonds(union) == [("friend", DAY, None, "")]


def test_a_correction_brings_back_no_second_one_in_a_country(iwa):
    iwa.statuses.filter(slug="section").update(is_one_per_country=True)
    first, second = make.organisation("First", "SE"), make.organisation("Second", "SE")
    make.affiliation(first, iwa)
    end = decide(iwa, effect("end", first, reason="withdrawal"))
    admitted = decide(iwa, effect("admit", second, status=status(iwa, "section")))
    with pytest.raises(ValidationError, match="in this one there is Second already"):
        decide(iwa, corrects=end, correction_note="It stayed.")
    assert [bond[3] for bond in bonds(first)] == ["withdrawal"]
    decide(iwa, corrects=admitted, correction_note="It was not admitted.")
    decide(iwa, corrects=end, correction_note="It stayed.")
    assert [bond[3] for bond in bonds(first)] == [""]
