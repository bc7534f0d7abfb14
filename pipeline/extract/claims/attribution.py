"""Which of the possible claimants of a figure claims it."""

from __future__ import annotations

from math import log

from pipeline.extract.claims.claimant_types import claimant_type
from pipeline.extract.claims.claimants import Claimant, Option, name_of
from pipeline.extract.claims.linear import Model
from pipeline.extract.claims.readings import Reading

YES, NO = "yes", "no"
# The transformer's share in this: from 0.2 to 0.4 claimants of held-out articles get better by one in thirty, but it
# takes whoever acts for who claims ("Police arrested nine"), and does not see who spoke paragraphs before.
_SHARE = 0.25
# No option is held for less likely than this.
_LEAST = 1e-6


def attribute(reading: Reading, previous: Claimant | None, model: Model) -> tuple[Claimant | None, list[float]]:
    """The likeliest of those who may claim what was read (None: the outlet), and logarithms of how likely each is.

    Args:
        reading: what the figure claims, with who may claim it.
        previous: the claimant of the claim before it in the same paragraph, or None.
        model: says of an option whether it is the claimant.
    """
    yes = model.classes.index(YES)
    options = reading.options
    chances = [float(model.probabilities(option_features(option, reading, previous))[yes]) for option in options]
    scores = [log(chance / sum(chances) + _LEAST) for chance in chances]
    if reading.opinion is not None:
        told = reading.opinion.claimants
        scores = [
            (1 - _SHARE) * score + _SHARE * max(own, log(_LEAST)) for score, own in zip(scores, told, strict=True)
        ]
    return options[max(range(len(options)), key=scores.__getitem__)].claimant, scores


def option_features(option: Option, reading: Reading, previous: Claimant | None) -> list[str]:
    """What decides whether an option is the claimant."""
    found = ["bias", *option.features]
    claimant = option.claimant
    kind = claimant_type(claimant.text, claimant.name) if claimant else "outlet"
    found += [
        f"type={kind}",
        f"type={kind}|{reading.measure}",
        f"status={reading.status}|{'outlet' in option.features}",
    ]
    found.append(f"scope={reading.scope}|{'outlet' in option.features}")
    same = name_of(claimant) == name_of(previous)
    found.append(f"as_before={same}|{'outlet' in option.features}")
    sources = sorted({feature for feature in option.features if feature.startswith("from=")})
    found += [f"{one}&{other}" for place, one in enumerate(sources) for other in sources[place + 1 :]]
    found += [f"{feature}|ruled" for feature in sources if "ruled" in option.features]
    found += [f"{feature}|as_before={same}" for feature in sources]
    return found
