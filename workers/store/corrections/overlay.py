"""The corrections that are in force, laid over the claims and quotes that the machine found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.desk_tables import Correction
from schemas.tables import CleanedBody, Document
from workers.store.corrections.anchors import locate
from workers.store.corrections.sentences import sentence_around

Row = dict[str, Any]

# What the claim of an analyst has where the correction says nothing.
_CLAIM: Row = {
    "value": None, "low": None, "high": None, "qualifier": "exact", "group": None, "group_start": None,
    "group_end": None, "claimant": None, "claimant_start": None, "claimant_end": None, "claimant_name": None,
    "relay": None, "claimant_type": None, "status": "stated", "scope": "event", "place": None, "place_start": None,
    "place_end": None, "geonameid": None, "country": None, "lat": None, "lon": None, "place_precision": None,
    "event_date": None, "event_date_precision": None,
}  # fmt: skip
_QUOTE: Row = {
    "cue": None, "speaker": None, "speaker_start": None, "speaker_end": None, "speaker_name": None, "relay": None,
}  # fmt: skip

# Ids that one statement names: SQLite allows 32,766 parameters.
PARAMETERS = 10_000


class Overlay:
    """The corrections of claims and quotes of some documents, or of all, that are in force.

    Texts are read only for the few documents that have any.
    """

    def __init__(self, session: Session, document_ids: Collection[str] | None = None) -> None:
        self._session = session
        self._by_document: dict[str, list[Correction]] = defaultdict(list)
        for correction in _in_force(session, document_ids):
            self._by_document[correction.document_id or ""].append(correction)

    @property
    def documents(self) -> Collection[str]:
        """The documents that have corrections of claims or quotes."""
        return self._by_document.keys()

    def reviewed(self, document_id: str) -> set[str]:
        """The ids of the claims that corrections were made of; those of added claims included."""
        return {
            f"{c.document_id}:c{c.number}" if c.action == "add" else c.record_id
            for c in self._by_document.get(document_id, ())
        }

    def claims(self, document_id: str, rows: Iterable[Row]) -> list[Row]:
        """The claims of a document as corrected, rejected ones included and marked."""
        return self._laid("claim", document_id, rows, self._added_claim)

    def quotes(self, document_id: str, rows: Iterable[Row]) -> list[Row]:
        """The quotes of a document as corrected, rejected ones included and marked."""
        return self._laid("quote", document_id, rows, self._added_quote)

    def _laid(
        self, record: str, document_id: str, rows: Iterable[Row], made: Callable[[Correction, str, int, int], Row]
    ) -> list[Row]:
        laid = [row | {"review_status": "unreviewed", "correction_id": None} for row in rows]
        corrections = [c for c in self._by_document.get(document_id, ()) if c.record == record]
        if not corrections:
            return laid
        text = self._text(document_id)
        for correction in corrections:
            where = locate(correction.anchor, text) if correction.anchor else None
            if correction.action == "add":
                if where is not None:
                    laid.append(made(correction, text, *where))
                continue
            index = _index_of(correction, laid, where)
            if index is not None:
                laid[index] = _changed(laid[index], correction)
            elif correction.action == "amend" and where is not None and correction.before:
                # The machine does not find it any more; the analyst has said that it is there, and what it says.
                stated = correction.before | {"id": correction.record_id, "document_id": document_id}
                made_again = stated | _moved(stated, *where)
                laid.append(_changed(made_again | _marks(correction, "amended"), correction))
        laid.sort(key=lambda row: (row["start"], row["end"]))
        return laid

    def _added_claim(self, correction: Correction, text: str, start: int, end: int) -> Row:
        after = _fields(correction)
        sentence_start, sentence_end = sentence_around(text, start, end)
        if after.get("value") is None and after.get("low") == after.get("high"):
            after["value"] = after.get("low")
        return (
            _CLAIM
            | {
                "id": f"{correction.document_id}:c{correction.number}",
                "document_id": correction.document_id,
                "start": start,
                "end": end,
                "figure": text[start:end],
                "sentence_start": sentence_start,
                "sentence_end": sentence_end,
            }
            | after
            | _marks(correction, "added")
        )

    def _added_quote(self, correction: Correction, text: str, start: int, end: int) -> Row:
        place = {
            "id": f"{correction.document_id}:c{correction.number}",
            "document_id": correction.document_id,
            "start": start,
            "end": end,
            "text": text[start:end],
        }
        return _QUOTE | place | _fields(correction) | _marks(correction, "added")

    def _text(self, document_id: str) -> str:
        wanted = select(CleanedBody.text).join(Document, Document.number == CleanedBody.number)
        return self._session.scalar(wanted.where(Document.id == document_id)) or ""


def _in_force(session: Session, document_ids: Collection[str] | None) -> Iterable[Correction]:
    wanted = (
        select(Correction)
        .where(Correction.record.in_(("claim", "quote")), Correction.undone_by.is_(None), Correction.action != "undo")
        .order_by(Correction.number)
    )
    if document_ids is None:
        yield from session.scalars(wanted)
        return
    listed = sorted(set(document_ids))
    for start in range(0, len(listed), PARAMETERS):
        yield from session.scalars(wanted.where(Correction.document_id.in_(listed[start : start + PARAMETERS])))


def _index_of(correction: Correction, rows: Sequence[Row], where: tuple[int, int] | None) -> int | None:
    """The row that a correction is about: one an analyst added goes by its id, what the machine found by its place."""
    by_id = [
        index for index, row in enumerate(rows) if row.get("correction_id") and row.get("id") == correction.record_id
    ]
    if by_id:
        return by_id[0]
    if where is None:
        return None
    overlapping = [index for index, row in enumerate(rows) if row["start"] < where[1] and where[0] < row["end"]]
    anchored = correction.anchor or {}
    alike = [index for index in overlapping if rows[index].get("measure") == anchored.get("measure")]
    chosen = alike or (overlapping if anchored.get("measure") is None else [])
    return min(chosen, key=lambda index: abs(rows[index]["start"] - where[0])) if chosen else None


def _changed(row: Row, correction: Correction) -> Row:
    if correction.action == "reject":
        return row | _marks(correction, "rejected")
    after = _fields(correction)
    if {"low", "high"} & after.keys() and "value" not in after:
        bounds = (after.get("low", row.get("low")), after.get("high", row.get("high")))
        after["value"] = bounds[0] if bounds[0] == bounds[1] else row.get("value")
    status = "added" if row["review_status"] == "added" else "amended"
    return row | after | _marks(correction, status)


def _fields(correction: Correction) -> Row:
    return {name: value for name, value in (correction.after or {}).items() if name not in ("start", "end")}


def _marks(correction: Correction, status: str) -> Row:
    return {"review_status": status, "correction_id": correction.id}


def _moved(row: Row, start: int, end: int) -> Row:
    """The places of a row whose text has moved."""
    by = start - row["start"]
    moved = {name: value + by for name, value in row.items() if name.endswith(("_start", "_end")) and value is not None}
    return moved | {"start": start, "end": end}
