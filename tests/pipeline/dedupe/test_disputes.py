"""Disputes: figures that cannot all be true, by whom, and what only looks like one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.dedupe import Count, StoryClaim, compare
from schemas.records import Claim, Measure

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
    dated: bool = True,
) -> StoryClaim:
    """A claim of `low` people, or of `low` to `high`."""
    high = low if high is EXACT else high
    value = low if low is not None else high
    record = Claim(
        start, start + 1, str(value), value, low, high, "exact" if low == high else "at_least", measure, 0, 9,
        group=group, claimant_name=by,
    )  # fmt: skip
    said = (low, high, by, document, group, start)
    return StoryClaim(record, str(said), document, copy_of, source or document, START + timedelta(hours=hours), dated)


def disputes(claims: Sequence[StoryClaim]) -> Sequence[Count]:
    return compare(claims).disputes


def values(dispute: Count) -> list[int | None]:
    return [figure.value for figure in dispute.figures]


def test_two_claimants_with_different_figures_of_one_group_disagree() -> None:
    (found,) = disputes(
        [
            claim(7, None, group="fighters"),
            claim(8, by="Marek Dusan", group="Ravni fighters", start=1),
            claim(7, by="Ilya Toman", group="the Ravni", start=2),
        ]
    )
    assert (found.measure, found.group) == ("killed", "Ravni fighters")
    assert [(f.claimant_name, f.low, f.high) for f in found.figures] == [
        (None, 7, None),
        ("Marek Dusan", 8, 8),
        ("Ilya Toman", 7, 7),
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
    ],
)
def test_figures_that_can_both_be_true_or_count_others_are_no_dispute(one: StoryClaim, other: StoryClaim) -> None:
    assert disputes([one, other]) == ()


def test_a_figure_its_claimant_raised_later_is_an_update() -> None:
    early, late = claim(5, by="police"), claim(9, by="the police", document="d2", hours=6)
    assert disputes([early, late]) == ()
    (found,) = disputes([early, late, claim(12, by="Dr Anneli Saar", document="d3", hours=7)])
    assert [(f.value, f.updated_by) for f in found.figures] == [(5, late.id), (9, None), (12, None)]


def test_what_was_updated_and_nobody_disputes_is_told_apart() -> None:
    early, late = claim(5, by="police"), claim(9, by="police", document="d2", hours=6)
    (count,) = compare([early, late]).updates
    assert [(f.value, f.updated_by) for f in count.figures] == [(5, late.id), (9, None)]
    assert compare([early, claim(5, by="police", document="d2", hours=6)]).updates == ()


def test_a_bound_is_updated_by_what_lies_above_it() -> None:
    early, late = claim(8, None, by="Sade Oladi"), claim(12, by="Sade Oladi", document="d2", hours=2)
    (count,) = compare([early, late]).updates
    assert [f.updated_by for f in count.figures] == [late.id, None]
    narrowed = claim(9, by="Sade Oladi", document="d2", hours=2)
    assert compare([claim(None, 15, by="Sade Oladi"), narrowed]).updates == ()


def test_of_documents_of_one_day_the_lower_figure_is_the_earlier() -> None:
    one, other = claim(9, by="police", document="a"), claim(5, by="police", document="b")
    assert [compare(order).disputes for order in ([one, other], [other, one])] == [(), ()]


def test_what_repeats_an_old_figure_is_old_too() -> None:
    early, late = claim(5, by="police"), claim(9, by="police", document="d2", hours=6)
    part = claim(2, by="police", document="d2", hours=6, start=1)
    repeat = claim(5, by="police in Tolmin", document="d3", hours=8)
    (count,) = compare([early, late, part, repeat]).updates
    assert [(f.value, f.updated_by) for f in count.figures] == [(5, late.id), (9, None), (2, None), (5, late.id)]


def test_part_of_a_toll_is_not_left_behind_when_the_toll_grows() -> None:
    toll, part = claim(9, by="police"), claim(2, by="police", start=1)
    assert disputes([toll, part, claim(12, by="police", document="d2", hours=3)]) == ()


def test_the_missing_grow_fewer_and_the_dead_do_not() -> None:
    measures: tuple[tuple[Measure, int], ...] = (("missing", 0), ("killed", 1))
    for measure, count in measures:
        early = claim(40, by="A", measure=measure)
        assert len(disputes([early, claim(32, by="A", measure=measure, document="d2", hours=3)])) == count
    rounded = claim(30, None, by="A", measure="missing", document="d2", hours=3)
    assert compare([claim(40, None, by="A", measure="missing"), rounded]).updates == ()


def test_a_figure_its_claimant_lowered_later_is_a_dispute() -> None:
    (found,) = disputes([claim(9, by="police"), claim(5, by="police", document="d2", hours=6)])
    assert values(found) == [9, 5]


def test_a_higher_figure_in_the_same_document_is_no_update() -> None:
    both = [claim(5, by="Ana Kovač"), claim(9, by="Ana Kovač", start=1)]
    assert disputes(both) == ()
    (found,) = disputes([*both, claim(7, by="Petr Malý", start=2)])
    assert all(figure.updated_by is None for figure in found.figures)


def test_copies_speak_with_one_voice() -> None:
    wire = claim(5, document="wire")
    papers = [claim(5, document=f"p{n}", copy_of="wire", hours=n) for n in range(3)]
    (found,) = disputes([wire, *papers, claim(6, document="other", hours=1)])
    assert [(f.document_id, f.value) for f in found.figures] == [("wire", 5), ("other", 6)]
    edited = claim(6, document="p9", copy_of="wire", hours=9)
    assert disputes([wire, *papers, edited]) == (), "the wire's own later figure"


def test_a_later_version_of_a_copy_updates_the_earlier() -> None:
    wire, mayor = claim(5, by="police", document="wire"), claim(5, by="the mayor", document="other", hours=1)
    written_through = claim(9, by="police", document="later", copy_of="wire", hours=2)
    repeated = claim(5, by="police", document="paper", copy_of="wire", hours=3)
    (found,) = disputes([wire, mayor, written_through, repeated])
    assert [(f.document_id, f.value, f.updated_by) for f in found.figures] == [
        ("wire", 5, written_through.id), ("other", 5, None), ("later", 9, None),
    ]  # fmt: skip


def test_an_outlet_speaks_for_itself_where_the_earliest_of_its_copies_makes_no_claim() -> None:
    mine = claim(5, document="a", source="x", copy_of="elsewhere")
    assert disputes([mine, claim(9, document="b", source="x", hours=1)]) == ()


@pytest.mark.parametrize(
    ("earlier", "later", "disagree"),
    [
        ("officials", "hospital officials", True),
        ("a spokesman", "Taliban spokesman Zabihullah", True),
        ("Marelin", "spokesman Davit Marelin", False),
        ("Kovač", "Ana Kovac", False),
        ("police", "Kabul police", False),
    ],
)
def test_a_role_that_many_have_is_nobody_in_particular(earlier: str, later: str, disagree: bool) -> None:
    claims = [claim(5, by=earlier, document="a"), claim(9, by=later, document="b", hours=1)]
    assert bool(disputes(claims)) is disagree


def test_whatever_else_is_counted_is_no_one_count() -> None:
    counts = [claim(200, measure="other_people", document="a"), claim(30, measure="other_people", document="b")]
    assert disputes(counts) == ()


def test_each_outlet_is_its_own_claimant_where_none_is_named() -> None:
    (found,) = disputes([claim(5, document="a"), claim(6, document="b", hours=1)])
    assert [(f.claimant_name, f.source) for f in found.figures] == [(None, "a"), (None, "b")]


def test_an_outlet_that_raises_its_own_figure_updates_it() -> None:
    assert disputes([claim(5, document="a", source="x"), claim(6, document="b", source="x", hours=1)]) == ()


def test_a_voice_with_several_figures_agrees_where_one_of_them_does() -> None:
    history = [claim(49, by="police", start=1), claim(5, by="police")]
    assert disputes([*history, claim(5, by="the mayor", document="d2")]) == ()


def test_the_order_of_the_claims_changes_nothing() -> None:
    claims = [
        claim(5, document="a"),
        claim(6, by="police", document="b", hours=1),
        claim(7, by="police", document="c", hours=2),
    ]
    assert disputes(claims) == disputes(claims[::-1])


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True), (False, False)])
def test_an_undated_document_updates_nothing_and_nothing_updates_it(first: bool, second: bool) -> None:
    """That it arrived later says nothing of when it was written."""
    police = [
        claim(8, by="Police", document="d1", dated=first),
        claim(11, by="Police", document="d2", hours=5, dated=second),
        claim(30, by="Rebels", document="d3", start=1),
    ]
    (found,) = disputes(police)
    assert not any(figure.updated_by for figure in found.figures)
    assert {figure.value: figure.dated for figure in found.figures} == {8: first, 11: second, 30: True}


def test_an_undated_document_that_repeats_what_was_updated_is_old() -> None:
    police = [
        claim(8, by="Police", document="d1"),
        claim(11, by="Police", document="d2", hours=5),
        claim(8, by="Police", document="d3", hours=9, dated=False),
    ]
    (found,) = compare(police).updates
    assert [figure.updated_by is not None for figure in found.figures] == [True, False, True]
