"""Counts of a story: which figures cannot both be true, by whom, and what only looks like a dispute."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from pipeline.dedupe import Count, StoryClaim, find_counts
from schemas.records import Claim, Measure, Status

START = datetime(2025, 3, 3, tzinfo=UTC)
EXACT: Any = object()


def claim(
    low: int | None,
    high: int | None = EXACT,
    by: str | None = None,
    document: str = "d1",
    group: str | None = "people",
    measure: Measure = "killed",
    copy_of: str | None = None,
    hours: float = 0.0,
    source: str | None = None,
    start: int = 0,
    **parts: Any,
) -> StoryClaim:
    """A stated claim of `low` people, or of `low` to `high`, killed in the event."""
    high = low if high is EXACT else high
    value = low if low is not None else high
    record = Claim(
        start, start + 1, str(value), value, low, high, "exact" if low == high else "at_least", measure, 0, 9,
        group=group, claimant_name=by, **({"status": "stated", "scope": "event"} | parts),
    )  # fmt: skip
    said = (low, high, by, document, group, start)
    return StoryClaim(record, str(said), document, copy_of, source or document, START + timedelta(hours=hours))


def disputes(claims: Sequence[StoryClaim]) -> list[Count]:
    return [count for count in find_counts(claims) if count.disputed]


def test_two_claimants_whom_one_text_sets_side_by_side_disagree() -> None:
    army = claim(8, by="Marek Dusan", group="Ravni fighters", start=1)
    movement = claim(7, by="Ilya Toman", group="the Ravni", start=2)
    (found,) = disputes([army, movement])
    assert (found.measure, found.group) == ("killed", "Ravni fighters")
    assert [(f.claimant_name, f.value, f.disagrees_with) for f in found.figures] == [
        ("Marek Dusan", 8, (movement.id,)),
        ("Ilya Toman", 7, (army.id,)),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (claim(7, None, by="A"), claim(9, by="B")),
        (claim(None, 20, by="A"), claim(12, by="B")),
        (claim(10, 20, by="A"), claim(18, 30, by="B")),
        (claim(None, None, by="A"), claim(12, by="B")),
        (claim(5, by="A"), claim(6, by="B", measure="injured")),
        (claim(5, by="A", group="children"), claim(6, by="B", group="soldiers")),
        (claim(5, by="A"), claim(6, by="B", group="others")),
        (claim(5), claim(6, by="B")),  # the outlet's own word may be anybody's
        (claim(5, by="A"), claim(6, by="A", start=1)),
        (claim(5, by="A"), claim(6, by="B", scope="part")),
        (claim(5, by="A"), claim(6, by="B", scope="other")),
        (claim(5, by="A"), claim(6, by="B", scope=None)),
        (claim(5, by="A"), claim(6, by="B", status="denied")),
        (claim(5, by="A"), claim(6, by="B", status="possible")),
    ],
)
def test_figures_that_can_both_be_true_or_count_something_else_are_no_dispute(
    one: StoryClaim, other: StoryClaim
) -> None:
    assert disputes([one, other]) == []


def test_what_cannot_be_compared_stands_beside() -> None:
    whole = [claim(8, by="A"), claim(14, by="B", start=1)]
    part, doubtful = claim(3, by="C", scope="part", start=2), claim(30, by="D", status="possible", start=3)
    (found,) = disputes([*whole, part, doubtful])
    assert [(f.value, f.scope, f.status) for f in found.context] == [(3, "part", "stated"), (30, "event", "possible")]


def test_what_stands_beside_is_listed_once_by_the_count_of_its_group_or_the_one_of_which_most_is_said() -> None:
    of_all = [claim(8, by="A"), claim(14, by="B", start=1), claim(8, by="C", start=2)]
    of_some = [claim(2, by="A", group="soldiers", start=3), claim(3, by="B", group="soldiers", start=4)]
    beside = [claim(1, group="soldiers", scope="part", start=5), claim(90, group="Ural miners", scope="other", start=6)]
    copied = [replace(each, document_id="copy", copy_of=each.document_id, id=f"copy{each.id}") for each in beside]
    found = {count.group: [f.value for f in count.context] for count in disputes([*of_all, *of_some, *beside, *copied])}
    assert found == {"people": [90], "soldiers": [1]}


def test_a_figure_that_fits_one_side_alone_and_that_nobody_answers_for_stands_beside() -> None:
    (found,) = disputes([claim(8, by="A"), claim(14, by="B", start=1), claim(11, start=2)])
    assert [f.value for f in found.figures] == [8, 14]
    assert [f.value for f in found.context] == [11]


def test_figures_of_different_reports_may_be_one_toll_at_two_times() -> None:
    one, other = claim(8, by="A"), claim(14, by="B", document="d2")
    assert disputes([one, other]) == []
    assert len(disputes([one, other, claim(8, by="A", document="d2", start=1)])) == 1


def test_figures_far_apart_in_number_or_place_are_hardly_one_toll() -> None:
    one = claim(8, by="A")
    assert disputes([one, claim(49, by="B", start=1)]) == []
    assert disputes([one, claim(14, by="B", start=2_000)]) == []
    for toll in (48, 0):
        assert len(disputes([one, claim(toll, by="B", start=1)])) == 1


def judged(*claims: StoryClaim, pairs: Sequence[tuple[int, int]] = ()) -> list[StoryClaim]:
    """Claims of which those at `pairs` were judged to contradict each other, and no others."""
    against: list[set[str]] = [set() for _ in claims]
    for one, other in pairs:
        against[one].add(claims[other].id)
        against[other].add(claims[one].id)
    return [replace(c, contradicts=frozenset(ids)) for c, ids in zip(claims, against, strict=True)]


def test_claims_that_were_judged_together_disagree_as_they_were_judged() -> None:
    claims = claim(8, by="A"), claim(14, by="B", start=1), claim(90, by="C", start=5_000)
    assert disputes(judged(*claims)) == []
    (found,) = disputes(judged(*claims, pairs=[(0, 2)]))
    assert [f.value for f in found.figures if f.disagrees_with] == [8, 90]


def test_what_the_outlet_itself_says_can_be_one_side_where_that_was_judged() -> None:
    (found,) = disputes(judged(claim(8), claim(14, by="B", start=1), pairs=[(0, 1)]))
    assert [f.claimant_name for f in found.figures] == [None, "B"]


def test_groups_that_one_text_sets_against_each_other_are_one() -> None:
    claims = claim(8, by="A", group="miners"), claim(14, by="B", group="workers", start=1)
    assert disputes(judged(*claims)) == []
    (found,) = disputes(judged(*claims, pairs=[(0, 1)]))
    assert [f.value for f in found.figures] == [8, 14]


def test_another_report_of_a_side_is_on_it_though_it_names_nobody_else() -> None:
    claims = judged(claim(8, by="A"), claim(14, by="B", start=1), claim(8, by="C", document="d2"), pairs=[(0, 1)])
    (found,) = disputes(claims)
    assert [f.claimant_name for f in found.figures if claims[1].id in f.disagrees_with] == ["A", "C"]


def test_disputes_that_no_text_ties_together_are_two_counts() -> None:
    morning = claim(8, by="A"), claim(14, by="B", start=1)
    evening = claim(30, by="C", document="d2", hours=9), claim(41, by="D", document="d2", hours=9, start=1)
    found = disputes(judged(*morning, *evening, pairs=[(0, 1), (2, 3)]))
    assert [[f.value for f in count.figures] for count in found] == [[8, 14], [30, 41]]
    assert not any(count.context for count in found)  # each figure is told where it disputes


def test_figures_that_are_only_set_against_a_third_are_no_dispute_of_their_own() -> None:
    claims = claim(8, by="A"), claim(14, by="B", start=1), claim(11, by="C", start=2)
    found = disputes(judged(*claims, pairs=[(0, 1), (1, 2)]))
    assert [[f.value for f in count.figures] for count in found] == [[8, 14], [14, 11]]
    (one,) = disputes(judged(*claims, pairs=[(0, 1), (1, 2), (0, 2)]))
    assert [f.value for f in one.figures] == [8, 14, 11]


def test_figures_that_no_text_sets_against_each_other_are_two_disputes() -> None:
    claims = (
        claim(8, by="A"),
        claim(14, by="B", start=1),
        claim(9, by="A", document="d2"),
        claim(15, by="B", document="d2"),
    )
    found = disputes(judged(*claims, pairs=[(0, 1), (2, 3)]))
    assert sorted(sorted(f.value or 0 for f in each.figures) for each in found) == [[8, 14], [9, 15]]


def test_what_is_no_side_stands_once_beside_several_disputes() -> None:
    sides = claim(8, by="A"), claim(14, by="B", start=1), claim(30, by="C", start=2), claim(41, by="D", start=3)
    earlier, other = claim(20, by="C", hours=-5, document="d0"), claim(11, by="E", start=4)
    part = claim(2, by="A", scope="part", start=5)
    first, second = disputes(judged(*sides, earlier, other, part, pairs=[(0, 1), (2, 3)]))
    assert [f.value for f in first.figures] == [8, 14]
    assert [f.value for f in first.context] == [11, 2]
    assert [(f.value, f.updated_by is None) for f in second.figures] == [(20, False), (30, True), (41, True)]
    assert second.context == ()


def test_a_replaced_figure_disputes_nothing_however_it_was_judged() -> None:
    claims = claim(8, by="A"), claim(14, by="B", start=1), claim(14, by="A", document="d2", hours=6)
    assert disputes(judged(*claims, pairs=[(0, 1)])) == []


def test_a_text_that_knows_both_sides_outweighs_one_that_gives_both_to_one() -> None:
    army, rebels = claim(17, by="the army", start=1), claim(52, by="the front", start=2)
    mistaken = claim(52, by="the army", document="d2")
    assert len(disputes(judged(army, rebels, mistaken, pairs=[(0, 1)]))) == 1
    both = claim(17, by="the front", start=3)
    assert disputes(judged(army, rebels, both, pairs=[(0, 1)])) == []


def test_figures_that_a_text_sets_against_each_other_do_not_replace_each_other() -> None:
    before = claim(7, by="police", document="d1")
    police, lawyers = (claim(n, by="police", document="d2", hours=6, start=n) for n in (7, 19))
    assert [f.updated_by for c in find_counts([before, police, lawyers]) for f in c.figures] == [lawyers.id] * 2 + [
        None
    ]
    counts = find_counts(judged(before, police, lawyers, pairs=[(1, 2)]))
    assert not any(figure.updated_by for count in counts for figure in count.figures)


def test_what_a_claimant_says_later_of_others_replaces_nothing() -> None:
    early, rival = claim(46, by="police"), claim(60, by="lawyers", start=1)

    def later(value: int, group: str = "people", status: Status = "stated") -> StoryClaim:
        return claim(value, by="police", document="d2", hours=6, group=group, status=status, start=value)

    assert disputes(judged(early, rival, later(55), pairs=[(0, 1)])) == []
    assert disputes(judged(early, rival, later(40), pairs=[(0, 1)])) == []  # cut by some few
    assert len(disputes(judged(early, rival, later(12), pairs=[(0, 1)]))) == 1
    assert len(disputes(judged(early, rival, later(55, group="officers"), pairs=[(0, 1)]))) == 1
    found = [replace(each, claim=replace(each.claim, measure="missing")) for each in (early, rival, later(12))]
    assert disputes(judged(*found, pairs=[(0, 1)])) == []
    taken_back = later(46, status="denied")
    assert disputes(judged(early, rival, later(12), taken_back, pairs=[(0, 1)])) == []


def test_an_exact_figure_after_its_bound_is_no_update() -> None:
    early, rival = claim(38, None, by="rescuers"), claim(17, by="police", start=1)
    exact = claim(38, by="rescuers", document="d2", hours=6)
    assert len(disputes(judged(early, rival, exact, pairs=[(0, 1)]))) == 1


def test_an_article_is_no_toll() -> None:
    one, other = claim(1, by="A"), claim(3, by="B", start=1)
    assert disputes([replace(one, claim=replace(one.claim, figure="A")), other]) == []
    assert len(disputes([one, other])) == 1


def test_a_figure_its_claimant_replaced_later_is_an_update_and_disputes_nothing() -> None:
    early, late = claim(5, by="police"), claim(9, by="the police", document="d2", hours=6)
    (count,) = find_counts([early, late])
    assert (count.disputed, count.updated) == (False, True)
    assert [(f.value, f.updated_by) for f in count.figures] == [(5, late.id), (9, None)]
    hospital = claim(12, by="Dr Anneli Saar", document="d1", start=1)
    assert disputes([early, hospital]) != []
    assert disputes([early, late, hospital]) == []


def test_a_toll_that_is_cut_is_updated_too() -> None:
    early, late = claim(189, by="police"), claim(171, by="police", document="d2", hours=6)
    (count,) = find_counts([early, late])
    assert [f.updated_by for f in count.figures] == [late.id, None]


def test_an_old_figure_stays_old_where_another_text_repeats_it() -> None:
    early, late = claim(5, by="police"), claim(9, by="police", document="d2", hours=6)
    repeat = claim(5, by="police", document="d3", hours=8)
    unnamed = claim(5, document="d4", hours=9)
    (count,) = find_counts([early, late, repeat, unnamed])
    assert [f.updated_by for f in count.figures] == [late.id, None, late.id, late.id]


def test_what_only_arrived_later_updates_nothing() -> None:
    early, late = claim(5, by="police"), replace(claim(9, by="police", document="d2", hours=6), dated=False)
    (count,) = find_counts([early, late])
    assert not count.updated
    assert [figure.dated for figure in count.figures] == [True, False]


def test_what_a_copy_repeats_is_said_once() -> None:
    one, other = claim(8, by="A"), claim(14, by="B", start=1)
    copied = [replace(c, id=f"{c.id} again", document_id="d2", copy_of="d1") for c in (one, other)]
    (found,) = disputes([one, other, *copied])
    assert [f.claim_id for f in found.figures] == [one.id, other.id]


def test_the_order_of_arrival_changes_nothing() -> None:
    claims = [
        claim(5, by="police"),
        claim(9, by="police", document="d2", hours=6),
        claim(14, by="union", document="d2", hours=6, start=1),
        claim(3, by="union", document="d2", hours=6, start=2, scope="part"),
    ]
    assert len({find_counts(order) for order in permutations(claims)}) == 1


@pytest.mark.parametrize("judged", [None, frozenset[str]()])
def test_thousands_of_claims_of_one_story_take_time_in_proportion(judged: frozenset[str] | None) -> None:
    def seconds(number: int) -> float:
        claims = [claim(n % 97, by=f"C{n % 300}", document=f"d{n}", hours=n / 60) for n in range(number)]
        claims = [replace(each, contradicts=judged) for each in claims]
        began = time.process_time()
        find_counts(claims)
        return time.process_time() - began

    assert seconds(4_000) < 24 * seconds(500), "the square of eight is 64"


@pytest.mark.parametrize("beside", [True, False])
def test_a_dispute_goes_on_where_a_text_tells_the_new_figure_beside_the_other_side_s(beside: bool) -> None:
    guard = claim(41, by="the coast guard", document="d1", measure="missing")
    families = claim(96, by="an association", document="d1", measure="missing")
    later = claim(38, by="the coast guard", document="d2", hours=8, measure="missing")
    again = claim(96, by="the families", document="d2" if beside else "d3", hours=8, measure="missing")
    guard, families = replace(guard, contradicts=frozenset({families.id})), replace(families, contradicts=frozenset())
    later, again = (replace(each, contradicts=frozenset()) for each in (later, again))
    found = disputes([guard, families, later, again])
    assert bool(found) is beside
    if beside:
        (count,) = found
        assert {figure.value for figure in count.figures if figure.disagrees_with} == {38, 96}
