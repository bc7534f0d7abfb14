"""Shingles: the runs of five words by which copies are found and measured.

Few real copies are near-identical: a paper runs the first six paragraphs of twenty and adds its own. So what counts is
containment (Broder 1997), the share of the shorter text's shingles that stand in the longer. The index holds a few
shingles of each document, taken at even steps from those whose hash falls in one fixed twelfth of all; a document looks
up all of its own in that twelfth (FracMinHash: Irber et al. 2022). Being chosen by hash, the twelfth is the same for
every text, so a lookup meets whatever the other document is indexed under, wherever that stands in it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.dedupe.words import Words, mixed

Hashes = NDArray[np.uint64]

WIDTH = 5  # Words in a shingle: long enough that unlike texts share next to none, short enough to survive light edits.
_SAMPLED = np.uint64(12)  # One shingle in so many may be indexed, and is looked up; one in 16 finds a little less.
_MOST_LOOKED_UP = 512  # A text of 6,000 words; longer ones look up as many, at even steps.
# Shingles to one indexed key on average. Of excerpts of 60 to 400 words the index alone finds 99 in 100 with a key
# every 80, 98 with one every 120 and a third fewer rows; half of the rest are found as look-alikes by their words.
_STEP = 80
_FEWEST, _MOST = 4, 16  # Indexed keys: a floor for short texts, a bound for a book.
_FRONT = 1.5  # Excerpts take the top of a text: the first half of it gets 0.5 ** (1 / _FRONT) = 0.63 of its keys.
# Odd, and random otherwise: a shingle is the sum of its words' codes, each times that of its place.
_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F)


def shingles(text: Words) -> Hashes:
    """A 64-bit hash for each run of five words, in the order of the text; one for a text of fewer words."""
    codes = text.codes
    if len(codes) < WIDTH:
        codes = np.concatenate((codes, np.zeros(WIDTH - len(codes), np.uint64)))
    count = len(codes) - WIDTH + 1
    sums = np.zeros(count, np.uint64)
    for place, multiplier in enumerate(_MULTIPLIERS):
        sums += codes[place : place + count] * np.uint64(multiplier)
    return mixed(sums)


def distinct(hashes: Hashes) -> Hashes:
    """The same hashes sorted, each once; several times faster than `np.unique` at the length of a text."""
    ordered = np.sort(hashes)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


def within(text: Words, shared: Hashes) -> NDArray[np.bool_]:
    """Whether each word of a text stands in one of the `shared` shingles."""
    starts = np.flatnonzero(np.isin(shingles(text), shared))
    found = np.zeros(len(text.codes) + WIDTH, bool)
    for place in range(WIDTH):
        found[starts + place] = True
    return found[: len(text.codes)]


def parted(text: Words, shared: Hashes) -> tuple[str, str]:
    """The words of a text that stand in none of the `shared` shingles, and those that do, as they are written."""
    parts: tuple[list[str], list[str]] = ([], [])
    for start, end, inside in zip(text.starts.tolist(), text.ends.tolist(), within(text, shared).tolist(), strict=True):
        parts[inside].append(text.text[start:end])
    return " ".join(parts[False]), " ".join(parts[True])


def as_keys(hashes: Hashes) -> list[int]:
    """Their upper halves as signed 32-bit integers, which an index holds in four bytes each."""
    return (hashes >> np.uint64(32)).astype(np.uint32).view(np.int32).tolist()  # type: ignore[no-any-return]


def keys(hashes: Hashes) -> tuple[list[int], list[int]]:
    """The keys to look a text up by, and those few of them to index it under; no key twice."""
    places = np.flatnonzero(hashes % _SAMPLED == 0)
    if not len(places):
        return [], []
    if len(places) > _MOST_LOOKED_UP:
        places = places[np.linspace(0, len(places) - 1, _MOST_LOOKED_UP).astype(int)]
    looked_up = hashes[places]
    parts = min(_MOST, max(_FEWEST, round(len(hashes) / _STEP)))
    part_of = np.searchsorted(_ends(parts), places / len(hashes), side="right")
    smallest = np.minimum.reduceat(looked_up, np.concatenate(([0], np.flatnonzero(np.diff(part_of)) + 1)))
    indexed = as_keys(smallest)
    return list(dict.fromkeys(as_keys(looked_up))), list(dict.fromkeys(indexed))


@lru_cache(maxsize=_MOST)
def _ends(parts: int) -> NDArray[np.float64]:
    """Where in a text, 0 to 1, each of the parts ends that get an indexed key each."""
    return (np.arange(1, parts + 1) / parts) ** _FRONT
