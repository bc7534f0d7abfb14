"""Dates as pages state them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.clean.dates import first_published

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "iso", "naive"),
    [
        ("2019-11-19T06:56:43-05:00", "2019-11-19T06:56:43-05:00", False),
        ("2019-11-19T13:03:00.000Z", "2019-11-19T13:03:00+00:00", False),
        ("2019-11-20T06:35:39+0000", "2019-11-20T06:35:39+00:00", False),
        ("2019-11-19 21:57:00 -0800", "2019-11-19T21:57:00-08:00", False),
        ("2019-11-20 06:09:25", "2019-11-20T06:09:25+00:00", True),
        ("2019-11-18", "2019-11-18T00:00:00+00:00", True),
        ("20191118", "2019-11-18T00:00:00+00:00", True),
        ("Tue, 19 Nov 2019 03:05:46 +0200", "2019-11-19T03:05:46+02:00", False),
        ("Tue Nov 19 2019 03:05:46 GMT+0100 (CET)", "2019-11-19T03:05:46+01:00", False),
        ("November 19, 2019", "2019-11-19T00:00:00+00:00", True),
    ],
)
def test_forms_of_a_date(stated: str, iso: str, naive: bool) -> None:
    found = first_published([stated], NOW)
    assert found is not None
    assert (found[0].isoformat(), found[1]) == (iso, naive)


@pytest.mark.parametrize(
    "stated", [None, "", "soon", "2024-05-01T12:00:01Z", "2999-01-01", "1991-08-05", "0001-01-01T00:00:00Z", "9" * 40]
)
def test_what_is_no_possible_date(stated: str | None) -> None:
    assert first_published([stated], NOW) is None


def test_the_first_goes_before_later_ones_and_an_hour_before_a_day() -> None:
    stated = ["2999-01-01", "2019-11-18", "2019-11-18T20:28:55Z", "2019-11-19T00:00:00Z"]
    found = first_published(stated, NOW)
    assert found == (datetime(2019, 11, 18, 20, 28, 55, tzinfo=UTC), False)
