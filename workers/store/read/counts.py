"""The counts ledger and the disputes as rows of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.dedupe import Count, Figure, best, independent_sources
from schemas.tables import Claim, CleanedBody, Document
from workers.store.read.columns import COLUMNS
from workers.store.read.stories import claim_id, counts_of

Row = dict[str, Any]


def counts(session: Session, ids: Iterable[str]) -> Iterator[Row]:
    """One row for each count of these stories: its range, its best figure by each rule, and who stands behind it."""
    for story, title, count in counts_of(session, ids):
        yield count_row(story, title, count)


def count_row(story: str, title: str | None, count: Count) -> Row:
    """A count as the contract names it."""
    standing = [figure for figure in count.figures if figure.updated_by is None]
    lows = [figure.low for figure in standing if figure.low is not None]
    highs = [figure.high for figure in standing if figure.high is not None]
    sources = independent_sources(standing)
    return {
        "id": count_id(story, count),
        "story_id": story,
        "story_title": title,
        "measure": count.measure,
        "group": count.group,
        "low": min(lows, default=None),
        "high": max(highs, default=None),
        "best": best(count.figures),
        "figures": len(count.figures),
        "claimants": list(dict.fromkeys(figure.claimant_name for figure in count.figures if figure.claimant_name)),
        "independent_sources": sources,
        "corroborated": sources > 1,
        "disputed": count.disputed,
        "updated": count.updated,
        "as_of": max((figure.time for figure in count.figures), default=None),
    }


def count_id(story: str, count: Count) -> str:
    """The id of a count: the same as long as its story, its measure and its first claim are."""
    first = count.figures[0].claim_id if count.figures else ""
    return sha256(f"{story} {count.measure} {first}".encode()).hexdigest()[:16]


def disputes(session: Session, ids: Iterable[str]) -> Iterator[Row]:
    """One row for each figure of each dispute of these stories, with the sentence that gives it."""
    for story, title, count in counts_of(session, ids):
        if not count.disputed:
            continue
        shared = {"story_id": story, "story_title": title, "count_id": count_id(story, count)}
        shared |= {"measure": count.measure, "group": count.group}
        said = _sentences(session, count.figures)
        for figure in count.figures:
            row = (
                shared
                | said[figure.claim_id]
                | {
                    "claim_id": figure.claim_id,
                    "low": figure.low,
                    "high": figure.high,
                    "value": figure.value,
                    "claimant_name": figure.claimant_name,
                    "claimant_type": figure.claimant_type,
                    "relay": figure.relay,
                    "source": figure.source,
                    "document_id": figure.document_id,
                    "disagrees_with": list(figure.disagrees_with),
                    "updated_by": figure.updated_by,
                }
            )
            yield {name: row[name] for name in COLUMNS["disputes"]}


def _sentences(session: Session, figures: Iterable[Figure]) -> dict[str, Row]:
    """The sentence, address and time of publication of each figure, by its claim's id."""
    documents = {figure.document_id for figure in figures}
    wanted = (
        select(Claim, Document.url, Document.published, CleanedBody.text)
        .join(Document, Document.id == Claim.document_id)
        .join(CleanedBody, CleanedBody.number == Document.number)
        .where(Claim.document_id.in_(documents))
    )
    return {
        claim_id(claim): {
            "url": url,
            "published": published,
            "sentence": text[claim.sentence_start : claim.sentence_end],
        }
        for claim, url, published, text in session.execute(wanted)
    }
