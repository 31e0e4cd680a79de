"""vCard 4 (RFC 6350): one organisation for an address book.

Only contacts the public may see are in it. A street is written where the organisation gave a
postal address as its contact, else town and country alone.
"""

import datetime
import unicodedata
from collections.abc import Iterable, Iterator

from directory.countries import country_name
from directory.entries import Entry
from directory.exports.about import About
from directory.models import OrganisationSite, PublicContact

CONTENT_TYPE = "text/vcard; charset=utf-8"
WIDTH = 75  # octets of a line, without its end
KINDS = PublicContact.Kind
FEED = OrganisationSite.Kind.FEED
ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", ",": "\\,", ";": "\\;"})
# In a parameter's value (RFC 6868).
CARETS = str.maketrans({"^": "^^", "\n": "^n", '"': "^'"})


def card(entry: Entry, contacts: Iterable[PublicContact], about: About) -> str:
    return "".join(f"{folded(line)}\r\n" for line in _lines(entry, list(contacts), about))


def _lines(entry: Entry, contacts: list[PublicContact], about: About) -> Iterator[str]:
    address = about.organisation(entry.slug)
    tongue = f";LANGUAGE={entry.name.language}" if entry.name.language else ""
    yield from ("BEGIN:VCARD", "VERSION:4.0", "KIND:org", f"UID:{address}")
    yield f"FN{tongue}:{text(str(entry.name))}"
    yield f"ORG{tongue}:{text(str(entry.name))}"
    if entry.acronym:
        yield f"NICKNAME:{text(entry.acronym)}"
    for code in entry.languages:
        yield f"LANG:{text(code)}"
    yield from _places(entry, contacts)
    if entry.website:
        yield f"URL:{uri(entry.website)}"
    for site in entry.sites:
        if site.kind != FEED:
            yield f"URL:{uri(site.url)}"
    yield from _reached(contacts)
    if entry.industries:
        yield f"CATEGORIES:{','.join(text(industry.code) for industry in entry.industries)}"
    if entry.description:
        told = entry.description
        yield f"NOTE{f';LANGUAGE={told.language}' if told.language else ''}:{text(told.value)}"
    yield f"SOURCE:{uri(about.source)}"
    yield f"REV:{entry.changed_at.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}"
    yield "END:VCARD"


def _places(entry: Entry, contacts: list[PublicContact]) -> Iterator[str]:
    country = country_name(entry.only_country, "en")
    town = f";;;{text(entry.place)};;;{text(country)}"
    streets = [contact.value for contact in contacts if contact.kind == KINDS.POST]
    for street in streets:
        yield f'ADR;LABEL="{plain(street, keep=chr(10)).translate(CARETS)}":{town}'
    if not streets and (entry.place or country):
        yield f"ADR:{town}"
    if entry.latitude is not None and entry.longitude is not None:
        yield f"GEO:geo:{entry.latitude},{entry.longitude}"


def _reached(contacts: list[PublicContact]) -> Iterator[str]:
    for contact in contacts:
        if contact.kind == KINDS.EMAIL:
            yield f"EMAIL:{text(contact.value)}"
        elif contact.kind == KINDS.PHONE:
            yield f"TEL:{text(contact.value)}"
        elif contact.kind == KINDS.WEB:
            yield f"URL:{uri(contact.value)}"


def plain(value: str, keep: str = "") -> str:
    """The text without control characters, which would begin another line."""
    unified = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        sign
        for sign in unified
        if sign in keep or unicodedata.category(sign) not in ("Cc", "Zl", "Zp")
    )


def uri(value: str) -> str:
    """An address. Some readers take a comma in it for its end, so that is written otherwise."""
    return plain(value).replace(",", "%2C")


def text(value: str) -> str:
    return plain(value, keep="\n").translate(ESCAPED)


def folded(line: str) -> str:
    """The line in pieces of 75 octets; no character is cut."""
    pieces, piece, size = [], "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > WIDTH:
            pieces.append(piece)
            piece, size = " ", 1
        piece += sign
        size += octets
    return "\r\n".join([*pieces, piece])
