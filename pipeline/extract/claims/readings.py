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
from pipeline.extract.claims.contradictions import Weighed, find_contradictions, shared_measure
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
    candidates that it contradicts."""

    candidate: Candidate
    measure: Measure
    status: Status
    scope: Scope
    options: Sequence[Option] = ()
    opinion: Opinion | None = None
    against: Sequence[Candidate] = ()


def first_readings(candidates: Sequence[Candidate], around: Surroundings, model: Model) -> list[First]:
    """Each candidate read by itself."""
    readings = []
    for candidate in candidates:
        features = of_candidate(candidate, around)
        measure, probability = model.likeliest(features)
        readings.append(First(candidate, features, measure, probability))
    return readings


def read(
    candidates: Sequence[Candidate],
    around: Surroundings,
    headline: Headline,
    claimants: Claimants,
    models: Mapping[str, Model],
    network: Network | None,
) -> list[Reading]:
    """The claims among the candidates of a document, in order.

    Args:
        candidates: the figures that may be claims.
        around: the document's analysis.
        headline: its headline and day.
        claimants: who can claim a figure.
        models: the regressions, by name (`linear.shipped`).
        network: the transformer, or None to decide without it.
    """
    firsts = first_readings(candidates, around, models["first"])
    discourse = Discourse(firsts, around, headline)
    plausible = []
    for first in firsts:
        measures = models["measure"].logarithms(measure_features(first, discourse))
        if measures[NONE] < log(1 - _PLAUSIBLE):
            plausible.append((first, measures, claimants.options(first.candidate)))
    asked = [_asked(first.candidate, options) for first, _, options in plausible]
    text = around.doc.text
    sentences = [span for span in sentence_characters(around.doc) if not text[slice(*span)].isspace()]
    told: Sequence[Opinion | None] = [None] * len(asked)
    if network is not None and asked:
        told = opinions(text, headline.title, sentences, asked, network)
    weighed = [
        mixed(measures, opinion.measure if opinion else None)
        for (_, measures, _), opinion in zip(plausible, told, strict=True)
    ]
    against: list[set[int]] = [set() for _ in plausible]
    figures = [
        Weighed(
            first.candidate,
            {name: chance for name, chance in measures.items() if name != NONE},
            opinion.status["stated"] + opinion.scope["event"] if opinion else 0.0,
        )
        for (first, _, _), measures, opinion in zip(plausible, weighed, told, strict=True)
    ]
    if network is not None:
        against = find_contradictions(text, headline.title, sentences, figures, network)
    found = []
    for place, ((first, _, options), opinion) in enumerate(zip(plausible, told, strict=True)):
        if against[place]:
            shared = cast(
                Measure, shared_measure(figures[place].measures, [figures[other].measures for other in against[place]])
            )
            others = [figures[other].candidate for other in sorted(against[place])]
            found.append(Reading(first.candidate, shared, "stated", "event", options, opinion, others))
            continue
        measure = _best(weighed[place])
        if measure == NONE:
            continue
        features = scope_features(first, measure, discourse)
        status = _best(mixed(models["status"].logarithms(features), opinion.status if opinion else None))
        scope = _best(mixed(models["scope"].logarithms(features), opinion.scope if opinion else None))
        meant = cast(Measure, measure), cast(Status, status), cast(Scope, scope)
        found.append(Reading(first.candidate, *meant, options, opinion))
    return found


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
