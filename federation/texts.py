"""Texts in several languages: one value, ``{language: text}``, with the original marked.

Most texts exist in one or two languages, so a text is shown in the reader's language
where it exists and else in the original, and then says so by its `lang` attribute.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

MAX_LANGUAGES = 40


@dataclass(frozen=True)
class Text:
    """A text and the language it is in (a BCP 47 tag, empty when not known)."""

    value: str
    language: str

    def __str__(self) -> str:
        return self.value

    def __bool__(self) -> bool:
        return bool(self.value)

    @property
    def direction(self) -> str:
        return direction(self.language)


def locale_of(language: str) -> Locale:
    """What CLDR knows of the language; of English where it does not know it."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def direction(language: str) -> str:
    """``rtl``, ``ltr``, or ``auto`` where the language is not known."""
    try:
        return Locale.parse(language, sep="-").text_direction if language else "auto"
    except (UnknownLocaleError, ValueError):
        return "auto"


def in_language(texts: dict[str, str], language: str | None = None, original: str = "") -> Text:
    """The text in `language` (the reader's by default), else the original, else any."""
    wanted = language or get_language() or settings.LANGUAGE_CODE
    for tag in (wanted, wanted.partition("-")[0], original, *texts):
        if texts.get(tag):
            return Text(texts[tag], tag)
    return Text("", "")


_COMMAS = {"ar": "، ", "fa": "، ", "ur": "، ", "ja": "、", "zh": "、"}


def listed(words: Iterable[Any]) -> SafeString:
    """The words in a row, with the comma of the reader's language; what is not safe is escaped."""
    return mark_safe(_comma().join(map(conditional_escape, words)))  # noqa: S308


def joined(words: Iterable[Any]) -> str:
    """The same as plain text: for letters, for errors, and for sentences that are escaped later."""
    return _comma().join(map(str, words))


def _comma() -> str:
    language = (get_language() or settings.LANGUAGE_CODE).partition("-")[0]
    return _COMMAS.get(language, ", ")


def validate_texts(value: Any) -> None:
    """A dict of language tag to plain text, as `TextsField` stores it."""
    if not isinstance(value, dict) or len(value) > MAX_LANGUAGES:
        raise ValidationError(_("Texts are given as language and text."))
    for tag, text in value.items():
        if not is_language(tag):
            raise ValidationError(_("“%(tag)s” is not a language code."), params={"tag": tag})
        if not isinstance(text, str) or "\0" in text:
            raise ValidationError(_("Null characters are not allowed."))


def is_language(tag: Any) -> bool:
    """Whether CLDR knows the tag (`es`, `pt-BR`, `zh-Hant`)."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return False
    return True


class TextsWidget(forms.MultiWidget):
    """One box per language of the interface, each in its own direction."""

    template_name = "components/texts_widget.html"

    def __init__(self, area: bool = True) -> None:
        self.languages = [code for code, _name in settings.LANGUAGES]
        box = forms.Textarea if area else forms.TextInput
        super().__init__(
            {
                code: box(
                    {"lang": code, "dir": direction(code), "rows": 3} if area else {"lang": code}
                )
                for code in self.languages
            }
        )

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code in self.languages]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        at_once = {settings.LANGUAGE_CODE, get_language()}
        for code, box in zip(self.languages, context["widget"]["subwidgets"], strict=True):
            box["language"] = get_language_info(code)["name_local"]
            box["is_at_once"] = bool(box["value"]) or code in at_once
        return context


class TextsFormField(forms.MultiValueField):
    """Edits a `TextsField`; texts in languages the interface does not have are kept."""

    def __init__(self, *, area: bool = True, **kwargs: Any) -> None:
        for unused in ("encoder", "decoder", "widget"):
            kwargs.pop(unused, None)
        languages = settings.LANGUAGES
        fields = [forms.CharField(required=False, label=name) for _code, name in languages]
        super().__init__(
            fields,
            widget=TextsWidget(area),
            require_all_fields=False,
            **{"required": False, **kwargs},
        )

    def compress(self, data_list: list[str]) -> dict[str, str]:
        codes = [code for code, _name in settings.LANGUAGES]
        return {code: text for code, text in zip(codes, data_list or [], strict=False) if text}


class TextsField(models.JSONField):
    """``{language: text}``. Opaque to queries."""

    def __init__(self, *args: Any, area: bool = True, **kwargs: Any) -> None:
        self.area = area
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_texts]

    def formfield(self, **kwargs: Any) -> Any:
        return TextsFormField(area=self.area, label=self.verbose_name, help_text=self.help_text)

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        offered = {code for code, _name in settings.LANGUAGES}
        kept = {
            tag: text for tag, text in getattr(instance, self.name).items() if tag not in offered
        }
        setattr(instance, self.name, {**data, **kept})
