"""`POST /api/documents`: raw documents accepted, and answered once their rows are committed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import redis
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schemas.documents import RawDocument
from schemas.errors import InputError
from workers.desk.bodies import as_json, content_type, read_body
from workers.producers.documents import document, too_deep
from workers.producers.intake import accept_and_send, batches
from workers.queue.sending import queue_lengths
from workers.settings import settings

# Documents of one request: more is a file, which `wireroom ingest` takes.
_MOST = 5_000

# Seconds after which a queue that was full has room again, at some documents a second.
_RETRY_SECONDS = 15

_LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")


async def push(request: Request) -> Response:
    """Accepts documents: 202 once they are committed; 429 while the queues are long."""
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
    return await run_in_threadpool(_accept, body, kind)


def _queues_full() -> bool:
    try:
        return max(queue_lengths().values()) >= settings().queue_limit
    except redis.RedisError:
        return False  # what is accepted now is sent by the sweeper once the broker is back


def _accept(body: bytes, kind: str) -> Response:
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
    accepted = [asdict(each) for batch in batches(documents) for each in accept_and_send(batch, wait=False)]
    return JSONResponse({"accepted": accepted, "errors": errors}, 202 if accepted else 400)


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
