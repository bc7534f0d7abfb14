"""Reads the lists and patterns beside this module."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, cast, get_args

from schemas.records import Measure

Trait = Literal["harm", "bare", "force"]
TRAITS: Final = frozenset({*get_args(Trait), "least"})


@cache
def read_toml(name: str) -> dict[str, Any]:
    """The tables of a TOML file of this package, read once."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


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
def read_words(name: str) -> frozenset[str]:
    """The words of a text file of this package, white space between them, `#` to the end of the line a remark."""
    lines = files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return frozenset(" ".join(line.split("#")[0] for line in lines).split())


@cache
def grammar(name: str) -> frozenset[str]:
    """One list of little words of `grammar.toml`."""
    words = read_toml("grammar.toml")[name]
    return frozenset(words.split() if isinstance(words, str) else words)
