"""Kinds of people in news: "troops" and "soldiers" are one, "soldiers" and "rebels" are two.

Apart from the stages, for extract asks whether two figures of a text count one kind, and dedupe whether two claims do.
"""

from __future__ import annotations

from functools import cache

from schemas.data_files import read_toml


@cache
def kind_of_words() -> dict[str, str]:
    """The kind that each listed word names, by the word in small letters (`kinds.toml`)."""
    return {word: kind for kind, words in _tables()["kinds"].items() for word in words}


def exclude_each_other(one: str | None, other: str | None) -> bool:
    """Whether two nouns name kinds of people and nobody is of both: soldiers and rebels, not soldiers and prisoners."""
    kinds = {kind_of_words().get(word.casefold()) for word in (one, other) if word}
    return len(kinds) > 1 and kinds.isdisjoint((None, *_tables()["overlapping"]["kinds"]))


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return read_toml(__package__, "kinds.toml")
