"""What the figures about one say of what it covers.

Figures that cover alike stand together: a list of earlier attacks, the wards of one hospital, the victims of one
village. So the scope of each is decided twice, at first by itself and then with what the first decision makes of the
others (stacked sequential learning, Cohen and Carvalho 2005).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from schemas.records import Scope

_SCOPES: tuple[Scope, ...] = ("event", "part", "other")
# Where the weight of a probability may change: of the figure's own first decision, of the mean of its paragraph, of
# that of the document.
_OWN, _PARAGRAPH, _DOCUMENT = (0.2, 0.5, 0.8), (0.3, 0.6), (0.2, 0.4, 0.6)
# More likely the whole than this, a figure is one that others are held to.
_WHOLE = 0.5
# The figures before and after, by how far.
_BESIDE = {"before": -1, "after": 1, "second before": -2, "second after": 2}


@dataclass(frozen=True, slots=True)
class ScopedFigure:
    """A figure with a first decision on its scope.

    Attributes:
        start: its place in the text.
        sentence: where its sentence starts.
        value: its number, where there is one.
        measure: what it counts.
        scope: the logarithm of the probability of each scope.
    """

    start: int
    sentence: int
    value: int | None
    measure: str
    scope: Mapping[str, float]

    @property
    def likeliest(self) -> str:
        """The scope with the highest probability; of several, the first of the list."""
        return max(_SCOPES, key=lambda scope: self.scope[scope])


class Neighbours:
    """The figures of one text, in order; time and memory are linear in their number, but for a logarithm."""

    def __init__(self, text: str, figures: Sequence[ScopedFigure]) -> None:
        self._figures = figures
        self._starts = [figure.start for figure in figures]
        self._ends = [place for place, character in enumerate(text) if character == "\n"]
        self._sums: dict[Hashable, list[float]] = defaultdict(lambda: [0.0] * (1 + len(_SCOPES)))
        self._firsts: dict[str, ScopedFigure] = {}
        self._largest: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for figure in figures:
            self._firsts.setdefault(figure.measure, figure)
            for key in self._keys(figure):
                sums = self._sums[key]
                sums[0] += 1
                for place, scope in enumerate(_SCOPES, 1):
                    sums[place] += exp(figure.scope[scope])
            if figure.value is not None and exp(figure.scope["event"]) > _WHOLE:
                largest = self._largest[figure.measure]
                largest.append((figure.value, figure.start))
                largest.sort(reverse=True)
                del largest[2:]

    def of(self, figure: ScopedFigure) -> Iterator[str]:
        """What its own first decision and those on the others say of the scope of a figure, be it one of them or not,
        as names of features.
        """
        for least in _OWN:
            yield from (f"scope {scope}>={least}" for scope in _SCOPES if exp(figure.scope[scope]) >= least)
        yield from self._beside(figure)
        for name, levels, key in zip(("line", "text"), (_PARAGRAPH, _DOCUMENT), self._keys(figure)[:2], strict=True):
            means = self._means(figure, key)
            yield from (
                f"{name} {scope}>={least}" for scope, mean in means.items() for least in levels if mean >= least
            )
        if figure.value is not None and (means := self._means(figure, self._keys(figure)[2])):
            yield f"same number {max(_SCOPES, key=means.__getitem__)}"
        yield from self._against_whole(figure)
        first = self._firsts.get(figure.measure)
        if first is not None and first.start != figure.start:
            yield f"first of measure {first.likeliest}"

    def _line(self, start: int) -> int:
        return bisect_left(self._ends, start)

    def _keys(self, figure: ScopedFigure) -> tuple[Hashable, Hashable, Hashable]:
        """What its line, its text and its number go by."""
        return ("line", self._line(figure.start)), "text", ("number", figure.measure, figure.value)

    def _means(self, figure: ScopedFigure, key: Hashable) -> dict[Scope, float]:
        """The mean probability of each scope among the other figures that go by that; nothing where there are none."""
        own = self._known(figure)
        number, *sums = self._sums[key] if key in self._sums else [0.0] * (1 + len(_SCOPES))
        number -= own
        if number < 1:
            return {}
        return {
            scope: (total - own * exp(figure.scope[scope])) / number for scope, total in zip(_SCOPES, sums, strict=True)
        }

    def _known(self, figure: ScopedFigure) -> bool:
        place = bisect_left(self._starts, figure.start)
        return place < len(self._starts) and self._starts[place] == figure.start

    def _beside(self, figure: ScopedFigure) -> Iterator[str]:
        place = bisect_left(self._starts, figure.start)
        for name, step in _BESIDE.items():
            other = place + step if self._known(figure) or step < 0 else place + step - 1
            if not 0 <= other < len(self._figures):
                yield f"{name} none"
                continue
            beside = self._figures[other]
            near = "text"
            if beside.sentence == figure.sentence:
                near = "sentence"
            elif self._line(beside.start) == self._line(figure.start):
                near = "line"
            yield f"{name} {beside.likeliest}"
            yield f"{name} in {near} {beside.likeliest}"
            if abs(step) == 1:
                yield f"{name} in {near} {beside.likeliest} of {'one' if beside.measure == figure.measure else 'two'}"

    def _against_whole(self, figure: ScopedFigure) -> Iterator[str]:
        """How it stands to the highest other figure of its measure that is likely the whole."""
        others = [value for value, start in self._largest.get(figure.measure, ()) if start != figure.start]
        if others and figure.value is not None:
            highest = others[0]
            yield "below whole" if figure.value < highest else "the whole" if figure.value == highest else "above whole"
