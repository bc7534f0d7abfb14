"""The rows of each exported table, read from the database as the contract names them, in portions.

Everything goes by documents or stories, in the order of their arrival or of their changes, some at a time: so an export
of a million takes no more memory than a page of the API, which is one portion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select, union_all
from sqlalchemy.orm import Session, aliased

from schemas.dedupe_tables import FurtherStory, Story
from schemas.desk_tables import Correction, StoryCount
from schemas.tables import Claim, CleanedBody, Document, Entity, Failure, Place, Quote, Revision
from workers.store.corrections.overlay import Overlay
from workers.store.read.columns import COLUMNS
from workers.store.read.disputes import dispute_rows
from workers.store.read.records import claim_row, quote_row
from workers.store.read.stories import stories
from workers.store.results import published_as_stated
from workers.store.search.conditions import is_rare, names_place

Row = dict[str, Any]

# Documents or stories of a portion: as many as one statement can name.
PORTION = 500


@dataclass(frozen=True)
class Filter:
    """Which rows are wanted: of documents received from `since` until before `until`, from that `source`, in the
    story `story`; of claims and counts those of `measure`; of documents that name `place`; of what changed after the
    number `changed_since`, and then in the order of the changes.
    """

    since: datetime | None = None
    source: str | None = None
    until: datetime | None = None
    story: str | None = None
    measure: str | None = None
    place: str | None = None
    changed_since: int | None = None

    @property
    def by_document(self) -> bool:
        """Whether there is a condition on documents."""
        return any((self.since, self.source, self.until, self.story, self.place))

    def applied(self, session: Session, wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """The statement, over documents, with these conditions."""
        if self.since is not None:
            wanted = wanted.where(Document.received >= self.since)
        if self.until is not None:
            wanted = wanted.where(Document.received < self.until)
        if self.source is not None:
            wanted = wanted.where(Document.source == self.source)
        if self.story is not None:
            wanted = wanted.where(Document.story_id == self.story)
        if self.place is not None:
            wanted = wanted.where(names_place(session, self.place))
        return wanted


# A portion of rows, each with the number behind which the next begins.
Numbered = Iterator[tuple[int, Row]]


def rows(session: Session, table: str, chosen: Filter) -> Iterator[Row]:
    """The rows of an exported table: documents in the order of arrival or change, records in that of the text."""
    for _, row in numbered_rows(session, table, chosen):
        yield row


def numbered_rows(session: Session, table: str, chosen: Filter, portion: int = PORTION) -> Numbered:
    """The same, each row with its place in that order: the number of its document, story, count or correction."""
    return _READERS[table](session, chosen, portion)


def _documents_in_order(
    session: Session, chosen: Filter, portion: int, also: Sequence[ColumnElement[bool]] = ()
) -> Iterator[list[tuple[int, Document]]]:
    """The documents in portions, each with the number that it stands at in the order asked for."""
    order: Any = Document.number if chosen.changed_since is None else Document.change
    after = chosen.changed_since or 0
    while True:
        wanted = (
            chosen.applied(session, select(order, Document).where(order > after, *also)).order_by(order).limit(portion)
        )
        found = [(number, document) for number, document in session.execute(wanted)]
        if found:
            yield found
            after = found[-1][0]
        if len(found) < portion:
            return
        session.expunge_all()


def _documents(session: Session, chosen: Filter, portion: int) -> Numbered:
    for part in _documents_in_order(session, chosen, portion):
        numbers = [document.number for _, document in part]
        bodies = {
            body.number: body for body in session.scalars(select(CleanedBody).where(CleanedBody.number.in_(numbers)))
        }
        originals = {document.copy_of for _, document in part if document.copy_of}
        ids = dict(session.execute(select(Document.number, Document.id).where(Document.number.in_(originals))).all())
        further = further_stories(session, numbers)
        for at, document in part:
            row = document_row(document, bodies.get(document.number), ids.get(document.copy_of or 0))
            yield at, row | {"further_stories": further[document.number]}


def further_stories(session: Session, numbers: Sequence[int]) -> dict[int, list[Row]]:
    """The stories that round-ups report beside their own, by the round-up's number."""
    reported = aliased(Document)
    wanted = (
        select(FurtherStory, reported.id)
        .join(Document, Document.number == FurtherStory.number)
        .join(reported, reported.number == FurtherStory.compared)
        .where(FurtherStory.number.in_(numbers), Document.story_id != FurtherStory.story_id)
        .order_by(FurtherStory.score.desc(), FurtherStory.story_id)
    )
    found: dict[int, list[Row]] = defaultdict(list)
    for further, compared in session.execute(wanted):
        found[further.number].append({"story_id": further.story_id, "score": further.score, "compared": compared})
    return found


def document_row(document: Document, body: CleanedBody | None, copy_of: str | None) -> Row:
    """A document as exported."""
    shared = {name: getattr(document, name, None) for name in COLUMNS["documents"]}
    return shared | {
        "published": published_as_stated(document),
        "published_naive": document.published is not None and document.published_offset is None,
        "undated": document.published is None,
        "text": body.text if body else None,
        "removed": body.removed if body else [],
        "notes": (body.notes if body else None) or [],
        "copy_of": copy_of,
    }


def _records(
    record: type[Entity] | type[Place] | type[Quote] | type[Claim],
) -> Callable[[Session, Filter, int], Numbered]:
    def read(session: Session, chosen: Filter, portion: int) -> Numbered:
        has_any: ColumnElement[bool] = exists().where(record.document_id == Document.id)
        overlaid = record in (Quote, Claim)
        # What an analyst added, or said to be of this measure, can be all that there is.
        kind = "claim" if record is Claim else "quote"
        corrected = select(Correction.document_id).where(Correction.record == kind)
        if record is Claim and chosen.measure and is_rare(session, chosen.measure):
            of_measure = select(Claim.document_id).where(Claim.measure == chosen.measure)
            has_any = Document.id.in_(union_all(of_measure, corrected))
        else:
            if record is Claim and chosen.measure:
                has_any = exists().where(Claim.document_id == Document.id, Claim.measure == chosen.measure)
            if overlaid:
                has_any = has_any | exists(corrected.where(Correction.document_id == Document.id))
        columns = COLUMNS[record.__tablename__]
        for part in _documents_in_order(session, chosen, portion, [has_any]):
            ids = [document.id for _, document in part]
            found: dict[str, list[Row]] = {document_id: [] for document_id in ids}
            wanted = select(record).where(record.document_id.in_(ids)).order_by(record.document_id, record.ordinal)
            for each in session.scalars(wanted):
                if isinstance(each, Entity | Place | Quote | Claim):
                    found[each.document_id].append(_record_row(each, columns))
            overlay = Overlay(session, ids) if overlaid else None
            around = _Around(session, [document for _, document in part]) if record is Claim else None
            for at, document in part:
                laid = found[document.id]
                if overlay is not None:
                    lay = overlay.claims if record is Claim else overlay.quotes
                    laid = lay(document.id, laid)
                for row in laid:
                    if around is not None:
                        if chosen.measure and row["measure"] != chosen.measure:
                            continue
                        row |= around.of(document, row)
                    yield at, {name: row.get(name) for name in columns}

    return read


class _Around:
    """What a claim's row says of its document and story, so that the row stands alone."""

    def __init__(self, session: Session, documents: Sequence[Document]) -> None:
        numbers = [document.number for document in documents]
        bodies = select(CleanedBody.number, CleanedBody.text).where(CleanedBody.number.in_(numbers))
        titles = select(Story.id, Story.title).where(Story.id.in_({d.story_id for d in documents if d.story_id}))
        self._texts, self._titles = dict(session.execute(bodies).all()), dict(session.execute(titles).all())

    def of(self, document: Document, claim: Row) -> Row:
        """The columns that are not the claim's own."""
        text = self._texts.get(document.number, "")
        return {
            "story_id": document.story_id,
            "sentence": text[claim["sentence_start"] : claim["sentence_end"]],
            "title": document.title,
            "source": document.source,
            "published": published_as_stated(document),
            "url": document.url,
            "story_title": self._titles.get(document.story_id or ""),
        }


def _record_row(record: Entity | Place | Quote | Claim, columns: dict[str, Any]) -> Row:
    if isinstance(record, Claim):
        return claim_row(record)
    if isinstance(record, Quote):
        return quote_row(record)
    return {name: getattr(record, name) for name in columns}


def _stories(session: Session, chosen: Filter, portion: int) -> Numbered:
    if chosen.changed_since is None:
        wanted = chosen.applied(session, select(Document.story_id).where(Document.story_id.is_not(None)))
        ids: list[str] = list(session.scalars(wanted.distinct().order_by(Document.story_id)))
        yield from zip(count(1), stories(session, ids), strict=False)
        return
    after = chosen.changed_since
    while True:
        changed = select(Story.id, Story.change).where(Story.change > after)
        if chosen.by_document:
            changed = changed.where(Story.id.in_(chosen.applied(session, select(Document.story_id))))
        found = session.execute(changed.order_by(Story.change).limit(portion)).all()
        numbers = {story: int(number or 0) for story, number in found}
        for row in stories(session, numbers):
            yield numbers[row["id"]], row
        if len(found) < portion:
            return
        after = numbers[found[-1][0]]
        session.expunge_all()


def _counts(session: Session, chosen: Filter, portion: int) -> Numbered:
    for part in _counts_in_order(session, chosen, portion):
        for count_, title in part:
            yield count_.change, count_row(count_, title)


def count_row(count_: StoryCount, title: str | None) -> Row:
    """A count as exported: of its figures how many there are."""
    shared = {name: getattr(count_, name, None) for name in COLUMNS["counts"]}
    return shared | {"story_title": title, "figures": len(count_.figures)}


def _disputes(session: Session, chosen: Filter, portion: int) -> Numbered:
    for part in _counts_in_order(session, chosen, portion, [StoryCount.disputed]):
        for count_, row in dispute_rows(session, part):
            yield count_.change, row


def _counts_in_order(
    session: Session, chosen: Filter, portion: int, also: Sequence[Any] = ()
) -> Iterator[list[tuple[StoryCount, str | None]]]:
    after = chosen.changed_since or 0
    while True:
        wanted = select(StoryCount, Story.title).join(Story, Story.id == StoryCount.story_id, isouter=True)
        wanted = wanted.where(StoryCount.change > after, *also)
        if chosen.changed_since is None:  # whoever follows the changes learns also which counts are no more
            wanted = wanted.where(StoryCount.independent_sources > 0)
        if chosen.measure:
            wanted = wanted.where(StoryCount.measure == chosen.measure)
        if chosen.by_document:
            wanted = wanted.where(StoryCount.story_id.in_(chosen.applied(session, select(Document.story_id))))
        found = session.execute(wanted.order_by(StoryCount.change).limit(portion)).all()
        if found:
            yield [(each, title) for each, title in found]
            after = found[-1][0].change
        if len(found) < portion:
            return
        session.expunge_all()


def _corrections(session: Session, chosen: Filter, portion: int) -> Numbered:
    wanted = select(Correction).order_by(Correction.change)
    if chosen.changed_since is not None:
        wanted = wanted.where(Correction.change > chosen.changed_since).limit(portion)
    if chosen.by_document:
        wanted = wanted.where(Correction.document_id.in_(chosen.applied(session, select(Document.id))))
    for correction in session.scalars(wanted.execution_options(yield_per=portion)):
        yield correction.change, {name: getattr(correction, name) for name in COLUMNS["corrections"]}


def _failures(session: Session, chosen: Filter, portion: int) -> Numbered:
    order: Any = Failure.number if chosen.changed_since is None else Failure.change
    wanted = select(order, Failure).where(Failure.resolved.is_(None)).order_by(order)
    if chosen.changed_since is not None:
        wanted = wanted.where(Failure.change > chosen.changed_since).limit(portion)
    if chosen.by_document:
        wanted = chosen.applied(session, wanted.join(Document, Document.id == Failure.document_id))
    for at, failure in session.execute(wanted.execution_options(yield_per=portion)):
        yield at, {name: getattr(failure, name) for name in COLUMNS["failures"]}


def _revisions(session: Session, chosen: Filter, portion: int) -> Numbered:
    numbered = aliased(Document)
    wanted = (
        select(Revision, Document.id)
        .join(Document, Document.number == Revision.number)
        .order_by(Revision.number, Revision.revision)
    )
    if chosen.changed_since is not None:
        changed = select(numbered.number).where(numbered.change > chosen.changed_since)
        wanted = wanted.where(Revision.number.in_(changed))
    for revision, document_id in session.execute(chosen.applied(session, wanted).execution_options(yield_per=portion)):
        yield (
            revision.number,
            {"document_id": document_id}
            | {name: getattr(revision, name) for name in COLUMNS["revisions"] if name != "document_id"},
        )


_READERS: dict[str, Callable[[Session, Filter, int], Numbered]] = {
    "documents": _documents,
    "entities": _records(Entity),
    "places": _records(Place),
    "quotes": _records(Quote),
    "claims": _records(Claim),
    "stories": _stories,
    "counts": _counts,
    "disputes": _disputes,
    "corrections": _corrections,
    "failures": _failures,
    "revisions": _revisions,
}
