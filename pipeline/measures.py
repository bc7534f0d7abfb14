"""What each measure is, as its table in `extract/claims/patterns.toml` says.

Apart from the stage that finds claims, so that what only shows or compares measures loads no language model.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal, cast, get_args

from schemas.data_files import read_toml
from schemas.records import Measure

Trait = Literal["harm", "rises", "bare", "force"]
TRAITS: Final = frozenset({*get_args(Trait), "least", "said"})


def patterns() -> dict[str, Any]:
    """The tables of `patterns.toml`."""
    return read_toml(__package__, "extract/claims/patterns.toml")


@cache
def measures() -> tuple[Measure, ...]:
    """All measures in the order of their tables: what a desk looks for first stands first."""
    known = get_args(Measure)
    return tuple(cast(Measure, name) for name in patterns() if name in known)


@cache
def measures_of(trait: Trait) -> frozenset[Measure]:
    """The measures whose table says this of them."""
    return frozenset(measure for measure in measures() if patterns()[measure].get(trait))


@cache
def least(measure: Measure) -> int:
    """From how many people on a noun that names their kind counts the measure."""
    return int(patterns()[measure].get("least", 0))


def said(measure: str) -> str:
    """How the measure is said behind a number and a group; empty where these say all."""
    return str(patterns().get(measure, {}).get("said", measure))


def importance(measure: str) -> int:
    """The place of a measure in a list; one that is not known stands last."""
    known: tuple[str, ...] = measures()
    return known.index(measure) if measure in known else len(known)
