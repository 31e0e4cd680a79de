"""Tokens by which a program acts for a person, with the rights the person's offices give today.

A token is shown once, when it is made; only a keyed fingerprint of it is stored.
"""

import datetime
import secrets
from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from federation import audit
from federation.encryption import blind_index
from federation.models import ApiToken, User

PREFIX = "fou_"  # so that scanners for lost secrets know one when they see it
LONGEST = datetime.timedelta(days=366)
SCHEME = b"bearer"


def make_token(
    person: User, *, label: str, expires_on: datetime.date, may_write: bool
) -> tuple[ApiToken, str]:
    """A new token and its text, which nobody can read again."""
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        person=person,
        label=label,
        digest=_digest(text),
        expires_on=expires_on,
        may_write=may_write,
    )
    token.full_clean()
    token.save()
    audit.record(audit.Action.ADD, token, by=person, fields=["may_write", "expires_on"])
    return token, text


def revoke(token: ApiToken) -> None:
    """From now on it opens nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.record(audit.Action.CHANGE, token, by=token.person, fields=["revoked_at"])


def token_of(text: str) -> ApiToken | None:
    """The valid token with this text."""
    found: ApiToken | None = (
        ApiToken.objects.valid().select_related("person").filter(digest=_digest(text)).first()
    )
    today = timezone.localdate()
    if found is not None and found.last_used_on != today:
        ApiToken.objects.filter(pk=found.pk).update(last_used_on=today)
    return found


def _digest(text: str) -> str:
    return blind_index(text, "federation.ApiToken")


def bearer(request: Any) -> str:
    """What the header `Authorization: Bearer …` carries; never taken from the address."""
    scheme, _space, text = get_authorization_header(request).partition(b" ")
    return text.strip().decode("ascii", "replace") if scheme.lower() == SCHEME else ""


class TokenAuthentication(BaseAuthentication):
    """Signs in by a person's token. Other bearers are left to those who gave them out."""

    def authenticate(self, request: Any) -> tuple[User, ApiToken] | None:
        text = bearer(request)
        if not text.startswith(PREFIX):
            return None
        token = token_of(text)
        if token is None:
            raise AuthenticationFailed("This token is not valid, or not any more.")
        return token.person, token

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="api"'


class Bearer(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """An applicant's key or a person's token, shown in the same way."""

    target_class = "federation.tokens.TokenAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
