"""A document as a stage takes it, read below the ORM: objects of the mapper took a document as long as its decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from schemas import records
from schemas.stages import Stage
from schemas.tables import Table


@dataclass(frozen=True, slots=True)
class StagedDocument:
    """The facts of a document and what a stage works on: for `clean` the content as accepted, for the others the
    cleaned text, for `dedupe` the places as well.
    """

    number: int
    id: str
    external_id: str | None
    url: str | None
    source: str | None
    title: str | None
    author: str | None
    language: str | None
    published: datetime | None
    published_offset: int | None
    received: datetime
    revision: int
    found_story_id: str | None
    content: str = ""
    content_type: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    places: tuple[records.Place, ...] = ()


_documents, _raw, _cleaned, _places = (
    Table.metadata.tables[name] for name in ("documents", "arrived_bodies", "cleaned_bodies", "places")
)
_FACTS: Final = tuple(column for each in fields(StagedDocument) if (column := _documents.c.get(each.name)) is not None)


def _wanted(*body: Any) -> Select[Any]:
    of_body = body[0].table
    joined = select(*_FACTS, *body).join(of_body, of_body.c.number == _documents.c.number)
    return joined.where(_documents.c.id == bindparam("of"))


# Built once, as the statements of the stages are (workers.store.stages).
_RAW = _wanted(_raw.c.content, _raw.c.content_type, _raw.c.extra)
_CLEANED = _wanted(_cleaned.c.text)
_PLACES = (
    select(*(_places.c[each.name] for each in fields(records.Place)))
    .where(_places.c.document_id == bindparam("of"))
    .order_by(_places.c.ordinal)
)


def load(session: Session, document_id: str, stage: Stage) -> StagedDocument:
    """The document as `stage` takes it.

    Raises:
        sqlalchemy.exc.NoResultFound: there is none, or what the stage works on is not there.
    """
    run, of = session.connection().execute, {"of": document_id}
    found = run(_RAW if stage is Stage.CLEAN else _CLEANED, of).one()._asdict()
    if stage is Stage.DEDUPE:
        found["places"] = tuple(records.Place(*place) for place in run(_PLACES, of))
    return StagedDocument(**found)
