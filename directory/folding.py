"""Spelling made alike, for finding and for ordering names on any database.

A folded text is stored beside the original, and what somebody types is folded before it is
looked for: `orestad` finds Örestad, `lodz` finds Łódź, `workers union` finds Workers’ Union.
Where in doubt the folding joins rather than parts: it is better to find one name too many.

All marks above and below letters go, so й is и, ё is е, ї is і, and ñ is n. The signs that are
letters of their own stay: the voicing of kana (か, が) and the vowel signs of Indic and
Southeast Asian scripts.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from anyascii import anyascii

# Apostrophes, quotes, primes and the stops and dots inside words: C.N.T. is CNT, col·lectiu
# collectiu. Further quotes are found by their category.
_DROPPED = frozenset("'\"`´.·・‧„‚‛〝〞〟׳״՚ꞌʹʺʻʼʽʾʿˈˊˋ′″‴‵‶‷΄᾽᾿῾ـء")
_SPACES = frozenset("−‐⁃־゠")

_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t",
    "ŋ": "n", "ĸ": "k", "ı": "i", "ȷ": "j", "ƶ": "z", "ǥ": "g", "ɨ": "i", "ʉ": "u", "ƀ": "b",
    "ə": "e", "ɛ": "e", "ɔ": "o", "ɓ": "b", "ɗ": "d", "ɖ": "d", "ƙ": "k", "ɣ": "g",
    "ґ": "г", "ә": "а", "ө": "о", "ү": "у", "ұ": "у", "қ": "к", "ң": "н",
    "ғ": "г", "һ": "х",
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك", "گ": "ك",
    "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۃ": "ه",
}  # fmt: skip

# Signs that stand before a place, and around a country code, in a stored search text.
PLACE, COUNTRY = "\v", "\f"

_GOTHIC = {ord("a") + number: chr(0x10330 + number) for number in range(26)}

# Cyrillic in the Latin letters of the scientific and of the library transliteration; marks go.
_CYRILLIC = [
    str.maketrans(
        {"ю": "ju", "я": "ja", "ё": "jo", "й": "j", "х": "h", "ж": "z", "ш": "s", "ч": "c",
         "щ": "sc", "ц": "c", "ї": "ji", "є": "je"}
    ),
    str.maketrans(
        {"ю": "iu", "я": "ia", "ё": "e", "й": "i", "х": "kh", "ж": "zh", "ш": "sh", "ч": "ch",
         "щ": "shch", "ц": "ts", "ї": "i", "є": "ie"}
    ),
]  # fmt: skip

# Canonical combining classes of marks that are part of the letter: vowel signs (0), kana
# voicing (8), viramas (9), Thai and Lao vowels (103, 118).
_KEPT_MARKS = frozenset({0, 8, 9, 103, 118})
_INVISIBLE_MARKS = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")


def fold(text: str) -> str:
    """The text without case, marks, width, apostrophes and dashes. Folded again, it stays."""
    apart = unicodedata.normalize("NFKD", text.translate(_ACCENT_SIGNS).casefold())
    apart = unicodedata.normalize("NFKD", apart.casefold())
    words = "".join(map(_folded, apart)).split()
    return unicodedata.normalize("NFC", " ".join(words))


def latin(text: str) -> str:
    """The folded text in Latin letters, whatever script it is written in."""
    return fold(anyascii(unicodedata.normalize("NFKC", text)))


def search_text(names: Iterable[str], places: Iterable[str], countries: Iterable[str]) -> str:
    """What is stored for finding an organisation, one text to a line between line breaks.

    So a line can be asked for whole or by its beginning, and nothing is found across two of
    them. Places and country codes are marked with signs that no folded query contains.
    """
    lines = [form for name in names for form in forms(name)]
    lines += [f"{PLACE}{form}" for place in places for form in forms(place)]
    lines += [country_mark(code) for code in countries]
    return "".join(["\n", *(f"{line}\n" for line in dict.fromkeys(lines))])


def country_mark(code: str) -> str:
    """A country as it stands in a stored text: in letters that are in no word of a query."""
    return f"{COUNTRY}{code.lower().translate(_GOTHIC)}{COUNTRY}"


def forms(text: str) -> list[str]:
    """The spellings a text is found by: its own, and in Latin letters as people write them."""
    spelled = [fold(text), latin(text)]
    if any("\u0400" <= sign <= "\u04ff" for sign in text):
        small = unicodedata.normalize("NFC", text).casefold()
        spelled += [latin(small.translate(table)) for table in _CYRILLIC]
    return [form for form in dict.fromkeys(spelled) if form]


def words_of(text: str) -> set[str]:
    """The single words of a stored search text, without the country codes."""
    lines = (line for line in text.split("\n") if not line.startswith(COUNTRY))
    return {word for line in lines for word in line.removeprefix(PLACE).split()}


# A free-standing accent is an apostrophe in people's typing; its decomposition has a space.
_ACCENT_SIGNS = {ord(sign): "'" for sign in "´΄᾽᾿῾`"}


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """What one decomposed character becomes: itself, another letter, a space or nothing."""
    category = unicodedata.category(character)
    if character in _DROPPED or category in {"Cf", "Cs", "Me", "Pi", "Pf"}:
        return ""
    if category == "Mn":
        return character if _is_letter_like(character) else ""
    if character in _SPACES or category in {"Cc", "Pd"}:
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return _LETTERS.get(character, character)


def _is_letter_like(mark: str) -> bool:
    if (
        mark in _INVISIBLE_MARKS
        or "\ufe00" <= mark <= "\ufe0f"
        or "\U000e0100" <= mark <= "\U000e01ef"
    ):
        return False
    return unicodedata.combining(mark) in _KEPT_MARKS
