"""What the rules suggest for single sentences of our own: figure, bounds, measure and group, and what counts nobody."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract.analysis import analyse
from pipeline.extract.claims.groups import find_group
from pipeline.extract.claims.suggestions import find_candidates
from pipeline.extract.claims.triggers import find_triggers

HERE = Path(__file__).parent
SAID: list[dict[str, Any]] = tomllib.loads((HERE / "said.toml").read_text(encoding="utf-8"))["sentence"]
UNSAID = [line for line in (HERE / "unsaid.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def suggested(text: str) -> list[str]:
    """A line for each measure of each candidate."""
    doc = analyse(text)
    triggers = find_triggers(doc.analysis)
    candidates = [candidate for candidate in find_candidates(doc, triggers) if candidate.measures]
    lines = []
    for candidate in candidates:
        figure = candidate.figure
        assert text[figure.start : figure.end] == figure.text
        sentence = [other for other in candidates if other.sentence.start == candidate.sentence.start]
        group = find_group(doc, candidate, sentence, triggers)
        bounds = " ".join("-" if bound is None else str(bound) for bound in (figure.value, figure.low, figure.high))
        named = text[slice(*group)] if group else "-"
        lines += [f"{figure.text} | {measure} | {bounds} | {named}" for measure in candidate.measures]
    return lines


@pytest.mark.parametrize("sentence", SAID, ids=[sentence["text"][:40] for sentence in SAID])
def test_measures_of_a_sentence(sentence: dict[str, Any]) -> None:
    assert suggested(sentence["text"]) == sentence["claims"]


@pytest.mark.parametrize("text", UNSAID)
def test_nobody_is_counted(text: str) -> None:
    assert suggested(text) == []
