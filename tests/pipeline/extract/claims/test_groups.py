"""Whose count a figure is that names nobody itself: those of the claim of its measure before it."""

from __future__ import annotations

import pytest

from pipeline.extract import extract


def groups(text: str) -> list[tuple[str, str | None]]:
    claims = extract(text, language="en").claims
    for claim in claims:
        if claim.group is not None:
            assert text[claim.group_start : claim.group_end] == claim.group
    return [(claim.figure, claim.group) for claim in claims]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Twelve soldiers were killed in the raid, the army said. The rebels said 31 were killed.",
            [("Twelve", "soldiers"), ("31", "soldiers")],
        ),
        (
            "Twelve soldiers fell, the army said. Police said 40 villagers were hurt. Rebels said 14 were killed.",
            [("Twelve", "soldiers"), ("40", "villagers"), ("14", "soldiers")],
        ),
    ],
)
def test_a_bare_figure_counts_those_of_its_measure_before_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert groups(text) == expected


def test_people_named_far_before_are_not_those_of_a_bare_figure() -> None:
    between = "The road was closed. A bridge fell. Rain is forecast. Schools will stay shut. "
    assert groups(f"Twelve soldiers were killed, the army said. {between}The rebels said 31 were killed.") == [
        ("Twelve", "soldiers"),
        ("31", None),
    ]


def test_a_time_behind_a_figure_is_no_group() -> None:
    assert groups("The death toll stood at 67 last night, officials said.") == [("67", None)]


def test_nobody_is_of_no_group() -> None:
    assert groups("Twelve soldiers were killed, the army said. The rebels said none was killed.")[-1] == ("none", None)


@pytest.mark.parametrize(
    ("text", "figure", "group"),
    [
        ("The health ministry put the missing at 29 on Friday.", "29", "the missing"),
        ("The province raised to 81 the number of pupils seized from the school.", "81", "pupils"),
        (
            "The ministry raised its figure for displaced persons to 61,300 this afternoon.",
            "61,300",
            "displaced persons",
        ),
        ("Of the injured, 214 were still in hospital on Wednesday.", "214", "the injured"),
        ("Police put the crowd at 9,000.", "9,000", "the crowd"),
        ("No deaths of foreign tourists have been reported so far.", "No", "foreign tourists"),
    ],
)
def test_people_named_away_from_their_figure(text: str, figure: str, group: str) -> None:
    assert groups(text) == [(figure, group)]
