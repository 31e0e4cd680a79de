"""What a visitor's words ask for, as conditions on the stored search text.

Every word must be found, in any order, in some name or the place, in its own letters or in
Latin ones, or must name a country of the organisation: one word in the reader's language, or
several words that are its name together in any. What the visitor typed is folded like what is
stored, so signs such as % or _ are only signs.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, reduce
from itertools import islice, product
from operator import or_

from django.db.models import Q

from directory.countries import LANGUAGES, countries, countries_called, country_code, country_name
from directory.folding import country_mark, fold, latin

NOTHING = Q(pk__in=[])
LONGEST_COUNTRY = 8  # words, from one on that stands for a country with those that follow
WHOLES = 16  # spellings of a whole query that the best are looked for by


class Search:
    """The words of one query; `instead` has other spellings for words that nothing has."""

    def __init__(
        self, text: str, instead: Mapping[str, Iterable[str]] | None = None, *, abroad: bool = False
    ) -> None:
        self.text = text
        self.abroad = (
            abroad  # also what countries are called in languages that are not the reader's
        )
        self.words = list(dict.fromkeys(fold(text).split()))
        self.instead = {word: tuple(spelled) for word, spelled in (instead or {}).items()}

    def __bool__(self) -> bool:
        """Whether anything was asked: signs alone find nothing, rather than everything."""
        return bool(self.text.strip())

    @property
    def condition(self) -> Q:
        if not self.words:
            return NOTHING if self else Q()
        asked = Q()
        for part in _countries_joined(self.words):
            each = reduce(lambda all_words, word: all_words & self.of_word(word), part, Q())
            code = _country_named(part) if len(part) > 1 else None
            asked &= each | _any([country_mark(code)]) if code else each
        return asked

    def of_word(self, word: str) -> Q:
        """The word in a name or place, or the country that it names."""
        spelled = self.instead.get(word, (word,))
        forms = [form for one in spelled for form in (one, latin(one))]
        codes = [country_mark(code) for one in spelled for code in self._countries(one)]
        return _any([*dict.fromkeys(form for form in forms if form), *dict.fromkeys(codes)])

    def _countries(self, word: str) -> Iterator[str]:
        """The codes of the countries that a word stands for."""
        yield from countries_called(word)
        code = _country_named([word])
        if code:
            yield code
        for language in LANGUAGES if self.abroad else ():
            yield from countries_called(word, language)

    @property
    def segments(self) -> list[Q]:
        """The found in their order: a name is just this, a name begins so, and all others."""
        spelled = product(*(self.instead.get(word, (word,)) for word in self.words))
        wholes = [" ".join(words) for words in islice(spelled, WHOLES)]
        wholes += [] if self.instead else [latin(self.text)]
        whole = [form for form in dict.fromkeys(wholes) if form]
        if not whole:
            return [Q()]
        exact, begins = _any(f"\n{form}\n" for form in whole), _any(f"\n{form}" for form in whole)
        return [exact, begins & ~exact, ~begins]


@cache
def country_words(language: str) -> frozenset[str]:
    """The words of the names of countries, folded."""
    names = (fold(country_name(code, language)) for code in countries())
    return frozenset(word for name in names for word in re.findall(r"\w+", name))


def _country_named(words: list[str]) -> str | None:
    """The country that the words together name; never by a mere code, as `no` and `de` are."""
    name = " ".join(words)
    return None if name.upper() in countries() else country_code(name)


def _countries_joined(words: list[str]) -> Iterator[list[str]]:
    """The words one by one; those that together name a country, as viet nam, in one piece."""
    at = 0
    while at < len(words):
        runs = (words[at:end] for end in range(min(at + LONGEST_COUNTRY, len(words)), at + 1, -1))
        part = next((run for run in runs if _country_named(run)), words[at : at + 1])
        yield part
        at += len(part)


def _any(parts: Iterable[str]) -> Q:
    return reduce(or_, (Q(search__contains=part) for part in parts))
