"""The same data for machines: the formats that lists and organisations have, and where."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

LIST = [
    ("CSV", "text/csv", "csv"),
    ("JSON", "application/json", "json"),
    ("GeoJSON", "application/geo+json", "geojson"),
    ("Atom", "application/atom+xml", "atom"),
    ("OPML", "text/x-opml", "opml"),
]
ONE = [
    ("JSON", "application/json", "json"),
    ("vCard", "text/vcard", "vcf"),
    ("Murmurations", "application/json", "murmurations"),
]


@dataclass(frozen=True)
class Format:
    label: str
    type: str
    url: str


def of_list(asked: Mapping[str, str]) -> list[Format]:
    """The list asked in this way, in each of its formats."""
    query = f"?{urlencode(asked)}" if asked else ""
    return [
        Format(label, kind, f"{reverse(f'data:list_{name}')}{query}") for label, kind, name in LIST
    ]


def of_organisation(slug: str) -> list[Format]:
    """One organisation in each of its formats."""
    return [
        Format(label, kind, reverse(f"data:organisation_{name}", args=[slug]))
        for label, kind, name in ONE
    ]
