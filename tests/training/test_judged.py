"""What the transformer makes of the pairs of a passage is told with whether they disagree."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.extract.claims import transformer
from pipeline.extract.claims.linear import shipped
from training.judged import judge
from training.passages import read_passage

TEXT = (
    "The coast guard said <a>eight</a> people were killed when the ferry sank.{}"
    "The union put the number of dead at <b>14</b>."
)
CLAIMS = {"a": ["killed", "stated", "event", "The coast guard"], "b": ["killed", "stated", "event", "The union"]}


@pytest.mark.parametrize("between", [" ", "\n\n"], ids=["one paragraph", "paragraphs that cleaning joins anew"])
@pytest.mark.parametrize("against", [[["a", "b"]], []], ids=["disagree", "do not"])
def test_a_pair_is_told_by_its_letters_wherever_cleaning_moves_them(between: str, against: list[Any]) -> None:
    told = {"title": "Ferry sinks", "text": TEXT.format(between), "claims": CLAIMS, "against": against}
    passage = read_passage(json.dumps(told), "heron:1", "heron")
    (judged,) = judge([passage], shipped(), transformer.shipped())
    assert judged.writer == "heron"
    assert judged.contradict is bool(against)
    assert "measure=killed" in judged.features
