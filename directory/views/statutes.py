"""The texts that a federation gives itself: all versions, and one of them to read."""

import datetime
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from directory.disclosing import with_public_effect
from directory.entries import language_name
from directory.models import Decision, Statutes, StatutesText
from directory.statutes import Kind, Version, blocks, kinds, through_time
from directory.strict import DayForm, StrictForm
from directory.views.facts import Fact, Word, told
from federation.files import keeping
from federation.models import Federation
from federation.texts import Text, in_language


@dataclass(frozen=True)
class Language:
    """A language in which a version stands; `is_adopted` where it was not translated into it."""

    code: str
    name: str
    is_adopted: bool


def languages_of(version: Statutes) -> list[Language]:
    return [
        Language(code, language_name(code), code == version.language) for code in version.languages
    ]


@dataclass(frozen=True)
class Row:
    """A version in the list, in which languages, and whether its decision has a public page."""

    version: Version
    languages: list[Language]
    is_linked: bool


def rows_of(kind: Kind) -> list[Row]:
    linked = _with_a_page(one.statutes for one in kind.versions)
    return [
        Row(one, languages_of(one.statutes), one.statutes.decision_id in linked)
        for one in kind.versions
    ]


def _with_a_page(versions: Any) -> set[int]:
    """Which of their decisions have a page that everybody may open."""
    adopted = Decision.objects.filter(pk__in={one.decision_id for one in versions})
    return set(with_public_effect(adopted).order_by().values_list("pk", flat=True))


def as_facts(federation: Federation, on: datetime.date | None) -> list[Fact]:
    """What holds on that day (today, where none is given), and the way to all versions."""
    found = kinds(federation, on or timezone.localdate())
    if not found:
        return []
    held = [one.statutes for kind in found for one in kind.versions if one.holds]
    words = [
        Word(one.title.value, url=one.get_absolute_url(), lang=one.title.language) for one in held
    ]
    every = reverse("directory:statutes_list", args=[federation.slug])
    if on:
        every = f"{every}?on={on.isoformat()}"
    return [told(gettext("Statutes and rules"), *words, Word(gettext("All versions"), url=every))]


class StatutesList(TemplateView):
    """All versions by kind, as they stand today or on the day asked for."""

    template_name = "directory/statutes_list.html"
    of_directory = True

    def get(self, request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
        federation = get_object_or_404(Federation.objects.visible_to(request.user), slug=slug)
        form = DayForm(request.GET)
        understood = form.is_valid()
        found = kinds(federation, form.day or timezone.localdate()) if understood else []
        context = {
            "federation": federation,
            "form": form,
            "on": form.day,
            "kinds": [(kind.label, rows_of(kind)) for kind in found],
        }
        return self.render_to_response(context, status=200 if understood else 400)


class LanguageForm(StrictForm):
    """The language to read it in: one in which it stands."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        error_messages={"invalid_choice": _("There is no “%(value)s” here.")},
    )

    def __init__(self, data: Any, languages: list[Language]) -> None:
        super().__init__(data)
        field: Any = self.fields["language"]
        field.choices = [(one.code, one.name) for one in languages]


class StatutesDetail(TemplateView):
    """One version: its words in one language, how long it holds, and those before and after."""

    template_name = "directory/statutes_detail.html"
    of_directory = True

    def get(self, request: HttpRequest, slug: str, pk: int, **kwargs: Any) -> HttpResponse:
        statutes = _found(slug, pk)
        languages = languages_of(statutes)
        form = LanguageForm(request.GET, languages)
        understood = form.is_valid()
        asked = form.cleaned_data.get("language") if understood else None
        words = _words(statutes, asked) if understood else None
        text = Text(words.text, words.language) if words else Text("", "")
        parts = blocks(text.value)
        context = {
            "federation": statutes.federation,
            "statutes": statutes,
            "form": form,
            "languages": languages,
            "shown": next((one for one in languages if words and one.code == words.language), None),
            "adopted": Language(statutes.language, language_name(statutes.language), True),
            "adopted_url": next(
                (f"?language={one.code}" for one in languages if one.is_adopted), ""
            ),
            "words": words,
            "text": text,
            "parts": parts,
            "headings": [part for part in parts if part.level == 1],
            "changes": in_language(statutes.changes, asked, statutes.language),
            "is_linked": bool(_with_a_page([statutes])),
            **_neighbours(statutes),
        }
        return self.render_to_response(context, status=200 if understood else 400)


def _found(slug: str, pk: int) -> Statutes:
    found: Statutes = get_object_or_404(
        Statutes.objects.visible_to(None).filter(federation__slug=slug).whole(), pk=pk
    )
    return found


def _words(statutes: Statutes, asked: str | None) -> StatutesText | None:
    """In the language asked for, else the reader's, else the one it was adopted in."""
    tag = in_language(dict.fromkeys(statutes.languages, "x"), asked, statutes.language).language
    rows = StatutesText.objects.filter(statutes=statutes, language=tag)
    return rows.select_related("document").defer("document__content").first()


def _neighbours(statutes: Statutes) -> dict[str, Any]:
    """Where it stands today among the versions of its kind."""
    same = Statutes.objects.filter(federation=statutes.federation_id, kind=statutes.kind)
    versions = through_time(same.whole(), timezone.localdate())
    place = next(n for n, one in enumerate(versions) if one.statutes.pk == statutes.pk)
    return {
        "version": versions[place],
        "current": next((one for n, one in enumerate(versions) if one.holds and n != place), None),
        "later": versions[place - 1] if place else None,
        "earlier": versions[place + 1] if place + 1 < len(versions) else None,
    }


@require_safe
def statutes_document(request: HttpRequest, slug: str, pk: int, language: str) -> HttpResponse:
    """The document of a version in a language, to take away."""
    statutes = _found(slug, pk)
    words = get_object_or_404(
        StatutesText.objects.select_related("document"), statutes=statutes, language=language
    )
    if words.document is None:
        raise Http404
    return keeping.download(words.document)
