"""Old documents go with all that was found in them; what was corrected, copied from, or has not ended, stays."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from schemas.corrections import NewCorrection
from schemas.tables import Claim, CleanedBody, Document
from tests.workers.stored import RECEIVED, accepted, change, disagreement
from workers.store.corrections.write import correct
from workers.store.database import Database
from workers.store.pruning import prune
from workers.store.settling import settle_all


def _left(tables: Database) -> set[str]:
    with tables.reading() as session:
        assert session.scalar(select(func.count()).select_from(CleanedBody)) == session.scalar(
            select(func.count()).select_from(Document).where(Document.state == "stored")
        )
        assert set(session.scalars(select(Claim.document_id))) <= set(session.scalars(select(Document.id)))
        return set(session.scalars(select(Document.id)))


def _prune(tables: Database, minutes: int) -> int:
    deleted = 0
    while True:
        with tables.writing(deciding=True) as session:
            portion = prune(session, RECEIVED + timedelta(minutes=minutes))
        deleted += portion
        if not portion:
            return deleted


def test_what_is_old_goes_and_what_is_needed_stays(tables: Database) -> None:
    early, copy, late, failing = disagreement(tables)
    settle_all(tables)
    (waiting,) = accepted(tables, "Still waiting.")
    change(tables, waiting, received=RECEIVED - timedelta(days=1))
    with tables.writing(deciding=True) as session:
        given = {"record": "claim", "record_id": f"{late}:0", "action": "reject", "reason": "r", "author": "a"}
        correct(session, NewCorrection.model_validate(given))
    assert _prune(tables, 0) == 0
    assert _prune(tables, 2) == 0  # the late one was corrected, and the early one has a copy that is newer
    assert _left(tables) == {early, copy, late, failing, waiting}
    assert _prune(tables, 60) == 3
    assert _left(tables) == {late, waiting}
