"""Takes organisations through what happened to them in a federation, by the directory's doors."""

import datetime
from typing import Any

from directory import decisions, workflow
from directory.models import Affiliation, Decision, Organisation, Source
from federation.demo.facts import read
from federation.models import Federation, Status, User

DAYS = ("since", "seen_on", "until", "gone_on", "on")


class History:
    """The events of one federation. Its decisions and sources are made when first rested upon."""

    def __init__(self, federation: Federation, by: User) -> None:
        self.federation, self.by = federation, by
        self.facts = read(federation.slug)
        self.sources: dict[str, Source] = {}
        self.decisions: dict[str, Decision] = {}
        self.bonds: dict[int, Affiliation] = {}

    def happen(self, organisation: Organisation, event: dict[str, Any]) -> None:
        """One event: admit, change, end or correct; it concerns the organisation's latest bond."""
        terms = {name: _day(event[name]) for name in DAYS if name in event}
        if "correct" in event:
            changes = self._resolved(event["correct"])
            bond = workflow.correct(
                affiliation=self.bonds[organisation.pk], note=event["note"], by=self.by, **changes
            )
        elif "end" in event:
            terms |= self._ground(event)
            bond = workflow.end(
                affiliation=self.bonds[organisation.pk], reason=event["end"], by=self.by, **terms
            )
        elif "change" in event:
            terms |= self._ground(event) | {"status": self._status(event["change"])}
            bond = workflow.change_status(
                affiliation=self.bonds[organisation.pk], by=self.by, **terms
            )
        else:
            terms |= self._ground(event) | {"status": self._status(event["admit"])}
            bond = workflow.admit(organisation=organisation, by=self.by, **terms)
        self.bonds[organisation.pk] = bond

    def source(self, key: str) -> Source:
        if key not in self.sources:
            source = Source(federation=self.federation, **self.facts["sources"][key])
            source.full_clean()
            source.save()
            self.sources[key] = source
        return self.sources[key]

    def decision(self, key: str) -> Decision:
        if key not in self.decisions:
            facts = self.facts["decisions"][key]
            self.decisions[key] = decisions.record(
                federation=self.federation,
                by=self.by,
                **facts | {"decided_on": _day(facts["decided_on"])},
            )
        return self.decisions[key]

    def _status(self, slug: str) -> Status:
        return self.federation.statuses.get(slug=slug)

    def _ground(self, event: dict[str, Any]) -> dict[str, Any]:
        """What the event rests on; a decision is its own source."""
        decision = self.decision(event["decision"]) if "decision" in event else None
        if "source" in event:
            return {"decision": decision, "source": self.source(event["source"])}
        if decision is None:
            raise ValueError(f"an event without decision and source: {event}")
        return {"decision": decision, "source": workflow.source_of(decision)}

    def _resolved(self, changes: dict[str, Any]) -> dict[str, Any]:
        days = {name: _day(value) for name, value in changes.items() if name in DAYS}
        return {**days, **self._ground(changes)}


def _day(value: str) -> datetime.date:
    return datetime.date.fromisoformat(value)
