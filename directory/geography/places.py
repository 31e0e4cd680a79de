"""Where a town is, from a gazetteer of our own that asks no other machine.

The names of some 34,000 towns with 15,000 people and more, as script/_places.py took them from
GeoNames. A point is that of the town, and nobody's door.
"""

import re
import zipfile
from collections.abc import Iterable
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from directory.folding import fold, latin

_TOWNS = Path(__file__).with_name("places.zip")
_ASIDE = re.compile(r"\s*[,;/(،、（].*")  # “Lyon (Rhône)”, “Lyon, France”


class Point(NamedTuple):
    """Degrees, to two decimals: about a kilometre."""

    latitude: float
    longitude: float


def point_of(city: str, countries: Iterable[str] = ()) -> Point | None:
    """Where the town is, by any of its names in any script; None where that is not sure.

    `countries` are the codes it may be in; without them the name must be that of one town
    in one country of the world.
    """
    return _point_of(city[:200], tuple(sorted(set(countries))))


def names_of(city: str, countries: Iterable[str] = ()) -> list[str]:
    """What else the town is called, folded, in whatever script; nothing where it is not sure."""
    line = _line_of(city[:200], tuple(sorted(set(countries))))
    return line.decode().strip("|").split("|")[:-1] if line else []


def _point_of(city: str, countries: tuple[str, ...]) -> Point | None:
    line = _line_of(city, countries)
    if line is None:
        return None
    latitude, longitude = line.rpartition(b"|")[2].split()
    return Point(float(latitude), float(longitude))


@lru_cache(maxsize=1024)
def _line_of(city: str, countries: tuple[str, ...]) -> bytes | None:
    """The town in the gazetteer, if there is one of this name and no more."""
    names = _spellings(city)
    found = {_look_up(code, names) for code in countries or _archive().namelist()} - {None}
    return found.pop() if len(found) == 1 else None


def _spellings(city: str) -> list[bytes]:
    """What to look for, the likeliest first."""
    alone = _ASIDE.sub("", city)
    forms = dict.fromkeys((fold(city), fold(alone), latin(alone)))
    return [f"|{form}|".encode() for form in forms if form and "|" not in form]


def _look_up(code: str, names: list[bytes]) -> bytes | None:
    """The town of this country that has the first of the names any town has."""
    lines = _lines(code) if names else b""
    at = next((place for name in names if (place := lines.find(name)) >= 0), None)
    if at is None:
        return None
    return lines[lines.rfind(b"\n", 0, at) + 1 : lines.index(b"\n", at)]


@lru_cache(maxsize=8)
def _lines(code: str) -> bytes:
    """The towns of a country, each a line `|name|other name|latitude longitude`."""
    archive = _archive()
    return archive.read(code) if code in archive.NameToInfo else b""


@cache
def _archive() -> zipfile.ZipFile:
    """Read whole, since processes that share an open file would move each other's place in it."""
    return zipfile.ZipFile(BytesIO(_TOWNS.read_bytes()))
