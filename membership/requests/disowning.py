"""A request in the name of an organisation that stands in the directory: it hears of it.

Anybody may say to be that organisation. So a letter goes to its public mailboxes, and whoever
reads it there may say that the organisation does not ask for this; then it is not admitted.
"""

import contextlib

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from directory.models.keepers import mailboxes_of
from federation import audit
from federation.states import federation_slug
from membership.letters import sending
from membership.letters.telling import tell_deciders
from membership.models import AffiliationRequest

SALT = "membership.requests.disowning"


def tell_organisation(request: AffiliationRequest) -> None:
    """Write to the public mailboxes, but for the one that the request itself came from."""
    organisation = request.organisation
    if organisation is None or not request.answers.get("organisation_slug"):
        return
    token = signing.dumps(str(request.pk), salt=SALT)
    link = f"{reverse('membership:request_disown', args=[request.reference])}?token={token}"
    for address in mailboxes_of(organisation):
        if address.casefold() == request.email.casefold():
            continue
        # What somebody imported may be no address: that must not keep the request from arriving.
        with contextlib.suppress(ValidationError):
            sending.tell(
                "named", address, organisation.language, federation=request.federation,
                reference=request.reference, link=link,
            )  # fmt: skip


def request_of(reference: str, token: str) -> AffiliationRequest | None:
    """The request that the letter with this token speaks of, while nobody has decided."""
    try:
        key = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    rows = AffiliationRequest.objects.open().filter(pk=key, reference=reference)
    found: AffiliationRequest | None = rows.select_related("organisation", "federation").first()
    return found


def disown(request: AffiliationRequest) -> bool:
    """Record that the organisation does not ask for this, once; False if it came too late."""
    with transaction.atomic():
        rows = AffiliationRequest.objects.open().filter(pk=request.pk, disowned_at=None)
        if not rows.update(disowned_at=timezone.now()):
            return False
        audit.record(
            audit.Action.CHANGE, request, fields=["disowned_at"],
            federation=federation_slug(request),
        )  # fmt: skip
        tell_deciders(request)
    return True
