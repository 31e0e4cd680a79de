"""A profile for Murmurations, the network of maps that share what they know.

It follows `organizations_schema-v1.0.0` of the network's library. Whoever wants to be on those
maps hands the profile's address in there; until then nobody takes it.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from directory.entries import Entry
from directory.exports.about import About
from directory.exports.jsonld import FEED, same_as
from directory.models import Affiliation, AsAt

CONTENT_TYPE = "application/json"
SCHEMA = "organizations_schema-v1.0.0"
PREDICATES = "https://schema.org/"


def profile(
    entry: Entry, about: About, parents: Iterable[Entry] = (), parts: Iterable[Entry] = ()
) -> dict[str, Any]:
    """The organisation; `parents` are what it is part of, `parts` what is part of it."""
    address = about.organisation(entry.slug)
    told = {
        "linked_schemas": [SCHEMA],
        "name": str(entry.name),
        "nickname": entry.acronym,
        "primary_url": entry.website or address,
        "urls": _urls(entry, address),
        "tags": [entry.kind, *(industry.code for industry in entry.industries)],
        "description": str(entry.description),
        "status": "completed" if entry.dissolved else "active",
        "locality": entry.place,
        "country_iso_3166": entry.only_country,
        "geolocation": _point(entry),
        "rss": next((site.url for site in entry.sites if site.kind == FEED), None),
        "starts_at": _seconds(entry.founded),
        "ends_at": _seconds(entry.dissolved),
        "unique_id": address,
        "relationships": [
            *(_relation("memberOf", _federation(bond, about)) for bond in entry.affiliations
              if bond.answer == AsAt.YES),  # type: ignore[attr-defined]
            *(_relation("parentOrganization", about.organisation(one.slug)) for one in parents),
            *(_relation("subOrganization", about.organisation(one.slug)) for one in parts),
        ],
    }  # fmt: skip
    return {name: value for name, value in told.items() if value or value == 0}


def _urls(entry: Entry, address: str) -> list[dict[str, str]]:
    """The page here, and what else is known beside the site that stands alone."""
    others = [url for url in same_as(entry) if url != entry.website]
    return [{"name": "Register of unions", "url": address}, *({"url": url} for url in others)]


def _federation(bond: Affiliation, about: About) -> str:
    federation = bond.status.federation
    return federation.website or about.federation(federation.slug)


def _relation(predicate: str, address: str) -> dict[str, str]:
    return {"predicate_url": f"{PREDICATES}{predicate}", "object_url": address}


def _point(entry: Entry) -> dict[str, float] | None:
    if entry.latitude is None or entry.longitude is None:
        return None
    return {"lat": float(entry.latitude), "lon": float(entry.longitude)}


def _seconds(day: str) -> int | None:
    """The beginning of a day, month or year as the network counts time: seconds since 1970."""
    if not day:
        return None
    first = datetime.date.fromisoformat(f"{day}-01-01"[:10])
    return int(datetime.datetime.combine(first, datetime.time(), datetime.UTC).timestamp())
