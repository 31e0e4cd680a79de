"""What the moves of claims bring about: somebody speaks for an entry of the directory from now on.

Whoever is secretary reads the names of members, so a coordinator does not hand out that office
alone and at once: the secretary in office and the public mailbox are told first, and have time
to object.
"""

import contextlib
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory.models import Organisation, OrganisationOffice
from directory.models.keepers import SECRETARY, secretaries_of
from federation import audit, invitations, letters
from federation.states import APPLICANT, move
from membership.letters.telling import tell_applicant, tell_deciders
from membership.models import EntryClaim

SALT = "membership.objection"


def is_claimable(organisation: Organisation) -> bool:
    return organisation.visibility in Organisation.OPEN


def submit_claim(claim: EntryClaim) -> EntryClaim:
    """The claimant has confirmed the address: the claim reaches those who look after the entry."""

    def effects(fresh: EntryClaim) -> None:
        if not is_claimable(fresh.organisation):
            raise ValidationError(_("The page in the directory is no longer there."))
        fresh.submitted_at = timezone.now()
        # As it is now: a mailbox that is taken out of the entry later keeps its time to object.
        fresh.may_be_objected = fresh.has_secretary or bool(fresh.other_mailboxes())
        fresh.save(update_fields=["submitted_at", "email_index", "may_be_objected"])
        tell_applicant(fresh, "claim_received")
        tell_deciders(fresh)
        _tell_mailboxes(fresh)

    try:
        return move(claim, "submit", by=APPLICANT, effects=effects)
    except IntegrityError as error:
        # The database keeps one open claim of an address on an entry.
        raise ValidationError(
            _("You have claimed this entry already; that claim is decided first.")
        ) from error


def _tell_mailboxes(claim: EntryClaim) -> None:
    """The organisation hears of it at its public addresses, and can object there."""
    language = letters.spoken(claim.organisation.language)
    for address in claim.mailboxes():
        # What somebody imported may be no address: that must not keep the claim from being sent.
        with contextlib.suppress(ValidationError):
            letters.queue("claimed", address, language, path=objection_path(claim, language))


def accept_claim(claim: EntryClaim, *, by: Any, note: str, seen: int | None = None) -> EntryClaim:
    """Give the claimant the office of secretary, as an invitation does."""

    def effects(fresh: EntryClaim) -> None:
        _refuse_unless_safe(fresh, by)
        before = list(secretaries_of(fresh.organisation))
        person, _is_new = invitations.account_of(fresh.email, fresh.language, by=by)
        invitations.appoint(
            person,
            OrganisationOffice,
            by=by,
            organisation=fresh.organisation,
            role=OrganisationOffice.Role.SECRETARY,
        )
        invitations.send_invitation(person)
        tell_applicant(fresh, "accepted")
        for other in before:
            letters.queue("further_secretary", other.email, other.language)

    office = claim.office_of(by)
    return move(claim, "accept", by=by, office=office, note=note, seen=seen, effects=effects)


def _refuse_unless_safe(claim: EntryClaim, by: Any) -> None:
    """A secretary in office lets in whom they want; anybody else waits for an objection."""
    if by.email.casefold() == claim.email.casefold():
        raise ValidationError(_("This is your own claim: somebody else must decide on it."))
    if claim.office_of(by) == SECRETARY:
        return
    # Read again: the row is taken by now, so that no objection comes between.
    if EntryClaim.objects.filter(pk=claim.pk, objected_at__isnull=False).exists():
        raise ValidationError(
            _("The organisation has objected at its public address: this can only be declined.")
        )
    wait = claim.open_to_coordinators_at
    if wait and timezone.now() < wait:
        moment = date_format(timezone.localtime(wait), "DATETIME_FORMAT")
        raise ValidationError(
            _("The organisation was asked, and may object until %(moment)s. Accept it after that.")
            % {"moment": moment}
        )


# --- objections -----------------------------------------------------------------------------


def objection_path(claim: EntryClaim, language: str = settings.LANGUAGE_CODE) -> str:
    """The page on which the organisation says that it knows nothing of the claim."""
    token = signing.dumps(str(claim.pk), salt=SALT)
    with translation.override(language):
        return f"{reverse('membership:claim_objection', args=[claim.reference])}?token={token}"


def claim_objected_to(reference: str, token: str) -> EntryClaim | None:
    """The claim that the letter with this token speaks of, as long as nobody has decided."""
    try:
        key = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    found: EntryClaim | None = EntryClaim.objects.open().filter(pk=key, reference=reference).first()
    return found


def object_to(claim: EntryClaim) -> bool:
    """Record the organisation's objection, once; False if it came too late."""
    with transaction.atomic():
        rows = EntryClaim.objects.open().filter(pk=claim.pk, objected_at=None)
        if not rows.update(objected_at=timezone.now()):
            return False
        trail = claim.federation
        slug = trail.slug if trail else ""
        audit.record(audit.Action.CHANGE, claim, fields=["objected_at"], federation=slug)
        tell_deciders(claim)
    return True
