"""What the transformer sees of a figure: the headline, some words before, and the figure's own sentence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.extract.claims.transformer.pieces import DIVIDING, OPENING, pieces, vocabulary

# Characters before the sentence that are read with it, whole sentences where they fit, and of the headline: two
# sentences tell whom "it" and "the toll" mean, and more cost time without telling more.
_BEFORE = 220
_TITLE = 120
# Tokens of a window; a sentence longer than this is a list, whose end is read without the transformer.
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids with their types (0 the headline, 1 the text), and where each token of the text stands in it."""

    ids: list[int]
    types: list[int]
    offsets: list[tuple[int, int] | None]

    def tokens(self, start: int, end: int) -> range:
        """The places of the tokens that the characters `start` to `end` of the text touch; empty where out of sight."""
        held = [
            place for place, span in enumerate(self.offsets) if span is not None and span[0] < end and span[1] > start
        ]
        return range(held[0], held[-1] + 1) if held else range(0)


def window(text: str, title: str | None, sentences: Sequence[tuple[int, int]], sentence: tuple[int, int]) -> Window:
    """The window of a sentence.

    Args:
        text: the document's text.
        title: its headline.
        sentences: where its sentences begin and end, in characters, in order.
        sentence: one of them.
    """
    start = _opening(sentences, sentence)
    named = [number for number, *_ in pieces((title or "")[:_TITLE])]
    read = list(islice(pieces(text[start : sentence[1]]), max(0, LONGEST - len(named) - 3)))
    opening, dividing = vocabulary()[OPENING], vocabulary()[DIVIDING]
    return Window(
        ids=[opening, *named, dividing, *(number for number, *_ in read), dividing],
        types=[0] * (len(named) + 2) + [1] * (len(read) + 1),
        offsets=[*[None] * (len(named) + 2), *((start + first, start + last) for _, first, last in read), None],
    )


def _opening(sentences: Sequence[tuple[int, int]], sentence: tuple[int, int]) -> int:
    """Where the window of a sentence begins in the text."""
    own = bisect_right(sentences, sentence) - 1
    first = own
    while first > 0 and sentence[0] - sentences[first - 1][0] <= _BEFORE:
        first -= 1
    if first < own:
        return sentences[first][0]
    return max(sentences[own - 1][0], sentence[0] - _BEFORE) if own > 0 else sentence[0]
