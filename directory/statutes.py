"""Which version of a federation's own texts held on a day, and how such a text is laid out.

Of each kind one version holds at a time, until the next one does. Where nobody knows since when
one does, it is known to have held on the day of its source, or on which it was adopted.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction

from directory.models import AsAt, Statutes, StatutesText
from federation.files.cleaning import Clean
from federation.files.keeping import keep
from federation.models import Federation, StoredFile

HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
DEEPEST = 2


# --- through time ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Version:
    """A version as it stands on a day: whether it holds, and for how long it does or did.

    `until` is the first day without it; `gone_on` one by which it was over, where that is all
    that is known. `is_ahead` where its day has not come.
    """

    statutes: Statutes
    answer: AsAt
    is_ahead: bool
    until: datetime.date | None = None
    gone_on: datetime.date | None = None

    @property
    def holds(self) -> bool:
        return self.answer == AsAt.YES

    @property
    def is_uncertain(self) -> bool:
        return self.answer == AsAt.UNKNOWN


@dataclass(frozen=True)
class Kind:
    """All versions of one kind of text, the newest first."""

    label: str
    versions: list[Version]


def kinds(federation: Federation, on: datetime.date) -> list[Kind]:
    """The federation's texts by kind, as they stand on that day."""
    rows = Statutes.objects.filter(federation=federation).whole().order_by("kind")
    by_kind = {kind: list(some) for kind, some in groupby(rows, key=lambda one: one.kind)}
    return [
        Kind(str(label), through_time(by_kind[kind], on))
        for kind, label in Statutes.Kind.choices
        if kind in by_kind
    ]


def in_force(federation: Federation, on: datetime.date) -> list[Version]:
    """What held for certain on that day, one of each kind."""
    return [one for kind in kinds(federation, on) for one in kind.versions if one.holds]


def through_time(versions: Iterable[Statutes], on: datetime.date) -> list[Version]:
    """The versions of one kind, the newest first."""
    rows = sorted(versions, key=lambda one: (one.known_by, one.since is not None, one.pk))
    told = []
    for before, row, later in zip([None, *rows], rows, [*rows[1:], None], strict=False):
        told.append(
            Version(
                row,
                _answer(row, before, later, on),
                is_ahead=row.known_by > on,
                until=later.since if later else None,
                gone_on=later.known_by if later and later.since is None else None,
            )
        )
    return told[::-1]


def _answer(
    row: Statutes, before: Statutes | None, later: Statutes | None, on: datetime.date
) -> AsAt:
    """Between a version and one of which nobody knows since when, it may have been either."""
    if row.known_by > on:
        may_have_begun = row.since is None and (before is None or before.known_by < on)
        return AsAt.UNKNOWN if may_have_begun else AsAt.NO
    if later is not None and later.known_by <= on:
        return AsAt.NO
    may_be_over = later is not None and later.since is None and row.known_by < on
    return AsAt.UNKNOWN if may_be_over else AsAt.YES


# --- the words ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A paragraph, or a heading of level 1 or 2 with a name to link to. Plain text, not HTML."""

    text: str
    level: int = 0
    anchor: str = ""


def blocks(text: str) -> list[Block]:
    """An empty line ends a paragraph; a line that begins with # or ## is a heading."""
    made: list[Block] = []
    lines: list[str] = []

    def end() -> None:
        if lines:
            made.append(Block("\n".join(lines)))
            lines.clear()

    for line in map(str.strip, text.splitlines()):
        heading = HEADING.fullmatch(line)
        if heading or not line:
            end()
        if heading:
            level = min(len(heading[1]), DEEPEST)
            made.append(Block(heading[2], level, f"part-{len(made) + 1}"))
        elif line:
            lines.append(line)
    end()
    return made


# --- documents ------------------------------------------------------------------------------


def set_document(version: Statutes, language: str, file: Clean) -> StatutesText:
    """The document of the version in that language, in place of the one before.

    In the caller's transaction, which holds the lock of the version.
    """
    with without_orphans(version):
        words = version.words.filter(language=language).first()
        words = words or StatutesText(statutes=version, language=language)
        words.document = keep(file)
        words.full_clean()
        words.save()
    return words


def remove_document(words: StatutesText) -> None:
    """With the whole entry where nothing else is in it."""
    with without_orphans(words.statutes):
        if not words.text:
            words.delete()
            return
        words.document = None
        words.save()


@contextmanager
def without_orphans(version: Statutes) -> Iterator[None]:
    """A file that the version no longer has afterwards goes: nobody could reach it any more."""
    with transaction.atomic():
        before = _files(version)
        yield
        StoredFile.objects.filter(pk__in=before - _files(version)).delete()


def _files(version: Statutes) -> set[object]:
    with_one = StatutesText.objects.filter(statutes=version.pk).exclude(document=None)
    return set(with_one.order_by().values_list("document", flat=True))
