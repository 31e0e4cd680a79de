"""The form in which somebody at the desk makes a token for a program."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from membership.forms.guarded import CHOOSE, LineField


class TokenForm(forms.Form):
    label = LineField(
        label=gettext_lazy("What it is for"),
        help_text=gettext_lazy("So that you know it again. Only you see it."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long it is valid"),
        choices=[
            (30, gettext_lazy("30 days")),
            (90, gettext_lazy("90 days")),
            (365, gettext_lazy("one year")),
        ],
        coerce=int,
        initial=90,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    may_write = forms.BooleanField(
        label=gettext_lazy("It may make moves, not only read"), required=False
    )

    @property
    def expires_on(self) -> datetime.date:
        return timezone.localdate() + datetime.timedelta(days=self.cleaned_data["days"])
