"""Dates as pages state them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.clean.dates import address_date, dateline_date, first_published, shown_date

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
        ("Tue Nov 19 2019 03:05:46 GMT+0100 (Central European Standard Time)", "2019-11-19T03:05:46+01:00", False),
        ("Tue Nov 19 03:05:46 UTC 2019", "2019-11-19T03:05:46+00:00", False),
        ("November 19, 2019", "2019-11-19T00:00:00+00:00", True),
        ("2019/11/19", "2019-11-19T00:00:00+00:00", True),
        ("19 de noviembre de 2019, 8:05 p. m.", "2019-11-19T20:05:00+00:00", True),
        ("2019-1-26T14:32:06+02:00", "2019-01-26T14:32:06+02:00", False),
        ("1985-01-28", "1985-01-28T00:00:00+00:00", True),
        ("1574132746", "2019-11-19T03:05:46+00:00", False),
    ],
)
def test_forms_of_a_date(stated: str, iso: str, naive: bool) -> None:
    found = first_published([stated], NOW)
    assert found is not None
    assert (found[0].isoformat(), found[1]) == (iso, naive)


@pytest.mark.parametrize(
    "stated", [None, "", "soon", "2024-05-02T12:00:01Z", "2999-01-01", "1970-01-01", "0001-01-01T00:00:00Z", "9" * 40]
)
def test_what_is_no_possible_date(stated: str | None) -> None:
    assert first_published([stated], NOW) is None


def test_the_first_goes_before_later_ones_and_an_hour_before_a_day() -> None:
    stated = ["2999-01-01", "2019-11-18", "2019-11-18T20:28:55Z", "2019-11-19T00:00:00Z"]
    found = first_published(stated, NOW)
    assert found == (datetime(2019, 11, 18, 20, 28, 55, tzinfo=UTC), False)


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("Warszawa, 12 listopada 2023, 14:05", "pl-PL", datetime(2023, 11, 12, 14, 5)),  # noqa: DTZ001
        ("Zagreb, 12. listopada 2023.", "hr", datetime(2023, 10, 12)),  # noqa: DTZ001
        ("12 listopada 2023", None, None),
        ("Published 05/04/2023 at 8:30 pm", "en-US", datetime(2023, 5, 4, 20, 30)),  # noqa: DTZ001
        ("Published 05/04/2023 at 8:30 pm", "en-GB", datetime(2023, 4, 5, 20, 30)),  # noqa: DTZ001
        ("Published 05/04/2023 at 8:30 pm", "en", None),
        ("Born 28 January 1985", "en", None),
        # One date and another in elements of their own, and what an account's age is.
        ("4. März 20235. März 2023", "de", datetime(2023, 3, 4)),  # noqa: DTZ001
        ("04.03.202305.03.2023", "de", datetime(2023, 3, 4)),  # noqa: DTZ001
        ("Registriert: 18.09.2008, 05:56", "de", None),
        ("Member since 4 March 2023", "en", None),
        # Years of two figures, in dates alone.
        ("Von Jana Roth, 14.3.23", "de", datetime(2023, 3, 14)),  # noqa: DTZ001
        ("3/14/23 5:19pm", "en-US", datetime(2023, 3, 14, 17, 19)),  # noqa: DTZ001
        ("3/4/23", "en", None),
        ("Version 1.2.10.4 of v1.2.10", "de", None),
    ],
)
def test_a_date_shown_is_read_by_the_pages_language(line: str, language: str | None, expected: datetime | None) -> None:
    assert shown_date([line], language, NOW) == expected


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2019/11/18/flood", "2019-11-18"),
        ("2019-11/18/flood", "2019-11-18"),
        ("20191118/flood", "2019-11-18"),
        ("2019/1/8/flood", "2019-01-08"),
        ("2019/12/132377/flood", None),
    ],
)
def test_the_day_in_an_address(path: str, day: str | None) -> None:
    found = address_date(f"https://orlen.example.org/{path}", NOW)
    assert (found and f"{found:%Y-%m-%d}") == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ORLEN, 18 November 2019 - The river rose.", "2019-11-18"),
        ("18.11.2019 - The river rose.", "2019-11-18"),
        ("18 people - of 20 - were hurt in November 2019.", None),
    ],
)
def test_the_day_that_a_text_begins_with(text: str, day: str | None) -> None:
    found = dateline_date(text, NOW)
    assert (found and f"{found:%Y-%m-%d}") == day
