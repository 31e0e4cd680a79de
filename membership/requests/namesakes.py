"""Organisations that may be the one a request speaks of. Names repeat, so this is a question."""

from difflib import SequenceMatcher
from functools import reduce
from operator import add, or_
from typing import Any

from django.db.models import Case, IntegerField, Prefetch, Q, Value, When

from directory.folding import COUNTRY, PLACE, fold, forms
from directory.models import Organisation
from membership.models import AffiliationRequest

AT_MOST = 5
LOOKED_AT = 200
ALIKE = 0.86  # of 1: two letters of ten or so are other ones, or a short word is missing
PIECES = 6


def namesakes(request: AffiliationRequest, user: Any = None) -> list[Organisation]:
    """Those with the same or nearly the same name, or with an acronym of it in one of its
    countries; at most five, the most alike first.

    All names and acronyms of both are compared, in any script and in Latin letters. They come
    from the public lists and, for a coordinator, from the requests of that office; these stand
    in `asking` of each.
    """
    names, acronyms = _names_of(request.answers)
    countries = set(request.answers.get("countries", []))
    scored = []
    for organisation in _candidates(request, names | acronyms, user):
        lines = _lines_of(organisation)
        here = bool({country.code for country in organisation.countries.all()} & countries)
        score = _likeness(names, lines)
        if score >= ALIKE or (here and acronyms & set(lines)):
            scored.append((score + here, organisation))
    scored.sort(key=lambda one: (-one[0], one[1].sort_name, one[1].pk))
    return [organisation for _score, organisation in scored[:AT_MOST]]


def unanswered(request: AffiliationRequest) -> list[Organisation]:
    """Those of the directory that the applicant has not yet said not to be."""
    if request.answers.get("organisation_slug"):
        return []
    not_us = set(request.answers.get("not_us", []))
    return [one for one in namesakes(request) if one.slug not in not_us]


def _names_of(answers: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The names and the acronyms that were given, folded, in each of their spellings."""
    further = answers.get("names") or []
    names = [answers.get("name", "")]
    names += [name["value"] for name in further if name["kind"] != "acronym"]
    acronyms = [answers.get("acronym", "")]
    acronyms += [name["value"] for name in further if name["kind"] == "acronym"]
    return _spelled(names), _spelled(acronyms)


def _spelled(texts: list[str]) -> set[str]:
    return {form for text in texts if fold(text) for form in forms(text)}


def _candidates(request: AffiliationRequest, spelled: set[str], user: Any) -> Any:
    """Those that share a piece of a name; those that share the most pieces first.

    Every name is stored in Latin letters too, so these alone are looked for: each piece more
    is one more look at every organisation there is.
    """
    mine = AffiliationRequest.objects.managed_by(user).order_by("-submitted_at")
    asking = Prefetch("requests", queryset=mine, to_attr="asking")
    hidden = Organisation.objects.filter(pk__in=mine.order_by().values("organisation"))
    texts = [text for text in spelled if text.isascii()]
    pieces = sorted({piece for text in texts for piece in _pieces(text)})
    if not pieces:
        return []
    alike = [Q(search__contains=piece) for piece in (*pieces, *(f"\n{text}\n" for text in texts))]
    shared: Any = reduce(add, (_one_if(piece) for piece in alike))
    return (
        (Organisation.objects.listed() | hidden)
        .filter(reduce(or_, alike[: len(pieces)]))
        .exclude(pk=request.organisation_id or 0)
        .annotate(shared=shared)
        .order_by("-shared", "sort_name", "pk")
        .prefetch_related("countries", asking)[:LOOKED_AT]
    )


def _one_if(piece: Q) -> Case:
    return Case(When(piece, then=Value(1)), default=Value(0), output_field=IntegerField())


def _pieces(text: str) -> set[str]:
    """What two names that are nearly the same have in common, whichever letter is wrong."""
    words = sorted((word for word in text.split() if len(word) > 3), key=len, reverse=True)
    size = 4 if len(text) > 7 else 2
    ends = {f"\n{text[:size]}", f"{text[-size:]}\n"} if len(text) > 2 else {f"\n{text}\n"}
    return set(words[: PIECES - 3]) | ends


def _lines_of(organisation: Organisation) -> list[str]:
    """Its names and acronyms, folded; without the places and countries it is found by."""
    return [
        line
        for line in organisation.search.split("\n")
        if line and not line.startswith((PLACE, COUNTRY))
    ]


def _likeness(names: set[str], lines: list[str]) -> float:
    return max((_alike(name, line) for name in names for line in lines), default=0.0)


def _alike(one: str, other: str) -> float:
    """From 0 to 1. Words in another order are alike; short names must be the same."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) < 5:
        return 0.0
    if sorted(one.split()) == sorted(other.split()):
        return 0.99
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0
