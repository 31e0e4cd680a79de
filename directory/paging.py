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

    def read(
        self, queryset: QuerySet[Any], place: "Place | None", limit: int, *, backwards: bool
    ) -> list[Any]:
        """The next `limit` rows past the place, in the direction of reading."""
        sign = "-" if self.descending != backwards else ""
        found = queryset.order_by(f"{sign}{self.key}", f"{sign}pk")
        return list((found.filter(self.beyond(place)) if place else found)[:limit])

    def whole(self, queryset: QuerySet[Any]) -> list[QuerySet[Any]]:
        """All rows in this order, in one or more querysets to be read one after the other."""
        sign = "-" if self.descending else ""
        return [queryset.order_by(f"{sign}{self.key}", f"{sign}pk")]

    def beyond(self, place: "Place") -> Q:
        """What lies past the place. The first condition alone lets an index find it."""
        word = "lt" if self.descending != place.backwards else "gt"
        further = Q(**{f"{self.key}__{word}": place.value}) | Q(**{f"pk__{word}": place.pk})
        return Q(**{f"{self.key}__{word}e": place.value}) & further

    def value_at(self, row: Any) -> Any:
        """What a place keeps of the row, as JSON can carry it."""
        value = getattr(row, self.key)
        return value.isoformat() if hasattr(value, "isoformat") else value

    def load(self, value: Any) -> Any:
        """The value from a place. Raise ValueError if it cannot be of this order."""
        key = self.model._meta.pk.name if self.key == "pk" else self.key
        return self.model._meta.get_field(key).to_python(value)

    def signer(self) -> Signer:
        """A word of one list or order means nothing in another."""
        return Signer(sep=".", salt=f"{self.model._meta.label}:{self.key}:{self.descending}")


@dataclass(frozen=True)
class Place:
    """Where a page begins: past this row, read on or back."""

    value: Any
    pk: Any
    backwards: bool = False

    @classmethod
    def of(cls, row: Any, order: Order, *, backwards: bool) -> str:
        """The word for the place of a row."""
        said = [order.value_at(row), row.pk, backwards]
        return str(order.signer().sign_object(said, compress=True))

    @classmethod
    def read(cls, word: str, order: Order) -> "Place":
        """Raise ValueError for a word that is not ours or belongs to another list."""
        try:
            value, pk, backwards = order.signer().unsign_object(word)
        except BadSignature as error:
            raise ValueError("not a place of this list") from error
        return cls(order.load(value), pk, backwards)


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the words for its neighbours, empty where there are none."""

    rows: list[Any]
    next: str = ""
    previous: str = ""


def page_of(queryset: QuerySet[Any], order: Order, size: int, place: Place | None) -> Page:
    """One page of the queryset in this order, at a cost that does not grow with its depth."""
    backwards = place is not None and place.backwards
    rows = order.read(queryset, place, size + 1, backwards=backwards)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, place is not None)
    # The neighbour begins past the outermost row. Where all rows have gone, there is none.
    return Page(
        rows,
        next=Place.of(rows[-1], order, backwards=False) if has_next and rows else "",
        previous=Place.of(rows[0], order, backwards=True) if has_previous and rows else "",
    )
