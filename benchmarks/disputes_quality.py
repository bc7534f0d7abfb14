"""`python -m benchmarks.disputes_quality`: disputes on the part of the corpus that nothing was learned from: those that
its stories state, and the pairs of its passages that are judged to contradict each other."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import combinations

from rich.console import Console
from rich.table import Table

from pipeline.clean import clean
from pipeline.dedupe import StoryClaim, find_counts
from pipeline.extract import extract
from pipeline.extract.claims.contradictions import LIKELY
from schemas.documents import RawDocument
from schemas.records import Bounds
from training.corpus import StorySet, read_sets
from training.passages import Passage, read_passages

Pair = tuple[str, frozenset[Bounds]]


def stated(story: StorySet) -> set[Pair]:
    """Measure and bounds of the pairs that the disputes of a story state, all of its articles taken as one story."""
    claims = []
    for article in story.articles:
        cleaned = clean(RawDocument(content=article.text, title=article.title, published=article.published))
        found = extract(cleaned.text, title=article.title, published=article.published, language="en").claims
        for place, claim in enumerate(found):
            against = frozenset(f"{article.id}:{other}" for other in claim.contradicts or ())
            own_id = f"{article.id}:{place}"
            claims.append(
                StoryClaim(claim, own_id, article.id, None, article.source, article.published, contradicts=against)
            )
    return {
        (count.measure, frozenset({(one.low, one.high), (other.low, other.high)}))
        for count in find_counts(claims)
        for one, other in combinations(count.figures, 2)
        if other.claim_id in one.disagrees_with
    }


def true(story: StorySet) -> set[Pair]:
    """The pairs that the annotation holds to disagree."""
    return {
        (dispute["measure"], frozenset({(one["low"], one["high"]), (other["low"], other["high"])}))
        for dispute in story.disputes
        for one, other in dispute["pairs"]
    }


def judged(passage: Passage) -> Iterator[tuple[bool, bool]]:
    """Of each pair of marked figures whether it was judged to contradict, and whether it does."""
    claims = extract(passage.article.text, title=passage.article.title, language="en").claims
    letters = {
        letter: place
        for letter, (start, end) in passage.figures.items()
        for place, claim in enumerate(claims)
        if start < claim.end and claim.start < end
    }
    for one, other in combinations(sorted(passage.figures), 2):
        held = one in letters and letters.get(other) in (claims[letters[one]].contradicts or ())
        yield held, frozenset({one, other}) in passage.against


def main() -> None:
    """Prints precision, recall and F1 of both."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    stories = read_sets("unseen")
    of_stories = [(stated(story), true(story)) for story in stories]
    of_passages = [pair for passage in read_passages("unseen") for pair in judged(passage)]
    table = Table("", "stated", "true", "right", "precision", "recall", "F1")
    found, gold = sum(len(one) for one, _ in of_stories), sum(len(other) for _, other in of_stories)
    right = sum(len(one & other) for one, other in of_stories)
    for name, counts in (
        (f"disputes of {len(stories)} stories", (found, gold, right)),
        (
            f"pairs of {len(read_passages('unseen'))} passages",
            (
                sum(held for held, _ in of_passages),
                sum(is_true for _, is_true in of_passages),
                sum(held and is_true for held, is_true in of_passages),
            ),
        ),
    ):
        table.add_row(name, *map(str, counts), *(f"{value:.3f}" for value in _scores(*counts)))
    quiet = [held for held, is_true in of_stories if not is_true]
    Console().print(table, f"{sum(not held for held in quiet)} of {len(quiet)} stories without a dispute show none;")
    Console().print(f"pairs are held to contradict each other from a probability of {LIKELY} on")


def _scores(found: int, gold: int, right: int) -> tuple[float, float, float]:
    return right / max(1, found), right / max(1, gold), 2 * right / max(1, found + gold)


if __name__ == "__main__":
    main()
