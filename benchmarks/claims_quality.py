"""`python -m benchmarks.claims_quality`: claims on the parts of the corpus that nothing was learned from, its stories
and the passages of each writer, and how the first grows with the corpus (`--curve`, some minutes)."""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from pipeline.extract.claims import transformer
from pipeline.extract.claims.linear import Model, shipped
from pipeline.extract.claims.readings import read
from training.corpus import Article, read_sets
from training.fit import Read, fit, read_article
from training.passages import read_passages

# Parts of the training corpus that the curve is drawn at.
_PARTS = (0.1, 0.25, 0.5, 0.75, 1.0)


def scores(
    articles: Iterable[Read], models: Mapping[str, Model], network: transformer.Network | None, claims: int
) -> dict[str, float]:
    """Precision, recall and F1 of figure and measure, the shares of status and scope right among those found, and F1
    where all of them must be right."""
    n: Counter[str] = Counter()
    for article in articles:
        gold = dict(zip(map(id, article.candidates), article.gold, strict=True))
        for reading in read(article.given, models, network):
            n["found"] += 1
            told = gold[id(reading.candidate)]
            if told is None or told.fields["measure"] != reading.measure:
                continue
            n["right"] += 1
            status, scope = told.fields["status"] == reading.status, told.fields["scope"] == reading.scope
            n["status"] += status
            n["scope"] += scope
            n["whole"] += status and scope
    return {
        "precision": n["right"] / max(1, n["found"]),
        "recall": n["right"] / max(1, claims),
        "F1": 2 * n["right"] / max(1, n["found"] + claims),
        "status": n["status"] / max(1, n["right"]),
        "scope": n["scope"] / max(1, n["right"]),
        "F1 of all": 2 * n["whole"] / max(1, n["found"] + claims),
    }


def main() -> None:
    """Prints the scores, or the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--curve", action="store_true", help="trains on parts of the corpus, too")
    arguments = parser.parse_args()
    stories = [article for story in read_sets("unseen") for article in story.articles]
    passages = [passage.article for passage in read_passages("unseen") if passage.annotated]
    for name, articles in (("articles of stories", stories), *_by_writer(passages)):
        claims = sum(len(article.claims) for article in articles)
        unseen = [read_article(article) for article in articles]
        rows = {
            "as shipped": scores(unseen, shipped(), transformer.shipped(), claims),
            "the regression alone": scores(unseen, shipped(), None, claims),
        }
        if arguments.curve and articles is stories:
            rows |= _curve(unseen, claims)
        table = Table("trained on", *rows["as shipped"])
        for row, values in rows.items():
            table.add_row(row, *(f"{value:.3f}" for value in values.values()))
        Console().print(f"{claims} claims in {len(articles)} unseen {name}", table)


def _by_writer(articles: Sequence[Article]) -> list[tuple[str, list[Article]]]:
    writers = sorted({article.writer for article in articles})
    return [(f"passages of {writer}", [one for one in articles if one.writer == writer]) for writer in writers]


def _curve(unseen: Sequence[Read], claims: int) -> dict[str, dict[str, float]]:
    """The scores of models trained on parts of the corpus, whole stories at a time, in a random order."""
    stories = read_sets("training")
    random.Random(7).shuffle(stories)
    read_stories = [[read_article(article) for article in story.articles] for story in stories]
    rows = {}
    for part in _PARTS:
        taken = [article for story in read_stories[: round(part * len(stories))] for article in story]
        counted = sum(gold is not None for article in taken for gold in article.gold)
        rows[f"{counted} claims"] = scores(unseen, fit(taken, taken), None, claims)
    return rows


if __name__ == "__main__":
    main()
