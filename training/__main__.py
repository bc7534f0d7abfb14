"""`python -m training`: makes pipeline/extract/claims/weights.npz from corpus/training, and says how large it is."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import track

from pipeline.extract.claims import linear
from training.corpus import read_sets
from training.fit import fit, fit_contradiction, read_article
from training.judged import read_judged
from training.passages import read_passages

_WEIGHTS = Path(linear.__file__).with_name("weights.npz")


def main() -> None:
    """Reads, fits, writes."""
    console = Console()
    named = [article for story in read_sets("training") for article in story.articles]
    articles = named + [passage.article for passage in read_passages("training") if passage.annotated]
    read = [read_article(article) for article in track(articles, "reading the corpus", console=console)]
    console.print("fitting ...")
    models = fit(read, read[: len(named)])
    models["contradiction"] = fit_contradiction((each.features, each.contradict) for each in read_judged())
    linear.save(models, _WEIGHTS)
    claims = sum(len(article.claims) for article in articles)
    console.print(
        f"{_WEIGHTS.name}: {_WEIGHTS.stat().st_size // 1024} KB from {claims} claims in {len(articles)} texts"
    )


if __name__ == "__main__":
    main()
