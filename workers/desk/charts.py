"""Charts as SVG, drawn here: the spread of a count's figures on one line, and their steps over time with bounds as
bands.

A chart is a picture of a table that stands beside it, so it is hidden from screen readers, which read the table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from workers.desk.wording import claimant

# Units of the drawings; CSS scales them.
_STRIP = (150.0, 18.0)
_STEPS = (640.0, 190.0)
_MARGIN = (54.0, 12.0, 24.0, 10.0)  # left, right, bottom, top

# The height of a band towards an open bound.
_OPEN = 16.0

# Between two times that are written below a drawing, the first of which at most four fit.
_TIME_STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (15, 30, 60, 180, 360, 720, *(1440 * n for n in (1, 2, 7, 14, 28, 91, 365)))
)
_TIMES = 4

# Between a time and the ends of the drawing: half of its width.
_TIME_ROOM = 40.0

# Lines that one chart can hold and be read; more claimants are in the table.
_SERIES = 6


@dataclass
class Mark:
    """A figure on a strip: the place of its bounds, whether it stands, and what it says."""

    x: float
    x_end: float
    standing: bool
    title: str


@dataclass
class Strip:
    """The spread of a count."""

    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)


@dataclass
class Series:
    """One claimant's figures over time: a line of steps, the band of its bounds, and its points."""

    name: str
    index: int
    line: str
    bands: list[tuple[float, float, float, float]]
    points: list[tuple[float, float, str]]


@dataclass
class Steps:
    """Figures over time."""

    width: float
    height: float
    series: list[Series]
    ticks: list[tuple[float, str]]
    times: list[tuple[float, str]]
    left: float
    bottom: float
    undated: int


def strip(count: Any) -> Strip | None:
    """The figures of a count on one line; None where there are fewer than two."""
    bounded = [f for f in count.figures if f["low"] is not None or f["high"] is not None]
    numbers = [n for f in bounded for n in (f["low"], f["high"]) if n is not None]
    if len(bounded) < 2 or min(numbers) == max(numbers):
        return None
    width, height = _STRIP
    least, most = min(numbers), max(numbers)
    scale = (width - 12) / float(most - least)

    def place(n: int) -> float:
        return round(6 + float(n - least) * scale, 1)

    made = Strip(width, height)
    for each in sorted(bounded, key=lambda f: f["updated_by"] is None):
        low = each["low"] if each["low"] is not None else least
        high = each["high"] if each["high"] is not None else (most if each["qualifier"] != "exact" else low)
        title = f"{claimant(each)}: {each['figure']}"
        made.marks.append(Mark(place(low), max(place(high), place(low)), each["updated_by"] is None, title))
    return made


def steps(figures: Sequence[Mapping[str, Any]]) -> Steps | None:
    """The figures of a count over time, a series for each claimant; None where there is nothing to compare.

    Those of a document without a date have no place in it.
    """
    numbered = [f for f in figures if _middle(f) is not None and f.get("dated", True)]
    if len(numbered) < 2:
        return None
    by_claimant: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for each in sorted(numbered, key=lambda f: f["time"]):
        by_claimant[claimant(each)].append(each)
    chosen = sorted(by_claimant.items(), key=lambda item: (-len(item[1]), item[0]))[:_SERIES]
    shown = [f for _, rows in chosen for f in rows]
    times = [datetime.fromisoformat(f["time"]) for f in shown]
    numbers = [n for f in shown for n in (f["low"], f["high"], _middle(f)) if n is not None]
    axes = _Axes(min(times), max(times), min(numbers), max(numbers))
    series = [_series(name, index, rows, axes) for index, (name, rows) in enumerate(chosen)]
    width, height = _STEPS
    undated = sum(_middle(f) is not None and not f.get("dated", True) for f in figures)
    bottom = round(height - _MARGIN[2], 1)
    return Steps(width, height, series, axes.number_ticks(), axes.time_ticks(), _MARGIN[0], bottom, undated)


def _middle(f: Mapping[str, Any]) -> int | None:
    for name in ("value", "low", "high"):
        if f[name] is not None:
            return int(f[name])
    return None


class _Axes:
    """Where a moment and a number stand on the drawing."""

    def __init__(self, first: datetime, last: datetime, least: int, most: int) -> None:
        pad = max((last - first) * 0.06, timedelta(minutes=30))
        self._first, self._span = first - pad, (last - first) + 2 * pad
        room = max(1.0, (most - least) * 0.15)
        self._least, self._most = max(0.0, least - room), most + room

    def x(self, time: datetime) -> float:
        left, right, _, _ = _MARGIN
        share = (time - self._first) / self._span
        return round(left + share * (_STEPS[0] - left - right), 1)

    def y(self, number: float) -> float:
        _, _, bottom, top = _MARGIN
        share = (number - self._least) / (self._most - self._least)
        return round(_STEPS[1] - bottom - share * (_STEPS[1] - bottom - top), 1)

    def number_ticks(self) -> list[tuple[float, str]]:
        step = _round_step((self._most - self._least) / 4)
        first = -int(-self._least // step) * step
        ticks = []
        while first <= self._most:
            ticks.append((self.y(first), f"{first:,}"))
            first += step
        return ticks

    def time_ticks(self) -> list[tuple[float, str]]:
        step = next((each for each in _TIME_STEPS if self._span / each < _TIMES), self._span)
        moment = self._first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        form = "%d %b %H:%M" if step < timedelta(days=1) else "%d %b" if step < timedelta(days=365) else "%b %Y"
        ticks = []
        while (x := self.x(moment)) <= _STEPS[0] - _TIME_ROOM:
            if x >= _MARGIN[0] + _TIME_ROOM:
                ticks.append((x, moment.strftime(form)))
            moment += step
        return ticks

    @property
    def right(self) -> float:
        return _STEPS[0] - _MARGIN[1]


def _round_step(about: float) -> int:
    """A step of 1, 2 or 5 times a power of ten near this."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= about:
                return factor * power
        power *= 10


def _series(name: str, index: int, rows: Sequence[Mapping[str, Any]], axes: _Axes) -> Series:
    path, bands, points = "", [], []
    for place, each in enumerate(rows):
        time = datetime.fromisoformat(each["time"])
        x, y = axes.x(time), axes.y(_middle(each) or 0)
        until = axes.x(datetime.fromisoformat(rows[place + 1]["time"])) if place + 1 < len(rows) else axes.right
        path += f"M{x} {y}" if not path else f"V{y}"
        path += f"H{until}"
        low, high = each["low"], each["high"]
        if (low is None) != (high is None) or (low is not None and low != high):
            # A bound that is open has no end to be drawn: the band says only which way it goes.
            top = axes.y(high) if high is not None else max(axes.y(low) - _OPEN, _MARGIN[3])
            bottom = axes.y(low) if low is not None else min(axes.y(high) + _OPEN, _STEPS[1] - _MARGIN[2])
            bands.append((x, top, round(max(until - x, 2.0), 1), round(max(bottom - top, 2.0), 1)))
        points.append((x, y, f"{name}: {each['figure']} ({time:%d %b %H:%M})"))
    return Series(name, index, path, bands, points)
