"""Sponsors: organisations that the applicant named answer whether they vouch for it.

One that has a secretary here answers by itself. What another wrote is recorded by the
coordinators, marked as that, and told to its mailboxes. As long as too few vouch, the
applicant may name others.
"""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import Affiliation, Organisation
from directory.models.keepers import COORDINATOR, SECRETARY, secretaries_of
from federation import audit
from federation.models import Status
from federation.states import NotOpen, NotYours
from membership.letters import sending
from membership.letters.recorded import tell_recorded
from membership.letters.telling import tell
from membership.models import AffiliationRequest, Sponsorship

State = Sponsorship.State
MORE = 10  # sponsors beyond those needed that an applicant may name, one after the other


# --- naming ---------------------------------------------------------------------------------


def eligible(request: AffiliationRequest) -> "QuerySet[Organisation]":
    """The public sections of the federation: those that can vouch; never the one that asks."""
    bonds = Affiliation.objects.in_force(timezone.localdate()).filter(
        federation=request.federation,
        status__kind=Status.Kind.SECTION,
        status__is_listed_publicly=True,
    )
    found: QuerySet[Organisation] = Organisation.objects.listed().filter(
        pk__in=bonds.values("organisation")
    )
    return found.exclude(slug=request.answers.get("organisation_slug") or "").order_by(
        "sort_name", "pk"
    )


def ask(request: AffiliationRequest, organisation: Organisation) -> Sponsorship:
    """The organisation is asked to vouch, and its secretaries get word."""
    made = Sponsorship.objects.create(request=request, organisation=organisation)
    link = reverse("membership:coordination_consultations")
    tell(secretaries_of(organisation), request, "sponsor_asked", link=link)
    return made


def may_name(request: AffiliationRequest) -> bool:
    """While the request is open, and fewer vouch than are needed."""
    needed = request.procedure.sponsors
    states = list(request.sponsorships.values_list("state", flat=True))
    too_few = states.count(State.GIVEN) < needed
    return request.is_open and too_few and len(states) < needed + MORE


def name_another(request: AffiliationRequest, organisation: Organisation) -> Sponsorship:
    """The applicant names one more sponsor, because another has not answered or has refused."""
    with transaction.atomic():
        # Whoever decides, or names another, waits until this is done.
        fresh = AffiliationRequest.objects.select_for_update().get(pk=request.pk)
        if not may_name(fresh):
            raise NotOpen
        if not eligible(fresh).filter(pk=organisation.pk).exists():
            raise NotOpen(_("This organisation cannot vouch here."))
        try:
            with transaction.atomic():
                made = ask(fresh, organisation)
        except IntegrityError as error:
            raise NotOpen(_("You have named this section already.")) from error
        audit.record(
            audit.Action.ADD, made, fields=["organisation"], federation=fresh.federation.slug
        )
    return made


# --- answering ------------------------------------------------------------------------------


def answer_sponsorship(
    sponsorship: Sponsorship, *, by: Any, vouches: bool, note: str = ""
) -> Sponsorship:
    """Vouch or decline, once; the applicant gets word. Of two at once one is told it was late."""
    if not Sponsorship.objects.answered_by(by).filter(pk=sponsorship.pk).exists():
        raise NotYours
    return _answer(sponsorship, by, SECRETARY, vouches=vouches, note=note)


def record_answer(
    sponsorship: Sponsorship,
    *,
    by: Any,
    vouches: bool,
    came_by: str,
    answered_on: datetime.date,
    note: str = "",
) -> Sponsorship:
    """What an organisation without a secretary here wrote, recorded by a coordinator."""
    if not Sponsorship.objects.recorded_by(by).filter(pk=sponsorship.pk).exists():
        raise NotYours
    came: dict[str, Any] = {"came_by": came_by, "answered_on": answered_on}
    with transaction.atomic():
        fresh = _answer(sponsorship, by, COORDINATOR, vouches=vouches, note=note, **came)
        tell_recorded(fresh.organisation, fresh.request)
    return fresh


def _answer(
    sponsorship: Sponsorship, by: Any, office: str, *, vouches: bool, **answer: Any
) -> Sponsorship:
    with transaction.atomic():
        if not AffiliationRequest.objects.open().filter(sponsorships=sponsorship).exists():
            raise NotOpen(_("The request has ended: no answer is needed any more."))
        asked = Sponsorship.objects.filter(pk=sponsorship.pk, state=State.ASKED)
        if not asked.update(state=State.GIVEN if vouches else State.REFUSED):
            own = _("Your organisation has answered already.") if office == SECRETARY else ""
            raise NotOpen(own)
        rows = Sponsorship.objects.select_related("organisation", "request__federation")
        fresh: Sponsorship = rows.get(pk=sponsorship.pk)
        answer |= {"by": by.pk, "office": office, "answered_at": timezone.now()}
        for name, value in answer.items():
            setattr(fresh, name, value)
        fresh.full_clean(exclude=["request", "organisation"])
        fresh.save(update_fields=list(answer))
        request = fresh.request
        sending.tell(
            "sponsor_answered", request.email, request.language, federation=request.federation,
            reference=request.reference,
        )  # fmt: skip
        audit.record(
            audit.Action.CHANGE, fresh, by=by, office=office, fields=["state"],
            federation=request.federation.slug,
        )  # fmt: skip
    return fresh
