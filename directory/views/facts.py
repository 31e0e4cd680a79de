"""The short facts beside a page's text, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_skeleton
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.entries import Entry, language_name
from directory.models import OrganisationSite, PublicContact
from federation.models import Federation
from federation.texts import in_language, listed, locale_of


@dataclass(frozen=True)
class Word:
    """One value of a fact: what to read, where it leads, in which language it is."""

    text: str
    url: str = ""
    rel: str = ""
    lang: str = ""
    note: str = ""


@dataclass(frozen=True)
class Fact:
    label: str
    words: list[Word] = field(default_factory=list)


def told(label: str, *words: Word | str) -> Fact:
    """A fact of those values that are not empty."""
    made = (word if isinstance(word, Word) else Word(word) for word in words)
    return Fact(label, [word for word in made if word.text])


def list_url(**asked: Any) -> str:
    """The list of organisations, asked in this way."""
    given = {name: value for name, value in asked.items() if value}
    return f"{reverse('directory:organisation_list')}?{urlencode(given)}"


def partial_date(text: str) -> str:
    """`2016-03` as “March 2016”: as exactly as it is known."""
    if len(text) == 4 or not text:
        return text
    if len(text) == 10:
        return date_format(date.fromisoformat(text), "DATE_FORMAT")
    locale = locale_of(get_language() or "en")
    return format_skeleton("yMMMM", date.fromisoformat(f"{text}-01"), locale=locale)


def website(url: str, rel: str) -> Word:
    """A site, by its name without what every address begins with."""
    parts = urlsplit(url)
    shown = f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"
    return Word(shown, url=url, rel=rel)


def of_organisation(entry: Entry, contacts: Iterable[PublicContact]) -> list[Fact]:
    verified = date_format(entry.verified_on, "DATE_FORMAT") if entry.verified_on else _("never")
    sites = [website(entry.website, "me noopener nofollow")] if entry.website else []
    return [
        told(_("Countries"), *(_country(country) for country in entry.countries)),
        told(_("Town"), entry.place),
        told(_("Languages"), *(Word(language_name(code)) for code in entry.languages)),
        told(_("Industries"), *(Word(str(industry)) for industry in entry.industries)),
        told(_("Founded"), partial_date(entry.founded)),
        told(_("Dissolved"), partial_date(entry.dissolved)),
        told(_("Website"), *sites),
        told(_("On the web"), *(_further(site) for site in entry.sites)),
        told(_("Contact"), *(_contact(contact) for contact in contacts)),
        told(_("In other registers"), *(Word(str(one)) for one in entry.identifiers)),
        told(_("Last confirmed"), verified),
    ]


def _further(site: OrganisationSite) -> Word:
    note = [site.get_kind_display(), *([language_name(site.language)] if site.language else [])]
    return replace(website(site.url, "me noopener nofollow"), note=listed(note))


def _country(country: Any) -> Word:
    implied = country.basis == country.Basis.IMPLIED
    return Word(
        country.name,
        url=list_url(country=country.code),
        note=_("implied by the name") if implied else "",
    )


def _contact(contact: PublicContact) -> Word:
    if contact.kind == PublicContact.Kind.EMAIL:
        return Word(contact.value, url=f"mailto:{contact.value}", note=contact.label)
    if contact.kind == PublicContact.Kind.WEB:
        return Word(contact.value, url=contact.value, rel="noopener nofollow", note=contact.label)
    return Word(contact.value, note=contact.label)


def of_federation(federation: Federation, more: Iterable[Fact] = ()) -> list[Fact]:
    area = federation.area
    subjects = in_language(federation.subjects, original=federation.language)
    sites = [website(federation.website, "me noopener nofollow")] if federation.website else []
    return [
        told(_("Geographic scope"), federation.get_scope_display()),
        told(_("Area"), Word(area.value, lang=area.language)),
        told(_("Subjects"), Word(subjects.value, lang=subjects.language)),
        told(_("Founded"), partial_date(federation.founded)),
        told(_("Dissolved"), partial_date(federation.dissolved)),
        *more,
        told(_("Website"), *sites),
    ]
