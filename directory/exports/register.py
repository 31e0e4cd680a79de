"""The register of decisions as a file that anybody can prove; see `directory.register`.

Every entry is there with all its fingerprints. A field is opened by its salt and its value,
unless the reader may not see it; the file is as true with it as without it.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from directory.disclosing import with_open_words
from directory.exports.about import About
from directory.exports.listing import dumped
from directory.models import Decision, Effect, RegisterEntry
from directory.register import BEGINNING, fields_of, salt_of, whole
from federation.models import Federation

CONTENT_TYPE = "application/json"
AT_ONCE = 500  # entries
WORDS = ("place", "reference", "texts", "correction_note")  # they may name what is hidden


def stream(federation: Federation, user: Any, about: About | None = None) -> Iterator[str]:
    """The file piece by piece. The count and the head come last: with them it is whole."""
    told = {"id": federation.pk, "slug": federation.slug, "names": federation.names}
    members = about.members() if about else {}
    head = dumped({"format": 1, "federation": told, **members})
    yield f'{head[:-1]}, "entries": ['
    number, last = 0, BEGINNING
    rows = whole(federation).iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(rows, AT_ONCE)):
        opened = _Open(chunk, user)
        for entry in chunk:
            yield f"{',' if number else ''}\n{dumped(opened.told(entry))}"
            number, last = number + 1, entry.hash
    yield f'\n], "count": {number}, "head": "{last}"}}\n'


class _Open:
    """What a reader may know of some entries: two queries for all of them."""

    def __init__(self, entries: list[RegisterEntry], user: Any) -> None:
        keys = [entry.decision_id for entry in entries]  # type: ignore[attr-defined]
        seen = Effect.objects.visible_to(user).filter(decision__in=keys)
        self.effects = set(seen.values_list("decision", "position"))
        spoken = with_open_words(Decision.objects.filter(pk__in=keys), user)
        self.words = set(spoken.values_list("pk", flat=True))
        mine = Federation.objects.coordinated_by(user)
        self.ours = mine.filter(pk=entries[0].federation.pk).exists()

    def told(self, entry: RegisterEntry) -> dict[str, Any]:
        return {
            "number": entry.number,
            "previous": entry.previous,
            "hash": entry.hash,
            "commitments": entry.commitments,
            "opened": {
                name: {"salt": salt_of(entry.secret, name), "value": value}
                for name, value in fields_of(entry.decision).items()
                if self._may_know(entry.decision, name)
            },
        }

    def _may_know(self, decision: Decision, name: str) -> bool:
        if name.startswith("effect."):
            return (decision.pk, int(name.removeprefix("effect."))) in self.effects
        if name == "document":
            return (decision.document_is_public and decision.pk in self.words) or self.ours
        return name not in WORDS or decision.pk in self.words
