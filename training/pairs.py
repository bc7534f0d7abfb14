"""What the transformer learns of pairs: windows with two figures of a text, and whether they contradict."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.contradictions import NEAR
from pipeline.extract.claims.transformer.windows import Window, window_of_both
from schemas.records import Bounds, apart
from training.corpus import GoldClaim, StorySet
from training.fit import Read, read_article
from training.passages import Passage

# Of the pairs that the program never asks about (two measures, one claimant; a figure that is no claim) so many are
# learned from: they keep it from being sure of what it has not seen.
_UNLIKE, _UNCLAIMED = 0.1, 0.05

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
    """The pairs of a passage."""
    read = read_article(passage.article)
    letters = letters_of(read, passage)
    held = [(letters[c.figure.start], c) for c in read.candidates if c.figure.start in letters]
    pairs = [
        (one, other, frozenset((first, last)) in passage.against)
        for place, (first, one) in enumerate(held)
        for last, other in held[place + 1 :]
        if first != last and other.figure.start - one.figure.start <= NEAR
    ]
    return _windows(read, [pair for pair in pairs if pair[2] or apart(pair[0].figure.bounds, pair[1].figure.bounds)])


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
            if other.figure.start - one.figure.start > NEAR:
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
            whole = all(gold.fields["scope"] == "event" and gold.fields["status"] == "stated" for gold in (first, last))
            held = (first.fields["measure"], bounds) in disputed
            if whole or not held:  # a denied figure that somebody holds elsewhere is neither
                yield one, other, whole and held


def _windows(article: Read, pairs: Sequence[Labelled]) -> list[Pair]:
    sentences = [(each.start_char, each.end_char) for each in article.around.doc.sents if each.text.strip()]
    found = []
    for one, other, contradict in pairs:
        seen = window_of_both(article.text, article.headline.title, sentences, one.sentence_place, other.sentence_place)
        if (early := _tokens(one, seen)) and (late := _tokens(other, seen)):
            found.append(Pair(seen.marked((early[0], late[0])), (*early, *late), contradict))
    return found


def _tokens(candidate: Candidate, seen: Window) -> tuple[int, int] | None:
    figure = seen.tokens(candidate.figure.start, candidate.figure.end)
    noun = seen.tokens(*candidate.head_place) if candidate.head_place else range(0)
    return (figure[0], (noun or figure)[0]) if figure else None


def _gold_bounds(gold: GoldClaim) -> Bounds:
    return gold.fields["low"], gold.fields["high"]
