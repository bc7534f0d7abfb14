"""The ledger on the tables keeps what the port of dedupe promises, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from pipeline.dedupe import (
    Arrival,
    CopyChange,
    Decision,
    FurtherStory,
    Ledger,
    Limits,
    Posting,
    StoryChange,
    StoryMerge,
    StoryParting,
    decide,
    fingerprint,
)
from schemas.dedupe_tables import FingerprintKey, Profile, Story
from schemas.dedupe_tables import FurtherStory as FurtherRow
from schemas.documents import RawDocument
from schemas.stages import Stage
from schemas.tables import Document
from tests.pipeline.dedupe.memory_ledger import MemoryLedger
from tests.pipeline.dedupe.wire import babble, report
from tests.workers.stored import RECEIVED, accepted, change, cleaned, decided, row
from workers.store.database import Database
from workers.store.ledger import TableLedger, drop_expired
from workers.store.staged import load


@dataclass(frozen=True)
class _Recorded:
    """The numbers and ids of documents that were accepted and cleaned, in the order of their arrival."""

    tables: Database
    numbers: list[int]
    ids: list[str]

    def record(self, place: int, **parts: Any) -> None:
        """Records a decision about one of them that changes what the parts say; on its own it founds a story."""
        number = self.numbers[place]
        told: dict[str, Any] = {
            "indexed": (1, 2),
            "profile": b"p",
            "copies": [CopyChange(number, None)],
            "stories": [StoryChange(number, f"s{place}")],
        }
        with self.tables.writing(deciding=True) as session:
            TableLedger(session).record(Decision(number, **(told | parts)))


@pytest.fixture
def three(tables: Database) -> _Recorded:
    """Three documents, a minute apart, none recorded yet."""
    ids = accepted(tables, "one", "two", "three")
    for document_id, text in zip(ids, ("One.", "Two.", "Three."), strict=True):
        cleaned(tables, document_id, text)
    return _Recorded(tables, [row(tables, document_id).number for document_id in ids], ids)


@pytest.fixture
def one_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    """One document is enough for the window to move on to it."""
    monkeypatch.setattr("workers.store.ledger._WITNESSES", 1)


def _rows(tables: Database) -> list[list[tuple[Any, ...]]]:
    """All that a decision may change, but for when it was made."""
    decided = (Document.number, Document.copy_of, Document.copy_score, Document.copy_evidence, Document.story_id)
    with tables.reading() as session:
        return [
            [tuple(found) for found in session.execute(wanted)]
            for wanted in (
                select(*decided, Document.story_evidence).order_by(Document.number),
                select(FingerprintKey.key, FingerprintKey.number).order_by(FingerprintKey.key, FingerprintKey.number),
                select(Profile.number, Profile.packed).order_by(Profile.number),
                select(Story.id, Story.merged_into, Story.merge_score).order_by(Story.id),
            )
        ]


def test_the_tables_are_a_ledger(tables: Database) -> None:
    with tables.reading() as session:
        ledger: Ledger = TableLedger(session)  # as mypy checks
        assert ledger.carriers([1]) == []
        assert (ledger.documents([1]), ledger.texts([1]), ledger.copies([1], 5), ledger.members(["s"], 5)) == (
            [], {}, [], [],
        )  # fmt: skip


def test_what_was_recorded_is_read_as_it_stands(three: _Recorded) -> None:
    three.record(0, profile=bytes(range(256)))
    with three.tables.reading() as session:
        (standing,) = TableLedger(session).documents([*three.numbers, 99])
    assert (standing.number, standing.id) == (three.numbers[0], three.ids[0])
    assert (standing.received, standing.published, standing.copy_of) == (RECEIVED, None, None)
    assert (standing.story, standing.profile) == ("s0", bytes(range(256)))


def test_documents_not_recorded_yet_are_none_of_the_ledgers(three: _Recorded) -> None:
    three.record(1)
    with three.tables.reading() as session:
        assert [standing.number for standing in TableLedger(session).documents(three.numbers)] == [three.numbers[1]]


def test_carriers_are_the_rows_of_the_keys_asked_for(three: _Recorded) -> None:
    lowest, highest = -(2**31), 2**31 - 1
    three.record(0, indexed=(lowest, 5))
    three.record(1, indexed=(5, highest))
    first, second, _ = three.numbers
    with three.tables.reading() as session:
        found = TableLedger(session).carriers([lowest, 5, 6])
        assert set(found) == {Posting(lowest, first), Posting(5, first), Posting(5, second)}
        assert len(found) == 3
        assert TableLedger(session).carriers([highest]) == [Posting(highest, second)]


def test_texts_are_the_cleaned_ones(three: _Recorded) -> None:
    with three.tables.reading() as session:
        texts = TableLedger(session).texts([*three.numbers[:2], 99])
    assert texts == dict(zip(three.numbers[:2], ("One.", "Two."), strict=True))


def test_a_decision_recorded_twice_leaves_the_same_rows(three: _Recorded) -> None:
    first, second, third = three.numbers
    three.record(0)
    three.record(1)
    parts = {
        "indexed": (7, 8, 9),
        "copies": [CopyChange(third, first, 0.9, second), CopyChange(second, first, 0.8, third)],
        "stories": [StoryChange(third, "s0", 0.5, first, ("reef",)), StoryChange(second, "s0", 0.4, third)],
        "merges": [StoryMerge("s1", "s0", 0.3)],
        "profiles": {first: b"new"},
    }
    three.record(2, **parts)
    once = _rows(three.tables)
    three.record(2, **parts)
    assert _rows(three.tables) == once


def test_the_evidence_names_the_document_compared_by_the_id_that_the_world_sees(three: _Recorded) -> None:
    first, second, _ = three.numbers
    three.record(0)
    shared = ("reef", "trawlers")
    three.record(
        1, copies=[CopyChange(second, first, 0.9, first)], stories=[StoryChange(second, "s0", 0.5, first, shared)]
    )
    found = row(three.tables, three.ids[1])
    assert (found.copy_of, found.copy_score) == (first, 0.9)
    assert found.copy_evidence == {"compared": three.ids[0], "score": 0.9}
    assert found.story_evidence == {"compared": three.ids[0], "score": 0.5, "shared": list(shared)}


def test_evidence_stands_where_nothing_new_was_measured(three: _Recorded) -> None:
    first, second, third = three.numbers
    three.record(0)
    three.record(1, copies=[CopyChange(second, first, 0.9, first)])
    # The third is the earliest of them all: the second is now a copy of it, by the same measure as before.
    three.record(2, copies=[CopyChange(third, None), CopyChange(second, third)])
    found = row(three.tables, three.ids[1])
    assert (found.copy_of, found.copy_score) == (third, 0.9)
    assert found.copy_evidence == {"compared": three.ids[0], "score": 0.9}


def test_evidence_goes_with_the_copy(three: _Recorded) -> None:
    first, second, third = three.numbers
    three.record(0)
    three.record(1, copies=[CopyChange(second, first, 0.9, first)])
    three.record(2, copies=[CopyChange(third, None), CopyChange(second, None)])
    found = row(three.tables, three.ids[1])
    assert (found.copy_of, found.copy_score, found.copy_evidence) == (None, None, None)


def test_a_new_profile_of_another_document_takes_the_place_of_its_own(three: _Recorded) -> None:
    three.record(0, profile=b"old")
    three.record(1, profiles={three.numbers[0]: b"new"})
    with three.tables.reading() as session:
        (standing,) = TableLedger(session).documents([three.numbers[0]])
    assert standing.profile == b"new"


def test_copies_are_heads_and_theirs_earliest_received_first_and_no_more_than_asked_for(three: _Recorded) -> None:
    first, second, third = three.numbers
    three.record(2)
    three.record(0, copies=[CopyChange(first, third, 1.0, third)])
    three.record(1, copies=[CopyChange(second, third, 1.0, third)])
    with three.tables.reading() as session:
        ledger = TableLedger(session)
        assert [standing.number for standing in ledger.copies([third], 10)] == [first, second, third]
        assert [standing.number for standing in ledger.copies([third], 2)] == [first, second]
        assert [standing.number for standing in ledger.copies([first], 10)] == [first]


def test_members_are_the_latest_received_of_each_story_and_no_more_than_asked_for(three: _Recorded) -> None:
    first, second, third = three.numbers
    for place in (2, 0):
        three.record(place, stories=[StoryChange(three.numbers[place], "s")])
    three.record(1, stories=[StoryChange(second, "t")])
    with three.tables.reading() as session:
        ledger = TableLedger(session)
        assert [standing.number for standing in ledger.members(["s"], 10)] == [third, first]
        assert {standing.number for standing in ledger.members(["s", "t", "u"], 1)} == {third, second}


def test_a_merge_moves_every_document_also_those_that_the_decision_does_not_name(three: _Recorded) -> None:
    _, _, third = three.numbers
    three.record(0, stories=[StoryChange(three.numbers[0], "large")])
    three.record(1, stories=[StoryChange(three.numbers[1], "large")])
    three.record(2, stories=[StoryChange(third, "s2")], merges=[StoryMerge("large", "s2", 0.6)])
    assert [row(three.tables, document_id).found_story_id for document_id in three.ids] == ["s2"] * 3
    with three.tables.reading() as session:
        absorbed = session.get_one(Story, "large")
        assert (absorbed.merged_into, absorbed.merge_score) == ("s2", 0.6)
        assert absorbed.merged is not None
        assert session.get_one(Story, "s2").merged_into is None


def test_a_parting_is_recorded_with_what_the_parts_had_in_common(three: _Recorded) -> None:
    first, second, third = three.numbers
    three.record(0, stories=[StoryChange(first, "wide")])
    three.record(1, stories=[StoryChange(second, "wide")])
    changes = [StoryChange(third, "wide"), StoryChange(second, "part")]
    three.record(2, stories=changes, partings=[StoryParting("part", "wide", 0.1)])
    with three.tables.reading() as session:
        part = session.get_one(Story, "part")
        assert (part.parted_from, part.parting_score) == ("wide", 0.1)
        assert part.parted is not None
        assert session.get_one(Story, "wide").parted_from is None


def test_further_stories_of_a_round_up_follow_a_merge(three: _Recorded) -> None:
    first, second, third = three.numbers
    three.record(0, stories=[StoryChange(first, "s0")])
    three.record(1, stories=[StoryChange(second, "s1")])
    listed = [FurtherStory(third, "s0", 0.9, first), FurtherStory(third, "s1", 0.8, second)]
    for _ in range(2):  # twice is once
        three.record(2, stories=[StoryChange(third, "s2")], further=listed)
    three.record(1, stories=[StoryChange(second, "s0")], merges=[StoryMerge("s1", "s0", 0.6)])
    columns = (FurtherRow.number, FurtherRow.story_id, FurtherRow.score)
    with three.tables.reading() as session:
        assert [tuple(one) for one in session.execute(select(*columns))] == [(third, "s0", 0.9)]


def test_a_story_merged_before_is_followed_to_where_it_is_now(three: _Recorded) -> None:
    first, second, third = three.numbers
    three.record(0)
    three.record(1, stories=[StoryChange(second, "s1"), StoryChange(first, "s1")], merges=[StoryMerge("s0", "s1", 0.5)])
    three.record(2, stories=[StoryChange(third, "s2")], merges=[StoryMerge("s1", "s2", 0.6)])
    with three.tables.reading() as session:
        into = dict(session.execute(select(Story.id, Story.merged_into)).all())
    assert into == {"s0": "s2", "s1": "s2", "s2": None}


@pytest.mark.usefixtures("one_witness")
def test_expired_rows_leave_the_index_and_the_documents_stay(three: _Recorded) -> None:
    window = timedelta(days=14)
    for place, age in enumerate((window * 2, window + timedelta(minutes=1), window - timedelta(minutes=1))):
        three.record(place, indexed=(place, 9))
        change(three.tables, three.ids[place], received=datetime.now(UTC) - age)
    change(three.tables, *accepted(three.tables, "latest"), received=datetime.now(UTC))
    with three.tables.writing() as session:
        assert drop_expired(session, window) == 4
        assert drop_expired(session, window) == 0
    with three.tables.reading() as session:
        assert set(session.scalars(select(FingerprintKey.number))) == {three.numbers[2]}
        assert len(TableLedger(session).documents(three.numbers)) == 3


@pytest.mark.usefixtures("one_witness")
def test_a_document_of_a_wrong_clock_takes_no_other_out_of_the_index(three: _Recorded) -> None:
    now, wrong = datetime.now(UTC), datetime(1970, 1, 1, tzinfo=UTC)
    for place, received in enumerate((now - timedelta(hours=2), now - timedelta(hours=1), wrong)):
        three.record(place, indexed=(place,))
        change(three.tables, three.ids[place], received=received)
    with three.tables.writing() as session:
        assert drop_expired(session, timedelta(days=14)) == 0


@pytest.mark.usefixtures("one_witness")
def test_a_clock_that_is_ahead_takes_nothing_out_of_the_index(three: _Recorded) -> None:
    """To a clock that is right, all documents of a year ago stand as these do to one that is a year ahead."""
    for place in range(3):
        three.record(place, indexed=(place,))
        change(three.tables, three.ids[place], received=datetime.now(UTC) - timedelta(days=365 + place))
    with three.tables.writing() as session:
        assert drop_expired(session, timedelta(days=14)) == 0


def test_a_few_documents_received_while_a_clock_was_ahead_take_no_other_out_of_the_index(
    three: _Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To a clock that jumped a year ahead, what was received before stands as the first two do to the third."""
    for place, age in enumerate((timedelta(days=365), timedelta(days=364), timedelta(0))):
        three.record(place, indexed=(place,))
        change(three.tables, three.ids[place], received=datetime.now(UTC) - age)
    for witnesses, dropped in ((10_000, 0), (2, 0), (1, 2)):
        monkeypatch.setattr("workers.store.ledger._WITNESSES", witnesses)
        with three.tables.writing() as session:
            assert drop_expired(session, timedelta(days=14)) == dropped


@pytest.mark.usefixtures("one_witness")
def test_an_index_with_nothing_expired_is_left_alone(three: _Recorded) -> None:
    change(three.tables, three.ids[0], received=datetime.now(UTC))
    with three.tables.writing() as session:
        session.execute(insert(FingerprintKey).values(key=1, number=three.numbers[0]))
        assert drop_expired(session, timedelta(days=4000)) == 0


# Reports of three events, whole, excerpted and reprinted, each with its hour; and one of nothing else.
_WIRE = {
    "ferry": (report("ferry"), 0),
    "ferry cut": (report("ferry", 0, 1, 2, 3), 2),
    "ferry again": ("From our desk. " + report("ferry"), 3),
    "dam": (report("dam"), 1),
    "dam cut": (report("dam", 0, 1, 2, 3, 4), 6),
    "violin": (report("violin"), 4),
    "violin cut": (report("violin", 4, 5, 6, 7), 5),
    "alone": (babble(3, 120), 7),
}


def _arrive(tables: Database, names: Sequence[str], memory: MemoryLedger | None = None) -> None:
    """Takes these reports in, in this order, as the stage does; and into a ledger in memory beside it."""
    for place, name in enumerate(names):
        text, hours = _WIRE[name]
        published = RECEIVED + timedelta(hours=hours)
        raw = RawDocument(content=text, external_id=name, title=name, published=published, language="en")
        (document_id,) = accepted(tables, raw)
        change(tables, document_id, received=RECEIVED + timedelta(seconds=place))
        cleaned(tables, document_id, text)
        with tables.reading() as session:
            document = load(session, document_id, Stage.DEDUPE)
        print_ = fingerprint(text, name, "en")
        if memory is not None:
            facts = (document.received, document.published, document.source, document.title, document.language)
            arrival = Arrival(document.number, document.id, text, *facts)
            memory.add(arrival)
            memory.record(decide(arrival, print_, memory, Limits()))
        decided(tables, document, print_)


def _groups(tables: Database) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """The names of the reports in each group of copies, and in each story."""
    copies: dict[int, set[str]] = {}
    stories: dict[str | None, set[str]] = {}
    with tables.reading() as session:
        for document in session.scalars(select(Document)):
            copies.setdefault(document.copy_of or document.number, set()).add(str(document.external_id))
            stories.setdefault(document.story_id, set()).add(str(document.external_id))
    return set(map(frozenset, copies.values())), set(map(frozenset, stories.values()))


def test_the_tables_and_a_ledger_in_memory_lead_to_the_same_decisions(tables: Database) -> None:
    memory = MemoryLedger()
    _arrive(tables, list(_WIRE), memory)
    with tables.reading() as session:
        found = {standing.number: standing for standing in TableLedger(session).documents(list(memory.recorded))}
        assert found == memory.recorded
        keys = {(posting.key, posting.number) for posting in TableLedger(session).carriers(list(memory.index))}
    assert keys == {(key, number) for key, numbers in memory.index.items() for number in numbers}


@pytest.mark.parametrize("order", [list(reversed(_WIRE)), sorted(_WIRE)])
def test_in_whatever_order_documents_arrive_the_copies_and_stories_are_the_same(
    tables: Database, order: list[str]
) -> None:
    _arrive(tables, order)
    copies, stories = _groups(tables)
    assert {group for group in copies if len(group) > 1} == {
        frozenset({"ferry", "ferry cut", "ferry again"}),
        frozenset({"dam", "dam cut"}),
        frozenset({"violin", "violin cut"}),
    }
    assert stories == copies


@pytest.mark.parametrize("paper_first", [True, False])
def test_a_paper_that_states_only_the_day_copies_the_report_of_that_day(tables: Database, paper_first: bool) -> None:
    days = (("wire", "2026-02-03T09:30:00Z"), ("paper", "2026-02-03"), ("next", "2026-02-04T00:00:00Z"))
    raw = [RawDocument(external_id=n, content=report("ferry") + n, url=f"https://{n}.x/", published=d) for n, d in days]
    for document_id in accepted(tables, *sorted(raw, key=lambda one: (one.external_id == "paper") is not paper_first)):
        cleaned(tables, document_id, report("ferry"))
        with tables.reading() as session:
            document = load(session, document_id, Stage.DEDUPE)
        decided(tables, document, fingerprint(report("ferry")))
    with tables.reading() as session:
        found = {d.number: (str(d.external_id), d.copy_of) for d in session.scalars(select(Document))}
    heads = [(name, found[copy_of][0] if copy_of else None) for name, copy_of in found.values()]
    assert sorted(heads) == [("next", "wire"), ("paper", "wire"), ("wire", None)]
