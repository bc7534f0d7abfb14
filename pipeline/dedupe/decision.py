"""The stage itself: from a document to what its arrival changes."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from pipeline.dedupe.circumstances import Circumstances, circumstances
from pipeline.dedupe.copies import find_copies
from pipeline.dedupe.ledger import Arrival, Decision, Fingerprint, Ledger, Posting, RecordedDocument
from pipeline.dedupe.likeness import cosines_to, likenesses
from pipeline.dedupe.limits import Limits
from pipeline.dedupe.names import leading_names
from pipeline.dedupe.profile import Profile, profile
from pipeline.dedupe.round_ups import is_round_up
from pipeline.dedupe.shingles import distinct, keys, shingles
from pipeline.dedupe.stories import find_stories, founded_on
from pipeline.dedupe.words import words_of_both
from schemas.records import Place

# Words of the text and of the title that a document is indexed under for its story, beside the shingles for its copies.
# With all its words indexed, `benchmarks/dedupe_quality.py` finds no better stories.
_INDEXED_BODY, _INDEXED_TITLE = 3, 2
# A short text and the long one that it was cut from may meet in no indexed shingle: of excerpts of 200 words 99 in 100
# do, of 70 words 86. So where either is short the few most alike are compared too, if they reach this likeness.
_SHORT = 200  # Distinct shingles.
_MOST_ALIKE, _ALIKE = 5, 0.05
# What sets a site's name off in a title ("Two held after raid | Local News - The Courier"), and words of a headline.
_SITE = re.compile(r"\s+[|«»·•]\s*|\s+[-–—]\s+(?=[^-–—]*$)")
_HEADLINE_WORDS = 3


def fingerprint(
    text: str, title: str | None = None, language: str | None = None, places: Sequence[Place] = ()
) -> Fingerprint:
    """What is looked up and stored of a document, from its cleaned text, title, and the places that `extract` found.

    `language` is an ISO 639-1 code, and tells which words are common; English where it is None.
    """
    title = _headline(title or "")
    in_order, headline = words_of_both(text, title)
    hashes = shingles(in_order)
    looked_up, indexed = keys(hashes)
    telling, spelled = profile(in_order, headline, language)
    terms = dict.fromkeys((*telling.title.tolist(), *telling.body.tolist()))
    return Fingerprint(
        tuple(dict.fromkeys((*looked_up, *terms))),
        tuple(dict.fromkeys((*indexed, *_heaviest(telling)))),
        telling.pack() + circumstances(text, places, leading_names(in_order, headline, language), title).pack(),
        spelled,
        distinct(hashes),
    )


def _headline(title: str) -> str:
    """A title without the names of the site and its section, which tell of no event and stand in all its titles."""
    own = _SITE.split(title, maxsplit=1)[0]
    return own if len(own.split()) >= _HEADLINE_WORDS else title


def decide(arrival: Arrival, fingerprint: Fingerprint, ledger: Ledger, limits: Limits | None = None) -> Decision:
    """Finds the copies and the story of a document among those recorded, and what its arrival changes of them.

    Reads the ledger and writes nothing. Method and evidence are those of `copies` and `stories`.
    """
    limits = limits or Limits()
    arriving = RecordedDocument(
        arrival.number, arrival.id, arrival.received, arrival.published, arrival.source, None,
        founded_on(arrival.id, arrival.revision), fingerprint.profile,
    )  # fmt: skip
    carriers: dict[int, list[int]] = defaultdict(list)
    for posting in ledger.carriers(fingerprint.looked_up):
        if posting.number != arrival.number:
            carriers[posting.key].append(posting.number)
    copy_like, story_like = _ranked(carriers, Profile.unpack(fingerprint.profile), limits)
    numbers = {*copy_like, *story_like}
    window = timedelta(days=limits.window_days)
    recorded = ledger.documents(numbers) if numbers else ()
    documents = {d.number: d for d in recorded if arriving.apart(d) <= window}
    near = likenesses(arriving, documents.values(), limits)
    copy_candidates = [documents[number] for number in copy_like if number in documents]
    look_alike = _look_alike(documents, Profile.unpack(fingerprint.profile), len(fingerprint.shingles) <= _SHORT)
    copy_candidates += [documents[number] for number in look_alike if number not in copy_like]
    copies = find_copies(arriving, arrival, fingerprint.shingles, copy_candidates, ledger, limits)
    known = documents | {d.number: d for d in (*copies.documents, *copies.carrying, arriving)}
    telling_of = {**copies.records, **copies.boilerplate.profiles}
    profiles = {
        number: telling.pack() + Profile.following(known[number].profile) for number, telling in telling_of.items()
    }
    for number in copies.round_ups:
        if number in known and not is_round_up(known[number]):
            told = Circumstances.unpack(Profile.following(known[number].profile))
            mine = Profile.unpack(profiles.get(number, known[number].profile)).pack()
            profiles[number] = mine + replace(told, is_round_up=True).pack()
    if profiles:
        arriving = replace(arriving, profile=profiles.get(arrival.number, arriving.profile))
        documents = {n: replace(d, profile=profiles.get(n, d.profile)) for n, d in documents.items()}
        near = likenesses(arriving, documents.values(), limits)
    stories = find_stories(arriving, [*documents.values()], near, copies, profiles, fingerprint.spelled, ledger, limits)
    # Boilerplate is indexed like any text, for only those who carry it show the next one what it is.
    own = telling_of.get(arrival.number)
    indexed = tuple(dict.fromkeys((*fingerprint.indexed, *(_heaviest(own) if own else ()))))
    own_profile = profiles.pop(arrival.number, fingerprint.profile)
    return Decision(
        arrival.number, indexed, own_profile, copies.changes, stories.changes, stories.merges, stories.partings,
        stories.further, profiles, copies.moved,        _outdated(indexed, carriers, limits),
    )  # fmt: skip


def _outdated(indexed: Iterable[int], carriers: Mapping[int, Collection[int]], limits: Limits) -> list[Posting]:
    """The index rows that give way to those of the arriving document: news is like what came last."""
    outdated = []
    for key in indexed:
        numbers = sorted(carriers.get(key, ()))
        outdated += [Posting(key, number) for number in numbers[: max(0, len(numbers) + 1 - limits.carriers)]]
    return outdated


def _heaviest(telling: Profile) -> list[int]:
    return [*telling.body[:_INDEXED_BODY].tolist(), *telling.title[:_INDEXED_TITLE].tolist()]


def _ranked(carriers: Mapping[int, Collection[int]], telling: Profile, limits: Limits) -> tuple[list[int], list[int]]:
    """The documents most worth comparing, for copies and for stories: those that share the rarest and heaviest keys."""
    weights = dict(zip(telling.title.tolist(), telling.title_weights.tolist(), strict=True))
    weights |= dict(zip(telling.body.tolist(), telling.body_weights.tolist(), strict=True))
    copy_like: dict[int, float] = defaultdict(float)
    story_like: dict[int, float] = defaultdict(float)
    for key, numbers in carriers.items():
        weight = weights.get(key)
        for number in numbers:
            if weight is None:
                copy_like[number] += 1 / len(numbers)
            else:
                story_like[number] += weight / math.sqrt(len(numbers))
    return _best(copy_like, limits.copy_candidates), _best(story_like, limits.story_candidates)


def _best(scores: Mapping[int, float], most: int) -> list[int]:
    return sorted(scores, key=lambda number: (-scores[number], number))[:most]


def _look_alike(documents: Mapping[int, RecordedDocument], own: Profile, is_short: bool) -> list[int]:
    """Those most like the arriving document that may be copies although no indexed shingle met."""
    profiles = {number: Profile.unpack(document.profile) for number, document in documents.items()}
    profiles = {number: one for number, one in profiles.items() if is_short or one.is_short}
    near = zip(profiles, cosines_to(own, list(profiles.values())).tolist(), strict=True)
    return _best({number: cosine for number, cosine in near if cosine >= _ALIKE}, _MOST_ALIKE)
