"""The ledger that dedupe decides by (pipeline.dedupe.ledger.Ledger), on the tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, any_, cast, delete, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipeline.dedupe import Arrival, Decision, Fingerprint, Limits, Posting, Standing, StoryMerge, decide
from schemas.tables import CleanedBody, Document, FingerprintKey, Profile, Story
from workers.store.intake import insert_ignoring_known

_STANDING = (
    Document.number,
    Document.id,
    Document.received,
    Document.published,
    Document.source,
    Document.copy_of,
    Document.story_id,
    Profile.packed,
)


def drop_expired(session: Session, window: timedelta) -> int:
    """Deletes the index rows of documents received before the window, so that the index stays bounded; gives how many.

    Numbers grow with time, so the newest expired document's number is where the deleting ends.
    """
    expired = select(Document.number).where(Document.received < datetime.now(UTC) - window)
    last = session.scalar(expired.order_by(Document.received.desc()).limit(1))
    if last is None:
        return 0
    deleted = session.execute(delete(FingerprintKey).where(FingerprintKey.number <= last))
    return int(deleted.rowcount)  # type: ignore[attr-defined]


def _standings() -> Select[*tuple[Any, ...]]:
    return select(*_STANDING).join(Profile, Profile.number == Document.number)


def write_decision(session: Session, document: Document, fingerprint: Fingerprint, limits: Limits) -> None:
    """Decides which copies and which story a document belongs to, and writes what that changes.

    The session must be the only one that decides (`Database.writing(deciding=True)`).
    """
    arrival = Arrival(
        number=document.number,
        id=document.id,
        text=document.cleaned.text,
        received=document.received,
        published=document.published,
        source=document.source,
        title=document.title,
        language=document.language,
    )
    ledger = TableLedger(session)
    ledger.record(decide(arrival, fingerprint, ledger, limits))


class TableLedger:
    """The documents recorded so far, as the session's transaction sees them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def carriers(self, keys: Sequence[int]) -> Sequence[Posting]:
        """Index rows with one of these keys."""
        found = select(FingerprintKey.key, FingerprintKey.number).where(self._among(FingerprintKey.key, keys))
        return [Posting(key, number) for key, number in self._session.execute(found)]

    def documents(self, numbers: Collection[int]) -> Sequence[Standing]:
        """These documents."""
        return self._read(_standings().where(self._among(Document.number, numbers)))

    def copies(self, heads: Collection[int], limit: int) -> Sequence[Standing]:
        """The heads and what is a copy of them, earliest received first."""
        among = self._among(Document.number, heads) | self._among(Document.copy_of, heads)
        return self._read(_standings().where(among).order_by(Document.received, Document.number).limit(limit))

    def members(self, stories: Collection[str], limit: int) -> Sequence[Standing]:
        """The latest received documents of each story."""
        latest = (Document.received.desc(), Document.number.desc())
        found: list[Standing] = []
        for story in sorted(stories):
            found += self._read(_standings().where(Document.story_id == story).order_by(*latest).limit(limit))
        return found

    def texts(self, numbers: Collection[int]) -> Mapping[int, str]:
        """The cleaned texts by number."""
        found = select(CleanedBody.number, CleanedBody.text).where(self._among(CleanedBody.number, numbers))
        return dict(self._session.execute(found).all())

    def record(self, decision: Decision) -> None:
        """Writes the decision; twice it leaves the same rows."""
        session, now = self._session, datetime.now(UTC)
        if session.execute(delete(Profile).where(Profile.number == decision.number)).rowcount:  # type: ignore[attr-defined]
            session.execute(delete(FingerprintKey).where(FingerprintKey.number == decision.number))
        if decision.indexed:
            keys = [{"key": key, "number": decision.number} for key in decision.indexed]
            session.execute(insert(FingerprintKey), keys)
        session.execute(insert(Profile).values(number=decision.number, packed=decision.profile))
        for number, packed in decision.profiles.items():
            session.execute(update(Profile).where(Profile.number == number).values(packed=packed))
        known = [{"id": story, "opened": now} for story in sorted({change.story for change in decision.stories})]
        session.execute(insert_ignoring_known(session, Story), known)
        for before, now_first in decision.moved.items():
            session.execute(update(Document).where(Document.copy_of == before).values(copy_of=now_first))
        self._write_copies(decision)
        self._write_stories(decision)
        for merge in decision.merges:
            self._merge(merge, now)

    def _write_copies(self, decision: Decision) -> None:
        ids = self._ids(change.compared for change in decision.copies)
        for change in decision.copies:
            values: dict[str, Any] = {"copy_of": change.copy_of}
            if change.compared:
                evidence = {"compared": ids[change.compared], "score": change.score}
                values |= {"copy_score": change.score, "copy_evidence": evidence}
            elif change.copy_of is None:  # else what was measured before stands
                values |= {"copy_score": None, "copy_evidence": None}
            self._session.execute(update(Document).where(Document.number == change.number).values(**values))

    def _write_stories(self, decision: Decision) -> None:
        ids = self._ids(change.compared for change in decision.stories)
        for change in decision.stories:
            evidence = (
                {"compared": ids[change.compared], "score": change.score, "shared": list(change.shared)}
                if change.compared
                else None
            )
            self._session.execute(
                update(Document)
                .where(Document.number == change.number)
                .values(story_id=change.story, story_evidence=evidence)
            )

    def _merge(self, merge: StoryMerge, now: datetime) -> None:
        moved = update(Document).where(Document.story_id == merge.absorbed).values(story_id=merge.into)
        self._session.execute(moved)
        followed = update(Story).where(Story.merged_into == merge.absorbed).values(merged_into=merge.into)
        self._session.execute(followed)
        absorbed = update(Story).where(Story.id == merge.absorbed)
        self._session.execute(absorbed.values(merged_into=merge.into, merged=now, merge_score=merge.score))

    def _ids(self, numbers: Iterable[int | None]) -> dict[int, str]:
        wanted = {number for number in numbers if number is not None}
        if not wanted:
            return {}
        found = select(Document.number, Document.id).where(self._among(Document.number, wanted))
        return dict(self._session.execute(found).all())

    def _among(self, column: InstrumentedAttribute[Any], values: Collection[int]) -> ColumnElement[bool]:
        """`column` is one of `values`, as one parameter: a statement that is the same for every number of them is
        compiled once, which is most of what it costs.
        """
        if self._session.get_bind().dialect.name == "postgresql":
            return column == any_(cast(list(values), ARRAY(column.type)))
        return column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))

    def _read(self, wanted: Select[*tuple[Any, ...]]) -> list[Standing]:
        return [Standing(*row) for row in self._session.execute(wanted)]
