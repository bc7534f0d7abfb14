"""What the figures about one say of its scope."""

from __future__ import annotations

from math import log

import pytest

from pipeline.extract.claims.neighbours import Neighbours, ScopedFigure

TEXT = "Nine died here.\nEarlier this year: 40 in Orlen, 12 in Vessa, 40 in Tarn.\nAll nine were miners."


def figure(word: str, value: int | None, scope: str, measure: str = "killed", nth: int = 0) -> ScopedFigure:
    """A figure of the text that the first decision gives that scope with 0.9."""
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(word, start + 1)
    sentence = TEXT.rindex("\n", 0, start) + 1 if "\n" in TEXT[:start] else 0
    return ScopedFigure(
        start,
        sentence,
        value,
        measure,
        {name: log(0.9 if name == scope else 0.05) for name in ("event", "part", "other")},
    )


NINE, ALL_NINE = figure("Nine", 9, "event"), figure("nine", 9, "event")
LIST = [figure("40", 40, "other"), figure("12", 12, "event"), figure("40", 40, "other", nth=1)]


@pytest.fixture
def neighbours() -> Neighbours:
    return Neighbours(TEXT, [NINE, *LIST, ALL_NINE])


def test_a_figure_is_told_by_those_beside_it(neighbours: Neighbours) -> None:
    told = set(neighbours.of(LIST[1]))
    assert {"before other", "before in sentence other", "after in sentence other of one", "second before event"} <= told
    assert "line other>=0.6" in told
    assert "line event>=0.3" not in told
    assert "second before none" in set(neighbours.of(LIST[0]))


def test_the_own_decision_is_not_among_those_of_the_others(neighbours: Neighbours) -> None:
    told = set(Neighbours(TEXT, [LIST[1]]).of(LIST[1]))
    assert {"scope event>=0.8", "before none", "after none"} <= told
    assert not any(name.startswith(("line", "text", "same number", "first of", "below", "above")) for name in told)


def test_the_same_number_and_the_whole_are_found_elsewhere_in_the_text(neighbours: Neighbours) -> None:
    assert {"same number event", "below whole", "first of measure event"} <= set(neighbours.of(ALL_NINE))
    assert {"same number other", "above whole"} <= set(neighbours.of(LIST[0]))
    assert "above whole" in set(neighbours.of(LIST[1]))  # is the highest itself: held to the next


def test_one_that_was_no_claim_at_first_is_told_by_the_same(neighbours: Neighbours) -> None:
    without = Neighbours(TEXT, [NINE, LIST[0], LIST[2], ALL_NINE])
    assert set(without.of(LIST[1])) == set(neighbours.of(LIST[1]))
