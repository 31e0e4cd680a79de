"""The secretariat passes on: the seat, the offices of those who ran it, and what lies there.

Rights come from offices. Those of the coordinators who go end on the day on which the seat is
handed over, and somebody coordinates the federation from that day on.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import decisions, seating
from directory.models import Body, Decision, Organisation, Seat, Source, Term
from directory.models.keepers import COORDINATOR
from federation import audit, invitations, letters
from federation.models import Federation, Office
from membership.desk import meetings
from membership.models import AffiliationRequest, Consultation, Proceeding

ROLE = Office.Role.COORDINATOR


@dataclass(frozen=True)
class Giving:
    """To whom a seat is given, from which day on, and what that rests on."""

    seat: Seat
    organisation: Organisation
    on: datetime.date | None
    until: datetime.date | None
    decision: Decision | None
    source: Source | None

    @property
    def before(self) -> Term | None:
        """The term that it ends."""
        return seating.running_before(self.seat, self.on) if self.on else None

    @property
    def moves_offices(self) -> bool:
        """Whether those who coordinate the federation go with it: of the secretariat alone, and
        not where a term is noted that is over.
        """
        is_over = self.until is not None and self.until <= timezone.localdate()
        return bool(self.seat.body == Body.SECRETARIAT and self.on and not is_over)

    @property
    def offices(self) -> "QuerySet[Office]":
        """Those that run until the day of the hand-over and beyond."""
        if not (self.moves_offices and self.on):
            return Office.objects.none()
        return offices_on(self.seat.federation, self.offices_end)

    @property
    def offices_end(self) -> datetime.date:
        """The first day without them: rights that were used are not taken back for the past."""
        return max(self.on or timezone.localdate(), timezone.localdate())


def offices_on(federation: Federation, day: datetime.date) -> "QuerySet[Office]":
    """The offices of coordinators that began before the day and do not end by it."""
    running = Q(until=None) | Q(until__gt=day)
    found: QuerySet[Office] = Office.objects.filter(
        running, federation=federation, role=ROLE, since__lt=day
    )
    return found.select_related("person").order_by("since", "pk")


def hand_over(
    giving: Giving,
    *,
    by: Any,
    ends: Collection[Office] = (),
    email: str = "",
    language: str = "",
) -> Term:
    """Give the seat; of the offices, those in `ends` end on that day, and whoever has the address
    coordinates from then on. All of it happens, or nothing.
    """
    federation = giving.seat.federation
    with transaction.atomic():
        decisions.wait_for_others(federation)
        if not Federation.objects.coordinated_by(by).filter(pk=federation.pk).exists():
            raise PermissionDenied
        found = done_already(giving)
        if found is not None:
            return found
        term = seating.give(
            seat=giving.seat, organisation=giving.organisation, on=giving.on, until=giving.until,
            decision=giving.decision, source=giving.source, by=by, office=COORDINATOR,
        )  # fmt: skip
        gone = [one for one in giving.offices.select_for_update(of=("self",)) if one in ends]
        for office in gone:
            _end(office, giving, by)
        if email and giving.moves_offices:
            _invite(email, language, giving, by)
        if gone:
            _somebody_stays(giving)
    return term


def done_already(giving: Giving) -> Term | None:
    """What a first click has recorded."""
    return seating.alike(
        Term(
            seat=giving.seat, organisation=giving.organisation, since=giving.on,
            decision=giving.decision, source=giving.source,
        )
    )  # fmt: skip


def _end(office: Office, giving: Giving, by: Any) -> None:
    office.until = giving.offices_end
    office.full_clean()
    office.save(update_fields=["until"])
    audit.record(
        audit.Action.CHANGE, office, by=by, office=COORDINATOR, fields=["until"],
        note="hand_over", federation=giving.seat.federation.slug,
    )  # fmt: skip
    if office.person.is_active:
        day = giving.offices_end
        letters.queue("office_ends", office.person.email, office.person.language, day=day)


def _invite(email: str, language: str, giving: Giving, by: Any) -> None:
    """The account is made at once, so that it is ready; the office begins on the day."""
    federation = giving.seat.federation
    try:
        person, _is_new = invitations.account_of(email, language, by=by)
    except ValidationError as refusal:
        raise ValidationError({"email": refusal.messages}) from refusal
    with translation.override(federation.language):
        body = str(giving.decision or "")[:200]
    invitations.appoint(
        person, Office, appointed_by=body, by=by, since=giving.offices_end,
        federation=federation, role=ROLE,
    )  # fmt: skip
    invitations.send_invitation(person)


def _somebody_stays(giving: Giving) -> None:
    staying = Office.objects.current(on=giving.offices_end).filter(
        federation=giving.seat.federation, role=ROLE, person__is_active=True
    )
    if not staying.exists():
        told = _(
            "Somebody must coordinate the federation from that day on. Leave an office as it is, "
            "or invite somebody of the organisation that takes over."
        )
        raise ValidationError({"ends": told})


# --- what lies at the desk ------------------------------------------------------------------


@dataclass(frozen=True)
class Pile:
    """So much of something that whoever comes finds at the desk, and where."""

    name: str | Promise
    number: int
    url: str


def piles(federation: Federation) -> list[Pile]:
    """What is to be handed over with the seat."""
    running = Consultation.objects.filter(federation=federation, closed_at=None)
    counted = (
        (
            gettext_lazy("Open affiliation requests"),
            AffiliationRequest.objects.filter(federation=federation).open().count(),
            "membership:coordination",
        ),
        (
            gettext_lazy("Open proceedings"),
            Proceeding.objects.filter(federation=federation).open().count(),
            "membership:coordination_proceedings",
        ),
        (
            gettext_lazy("Running consultations"),
            running.count(),
            "membership:coordination_consultations",
        ),
        (
            gettext_lazy("Coming meetings"),
            meetings.coming(federation).count(),
            "membership:coordination_meetings",
        ),
    )
    return [Pile(name, number, reverse(page)) for name, number, page in counted]
