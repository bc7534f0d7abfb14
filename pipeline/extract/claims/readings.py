"""What each candidate means: which measure it counts, if any, whether that is stated, and what the number covers.

Two small models decide it together, both trained on texts written for this project (`corpus/`): a regression over
what the parse, the lists and the rest of the document say (`features`, `discourse`), and a transformer that reads the
sentence itself (`transformer`). Each errs where the other does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import cast

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.claimants import Claimants, Option, name_of
from pipeline.extract.claims.contradictions import (
    ComparedFigure,
    Comparison,
    compare,
    find_contradictions,
    shared_measure,
)
from pipeline.extract.claims.discourse import Discourse, First, Headline
from pipeline.extract.claims.features import Surroundings, of_candidate
from pipeline.extract.claims.linear import Model
from pipeline.extract.claims.neighbours import Neighbours, ScopedFigure
from pipeline.extract.claims.transformer import Asked, Network, Opinion, opinions
from schemas.records import Measure, Scope, Status

NONE = "none"  # the class of candidates that are no claims
_NEVER = float("-inf")  # the logarithm of a probability of nothing

# The share of the transformer's word in a decision, the best of 0, 0.3, 0.5, 0.7 and 1 on writers left out.
SHARE = 0.4
# What speaks against the whole: of the counts in news more are of a part or of another event than in the corpus, and
# what is taken for the whole and is not makes false disputes. From 0.3 to 0.8 little changes.
_NOT_WHOLE = {"event": 0.0, "part": 0.5, "other": 0.5}
# What the regression holds for less likely a claim is none: to ask the transformer about all above 0.03 takes twice the
# time, and finds one claim in a hundred more.
_PLAUSIBLE = 0.15
# The transformer is not asked about sentences whose figures nobody but the outlet can claim, and of which the
# regression holds measure, status and scope for more likely than this: on 1,200 figures of the unseen corpus and of
# real articles what it says of them changed three figures.
_SURE_OF_MEASURE, _SURE_OF_STATUS, _SURE_OF_SCOPE = log(0.9), log(0.95), log(0.8)


@dataclass(frozen=True, slots=True)
class Reading:
    """A candidate that is a claim, what it claims, who may claim it, what the transformer makes of it, and the other
    candidates that it contradicts with how likely it does."""

    candidate: Candidate
    measure: Measure
    status: Status
    scope: Scope
    options: Sequence[Option] = ()
    opinion: Opinion | None = None
    against: Sequence[tuple[Candidate, float]] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What the figures of a document are read from: those that may be claims, its analysis, its headline and day, and
    who can claim a figure."""

    candidates: Sequence[Candidate]
    around: Surroundings
    headline: Headline
    claimants: Claimants

    @property
    def text(self) -> str:
        """The whole text, into which all offsets point."""
        return self.around.doc.text

    @property
    def sentences(self) -> list[tuple[int, int]]:
        """Where its sentences begin and end, but for blank ones."""
        spans = self.around.doc.sentence_characters()
        return [span for span in spans if not self.text[slice(*span)].isspace()]


def first_readings(candidates: Sequence[Candidate], around: Surroundings, model: Model) -> list[First]:
    """Each candidate read by itself."""
    readings = []
    for candidate in candidates:
        features = of_candidate(candidate, around)
        measure, probability = model.likeliest(features)
        readings.append(First(candidate, features, measure, probability))
    return readings


def read(
    given: Given,
    models: Mapping[str, Model],
    network: Network | None,
) -> list[Reading]:
    """The claims among the candidates of a document, in order.

    Args:
        given: what they are read from.
        models: the regressions, by name (`linear.shipped`).
        network: the transformer, or None to decide without it.
    """
    weighed = _weigh(given, models, network)
    against: list[dict[int, float]] = [{} for _ in weighed]
    if network is not None:
        figures, comparisons = _compared(weighed, given, network)
        against = find_contradictions(figures, comparisons, models["contradiction"])
    readings = [
        _together(each, [(weighed[other], others[other]) for other in sorted(others)]) if others else each.alone
        for each, others in zip(weighed, against, strict=True)
    ]
    return [reading for reading in readings if reading is not None]


def compared(
    given: Given,
    models: Mapping[str, Model],
    network: Network,
) -> tuple[list[ComparedFigure], list[Comparison]]:
    """The figures that may be claims, and the pairs of them that may contradict each other; arguments as for `read`."""
    return _compared(_weigh(given, models, network), given, network)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A candidate that may be a claim: the logarithm of the probability of each measure and of none, who may claim it,
    what the transformer makes of it, that of a stated count of the whole, and how it is read by itself (None: as no
    claim)."""

    candidate: Candidate
    measures: Mapping[str, float]
    options: Sequence[Option]
    opinion: Opinion | None
    whole: float
    alone: Reading | None


def _weigh(
    given: Given,
    models: Mapping[str, Model],
    network: Network | None,
) -> list[_Weighed]:
    """The candidates that may be claims, each read by itself."""
    firsts = first_readings(given.candidates, given.around, models["first"])
    discourse = Discourse(firsts, given.around, given.headline)
    likely = [
        (first, measures)
        for first in firsts
        if (measures := models["measure"].logarithms(measure_features(first, discourse)))[NONE] < log(1 - _PLAUSIBLE)
    ]
    scopes = Scopes(given.text, [(first, _best(measures)) for first, measures in likely], discourse, models)
    regressed = [_regress(first, measures, given, scopes) for first, measures in likely]
    told: Sequence[Opinion | None] = [None] * len(regressed)
    unsure = {each.first.candidate.sentence_place for each in regressed if not each.sure}
    if network is not None and unsure:
        asked = [each for each in regressed if each.first.candidate.sentence_place in unsure]
        answers = opinions(given.text, given.headline.title, given.sentences, [_asked(each) for each in asked], network)
        answered = dict(zip((id(each) for each in asked), answers, strict=True))
        told = [answered.get(id(each)) for each in regressed]
    return [_mix(each, opinion, scopes) for each, opinion in zip(regressed, told, strict=True)]


@dataclass(frozen=True, slots=True)
class _Regressed:
    """What the regression makes of a candidate: logarithms of the probability of each measure, the likeliest, and those
    of each status and scope if it counts that; and who may claim it."""

    first: First
    measures: Mapping[str, float]
    measure: str
    status: Mapping[str, float]
    scope: Mapping[str, float]
    options: Sequence[Option]

    @property
    def sure(self) -> bool:
        """Whether the transformer need not be asked."""
        if len(self.options) > 1 or self.measure == NONE or self.measures[self.measure] <= _SURE_OF_MEASURE:
            return False
        return max(self.status.values()) > _SURE_OF_STATUS and max(self.scope.values()) > _SURE_OF_SCOPE


class Scopes:
    """What the figures of a text cover, each decided with what the others do."""

    def __init__(
        self, text: str, claimed: Sequence[tuple[First, str]], discourse: Discourse, models: Mapping[str, Model]
    ) -> None:
        """
        Args:
            text: the text.
            claimed: its figures in order, with the measure that each may count (or `NONE`).
            discourse: what the rest of the text says of each.
            models: the regressions, by name.
        """
        self._discourse, self._models = discourse, models
        self._read = {
            id(first): (measure, *self._alone(first, measure)) for first, measure in claimed if measure != NONE
        }
        self._neighbours = Neighbours(text, [figure for *_, figure in self._read.values()])

    def status_and_scope(self, first: First, measure: str) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """The logarithm of the probability of each status and scope of a figure that counts this measure; nothing where
        it counts none.
        """
        if measure == NONE:
            return {}, {}
        read = self._read.get(id(first))
        own, figure = read[1:] if read and read[0] == measure else self._alone(first, measure)
        scope = self._models["scope"].logarithms([*own, *self._neighbours.of(figure)])
        return self._models["status"].logarithms(own), scope

    def _alone(self, first: First, measure: str) -> tuple[list[str], ScopedFigure]:
        """The features of a figure by itself, and the first decision on its scope."""
        own = scope_features(first, measure, self._discourse)
        return own, scoped(first, measure, self._models["first scope"].logarithms(own))


def _regress(first: First, measures: Mapping[str, float], given: Given, scopes: Scopes) -> _Regressed:
    measure = _best(measures)
    status, scope = scopes.status_and_scope(first, measure)
    return _Regressed(first, measures, measure, status, scope, given.claimants.options(first.candidate))


def _mix(own: _Regressed, opinion: Opinion | None, scopes: Scopes) -> _Weighed:
    """What both models together make of a candidate."""
    measures = dict(mixed(own.measures, opinion.measure if opinion else None))
    candidate, measure, status, scope = own.first.candidate, _best(measures), own.status, own.scope
    if measure != own.measure:
        status, scope = scopes.status_and_scope(own.first, measure)
    whole = _NEVER
    if opinion is not None:
        whole = opinion.status["stated"] + opinion.scope["event"]
        status, scope = mixed(status, opinion.status), mixed(scope, opinion.scope)
    elif status:
        whole = status["stated"] + scope["event"]
    alone = None
    if measure != NONE:
        scope = {name: chance + _NOT_WHOLE[name] for name, chance in scope.items()}
        meant = cast(Measure, measure), cast(Status, _best(status)), cast(Scope, _best(scope))
        alone = Reading(candidate, *meant, own.options, opinion)
    return _Weighed(candidate, measures, own.options, opinion, whole, alone)


def _compared(
    weighed: Sequence[_Weighed], given: Given, network: Network
) -> tuple[list[ComparedFigure], list[Comparison]]:
    figures = [
        ComparedFigure(
            each.candidate,
            _of_claims(each.measures),
            each.whole,
            each.alone.status if each.alone else None,
            each.alone.scope if each.alone else None,
            _claimants(each),
        )
        for each in weighed
    ]
    return figures, compare(given.text, given.headline.title, given.sentences, figures, network)


def _claimants(each: _Weighed) -> Mapping[str | None, float]:
    """How likely the transformer holds each of those who may claim a figure to do so."""
    found: dict[str | None, float] = {}
    if each.opinion is not None:
        for option, chance in zip(each.options, each.opinion.claimants, strict=True):
            name = name_of(option.claimant)
            found[name] = found.get(name, 0.0) + exp(chance)
    return found


def _together(each: _Weighed, others: Sequence[tuple[_Weighed, float]]) -> Reading:
    """What a figure claims that contradicts others: it is a stated count of the whole, of the measure of all."""
    measure = shared_measure(_of_claims(each.measures), [_of_claims(other.measures) for other, _ in others])
    against = [(other.candidate, chance) for other, chance in others]
    return Reading(each.candidate, cast(Measure, measure), "stated", "event", each.options, each.opinion, against)


def _of_claims(measures: Mapping[str, float]) -> Mapping[str, float]:
    return {name: chance for name, chance in measures.items() if name != NONE}


def mixed(regression: Mapping[str, float], transformer: Mapping[str, float] | None) -> Mapping[str, float]:
    """What both together make of each class, given and told as logarithms of probabilities.

    Of a measure that was added since the transformer was trained, the regression decides alone.
    """
    if transformer is None:
        return regression
    return {name: (1 - SHARE) * chance + SHARE * transformer.get(name, chance) for name, chance in regression.items()}


def _best(weighed: Mapping[str, float]) -> str:
    return max(weighed, key=weighed.__getitem__)


def _asked(regressed: _Regressed) -> Asked:
    candidate, options = regressed.first.candidate, regressed.options
    return Asked(
        sentence=candidate.sentence_place,
        figure=(candidate.figure.start, candidate.figure.end),
        head=candidate.head_place,
        mentions=[_span(option) for option in options],
        outlet=next(place for place, option in enumerate(options) if option.claimant is None),
    )


def _span(option: Option) -> tuple[int, int] | None:
    claimant = option.claimant
    if claimant is None or claimant.start is None or claimant.end is None:
        return None
    return claimant.start, claimant.end


def measure_features(first: First, discourse: Discourse) -> list[str]:
    """What decides the measure at last."""
    return [*first.features, *discourse.of_measure(first)]


def scope_features(first: First, measure: str, discourse: Discourse) -> list[str]:
    """What decides status, and scope by itself, once the measure is known."""
    own = (feature for feature in first.features if not feature.startswith("rule"))
    return [*own, *discourse.of_scope(first, measure)]


def scoped(first: First, measure: str, scope: Mapping[str, float]) -> ScopedFigure:
    """A figure with the first decision on its scope, as the other figures of its text look at it."""
    figure = first.candidate.figure
    return ScopedFigure(figure.start, first.candidate.sentence.start_char, figure.value, measure, scope)
