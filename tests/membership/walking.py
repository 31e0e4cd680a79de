"""For the random walk: what may be tried about affiliated organisations, and what must hold."""

import datetime
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from django.db.models import F
from django.utils import timezone

from directory import decisions
from directory.corrections import TERMS
from directory.models import Affiliation, AsAt, Decision, Organisation, Suspension
from federation.states import RULE
from membership.desk import meetings
from membership.models import Proceeding
from membership.proceedings import leaving, seconding
from membership.proceedings.opening import open_proceeding
from membership.proceedings.outcomes import NEXT, OUTCOMES, Outcome, Verdict

Act = Callable[[Proceeding], Any]


class OfAffiliated:
    """Proceedings, the days of meetings, and corrections. A part of the walk, which has the rest:
    the dice, the people, their words and days."""

    chance: Any
    federation: Any
    coordinators: list[Any]
    secretaries: list[Any]
    stranger: Any
    meetings: list[Any]
    section: Any
    friend: Any
    anybody: Callable[[], Any]
    words: Callable[[], str]
    day: Callable[[], datetime.date]

    # --- what may be tried

    def begin(self) -> Proceeding:
        """Somebody opens a proceeding: about anybody, and mostly about who has a status."""
        pick = self.chance.choice
        ours = Affiliation.objects.standing().filter(federation=self.federation, until=None)
        near = list(Organisation.objects.filter(pk__in=ours.values("organisation")).order_by("pk"))
        everybody = list(Organisation.objects.order_by("pk"))
        return open_proceeding(
            kind=pick(Proceeding.Kind.values),
            organisation=pick(near if near and self.chance.random() < 0.9 else everybody),
            federation=self.federation,
            by=pick((*self.coordinators * 3, *self.secretaries, self.stranger)),
            grounds=self.words().strip() or "It is time.",
            wanted_on=pick((None, timezone.localdate(), self.later())),
            other=pick((None, *everybody)),
            status=pick((None, self.section, self.friend)),
            assembly=pick(("", "General assembly")),
        )

    def later(self) -> datetime.date:
        return self.day() + datetime.timedelta(days=90)

    def acts_about(self, about: Proceeding) -> list[Act]:
        now = Proceeding.objects.get(pk=about.pk).step
        terms = {"note": self.words(), "seen": self.chance.choice((None, now, max(now - 1, 0)))}
        keeper = self.chance.choice((*self.secretaries, self.stranger, self.coordinators[0]))
        meeting = self.chance.choice(self.meetings)
        until = self.chance.choice((self.day(), self.later()))
        by = self.anybody()
        return [
            lambda p: leaving.hear(p, by=by, until=until, **terms),
            lambda p: leaving.speak(p, by=keeper, **terms),
            lambda p: leaving.speak(p, by=keeper, **terms),
            lambda p: leaving.consult(p, by=by, **terms),
            lambda p: leaving.conclude(p, by=self.chance.choice((by, RULE)), **terms),
            lambda p: leaving.defer(p, by=by, meeting=meeting, **terms),
            lambda p: leaving.drop(p, by=by, **terms),
            lambda p: leaving.retract(p, by=keeper, **terms),
            lambda p: leaving.appeal(p, by=keeper, **terms),
            self.other_says(terms),
            *[lambda p: self.decide(p, by, **terms)] * 5,
            *[lambda p: self.second(p, by)] * 2,
            self.weeks_pass,
        ]

    def decide(self, about: Proceeding, by: Any, **terms: Any) -> None:
        before = Proceeding.objects.get(pk=about.pk)
        how = self.decided(before)
        self.look_at_decided(before, leaving.decide(about, by=by, **terms, **how), how)

    def second(self, about: Proceeding, by: Any) -> None:
        """What waits for a second person, if anything does."""
        before = Proceeding.objects.get(pk=about.pk)
        prepared = seconding.prepared_now(before)
        if prepared is None:
            return
        how, first = seconding.terms_of(prepared), prepared.by
        self.look_at_decided(before, seconding.confirm(prepared, by=by), how)
        assert by.pk != first, "two are two"

    def look_at_decided(self, before: Proceeding, done: Proceeding, how: dict[str, Any]) -> None:
        """The body is the one that the rules name, and nobody was passed over."""
        if done.state != "decided":
            return
        verdict, body, named = how["verdict"], how["body"], before.deciding_body
        meanwhile = verdict.outcome == Outcome.SUSPEND and body == "secretariat"
        assert body == named or not named or verdict.status or (meanwhile and how["leads_to"])
        if verdict.outcome != Outcome.KEEP and before.kind in Proceeding.NEEDS_OTHER:
            silent_for = timezone.now() - before.opened_at
            assert before.other_agrees or (
                before.other_agrees is None and silent_for > datetime.timedelta(days=13)
            ), "nobody is merged against their will"

    def other_says(self, terms: dict[str, Any]) -> Act:
        """Somebody speaks for the other organisation, mostly one who may."""
        said = self.chance.choice((leaving.agree, leaving.agree, leaving.object_to, leaving.attest))
        anybody = (*self.secretaries, *self.coordinators, self.stranger)

        def says(about: Proceeding) -> Any:
            others = [person for person in about.others() if self.chance.random() < 0.8]
            return said(about, by=self.chance.choice(others or anybody), **terms)

        return says

    def decided(self, about: Proceeding) -> dict[str, Any]:
        pick, some = self.chance.choice, list(Organisation.objects.order_by("pk"))
        own = [*OUTCOMES[about.kind]] * 8
        verdict = Verdict(
            outcome=pick((*own, *Outcome)),
            decided_on=self.day(),
            on=pick((None, None, self.day(), self.later())),
            until=pick((None, None, self.later())),
            status=pick((None, self.section, self.friend)),
            waiver=pick(("", "The congress said so.")),
            parts=pick(((), (), (pick(some),))),
            ends=pick((True, False)),
        )
        fitting = about.deciding_body or "congress"
        body = pick(("congress", "plenary", "secretariat", "", *[fitting] * 6))
        return {
            "verdict": verdict, "body": body, "meeting": pick((None, *self.meetings)),
            "leads_to": pick(("", "", *NEXT)) if verdict.outcome == Outcome.SUSPEND else "",
        }  # fmt: skip

    def weeks_pass(self, about: Proceeding) -> None:
        """What has a deadline has missed it."""
        gone = datetime.timedelta(days=99)
        mine = Proceeding.objects.filter(pk=about.pk)
        mine.update(hearing_until=F("hearing_until") - gone, opened_at=F("opened_at") - gone / 6)
        about.consultations.filter(closed_at=None).update(
            closes_on=F("closes_on") - gone, opens_on=F("opens_on") - gone
        )

    def move_meeting(self) -> None:
        """A meeting is put on another day, or loses it: what hangs on it moves along."""
        meeting = self.chance.choice(self.meetings)
        first = self.chance.choice((None, self.day(), self.later()))
        last = self.chance.choice((None, first)) if first else None
        meeting.day, meeting.ends_on = first, last and last + datetime.timedelta(days=2)
        meetings.save(meeting, by=self.coordinators[0], fields=["day"])
        for one in Proceeding.objects.filter(meeting=meeting, state="deferred"):
            assert one.due == (meeting.ends_on or meeting.day)

    def correct(self) -> None:
        """Some decision is corrected: its words, its day, or that it was made at all."""
        made = self.federation.decisions.order_by("-pk")[:20]
        if not made:
            return
        old = self.chance.choice(list(made))
        same = [{name: getattr(one, name) for name in TERMS} for one in old.effects.all()]
        another_day = self.day()
        moved = [row | {"on": another_day} for row in same]
        decisions.record(
            federation=self.federation,
            body=old.body,
            decided_on=self.day(),
            by=self.coordinators[0],
            effects=self.chance.choice((same, moved, [])),
            corrects=old,
            correction_note=self.words().strip(),
        )

    # --- what must hold

    def look_into(self, about: Proceeding) -> None:
        row = Proceeding.objects.get(pk=about.pk)
        steps = list(row.steps.all())
        assert [step.number for step in steps] == list(range(1, row.step + 1))
        assert (steps[-1].target if steps else "open") == row.state
        assert all(earlier.target == later.source for earlier, later in pairwise(steps))
        for step in steps:
            rule = Proceeding.move_named(step.verb)
            assert step.source in rule.sources
            assert (step.by is None) == (rule.who == "rule"), "every step names its office"
            assert step.note.strip() or not rule.reason
        verbs = [step.verb for step in steps]
        assert (row.decision is not None) == ("decide" in verbs)
        assert row.state == "decided" or row.decision is None or verbs.count("appeal") == 1
        running = row.consultations.filter(closed_at=None).count()
        assert running == (row.state == "in_consultation")
        if row.decision is not None:
            kinds = set(row.decision.effects.values_list("kind", flat=True))
            if "end" in kinds and row.kind in Proceeding.NEEDS_HEARING:
                assert was_heard(row), "nobody is expelled unheard"

    def look_at_rights(self) -> None:
        """Of whoever is suspended the rights rest, of nobody else; a suspension needs a status."""
        rests = list(Suspension.objects.filter(federation=self.federation, is_void=False))
        bonds = Affiliation.objects.standing().filter(federation=self.federation)
        for day in (timezone.localdate(), self.day(), self.later()):
            resting = {
                row.organisation_id for row in rests
                if row.since <= day and (row.until is None or row.until > day)
            }  # fmt: skip
            have = bonds.as_at(day).filter(answer=AsAt.YES, status__votes=True)
            voters = bonds.with_right("votes", day).filter(answer=AsAt.YES)
            expected = set(have.values_list("organisation", flat=True)) - resting
            assert set(voters.values_list("organisation", flat=True)) == expected
        for row in rests:
            mine = bonds.filter(organisation=row.organisation_id)
            if row.until is None:
                assert mine.filter(until=None, gone_on=None).exists(), "suspended from nothing"
            at_once = [one for one in rests if one.organisation_id == row.organisation_id]
            assert all(
                earlier.until is not None and earlier.until <= later.since
                for earlier, later in pairwise(sorted(at_once, key=lambda one: one.since))
            ), "suspended twice at once"
        for bond in bonds.filter(end_reason__in=("expulsion", "disaffiliation")):
            assert was_heard(proceeding_of(bond.end_decision)), "nobody is expelled unheard"


def was_heard(about: Proceeding) -> bool:
    """It spoke before the decision, or was asked and its day is over."""
    verbs = list(about.steps.values_list("verb", flat=True))
    given = about.hearing_until
    return "speak" in verbs or (
        "hear" in verbs and given is not None and given < timezone.localdate()
    )


def proceeding_of(decision: Decision) -> Proceeding:
    """The one that it ended, itself or by what it corrects."""
    while not hasattr(decision, "proceeding"):
        assert decision.corrects is not None
        decision = decision.corrects
    found: Proceeding = decision.proceeding
    return found
