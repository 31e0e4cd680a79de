"""Signing in, on top of allauth: e-mail address and password, then a second factor.

allauth would keep addresses in clear, in a table of its own. That table stays empty: an
account is found by the index of its address, and what allauth stores of second factors,
sessions and counted tries is sealed or a fingerprint (`sessions`, `caching`).
"""

import datetime
import io
import time
from typing import Any, NamedTuple

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from directory.models import OrganisationOffice
from federation import audit, letters
from federation.audit import Action
from federation.encryption import seal, unseal
from federation.invitations import password_path
from federation.limits import client_ip, spend
from federation.models import Letter, Office, User, email_index
from federation.scopes import is_operator, is_somebody

FACTOR_PLACE = "mfa_authenticator.data"
LETTERS_AN_HOUR = 3


# --- offices and second factors -------------------------------------------------------------


def holds_any_office(user: Any) -> bool:
    """Whether the person now holds an office, in any federation or organisation."""
    kinds: tuple[Any, ...] = (Office, OrganisationOffice)
    return is_somebody(user) and any(
        kind.objects.current().held_by(user).exists() for kind in kinds
    )


def must_have_second_factor(user: Any) -> bool:
    return is_operator(user) or holds_any_office(user)


def has_second_factor(user: Any) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def proved_second_factor(request: HttpRequest) -> bool:
    """Whether a code was given in this very session."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


# --- the letter with a link to set a password -----------------------------------------------


def send_password_letter(email: str, language: str) -> None:
    """Mail a link to the account with this address, if there is one.

    With an unknown address the same is done and taken back, so that the time it takes does
    not tell one from the other. Nobody gets more than a few of these letters in an hour.
    """
    per = datetime.timedelta(hours=1)
    if not spend("password letter", email, amount=LETTERS_AN_HOUR, per=per):
        return
    account = User.objects.filter(email_index=email_index(email), is_active=True).first()
    user = account or User(email=email)
    user.language = user.language or language
    with transaction.atomic():
        # To the address we have: the one typed may only look like it.
        letter = letters.queue(
            "password_reset", user.email, user.language, path=password_path(user)
        )
        kept = [letter.pk] if account else []
        Letter.objects.filter(pk=letter.pk).exclude(pk__in=kept).delete()


# --- what is told of changes ----------------------------------------------------------------


class Change(NamedTuple):
    """Something about how a person signs in was changed: for the audit trail, and in words."""

    action: Action
    note: str
    told: Promise
    fields: tuple[str, ...] = ()


NEW_PASSWORD = Change(
    Action.CHANGE, "", _("The password of your account was changed."), ("password",)
)
FACTOR_SET_UP = Change(
    Action.SECOND_FACTOR, "set up", _("A second factor was set up for your account.")
)
FACTOR_REMOVED = Change(
    Action.SECOND_FACTOR, "removed", _("The second factor of your account was removed.")
)
NEW_CODES = Change(
    Action.SECOND_FACTOR, "new codes", _("New recovery codes were made for your account.")
)


def tell(change: Change, user: User) -> None:
    """Put the change into the audit trail, and tell the person, who may not have made it."""
    audit.record(change.action, user, by=user, note=change.note, fields=change.fields)
    letters.queue("account_changed", user.email, user.language, told=change.told)


# --- what allauth asks us -------------------------------------------------------------------


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by invitation (`manage.py invite`)."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages only; allauth would also answer to scripts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """For counting tries. On a socket there is no address: then all count together."""
        return client_ip(request) or "unknown"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth adds the host name, which whoever tries may vary (`example.org:1`, `:2` …).
        return str(credentials.get("email", "")).strip().lower()

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        audit.record(Action.SIGN_IN, user, by=user, note="in")

    def logout(self, request: HttpRequest) -> None:
        user: Any = request.user
        super().logout(request)
        if user.is_authenticated:
            audit.record(Action.SIGN_IN, user, by=user, note="out")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return redirect("account_login")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A sign-in of the last minutes counts as much as a password typed again."""
        records = get_authentication_records(self.request, self.request.user)
        age = time.time() - records[-1]["at"] if records else None
        return age is None or age >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Our views tell of changes, in the transaction that makes them."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are ciphertext in allauth's table."""

    def encrypt(self, text: str) -> str:
        return seal(text, FACTOR_PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, FACTOR_PLACE)

    def build_totp_svg(self, url: str) -> str:
        """On white, as cameras want it, on a dark page too."""
        picture = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()
