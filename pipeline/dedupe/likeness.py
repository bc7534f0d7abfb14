"""How alike documents are: their words, the circumstances that they tell, and the time between them.

The likeness of two documents is the square root of that of their words, times what the time between them leaves of it,
times what their circumstances say. The root is what a mean over a story needs: one near neighbour does not make up for
all others that are unlike, so that a document is held against the core of a story.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.dedupe.circumstances import Circumstances, evidence
from pipeline.dedupe.days import Days, days_apart, days_told
from pipeline.dedupe.ledger import RecordedDocument
from pipeline.dedupe.limits import Limits
from pipeline.dedupe.names import Named, names_shared
from pipeline.dedupe.profile import TITLE_TERM, Profile, TermWeights
from pipeline.dedupe.words import Places

_NAME_SHARE = (
    2.0  # With 1, short reports of one event fall apart; without a bound, one name joins all of a feed's entries.
)

_EPOCH = date(1970, 1, 1).toordinal()


def alike(documents: Sequence[RecordedDocument], limits: Limits) -> TermWeights:
    """How alike each two documents are, 0 to 1; 0 on the diagonal."""
    words = likeness([Profile.unpack(document.profile) for document in documents])
    matrix = _with_evidence(words, documents, documents, limits)
    np.fill_diagonal(matrix, 0)
    return matrix


def likenesses(one: RecordedDocument, others: Collection[RecordedDocument], limits: Limits) -> dict[int, float]:
    """How alike one document is to each of the others, by number."""
    listed = list(others)
    words = likeness_to(Profile.unpack(one.profile), [Profile.unpack(document.profile) for document in listed])
    near = _with_evidence(words[None, :], [one], listed, limits)[0]
    return dict(zip((document.number for document in listed), near.tolist(), strict=True))


class _Said(NamedTuple):
    """What documents say beside their words, each list in their order."""

    circumstances: list[Circumstances]
    days: list[Days]
    leading: list[Named]
    people: list[Named]

    @classmethod
    def by(cls, documents: Sequence[RecordedDocument]) -> _Said:
        told = [Circumstances.unpack(Profile.following(document.profile)) for document in documents]
        both = list(zip(told, documents, strict=True))
        return cls(
            told,
            [days_told(t.weekdays, t.days, d.published) for t, d in both],
            [Named(t.names, (), d.profile) for t, d in both],
            [Named(t.people, t.names, d.profile) for t, d in both],
        )


def _with_evidence(
    words: TermWeights, ones: Sequence[RecordedDocument], others: Sequence[RecordedDocument], limits: Limits
) -> TermWeights:
    left = _Said.by(ones)
    right = left if ones is others else _Said.by(others)
    said = evidence(left.circumstances, right.circumstances, limits.weights)
    said -= limits.weights.date * days_apart(left.days, right.days)
    shared = names_shared(left.leading, right.leading)
    said -= limits.weights.names * (shared == 0) + limits.weights.one_name * (shared == 1)
    known = names_shared(left.people, right.people, fewest=1)
    said += limits.weights.same_person * (known > 0) - limits.weights.person * (known == 0)
    found = words * _fading(ones, others, limits) * np.exp(said)
    rooted: TermWeights = np.sqrt(np.minimum(np.maximum(found, 0), 1)).astype(np.float32)
    return rooted


def _fading(ones: Sequence[RecordedDocument], others: Sequence[RecordedDocument], limits: Limits) -> TermWeights:
    """The share of likeness that the time between each two documents leaves.

    Time is from publication to publication, or to the day by which an undated document dates itself. Where either has
    neither, it is from arrival to arrival.
    """
    received = [np.array([d.received.timestamp() for d in side]) for side in (ones, others)]
    told = [np.array([_told(d) for d in side]) for side in (ones, others)]
    apart = np.abs(told[0][:, None] - told[1])
    days = np.where(np.isnan(apart), np.abs(received[0][:, None] - received[1]), apart) / 86400
    return np.where(days <= limits.window_days, 1 / (1 + days / limits.fade_days), 0).astype(np.float32)


def _told(document: RecordedDocument) -> float:
    """Seconds since 1970 to when a document was published, or not a number."""
    if document.published:
        return document.published.timestamp()
    stated = Circumstances.unpack(Profile.following(document.profile)).stated
    return (stated.toordinal() - _EPOCH) * 86400.0 if stated else float("nan")


def likeness(profiles: Sequence[Profile]) -> TermWeights:
    """How alike each two are, 0 to 1: the cosine of their texts with a fifth of that of their titles, as a mean.

    In a text too short to fill its profile one name can be half of all there is, and a name has two words as a rule. No
    one name makes a story of such a text and another: the two weightiest words that both have count no more than twice
    all the others.
    """
    terms, matrix = _matrix(profiles)
    plain: TermWeights = matrix @ matrix.T
    near = plain.copy()
    for place, one in enumerate(profiles):
        if one.is_short:
            own = np.flatnonzero(matrix[place])
            products = matrix[:, own] * matrix[place, own]
            near[place] = near[:, place] = plain[place] - _beyond_the_others(terms[own], products)
    return near


def cosines(profiles: Sequence[Profile]) -> TermWeights:
    """The likeness of each two without the bound for short texts: whether parts of texts tell of the same."""
    _, matrix = _matrix(profiles)
    found: TermWeights = matrix @ matrix.T
    return found


def likeness_to(one: Profile, others: Sequence[Profile]) -> TermWeights:
    """How alike one is to each of the others: a row of `likeness`, for less."""
    products = _products(one, others)
    near: TermWeights = products.sum(axis=1)
    short = np.array([one.is_short or other.is_short for other in others], np.bool_)
    if short.any():
        near -= np.where(short, _beyond_the_others(one.vector[0], products), 0)
    return near


def cosines_to(one: Profile, others: Sequence[Profile]) -> TermWeights:
    """The likeness of one to each of the others without the bound for short texts: a name alone can lead to a copy."""
    found: TermWeights = _products(one, others).sum(axis=1)
    return found


def _matrix(profiles: Sequence[Profile]) -> tuple[NDArray[np.int64], TermWeights]:
    """The terms of several profiles, and their weights: profiles by terms."""
    rows, terms, weights = _joined(profiles)
    distinct, columns = np.unique(terms, return_inverse=True)
    matrix = np.zeros((len(profiles), len(distinct)), np.float32)
    matrix[rows, columns] = weights
    return distinct, matrix


def _products(one: Profile, others: Sequence[Profile]) -> TermWeights:
    """The products of the weights that one and the others give to its terms: others by terms."""
    rows, terms, weights = _joined(others)
    own, own_weights = one.vector
    products = np.zeros((len(others), len(own)), np.float32)
    if len(own) and len(rows):
        order = np.argsort(own)
        where = order[np.minimum(np.searchsorted(own, terms, sorter=order), len(own) - 1)]
        shared = np.flatnonzero(own[where] == terms)
        products[rows[shared], where[shared]] = weights[shared] * own_weights[where[shared]]
    return products


def _beyond_the_others(terms: NDArray[np.int64], products: TermWeights) -> TermWeights:
    """For each row of the products of these terms, by how much its two weightiest words exceed `_NAME_SHARE` times the
    others.

    A word of both text and title counts as one.
    """
    words, columns = np.unique(np.where(terms > TITLE_TERM // 2, terms - TITLE_TERM, terms), return_inverse=True)
    word_of = np.zeros((len(terms), max(2, len(words))), np.float32)  # two columns to part, of whatever words
    word_of[np.arange(len(terms)), columns] = 1
    sums = np.partition(products @ word_of, -2, axis=1)
    name, others = sums[:, -2:].sum(axis=1), sums[:, :-2].sum(axis=1)
    beyond: TermWeights = np.maximum(0, name - _NAME_SHARE * others)
    return beyond


def _joined(profiles: Sequence[Profile]) -> tuple[Places, NDArray[np.int64], TermWeights]:
    """The vectors of several profiles one after another, with the place of its profile for each term."""
    if not profiles:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)
    terms, weights = zip(*(p.vector for p in profiles), strict=True)
    return (
        np.repeat(np.arange(len(profiles)), [len(part) for part in terms]),
        np.concatenate(terms),
        np.concatenate(weights),
    )
