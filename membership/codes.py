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

from federation import letters
from federation.encryption import blind_index
from federation.limits import spend
from membership.models import Filing

LASTS = datetime.timedelta(hours=1)
TRIES = 5
MAILS_AN_HOUR = 5



def send_code(filing: Filing) -> bool:
    """Mail a new code; the one before is void. False if the address has had its share for now."""
    code = f"{secrets.randbelow(10**6):06d}"
    with transaction.atomic():
        if not spend("code", filing.email, amount=MAILS_AN_HOUR, per=datetime.timedelta(hours=1)):
            return False
        type(filing)._default_manager.filter(pk=filing.pk).update(
            code_hash=_fingerprint(filing, code), code_sent_at=timezone.now(), code_tries=0
        )
        letters.queue("code", filing.email, filing.language, code=code, reference=filing.reference)
    return True


def use_code(filing: Filing, code: str) -> bool:
    """Whether `code` is the one mailed last. A right one is used up, a wrong one counts as a try."""
    rows = type(filing)._default_manager.filter(pk=filing.pk)
    # The try is counted before anything is compared, so that many at once gain nothing.
    counted = rows.filter(
        code_tries__lt=TRIES, code_sent_at__gt=timezone.now() - LASTS
    ).exclude(code_hash="").update(code_tries=F("code_tries") + 1)  # fmt: skip
    if not counted:
        return False
    digits = "".join(sign for sign in code if not sign.isspace())
    stored = rows.values_list("code_hash", flat=True).get()
    if not hmac.compare_digest(stored, _fingerprint(filing, digits)):
        return False
    return bool(rows.filter(code_hash=stored).update(code_hash=""))


def _fingerprint(filing: Filing, code: str) -> str:
    return blind_index(f"{filing.pk}:{code}", "membership.code")
