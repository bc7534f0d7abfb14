"""Stories: which documents tell one event.

When a document arrives, the stories it touches are clustered anew together with it, by average link: two groups are one
story where the mean likeness over all their pairs reaches the threshold. So an early mistake does not stand for ever,
and the stories come out the same in whatever order their documents arrive, as far as each order touches the same
documents. Copies are always in one story. A story keeps its id with the largest part of its documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from pipeline.dedupe.copies import Copies
from pipeline.dedupe.ledger import FurtherStory, Ledger, RecordedDocument, StoryChange, StoryMerge, StoryParting
from pipeline.dedupe.likeness import alike
from pipeline.dedupe.limits import Limits
from pipeline.dedupe.profile import Profile, TermWeights, spelling
from pipeline.dedupe.round_ups import is_round_up
from pipeline.dedupe.words import words

_SHOWN = 8  # Shared words named as evidence.
_TOUCHED = 0.75  # A story is clustered anew where one of its documents reaches this part of the threshold.


@dataclass(frozen=True, slots=True)
class Stories:
    """What the arrival of a document changes of the stories; its own change is the first."""

    changes: Sequence[StoryChange]
    merges: Sequence[StoryMerge] = ()
    partings: Sequence[StoryParting] = ()
    further: Sequence[FurtherStory] = ()


def find_stories(
    arriving: RecordedDocument,
    candidates: Sequence[RecordedDocument],
    likeness_of: Mapping[int, float],
    copies: Copies,
    profiles: Mapping[int, bytes],
    spelled: Mapping[int, str],
    ledger: Ledger,
    limits: Limits,
) -> Stories:
    """The stories as they are with the arriving document: changes, its own first, merges and partings.

    `arriving.story` is the id that a story founded on its arrival would get. `likeness_of` are the `likenesses` of the
    arriving document to the candidates. `profiles` are new profiles of recorded
    documents by number, which hold from now on.
    """
    if arriving.number in copies.round_ups:
        return _of_round_up(arriving, candidates, copies, spelled)
    candidates = [d for d in candidates if not _holds_nothing(d, copies)]
    near = np.array([likeness_of[d.number] for d in candidates])
    touched = [d.story for d in (*copies.documents, *candidates) if d.number in profiles or d in copies.documents]
    for place in np.argsort(-near, kind="stable"):
        if near[place] >= _TOUCHED * limits.story and candidates[place].story not in touched:
            touched.append(candidates[place].story)
    touched = list(dict.fromkeys(touched))[: limits.stories + len(copies.documents) + len(profiles)]
    if not touched:
        return Stories(
            [StoryChange(arriving.number, arriving.story)],
            further=_further(copies, [arriving], [arriving.story], copies.carrying),
        )
    loaded = {d.number: d for d in (*copies.documents, *ledger.members(touched, limits.members))}
    loaded |= {n: replace(loaded[n], profile=packed) for n, packed in profiles.items() if n in loaded}
    documents = [arriving, *(loaded[number] for number in sorted(loaded) if not _holds_nothing(loaded[number], copies))]
    matrix = alike(documents, limits)
    whole = {story for story, count in Counter(d.story for d in loaded.values()).items() if count >= limits.members}
    clusters = _average_link(matrix, _blocks(documents, copies, whole), limits.story)
    stories = _named(documents, clusters, whole, arriving)
    return Stories(
        _story_changes(documents, stories, matrix, spelled, ledger),
        _merges(documents, stories, matrix),
        _partings(documents, stories, matrix),
        _further(copies, documents, stories, [*copies.carrying, *loaded.values()]),
    )


def _holds_nothing(document: RecordedDocument, copies: Copies) -> bool:
    """Whether it is a round-up, whose words speak of several stories."""
    return document.number in copies.round_ups or is_round_up(document)


def _of_round_up(
    arriving: RecordedDocument, candidates: Sequence[RecordedDocument], copies: Copies, spelled: Mapping[int, str]
) -> Stories:
    """A round-up is in the story of the report that it carries most of, and reports those of the others."""
    known = {document.number: document for document in candidates}
    parts = copies.round_ups[arriving.number]
    main = known[max(parts, key=lambda number: (parts[number], -number))]
    shown = tuple(spelled[key] for key in _shared(arriving, main) if key in spelled)
    change = StoryChange(arriving.number, main.story, parts[main.number], main.number, shown)
    documents = [arriving, *known.values()]
    stories = [main.story, *(document.story for document in known.values())]
    return Stories([change], further=_further(copies, documents, stories))


def _further(
    copies: Copies, documents: Sequence[RecordedDocument], stories: Sequence[str], more: Iterable[RecordedDocument] = ()
) -> list[FurtherStory]:
    """The stories that round-ups report beside their own, as the documents now are in them."""
    story_of = {document.number: document.story for document in more}
    story_of |= {document.number: story for document, story in zip(documents, stories, strict=True)}
    found: dict[tuple[int, str], FurtherStory] = {}
    for number, parts in copies.round_ups.items():
        for part, share in sorted(parts.items(), key=lambda item: -item[1]):
            story = story_of.get(part)
            if story is not None and story != story_of.get(number):
                found.setdefault((number, story), FurtherStory(number, story, share, part))
    return list(found.values())


def founded_on(document_id: str, revision: int = 1) -> str:
    """The id of a story founded on this document's arrival: 16 hexadecimal digits."""
    arrived = document_id if revision == 1 else f"{document_id} {revision}"
    return blake2b(arrived.encode(), digest_size=8, person=b"story").hexdigest()


def _blocks(documents: Sequence[RecordedDocument], copies: Copies, whole: Iterable[str]) -> list[list[int]]:
    """Places of documents that stay together: copies, and the documents of a story too large to be loaded in full."""
    groups: dict[object, list[int]] = {}
    for place, document in enumerate(documents):
        groups.setdefault(copies.heads.get(document.number, document.copy_of or document.number), []).append(place)
    for story in whole:
        together = [key for key, places in groups.items() if any(documents[p].story == story for p in places)]
        groups[story] = [place for key in together for place in groups.pop(key)]
    return list(groups.values())


def _average_link(matrix: TermWeights, blocks: list[list[int]], threshold: float) -> list[list[int]]:
    """Joins the two clusters with the greatest mean likeness until none reaches the threshold (UPGMA)."""
    clusters = [list(block) for block in blocks]
    member = np.zeros((len(clusters), len(matrix)), np.float32)
    for row, block in enumerate(clusters):
        member[row, block] = 1
    sums = member @ matrix @ member.T
    sizes: TermWeights = member.sum(axis=1)
    means = sums / np.outer(sizes, sizes)
    np.fill_diagonal(means, -np.inf)
    while True:
        one, other = divmod(int(np.argmax(means)), len(means))
        if one == other or means[one, other] < threshold:
            return [cluster for cluster in clusters if cluster]
        clusters[one] += clusters[other]
        clusters[other] = []
        sizes[one] += sizes[other]
        sums[one] += sums[other]
        sums[:, one] = sums[one]
        sums[one, one] = sums[other] = sums[:, other] = -np.inf
        means[one] = means[:, one] = sums[one] / (sizes[one] * sizes)
        means[other] = means[:, other] = -np.inf


def _named(
    documents: Sequence[RecordedDocument],
    clusters: Sequence[list[int]],
    whole: Iterable[str],
    arriving: RecordedDocument,
) -> list[str]:
    """The story id of each document: a cluster takes the id most of its documents had, or founds a story."""
    overlaps = []
    for index, cluster in enumerate(clusters):
        earliest = min((documents[place].time, documents[place].id) for place in cluster)
        for story, count in Counter(documents[place].story for place in cluster if place).items():
            overlaps.append((story not in whole, -count, earliest, story, index))
    names: dict[int, str] = {}
    for *_, story, index in sorted(overlaps):
        if index not in names and story not in names.values():
            names[index] = story
    stories = [""] * len(documents)
    for index, cluster in enumerate(clusters):
        earliest_id = min((documents[place].time, documents[place].id) for place in cluster)[1]
        # A document founds one story on its arrival; one that founds another later does so on that of `arriving`.
        fresh = arriving.story if 0 in cluster else founded_on(f"{earliest_id} {arriving.story}")
        for place in cluster:
            stories[place] = names.get(index, fresh)
    return stories


def _story_changes(
    documents: Sequence[RecordedDocument],
    stories: Sequence[str],
    matrix: TermWeights,
    spelled: Mapping[int, str],
    ledger: Ledger,
) -> list[StoryChange]:
    changed = [place for place, story in enumerate(stories) if not place or documents[place].story != story]
    nearest: dict[int, int] = {}
    for place in changed:
        fellows = [other for other, story in enumerate(stories) if other != place and story == stories[place]]
        if fellows:
            nearest[place] = max(fellows, key=lambda other: (matrix[place, other], -other))
    unspelled = [documents[place].number for place, other in nearest.items() if place and other]
    texts = ledger.texts(unspelled) if unspelled else {}
    changes = []
    for place in changed:
        document, story, other = documents[place], stories[place], nearest.get(place)
        if other is None:
            changes.append(StoryChange(document.number, story))
            continue
        shared = _shared(document, documents[other])
        written = spelling(words(texts[document.number]), shared) if document.number in texts else spelled
        shown = tuple(written[key] for key in shared if key in written)
        changes.append(StoryChange(document.number, story, float(matrix[place, other]), documents[other].number, shown))
    return changes


def _shared(one: RecordedDocument, other: RecordedDocument) -> list[int]:
    """The keys of the words that two profiles share, those first that weigh most in both."""
    left, right = Profile.unpack(one.profile), Profile.unpack(other.profile)
    _, at, to = np.intersect1d(left.body, right.body, assume_unique=True, return_indices=True)
    order = np.argsort(-left.body_weights[at] * right.body_weights[to], kind="stable")[:_SHOWN]
    return left.body[at][order].tolist()  # type: ignore[no-any-return]


def _merges(documents: Sequence[RecordedDocument], stories: Sequence[str], matrix: TermWeights) -> list[StoryMerge]:
    """The stories that no document has any more, each with the one that most of its documents went to."""
    before: dict[str, list[int]] = {}
    for place, document in enumerate(documents[1:], start=1):
        before.setdefault(document.story, []).append(place)
    merges = []
    for absorbed in sorted(before.keys() - set(stories)):
        into = max(Counter(stories[place] for place in before[absorbed]).items(), key=lambda item: (item[1], item[0]))[
            0
        ]
        rest = [p for p, story in enumerate(stories) if story == into and p not in before[absorbed]]
        merges.append(StoryMerge(absorbed, into, float(matrix[np.ix_(before[absorbed], rest)].mean())))
    return merges


def _partings(documents: Sequence[RecordedDocument], stories: Sequence[str], matrix: TermWeights) -> list[StoryParting]:
    """The stories that are new and made of what another one had, each with that one."""
    before = {document.story for document in documents[1:]}
    partings = []
    for parted in sorted(set(stories) - before):
        places = [place for place, story in enumerate(stories) if story == parted and place]
        if not places:
            continue
        rest = Counter(documents[place].story for place in places).most_common(1)[0][0]
        left = [place for place, story in enumerate(stories) if story == rest]
        if left:
            partings.append(StoryParting(parted, rest, float(matrix[np.ix_(places, left)].mean())))
    return partings
