"""The tokens of a text that are one of some words, found by number: a token taken as an object costs twenty numbers."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.attrs import LOWER  # type: ignore[import-not-found]
from spacy.strings import get_string_id
from spacy.tokens import Doc


def places_of(doc: Doc, words: Iterable[str], attribute: int = LOWER) -> list[int]:
    """The indices of the tokens whose `attribute` (by default the word in lower case) is one of `words`."""
    wanted = set(map(get_string_id, words))
    return [place for place, word in enumerate(doc.to_array(attribute).tolist()) if word in wanted]
