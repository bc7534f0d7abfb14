"""`POST /api/corrections`: what an analyst decided, written in one transaction."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.corrections import NewCorrection
from workers.desk.answers import as_json
from workers.desk.bodies import read_json
from workers.store.corrections.write import correct
from workers.store.database import database
from workers.store.read.whole import correction_row


async def add(request: Request) -> Response:
    """Takes a correction in; gives it back with its id."""
    value = await read_json(request)
    written = await run_in_threadpool(make, value)
    return as_json(written, 201)


def make(value: Any) -> dict[str, Any]:
    """Makes the correction that these fields say.

    Raises:
        HTTPException: 400, they say none that can be. CorrectionError: its record is not there.
    """
    try:
        new = NewCorrection.model_validate(value)
    except ValidationError as error:
        raise HTTPException(400, said(error)) from error
    with database().writing(deciding=True, durable=True) as session:
        return correction_row(correct(session, new))


def said(error: ValidationError) -> str:
    """What is wrong with the fields of a request, in a sentence; never the values."""
    parts = []
    for each in error.errors(include_url=False, include_context=False, include_input=False)[:3]:
        place = ".".join(map(str, each["loc"]))
        message = each["msg"].removeprefix("Value error, ")
        parts.append(f"`{place}`: {message}" if place else message)
    return "; ".join(parts)


routes = [Route("/api/corrections", add, methods=["POST"])]
