"""What one entry of a wiki list says: the name, its link, the country, an acronym.

Understood are, in any order that wikis use::

    [Name](Target) ([Country](…))     [[Target (Country)|Name]]      Name (Country)
    [[Name]] (ACR, Country)           Name – Country                 {{flag|Country}} [[Name]]

A country is stated by brackets, a flag, a dash or a comma, the bracket in the link's target, or a
heading that is a country; else it may be implied by the name. Anything left over makes the
entry `NotUnderstood`: nothing is dropped to make it fit.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from directory.countries import country_code, country_codes, implied_country
from directory.folding import fold
from directory.reading.inline import Kind, Part, country_in_title, parse, without_disambiguation
from directory.reading.page import (
    MAX_TEXT,
    Basis,
    ListRow,
    Unclear,
    checked_name,
    checked_text,
    checked_url,
    shortened,
)

_BRACKETS = re.compile(r"([()（）])")
_DASH = re.compile(r"\s+[–—―-]+\s+|\s*[:;]\s+|\s*[:;]$|\s*—\s*")
_ACRONYM = re.compile(r"[^\W\d_](?:[\w.·&+'’/-]| (?=[/&-] )|(?<=[/&-]) ){0,18}[\w.]")
_LIST_WORDS = re.compile(r"[\s,;/&|·]+|\b(?:and|y|e|et|und)\b")
_SEPARATED = re.compile(r"^\s*[,;:–—―-]|[,;:–—―-]\s*$")
_SENTENCE = re.compile(r"\w{5}[.!?] ")
_EDGES = " \t\n\u00a0,;:.–—―-|·•"


@dataclass
class Found:
    """What has been found in an entry so far."""

    name: str = ""
    target: str = ""
    url: str = ""
    acronym: str = ""
    countries: list[str] = field(default_factory=list)

    def add_url(self, url: str) -> None:
        if self.url and self.url != url:
            raise Unclear(_("There is more than one web address."))
        self.url = url


def read_item(line: int, text: str, headings: tuple[str, ...] = (), country: str = "") -> ListRow:
    """The row that a list item means. `country` is what the headings above it say."""
    if len(text) > MAX_TEXT:
        raise Unclear(_("The entry is longer than %(count)d characters.") % {"count": MAX_TEXT})
    found = understood(parse(" ".join(unicodedata.normalize("NFC", text).split())))
    name = checked_name(found.name)
    countries, basis = _countries(found, country)
    return ListRow(
        line=line,
        name=name,
        raw=shortened(text),
        acronym=checked_text(found.acronym),
        countries=countries,
        country_basis=basis,
        headings=headings,
        url=checked_url(found.url),
        target=checked_text(found.target),
    )


def understood(parts: list[Part]) -> Found:
    """Name first, then what stands in brackets, so that an acronym can be told by the name."""
    outside, groups = _split_brackets(_bare_labels(parts))
    found = Found()
    _read_outside(outside, found)
    for group in groups:
        _read_group(group, found)
    return found


def _countries(found: Found, heading: str) -> tuple[tuple[str, ...], Basis]:
    if found.countries:
        return tuple(dict.fromkeys(found.countries)), "stated"
    stated = country_in_title(found.target) or ((heading,) if heading else ())
    if stated:
        return stated, "stated"
    implied = implied_country(found.name)
    return ((implied,), "implied") if implied else ((), "none")


def _bare_labels(parts: list[Part]) -> list[Part]:
    """A bracket at the end of a link's label counts like one behind the link."""
    bare = []
    for part in parts:
        title, inside = without_disambiguation(part.text)
        if part.kind is Kind.LINK and inside:
            bare += [Part(Kind.LINK, title, part.target, part.url), Part(Kind.TEXT, f"({inside})")]
        else:
            bare.append(part)
    return bare


def _split_brackets(parts: list[Part]) -> tuple[list[Part], list[list[Part]]]:
    """The parts outside round brackets, and those inside, bracket by bracket."""
    outside: list[Part] = []
    groups: list[list[Part]] = []
    depth = 0
    for part in parts:
        pieces = _BRACKETS.split(part.text) if part.kind is Kind.TEXT else [""]
        for piece in pieces:
            if piece and piece in "(（":
                depth += 1
                groups.append([])
            elif piece and piece in ")）":
                depth -= 1
            elif part.kind is not Kind.TEXT or piece.strip():
                own = part if part.kind is not Kind.TEXT else _text(piece, part)
                (groups[-1] if depth else outside).append(own)
            if depth not in (0, 1):
                raise Unclear(_("Round brackets are not opened and closed in pairs."))
    if depth:
        raise Unclear(_("A bracket is opened and not closed: %(sign)s") % {"sign": "("})
    return outside, groups


def _text(piece: str, part: Part) -> Part:
    return Part(Kind.TEXT, piece, strong=part.strong)


def _read_outside(parts: list[Part], found: Found) -> None:
    """Find the name: a link, else something in bold, else the text; the rest are countries."""
    found.countries += _flags(parts)
    for part in parts:
        if part.url and not part.text:
            found.add_url(part.url)
    links = [part for part in parts if part.kind is Kind.LINK and part.text]
    texts = [part for part in parts if part.kind is Kind.TEXT and part.text.strip(_EDGES)]
    if not links:
        links = [part for part in texts if part.strong]
        texts = [part for part in texts if not part.strong]
    named = [part for part in links if not country_codes(part.text)]
    if named:
        _take_link(named, found)
    elif texts and (not links or any(_SEPARATED.search(part.text) for part in texts)):
        found.name, countries = _name_and_country(texts.pop(0).text)
        found.countries += countries
    elif texts or links or found.countries:
        raise Unclear(_("There is a country, but no organisation."))
    for part in [*texts, *(part for part in links if part not in named)]:
        found.countries += _stated(part.text)


def _flags(parts: Sequence[Part]) -> list[str]:
    return [country_code(part.text) or "" for part in parts if part.kind is Kind.COUNTRY]


def _take_link(named: list[Part], found: Found) -> None:
    """The first link is the organisation; a second may be its web page and nothing else."""
    first, *others = named
    found.name, found.target = first.text.strip(" ,;:"), first.target
    if first.url:
        found.add_url(first.url)
    for other in others:
        if not other.url:
            raise Unclear(_("There is more than one name: %(name)s") % {"name": other.text})
        found.add_url(other.url)


def _stated(text: str) -> tuple[str, ...]:
    """Words beside the name have to be countries."""
    words = text.strip(_EDGES)
    codes = country_codes(words)
    if not codes:
        raise Unclear(
            _("The words beside the name are not understood: %(text)s")
            % {"text": shortened(words, 80)}
        )
    return codes


def _name_and_country(text: str) -> tuple[str, tuple[str, ...]]:
    """A name without a link, with a country before or after a dash, colon or last comma."""
    pieces = [piece for piece in _DASH.split(text.strip()) if piece.strip(_EDGES)]
    if len(pieces) == 2 and country_codes(pieces[0].strip(_EDGES)):
        pieces.reverse()
    name, *rest = pieces or [text]
    countries = tuple(code for piece in rest for code in _stated(piece))
    before, comma, after = name.rpartition(",")
    if comma and not rest and country_codes(after.strip(_EDGES)):
        name, countries = before, country_codes(after.strip(_EDGES))
    name = name.strip().strip(",;:|·•").strip()
    if country_codes(name):
        raise Unclear(_("There is a country, but no organisation."))
    if _SENTENCE.search(name) or (name.endswith((".", "!", "?")) and len(name.split()) > 5):
        raise Unclear(_("This is a sentence rather than a name."))
    return name, countries


def _read_group(parts: list[Part], found: Found) -> None:
    """Brackets hold countries, an acronym, or a web address."""
    if not parts:
        raise Unclear(_("There are empty brackets."))
    found.countries += _flags(parts)
    texts = [part for part in parts if part.kind is Kind.TEXT]
    for part in parts:
        if part.kind is Kind.LINK:
            _read_link_in_brackets(part, found)
    if len(texts) == len(parts):
        _read_words(" ".join(part.text for part in texts), found)
        return
    for part in texts:
        words = _LIST_WORDS.sub(" ", part.text).strip()
        if words:
            _read_words(part.text.strip(_EDGES), found)


def _read_link_in_brackets(part: Part, found: Found) -> None:
    page = without_disambiguation(part.target.replace("_", " "))[0]
    codes = country_codes(part.text) or country_codes(page)
    if codes:
        found.countries += codes
    elif part.url:
        found.add_url(part.url)
    else:
        _read_words(part.text, found)


def _read_words(text: str, found: Found) -> None:
    """Countries and an acronym, with commas between."""
    for words in [text] if country_codes(text) else text.split(","):
        piece = " ".join(words.split())
        codes = country_codes(piece)
        if codes and not _spells_initials(piece, found.name):
            found.countries += codes
        elif _is_acronym(piece) and found.acronym in ("", piece):
            found.acronym = piece
        else:
            raise Unclear(
                _("The words in brackets are neither a country nor an acronym: %(text)s")
                % {"text": shortened(piece, 80)}
            )


def _is_acronym(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    return bool(_ACRONYM.fullmatch(text)) and capitals >= 2 and 2 * capitals >= len(letters)


def _spells_initials(text: str, name: str) -> bool:
    """Whether the text is the name's own acronym: AL is Acción Libertaria before it is Albania."""
    words = fold(name).split()
    long_words = [word for word in words if len(word) > 3]
    initials = {"".join(word[0] for word in group) for group in (words, long_words)}
    return text.isupper() and fold(text).replace(" ", "") in initials
