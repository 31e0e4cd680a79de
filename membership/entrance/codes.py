"""The code that is mailed: it confirms an address, and later lets its owner see what was filed.

Six digits, an hour long, five tries, used once. Only a keyed fingerprint is stored. Codes
are mailed at most five times an hour to one address, so that nobody is flooded through us.
"""

import datetime
import hmac
import secrets

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from federation.encryption import blind_index
from federation.limits import spend
from federation.models import Bucket
from membership.letters import sending
from membership.models import AffiliationRequest, Filing

LASTS = datetime.timedelta(hours=1)
TRIES = 5
MAILS_AN_HOUR = 5
A_MOMENT = datetime.timedelta(seconds=30)


def send_code(filing: Filing) -> bool:
    """Mail a new code; the one before is void. False if the address has had its share for now."""
    code = f"{secrets.randbelow(10**6):06d}"
    with transaction.atomic():
        # Drafts have an allowance of their own: with them strangers could use up the other.
        if not _spend("code" if filing.submitted_at else "draft-code", filing.email):
            return False
        type(filing)._default_manager.filter(pk=filing.pk).update(
            code_hash=_fingerprint(filing, code), code_sent_at=timezone.now(), code_tries=0
        )
        sending.tell(
            "code" if filing.submitted_at else "draft_code", filing.email, filing.language,
            federation=getattr(filing, "federation", None), reference=filing.reference, code=code,
        )  # fmt: skip
    return True


def seem_to_send(email: str, language: str) -> None:
    """Do all the work of `send_code` and send nothing.

    For an address that does not fit, so that nobody learns from the time an answer takes
    which addresses we know.
    """
    with transaction.atomic():
        if _spend("no-code", email):
            sending.tell("code", email, language, code="000000").delete()


def was_just_sent(filing: Filing) -> bool:
    """Whether a code went out a moment ago and is still good, so that a second click sends none."""
    sent_at = filing.code_sent_at
    return bool(filing.code_hash and sent_at and sent_at > timezone.now() - A_MOMENT)


def _spend(purpose: str, email: str) -> bool:
    return spend(purpose, email, amount=MAILS_AN_HOUR, per=datetime.timedelta(hours=1))


def use_code(filing: Filing, code: str) -> bool:
    """Whether `code` is the one mailed last. A right one is used up, a wrong one is a try."""
    rows = type(filing)._default_manager.filter(pk=filing.pk)
    # The try is counted before anything is compared, so that many at once gain nothing.
    counted = rows.filter(
        code_tries__lt=TRIES, code_sent_at__gt=timezone.now() - LASTS
    ).exclude(code_hash="").update(code_tries=F("code_tries") + 1)  # fmt: skip
    if not counted:
        return False
    digits = "".join(sign for sign in code if not sign.isspace())
    stored = rows.get()
    if not hmac.compare_digest(stored.code_hash, _fingerprint(stored, digits)):
        return False
    used = bool(rows.filter(code_hash=stored.code_hash).update(code_hash=""))
    if used and isinstance(filing, AffiliationRequest):
        # Somebody reads mail there and came back for the draft: before it ends they are warned.
        proved = AffiliationRequest.objects.filter(pk=filing.pk, saved_at=None)
        proved.filter(state=AffiliationRequest.State.DRAFT).update(saved_at=timezone.now())
    return used


def seem_to_use(model: type[Filing], index: str, code: str) -> None:
    """Do the work of `use_code` where there is nothing to be used; see `seem_to_send`."""
    with transaction.atomic():
        # A try is counted for a fingerprint of the address instead.
        Bucket.objects.update_or_create(
            key=blind_index(index, "membership.no-code"),
            create_defaults={"updated_at": timezone.now()},
            defaults={"spent": F("spent") + 1},
        )
        other = model._default_manager.order_by("pk").first()
    hmac.compare_digest(other.code_hash if other else "", blind_index(code, "membership.no-code"))


def _fingerprint(filing: Filing, code: str) -> str:
    # The address is part of it: a code mailed to one address does not confirm another.
    return blind_index(f"{filing.pk}:{filing.email_index}:{code}", "membership.code")
