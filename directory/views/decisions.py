"""The register of a federation's decisions, with the changes that each of them made."""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, QuerySet

from directory.entries import Entry, entries
from directory.keeping import Stamp, counted
from directory.models import Affiliation, Decision, Organisation
from directory.views.facts import list_url
from federation.models import Federation, Status
from federation.texts import Text, in_language

LATEST = 20
Counts = dict[int, dict[int, int]]  # by decision and status
NAMED = 8  # changes of one decision; where it made more, they are counted


@dataclass(frozen=True)
class Change:
    """An organisation came, went, or has another status than before."""

    organisation: Entry
    status: Status | None
    before: Status | None
    reason: str


@dataclass(frozen=True)
class Tally:
    """So many organisations came to a status by a decision, or left one."""

    status: Status
    number: int
    has_ended: bool
    url: str = ""


@dataclass
class Entered:
    """A decision as the register shows it."""

    decision: Decision
    text: Text
    changes: list[Change] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)


def with_public_effect(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Those that changed something everybody may see: what is hidden may stand in their texts."""
    bonds = Affiliation.objects.visible_to(None).standing()
    bonds = bonds.filter(organisation__visibility__in=Organisation.LISTED)
    began = Exists(bonds.filter(decision=OuterRef("pk")))
    return decisions.filter(began | Exists(bonds.filter(end_decision=OuterRef("pk"))))


class Register:
    """The latest decisions of a federation, read with as many queries for many as for one."""

    def __init__(
        self, federation: Federation, bonds: QuerySet[Affiliation], stamp: Stamp | None
    ) -> None:
        self.federation, self.bonds, self.stamp = federation, bonds, stamp
        self.decisions = with_public_effect(Decision.objects.filter(federation=federation))
        self.statuses = {
            status.pk: status for status in federation.statuses.select_related("federation")
        }

    def latest(self) -> list[Entered]:
        texts_in = self.federation.language
        shown = [
            Entered(decision, in_language(decision.texts, original=texts_in))
            for decision in self.decisions[:LATEST]
        ]
        begun, ended = self._counts(shown)
        keys = [one.decision.pk for one in shown]
        few = [key for key in keys if _sum(begun, key) <= NAMED and _sum(ended, key) <= NAMED]
        named = self._named(few)
        for one in shown:
            key = one.decision.pk
            if key in few:
                one.changes = named.get(key, [])
            else:
                one.tallies = self._tallies(one.decision, begun.get(key, {}), ended.get(key, {}))
        return shown

    def _counts(self, shown: list[Entered]) -> tuple[Counts, Counts]:
        def count() -> tuple[Counts, Counts]:
            return self._counted("decision", shown), self._counted("end_decision", shown)

        return counted(("decisions", self.federation.pk), self.stamp, count)

    def _counted(self, by: str, shown: list[Entered]) -> Counts:
        """How many bonds of which status began (or ended) by each decision."""
        rows = self.bonds.filter(**{f"{by}__in": [one.decision.pk for one in shown]})
        found: Counts = {}
        for row in rows.order_by().values(by, "status").annotate(number=Count("pk")):
            found.setdefault(row[by], {})[row["status"]] = row["number"]
        return found

    def _tallies(
        self, decision: Decision, begun: dict[int, int], ended: dict[int, int]
    ) -> list[Tally]:
        asked = {"federation": self.federation.slug, "on": decision.decided_on}
        came = [
            Tally(
                self.statuses[key], number, False, list_url(status=self.statuses[key].slug, **asked)
            )
            for key, number in begun.items()
        ]
        return came + [Tally(self.statuses[key], number, True) for key, number in ended.items()]

    def _named(self, few: list[int]) -> dict[int, list[Change]]:
        """The changes of the decisions that made few. A change of status is one, not two."""
        whole = self.bonds.select_related(None).select_related("organisation")
        begun = list(whole.filter(decision__in=few).order_by("organisation__sort_name", "pk"))
        ended = list(whole.filter(end_decision__in=few).order_by("organisation__sort_name", "pk"))
        left = {(bond.end_decision_id, bond.organisation_id): bond for bond in ended}
        faces = _faces(begun, ended)
        told: dict[int, list[Change]] = {}
        for bond in begun:
            old = left.pop((bond.decision_id, bond.organisation_id), None)
            before = self.statuses[old.status_id] if old else None
            change = Change(faces[bond.organisation_id], self.statuses[bond.status_id], before, "")
            told.setdefault(bond.decision_id, []).append(change)
        for (decision, organisation), bond in left.items():
            reason = bond.get_end_reason_display()
            change = Change(faces[organisation], None, self.statuses[bond.status_id], reason)
            told.setdefault(decision, []).append(change)
        return told


def _sum(counts: Counts, decision: int) -> int:
    return sum(counts.get(decision, {}).values())


def _faces(*bonds: list[Affiliation]) -> dict[int, Entry]:
    """The organisations of the bonds by their keys, each read once."""
    rows = {bond.organisation_id: bond.organisation for several in bonds for bond in several}
    return dict(zip(rows, entries(rows.values()), strict=True))
