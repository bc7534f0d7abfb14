"""What each candidate means: which measure it counts, if any, whether that is stated, and what the number covers.

Two small models decide it together, both trained on texts written for this project (`corpus/`): a regression over
what the parse, the lists and the rest of the document say (`features`, `discourse`), and a transformer that reads the
sentence itself (`transformer`). Each errs where the other does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import cast

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.claimants import Claimants, Option
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
from pipeline.extract.claims.transformer import Asked, Network, Opinion, opinions
from pipeline.extract.tokens import sentence_characters
from schemas.records import Measure, Scope, Status

NONE = "none"  # the class of candidates that are no claims

# The share of the transformer's word in a decision, the best of 0, 0.3, 0.5, 0.7 and 1 on writers left out.
SHARE = 0.4
# What the regression holds for less likely a claim is none: to ask the transformer about all above 0.03 takes twice the
# time, and finds one claim in a hundred more.
_PLAUSIBLE = 0.15


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
        return self.around.doc.text

    @property
    def sentences(self) -> list[tuple[int, int]]:
        """Where its sentences begin and end, but for blank ones."""
        text = self.text  # spaCy joins it anew each time
        return [span for span in sentence_characters(self.around.doc) if not text[slice(*span)].isspace()]


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
    what the transformer makes of it, and how it is read by itself (None: as no claim)."""

    candidate: Candidate
    measures: Mapping[str, float]
    options: Sequence[Option]
    opinion: Opinion | None
    alone: Reading | None


def _weigh(
    given: Given,
    models: Mapping[str, Model],
    network: Network | None,
) -> list[_Weighed]:
    """The candidates that may be claims, each read by itself."""
    firsts = first_readings(given.candidates, given.around, models["first"])
    discourse = Discourse(firsts, given.around, given.headline)
    plausible = [
        (first, measures, given.claimants.options(first.candidate))
        for first in firsts
        if (measures := models["measure"].logarithms(measure_features(first, discourse)))[NONE] < log(1 - _PLAUSIBLE)
    ]
    told: Sequence[Opinion | None] = [None] * len(plausible)
    if network is not None and plausible:
        asked = [_asked(first.candidate, options) for first, _, options in plausible]
        told = opinions(given.text, given.headline.title, given.sentences, asked, network)
    weighed = []
    for (first, regression, options), opinion in zip(plausible, told, strict=True):
        measures = dict(mixed(regression, opinion.measure if opinion else None))
        alone = _alone(first, _best(measures), options, opinion, discourse, models)
        weighed.append(_Weighed(first.candidate, measures, options, opinion, alone))
    return weighed


def _alone(
    first: First,
    measure: str,
    options: Sequence[Option],
    opinion: Opinion | None,
    discourse: Discourse,
    models: Mapping[str, Model],
) -> Reading | None:
    """What a figure of that measure claims by itself; None if it is no claim."""
    if measure == NONE:
        return None
    features = scope_features(first, measure, discourse)
    status = _best(mixed(models["status"].logarithms(features), opinion.status if opinion else None))
    scope = _best(mixed(models["scope"].logarithms(features), opinion.scope if opinion else None))
    meant = cast(Measure, measure), cast(Status, status), cast(Scope, scope)
    return Reading(first.candidate, *meant, options, opinion)


def _compared(
    weighed: Sequence[_Weighed], given: Given, network: Network
) -> tuple[list[ComparedFigure], list[Comparison]]:
    figures = [
        ComparedFigure(
            each.candidate,
            _of_claims(each.measures),
            each.opinion.status["stated"] + each.opinion.scope["event"] if each.opinion else 0.0,
            each.alone.status if each.alone else None,
            each.alone.scope if each.alone else None,
        )
        for each in weighed
    ]
    return figures, compare(given.text, given.headline.title, given.sentences, figures, network)


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


def _asked(candidate: Candidate, options: Sequence[Option]) -> Asked:
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
    """What decides status and scope, once the measure is known."""
    own = (feature for feature in first.features if not feature.startswith("rule"))
    return [*own, *discourse.of_scope(first, measure)]
