"""Countries: their codes, their names in many languages, and what a name lets one guess.

Codes are those of ISO 3166-1 and XK for Kosovo, names those of CLDR.
"""

import re
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language

from directory.country_words import ADJECTIVES, ALIASES, AMBIGUOUS
from directory.country_words import REGIONS as COUNTRIES_BY_REGION
from directory.folding import fold
from federation.texts import locale_of

LANGUAGES = ("en", "es", "fr", "de", "pt", "it", "pl", "ru", "ar", "tr")

# CLDR's territories that are groups, islands apart from their country, or made up.
_NO_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)

# One of the two in some languages, both in others.
_TWO_COUNTRIES = frozenset({"congo", "kongo", "конго", "الكونغو"})

_SEPARATORS = re.compile(r"\s*[,;/|•·]\s*|\s+(?:and|y|e|et|und|i|и|و|ve)\s+|\s*&\s*")


@cache
def countries() -> tuple[str, ...]:
    """The codes of all countries, in alphabetical order."""
    codes = map(str, Locale("en").territories)
    return tuple(sorted(code for code in codes if len(code) == 2 and code not in _NO_COUNTRIES))


def country_name(code: str, language: str | None = None) -> str:
    """The name in the language (the reader's by default), in English, or else the code itself."""
    return _name_in(code, language or get_language() or "en")


@lru_cache(maxsize=8192)
def country_code(text: str) -> str | None:
    """The code that a code, or a name in one of the `LANGUAGES`, stands for."""
    text = text.strip()
    if len(text) == 2 and text.upper() in countries():
        return text.upper()
    key = _key(text)
    found = _english().get(key)
    # IRA and FAS are Iran in Portuguese and Morocco in Turkish, but more often something else.
    if found is None and not (len(text) < 5 and text.isascii() and text.isupper()):
        found = _foreign().get(key)
    if found is None and len(text) == 3 and text.isupper():
        found = _three_letters().get(text)
    return found or _english().get(key.removeprefix("republic of "))


def country_codes(text: str) -> tuple[str, ...]:
    """The codes of the countries a text lists, none unless each of its parts is a country."""
    whole = country_code(text)
    if whole:
        return (whole,)
    codes = [country_code(part) for part in _SEPARATORS.split(text)]
    if len(codes) < 2 or not all(codes):
        return ()
    return tuple(dict.fromkeys(code for code in codes if code))


@lru_cache(maxsize=8192)
def implied_country(name: str) -> str | None:
    """The one country that the words of an English name point to, as Polish points to PL.

    A guess, never a statement: who shows it says so. None where the words point to several.
    """
    words = re.findall(r"\w+", fold(name))
    found, at = set(), 0
    while at < len(words):
        for length in range(min(_longest_hint(), len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            if phrase in _hints():
                found.add(_hints()[phrase])
                at += length - 1
                break
        at += 1
    found.discard("")
    return found.pop() if len(found) == 1 else None


# The world's regions by the codes of UN M.49, which CLDR names in every language.
REGIONS = {"africa": "002", "americas": "019", "asia": "142", "europe": "150", "oceania": "009"}


def countries_of(region: str) -> frozenset[str]:
    """The codes of the countries in one of the `REGIONS`."""
    lines = (line.split() for line in COUNTRIES_BY_REGION.strip().splitlines())
    return frozenset(code for name, *codes in lines if name == region for code in codes)


def region_name(region: str) -> str:
    """The name in the reader's language."""
    return str(locale_of(get_language() or "en").territories[REGIONS[region]])


@cache
def region_of(code: str) -> str:
    """The key of `REGIONS` that a country lies in; empty for Antarctica and unknown codes."""
    return next((region for region in REGIONS if code in countries_of(region)), "")


def countries_called(word: str, language: str | None = None) -> tuple[str, ...]:
    """The codes of the countries that a folded word names, or begins to name, to the reader.

    Also a whole name in any of the `LANGUAGES`; never a mere code, as `no` and `de` are words.
    """
    return _called(word, language or get_language() or "en")


@lru_cache(maxsize=8192)
def _called(word: str, language: str) -> tuple[str, ...]:
    if len(word) < 3 and word.isascii():
        return ()
    whole = _foreign().get(word) or _english().get(word)
    found = [code for code, words in _words_of_names(language) if _begins(word, words)]
    return tuple(dict.fromkeys([*found, *([whole] if whole else [])]))


def _begins(word: str, words: tuple[str, ...]) -> bool:
    return any(one.startswith(word) or one.removeprefix("ال").startswith(word) for one in words)


@lru_cache(maxsize=32)
def _words_of_names(language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((code, tuple(_key(_name_in(code, language)).split())) for code in countries())


@lru_cache(maxsize=8192)
def _name_in(code: str, language: str) -> str:
    if code not in countries():
        return code
    return str(locale_of(language).territories.get(code) or Locale("en").territories[code])


def _key(name: str) -> str:
    key = re.sub(r"^(?:the|la|el|die|der|les|le) ", "", fold(name).replace("&", " and "))
    key = re.sub(r"^(?:st|saint|sint) ", "saint ", key)
    return " ".join(re.findall(r"\w+", key))


def _pairs(table: str) -> list[tuple[str, str]]:
    lines = (line.split(" ", 1) for line in table.strip().splitlines())
    return [(code, word) for code, words in lines for word in words.split(", ")]


def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories
    return {_key(territories[code]): code for code in countries() if code in territories}


@cache
def _english() -> dict[str, str]:
    return {**_names("en"), **{_key(word): code for code, word in _pairs(ALIASES)}}


@cache
def _foreign() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        found = {**_names(language), **found}
    return {name: code for name, code in found.items() if name not in _TWO_COUNTRIES}


@cache
def _three_letters() -> dict[str, str]:
    """ISO 3166-1 alpha-3, which CLDR keeps among the older names of territories."""
    older = get_global("territory_aliases")
    singles = {code: now[0] for code, now in older.items() if len(code) == 3 and len(now) == 1}
    return {code: now for code, now in singles.items() if code.isalpha() and now in countries()}


@cache
def _hints() -> dict[str, str]:
    """Folded words and what country they imply; an empty code where they imply none."""
    adjectives = {_key(word): code for code, word in _pairs(ADJECTIVES)}
    ambiguous = {_key(phrase): "" for phrase in AMBIGUOUS.replace("\n", " ").split(",")}
    return {**_english(), **adjectives, **ambiguous}


@cache
def _longest_hint() -> int:
    return max(len(phrase.split()) for phrase in _hints())
