"""Passwords: long, and not easy to guess. No rules on kinds of characters (control C01)."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

LONGEST = 128
LOOKED_AT = 72  # what zxcvbn takes in; the whole is hashed
CONTEXT = ["federation", "union", "syndicate", "sindicato", "solidarity", "iwa", "ait", "asi"]


class HardToGuess:
    """Refuses what a patient attacker tries first, words of the site and the person included."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(
                _("This password is too long. It may have %(longest)d characters."),
                code="password_too_long",
                params={"longest": LONGEST},
            )
        own = [user.email, *user.email.split("@"), user.name] if user is not None else []
        words = [*CONTEXT, *settings.SITE_NAME.split(), *filter(None, own)]
        if zxcvbn(password[:LOOKED_AT], user_inputs=words)["score"] < 3:
            raise ValidationError(
                _("This password is easy to guess. Take several words without connection."),
                code="password_easy_to_guess",
            )

    def get_help_text(self) -> str:
        return _("Several words without connection make a good password.")
