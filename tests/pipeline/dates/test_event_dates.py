"""Dates of events against a publication on Thursday 14 May 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.dates import date_mentions, event_date

PUBLISHED = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Nine people died on Tuesday.", ("2026-05-12", "day")),
        ("Nine people died on Thursday.", ("2026-05-14", "day")),
        ("Nine people died Friday night.", ("2026-05-08", "day")),
        ("Nine people died last Thursday.", ("2026-05-07", "day")),
        ("Nine people died last Friday.", ("2026-05-08", "day")),
        ("Nine people died on Monday last week.", ("2026-05-04", "day")),
        ("Nine people died on Tues.", ("2026-05-12", "day")),
        ("Nine people died yesterday.", ("2026-05-13", "day")),
        ("Nine people died today.", ("2026-05-14", "day")),
        ("Nine people died this morning.", ("2026-05-14", "day")),
        ("Nine people died overnight.", ("2026-05-13", "day")),
        ("Overnight, shells fell on the town.", ("2026-05-13", "day")),
        ("Nine people died two days ago.", ("2026-05-12", "day")),
        ("Nine people died 10 days ago.", ("2026-05-04", "day")),
        ("Nine people died the day before yesterday.", ("2026-05-12", "day")),
        ("Nine people died last week.", ("2026-05-04", "week")),
        ("Nine people died this week.", ("2026-05-11", "week")),
        ("Nine people died earlier this week.", ("2026-05-11", "week")),
        ("Nine people died three weeks ago.", ("2026-04-20", "week")),
        ("Nine people died over the weekend.", ("2026-05-04", "week")),
        ("Nine people died last month.", ("2026-04-01", "month")),
        ("Nine people died late last month.", ("2026-04-01", "month")),
        ("Nine people died two months ago.", ("2026-03-01", "month")),
        ("Nine people died in March.", ("2026-03-01", "month")),
        ("Nine people died in late November.", ("2025-11-01", "month")),
        ("Nine people died in March 2019.", ("2019-03-01", "month")),
        ("Nine people died last year.", ("2025-01-01", "year")),
        ("Nine people died a year ago.", ("2025-01-01", "year")),
        ("Nine people died in 2014.", ("2014-01-01", "year")),
        ("Nine people died on 14 March 2019.", ("2019-03-14", "day")),
        ("Nine people died on March 14, 2019.", ("2019-03-14", "day")),
        ("Nine people died on March 14.", ("2026-03-14", "day")),
        ("Nine people died on Nov. 3.", ("2025-11-03", "day")),
        ("Nine people died on Sept. 3, 2021.", ("2021-09-03", "day")),
        ("Nine people died on the 3rd of May.", ("2026-05-03", "day")),
        ("Nine people died on 3 May.", ("2026-05-03", "day")),
        ("Nine people died on Sunday, May 3.", ("2026-05-03", "day")),
        ("Nine people died on 2026-05-02.", ("2026-05-02", "day")),
        ("Nine people died on 29 February.", ("2024-02-29", "day")),
        # What is to come, and stretches, are no dates of an event.
        ("The court will meet on Monday.", None),
        ("The court is due to meet next week.", None),
        ("The vote is scheduled for 3 June.", None),
        ("Police have searched since Tuesday.", None),
        ("Thousands have died since 2014.", None),
        ("A man born in 1984 was held.", None),
        # Several: the most precise, and of those the first.
        ("Nine died on Tuesday in a war that began in 2014.", ("2026-05-12", "day")),
        ("Nine died on Tuesday, and two on Wednesday.", ("2026-05-12", "day")),
        ("The court, which meets next week, heard that nine died on Tuesday.", ("2026-05-12", "day")),
        # No dates at all.
        ("Nine people died.", None),
        ("May I say that March, the mayor, died?", None),
        ("He won 2014 votes and ran 10 miles.", None),
        ("Nine people died on 31 June.", None),
        ("The 7:15 train was late by 30 minutes.", None),
    ],
)
def test_a_sentence_tells_when(sentence: str, expected: tuple[str, str] | None) -> None:
    found = event_date(sentence, PUBLISHED)
    assert (found and (found[0].isoformat(), found[1])) == expected


def test_the_date_nearest_to_an_offset_is_taken() -> None:
    sentence = "Nine died on Tuesday, and two on Wednesday."
    assert event_date(sentence, PUBLISHED, near=sentence.index("two")) == (date(2026, 5, 13), "day")


def test_without_a_publication_only_dates_with_a_year_are_told() -> None:
    assert event_date("Nine died on Tuesday.", None) is None
    assert event_date("Nine died on March 14.", None) is None
    assert event_date("Nine died on March 14, 2019.", None) == (date(2019, 3, 14), "day")
    assert event_date("Nine died in 2014.", None) == (date(2014, 1, 1), "year")


def test_a_weekday_ahead_of_an_evening_publication_is_the_day_that_has_begun_in_the_east() -> None:
    evening = datetime(2026, 5, 14, 20, tzinfo=UTC)
    assert event_date("Nine died on Friday.", evening) == (date(2026, 5, 15), "day")
    assert event_date("Nine died on Friday.", PUBLISHED) == (date(2026, 5, 8), "day")


def test_mentions_stand_where_they_say_and_are_marked() -> None:
    text = "Since March he has run; on Tuesday he fell, and on Monday he will rest, as he did in 2019."
    found = date_mentions(text, PUBLISHED)
    assert [text[one.start : one.end] for one in found] == ["Since March", "Tuesday", "Monday", "in 2019"]
    assert [one.stretch for one in found] == [True, False, False, False]
    assert found[1].date == date(2026, 5, 12)
