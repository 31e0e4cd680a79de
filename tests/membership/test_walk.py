"""Random walks through all moves, legal and illegal: whatever is tried, the rules hold.

`WALK=100000` walks as far as the project promises; in the suite it is a shorter one.
"""

import datetime
import os
import random
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F, Q, Value
from django.utils import timezone

from directory import effects, register
from directory.models import (
    Affiliation,
    AsAt,
    Body,
    Decision,
    Effect,
    Organisation,
    OrganisationLink,
    Suspension,
)
from directory.models.affiliations import AffiliationQuerySet
from federation import states
from federation.models import Federation, Letter
from federation.states import RULE, Refused, moves_for
from membership.consultations import consulting
from membership.models import (
    AffiliationRequest,
    Consultation,
    Consulted,
    Procedure,
    Proceeding,
    ProceedingStep,
    Reply,
    RequestStep,
)
from membership.proceedings import demands
from membership.requests import deciding, workflow
from tests import make
from tests.membership.walking import OfAffiliated

MOVES = int(os.environ.get("WALK", "750"))
REQUESTS_AT_A_TIME = 8
PROCEEDINGS_AT_A_TIME = 5
LOOKED_OVER_EVERY = 100


def tried(act: Callable[..., Any], *about: Any) -> Exception | None:
    """Why it was refused, if it was; any other error is one of ours."""
    try:
        act(*about)
    except (Refused, ValidationError) as refusal:
        return refusal
    return None


class Walk(OfAffiliated):
    """A federation whose rules change, its sections and coordinators, and what is asked of it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.federation = make.federation(f"walk{seed}")
        self.section, self.friend = self.federation.statuses.order_by("slug")[::-1]
        self.federation.statuses.update(is_open_to_requests=True)
        self.section.refresh_from_db()
        self.friend.refresh_from_db()
        self.section.is_one_per_country = True
        self.section.save()
        self.coordinators = [make.coordinator(self.federation, f"c{n}@example.org") for n in (1, 2)]
        self.stranger = make.coordinator(make.federation(f"other{seed}"), "stranger@example.org")
        self.secretaries = []
        for number, country in enumerate(("SE", "ES", "FR", "PL", "BR")):
            organisation = make.organisation(f"Section {number}", country)
            make.affiliation(organisation, self.federation)
            self.secretaries.append(make.secretary(organisation, f"s{number}@example.org"))
        self.meetings = [make.meeting(self.federation, body=body) for body in Body.values]
        self.requests: list[AffiliationRequest] = []
        self.proceedings: list[Proceeding] = []
        self.made = 0
        self.asking = 0.6
        self.told: Counter[str] = Counter()

    # --- one step of the walk

    def go(self) -> None:
        """Mostly about a request, else about who is affiliated already."""
        dice = self.chance.random()
        if dice < self.asking:
            self.go_on_asking()
        elif dice < 0.9:
            self.go_on_proceeding()
        else:
            self.at_once(self.chance.choice((self.move_meeting, self.correct)))

    def at_once(self, act: Callable[[], Any]) -> bool:
        before = self.everything()
        refusal = tried(act)
        self.told["done" if refusal is None else type(refusal).__name__] += 1
        assert refusal is None or self.everything() == before, f"{refusal} left something behind"
        return refusal is None

    def go_on_proceeding(self) -> None:
        if len(self.proceedings) < PROCEEDINGS_AT_A_TIME or self.chance.random() < 0.05:
            self.at_once(lambda: self.proceedings.append(self.begin()))
        if not self.proceedings:
            return
        about = self.chance.choice(self.proceedings)
        act = self.chance.choice(self.acts_about(about))
        if self.at_once(lambda: act(about)):
            self.look_into(about)
        about.refresh_from_db()
        if not about.is_open and self.chance.random() < 0.5:
            self.proceedings.remove(about)

    def go_on_asking(self) -> None:
        if len(self.requests) < REQUESTS_AT_A_TIME or self.chance.random() < 0.05:
            self.ask()
        request = self.chance.choice(self.requests)
        act = self.chance.choice(self.acts())
        before = self.state_of(request)
        refusal = tried(act, request)
        if refusal is None:
            self.told["done"] += 1
            self.look_at(request)
        else:
            self.told[type(refusal).__name__] += 1
            assert self.state_of(request) == before, f"{refusal} left something behind"
        if self.state_of(request)[0] in ("accepted", "withdrawn") and self.chance.random() < 0.5:
            self.requests.remove(request)

    def ask(self) -> None:
        """Somebody begins a request, under rules that may just have changed."""
        if self.chance.random() < 0.3:
            self.change_rules()
        self.made += 1
        kind = self.chance.choice(("section", "friend", "friend"))
        countries = self.chance.sample(["SE", "DE", "IT", "PT", "GR", "NO"], k=2)
        answers: dict[str, Any] = {"name": f"Group {self.made}", "countries": countries}
        if self.chance.random() < 0.3:
            answers["organisation_slug"] = self.chance.choice(
                Organisation.objects.listed().values_list("slug", flat=True)
            )
        email = f"g{self.made}@example.org"
        self.requests.append(make.request(self.federation, kind, email, **answers))

    def change_rules(self) -> None:
        pick = self.chance.choice
        make.procedure(
            pick((self.section, self.friend)),
            consulted=pick(("none", "all", "all", "country")),
            quorum=pick((0, 0, 50, 100)),
            majority=pick(Procedure.Majority.values),
            silence=pick(Procedure.Silence.values),
            abstentions_count=pick((True, False)),
            objection_blocks=pick((True, False)),
            is_binding=pick((True, False, False)),
            body=pick(("", "congress", "plenary")),
            defers_to=pick(([], ["congress"], list(Body.values))),
            effective=pick(Procedure.Effective.values),
            needs_second=pick((True, False, False)),
            lapses=pick((True, False)),
            appeal_body=pick(("", "congress")),
        )

    # --- what may be tried, by anybody, at any time

    def acts(self) -> list[Callable[[AffiliationRequest], Any]]:
        return [
            workflow.submit_request,
            workflow.submit_request,
            lambda r: workflow.ask_back(r, by=self.anybody(), note=self.words(), seen=self.seen(r)),
            lambda r: workflow.answer(r, note=self.words()),
            lambda r: workflow.withdraw(r) if self.chance.random() < 0.2 else workflow.lapse(r),
            lambda r: workflow.consult(r, by=self.anybody()),
            lambda r: workflow.conclude(r, by=self.chance.choice((*self.coordinators, RULE))),
            lambda r: workflow.defer(
                r, by=self.anybody(), note=self.words(), meeting=self.chance.choice(self.meetings)
            ),
            self.accept,
            self.accept,
            self.decline,
            self.propose,
            self.confirm,
            lambda r: workflow.appeal(r, note=self.words()),
            self.reply,
            self.reply,
            self.days_pass,
        ]

    def anybody(self) -> Any:
        return self.chance.choice((*self.coordinators * 3, self.stranger, self.secretaries[0]))

    def words(self) -> str:
        return self.chance.choice(("Because.", "Because.", "  "))

    def seen(self, request: AffiliationRequest) -> int | None:
        """What the person had before their eyes: mostly the last step, sometimes an older one."""
        now = AffiliationRequest.objects.get(pk=request.pk).step
        return self.chance.choice((None, now, now, max(now - 1, 0)))

    def day(self) -> datetime.date:
        return timezone.localdate() - datetime.timedelta(days=self.chance.randrange(-2, 60))

    def terms(self) -> dict[str, Any]:
        return {"body": self.chance.choice(("", "congress", "plenary")), "decided_on": self.day()}

    def accept(self, request: AffiliationRequest, **more: Any) -> None:
        waiver = self.chance.choice(("", "The congress said so."))
        status = self.chance.choice((None, self.section, self.friend))
        since = self.chance.choice((None, self.day(), self.day() + datetime.timedelta(days=400)))
        terms = self.terms() | {"waiver": waiver, "status": status, "since": since}
        by = more.pop("by", None) or self.anybody()
        deciding.accept_request(request, by=by, seen=self.seen(request), **terms, **more)

    def decline(self, request: AffiliationRequest) -> None:
        deciding.decline_request(request, by=self.anybody(), note=self.words(), **self.terms())

    def propose(self, request: AffiliationRequest) -> None:
        deciding.propose(request, by=self.anybody(), verb="accept", terms={})

    def confirm(self, request: AffiliationRequest) -> None:
        proposal = AffiliationRequest.objects.get(pk=request.pk).proposals.last()
        self.accept(request, by=self.anybody(), proposal=proposal)

    def reply(self, request: AffiliationRequest) -> None:
        all_asked = list(Consulted.objects.filter(consultation__request=request).order_by("pk"))
        if not all_asked:
            return
        asked = self.chance.choice(all_asked)
        consulting.reply(
            asked,
            by=self.chance.choice((*self.secretaries, *self.coordinators)),
            answer=self.chance.choice(Reply.Answer.values),
            grounds=self.words(),
            assembly="General assembly",
            decided_on=self.day(),
        )

    def days_pass(self, request: AffiliationRequest) -> None:
        """Sixty-one days go by for this request: what has a deadline has missed it."""
        gone = datetime.timedelta(days=61)
        running = Consultation.objects.filter(request=request, closed_at=None)
        running.update(closes_on=F("closes_on") - gone, opens_on=F("opens_on") - gone)
        mine = AffiliationRequest.objects.filter(pk=request.pk)
        mine.update(answer_due=F("answer_due") - gone, declined_on=F("declined_on") - gone)

    # --- what must hold

    def state_of(self, request: AffiliationRequest) -> tuple[Any, ...]:
        """Everything that a refused move must leave as it was."""
        row = AffiliationRequest.objects.get(pk=request.pk)
        return (row.state, row.step, *self.everything())

    def everything(self) -> tuple[Any, ...]:
        tables = (Affiliation, Consultation, Decision, Effect, Letter, Organisation, Reply,
                  OrganisationLink, Proceeding, ProceedingStep, RequestStep)  # fmt: skip
        rests = Suspension.objects.order_by("pk")
        about = Proceeding.objects.filter(pk__in=[one.pk for one in self.proceedings])
        fields = ("state", "step", "hearing_until", "meeting", "decision", "other_agrees")
        return (
            list(rests.values_list("since", "until", "is_void", "decision", "end_decision")),
            list(about.order_by("pk").values_list(*fields)),
            *(table.objects.count() for table in tables),
        )

    def look_at(self, request: AffiliationRequest) -> None:
        row = AffiliationRequest.objects.get(pk=request.pk)
        steps = list(row.steps.all())
        assert [step.number for step in steps] == list(range(1, row.step + 1))
        assert (steps[-1].target if steps else "draft") == row.state
        assert all(earlier.target == later.source for earlier, later in pairwise(steps))
        for step in steps:
            rule = AffiliationRequest.move_named(step.verb)
            assert step.source in rule.sources
            assert (step.by is None) == (rule.who != "decider"), "every step names its office"
            assert step.note.strip() or not rule.reason
        if row.state == "accepted":
            assert row.decision.effects.get().kind in ("admit", "change")
            if not Decision.objects.filter(corrects=row.decision).exists():
                assert row.affiliation.decision == row.decision
                assert row.affiliation.source.decision == row.decision
            if row.deciding_body:
                assert row.decision.body == row.deciding_body
        if row.state == "declined":
            assert row.decision.effects.get().kind == "decline"
        if row.state in ("draft", "withdrawn"):
            assert not moves_for(row, self.coordinators[0])
        assert row.consultations.filter(closed_at=None).count() == (row.state == "in_consultation")

    def look_over(self) -> None:
        """What no single move shows."""
        assert list(register.faults(self.federation)) == []
        ours = Affiliation.objects.standing().filter(federation=self.federation)
        for organisation in Organisation.objects.filter(pk__in=ours.values("organisation")):
            bonds = sorted(ours.filter(organisation=organisation), key=lambda bond: bond.begins)
            for earlier, later in pairwise(bonds):
                assert earlier.until is not None
                assert earlier.until <= later.begins
                assert earlier.end_decision is not None
                assert earlier.end_source is not None
            day = self.day()
            answers = ours.filter(organisation=organisation).as_at(day)
            assert answers.filter(answer=AsAt.YES).count() <= 1
        open_ones = AffiliationRequest.objects.open().values_list("organisation", flat=True)
        assert max(Counter(open_ones).values(), default=0) <= 1
        hidden = Organisation.objects.filter(visibility="proposed")
        assert not ours.filter(organisation__in=hidden).exists()
        self.look_at_rights()
        passes_on = Q(status=None, kind=Effect.Kind.CONTINUE)
        waived = Effect.objects.filter(Q(status__is_one_per_country=True) | passes_on)
        waived = waived.exclude(waiver="")
        for bond in ours.filter(status=self.section, until=None):
            others = ours.filter(
                status=self.section, until=None,
                organisation__countries__code__in=bond.organisation.countries.values("code"),
            ).exclude(pk=bond.pk)  # fmt: skip
            for other in others:
                two = [bond.organisation, other.organisation]
                assert waived.filter(
                    Q(organisation__in=two) | Q(kind=Effect.Kind.MERGE, other__in=two)
                ).exists(), "a second one in a country only with a waiver"
        for asked in Consulted.objects.all():
            numbers = list(asked.replies.values_list("number", flat=True))
            assert numbers == list(range(1, len(numbers) + 1))


def walked(walk: Walk, moves: int) -> None:
    for number in range(1, moves + 1):
        walk.go()
        if number % LOOKED_OVER_EVERY == 0:
            walk.look_over()
    walk.look_over()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_is_tried_the_rules_hold(seed):
    walk = Walk(seed)
    walked(walk, MOVES // 3)
    # A walk in which nothing succeeds, or nothing is refused, shows nothing.
    assert walk.told["done"] > MOVES // 30
    assert walk.told["NotOpen"] > MOVES // 30
    assert Federation.objects.get(slug=f"walk{seed}").decisions.count() > 3


RULES = {
    "one for each country": (effects, "_one_per_country", lambda *_terms: None),
    "the chain of decisions": (register, "append", lambda _decision: None),
    "a reason must be given": (states, "_refuse_unless_open", lambda *_terms: None),
}


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES)
def test_the_walk_notices_a_rule_that_is_gone(rule, monkeypatch):
    """The control: with one rule taken away, the same walk fails."""
    monkeypatch.setattr(*RULES[rule])
    walk = Walk(9)
    walk.asking = 1
    with pytest.raises(AssertionError):
        walked(walk, 2000)


# Of these the walk is about who is affiliated already, more than about requests.
LEAVING = {
    "nobody is expelled unheard": (Proceeding, "was_heard", lambda _self: True),
    "the body that is named decides": (demands, "demand_body", lambda *_terms: None),
    "the rights of the suspended rest": (
        AffiliationQuerySet,
        "with_suspended",
        lambda rows, _day: rows.annotate(is_suspended=Value(False)),
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("rule", LEAVING)
def test_the_walk_notices_a_rule_of_leaving_that_is_gone(rule, monkeypatch):
    monkeypatch.setattr(*LEAVING[rule])
    walk = Walk(7)
    walk.asking = 0.05
    if rule == "the body that is named decides":
        make.procedure(walk.section, body="congress")  # else it takes long until one is named
    with pytest.raises(AssertionError):
        walked(walk, 2000)
