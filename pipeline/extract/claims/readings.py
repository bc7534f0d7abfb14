"""What each candidate means: which measure it counts, if any, whether that is stated, and what the number covers.

Each is decided by a small model trained on texts written for this project (`corpus/`), first by what stands in the
candidate's own sentence (`features`), then with what the rest of the document says (`discourse`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.discourse import Discourse, First, Headline
from pipeline.extract.claims.features import Surroundings, of_candidate
from pipeline.extract.claims.linear import Model
from schemas.records import Measure, Scope, Status

NONE = "none"  # the class of candidates that are no claims


@dataclass(frozen=True, slots=True)
class Reading:
    """A candidate that is a claim, and what it claims."""

    candidate: Candidate
    measure: Measure
    status: Status
    scope: Scope


def first_readings(candidates: Sequence[Candidate], around: Surroundings, model: Model) -> list[First]:
    """Each candidate read by itself."""
    readings = []
    for candidate in candidates:
        features = of_candidate(candidate, around)
        measure, probability = model.likeliest(features)
        readings.append(First(candidate, features, measure, probability))
    return readings


def read(
    candidates: Sequence[Candidate], around: Surroundings, headline: Headline, models: Mapping[str, Model]
) -> list[Reading]:
    """The claims among the candidates of a document, in order."""
    firsts = first_readings(candidates, around, models["first"])
    discourse = Discourse(firsts, around, headline)
    found = []
    for first in firsts:
        measure, _ = models["measure"].likeliest(measure_features(first, discourse))
        if measure == NONE:
            continue
        features = scope_features(first, measure, discourse)
        status, _ = models["status"].likeliest(features)
        scope, _ = models["scope"].likeliest(features)
        found.append(Reading(first.candidate, cast(Measure, measure), cast(Status, status), cast(Scope, scope)))
    return found


def measure_features(first: First, discourse: Discourse) -> list[str]:
    """What decides the measure at last."""
    return [*first.features, *discourse.of_measure(first)]


def scope_features(first: First, measure: str, discourse: Discourse) -> list[str]:
    """What decides status and scope, once the measure is known."""
    own = (feature for feature in first.features if not feature.startswith("rule"))
    return [*own, *discourse.of_scope(first, measure)]
