"""Reads the lists and patterns beside this module."""

from __future__ import annotations

from functools import cache, partial
from typing import Final, Literal, cast, get_args

from schemas import data_files
from schemas.records import Measure

# The tables of a TOML file of this package, and the words of a list.
read_toml = partial(data_files.read_toml, __package__)
read_words = partial(data_files.read_words, __package__)

Trait = Literal["harm", "bare", "force"]
TRAITS: Final = frozenset({*get_args(Trait), "least"})


@cache
def measures_of(trait: Trait) -> frozenset[Measure]:
    """The measures whose table in `patterns.toml` says this of them."""
    tables = read_toml("patterns.toml")
    return frozenset(measure for measure in cast(tuple[Measure, ...], get_args(Measure)) if tables[measure].get(trait))


@cache
def least(measure: Measure) -> int:
    """From how many people on a noun that names their kind counts the measure."""
    return int(read_toml("patterns.toml")[measure].get("least", 0))


@cache
def grammar(name: str) -> frozenset[str]:
    """One list of function words of `grammar.toml`."""
    words = read_toml("grammar.toml")[name]
    return frozenset(words.split() if isinstance(words, str) else words)
