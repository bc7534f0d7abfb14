"""Who is against whom on a count: its claimants as sides, each with its figures and one that stands for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workers.desk.speakers import speakers
from workers.desk.wording import claimant, span_of

FigureRow = Mapping[str, Any]

# Sides that are shown: of more, those with the lowest and the highest figures.
_MOST = 4


@dataclass(frozen=True)
class Side:
    """Claimants of one figure.

    Attributes:
        figures: those that stand.
        claimants: who claims them, each under one name.
        told_by: the figure whose words are shown, the latest.
    """

    figures: Sequence[FigureRow]
    claimants: Sequence[str]
    told_by: FigureRow

    @property
    def words(self) -> str:
        """The figures in words: "38", "4,500 to 5,000"."""
        return span_of(self.figures)


@dataclass(frozen=True)
class Sides:
    """The sides of a dispute that are shown, lowest first, and how many between them are not."""

    shown: Sequence[Side]
    more: int


def sides(count: Any) -> Sides:
    """The sides of a disputed count, one for each claimant; claimants of the same figure are one side.

    Where one claimant contradicts what they said themselves, each figure is a side.
    """
    standing = [each for each in count.figures if not each["updated_by"]]
    # What disagrees with nothing is no side, however many figures stand.
    standing = [each for each in standing if each["disagrees_with"]] or standing
    names = speakers(standing)
    by_name = _grouped((names.get(claimant(each), claimant(each)), each) for each in standing)
    merged: list[dict[str, list[FigureRow]]] = []
    for name, figures in by_name.items():
        alike = [side for side in merged if _bounds(figures) & _bounds(f for own in side.values() for f in own)]
        for side in alike:
            merged.remove(side)
        merged.append({key: own for side in alike for key, own in side.items()} | {name: figures})
    found = [_side([f for own in side.values() for f in own], list(side)) for side in merged]
    if len(found) < 2:
        by_figure = _grouped((_bound(each), each) for each in standing)
        found = [
            _side(figures, list(dict.fromkeys(names.get(claimant(f), claimant(f)) for f in figures)))
            for figures in by_figure.values()
        ]
    found.sort(key=lambda side: (_lowest(side.figures), side.claimants))
    if len(found) <= _MOST:
        return Sides(found, 0)
    return Sides([*found[: _MOST // 2], *found[-_MOST // 2 :]], len(found) - _MOST)


def _grouped(pairs: Iterable[tuple[Any, FigureRow]]) -> dict[Any, list[FigureRow]]:
    groups: dict[Any, list[FigureRow]] = {}
    for key, figure in pairs:
        groups.setdefault(key, []).append(figure)
    return groups


def _side(figures: Sequence[FigureRow], claimants: Sequence[str]) -> Side:
    return Side(figures, claimants, max(figures, key=lambda f: (f.get("dated", True), f["time"], f["claim_id"])))


def _bound(figure: FigureRow) -> tuple[int | None, int | None]:
    return figure["low"], figure["high"]


def _bounds(figures: Iterable[FigureRow]) -> set[tuple[int | None, int | None]]:
    return {_bound(figure) for figure in figures}


def _lowest(figures: Sequence[FigureRow]) -> int:
    numbers = [n for f in figures for n in (f["low"], f["high"], f["value"]) if n is not None]
    return min(numbers, default=0)
