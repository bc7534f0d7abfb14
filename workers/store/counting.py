"""The counts of a story as they are kept: what its claims say of one measure of one group, over all that stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from pipeline.dedupe import Count, StoryClaim, StoryFigure, best, find_counts, independent_sources

_FIGURE = tuple(field.name for field in fields(StoryFigure))


@dataclass(frozen=True)
class KeptCount:
    """One count in plain values, as its table holds them."""

    id: str
    measure: str
    group: str | None
    low: int | None
    high: int | None
    best: dict[str, Any]
    figures: list[dict[str, Any]]
    context: list[dict[str, Any]]
    claimants: list[str]
    independent_sources: int
    corroborated: bool
    disputed: bool
    updated: bool
    as_of: datetime | None
    review_status: str


def kept_counts(
    story_id: str,
    claims: Sequence[StoryClaim],
    reviewed: Collection[str] = (),
    known: Mapping[str, Mapping[str, Collection[str]]] | None = None,
) -> list[KeptCount]:
    """All counts of a story.

    Args:
        reviewed: ids of claims that a person decided on.
        known: by measure and the count's id, the claims of each count that there was before: one that shares some of
            them is the same count, under whatever wording.
    """
    by_id = {claim.id: claim for claim in claims}
    counts = find_counts(claims)
    names = {count.measure: _Ids(story_id, (known or {}).get(count.measure, {})) for count in counts}
    return [_kept(names[count.measure].of(count), count, by_id, set(reviewed)) for count in counts]


def _kept(count_id: str, count: Count, by_id: Mapping[str, StoryClaim], reviewed: set[str]) -> KeptCount:
    standing = [figure for figure in count.figures if figure.updated_by is None]
    sources = independent_sources(standing)
    return KeptCount(
        id=count_id,
        measure=count.measure,
        group=count.group,
        low=min((figure.low for figure in standing if figure.low is not None), default=None),
        high=max((figure.high for figure in standing if figure.high is not None), default=None),
        best={str(rule): number for rule, number in best(count.figures).items()},
        figures=[_figure(figure, by_id) for figure in count.figures],
        context=[_figure(figure, by_id) for figure in count.context],
        claimants=list(dict.fromkeys(figure.claimant_name for figure in count.figures if figure.claimant_name)),
        independent_sources=sources,
        corroborated=sources > 1,
        disputed=count.disputed,
        updated=count.updated,
        as_of=max((figure.time for figure in count.figures), default=None),
        review_status="reviewed" if reviewed & {figure.claim_id for figure in count.figures} else "unreviewed",
    )


def _figure(figure: StoryFigure, by_id: Mapping[str, StoryClaim]) -> dict[str, Any]:
    """A figure in values of JSON, with the words it was written in."""
    claim = by_id[figure.claim_id].claim
    written = {"figure": claim.figure, "qualifier": claim.qualifier}
    told = {name: getattr(figure, name) for name in _FIGURE}  # a tenth of the time of dataclasses.asdict
    return told | written | {"time": figure.time.isoformat(), "disagrees_with": list(figure.disagrees_with)}


class _Ids:
    """Ids for counts that stay as their wording and their claims change."""

    def __init__(self, story_id: str, known: Mapping[str, Collection[str]]) -> None:
        self._story_id = story_id
        self._free = {count_id: set(claims) for count_id, claims in known.items()}
        self._given: set[str] = set()

    def of(self, count: Count) -> str:
        """The id of the known count that shares most of these claims, or a new one."""
        claims = {figure.claim_id for figure in count.figures}
        shared = {known: len(claims & before) for known, before in self._free.items()}
        closest = max(shared, key=lambda known: (shared[known], known), default=None)
        if closest is not None and shared[closest]:
            del self._free[closest]
            self._given.add(closest)
            return closest
        first, salt = count.figures[0].claim_id if count.figures else "", ""
        while True:
            told = f"{self._story_id} {count.measure} {first}{salt}"
            made = sha256(told.encode()).hexdigest()[:16]
            if made not in self._given:
                self._given.add(made)
                return made
            salt += "+"
