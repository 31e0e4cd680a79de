"""Words that are spelled nearly like one that was typed, where that one finds nothing.

One letter too many, too few, wrong, or two that changed places. A word that finds something is
never respelled, so what is spelled right is never hidden behind guesses.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from directory.models import Organisation, SearchWord
from directory.searching import Search, country_words

SHORTEST = 4  # letters; shorter words are like too many others
GUESSES = 8
LONGEST = 12  # words of a query that are looked up one by one


def respelled(search: Search, among: QuerySet[Organisation]) -> Search:
    """The same search, with near spellings for those words that none of the organisations has."""
    few = 0 < len(search.words) <= LONGEST
    if not few or among.filter(search.condition).exists():
        return search
    # The files have no language of their own: they find what the page of any language finds.
    abroad = Search(search.text, abroad=True)
    if among.filter(abroad.condition).exists():
        return abroad
    instead = {}
    for word in search.words:
        if not among.filter(search.of_word(word)).exists():
            near = near_words(word, among)
            if not near:
                return search
            instead[word] = near
    return Search(search.text, instead) if instead else search


def near_words(word: str, among: QuerySet[Organisation]) -> list[str]:
    """The words that one slip of the pen makes of this one, and that one of these really has.

    The words known are those of all organisations, of whom what is hidden must not be guessed,
    and those of the names of countries in the reader's language.
    """
    if len(word) < SHORTEST:
        return []
    # A single slip leaves the first half or the second as it is.
    half = len(word) // 2
    alike = Q(word__startswith=word[: half - 1]) | Q(word__endswith=word[half + 1 :])
    known = SearchWord.objects.filter(alike).values_list("word", flat=True)
    words = {*known.iterator(), *country_words(get_language() or "en")}
    near = [one for one in words if one != word and is_one_slip(one, word)]
    near.sort(key=lambda one: (abs(len(one) - len(word)), one))
    return [one for one in near[:GUESSES] if among.filter(Search(one).of_word(one)).exists()]


def is_one_slip(one: str, other: str) -> bool:
    """Whether the two differ by one letter, or by two neighbours that changed places."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at + 1 : at + 2] + short[at : at + 1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped == long[at:]
