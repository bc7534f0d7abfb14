"""Round-ups: briefings, digests and live blogs that carry reports of unlike events whole.

A round-up is no copy of what it carries, for then all that it carries would be one group of copies. It belongs to the
story of the report that it carries most of, holds no story together, and is listed with the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from pipeline.dedupe.circumstances import Circumstances
from pipeline.dedupe.ledger import RecordedDocument
from pipeline.dedupe.likeness import cosines
from pipeline.dedupe.profile import Profile
from pipeline.dedupe.shingles import Hashes

# A part is at most so much of the text that carries it: what is more is a copy with a paragraph of its own.
_PART = 0.6
# Likeness of the words of two texts on one matter.
_ONE_MATTER = 0.045


def is_round_up(document: RecordedDocument) -> bool:
    """Whether a recorded document was found to be a round-up."""
    return Circumstances.unpack(Profile.following(document.profile)).is_round_up


def can_carry(whole: Hashes, part: Hashes) -> bool:
    """Whether a text is so much longer that the other can be a part of it."""
    return len(part) <= _PART * len(whole)


def parts_of(
    whole: int,
    others: Collection[int],
    hashes: Mapping[int, Hashes],
    profiles: Mapping[int, bytes],
    containment: float,
) -> dict[int, float]:
    """The reports that a text carries, with the share of each that it does, where they are on unlike matters.

    `hashes` are the shingles of all these texts, `profiles` their packed profiles; a report is carried where at least
    `containment` of it is. None where it carries fewer than two that are unlike.
    """
    shares = {
        other: len(np.intersect1d(hashes[other], hashes[whole], assume_unique=True)) / max(1, len(hashes[other]))
        for other in others
        if other != whole and other in hashes and can_carry(hashes[whole], hashes[other])
    }
    carried = {other: share for other, share in shares.items() if share >= containment}
    if len(carried) < 2:
        return {}
    near = cosines([Profile.unpack(profiles[other]) for other in carried]) >= _ONE_MATTER
    unlike: list[int] = []
    for place in range(len(carried)):
        if not any(near[place, other] for other in unlike):
            unlike.append(place)
    return carried if len(unlike) > 1 else {}
