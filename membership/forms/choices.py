"""Countries and languages to choose from, named and ordered in the reader's language."""

from functools import lru_cache
from typing import Any

from babel.localedata import locale_identifiers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.countries import countries, country_name
from directory.folding import fold
from federation.texts import locale_of

Choices = list[tuple[str, str]]

AT_MOST = 30  # countries
SELECTED = mark_safe(" selected")


def country_choices() -> Choices:
    return _countries_in(get_language() or "en")


def language_choices() -> Choices:
    return _languages_in(get_language() or "en")


@lru_cache
def _countries_in(language: str) -> Choices:
    named = [(code, country_name(code, language)) for code in countries()]
    return sorted(named, key=lambda choice: fold(choice[1]))


@lru_cache
def _languages_in(language: str) -> Choices:
    names = {str(code): str(name) for code, name in locale_of(language).languages.items()}
    known = {tag.partition("_")[0] for tag in locale_identifiers()}
    # Every two-letter code of ISO 639, and the others that CLDR has texts in.
    named = [(code, name) for code, name in names.items() if len(code) == 2 or code in known]
    return sorted(named, key=lambda choice: fold(choice[1]))


class CountriesWidget(forms.SelectMultiple):
    """Some drop-down lists, easier than one with many marks; two are always free."""

    template_name = "membership/_countries.html"
    use_fieldset = True
    free = 2

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name) or []
        return [code for code in chosen if code]

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_0" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # Not the parent's: it would build every option as a widget of its own, each time.
        chosen = list(value or [])
        boxes = (chosen + [""] * max(self.free, 3 - len(chosen)))[: AT_MOST + self.free]
        choices = list(self.choices)
        attrs = self.build_attrs(self.attrs, attrs)
        return {
            "name": name,
            "id": attrs.get("id", name),
            "boxes": [_options(choices, code) for code in boxes],
            "invalid": attrs.get("aria-invalid"),
        }


def _options(choices: Any, chosen: str) -> SafeString:
    """Drawn here: a template takes ten times as long for some hundred of them."""
    marked = ((code, SELECTED if code == chosen else "", name) for code, name in choices)
    return format_html_join("\n", '<option value="{}"{}>{}</option>', marked)


class CountriesField(forms.MultipleChoiceField):
    """A set of countries, at least one if required."""

    widget = CountriesWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=country_choices, **kwargs)

    def clean(self, value: Any) -> list[str]:
        codes = list(dict.fromkeys(super().clean(value)))
        if len(codes) > AT_MOST:
            raise ValidationError(
                _("Choose the %(number)s most important ones.") % {"number": AT_MOST}
            )
        return codes
