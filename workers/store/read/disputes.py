"""The figures of disputed counts, one row each, with the sentence it stands in and the claims it disagrees with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.dedupe_tables import Story
from schemas.desk_tables import StoryCount
from schemas.tables import CleanedBody, Document
from workers.store.read.columns import COLUMNS
from workers.store.read.records import claims_by_document

Row = dict[str, Any]


def disputes_of(session: Session, stories: Collection[str]) -> Iterator[Row]:
    """The rows of these stories, as they were last settled."""
    wanted = select(StoryCount, Story.title).join(Story, Story.id == StoryCount.story_id)
    wanted = wanted.where(StoryCount.story_id.in_(stories), StoryCount.disputed)
    ordered = wanted.order_by(StoryCount.story_id, StoryCount.measure, StoryCount.group)
    for _, row in dispute_rows(session, [(count, title) for count, title in session.execute(ordered)]):
        yield row


@dataclass(frozen=True)
class Said:
    """The words of a claim: the sentence that it stands in, and where its figure is within (code points)."""

    sentence: str
    start: int
    end: int


def words_of(session: Session, claim_ids: Collection[str]) -> dict[str, Said]:
    """The words of these claims, by their ids; those that are there no more are left out."""
    ids = {claim_id.partition(":")[0] for claim_id in claim_ids}
    if not ids:
        return {}
    texts = select(Document.id, CleanedBody.text).join(CleanedBody, CleanedBody.number == Document.number)
    by_document = dict(session.execute(texts.where(Document.id.in_(ids))).all())
    found = {}
    for document_id, claims in claims_by_document(session, ids).items():
        text = by_document.get(document_id, "")
        for claim in claims:
            if claim["id"] in claim_ids:
                begin, end = claim["sentence_start"], claim["sentence_end"]
                found[claim["id"]] = Said(text[begin:end], claim["start"] - begin, claim["end"] - begin)
    return found


def dispute_rows(session: Session, counts: Sequence[tuple[StoryCount, str | None]]) -> Iterator[tuple[StoryCount, Row]]:
    """The rows of these counts, each count given with the title of its story."""
    ids = {figure["document_id"] for count, _ in counts for figure in count.figures}
    wanted = (
        select(Document.id, Document.url, Document.published, CleanedBody.text)
        .join(CleanedBody, CleanedBody.number == Document.number)
        .where(Document.id.in_(ids))
    )
    documents = {document_id: (url, time, text) for document_id, url, time, text in session.execute(wanted)}
    records = claims_by_document(session, ids)
    claims = {row["id"]: row for rows in records.values() for row in rows}
    for count, title in counts:
        for figure in count.figures:
            url, published, text = documents.get(figure["document_id"], (None, None, ""))
            claim = claims.get(figure["claim_id"])
            row = {
                name: figure[name] for name in ("claim_id", "low", "high", "value", "claimant_name", "claimant_type")
            } | {
                "story_id": count.story_id,
                "story_title": title,
                "count_id": count.id,
                "measure": count.measure,
                "group": count.group,
                "relay": figure["relay"],
                "source": figure["source"],
                "published": published,
                "document_id": figure["document_id"],
                "url": url,
                "sentence": text[claim["sentence_start"] : claim["sentence_end"]] if claim else None,
                "disagrees_with": figure["disagrees_with"],
                "updated_by": figure["updated_by"],
                "review_status": claim["review_status"] if claim else None,
            }
            yield count, {name: row[name] for name in COLUMNS["disputes"]}
