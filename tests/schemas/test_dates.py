"""When a document was published, as feeds and senders write it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dates import iso_time, stated_time

NOW = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wed, 01 May 2024 08:00:00 GMT", "2024-05-01T08:00:00+00:00"),
        ("Wed, 01 May 2024 08:00:00 Z", "2024-05-01T08:00:00+00:00"),
        ("Wed, 01 May 2024 08:00:00 +0530", "2024-05-01T08:00:00+05:30"),
        ("Wed,1 May 2024 8:00:5 EST", "2024-05-01T08:00:05-05:00"),
        ("1 May 24 08:00 PDT", "2024-05-01T08:00:00-07:00"),
        ("Wed, 01 May 2024 08:00:00 KST", "2024-05-01T08:00:00+09:00"),
        ("Wed, 01 May 2024 08:00:00 CEST", "2024-05-01T08:00:00+02:00"),
        ("Wed, 01 May 2024 08:00:00 GMT+9", "2024-05-01T08:00:00+09:00"),
        ("Wed, 01 May 2024 08:00:00 UTC-03:30", "2024-05-01T08:00:00-03:30"),
        ("Wed, 01 May 2024 08:00:00 UTC", "2024-05-01T08:00:00+00:00"),
        ("2024-05-01T08:00:00Z", "2024-05-01T08:00:00+00:00"),
        ("2024-05-01T08:00:00.123+02:00", "2024-05-01T08:00:00.123000+02:00"),
        (" \n2024-05-01T08:00:00+0200\n", "2024-05-01T08:00:00+02:00"),
    ],
)
def test_offset_is_kept(text: str, expected: str) -> None:
    time = stated_time(text, NOW)
    assert time
    assert time.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "Wed, 01 May 2024 08:00:00",
        "Wed, 01 May 2024 08:00:00 -0000",
        "Wed, 01 May 2024 08:00:00 BST",
        "2024-05-01T08:00:00",
        "2024-05-01 08:00:00",
    ],
)
def test_time_without_a_zone_that_is_known_is_naive(text: str) -> None:
    assert stated_time(text, NOW) == datetime(2024, 5, 1, 8)  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Wed, 99 May 2024 08:00:00 GMT",
        "Wed, 01 May 2024 08:00:00 +99999999",
        "1714550400",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2024-06-03T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_no_time_and_no_true_time(text: str) -> None:
    assert stated_time(text, NOW) is None


def test_a_day_ahead_may_be_a_wrong_zone() -> None:
    assert stated_time("2024-06-01T20:00:00Z", NOW) == datetime(2024, 6, 1, 20, tzinfo=UTC)


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{2,5} [0-9:]{3,9} [A-Z+0-9:-]{1,9}"))
def test_never_raises(text: str) -> None:
    time = stated_time(text, NOW)
    assert time is None or time.year >= 1970


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "1921-05-05T21:50:00-04:00", " 2999-01-01T00:00:00 "])
def test_a_senders_own_word_is_believed(text: str) -> None:
    time = iso_time(text)
    assert time is not None
    assert time.isoformat().removesuffix("+00:00") == text.strip().removesuffix("Z")


@pytest.mark.parametrize("text", ["", "1921", "yesterday", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_what_is_no_time_or_none_in_utc_is_not(text: str) -> None:
    assert iso_time(text) is None
