"""`POST /api/documents`: raw documents accepted, and answered once their rows are committed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import redis
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schemas.documents import RawDocument
from schemas.errors import InputError
from schemas.stages import Stage
from workers.desk.bodies import as_json, content_type, read_body
from workers.producers.documents import document, too_deep
from workers.queue.sending import queue_lengths, send
from workers.settings import settings
from workers.store.database import database
from workers.store.intake import accept

# Documents of one request: more is a file, which `wireroom ingest` takes.
_MOST = 5_000

# Documents of one commit, as of other producers.
_BATCH = 200

# Seconds after which a queue that was full has room again, at some documents a second.
_RETRY_SECONDS = 15

_LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")


async def push(request: Request) -> Response:
    """Takes documents in: 202 once they are committed; 429 while the queues are long."""
    kind = content_type(request)
    if kind != "application/json" and kind not in _LINES:
        raise HTTPException(
            415, f"the body is {kind or 'without a Content-Type'}; send application/json or {_LINES[0]}"
        )
    if await run_in_threadpool(_queues_full):
        return JSONResponse(
            {"error": "the queues are full; send it again later"}, 429, {"Retry-After": str(_RETRY_SECONDS)}
        )
    body = await read_body(request, settings().desk_push_mb * 2**20)
    return await run_in_threadpool(_take_in, body, kind)


def _queues_full() -> bool:
    try:
        return max(queue_lengths().values()) >= settings().queue_limit
    except redis.RedisError:
        return False  # what is accepted now is sent by the sweeper once the broker is back


def _take_in(body: bytes, kind: str) -> Response:
    documents: list[RawDocument] = []
    errors: list[dict[str, Any]] = []
    for index, value in enumerate(_lines(body) if kind in _LINES else _values(body)):
        if index >= _MOST:
            raise HTTPException(413, f"more than {_MOST} documents; send them in parts")
        read = value if isinstance(value, InputError) else _document(value, index)
        if isinstance(read, InputError):
            errors.append({"index": index, "error": str(read)})
        else:
            documents.append(read)
    if not documents and not errors:
        raise HTTPException(400, "the body holds no document")
    accepted: list[dict[str, Any]] = []
    for start in range(0, len(documents), _BATCH):
        accepted += _accept(documents[start : start + _BATCH])
    return JSONResponse({"accepted": accepted, "errors": errors}, 202 if accepted else 400)


def _accept(batch: list[RawDocument]) -> list[dict[str, Any]]:
    with database().writing(durable=True) as session:
        taken = accept(session, batch)
    send((Stage.CLEAN, message) for message in taken.new)
    new = {message.document_id for message in taken.new}
    rows = []
    for document_id, raw in zip(taken.ids, batch, strict=True):
        rows.append({"id": document_id, "external_id": raw.external_id, "new": document_id in new})
        new.discard(document_id)  # said twice in one batch, it was new once
    return rows


def _document(value: Any, index: int) -> RawDocument | InputError:
    made = document(value, f"document {index}")
    most = settings().max_document_mb * 2**20
    if isinstance(made, RawDocument) and len(made.content.encode()) > most:
        return InputError(
            f"document {index}", f"is larger than {most // 2**20} MB", "raise WIREROOM_MAX_DOCUMENT_MB if that is meant"
        )
    return made


def _values(body: bytes) -> Iterator[Any]:
    value = as_json(body)
    yield from value if isinstance(value, list) else [value]


def _lines(body: bytes) -> Iterator[Any]:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise HTTPException(400, f"the body is not valid UTF-8 at byte {error.start}") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except RecursionError:
            yield too_deep(f"line {number}")
        except ValueError:
            yield InputError(f"line {number}", "is not valid JSON", "write one JSON object a line")
