"""The counts of a story: what its claims say of one measure of one group, over all that stand."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline.dedupe import Count, StoryClaim, compare
from pipeline.dedupe.claimants import Name, same_speakers
from pipeline.dedupe.groups import group, joined

# Whose figure stands first where the best is chosen by who claims it: those who counted, before those who fought.
_PRIORITY = ("health", "un", "ngo", "police", "government", "company", "witness", "media", "other", "belligerent")


@dataclass
class StoryCounts:
    """One count, in plain values, as the contract names them."""

    id: str
    measure: str
    group: str | None
    low: int | None
    high: int | None
    best: dict[str, Any]
    figures: list[dict[str, Any]]
    context: list[dict[str, Any]]
    claimants: int
    independent_sources: int
    disputed: bool
    updated: bool
    as_of: datetime | None
    reviewed: bool = False
    documents: set[str] = field(default_factory=set)

    @property
    def corroborated(self) -> bool:
        """Whether two independent sources or more claim it."""
        return self.independent_sources >= 2


def counts_of(
    story_id: str,
    claims: Sequence[StoryClaim],
    reviewed: Collection[str] = (),
    known: Mapping[str, Collection[str]] | None = None,
) -> list[StoryCounts]:
    """All counts of a story, disputed ones first.

    Args:
        reviewed: ids of claims that a person decided on.
        known: the claims of each count that there was before, by the count's id: a count that shares some of them is
            the same count, under whatever wording.
    """
    by_id = {claim.id: claim for claim in claims}
    comparison = compare(claims)
    made: list[tuple[str, str | None, list[dict[str, Any]], bool]] = []
    placed = set[str]()
    for compared, disputed in ((comparison.disputes, True), (comparison.updates, False)):
        for count in compared:
            figures = [_figure(by_id[f.claim_id], f.updated_by) for f in count.figures]
            made.append((count.measure, count.group, figures, disputed))
            placed |= _alike(count, claims)
    for measure, wording, figures in _agreeing([claim for claim in claims if claim.id not in placed]):
        made.append((measure, wording, figures, False))
    names = _Ids(story_id, known or {})
    return [
        _count(names.of(measure, figures), measure, wording, figures, by_id, disputed, set(reviewed))
        for measure, wording, figures, disputed in made
    ]


def _alike(count: Count, claims: Sequence[StoryClaim]) -> set[str]:
    """The claims that a compared count is about, what copies repeat included."""
    shown = {figure.claim_id for figure in count.figures}
    groups = {(group(c.claim.group), c.claim.low, c.claim.high) for c in claims if c.id in shown}
    return shown | {
        c.id
        for c in claims
        if c.claim.measure == count.measure and (group(c.claim.group), c.claim.low, c.claim.high) in groups
    }


def _agreeing(claims: Sequence[StoryClaim]) -> list[tuple[str, str | None, list[dict[str, Any]]]]:
    """The counts on which nobody disagrees: by measure and group, what copies repeat once."""
    found: list[tuple[str, str | None, list[dict[str, Any]]]] = []
    for measure in sorted({c.claim.measure for c in claims} - {"other_people"}):
        of_measure = [
            (c, who) for c in claims if c.claim.measure == measure and (who := group(c.claim.group)) is not None
        ]
        places = joined([who for _, who in of_measure])
        counted: dict[int, list[StoryClaim]] = defaultdict(list)
        for (claim, _), at in zip(of_measure, places, strict=True):
            counted[at].append(claim)
        for same in counted.values():
            said, figures = set(), []
            for c in sorted(same, key=lambda c: (c.time, c.copy_of is not None, c.id)):
                saying = (c.copy_of or c.document_id, c.claim.claimant_name, c.claim.low, c.claim.high, c.claim.value)
                if saying not in said:
                    said.add(saying)
                    figures.append(_figure(c, None))
            wordings = Counter(c.claim.group for c in same if c.claim.group)
            wording = max(wordings, key=lambda w: (wordings[w], len(w), w)) if wordings else None
            found.append((measure, wording, figures))
    return found


def _figure(c: StoryClaim, updated_by: str | None) -> dict[str, Any]:
    claim = c.claim
    return {
        "figure": claim.figure,
        "qualifier": claim.qualifier,
        "value": claim.value,
        "low": claim.low,
        "high": claim.high,
        "claimant_name": claim.claimant_name,
        "claimant_type": getattr(claim, "claimant_type", None),
        "source": c.source,
        "relay": claim.relay,
        "document_id": c.document_id,
        "claim_id": c.id,
        "time": c.time.isoformat(),
        "updated_by": updated_by,
    }


def _count(
    count_id: str,
    measure: str,
    wording: str | None,
    figures: list[dict[str, Any]],
    by_id: Mapping[str, StoryClaim],
    disputed: bool,
    reviewed: set[str],
) -> StoryCounts:
    standing = [f for f in figures if f["updated_by"] is None]
    lows = [f["low"] if f["low"] is not None else f["high"] for f in standing]
    highs = [f["high"] if f["high"] is not None else f["low"] for f in standing]
    low = min((n for n in lows if n is not None), default=None)
    high = max((n for n in highs if n is not None), default=None)
    voices = _voices([by_id[f["claim_id"]] for f in standing])
    return StoryCounts(
        id=count_id,
        measure=measure,
        group=wording,
        low=low,
        high=high,
        best=_best(standing, voices),
        figures=figures,
        context=[],
        claimants=len({(f["claimant_name"] or f["source"] or f["document_id"]) for f in standing}),
        independent_sources=len(set(voices)),
        disputed=disputed,
        updated=any(f["updated_by"] for f in figures),
        as_of=max((by_id[f["claim_id"]].time for f in figures), default=None),
        reviewed=any(f["claim_id"] in reviewed for f in figures),
        documents={f["document_id"] for f in figures},
    )


def _voices(claims: Sequence[StoryClaim]) -> list[int]:
    """A number for the primary claimant of each claim: the named one, else the outlet of the earliest copy."""
    outlets: dict[str, str] = {}
    names = []
    for c in claims:
        text = c.copy_of or c.document_id
        outlet = outlets.setdefault(text, c.source or text)
        names.append(Name.of(c.claim.claimant_name or outlet, outlet=c.claim.claimant_name is None))
    return same_speakers(names)


def _best(standing: Sequence[dict[str, Any]], voices: Sequence[int]) -> dict[str, Any]:
    """The figure that each of the recorders' rules would write down; null where a rule cannot choose."""
    numbered = [
        (f["value"] if f["value"] is not None else f["low"] if f["low"] is not None else f["high"], voice, f)
        for f, voice in zip(standing, voices, strict=True)
    ]
    numbered = [each for each in numbered if each[0] is not None]
    if not numbered:
        return {"lowest": None, "majority": None, "latest": None, "priority": None}
    said = Counter(number for number, _ in {(number, voice) for number, voice, _ in numbered}).most_common()
    ranked = [each for each in numbered if each[2]["claimant_type"] in _PRIORITY]
    first = min(ranked, key=lambda each: _PRIORITY.index(each[2]["claimant_type"]), default=None)
    return {
        "lowest": min(number for number, _, _ in numbered),
        "majority": said[0][0] if len(said) == 1 or said[0][1] > said[1][1] else None,
        "latest": max(numbered, key=lambda each: each[2]["time"])[0],
        "priority": first[0] if first else None,
    }


class _Ids:
    """Ids for counts that stay as their wording and their claims change."""

    def __init__(self, story_id: str, known: Mapping[str, Collection[str]]) -> None:
        self._story_id = story_id
        self._free = {count_id: set(claims) for count_id, claims in known.items()}
        self._given: set[str] = set()

    def of(self, measure: str, figures: Sequence[dict[str, Any]]) -> str:
        """The id of the known count that shares most of these claims, or a new one."""
        claims = {f["claim_id"] for f in figures}
        shared = {known: len(claims & before) for known, before in self._free.items()}
        best = max(shared, key=lambda known: (shared[known], known), default=None)
        if best is not None and shared[best] and best.split("-")[1] == measure:
            del self._free[best]
            self._given.add(best)
            return best
        first = min(claims, default="")
        digest = hashlib.blake2b(f"{self._story_id} {measure} {first}".encode(), digest_size=8).hexdigest()
        made = f"{digest}-{measure}"
        while made in self._given:
            digest = hashlib.blake2b(made.encode(), digest_size=8).hexdigest()
            made = f"{digest}-{measure}"
        self._given.add(made)
        return made
