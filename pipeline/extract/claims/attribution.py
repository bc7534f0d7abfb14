"""Which of the possible claimants of a figure claims it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.claims.claimant_types import claimant_type
from pipeline.extract.claims.claimants import Claimant, Option
from pipeline.extract.claims.linear import Model
from pipeline.extract.claims.readings import Reading

YES, NO = "yes", "no"


def attribute(options: Sequence[Option], reading: Reading, previous: Claimant | None, model: Model) -> Claimant | None:
    """The likeliest of the options: None for the outlet itself.

    Args:
        options: who may claim the figure (`claimants.Claimants.options`).
        reading: what the figure claims.
        previous: the claimant of the claim before it in the same paragraph, or None.
        model: says of an option whether it is the claimant.
    """
    yes = model.classes.index(YES)
    scores = [model.probabilities(option_features(option, reading, previous))[yes] for option in options]
    return options[max(range(len(options)), key=scores.__getitem__)].claimant


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
    same = (claimant.name if claimant else None) == (previous.name if previous else None)
    found.append(f"as_before={same}|{'outlet' in option.features}")
    sources = sorted({feature for feature in option.features if feature.startswith("from=")})
    found += [f"{one}&{other}" for place, one in enumerate(sources) for other in sources[place + 1 :]]
    found += [f"{feature}|ruled" for feature in sources if "ruled" in option.features]
    found += [f"{feature}|as_before={same}" for feature in sources]
    return found
