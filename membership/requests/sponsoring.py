"""Sponsors: organisations that the applicant named answer whether they vouch for it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models.keepers import SECRETARY
from federation import audit
from federation.states import NotOpen, NotYours
from membership.letters import sending
from membership.models import AffiliationRequest, Sponsorship

State = Sponsorship.State


def answer_sponsorship(
    sponsorship: Sponsorship, *, by: Any, vouches: bool, note: str = ""
) -> Sponsorship:
    """Vouch or decline, once; the applicant gets word. Of two at once one is told it was late."""
    with transaction.atomic():
        if not Sponsorship.objects.answered_by(by).filter(pk=sponsorship.pk).exists():
            raise NotYours
        if not AffiliationRequest.objects.open().filter(sponsorships=sponsorship).exists():
            raise NotOpen(_("The request has ended: no answer is needed any more."))
        asked = Sponsorship.objects.filter(pk=sponsorship.pk, state=State.ASKED)
        if not asked.update(state=State.GIVEN if vouches else State.REFUSED):
            raise NotOpen(_("Your organisation has answered already."))
        fresh: Sponsorship = Sponsorship.objects.select_related("request__federation").get(
            pk=sponsorship.pk
        )
        fresh.note, fresh.by, fresh.answered_at = note, by.pk, timezone.now()
        fresh.save(update_fields=["note", "by", "answered_at"])
        request = fresh.request
        sending.tell(
            "sponsor_answered", request.email, request.language, federation=request.federation,
            reference=request.reference,
        )  # fmt: skip
        audit.record(
            audit.Action.CHANGE, fresh, by=by, office=SECRETARY, fields=["state"],
            federation=request.federation.slug,
        )  # fmt: skip
    return fresh
