"""Names that a report leads with: whom, where and what it is about.

Two reports of one event hardly ever lead with names none of which the other knows; two reports of one kind of event
(two shootings, two quakes) do as a rule, however much their other words are alike. This needs no gazetteer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.dedupe.profile import Profile, rarity_of
from pipeline.dedupe.words import Words, short_codes

_LEAD = 600  # characters
_MOST = 12  # names kept
_FEWEST = 2  # names without which a text has not said what it is about
_RARE = 2.4  # powers of ten below the commonest word: no weekday, month or "police" is rarer
_RARE_IN_TITLE = 4.0  # all words of a headline may be capitalised: one that the text has not is a name if it is so rare
_DATELINE = 8  # words in which a dateline in capitals is looked for

Matrix = NDArray[np.float32]
Names = tuple[int, ...]


def leading_names(text: Words, title: Words, language: str | None = None) -> Names:
    """The names of the headline, the dateline and the lead, in this order, as codes of 16 bits."""
    named = text.names()
    distinct, which = np.unique(text.codes, return_inverse=True)
    as_name = np.bincount(which, named, len(distinct))
    names = distinct[(as_name > 0) & (2 * as_name >= np.bincount(which, minlength=len(distinct)))]
    headline = title.codes[[title.written(at)[:1].isupper() for at in range(len(title.codes))]]
    known = np.isin(headline, names) | (rarity_of(headline, language) >= _RARE_IN_TITLE)
    start = range(min(_DATELINE, len(text.codes)))
    dateline = text.codes[list(takewhile(lambda at: text.written(at).isupper(), start))]
    found = np.concatenate((headline[known], dateline, text.codes[named & (text.starts < _LEAD)]))
    found = found[rarity_of(found, language) >= _RARE]
    return tuple(dict.fromkeys(short_codes(found)))[:_MOST]


class Named(NamedTuple):
    """Names that a document is asked for, others that it has, and its packed profile, for it has its telling words."""

    names: Names
    others: Names
    profile: bytes


def names_shared(ones: Sequence[Named], others: Sequence[Named], fewest: int = _FEWEST) -> Matrix:
    """For each of `ones` and `others`, how many names of either the other has; -1 where either has too few."""
    few = [np.array([len(one.names) < fewest for one in side], bool) for side in (ones, others)]
    if few[0].all() or few[1].all():
        return np.full((len(ones), len(others)), -1, np.float32)
    held = ones if ones is others else [*ones, *others]
    codes = [_codes(*one) for one in held]
    sizes = [len(part) for part in codes]
    rows, every = np.repeat(np.arange(len(held)), sizes), np.concatenate(codes)
    is_asked = np.arange(len(every)) - np.repeat(np.cumsum([0, *sizes[:-1]]), sizes) < np.repeat(
        [len(one.names) for one in held], sizes
    )
    asked = np.unique(every[is_asked])
    columns = np.minimum(np.searchsorted(asked, every), len(asked) - 1)
    found = asked[columns] == every
    has = np.zeros((len(held), len(asked)), np.float32)
    leads = np.zeros_like(has)
    has[rows[found], columns[found]] = 1
    leads[rows[is_asked], columns[is_asked]] = 1
    left, right = slice(len(ones)), slice(-len(others), None)
    shared: Matrix = leads[left] @ has[right].T + has[left] @ leads[right].T - leads[left] @ leads[right].T
    shared[few[0]] = -1
    shared[:, few[1]] = -1
    return shared


@lru_cache(maxsize=4096)
def _codes(names: Names, others: Names, packed: bytes) -> NDArray[np.int64]:
    """The names that are asked for, and after them all else that a document has."""
    profile = Profile.unpack(packed)
    return np.array([*names, *others, *short_codes(profile.body), *short_codes(profile.title)], np.int64)
