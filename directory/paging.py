"""Pages of a list by place, not by number: each starts where its neighbour ended.

A page deep in the list costs what the first one costs, and a row that comes or goes
elsewhere moves nothing. The place travels in the address as a signed word, so that only
places we gave out ourselves come back.
"""

from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet

DEFAULT_SIZE = 50
LARGEST_SIZE = 100


@dataclass(frozen=True)
class Order:
    """The column a list of `model` is sorted by; the primary key decides between equals."""

    model: type[Model]
    key: str
    descending: bool = False

    def applied(self, queryset: QuerySet[Any], *, backwards: bool) -> QuerySet[Any]:
        sign = "-" if self.descending != backwards else ""
        return queryset.order_by(f"{sign}{self.key}", f"{sign}pk")

    def beyond(self, place: "Place") -> Q:
        """What lies past the place. The first condition alone lets an index find it."""
        word = "lt" if self.descending != place.backwards else "gt"
        further = Q(**{f"{self.key}__{word}": place.value}) | Q(**{f"pk__{word}": place.pk})
        return Q(**{f"{self.key}__{word}e": place.value}) & further

    def signer(self) -> Signer:
        """A word of one list or order means nothing in another."""
        return Signer(sep=".", salt=f"{self.model._meta.label}:{self.key}:{self.descending}")


@dataclass(frozen=True)
class Place:
    """Where a page begins: past this row, read on or back."""

    value: Any
    pk: Any
    backwards: bool = False

    def word(self, order: Order) -> str:
        value = self.value.isoformat() if hasattr(self.value, "isoformat") else self.value
        signed: str = order.signer().sign_object([value, self.pk, self.backwards], compress=True)
        return signed

    @classmethod
    def read(cls, word: str, order: Order) -> "Place":
        """Raise ValueError for a word that is not ours or belongs to another list."""
        try:
            value, pk, backwards = order.signer().unsign_object(word)
        except BadSignature as error:
            raise ValueError("not a place of this list") from error
        key = order.model._meta.pk.name if order.key == "pk" else order.key
        return cls(order.model._meta.get_field(key).to_python(value), pk, backwards)


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the words for its neighbours, empty where there are none."""

    rows: list[Any]
    next: str = ""
    previous: str = ""


def page_of(queryset: QuerySet[Any], order: Order, size: int, place: Place | None) -> Page:
    """One page of the queryset in this order, in one query."""
    backwards = place is not None and place.backwards
    found = order.applied(queryset, backwards=backwards)
    if place is not None:
        found = found.filter(order.beyond(place))
    rows = list(found[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, place is not None)
    return Page(
        rows,
        next=_word_at(rows[-1:], order, backwards=False) if has_next else "",
        previous=_word_at(rows[:1], order, backwards=True) if has_previous else "",
    )


def _word_at(outermost: list[Any], order: Order, *, backwards: bool) -> str:
    """The neighbour begins past the outermost row. Where all rows have gone, there is none."""
    words = (Place(getattr(row, order.key), row.pk, backwards).word(order) for row in outermost)
    return next(words, "")
