"""The same data for machines: the formats that lists and organisations have, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from directory.exports import atom, geojson, listing, murmurations, opml, table, vcard

# What people call them, who writes them, and the end of the address's name.
LIST = [
    ("CSV", table, "csv"),
    ("JSON", listing, "json"),
    ("GeoJSON", geojson, "geojson"),
    ("Atom", atom, "atom"),
    ("OPML", opml, "opml"),
]
ONE = [
    ("JSON", listing, "json"),
    ("vCard", vcard, "vcf"),
    ("Murmurations", murmurations, "murmurations"),
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
        Format(label, _type(format_), f"{reverse(f'data:list_{name}')}{query}")
        for label, format_, name in LIST
    ]


def of_organisation(slug: str) -> list[Format]:
    """One organisation in each of its formats."""
    return [
        Format(label, _type(format_), reverse(f"data:organisation_{name}", args=[slug]))
        for label, format_, name in ONE
    ]


def _type(format_: Any) -> str:
    """Without its parameters, as links tell it."""
    return str(format_.CONTENT_TYPE.partition(";")[0])
