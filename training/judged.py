"""What a transformer makes of pairs of writers whom it has not seen: what the regression that has the last word on
contradictions learns from (stacking: Wolpert 1992, "Stacked generalization")."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.extract.claims.contradictions import comparison_features
from pipeline.extract.claims.linear import Model
from pipeline.extract.claims.readings import compared
from pipeline.extract.claims.transformer import Network
from training.corpus import CORPUS
from training.fit import read_article
from training.pairs import letters_of
from training.passages import Passage

FILE = CORPUS / "judged.jsonl"


@dataclass(frozen=True, slots=True)
class Judged:
    """A comparison of two figures: the writer, its features, and whether the two contradict each other."""

    writer: str
    features: tuple[str, ...]
    contradict: bool


def judge(passages: Iterable[Passage], models: Mapping[str, Model], network: Network) -> Iterator[Judged]:
    """The comparisons of the figures of passages whose claims are annotated, by models that learned nothing of their
    writers."""
    for passage in passages:
        read = read_article(passage.article)
        letters = letters_of(read, passage)
        figures, comparisons = compared(read.given, models, network)
        for comparison in comparisons:
            pair = frozenset(
                letters.get(figures[place].candidate.figure.start) for place in (comparison.one, comparison.other)
            )
            features = tuple(comparison_features(comparison, comparisons, figures))
            yield Judged(passage.article.writer, features, pair in passage.against)


def save_judged(judged: Iterable[Judged], file: Path = FILE) -> None:
    """Writes the comparisons, one a line."""
    file.write_text("".join(json.dumps(asdict(each)) + "\n" for each in judged), encoding="utf-8")


def read_judged(file: Path = FILE) -> list[Judged]:
    """The comparisons that `save_judged` wrote."""
    told = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [Judged(each["writer"], tuple(each["features"]), each["contradict"]) for each in told]
