"""Whether a figure counts people of its claimant's own side."""

from __future__ import annotations

import pytest

from pipeline.extract.analysis import analyse
from pipeline.extract.claims.sides import counts_own
from pipeline.extract.claims.suggestions import find_candidates
from pipeline.extract.claims.triggers import find_triggers


def own(text: str) -> list[bool]:
    """For each figure of a text, in order, whether it counts the claimant's own."""
    doc = analyse(text)
    return [counts_own(candidate) for candidate in find_candidates(doc, find_triggers(doc.analysis))]


@pytest.mark.parametrize(
    "text",
    [
        "The rebels said they had lost four fighters.",
        "“We lost 11 men,” the commander said.",
        "The front said that three of its fighters had been killed.",
        "The army reported five dead on its own side.",
        "He said that 14 of their own had been killed.",
        "The group said it had six martyrs.",
        "The group admitted losing 11 men.",
        "The ministry said our forces had lost nine soldiers.",
    ],
)
def test_own_dead(text: str) -> None:
    assert own(text) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "The army said it had killed 31 insurgents.",
        "Police said that the vigilantes lost 11 men.",
        "The ministry said nine soldiers were killed.",
        "His men killed 47 of the attackers, he said.",
        "A hospital said it had received 14 bodies.",
    ],
)
def test_the_enemy_s_and_others(text: str) -> None:
    assert own(text) == [False]
