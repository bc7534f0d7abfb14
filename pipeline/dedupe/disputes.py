"""The counts of a story: which claims count the same whole, which figures stand, and where they cannot both be true."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from pipeline.dedupe.claimants import Name, same_speakers
from pipeline.dedupe.groups import Group, group, joined
from schemas.records import Claim, ClaimantType, Measure, Scope, Status

# "A man was killed" tells of a man, and not how many there were.
_ARTICLES = frozenset({"a", "an", "another"})

# Two counts of one whole are seldom further apart than this, in times of the lower, but for a count of none: 19 of 20
# disputes in the corpus are nearer (armies differ most), and half of the figures that only look like disputes are not.
_FURTHEST = 6
# Characters between two figures that one text sets side by side: some three sentences. Beyond, two thirds of what looks
# like a dispute is none.
_BESIDE = 500

# Low and high bound as the claim gives them.
Bounds = tuple[int | None, int | None]


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

    @property
    def bounds(self) -> Bounds:
        return self.claim.low, self.claim.high

    @property
    def text(self) -> str:
        """The document whose words these are: its own, or the one it is a copy of."""
        return self.copy_of or self.document_id


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a count: its bounds, and who claims it where.

    `claimant_name` is None where the outlet itself asserts it. `updated_by` is the id of the claim by which the same
    claimant later replaced it: such a figure is shown, and disputes nothing. `disagrees_with` are the ids of the claims
    that cannot be true if this one is. `dated` is false where the document does not say when it was published: `time`
    is that of its arrival then, and updates nothing.
    """

    low: int | None
    high: int | None
    value: int | None
    claimant_name: str | None
    claimant_type: ClaimantType | None
    source: str | None
    relay: str | None
    group: str | None
    status: Status | None
    scope: Scope | None
    document_id: str
    claim_id: str
    time: datetime
    updated_by: str | None = None
    disagrees_with: tuple[str, ...] = ()
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """What claims count: the measure, the group in the words most often used, the figures by time.

    `figures` count the same whole and are stated. `context` are figures of the same measure in the story that cannot be
    set against them: parts, other events, denied and possible figures. Each stands beside one count, that of its group
    or else the one of which most is said, and what copies repeat is told once.
    """

    measure: Measure
    group: str | None
    figures: tuple[Figure, ...]
    context: tuple[Figure, ...] = ()

    @property
    def disputed(self) -> bool:
        """Whether two figures that stand cannot both be true."""
        return any(figure.disagrees_with for figure in self.figures)

    @property
    def updated(self) -> bool:
        """Whether a claimant replaced a figure."""
        return any(figure.updated_by for figure in self.figures)


def find_counts(claims: Iterable[StoryClaim]) -> tuple[Count, ...]:
    """Sets the claims of one story side by side, as counts ordered by measure and group.

    Claims count the same where measure and group are the same (see `groups`) and both state the whole in the event
    (`scope` event, `status` stated). Two figures disagree where no number fits the bounds of both, and

    - both have named claimants, none of whom holds the two of them;
    - neither has been replaced by a later figure of one of its claimants;
    - they are no more than six times apart, unless one of them is none at all;
    - one text sets them side by side, some sentences apart at most. Tolls rise by the hour, and many reports give no
      more than their day: figures that only stand in different reports may be one toll at two times, which nobody can
      tell. Of the disputes in this project's corpus nine in ten are told by one text that knows both figures.
    """
    claims = sorted(claims, key=_order)
    whole = [c for c in claims if _is_whole(c)]
    context = _once([c for c in claims if not _is_whole(c)], "measure", "group", "status", "scope")
    counts = []
    for measure in sorted({c.claim.measure for c in whole}):
        counted = [(c, who) for c in whole if c.claim.measure == measure and (who := group(c.claim.group)) is not None]
        first = joined([who for _, who in counted])
        same: dict[int, list[StoryClaim]] = defaultdict(list)
        for (c, _), place in zip(counted, first, strict=True):
            same[place].append(c)
        count_of = {who: place for (_, who), place in zip(counted, first, strict=True)}
        beside: dict[int, list[Figure]] = defaultdict(list)
        for c in context:
            if same and c.claim.measure == measure:
                beside[_nearest(group(c.claim.group), count_of, same)].append(_figure(c))
        counts += [_count(measure, same[place], tuple(beside[place])) for place in sorted(same)]
    return tuple(sorted(counts, key=lambda count: (count.measure, count.group or "")))


def _nearest(who: Group | None, count_of: Mapping[Group, int], counts: Mapping[int, Sequence[StoryClaim]]) -> int:
    """The count that a figure stands beside: that of its group, or else the one of which most is said."""
    if who is not None and who in count_of:
        return count_of[who]
    return max(counts, key=lambda place: (len(counts[place]), -place))


def _is_whole(c: StoryClaim) -> bool:
    bounded = c.claim.low is not None or c.claim.high is not None
    counted = c.claim.figure.casefold() not in _ARTICLES
    return bounded and counted and c.claim.status == "stated" and c.claim.scope == "event"


def _order(c: StoryClaim) -> tuple[datetime, bool, str, int, str]:
    """By time, what is no copy first."""
    return c.time, c.copy_of is not None, c.document_id, c.claim.start, c.id


def _count(measure: Measure, claims: Sequence[StoryClaim], context: tuple[Figure, ...]) -> Count:
    said = _once(claims)
    claimants = _claimants(said)
    updated_by = _updates(said, claimants)
    disagrees = _disagreements(said, claimants, updated_by)
    wordings = [c.claim.group for c in claims if c.claim.group]
    named = max(wordings, key=lambda wording: (wordings.count(wording), len(wording), wording)) if wordings else None
    beside = _beside(said, disagrees, updated_by)
    figures = tuple(
        _figure(c, updated_by.get(c.id), tuple(disagrees.get(c.id, ()))) for c in said if c.id not in beside
    )
    return Count(measure, named, figures, tuple(_figure(c) for c in said if c.id in beside) + context)


def _beside(
    claims: Sequence[StoryClaim], disagrees: Mapping[str, list[str]], updated_by: Mapping[str, str]
) -> frozenset[str]:
    """The claims of a disputed count that no text sets against another and that do not fit every side of it: which of
    the sides they follow, and at what time, nobody can tell.
    """
    sides = {c.bounds for c in claims if c.id in disagrees}
    return frozenset(
        c.id
        for c in claims
        if c.bounds not in sides and c.id not in updated_by and any(_apart(c.bounds, side) for side in sides)
    )


def _once(claims: Sequence[StoryClaim], *alike: str) -> list[StoryClaim]:
    """The claims without what a text or its copies repeat, in the same words for the fields `alike`."""
    told = ("claimant_name", "low", "high", *alike)
    said = {(c.text, *(getattr(c.claim, name) for name in told)): c for c in reversed(claims)}
    return sorted(said.values(), key=_order)


def _claimants(claims: Sequence[StoryClaim]) -> dict[str, int]:
    """A number for the claimant of each claim that names one, by the claim's id; the same for the same."""
    named = [c for c in claims if c.claim.claimant_name]
    numbers = same_speakers([Name.of(c.claim.claimant_name or "") for c in named])
    return {c.id: number for c, number in zip(named, numbers, strict=True)}


def _updates(claims: Sequence[StoryClaim], claimants: Mapping[str, int]) -> dict[str, str]:
    """For each figure that its claimant replaced, the claim that first did, in a later text.

    A figure that was replaced is old also where another text repeats it later. What no claimant is named for goes with
    the claimants of the same figure: it is their toll that is told.
    """
    opened: dict[int, dict[Bounds, StoryClaim]] = defaultdict(dict)
    holding: dict[Bounds, set[int]] = defaultdict(set)
    for c in claims:
        if c.id in claimants and c.dated:
            opened[claimants[c.id]].setdefault(c.bounds, c)
            holding[c.bounds].add(claimants[c.id])
    replaced: dict[tuple[int, Bounds], str] = {}
    for claimant, figures in opened.items():
        for bounds, early in figures.items():
            later = [c for c in figures.values() if c.time > early.time]
            if later:
                replaced[claimant, bounds] = min(later, key=_order).id
    updated_by = {}
    for c in claims:
        speakers = {claimants[c.id]} if c.id in claimants else holding[c.bounds]
        successors = [replaced.get((who, c.bounds)) for who in sorted(speakers)]
        if successors and all(successors):
            updated_by[c.id] = successors[0] or ""
    return updated_by


def _disagreements(
    claims: Sequence[StoryClaim], claimants: Mapping[str, int], updated_by: Mapping[str, str]
) -> dict[str, list[str]]:
    """The ids of the claims that each claim disagrees with."""
    holding: dict[Bounds, list[StoryClaim]] = defaultdict(list)
    for c in claims:
        if c.id in claimants:
            holding[c.bounds].append(c)
    found: dict[str, list[str]] = defaultdict(list)
    for (one, ones), (other, others) in combinations(holding.items(), 2):
        if not _apart(one, other) or _far(one, other) or any(c.id in updated_by for c in [*ones, *others]):
            continue
        if {claimants[c.id] for c in ones} & {claimants[c.id] for c in others}:
            continue
        if any(a.text == b.text and _side_by_side(a, b) for a in ones for b in others):
            for a in ones:
                for b in others:
                    found[a.id].append(b.id)
                    found[b.id].append(a.id)
    return found


def _apart(one: Bounds, other: Bounds) -> bool:
    """Whether no number fits both."""
    return _low(one) > _high(other) or _low(other) > _high(one)


def _far(one: Bounds, other: Bounds) -> bool:
    """Whether figures are too far apart to count one whole."""
    least, most = sorted(next((n for n in bounds if n is not None), 0) for bounds in (one, other))
    return 0 < least * _FURTHEST < most


def _side_by_side(one: StoryClaim, other: StoryClaim) -> bool:
    """Whether two claims of the same words stand near each other; of a text and its copy the places differ little."""
    return abs(one.claim.start - other.claim.start) <= _BESIDE


def _low(bounds: Bounds) -> float:
    return 0 if bounds[0] is None else bounds[0]


def _high(bounds: Bounds) -> float:
    return math.inf if bounds[1] is None else bounds[1]


def _figure(c: StoryClaim, updated_by: str | None = None, disagrees_with: tuple[str, ...] = ()) -> Figure:
    claim = c.claim
    return Figure(
        claim.low, claim.high, claim.value, claim.claimant_name, claim.claimant_type, c.source, claim.relay,
        claim.group, claim.status, claim.scope, c.document_id, c.id, c.time, updated_by, disagrees_with, c.dated,
    )  # fmt: skip
