"""The counts of a story: which claims count the same whole, which figures stand, and where they cannot both be true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime

from pipeline.dedupe.claimants import ClaimantName, same_speakers
from pipeline.dedupe.counts import Count, StoryClaim, StoryFigure, number_of
from pipeline.dedupe.groups import Group, group, joined, tells
from pipeline.measures import measures_of
from schemas.records import Bounds, Measure, apart

# "A man was killed" tells of a man, and not how many there were.
_ARTICLES = frozenset({"a", "an", "another"})

# Where nobody has judged a pair (an analyst added or changed a claim), two figures are set against each other within so
# many characters, some three sentences, and so many times the lower one: beyond, most of what looks like it is not.
_BESIDE = 500
_FURTHEST = 6
# The least part of a toll that is left when it is cut without a word that denies it.
_CUT = 0.75

# Pairs of bounds, and the texts that set them against each other.
Against = Mapping[frozenset[Bounds], frozenset[str]]


def find_counts(claims: Iterable[StoryClaim]) -> tuple[Count, ...]:
    """Sets the claims of one story side by side, as counts ordered by measure and group.

    Claims count the same where measure and group are the same (see `groups`) and both state the whole in the event
    (`scope` event, `status` stated). Two figures disagree where no number fits the bounds of both, and

    - one text sets them against each other (`StoryClaim.contradicts`): extraction has judged the two in their words.
      Tolls rise by the hour, and many reports give no more than their day: figures that only stand in different reports
      may be one toll at two times, which nobody can tell. Of the disputes in this project's corpus nine in ten are told
      by one text that knows both. A text also does so that tells a claimant's new figure beside the one that its old
      was set against;
    - they have different claimants, none of whom holds the two of them where a text sets them against each other (that
      text knows both sides; another that gives one claimant both has mistaken one);
    - neither has been replaced by a later figure of one of its claimants.
    """
    claims = sorted(claims, key=_order)
    whole = [c for c in claims if _is_whole(c)]
    context = _once([c for c in claims if not _is_whole(c)], "measure", "group", "status", "scope")
    counts: list[Count] = []
    for measure in sorted({c.claim.measure for c in whole}):
        denied = {(c.text, c.bounds) for c in claims if c.claim.measure == measure and c.claim.status == "denied"}
        counted = [(c, who) for c in whole if c.claim.measure == measure and (who := group(c.claim.group)) is not None]
        places = _joined_by_texts([c for c, _ in counted], joined([who for _, who in counted]))
        same: dict[int, list[StoryClaim]] = defaultdict(list)
        for (c, _), place in zip(counted, places, strict=True):
            same[place].append(c)
        count_of = {who: place for (_, who), place in zip(counted, places, strict=True)}
        beside: dict[int, list[StoryFigure]] = defaultdict(list)
        for c in context:
            if same and c.claim.measure == measure:
                beside[_nearest(group(c.claim.group), count_of, same)].append(_figure(c))
        for place in sorted(same):
            counts += _counts(measure, same[place], tuple(beside[place]), denied)
    return tuple(sorted(counts, key=lambda count: (count.measure, count.group or "")))


def _nearest(who: Group | None, count_of: Mapping[Group, int], counts: Mapping[int, Sequence[StoryClaim]]) -> int:
    """The count that a figure stands beside: that of its group, or else the one of which most is said."""
    if who is not None and who in count_of:
        return count_of[who]
    return max(counts, key=lambda place: (len(counts[place]), -place))


def _joined_by_texts(claims: Sequence[StoryClaim], groups: Sequence[int]) -> list[int]:
    """The group of each claim once those are one that a text sets against each other: it counts one whole in both."""
    groups, places = list(groups), {c.id: place for place, c in enumerate(claims)}
    for place, c in enumerate(claims):
        for other in sorted(places[each] for each in c.contradicts or () if each in places):
            low, high = sorted((groups[place], groups[other]))
            groups = [low if group == high else group for group in groups]
    return groups


def _is_whole(c: StoryClaim) -> bool:
    bounded = c.claim.low is not None or c.claim.high is not None
    counted = c.claim.figure.casefold() not in _ARTICLES
    return bounded and counted and c.claim.status == "stated" and c.claim.scope == "event"


def _order(c: StoryClaim) -> tuple[datetime, bool, str, int, str]:
    """By time, what is no copy first."""
    return c.time, c.copy_of is not None, c.document_id, c.claim.start, c.id


def _counts(
    measure: Measure, claims: Sequence[StoryClaim], context: tuple[StoryFigure, ...], denied: Set[tuple[str, Bounds]]
) -> Iterator[Count]:
    """The count of these claims; where they dispute more than one thing, a count for each dispute. What is no side of
    any stands in the first that it fits, or else beside the first, as `context` does.
    """
    said = _once(claims)
    claimants = _claimants(said)
    against = _set_against(claims)
    updated_by = _updates(said, claimants, denied, against)
    against = _going_on(said, against, updated_by)
    disagrees = _disagreements(said, against, claimants, updated_by)
    wordings = [c.claim.group for c in claims if c.claim.group]
    wordings = [wording for wording in wordings if tells(wording)] or [word for word in wordings if "people" in word]
    named = max(wordings, key=lambda wording: (wordings.count(wording), len(wording), wording)) if wordings else None
    disputes = _disputes(said, disagrees) or [frozenset()]
    parties = [[c for c in said if c.id in disagrees and c.bounds in sides] for sides in disputes]
    holders = [_holders(party, claimants) for party in parties]

    def fits(c: StoryClaim, number: int) -> bool:
        if c.id in updated_by:
            return claimants.get(c.id) in holders[number]
        return not any(apart(c.bounds, side) for side in disputes[number])

    standing: list[set[str]] = [{c.id for c in party} for party in parties]
    beside: list[StoryClaim] = []
    for c in said:
        if c.id not in disagrees:
            fitting = [n for n in range(len(disputes)) if not disagrees or fits(c, n)]
            if fitting:
                standing[fitting[0]].add(c.id)
            else:
                beside.append(c)
    aside = tuple(map(_figure, beside)) + context
    for ids in standing:
        figures = tuple(
            _figure(c, updated_by.get(c.id), tuple(other for other in disagrees.get(c.id, ()) if other in ids))
            for c in said
            if c.id in ids
        )
        yield Count(measure, named, figures, aside)
        aside = ()


def _disputes(claims: Sequence[StoryClaim], disagrees: Mapping[str, Sequence[str]]) -> list[frozenset[Bounds]]:
    """The sides of each dispute: bounds of which every two that cannot both be true are set against each other.

    Where texts set 8 against 14 and 14 against 11, nobody has said that 8 and 11 count one whole at one time: these are
    two disputes.
    """
    by_id = {c.id: c for c in claims}
    pairs = dict.fromkeys(
        frozenset({c.bounds, by_id[other].bounds}) for c in claims for other in disagrees.get(c.id, ())
    )
    found: list[frozenset[Bounds]] = []
    disputed = list(dict.fromkeys(c.bounds for c in claims if c.id in disagrees))
    for pair in pairs:
        if not any(pair <= sides for sides in found):
            sides = set(pair)
            for other in disputed:
                against = [side for side in sides if apart(other, side)]
                if against and all(frozenset({other, side}) in pairs for side in against):
                    sides.add(other)
            found.append(frozenset(sides))
    return found


def _once(claims: Sequence[StoryClaim], *alike: str) -> list[StoryClaim]:
    """The claims without what a text or its copies repeat, in the same words for the fields `alike`."""
    told = ("claimant_name", "low", "high", *alike)
    said = {(c.text, *(getattr(c.claim, name) for name in told)): c for c in reversed(claims)}
    return sorted(said.values(), key=_order)


def _claimants(claims: Sequence[StoryClaim]) -> dict[str, int]:
    """A number for the claimant of each claim that names one, by the claim's id; the same for the same."""
    named = [c for c in claims if c.claim.claimant_name]
    numbers = same_speakers([ClaimantName.of(c.claim.claimant_name or "") for c in named])
    return {c.id: number for c, number in zip(named, numbers, strict=True)}


def _updates(
    claims: Sequence[StoryClaim], claimants: Mapping[str, int], denied: Set[tuple[str, Bounds]], against: Against
) -> dict[str, str]:
    """For each figure that its claimant replaced, the claim that first did, in a later text.

    A figure that was replaced is old also where another text repeats it later. What no claimant is named for goes with
    the claimants of the same figure: it is their toll that is told. A text that sets the two against each other holds
    them for those of two.

    Args:
        claims: those of one count, in order.
        claimants: a number for the claimant of each that names one.
        denied: the texts and bounds of the figures that a text denies.
        against: the pairs of bounds that texts set against each other.
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
            later = [
                c
                for c in figures.values()
                if c.text not in against.get(frozenset({c.bounds, bounds}), ())
                and _replaces(c, early, (c.text, bounds) in denied)
            ]
            if later:
                replaced[claimant, bounds] = min(later, key=_order).id
    updated_by = {}
    for c in claims:
        speakers = {claimants[c.id]} if c.id in claimants else holding[c.bounds]
        successors = [replaced.get((who, c.bounds)) for who in sorted(speakers)]
        if successors and all(successors):
            updated_by[c.id] = successors[0] or ""
    return updated_by


def _replaces(late: StoryClaim, early: StoryClaim, denied: bool) -> bool:
    """Whether a claimant's later figure takes the place of an earlier one.

    Tolls rise, or are cut by some few as lists are gone through: a much lower figure of the same claimant counts others
    ("nine more were killed that night"), but where its text denies the higher one. Missing people are found, and their
    number falls. A figure whose words name another group counts others too, and "38" says nothing new after "more than
    38".
    """
    was, told = number_of(early.claim) or 0, number_of(late.claim) or 0
    falls = denied or early.claim.measure not in measures_of("rises")
    if late.time <= early.time or told == was or not (falls or told >= _CUT * was):
        return False
    return not (early.claim.group and late.claim.group) or group(early.claim.group) == group(late.claim.group)


def _set_against(claims: Sequence[StoryClaim]) -> Against:
    """The pairs of bounds that texts set against each other."""
    bounds = {c.id: c.bounds for c in claims}
    found: dict[frozenset[Bounds], set[str]] = defaultdict(set)
    of_text: dict[str, list[StoryClaim]] = defaultdict(list)
    for c in claims:
        if c.claim.claimant_name:
            of_text[c.text].append(c)
    for c in claims:
        for other in c.contradicts or ():
            if other in bounds:
                found[frozenset({c.bounds, bounds[other]})].add(c.text)
        if c.contradicts is None and c.claim.claimant_name:
            for beside in of_text[c.text]:
                if _side_by_side(c, beside) and not _far(c.bounds, beside.bounds):
                    found[frozenset({c.bounds, beside.bounds})].add(c.text)
    return {pair: frozenset(texts) for pair, texts in found.items()}


def _going_on(claims: Sequence[StoryClaim], against: Against, updated_by: Mapping[str, str]) -> Against:
    """The pairs, and those that follow: a text tells a claimant's new figure beside what its old was set against."""
    bounds = {c.id: c.bounds for c in claims}
    successor = {c.bounds: bounds[updated_by[c.id]] for c in claims if updated_by.get(c.id) in bounds}
    texts = {side: frozenset(c.text for c in holders) for side, holders in _by_bounds(claims).items()}
    found, met = dict(against), list(against)
    while met:
        pair = met.pop()
        for new in ((pair - {old}) | {successor[old]} for old in pair & successor.keys()):
            if new not in found and (both := frozenset.intersection(*(texts[side] for side in new))):
                found[new] = both
                met.append(new)
    return found


def _disagreements(
    claims: Sequence[StoryClaim], against: Against, claimants: Mapping[str, int], updated_by: Mapping[str, str]
) -> dict[str, list[str]]:
    """The ids of the claims that each claim disagrees with."""
    holding = _by_bounds(claims)
    places = {bounds: place for place, bounds in enumerate(holding)}
    met = (sorted(places[bounds] for bounds in pair if bounds in places) for pair in against)
    standing = list(holding.items())
    found: dict[str, list[str]] = defaultdict(list)
    for first, second in sorted((pair[0], pair[1]) for pair in met if len(pair) > 1):
        (one, ones), (other, others) = standing[first], standing[second]
        if not apart(one, other) or any(c.id in updated_by for c in [*ones, *others]):
            continue
        if not any(_of_two(ones, others, text, claimants) for text in against[frozenset({one, other})]):
            continue
        for a in ones:
            for b in others:
                found[a.id].append(b.id)
                found[b.id].append(a.id)
    return found


def _of_two(ones: Sequence[StoryClaim], others: Sequence[StoryClaim], text: str, claimants: Mapping[str, int]) -> bool:
    """Whether a text tells two figures and no named claimant of one there holds the other."""
    told = [[c for c in claims if c.text == text] for claims in (ones, others)]
    return all(told) and not _holders(told[0], claimants) & _holders(told[1], claimants)


def _by_bounds(claims: Sequence[StoryClaim]) -> dict[Bounds, list[StoryClaim]]:
    """The claims of each figure, in order."""
    found: dict[Bounds, list[StoryClaim]] = defaultdict(list)
    for c in claims:
        found[c.bounds].append(c)
    return found


def _holders(claims: Sequence[StoryClaim], claimants: Mapping[str, int]) -> set[int]:
    """The named claimants of a figure."""
    return {claimants[c.id] for c in claims if c.id in claimants}


def _far(one: Bounds, other: Bounds) -> bool:
    """Whether figures are too far apart to count one whole."""
    least, most = sorted(next((n for n in bounds if n is not None), 0) for bounds in (one, other))
    return 0 < least * _FURTHEST < most


def _side_by_side(one: StoryClaim, other: StoryClaim) -> bool:
    """Whether two claims of the same words are of two claimants and stand near each other; of a text and its copy the
    places differ little."""
    near = abs(one.claim.start - other.claim.start) <= _BESIDE
    return near and one.claim.claimant_name != other.claim.claimant_name


def _figure(c: StoryClaim, updated_by: str | None = None, disagrees_with: tuple[str, ...] = ()) -> StoryFigure:
    claim = c.claim
    return StoryFigure(
        claim.low, claim.high, claim.value, claim.claimant_name, claim.claimant_type, c.source, claim.relay,
        claim.group, claim.status, claim.scope, c.document_id, c.id, c.time, updated_by, disagrees_with, c.dated,
    )  # fmt: skip
