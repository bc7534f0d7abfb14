"""Reads the corpus of written stories: texts, their claims, and the disagreements that each story set holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[1] / "corpus"
_HEAD = ("source", "published", "title")


class CorpusError(ValueError):
    """A file of the corpus is not as corpus/README.md says; the message names it, its line, and what to mend."""


@dataclass(frozen=True, slots=True)
class GoldClaim:
    """One annotated claim: where its figure stands in the article's text, and its fields (corpus/README.md)."""

    start: int
    end: int
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Article:
    """One written article with its claims in the order of the text."""

    id: str
    writer: str
    source: str
    published: datetime
    title: str
    text: str
    claims: tuple[GoldClaim, ...]


@dataclass(frozen=True, slots=True)
class StorySet:
    """The articles on one invented event, and the disagreements between their claims."""

    name: str
    writer: str
    event: str
    articles: tuple[Article, ...]
    disputes: tuple[dict[str, Any], ...]


def read_sets(part: str, corpus: Path = CORPUS) -> list[StorySet]:
    """The story sets of one part of the corpus, `training` or `unseen`, by writer and name.

    Raises:
        CorpusError: a file is missing, cannot be read, or holds a claim that its text does not.
    """
    folders = sorted(file.parent for file in (corpus / part).glob("*/*/disputes.json"))
    if not folders:
        raise CorpusError(f"{corpus / part}: holds no story sets (WRITER/SET/disputes.json)")
    return [read_set(folder) for folder in folders]


def read_set(folder: Path) -> StorySet:
    """One story set; errors as for `read_sets`."""
    texts = {file.stem: _read_text(file) for file in sorted(folder.glob("*.txt"))}
    claims: dict[str, list[GoldClaim]] = {name: [] for name in texts}
    file = folder / "claims.jsonl"
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            fields = json.loads(line)
            name = fields["doc"]
            start = locate(texts[name][1], fields)
        except (ValueError, KeyError) as error:
            raise CorpusError(f"{file}:{number}: {error}") from error
        claims[name].append(GoldClaim(start, start + len(fields["figure"]), fields))
    told = json.loads((folder / "disputes.json").read_text(encoding="utf-8"))
    writer = folder.parent.name
    articles = tuple(
        Article(
            f"{writer}/{folder.name}/{name}",
            writer,
            head["source"],
            datetime.fromisoformat(head["published"]),
            head["title"],
            text,
            tuple(sorted(claims[name], key=lambda claim: claim.start)),
        )
        for name, (head, text) in texts.items()
    )
    return StorySet(f"{writer}/{folder.name}", writer, told["event"], articles, tuple(told["disputes"]))


def _read_text(file: Path) -> tuple[dict[str, str], str]:
    head, _, text = file.read_text(encoding="utf-8").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    if tuple(fields) != _HEAD:
        raise CorpusError(f"{file}: begins with {', '.join(fields)}; it wants {', '.join(_HEAD)} and an empty line")
    return fields, text.strip()


def locate(text: str, fields: dict[str, Any]) -> int:
    """The offset in `text` of an annotated figure, told by its sentence and its place there.

    Raises:
        ValueError: the text does not hold the sentence, or the sentence not the figure.
    """
    sentence, figure = fields["sentence"], fields["figure"]
    within = next(_places(text, sentence), None)
    if within is None:
        raise ValueError(f"the text does not hold the sentence {sentence[:60]!r}; copy it letter by letter")
    start, end = within
    word = re.compile(rf"(?<!\w){re.escape(figure)}(?!\w)")
    places = [match.start() for match in word.finditer(text, start, end)]
    number: int = fields.get("figure_nth", 0)
    if number >= len(places):
        raise ValueError(f"the sentence does not hold the figure {figure!r} {number + 1} times")
    return places[number]


def _places(text: str, sentence: str) -> Iterator[tuple[int, int]]:
    """Where a sentence stands in a text, white space of any kind taken for the same."""
    for match in re.finditer(r"\s+".join(map(re.escape, sentence.split())), text):
        yield match.span()
