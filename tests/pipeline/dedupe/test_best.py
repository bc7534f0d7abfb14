"""One figure for a count, by each rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.dedupe import StoryFigure, best, independent_sources

START = datetime(2025, 3, 3, tzinfo=UTC)


def figure(value: int | None, by: str | None, hours: float = 0, **parts: Any) -> StoryFigure:
    given: dict[str, Any] = {
        "low": value, "high": value, "value": value, "claimant_name": by, "claimant_type": None, "source": "a.example",
        "relay": None, "group": None, "status": "stated", "scope": "event", "document_id": "d", "claim_id": "d:0",
    }  # fmt: skip
    return StoryFigure(**(given | parts), time=START + timedelta(hours=hours))


def test_each_rule_takes_its_figure() -> None:
    figures = [
        figure(14, "Police", 1, claimant_type="police"),
        figure(11, "the army", 5, claimant_type="belligerent"),
        figure(14, "The union", 2, claimant_type="ngo"),
        figure(12, "Dr Saar", 3, claimant_type="health"),
    ]
    assert best(figures) == {"lowest": 11, "majority": 14, "latest": 11, "priority": 12}


def test_what_was_replaced_or_has_no_number_counts_nothing() -> None:
    replaced = figure(3, "Police", updated_by="d:1")
    assert best([replaced, figure(9, "Police", 2)])["lowest"] == 9
    assert best([replaced]) == dict.fromkeys(("lowest", "majority", "latest", "priority"))


def test_fifty_papers_that_print_one_police_figure_are_one_source() -> None:
    papers = [figure(8, "Police", source=f"{n}.example", document_id=f"d{n}") for n in range(50)]
    assert independent_sources(papers) == 1
    assert independent_sources([*papers, figure(8, "The hospital")]) == 2


def test_where_nobody_is_named_each_outlet_is_a_source() -> None:
    assert (
        independent_sources([figure(8, None, source="a"), figure(8, None, source="a"), figure(8, None, source="b")])
        == 2
    )
