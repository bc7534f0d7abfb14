"""Strange texts: offsets stay true and the time grows with the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.analysis import analyse
from pipeline.extract.claims import find_claims, transformer
from schemas.records import Quote

PIECES = [
    "killed 5 ",
    "12 people and ",
    "one of the 2 of the ",
    "death toll rose to ",
    "5 dead\n",
    "😀 12 people\u200b killed \u202e",
    "taken to the ",
]
WORDS = """one two 30 20 of the a people men dead killed were and , including among same number the same number as many
dozens wounding who toll rose to injuries family force none lost 2017 others that said ."""


@pytest.mark.parametrize("piece", PIECES)
def test_time_and_offsets(piece: str) -> None:
    def spent(size: int) -> float:
        doc = analyse(piece * (size // len(piece)))
        found, seconds = [], []
        for _ in range(3):  # the least of which no other program has slowed
            start = time.process_time()
            found = find_claims(doc, [], [])
            seconds.append(time.process_time() - start)
        assert all(doc.text[claim.start : claim.end] == claim.figure for claim in found)
        return min(seconds)

    # Quadratic time would grow sixteenfold; 8 leaves room for a busy machine, the constant for very short times.
    assert spent(12_000) < 8 * spent(3_000) + 0.3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*WORDS.split(), "\n"]), max_size=30).map(" ".join))
def test_any_order_of_the_words_that_count(text: str) -> None:
    for claim in find_claims(analyse(text), [], []):
        assert text[claim.start : claim.end] == claim.figure
        assert claim.group is None or text[claim.group_start : claim.group_end] == claim.group


def test_many_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transformer, "shipped", lambda: None)  # its time is bounded by `opinions.MOST`
    text = "9 dead. " * 1000
    quotes = [Quote("direct", at, at + 6, "9 dead", None, "it", None, None, "it") for at in range(0, len(text), 8)]
    doc = analyse(text)
    start = time.process_time()
    claims = find_claims(doc, quotes, [])
    # A thousand figures among a thousand quotes, each looked up by place, take well under a second.
    assert time.process_time() - start < 5
    assert [claim.claimant for claim in claims] == ["it"] * 1000


def test_empty_text() -> None:
    assert find_claims(analyse(""), [], []) == []
