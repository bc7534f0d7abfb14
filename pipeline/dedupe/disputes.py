"""Disputes: where the claims of one story cannot all be true."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

from pipeline.dedupe.groups import group, joined
from schemas.records import Claim, Measure

_WORD = re.compile(r"\w+")
_ARTICLES = frozenset({"the", "a", "an"})


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
    """

    claim: Claim
    id: str
    document_id: str
    copy_of: str | None
    source: str | None
    time: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a dispute: its bounds, and who claims it where.

    `claimant_name` is None where the outlet itself asserts it. `updated_by` is the id of the claim by which the same
    claimant later raised it: such a figure is shown, and disputes nothing.
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


@dataclass(frozen=True, slots=True)
class Dispute:
    """A count on which claims disagree: the measure, the group in the words most often used, the figures by time."""

    measure: Measure
    group: str | None
    figures: tuple[Figure, ...]


def disputes(claims: Iterable[StoryClaim]) -> list[Dispute]:
    """The counts on which the claims of one story disagree, ordered by measure and group.

    Claims count the same where measure and group are the same (see `groups`); `other_people` is whatever else is
    counted, and no one count. They disagree where two voices leave no number that both allow: a voice is one claimant
    in one document, and the outlet itself where no claimant is named. What a copy repeats is said once. A voice that
    gives several figures for the same words speaks of several counts (another day, a part of the whole), so it
    disagrees with another only where none of its figures agrees with any of the other's. A figure that its claimant
    raised in a later document is an update and disagrees with nothing. Claims without bounds ("dozens", "about 50") are
    left out.
    """
    bounded = [c for c in claims if c.claim.low is not None or c.claim.high is not None]
    bounded.sort(key=lambda c: (c.time, c.copy_of is not None, c.document_id, c.claim.start, c.id))
    found = []
    for measure in sorted({c.claim.measure for c in bounded} - {"other_people"}):
        counted = [
            (c, who) for c in bounded if c.claim.measure == measure and (who := group(c.claim.group)) is not None
        ]
        first = joined([who for _, who in counted])
        for place in sorted(set(first)):
            same_count = [c for (c, _), at in zip(counted, first, strict=True) if at == place]
            dispute = _dispute(measure, same_count)
            if dispute is not None:
                found.append(dispute)
    return sorted(found, key=lambda d: (d.measure, d.group or ""))


def _dispute(measure: Measure, claims: Sequence[StoryClaim]) -> Dispute | None:
    """The dispute among claims of one count, in order of time; None where they can all be true."""
    claims, claimants = _said_once(claims, _claimants(claims))
    updated_by = _updates(claims, claimants)
    voices: dict[tuple[str, int], list[StoryClaim]] = {}
    for claim, claimant in zip(claims, claimants, strict=True):
        if claim.id not in updated_by:
            voices.setdefault((claim.document_id, claimant), []).append(claim)
    spoken = list(voices.values())
    if not any(_disagree(one, other) for place, one in enumerate(spoken) for other in spoken[place + 1 :]):
        return None
    wordings = [c.claim.group for c in claims if c.claim.group]
    named = max(wordings, key=lambda wording: (wordings.count(wording), len(wording), wording)) if wordings else None
    return Dispute(measure, named, tuple(_figure(c, updated_by.get(c.id)) for c in claims))


def _said_once(claims: Sequence[StoryClaim], claimants: Sequence[int]) -> tuple[list[StoryClaim], list[int]]:
    """The claims, each with its claimant, without those that a copy repeats."""
    once: dict[tuple[str, int, int | None, int | None], tuple[StoryClaim, int]] = {}
    for c, claimant in zip(claims, claimants, strict=True):
        once.setdefault((c.copy_of or c.document_id, claimant, c.claim.low, c.claim.high), (c, claimant))
    return [c for c, _ in once.values()], [claimant for _, claimant in once.values()]


def _figure(c: StoryClaim, updated_by: str | None) -> Figure:
    claim = c.claim
    return Figure(
        claim.low, claim.high, claim.value, claim.claimant_name, c.source, claim.relay,
        c.document_id, c.id, c.time, updated_by,
    )  # fmt: skip


def _claimants(claims: Sequence[StoryClaim]) -> list[int]:
    """A number for each claim's claimant, the same for the same: one's words are among the other's ("Dashti").

    The claimant of what copies assert themselves is the outlet of the earliest.
    """
    outlets: dict[str, str] = {}
    known: list[tuple[bool, frozenset[str]]] = []
    numbers = []
    for c in claims:
        outlet = c.claim.claimant_name is None
        text = c.copy_of or c.document_id
        name = _name(c.claim.claimant_name or outlets.setdefault(text, c.source or text))
        for number, (other_outlet, other) in enumerate(known):
            if outlet == other_outlet and (name == other or (not outlet and _is_part(name, other))):
                known[number] = (outlet, name | other)
                numbers.append(number)
                break
        else:
            known.append((outlet, name))
            numbers.append(len(known) - 1)
    return numbers


def _name(told: str) -> frozenset[str]:
    letters = (c for c in unicodedata.normalize("NFKD", told.casefold()) if not unicodedata.combining(c))
    return frozenset(_WORD.findall("".join(letters))) - _ARTICLES


def _is_part(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether the shorter name is part of the longer, and more than a role that many have ("officials")."""
    shorter, longer = sorted((one, other), key=len)
    return shorter <= longer and not shorter <= _roles()


@lru_cache(maxsize=1)
def _roles() -> frozenset[str]:
    lines = files(__package__).joinpath("roles.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _updates(claims: Sequence[StoryClaim], claimants: Sequence[int]) -> dict[str, str]:
    """The claims whose claimant gave a higher figure in a later document, each with the first that did."""
    updates: dict[str, str] = {}
    for place, earlier in enumerate(claims):
        for later, claimant in zip(claims[place + 1 :], claimants[place + 1 :], strict=True):
            grew = _low(later) > _high(earlier)
            apart = earlier.time < later.time and earlier.document_id != later.document_id
            if grew and apart and claimant == claimants[place]:
                updates[earlier.id] = later.id
                break
    return updates


def _disagree(one: Sequence[StoryClaim], other: Sequence[StoryClaim]) -> bool:
    return all(_low(a) > _high(b) or _low(b) > _high(a) for a in one for b in other)


def _low(c: StoryClaim) -> float:
    return 0 if c.claim.low is None else c.claim.low


def _high(c: StoryClaim) -> float:
    return math.inf if c.claim.high is None else c.claim.high
