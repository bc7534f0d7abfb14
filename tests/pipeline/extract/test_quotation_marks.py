"""Quotation marks of every kind, nested, unbalanced, and very many."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.quotation_marks import find_quotations


def quoted(text: str) -> list[str]:
    return [text[q.start : q.end] for q in find_quotations(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"We left," he said, "and ran."', ["We left,", "and ran."]),
        ("“We left,” he said", ["We left,"]),
        ("«Nous partons», dit-il", ["Nous partons"]),
        ("„Wir gehen“, sagte er", ["Wir gehen"]),
        ("``We left,'' he said", ["We left,"]),
        ("'We left the victims' homes,' he said", ["We left the victims' homes,"]),
        ("‘It’s the end of the boys’ school,’ she said", ["It’s the end of the boys’ school,"]),
        ("“He said ‘go now’ and left,” she said", ["He said ‘go now’ and left,"]),
        ('“We counted ten," the mayor said', ["We counted ten,"]),
        ('We counted ten," the mayor said', ["We counted ten,"]),
        ('a 9" pipe and a 5\'10" man', []),
        ("the boys' school wasn't theirs", []),
        ("“We left and nobody closed this", ["We left and nobody closed this"]),
    ],
)
def test_marks(text: str, found: list[str]) -> None:
    assert quoted(text) == found


def test_a_quotation_over_paragraphs_is_one_for_each_and_goes_on() -> None:
    text = "“We saw it all.\n“Then we ran,” she said."
    first, second = find_quotations(text)
    assert (first.continues, second.continues) == (True, False)
    assert quoted(text) == ["We saw it all.", "Then we ran,"]


@given(st.text(alphabet="ab .,\n\"“”'‘’«»`\u200b\u200f😀", max_size=80))
def test_quotations_are_in_order_and_inside_their_marks(text: str) -> None:
    end = 0
    for quotation in find_quotations(text):
        assert end <= quotation.opening <= quotation.start <= quotation.end <= quotation.closing <= len(text)
        assert "\n" not in text[quotation.opening : quotation.closing]
        end = quotation.closing


@pytest.mark.parametrize("unit", ['"', '"a ', "'a ", "“a", "s' b "])
def test_fifty_thousand_marks_take_linear_time(unit: str) -> None:
    start = time.process_time()
    find_quotations(unit * 50_000)
    assert time.process_time() - start < 10
