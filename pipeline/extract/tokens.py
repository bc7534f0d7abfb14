"""The text of an analysed document, and its tokens and sentences by number: a token taken as an object costs twenty
numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from spacy.attrs import IDX, LENGTH, LOWER, SENT_START  # type: ignore[import-not-found]
from spacy.strings import get_string_id
from spacy.tokens import Doc

_TEXT = "text"


def keep_text(doc: Doc, text: str) -> None:
    """Keeps `doc.text` in the document's `user_data`: spaCy joins it of all tokens each time that it is asked for."""
    doc.user_data[_TEXT] = text


def text_of(doc: Doc) -> str:
    """`doc.text`, joined once at most."""
    if _TEXT not in doc.user_data:
        keep_text(doc, doc.text)
    text: str = doc.user_data[_TEXT]
    return text


def places_of(doc: Doc, words: Iterable[str], attribute: int = LOWER) -> list[int]:
    """The indices of the tokens whose `attribute` (by default the word in lower case) is one of `words`."""
    wanted = set(map(get_string_id, words))
    return [place for place, word in enumerate(doc.to_array(attribute).tolist()) if word in wanted]


def sentence_tokens(doc: Doc) -> list[tuple[int, int]]:
    """The first token of each sentence of `doc.sents`, and the one after its last."""
    starts = np.flatnonzero(doc.to_array(SENT_START) == 1).tolist()
    starts[:1] = [0] if len(doc) else []
    return list(zip(starts, [*starts[1:], len(doc)], strict=True)) if starts else []


def sentence_characters(doc: Doc) -> list[tuple[int, int]]:
    """Where each sentence of `doc.sents` starts and ends in the text."""
    places = doc.to_array([IDX, LENGTH]).astype(np.int64)
    ends = places.sum(axis=1)
    return [(int(places[first, 0]), int(ends[last - 1])) for first, last in sentence_tokens(doc)]
