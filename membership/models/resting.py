"""By which rules a proceeding goes: what must come before a decision, who decides, who appeals."""

import datetime
from collections.abc import Collection
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory.models import Affiliation, Body, Decision
from directory.models.keepers import SECRETARY
from federation.models import Status
from membership.models.deliberated import Deliberated
from membership.models.procedures import Procedure

MINE = _("The organisation leaves of its own accord: that is recorded, not judged.")
GONE = _("The organisation has no status here any more.")
NO_PART = _("The other organisation has no part in this.")
SAID = _("The other organisation has said so already.")


class OfAffiliated(Deliberated):
    """The part of a `Proceeding` that holds its rules; its fields and moves stand there."""

    # What the row has.
    Kind: ClassVar[Any]
    State: ClassVar[Any]
    NEEDS_HEARING: ClassVar[Any]
    NEEDS_OTHER: ClassVar[Any]
    ONLY_RECORDED: ClassVar[Any]
    WAITS_FOR_OTHER: ClassVar[Any]
    organisation: Any
    federation: Any
    status: Any
    steps: Any
    decision: Any
    others: Any
    kind: str
    state: str
    opened_by: str
    opened_at: datetime.datetime
    hearing_until: datetime.date | None
    other_agrees: bool | None

    @property
    def is_own_withdrawal(self) -> bool:
        """The organisation itself has said that it leaves."""
        return bool(self.kind == self.Kind.WITHDRAWAL and self.opened_by == SECRETARY)

    @property
    def bond(self) -> Affiliation | None:
        """The bond that it is about, while no day ends it."""
        running = Affiliation.objects.standing().filter(until=None, gone_on=None)
        running = running.filter(organisation=self.organisation, federation=self.federation)
        found: Affiliation | None = running.select_related("status__federation").first()
        return found

    @property
    def decision_now(self) -> Decision | None:
        """The one that ended it, as it has been corrected since."""
        found: Decision | None = self.decision
        while found is not None:
            later = Decision.objects.filter(corrects=found).first()
            if later is None:
                break
            found = later
        return found

    @property
    def ended_bond(self) -> Affiliation | None:
        """The bond that its decision has ended, if it has."""
        decision = self.decision_now
        if decision is None:
            return None
        ended = Affiliation.objects.standing().filter(end_decision=decision)
        found: Affiliation | None = ended.filter(organisation=self.organisation).first()
        return found

    # --- the rules that it goes by

    @property
    def procedure(self) -> Procedure | None:
        """Its federation's, in force for the status that it is about; None if there is none."""
        return self.rules_for(self.status)

    def rules_for(self, status: Status | None) -> Procedure | None:
        """Those of the status that the organisation has, or had until the decision; if it is to
        get a weightier one, of that, if it has any: nobody gets in by a lower door.

        Once decided, those of that moment: nobody takes an appeal away afterwards.
        """
        bond = self.bond or self.ended_bond
        if bond is None:
            return None
        weight = Status.Kind.values.index
        at_stake = min(bond.status, status or bond.status, key=lambda one: weight(one.kind))
        decided = self.steps.filter(verb="decide").first()
        rules = Procedure.objects.in_force(decided.at if decided else None)
        found: Procedure | None = (
            rules.filter(status=at_stake).first() or rules.filter(status=bond.status).first()
        )
        return found

    @property
    def deciding_body(self) -> str:
        return "" if self.kind in self.ONLY_RECORDED else super().deciding_body

    @property
    def defers_to(self) -> Collection[str]:
        """Besides those that the procedure names for it, the body that decides."""
        rules = self.procedure
        if rules is None:
            return Body.values
        if self.appealed_at:
            return [rules.appeal_body]
        return [*rules.defers_to, rules.body]

    # --- the appeal

    @property
    def appealed_at(self) -> datetime.datetime | None:
        step = self.steps.filter(verb="appeal").first()
        return step.at if step else None

    @property
    def appeal_until(self) -> datetime.date | None:
        """The last day on which one that was put out may appeal; empty where there is none."""
        if self.state != self.State.DECIDED or self.kind not in self.NEEDS_HEARING:
            return None
        rules = self.procedure
        if rules is None or not rules.appeal_body or self.appealed_at or not self.ended_bond:
            return None
        decided = self.steps.filter(verb="decide").last()
        return timezone.localdate(decided.at) + datetime.timedelta(days=rules.appeal_days)

    # --- the other organisation

    @property
    def other_is_reachable(self) -> bool:
        """Whether it has a secretary here, who can say whether it agrees."""
        return any(True for _person in self.others())

    @property
    def waits_for_other_until(self) -> datetime.date | None:
        """The day before which it is not decided without the other organisation's answer.

        None where nobody waits: it has answered, or there is nobody here who could.
        """
        if self.kind not in self.NEEDS_OTHER or self.other_agrees is not None:
            return None
        if not self.other_is_reachable:
            return None
        waits_for: datetime.timedelta = self.WAITS_FOR_OTHER
        return timezone.localdate(self.opened_at) + waits_for

    # --- what must come before a move that the table has

    def was_heard(self) -> bool:
        """The organisation has spoken, or let the day pass until which it could."""
        if self.steps.filter(verb="speak").exists():
            return True
        return self.hearing_until is not None and self.hearing_until < timezone.localdate()

    def _forbids_hear(self) -> str | Promise:
        return MINE if self.is_own_withdrawal else ""

    def _forbids_defer(self) -> str | Promise:
        return self._forbids_hear() or super()._forbids_defer()

    def _forbids_drop(self) -> str | Promise:
        """What an organisation says of itself can be dropped only once it means nothing."""
        if self.appealed_at:
            return _("Whoever appealed gets a decision.")
        return MINE if self.is_own_withdrawal and self.bond else ""

    def _forbids_consult(self) -> str | Promise:
        if self.is_own_withdrawal:
            return MINE
        if self.bond is None:
            return GONE
        rules = self.procedure
        if rules is None or rules.consulted == Procedure.Consulted.NONE:
            return _("By the procedure for its status nobody is consulted.")
        return _("The sections have been consulted.") if self.last_consultation else ""

    def _forbids_decide(self) -> str | Promise:
        # Who was asked to speak has the time that was given, whatever happens meanwhile.
        is_asked = self.hearing_until is not None or self.kind in self.NEEDS_HEARING
        if is_asked and not self.was_heard():
            return _("The organisation must be heard first.")
        return "" if self.bond or self.appealed_at else GONE

    def _forbids_retract(self) -> str | Promise:
        return "" if self.opened_by == SECRETARY else _("The organisation has not asked for this.")

    def _forbids_agree(self) -> str | Promise:
        if self.kind not in self.NEEDS_OTHER:
            return NO_PART
        return SAID if self.other_agrees else ""

    def _forbids_object(self) -> str | Promise:
        if self.kind not in self.NEEDS_OTHER:
            return NO_PART
        return SAID if self.other_agrees is False else ""

    def _forbids_attest(self) -> str | Promise:
        if self.kind not in self.NEEDS_OTHER:
            return NO_PART
        if self.other_agrees is not None:
            return SAID
        if self.other_is_reachable:
            return _("The other organisation has a secretary here, who answers for it.")
        return ""

    def _forbids_appeal(self) -> str | Promise:
        until = self.appeal_until
        if until is None:
            return _("There is no appeal.")
        return "" if timezone.localdate() <= until else _("The time to appeal is over.")
