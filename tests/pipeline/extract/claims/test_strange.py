"""Strange texts: offsets stay true and the time grows with the text."""

from __future__ import annotations

import time

import pytest

from pipeline.extract.analysis import analyse
from pipeline.extract.claims import find_claims
from schemas.records import Quote

PIECES = ["killed 5 ", "12 people and ", "one of the 2 of the ", "death toll rose to ", "5 dead\n", "😀 12 people\u200b killed \u202e", "taken to the "]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_time_and_offsets(piece: str) -> None:
    def spent(size: int) -> float:
        doc = analyse(piece * (size // len(piece)))
        start = time.perf_counter()
        claims = find_claims(doc, [], [])
        seconds = time.perf_counter() - start
        assert all(doc.text[claim.start : claim.end] == claim.figure for claim in claims)
        return seconds

    # Quadratic time would grow sixteenfold; 8 leaves room for a busy machine, the constant for very short times.
    assert spent(12_000) < 8 * spent(3_000) + 0.3


def test_many_quotes() -> None:
    text = "9 dead. " * 1000
    quotes = [Quote("direct", at, at + 6, "9 dead", None, "it", None, None, "it") for at in range(0, len(text), 8)]
    doc = analyse(text)
    start = time.perf_counter()
    claims = find_claims(doc, quotes, [])
    # A thousand figures among a thousand quotes, each looked up by place, take well under a second.
    assert time.perf_counter() - start < 5
    assert [claim.claimant for claim in claims] == ["it"] * 1000


def test_empty_text() -> None:
    assert find_claims(analyse(""), [], []) == []
