"""What the transformer sees of a figure: the headline, some words before, and the figure's own sentence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from pipeline.extract.claims.transformer.pieces import DIVIDING, OPENING, pieces, vocabulary

# Characters before the sentence that are read with it, whole sentences where they fit, and of the headline: two
# sentences tell whom "it" and "the toll" mean, and more cost time without telling more.
_BEFORE = 220
_TITLE = 120
# Likewise before each of two sentences that are read together: the two tell most of it.
_BEFORE_BOTH = 120
# Characters between two sentences up to which all between them is read too, as between all figures that are near each
# other (`contradictions.NEAR`); what stands between two that are further apart is mostly of other things.
BETWEEN = 420
# Tokens of a window of one sentence, and of two; a sentence longer than this is a list, whose end is read without the
# transformer.
LONGEST, LONGEST_OF_BOTH = 160, 192


# The type of the tokens of figures that are compared.
COMPARED = 2

Offsets = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids with their types (0 the headline, 1 the text, 2 a figure that is compared), and where each token of the
    text stands in it."""

    ids: list[int]
    types: list[int]
    offsets: list[tuple[int, int] | None]

    def marked(self, places: Sequence[int]) -> Window:
        """The window with the tokens at these places as the figures that are compared."""
        types = [COMPARED if place in places else kind for place, kind in enumerate(self.types)]
        return replace(self, types=types)

    def tokens(self, start: int, end: int) -> range:
        """The places of the tokens that the characters `start` to `end` of the text touch; empty where out of sight."""
        held = [
            place for place, span in enumerate(self.offsets) if span is not None and span[0] < end and span[1] > start
        ]
        return range(held[0], held[-1] + 1) if held else range(0)


def window(text: str, title: str | None, sentences: Sequence[Offsets], sentence: Offsets) -> Window:
    """The window of a sentence.

    Args:
        text: the document's text.
        title: its headline.
        sentences: where its sentences begin and end, in characters, in order.
        sentence: one of them.
    """
    return _window(text, title, [(_opening(sentences, sentence, _BEFORE), sentence[1])], LONGEST)


def window_of_both(
    text: str, title: str | None, sentences: Sequence[Offsets], first: Offsets, last: Offsets, between: int = BETWEEN
) -> Window:
    """The window of two sentences, which may be the same, with what is between them if that is no more than so many
    characters; else as `window`."""
    start = _opening(sentences, first, _BEFORE_BOTH)
    if last[0] - first[1] <= between:
        return _window(text, title, [(start, last[1])], LONGEST_OF_BOTH)
    again = max(first[1], _opening(sentences, last, _BEFORE_BOTH))
    return _window(text, title, [(start, first[1]), (again, last[1])], LONGEST_OF_BOTH)


def _window(text: str, title: str | None, parts: Sequence[Offsets], longest: int) -> Window:
    named = [number for number, *_ in pieces((title or "")[:_TITLE])]
    told = (
        (number, start + first, start + last) for start, end in parts for number, first, last in pieces(text[start:end])
    )
    read = list(islice(told, max(0, longest - len(named) - 3)))
    opening, dividing = vocabulary()[OPENING], vocabulary()[DIVIDING]
    return Window(
        ids=[opening, *named, dividing, *(number for number, *_ in read), dividing],
        types=[0] * (len(named) + 2) + [1] * (len(read) + 1),
        offsets=[*[None] * (len(named) + 2), *((first, last) for _, first, last in read), None],
    )


def _opening(sentences: Sequence[Offsets], sentence: Offsets, before: int) -> int:
    """Where the window of a sentence begins in the text."""
    own = bisect_right(sentences, sentence) - 1
    first = own
    while first > 0 and sentence[0] - sentences[first - 1][0] <= before:
        first -= 1
    if first < own:
        return sentences[first][0]
    return max(sentences[own - 1][0], sentence[0] - before) if own > 0 else sentence[0]
