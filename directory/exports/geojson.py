"""GeoJSON (RFC 7946): each organisation a feature, a point where its place is known.

Places are the town's unless the organisation publishes its own: `precision` says which. Where
no place is known the geometry is null, as for a shielded organisation.
"""

import datetime
from array import array
from collections.abc import Iterator
from typing import Any

from directory.exports import listing, rows
from directory.exports.about import About, moment
from directory.models import AsAt, OrganisationName

CONTENT_TYPE = "application/geo+json"
AT_ONCE = 500  # features
NAMES = {"names": ("value", "kind")}
ACRONYM = OrganisationName.Kind.ACRONYM.value
NO = AsAt.NO.value


def stream(wanted: "array[int]", day: datetime.date, about: About) -> Iterator[str]:
    head = {"type": "FeatureCollection", **about.members()}
    yield f'{listing.dumped(head)[:-1]}, "features": ['
    statuses = rows.standings()
    between, texts = "", []
    for row, more in rows.records(wanted, tuple(NAMES), rows.public_bonds(day), only=NAMES):
        texts.append(f"{between}\n{listing.dumped(_feature(row, more, statuses, about))}")
        between = ","
        if len(texts) >= AT_ONCE:
            yield "".join(texts)
            texts.clear()
    yield f"{''.join(texts)}\n]}}\n"


def _feature(
    row: rows.Row, more: Any, statuses: dict[int, rows.Standing], about: About
) -> dict[str, Any]:
    precision = rows.precision(row)
    acronyms = (value for value, kind in more["names"] if kind == ACRONYM)
    return {
        "type": "Feature",
        "id": row.slug,
        "geometry": _point(row) if precision else None,
        "properties": {
            "name": row.name,
            "acronym": next(acronyms, None),
            "url": about.organisation(row.slug),
            "kind": row.kind,
            "countries": rows.codes_of(row)["country"],
            "city": row.city or None,
            "precision": precision,
            "federations": [
                {"federation": statuses[status].federation, "status": statuses[status].slug,
                 "kind": statuses[status].kind, "answer": answer}
                for status, answer in more["bonds"] if answer != NO
            ],
            "changed_at": moment(row.changed_at),
        },
    }  # fmt: skip


def _point(row: rows.Row) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [float(row.longitude), float(row.latitude)]}
