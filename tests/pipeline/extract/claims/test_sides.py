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
    ("text", "expected"),
    [
        ("The rebels said they had lost four fighters.", True),
        ("“We lost 11 men,” the commander said.", True),
        ("The front said that three of its fighters had been killed.", True),
        ("The army reported five dead on its own side.", True),
        ("He said that 14 of their own had been killed.", True),
        ("The group said it had six martyrs.", True),
        ("The group admitted losing 11 men.", True),
        ("The ministry said our forces had lost nine soldiers.", True),
        ("The company said nine of its workers had died.", False),
        ("The union said 11 of its members had been killed.", False),
        ("The hospital lost 12 of its patients.", False),
        ("The army said it had killed 31 insurgents.", False),
        ("Police said that the vigilantes lost 11 men.", False),
        ("The ministry said nine soldiers were killed.", False),
        ("His men killed 47 of the attackers, he said.", False),
        ("A hospital said it had received 14 bodies.", False),
    ],
)
def test_whose_they_are(text: str, expected: bool) -> None:
    assert own(text) == [expected]
