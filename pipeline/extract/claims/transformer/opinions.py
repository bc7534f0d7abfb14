"""What the transformer makes of figures: measure, status, scope, and which of the possible claimants claims each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.extract.claims.transformer.network import Network
from pipeline.extract.claims.transformer.packing import Floats
from pipeline.extract.claims.transformer.windows import Offsets, Window, window
from pipeline.extract.memory import Recent

# Sentences of one text that are read; what has more figures than that is a list or a table, and the regression reads
# the rest. A sentence takes some milliseconds.
MOST = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure that is asked about, all places in characters of the text: its sentence, itself, the noun that it counts
    (None if it has none), and the mentions of who may claim it (None for one without a place)."""

    sentence: Offsets
    figure: Offsets
    head: Offsets | None
    mentions: Sequence[Offsets | None]
    outlet: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """The logarithms of the probabilities of each class, and of each possible claimant in the order asked."""

    measure: Mapping[str, float]
    status: Mapping[str, float]
    scope: Mapping[str, float]
    claimants: Sequence[float]


def opinions(
    text: str, title: str | None, sentences: Sequence[Offsets], asked: Sequence[Asked], network: Network
) -> list[Opinion | None]:
    """An opinion on each figure, None for one that its window does not hold or that stands after the first sentences.

    Args:
        text: the document's text.
        title: its headline.
        sentences: where its sentences begin and end, in order.
        asked: the figures.
        network: the transformer.
    """
    by_sentence: dict[Offsets, list[int]] = {}
    for place, each in enumerate(asked):
        by_sentence.setdefault(each.sentence, []).append(place)
    found: list[Opinion | None] = [None] * len(asked)
    for sentence, places in islice(by_sentence.items(), MOST):
        seen = window(text, title, sentences, sentence)
        placed = [(place, tokens) for place in places if (tokens := _tokens(seen, asked[place])) is not None]
        if not placed:
            continue
        question = _Question(network, tuple(seen.ids), tuple(seen.types), tuple(tokens for _, tokens in placed))
        if (told := _ANSWERED.get(question)) is None:
            told = _answers(question)
            _ANSWERED.keep(question, told)
        for (place, _), opinion in zip(placed, told, strict=True):
            found[place] = opinion
    return found


def forget() -> None:
    """Lets go of the answers kept."""
    _ANSWERED.clear()


def _answers(question: _Question) -> tuple[Opinion, ...]:
    """An opinion on each figure of the question."""
    wanted = sorted({token for figure in question.figures for token in figure.all()})
    vectors = question.network.figures.encode(question.ids, question.types, wanted)
    vector = dict(zip(wanted, vectors, strict=True))
    return tuple(_opinion(figure, vector, question.network) for figure in question.figures)


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The places in the window of a figure, of its noun, and of the mentions (None for one out of sight); and which of
    the mentions is the outlet."""

    figure: int
    noun: int
    mentions: tuple[int | None, ...]
    outlet: int

    def all(self) -> Iterator[int]:
        yield from (self.figure, self.noun)
        yield from (token for token in self.mentions if token is not None)


def _tokens(seen: Window, asked: Asked) -> _Tokens | None:
    figure = seen.tokens(*asked.figure)
    if not figure:
        return None
    noun = seen.tokens(*asked.head) if asked.head else figure
    mentions = [seen.tokens(*span) if span else range(0) for span in asked.mentions]
    last = tuple(tokens[-1] if tokens else None for tokens in mentions)
    return _Tokens(figure[0], (noun or figure)[0], last, asked.outlet)


@dataclass(frozen=True, slots=True)
class _Question:
    """A window and the figures in it: the same question has the same answer, in whichever document."""

    network: Network
    ids: tuple[int, ...]
    types: tuple[int, ...]
    figures: tuple[_Tokens, ...]


# Windows whose answers are kept: some 15 MB; the same wire copy runs in fifty papers.
_ANSWERED: Recent[_Question, tuple[Opinion, ...]] = Recent(4_096)


def _opinion(tokens: _Tokens, vector: Mapping[int, Floats], network: Network) -> Opinion:
    figure = vector[tokens.figure][None]
    answers = network.answer(figure, vector[tokens.noun][None])
    mentions = [None if token is None else vector[token] for token in tokens.mentions]
    named = {name: dict(zip(network.classes[name], map(float, sums[0]), strict=True)) for name, sums in answers.items()}
    chosen = [float(chance) for chance in network.choose(figure[0], mentions, tokens.outlet)]
    return Opinion(named["measure"], named["status"], named["scope"], chosen)
