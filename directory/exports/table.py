"""CSV (RFC 4180) for spreadsheets and for programs.

UTF-8 with the mark by which spreadsheets know it. What there may be several of stands in one
cell between bars. A file of rows has no place for licence and filter: they stand in the headers
of the answer. No text can be taken for a formula, see `federation.spreadsheets`.
"""

import csv
import datetime
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from directory.exports import rows
from directory.exports.about import About, moment
from directory.models import AsAt, OrganisationName
from federation.spreadsheets import cell

CONTENT_TYPE = "text/csv; charset=utf-8; header=present"
HEAD = (
    "slug", "url", "name", "acronym", "other_names", "kind", "countries", "city", "latitude",
    "longitude", "languages", "industries", "founded", "dissolved", "website", "federations",
    "statuses", "since", "in_force", "verified_on", "changed_at",
)  # fmt: skip
NAMES = {"names": ("value", "kind")}
BYTE_ORDER_MARK = "\ufeff"
BETWEEN = " | "
AT_ONCE = 500  # lines
ACRONYM = OrganisationName.Kind.ACRONYM.value
NO = AsAt.NO.value


class Lines(list[str]):
    """What the writer has written and nobody has taken yet."""

    write = list.append

    def take(self) -> str:
        text = "".join(self)
        self.clear()
        return text


def stream(wanted: "array[int]", day: datetime.date, about: About) -> Iterator[str]:
    lines = Lines()
    writer = csv.writer(lines, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(HEAD)
    yield BYTE_ORDER_MARK + lines.take()
    statuses = rows.standings()
    bonds = rows.public_bonds(day, "since")
    for row, more in rows.records(wanted, tuple(NAMES), bonds, only=NAMES):
        writer.writerow(_line(row, more, statuses, about))
        if len(lines) >= AT_ONCE:
            yield lines.take()
    yield lines.take()


def _line(
    row: rows.Row, more: Any, statuses: dict[int, rows.Standing], about: About
) -> tuple[Any, ...]:
    codes = rows.codes_of(row)
    acronym, others = _names(more["names"])
    held = [(statuses[key], answer, since) for key, answer, since in more["bonds"] if answer != NO]
    return (
        row.slug,
        about.organisation(row.slug),
        cell(row.name),
        cell(acronym),
        cell(BETWEEN.join(others)),
        row.kind,
        BETWEEN.join(codes["country"]),
        cell(row.city),
        row.latitude,
        row.longitude,
        BETWEEN.join(codes["language"]),
        BETWEEN.join(codes["industry"]),
        row.founded,
        row.dissolved,
        cell(row.website),
        BETWEEN.join(status.federation for status, _answer, _since in held),
        BETWEEN.join(status.slug for status, _answer, _since in held),
        BETWEEN.join(str(since or "") for _status, _answer, since in held),
        BETWEEN.join(answer for _status, answer, _since in held),
        row.verified_on,
        moment(row.changed_at),
    )


def _names(names: Iterable[tuple[str, str]]) -> tuple[str, list[str]]:
    """The first acronym, and all the others."""
    acronym, others = "", []
    for value, kind in names:
        if kind == ACRONYM and not acronym:
            acronym = value
        else:
            others.append(value)
    return acronym, others
