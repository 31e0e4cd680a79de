"""The form in which a federation writes a letter in its own words."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.texts import direction, listed
from membership.forms.guarded import FILL_IN, TURNS, LineField, TextField
from membership.letters.occasions import Occasion
from membership.letters.sending import PLACEHOLDER

# A tag, and not an address between angle brackets as letters have it.
TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>")
BREAKS = {"Cc", "Cs", "Zl", "Zp"}
IN_BODY = ("link", "code")  # of no use in a subject


class SubjectField(LineField):
    """It stands in a header: what has more than one line is refused, not joined (control C37)."""

    def to_python(self, value: Any) -> str:
        if _breaks(str(value or "").strip()):
            raise ValidationError(_("The subject is one line, without line breaks or tabs."))
        return super().to_python(value)


class BodyField(TextField):
    """Plain text of several lines."""

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "").replace("\r\n", "\n").replace("\t", "    ")
        if _breaks(text.replace("\n", "")):
            raise ValidationError(_("Letters are plain text: something in it cannot be printed."))
        found = TAG.search(text)
        if found:
            raise ValidationError(
                _("Letters are plain text: leave out marks such as %(tag)s.")
                % {"tag": found[0][:40]}
            )
        return text


class LetterForm(forms.Form):
    """Subject and body of one letter in one language, with its placeholders and no others."""

    subject = SubjectField(label=gettext_lazy("Subject"), max_length=150)
    body = BodyField(
        label=gettext_lazy("Text"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 16}),
        error_messages=FILL_IN,
    )

    def __init__(self, *args: Any, occasion: Occasion, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.occasion = occasion
        for field in self.fields.values():
            field.widget.attrs.update(lang=language, dir=direction(language))

    @property
    def words(self) -> tuple[str, str]:
        return self.cleaned_data["subject"], self.cleaned_data["body"]

    def clean_subject(self) -> str:
        return self._checked(self.cleaned_data["subject"])

    def clean_body(self) -> str:
        body = self._checked(self.cleaned_data["body"])
        missing = {name for name in self.occasion.needs if name in IN_BODY} - _names(body)
        if missing:
            raise ValidationError(_needed(missing))
        return body

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            missing = set(self.occasion.needs) - _names(" ".join(self.words))
            if missing:
                self.add_error("body", _needed(missing))
        return given

    def _checked(self, text: str) -> str:
        unknown = _names(text) - set(self.occasion.placeholders)
        if unknown:
            raise ValidationError(
                _("This letter has no such placeholder: %(names)s.") % {"names": _braced(unknown)}
            )
        if set("{}") & set(PLACEHOLDER.sub("", text)):
            raise ValidationError(_("Braces stand only around a placeholder, without blanks."))
        return text


def _breaks(text: str) -> bool:
    """Whether anything in it ends a line, controls a machine, or turns the text around it."""
    return any(
        unicodedata.category(sign) in BREAKS or unicodedata.bidirectional(sign) in TURNS
        for sign in text
    )


def _names(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _braced(names: set[str]) -> str:
    return str(listed(f"{{{name}}}" for name in sorted(names)))


def _needed(names: set[str]) -> str:
    return _("This must stand in the letter: %(names)s.") % {"names": _braced(names)}
