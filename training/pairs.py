"""What the transformer learns of pairs: windows with two figures of a text, and whether they contradict."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.contradictions import is_near
from pipeline.extract.claims.transformer.windows import BETWEEN, Window, window_of_both
from schemas.records import Bounds, apart
from training.corpus import GoldClaim, StorySet
from training.fit import Read, read_article
from training.passages import Passage

# Of the pairs that the program never asks about (two measures, one claimant; a figure that is no claim) so many are
# learned from: they keep it from being sure of what it has not seen.
_UNLIKE, _UNCLAIMED = 0.1, 0.05
# Likewise of annotated passages' pairs that it seldom asks about (a part, another event, what is denied), and of those
# far from each other, of which there are many.
_NOT_WHOLE, _FAR = 0.4, 0.5
# And so many of the pairs near each other are learned from once more with what stands between their sentences left out,
# as far ones are read, beside all that contradict.
_LEFT_OUT = 0.15

Labelled = tuple[Candidate, Candidate, bool]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two figures: their window, in which they are marked, the tokens of each and of its noun, and whether they
    contradict."""

    window: Window
    tokens: tuple[int, int, int, int]
    contradict: bool


def of_story(story: StorySet, articles: Sequence[Read]) -> list[Pair]:
    """The pairs of the articles of a story whose bounds no number fits."""
    disputed = {
        (told["measure"], frozenset(((one["low"], one["high"]), (other["low"], other["high"]))))
        for told in story.disputes
        for one, other in told["pairs"]
    }
    chance = random.Random(story.name)
    return [pair for article in articles for pair in _windows(article, list(_of_article(article, disputed, chance)))]


def of_passage(passage: Passage) -> list[Pair]:
    """The pairs of a passage; where its claims are annotated also those far from each other, and of what the program
    seldom asks about some."""
    read = read_article(passage.article)
    letters, chance = letters_of(read, passage), random.Random(passage.article.id)
    golds = {c.figure.start: gold for c, gold in zip(read.candidates, read.gold, strict=True)}
    held = [(letters[c.figure.start], c) for c in read.candidates if c.figure.start in letters]
    found, left_out = list[Labelled](), list[Labelled]()
    for (first, one), (last, other) in combinations(held, 2):
        contradict, near = frozenset((first, last)) in passage.against, is_near(one, other)
        share = _share(golds[one.figure.start], golds[other.figure.start], near)
        told = apart(one.figure.bounds, other.figure.bounds) and chance.random() < share
        if first != last and (contradict or told):
            found.append((one, other, contradict))
            in_two = passage.annotated and near and one.number != other.number
            if in_two and (contradict or chance.random() < _LEFT_OUT):
                left_out.append((one, other, contradict))
    return _windows(read, found) + _windows(read, left_out, between=0)


def _share(one: GoldClaim | None, other: GoldClaim | None, near: bool) -> float:
    """How many of the pairs like this one, which do not contradict, are learned from."""
    if one is None or other is None:  # no claims are annotated here
        return float(near)
    if one.fields["measure"] != other.fields["measure"]:
        return _UNLIKE
    whole = _whole(one) and _whole(other)
    if near:
        return 1.0 if whole else _NOT_WHOLE
    return _FAR if whole else 0.0


def _whole(gold: GoldClaim) -> bool:
    return (gold.fields["scope"], gold.fields["status"]) == ("event", "stated")


def letters_of(read: Read, passage: Passage) -> dict[int, str]:
    """The letter of each marked figure that the program sees, by its place in the cleaned text.

    Cleaning moves figures, but their claims stay; where none are annotated, a text that it changes tells no letters.
    """
    if passage.annotated:
        letter_of = {place: letter for letter, place in passage.figures.items()}
        return {
            candidate.figure.start: letter_of[gold.start, gold.end]
            for candidate, gold in zip(read.candidates, read.gold, strict=True)
            if gold is not None
        }
    return {
        candidate.figure.start: letter
        for candidate in read.candidates
        for letter, (start, end) in passage.figures.items()
        if read.text == passage.article.text and start < candidate.figure.end and candidate.figure.start < end
    }


def _of_article(
    article: Read, disputed: set[tuple[str, frozenset[Bounds]]], chance: random.Random
) -> Iterator[Labelled]:
    told = list(zip(article.candidates, article.gold, strict=True))
    for place, (one, first) in enumerate(told):
        for other, last in told[place + 1 :]:
            if not is_near(one, other):
                break
            if first is None or last is None:
                unclaimed = first is None and last is None
                if not unclaimed and apart(one.figure.bounds, other.figure.bounds) and chance.random() < _UNCLAIMED:
                    yield one, other, False
                continue
            bounds = frozenset((_gold_bounds(first), _gold_bounds(last)))
            if len(bounds) < 2 or not apart(*bounds):
                continue
            alike = first.fields["measure"] == last.fields["measure"]
            alike = alike and first.fields["claimant_name"] != last.fields["claimant_name"]
            if not alike:
                if chance.random() < _UNLIKE:
                    yield one, other, False
                continue
            whole = _whole(first) and _whole(last)
            held = (first.fields["measure"], bounds) in disputed
            if whole or not held:  # a denied figure that somebody holds elsewhere is neither
                yield one, other, whole and held


def _windows(article: Read, pairs: Sequence[Labelled], between: int = BETWEEN) -> list[Pair]:
    sentences = [(each.start_char, each.end_char) for each in article.around.doc.sents if each.text.strip()]
    found = []
    for one, other, contradict in pairs:
        both = one.sentence_place, other.sentence_place
        seen = window_of_both(article.text, article.headline.title, sentences, *both, between)
        if (early := _tokens(one, seen)) and (late := _tokens(other, seen)):
            found.append(Pair(seen.marked((early[0], late[0])), (*early, *late), contradict))
    return found


def _tokens(candidate: Candidate, seen: Window) -> tuple[int, int] | None:
    figure = seen.tokens(candidate.figure.start, candidate.figure.end)
    noun = seen.tokens(*candidate.head_place) if candidate.head_place else range(0)
    return (figure[0], (noun or figure)[0]) if figure else None


def _gold_bounds(gold: GoldClaim) -> Bounds:
    return gold.fields["low"], gold.fields["high"]
