"""The form of a person who wants to join an organisation."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Organisation
from membership.forms.guarded import FILL_IN, GuardedForm, LineField, TextField
from membership.models import MembershipApplication


class ApplicationForm(GuardedForm):
    """Asks for little: the organisation can ask for more when it answers."""

    GROUPS = (
        (gettext_lazy("About you"), ("name", "email", "place", "work", "phone")),
        (gettext_lazy("Anything else"), ("message", "consents")),
    )

    name = LineField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("What you want to be called."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy(
            "A code goes there before anything is sent, and all later letters. Take one that your "
            "employer cannot read."
        ),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
        error_messages=FILL_IN,
    )
    place = LineField(
        label=gettext_lazy("Town or region"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    work = LineField(
        label=gettext_lazy("Work or industry"),
        help_text=gettext_lazy("For example: nurse, warehouse, looking for work."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = LineField(
        label=gettext_lazy("Telephone"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )
    message = TextField(
        label=gettext_lazy("What else should they know?"), required=False, max_length=5000
    )
    consents = forms.BooleanField(
        error_messages={
            "required": gettext_lazy("Tick the box if you agree; otherwise nobody may read this.")
        }
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consent = _(
            "%(organisation)s may keep what I have written here to decide on my application and, "
            "if it accepts me, as its member record. Only its secretaries read it. Federations "
            "that it belongs to learn a number and no names."
        ) % {"organisation": organisation.name}
        self.fields["consents"].label = self.consent

    def fill(self, draft: MembershipApplication) -> None:
        """Write what was entered into the draft, without saving it; with the words consented to."""
        kept = {name for _legend, names in self.GROUPS for name in names} - {"email", "consents"}
        draft.email = self.cleaned_data["email"]
        draft.answers = {name: self.cleaned_data[name] for name in sorted(kept)} | {
            "consent": self.consent,
            "consent_on": timezone.localdate().isoformat(),
        }

    @staticmethod
    def initial_of(draft: MembershipApplication) -> dict[str, Any]:
        """What `fill` wrote, for the form that changes it."""
        return {**draft.answers, "email": draft.email, "consents": True}
