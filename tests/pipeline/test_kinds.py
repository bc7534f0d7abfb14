"""Which words name kinds of people that nobody is both of."""

from __future__ import annotations

import pytest

from pipeline.kinds import exclude_each_other, kind_of_words


@pytest.mark.parametrize(
    ("one", "other"), [("soldiers", "rebels"), ("Policemen", "protesters"), ("civilians", "militants")]
)
def test_kinds_that_nobody_is_both_of(one: str, other: str) -> None:
    assert exclude_each_other(one, other)
    assert exclude_each_other(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("soldiers", "troops"),  # one kind
        ("men", "soldiers"),
        ("attackers", "gunmen"),
        ("hostages", "workers"),
        ("people", "soldiers"),  # no kind
        ("soldiers", None),
        (None, None),
    ],
)
def test_words_that_can_mean_the_same_people(one: str | None, other: str | None) -> None:
    assert not exclude_each_other(one, other)


def test_each_word_names_one_kind() -> None:
    assert kind_of_words()["troops"] == "soldiers"
    assert kind_of_words()["staff"] == "workers"
