"""The one door by which the letters of a procedure go out, and what became of them.

A federation may write a letter in its own words, per language. Words of either kind hold
placeholders in braces and nothing else that changes: no name of a person, none of the
organisation that asks, and nothing that somebody wrote (control C37).
"""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse, translate_url
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from federation import letters
from federation.models import Federation, Letter, LetterText
from membership.letters.occasions import LETTERS, Occasion
from membership.models import AffiliationRequest, Proceeding

PLACEHOLDER = re.compile(r"\{(\w+)\}")
SAMPLE = "4K7P-29WX"
CODES = ("code", "draft_code")
LOST = (Letter.State.RETURNED, Letter.State.FAILED)
PAGES: dict[Any, str] = {
    AffiliationRequest: "membership:coordination_request",
    Proceeding: "membership:coordination_proceeding",
}


def tell(
    letter: str,
    recipient: str,
    language: str,
    *,
    federation: Federation | None = None,
    reference: str = "",
    link: str = "",
    **values: Any,
) -> Letter:
    """Queue the letter, in the caller's transaction: in the federation's words, else in ours.

    `link` is a path of this site or a whole address; without it, the link leads to the page of
    the reference. `until` is the last day that counts, None if no day is set.
    """
    occasion = LETTERS[letter]
    missing = set(occasion.values) - values.keys()
    if missing:
        raise LookupError(f"The letter {letter} needs {', '.join(sorted(missing))}.")
    language = letters.spoken(language)
    address = absolute(occasion, reference, link, language)
    written = wording(occasion, language, federation)
    given = {"reference": reference, "link": address, **values}
    subject, body = filled(written, language, federation, given)
    return letters.enqueue(recipient, language, subject, body, template=letter, about=reference)


def preview(
    occasion: Occasion, language: str, federation: Federation, written: tuple[str, str]
) -> tuple[str, str]:
    """How a letter in these words would read, with invented values."""
    given = {
        "reference": SAMPLE,
        "link": absolute(occasion, SAMPLE, "", language),
        "until": timezone.localdate() + datetime.timedelta(days=21),
        "code": "123456",
    }
    return filled(written, language, federation, given)


def wording(
    occasion: Occasion, language: str, federation: Federation | None = None
) -> tuple[str, str]:
    """Subject and body with their placeholders: the federation's own, else ours."""
    texts = LetterText.objects.filter(letter=occasion.key, language=language)
    own = texts.filter(federation=federation).first()
    return (own.subject, own.body) if own else our_wording(occasion, language)


def our_wording(occasion: Occasion, language: str) -> tuple[str, str]:
    """What stands in templates/emails/affiliation, with every placeholder in its braces."""
    marks = {name: f"{{{name}}}" for name in occasion.placeholders}
    template = occasion.template or f"affiliation/{occasion.key}"
    return letters.rendered(template, language, **{**marks, "site_name": marks["site"]})


def filled(
    written: tuple[str, str], language: str, federation: Federation | None, given: dict[str, Any]
) -> tuple[str, str]:
    """Subject and body with what stands for their placeholders. Other braces stay."""
    with translation.override(language):
        known = {"federation": federation.name if federation else "", "site": settings.SITE_NAME}
        said = {name: _in_words(value) for name, value in {**known, **given}.items()}
    subject, body = (
        PLACEHOLDER.sub(lambda found: said.get(found[1], found[0]), text) for text in written
    )
    return subject, body


def absolute(occasion: Occasion, reference: str, link: str, language: str) -> str:
    """The whole address that the letter leads to, in the reader's language."""
    if not link and occasion.page and reference:
        with translation.override(language):
            link = reverse(occasion.page, args=[reference])
    elif link.startswith("/"):
        link = translate_url(link, language)
    return f"{settings.SITE_URL}{link}" if link.startswith("/") else link or settings.SITE_URL


def _in_words(value: Any) -> str:
    """As it stands in a letter, in the language that is active."""
    if value is None:
        return _("no day is set")
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value).date()
    return date_format(value) if isinstance(value, datetime.date) else str(value)


# --- what became of them --------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """Letters of one kind that fared alike on one day. Never to which address they went."""

    name: str | Promise
    state: str
    day: datetime.date
    reference: str
    page: str  # of the desk, for the reference; empty where it stands on that page
    number: int = 1

    @property
    def is_lost(self) -> bool:
        """Whether they did not arrive, so that somebody has to find another way."""
        return self.state in LOST


def letters_about(reference: str) -> list[Told]:
    """The letters about a reference, newest first; codes are nobody's business."""
    return _told(Letter.objects.filter(about=reference)) if reference else []


def lost_letters(user: Any) -> list[Told]:
    """Those that did not arrive, about what the person decides on, newest first."""
    lost = Letter.objects.filter(state__in=LOST)
    found = []
    for model, page in PAGES.items():
        mine = model._default_manager.managed_by(user).values("reference")
        found += _told(lost.filter(about__in=mine), page)
    return sorted(found, key=lambda told: told.day, reverse=True)


def _told(found: Any, page: str = "") -> list[Told]:
    told: dict[tuple[str, str, datetime.date, str], int] = {}
    found = found.exclude(template__in=CODES).order_by("-queued_at")
    for letter in found.defer("recipient", "subject", "body"):
        at = letter.returned_at or letter.sent_at or letter.queued_at
        key = (letter.template, letter.state, timezone.localdate(at), letter.about)
        told[key] = told.get(key, 0) + 1
    return [
        Told(
            LETTERS[template].name if template in LETTERS else _("Letter"),
            state,
            day,
            about,
            page,
            number,
        )
        for (template, state, day, about), number in told.items()
    ]
