"""Profiles: the few words that tell what a document is about, and how alike two documents are by them.

A word weighs (1 + ln n) for its n occurrences, times the square of its rarity, and twice that where it is always
capitalised within sentences: names tell events apart. Rarity is taken from word frequencies of the language at large
(the `wordfreq` lists), not from the documents seen so far, so that no order of arrival changes a likeness; on small
collections it is also the better measure, for there a word of the event is no rare word. Titles are compared apart:
some pages have a telling title and next to no text.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.dedupe.words import Places, WordCodes, Words, codes_of

Keys = NDArray[np.int32]
TermWeights = NDArray[np.float32]

_BODY_TERMS, _TITLE_TERMS = 32, 12  # `benchmarks/dedupe_quality.py` finds 24 a little too few, and no gain in more.
_BODY_SHARE = 1 / 1.2  # Weight of the texts' likeness beside the titles'.
TITLE_TERM = np.int64(1 << 33)  # Sets the title's terms apart from the text's: more than any two keys differ.
_COMMONEST = 7.0  # log10 of occurrences per billion words; at and above it a word tells nothing ("the", "of", "and").
_RAREST = 4.5  # How many powers of ten below that a word stands which the list leaves out: its rarest stand at 4.


@dataclass(frozen=True)
class Profile:
    """Keys of the telling words of a text and of its title, heaviest first, with their weights, of any scale."""

    body: Keys
    title: Keys
    body_weights: TermWeights
    title_weights: TermWeights

    def pack(self) -> bytes:
        """Five bytes a term: the key, and its weight to a part in 255 of the greatest. What follows is not read."""
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
    def following(packed: bytes) -> bytes:
        """What was stored after a profile that `pack` packed."""
        return packed[2 + 5 * (packed[0] + packed[1]) :]

    @property
    def is_short(self) -> bool:
        """Whether the text has fewer telling words than there is room for."""
        return len(self.body) < _BODY_TERMS

    @cached_property
    def vector(self) -> tuple[NDArray[np.int64], TermWeights]:
        """The terms, the title's apart from the text's, and weights by which the dot product of two documents' vectors
        is their likeness.
        """
        terms = np.concatenate((self.body, self.title + TITLE_TERM))
        parts = (self.body_weights, _BODY_SHARE), (self.title_weights, 1 - _BODY_SHARE)
        return terms, np.concatenate([w * np.float32(math.sqrt(share / max(float(w @ w), 1e-9))) for w, share in parts])

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
    terms = _Terms.of(text, title)
    rarity = _Rarity.of((language or "en").split("-")[0].lower()).of_terms(terms)
    weights = (1 + np.log(terms.counts)) * rarity**2 * (1 + np.minimum(1, terms.capitals / terms.counts))
    heavy = _heaviest(weights, terms.codes, _BODY_TERMS)
    in_title = np.flatnonzero(terms.in_title)
    heads = in_title[_heaviest(rarity[in_title], terms.codes[in_title], _TITLE_TERMS)]
    telling = Profile(
        as_profile_keys(terms.codes[heavy]), as_profile_keys(terms.codes[heads]),
        weights[heavy].astype(np.float32), rarity[heads].astype(np.float32),
    )  # fmt: skip
    shown = np.concatenate((heavy, heads))
    return telling, dict(
        zip(as_profile_keys(terms.codes[shown]).tolist(), map(terms.word, shown.tolist()), strict=True)
    )


def rarity_of(codes: WordCodes, language: str | None = None) -> NDArray[np.float64]:
    """How many powers of ten rarer than the commonest each word is, in its language; the most for unknown ones."""
    return _Rarity.of((language or "en").split("-")[0].lower()).of_codes(codes)


def spelling(text: Words, keys: Collection[int]) -> dict[int, str]:
    """The words of a text behind these keys, as far as it has them."""
    terms = _Terms.of(text, text.part(slice(0)))
    found = as_profile_keys(terms.codes)
    places = np.flatnonzero(np.isin(found, list(keys)))
    return dict(zip(found[places].tolist(), map(terms.word, places.tolist()), strict=True))


@dataclass(frozen=True, slots=True)
class _Terms:
    """The distinct terms of a text and its title: words as they are, characters of scripts without spaces two by two.

    Attributes:
        codes: of each, sorted.
        counts: how often each stands in the text, and once more where it stands in the title.
        capitals: how often in the text as a name.
        in_title: whether in the title.
        part, places, paired: whether it is first met in the title and not in the text, at which word, and whether it is
            that word with the next.
    """

    text: Words
    title: Words
    codes: WordCodes
    counts: NDArray[np.int64]
    capitals: NDArray[np.float64]
    in_title: NDArray[np.bool_]
    part: NDArray[np.bool_]
    places: Places
    paired: NDArray[np.bool_]

    @staticmethod
    def of(text: Words, title: Words) -> _Terms:
        own, headline = _tokens(text), _tokens(title)
        codes, places, paired = (np.concatenate(both) for both in zip(own, headline, strict=True))
        count = len(own[0])
        codes, first, term = np.unique(codes, return_index=True, return_inverse=True)
        in_title = np.zeros(len(codes), bool)
        in_title[term[count:]] = True
        return _Terms(
            text, title, codes,
            counts=np.bincount(term[:count], minlength=len(codes)) + in_title,
            capitals=np.bincount(term[:count], text.names()[own[1]], len(codes)).astype(float),
            in_title=in_title, part=first >= count, places=places[first], paired=paired[first],
        )  # fmt: skip

    def word(self, which: int) -> str:
        """A term in small letters."""
        return self._of(which).word(int(self.places[which]), 1 + int(self.paired[which]))

    def halves(self, which: int) -> WordCodes:
        """The codes of the two characters of a paired term."""
        place = int(self.places[which])
        return self._of(which).codes[place : place + 2]

    def _of(self, which: int) -> Words:
        return self.title if self.part[which] else self.text


def _tokens(text: Words) -> tuple[WordCodes, Places, NDArray[np.bool_]]:
    """The code of each term of a text, the word it stands at, and whether it is that one and the next."""
    count = len(text.codes)
    if not text.alone.any():
        return text.codes, np.arange(count), np.zeros(count, bool)
    single = np.flatnonzero(~text.alone)
    pairs = np.flatnonzero(text.alone[:-1] & text.alone[1:] & (text.ends[:-1] == text.starts[1:]))
    codes = np.concatenate((text.codes[single], text.pairs(pairs)))
    return codes, np.concatenate((single, pairs)), np.repeat((False, True), (len(single), len(pairs)))


def _heaviest(weights: NDArray[np.float64], codes: WordCodes, most: int) -> NDArray[np.intp]:
    """Places of the greatest weights above 0, greatest first; of equal ones the lower code."""
    return np.lexsort((codes, -weights))[: min(most, int((weights > 0).sum()))]


def _found_in(ordered: WordCodes, wanted: WordCodes) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each wanted code stands among the ordered ones, and whether it does."""
    if not len(ordered):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), bool)
    where = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return where, ordered[where] == wanted


def as_profile_keys(codes: WordCodes) -> Keys:
    """The keys by which profiles hold these words."""
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

    def of_codes(self, codes: WordCodes) -> NDArray[np.float64]:
        """The rarity of each word; that of the rarest where the language has no list, or the word is not in it."""
        where, known = _found_in(self._codes, codes)
        return np.where(known, self._rarity[where], _RAREST) if len(self._codes) else np.full(len(codes), _RAREST)

    def of_terms(self, terms: _Terms) -> NDArray[np.float64]:
        """The rarity of each term."""
        if not len(self._codes):
            return np.clip([0.75 * (len(terms.word(which)) - 2) for which in range(len(terms.codes))], 0, _RAREST)
        where, known = _found_in(self._codes, terms.codes)
        rarity = np.where(known, self._rarity[where], _RAREST)
        for which in np.flatnonzero(~known).tolist():
            if terms.paired[which]:
                # Two characters that are no word: the mean of both, so that a joint of two common words is no rare one.
                where, known = _found_in(self._codes, terms.halves(which))
                rarity[which] = np.where(known, self._rarity[where], _RAREST).mean()
            elif (word := terms.word(which)).isdecimal():
                from wordfreq import word_frequency

                # A year is common, another number of four digits is not: wordfreq knows how they spread, much the same
                # in all languages, and for some of them it would ask for a tokeniser that numbers do not need.
                rarity[which] = _rarity(np.array([word_frequency(word, "en", "small")]))[0]
        return rarity


def _rarity(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(_COMMONEST - np.log10(np.maximum(frequencies, 1e-30) * 1e9), 0, _RAREST)
