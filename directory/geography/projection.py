"""The Equal Earth projection: areas keep their proportion, so no country looks larger than it is.

Šavrič, Patterson and Jenny, “The Equal Earth map projection” (2018). A point of the globe
becomes a place on a sheet of `WIDTH` × `HEIGHT`, y counted downwards as screens do.
"""

from math import asin, cos, radians, sin, sqrt

WIDTH = 10_000
NORTH, SOUTH = 84, -63  # where the sheet is cut: beyond, nobody is organised yet

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796


def _flat(latitude: float, longitude: float) -> tuple[float, float]:
    """The plane of the projection on a globe of radius 1, y upwards."""
    angle = asin(sqrt(3) / 2 * sin(radians(latitude)))
    square = angle * angle
    sixth = square**3
    slope = 9 * _A4 * sixth * square + 7 * _A3 * sixth + 3 * _A2 * square + _A1
    x = 2 * sqrt(3) * radians(longitude) * cos(angle) / (3 * slope)
    return x, angle * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))


_SCALE = WIDTH / 2 / _flat(0, 180)[0]
_TOP = _flat(NORTH, 0)[1]
HEIGHT = round((_TOP - _flat(SOUTH, 0)[1]) * _SCALE)


def project(latitude: float, longitude: float) -> tuple[int, int]:
    """The place on the sheet, in whole units."""
    x, y = _flat(latitude, longitude)
    return round(WIDTH / 2 + x * _SCALE), round((_TOP - y) * _SCALE)


def meridian(longitude: float, step: int = 6) -> list[tuple[int, int]]:
    """From the north of the sheet to its south."""
    return [project(latitude, longitude) for latitude in range(NORTH, SOUTH - 1, -step)]
