"""The countries of the world as paths on the sheet of the projection.

Made by script/_shapes.py: simplified, and no statement on any border.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from directory.geography.projection import HEIGHT, WIDTH, meridian, project

_FILE = Path(__file__).with_name("shapes.json")
VIEW_BOX = f"0 0 {WIDTH} {HEIGHT}"
GRID = 30  # degrees


class Shape(NamedTuple):
    """A country; `path` is empty where it is so small that it is only a point."""

    path: str
    x: int  # a place well inside it
    y: int
    room: int  # how far this is from the border, in units of the sheet


@cache
def shapes() -> dict[str, Shape]:
    """By the code of the country."""
    read = json.loads(_FILE.read_text(encoding="utf-8"))
    return {code: Shape(one["path"], *one["at"], one["room"]) for code, one in read.items()}


@cache
def sea() -> str:
    """The edge of the sheet: where the world ends in east and west."""
    return f"M{_points([*meridian(-180), *reversed(meridian(180))])}z"


@cache
def grid() -> str:
    """Every thirtieth meridian and parallel."""
    parallels = ([project(at, -180), project(at, 180)] for at in range(-GRID, 61, GRID))
    meridians = (meridian(at) for at in range(-180 + GRID, 180, GRID))
    return "".join(f"M{_points(line)}" for line in (*meridians, *parallels))


def _points(line: list[tuple[int, int]]) -> str:
    return " ".join(f"{x} {y}" for x, y in line)
