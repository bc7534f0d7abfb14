"""Sentences: abbreviations, datelines, and what has no end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.analysis import analyse
from pipeline.extract.sentences import LONGEST, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ("Gen. Roe met J. K. Bly in the U.S. Senate.", ["Gen. Roe met J. K. Bly in the U.S. Senate."]),
        ("They flew to the U.S. The plane fell.", ["They flew to the U.S.", "The plane fell."]),
        ("“Why now?” she asked.", ["“Why now?” she asked."]),
        ("“We ran. We hid,” he said.", ["“We ran.", "We hid,” he said."]),
        ("LEEDS, England (XP) - Two died.", ["LEEDS, England (XP) -", "Two died."]),
        ("One line\nanother line", ["One line", "another line"]),
    ],
)
def test_ends(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_what_never_ends_is_cut() -> None:
    assert max(map(len, sentences("word " * 2_000))) <= LONGEST
    assert max(map(len, sentences("x" * 10_000))) < LONGEST


@given(st.text(alphabet='aB .!?"\n\t\u200b\u200f😀é', max_size=60))
def test_analysis_keeps_every_character(text: str) -> None:
    doc = analyse(text)
    assert doc.text == text
    assert all("\n" not in sentence.text.strip() for sentence in doc.sents)
