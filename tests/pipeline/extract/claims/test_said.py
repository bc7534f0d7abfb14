"""What is claimed in single sentences of our own: figure, bounds, measure and group, and what is no claim."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract.analysis import analyse
from pipeline.extract.claims import find_claims
from schemas.records import Claim

HERE = Path(__file__).parent
SAID: list[dict[str, Any]] = tomllib.loads((HERE / "said.toml").read_text(encoding="utf-8"))["sentence"]
UNSAID = [line for line in (HERE / "unsaid.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def line(claim: Claim) -> str:
    bounds = " ".join("-" if bound is None else str(bound) for bound in (claim.value, claim.low, claim.high))
    return f"{claim.figure} | {claim.measure} | {bounds} | {claim.group or '-'}"


@pytest.mark.parametrize("sentence", SAID, ids=[sentence["text"][:40] for sentence in SAID])
def test_claims_of_a_sentence(sentence: dict[str, Any]) -> None:
    text = sentence["text"]
    claims = find_claims(analyse(text), [], [])
    assert [line(claim) for claim in claims] == sentence["claims"]
    for claim in claims:
        assert text[claim.start : claim.end] == claim.figure
        assert claim.group is None or text[claim.group_start : claim.group_end] == claim.group
        assert claim.sentence_start <= claim.start < claim.end <= claim.sentence_end


@pytest.mark.parametrize("text", UNSAID)
def test_no_claim(text: str) -> None:
    assert [line(claim) for claim in find_claims(analyse(text), [], [])] == []
