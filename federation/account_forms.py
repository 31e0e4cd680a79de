"""The forms of signing in: allauth's, in our words, and each code once."""

import datetime
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from federation.limits import spend

# A code of the app is good for its half minute, the one before and the one after.
CODE_LASTS = datetime.timedelta(seconds=90)
CODES_A_DAY = 50


def reword(form: forms.BaseForm, **labels: Any) -> None:
    """Our labels; no placeholders, which vanish while one types; help only where it is ours."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label, field.help_text = label, ""
        field.widget.attrs.pop("placeholder", None)


def password_advice() -> str:
    return " ".join(password_validators_help_texts())


class SignIn(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, login=_("E-mail address"), password=_("Password"))


class PasswordAgain(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, password=_("Password"))


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(
            self,
            oldpassword=_("Present password"),
            password1=_("New password"),
            password2=_("New password once more"),
        )
        self.fields["password1"].help_text = password_advice()


class SetPassword(SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, new_password1=_("New password"), new_password2=_("New password once more"))
        self.fields["new_password1"].help_text = password_advice()


class AskForLetter(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class CodeOnce(forms.Form):
    """A code is taken once, by whichever form; and only so many may be tried in a day."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, code=_("Code"))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        who = str(self.user.pk)
        if not spend("second factor", who, amount=CODES_A_DAY, per=datetime.timedelta(days=1)):
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()  # type: ignore[misc]
        # allauth remembers a used code for half a minute, less than it is good for.
        if not spend("code", f"{who} {normalize_user_code(code)}", amount=1, per=CODE_LASTS):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondFactor(CodeOnce, second_factor.AuthenticateForm):  # type: ignore[misc]
    pass


class SecondFactorAgain(CodeOnce, second_factor.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateApp(CodeOnce, ActivateTOTPForm):  # type: ignore[misc]
    pass
