"""The figures of disputed counts, one row each, with the sentence it stands in and the claims it disagrees with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.desk_tables import StoryCount
from schemas.tables import CleanedBody, Document
from workers.store.read.records import claims_by_document

Row = dict[str, Any]


def dispute_rows(session: Session, counts: Sequence[tuple[StoryCount, str | None]]) -> Iterator[tuple[StoryCount, Row]]:
    """The rows of these counts, each count given with the title of its story."""
    ids = {figure["document_id"] for count, _ in counts for figure in count.figures}
    wanted = (
        select(Document.id, Document.url, CleanedBody.text)
        .join(CleanedBody, CleanedBody.number == Document.number)
        .where(Document.id.in_(ids))
    )
    documents = {document_id: (url, text) for document_id, url, text in session.execute(wanted)}
    records = claims_by_document(session, select(Document.id).where(Document.id.in_(ids)))
    claims = {row["id"]: row for rows in records.values() for row in rows}
    for count, title in counts:
        for figure in count.figures:
            url, text = documents.get(figure["document_id"], (None, ""))
            claim = claims.get(figure["claim_id"])
            yield (
                count,
                {name: figure[name] for name in ("claim_id", "low", "high", "value", "claimant_name", "claimant_type")}
                | {
                    "story_id": count.story_id,
                    "story_title": title,
                    "count_id": count.id,
                    "measure": count.measure,
                    "group": count.group,
                    "relay": figure["relay"],
                    "source": figure["source"],
                    "published": datetime.fromisoformat(figure["time"]),
                    "document_id": figure["document_id"],
                    "url": url,
                    "sentence": text[claim["sentence_start"] : claim["sentence_end"]] if claim else None,
                    "disagrees_with": _disagreeing(figure, count.figures),
                    "updated_by": figure["updated_by"],
                },
            )


def _disagreeing(figure: Row, others: Sequence[Row]) -> list[str]:
    """The standing figures of other claimants that leave no number both allow."""
    if figure["updated_by"]:
        return []
    return [
        other["claim_id"]
        for other in others
        if not other["updated_by"]
        and (_low(other) > _high(figure) or _low(figure) > _high(other))
        and (other["claimant_name"], other["source"]) != (figure["claimant_name"], figure["source"])
    ]


def _low(figure: Row) -> float:
    return 0 if figure["low"] is None else figure["low"]


def _high(figure: Row) -> float:
    return math.inf if figure["high"] is None else figure["high"]
