"""The forms about an entry: reporting an error, claiming it, confirming it, shielding it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from federation.models import web_url
from membership.forms.decisions import MoveForm
from membership.forms.guarded import CHOOSE, FILL_IN, GuardedForm, LineField, TextField
from membership.models import EntryClaim, ErrorReport


class ReportForm(GuardedForm):
    """Something is wrong in an entry. It asks for no name."""

    GROUPS = (
        (gettext_lazy("What is wrong"), ("part", "right", "source")),
        (gettext_lazy("If somebody should ask you back"), ("email",)),
    )

    part = forms.ChoiceField(
        label=gettext_lazy("Which part of the entry is wrong?"),
        choices=ErrorReport.Part.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    right = TextField(
        label=gettext_lazy("What would be right?"),
        help_text=gettext_lazy("Please write nothing about persons who have not agreed to it."),
        max_length=3000,
    )
    source = forms.URLField(
        label=gettext_lazy("Web address where one can see it"),
        required=False,
        max_length=500,
        validators=[web_url],
        assume_scheme="https",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "dir": "ltr"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy(
            "Only for a question about this report. No letter goes there by itself."
        ),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )

    @property
    def answers(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("part", "right", "source")}


class ClaimForm(GuardedForm):
    """Somebody speaks for an organisation that stands in the directory."""

    GROUPS = (
        (gettext_lazy("About you"), ("name", "task", "email")),
        (gettext_lazy("How we can tell"), ("confirm_at", "message", "agrees")),
    )

    name = LineField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("Only those who decide see it."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    task = LineField(
        label=gettext_lazy("Your task in the organisation"),
        help_text=gettext_lazy("For example: secretary, delegate."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy(
            "A code goes there before anything is sent, and all later letters. If you are "
            "accepted, you sign in with it. A mailbox of the organisation is checked soonest."
        ),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
        error_messages=FILL_IN,
    )
    confirm_at = LineField(
        label=gettext_lazy("Which public address of the organisation can confirm it?"),
        help_text=gettext_lazy(
            "A mailbox, telephone number or web page that others know to be the organisation’s."
        ),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    message = TextField(
        label=gettext_lazy("What else should those who decide know?"),
        help_text=gettext_lazy("For example: which assembly elected you, and when."),
        required=False,
        max_length=3000,
    )
    agrees = forms.BooleanField(
        label=gettext_lazy("I speak for this organisation, and it knows that I ask."),
        error_messages={"required": gettext_lazy("Tick the box if that is so.")},
    )

    def fill(self, draft: EntryClaim) -> None:
        """Write what was entered into the draft, without saving it."""
        kept = {name for _legend, names in self.GROUPS for name in names} - {"email"}
        draft.email = self.cleaned_data["email"]
        draft.answers = {name: self.cleaned_data[name] for name in sorted(kept)}

    @staticmethod
    def initial_of(draft: EntryClaim) -> dict[str, Any]:
        """What `fill` wrote, for the form that changes it."""
        return {**draft.answers, "email": draft.email}


# --- at the desk ----------------------------------------------------------------------------


class ClaimReasonForm(MoveForm):
    note = TextField(
        label=gettext_lazy("How you made sure"),
        help_text=gettext_lazy("The claimant reads it word for word. Your name is not shown."),
        max_length=5000,
    )


class HandledForm(MoveForm):
    note = TextField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("For your colleagues; nobody else reads it."),
        required=False,
        max_length=2000,
    )


class DismissedForm(MoveForm):
    note = TextField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("For your colleagues; nobody else reads it."),
        max_length=2000,
    )


class ConfirmForm(forms.Form):
    """A secretary is the organisation; whoever else confirms says how they know."""

    def __init__(self, *args: Any, by_secretary: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = not by_secretary

    note = LineField(
        label=gettext_lazy("How you know"),
        help_text=gettext_lazy("For example: asked by telephone. For your colleagues only."),
        max_length=500,
    )


class ShieldForm(forms.Form):
    reason = TextField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "Stored encrypted, read only by its secretaries and its federations’ coordinators."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
