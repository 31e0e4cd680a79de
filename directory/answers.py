"""What the API says of an organisation and of a bond: each shape in one place, from plain rows.

`directory.serializers` documents these shapes, field by field; lists, single answers and the
JSON to take away are all made here.
"""

import datetime
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from directory.disclosing import with_open_words
from directory.exports import rows
from directory.exports.about import moment
from directory.models import (
    Affiliation,
    AsAt,
    Decision,
    Effect,
    Organisation,
    OrganisationLink,
    OrganisationName,
)
from federation.models import Federation

Made = dict[str, Any]
Address = Callable[[str], str]  # of the page, by the short name

DETAILS = tuple(rows.DETAILS)
ACRONYM = OrganisationName.Kind.ACRONYM.value
OFFICIAL = OrganisationName.Kind.OFFICIAL.value
LINK = OrganisationLink.Kind
# What a link is called from the side of the other organisation.
BACKWARDS = {
    LINK.PART_OF.value: "has_part",
    LINK.SUCCEEDS.value: "succeeded_by",
    LINK.MERGED_INTO.value: "took_in",
    LINK.SPLIT_FROM.value: "split_into",
}
RELATIONS = (*LINK.values, *BACKWARDS.values())
ENDS = (
    "organisation_id", "organisation__slug", "organisation__visibility",
    "other_id", "other__slug", "other__visibility",
)  # fmt: skip


# --- bonds ----------------------------------------------------------------------------------

DECISION = ("body", "decided_on", "place", "reference")
SOURCE = ("title", "url", "as_of")
OWN = ("id", "organisation__slug", "since", "seen_on", "until", "gone_on", "end_reason")
RECORDS = (("decision", DECISION), ("source", SOURCE), ("end_decision", DECISION),
           ("end_source", SOURCE))  # fmt: skip
COLUMNS = (
    *OWN, *(f"{name}__{column}" for name, columns in RECORDS for column in columns),
    "is_suspended",
)  # fmt: skip


def bonds(day: datetime.date) -> QuerySet[Any]:
    """The bonds everybody may see, as `bond` reads them."""
    return rows.public_bonds(day, *COLUMNS)


def bond(values: Sequence[Any], statuses: dict[int, rows.Standing]) -> Made:
    """One affiliation, from its status, its answer for the day, and `COLUMNS`."""
    status = statuses[values[0]]
    key, organisation, since, seen_on, until, gone_on, end_reason = values[2:9]
    return {
        "id": key,
        "organisation": organisation,
        "federation": status.federation,
        "status": status.slug,
        "status_label": status.label,
        "kind": status.kind,
        "votes": status.votes,
        "since": since,
        "seen_on": seen_on,
        "until": until,
        "gone_on": gone_on,
        "end_reason": end_reason or None,
        "decision": _decision(values[9:13]),
        "source": _source(values[13:16]),
        "end_decision": _decision(values[16:20]),
        "end_source": _source(values[20:23]),
        "answer": values[1],
        "suspended": values[23] and values[1] != AsAt.NO,
    }


def _decision(values: Sequence[Any]) -> Made | None:
    """Where there is none, the join has left every column null."""
    body, decided_on, place, reference = values
    if body is None:
        return None
    return {
        "body": body,
        "decided_on": decided_on,
        "place": place or None,
        "reference": reference or None,
    }


def _source(values: Sequence[Any]) -> Made | None:
    title, url, as_of = values
    return None if title is None else {"title": title, "url": url or None, "as_of": as_of}


def affiliations(keys: Iterable[int], day: datetime.date) -> list[Made]:
    """The bonds with these ids, in the order of the ids."""
    keys, statuses = list(keys), rows.standings()
    found = {values[3]: values[1:] for values in bonds(day).filter(pk__in=keys)}
    return [bond(found[key], statuses) for key in keys if key in found]


def listed_bonds() -> QuerySet[Affiliation]:
    """The bonds everybody may see, of organisations in the public lists."""
    public = Affiliation.objects.visible_to(None).standing()
    return public.filter(organisation__in=Organisation.objects.listed())


def decisions(keys: Iterable[int]) -> list[Made]:
    """The decisions with these ids, each with what it began and ended, in the order of the ids."""
    keys = list(keys)
    rows = Decision.objects.visible_to(None).select_related(
        "entry", "corrects__entry", "corrected_by__entry"
    )
    found = rows.in_bulk(keys)
    spoken = with_open_words(Decision.objects.filter(pk__in=keys), None)
    open_ones = set(spoken.values_list("pk", flat=True))
    outcomes = _outcomes(keys)
    effects: dict[int, list[Made]] = defaultdict(list)
    for effect, column in (("began", "decision_id"), ("ended", "end_decision_id")):
        plain = listed_bonds().filter(**{f"{column}__in": keys}).order_by("pk")
        for key, *values in plain.values_list(column, "pk", "organisation__slug", "status__slug"):
            told = zip(("affiliation", "organisation", "status"), values, strict=True)
            effects[key].append({"effect": effect, **dict(told)})
    slugs = dict(Federation.objects.visible_to(None).values_list("pk", "slug"))
    return [
        {
            "id": key,
            "federation": slugs[found[key].federation_id],
            **_decision([getattr(found[key], column) for column in DECISION]),
            "number": _number_of(found[key]),
            "texts": found[key].texts if key in open_ones else {},
            "corrects": _number_of(found[key].corrects),
            "correction_note": (key in open_ones and found[key].correction_note) or None,
            "corrected_by": _number_of(getattr(found[key], "corrected_by", None)),
            "outcomes": outcomes[key],
            "effects": effects[key],
        }
        for key in keys
        if key in found
    ]


def _number_of(decision: Decision | None) -> int | None:
    """In the register of its federation."""
    entry = getattr(decision, "entry", None)
    return entry.number if entry else None


OUTCOME = ("kind", "organisation__slug", "status__slug", "on", "until", "reason", "other__slug",
           "waiver")  # fmt: skip


def _outcomes(keys: list[int]) -> dict[int, list[Made]]:
    """What the decisions say that they do, as far as everybody may know."""
    told: dict[int, list[Made]] = defaultdict(list)
    seen = Effect.objects.visible_to(None).filter(decision__in=keys).order_by("position")
    for key, *values in seen.values_list("decision", *OUTCOME):
        names = (name.removesuffix("__slug") for name in OUTCOME)
        told[key].append({name: value or None for name, value in zip(names, values, strict=True)})
    return told


# --- organisations --------------------------------------------------------------------------


def organisations(
    keys: Iterable[int],
    day: datetime.date,
    address: Address,
    among: QuerySet[Organisation] | None = None,
) -> list[Made]:
    """The organisations with these ids as everybody sees them, in the order of the ids."""
    wanted = array("q", keys)
    statuses, links = rows.standings(), _links(wanted.tolist())
    return [
        organisation(row, more, links[row.id], statuses, address)
        for row, more in rows.records(wanted, DETAILS, bonds(day), among, with_texts=True)
    ]


def organisation(
    row: rows.Row,
    more: dict[str, Sequence[Any]],
    links: list[Made],
    statuses: dict[int, rows.Standing],
    address: Address,
) -> Made:
    """One organisation. What is not known is null, and no field is ever left out."""
    countries = more["countries"]
    return {
        "slug": row.slug,
        "url": address(row.slug),
        "name": row.name,
        **_names(row, more["names"]),
        "former_slugs": [slug for (slug,) in more["slugs"] if slug != row.slug],
        "kind": row.kind,
        "countries": [code for code, _basis in countries],
        "countries_implied": [code for code, basis in countries if basis == "implied"],
        "city": row.city or None,
        "latitude": _number(row.latitude),
        "longitude": _number(row.longitude),
        "place_precision": rows.precision(row),
        "languages": [code for (code,) in more["languages"]],
        "industries": [code for (code,) in more["industries"]],
        "founded": row.founded or None,
        "dissolved": row.dissolved or None,
        "website": row.website or None,
        **_ways_to_it(more),
        "description": row.descriptions,
        "identifiers": [
            {"scheme": scheme, "value": value} for scheme, value in more["identifiers"]
        ],
        "links": links,
        "affiliations": [bond(values, statuses) for values in more["bonds"]],
        "verified_on": row.verified_on,
        "changed_at": moment(row.changed_at),
        "is_fictional": row.is_fictional,
    }


def _names(row: rows.Row, further: Sequence[Any]) -> Made:
    """All its names, the official one first, and what it is called for short."""
    own = (row.name, row.language, OFFICIAL, None)
    return {
        "names": [
            {"value": value, "language": language or None, "kind": kind, "until": until}
            for value, language, kind, until in (own, *further)
        ],
        "acronym": next((value for value, _l, kind, _u in further if kind == ACRONYM), None),
    }


def _ways_to_it(more: dict[str, Sequence[Any]]) -> Made:
    """Its further sites and its public contacts."""
    return {
        "sites": [
            {"kind": kind, "url": url, "language": language or None}
            for kind, url, language in more["sites"]
        ],
        "contacts": [
            {"kind": kind, "value": value, "label": label or None}
            for kind, value, label in more["contacts"]
        ],
    }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _links(keys: list[int]) -> dict[int, list[Made]]:
    """Their links to organisations in the public lists, told from either side."""
    found: dict[int, list[Made]] = defaultdict(list)
    wanted = set(keys)
    links = OrganisationLink.objects.filter(
        Q(organisation_id__in=keys) | Q(other_id__in=keys)
    ).order_by("pk")
    for kind, since, until, *ends in links.values_list("kind", "since", "until", *ENDS):
        (key, slug, visibility), (other, other_slug, other_visibility) = ends[:3], ends[3:]
        dates = {"since": since, "until": until}
        if key in wanted and other_visibility in Organisation.LISTED:
            found[key].append({"relation": kind, "organisation": other_slug, **dates})
        if other in wanted and visibility in Organisation.LISTED:
            found[other].append({"relation": BACKWARDS[kind], "organisation": slug, **dates})
    return found
