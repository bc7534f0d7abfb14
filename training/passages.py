"""Reads the passages of the corpus: some sentences with every figure of people marked, and which of them disagree; of
most writers also what each figure claims."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import get_args

from schemas.records import Measure, Scope, Status
from training.corpus import CORPUS, Article, CorpusError, GoldClaim

_MARK = re.compile(r"<(/?)([a-z])>")
# Passages have no date; none of what is learned from them depends on one.
_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 (as naive as a date without a time)
# Characters after a figure that tell its place where cleaning has changed the text.
_FOLLOWING = 40


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage: its text without marks (and the claims that its figures make, if they were `annotated`), where each
    marked figure stands in it, and the pairs that disagree."""

    article: Article
    annotated: bool
    figures: Mapping[str, tuple[int, int]]
    against: frozenset[frozenset[str]]


def read_passages(part: str, corpus: Path = CORPUS) -> list[Passage]:
    """The passages of one part of the corpus, `training` or `unseen`, by writer.

    Raises:
        CorpusError: a file is missing, or holds a line that is not as corpus/README.md says.
    """
    files = sorted((corpus / "passages" / part).glob("*.jsonl"))
    if not files:
        raise CorpusError(f"{corpus / 'passages' / part}: holds no passages (WRITER.jsonl)")
    found = []
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                found.append(read_passage(line, f"{file.stem}:{number}", file.stem))
            except (ValueError, KeyError, TypeError) as error:
                raise CorpusError(f"{file}:{number}: {error}") from error
    return found


def read_passage(line: str, name: str, writer: str) -> Passage:
    """One passage.

    Raises:
        ValueError, KeyError, TypeError: the line is not as corpus/README.md says.
    """
    told = json.loads(line)
    text, read, figures, opened = "", 0, {}, None
    for mark in _MARK.finditer(told["text"]):
        text, read = text + told["text"][read : mark.start()], mark.end()
        closing, letter = mark.groups()
        if bool(closing) != (opened is not None and opened[0] == letter):
            raise ValueError(f"the mark {mark.group()} has no other half")
        if opened is None:
            opened = letter, len(text)
        else:
            figures[letter], opened = (opened[1], len(text)), None
    text += told["text"][read:]
    against = frozenset(frozenset(pair) for pair in told["against"])
    if opened is not None or any(len(pair) != 2 or not pair <= figures.keys() for pair in against):
        raise ValueError("a mark is open, or a pair names figures that are not marked")
    annotated = "claims" in told
    if annotated and told["claims"].keys() != figures.keys():
        raise ValueError("the claims are not those of the marked figures")
    claims = tuple(_claim(text, figures[letter], fields) for letter, fields in told.get("claims", {}).items())
    return Passage(Article(name, writer, writer, _DAY, told["title"], text, claims), annotated, figures, against)


def _claim(text: str, figure: tuple[int, int], told: Sequence[str | None]) -> GoldClaim:
    """The claim of a marked figure: its measure, status and scope, and the words that name its claimant."""
    measure, status, scope, claimant = told
    if measure not in get_args(Measure) or status not in get_args(Status) or scope not in get_args(Scope):
        raise ValueError(f"{measure}, {status}, {scope}: not a measure, a status and a scope")
    if claimant is not None and claimant not in text:
        raise ValueError(f"the text does not hold the claimant {claimant!r}")
    start, end = figure
    fields: dict[str, str | None] = {"figure": text[start:end], "sentence": text[start : end + _FOLLOWING]}
    fields |= {"measure": measure, "status": status, "scope": scope, "claimant_name": claimant}
    return GoldClaim(start, end, fields)
