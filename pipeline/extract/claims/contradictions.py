"""Which figures of a text are set against each other: two claimants' counts of one whole that cannot both be true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, log

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.claimants import Claimant, Option, name_of
from pipeline.extract.claims.linear import Model
from pipeline.extract.claims.sides import counts_own
from pipeline.extract.claims.transformer import Network, PairedFigure, contradictions
from pipeline.kinds import exclude_each_other
from schemas.records import Bounds, Scope, Status, apart

# From this probability on a comparison is a contradiction. On writers left out in turn F1 is 0.70, 0.68 and 0.65 at
# 0.4, 0.45 and 0.5, and precision 0.64, 0.66 and 0.68.
LIKELY = 0.45
# Characters from one figure to the other within which they are near each other: seven in eight of the disagreements of
# the corpus that one text tells are nearer. In whole articles it is two in three: there the lead has one side's figure,
# and the other's comes paragraphs later.
NEAR = 420
# Figures are compared where both are stated counts of the whole and of one measure with at least this probability, the
# product of the three: a comparison takes as long as reading a figure. All contradictions that are found of the ten
# writers whose pairs the encoder has not learned are above; of real articles' comparisons with 0.03 of one measure and
# 0.05 of the whole each, a sixth is not.
_MAY_COUNT_ONE = log(0.03)
# A text with so many likely counts of the whole is a list, of which only those near each other are compared.
_LIKELY_WHOLE, _MOST_FAR = log(0.1), 24
# What the transformer holds for less likely than this is no contradiction, whatever else speaks for it.
_LEAST = 0.15
# Where the weight of a number may change: of the transformer's probability, of the probability that both count one
# measure, of the figures that stand between the two, of how many times the lower one the higher is, of the probability
# that one claimant holds both.
_CHANCES = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
_MEASURES = (0.05, 0.1, 0.2, 0.4, 0.6, 0.8)
_BETWEEN = (1, 2, 3, 4)
_TIMES = (1.5, 3, 10)
_ONE_CLAIMANT = (0.1, 0.3, 0.6, 0.9)
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """A figure that may be a claim: logarithms of the probability of each measure, and that it is a stated count of the
    whole; its status and scope as read by itself, None for what by itself is no claim; and how likely the transformer
    holds each of those who may claim it to do so, by name, nobody where it was not asked."""

    candidate: Candidate
    measures: Mapping[str, float]
    whole: float
    status: Status | None
    scope: Scope | None
    claimants: Mapping[str | None, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two figures by their places, the earlier first, and how likely the transformer holds them to contradict."""

    one: int
    other: int
    chance: float


def compare(
    text: str,
    title: str | None,
    sentences: Sequence[tuple[int, int]],
    figures: Sequence[ComparedFigure],
    network: Network,
) -> list[Comparison]:
    """The pairs of figures that may contradict each other.

    Args:
        text: the document's text.
        title: its headline.
        sentences: where its sentences begin and end, in order.
        figures: the figures that may be claims, in order.
        network: the transformer.
    """
    pairs = _comparable(figures)
    told = {place: _told(figures[place].candidate) for pair in pairs for place in pair}
    chances = contradictions(text, title, sentences, [(told[one], told[other]) for one, other in pairs], network)
    return [
        Comparison(one, other, chance) for (one, other), chance in zip(pairs, chances, strict=True) if chance >= _LEAST
    ]


def find_contradictions(
    figures: Sequence[ComparedFigure], comparisons: Sequence[Comparison], model: Model
) -> list[dict[int, float]]:
    """For each figure the places of those that it contradicts, and how likely it does each.

    The transformer sees more of two figures together than of each alone, and calls a part and its total, or two groups,
    a contradiction more often than it is one. So a regression weighs its word against what was read of each by itself;
    it learned that on writers whom the transformer had not seen (stacking, Wolpert 1992).

    Args:
        figures: the figures that may be claims.
        comparisons: the pairs of them that may contradict each other.
        model: the regression that decides.
    """
    against: list[dict[int, float]] = [{} for _ in figures]
    yes = model.classes.index(YES)
    for comparison in comparisons:
        chance = float(model.probabilities(comparison_features(comparison, comparisons, figures))[yes])
        if chance >= LIKELY:
            against[comparison.one][comparison.other] = against[comparison.other][comparison.one] = chance
    return against


def comparison_features(
    comparison: Comparison, comparisons: Sequence[Comparison], figures: Sequence[ComparedFigure]
) -> list[str]:
    """What decides whether two figures contradict each other.

    Args:
        comparison: the two.
        comparisons: all of the document.
        figures: its figures.
    """
    one, other = figures[comparison.one], figures[comparison.other]
    shared = exp(max(min(one.measures[name], other.measures[name]) for name in one.measures))
    found = ["bias", *(f"chance>={least}" for least in _CHANCES if comparison.chance >= least)]
    if not is_near(one.candidate, other.candidate):
        found.append("far")
    found += [f"shared>={least}" for least in _MEASURES if shared >= least]
    found += [f"between>={least}" for least in _BETWEEN if comparison.other - comparison.one > least]
    measure = max(one.measures, key=one.measures.__getitem__)
    alike = measure == max(other.measures, key=other.measures.__getitem__)
    found.append(f"measure={measure if alike else 'two'}")
    found.append(f"claims={(one.status is not None) + (other.status is not None)}")
    found.append(f"stated={(one.status == 'stated') + (other.status == 'stated')}")
    found.append(f"event={(one.scope == 'event') + (other.scope == 'event')}")
    values = [value for each in (one, other) if (value := each.candidate.figure.value) is not None]
    if 0 in values:
        found.append("zero")
    elif len(values) > 1:
        found += [f"times>={least}" for least in _TIMES if max(values) >= least * min(values)]
    if one.claimants and other.claimants:
        same = sum(chance * other.claimants.get(name, 0.0) for name, chance in one.claimants.items())
        found += ["claimants", *(f"one_claimant>={least}" for least in _ONE_CLAIMANT if same >= least)]
    places = {comparison.one, comparison.other}
    if all(comparison.chance >= rival.chance for rival in comparisons if places & {rival.one, rival.other}):
        found.append("likeliest")
    return found


def _noun(candidate: Candidate) -> str | None:
    """The noun that a figure counts."""
    head = candidate.counted.head
    return None if head is None else candidate.sentence.doc[head].text


def shared_measure(own: Mapping[str, float], others: Sequence[Mapping[str, float]]) -> str:
    """The measure that a figure and those that it contradicts most likely count."""
    return max(own, key=lambda measure: own[measure] + sum(other[measure] for other in others))


def set_apart(
    claimants: Sequence[Claimant | None],
    against: Sequence[Mapping[int, float]],
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


def likeliest_of_each(
    against: Sequence[Mapping[int, float]], claimants: Sequence[Claimant | None], bounds: Sequence[Bounds]
) -> list[list[int]]:
    """The places of the claims that each contradicts, for every other claimant those of one figure: nobody holds two of
    one whole at one time, so that of "four soldiers fell" and "15 attackers were killed" the rebels' "21 soldiers"
    contradicts the likelier.

    Args:
        against: the places of the claims that each contradicts, and how likely it does.
        claimants: who claims each.
        bounds: the bounds of each.
    """
    names = [name_of(claimant) for claimant in claimants]
    likeliest = [
        {names[other]: bounds[other] for other in sorted(others, key=others.__getitem__)} for others in against
    ]
    return [
        [
            other
            for other in sorted(others)
            if names[other] != names[one]
            and likeliest[one][names[other]] == bounds[other]
            and likeliest[other][names[one]] == bounds[one]
        ]
        for one, others in enumerate(against)
    ]


def _others(
    options: Sequence[Option], scores: Sequence[float], name: str | None
) -> Iterator[tuple[float, Claimant | None]]:
    """Who else may claim a figure than the one of that name, with the likelihood lost."""
    best = max(scores)
    for option, score in zip(options, scores, strict=True):
        if name_of(option.claimant) != name:
            yield best - score, option.claimant


def _comparable(figures: Sequence[ComparedFigure]) -> list[tuple[int, int]]:
    """The pairs of figures that may count one whole and whose bounds no number fits, those near each other first."""
    able = [
        place
        for place, each in enumerate(figures)
        if each.whole >= _MAY_COUNT_ONE and each.candidate.figure.kind != "one"  # "a man was killed" says not how many
    ]
    near = []
    for number, one in enumerate(able):
        for other in able[number + 1 :]:
            if not is_near(figures[one].candidate, figures[other].candidate):
                break
            if _may_contradict(figures[one], figures[other]):
                near.append((one, other))
    if sum(figures[place].whole >= _LIKELY_WHOLE for place in able) > _MOST_FAR:
        return near
    return near + [
        (one, other)
        for one, other in combinations(able, 2)
        if not is_near(figures[one].candidate, figures[other].candidate)
        and _may_contradict(figures[one], figures[other])
    ]


def _may_contradict(one: ComparedFigure, other: ComparedFigure) -> bool:
    """Whether two figures may count one whole and no number fits both.

    Of 137 pairs of the corpus whose nouns name kinds that exclude each other (soldiers, rebels) one contradicts, and
    none of 17 in which each counts its claimant's own people.
    """
    shared = max(min(one.measures[name], other.measures[name]) for name in one.measures)
    if one.whole + other.whole + shared < _MAY_COUNT_ONE:
        return False
    if not apart(one.candidate.figure.bounds, other.candidate.figure.bounds):
        return False
    if exclude_each_other(_noun(one.candidate), _noun(other.candidate)):
        return False
    return not (counts_own(one.candidate) and counts_own(other.candidate))


def is_near(one: Candidate, other: Candidate) -> bool:
    """Whether figures are near each other, the earlier first."""
    return other.figure.start - one.figure.start <= NEAR


def _told(candidate: Candidate) -> PairedFigure:
    figure = candidate.figure
    return PairedFigure(candidate.sentence_place, (figure.start, figure.end), candidate.head_place)
