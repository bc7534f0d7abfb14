"""One list of month names, for feeds, pages, rules and the dates of events."""

from __future__ import annotations

import re

import pytest

from schemas.data_files import read_lines
from schemas.months import month_names, month_number


def test_every_language_names_twelve_months() -> None:
    for line in read_lines("schemas", "months.txt"):
        tag, *months = line.split()
        assert len(months) == 12, tag
        assert re.fullmatch("[a-z]{2,3}", tag)
        assert [month_number(name, tag) for names in months for name in names.split("/")] == [
            number for number, names in enumerate(months, 1) for _ in names.split("/")
        ]


@pytest.mark.parametrize(
    ("name", "number"), [("Sept", 9), ("MAYO", 5), ("août", 8), ("aou\u0302t", 8), ("мая", 5), ("kasım", 11)]
)
def test_a_name_is_known_in_any_case_and_form(name: str, number: int) -> None:
    assert month_number(name) == number


@pytest.mark.parametrize(
    ("language", "number"), [("pl", 11), ("pl-PL", 11), ("hr", 10), ("hr_HR", 10), (None, None), ("de", None)]
)
def test_a_name_of_two_months_is_one_by_its_language(language: str | None, number: int | None) -> None:
    assert month_number("listopada", language) == number


def test_what_is_no_month_is_none() -> None:
    assert month_number("Thursday") is None
    assert month_number("") is None


def test_english_names_with_their_short_forms() -> None:
    assert month_names("en")[8] == ("september", "sep", "sept")
