"""What needs a second person: decisions about a status whose procedure wants two; and, where
there is one, what becomes of the seats.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from directory.models import Affiliation, Decision
from directory.models.keepers import coordinators_in
from federation.models import Federation, Status
from membership.models import Procedure

Terms = dict[str, Any]
NAMES = ("organisation", "other", "status", "on")


def wants_second(
    federation: Federation, effects: Iterable[Terms], corrects: Decision | None = None
) -> bool:
    """Whether a procedure in force wants two persons for one of the statuses that are touched.

    `effects` are as `directory.decisions.record` takes them. Touched is the status that an
    effect names, and every one that its organisations have on its day or later; by a
    correction, also what the decisions that it corrects had touched.
    """
    touched = _touched(federation, effects)
    while corrects is not None:
        touched |= _touched(federation, corrects.effects.values(*NAMES)) | _resting_on(corrects)
        corrects = corrects.corrects
    return two_decide(touched)


def two_decide(statuses: Iterable[Any]) -> bool:
    """Whether the procedure in force for one of them wants a second person.

    A status without any is no way round it: there it is as the federation has it elsewhere.
    """
    in_force = Procedure.objects.in_force()
    asked = {getattr(one, "pk", one) for one in statuses}
    if in_force.filter(status__in=asked, needs_second=True).exists():
        return True
    bare = Status.objects.filter(pk__in=asked).exclude(pk__in=in_force.values("status"))
    elsewhere = in_force.filter(needs_second=True, federation__in=bare.values("federation"))
    return bool(elsewhere.exists())


def two_decide_in(federation: Federation) -> bool:
    """Whether they do about anything in the federation: then about its seats, too."""
    return two_decide(federation.statuses.all())


def has_second(federation: Federation, first: Any) -> bool:
    """Whether somebody else coordinates the federation today, who could confirm."""
    return coordinators_in(federation).exclude(pk=first.pk).exists()


def _touched(federation: Federation, effects: Iterable[Terms]) -> set[Any]:
    found: set[Any] = set()
    for effect in effects:
        status = effect.get("status")
        if status:
            found.add(getattr(status, "pk", status))
        about = [one for one in (effect["organisation"], effect.get("other")) if one]
        found.update(_held(federation, about, effect["on"]))
    return found


def _held(federation: Federation, about: list[Any], day: datetime.date) -> Any:
    """The statuses that these organisations have on the day, or get later."""
    bonds = Affiliation.objects.standing().filter(federation=federation, organisation__in=about)
    there = bonds.filter(Q(until=None) | Q(until__gt=day), Q(gone_on=None) | Q(gone_on__gt=day))
    return there.values_list("status", flat=True)


def _resting_on(decision: Decision) -> set[Any]:
    """The statuses that began or ended by it."""
    bonds = Affiliation.objects.standing().filter(Q(decision=decision) | Q(end_decision=decision))
    return set(bonds.values_list("status", flat=True))
