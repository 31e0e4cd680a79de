"""The questions of a federation's own as fields of a form, and their answers in words."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format, localize
from django.utils.html import conditional_escape, format_html
from django.utils.translation import get_language, pgettext

from federation.texts import Text, in_language, listed
from membership.forms.decisions import DayField
from membership.forms.guarded import CHOOSE, FILL_IN, LineField, TextField, WebField
from membership.models import Question
from membership.requests.sections import QUESTION

Kind = Question.Kind


def field_of(question: Question) -> Any:
    """The field in which the question is answered."""
    terms: dict[str, Any] = {
        "label": worded(question.label),
        # Django shows help texts as they are.
        "help_text": conditional_escape(worded(question.help)) if question.help else "",
        "required": question.is_required,
    }
    return _FIELDS[Kind(question.kind)](question, terms)


def stored(question: Question, value: Any) -> Any:
    """The answer as it is kept: text, or a list of texts."""
    if value in (None, "", []):
        return None
    if question.kind in (Kind.NUMBER, Kind.DAY):
        return str(value)
    return value


def said(question: Question, value: Any) -> Any:
    """A kept answer as it is read, in the reader's language."""
    if value in (None, "", []):
        return ""
    options = dict(options_of(question))
    if question.kind == Kind.YES_NO:
        return dict(_yes_no()).get(value, "")
    if question.kind == Kind.CHOICE:
        return options.get(value, "")
    if question.kind == Kind.CHOICES:
        return listed(options[one] for one in value if one in options)
    if question.kind == Kind.DAY:
        return date_format(datetime.date.fromisoformat(value))
    return localize(Decimal(value)) if question.kind == Kind.NUMBER else value


def options_of(question: Question) -> list[tuple[str, Any]]:
    """The answers to choose from. They are kept by their place, which is one in all languages."""
    text = in_language(question.options, original=question.procedure.federation.language)
    lines = [line.strip() for line in text.value.splitlines() if line.strip()]
    return [
        (str(number), worded(Text(line, text.language))) for number, line in enumerate(lines, 1)
    ]


def worded(text: Text) -> Any:
    """Words of the federation, marked with their language where it is not the reader's."""
    if text.language == get_language():
        return text.value
    return format_html('<span lang="{}" dir="{}">{}</span>', text.language, text.direction, text)


def name_of(question: Question) -> str:
    """The name of its field."""
    return f"{QUESTION}{question.key}"


def _yes_no() -> list[tuple[str, str]]:
    return [("yes", pgettext("answer", "Yes")), ("no", pgettext("answer", "No"))]


def _line(_question: Question, terms: dict[str, Any]) -> Any:
    return LineField(max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}), **terms)


def _text(_question: Question, terms: dict[str, Any]) -> Any:
    return TextField(max_length=5000, **terms)


def _number(_question: Question, terms: dict[str, Any]) -> Any:
    return forms.DecimalField(
        max_digits=15,
        decimal_places=3,
        localize=True,
        widget=forms.TextInput(attrs={"size": "12", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages=FILL_IN,
        **terms,
    )


def _choice(choices: list[tuple[str, Any]], terms: dict[str, Any]) -> Any:
    return forms.ChoiceField(
        choices=choices, widget=forms.RadioSelect, error_messages=CHOOSE, **terms
    )


def _choices(question: Question, terms: dict[str, Any]) -> Any:
    return forms.MultipleChoiceField(
        choices=options_of(question),
        widget=forms.CheckboxSelectMultiple,
        error_messages=CHOOSE,
        **terms,
    )


_FIELDS: dict[Kind, Any] = {
    Kind.LINE: _line,
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.YES_NO: lambda _question, terms: _choice(_yes_no(), terms),
    Kind.CHOICE: lambda question, terms: _choice(options_of(question), terms),
    Kind.CHOICES: _choices,
    Kind.DAY: lambda _question, terms: DayField(**terms),
    Kind.WEB: lambda _question, terms: WebField(**terms),
}
