"""Which of those who may claim a figure are the annotated claimant."""

from __future__ import annotations

import pytest

from pipeline.extract.claims.claimants import Claimant
from training.fit import claimed_by

HE = Claimant("He", 90, 92, "Dermot Haye")
CHIEF = Claimant("The police chief", 0, 16, "police chief")
OTHER = Claimant("he", 200, 202, "Ruben Aldag")


@pytest.mark.parametrize(
    ("told", "right"),
    [
        (None, [True, False, False]),
        ("the police chief", [False, False, True]),
        ("Mr Haye", [False, True, False]),
        ("he", [False, True, False]),
        ("the union", [False, False, False]),
    ],
)
def test_a_claimant_is_told_by_name_or_by_the_words_that_name_it(told: str | None, right: list[bool]) -> None:
    assert claimed_by(told, [None, HE, CHIEF]) == right


def test_words_that_name_several_tell_none_from_another() -> None:
    assert claimed_by("He", [HE, OTHER]) == [True, True]
