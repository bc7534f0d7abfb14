"""The report at the end of a run: documents, stories, who claims what figure, and the disputes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from schemas.tables import Claim, Document, Failure, Quote
from workers.store.read.disputes import disputes_of
from workers.store.read.stories import stories
from workers.store.results import claim_id, published_as_stated

# Documents that a report may speak of: below the 32,766 parameters of a SQLite statement, and far above what is read.
_DOCUMENTS = 5_000


def report(session: Session, ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """The documents, the stories they belong to, their claims and disputes, and what failed, as plain values.

    The stories are to be settled before. Of a run of very many documents the report takes some; the export has all.
    """
    wanted = sorted(ids)[:_DOCUMENTS]
    documents, claims = _documents(session, wanted), _claims(session, wanted)
    story_ids = dict.fromkeys(document["story_id"] for document in documents if document["story_id"])
    return {
        "documents": documents,
        "stories": list(stories(session, story_ids)),
        "claims": claims,
        "disputes": list(disputes_of(session, story_ids)),
        "failures": failures(session, wanted),
    }


def _documents(session: Session, ids: list[str]) -> list[dict[str, Any]]:
    original, quotes, claims = aliased(Document), _counted(Quote), _counted(Claim)
    wanted = (
        select(Document, original.id, quotes.c.found, claims.c.found)
        .outerjoin(original, original.number == Document.copy_of)
        .outerjoin(quotes, quotes.c.document_id == Document.id)
        .outerjoin(claims, claims.c.document_id == Document.id)
        .where(Document.id.in_(ids))
        .order_by(func.coalesce(Document.published, Document.received), Document.number)
    )
    return [
        {
            "id": document.id,
            "published": published_as_stated(document),
            "source": document.source,
            "title": document.title or document.external_id,
            "state": document.state,
            "copy_of": copy_of,
            "story_id": document.story_id,
            "quotes": quoted or 0,
            "claims": claimed or 0,
        }
        for document, copy_of, quoted, claimed in session.execute(wanted)
    ]


def _claims(session: Session, ids: list[str]) -> list[dict[str, Any]]:
    """The claims, what copies repeat once, in the order of their publication."""
    wanted = (
        select(Claim, Document)
        .join(Document, Document.id == Claim.document_id)
        .where(Document.id.in_(ids))
        .order_by(func.coalesce(Document.published, Document.received), Document.number, Claim.ordinal)
    )
    names = (
        "document_id", "figure", "qualifier", "value", "low", "high", "measure", "group", "claimant_name", "relay",
        "status", "scope",
    )  # fmt: skip
    facts = ("claimant_name", "measure", "group", "low", "high", "value")
    said_by: dict[tuple[Any, ...], str] = {}
    claims = []
    for claim, document in session.execute(wanted):
        said = (document.copy_of or document.number, *(getattr(claim, name) for name in facts))
        if said_by.setdefault(said, document.id) != document.id:
            continue
        row = {
            "id": claim_id(claim.document_id, claim.ordinal),
            "story_id": document.story_id,
            "source": document.source,
        }
        claims.append(row | {name: getattr(claim, name) for name in names})
    return claims


def failures(session: Session, ids: Collection[str]) -> list[dict[str, Any]]:
    """The documents that failed: id, stage and error of each, as plain values; of very many, some."""
    wanted = (
        select(Failure)
        .where(Failure.document_id.in_(sorted(ids)[:_DOCUMENTS]), Failure.resolved.is_(None))
        .order_by(Failure.last_failed, Failure.number)
    )
    return [
        {"document_id": failure.document_id, "stage": failure.stage, "error": failure.error}
        for failure in session.scalars(wanted)
    ]


def _counted(table: type[Quote] | type[Claim]) -> Any:
    counted = select(table.document_id, func.count().label("found")).group_by(table.document_id)
    return counted.subquery()
