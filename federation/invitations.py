"""Accounts and offices are given, never taken: by `manage.py invite`, and by an accepted claim."""

import datetime
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from federation import audit, letters
from federation.models import User, email_index


def password_path(user: User) -> str:
    """The page on which the account's password is set: good for an hour, and once."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    with translation.override(letters.spoken(user.language)):
        return reverse("account_reset_password_from_key", kwargs={"uidb64": uid, "token": token})


def account_of(email: str, language: str, *, by: Any = None) -> tuple[User, bool]:
    """The account with this address, made if there is none; and whether it was.

    Raises ValidationError if it was closed.
    """
    with transaction.atomic():
        person = User.objects.filter(email_index=email_index(email)).first()
        if person is None:
            made = User.objects.create_user(email, language=letters.spoken(language))
            audit.record(audit.Action.ADD, made, by=by, note="invite")
            return made, True
    if not person.is_active:
        raise ValidationError(_("The account with this address is closed."))
    return person, False


def appoint(
    person: User,
    model: Any,
    *,
    appointed_by: str = "",
    by: Any = None,
    since: datetime.date | None = None,
    **fields: Any,
) -> bool:
    """Give the person the office from `since` (today) on; False if it is held then already."""
    since = since or timezone.localdate()
    with transaction.atomic():
        if model.objects.current(on=since).held_by(person).filter(**fields).exists():
            return False
        office = model(person=person, appointed_by=appointed_by, since=since, **fields)
        office.full_clean()
        office.save()
        of = fields.get("federation")
        slug = of.slug if of else ""
        audit.record(audit.Action.ADD, office, by=by, note="invite", federation=slug)
    return True


def send_invitation(person: User) -> bool:
    """Mail the link to set a password; False where there is one already."""
    if person.has_usable_password():
        return False
    letters.queue("invitation", person.email, person.language, path=password_path(person))
    return True
