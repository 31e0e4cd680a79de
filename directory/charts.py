"""The geometry of the pictures that the server draws, as plain data.

Places along the time line are shares of the width, written for SVG ("12.50%"), so that a
picture fits a telephone and a desk alike while its words keep their size.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from directory.models import Affiliation
from federation.models import Federation, Status

TICKS = 6  # labels of years that fit on a telephone
STEPS = (1, 2, 5, 10, 20, 25, 50, 100)
SHORTEST = 8  # years that an axis spans at least
ROOM_FOR_WORDS = 16  # per cent of the width that a bar needs to bear its label
ONE_DAY = "5"  # pixels
LANE = 64  # heights are pixels
PLOT = 180
GUTTER = 5  # per cent, where the heights of the lines are written


def share(number: float) -> str:
    return f"{number:.2f}%"


@dataclass(frozen=True)
class Tick:
    label: str
    at: str


@dataclass(frozen=True)
class Axis:
    """Time from the first of January of a year to a day; from right to left if mirrored."""

    first: int
    last: datetime.date
    mirrored: bool = False

    def place(self, day: datetime.date) -> float:
        start = datetime.date(self.first, 1, 1)
        length = max((self.last - start).days, 1)
        along = min(max((day - start).days / length, 0), 1) * 100
        return 100 - along if self.mirrored else along

    def span(self, since: datetime.date, until: datetime.date) -> tuple[float, float]:
        """Where a time begins in the picture, and its width."""
        ends = sorted((self.place(since), self.place(until)))
        return ends[0], ends[1] - ends[0]

    def ticks(self) -> list[Tick]:
        """Round years, none of them too near to the edges to be read whole."""
        step = step_of(self.last.year - self.first)
        years = range(-(-self.first // step) * step, self.last.year + 1, step)
        placed = ((year, self.place(datetime.date(year, 1, 1))) for year in years)
        return [Tick(str(year), share(at)) for year, at in placed if 4 <= at <= 96]


def step_of(span: int) -> int:
    """The least round step that takes few labels for so many years."""
    return next((step for step in STEPS if span / step <= TICKS), STEPS[-1])


# --- the statuses of an organisation --------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """A time in a status; `is_known` is false where it is not known whether it was so."""

    status: Status
    x: str
    width: str
    is_known: bool = True
    is_open: bool = False
    has_room: bool = False


@dataclass
class Lane:
    """The bars of one federation, and where they stand."""

    federation: Federation
    top: int
    bars: list[Bar] = field(default_factory=list)

    @property
    def bar_top(self) -> int:
        return self.top + 26


@dataclass(frozen=True)
class Mark:
    """What a filling means."""

    kind: str
    label: str
    lang: str = ""


@dataclass(frozen=True)
class Timeline:
    lanes: list[Lane]
    ticks: list[Tick]
    legend: list[Mark]
    has_unknown: bool
    has_open: bool
    mirrored: bool

    @property
    def floor(self) -> int:
        return LANE * len(self.lanes) + 4

    @property
    def height(self) -> int:
        return self.floor + 24


def timeline(
    bonds: Iterable[Affiliation], today: datetime.date, *, mirrored: bool = False
) -> Timeline | None:
    """A lane for each federation, the earliest on top; None where there is nothing to draw."""
    ordered = sorted(bonds, key=lambda bond: (bond.begins, bond.pk))
    if not ordered:
        return None
    axis = _axis(ordered, today, mirrored)
    lanes: dict[int, Lane] = {}
    before: dict[int, datetime.date] = {}
    for bond in ordered:
        key = bond.federation_id
        lane = lanes.setdefault(key, Lane(bond.status.federation, top=LANE * len(lanes)))
        lane.bars += _bars(bond, axis, before.get(key, datetime.date(axis.first, 1, 1)))
        before[key] = bond.until or bond.gone_on or axis.last
    return Timeline(
        list(lanes.values()),
        axis.ticks(),
        _legend(bond.status for bond in ordered),
        any(not bar.is_known for lane in lanes.values() for bar in lane.bars),
        any(bar.is_open for lane in lanes.values() for bar in lane.bars),
        mirrored,
    )


def _legend(statuses: Iterable[Status]) -> list[Mark]:
    """Each status once, the highest first; those of two federations may have one name."""
    ranked = sorted(statuses, key=lambda one: (Status.Kind.values.index(one.kind), one.position))
    marks = (Mark(one.kind, str(one.label), one.label.language) for one in ranked)
    return list(dict.fromkeys(marks))


def _axis(bonds: Sequence[Affiliation], today: datetime.date, mirrored: bool) -> Axis:
    """From before the first beginning, so that what is not known of it has a place, to today."""
    days = [day for bond in bonds for day in (bond.begins, bond.until, bond.gone_on) if day]
    last = max(today, *days)
    first = min(days)
    lead = max((last.year - first.year) // 8, 1) if bonds[0].since is None else 0
    return Axis(min(first.year - lead, last.year - SHORTEST), last, mirrored)


def _bars(bond: Affiliation, axis: Axis, earliest: datetime.date) -> list[Bar]:
    """The time for which the bond is certain, and the times before and after that are not.

    Where only a day is known by which it was over, a single day is certain.
    """
    end = bond.until or bond.gone_on or axis.last
    sure_until = bond.begins if bond.gone_on else end
    times = [(bond.begins, sure_until, True), (sure_until, end, False)]
    if bond.since is None:
        times.insert(0, (earliest, bond.begins, False))
    is_open = bond.until is None and bond.gone_on is None
    return [
        _bar(bond.status, *axis.span(since, until), is_known, is_open and until == end)
        for since, until, is_known in times
        if since < until or (is_known and bond.gone_on)
    ]


def _bar(status: Status, x: float, width: float, is_known: bool, is_open: bool) -> Bar:
    drawn = share(width) if width else ONE_DAY
    return Bar(status, share(x), drawn, is_known, is_open, width >= ROOM_FOR_WORDS)


# --- the organisations of a federation ------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A part of a column: so many, of a kind of status or not known."""

    kind: str
    number: int
    top: str
    height: str


@dataclass(frozen=True)
class Column:
    label: str
    x: str
    width: str
    parts: list[Part]


@dataclass(frozen=True)
class Chart:
    """Columns side by side, with a few lines to read their heights by."""

    columns: list[Column]
    ticks: list[Tick]
    lines: list[Tick]
    kinds: list[str]
    edge: str  # where the heights of the lines are written
    floor: int = PLOT
    height: int = PLOT + 24


def columns(rows: Sequence[tuple[str, dict[str, int]]], *, mirrored: bool = False) -> Chart:
    """A column for each (label, number by kind); the kinds stack up in the order given."""
    step, ceiling = _lines(max([sum(numbers.values()) for _label, numbers in rows], default=0))
    width = (100 - GUTTER) / max(len(rows), 1)
    made, labels, every = [], [], -(-len(rows) // TICKS)
    for place, (label, numbers) in enumerate(rows):
        middle = GUTTER + width * (place + 0.5)
        middle = 100 - middle if mirrored else middle
        parts = list(_stack(numbers, ceiling))
        made.append(Column(label, share(middle - width * 0.4), share(width * 0.8), parts))
        if (len(rows) - 1 - place) % every == 0:
            labels.append(Tick(label, share(middle)))
    heights = range(step, ceiling + 1, step)
    lines = [Tick(str(number), _height(ceiling - number, ceiling)) for number in heights]
    kinds = [kind for kind in (rows[0][1] if rows else {}) if any(row[1][kind] for row in rows)]
    return Chart(made, labels, lines, kinds, "100%" if mirrored else "0")


def _height(number: int, ceiling: int) -> str:
    """So many as a length in the picture."""
    return f"{PLOT * number / ceiling:.1f}"


def _lines(top: int) -> tuple[int, int]:
    """The step between lines and the topmost of them, at most four for any height."""
    step = 1
    while top > step * 4:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step, step * max(-(-top // step), 1)


def _stack(numbers: dict[str, int], ceiling: int) -> Iterable[Part]:
    free = ceiling
    for kind, number in numbers.items():
        if number:
            free -= number
            yield Part(kind, number, _height(free, ceiling), _height(number, ceiling))
