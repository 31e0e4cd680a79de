"""The keys of applicants: what a browser keeps in its session, a program carries as a bearer.

The key of a draft is given out when it is made, and is good until it is sent. For an hour a
key is given for a code that was mailed. Neither is stored.
"""

import contextlib
from typing import Any

from django.core import signing

from federation.tokens import bearer
from membership.entrance.sessions import PROOF_LASTS
from membership.models import AffiliationRequest

PREFIX = "key_"
DRAFT, PROVED = "draft", "proved"
signer = signing.TimestampSigner(salt="membership.api.key")


def draft_key(draft: AffiliationRequest) -> str:
    return _key(draft, DRAFT)


def proved_key(request: AffiliationRequest) -> str:
    return _key(request, PROVED)


def _key(request: AffiliationRequest, kind: str) -> str:
    # The token of the form is part of it: nobody knows it, and it is never shown.
    return PREFIX + str(signer.sign_object([kind, str(request.pk), str(request.form_token)]))


def opens(request: Any, filing: AffiliationRequest) -> bool:
    """Whether the call carries a key that fits: a draft's own, or one given within the hour."""
    text = bearer(request)
    if not text.startswith(PREFIX):
        return False
    with contextlib.suppress(signing.BadSignature, ValueError, TypeError):
        content = signer.unsign_object(text.removeprefix(PREFIX))
        kind, *rest = content
        if rest != [str(filing.pk), str(filing.form_token)]:
            return False
        if kind == DRAFT:
            return filing.state == AffiliationRequest.State.DRAFT
        signer.unsign_object(text.removeprefix(PREFIX), max_age=PROOF_LASTS)
        return bool(kind == PROVED)
    return False
