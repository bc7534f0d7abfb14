"""Numbers in digits and words, their values and bounds, and what is no number of people."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.claims.figures import find_figures, qualified


def found(text: str) -> list[tuple[str, int | None, int | None, int | None, str]]:
    figures = find_figures(text, 0, len(text))
    return [(f.text, f.value, f.low, f.high, f.qualifier) for f in figures if f.kind != "one"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("84", 84),
        ("1,200", 1200),
        ("1, 600", 1600),
        ("twenty-one", 21),
        ("twenty one", 21),
        ("Forty-two", 42),
        ("a dozen", 12),
        ("two dozen", 24),
        ("half a million", 500_000),
        ("145.5 million", 145_500_000),
        ("one hundred and five", 105),
        ("two thousand five hundred", 2500),
        ("1.2 million", 1_200_000),
        ("1,50,000", 150_000),
        ("1.5 lakh", 150_000),
        ("two crore", 20_000_000),
        ("not one", 0),
        ("not a single", 0),
        ("no one", 0),
        ("nobody", 0),
    ],
)
def test_value(text: str, value: int) -> None:
    assert found(f"There {text} people") == [(text, value, value, value, "exact")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at least seven", ("seven", 7, 7, None, "at_least")),
        ("no fewer than 7", ("7", 7, 7, None, "at_least")),
        ("50+", ("50", 50, 50, None, "at_least")),
        ("50 or more", ("50", 50, 50, None, "at_least")),
        ("50 or more.", ("50", 50, 50, None, "at_least")),
        ("50 at the most, he said", ("50", 50, None, 50, "at_most")),
        ("50 at the very least", ("50", 50, 50, None, "at_least")),
        ("50 prisoners at most", ("50", 50, None, 50, "at_most")),
        ("50 prisoners or so", ("50", 50, None, None, "about")),
        ("never any more than 50", ("50", 50, None, 50, "at_most")),
        ("no lower than 50", ("50", 50, 50, None, "at_least")),
        ("fewer than the 50", ("50", 50, 50, 50, "exact")),
        ("twice as many as the 50", ("50", 50, 50, 50, "exact")),
        ("anywhere from 50 to 60", ("50 to 60", None, 50, 60, "between")),
        ("lakhs of", ("lakhs", None, None, None, "vague")),
        ("the last 20 or so”", ("20", 20, None, None, "about")),
        ("had gone up to 90", ("90", 90, 90, 90, "exact")),
        ("handed over 15", ("15", 15, 15, 15, "exact")),
        ("took over 15", ("15", 15, 16, None, "more_than")),
        ("anger over the 15", ("15", 15, 15, 15, "exact")),
        ("was asked about 15", ("15", 15, 15, 15, "exact")),
        ("nearly all the 15", ("15", 15, None, None, "about")),
        ("up to 20", ("20", 20, None, 20, "at_most")),
        ("as many as 20", ("20", 20, None, 20, "at_most")),
        ("more than 100", ("100", 100, 101, None, "more_than")),
        ("more than a dozen", ("a dozen", 12, 13, None, "more_than")),
        ("fewer than 30", ("30", 30, None, 29, "fewer_than")),
        ("about 50", ("50", 50, None, None, "about")),
        ("nearly 80", ("80", 80, None, None, "about")),
        ("some “750", ("750", 750, None, None, "about")),
        ("between 10 and 20", ("10 and 20", None, 10, 20, "between")),
        ("10 to 20", ("10 to 20", None, 10, 20, "between")),
        ("5-6,000", ("5-6,000", None, 5000, 6000, "between")),
        ("dozens", ("dozens", None, None, None, "vague")),
        ("tens of thousands", ("tens of thousands", None, None, None, "vague")),
        ("several hundred", ("several hundred", None, None, None, "vague")),
    ],
)
def test_bounds(text: str, expected: tuple[str, int | None, int | None, int | None, str]) -> None:
    assert found(f"there were {text} people") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "$400 million",
        "£5",
        "12 percent",
        "40%",
        "10:08 p.m.",
        "7.65",
        "a 25-ton truck",
        "G20",
        "LZ-1",
        "9/11",
        "5km",
        "4yo",
    ],
)
def test_no_figure(text: str) -> None:
    assert found(text) == []


def test_from_and_to_are_two_figures() -> None:
    assert [figure[0] for figure in found("it rose from 60 to 84")] == ["60", "84"]


@pytest.mark.parametrize(
    ("text", "bounds"), [("“50, tops,” he said", (None, 50)), ("it was 50, at the least", (50, None))]
)
def test_a_bound_stands_between_a_comma_and_another_mark(text: str, bounds: tuple[int | None, int | None]) -> None:
    assert [figure[2:4] for figure in found(text)] == [bounds]


@pytest.mark.parametrize("text", ["50 dead, at least 5 of them children", "50 dead at least five of them children"])
def test_a_bound_before_the_next_figure_is_that_figure_s(text: str) -> None:
    assert [figure[2:] for figure in found(text)] == [(50, 50, "exact"), (5, None, "at_least")]


@pytest.mark.parametrize(
    "text",
    [
        "12, plus the gunman",
        "12 people plus the gunman",
        "12, at least according to police",
        "12 minimum-security inmates",
        "12 maximum security prisoners",
    ],
)
def test_words_behind_a_figure_that_do_not_bound_it(text: str) -> None:
    assert [figure[2:] for figure in found(text)] == [(12, 12, "exact")]


def test_not_one_but_two_is_no_zero() -> None:
    assert [figure[1] for figure in found("there were not one but two")] == [1, 2]


def test_a_bound_is_part_of_the_opening() -> None:
    text = "killing at least 84 people"
    (figure,) = find_figures(text, 0, len(text))
    assert text[figure.opens : figure.end] == "at least 84"
    assert qualified(figure, "about").low is None


@given(st.text(alphabet="0123456789,. -–abdeghimnoprstuvz'“$%\u200b\u202e😀", max_size=200))
def test_offsets_hold_and_bounds_are_ordered(text: str) -> None:
    for figure in find_figures(text, 0, len(text)):
        assert text[figure.start : figure.end] == figure.text
        assert 0 <= figure.opens <= figure.start < figure.end <= len(text)
        if figure.low is not None and figure.high is not None:
            assert figure.low <= figure.high


@pytest.mark.parametrize("piece", ["1 ", "one hundred and ", "half a dozen ", "more than ", "1,000,", "tens of "])
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    def spent(size: int) -> float:
        text = piece * (size // len(piece))
        seconds = []
        for _ in range(3):  # the least of which no other program has slowed
            start = time.process_time()
            for _ in find_figures(text, 0, len(text)):
                pass
            seconds.append(time.process_time() - start)
        return min(seconds)

    # Quadratic time would grow sixteenfold; 8 leaves room for a busy machine, the constant for very short times.
    assert spent(80_000) < 8 * spent(20_000) + 0.1


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        ("99999999999999999999", "99999999999999999999 people were killed."),
        ("9" * 400, f"{'9' * 400} people were killed."),
        ("9" * 5000, f"{'9' * 5000} people were killed."),
        ("999,999,999,999,999,999,999", "At least 999,999,999,999,999,999,999 people were killed."),
        ("9223372036854775807", "more than 9223372036854775807 people were killed."),
        ("10 to 99999999999999999999", "10 to 99999999999999999999 people were killed."),
    ],
)
def test_a_number_too_large_to_count_anything_has_no_value(figure: str, text: str) -> None:
    assert found(text) == [(figure, None, None, None, "vague")]


def test_an_ordinal_too_large_to_count_anything_is_passed_over() -> None:
    assert found(f"the {'9' * 30}th and {'9' * 5000}th victim and the 9th victim") == [("9th", 9, 9, 9, "exact")]


@given(st.text("0123456789,. billonmthuadre-", max_size=60), st.sampled_from(["", "at least ", "more than ", "up to "]))
def test_whatever_number_is_written_its_values_fit_a_column(text: str, bound: str) -> None:
    for _, *values, _ in found(f"{bound}{text} people"):
        assert all(value is None or -(2**63) <= value < 2**63 for value in values)
