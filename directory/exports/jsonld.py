"""JSON-LD in the words of schema.org: what a page says, for search engines and libraries."""

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from directory.entries import Entry, entries
from directory.exports.about import About
from directory.models import (
    Affiliation,
    AsAt,
    Identifier,
    Organisation,
    OrganisationLink,
    OrganisationSite,
    PublicContact,
)

CONTEXT = "https://schema.org"
KINDS = Organisation.Kind
FEED = OrganisationSite.Kind.FEED
UNIONS = {KINDS.UNION, KINDS.CONFEDERATION, KINDS.LOCAL, KINDS.INITIATIVE}
REGISTERS = {
    "wikidata": "https://www.wikidata.org/entity/{}",
    "ror": "https://ror.org/{}",
    "viaf": "https://viaf.org/viaf/{}",
}
# Inside a script element nothing may look like its end or like a comment.
ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
NAMED = 200  # relatives, at most
NOT_TOLD: tuple[Any, ...] = (None, "", [], {})


def linked(
    entry: Entry,
    about: About,
    contacts: Iterable[PublicContact] = (),
    parents: Iterable[Entry] = (),
    parts: Iterable[Entry] = (),
) -> dict[str, Any]:
    """The organisation; `parents` are what it is part of, `parts` what is part of it."""
    told = {
        "@context": CONTEXT,
        "@type": "WorkersUnion" if entry.kind in UNIONS else "Organization",
        "@id": about.organisation(entry.slug),
        "name": str(entry.name),
        "alternateName": [name.value for name in entry.names[1:]],
        "url": entry.website or about.organisation(entry.slug),
        "mainEntityOfPage": about.organisation(entry.slug),
        "description": str(entry.description),
        "foundingDate": entry.founded,
        "dissolutionDate": entry.dissolved,
        "knowsLanguage": entry.languages,
        "areaServed": [{"@type": "Country", "name": one.code} for one in entry.countries],
        "location": _place(entry),
        "sameAs": same_as(entry),
        "memberOf": [_membership(bond, about) for bond in entry.affiliations if _holds(bond)],
        "parentOrganization": [_other(parent, about) for parent in parents],
        "subOrganization": [_other(part, about) for part in parts],
        "contactPoint": [point for contact in contacts if (point := _contact(contact))],
    }
    return _told(told)


def relatives(row: Organisation) -> tuple[list[Entry], list[Entry]]:
    """What it is now part of, and what is part of it, of what stands in the public lists."""
    now = Q(until=None) | Q(until__gt=timezone.localdate())
    part_of = OrganisationLink.objects.filter(now, kind=OrganisationLink.Kind.PART_OF)
    listed = Organisation.objects.listed()
    parents = listed.filter(pk__in=part_of.filter(organisation=row).values("other"))
    parts = listed.filter(pk__in=part_of.filter(other=row).values("organisation"))
    return entries(parents[:NAMED]), entries(parts[:NAMED])


def script(data: dict[str, Any]) -> SafeString:
    """The data as an element for the page. It is no script: no browser runs it."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPED)
    # Every sign that means something in HTML has just been written in another way.
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


def same_as(entry: Entry) -> list[str]:
    """The organisation’s own sites, and its pages in other registers."""
    known = [_registered(one) for one in entry.identifiers]
    sites = [site.url for site in entry.sites if site.kind != FEED]
    return [address for address in (entry.website, *sites, *known) if address]


def _registered(one: Identifier) -> str:
    pattern = REGISTERS.get(one.scheme)
    return pattern.format(one.value) if pattern and one.value.isalnum() else ""


def _told(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in NOT_TOLD}


def _place(entry: Entry) -> dict[str, Any]:
    address = _told({"addressLocality": entry.place, "addressCountry": entry.only_country})
    told: dict[str, Any] = {}
    if address:
        told["address"] = {"@type": "PostalAddress", **address}
    if entry.latitude is not None and entry.longitude is not None:
        point = {"latitude": float(entry.latitude), "longitude": float(entry.longitude)}
        told["geo"] = {"@type": "GeoCoordinates", **point}
    return {"@type": "Place", **told} if told else {}


def _holds(bond: Affiliation) -> bool:
    return bool(bond.answer == AsAt.YES)  # type: ignore[attr-defined]


def _membership(bond: Affiliation, about: About) -> dict[str, Any]:
    """The federation, within the dated role that the organisation has in it."""
    federation = bond.status.federation
    named = {"@type": "Organization", "@id": about.federation(federation.slug)}
    return _told(
        {
            "@type": "OrganizationRole",
            "roleName": str(bond.status.label),
            "startDate": bond.since and bond.since.isoformat(),
            "endDate": bond.until and bond.until.isoformat(),
            "memberOf": {**named, "name": str(federation.name)},
        }
    )


def _other(entry: Entry, about: About) -> dict[str, str]:
    address = about.organisation(entry.slug)
    return {"@type": "Organization", "@id": address, "name": str(entry.name)}


def _contact(contact: PublicContact) -> dict[str, str]:
    names = {contact.Kind.EMAIL: "email", contact.Kind.PHONE: "telephone", contact.Kind.WEB: "url"}
    name = names.get(contact.kind)
    if name is None:
        return {}
    return _told({"@type": "ContactPoint", "contactType": contact.label, name: contact.value})
