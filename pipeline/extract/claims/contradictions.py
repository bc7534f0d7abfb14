"""Which figures of a text are set against each other: two claimants' counts of one whole that cannot both be true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.claimants import Claimant, Option
from pipeline.extract.claims.transformer import Network, Told, contradictions
from schemas.records import apart

# Less likely pairs are none: a dispute that is shown and is none costs more trust than one that is missed. Where both
# figures alone were read as stated counts of the whole, of one measure, less is asked of the two together.
LIKELY, AGREED = 0.8, 0.6
# Characters from one figure to the other within which they are compared: seven in eight of the disagreements of the
# corpus that one text tells are nearer.
NEAR = 420
# Figures are compared where both may be of one measure, and each a stated count of the whole, with at least these
# probabilities: a comparison takes as long as reading a figure.
_SHARED, _WHOLE = log(0.1), log(0.1)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A figure that may be a claim: logarithms of the probability of each measure, and that it is a stated count of the
    whole."""

    candidate: Candidate
    measures: Mapping[str, float]
    whole: float


def find_contradictions(
    text: str,
    title: str | None,
    sentences: Sequence[tuple[int, int]],
    weighed: Sequence[Weighed],
    network: Network,
) -> list[set[int]]:
    """For each figure the places of those that it contradicts.

    The transformer sees more of two figures together than of each alone: what it finds here overrules what was read of
    either.

    Args:
        text: the document's text.
        title: its headline.
        sentences: where its sentences begin and end, in order.
        weighed: the figures that may be claims, in order.
        network: the transformer.
    """
    pairs = list(_comparable(weighed))
    told = {place: _told(weighed[place].candidate) for pair in pairs for place in pair}
    chances = contradictions(text, title, sentences, [(told[one], told[other]) for one, other in pairs], network)
    against: list[set[int]] = [set() for _ in weighed]
    for (one, other), chance in zip(pairs, chances, strict=True):
        if chance >= (AGREED if _agree(weighed[one], weighed[other]) else LIKELY):
            against[one].add(other)
            against[other].add(one)
    return against


def shared_measure(own: Mapping[str, float], others: Sequence[Mapping[str, float]]) -> str:
    """The measure that a figure and those that it contradicts most likely count."""
    return max(own, key=lambda measure: own[measure] + sum(other[measure] for other in others))


def set_apart(
    claimants: Sequence[Claimant | None],
    against: Sequence[frozenset[int]],
    options: Sequence[Sequence[Option]],
    scores: Sequence[Sequence[float]],
) -> list[Claimant | None]:
    """The claimants of all claims, so that no two that contradict each other are of one claimant where another is
    possible: the side gives way that loses less likelihood by it.

    Args:
        claimants: the likeliest claimant of each claim.
        against: the places of the claims that each contradicts.
        options: who may claim each.
        scores: how likely each of them is, as logarithms.
    """
    chosen = list(claimants)
    for one, others in enumerate(against):
        for other in sorted(others):
            if other > one and name_of(chosen[one]) == name_of(chosen[other]):
                ways = [
                    (cost, place, claimant)
                    for place in (one, other)
                    for cost, claimant in _others(options[place], scores[place], name_of(chosen[place]))
                ]
                if ways:
                    _, place, claimant = min(ways, key=lambda way: way[0])
                    chosen[place] = claimant
    return chosen


def _others(
    options: Sequence[Option], scores: Sequence[float], name: str | None
) -> Iterator[tuple[float, Claimant | None]]:
    """Who else may claim a figure than the one of that name, with the likelihood lost."""
    best = max(scores)
    for option, score in zip(options, scores, strict=True):
        if name_of(option.claimant) != name:
            yield best - score, option.claimant


def name_of(claimant: Claimant | None) -> str | None:
    """Who a claimant is; None for the outlet itself."""
    return claimant.name if claimant else None


def _comparable(weighed: Sequence[Weighed]) -> Iterator[tuple[int, int]]:
    """The pairs of figures near each other that may count one whole and whose bounds no number fits."""
    able = [
        place
        for place, each in enumerate(weighed)
        if each.whole >= _WHOLE and each.candidate.figure.kind != "one"  # "a man was killed" does not say how many
    ]
    for number, one in enumerate(able):
        figure, measures = weighed[one].candidate.figure, weighed[one].measures
        for other in able[number + 1 :]:
            later = weighed[other]
            if later.candidate.figure.start - figure.start > NEAR:
                break
            if (
                apart(figure.bounds, later.candidate.figure.bounds)
                and max(min(measures[name], later.measures[name]) for name in measures) >= _SHARED
            ):
                yield one, other


def _agree(one: Weighed, other: Weighed) -> bool:
    """Whether two figures, each read alone, are more likely than not stated counts of the whole, and of one measure."""
    measure = max(one.measures, key=one.measures.__getitem__)
    return min(one.whole, other.whole) > log(0.5) and measure == max(other.measures, key=other.measures.__getitem__)


def _told(candidate: Candidate) -> Told:
    figure = candidate.figure
    return Told(candidate.sentence_place, (figure.start, figure.end), candidate.head_place)
