"""Copies: which recorded documents carry the same text as the arriving one, and the groups this makes.

A group is a connected component of pairs whose containment was measured on the texts themselves. Text that at least
three unlike documents share is boilerplate (the captions of a site's galleries, an agency's standing paragraph) and is
put aside before containment is measured: unlike are those that, without the shared text, would not be one story. What
turns out to be boilerplate only now also parts the groups that it had joined.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from pipeline.dedupe.forms import FRAME, is_filled, is_form, without_frame
from pipeline.dedupe.ledger import Arrival, CopyChange, Ledger, RecordedDocument
from pipeline.dedupe.likeness import cosines
from pipeline.dedupe.limits import Limits
from pipeline.dedupe.profile import Profile, profile
from pipeline.dedupe.round_ups import can_carry, is_round_up, parts_of
from pipeline.dedupe.shingles import Hashes, distinct, parted, shingles
from pipeline.dedupe.words import Words, words

_CARRIERS = 3  # Unlike documents that must share a text before it is boilerplate: two may simply be copies.
_MOST_CARRIERS = 6  # Documents whose rest is profiled, which costs more than all else here.
_SAME_TEXT = 0.9  # Jaccard similarity of two texts that count as one posted twice.
_WORTH_A_LOOK = 0.1  # Share of the arriving text that others must carry before it is tried for boilerplate.
_FEWEST_WORDS = 4  # Telling words without which there is no rest to tell what else a document is about.
_ONE_MATTER = 0.045  # Likeness of the words of two texts, or parts of texts, on one matter.
# What one arrival is compared to, the next mostly is too: texts of which words and shingles are kept, and profiles of
# their parts. Longer ones are read each time, so that all that is kept is some 10 MB, and 40 at most.
_TEXTS_KEPT, _PROFILES_KEPT = 128, 512
_LONGEST_KEPT = 20_000  # Characters.
_NOTHING = np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Shingles that unlike documents share, sorted, and the profiles that the documents have without them."""

    shingles: Hashes
    profiles: Mapping[int, Profile]


_NO_BOILERPLATE = Boilerplate(_NOTHING, {})


@dataclass(frozen=True, slots=True)
class Copies:
    """The changes of `copy_of` that a document brings, and the documents they concern with their new groups.

    Attributes:
        changes: the arriving document's own first.
        documents: the recorded documents of every group that changed or that the arriving document joined.
        heads: for each document in `changes` or `documents`, the number of the earliest document of its group.
        boilerplate: what was put aside.
        records: new profiles of the arriving document and of others that are records of one form with it.
        moved: `Decision.moved`.
        round_ups: the round-up that the arriving document is, or those that carry it, each with the reports that it
            carries as far as they are known here, and the share of them that it does.
        carrying: the recorded documents among them.
    """

    changes: tuple[CopyChange, ...]
    documents: tuple[RecordedDocument, ...]
    heads: Mapping[int, int]
    boilerplate: Boilerplate = _NO_BOILERPLATE
    records: Mapping[int, Profile] = field(default_factory=dict)
    moved: Mapping[int, int] = field(default_factory=dict)
    round_ups: Mapping[int, Mapping[int, float]] = field(default_factory=dict)
    carrying: tuple[RecordedDocument, ...] = ()


def containment(one: Hashes, other: Hashes, boilerplate: Hashes = _NOTHING) -> float:
    """The share of the shorter text's distinct shingles that stand in the longer, boilerplate put aside; 0 to 1.

    All three are sorted and distinct.
    """
    if len(boilerplate):
        one, other = (np.setdiff1d(hashes, boilerplate, assume_unique=True) for hashes in (one, other))
    shorter = min(len(one), len(other))
    return len(np.intersect1d(one, other, assume_unique=True)) / shorter if shorter else 0.0


def find_copies(
    arriving: RecordedDocument,
    arrival: Arrival,
    own: Hashes,
    candidates: Sequence[RecordedDocument],
    ledger: Ledger,
    limits: Limits,
) -> Copies:
    """Measures the arriving document, of shingles `own`, against `candidates`; gives the groups as they are with it."""
    texts = dict(ledger.texts([candidate.number for candidate in candidates])) if candidates else {}
    candidates = [candidate for candidate in candidates if candidate.number in texts]
    read = {number: _read(text)[0] for number, text in texts.items()}
    hashes = {number: _read(text)[1] for number, text in texts.items()}
    hashes[arrival.number] = own
    texts[arrival.number] = arrival.text
    found = _find_boilerplate(arriving, arrival.language, candidates, texts, hashes, limits)
    boilerplate = found.shingles
    scores = {c.number: containment(own, hashes[c.number], boilerplate) for c in candidates}
    alike = [c for c in candidates if scores[c.number] >= min(FRAME, limits.copy)]
    if alike:
        read[arrival.number] = words(arrival.text)
    of_form = [c for c in alike if is_form(read[c.number], read[arrival.number], scores[c.number], limits.copy)]
    fellows = [c for c in of_form if c.number not in found.profiles]
    records = _own_words(arriving, fellows, read, hashes) if fellows else {}
    linked = [c for c in alike if scores[c.number] >= limits.copy and c not in of_form]
    profiles = {c.number: c.profile for c in linked} | {arrival.number: arriving.profile}
    parts = parts_of(arrival.number, [c.number for c in linked], hashes, profiles, limits.copy)
    round_ups: dict[int, Mapping[int, float]] = {arrival.number: parts} if parts else {}
    for c in linked:
        if is_round_up(c) and can_carry(hashes[c.number], own):
            round_ups[c.number] = {arrival.number: scores[c.number]}
    linked = [c for c in linked if c.number not in parts and c.number not in round_ups]
    in_question = [c for c in candidates if c.number in found.profiles]
    touched = {c.copy_of or c.number for c in (*linked, *in_question)}
    if not touched:
        alone = {arrival.number: arrival.number}
        carrying = tuple(c for c in candidates if c.number in round_ups)
        return Copies((CopyChange(arrival.number, None),), (), alone, found, records, {}, round_ups, carrying)

    most = limits.members * len(touched)
    documents = {d.number: d for d in ledger.copies(touched, most)}
    whole = len(documents) == most
    unloaded = touched - documents.keys()
    documents |= {d.number: d for d in (*linked, *(ledger.documents(unloaded) if unloaded else ()))}
    groups: dict[int, list[RecordedDocument]] = {}
    for document in documents.values():
        groups.setdefault(document.copy_of or document.number, []).append(document)
    carried = any(can_carry(hashes[c.number], own) for c in linked)
    wanted = [d.number for d in documents.values() if len(boilerplate) or carried or d.copy_of is None]
    unread = [number for number in wanted if number not in texts][: limits.members]
    texts |= ledger.texts(unread) if unread else {}
    hashes |= {number: _read(texts[number])[1] for number in unread if number in texts}

    profiles |= {d.number: d.profile for d in documents.values()}
    if carried:
        for group in groups.values():
            members = [arrival.number, *(d.number for d in group)]
            for number in members[1:]:
                if number in hashes and (parts := parts_of(number, members, hashes, profiles, limits.copy)):
                    round_ups[number] = parts
    pairs = [(arrival.number, c.number) for c in linked]
    for group in groups.values():
        anew = len(boilerplate) > 0 or any(d.number in round_ups for d in group)
        pairs += _pairs_within(group, hashes, boilerplate, limits, anew=anew and not whole)
    pairs = [(a, b) for a, b in pairs if b not in round_ups.get(a, ()) and a not in round_ups.get(b, ())]
    components = _components([arrival.number, *documents], pairs)
    known = documents | {arrival.number: arriving}
    heads: dict[int, int] = {}
    for component in components:
        head = min(component, key=lambda number: (known[number].time, known[number].id))
        heads |= dict.fromkeys(component, head)
    moved = {old: heads[old] for old in groups if whole and heads[old] != old}
    changed = _changes(arrival, documents, heads, scores, hashes, found, moved)
    recorded = {c.number: c for c in candidates} | documents
    carrying = tuple(recorded[number] for number in round_ups if number in recorded)
    return replace(changed, records=records, round_ups=round_ups, carrying=carrying)


def _read(text: str) -> tuple[Words, Hashes]:
    """The words of a text and its distinct shingles."""
    return _read_once(text) if len(text) <= _LONGEST_KEPT else _read_anew(text)


def _read_anew(text: str) -> tuple[Words, Hashes]:
    read = words(text)
    return read, distinct(shingles(read))


_read_once = lru_cache(_TEXTS_KEPT)(_read_anew)


def _own_words(
    arriving: RecordedDocument,
    fellows: Sequence[RecordedDocument],
    read: Mapping[int, Words],
    hashes: Mapping[int, Hashes],
) -> dict[int, Profile]:
    """The profiles of the arriving record and of others of its form without the frame, as far as that changes them."""
    before = Profile.unpack(arriving.profile)
    own, text = before, read[arriving.number]
    found: dict[int, Profile] = {}
    for fellow in fellows:
        theirs, their_text = Profile.unpack(fellow.profile), read[fellow.number]
        common = np.intersect1d(hashes[arriving.number], hashes[fellow.number], assume_unique=True)
        if not is_filled(text, their_text, common):
            continue
        own = without_frame(own, text, theirs, their_text, common)
        reduced = without_frame(theirs, their_text, before, text, common)
        if len(reduced.body) < len(theirs.body) or len(reduced.title) < len(theirs.title):
            found[fellow.number] = reduced
    return found if own is before else found | {arriving.number: own}


def _pairs_within(
    group: Sequence[RecordedDocument], hashes: Mapping[int, Hashes], boilerplate: Hashes, limits: Limits, *, anew: bool
) -> Iterable[tuple[int, int]]:
    """The pairs that hold a group together: all that were so far, or those still copies where it is measured anew."""
    if not anew or any(d.number not in hashes for d in group):
        return [(group[0].number, document.number) for document in group[1:]]
    numbers = [document.number for document in group]
    return [
        (one, other)
        for place, one in enumerate(numbers)
        for other in numbers[place + 1 :]
        if containment(hashes[one], hashes[other], boilerplate) >= limits.copy
    ]


def _components(numbers: Collection[int], pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    parent = {number: number for number in numbers}

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    for one, other in pairs:
        parent[root(one)] = root(other)
    components: dict[int, list[int]] = {}
    for number in numbers:
        components.setdefault(root(number), []).append(number)
    return list(components.values())


def _changes(
    arrival: Arrival,
    documents: Mapping[int, RecordedDocument],
    heads: Mapping[int, int],
    scores: Mapping[int, float],
    hashes: Mapping[int, Hashes],
    boilerplate: Boilerplate,
    moved: Mapping[int, int],
) -> Copies:
    own_head = heads[arrival.number]
    fellows = [n for n in documents if heads[n] == own_head]
    nearest = max((n for n in fellows if n in scores), key=lambda n: (scores[n], -n), default=None)
    own_copy_of = None if own_head == arrival.number else own_head
    evidence = (None, None) if own_copy_of is None or nearest is None else (scores[nearest], nearest)
    changes = [CopyChange(arrival.number, own_copy_of, *evidence)]
    for number, document in documents.items():
        copy_of = None if heads[number] == number else heads[number]
        if copy_of == document.copy_of:
            continue
        change = CopyChange(number, copy_of)
        if document.copy_of is None and copy_of is not None and number in hashes:
            others = [n for n in (arrival.number, *documents) if n != number and n in hashes and heads[n] == copy_of]
            measured = {n: containment(hashes[number], hashes[n], boilerplate.shingles) for n in others}
            best = max(measured, key=lambda n: (measured[n], -n))
            change = CopyChange(number, copy_of, measured[best], best)
        changes.append(change)
    changed = {change.number for change in changes}
    concerned = {heads[n] for n in changed} | {own_head}
    members = tuple(d for n, d in documents.items() if heads[n] in concerned)
    return Copies(tuple(changes), members, heads, boilerplate, moved=moved)


def _find_boilerplate(
    arriving: RecordedDocument,
    language: str | None,
    candidates: Sequence[RecordedDocument],
    texts: Mapping[int, str],
    hashes: Mapping[int, Hashes],
    limits: Limits,
) -> Boilerplate:
    """What of the arriving text is boilerplate; most often nothing.

    A text that others share is its own documents' matter where it is like the rest of them or their title, or where
    next to nothing else is left of them; and where it is most of a text that several outlets have: they run the copy of
    an agency, each with a line of its own.
    """
    own = hashes[arriving.number]
    if len(_carried(own, candidates, hashes)) < _WORTH_A_LOOK * len(own):
        return _NO_BOILERPLATE
    candidates = _one_a_text(own, candidates, hashes)
    common = _carried(own, candidates, hashes)
    if len(common) < _WORTH_A_LOOK * len(own):
        return _NO_BOILERPLATE
    carriers = [arriving]
    carriers += [c for c in candidates if 2 * len(np.intersect1d(common, hashes[c.number])) >= len(common)]
    if len(common) > (1 - limits.copy) * len(own) and len({carrier.source for carrier in carriers}) > 1:
        return _NO_BOILERPLATE
    carriers = carriers[:_MOST_CARRIERS]
    shared = _profile_of_part(texts[arriving.number], common, True, language)
    rests = [_profile_of_part(texts[d.number], common, False, language) for d in carriers]
    rests = [rest.with_title(Profile.unpack(d.profile)) for rest, d in zip(rests, carriers, strict=True)]
    near = cosines([shared, *rests]) >= _ONE_MATTER
    matter = [near[0, place] or len(rest.body) < _FEWEST_WORDS for place, rest in enumerate(rests, start=1)]
    unlike: list[int] = []
    for place in range(len(carriers)):
        if not matter[place] and not any(near[1 + place, 1 + other] for other in unlike):
            unlike.append(place)
    if len(unlike) < _CARRIERS:
        return _NO_BOILERPLATE
    return Boilerplate(common, {d.number: r for d, r, m in zip(carriers, rests, matter, strict=True) if not m})


def _profile_of_part(text: str, common: Hashes, inside: bool, language: str | None) -> Profile:
    """The profile of what of a text stands inside these shingles, or of its rest."""
    work = _profile_once if len(text) <= _LONGEST_KEPT else _profile_anew
    return work(text, common.tobytes(), inside, language)


def _profile_anew(text: str, common: bytes, inside: bool, language: str | None) -> Profile:
    part = parted(_read(text)[0], np.frombuffer(common, np.uint64))[inside]
    return profile(words(part), words(""), language)[0]


_profile_once = lru_cache(_PROFILES_KEPT)(_profile_anew)


def _carried(own: Hashes, candidates: Sequence[RecordedDocument], hashes: Mapping[int, Hashes]) -> Hashes:
    """What of a text is carried by as many others as make boilerplate."""
    if len(candidates) < _CARRIERS - 1:
        return _NOTHING
    carried = np.array([np.isin(own, hashes[c.number], assume_unique=True) for c in candidates])
    shared: Hashes = own[carried.sum(axis=0) >= _CARRIERS - 1]
    return shared


def _one_a_text(
    own: Hashes, candidates: Iterable[RecordedDocument], hashes: Mapping[int, Hashes]
) -> list[RecordedDocument]:
    """One candidate for each text that is not the arriving one: what is posted again and again is carried once."""
    texts, kept = [own], []
    for candidate in candidates:
        text = hashes[candidate.number]
        if all(_jaccard(text, other) < _SAME_TEXT for other in texts):
            texts.append(text)
            kept.append(candidate)
    return kept


def _jaccard(one: Hashes, other: Hashes) -> float:
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)
