"""What the transformer makes of figures: measure, status, scope, and which of the possible claimants claims each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.extract.claims.transformer.network import Network
from pipeline.extract.claims.transformer.packing import Floats
from pipeline.extract.claims.transformer.windows import Window, window

# Windows encoded at once: more do not go faster, and take more memory.
_BATCH = 8

# Sentences of one text that are read; what has more figures than that is a list or a table, and the regression reads
# the rest. A sentence takes some hundredths of a second.
MOST = 100

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure that is asked about, all places in characters of the text: its sentence, itself, the noun that it counts
    (None if it has none), and the mentions of who may claim it (None for one without a place)."""

    sentence: Span
    figure: Span
    head: Span | None
    mentions: Sequence[Span | None]
    outlet: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """The logarithms of the probabilities of each class, and of each possible claimant in the order asked."""

    measure: Mapping[str, float]
    status: Mapping[str, float]
    scope: Mapping[str, float]
    claimants: Sequence[float]


def opinions(
    text: str, title: str | None, sentences: Sequence[Span], asked: Sequence[Asked], network: Network
) -> list[Opinion | None]:
    """An opinion on each figure, None for one that its window does not hold or that stands after the first sentences.

    Args:
        text: the document's text.
        title: its headline.
        sentences: where its sentences begin and end, in order.
        asked: the figures.
        network: the transformer.
    """
    by_sentence: dict[Span, list[int]] = {}
    for place, each in enumerate(asked):
        by_sentence.setdefault(each.sentence, []).append(place)
    windows = []
    for sentence, places in islice(by_sentence.items(), MOST):
        seen = window(text, title, sentences, sentence)
        placed = [(place, tokens) for place in places if (tokens := _tokens(seen, asked[place])) is not None]
        if placed:
            windows.append((seen, placed))
    found: list[Opinion | None] = [None] * len(asked)
    for start in range(0, len(windows), _BATCH):
        batch = windows[start : start + _BATCH]
        wanted = [sorted({token for _, tokens in placed for token in tokens.all()}) for _, placed in batch]
        vectors = network.encode([seen.ids for seen, _ in batch], [seen.types for seen, _ in batch], wanted)
        for (_, placed), own, rows in zip(batch, wanted, vectors, strict=True):
            vector = dict(zip(own, rows, strict=True))
            for place, tokens in placed:
                found[place] = _opinion(tokens, vector, asked[place].outlet, network)
    return found


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The places in the window of a figure, of its noun, and of the mentions (None for one out of sight)."""

    figure: int
    noun: int
    mentions: Sequence[int | None]

    def all(self) -> Iterator[int]:
        yield from (self.figure, self.noun)
        yield from (token for token in self.mentions if token is not None)


def _tokens(seen: Window, asked: Asked) -> _Tokens | None:
    figure = seen.tokens(*asked.figure)
    if not figure:
        return None
    noun = seen.tokens(*asked.head) if asked.head else figure
    mentions = [seen.tokens(*span) if span else range(0) for span in asked.mentions]
    return _Tokens(figure[0], (noun or figure)[0], [tokens[-1] if tokens else None for tokens in mentions])


def _opinion(tokens: _Tokens, vector: Mapping[int, Floats], outlet: int, network: Network) -> Opinion:
    figure = vector[tokens.figure][None]
    answers = network.answer(figure, vector[tokens.noun][None])
    mentions = [None if token is None else vector[token] for token in tokens.mentions]
    named = {name: dict(zip(network.classes[name], map(float, sums[0]), strict=True)) for name, sums in answers.items()}
    chosen = [float(chance) for chance in network.choose(figure[0], mentions, outlet)]
    return Opinion(named["measure"], named["status"], named["scope"], chosen)
