"""Consultations of sections: who is asked, how a section replies, and how it is closed.

How replies are counted stands in `membership.consultations.counting`. A reply is an
organisation's: whoever is its secretary or delegate on that day records it. What a section
without either has written is recorded by the coordinators, and marked as that.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.countries import region_of
from directory.models import Affiliation, Organisation, OrganisationOffice
from directory.models.keepers import COORDINATOR
from federation import audit
from federation.models import Status, User
from federation.states import NotOpen, NotYours, Overtaken
from membership.consultations import counting
from membership.letters.recorded import tell_recorded
from membership.letters.telling import tell
from membership.models import (
    AffiliationRequest,
    Consultation,
    Consulted,
    Procedure,
    Reply,
    Sponsorship,
)
from membership.models.consultations import SPEAKERS

# --- opening --------------------------------------------------------------------------------


def begin(subject: Any, procedure: Procedure) -> Consultation:
    """Open a consultation about a request or proceeding; each entitled section is asked once.

    Where nobody is entitled it is opened all the same, and its last day is today: a procedure
    that asks for a consultation could else never go on. It closes with nothing in the way.
    """
    today = timezone.localdate()
    asked = entitled(subject, procedure, today)
    days = datetime.timedelta(days=procedure.consultation_days if asked else 0)
    about = "request" if isinstance(subject, AffiliationRequest) else "proceeding"
    consultation = Consultation.objects.create(
        federation=subject.federation,
        procedure=procedure,
        opens_on=today,
        closes_on=today + days,
        **{about: subject},
    )
    Consulted.objects.bulk_create(
        Consulted(consultation=consultation, organisation=organisation) for organisation in asked
    )
    tell_speakers(consultation, consultation.consulted.all(), "consultation_asked")
    return consultation


def entitled(subject: Any, procedure: Procedure, day: datetime.date) -> list[Organisation]:
    """The sections that the procedure asks, as they are on that day; never the one concerned.

    A federation that does not say whether its sections vote does not shut them out here. Of
    an organisation that names no country nobody knows which are its neighbours: all are asked.
    """
    if procedure.consulted == Procedure.Consulted.NONE:
        return []
    bonds = Affiliation.objects.in_force(day).unsuspended(day)
    bonds = bonds.filter(federation=subject.federation, status__kind=Status.Kind.SECTION)
    bonds = bonds.exclude(status__votes=False).exclude(organisation=subject.organisation)
    sections = Organisation.objects.filter(pk__in=bonds.values("organisation"))
    found = list(sections.order_by("sort_name", "pk").prefetch_related("countries"))
    near = _places(subject.organisation, procedure.consulted)
    if procedure.consulted == Procedure.Consulted.ALL or not near:
        return found
    return [section for section in found if near & _places(section, procedure.consulted)]


def _places(organisation: Organisation | None, by: str) -> set[str]:
    """Its countries, or the regions of the world that they lie in."""
    codes = {country.code for country in organisation.countries.all()} if organisation else set()
    if by != Procedure.Consulted.REGION:
        return codes
    return {region_of(code) for code in codes} - {""}


def tell_speakers(consultation: Consultation, asked: Iterable[Consulted], letter: str) -> None:
    """One letter to each secretary and delegate of these sections, however many they speak for."""
    offices = OrganisationOffice.objects.current().filter(
        role__in=SPEAKERS, organisation__in=[one.organisation_id for one in asked]
    )
    people = User.objects.filter(pk__in=offices.values("person"), is_active=True)
    link = reverse("membership:coordination_consultation", args=[consultation.pk])
    until = consultation.closes_on
    tell(people.order_by("pk"), consultation.subject, letter, until=until, link=link)


def speaks(user: Any) -> bool:
    """Whether the person is secretary or delegate of any organisation today."""
    held = OrganisationOffice.objects.current().held_by(user)
    return bool(held.filter(role__in=SPEAKERS).exists())


def waiting_for(user: Any) -> int:
    """How many replies, and answers about sponsoring, the person's organisations still owe."""
    asked = Consulted.objects.answered_by(user).filter(consultation__closed_at=None, replies=None)
    return int(asked.count() + Sponsorship.objects.answered_by(user).waiting().count())


def asks_nobody(subject: Any) -> bool:
    """Nobody was entitled on the opening day: there is nothing to wait for."""
    return not subject.last_consultation.consulted.exists()


# --- replying -------------------------------------------------------------------------------


def reply(
    consulted: Consulted,
    *,
    by: Any,
    answer: str,
    assembly: str,
    decided_on: datetime.date,
    grounds: str = "",
    seen: int = 0,
) -> Reply:
    """Record what the section answers. `seen` is the number of its last reply, 0 if it had none.

    Until the last day the newest reply counts. Later ones, and those after the count, are
    kept and marked as late as long as nobody has decided. Raises a `Refused`, or
    ValidationError for what was filled in; then nothing is kept.
    """
    with transaction.atomic():
        office = office_of(consulted, by)
        # Whoever closes it waits, and so does any other reply: none comes between two counts.
        locked = Consultation.objects.select_for_update()
        consultation = locked.get(pk=consulted.consultation_id)
        _refuse_unless_wanted(consultation)
        made = Reply(
            consulted=consulted,
            number=_next_number(consulted, seen),
            answer=answer,
            grounds=grounds,
            assembly=assembly,
            decided_on=decided_on,
            by=by.pk,
            office=office,
            is_late=is_late(consultation),
        )
        made.full_clean(exclude=["consulted", "number"])
        _save(made, seen)
        audit.record(
            audit.Action.ADD, made, by=by, office=office, federation=consultation.federation.slug
        )
        if office == COORDINATOR:
            tell_recorded(consulted.organisation, consultation.subject)
    return made


def office_of(consulted: Consulted, by: Any) -> str:
    """The office in which the person speaks for that section today, or records its letter."""
    held = OrganisationOffice.objects.current().held_by(by)
    roles = held.filter(
        role__in=SPEAKERS,
        organisation=consulted.organisation_id,
    )
    found = set(roles.values_list("role", flat=True))
    if found:
        return next(str(role) for role in SPEAKERS if role in found)
    if not Consulted.objects.recorded_by(by).filter(pk=consulted.pk).exists():
        raise NotYours
    return COORDINATOR


def is_late(consultation: Consultation) -> bool:
    """Whether a reply would come too late to be counted now."""
    return consultation.closed_at is not None or timezone.localdate() > consultation.closes_on


def takes_replies(consultation: Consultation) -> bool:
    """Also late ones: while what it is about is open, and it was not broken off."""
    broken_off = consultation.closed_at is not None and not consultation.outcome
    return bool(consultation.subject.is_open) and not broken_off


def _refuse_unless_wanted(consultation: Consultation) -> None:
    if not takes_replies(consultation):
        raise NotOpen(_("What was asked about has ended: no more replies are taken."))


def _next_number(consulted: Consulted, seen: int) -> int:
    since = list(consulted.replies.filter(number__gt=seen))
    if since:
        raise Overtaken(since)
    return seen + 1


def _save(made: Reply, seen: int) -> None:
    """The database gives each number once, whatever else fails."""
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise Overtaken(made.consulted.replies.filter(number__gt=seen)) from error


# --- closing --------------------------------------------------------------------------------


def close(consultation: Consultation) -> Consultation:
    """Count by the rules, and freeze the result. Closed once, it stays as it was."""
    with transaction.atomic():
        fresh: Consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
        if fresh.closed_at is not None:
            return fresh
        fresh.counts = count(fresh)
        fresh.outcome = counting.outcome_of(fresh.procedure, fresh.counts)
        fresh.closed_at = timezone.now()
        fresh.save(update_fields=["counts", "outcome", "closed_at"])
    return fresh


def count(consultation: Consultation) -> counting.Counts:
    """The replies as they stand: of each section the newest that came in time."""
    answers: dict[Any, str] = {}
    offices: dict[Any, str] = {}
    late = set()
    replies = Reply.objects.filter(consulted__consultation=consultation).order_by("number")
    for consulted, answer, came_late, office in replies.values_list(
        "consulted", "answer", "is_late", "office"
    ):
        if came_late:
            late.add(consulted)
        else:
            answers[consulted], offices[consulted] = answer, office
    counts = counting.tally(consultation.consulted.count(), answers.values(), len(late))
    recorded = list(offices.values()).count(COORDINATOR)
    return counts | {"recorded": recorded} if recorded else counts


def break_off(subject: Any) -> None:
    """What was asked about has ended: no more replies are taken, and none is counted."""
    running = subject.consultations.select_for_update().running()
    running.update(closed_at=timezone.now())
