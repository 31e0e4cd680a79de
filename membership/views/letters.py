"""The letters of one's federations: when each is sent, and in whose words; which did not arrive."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.models.keepers import COORDINATOR
from federation import audit
from federation.models import Federation, LetterText
from membership.forms.letters import LetterForm
from membership.letters.occasions import LETTERS, MEANINGS, Occasion
from membership.letters.sending import lost_letters, our_wording, preview, wording
from membership.views.desk.offices import offices_of, tabs_of
from membership.views.guards import private


@private
@login_required
@require_safe
def coordination_letters(request: HttpRequest) -> HttpResponse:
    """Every letter of each federation, and the languages in which it has its own words."""
    federations = list(Federation.objects.coordinated_by(request.user))
    if not federations:
        raise PermissionDenied
    own: dict[tuple[Any, str], list[str]] = {}
    for text in LetterText.objects.managed_by(request.user).defer("subject", "body"):
        name = get_language_info(text.language)["name_local"]
        own.setdefault((text.federation_id, text.letter), []).append(name)
    tables = [
        (
            federation,
            [(letter, own.get((federation.pk, key), [])) for key, letter in LETTERS.items()],
        )
        for federation in federations
    ]
    context = {
        **tabs_of(request.user, offices_of(request.user)),
        "tables": tables,
        "lost": lost_letters(request.user),
    }
    return render(request, "membership/letters.html", context)


@private
@login_required
def coordination_letter(
    request: HttpRequest, federation: str, letter: str, language: str
) -> HttpResponse:
    """One letter in one language: its words, what they may hold, and how it reads."""
    mine = Federation.objects.coordinated_by(request.user)
    found: Federation = get_object_or_404(mine, slug=federation)
    occasion = LETTERS.get(letter)
    if occasion is None or language not in dict(settings.LANGUAGES):
        raise Http404
    act = request.POST.get("do") if request.method == "POST" else None
    if act == "ours":
        _go_back(request, found, occasion, language)
        return redirect(request.path)
    words = wording(occasion, language, found)
    form = LetterForm(
        request.POST if act else None,
        occasion=occasion,
        language=language,
        initial={"subject": words[0], "body": words[1]},
    )
    if act and form.is_valid():
        words = form.words
        if act == "save":
            _save(request, found, occasion, language, words)
            return redirect(request.path)
    context = {
        "federation": found,
        "occasion": occasion,
        "form": form,
        "placeholders": [(f"{{{name}}}", MEANINGS[name]) for name in occasion.placeholders],
        "is_own": LetterText.objects.filter(**_place(found, occasion, language)).exists(),
        "languages": _languages(found, occasion, language),
        "direction": form.fields["body"].widget.attrs["dir"],
        "language": language,
        "preview": None if form.errors else preview(occasion, language, found, words),
    }
    return render(request, "membership/letter.html", context)


def _place(federation: Federation, occasion: Occasion, language: str) -> dict[str, Any]:
    return {"federation": federation, "letter": occasion.key, "language": language}


@transaction.atomic
def _save(
    request: HttpRequest,
    federation: Federation,
    occasion: Occasion,
    language: str,
    words: tuple[str, str],
) -> None:
    """Keep the words as the federation's own, unless they are ours to the letter."""
    if words == our_wording(occasion, language):
        _go_back(request, federation, occasion, language)
        return
    given = {"subject": words[0], "body": words[1]}
    text, _is_new = LetterText.objects.update_or_create(
        **_place(federation, occasion, language), defaults=given
    )
    _note(request, text, federation)
    messages.success(request, _("Saved. From now on the letter goes out in these words."))


@transaction.atomic
def _go_back(
    request: HttpRequest, federation: Federation, occasion: Occasion, language: str
) -> None:
    text = LetterText.objects.filter(**_place(federation, occasion, language)).first()
    if text:
        _note(request, text, federation)
        text.delete()
    messages.success(request, _("From now on the letter goes out in the words of this site."))


def _note(request: HttpRequest, text: LetterText, federation: Federation) -> None:
    audit.record(
        audit.Action.CHANGE,
        text,
        by=request.user,
        office=COORDINATOR,
        fields=["subject", "body"],
        federation=federation.slug,
    )


def _languages(federation: Federation, occasion: Occasion, here: str) -> list[dict[str, Any]]:
    """The letter in every language of the site; the reader's own first."""
    own = LetterText.objects.filter(federation=federation, letter=occasion.key)
    written = set(own.values_list("language", flat=True))
    codes = [code for code, _name in settings.LANGUAGES]
    codes.sort(key=lambda code: code != get_language())
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"],
            "is_own": code in written,
            "is_here": code == here,
        }
        for code in codes
    ]
