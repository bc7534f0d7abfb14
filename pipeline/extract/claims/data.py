"""Reads the lists and patterns beside this module."""

from __future__ import annotations

from functools import cache, partial

from schemas import data_files

# The tables of a TOML file of this package, and the words of a list.
read_toml = partial(data_files.read_toml, __package__)
read_words = partial(data_files.read_words, __package__)


@cache
def grammar(name: str) -> frozenset[str]:
    """One list of function words of `grammar.toml`."""
    words = read_toml("grammar.toml")[name]
    return frozenset(words.split() if isinstance(words, str) else words)
