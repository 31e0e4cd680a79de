"""The small forms of an applicant: proving who it is, answering, withdrawing."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership import references
from membership.forms.guarded import FILL_IN, TextField


class EmailForm(forms.Form):
    """To see what was filed under a reference."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("The one that you gave when you filled in the form."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
        error_messages=FILL_IN,
    )


class FindForm(EmailForm):
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        help_text=gettext_lazy(
            "Eight letters and digits. It stands in every letter that we sent you."
        ),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "size": "12",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "dir": "ltr",
            }
        ),
    )
    field_order = ("reference", "email")

    def clean_reference(self) -> str:
        reference = references.normal(self.cleaned_data["reference"])
        if reference is None:
            raise ValidationError(
                _("Check the reference: one of its letters or digits is not right.")
            )
        return reference


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code from the letter"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "size": "10",
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "dir": "ltr",
            }
        ),
        error_messages={"required": gettext_lazy("Type the six digits of the code.")},
    )

    def clean_code(self) -> str:
        """Six digits, in the digits of any script."""
        signs = [sign for sign in self.cleaned_data["code"] if not sign.isspace() and sign != "-"]
        digits = [str(unicodedata.digit(sign, "")) for sign in signs]
        if len(digits) != 6 or not all(digits):
            raise ValidationError(_("The code has six digits."))
        return "".join(digits)


class SeenForm(forms.Form):
    """Carries the number of the last step that the person had before their eyes."""

    seen = forms.IntegerField(
        label=gettext_lazy("Last step seen"),
        min_value=0,
        max_value=1_000_000,
        widget=forms.HiddenInput,
    )


class AnswerForm(SeenForm):
    note = TextField(label=gettext_lazy("Your answer"), max_length=5000)


class WithdrawForm(SeenForm):
    note = TextField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Those who were to decide will read it."),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AppealForm(SeenForm):
    note = TextField(
        label=gettext_lazy("Why the decision should be another"),
        help_text=gettext_lazy("Those who decide on the appeal read it word for word."),
        max_length=5000,
    )
