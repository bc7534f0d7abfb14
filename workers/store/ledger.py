"""The ledger that dedupe decides by (pipeline.dedupe.ledger.Ledger), on the tables.

Its statements are built once and run below the ORM: a document takes a dozen of them, and building one costs several
times what running it does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    Update,
    any_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pipeline.dedupe import Arrival, Decision, Fingerprint, Posting, RecordedDocument, StoryMerge, publication
from schemas.dedupe_tables import FingerprintKey
from schemas.tables import Document, Table
from workers.store.filing import tell
from workers.store.staged import StagedDocument

if TYPE_CHECKING:
    from pipeline.dedupe import Limits

_documents, _bodies, _keys, _profiles, _stories, _further = (
    Table.metadata.tables[name]
    for name in ("documents", "cleaned_bodies", "fingerprint_keys", "profiles", "stories", "further_stories")
)
_at = _documents.c
_STANDINGS = select(
    _at.number,
    _at.id,
    _at.received,
    _at.published,
    _at.published_offset,
    _at.source,
    _at.copy_of,
    _at.found_story_id,
    _profiles.c.packed,
).join(_profiles, _profiles.c.number == _at.number)
_MEMBERS = (
    _STANDINGS.where(_at.found_story_id == bindparam("story"))
    .order_by(_at.received.desc(), _at.number.desc())
    .limit(bindparam("most"))
)
_DROP_PROFILE = delete(_profiles).where(_profiles.c.number == bindparam("of"))
_DROP_KEYS = delete(_keys).where(_keys.c.number == bindparam("of"))
_ADD_PROFILE = insert(_profiles)
_DROP_POSTING = delete(_keys).where(_keys.c.key == bindparam("of_key"), _keys.c.number == bindparam("of"))
_SET_PROFILE = update(_profiles).where(_profiles.c.number == bindparam("of")).values(packed=bindparam("packed"))
_MOVE_COPIES = (
    update(_documents).where(_at.copy_of == bindparam("before")).values(copy_of=bindparam("now")).returning(_at.number)
)
_MOVE_STORY = (
    update(_documents)
    .where(_at.found_story_id == bindparam("before"))
    .values(found_story_id=bindparam("now"))
    .returning(_at.number)
)
_DROP_FURTHER = delete(_further).where(_further.c.number == bindparam("of"))
_DROP_FURTHER_STORY = delete(_further).where(_further.c.story_id == bindparam("before"))
_FOLLOW = update(_stories).where(_stories.c.merged_into == bindparam("before")).values(merged_into=bindparam("now"))
_PART = (
    update(_stories)
    .where(_stories.c.id == bindparam("new"))
    .values(parted_from=bindparam("rest"), parted=bindparam("at"), parting_score=bindparam("score"))
)
_ABSORB = (
    update(_stories)
    .where(_stories.c.id == bindparam("before"))
    .values(merged_into=bindparam("now"), merged=bindparam("at"), merge_score=bindparam("score"))
)


@lru_cache
def _setting(*columns: str) -> Update:
    """Gives the document `of` new values of these columns."""
    return update(_documents).where(_at.number == bindparam("of")).values({name: bindparam(name) for name in columns})


class _Several:
    """The statements about several documents or keys at once, which each kind of database has its own words for.

    The values come as one parameter, so that a statement is the same for every number of them.
    """

    def __init__(self, on_postgresql: bool) -> None:
        self._on_postgresql = on_postgresql
        self.carriers = select(_keys.c.key, _keys.c.number).where(self._among(_keys.c.key))
        self.documents = _STANDINGS.where(self._among(_at.number))
        self.copies = (
            _STANDINGS.where(self._among(_at.number) | self._among(_at.copy_of))
            .order_by(_at.received, _at.number)
            .limit(bindparam("most"))
        )
        self.texts = select(_bodies.c.number, _bodies.c.text).where(self._among(_bodies.c.number))
        self.ids = select(_at.number, _at.id).where(self._among(_at.number))
        self.add_keys = insert(_keys).from_select(["key", "number"], select(self._each(), bindparam("of")))
        into = postgresql.insert if on_postgresql else sqlite.insert
        self.add_stories = into(_stories).on_conflict_do_nothing()
        self.add_further = into(_further).on_conflict_do_nothing()
        self.move_further = (
            into(_further)
            .from_select(
                ["number", "story_id", "score", "compared"],
                select(_further.c.number, bindparam("now", type_=String), _further.c.score, _further.c.compared).where(
                    _further.c.story_id == bindparam("before")
                ),
            )
            .on_conflict_do_nothing()
        )

    def _among(self, column: Column[Any]) -> ColumnElement[bool]:
        if self._on_postgresql:
            return column == any_(self._array())
        return column.in_(select(self._each()))

    def _each(self) -> ColumnElement[int]:
        if self._on_postgresql:
            return func.unnest(self._array()).column_valued()
        return func.json_each(bindparam("values")).table_valued("value").c.value

    @staticmethod
    def _array() -> ColumnElement[Sequence[int]]:
        """Cast by the server: the driver takes ten times as long over a list."""
        return cast(bindparam("values", type_=String), ARRAY(Integer))

    def parameter(self, values: Collection[int]) -> str:
        listed = ",".join(map(str, values))
        return f"{{{listed}}}" if self._on_postgresql else f"[{listed}]"


_several = lru_cache(_Several)

# Documents looked at for the lowest number within the window: not all of them were received while a clock was wrong.
_EARLIEST = 100

# Documents that must have been received for the window to move on to them: fewer may be of a clock that jumped ahead
# for a while. So many are kept in any case, in some five megabytes of index.
_WITNESSES = 10_000


def drop_expired(session: Session, window: timedelta) -> int:
    """Deletes the index rows of documents received before the window, so that the index stays bounded; gives how many.

    A clock can be wrong, and documents received meanwhile: so the window ends where `_WITNESSES` were received
    later, if the clock is ahead of that, and what goes has a lower number than the earliest few within the window.
    """
    latest = select(Document.received).order_by(Document.received.desc()).offset(_WITNESSES - 1).limit(1)
    until = session.scalar(latest)
    if until is None:
        return 0
    since = min(until, datetime.now(UTC)) - window
    earliest = select(Document.number).where(Document.received >= since).order_by(Document.received).limit(_EARLIEST)
    first = session.scalar(select(func.min(earliest.subquery().c.number)))
    deleted = session.execute(delete(FingerprintKey).where(FingerprintKey.number < first))
    return int(deleted.rowcount)  # type: ignore[attr-defined]


class PendingDecision:
    """Which copies and which story a document belongs to: decided first, and then written.

    Both in one turn of those who decide: `Database.writing(decide=pending.decide)`, and it is called in that session.
    """

    def __init__(self, document: StagedDocument, fingerprint: Fingerprint, limits: Limits) -> None:
        self._document, self._fingerprint, self._limits = document, fingerprint, limits
        self._decided: tuple[Decision, dict[int, RecordedDocument]] | None = None

    def decide(self, session: Session) -> None:
        """Decides by what the tables hold."""
        from pipeline.dedupe import decide  # with the numerics, which only those who decide wait for

        document = self._document
        arrival = Arrival(
            number=document.number,
            id=document.id,
            text=document.text,
            received=document.received,
            published=publication(document.published, naive=document.published_offset is None),
            source=document.source,
            title=document.title,
            language=document.language,
            revision=document.revision,
        )
        ledger = TableLedger(session)
        self._decided = decide(arrival, self._fingerprint, ledger, self._limits), ledger.met

    def __call__(self, session: Session) -> None:
        """Writes what was decided."""
        assert self._decided is not None, "it was decided"
        decision, met = self._decided
        ledger = TableLedger(session, new=self._document.found_story_id is None, met=met)
        ledger.record(decision)
        tell(session, self._document, ledger.changed | {self._document.number}, ledger.merged)


class TableLedger:
    """The documents recorded so far, as the session's transaction sees them.

    `new` says that the arriving document was not recorded before, so that no row of it need be looked for; `met` are
    documents that were read before, by number, whose ids and stories need no further look.
    """

    def __init__(
        self, session: Session, *, new: bool = False, met: Mapping[int, RecordedDocument] | None = None
    ) -> None:
        self._new = new
        self._connection = session.connection()
        self._several = _several(self._connection.dialect.name == "postgresql")
        # What was recorded: the documents whose rows changed, and the stories that became part of others.
        self.changed: set[int] = set()
        self.merged: dict[str, str] = {}
        self.met = dict(met or {})

    def carriers(self, keys: Sequence[int]) -> Sequence[Posting]:
        """Index rows with one of these keys."""
        return list(map(Posting._make, self._found(self._several.carriers, keys)))

    def documents(self, numbers: Collection[int]) -> Sequence[RecordedDocument]:
        """These documents."""
        return self._standings(self._found(self._several.documents, numbers))

    def copies(self, heads: Collection[int], limit: int) -> Sequence[RecordedDocument]:
        """The heads and what is a copy of them, earliest received first."""
        return self._standings(self._found(self._several.copies, heads, most=limit))

    def members(self, stories: Collection[str], limit: int) -> Sequence[RecordedDocument]:
        """The latest received documents of each story."""
        found: list[RecordedDocument] = []
        for story in sorted(stories):
            found += self._standings(self._connection.execute(_MEMBERS, {"story": story, "most": limit}))
        return found

    def texts(self, numbers: Collection[int]) -> Mapping[int, str]:
        """The cleaned texts by number."""
        return dict(map(tuple, self._found(self._several.texts, numbers)))

    def record(self, decision: Decision) -> None:
        """Writes the decision; twice it leaves the same rows."""
        run, number, now = self._connection.execute, decision.number, datetime.now(UTC)
        if not self._new and run(_DROP_PROFILE, {"of": number}).rowcount:
            run(_DROP_KEYS, {"of": number})
            run(_DROP_FURTHER, {"of": number})
        if decision.indexed:
            run(self._several.add_keys, {"values": self._several.parameter(decision.indexed), "of": number})
        if decision.outdated:
            run(_DROP_POSTING, [{"of_key": posting.key, "of": posting.number} for posting in decision.outdated])
        run(_ADD_PROFILE, {"number": number, "packed": decision.profile})
        if decision.profiles:
            run(_SET_PROFILE, [{"of": other, "packed": packed} for other, packed in decision.profiles.items()])
        new = {change.story for change in decision.stories} - {standing.story for standing in self.met.values()}
        if new:
            run(self._several.add_stories, [{"id": story, "opened": now} for story in sorted(new)])
        for before, now_first in decision.moved.items():
            self.changed |= set(run(_MOVE_COPIES, {"before": before, "now": now_first}).scalars())
        self._write_changes(decision)
        for merge in decision.merges:
            self._merge(merge, now)
        if decision.further:
            added = [
                {"number": one.number, "story_id": one.story, "score": one.score, "compared": one.compared}
                for one in decision.further
            ]
            run(self._several.add_further, added)
        for parting in decision.partings:
            run(_PART, {"new": parting.parted, "rest": parting.rest, "at": now, "score": parting.score})

    def _write_changes(self, decision: Decision) -> None:
        """The new values of each document's columns, in one go for all documents that change the same columns."""
        ids = self._ids(c.compared for changes in (decision.copies, decision.stories) for c in changes)
        changes: dict[int, dict[str, Any]] = defaultdict(dict)
        for copy in decision.copies:
            changes[copy.number]["copy_of"] = copy.copy_of
            if copy.compared or copy.copy_of is None:  # else what was measured before stands
                why: dict[str, Any] | None = None
                if copy.compared:
                    why = {"compared": ids[copy.compared], "score": copy.score}
                changes[copy.number] |= {"copy_score": copy.score, "copy_evidence": why}
        for story in decision.stories:
            why = None
            if story.compared:
                why = {"compared": ids[story.compared], "score": story.score, "shared": list(story.shared)}
            changes[story.number] |= {"found_story_id": story.story, "story_evidence": why}
        self.changed |= changes.keys()
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for number, values in changes.items():
            alike[tuple(values)].append({"of": number, **values})
        for columns, rows in alike.items():
            self._connection.execute(_setting(*columns), rows)

    def _merge(self, merge: StoryMerge, now: datetime) -> None:
        moved = {"before": merge.absorbed, "now": merge.into}
        self.changed |= set(self._connection.execute(_MOVE_STORY, moved).scalars())
        self.merged[merge.absorbed] = merge.into
        self._connection.execute(self._several.move_further, moved)
        self._connection.execute(_DROP_FURTHER_STORY, {"before": merge.absorbed})
        self._connection.execute(_FOLLOW, moved)
        self._connection.execute(_ABSORB, moved | {"at": now, "score": merge.score})

    def _ids(self, numbers: Iterable[int | None]) -> dict[int, str]:
        wanted = {number for number in numbers if number is not None}
        known = {number: self.met[number].id for number in wanted & self.met.keys()}
        unknown = wanted - known.keys()
        return known | (dict(map(tuple, self._found(self._several.ids, unknown))) if unknown else {})

    def _found(
        self, wanted: Select[*tuple[Any, ...]], values: Collection[int], **others: int
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        parameters = {"values": self._several.parameter(values), **others}
        return self._connection.execute(wanted, parameters).all()

    def _standings(self, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[RecordedDocument]:
        found = [
            RecordedDocument(number, document_id, received, publication(published, naive=offset is None), *others)
            for number, document_id, received, published, offset, *others in rows
        ]
        self.met |= {standing.number: standing for standing in found}
        return found
