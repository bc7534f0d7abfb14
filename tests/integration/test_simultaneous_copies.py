"""Two copies that arrive in the same instant on two workers find each other: hundreds of pairs, in real processes."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

from sqlalchemy import insert, select

from schemas.messages import StageMessage
from schemas.stages import State
from schemas.tables import CleanedBody, Document
from workers.store.database import Database

# Without the lock of the decisions PostgreSQL misses every pair of 150; the more of them, the rarer the gap they find.
_PAIRS = 400

# Far above what one document takes: past it the other process has died.
_WAIT_SECONDS = 60


def test_copies_that_arrive_in_the_same_instant_find_each_other(tables: Database, broker: str) -> None:
    wires, papers = _store_pairs(tables)
    both = get_context("spawn")
    instant = both.Barrier(2)
    # Not daemons: they are joined, and their exit codes tell of errors.
    processes = [both.Process(target=_dedupe_each, args=(ids, instant)) for ids in (wires, papers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    with tables.reading() as session:
        found = session.execute(select(Document.id, Document.number, Document.copy_of, Document.state)).all()
    assert {state for *_, state in found} == {State.STORED}
    number = {document_id: number for document_id, number, *_ in found}
    copy_of = {document_id: head for document_id, _, head, _ in found}
    # Each wire is a second older than the paper that runs it, whichever of the two was decided on first.
    assert [copy_of[paper] for paper in papers] == [number[wire] for wire in wires]
    assert {copy_of[wire] for wire in wires} == {None}


def _dedupe_each(ids: list[str], instant: Barrier) -> None:
    """Takes the documents through the stage's own task, each in the same instant as the other process its own."""
    from workers.tasks.stages import dedupe

    for document_id in ids:
        instant.wait(_WAIT_SECONDS)
        dedupe(**StageMessage.about(document_id, None, None).model_dump())


def _store_pairs(tables: Database) -> tuple[list[str], list[str]]:
    """Stores extracted documents: wires, and for each the paper that runs the top of it under lines of its own."""
    chance = random.Random(5)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(20_000)]
    documents, bodies, ids = [], [], ([], [])  # type: ignore[var-annotated]
    for place in range(_PAIRS):
        wire = chance.sample(words, 80)
        paper = [*chance.sample(words, 8), *wire[:60]]
        for side, text in enumerate((wire, paper)):
            number, at = (
                1 + 2 * place + side,
                datetime(2026, 3, 1, 12, place // 60 % 60, place % 60, side * 500_000, UTC),
            )
            ids[side].append(f"{number:032x}")
            documents.append(
                {"number": number, "id": ids[side][-1], "received": at, "state": State.EXTRACTED, "changed": at}
            )
            bodies.append({"number": number, "text": " ".join(text), "removed": []})
    with tables.writing() as session:
        session.execute(insert(Document), documents)
        session.execute(insert(CleanedBody), bodies)
    return ids
