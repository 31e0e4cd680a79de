"""Forms that anybody may send, and what keeps programs from doing so (control C29)."""

import contextlib
import unicodedata
import uuid
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.models import web_url

QUICKEST = 3  # seconds; nobody fills in a form faster
LASTS = 12 * 60 * 60  # seconds; as long as a session

FILL_IN: dict[str, Any] = {"required": gettext_lazy("Please fill this in.")}
CHOOSE: dict[str, Any] = {"required": gettext_lazy("Please choose one.")}

signer = signing.Signer(salt="membership.form")


def new_stamp(purpose: str, token: uuid.UUID | None = None) -> str:
    """A signed note: what a form is for, the token that files it once, when it was given out."""
    return str(
        signer.sign_object([purpose, str(token or uuid.uuid4()), timezone.now().timestamp()])
    )


TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def _is_hidden(sign: str, turns: set[str]) -> bool:
    """Whether the sign turns the text around it, or steers the machine that shows it."""
    return unicodedata.bidirectional(sign) in turns or unicodedata.category(sign) == "Cc"


class LineField(forms.CharField):
    """One line: what comes from elsewhere with tabs and line breaks is made one."""

    default_error_messages = FILL_IN

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())

    def validate(self, value: str) -> None:
        """Something must be seen, and nothing may turn the text around it."""
        super().validate(value)
        if any(_is_hidden(sign, TURNS) for sign in value) or (
            value and not any(sign.isalnum() for sign in value)
        ):
            raise ValidationError(_("Write it in letters or digits that can be seen."))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "dir": "auto"}


class TextField(forms.CharField):
    """Several lines."""

    default_error_messages = FILL_IN

    widget = forms.Textarea(attrs={"rows": 6})

    def validate(self, value: str) -> None:
        super().validate(value)
        # A text stands in a place of its own, so that only what reverses its letters deceives.
        if any(sign not in "\r\n\t" and _is_hidden(sign, {"LRO", "RLO"}) for sign in value):
            raise ValidationError(_("It holds signs that cannot be seen. Please take them out."))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "dir": "auto"}


class WebField(forms.URLField):
    """The address of a page; one that has no scheme is taken to be of https."""

    default_validators = [web_url]
    default_error_messages = FILL_IN | {
        "invalid": gettext_lazy("Write the whole address: https://example.org/")
    }
    widget = forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url", "dir": "ltr"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 500, "assume_scheme": "https", **kwargs})


class GuardedForm(forms.Form):
    """A form of the public, stamped when it is given out, with a trap that only programs fall into.

    `purpose` names the one page that it is for; `token` is that of the stamp, and a form sent
    twice carries the same. `draft_token` is that of the draft which the form changes.
    """

    GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = ()

    stamp = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)
    subject = forms.CharField(
        label=gettext_lazy("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(
        self, *args: Any, purpose: str, draft_token: uuid.UUID | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.purpose, self.draft_token = purpose, draft_token
        self.token: uuid.UUID | None = None
        self.initial["stamp"] = new_stamp(purpose, draft_token)

    def groups(self) -> list[tuple[str | Promise, list[BoundField]]]:
        """The fields a person sees, under their headings."""
        return [(legend, [self[name] for name in names]) for legend, names in self.GROUPS]

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        if answers.get("subject"):
            raise ValidationError(
                _("This looks as if a program had filled it in. Please send it again.")
            )
        age = self._read_stamp(answers.get("stamp", ""))
        if age is None:
            raise ValidationError(
                _("This form did not come from this page. Please check it and send it again.")
            )
        if age > LASTS:
            raise ValidationError(
                _("This page was open for very long. Please send the form again.")
            )
        if age < QUICKEST and not self.draft_token and not self.errors:
            raise ValidationError(
                _("That was very quick. Please wait some seconds and send the form again.")
            )
        return answers

    def _read_stamp(self, stamp: str) -> float | None:
        """The age of the form in seconds. A stamp that is no good any more is replaced."""
        age = None
        with contextlib.suppress(signing.BadSignature, ValueError, TypeError):
            purpose, token, given_out = signer.unsign_object(stamp)
            if purpose == self.purpose and self.draft_token in (None, uuid.UUID(token)):
                self.token = uuid.UUID(token)
                age = timezone.now().timestamp() - given_out
        if age is None or age > LASTS:
            data: Any = self.data
            self.data = data = data.copy()
            data["stamp"] = new_stamp(self.purpose, self.draft_token)
        return age
