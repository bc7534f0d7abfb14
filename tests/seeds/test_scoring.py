"""The scoring itself: the gold scores full marks against itself, and each kind of fault costs what it should."""

from __future__ import annotations

from typing import Any

import pytest

from tests.seeds import scoring
from tests.seeds.gold_files import gold_documents, gold_stories
from tests.seeds.plain_text import documents, seed_files

GOLD = gold_documents()
Rows = list[dict[str, Any]]


@pytest.fixture
def rows() -> Rows:
    """The documents table as it is when nothing is cut, named by their external ids."""
    texts = {name: text for path in seed_files() for name, text in documents(path).items()}
    return [{"id": name, "external_id": name, "text": texts[name], **GOLD[name]} for name in GOLD]


def found_quotes(rows: Rows) -> Rows:
    return [
        {
            "document_id": row["id"],
            **quote,
            "start": (at := row["text"].index(quote["text"])),
            "end": at + len(quote["text"]),
        }
        for row in rows
        for quote in row["quotes"]
    ]


def found_claims(rows: Rows) -> Rows:
    found = []
    for row in rows:
        for claim in row["claims"]:
            start = row["text"].index(claim["within"]) + claim["within"].index(claim["figure"])
            found.append({"document_id": row["id"], **claim, "start": start, "end": start + len(claim["figure"])})
    return found


def test_the_gold_finds_itself(rows: Rows) -> None:
    assert {name: share.f1 for name, share in scoring.facts(GOLD, rows).items()} == dict.fromkeys(
        ("title", "author", "source", "url", "language", "published"), 1.0
    )
    assert {share.f1 for share in scoring.quotes(GOLD, rows, found_quotes(rows)).values()} == {1.0}
    assert {share.f1 for share in scoring.claims(GOLD, rows, found_claims(rows)).values()} == {1.0}


def test_an_empty_export_finds_nothing() -> None:
    gold = gold_stories()
    shares = [
        *scoring.facts(GOLD, []).values(),
        *scoring.entities(GOLD, [], []).values(),
        *scoring.quotes(GOLD, [], []).values(),
        *scoring.claims(GOLD, [], []).values(),
        scoring.copies(gold["copies"], GOLD, []),
        scoring.stories(gold["stories"], []),
        scoring.disputes(gold["disputes"], []),
    ]
    assert {share.f1 for share in shares} == {0.0}


def test_what_is_not_cut_counts_as_not_removed(rows: Rows) -> None:
    shares = scoring.cleaning(GOLD, rows)
    assert (shares["removed"].right, shares["captions"].right) == (0, 0)
    assert shares["kept"].f1 == 1.0


def test_a_wrong_speaker_costs_the_speaker_and_not_the_span(rows: Rows) -> None:
    wrong = [quote | {"speaker_name": "Nobody Else"} for quote in found_quotes(rows)]
    shares = scoring.quotes(GOLD, rows, wrong)
    assert shares["direct"].f1 == shares["indirect"].f1 == 1.0
    assert shares["direct, speaker"].f1 == shares["indirect, speaker"].f1 == 0.0


@pytest.mark.parametrize(
    ("fault", "cost"),
    [({"value": -1}, "bounds"), ({"claimant_name": "Nobody Else"}, "claimant"), ({"relay": "Nobody Else"}, "relay")],
)
def test_a_wrong_field_of_a_claim_costs_that_field_and_the_whole(rows: Rows, fault: dict[str, Any], cost: str) -> None:
    shares = scoring.claims(GOLD, rows, [claim | fault for claim in found_claims(rows)])
    assert {name for name, share in shares.items() if share.f1 == 0} == {cost, "all"}
    assert shares["figure"].f1 == 1.0


def test_invented_claims_cost_precision(rows: Rows) -> None:
    claims = found_claims(rows)
    invented = [claim | {"start": 0, "end": 0} for claim in claims]
    assert scoring.claims(GOLD, rows, claims + invented)["all"].precision == 0.5


def test_copies_and_stories() -> None:
    gold = gold_stories()
    events = gold["stories"]
    first = {name: group[0] for group in gold["copies"] for name in group[1:]}
    story = {name: event for event, names in events.items() for name in names}
    rows = [{"id": n, "external_id": n, "copy_of": first.get(n), "story_id": story.get(n)} for n in GOLD]
    assert scoring.copies(gold["copies"], GOLD, rows).f1 == 1.0
    assert scoring.stories(events, rows).f1 == pytest.approx(1.0)
    one_heap = [row | {"story_id": "all"} for row in rows]
    heap = scoring.stories(events, one_heap)
    assert heap.recall == pytest.approx(1.0)
    assert heap.precision == pytest.approx(sum(len(names) ** 2 for names in events.values()) / len(story) ** 2)


def test_a_dispute_needs_two_claimants_with_their_own_figures() -> None:
    wanted = gold_stories()["disputes"]
    whole = [{"disputes": wanted}]
    swapped = [{"disputes": [d | {"figures": [f | {"value": 0} for f in d["figures"]]} for d in wanted]}]
    assert scoring.disputes(wanted, whole).f1 == 1.0
    assert scoring.disputes(wanted, swapped).f1 == 0.0


def test_an_update_reported_as_a_dispute_is_named() -> None:
    figures = [{"claimant_name": "the coast guard", "value": 9}, {"claimant_name": "The coast guard", "value": 23}]
    update = {"measure": "killed", "figures": figures}
    assert scoring.one_sided([{"disputes": [update, *gold_stories()["disputes"]]}]) == [update]
