"""Disputes: where the claims of one story cannot all be true, and updates: where one figure took another's place."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.dedupe.claimants import Name, same_speakers
from pipeline.dedupe.groups import group, joined
from schemas.records import Claim, Measure

# Counts of a state, which falls as people are found or freed: the latest figure of a claimant stands. Deaths only grow.
_STATES = frozenset({"missing", "kidnapped", "detained", "displaced"})


@dataclass(frozen=True, slots=True)
class StoryClaim:
    """A claim with what its document is.

    Attributes:
        claim: the claim as extracted.
        id: its id, as the export gives it.
        document_id: the document that holds it.
        copy_of: the earliest document of that document's copies, or None: what copies say is said once.
        source: the outlet, or None.
        time: when the document was published, or else received.
        dated: whether that is a time of publication. What was only received can follow nothing.
    """

    claim: Claim
    id: str
    document_id: str
    copy_of: str | None
    source: str | None
    time: datetime
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a count: its bounds, and who claims it where.

    `claimant_name` is None where the outlet itself asserts it. `updated_by` is the id of the claim by which the same
    claimant later replaced it: such a figure is shown, and disputes nothing. `dated` is false where the document does
    not say when it was published: `time` is that of its arrival then, and updates nothing.
    """

    low: int | None
    high: int | None
    value: int | None
    claimant_name: str | None
    source: str | None
    relay: str | None
    document_id: str
    claim_id: str
    time: datetime
    updated_by: str | None = None
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """What claims count: the measure, the group in the words most often used, the figures by time."""

    measure: Measure
    group: str | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The counts of a story on which claims disagree, and those on which all agree but for figures that were updated.

    Both are ordered by measure and group.
    """

    disputes: tuple[Count, ...]
    updates: tuple[Count, ...]


def compare(claims: Iterable[StoryClaim]) -> Comparison:
    """Sets the claims of one story side by side.

    Claims count the same where measure and group are the same (see `groups`); `other_people` is whatever else is
    counted, and no one count. They disagree where two voices leave no number that both allow: a voice is one claimant
    in one document, and the outlet itself where no claimant is named. What a copy repeats is said once. A voice that
    gives several figures for the same words speaks of several counts (another day, a part of the whole), so it
    disagrees with another only where none of its figures agrees with any of the other's. A voice whose figure its
    claimant has updated disagrees with nothing. Claims without bounds ("dozens", "about 50") are left out.
    """
    bounded = [c for c in claims if c.claim.low is not None or c.claim.high is not None]
    bounded.sort(key=_order)
    disputes, updates = [], []
    for measure in sorted({c.claim.measure for c in bounded} - {"other_people"}):
        counted = [
            (c, who) for c in bounded if c.claim.measure == measure and (who := group(c.claim.group)) is not None
        ]
        first = joined([who for _, who in counted])
        for place in sorted(set(first)):
            same_count = [c for (c, _), at in zip(counted, first, strict=True) if at == place]
            voices, updated_by = _voices(same_count)
            count = _count(measure, [c for voice in voices for c in voice], updated_by)
            standing = [voice for voice in voices if not any(c.id in updated_by for c in voice)]
            if any(_disagree(one, other) for at, one in enumerate(standing) for other in standing[at + 1 :]):
                disputes.append(count)
            elif updated_by:
                updates.append(count)
    return Comparison(_ordered(disputes), _ordered(updates))


def _ordered(counts: Iterable[Count]) -> tuple[Count, ...]:
    return tuple(sorted(counts, key=lambda count: (count.measure, count.group or "")))


def _count(measure: Measure, claims: Iterable[StoryClaim], updated_by: Mapping[str, str]) -> Count:
    claims = sorted(claims, key=_order)
    wordings = [c.claim.group for c in claims if c.claim.group]
    named = max(wordings, key=lambda wording: (wordings.count(wording), len(wording), wording)) if wordings else None
    return Count(measure, named, tuple(_figure(c, updated_by.get(c.id)) for c in claims))


def _order(c: StoryClaim) -> tuple[datetime, bool, str, int, str]:
    """By time, what is no copy first."""
    return c.time, c.copy_of is not None, c.document_id, c.claim.start, c.id


def _figure(c: StoryClaim, updated_by: str | None) -> Figure:
    claim = c.claim
    return Figure(
        claim.low, claim.high, claim.value, claim.claimant_name, c.source, claim.relay,
        c.document_id, c.id, c.time, updated_by, c.dated,
    )  # fmt: skip


def _voices(claims: Sequence[StoryClaim]) -> tuple[list[list[StoryClaim]], dict[str, str]]:
    """The voices that speak of one count, each with its claims, and for each figure that was updated by which claim."""
    voices: dict[int, dict[str, list[StoryClaim]]] = defaultdict(dict)
    said: set[tuple[str, int, int | None, int | None]] = set()
    for c, claimant in zip(claims, _claimants(claims), strict=True):
        saying = (c.copy_of or c.document_id, claimant, c.claim.low, c.claim.high)
        if saying not in said:
            said.add(saying)
            voices[claimant].setdefault(c.document_id, []).append(c)
    updated_by: dict[str, str] = {}
    for spoken in voices.values():
        updated_by |= _updates([max(voice, key=_low) for voice in spoken.values()])
    return [voice for spoken in voices.values() for voice in spoken.values()], updated_by


def _claimants(claims: Sequence[StoryClaim]) -> list[int]:
    """A number for each claim's claimant, the same for the same.

    The claimant of what copies assert themselves is the outlet of the earliest.
    """
    outlets: dict[str, str] = {}
    names = []
    for c in claims:
        told, text = c.claim.claimant_name, c.copy_of or c.document_id
        outlet = outlets.setdefault(text, c.source or text) if told is None else None
        names.append(Name.of(told if told is not None else outlet or "", outlet=told is None))
    return same_speakers(names)


def _updates(figures: Sequence[StoryClaim]) -> dict[str, str]:
    """For each of one claimant's figures that a later document updates the first claim that does.

    A figure that was updated is updated also where another document repeats it later. Of documents of the same time the
    lower figure is the earlier. Of an undated document nobody knows whether it is later or earlier: it updates nothing,
    and is old only where it says what was updated.
    """
    updated_by: dict[str, str] = {}
    superseded: dict[tuple[float, float], str] = {}
    standing: list[StoryClaim] = []
    for later in sorted(figures, key=lambda c: (not c.dated, c.time, _low(c))):
        bounds = (_low(later), _high(later))
        if bounds in superseded:
            updated_by[later.id] = superseded[bounds]
            continue
        if not later.dated:
            continue
        for earlier in [c for c in standing if _replaces(later, c)]:
            updated_by[earlier.id] = superseded[_low(earlier), _high(earlier)] = later.id
            standing.remove(earlier)
        standing.append(later)
    return updated_by


def _replaces(later: StoryClaim, earlier: StoryClaim) -> bool:
    if later.claim.measure in _STATES and _high(later) < _low(earlier):
        return True
    return _low(later) > _low(earlier) and (math.isinf(_high(earlier)) or _high(later) >= _high(earlier))


def _disagree(one: Sequence[StoryClaim], other: Sequence[StoryClaim]) -> bool:
    return all(_low(a) > _high(b) or _low(b) > _high(a) for a in one for b in other)


def _low(c: StoryClaim) -> float:
    return 0 if c.claim.low is None else c.claim.low


def _high(c: StoryClaim) -> float:
    return math.inf if c.claim.high is None else c.claim.high
