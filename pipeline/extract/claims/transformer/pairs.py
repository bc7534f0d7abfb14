"""What the transformer makes of two figures of one text: how likely they cannot both be true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.extract.claims.transformer.network import Network
from pipeline.extract.claims.transformer.windows import Offsets, Window, window_of_both
from pipeline.extract.memory import Recent

# Pairs of one text that are compared; what has more figures near each other is a list or a table.
_MOST = 60


@dataclass(frozen=True, slots=True)
class PairedFigure:
    """A figure, all places in characters of the text: its sentence, itself, and the noun it counts (None: none)."""

    sentence: Offsets
    figure: Offsets
    head: Offsets | None


def contradictions(
    text: str,
    title: str | None,
    sentences: Sequence[Offsets],
    pairs: Sequence[tuple[PairedFigure, PairedFigure]],
    network: Network,
) -> list[float]:
    """The probability, for each pair in the order of the text, that two claimants hold its figures of one whole and
    that both cannot be true; 0 for pairs out of the window's sight or after the first.

    Args:
        text: the document's text.
        title: its headline.
        sentences: where its sentences begin and end, in order.
        pairs: the figures, the earlier first.
        network: the transformer.
    """
    found = [0.0] * len(pairs)
    for place, (first, last) in islice(enumerate(pairs), _MOST):
        seen = window_of_both(text, title, sentences, first.sentence, last.sentence)
        early, late = _tokens(seen, first), _tokens(seen, last)
        if early is None or late is None:
            continue
        types = seen.marked((early[0], late[0])).types
        question = _PairQuestion(network, tuple(seen.ids), tuple(types), (*early, *late))
        if (chance := _ANSWERED.get(question)) is None:
            chance = _answer(question)
            _ANSWERED.keep(question, chance)
        found[place] = chance
    return found


@dataclass(frozen=True, slots=True)
class _PairQuestion:
    """A window in which two figures are marked, and their tokens: the same question has the same answer."""

    network: Network
    ids: tuple[int, ...]
    types: tuple[int, ...]
    tokens: tuple[int, int, int, int]


# Pairs whose answers are kept, as in `opinions`: some 10 MB.
_ANSWERED: Recent[_PairQuestion, float] = Recent(4_096)


def _answer(question: _PairQuestion) -> float:
    vectors = question.network.pairs.encode(question.ids, question.types, question.tokens)
    return float(question.network.contradict(vectors.reshape(1, -1))[0])


def _tokens(seen: Window, told: PairedFigure) -> tuple[int, int] | None:
    """The tokens of a figure and of its noun, each its first; None for a figure out of sight."""
    figure = seen.tokens(*told.figure)
    noun = seen.tokens(*told.head) if told.head else figure
    return (figure[0], (noun or figure)[0]) if figure else None
