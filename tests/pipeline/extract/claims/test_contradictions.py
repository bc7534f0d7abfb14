"""Which claims of a text are set against each other."""

from __future__ import annotations

import pytest

from pipeline.extract import extract
from pipeline.extract.claims.claimants import Claimant
from pipeline.extract.claims.contradictions import likeliest_of_each


def against(text: str, title: str | None = None) -> list[tuple[str, str]]:
    """The figures of a text that contradict each other, the earlier first."""
    claims = extract(text, title=title).claims
    return [
        (claim.figure, claims[other].figure)
        for place, claim in enumerate(claims)
        for other in claim.contradicts or ()
        if other > place
    ]


@pytest.mark.parametrize(
    ("title", "text", "pair"),
    [
        (
            "Blast at a mine in Tarn",
            "Police said eight miners were killed in the blast. The union put the number of dead at 11.",
            ("eight", "11"),
        ),
        (
            None,
            "The rebels said they had killed 40 soldiers, but the army said only nine had died.",
            ("40", "nine"),
        ),
        (
            "Miners taken at gunpoint",
            "The gunmen say they are holding 14 workers. The company says only nine of its people were taken.",
            ("14", "nine"),
        ),
    ],
)
def test_two_claimants_with_two_figures_of_one_whole_contradict_each_other(
    title: str | None, text: str, pair: tuple[str, str]
) -> None:
    assert against(text, title) == [pair]


@pytest.mark.parametrize(
    "text",
    [
        "Police said eight miners were killed in the blast, three of them trainees, the union said.",
        "The ministry said eight miners were killed. The hospital said 11 were injured.",
        "Police said eight miners were killed. In 2009 a blast at the same mine killed 40, according to the union.",
        "Police said at least eight miners were killed. The union put the number of dead at 11.",
        "The army said nine soldiers had died, and the rebels said they had lost four fighters.",
        "The army said it had killed 50 militants near Sarn. The rebels said they had killed 73 soldiers.",
        "“We lost seven,” the army spokesman said. The rebels said that eleven of their own had been killed.",
        "Police first spoke of five dead. The police chief later said eight had been killed.",
    ],
)
def test_parts_other_groups_and_events_and_later_tolls_contradict_nothing(text: str) -> None:
    assert against(text) == []


_BETWEEN = [
    "The ferry Halcyon, built in 1974 and licensed for 80 passengers, left the pier at dusk and turned over in sight "
    "of the harbour wall.",
    "Its owner has run the line to the outer islands for three decades. Inspectors had last looked at the hull in May, "
    "and the harbour office said that its papers were in order.",
    "The prime minister, who was abroad, sent his condolences and promised an inquiry. Divers from the navy were sent "
    "to the wreck at first light, and boats kept away.",
]


@pytest.mark.parametrize(
    ("last", "pairs"),
    [
        (
            "But the fishermen's union, whose boats brought the bodies ashore, said that 19 people had drowned.",
            [("Eleven", "19")],
        ),
        ("In 1998, 26 people drowned when a ferry sank on the same line, according to the union.", []),
        ("The hospital in Tarn said it had treated 14 people who were injured.", []),
    ],
)
def test_the_two_sides_may_stand_paragraphs_apart(last: str, pairs: list[tuple[str, str]]) -> None:
    lead = "Eleven people drowned when a ferry sank off Tarn on Monday evening, police said."
    assert against("\n\n".join([lead, *_BETWEEN, last]), "Ferry sinks off Tarn") == pairs


def test_both_sides_are_stated_counts_of_the_whole() -> None:
    claims = extract("Police said eight miners were killed. The union put the number of dead at 11.").claims
    assert [(claim.status, claim.scope) for claim in claims if claim.contradicts] == [("stated", "event")] * 2


def test_a_claim_contradicts_one_figure_of_each_other_claimant() -> None:
    army, rebels = (Claimant(name, 0, 0, name) for name in ("the army", "the rebels"))
    # Of the army's four soldiers and 15 rebels, and the same four told again, the rebels' 21 soldiers are the first.
    against = [{3: 0.9}, {3: 0.85}, {3: 0.82}, {0: 0.9, 1: 0.85, 2: 0.82}]
    bounds = [(4, 4), (15, 15), (4, 4), (21, 21)]
    assert likeliest_of_each(against, [army, army, army, rebels], bounds) == [[3], [], [3], [0, 2]]


def test_figures_of_one_claimant_contradict_each_other_never() -> None:
    army = Claimant("the army", 0, 0, "the army")
    assert likeliest_of_each([{1: 0.9}, {0: 0.9}], [army, army], [(4, 4), (15, 15)]) == [[], []]
