"""Profiles: the few words that tell what a document is about, and how alike two documents are by them.

A word weighs (1 + ln n) for its n occurrences, times the cube of its rarity, and twice that where it is always
capitalised within sentences: names tell events apart. Rarity is taken from word frequencies of the language at large
(the `wordfreq` lists), not from the documents seen so far, so that no order of arrival changes a likeness; on small
collections it is also the better measure, for there a word of the event is no rare word. Titles are compared apart:
some pages have a telling title and next to no text.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from wordfreq import available_languages, get_frequency_dict, word_frequency

from pipeline.dedupe.words import is_character, names, normalised, words

Keys = NDArray[np.int32]
Weights = NDArray[np.float32]

_BODY_TERMS, _TITLE_TERMS = 32, 12  # `benchmarks/dedupe_quality.py` finds 24 a little too few, and no gain in more.
_TITLE_SHARE = 0.2  # Weight of the titles' likeness beside the texts'.
_COMMONEST = 7.0  # log10 of occurrences per billion words; at and above it a word tells nothing ("the", "of", "and").
_RAREST = 4.5  # How many powers of ten below that a word stands which the list leaves out: its rarest stand at 4.


@dataclass(frozen=True, slots=True)
class Profile:
    """Keys of the telling words of a text and of its title, heaviest first, with their weights, of any scale."""

    body: Keys
    title: Keys
    body_weights: Weights
    title_weights: Weights

    def pack(self) -> bytes:
        """Five bytes a term: the key, and its weight to a part in 255 of the greatest."""
        sizes = bytes([len(self.body), len(self.title)])
        weights = [w * (255 / w.max()) for w in (self.body_weights, self.title_weights) if len(w)]
        parts = [self.body.astype("<i4"), self.title.astype("<i4"), *(np.rint(w).astype(np.uint8) for w in weights)]
        return sizes + b"".join(part.tobytes() for part in parts)

    def with_title(self, other: Profile) -> Profile:
        """This text's profile with the other's title, whose words count among the text's as well."""
        extra = ~np.isin(other.title, self.body)
        scale = max(self.body_weights, default=1.0) / max(other.title_weights, default=1.0)
        body = np.concatenate([self.body, other.title[extra]])[:_BODY_TERMS]
        weights = np.concatenate([self.body_weights, other.title_weights[extra] * scale])[:_BODY_TERMS]
        return Profile(body, other.title, weights.astype(np.float32), other.title_weights)

    @staticmethod
    def unpack(packed: bytes) -> Profile:
        """The profile that `pack` packed, its weights on a scale of 255."""
        body, title = packed[0], packed[1]
        keys = np.frombuffer(packed, "<i4", body + title, 2)
        weights = np.frombuffer(packed, np.uint8, body + title, 2 + 4 * (body + title)).astype(np.float32)
        return Profile(keys[:body], keys[body:], weights[:body], weights[body:])


def profile(text: str, title: str | None = None, language: str | None = None) -> tuple[Profile, dict[int, str]]:
    """The profile of a document, and the words behind its keys.

    `language` is an ISO 639-1 code, perhaps with a region; English where it is None. For a language without a frequency
    list a word's length stands for its rarity (Zipf's law of abbreviation).
    """
    text = normalised(text)
    return profile_of(words(text), names(text), title, language)


def profile_of(
    in_order: list[str], capitalised: list[str], title: str | None, language: str | None
) -> tuple[Profile, dict[int, str]]:
    """The same from a text's words and its names, as `words` and `names` give them."""
    rarity = _Rarity.of((language or "en").split("-")[0].lower())
    counts, capitals = Counter(_terms(in_order)), Counter(capitalised)
    headline = dict.fromkeys(_terms(words(normalised(title or ""))))
    counts.update(headline.keys())
    weights = {
        term: (1 + math.log(count)) * rare**3 * (1 + min(1.0, capitals[term] / count) if term in capitals else 1)
        for term, count in counts.items()
        if (rare := rarity.of_term(term))
    }
    body = _heaviest(weights, _BODY_TERMS)
    heads = _heaviest({term: rarity.of_term(term) for term in headline}, _TITLE_TERMS)
    key_of = {term: _key(term) for term in (*heads, *body)}
    telling = Profile(
        np.array([key_of[term] for term in body], np.int32),
        np.array([key_of[term] for term in heads], np.int32),
        np.array([weights[term] for term in body], np.float32),
        np.array([rarity.of_term(term) for term in heads], np.float32),
    )
    return telling, {key: term for term, key in key_of.items()}


def likeness(profiles: Sequence[Profile]) -> Weights:
    """How alike each two are, 0 to 1: the cosine of their texts with a fifth of that of their titles, as a mean."""
    bodies = _cosines([p.body for p in profiles], [p.body_weights for p in profiles])
    titles = _cosines([p.title for p in profiles], [p.title_weights for p in profiles])
    return ((bodies + _TITLE_SHARE * titles) / (1 + _TITLE_SHARE)).astype(np.float32)


def _cosines(keys: Sequence[Keys], weights: Sequence[Weights]) -> Weights:
    rows = np.repeat(np.arange(len(keys)), [len(part) for part in keys])
    distinct, columns = np.unique(np.concatenate(keys), return_inverse=True)
    matrix = np.zeros((len(keys), max(1, len(distinct))), np.float32)
    matrix[rows, columns] = np.concatenate(weights)
    products = matrix @ matrix.T
    lengths = np.sqrt(np.maximum(products.diagonal(), 1e-9))
    return (products / np.outer(lengths, lengths)).astype(np.float32)


def _terms(in_order: list[str]) -> list[str]:
    """Words as they are; characters of scripts without spaces two by two, for one alone tells little."""
    single = [is_character(word) for word in in_order] if any(map(_may_be_unspaced, in_order)) else []
    if not single:
        return in_order
    terms = [word for word, alone in zip(in_order, single, strict=True) if not alone]
    for place in range(len(in_order) - 1):
        if single[place] and single[place + 1]:
            terms.append(in_order[place] + in_order[place + 1])
    return terms


def _may_be_unspaced(word: str) -> bool:
    return word >= "\u0e00" and is_character(word)  # The first of these scripts is Thai.


def _heaviest(weights: Mapping[str, float], most: int) -> list[str]:
    heavy = [(-weight, term) for term, weight in weights.items() if weight > 0]
    return [term for _, term in heapq.nsmallest(most, heavy)]


def _key(term: str) -> int:
    code = crc32(term.encode())
    return code - (1 << 32) if code >= 1 << 31 else code


class _Rarity:
    """How rare a term of one language is: powers of ten between it and the commonest words, 0 for those."""

    def __init__(self, language: str) -> None:
        listed = get_frequency_dict(language, "small") if language in available_languages("small") else {}
        self._listed = {word: _rarity(frequency) for word, frequency in listed.items()}

    @staticmethod
    @lru_cache(maxsize=8)
    def of(language: str) -> _Rarity:
        """The rarities of a language; the eight last used are kept, some megabytes each."""
        return _Rarity(language)

    def of_term(self, term: str) -> float:
        known = self._listed.get(term)
        if known is not None:
            return known
        if not self._listed:
            return min(_RAREST, max(0.0, 0.75 * (len(term) - 2)))
        if term.isdecimal():
            # A year is common, another number of four digits is not: wordfreq knows how they spread, much the same in
            # all languages, and for some of them it would ask for a tokeniser that numbers do not need.
            return _rarity(word_frequency(term, "en", "small"))
        if len(term) == 2 and is_character(term[0]):
            # Two characters that are no word: the mean of both, so that a joint of two common words is no rare word.
            return (self._listed.get(term[0], _RAREST) + self._listed.get(term[1], _RAREST)) / 2
        return _RAREST


def _rarity(frequency: float) -> float:
    return min(_RAREST, max(0.0, _COMMONEST - math.log10(frequency * 1e9))) if frequency else _RAREST
