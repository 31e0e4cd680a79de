"""What the moves of membership applications bring about. Every verb is one transaction.

The table of legal moves stands at the model; `federation.states.move` is the door. Asking
back, answering, declining and withdrawing are the same as for requests, in the workflow.
"""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import Organisation
from directory.models.keepers import SECRETARY
from federation.states import APPLICANT, move
from membership.letters.telling import tell_applicant, tell_deciders
from membership.models import Member, Membership, MembershipApplication


def submit_application(application: MembershipApplication) -> MembershipApplication:
    """The person has confirmed the address: the application reaches the organisation."""

    def effects(fresh: MembershipApplication) -> None:
        if not is_joinable(fresh.organisation):
            raise ValidationError(_("The organisation does not take applications here at present."))
        fresh.submitted_at = timezone.now()
        fresh.save(update_fields=["submitted_at", "email_index"])
        tell_applicant(fresh, "application_received")
        tell_deciders(fresh)

    return move(application, "submit", by=APPLICANT, effects=effects)


def accept_application(
    application: MembershipApplication,
    *,
    by: Any,
    since: datetime.date | None = None,
    note: str = "",
    seen: int | None = None,
) -> MembershipApplication:
    """Take the person in: a member record of this organisation, and a membership from `since`."""

    def effects(fresh: MembershipApplication) -> None:
        answers = fresh.answers
        member = Member(
            organisation=fresh.organisation,
            name=answers["name"],
            email=fresh.email,
            phone=answers.get("phone", ""),
            place=answers.get("place", ""),
            work=answers.get("work", ""),
            language=fresh.language,
        )
        member.full_clean()
        member.save()
        membership = Membership(
            member=member, organisation=fresh.organisation, since=since or timezone.localdate()
        )
        membership.full_clean()
        membership.save()
        fresh.member = member
        fresh.save(update_fields=["member", "email_index"])
        tell_applicant(fresh, "accepted")

    return move(
        application, "accept", by=by, office=SECRETARY, note=note, seen=seen, effects=effects
    )


def is_joinable(organisation: Organisation) -> bool:
    """Whether persons can apply here: it wants them to, and somebody will read what they write."""
    return bool(Organisation.objects.joinable().filter(pk=organisation.pk).exists())
