"""What a visitor's words ask for, as conditions on the stored search text.

Every word must be found, in any order, in some name or the place, in its own letters or in
Latin ones, or must name a country of the organisation in the reader's language. What the
visitor typed is folded like what is stored, so signs such as % or _ are only signs.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from django.db.models import Q

from directory.countries import countries_called
from directory.folding import country_mark, fold, latin

NOTHING = Q(pk__in=[])
LONGEST = 12  # words; more would only make the question slower


class Search:
    """The words of one query; `instead` has other spellings for words that nothing has."""

    def __init__(self, text: str, instead: Mapping[str, Iterable[str]] | None = None) -> None:
        self.text = text
        self.words = list(dict.fromkeys(fold(text).split()))[:LONGEST]
        self.instead = {word: tuple(spelled) for word, spelled in (instead or {}).items()}

    def __bool__(self) -> bool:
        """Whether anything was asked: signs alone find nothing, rather than everything."""
        return bool(self.text.strip())

    @property
    def condition(self) -> Q:
        if not self.words:
            return NOTHING if self else Q()
        return reduce(lambda all_words, word: all_words & self.of_word(word), self.words, Q())

    def of_word(self, word: str) -> Q:
        """The word in a name or place, or the country that it names."""
        spelled = [form for one in self.instead.get(word, (word,)) for form in (one, latin(one))]
        codes = [country_mark(code) for code in countries_called(word)]
        return _any([*dict.fromkeys(form for form in spelled if form), *codes])

    @property
    def segments(self) -> list[Q]:
        """The found in their order: a name is just this, a name begins so, and all others."""
        whole = {form for form in (" ".join(self.words), latin(self.text)) if form}
        if not whole:
            return [Q()]
        exact, begins = _any(f"\n{form}\n" for form in whole), _any(f"\n{form}" for form in whole)
        return [exact, begins & ~exact, ~begins]


def _any(parts: Iterable[str]) -> Q:
    return reduce(or_, (Q(search__contains=part) for part in parts))
