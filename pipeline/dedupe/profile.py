"""Profiles: the few words that tell what a document is about, and how alike two documents are by them.

A word weighs (1 + ln n) for its n occurrences, times the cube of its rarity, and twice that where it is always
capitalised within sentences: names tell events apart. Rarity is taken from word frequencies of the language at large
(the `wordfreq` lists), not from the documents seen so far, so that no order of arrival changes a likeness; on small
collections it is also the better measure, for there a word of the event is no rare word. Titles are compared apart:
some pages have a telling title and next to no text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.dedupe.words import Codes, Words, codes_of

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
        weights = [w * (255 / np.max(w)) for w in (self.body_weights, self.title_weights) if len(w)]
        parts = [self.body.astype("<i4"), self.title.astype("<i4"), *(np.rint(w).astype(np.uint8) for w in weights)]
        return sizes + b"".join(part.tobytes() for part in parts)

    def with_title(self, other: Profile) -> Profile:
        """This text's profile with the other's title, whose words count as the text's heaviest as well."""
        extra = ~np.isin(other.title, self.body)
        scale = max(self.body_weights, default=1.0) / max(other.title_weights, default=1.0)
        body = np.concatenate([other.title[extra], self.body])[:_BODY_TERMS]
        weights = np.concatenate([other.title_weights[extra] * scale, self.body_weights])[:_BODY_TERMS]
        return Profile(body, other.title, weights.astype(np.float32), other.title_weights)

    @staticmethod
    @lru_cache(maxsize=4096)
    def unpack(packed: bytes) -> Profile:
        """The profile that `pack` packed, its weights on a scale of 255.

        The last 4,096 are kept, some five megabytes, for each document meets those of its story again.
        """
        body, title = packed[0], packed[1]
        keys = np.frombuffer(packed, "<i4", body + title, 2)
        weights = np.frombuffer(packed, np.uint8, body + title, 2 + 4 * (body + title)).astype(np.float32)
        return Profile(keys[:body], keys[body:], weights[:body], weights[body:])


def profile(text: Words, title: Words, language: str | None = None) -> tuple[Profile, dict[int, str]]:
    """The profile of a document, and the words behind its keys.

    `language` is an ISO 639-1 code, perhaps with a region; English where it is None. For a language without a frequency
    list a word's length stands for its rarity (Zipf's law of abbreviation).
    """
    rarity = _Rarity.of((language or "en").split("-")[0].lower())
    body, headline = _Terms.of(text, rarity), _Terms.of(title, rarity)
    counts = body.counts.copy()
    where, known = _found_in(body.codes, headline.codes)
    counts[where[known]] += 1
    codes = np.concatenate((body.codes, headline.codes[~known]))
    rare = np.concatenate((body.rarity, headline.rarity[~known]))
    counts = np.concatenate((counts, np.ones(int((~known).sum()))))
    capitals = np.concatenate((body.capitals, np.zeros(int((~known).sum()))))
    weights = (1 + np.log(counts)) * rare**3 * (1 + np.minimum(1, capitals / counts))
    heavy, heads = _heaviest(weights, codes, _BODY_TERMS), _heaviest(headline.rarity, headline.codes, _TITLE_TERMS)
    telling = Profile(
        _keys(codes[heavy]), _keys(headline.codes[heads]),
        weights[heavy].astype(np.float32), headline.rarity[heads].astype(np.float32),
    )  # fmt: skip
    from_title = np.concatenate((heads, np.flatnonzero(~known)[heavy[heavy >= len(body.codes)] - len(body.codes)]))
    return telling, headline.spelled(from_title) | body.spelled(heavy[heavy < len(body.codes)])


@dataclass(frozen=True, slots=True)
class _Terms:
    """The distinct terms of a text: words as they are, characters of scripts without spaces two by two.

    Sorted by code: how often each stands there, how often as a name, how rare it is, and where it first stands.
    """

    text: Words
    codes: Codes
    counts: NDArray[np.float64]
    capitals: NDArray[np.float64]
    rarity: NDArray[np.float64]
    first: NDArray[np.intp]
    paired: NDArray[np.bool_]

    @staticmethod
    def of(text: Words, rarity: _Rarity) -> _Terms:
        single = np.flatnonzero(~text.alone)
        pairs = np.flatnonzero(text.alone[:-1] & text.alone[1:] & (text.ends[:-1] == text.starts[1:]))
        places = np.concatenate((single, pairs))
        codes, first, inverse, counts = np.unique(
            np.concatenate((text.codes[single], text.pairs[pairs])),
            return_index=True, return_inverse=True, return_counts=True,
        )  # fmt: skip
        capitals = np.bincount(inverse, weights=text.names[places], minlength=len(codes)).astype(float)
        paired = first >= len(single)
        places = places[first]
        return _Terms(
            text, codes, counts.astype(float), capitals, rarity.of_terms(text, places, codes, paired), places, paired
        )

    def spelled(self, which: NDArray[np.intp]) -> dict[int, str]:
        """Some of the terms by key, in small letters."""
        return {
            key: self.text.word(place, 1 + pair)
            for key, place, pair in zip(
                _keys(self.codes[which]).tolist(), self.first[which].tolist(), self.paired[which].tolist(), strict=True
            )
        }


def likeness(profiles: Sequence[Profile]) -> Weights:
    """How alike each two are, 0 to 1: the cosine of their texts with a fifth of that of their titles, as a mean."""
    bodies = _cosines([p.body for p in profiles], [p.body_weights for p in profiles])
    titles = _cosines([p.title for p in profiles], [p.title_weights for p in profiles])
    return ((bodies + _TITLE_SHARE * titles) / (1 + _TITLE_SHARE)).astype(np.float32)


def likeness_to(one: Profile, others: Sequence[Profile]) -> Weights:
    """How alike one is to each of the others: the first row of `likeness`, for less."""
    bodies = _cosines_to(one.body, one.body_weights, [p.body for p in others], [p.body_weights for p in others])
    titles = _cosines_to(one.title, one.title_weights, [p.title for p in others], [p.title_weights for p in others])
    return ((bodies + _TITLE_SHARE * titles) / (1 + _TITLE_SHARE)).astype(np.float32)


def _cosines_to(key: Keys, weight: Weights, keys: Sequence[Keys], weights: Sequence[Weights]) -> NDArray[np.float64]:
    rows = np.repeat(np.arange(len(keys)), [len(part) for part in keys])
    if not len(key) or not len(rows):
        return np.zeros(len(keys))
    joined, heft = np.concatenate(keys), np.concatenate(weights).astype(float)
    order = np.argsort(key)
    where = order[np.minimum(np.searchsorted(key, joined, sorter=order), len(key) - 1)]
    products = np.bincount(rows, np.where(key[where] == joined, heft * weight[where], 0), len(keys))
    lengths = np.sqrt(np.bincount(rows, heft * heft, len(keys)) * float(weight @ weight))
    cosines: NDArray[np.float64] = products / np.maximum(lengths, 1e-9)
    return cosines


def _cosines(keys: Sequence[Keys], weights: Sequence[Weights]) -> Weights:
    rows = np.repeat(np.arange(len(keys)), [len(part) for part in keys])
    distinct, columns = np.unique(np.concatenate(keys), return_inverse=True)
    matrix = np.zeros((len(keys), max(1, len(distinct))), np.float32)
    matrix[rows, columns] = np.concatenate(weights)
    products = matrix @ matrix.T
    lengths = np.sqrt(np.maximum(products.diagonal(), 1e-9))
    return (products / np.outer(lengths, lengths)).astype(np.float32)


def _heaviest(weights: NDArray[np.float64], codes: Codes, most: int) -> NDArray[np.intp]:
    """Places of the greatest weights above 0, greatest first; of equal ones the lower code."""
    return np.lexsort((codes, -weights))[: min(most, int((weights > 0).sum()))]


def _found_in(ordered: Codes, wanted: Codes) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each wanted code stands among the ordered ones, and whether it does."""
    if not len(ordered):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), bool)
    where = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return where, ordered[where] == wanted


def _keys(codes: Codes) -> Keys:
    return codes.astype(np.uint32).view(np.int32)


class _Rarity:
    """How rare the words of one language are: powers of ten between each and the commonest, 0 for those."""

    def __init__(self, language: str) -> None:
        from wordfreq import available_languages, get_frequency_dict  # slow to load, and only dedupe's workers need it

        listed = get_frequency_dict(language, "small") if language in available_languages("small") else {}
        codes = codes_of(listed)
        order = np.argsort(codes)
        self._codes = codes[order]
        self._rarity = _rarity(np.fromiter(listed.values(), float, len(listed)))[order]

    @staticmethod
    @lru_cache(maxsize=8)
    def of(language: str) -> _Rarity:
        """The rarities of a language; the eight last used are kept, some hundred kilobytes each."""
        return _Rarity(language)

    def of_terms(
        self, text: Words, places: NDArray[np.intp], codes: Codes, paired: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """The rarity of terms by code; `places` is where each stands in the text, `paired` whether with the next."""
        if not len(self._codes):
            lengths = text.ends[places + paired] - text.starts[places]
            return np.clip(0.75 * (lengths - 2), 0, _RAREST)
        rarity = self._looked_up(codes)
        # Two characters that are no word: the mean of both, so that a joint of two common words is no rare word.
        for at in np.flatnonzero(paired & np.isnan(rarity)).tolist():
            both = self._looked_up(text.codes[places[at] : places[at] + 2])
            rarity[at] = np.where(np.isnan(both), _RAREST, both).mean()
        for at in np.flatnonzero(np.isnan(rarity)).tolist():
            from wordfreq import word_frequency

            # A year is common, another number of four digits is not: wordfreq knows how they spread, much the same in
            # all languages, and for some of them it would ask for a tokeniser that numbers do not need.
            if text.text[text.starts[places[at]]].isdecimal() and (word := text.word(places[at])).isdecimal():
                rarity[at] = _rarity(np.array([word_frequency(word, "en", "small")]))[0]
        return np.where(np.isnan(rarity), _RAREST, rarity)

    def _looked_up(self, codes: Codes) -> NDArray[np.float64]:
        """The rarity of listed words, NaN for others."""
        where, known = _found_in(self._codes, codes)
        return np.where(known, self._rarity[where], np.nan)


def _rarity(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(_COMMONEST - np.log10(np.maximum(frequencies, 1e-30) * 1e9), 0, _RAREST)
