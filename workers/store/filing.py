"""In which story a document is shown: the one that dedupe found for it, unless a correction says otherwise.

`Document.found_story_id` is dedupe's and is never changed by a correction; `Document.story_id`, which everybody reads,
follows from it, from the corrections of stories (`Story.corrected_into`), and from those of documents (`placed`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.orm import Session

from schemas.dedupe_tables import Story
from schemas.tables import Document, Table
from workers.store import changes
from workers.store.changes import EventKind, NewEvent
from workers.store.staged import StagedDocument

# SQLite allows 32,766 parameters in a statement.
_PARAMETERS = 10_000

# Built once and run below the ORM, as those of the stages are (workers.store.stages).
_documents, _stories = (Table.metadata.tables[name] for name in ("documents", "stories"))
_at = _documents.c
_among = _at.number.in_(bindparam("numbers", expanding=True))
_corrected = select(_stories.c.corrected_into).where(_stories.c.id == _at.found_story_id).scalar_subquery()
_FILED = select(_at.story_id).where(_among)
_FILE = (
    update(_documents)
    .where(_among)
    .values(story_id=case((_at.placed, _at.story_id), else_=func.coalesce(_corrected, _at.found_story_id)))
    .returning(_at.story_id)
)
_OUTCOME = select(_at.story_id, _at.copy_of).where(_at.number == bindparam("of"))


def refile(session: Session, numbers: Collection[int]) -> set[str]:
    """Brings the stories of these documents in line with what was found for them; gives all stories that this concerns:
    those they were in and those they are in.
    """
    concerned: set[str] = set()
    run = session.connection().execute
    for part in _parts(numbers):
        concerned |= {story for story in run(_FILED, {"numbers": part}).scalars() if story}
        concerned |= {story for story in run(_FILE, {"numbers": part}).scalars() if story}
    return concerned


def merged_by_dedupe(session: Session, merged: Mapping[str, str]) -> None:
    """Carries the corrections of stories over to those that dedupe made them part of."""
    for absorbed, into in merged.items():
        session.execute(update(Story).where(Story.corrected_into == absorbed).values(corrected_into=into))
        session.execute(update(Story).where(Story.id == into, Story.corrected_into == into).values(corrected_into=None))
        corrected = session.scalar(select(Story.corrected_into).where(Story.id == absorbed))
        if corrected and corrected != into:
            held = update(Story).where(Story.id == into, Story.corrected_into.is_(None))
            session.execute(held.values(corrected_into=corrected))
        placed = update(Document).where(Document.story_id == absorbed, Document.placed)
        session.execute(placed.values(story_id=into).execution_options(synchronize_session=False))


def tell(session: Session, document: StagedDocument, changed: Collection[int], merged: Mapping[str, str]) -> None:
    """Files what dedupe decided on the arrival of a document, and numbers all that it changed."""
    concerned = set()
    if merged:
        # Whole stories moved: what else was shown in them, by corrections, goes along.
        merged_by_dedupe(session, merged)
        also = select(Document.number).where(Document.found_story_id.in_(set(merged.values())))
        changed = {*changed, *session.scalars(also)}
        concerned |= {*merged, *merged.values()}
    concerned |= refile(session, changed)
    story, copy_of = session.connection().execute(_OUTCOME, {"of": document.number}).one()
    told = {"source": document.source, "title": document.title, "copy": copy_of is not None}
    events = [NewEvent(EventKind.DOCUMENT_STORED, story, document.id, told)]
    events += [NewEvent(EventKind.STORY_MERGED, into, data={"merged": absorbed}) for absorbed, into in merged.items()]
    changes.record(session, documents=changed, stories=concerned, events=events)


def _parts(numbers: Collection[int]) -> Iterable[list[int]]:
    listed = sorted(numbers)
    for start in range(0, len(listed), _PARAMETERS):
        yield listed[start : start + _PARAMETERS]
