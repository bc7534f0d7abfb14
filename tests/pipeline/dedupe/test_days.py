"""Days by the calendar that leads tell, and when those of two reports are apart."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.dedupe.circumstances import circumstances
from pipeline.dedupe.days import days_apart, days_told

WEDNESDAY = datetime(2027, 3, 10, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("It fell late on Tuesday.", [date(2027, 3, 9)]),
        ("It fell on Wednesday.", [date(2027, 3, 10)]),
        ("It fell on Thursday.", [date(2027, 3, 4)]),
        ("It fell on March 3.", [date(2027, 3, 3)]),
        ("It fell on December 24.", [date(2026, 12, 24)]),
        ("It opens on March 24.", [date(2027, 3, 24)]),
        ("It fell on Tuesday, March 9.", [date(2027, 3, 9)]),
        ("It fell between Sunday and Tuesday.", [date(2027, 3, 7), date(2027, 3, 9)]),
        ("It fell on February 29.", []),
        ("It fell.", []),
    ],
)
def test_weekdays_and_dates_are_counted_back_from_the_publication(text: str, days: list[date]) -> None:
    told = circumstances(text, [])
    assert days_told(told.weekdays, told.days, WEDNESDAY) == tuple(day.toordinal() for day in days)


def test_without_a_publication_a_weekday_is_any() -> None:
    assert days_told(0b10, (32 * 3 + 9,), None) == ()


def test_days_are_apart_where_both_tell_some_and_none_are_near() -> None:
    ones = [(100,), (), (90, 103)]
    others = [(101,), (), (107,), (98, 104)]
    assert days_apart(ones, others).tolist() == [
        [False, False, True, True],
        [False, False, False, False],
        [True, False, True, False],
    ]
    assert not days_apart([()], [(3,)]).any()
    assert days_apart([], [(3,)]).shape == (0, 1)
