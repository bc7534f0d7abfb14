"""The rows of each exported table, read from the database as the contract names them, one at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from schemas.tables import Claim, CleanedBody, Document, Entity, Failure, FurtherStory, Place, Quote, Revision
from workers.store.read.columns import COLUMNS
from workers.store.read.counts import counts, disputes
from workers.store.read.stories import claim_id, stories, story_title
from workers.store.results import published_as_stated

Row = dict[str, Any]

# Rows fetched from the server at a time.
_FETCH = 1_000


@dataclass(frozen=True)
class Filter:
    """Which documents' rows are wanted: received at or after `since`, from that `source`."""

    since: datetime | None = None
    source: str | None = None

    def applied(self, wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """The statement, over documents, with these conditions."""
        if self.since is not None:
            wanted = wanted.where(Document.received >= self.since)
        if self.source is not None:
            wanted = wanted.where(Document.source == self.source)
        return wanted


def rows(session: Session, table: str, chosen: Filter) -> Iterator[Row]:
    """The rows of an exported table, documents in the order of arrival, records in the order of the text."""
    return _READERS[table](session, chosen)


def _documents(session: Session, chosen: Filter) -> Iterator[Row]:
    original = aliased(Document)
    wanted = (
        select(Document, CleanedBody, original.id)
        .outerjoin(CleanedBody, CleanedBody.number == Document.number)
        .outerjoin(original, original.number == Document.copy_of)
        .order_by(Document.number)
    )
    further = _further_stories(session)
    for document, body, copy_of in session.execute(chosen.applied(wanted).execution_options(yield_per=_FETCH)):
        shared = {name: getattr(document, name, None) for name in COLUMNS["documents"]}
        yield shared | {
            "published": published_as_stated(document),
            "published_naive": document.published is not None and document.published_offset is None,
            "text": body.text if body else None,
            "removed": body.removed if body else [],
            "notes": (body.notes if body else None) or [],
            "copy_of": copy_of,
            "further_stories": further.get(document.number, []),
        }


def _further_stories(session: Session) -> dict[int, list[dict[str, Any]]]:
    """The stories that round-ups report beside their own, by the round-up's number: few documents are one."""
    report = aliased(Document)
    wanted = (
        select(FurtherStory, report.id)
        .join(Document, Document.number == FurtherStory.number)
        .join(report, report.number == FurtherStory.compared)
        .where(Document.story_id != FurtherStory.story_id)
        .order_by(FurtherStory.score.desc(), FurtherStory.story_id)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for further, compared in session.execute(wanted):
        found[further.number].append({"story_id": further.story_id, "score": further.score, "compared": compared})
    return found


def _records(record: type[Entity] | type[Place] | type[Quote]) -> Callable[[Session, Filter], Iterator[Row]]:
    def read(session: Session, chosen: Filter) -> Iterator[Row]:
        columns = COLUMNS[record.__tablename__]
        wanted = (
            select(*(getattr(record, name) for name in columns))
            .join(Document, Document.id == record.document_id)
            .order_by(Document.number, record.ordinal)
        )
        for row in session.execute(chosen.applied(wanted).execution_options(yield_per=_FETCH)):
            yield dict(zip(columns, row, strict=True))

    return read


def _claims(session: Session, chosen: Filter) -> Iterator[Row]:
    wanted = (
        select(Claim, Document, CleanedBody.text)
        .join(Document, Document.id == Claim.document_id)
        .join(CleanedBody, CleanedBody.number == Document.number)
        .order_by(Document.number, Claim.ordinal)
    )
    titles = _Titles(session)
    for claim, document, text in session.execute(chosen.applied(wanted).execution_options(yield_per=_FETCH)):
        shared = {name: getattr(claim, name, None) for name in COLUMNS["claims"]}
        yield shared | {
            "id": claim_id(claim),
            "event_date": claim.event_date.isoformat() if claim.event_date else None,
            "story_id": document.story_id,
            "sentence": text[claim.sentence_start : claim.sentence_end],
            "title": document.title,
            "source": document.source,
            "published": published_as_stated(document),
            "url": document.url,
            "story_title": titles.of(document.story_id),
        }


class _Titles:
    """The titles of stories, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, str | None] = {}

    def of(self, story: str | None) -> str | None:
        if story is None:
            return None
        if story not in self._known:
            self._known[story] = story_title(self._session, story)
        return self._known[story]


def _of_stories(read: Callable[[Session, list[str]], Iterator[Row]]) -> Callable[[Session, Filter], Iterator[Row]]:
    """A reader of what stories hold, for the stories of the chosen documents."""

    def rows_of(session: Session, chosen: Filter) -> Iterator[Row]:
        wanted = chosen.applied(select(Document.story_id).where(Document.story_id.is_not(None)))
        yield from read(session, list(session.scalars(wanted.distinct().order_by(Document.story_id))))

    return rows_of


def _failures(session: Session, chosen: Filter) -> Iterator[Row]:
    wanted = select(Failure).where(Failure.resolved.is_(None)).order_by(Failure.number)
    if chosen != Filter():
        wanted = chosen.applied(wanted.join(Document, Document.id == Failure.document_id))
    for failure in session.scalars(wanted.execution_options(yield_per=_FETCH)):
        yield {name: getattr(failure, name) for name in COLUMNS["failures"]}


def _revisions(session: Session, chosen: Filter) -> Iterator[Row]:
    wanted = (
        select(Revision, Document.id)
        .join(Document, Document.number == Revision.number)
        .order_by(Revision.number, Revision.revision)
    )
    for revision, document_id in session.execute(chosen.applied(wanted).execution_options(yield_per=_FETCH)):
        yield {"document_id": document_id} | {
            name: getattr(revision, name) for name in COLUMNS["revisions"] if name != "document_id"
        }


_READERS: dict[str, Callable[[Session, Filter], Iterator[Row]]] = {
    "documents": _documents,
    "entities": _records(Entity),
    "places": _records(Place),
    "quotes": _records(Quote),
    "claims": _claims,
    "stories": _of_stories(stories),
    "counts": _of_stories(counts),
    "disputes": _of_stories(disputes),
    "failures": _failures,
    "revisions": _revisions,
}
